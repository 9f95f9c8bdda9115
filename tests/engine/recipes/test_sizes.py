"""Sizes that follow the data: what the rules choose, what can be asked of them, what runs of 0.1 mean."""

from __future__ import annotations

import re

import pytest

from mftui.engine.recipes import RECIPES, find_recipe, recipe_with
from mftui.engine.training.memory import Sizes
from mftui.errors import UsageError

BIASED = find_recipe("biased")


def chosen(n_ratings: int, names: str, **given: object) -> list[object]:
    """Return what the fields in `names` hold for so many training ratings."""
    hyper = BIASED.sized(BIASED.check(given), Sizes(n_ratings // 150 + 1, n_ratings // 400 + 1, n_ratings))
    return [hyper[name] for name in names.split()]


@pytest.mark.parametrize(
    ("n_ratings", "expected"),
    [
        (1_000, [8, 12, 6, 2_000, False, 13.0, 5.0]),
        (80_000, [8, 12, 6, 4_000, False, 13.0, 5.0]),
        (90_000, [8, 12, 6, 4_500, False, 13.0, 5.0]),
        (900_000, [8, 24, 6, 45_000, False, 13.0, 5.0]),
        (4_500_000, [5, 24, 6, 225_000, False, 13.0, 5.0]),
        (22_500_000, [2, 24, 8, 500_000, True, 60.0, 2.0]),
        (90_000_000, [1, 32, 8, 500_000, True, 60.0, 2.0]),
    ],
)
def test_what_is_left_alone_follows_the_number_of_ratings(n_ratings: int, expected: list[object]) -> None:
    names = "members factors epochs batch_size adaptive_priors prior_factors prior_biases"
    assert chosen(n_ratings, names) == expected


def test_no_size_makes_a_jump_from_one_set_to_the_next() -> None:
    at = 1_000
    before = chosen(at, "members factors")
    while at < 200_000_000:
        at = int(at * 1.05)
        now = chosen(at, "members factors")
        assert abs(now[0] - before[0]) <= 1  # type: ignore[operator]
        assert 0.7 <= now[1] / before[1] <= 1.4  # type: ignore[operator]
        before = now


def test_what_is_given_is_kept_and_the_rest_follows_it() -> None:
    assert chosen(80_000, "members factors", members=1) == [1, 16]
    assert chosen(80_000, "factors epochs", factors=5, epochs=3) == [5, 3]
    assert chosen(80_000, "prior_factors prior_biases", adaptive_priors=True) == [25.0, 5.0]
    assert chosen(80_000, "learning_rate", optimizer="adafactor") == [0.05]


def test_a_multiple_of_the_rule_can_be_asked_for() -> None:
    assert chosen(80_000, "members", members="2*auto") == [16]
    assert chosen(22_500_000, "members", **BIASED.preset("careful").values) == [4]
    assert chosen(80_000, "factors learning_rate", factors="AUTO", learning_rate=" 0.5 * auto") == [12, 0.035]
    for wrong in ("auto*2", "x*auto", "2*", "automatic", "2*nope"):
        with pytest.raises(UsageError, match=r"members.* a whole number, auto, or a multiple such as 2\*auto\."):
            BIASED.check({"members": wrong})
    with pytest.raises(UsageError, match="validation"):
        BIASED.check({"validation": "auto"})  # no rule chooses it


def test_zeros_that_runs_of_0_1_wrote_are_left_to_the_rules() -> None:
    assert chosen(80_000, "batch_size", batch_size=0) == [4_000]
    old = {"batch_size": 0, "audience_factors": 0, "audience_epochs": 0, "audience_learning_rate": 0.0}
    sized = BIASED.sized(BIASED.stored({**old, "factors": 9}), Sizes(943, 1_682, 80_000))
    rate = pytest.approx(0.0246, abs=1e-3)
    assert [sized[name] for name in (*old, "factors", "adaptive_priors")] == [4_000, 384, 4, rate, 9, False]
    assert chosen(80_000, "prior_factors", prior_factors=0) == [0.0]  # none at all, which is a choice


def test_presets_of_0_1_say_what_took_their_place() -> None:
    for name in ("large", "wide"):
        assert BIASED.preset(name) is BIASED.preset("default")
        assert BIASED.renaming(name) == f"preset {name} is now default: its sizes are chosen by the data."
    assert not BIASED.renaming("fast")


def test_a_preset_names_its_recipe_where_only_one_has_it() -> None:
    assert recipe_with("best", "biased") == "bayes"
    assert recipe_with("fast", "biased") == "biased"
    assert recipe_with("careful", "als") == "biased"
    assert recipe_with(None, "als") == "als"
    assert recipe_with("no such", "biased") == "biased"


def test_a_preset_of_0_1_is_that_of_its_recipe_though_another_has_one_of_that_name_today() -> None:
    assert recipe_with("large", "biased") == recipe_with("wide", "als") == recipe_with("large", "als") == "biased"
    assert recipe_with("large", "fastai") == "fastai"


def test_nothing_is_left_open_once_the_data_is_known() -> None:
    for recipe in RECIPES.values():
        for preset in recipe.presets:
            hyper = recipe.sized(recipe.check(preset.values), Sizes(943, 1_682, 80_000, levels=5, features=tuple))
            assert not [name for name, value in hyper.items() if recipe.field(name).asks(value)], (recipe.name, preset)
            assert recipe.check(hyper) == hyper


def test_a_long_training_is_announced_with_its_length() -> None:
    bayes, small = find_recipe("bayes"), Sizes(943, 1_682, 80_000, levels=5, features=tuple)
    best = bayes.check(bayes.preset("best").values)
    assert re.fullmatch(r"Learning takes about \d+ seconds on two cores\.", bayes.how_long(small, best))
    large = Sizes(162_000, 59_000, 22_500_000, levels=10, features=tuple)
    assert re.fullmatch(r"Learning takes about \d+ (minutes|hours?) on two cores\.", bayes.how_long(large, best))
    assert not bayes.how_long(small, bayes.check({"epochs": 20}))
    assert not BIASED.how_long(small, BIASED.defaults())
