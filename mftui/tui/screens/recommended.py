"""What Users and You share: recommendations on the right, their filters, and the way from a film to its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mftui.tui.lists.choices import Filter
from mftui.tui.lists.rankings import spread_basis
from mftui.tui.lists.rows import interval_title
from mftui.tui.screens.base import Choices
from mftui.tui.screens.two_lists import TwoListsScreen

if TYPE_CHECKING:
    from mftui.engine.query.recommend import Recommendations
    from mftui.tui.base.open_model import OpenModel
    from mftui.tui.widgets.columns import Rows


class RecommendedScreen(TwoListsScreen[Choices]):
    """Choices have `narrowed` and `many`."""

    def film(self) -> int | None:
        """Return the movie under the cursor of the list that has the keys, if there is one."""
        return None

    def no_film(self) -> str:
        """Say what to do where there is none."""
        return ""

    def again(self) -> None:
        """Recommend anew, with the choices as they are now."""

    def show_recommended(
        self,
        model: OpenModel,
        listed: Recommendations,
        rows: Rows,
        *,
        to: str,
        facts: Sequence[str],
        cursor: int | None,
    ) -> None:
        """Show the list on the right; `facts`: the order first, then what leaves sooner where there is no room."""
        narrowed = self._choices.narrowed.label
        told = (
            *facts[:1],
            f"only {narrowed}" if narrowed else "",
            *facts[1:],
            spread_basis(model.factors),
        )
        self.right.name_columns(interval=interval_title(listed, model.factors.scale))
        self.right.show(
            rows,
            caption=f"Recommended to {to}",
            detail=", ".join(fact for fact in told if fact),
            empty=listed.note or "Nothing left to recommend.",
            note=f"No more: {listed.note}" if listed.note else "",
            cursor=cursor,
        )

    def filter_is_foreign(self) -> bool:
        """Clear the filters, and return whether any were set: then another data set's, which is the fault."""
        foreign = self._choices.narrowed != Filter()
        if foreign:
            self.choose(narrowed=Filter())
        return bool(foreign)

    async def on_table_chosen(self) -> None:
        await self.action_open()

    async def action_open(self) -> None:
        """Go to the film under the cursor, on Movies; escape there comes back."""
        movie = self.film()
        if movie is None:
            self.shell.say(self.no_film(), warn=True)
        else:
            await self.shell.open_movie(movie)

    def action_filter(self) -> None:
        """Ask for filters of the recommendations."""
        from mftui.tui.dialogs.filters import user_filters

        if self._shown is not None:
            c = self._choices
            self.app.push_screen(user_filters(self._shown.factors, c.narrowed, c.many), self._filtered)

    def _filtered(self, answer: dict[str, Any] | None) -> None:
        if answer is not None:
            narrowed = Filter(answer["genre"], answer["years"], answer["min_ratings"], answer.get("tag", ""))
            self.choose(narrowed=narrowed, many=answer["many"])
            self.again()
