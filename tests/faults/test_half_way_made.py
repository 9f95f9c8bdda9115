"""Commands that make or fetch something, killed before their changes of files: there is all of it, or nothing, and the
same command then ends well. And each beside itself."""

from __future__ import annotations

import hashlib
import io
import itertools
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from helpers.command import answer_of, launch, spoken
from helpers.killed_at import killed_at
from helpers.models import toy_run
from helpers.ratings_files import EXPECTED, lines, rows_of

from mftui.data.loading.load import open_dataset
from mftui.data.profiles.store import Profile
from mftui.data.sources.download import URL_VARIABLE
from mftui.runs.results.tune import study_path
from mftui.runs.store.run import list_runs

FIRST = 14
"""Changes before TensorFlow is imported; of those after it, one in STRIDE is tried."""
STRIDE = 37


@pytest.fixture
def work(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory to work in, with ratings to train on and ratings of one person; the home has a run and a rating."""
    toy_run(home, name="kept")
    made = tmp_path / "work"
    made.mkdir()
    monkeypatch.chdir(made)
    (made / "own.csv").write_text("title,rating,date\nToy Story (1995),4,2020-01-01\nNowhere (1999),3,2020-01-02\n")
    rows = (f"{user},{movie},{(user * movie) % 5 + 1}" for user in range(1, 21) for movie in range(1, 16))
    (made / "ratings.csv").write_text("\n".join(["userId,movieId,rating", *rows]) + "\n")
    return made


@pytest.fixture
def publisher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server with one data set."""
    files, packed = tmp_path / "files", io.BytesIO()
    files.mkdir()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ml-100k/u.data", lines("\t"))
        archive.writestr("ml-100k/README", "A set.")
    (files / "ml-100k.zip").write_bytes(packed.getvalue())
    (files / "ml-100k.zip.md5").write_text(f"MD5 (ml-100k.zip) = {hashlib.md5(packed.getvalue()).hexdigest()}\n")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(files)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv(URL_VARIABLE, f"http://127.0.0.1:{server.server_address[1]}")
    yield
    server.shutdown()
    server.server_close()


def titles() -> set[str]:
    return {row.title for row in Profile().rows()}


def left_in(*directories: Path) -> list[Path]:
    """What has a name under which things are written."""
    return [
        path
        for directory in directories
        for path in directory.rglob(".*")
        if path.name.endswith(".tmp") or path.name.startswith((".new-", ".going"))
    ]


def each_kill(*arguments: str, numbers: Iterator[int], start: Callable[[], None]) -> Iterator[int]:
    """Yield after each kill, three at least, until the command has lived."""
    for number in numbers:
        start()
        died = killed_at(number, *arguments)
        assert "Traceback" not in died.err
        if died.code >= 0:
            assert died.code == 0 and number > 3, died.err
            return
        yield number


@pytest.mark.long
def test_an_import_and_its_undo_are_whole_or_have_not_been(home: Path, work: Path) -> None:
    def imported() -> None:
        for file in (home / "ratings").glob("*"):
            file.unlink()
        spoken("rate", "1", "4", "--run", "kept")

    def twice() -> None:
        imported()
        spoken("ratings", "import", "own.csv")

    imported()
    before, new = titles(), {"Toy Story (1995)", "Nowhere (1999)"}
    for _ in each_kill("ratings", "import", "own.csv", numbers=itertools.count(1), start=imported):
        assert titles() in (before, before | new)
        spoken("ratings", "import", "own.csv")
        assert titles() == before | new and left_in(home) == []
    for _ in each_kill("ratings", "undo", numbers=itertools.count(1), start=twice):
        there = titles()
        assert there in (before, before | new)
        spoken("ratings", "undo")
        assert titles() == (before if there == before | new else set()) and left_in(home) == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "made"),
    [
        ("export kept out --to csv", "out"),
        ("export kept out --to projector", "out"),
        ("export kept out.h5 --to hdf5", "out.h5"),
        ("report kept -o out.html", "out.html"),
    ],
)
def test_what_is_written_for_others_is_there_as_a_whole_or_not_at_all(work: Path, arguments: str, made: str) -> None:
    place = work / made

    def content() -> list[tuple[str, int]]:
        return sorted((path.name, path.stat().st_size) for path in (place, *place.rglob("*")) if path.is_file())

    spoken(*arguments.split())
    whole = content()

    def emptied() -> None:
        place.rename(work.parent / f"old-{made}-{len(list(work.parent.iterdir()))}") if place.exists() else None

    for _ in each_kill(*arguments.split(), numbers=itertools.count(1), start=emptied):
        assert content() in ([], whole) or made == "out.html"
        emptied()
        spoken(*arguments.split())
        assert [name for name, _ in content()] == [name for name, _ in whole]
        assert left_in(work) == []


