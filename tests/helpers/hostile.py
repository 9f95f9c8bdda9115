"""Hostile homes: one whole home, and what its giver may have put in the place of each of its files.

`hostilities` lists them; `Hostility.into` does one to a copy of the home. What lies beside the home is
to stay as it is.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from helpers.models import toy_run
from helpers.numpy_training import NumpyTraining
from helpers.runs import TESTS, request, runs_in, write_ratings

from mftui.data.profiles.match import Matcher
from mftui.data.profiles.store import Profile
from mftui.data.storage.integrity import CHECKSUM, file_digest, sealed
from mftui.runs.store.run import Run, create_run
from mftui.runs.store.trash import remove_run
from mftui.runs.trainer.main import train
from mftui.runs.trainer.signals import Requests

GIANT_BYTES = 1 << 40
LEFT_ALONE = (".lock", "lock", "ratings.csv")
"""Files that hold nothing: for them only what they are counts, not what is in them."""
BAD_VALUES: tuple[Any, ...] = (
    [1, "a"],
    {"a": [None]},
    "text",
    -1,
    1e308,
    2**70,
    None,
    True,
    "\u009b\u202e",
    [[[]]] * 3,
)
SOUND, STOPPED = "fuzzed", "stopped"


def whole_home(home: Path) -> None:
    """Make a home that has a file of every kind: runs that are finished, stopped and deleted, a profile, settings."""
    data = write_ratings(home.parent / "r.csv", n=300)
    train(create_run(request(data, epochs=3, name=SOUND)), make_training=NumpyTraining)
    requests = Requests()

    def stop(metrics: dict[str, Any]) -> None:
        requests.stop = True

    run = create_run(request(data, epochs=50, name=STOPPED))
    train(run, make_training=NumpyTraining, on_metrics=stop, requests=requests)
    assert run.state == "stopped" and run.checkpoint_path.exists()
    toy_run(home)
    remove_run(toy_run(home, name="deleted"))
    matcher = Matcher(toy_run_of(home).load_factors())
    Profile().rate(matcher, 0, 4.0)
    Profile().rate(matcher, 1, 2.0)
    Profile().leave_out(matcher, 2, "not_seen")
    (home / "ratings" / ".current").write_text("me\n")
    (home / "config.toml").write_text('theme = ""\nseed = 0\n')
    (home / "state.json").write_text(json.dumps({"format_version": 1, "hints": False}))
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
    do: Callable[[Path, Path], None]
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
        yield from (Hostility(name, what, do) for what, do in list(_CONTENTS.items())[: 3 if few else None])
        if name.endswith(".json"):
            yield from _wrong_documents(home, name)
        if name.endswith(".npy"):
            yield from (Hostility(name, what, _array(change)) for what, change in _ARRAYS.items())
            yield Hostility(name, "header of a giant", _giant_array)
    for name in directories_of(home):
        yield Hostility(name, "directory as a link", _directory_as_link)


def directories_of(home: Path) -> list[str]:
    """The directories of a home that may not be links."""
    top = [path.name for path in home.iterdir() if path.is_dir() and path.name not in ("cache", "trash")]
    runs = sorted(str(path.relative_to(home)) for path in (home / "runs").glob(f"*{SOUND}*/.*") if path.is_dir())
    return sorted([*top, *runs[:2], *(str(path.relative_to(home)) for path in sorted((home / "cache").iterdir())[:1])])


def _put(make: Callable[[Path, Path], None]) -> Callable[[Path, Path], None]:
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


_PLACES: dict[str, Callable[[Path, Path], None]] = {
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


def _giant(file: Path, outside: Path) -> None:
    for size in (GIANT_BYTES, 1 << 33):
        try:
            os.truncate(file, size)
        except OSError:
            continue
        return


def _write(content: bytes) -> Callable[[Path, Path], None]:
    return lambda file, outside: _over(file, content)


def _over(file: Path, content: bytes) -> None:
    file.unlink()  # a version of a model shares files with the version before
    file.write_bytes(content)


_CONTENTS: dict[str, Callable[[Path, Path], None]] = {
    "giant": _giant,
    "empty": _write(b""),
    "zeros": _write(bytes(3_000)),
    "a list": _write(b'[1, "a"]'),
    "another version": _write(b'{"format_version": 99}'),
    "deep": _write(b"[" * 100_000),
    "no UTF-8": _write(b"\xff\xfe\x00" * 50),
}


def _wrong_documents(home: Path, name: str) -> Iterator[Hostility]:
    """Every part of a document as something else, under a checksum that is right."""
    document = json.loads((home / name).read_bytes())
    known = document.pop(CHECKSUM, None) is not None
    keys: list[tuple[str, ...]] = [(key,) for key in document]
    keys += [(key, inner) for key, part in document.items() if isinstance(part, dict) for inner in list(part)[:8]]
    for number, way in enumerate(keys):
        for value in [BAD_VALUES[(number + shift) % len(BAD_VALUES)] for shift in (0, 5)]:
            yield Hostility(name, f"{'.'.join(way)} = {value!r}"[:60], _document(way, value, known))


def _document(way: tuple[str, ...], value: Any, known: bool) -> Callable[[Path, Path], None]:
    def do(file: Path, outside: Path) -> None:
        document = json.loads(file.read_bytes())
        document.pop(CHECKSUM, None)
        part = document
        for key in way[:-1]:
            part = part[key]
        part[way[-1]] = value
        _over(file, json.dumps(sealed(document) if known else document).encode())

    return do


def _array(change: Callable[[Any], Any]) -> Callable[[Path, Path], None]:
    def do(file: Path, outside: Path) -> None:
        whole = io.BytesIO()
        np.save(whole, change(np.load(file)), allow_pickle=True)
        _over(file, whole.getvalue())
        reseal(file)

    return do


def _giant_array(file: Path, outside: Path) -> None:
    array = np.load(file)
    whole = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        whole, {"descr": array.dtype.str, "fortran_order": False, "shape": (1 << 36, *array.shape[1:])}
    )
    _over(file, whole.getvalue())
    _giant(file, outside)
    reseal(file)


def reseal(file: Path) -> None:
    """Give the document beside an array the digest that it has now: a giver can do that, too."""
    for beside in ("factors.json", "state.json", "dataset.json"):
        if (document_file := file.with_name(beside)).exists():
            document = json.loads(document_file.read_bytes())
            document.pop(CHECKSUM, None)
            if beside == "state.json":
                for entry in document["arrays"].values():
                    if entry["file"] == file.name:
                        entry["digest"] = file_digest(file)
                        entry["crc32"] = 0
            elif file.name in document["files"]:
                document["files"][file.name] = file_digest(file)
            _over(document_file, json.dumps(sealed(document)).encode())


def _filled(value: float) -> Callable[[Any], Any]:
    def change(array: Any) -> Any:
        with np.errstate(all="ignore"):
            return np.full_like(array, np.asarray(value).astype(array.dtype))

    return change


_ARRAYS: dict[str, Callable[[Any], Any]] = {
    "complex": lambda a: a.astype(np.complex128),
    "text": lambda a: a.astype("<U5"),
    "float64": lambda a: a.astype(np.float64),
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "dates": lambda a: np.zeros(a.shape, dtype="datetime64[s]"),
    "objects": lambda a: a.astype(object),
    "records": lambda a: np.zeros(a.shape, dtype=[("a", "<i4"), ("b", "<f8")]),
    "scalar": lambda a: np.array(1, dtype=a.dtype),
    "one row more": lambda a: np.concatenate([a, a[:1]]) if len(a) else a,
    "no rows": lambda a: a[:0],
    "one dimension more": lambda a: a[..., None],
    "not a number": _filled(float("nan")),
    "infinite": _filled(float("inf")),
    "far too large": _filled(2e9),
    "negative": _filled(-7),
}


def wrong(whole: Path, aside: Path, part: int, parts: int, *more: str) -> str:
    """Go through a part of all hostile homes in a process of its own; return what went wrong."""
    command = [sys.executable, "-m", "helpers.hostile_worker", str(whole), str(aside), str(part), str(parts), *more]
    environment = {**os.environ, "PYTHONPATH": str(TESTS), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=2_000, check=False)
    return (
        done.stdout if done.returncode == 0 else f"{done.stdout}\nended with {done.returncode}\n{done.stderr[-2000:]}"
    )
