"""`mftui map`: films as points, as JSON and as a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.command import call
from helpers.models import HOSTILE, TITLES, toy_factors, toy_run

from mftui.engine.insight.principal_axes import principal_axes

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    return tmp_path


def test_json_gives_the_coordinates_on_the_axes_asked_for(capfd: Capture, home: Path) -> None:
    model = toy_factors()
    toy_run(home, model)
    answer = call(capfd, "map", "-n", "0", "--axes", "2,3", "--json").document
    assert answer["layout"] == "axes 2 and 3" and len(answer["points"]) == len(TITLES)
    axes = principal_axes(model)
    for point in answer["points"]:
        at = model.movie_ids.index(point["movie_id"])
        np.testing.assert_allclose([point["x"], point["y"]], axes.movies[at, 1:3], rtol=1e-5)


def test_the_best_known_come_first_and_a_table_is_for_people(capfd: Capture, home: Path) -> None:
    toy_run(home, toy_factors(HOSTILE))
    counts = [p["n_ratings"] for p in call(capfd, "map", "--json").document["points"]]
    assert counts == sorted(counts, reverse=True)
    table = call(capfd, "map", "-n", "5")
    assert table.code == 0 and len(table.out.splitlines()) == 7 and "\x1b" not in table.out


@pytest.mark.long
def test_tsne_places_every_film_and_keeps_standard_output_clean(capfd: Capture, home: Path) -> None:
    toy_run(home)
    answer = call(capfd, "map", "--tsne", "-n", "0", "--json").document
    assert answer["layout"] == "t-SNE" and all(p["x"] is not None for p in answer["points"])


@pytest.mark.parametrize("pair", ["9,1", "0,1", "1", "a,b", "1,2,3"])
def test_axes_that_there_are_not_are_refused(capfd: Capture, home: Path, pair: str) -> None:
    toy_run(home)
    assert call(capfd, "map", "--axes", pair).code == 2
