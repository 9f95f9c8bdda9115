"""Lines as bash reads them, and words as bash needs them."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from mftui.cli.shells.bash_words import parse

BREAKS = " \t\n\"'@><=;|&(:"
HOSTILE = [
    "a b",
    "it's",
    'say "x"',
    "$(touch X)",
    "`touch X`",
    "*",
    "a\\b",
    "!!",
    "~root",
    "#x",
    "{1,2}",
    "映画 é",
    "a=b:c@d",
]


@pytest.mark.parametrize(
    ("line", "words", "current", "quote", "kept"),
    [
        ("mftui runs sh", ("mftui", "runs"), "sh", "", ""),
        ("mftui runs ", ("mftui", "runs"), "", "", ""),
        ("A=1 B+=2 mftui x", ("mftui",), "x", "", ""),
        (r"mftui a\ b c\'", ("mftui", "a b"), "c'", "", ""),
        ("mftui 'a b' \"c $d", ("mftui", "a b"), "c $d", '"', ""),
        ("mftui --run=to", ("mftui",), "--run=to", "", "--run="),
        ("mftui --run='to", ("mftui",), "--run=to", "'", "--run="),
        ("mftui 'a:b'c", ("mftui",), "a:bc", "", ""),
        (r"mftui a\:b", ("mftui",), "a:b", "", ""),
        ("mftui '' x", ("mftui", ""), "x", "", ""),
        ("mftui x\\", ("mftui",), "x", "", ""),
        ("", (), "", "", ""),
    ],
)
def test_a_line_is_read_without_its_quotes(line: str, words: object, current: str, quote: str, kept: str) -> None:
    found = parse(line, BREAKS)
    assert (found.words, found.current, found.quote, found.kept) == (words, current, quote, kept)


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@pytest.mark.parametrize("start", ["", "'", '"', "x=", "x='", 'x="'])
def test_bash_reads_a_completed_word_as_it_is_meant(start: str) -> None:
    for word in HOSTILE:
        line = parse(f"mftui {start}", BREAKS)
        whole = line.current + word
        typed = f"{start}{line.replacement(whole)}{line.quote}"
        done = subprocess.run(["bash", "-c", f"printf %s {typed}"], check=True, capture_output=True, text=True)
        assert done.stdout == whole


def test_what_cannot_follow_what_is_kept_is_not_put_there() -> None:
    assert parse("mftui TO:", BREAKS).replacement("toy") is None
