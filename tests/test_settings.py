"""Settings: variable over file over default, and errors that say where."""

from __future__ import annotations

from pathlib import Path

import pytest

from mftui.errors import UsageError
from mftui.settings import Settings, load_settings


def settings(tmp_path: Path, text: str | None = None, **environ: str) -> Settings:
    file = tmp_path / "config.toml"
    if text is not None:
        file.write_text(text)
    return load_settings(environ, file)


def test_without_a_file_all_is_default(tmp_path: Path) -> None:
    assert settings(tmp_path) == Settings()


def test_the_environment_goes_over_the_file(tmp_path: Path) -> None:
    text = 'data = "ml-1m"\nseed = 3\ncheckpoint_seconds = 5\nlow_bandwidth = true\n[keys]\nsearch = "s"\n'
    found = settings(tmp_path, text, MFTUI_SEED="4", MFTUI_ASCII="yes", MFTUI_HOME="x", MFTUI_THEME="")
    assert (found.data, found.seed, found.checkpoint_seconds, found.ascii) == ("ml-1m", 4, 5.0, True)
    assert found.low_bandwidth is True and found.keys == {"search": "s"} and found.theme == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed = 1\nsede = 2", r"config\.toml, line 2: sede: no such setting"),
        ('seed = "x"', r"config\.toml, line 1: seed: 'x' is not a whole number"),
        ("seed = true", "line 1: seed: 'True' is not a whole number"),
        ('after_training = "dance"', "'dance' is not one of stay, browse"),
        ("data = 7", "'7' is not text"),
        ("\n\n[keys]\nsearch = 1", r"line 3: keys: must be a table"),
        ("seed = x", r"not TOML: .*line 1"),
        ("a." * 50_000 + "b = 1", "nested too deeply"),
        ("seed = 0x" + "f" * 10_000, "line 1: seed: the number is too large"),
        ("a = " + "[" * 10_000, r"nested too deeply|not TOML"),
    ],
)
def test_a_wrong_file_is_said_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        settings(tmp_path, text)


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="MFTUI_SEED: 'many' is not a whole number"):
        settings(tmp_path, MFTUI_SEED="many")


def test_a_file_in_another_encoding_is_said(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b'data = "\xff"')
    with pytest.raises(UsageError, match="not TOML"):
        load_settings({}, tmp_path / "config.toml")
