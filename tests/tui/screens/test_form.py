"""The form: what it asks for, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from mftui.engine.recipes import RECIPES
from mftui.errors import UsageError
from mftui.runs.store.request import TrainRequest
from mftui.settings import Settings
from mftui.tui.screens.train.form import TrainForm


@pytest.fixture
def form() -> TrainForm:
    return TrainForm(RECIPES)


def test_an_untouched_form_asks_for_the_defaults(form: TrainForm):
    request = form.request()
    assert (request.data, request.recipe, dict(request.hyper), request.seed) == ("sample", "biased", {}, 0)


def test_what_was_typed_is_asked_for(form: TrainForm):
    form.set("factors", " 8 ")
    form.set("learning_rate", "1e-2")
    form.set("seed", "3")
    request = form.request()
    assert request.hyper == {"factors": 8, "learning_rate": 0.01}
    assert request.seed == 3


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        ("factors", "0", "outside 1 to 4096"),
        ("factors", "many", "not a whole number"),
        ("factors", "", ""),
        ("learning_rate", "nan", "outside"),
        ("seed", "-1", "not a whole number"),
        ("seed", "99999999999", "above"),
    ],
)
def test_a_field_says_what_is_wrong_with_it(form: TrainForm, key: str, text: str, says: str):
    form.set(key, text)
    error = next(row.error for row in form.rows() if row.key == key)
    assert says in error
    assert bool(says) == bool(error)


def test_a_wrong_field_is_refused_by_name_even_when_it_is_not_shown(form: TrainForm):
    form.set("patience", "-5")
    assert all(row.key != "patience" for row in form.rows())
    with pytest.raises(UsageError, match="patience"):
        form.request()


def test_the_other_fields_come_behind_the_main_ones(form: TrainForm):
    main = [row.key for row in form.rows()]
    assert main == ["data", "recipe", "preset", "factors", "epochs", "learning_rate", "seed"]
    form.more = True
    rows = [row.key for row in form.rows()]
    assert rows[: len(main)] == main
    assert set(rows) >= {field.name for field in RECIPES["biased"].fields}


def test_each_recipe_keeps_what_was_typed_for_it(form: TrainForm):
    form.set("factors", "8")
    form.set("recipe", "post2019")
    assert form.request().hyper == {}
    form.set("recipe", "biased")
    assert form.request().hyper == {"factors": 8}


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_preset_fills_in_its_fields_and_is_named_as_long_as_they_stay(form: TrainForm, recipe: str):
    form.set("recipe", recipe)
    for preset in RECIPES[recipe].presets:
        form.set("seed", "5")
        form.set("preset", preset.name)
        request = form.request()
        assert (dict(request.hyper), request.seed) == (dict(preset.values), 5)
        assert form.preset == preset.name
    form.set("factors", "77")
    assert form.preset == "own"
    form.reset()
    assert form.preset == RECIPES[recipe].presets[0].name


def test_stepping_goes_through_the_presets(form: TrainForm):
    names = [preset.name for preset in RECIPES["biased"].presets]
    for name in [*names[1:], names[0]]:
        form.set("preset", form.nudged("preset", 1) or "")
        assert form.preset == name
    form.set("factors", "77")
    assert (form.nudged("preset", 1), form.nudged("preset", -1)) == (names[0], names[-1])


def test_a_run_taken_into_the_form_shows_its_preset(form: TrainForm):
    form.set("preset", "fast")
    again = TrainForm(RECIPES)
    again.load(form.request())
    assert again.preset == "fast"


def test_the_default_typed_again_is_no_change(form: TrainForm):
    form.set("factors", "8")
    form.set("factors", "Auto")
    form.set("epochs", "auto: 6")  # as the form shows it
    form.set("validation", str(RECIPES["biased"].field("validation").default))
    assert form.request().hyper == {}


def test_numbers_step_through_round_values_and_stop_at_their_limits(form: TrainForm):
    form.set("factors", "32")
    assert form.nudged("factors", 1) == "50"
    assert form.nudged("factors", -1) == "20"
    assert form.nudged("learning_rate", 1) == "0.1"
    form.set("factors", "1")
    assert form.nudged("factors", -1) == "1"
    form.set("factors", "nonsense")
    assert form.nudged("factors", 1) is None


def test_a_path_becomes_absolute(form: TrainForm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ratings.csv").write_text("user,movie,rating\n1,1,5\n")
    form.set("data", "./ratings.csv")
    assert form.request().data == str(tmp_path / "ratings.csv")


def test_settings_are_where_the_form_begins() -> None:
    form = TrainForm(RECIPES, Settings(recipe="seed", seed=7, checkpoint_seconds=3.0))
    request = form.request()
    assert (request.data, request.recipe, request.seed, request.checkpoint_seconds) == ("sample", "post2019", 7, 3.0)
    assert TrainForm(RECIPES, Settings(recipe="no such")).recipe.name == next(iter(RECIPES))


@pytest.mark.parametrize("recipe", ["biased", "post2019", "funk", "fastai", "pmf"])
def test_what_to_compute_on_and_how_is_among_the_other_fields(form: TrainForm, recipe: str):
    form.set("recipe", recipe)
    assert "device" not in [row.key for row in form.rows()]
    form.more = True
    kinds = {row.key: (row.text, row.kind) for row in form.rows()}

    assert kinds["device"] == ("auto", "choice")
    assert kinds["precision"] == ("float32", "choice")
    assert kinds["deterministic"] == ("no", "text")
    assert form.nudged("device", 1) == "cpu"
    assert form.error_in("device", "tpu") == "tpu is not one of auto, cpu, gpu."


def test_a_default_that_depends_on_another_field_follows_it() -> None:
    form = TrainForm(RECIPES)

    form.set("members", "1")
    alone = next(row for row in form.rows() if row.key == "factors")
    form.set("factors", "12")
    chosen = next(row for row in form.rows() if row.key == "factors")

    assert (alone.text, alone.changed) == ("auto: 16", False)
    assert (chosen.text, chosen.changed) == ("12", True)


def test_what_a_run_had_comes_back_whatever_the_defaults_depend_on() -> None:
    form = TrainForm(RECIPES)

    form.load(TrainRequest(recipe="biased", hyper=RECIPES["biased"].check({"members": 1, "factors": 12})))

    assert form.request().hyper["factors"] == 12
