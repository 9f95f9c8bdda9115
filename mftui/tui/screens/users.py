"""Users: what a user rated against what the model predicts, and what it would recommend."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.containers import Container
from textual.widget import Widget

from mftui.errors import MftuiError
from mftui.tui import blocks, keys
from mftui.tui.latest import Latest
from mftui.tui.rows import FOR_EXPORT, UserPage, user_page
from mftui.tui.screens.base import BaseScreen
from mftui.tui.widgets.data_table import DataTable
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.table import Column

if TYPE_CHECKING:
    from mftui.data.ids import RawId
    from mftui.engine.lists import Rank
    from mftui.tui.model import OpenModel

_RATED = (
    Column("Title"),
    Column("Rating", 6, right=True),
    Column("Model", 5, right=True),
    Column("Error", 6, right=True),
    Column("Part", 4),
    *FOR_EXPORT,
)
_RECOMMENDED = (
    Column("Like", 4, right=True),
    Column("Watch", 5, right=True),
    Column("Title", weight=5),
    Column("Genres", weight=3, from_width=70),
    Column("Ratings", 7, right=True),
    *FOR_EXPORT,
)
_NO_USER = "Press / and type a user's id, p to pick one from the list, ] for the first."


class UsersScreen(BaseScreen):
    """Rated against the model's prediction on the left (above, where it is narrow), recommendations on the right."""

    MODE = "users"
    BINDINGS = keys.USERS

    def __init__(self) -> None:
        super().__init__()
        self._shown: OpenModel | None = None
        self._page: UserPage | None = None
        self._rank: Rank | None = None
        self._pages = Latest(self, "user")
        self._rated = DataTable(_RATED, id="rated")
        self._recommended = DataTable(_RECOMMENDED, id="recommended")

    def body(self) -> Iterable[Widget]:
        yield SearchBox("a user's id", id="search")
        with Container(classes="panes"):
            yield self._rated
            yield self._recommended

    def on_mount(self) -> None:
        self._rated.focus()

    def model_changed(self) -> None:
        model = self.mftui.model
        if model is None:
            self._rated.show((), caption="Users", empty=self.no_model())
            self._recommended.show(())
        elif model is not self._shown:
            self._shown = model
            if self._page and model.factors.user_ids.find(self._page.user) is not None:
                self._open(self._page.user, keep=True)
            else:
                self._page = None
                self._rated.show((), caption=f"{model.factors.n_users:,} users", empty=_NO_USER)
                self._recommended.show(())

    def _open(self, user: RawId, *, keep: bool = False) -> None:
        model = self._shown
        if model is None:
            return

        rank = self._rank if model.factors.has_audience else None

        def work() -> UserPage | MftuiError:
            try:
                return user_page(model.factors, user, rank=rank)
            except MftuiError as error:
                return error

        def show(result: UserPage | MftuiError) -> None:
            if isinstance(result, MftuiError):
                self.mftui.show_error(result)
            else:
                self._show(model, result, keep)

        self._pages.ask(work, show)

    def _show(self, model: OpenModel, page: UserPage, keep: bool) -> None:
        self._page = page
        parts = {"training": page.rmse_train, "test": page.rmse_test}
        errors = ", ".join(f"{rmse:.3f} {part}" for part, rmse in parts.items() if not math.isnan(rmse))
        self._rated.show(
            page.rated,
            caption=f"User {page.user}: {page.n_ratings:,} ratings, mean {page.mean:.2f}",
            detail=f"RMSE {errors}" if errors else "",
            empty="No ratings.",
            cursor=self._rated.cursor if keep else 0,
        )
        self._recommended.show(
            page.recommended,
            caption=f"Recommended to user {page.user}",
            detail=f"by {page.ranked_by}{', ' if page.note else ''}{page.note}",
            empty=page.note or "Nothing left to recommend.",
            cursor=self._recommended.cursor if keep else 0,
        )
        self.query_one(SearchBox).value = ""

    def action_search(self) -> None:
        """Type a user's id."""
        self.query_one(SearchBox).focus()

    def action_accept_search(self) -> None:
        """Open the user whose id was typed."""
        user = self.query_one(SearchBox).value.strip()
        self._rated.focus()
        if user:
            self._open(user)

    def action_leave_search(self) -> None:
        """To the ratings."""
        self._rated.focus()

    def action_pick(self) -> None:
        """Choose from all users."""
        from mftui.tui.screens.choices import pick_user

        if self._shown:
            self.app.push_screen(pick_user(self._shown.factors), self._picked)

    def _picked(self, chosen: str | None) -> None:
        if chosen is not None:
            self._open(chosen)

    def action_step(self, by: int) -> None:
        """The next user, or the one before."""
        if self._shown:
            ids = self._shown.factors.user_ids
            at = 0 if self._page is None else self._page.index + by
            self._open(ids.raw(at % len(ids)))

    def action_by(self) -> None:
        """Rank by the next of both, like and watch."""
        if self._shown is None:
            return
        rank = blocks.next_rank(self._shown.factors, self._rank)
        self.mftui.say(blocks.LISTS[rank] if rank else blocks.ONE_BLOCK)
        if rank is not None:
            self._rank = rank
            if self._page is not None:
                self._open(self._page.user, keep=True)

    def action_pane(self, by: int) -> None:
        """Between ratings and recommendations."""
        (self._recommended if by > 0 else self._rated).focus()

    def action_go_back(self) -> None:
        """From the recommendations to the ratings."""
        self._rated.focus()
