"""A file is held by one process, and the kernel says by which."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mftui.data.storage.holding import held, holder

HOLD = """
import sys
from pathlib import Path
from mftui.data.storage.holding import held
with held(Path(sys.argv[1])):
    print(flush=True)
    sys.stdin.read()
"""
ASK = """
import sys
from pathlib import Path
from mftui.data.storage.holding import holder
print(holder(Path(sys.argv[1])))
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "lock"


def start_holding(lock: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_the_kernel_names_the_process_that_holds_a_file(lock: Path) -> None:
    assert holder(lock) is None and not lock.exists()
    process = start_holding(lock)
    assert holder(lock) == process.pid
    with pytest.raises(BlockingIOError), held(lock):
        pass
    assert holder(lock) == process.pid
    process.kill()
    process.communicate()
    assert holder(lock) is None
    with held(lock):
        assert holder(lock) == os.getpid()
    assert holder(lock) is None


def test_a_process_that_asks_does_not_let_go(lock: Path) -> None:
    with held(lock):
        assert holder(lock) == os.getpid()
        with pytest.raises(BlockingIOError), held(lock):
            pass
        asked = subprocess.run([sys.executable, "-c", ASK, str(lock)], capture_output=True, text=True, check=True)
        assert int(asked.stdout) == os.getpid()


def test_several_threads_hold_one_file_one_after_the_other(lock: Path) -> None:
    got: list[bool] = []

    def hold() -> None:
        try:
            with held(lock):
                got.append(True)
                over.wait(10)
        except BlockingIOError:
            got.append(False)

    over = threading.Event()
    threads = [threading.Thread(target=hold) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(got) < 4:
        threads[0].join(0.01)
    over.set()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False, False, False, True]


def test_a_file_that_another_program_holds_by_another_name_says_nothing(lock: Path, tmp_path: Path) -> None:
    process = start_holding(tmp_path / "database")
    os.link(tmp_path / "database", lock)
    assert holder(lock) is None
    process.communicate("")
    lock.unlink()
    lock.symlink_to(tmp_path / "database")
    assert holder(lock) is None
    with pytest.raises(OSError, match="a link"), held(lock):
        pass
