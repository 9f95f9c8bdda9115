"""Arrays are opened with the type, the shape, the size and the values that they must have."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mftui.data.storage import npy
from mftui.data.storage.npy import LARGEST, open_array, require_rising, require_values, save_array


def saved(tmp_path: Path, array: Any, pickled: bool = False) -> Path:
    np.save(tmp_path / "a.npy", array, allow_pickle=pickled)
    return tmp_path / "a.npy"


@pytest.mark.parametrize("mapped", [False, True])
def test_an_array_comes_back_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mapped: bool) -> None:
    if mapped:
        monkeypatch.setattr(npy, "READ_BYTES", 1)
    array = np.arange(6, dtype=np.int32).reshape(2, 3)
    save_array(tmp_path / "a.npy", array)
    found = open_array(tmp_path / "a.npy", ("int32",), 2, None)
    assert isinstance(found, np.memmap) == mapped and (found == array).all() and not found.flags.writeable
    if not mapped:
        os.truncate(tmp_path / "a.npy", 0)
        assert (found == array).all()
    assert (open_array(saved(tmp_path, np.asfortranarray(array)), ("int32",), 2, 3) == array).all()
    assert open_array(saved(tmp_path, array[:0]), ("int32",), 0, 3).shape == (0, 3)


@pytest.mark.parametrize("kind", ["complex64", "<U3", "float64", "datetime64[s]", ">i4", "object", "i4,f8", "V8"])
def test_another_type_is_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(ValueError, match="has type"):
        open_array(saved(tmp_path, np.zeros(3, dtype=kind), kind == "object"), ("int32",), 3)


@pytest.mark.parametrize("shape", [(), (2,), (4,), (3, 1), (0,)])
def test_another_shape_is_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="has shape"):
        open_array(saved(tmp_path, np.zeros(shape, dtype=np.int32)), ("int32",), 3)


@pytest.mark.parametrize("size", [0, 20, 139, 141, 1 << 40])
def test_a_file_of_another_size_than_its_header_says_is_refused(tmp_path: Path, size: int) -> None:
    file = saved(tmp_path, np.zeros(3, dtype=np.int32))
    assert file.stat().st_size == 140
    os.truncate(file, size)
    with pytest.raises((ValueError, EOFError)):
        open_array(file, ("int32",), 3)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e31])
@pytest.mark.parametrize("n", [10, 20_000_000])
def test_values_that_are_no_numbers_are_found(value: float, n: int) -> None:
    array = np.zeros(n, dtype=np.float32)
    require_values("it", array, -LARGEST, LARGEST)
    for at in (0, n - 1):
        array[at] = value
        with pytest.raises(ValueError, match="it has values"):
            require_values("it", array, -LARGEST, LARGEST)
        array[at] = 0


def test_missing_values_may_be_allowed() -> None:
    require_values("means", np.array([np.nan, 3.0]), 0, 5, missing=True)
    require_values("means", np.array([np.nan, np.nan]), 0, 5, missing=True)
    with pytest.raises(ValueError, match="means has values"):
        require_values("means", np.array([np.nan, np.inf]), 0, 5, missing=True)


@pytest.mark.parametrize("offsets", [[], [0], [1, 3], [0, 2], [0, 4, 3], [0, -1, 3]])
def test_offsets_rise_from_0_to_the_end(offsets: list[int]) -> None:
    require_rising("offsets", np.array([0, 0, 2, 3]), 3)
    with pytest.raises(ValueError, match="do not rise"):
        require_rising("offsets", np.array(offsets, dtype=np.int64), 3)


def test_what_could_not_be_opened_again_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="would have type <U4"):
        save_array(tmp_path / "a.npy", np.array("text"))
    assert not (tmp_path / "a.npy").exists()


def test_why_an_array_could_not_be_written_is_known(tmp_path: Path) -> None:
    program = (
        "import resource, numpy as np; from pathlib import Path; from mftui.data.storage.npy import save_array\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        f"try: save_array(Path({str(tmp_path / 'a.npy')!r}), np.zeros(10_000))\n"
        "except OSError as error: print(error.strerror)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "File too large\n"
