"""The table of recipes. A new recipe is one new module and one line here."""

from __future__ import annotations

from mftui.engine.recipes.als import ALS
from mftui.engine.recipes.bayes import BAYES
from mftui.engine.recipes.biased import BIASED
from mftui.engine.recipes.fastai import FASTAI
from mftui.engine.recipes.funk import FUNK
from mftui.engine.recipes.pmf import PMF
from mftui.engine.recipes.post2019 import SEED
from mftui.engine.training.recipe import Field, Hyper, Preset, Recipe, Value
from mftui.errors import UsageError

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in (BIASED, SEED, FUNK, FASTAI, PMF, ALS, BAYES)}


def find_recipe(name: str) -> Recipe:
    """The recipe called `name`; raises UsageError, naming those that there are."""
    if name not in RECIPES:
        raise UsageError(f"no recipe {name}.", hint=f"There are: {', '.join(RECIPES)}.")
    return RECIPES[name]


__all__ = ["RECIPES", "Field", "Hyper", "Preset", "Recipe", "Value", "find_recipe"]
