"""How a file is read: shown when it is chosen, asked about where that is doubtful, changed by keys, trained with so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from helpers.dumps import LOOKS, each_look, looks_as_kept
from helpers.finished import make_run
from helpers.live_run import set_status
from helpers.screens import shown, until, until_gone, until_shown
from textual.pilot import Pilot

from mftui.data.reading.options import ReadOptions
from mftui.engine.recipes import RECIPES
from mftui.runs.store.publish import write_json
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.status import FAILED
from mftui.tui.app import MftuiApp
from mftui.tui.screens.train import reading_job
from mftui.tui.screens.train.form import TrainForm
from mftui.tui.screens.train.reading_dialog import ReadingDialog

SIZE = (80, 24)
MakeApp = Callable[..., MftuiApp]
ROWS = [(user, 100 + movie, 1 + (user * movie) % 5) for user in range(1, 13) for movie in range(1, 11)]


@pytest.fixture(autouse=True)
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of a test are in the working directory."""
    monkeypatch.chdir(home)
    return home


def write(name: str, rows: Sequence[tuple[object, ...]], head: str = "") -> None:
    """A table of text with commas."""
    lines = [",".join(map(str, row)) for row in rows]
    Path(name).write_text("".join(f"{line}\n" for line in ([head] if head else []) + lines))


def write_unrated() -> None:
    """A file in which every fourth rating is -1."""
    rows = [(user, movie, -1 if (user + movie) % 4 == 0 else value) for user, movie, value in ROWS]
    write("r.csv", rows, "user,movie,rating")


async def choose(pilot: Pilot[Any], path: str) -> None:
    """Type a path as the data set."""
    if "data set" not in shown(pilot.app):
        await pilot.press("f")
    await pilot.press("g", "enter")
    await until_shown(pilot, "type a name, or a path")
    await pilot.press("slash", *path, "enter")
    await until_gone(pilot, "type a name, or a path")


async def train(pilot: Pilot[Any], starter: Any) -> TrainRequest:
    """Start a training; returns what was asked for."""
    await pilot.press("t")
    await until(pilot, lambda: starter.requests, "a training asked for")
    request: TrainRequest = starter.requests[-1]
    return request


async def test_a_sound_file_is_summed_up_beside_its_name(make_app: MakeApp, starter: Any):
    write("r.csv", ROWS, "userId,movieId,rating")
    async with make_app().run_test(size=SIZE) as pilot:
        await choose(pilot, "./r.csv")
        await until_shown(pilot, "120 ratings")
        await until_shown(pilot, "userId, movieId")
        request = await train(pilot, starter)
        assert (request.columns, request.how) == (None, ReadOptions())


async def test_swapped_columns_are_put_right_by_keys_and_trained_with(make_app: MakeApp, starter: Any):
    write("r.csv", [(movie, user, value) for user, movie, value in ROWS])
    async with make_app().run_test(size=SIZE) as pilot:
        await choose(pilot, "./r.csv")
        await until_shown(pilot, "user = column 1")
        await pilot.press("i")
        await until_shown(pilot, "10 users, 12 movies")
        for text in ("How r.csv is read", "text with commas", "no header", "101, 102, 103", "esc Leave"):
            await until_shown(pilot, text)
        await pilot.press("j", "u")
        await until_shown(pilot, "12 users, 10 movies")
        await pilot.press("enter")
        await until_shown(pilot, "user = column 2")
        request = await train(pilot, starter)
        assert request.columns == {"user": "2", "movie": "1", "rating": "3", "timestamp": "none"}


