"""`mftui data`: what it prints, for people and for scripts."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from helpers.ratings_files import movielens_csv, write, zipped

from mftui.cli.commands.data import data
from mftui.errors import DataError


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("MFTUI_HOME", str(directory))
    return directory


def run(*arguments: object) -> Result:
    return CliRunner().invoke(data, [str(argument) for argument in arguments])


def document(*arguments: object) -> Any:
    result = run(*arguments, "--json")
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def publisher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory that a server on loopback publishes as the place of all data sets."""
    directory = tmp_path / "published"
    directory.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(directory)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("MFTUI_DATASETS_URL", f"http://127.0.0.1:{server.server_address[1]}/")
    yield directory
    server.shutdown()
    server.server_close()
    thread.join()


def test_info_prints_the_object_of_the_design(tmp_path: Path) -> None:
    directory = movielens_csv(tmp_path / "mine")
    write(directory / "movies.csv", "movieId,title\n10,A\n20,B\n30,C\n40,D\n")
    shown = document("info", directory)
    assert shown["dataset"] == "mine"
    assert (shown["n_users"], shown["n_movies"], shown["n_ratings"]) == (3, 3, 5)
    assert shown["density"] == pytest.approx(5 / 9)
    assert shown["scale"] == [0.5, 5.0, 0.5]
    assert shown["repairs"] == ["1 movie of movies.csv has no ratings: not in the model."]
    assert len(shown["fingerprint"]) == 32
    assert {bar["rating"]: bar["n"] for bar in shown["histogram"] if bar["n"]} == {0.5: 1, 2: 1, 3.5: 1, 4: 1, 5: 1}


def test_info_shows_counts_histogram_and_repairs(tmp_path: Path) -> None:
    file = write(tmp_path / "r.csv", "user,item,rating\n1,10,1\n2,10,2\n1,10,3\n1,20,4\n")
    shown = run("info", file).stdout
    assert "no titles found: ids are shown instead" in shown
    assert "1 to 4" in shown or "2 to 4" in shown
    assert "1 rating left out: rated again by the same user: the one on the later line counts." in shown
    assert "█" in shown


def test_info_takes_columns_and_a_test_file(tmp_path: Path) -> None:
    file = write(tmp_path / "r.csv", "who,what,grade\n1,10,1\n2,20,2\n")
    test = write(tmp_path / "t.csv", "who,what,grade\n2,10,5\n")
    shown = document("info", file, "--columns", "user=who, movie=what,rating=grade", "--test", test)
    assert (shown["n_ratings"], shown["n_test"]) == (3, 1)


def test_columns_of_another_form_are_refused(tmp_path: Path) -> None:
    result = run("info", tmp_path, "--columns", "who")
    assert result.exit_code == 2
    assert "is not of the form role=column" in result.stderr


def test_histogram_of_ratings_without_steps_has_equal_bins(tmp_path: Path) -> None:
    rows = "".join(f"{i % 40},{i % 37},{(i * 0.61803398875) % 1 * 10}\n" for i in range(1400))
    shown = document("info", write(tmp_path / "r.csv", rows))
    assert shown["scale"][2] == 0
    assert sum(bar["n"] for bar in shown["histogram"]) == shown["n_ratings"]
    assert len(shown["histogram"]) == 10


def test_info_of_bad_input_is_a_data_error(tmp_path: Path) -> None:
    assert isinstance(run("info", tmp_path / "none.csv").exception, DataError)


def test_info_of_the_sample_says_that_its_ratings_are_synthetic() -> None:
    assert document("info", "sample")["label"] == "sample (synthetic ratings)"
    assert "sample (synthetic ratings)" in run("info", "sample").stdout


def test_ls_lists_what_can_be_fetched(home: Path) -> None:
    (home / "datasets" / "ml-1m").mkdir(parents=True)
    listed = {entry["dataset"]: entry for entry in document("ls")["datasets"]}
    assert list(listed) == ["sample", "ml-latest-small", "ml-100k", "ml-1m", "ml-10m", "ml-20m", "ml-25m", "ml-32m"]
    assert [name for name, entry in listed.items() if entry["available"]] == ["sample", "ml-1m"]
    assert listed["ml-25m"]["url"] == "https://files.grouplens.org/datasets/movielens/ml-25m.zip"
    assert "ml-latest-small" in run("ls").stdout


def test_fetch_says_where_it_is_and_shows_the_licence(tmp_path: Path, home: Path, publisher: Path) -> None:
    directory = movielens_csv(tmp_path / "ml-latest-small")
    write(directory / "README.txt", "Usage License\n=============\n\nBe kind.\n")
    archive = zipped(directory, publisher / "ml-latest-small.zip")
    digest = hashlib.md5(archive.read_bytes()).hexdigest()
    write(publisher / "ml-latest-small.zip.md5", f"{digest}  ml-latest-small.zip\n")
    result = run("fetch", "ml-latest-small")
    assert result.exception is None and result.stdout == ""
    assert f"ml-latest-small is in {home / 'datasets' / 'ml-latest-small'}." in result.stderr.replace("\n", "")
    assert "Be kind." in result.stderr
    again = document("fetch", "ml-latest-small")
    assert again["path"] == str(home / "datasets" / "ml-latest-small")
    assert "Be kind." in again["licence_text"]
    assert document("info", "ml-latest-small")["n_ratings"] == 5


def test_synth_makes_a_data_set_that_can_be_opened(tmp_path: Path) -> None:
    made = document("synth", tmp_path / "made", "--users", 30, "--movies", 20, "--ratings", 300, "--seed", 1)
    assert made["n_ratings"] == 300
    shown = document("info", tmp_path / "made")
    assert (shown["n_users"], shown["n_ratings"]) == (30, 300)


def test_the_catalogue_says_what_the_sample_holds() -> None:
    listed, shown = document("ls")["datasets"][0], document("info", "sample")
    for count in ("n_users", "n_movies", "n_ratings"):
        assert listed[count] == shown[count]
