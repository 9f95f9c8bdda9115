"""What the map shows, gathered in a thread: axes, layout, colours, and who stands among the films."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from mftui.data.titles.title import without_year
from mftui.engine.insight.layout import Layout, pair_layout
from mftui.engine.insight.principal_axes import BLOCKS, Axes, Axis, Block, principal_axes
from mftui.engine.query.movie_filter import passing
from mftui.errors import MftuiError
from mftui.tui.lists.choices import Filter, only_known
from mftui.tui.screens.map.colors import COLORINGS, Coloring, coloring
from mftui.tui.screens.map.scene import Pin, Scene

if TYPE_CHECKING:
    from mftui.engine.model.rows import UserRows
    from mftui.tui.base.open_model import OpenModel

USERS = ("", "open", "many")
"""Who stands among the films: nobody, the user that is open on Users, or many."""
MANY = 100


@dataclass(frozen=True)
class MapChoices:
    """What is chosen on the Map screen, and remembered."""

    color: str = "genre"
    x: int = 1
    y: int = 2
    block: Block = "taste"
    users: str = ""
    names: bool = True
    narrowed: Filter = field(default_factory=Filter)

    def valid(self, model: OpenModel) -> MapChoices:
        """Return these choices, with defaults for what this version or this model does not know."""
        blocks = BLOCKS if model.factors.has_audience else ("taste",)
        known = only_known(self, color=COLORINGS, block=blocks, users=USERS)
        x, y = max(self.x, 1), max(self.y, 1)
        return replace(known, x=x, y=y if y != x else 3 - min(x, 2), narrowed=self.narrowed.valid())


@dataclass(frozen=True)
class Gathered:
    """One picture, and what it was made of."""

    model: OpenModel
    choices: MapChoices
    axes: Axes
    layout: Layout
    scene: Scene


def gather(
    model: OpenModel, choices: MapChoices, axes: Axes | None, tsne: Layout | None, colors: Coloring | None
) -> Gathered:
    """Compute the picture that `choices` ask for. `axes`, `colors`: those of before, if they still hold; `tsne`: used
    instead of axes. Raises UsageError. Not for the event loop."""
    factors = model.factors
    axes = axes or principal_axes(factors, choices.block)
    trained = np.asarray(factors.movie_train_counts) > 0
    x, y = axis_in(axes, choices.x), axis_in(axes, choices.y)
    layout = tsne or pair_layout(axes, trained, x, y)
    shown = trained & passing(factors, choices.narrowed.where())
    named = () if tsne else (axes.axis(x, 1), axes.axis(y, 1))
    words = tuple("  ".join(map(_named, named, "xy", (n, n))) for n in (3, 2, 1))
    narrowed = f", only {choices.narrowed.label}" if choices.narrowed.label else ""
    return Gathered(
        model,
        choices,
        axes,
        layout,
        Scene(
            layout.points,
            shown,
            colors or coloring(model, choices.color),
            np.argsort(-np.asarray(factors.movie_counts), kind="stable"),
            lambda movie: _label(factors.movies.titles[movie], model.shared_names),
            (f"t-SNE of {choices.block}" if tsne else choices.block.capitalize()) + narrowed,
            words,
            model.about,
        ),
    )


def axis_in(axes: Axes, number: int) -> int:
    """Return `number`, or the last axis if there are fewer."""
    return min(number, len(axes.shares))


def guests(model: OpenModel, layout: Layout, block: Block, rows: UserRows, labels: Sequence[str]) -> list[Pin]:
    """Place users with these rows, trained or folded in, as pins on the map; leave out those with factors of zero."""
    if block == "audience" and rows.audience is None:
        return []
    given = (
        rows.factors if rows.audience is None or block == "taste" else model.factors.audience.factors_of(rows.audience)
    )
    places = layout.place(given)
    known = np.abs(given).sum(axis=1) > 0
    return [
        Pin(float(x), float(y), label)
        for (x, y), label, some in zip(places, labels, known, strict=True)
        if some and np.isfinite((x, y)).all()
    ]


def own_row(model: OpenModel) -> UserRows | None:
    """Fold in one's own ratings (the profile in use). Return None if the model has none of them, or they cannot be
    read: You says why. Not for the event loop."""
    from mftui.data.profiles.match import Matcher
    from mftui.data.profiles.store import Profile
    from mftui.engine.query.fold_in import fold_in

    try:
        rows = Profile().rows()
        matched = Matcher(model.factors).match(rows) if rows else None
    except MftuiError:
        return None
    if matched is None or not len(matched.movies):
        return None
    return fold_in(model.factors, matched.movies, matched.ratings).row


def pins(model: OpenModel, layout: Layout, choices: MapChoices, open_user: str) -> list[Pin]:
    """Return the pins to stand among the films: You, if there are ratings of one's own, and users of the data. Not for
    the event loop."""
    own = own_row(model)
    you = [] if own is None else guests(model, layout, choices.block, own, ["You"])
    return you + _users(model, layout, choices, open_user)


def _users(model: OpenModel, layout: Layout, choices: MapChoices, open_user: str) -> list[Pin]:
    factors = model.factors
    if choices.users == "many":
        users = np.unique(np.linspace(0, factors.n_users - 1, MANY).astype(np.int64))
        return guests(model, layout, choices.block, factors.rows_of(users), [""] * len(users))
    index = factors.user_ids.find(open_user) if choices.users == "open" and open_user else None
    if index is None:
        return []
    return guests(model, layout, choices.block, factors.rows_of(np.array([index])), [f"user {open_user}"])


def _label(title: str, shared: Container[str]) -> str:
    """Return the title without the year: "Matrix, The"; with it where other movies have the same name, too."""
    name = without_year(title).strip()
    return title if name in shared else name or title


def _named(axis: Axis, letter: str, most: int) -> str:
    low, high = axis.ends(most)
    ends = f": - {low or '?'} + {high or '?'}" if low or high else ""
    return f"{letter} axis {axis.number}{ends}"