@pytest.mark.long
async def test_named_columns_are_asked_for_by_name(make_app: MakeApp, starter: Any):
    write("r.csv", [(*row, 5) for row in ROWS], "who,what,rating,stars")
    async with make_app().run_test(size=SIZE) as pilot:
        await choose(pilot, "./r.csv")
        await until_shown(pilot, "How r.csv is read")
        await pilot.press("u", "j")
        await until_shown(pilot, "No column is the movie yet.")
        await pilot.press("enter")
        await pilot.pause()
        assert "How r.csv is read" in shown(pilot.app)
        await pilot.press("m")
        await until_shown(pilot, "12 users, 10 movies")
        await pilot.press("enter")
        request = await train(pilot, starter)
        assert request.columns == {"user": "who", "movie": "what", "rating": "rating", "timestamp": "none"}


async def test_a_doubt_is_asked_and_the_answer_trained_with(make_app: MakeApp, starter: Any):
    write_unrated()
    async with make_app().run_test(size=SIZE) as pilot:
        await choose(pilot, "./r.csv")
        await until_shown(pilot, "1: it means not rated: leave these rows out")
        await pilot.press("1")
        await until_shown(pilot, "left out: 30 not rated")
        await pilot.press("enter")
        await until_gone(pilot, "How r.csv is read")
        request = await train(pilot, starter)
        assert (request.missing, request.columns) == (("-1",), None)


@each_look
async def test_the_question_looks_as_it_is_kept(make_app: MakeApp, look: str):
    write_unrated()
    size, how = LOOKS[look]
    async with (app := make_app(how)).run_test(size=size) as pilot:
        app.push_screen(ReadingDialog("./r.csv", ReadOptions()))
        await until_shown(pilot, "the rating -1 is on 30")
        await looks_as_kept(pilot, "reading", look)


async def test_where_there_is_little_room_space_shows_the_rest(make_app: MakeApp):
    write_unrated()
    async with (app := make_app()).run_test(size=(40, 12)) as pilot:
        app.push_screen(ReadingDialog("./r.csv", ReadOptions()))
        await until_shown(pilot, "the rating -1 is on 30")
        await pilot.press("space")
        await until_shown(pilot, "2: it is a rating")
        await pilot.press("space", "space", "space")
        await until_shown(pilot, "How r.csv is read")


@pytest.mark.long
async def test_escape_leaves_the_form_as_it_was_and_nothing_doubtful_is_trained_on(make_app: MakeApp, starter: Any):
    write_unrated()
    async with make_app().run_test(size=SIZE) as pilot:
        await choose(pilot, "./r.csv")
        await until_shown(pilot, "1: it means not rated")
        await pilot.press("2")
        await until_shown(pilot, "120 ratings, -1 to 5")
        await pilot.press("escape")
        await until_gone(pilot, "How r.csv is read")
        await until_shown(pilot, "the rating -1 is on")
        await pilot.press("t")
        await until_shown(pilot, "1: it means not rated")
        assert not starter.requests


@pytest.mark.long
async def test_columns_go_back_to_what_was_found(make_app: MakeApp):
    write("r.csv", ROWS, "userId,movieId,rating")
    async with make_app().run_test(size=SIZE) as pilot:
        await choose(pilot, "./r.csv")
        await until_shown(pilot, "120 ratings")
        await pilot.press("i")
        await until_shown(pilot, "12 users, 10 movies")
        await pilot.press("m")
        await until_shown(pilot, "10 users, 12 movies")
        await pilot.press("x")
        await until_shown(pilot, "No column is the movie yet.")
        await pilot.press("d")
        await until_shown(pilot, "12 users, 10 movies")


