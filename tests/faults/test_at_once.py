"""Every pair of commands that change something, at one moment: what is left is what one after the other leaves."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.at_once import at_once
from helpers.killed_at import killed_at
from helpers.models import toy_run
from helpers.quiet import said_and_code

from mftui.data.profiles.store import LEFT_OUT, Profile, current, profiles
from mftui.runs.store.run import list_runs
from mftui.runs.store.trash import deleted_runs, remove_run

COMMANDS = {
    "rate": "rate 1 4 --run kept",
    "rate again": "rate 5 2 --run kept",
    "rate as another": "rate 1 3 --run kept --profile other",
    "not seen": "ratings not-seen 3 --run kept",
    "not interested": "ratings not-interested 5 --run kept",
    "remove": "ratings rm 5",
    "undo": "ratings undo",
    "import": "ratings import own.csv --run kept",
    "use": "ratings use other",
    "own out": "ratings export mine.csv --force",
    "tag": "runs tag {kept} t1",
    "more tags": "runs tag {kept} t2",
    "note": "runs note {kept} words",
    "rename": "runs rename {one} other",
    "rm": "runs rm {one}",
    "rm kept": "runs rm {kept}",
    "restore": "runs restore {gone}",
    "prune": "runs prune",
    "export": "export kept out --to csv",
    "report": "report kept -o out.html --force",
    "predict": "predict pairs.csv --run kept -o predicted.csv --force",
    "synth": "data synth drawn --users 20 --movies 10 --ratings 100",
}


@pytest.fixture
def work(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory to work in; the home has three runs, one in the trash, two profiles, and ratings."""
    made = tmp_path / "work"
    made.mkdir()
    monkeypatch.chdir(made)
    runs = {name: toy_run(home, name=name) for name in ("kept", "one", "gone")}
    remove_run(runs["gone"])
    (made / "own.csv").write_text("title,rating,date\nToy Story (1995),4,2020-01-01\nNowhere (1999),3,2020-01-02\n")
    (made / "pairs.csv").write_text("userId,movieId\n1,1\n2,3\n")
    for command in ("ratings use other", "rate 2 3 --run kept", "ratings use me", "rate 5 4 --run kept", "rate 6 1"):
        assert said_and_code(*command.split())[1] == 0
    return made


def without_times(document: Any) -> Any:
    """A change of a profile as two equal ones share it."""
    if isinstance(document, dict):
        return {key: without_times(value) for key, value in document.items() if key != "timestamp"}
    return [without_times(value) for value in document] if isinstance(document, list) else document


def state(home: Path, work: Path) -> Iterator[tuple[str, Any]]:
    """All that the commands can change, as it is after they have ended."""
    yield "current profile", current()
    for name in (one.name for one in profiles()):
        profile = Profile(name)
        for of in ("", *LEFT_OUT):
            yield f"{name} {of}", sorted((row.title, row.stars) for row in profile.rows(of))
        undo = home / "ratings" / f".{name}.undo.json"
        yield f"{name} undo", without_times(json.loads(undo.read_text())) if undo.exists() else None
    for where, runs in (("list", list_runs()), ("trash", [one.run for one in deleted_runs()])):
        for run in runs:
            run.load_factors()
            notes = run.notes()
            yield f"{where} {run.id}", (run.name, notes.note, sorted(notes.tags))
    for file in sorted(work.rglob("[!.]*")):
        kept = file.suffix not in (".html", ".parquet") and file.name not in ("model.json", "mine.csv")
        yield str(file.relative_to(work)), file.read_text() if file.is_file() and kept else None
    hidden = (*home.rglob(".*"), *work.rglob(".*"))
    yield "left", [str(at) for at in hidden if at.suffix == ".tmp" or at.name.startswith((".new-", ".going"))]


def begun_again(start: Path, *places: Path) -> None:
    for place in places:
        for entry in place.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        shutil.copytree(start / place.name, place, symlinks=True, dirs_exist_ok=True)


@pytest.mark.long
@pytest.mark.parametrize("one", COMMANDS)
def test_two_at_once_leave_what_one_after_the_other_leaves(home: Path, work: Path, one: str, tmp_path: Path) -> None:
    start = tmp_path / "start"
    for place in (home, work):
        shutil.copytree(place, start / place.name, symlinks=True)
    ids = {run.id.rpartition("-")[2]: run.id for run in (*list_runs(), deleted_runs()[0].run)}
    said = {name: command.format(**ids).split() for name, command in COMMANDS.items()}
    wrong: list[object] = []
    for other in list(COMMANDS)[list(COMMANDS).index(one) :]:
        allowed = []
        for order in ((one, other), (other, one)):
            begun_again(start, home, work)
            assert {said_and_code(*said[name])[1] for name in order} <= {0, 1, 2}
            allowed.append(dict(state(home, work)))
        begun_again(start, home, work)
        answers = at_once(tmp_path, said[one], said[other])
        there = dict(state(home, work))
        if any(a.code not in (0, 1, 2) or "Traceback" in a.err or "should not" in a.err for a in answers):
            wrong.append((one, other, answers))
        if there not in allowed:
            wrong.append((one, other, answers, min((difference(there, after) for after in allowed), key=len)))
    assert not wrong, "\n\n".join(map(str, wrong))


KILLED = ("not seen", "not interested", "remove", "rate as another", "use", "own out", "more tags", "predict")
"""Commands that test_half_way and test_half_way_made do not kill."""


@pytest.mark.long
@pytest.mark.parametrize("command", KILLED)
def test_killed_before_any_change_of_a_file_a_command_has_been_or_has_not(
    home: Path, work: Path, command: str, tmp_path: Path
) -> None:
    start, said = tmp_path / "start", COMMANDS[command].format(kept="kept").split()
    for place in (home, work):
        shutil.copytree(place, start / place.name, symlinks=True)

    def seen(*after: list[str]) -> dict[str, Any]:
        for words in after:
            assert said_and_code(*words)[1] in (0, 2)
        return {key: value for key, value in state(home, work) if not key.endswith(" undo")}

    before, undone = seen(), seen(["ratings", "undo"])
    begun_again(start, home, work)
    after, after_undone = seen(said), seen(["ratings", "undo"])
    for number in itertools.count(1):
        begun_again(start, home, work)
        died = killed_at(number, *said)
        there = seen() | {"left": []}
        if died.code >= 0:
            assert died.code == 0 and number > 2 and there == after, died.err
            break
        assert there in (before, after), (number, difference(there, before), difference(there, after))
        assert seen(["ratings", "undo"]) | {"left": []} == (undone if there == before else after_undone)
        begun_again(start, home, work)
        killed_at(number, *said)
        assert seen(said) == after


def difference(there: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {key: (there.get(key), after.get(key)) for key in {*there, *after} if there.get(key) != after.get(key)}
