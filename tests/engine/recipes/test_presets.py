"""Every preset of every recipe is a training that the recipe accepts, and says what it is for."""

from __future__ import annotations

import pytest

from mftui.engine.recipes import RECIPES, Recipe
from mftui.engine.training.memory import Sizes
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
        assert all(value != recipe.field(name).unset for name, value in preset.values.items())


def test_an_unknown_preset_names_those_that_there_are() -> None:
    with pytest.raises(UsageError, match=r"no preset post.*It has: default, fast"):
        RECIPES["biased"].preset("post")


def test_one_member_has_more_factors_unless_they_are_given() -> None:
    biased, sizes = RECIPES["biased"], Sizes(943, 1_682, 80_000)

    def factors(given: dict[str, int]) -> object:
        return biased.sized(biased.check(given), sizes)["factors"]

    assert [factors(given) for given in ({}, {"members": 1}, {"members": 1, "factors": 12})] == [12, 16, 12]