async def test_all_that_can_be_said_of_a_file_is_said_by_keys(make_app: MakeApp):
    write("r.csv", ROWS, "userId,movieId,rating")
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        dialog = ReadingDialog("./r.csv", ReadOptions())
        app.push_screen(dialog)
        await until_shown(pilot, "12 users, 10 movies")
        await pilot.press("n", *"-1, 99", "enter")
        await until_shown(pilot, "not rated: -1, 99")
        await pilot.press("s", *"Sheet 2", "enter")
        await until_shown(pilot, "sheet: Sheet 2")
        await pilot.press("c", "w")
        await until_shown(pilot, "a row a user")
        assert dialog._how == ReadOptions(missing=("-1", "99"), table="Sheet 2", counts=True, wide="users")
        await pilot.press("s", "escape")
        await until_gone(pilot, "Its name, in a file")


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "says"),
    [("none.csv", "no such file"), ("binary.csv", "not a text file"), ("huge.csv", "not a text file")],
)
async def test_what_cannot_be_read_is_said_in_words(make_app: MakeApp, name: str, says: str):
    Path("binary.csv").write_bytes(bytes(range(256)) * 40)
    with Path("huge.csv").open("wb") as file:
        file.truncate(1 << 40)
    async with make_app().run_test(size=SIZE) as pilot:
        await choose(pilot, f"./{name}")
        await until_shown(pilot, f"How {name} is read")
        await until_shown(pilot, says)
        await pilot.press("u", "x", "enter", "escape")
        await until_gone(pilot, f"How {name} is read")


@pytest.mark.long
async def test_a_look_that_ends_by_a_fault_says_so_and_ends_no_app(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch):
    write("r.csv", ROWS, "userId,movieId,rating")
    monkeypatch.setattr(reading_job, "_MODULE", "mftui.no_such_module")
    async with make_app().run_test(size=SIZE) as pilot:
        await choose(pilot, "./r.csv")
        await until_shown(pilot, "How r.csv is read")
        await until_shown(pilot, "The file could not be read:")


async def test_names_and_values_of_a_file_are_shown_and_never_obeyed(make_app: MakeApp):
    write("r.csv", [(*row, "[/b]\x1b[31m") for row in ROWS], "userId,movieId,rating,[bold]\x1b]0;owned")
    async with make_app().run_test(size=SIZE) as pilot:
        await choose(pilot, "./r.csv")
        await until_shown(pilot, "120 ratings")
        await pilot.press("i")
        await until_shown(pilot, "[/b]␛[31m")
        await until_shown(pilot, "[bold]␛]0;owned")
        assert "\x1b" not in shown(pilot.app)


async def test_a_training_that_could_not_read_its_data_asks(make_app: MakeApp, starter: Any):
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await train(pilot, starter)
        await until_shown(pilot, "running")
        assert app.trainings.run is not None
        config = app.trainings.run.config().to_dict() | {"request": TrainRequest().to_dict()}
        write_json(app.trainings.run.path / "config.json", config)
        set_status(app.trainings.run, state=FAILED, message="doubtful", fault="DoubtError", process=None)
        await until_shown(pilot, "is read")
        assert isinstance(app.screen, ReadingDialog)


def test_a_run_that_is_repeated_is_read_as_before(tmp_path: Path):
    write("r.csv", ROWS, "userId,movieId,rating")
    said: dict[str, Any] = {
        "columns": {"user": "movieId", "movie": "userId"},
        "missing": ("99",),
        "accept": ("ids",),
        "counts": True,
    }
    form = TrainForm(RECIPES)
    form.load(TrainRequest(data="r.csv", **said))
    assert form.request().how == ReadOptions(**said)
    data = form.rows()[0]
    assert data.help == "user = movieId; movie = userId; not rated: 99; counts; accepted: ids"
    form.set("data", "sample")
    assert form.request().how == ReadOptions()


async def test_runs_tells_how_the_data_was_read(make_app: MakeApp, home: Path):
    run = make_run(home, "toy", 1)
    columns = {"user": {"name": "who", "position": 2, "by": "given"}}
    read_as = {"form": "an Excel workbook", "part": "Sheet 2", "columns": columns}
    config = run.config().to_dict() | {"dataset": {"label": "toy", "fingerprint": "toy", "read_as": read_as}}
    write_json(run.path / "config.json", config)
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await until_shown(pilot, "toy")
        await pilot.press("d")
        await until_shown(pilot, "an Excel workbook, Sheet 2")
        await until_shown(pilot, "user = who (column 2)")