@pytest.mark.long
def test_a_data_set_is_fetched_as_a_whole_or_not_at_all(home: Path, publisher: None) -> None:
    def removed() -> None:
        spoken("runs", "ls")
        for file in sorted((home / "datasets").rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()

    for _ in each_kill("data", "fetch", "ml-100k", numbers=itertools.count(1), start=removed):
        if (home / "datasets" / "ml-100k").exists():
            assert rows_of(open_dataset("ml-100k")) == EXPECTED
        spoken("data", "fetch", "ml-100k")
        assert rows_of(open_dataset("ml-100k")) == EXPECTED
        assert [path.name for path in (home / "datasets").iterdir()] == ["ml-100k"]


@pytest.mark.long
def test_a_set_that_was_killed_while_it_was_drawn_is_drawn_by_the_same_command(work: Path) -> None:
    made, sizes = work / "drawn", ("--users", "20", "--movies", "10", "--ratings", "100")
    arguments = ("data", "synth", "drawn", *sizes)
    for _ in each_kill(*arguments, numbers=itertools.count(1), start=lambda: shutil.rmtree(made, ignore_errors=True)):
        if not (made / "ratings.csv").exists():
            spoken(*arguments)
        assert sorted(file.name for file in made.iterdir()) == ["movies.csv", "ratings.csv", "truth.json"]
        assert open_dataset(str(made)).n_ratings == 100


@pytest.mark.long
@pytest.mark.parametrize("command", ["train", "tune"])
def test_a_training_that_was_killed_goes_on_or_has_never_been(home: Path, work: Path, command: str) -> None:
    options = ["--data", "ratings.csv", "--recipe", "als", "--epochs", "1", "--factors", "2", "--name", "x"]
    arguments = [command, *options, *(["-q"] if command == "train" else ["--trials", "1"])]
    there: list[str] = []

    def noted() -> None:
        there[:] = [run.id for run in list_runs()]

    numbers = iter([*range(1, FIRST), *range(FIRST, 10_000, STRIDE)])
    for _ in each_kill(*arguments, numbers=numbers, start=noted):
        new = [run for run in list_runs() if run.id not in there]
        assert len(new) <= 1 and all(run.state in ("crashed", "finished", "unreadable") for run in new)
        study = study_path("x").exists()
        if command == "tune":
            spoken("tune", "--resume", "x", "--trials", "1") if study else spoken(*arguments)
            assert sum(run.state == "finished" for run in list_runs() if run.id not in there) == 1
            shutil.rmtree(home / "studies")
            spoken("runs", "rm", *(run.id for run in list_runs() if run.id not in there))
        elif new and new[0].state == "crashed":
            spoken("train", "--resume", new[0].id, "-q")
            assert new[0].state == "finished"
        spoken("runs", "prune")
        assert left_in(*(run.path for run in list_runs()), home / "studies", home / "cache") == []  # half runs go later


@pytest.mark.long
@pytest.mark.parametrize(
    "pair",
    [
        ("ratings import own.csv", "ratings import own.csv"),
        ("ratings import own.csv", "ratings undo"),
        ("ratings undo", "ratings undo"),
        ("ratings import own.csv", "rate 1 4 --run kept"),
        ("export kept out --to csv", "export kept out --to csv"),
        ("report kept -o out.html", "report kept -o out.html"),
        ("data fetch ml-100k", "data fetch ml-100k"),
    ],
    ids=" + ".join,
)
def test_two_at_once_make_one_whole(home: Path, work: Path, publisher: None, pair: tuple[str, str]) -> None:
    spoken("rate", "1", "3", "--run", "kept")
    before = titles()
    spoken("rate", "2", "3", "--run", "kept")
    rated = titles()
    answers = [answer_of(process) for process in [launch(*command.split()) for command in pair]]
    for answer in answers:
        assert answer.code in (0, 1, 2) and "Traceback" not in answer.err and "crash" not in answer.err, answer.err
    assert any(answer.code == 0 for answer in answers)
    assert left_in(home, work) == []
    new = {"Toy Story (1995)", "Nowhere (1999)"}
    if pair == ("ratings undo", "ratings undo"):
        assert titles() == set()
    elif pair[1] == "ratings undo":
        assert titles() in (before | new, rated)
    elif "import" in pair[0]:
        assert titles() == rated | new
    elif "fetch" in pair[0]:
        assert rows_of(open_dataset("ml-100k")) == EXPECTED
    else:
        assert len([path for path in work.iterdir() if path.name.startswith("out")]) == 1
