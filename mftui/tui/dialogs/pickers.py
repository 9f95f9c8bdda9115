"""What can be picked: data sets, recipes, users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mftui.tui.base.panes import PANES
from mftui.tui.dialogs.pick import Item, PickScreen
from mftui.tui.lists.rows import LazyRows

if TYPE_CHECKING:
    from mftui.data.ids import RawId
    from mftui.engine.model.factors import Factors
    from mftui.engine.recipes import Recipe


def pick_data(now: str) -> PickScreen:
    """Offer the sample, what has been fetched, what could be, and any path."""
    from mftui.data.sources.catalogue import CATALOGUE, fetched

    here: list[Item] = []
    away: list[Item] = []
    for entry in CATALOGUE.values():
        ratings = f"{_count(entry.n_ratings)} ratings"
        if entry.name == "sample":
            here.append((entry.name, f"{ratings}, synthetic", f"{entry.title}."))
        elif fetched(entry.name):
            here.append((entry.name, f"{ratings}, fetched", f"{entry.title}."))
        else:
            away.append((entry.name, f"{ratings}, {entry.size_mb:g} MB to fetch", f"{entry.title}. Enter fetches it."))
    items = [*here, *away]
    if all(now != value for value, *_ in items):
        items.insert(0, (now, "the current choice", now))
    return PickScreen("Data set", items, now=now, prompt="type a name, or a path to ratings", free=_is_path)


def pick_recipe(recipes: Mapping[str, Recipe], now: str) -> PickScreen:
    """Offer every recipe, with what it does."""
    return PickScreen("Recipe", [(r.name, r.title, r.about) for r in recipes.values()], now=now, widths=(10, 0))


def pick_preset(recipe: Recipe, now: str) -> PickScreen:
    """Offer every preset of a recipe, with what it is for; below, what it sets."""

    def sets(values: Mapping[str, object]) -> str:
        from mftui.engine.training.recipe import label_of, written

        return ", ".join(f"{label_of(name)} {written(value)}" for name, value in values.items()) or "nothing: defaults"

    items = [(p.name, p.summary, f"{p.summary} Sets {sets(p.values)}.") for p in recipe.presets]
    return PickScreen(f"Preset of {recipe.name}", items, now=now, widths=(10, 0))


def pick_user(factors: Factors) -> PickScreen:
    """Offer every user, with the number of ratings."""
    ids, counts = factors.user_ids, factors.history.counts()
    users = LazyRows(len(ids), lambda at: (str(ids.raw(at)), f"{int(counts[at]):,} ratings", ""))
    return PickScreen("User", users, prompt="type an id", widths=(18, 0))


def pick_profile(now: str) -> PickScreen:
    """Offer every profile of one's own ratings; what is typed and fits none begins another."""
    from mftui.data.profiles.store import profiles

    where = [(p.name, "", f"Kept in {p.path}. Type a new name, then enter, to begin another.") for p in profiles()]
    return PickScreen("Profile", where, now=now, prompt="type a name", free=lambda text: True, widths=(40, 0))


def pick_pane() -> PickScreen:
    """Offer every pane of every screen."""
    return PickScreen("Go to", [(name, "", "") for name in PANES], prompt="type to narrow", widths=(30, 0))


def pick_order(caption: str, orders: Sequence[str]) -> PickScreen:
    """Offer by what a table can be sorted."""
    return PickScreen(
        f"Sort: {caption}", [(name, "", "The one chosen before: the other way round.") for name in orders]
    )


def pick_similar_user(factors: Factors, to: RawId, similar: Sequence[tuple[RawId, float]]) -> PickScreen:
    """Choose one of the users nearest to user `to`; `similar`: (user, cosine) of each."""
    counts = factors.history.counts()
    items: list[Item] = []
    for user, cosine in similar:
        n = int(counts[factors.user_ids.index(user)])
        items.append((str(user), f"cosine {cosine:.3f}, {n:,} ratings", ""))
    return PickScreen(f"Users similar to {to}", items, prompt="type to narrow")


def _is_path(text: str) -> bool:
    return "/" in text or text.startswith(("~", "."))


def _count(n: int) -> str:
    return f"{n / 1e6:.3g} M" if n >= 1e6 else f"{n / 1e3:.3g} k" if n >= 1e4 else str(n)
