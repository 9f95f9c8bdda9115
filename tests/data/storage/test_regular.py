"""Files of mftui's own: only regular ones are opened, no link on the way is followed."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from mftui.data.storage.files import replace_directory
from mftui.data.storage.given import open_given
from mftui.data.storage.regular import (
    change_own,
    create_own,
    list_own,
    make_directories,
    make_own,
    open_own,
    read_own,
    remove_tree,
)
from mftui.data.storage.writing import link_own, point_own, write_text

SECRET = "not mftui's\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    (home / "runs" / "run").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_text(SECRET)
    monkeypatch.setenv("MFTUI_HOME", str(home))
    return home


@pytest.fixture
def outside(home: Path) -> Path:
    return home.parent / "outside" / "file"


def names_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def link(file: Path, outside: Path) -> None:
    file.symlink_to(outside)


PLACES: dict[str, Callable[[Path, Path], None]] = {
    "a link": link,
    "a link to nothing": lambda file, outside: file.symlink_to(outside.with_name("new")),
    "an endless device": lambda file, outside: file.symlink_to("/dev/zero"),
    "a pipe": lambda file, outside: os.mkfifo(file),
    "a directory": lambda file, outside: file.mkdir(),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("change", [open_own, change_own, lambda path: change_own(path, append=True), create_own])
def test_what_is_no_file_is_neither_read_nor_written(
    home: Path, outside: Path, place: str, change: Callable[[Path], object]
) -> None:
    file = home / "runs" / "run" / "file"
    PLACES[place](file, outside)
    with pytest.raises(OSError, match=str(file)):
        change(file)
    assert outside.read_text() == SECRET and names_in(outside.parent) == ["file"]


def test_writing_replaces_a_link_and_not_what_it_leads_to(home: Path, outside: Path) -> None:
    file = home / "runs" / "run" / "status.json"
    link(file, outside)
    write_text(file, "{}")
    assert file.read_text() == "{}" and not file.is_symlink() and outside.read_text() == SECRET


def test_a_temporary_file_has_a_name_that_nobody_foresees(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    replace = os.replace

    def seen(aside: str, name: str, **named: int) -> None:
        names.append(aside)
        replace(aside, name, **named)

    monkeypatch.setattr(os, "replace", seen)
    for _ in range(2):
        write_text(home / "state.json", "{}")
    assert names[0] != names[1] and str(os.getpid()) not in names[0].split(".")


@pytest.mark.parametrize("part", ["runs", "runs/run"])
def test_no_directory_on_the_way_may_be_a_link(home: Path, outside: Path, part: str) -> None:
    moved = outside.parent / "moved"
    (home / part).rename(moved)
    (home / part).symlink_to(moved)
    file = home / "runs" / "run" / "file"
    for change in (open_own, change_own, create_own, list_own, make_own, lambda path: write_text(path, "")):
        with pytest.raises(OSError, match="a link"):
            change(file)
    assert not [path for path in moved.rglob("*") if path.is_file()]


@pytest.mark.parametrize("part", [".", "cache", "trash"])
def test_a_home_a_cache_and_a_trash_may_be_links(home: Path, outside: Path, part: str) -> None:
    (home / "cache").mkdir()
    (home / "trash").mkdir()
    (home / part).rename(outside.parent / "moved")
    (home if part == "." else home / part).symlink_to(outside.parent / "moved")
    replace_directory(home / "cache" / "key", lambda aside: write_text(aside / "file", "kept"))
    assert read_own(home / "cache" / "key" / "file", 100) == b"kept"
    make_own(home / "trash" / "moment")
    assert [path.name for path in list_own(home / "trash")] == ["moment"]


def test_a_directory_within_the_cache_may_not(home: Path, outside: Path) -> None:
    (home / "cache").mkdir()
    (home / "cache" / "neighbours").symlink_to(outside.parent)
    with pytest.raises(OSError, match="a link"):
        replace_directory(home / "cache" / "neighbours" / "key", lambda aside: None)
    assert names_in(outside.parent) == ["file"]


def test_a_file_without_end_is_refused_before_it_is_read(home: Path) -> None:
    file = home / "state.json"
    file.touch()
    os.truncate(file, 1 << 40)
    with pytest.raises(OSError, match="MB"):
        read_own(file, 1 << 20)


def test_a_file_with_a_second_name_is_not_written_in_its_place(home: Path, outside: Path) -> None:
    file = home / "runs" / "run" / "metrics.jsonl"
    os.link(outside, file)
    with pytest.raises(OSError, match="second name"):
        change_own(file)
    assert outside.read_text() == SECRET


def test_only_files_get_a_second_name(home: Path, outside: Path) -> None:
    link(home / "runs" / "run" / "a.npy", outside)
    with pytest.raises(OSError, match="no regular file"):
        link_own(home / "runs" / "run" / "a.npy", home / "runs" / "run" / "b.npy")
    assert outside.stat().st_nlink == 1 and not (home / "runs" / "run" / "b.npy").exists()


def test_a_published_link_is_moved_on_beside_whatever_lies_there(home: Path, outside: Path) -> None:
    run = home / "runs" / "run"
    link(run / "factors", outside)
    point_own(run / "factors", ".factors-000001")
    assert str((run / "factors").readlink()) == ".factors-000001" and outside.read_text() == SECRET


def test_what_a_user_names_may_be_a_link_but_no_pipe(home: Path, outside: Path) -> None:
    link(home.parent / "mine.csv", outside)
    with open_given(home.parent / "mine.csv") as file:
        assert file.read().decode() == SECRET
    os.mkfifo(home.parent / "pipe.csv")
    (home.parent / "zero.csv").symlink_to("/dev/zero")
    for name in ("pipe.csv", "zero.csv", "home"):
        with pytest.raises(OSError, match="it is"):
            open_given(home.parent / name)


def test_a_private_file_is_private_from_its_first_byte(home: Path) -> None:
    os.close(change_own(home / ".lock", mode=0o600))
    assert stat.S_IMODE((home / ".lock").stat().st_mode) == 0o600


def test_a_file_of_the_system_that_one_would_wait_for_is_refused() -> None:
    kernel_log = Path("/proc/kmsg")
    if not os.access(kernel_log, os.R_OK):
        pytest.skip("this user may not read it")
    try:
        with open_given(kernel_log) as file:
            assert file.read(1) is not None
    except OSError as error:
        assert error.errno in (errno.EAGAIN, errno.EPERM)


def deep(directory: Path, n: int) -> None:
    """Make directories in each other, with a file and a link to outside in each."""
    directory.mkdir()
    at = os.open(directory, os.O_RDONLY)
    for _ in range(n):
        os.mkdir("d", dir_fd=at)
        os.symlink(directory.parent / "outside", "link", dir_fd=at)
        inner = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    os.close(at)


@pytest.mark.parametrize("ignore_errors", [True, False])
@pytest.mark.parametrize("depth", [3, 1100, pytest.param(3000, marks=pytest.mark.long)])
def test_a_directory_is_removed_however_deep_it_is_and_no_link_followed(
    tmp_path: Path, depth: int, ignore_errors: bool
) -> None:
    place = tmp_path / "place"
    (place / "outside").mkdir(parents=True)
    (place / "outside" / "file").write_text(SECRET)
    deep(place / "gone", depth)
    remove_tree(place / "gone", ignore_errors=ignore_errors)
    assert names_in(place) == ["outside"] and names_in(place / "outside") == ["file"]


def test_what_is_not_there_is_an_error_unless_that_does_not_matter(tmp_path: Path) -> None:
    remove_tree(tmp_path / "none", ignore_errors=True)
    with pytest.raises(FileNotFoundError):
        remove_tree(tmp_path / "none")


def test_directories_are_made_however_deep(tmp_path: Path) -> None:
    place = tmp_path / "place"
    made = Path(f"{place}/{'d/' * 1500}")
    make_directories(made)
    make_directories(made)
    assert made.is_dir()
    with pytest.raises(OSError, match="too long"):
        make_directories(place / ("e/" * 3000))
    assert names_in(place) == ["d"]
    (place / "file").touch()
    for other in (place / "file", place / "file" / "x"):
        with pytest.raises(NotADirectoryError):
            make_directories(other)
    remove_tree(place / "d")
