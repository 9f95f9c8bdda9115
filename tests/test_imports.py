"""What is never imported, each time in a fresh interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.models import toy_run

import mftui

HEAVY = {"tensorflow", "keras", "pandas", "pyarrow", "sklearn", "plotext"}
MODULES = """
import sys
{code}
import json
sys.stderr.write("\\n" + json.dumps(sorted({{name.split(".")[0] for name in sys.modules}})))
"""
INVOKE = """
from mftui.cli.group import mftui
mftui.main({arguments!r}, standalone_mode=False)
"""
PACKAGE = Path(mftui.__file__).parent


def modules_after(code: str, home: Path) -> set[str]:
    """Top-level modules that a new interpreter has loaded after `code`."""
    done = subprocess.run(
        [sys.executable, "-c", MODULES.format(code=code)],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "MFTUI_HOME": str(home)},
        cwd=PACKAGE.parent,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def modules_of(*parts: str) -> list[str]:
    """All modules of mftui below a package, but those that need TensorFlow."""
    files = sorted((PACKAGE / Path(*parts)).rglob("*.py"))
    names = (".".join(("mftui", *file.relative_to(PACKAGE).with_suffix("").parts)) for file in files)
    return [name.removesuffix(".__init__") for name in names]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    toy_run(home)
    (home / "pairs.csv").write_text("user,movie\n1,3\n")
    return home


@pytest.mark.parametrize(
    "arguments",
    [
        ["similar", "toy", "story", "--json"],
        ["similar", "toy", "story"],
        ["user", "1"],
        ["recommend", "1", "--genre", "drama"],
        ["rate", "toy", "story", "4"],
        ["ratings", "ls"],
        ["evaluate"],
        ["factors"],
        ["paths"],
        ["doctor"],
        ["runs", "ls"],
    ],
    ids=" ".join,
)
def test_a_query_loads_nothing_heavy(arguments: list[str], home: Path) -> None:
    assert not (HEAVY | {"textual"}) & modules_after(INVOKE.format(arguments=arguments), home)


@pytest.mark.long
@pytest.mark.parametrize(
    "arguments",
    [
        ["predict", "HOME/pairs.csv"],
        ["data", "ls"],
        ["data", "info", "sample"],
        ["export", "toy", "HOME/tables", "--to", "parquet"],
        ["export", "toy", "HOME/weights.h5", "--to", "hdf5"],
        ["export", "toy", "HOME/projector", "--to", "projector"],
        pytest.param(["export", "toy", "HOME/served", "--to", "savedmodel"], marks=pytest.mark.long),
        ["report", "toy", "-o", "HOME/report.html"],
    ],
    ids=" ".join,
)
def test_a_command_that_does_not_train_loads_no_tensorflow(arguments: list[str], home: Path) -> None:
    given = [argument.replace("HOME", str(home)) for argument in arguments]
    assert not {"tensorflow", "keras", "textual"} & modules_after(INVOKE.format(arguments=given), home)


def test_data_and_runs_know_neither_tensorflow_nor_textual(home: Path) -> None:
    code = "import " + ", ".join([*modules_of("data"), *modules_of("runs")])
    assert not {"tensorflow", "keras", "textual"} & modules_after(code, home)


def test_all_of_the_app_loads_without_tensorflow(home: Path) -> None:
    loaded = modules_after("import " + ", ".join(modules_of("tui")), home)
    assert "textual" in loaded
    assert not {"tensorflow", "keras"} & loaded


def test_the_engine_names_tensorflow_only_where_it_trains(home: Path) -> None:
    needed = (
        "mftui.engine.model.factors, mftui.engine.model.store, mftui.engine.evaluation.evaluate, mftui.engine.recipes"
    )
    assert not {"tensorflow", "keras", "textual"} & modules_after(
        f"import {needed}, mftui.engine.training.training", home
    )


def test_the_app_s_first_screen_is_drawn_before_numpy_is_loaded(home: Path) -> None:
    """Numpy takes longer to load than the first picture takes to draw; the recipes are read for the form.

    Without an option the command line is not read by click, and OpenSSL's digests are not needed.
    """
    loaded = modules_after(
        "import mftui.cli, mftui.tui.launch, mftui.tui.screens.train.screen, mftui.engine.recipes", home
    )
    assert "textual" in loaded
    assert not (HEAVY | {"numpy", "click", "hashlib"}) & loaded


@pytest.mark.long
def test_a_trainer_loads_nothing_that_tensorflow_only_has_adapters_for(home: Path) -> None:
    """An installed JAX alone would take 180 MB."""
    loaded = modules_after("from mftui.runs.trainer.prepare import import_tensorflow; import_tensorflow(True)", home)
    assert "tensorflow" in loaded
    assert not {"jax", "jaxlib", "pandas", "sklearn"} & loaded
