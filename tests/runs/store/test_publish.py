"""Published directories and checkpoints: whole at every moment, damaged ones noticed."""

from __future__ import annotations

import os
import resource
import signal
import stat
import threading
from pathlib import Path

import numpy as np
import pytest

from mftui.data.storage.regular import is_own_directory
from mftui.data.storage.writing import sweep, write_text
from mftui.errors import FormatError
from mftui.runs.store.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from mftui.runs.store.publish import half_published, publish, published, reason, versions
from mftui.runs.store.run import Run


def content(text: str):
    return lambda directory: (directory / "file").write_text(text)


def checkpoint(step: int) -> Checkpoint:
    arrays = {"factors/a": np.full((3, 2), step, np.float32), "count": np.array(step)}
    return Checkpoint(arrays, {"step": step, "best": float("inf"), "rng": [2**100]}, 10 * step)


def test_a_link_moves_to_each_new_version_and_the_one_before_stays(tmp_path: Path) -> None:
    link = tmp_path / "factors"
    assert published(link) is None
    first = publish(link, content("one"))
    second = publish(link, content("two"))
    assert (link / "file").read_text() == "two"
    assert not link.readlink().is_absolute()
    assert versions(link) == [second, first]
    third = publish(link, content("three"))
    assert versions(link) == [third, second] and not first.exists()


def test_a_version_that_cannot_be_written_leaves_the_published_one(tmp_path: Path) -> None:
    link = tmp_path / "factors"
    publish(link, content("good"))

    def full(directory: Path) -> None:
        (directory / "file").write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        publish(link, full)
    assert (link / "file").read_text() == "good"
    assert len(list(tmp_path.iterdir())) == 2


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path) -> None:
    link = tmp_path / "factors"
    publish(link, content("good"))
    (tmp_path / ".factors-000009").mkdir()
    (tmp_path / ".status.json.1234.tmp").write_text("half")
    (tmp_path / ".factors.1234.tmp").symlink_to("nowhere")
    assert half_published(link) == [tmp_path / ".factors-000009"]
    for left in (".status.json.1234.tmp", ".factors.1234.tmp"):
        os.utime(tmp_path / left, (0, 0), follow_symlinks=False)
    sweep(tmp_path)
    newest = publish(link, content("better"))
    assert {entry.name for entry in tmp_path.iterdir()} == {"factors", ".factors-000001", newest.name}


def test_there_is_a_whole_version_at_every_moment(tmp_path: Path) -> None:
    link = tmp_path / "factors"
    publish(link, content("0" * 1000))
    over = threading.Event()

    def write() -> None:
        for number in range(1, 150):
            publish(link, content(str(number % 10) * 1000))
        over.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not over.is_set():
        text = Run(tmp_path).read_published(link, lambda directory: (directory / "file").read_text())
        assert len(text) == 1000 and len(set(text)) == 1
    writer.join()


def test_an_incomplete_version_is_said(tmp_path: Path) -> None:
    link = tmp_path / "factors"
    publish(link, content("text"))
    with pytest.raises(FormatError, match=r"factors\.json is missing"):
        Run(tmp_path).read_published(link, lambda directory: (directory / "factors.json").read_text())


def test_a_file_is_replaced_or_untouched(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    write_text(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "half \ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_checkpoint_comes_back_as_it_was(tmp_path: Path) -> None:
    link = tmp_path / "checkpoint"
    assert load_checkpoint(link) == (None, [])
    save_checkpoint(link, checkpoint(7))
    found, wrong = load_checkpoint(link)
    assert found is not None and not wrong
    assert found.numbers == checkpoint(7).numbers and found.metrics_offset == 70
    for name, array in checkpoint(7).arrays.items():
        assert found.arrays[name].dtype == array.dtype and np.array_equal(found.arrays[name], array)


@pytest.mark.parametrize("file", ["000.npy", "state.json"])
@pytest.mark.parametrize("damage", ["flip", "cut", "missing"])
def test_a_damaged_checkpoint_gives_way_to_the_one_before(tmp_path: Path, file: str, damage: str) -> None:
    link = tmp_path / "checkpoint"
    save_checkpoint(link, checkpoint(1))
    save_checkpoint(link, checkpoint(2))
    target = link / file
    data = bytearray(target.read_bytes())
    if damage == "missing":
        target.unlink()
    else:
        data[-2] ^= 0xFF
        target.write_bytes(data if damage == "flip" else data[:-3])
    found, wrong = load_checkpoint(link)
    assert found is not None and found.numbers["step"] == 1
    assert len(wrong) == 1


def test_no_readable_checkpoint_at_all_is_an_error(tmp_path: Path) -> None:
    link = tmp_path / "checkpoint"
    save_checkpoint(link, checkpoint(1))
    (link / "state.json").write_text('{"format_version": 3}')
    with pytest.raises(FormatError, match="format version 3"):
        load_checkpoint(link)


def test_a_short_write_by_numpy_has_a_reason_in_words(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, before[1]))
    try:
        with pytest.raises(OSError) as caught:
            np.save(tmp_path / "a.npy", np.zeros(10_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert reason(caught.value) == "no space left, or a limit on the size of files"
    assert reason(OSError(28, "No space left on device")) == "No space left on device"


def test_a_version_that_goes_while_it_is_looked_for_is_not_taken_for_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "factors"
    publish(link, content("1"))
    seen = is_own_directory
    overtaken = iter([True])

    def slow(path: Path) -> bool:
        if next(overtaken, False):
            publish(link, content("2"))
            publish(link, content("3"))
        return seen(path)

    monkeypatch.setattr("mftui.runs.store.publish.is_own_directory", slow)
    now = published(link)
    assert now is not None and (now / "file").read_text() == "3"


@pytest.mark.parametrize("before", [None, 0o644])
def test_a_private_file_is_for_its_owner_alone(tmp_path: Path, before: int | None) -> None:
    path = tmp_path / "mine.csv"
    if before is not None:
        path.touch(before)
    mask = os.umask(0)
    try:
        write_text(path, "movieId,rating\n1,5\n", private=True)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and path.read_text().endswith("1,5\n")
