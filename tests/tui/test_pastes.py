"""What is pasted is text: nothing in it is taken for keys, and it comes after what was typed before it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.models import toy_run
from helpers.screens import until
from helpers.terminal import Terminal
from textual import events

from mftui.tui.app import MftuiApp
from mftui.tui.textual8.pastes import PasteParser
from mftui.tui.widgets.search_box import SearchBox

START, END = "\x1b[200~", "\x1b[201~"


def parsed(*parts: str) -> list[str]:
    parser, found = PasteParser(), []
    for part in parts:
        for event in parser.feed(part):
            found.append(event.text if isinstance(event, events.Paste) else getattr(event, "key", "?"))
    return found


@pytest.mark.parametrize(
    ("pasted", "text"),
    [("plain", "plain"), ("a\x1b]52;c;eA==\x07b", "a]52;c;eA==\x07b"), ("\x1bx\x1b", "x"), ("\x1b[2J\x1b[20", "[2J[20"),
     ("\x1b[200~again", "[200~again"), ("two\nlines", "two\nlines"), ("q\x1b[Bq", "q[Bq")],
)  # fmt: skip
def test_a_paste_is_one_text_wherever_it_is_cut(pasted: str, text: str) -> None:
    sent = f"j{START}{pasted}{END}k"
    assert parsed(sent) == ["j", text, "k"]
    for at in range(1 + len(START), len(sent)):
        assert parsed(sent[:at], sent[at:]) == ["j", text, "k"]
    assert parsed(*sent) == ["j", text, "k"]


async def test_a_paste_comes_after_the_keys_before_it(make_app: Callable[..., MftuiApp], home: Path) -> None:
    toy_run(home)
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        for message in (events.Key("2", "2"), events.Key("slash", "/"), events.Paste("batman"), events.Key("x", "x")):
            app.post_message(message)
        await until(
            pilot,
            lambda: [box.value for box in app.screen.query(SearchBox)] == ["batmanx"],
            "what was typed and pasted",
        )


@pytest.mark.parametrize("number", ["99999999999", "1114112", "55296", "9" * 5_000, "0;1;55296", "1;1;99999999"])
def test_a_key_whose_number_is_no_character_is_none(number: str) -> None:
    assert parsed(f"\x1b[{number}u", "j")[-1] == "j"
    assert not any("\ud800" <= sign <= "\udfff" for key in parsed(f"\x1b[{number}u") for sign in key)


@pytest.mark.parametrize("typed", [b"\xe9", bytes(range(128, 256)), b"\xff\xfe" * 50, b"\x1b[99999999999u"])
def test_what_is_no_text_does_not_end_the_app(home: Path, typed: bytes) -> None:
    toy_run(home)
    with Terminal((sys.executable, "-m", "mftui"), {}) as terminal:
        terminal.until("Train")
        terminal.press("f2")
        terminal.until("Toy Story")
        terminal.send(typed)
        terminal.press("f1")
        terminal.until("Settings")
        terminal.press("q")
        assert terminal.until_exit() == 0
    assert not (home / "crashes").exists()
