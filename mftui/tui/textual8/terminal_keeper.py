"""A process beside the app that makes the terminal plain again where the app was killed: nothing else can then.

`python -I -S terminal_keeper.py MODES LIMITS` imports nothing of mftui. Its standard input is a pipe from
the app alone.
It ends when the app does, and does something only where the app has not said that it leaves.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import termios
from typing import Any

# Leave the alternate screen, show the cursor, no mouse, no focus reports, no bracketed paste, plain keys and colours.
PLAIN = (
    b"\x1b[<u\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1004l\x1b[?2004l\x1b[?1049l\x1b[?25h\x1b[0m"
)
LEFT = b"left"
_SAID = (
    b"mftui was ended from outside: something killed it, or cut short a large file of a model while it was open.\n"
    b"Trainings go on, ratings are saved. Start it again: mftui\n"
)


def written(modes: list[Any]) -> str:
    """Write what `termios.tcgetattr` returns as an argument."""
    *numbers, signs = modes
    return json.dumps([*numbers, [one.hex() if isinstance(one, bytes) else one for one in signs]])


def _main() -> None:
    *numbers, signs = json.loads(sys.argv[1])
    if sys.stdin.buffer.read() == LEFT:
        return
    with contextlib.suppress(OSError):
        os.set_blocking(2, False)  # a terminal that nobody reads
        os.write(2, PLAIN)
    with contextlib.suppress(termios.error, OSError):
        modes = [*numbers, [bytes.fromhex(one) if isinstance(one, str) else one for one in signs]]
        termios.tcsetattr(2, termios.TCSANOW, modes)
    with contextlib.suppress(OSError):
        os.write(2, _SAID)
        if sys.argv[2]:
            os.write(2, f"It may have been for want of what the shell allows: {sys.argv[2]}.\n".encode())
        os.set_blocking(2, True)


if __name__ == "__main__":
    _main()
