"""The recipes and their table. A new recipe is one new module and one line here.

`engine.descent` and `engine.alternating` are imported when a learner is built.

May import: child, data, engine.alternating, engine.audience_block, engine.compute, engine.descent, engine.model,
engine.training, errors, text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mftui.engine.model.priors import RowPriors
from mftui.engine.recipes.als import ALS
from mftui.engine.recipes.bayes import BAYES
from mftui.engine.recipes.biased import BIASED
from mftui.engine.recipes.fastai import FASTAI
from mftui.engine.recipes.funk import FUNK
from mftui.engine.recipes.pmf import PMF
from mftui.engine.recipes.post2019 import POST2019
from mftui.engine.training.memory import Sizes
from mftui.engine.training.recipe import Field, Hyper, Preset, Recipe, Value
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.engine.model.parameters import Parameters

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in (BIASED, POST2019, FUNK, FASTAI, PMF, ALS, BAYES)}
"""By name; the first is the default."""
STARS, RESCALED = "stars", "rescaled"
"""What predictions are counted in."""
_ALIASES = {"": BIASED.name, "seed": POST2019.name}
"""Other names that settings, scripts and old runs may use; the empty one is the default's."""
_USUAL_RATINGS = 100_000
"""Ratings that a model is taken to have learned from where rules are asked: it does not keep how many there were."""


def recipe_name(given: str) -> str:
    """Return the name that `given`, a name or an alias, stands for; an unknown one as it is."""
    return _ALIASES.get(given, given)


def find_recipe(name: str) -> Recipe:
    """Return the recipe of a name or an alias. Raises UsageError, naming those that there are."""
    found = RECIPES.get(recipe_name(name))
    if found is None:
        raise UsageError(f"no recipe {name}.", hint=f"There are: {', '.join(RECIPES)}.")
    return found


def recipe_with(preset: str | None, default: str) -> str:
    """Return the recipe to take where a preset is given and no recipe: `default`, or the only one that has it.

    A preset of mftui 0.1 that another has replaced is still that of its recipe, whoever has one of that name today.
    """
    before = [recipe.name for recipe in RECIPES.values() if preset in recipe.renamed]
    having = [recipe.name for recipe in RECIPES.values() if any(known.name == preset for known in recipe.presets)]
    if preset is None or default in (*before, *having):
        return default
    found = before or having
    return found[0] if len(found) == 1 else default


def row_priors(meta: Mapping[str, Any], parameters: Parameters) -> RowPriors:
    """Return what a model's recipe trained its users' rows with, by the model's own `meta`."""
    recipe, p = find_recipe(meta.get("recipe", "")), parameters
    # A model's own members count, whatever its fields say. One that was made by hand may leave some to the rules.
    hyper = recipe.stored(meta.get("hyper", {})) | {"members": p.members}
    hyper = recipe.sized(hyper, Sizes(len(p.user_bias), len(p.movie_bias), _USUAL_RATINGS))
    return RowPriors(recipe.user_prior(hyper, p.hi - p.lo, p.unit))


def caution_of(meta: Mapping[str, Any]) -> str:
    """Return what to know of the predictions of a model, by its own `meta`; "" where they are ratings."""
    found = RECIPES.get(recipe_name(str(meta.get("recipe") or "")))
    return found.caution if found else ""


def unit_of(meta: Mapping[str, Any]) -> str:
    """Return what a model's predictions, biases and errors are counted in: stars, or values that are rescaled to
    stars and count by their order alone."""
    return RESCALED if caution_of(meta) else STARS


__all__ = [
    "RECIPES",
    "RESCALED",
    "STARS",
    "Field",
    "Hyper",
    "Preset",
    "Recipe",
    "Value",
    "caution_of",
    "find_recipe",
    "recipe_name",
    "recipe_with",
    "row_priors",
    "unit_of",
]
