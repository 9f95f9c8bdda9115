"""Read `train.log`: its last lines, or those that come while a trainer writes it."""

from __future__ import annotations

import re
from pathlib import Path

from mftui.data.storage.regular import open_own

_GPU_DRIVER = Path("/proc/driver/nvidia")
_NO_GPU = (
    "failed call to cuInit",
    "Could not find cuda drivers",
    "All log messages before absl::InitializeLog()",
    "oneDNN custom operations are on",
)
_KEPT_PROGRAM = re.compile(
    r"cpu_aot_loader\.cc:\d+\] Loading XLA:CPU AOT result\. Target machine feature \+prefer-no-(gather|scatter) is not "
    r"|text_format\.cc:\d+\] Error parsing text-format tensorflow\.XlaSerializedCacheEntry: "
)
"""What XLA says of each kept program that it loads, though nothing is wrong.

It adds these two features itself for a processor with AVX-512, as advice to its compiler, and does not find them among
what the processor can do; any other feature would be missing indeed. And it tries each file as text before it reads it
as what it is.
"""
_MAX_BYTES = 256 * 1024


class LogTail:
    """Follows a log from its last 256 kB on. Undecodable bytes are replaced; lines are not yet safe for a terminal.

    What TensorFlow complains of where there is no GPU, and of kept programs that fit, is left out: nothing is wrong.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset: int | None = None
        self._complaints = () if _GPU_DRIVER.exists() else _NO_GPU

    def poll(self, *, ended: bool = True) -> list[str]:
        """Return the lines that have come since the last call; unless it has `ended`, only whole ones."""
        try:
            with open_own(self._path) as file:
                size = file.seek(0, 2)
                if (
                    self._offset is None or not size - _MAX_BYTES <= self._offset <= size
                ):  # the first call, or it began anew
                    self._offset = max(0, size - _MAX_BYTES)
                file.seek(self._offset)
                new = file.read()
        except OSError:
            return []
        if not ended:
            new = new[: new.rfind(b"\n") + 1]
        self._offset += len(new)
        lines = new.decode("utf-8", "replace").split("\n")
        told = (line.rstrip("\r") for line in (lines[:-1] if lines[-1] == "" else lines))
        return [line for line in told if not self._needless(line)]

    def _needless(self, line: str) -> bool:
        return any(words in line for words in self._complaints) or _KEPT_PROGRAM.search(line) is not None
