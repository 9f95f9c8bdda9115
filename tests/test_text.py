"""Foreign text made safe to show, and folded for comparison."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mftui.text import (
    fold,
    is_plain,
    json_text,
    learning_time,
    shell_word,
    unseen_dropped,
    visible,
    visible_lines,
    whole_number,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("two\nlines\r\tand a tab\x00", "two␊lines␍␉and a tab␀"),
        ("delete\x7f", "delete␡"),
        ("\u202egnp.exe", "⟨U+202E⟩gnp.exe"),
        ("zero\u200bwidth\ufeff", "zero⟨U+200B⟩width⟨U+FEFF⟩"),
        ("csi\x9b31m", "csi⟨U+009B⟩31m"),
        ("lines\u2028\u2029", "lines⟨U+2028⟩⟨U+2029⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("[REC] (2007)", "[REC] (2007)"),
        ("千と千尋の神隠し 🎬 é", "千と千尋の神隠し 🎬 é"),
    ],
)
def test_what_a_terminal_would_obey_is_shown_as_a_sign(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("mark", ["\u0301", "\u0e47", "\u20dd", "\U0001e8d0"])
def test_marks_by_the_hundred_on_one_letter_do_not_paint_over_the_lines_around(mark: str) -> None:
    stacked = f"Z{mark * 300}algo {mark * 10}, {mark * 11}"
    assert visible(stacked) == f"Z{mark * 10}…algo {mark * 10}, {mark * 10}…"
    assert unseen_dropped(stacked) == f"Z{mark * 10}algo {mark * 10}, {mark * 10}"
    assert mark * 11 not in json_text(stacked) and json.loads(json_text(stacked)) == stacked
    assert not is_plain(stacked) and is_plain(f"a{mark * 10}")
    assert mark * 11 not in shell_word(stacked)


@pytest.mark.parametrize("word", ["ཧྐྵྨླྺྼྻྂ", "Việt Nam", "שָׁלוֹם", "น้ำ", "स्त्री"])
def test_words_of_scripts_that_stack_marks_stay(word: str) -> None:
    assert visible(word) == unseen_dropped(word) == word and is_plain(word)


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in visible(text))
    assert not set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f") & set(visible(text))


@given(st.text())
def test_visible_text_stays_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Amélie", "amelie"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Ｆｕｌｌ Ｗｉｄｔｈ", "full width"),
        ("Brødre", "brodre"),
        ("Łódź", "lodz"),
        ("İstanbul ı", "istanbul i"),
        ("Æon Œuvre", "aeon oeuvre"),
        ("e\u0301", "e"),
        ("日本", "日本"),
    ],
)
def test_accents_case_and_width_do_not_count(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_many_lines_fold_as_each_of_them(text: str) -> None:
    assert fold(f"{text}\né") == f"{fold(text)}\ne"


@pytest.mark.parametrize(
    ("learning", "total", "said"),
    [
        (0.31, 8.62, "learning 0.3 s of 8.6 s"),
        (75.0, 190.0, "learning 1:15 of 3:10"),
        (4_000.0, None, "learning 1:06:40"),
        (50.0, 8.6, "learning 0:50"),
    ],
)
def test_the_clocks_of_a_training_are_named(learning: float, total: float | None, said: str) -> None:
    """Of a run that was resumed only the one: the other is of its last session alone."""
    assert learning_time(learning, total) == said


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@pytest.mark.parametrize(
    "text", ["a b", "it's", "$(touch X)", "`id`", "*", "-x", "", "a\nb", "\x1b[31m\u202e\x9b", "\udcff é"]
)
def test_a_word_of_a_command_to_copy_is_one_word_and_visible(text: str) -> None:
    word = shell_word(text)
    assert is_plain(word)
    done = subprocess.run(["bash", "-c", f"printf %s {word}"], check=True, capture_output=True)
    assert os.fsdecode(done.stdout) == text


def test_every_character_that_is_obeyed_or_hidden_becomes_a_sign() -> None:
    unseen = [
        chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in ("Cc", "Cf", "Zl", "Zp", "Cs")
    ]
    assert not [ascii(c) for c in unseen if is_plain(c) or unseen_dropped(f"é{c}") != "é" or c in visible(c)]
    assert json.loads(json_text(unseen)) == unseen and all(is_plain(line) for line in json_text(unseen).split("\n"))
    assert visible_lines("a\x1b\nb\r\n") == "a␛\nb␍\n"
    assert all(is_plain(text) for text in ("千と千尋", "Amélie", "🎬️", "हिन्दी", "ﷺ", "مرحبا"))


@pytest.mark.parametrize(
    ("digits", "number"),
    [
        ("7", 7), ("007", 7), ("0", 0), ("0" * 9000 + "5", 5), ("9" * 19, 10**19 - 1), ("٣", 3),
        ("9" * 20, None), ("9" * 5000, None), ("", None), ("-1", None), ("²", None), ("1_0", None), ("1.0", None),
    ],
)  # fmt: skip
def test_digits_are_a_number_of_64_bits_or_none(digits: str, number: int | None) -> None:
    assert whole_number(digits) == number
