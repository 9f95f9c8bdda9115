"""Users: what a user rated against what the model predicts, the user's page, and what the model would recommend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mftui.errors import MftuiError, UnknownId
from mftui.tui.base import keys
from mftui.tui.base.background import LatestWins, or_error
from mftui.tui.lists import compared, rankings
from mftui.tui.lists.choices import RATED_SORTS, UserChoices
from mftui.tui.lists.explanation import why_user
from mftui.tui.lists.explanation_panel import ExplanationPanel
from mftui.tui.lists.rows import recommended_columns, recommended_rows, row_of
from mftui.tui.screens.comparing import Comparing, Pair
from mftui.tui.screens.recommended import RecommendedScreen
from mftui.tui.screens.users.page import (
    RATED_COLUMNS,
    Both,
    UserPage,
    UserPanel,
    order_of,
    rated_rows,
    user_in_both,
    user_page,
)
from mftui.tui.widgets.columns import Column
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.table import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mftui.data.ids import RawId
    from mftui.tui.base.open_model import OpenModel

_NO_USER = (
    "Press {users.search} and type a user's id, {users.pick} to pick one from the list, {users.next} for the first."
)
_USUAL_ORDER = UserChoices().sort
Spot = tuple[int | None, int]
"""The film under the cursor of a list, and its row."""


class UsersScreen(RecommendedScreen[UserChoices]):
    """Ratings on the left (above, where it is narrow), page and recommendations on the right."""

    MODE = "users"
    BINDINGS = [*keys.USERS, *keys.TABLE]  # noqa: RUF012
    SORTS = RATED_SORTS
    CHOICES = UserChoices
    SEARCHED = "a user's id"

    def __init__(self) -> None:
        self._panel, self._why = UserPanel(id="page"), ExplanationPanel(whose="they", id="why")
        rated = Table(RATED_COLUMNS, of_data=True, id="rated", classes="left")
        recommended = Table((Column("Like", 4),), of_data=True, id="recommended")
        super().__init__(rated, recommended, self._panel, self._why)
        self.comparing = Comparing(self, self.second_changed)
        self._below_search = (self.comparing.line,)
        self._both: Both | None = None
        """The user as two models see them, where two are compared."""
        self._page: UserPage | None = None
        self._order: NDArray[Any] | None = None
        """The places of the page's ratings, as they are listed."""
        self._pages, self._whys = LatestWins(self, "user"), LatestWins(self, "why")

    def model_opened(self, model: OpenModel, *, again: bool) -> None:
        self.comparing.tell()
        user = self._page.user if self._page else self._choices.user
        known = user != "" and model.factors.user_ids.find(user) is not None
        if not (again and known):
            self._page = self._both = None  # its films are those of the model before
        if known:
            self._open(user, keep=(self.left, self.right) if again else ())
        else:
            self._set_columns(model)
            self._panel.show(None, self.told(_NO_USER))
            self.left.show((), caption=f"{model.factors.n_users:,} users", empty=self.told(_NO_USER))
            self.right.show(())

    def model_changed(self) -> None:
        super().model_changed()
        self.comparing.catch_up()

    def second_changed(self) -> None:
        if self._shown is not None:
            self.model_opened(self._shown, again=True)

    def _set_columns(self, model: OpenModel) -> None:
        """Choose the columns for one run or two; the ratings beside two predictions are sorted by their table."""
        alone = self.comparing.pair is None
        scored = self._page is not None and rankings.by_points(self._page.ranked_by)
        columns = recommended_columns(model.factors, scored=scored)
        self.right.set_columns(columns if alone else compared.RECOMMENDED)
        self.left.set_columns(RATED_COLUMNS if alone else compared.RATED)
        self.left.sorts = {sort: sort for sort in self.SORTS} if alone else {}

    def _open(self, user: RawId, *, keep: Sequence[Table] = ()) -> None:
        """Show a user; the cursors of the lists to `keep` stay on their films."""
        model, choices, pair = self._shown, self._choices, self.comparing.pair
        if model is None:
            return
        rank = rankings.known_rank(model.factors, choices.rank)

        def work() -> UserPage | Both:
            if pair is not None:
                return user_in_both(pair.models, user, choices)
            return user_page(model.factors, user, choices.many, rank=rank, where=choices.narrowed.where())

        def show(result: UserPage | Both | MftuiError) -> None:
            if pair != self.comparing.pair:
                return
            spots = [self._spot(table) if table in keep else None for table in (self.left, self.right)]
            self._both = result if isinstance(result, Both) else None
            if not isinstance(result, MftuiError):
                self._page = result if isinstance(result, UserPage) else result.page
                self._set_columns(model)
            if isinstance(result, Both) and pair is not None:
                self._show_both(pair, result, *spots)
                return
            if isinstance(result, UserPage):
                self._show(model, result, *spots)
                return
            assert isinstance(result, MftuiError)
            if isinstance(result, UnknownId) and pair is not None and pair.second_knows(user):
                self.shell.say(f"Only run 2 knows user {user}. Open that run on Runs to see them.", warn=True)
                return
            self.shell.show_error(result)
            if not isinstance(result, UnknownId) and self.filter_is_foreign():
                self._open(user, keep=keep)

        self._pages.ask(or_error(work), show)

    def _spot(self, table: Table) -> Spot:
        return self._film_in(table), table.cursor

    def _show(self, model: OpenModel, page: UserPage, rated: Spot | None, listed: Spot | None) -> None:
        self.choose(user=str(page.user))
        self._panel.show(page)
        self._show_rated(model, page, rated)
        self.show_recommended(
            model,
            page.recommended,
            recommended_rows(model.factors, page.recommended, self.terminal, scored=rankings.by_points(page.ranked_by)),
            to=f"user {page.user}",
            facts=(rankings.ordered(page.ranked_by), rankings.spread_label(model.factors)),
            cursor=_row(listed, page.recommended.movies.tolist()),
        )
        self.query_one(SearchBox).value = ""

    def _show_both(self, pair: Pair, both: Both, rated: Spot | None, listed: Spot | None) -> None:
        """Show both predictions of each rating, and both lists as one."""
        factors = pair.first.factors
        page = both.page
        self.choose(user=str(page.user))
        self._panel.show(page)
        self.comparing.tell(both.notes)
        first, second = both.listed.how
        how = f"{first} in 1, {second} in 2" if second and second != first else first
        ways = rankings.ordered(page.ranked_by) if page.ranked_by != first else f"by {how}"
        narrowed = self._choices.narrowed.label
        self.left.show(
            compared.rated_rows(both.rated.rows),
            caption=f"User {page.user}: {len(both.rated.rows):,} ratings",
            detail=f"{'of both data sets, ' * (len(both.rated.rows) > len(page.rated))}predicted by runs 1 and 2",
            empty="No ratings.",
            cursor=_row(rated, compared.movies_of(factors, both.rated.rows)),
        )
        self.right.show(
            compared.placed_rows(both.listed.rows, "predicted", ".2f"),
            caption=f"Recommended to user {page.user}",
            detail=f"{ways}, only {narrowed}" if narrowed else ways,
            empty="Nothing left to recommend.",
            cursor=_row(listed, compared.movies_of(factors, both.listed.rows)),
        )
        self.query_one(SearchBox).value = ""

    def _show_rated(self, model: OpenModel, page: UserPage, spot: Spot | None) -> None:
        sort, reverse = self._choices.sort, self._choices.reverse
        order = f"by {sort}{', reversed' if reverse else ''}" if reverse or sort != _USUAL_ORDER else ""
        mean = f"mean {page.mean:.2f}" if len(page.rated) else ""
        self._order = order_of(model.factors, page, sort, reverse=reverse)
        self.left.show(
            rated_rows(model.factors, page, self._order),
            caption=f"User {page.user}: {len(page.rated):,} ratings",
            detail=", ".join(part for part in (order, page.rmse and f"RMSE {page.rmse}", mean) if part),
            empty="No ratings.",
            cursor=_row(spot, page.rated.movies[self._order].tolist()),
        )

    # Actions

    def action_accept_search(self) -> None:
        """Open the user whose id was typed."""
        user = self.query_one(SearchBox).value.strip()
        self.action_leave_search()
        if user:
            self._open(user)

    def action_pick(self) -> None:
        """Choose from all users."""
        from mftui.tui.dialogs.pickers import pick_user

        if self._shown:
            self.app.push_screen(pick_user(self._shown.factors), self._picked)

    def no_film(self) -> str:
        if self._both is not None and (self.left.has_focus or len(self.right)):
            return "Only run 2 knows this film. Open that run on Runs to see it."
        return f"There is no film to open. {self.told(_NO_USER) if self._page is None else ''}".strip()

    def film(self) -> int | None:
        return self._film_in(self.left if self.left.has_focus else self.right)

    def _film_in(self, table: Table) -> int | None:
        page = self._page
        if self._shown is None or page is None or not len(table):
            return None
        if (both := self._both) is not None:
            rows = (both.rated if table is self.left else both.listed).rows
            return compared.movies_of(self._shown.factors, rows[table.cursor : table.cursor + 1])[0]
        movies = page.rated.movies[self._order] if table is self.left else page.recommended.movies
        return int(movies[table.cursor])

    def action_why(self) -> None:
        """Say why the film under the cursor is predicted what it is, in place of the user's page; or no longer."""
        self.toggle_class("-why")
        if self.has_class("-why") and not self.shows_page:
            self.action_page()
        self.page_shown()

    def page_shown(self) -> None:
        """Explain the film under the cursor, where that is asked for."""
        model, page, movie = self._shown, self._page, self.film()
        if not (self.has_class("-why") and self.shows_page):
            return
        if model is None or page is None or movie is None:
            self._why.show(None, self.told(_NO_USER))
            return
        rank = page.ranked_by if movie not in page.rated.movies else "like"
        self._whys.ask(lambda: why_user(model.factors, page.user, movie, rank), self._why.show)

    on_table_moved = on_descendant_focus = page_shown

    def action_compare(self) -> None:
        """Put a second run beside the open one; again: close it."""
        self.comparing.toggle()

    def action_similar(self) -> None:
        """Choose from the users nearest to this one."""
        from mftui.tui.dialogs.pickers import pick_similar_user

        if self._shown and self._page:
            dialog = pick_similar_user(self._shown.factors, self._page.user, self._page.similar)
            self.app.push_screen(dialog, self._picked)
        else:
            self.shell.say(f"No user is open. {self.told(_NO_USER)}", warn=True)

    def _picked(self, chosen: str | None) -> None:
        if chosen is not None:
            self._open(chosen)

    def action_match(self, by: int) -> None:
        """Open the next user, or the one before."""
        if self._shown:
            ids = self._shown.factors.user_ids
            at = (self._page.index if self._page else 0 if by < 0 else -1) + by
            self._open(ids.raw(at % len(ids)))

    def action_by(self) -> None:
        """Rank by the next of both, like, watch, taste, safe bets and adventurous."""
        if self._shown is None:
            return
        rank = rankings.next_rank(rankings.ranks_of(self._shown.factors), self._choices.rank or None)
        self.shell.say(rankings.LISTS[rank])
        self.choose(rank=rank)
        self.again()

    def order_changed(self) -> None:
        if self._shown and self._page and self._both is None:
            self._show_rated(self._shown, self._page, None)

    def again(self) -> None:
        if self._page is not None:
            self._open(self._page.user, keep=(self.left, self.right) if self.right.has_focus else (self.left,))

    def action_go_back(self) -> None:
        """Go back from the recommendations to the ratings."""
        self.action_pane(-1)


def _row(spot: Spot | None, films: Sequence[int | None]) -> int | None:
    return None if spot is None else row_of(spot[0], films, spot[1])
