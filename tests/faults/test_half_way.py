"""Commands that change runs and ratings, killed before each of their changes of files, and each beside each other."""

from __future__ import annotations

import itertools
import shutil
from collections import Counter
from pathlib import Path

import pytest
from helpers.command import answer_of, launch, spoken
from helpers.killed_at import killed_at
from helpers.models import toy_run

from mftui.runs.store.run import Run, list_runs
from mftui.runs.store.trash import deleted_runs, remove_run

NAMES = ("kept", "one", "gone")
COMMANDS = {
    "tag": "runs tag {kept} t1",
    "note": "runs note {kept} words",
    "rename": "runs rename {kept} other",
    "rm": "runs rm {one}",
    "rm all": "runs rm {kept} {one}",
    "restore": "runs restore {gone}",
    "prune": "runs prune",
    "rate": "rate 1 4 --run {kept}",
}


@pytest.fixture
def ids(home: Path) -> dict[str, str]:
    """Three runs, one of them in the trash, by name."""
    runs = {name: toy_run(home, name=name) for name in NAMES}
    remove_run(runs["gone"])
    return {name: run.id for name, run in runs.items()}


def said_by(command: str, ids: dict[str, str]) -> list[str]:
    return COMMANDS[command].format(**ids).split()


def places() -> Counter[str]:
    """How often each run is in the list or in the trash; each of them is whole."""
    runs = [*list_runs(), *(one.run for one in deleted_runs())]
    for run in runs:
        run.load_factors()
    return Counter(run.id for run in runs)


def assert_nothing_left(home: Path) -> None:
    left = [
        path for path in home.rglob(".*") if path.name.endswith(".tmp") or path.name.startswith((".new-", ".going"))
    ]
    assert left == []


@pytest.mark.long
@pytest.mark.parametrize("command", COMMANDS)
def test_killed_before_any_change_of_a_file_a_command_has_lost_nothing(
    home: Path, ids: dict[str, str], command: str, tmp_path: Path
) -> None:
    start, arguments = tmp_path / "start", said_by(command, ids)
    shutil.copytree(home, start, symlinks=True)
    for number in itertools.count(1):
        shutil.rmtree(home)
        shutil.copytree(start, home, symlinks=True)
        died = killed_at(number, *arguments)
        assert "Traceback" not in died.err
        there = places()
        assert max(there.values()) == 1
        if died.code >= 0:
            assert died.code == 0, died.err
            break
        again = spoken(*arguments)
        named = {run for run in ids.values() if run in again} if command == "prune" else set()
        assert set(there) | named == set(ids.values())
        if command in ("tag", "note", "rename"):
            notes = Run(home / "runs" / ids["kept"]).notes()
            assert notes.tags == ("t1",) or notes.note == "words" or notes.name == "other"
        if command == "prune":
            assert deleted_runs() == []
        assert max(places().values()) == 1
        assert_nothing_left(home)
    assert number > 2


@pytest.mark.long
@pytest.mark.parametrize("pair", list(itertools.combinations_with_replacement(COMMANDS, 2)), ids=" + ".join)
def test_commands_at_once_lose_nothing_and_say_what_they_did(
    home: Path, ids: dict[str, str], pair: tuple[str, str]
) -> None:
    answers = [answer_of(process) for process in [launch(*said_by(command, ids)) for command in pair]]
    for answer in answers:
        assert answer.code in (0, 1, 2) and "Traceback" not in answer.err and "mftui/" not in answer.err, answer.err
    pruned = {run for answer in answers for run in ids.values() if f"{run}: deleted for good" in answer.out}
    restored = {run for answer in answers for run in ids.values() if f"{run}: restored" in answer.out}
    there = places()
    assert set(there) | pruned == set(ids.values()) and max(there.values(), default=1) == 1 and not set(there) & pruned
    listed = {run.id for run in list_runs()}
    assert restored <= listed
    if {"tag", "note", "rename"} & set(pair) and ids["kept"] in listed:
        notes = Run(home / "runs" / ids["kept"]).notes()
        for command, answer in zip(pair, answers, strict=True):
            if answer.code == 0:
                assert {"tag": notes.tags == ("t1",), "note": notes.note == "words"}.get(command, True)
                assert command != "rename" or notes.name == "other"
    assert_nothing_left(home)
