"""What a process says of its memory."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from mftui.engine.compute.machine import peak_bytes

SAY = "from mftui.engine.compute.machine import peak_bytes; print(peak_bytes())"


def test_the_peak_of_a_child_is_its_own_not_its_parents() -> None:
    held = np.ones(50_000_000)
    child = subprocess.Popen([sys.executable, "-c", SAY], stdout=subprocess.PIPE, text=True)

    assert int(child.communicate()[0]) < held.nbytes < peak_bytes()
