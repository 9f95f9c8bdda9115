"""Hostile homes: one whole home, and what its giver may have put in the place of each of its files.

`hostilities` lists them; `Hostility.into` does one to a copy of the home. What lies beside the home is
to stay as it is.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.hostile_contents import ARRAYS, CONTENTS, Change, array_of, giant_array, wrong_documents, wrong_lines
from helpers.models import toy_run
from helpers.numpy_training import NumpyTraining
from helpers.runs import TESTS, request, runs_in, write_ratings
from helpers.searching import quick_trials

from mftui.data.profiles.match import Matcher
from mftui.data.profiles.store import Profile
from mftui.runs.results.tune import tune
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run, create_run
from mftui.runs.store.trash import remove_run
from mftui.runs.trainer.main import train
from mftui.runs.trainer.signals import Requests

SOUND, STOPPED, STUDY = "fuzzed", "stopped", "search"
LEFT_ALONE = (".lock", f".{STUDY}.lock", "lock", "ratings.csv")
"""Files that hold nothing: for them only what they are counts, not what is in them."""


def whole_home(home: Path) -> None:
    """Make a home that has a file of every kind: finished, stopped and deleted runs, a search, a profile, settings."""
    data = write_ratings(home.parent / "r.csv", n=300)
    train(create_run(request(data, epochs=3, name=SOUND)), make_training=NumpyTraining)
    requests = Requests()

    def stop(metrics: dict[str, Any]) -> None:
        requests.stop = True

    run = create_run(request(data, epochs=50, name=STOPPED))
    train(run, make_training=NumpyTraining, on_metrics=stop, requests=requests)
    assert run.state == "stopped" and run.checkpoint_path.exists()
    with quick_trials():
        tune(STUDY, TrainRequest(data=str(data), hyper={"members": 1, "batch_size": 200, "epochs": 1}), 1, Requests())
    toy_run(home)
    remove_run(toy_run(home, name="deleted"))
    matcher = Matcher(toy_run_of(home).load_factors())
    Profile().rate(matcher, 0, 4.0)
    Profile().rate(matcher, 1, 2.0)
    Profile().leave_out(matcher, 2, "not_seen")
    Profile().leave_out(matcher, 3, "not_interested")
    (home / "ratings" / ".current").write_text("me\n")
    (home / "config.toml").write_text('theme = ""\nseed = 0\n')
    (home / "state.json").write_text(json.dumps({"format_version": 1, "hints": False}))
    (home / "studies" / f"{STUDY}.log").write_text("a line\n")
    (home / "mftui.log").write_text("a line\n")
    (home / "crashes").mkdir()
    (home / "crashes" / "20260101-000000-1.txt").write_text("an old report\n")
    for run in runs_in(home):
        (run.path / "notes.json").write_text(
            json.dumps({"format_version": 1, "name": None, "note": "a note", "tags": ["a"]})
        )


def toy_run_of(home: Path) -> Run:
    """The run that `toy_run` made."""
    return next(run for run in runs_in(home) if run.id.endswith("-toy"))


def files_of(home: Path) -> list[str]:
    """Every file of a home once: of files that several runs have, those of the run with most of them."""
    found: dict[str, str] = {}
    for path in sorted(home.rglob("*"), key=lambda path: (SOUND not in str(path), STOPPED not in str(path), str(path))):
        if path.is_file() and not path.is_symlink() and not path.parent.is_symlink():
            name = str(path.relative_to(home))
            parts = Path(name).parts
            kind = "/".join(part for part in parts if not any(mark in part for mark in ("-", "0000")))
            if parts[0] != "trash" or path.name in ("status.json", "lock"):
                found.setdefault(f"{parts[0]}:{kind}", name)
    return sorted(found.values())


@dataclass(frozen=True)
class Hostility:
    """What is put in the place of one file."""

    file: str
    """Relative to the home."""
    what: str
    do: Change
    """Called with the file and the directory outside."""

    @property
    def cheap(self) -> bool:
        """Whether what is in the file is wrong, not what the file is."""
        return self.what not in _PLACES

    def into(self, home: Path, outside: Path) -> None:
        self.do(home / self.file, outside)

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


def outside_of(home: Path, outside: Path) -> None:
    """Make what lies beside a home: files and directories that links lead to."""
    outside.mkdir()
    (outside / "directory").mkdir()
    for number in range(15):
        (outside / "directory" / f"2026-{number}.txt").write_text("not mftui's")
        (outside / "directory" / f"events.out.tfevents.{number}").write_text("not mftui's")
    (outside / "secret").write_text("not mftui's\n")


def picture(directory: Path) -> dict[str, tuple[int, ...]]:
    """What can be seen of all below a directory."""
    found: dict[str, tuple[int, ...]] = {}
    for path in sorted(directory.rglob("*")):
        seen = path.lstat()
        found[str(path.relative_to(directory))] = (seen.st_mode, seen.st_size, seen.st_mtime_ns, seen.st_ino)
    return found


def hostilities(home: Path) -> Iterator[Hostility]:
    """Yield all that can be done to the files of a home."""
    for number, name in enumerate(files_of(home)):
        # Arrays are many, and opened by one function: each gets some of the places.
        few = name.endswith(".npy")
        yield from (
            Hostility(name, what, do) for what, do in list(_PLACES.items())[number % 3 if few else 0 :: 3 if few else 1]
        )
        if Path(name).name in LEFT_ALONE:
            continue
        yield from (Hostility(name, what, do) for what, do in list(CONTENTS.items())[: 3 if few else None])
        if name.endswith(".json"):
            yield from (Hostility(name, what, do) for what, do in wrong_documents(home / name))
        if name.endswith(".jsonl"):
            yield from (Hostility(name, what, do) for what, do in wrong_lines(home / name))
        if name.endswith(".npy"):
            yield from (Hostility(name, what, array_of(change)) for what, change in ARRAYS.items())
            yield Hostility(name, "header of a giant", giant_array)
    for name in directories_of(home):
        yield Hostility(name, "directory as a link", _directory_as_link)


def directories_of(home: Path) -> list[str]:
    """The directories of a home that may not be links."""
    top = [path.name for path in home.iterdir() if path.is_dir() and path.name not in ("cache", "trash")]
    runs = sorted(str(path.relative_to(home)) for path in (home / "runs").glob(f"*{SOUND}*/.*") if path.is_dir())
    return sorted([*top, *runs[:2], *(str(path.relative_to(home)) for path in sorted((home / "cache").iterdir())[:1])])


def _put(make: Change) -> Change:
    def do(file: Path, outside: Path) -> None:
        if file.is_file() and not (outside / file.name).exists():
            shutil.copy(file, outside / file.name)
        file.unlink()
        make(file, outside)

    return do


def _socket(file: Path, outside: Path) -> None:
    here = Path.cwd()
    os.chdir(file.parent)  # a path of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind(file.name)
    finally:
        os.chdir(here)


def _device(file: Path, outside: Path) -> None:
    try:
        os.mknod(file, 0o600 | stat.S_IFCHR, os.makedev(1, 5))
    except PermissionError:
        file.symlink_to("/dev/zero")


def _full_directory(file: Path, outside: Path) -> None:
    file.mkdir()
    (file / "entry").write_text("an entry")


_PLACES: dict[str, Change] = {
    "link to a file like it": _put(lambda file, outside: file.symlink_to(outside / file.name)),
    "link to another file": _put(lambda file, outside: file.symlink_to(outside / "secret")),
    "link to nothing": _put(lambda file, outside: file.symlink_to(outside / f"new-{file.name}")),
    "link to a directory": _put(lambda file, outside: file.symlink_to(outside / "directory")),
    "link to /dev/zero": _put(lambda file, outside: file.symlink_to("/dev/zero")),
    "link to itself": _put(lambda file, outside: file.symlink_to(file.name)),
    "second name of a file outside": _put(lambda file, outside: os.link(outside / "secret", file)),
    "pipe": _put(lambda file, outside: os.mkfifo(file)),
    "socket": _put(_socket),
    "device": _put(_device),
    "directory": _put(_full_directory),
}


def _directory_as_link(directory: Path, outside: Path) -> None:
    directory.rename(outside / "moved")
    directory.symlink_to(outside / "moved")


def wrong(whole: Path, aside: Path, part: int, parts: int, *more: str) -> str:
    """Go through a part of all hostile homes in a process of its own; return what went wrong."""
    command = [sys.executable, "-m", "helpers.hostile_worker", str(whole), str(aside), str(part), str(parts), *more]
    environment = {**os.environ, "PYTHONPATH": str(TESTS), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=2_000, check=False)
    return (
        done.stdout if done.returncode == 0 else f"{done.stdout}\nended with {done.returncode}\n{done.stderr[-2000:]}"
    )
