"""The table of recipes. A new recipe is one new module and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mftui.engine.model.parameters import Parameters
from mftui.engine.model.rows import RowPriors
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


def row_priors(meta: Mapping[str, Any], parameters: Parameters) -> RowPriors:
    """Return what a model's recipe trained its users' rows with, by the model's own `meta`."""
    recipe, p = find_recipe(meta.get("recipe", BIASED.name)), parameters
    # A model's own members count, whatever its fields say.
    hyper = recipe.defaults() | dict(meta.get("hyper", {})) | {"members": p.members}
    audience = (float(hyper.get(name, 0)) for name in ("audience_prior", "audience_unobserved"))
    return RowPriors(recipe.user_prior(hyper, p.hi - p.lo), *audience)


__all__ = ["RECIPES", "Field", "Hyper", "Preset", "Recipe", "Value", "find_recipe", "row_priors"]
