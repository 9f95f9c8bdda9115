"""What a process says of its memory, and NVIDIA's tool of a GPU's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mftui.engine.compute.machine import gpu_bytes, peak_bytes

SAY = "from mftui.engine.compute.machine import peak_bytes; print(peak_bytes())"


def test_the_peak_of_a_child_is_its_own_not_its_parents() -> None:
    held = np.ones(50_000_000)
    child = subprocess.Popen([sys.executable, "-c", SAY], stdout=subprocess.PIPE, text=True)

    assert int(child.communicate()[0]) < held.nbytes < peak_bytes()


@pytest.mark.parametrize(
    ("printed", "expected"),
    [("81559", 81559 << 20), ("81559\n40960", 40960 << 20), ("[N/A]", None), ("", None)],
    ids=["one", "the least of two", "not told", "nothing"],
)
def test_the_memory_of_the_smallest_gpu_is_what_nvidias_tool_says(
    printed: str, expected: int | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tool(tmp_path, f"echo '{printed}'")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert gpu_bytes() == expected


def test_a_tool_that_is_missing_or_fails_says_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpu_bytes() is None
    tool(tmp_path, "echo 'no devices were found'; exit 6")
    assert gpu_bytes() is None


def tool(folder: Path, does: str) -> None:
    """Write a stand-in for nvidia-smi."""
    script = folder / "nvidia-smi"
    script.write_text(f"#!/bin/sh\n{does}\n")
    script.chmod(0o755)
