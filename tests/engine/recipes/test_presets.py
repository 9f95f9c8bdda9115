"""Every preset of every recipe is a training that the recipe accepts, and says what it is for."""

from __future__ import annotations

import pytest

from mftui.engine.recipes import RECIPES, Recipe
from mftui.errors import UsageError


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_presets_are_valid_differ_and_begin_with_the_defaults(recipe: Recipe) -> None:
    complete = [recipe.check(preset.values) for preset in recipe.presets]
    assert complete[0] == recipe.defaults()
    assert all(one != other for i, one in enumerate(complete) for other in complete[:i])
    assert len({preset.name for preset in recipe.presets}) == len(recipe.presets)
    for preset in recipe.presets:
        assert preset.name.isascii() and preset.name.isalpha() and preset.name != "own"
        assert preset.summary.endswith(".")
        assert all(value != recipe.field(name).default for name, value in preset.values.items())


def test_an_unknown_preset_names_those_that_there_are() -> None:
    with pytest.raises(UsageError, match=r"no preset post.*It has: default, fast"):
        RECIPES["biased"].preset("post")


def test_one_member_has_more_factors_unless_they_are_given() -> None:
    biased = RECIPES["biased"]

    assert biased.check({})["factors"] == 12
    assert biased.check({"members": 1})["factors"] == 16
    assert biased.check({"members": 1, "factors": 12})["factors"] == 12
