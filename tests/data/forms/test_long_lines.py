"""Long lines of every usual sign: the form of a file is told at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mftui.data.forms.read import read_form
from mftui.data.storage.files import FileRef
from mftui.errors import DataError

PIECES = [
    "123456789 ",
    "1 ",
    "1:1 ",
    "1.5 12:1 ",
    "a",
    "-",
    "--\n",
    "\n",
    " ",
    "%\n",
    "#\n",
    "<a ",
    "<!--",
    "1.1.1.",
    "{",
    "[",
    "0|",
]


@pytest.mark.parametrize("piece", PIECES)
def test_no_pattern_takes_long(tmp_path: Path, piece: str) -> None:
    began = time.process_time()
    for start in ("", "5 ", "5 1:1 ", "1:\n", "%\n", "<"):
        (tmp_path / "a").write_text(start + piece * (60_000 // len(piece)))
        try:
            read_form(FileRef(tmp_path / "a"))
        except DataError:
            continue
    assert time.process_time() - began < 10
