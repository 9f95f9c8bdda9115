"""Sudden death at a chosen write: before it, in the middle of it, or after it.

`python -m helpers.deadly RUN_DIR N MOMENT` is `helpers.trainer_process` that kills itself at its N-th write.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np

MOMENTS = ("before", "within", "after")


class Death:
    """Counts the writes of this process, and kills it at the one that was chosen."""

    def __init__(self, at: int, moment: str) -> None:
        self._left, self._moment = at, moment

    def lurk(self) -> None:
        """Be called at every operation by which a run directory is changed."""
        self.wrap(os, "pwrite", lambda fd, data, at: os_pwrite(fd, data[: len(data) // 2], at))
        self.wrap(np, "save", _half_an_array)
        self.wrap(shutil, "rmtree", _half_a_tree)
        for name in ("link", "ftruncate", "symlink", "replace", "mkdir"):
            self.wrap(os, name, lambda *given, **named: None)

    def wrap(self, owner: Any, name: str, half: Callable[..., Any]) -> None:
        """Count the calls of a function of `owner`; `half` is what is left of one that death is within."""
        whole = getattr(owner, name)

        def counted(*given: Any, **named: Any) -> Any:
            self._left -= 1
            if self._left:
                return whole(*given, **named)
            if self._moment == "within":
                half(*given, **named)
            if self._moment == "after":
                whole(*given, **named)
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError("nobody survives this")

        setattr(owner, name, counted)


os_pwrite = os.pwrite


def _half_an_array(file: IO[bytes], array: Any, **named: Any) -> None:
    whole = io.BytesIO()
    np.lib.format.write_array(whole, np.asanyarray(array), allow_pickle=False)
    file.write(whole.getvalue()[: len(whole.getvalue()) // 2])
    file.flush()


def _half_a_tree(directory: Path, **named: Any) -> None:
    for entry in list(Path(directory).iterdir())[::2]:
        entry.unlink()


if __name__ == "__main__":
    from helpers.trainer_process import run_trainer

    Death(int(sys.argv[2]), sys.argv[3]).lurk()
    run_trainer(sys.argv[1])
