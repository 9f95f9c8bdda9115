"""What the shell offers on tab."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from click.shell_completion import ShellComplete
from helpers.command import call
from helpers.models import TITLES, toy_factors, toy_run

from mftui.cli.group import mftui
from mftui.runs.store.config import RunConfig
from mftui.runs.store.notes import Notes, write_notes
from mftui.runs.store.run import Run


def offered(*words: str) -> list[str]:
    found = ShellComplete(mftui, {}, "mftui", "_MFTUI_COMPLETE").get_completions([*words[:-1]], words[-1])
    return [item.value for item in found]


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    toy_run(tmp_path)


@pytest.mark.parametrize("command", [("runs", "show"), ("runs", "logs"), ("similar", "--run"), ("train", "--resume")])
def test_runs_are_offered_by_the_name_that_is_shown(command: tuple[str, ...]) -> None:
    assert offered(*command, "") == ["latest", "toy"]
    assert offered(*command, "to") == ["toy"]
    assert all(id.endswith("toy") for id in offered(*command, "2")) and offered(*command, "2")


def test_data_sets_presets_and_settings_are_offered() -> None:
    assert "ml-100k" in offered("data", "fetch", "ml") and "sample" in offered("data", "info", "")
    assert offered("train", "--data", "samp") == ["sample"]
    assert offered("train", "--data", "./")  # files: the shell knows which
    assert "best" in offered("train", "--recipe", "bayes", "--preset", "")
    assert "best" not in offered("train", "--recipe", "als", "--preset", "")
    assert offered("runs", "ls", "--columns", "epochs,learning") == ["epochs,learning_rate"]


@pytest.mark.parametrize("command", [("similar",), ("rate",), ("ratings", "rm"), ("ratings", "not-seen")])
def test_titles_are_offered_word_by_word(command: tuple[str, ...]) -> None:
    first = offered(*command, "")
    assert first and all(word.isalnum() for word in first)
    assert offered(*command, first[0][:2])
    assert offered(*command, first[0], "")


def test_titles_are_those_of_the_run_that_is_named(tmp_path: Path) -> None:
    toy_run(tmp_path, toy_factors(["Zorro (1975)", *TITLES[1:]]), name="other")
    assert "zorro" in offered("similar", "--run", "other", "z")
    assert "zorro" not in offered("similar", "--run", "toy", "z")


def test_where_nothing_can_be_read_nothing_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path / "none"))
    assert offered("similar", "to") == offered("runs", "show", "") == []


def test_only_names_that_can_be_typed_are_offered(tmp_path: Path) -> None:
    for number, name in enumerate(["big, 64 factors", "$(touch X)", "a\x1b[31m", "a\u202eb", "a\udcff", "a*", "a\nb"]):
        write_notes(toy_run(tmp_path, name=f"n{number}").path, Notes(name=name))
    assert sorted(offered("runs", "show", "")) == ["big, 64 factors", "latest", "toy"]


def test_a_run_that_cannot_be_described_spoils_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = toy_run(tmp_path, name="bad").id
    known = Run.known_config

    def fails(run: Run) -> RunConfig:
        frame = sys._getframe(1).f_code.co_name
        return known(run) if run.id != bad or frame != "_about" else 1 / 0  # type: ignore[return-value]

    monkeypatch.setattr(Run, "known_config", fails)
    assert sorted(offered("runs", "show", "")) == ["bad", "latest", "toy"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_printed_also_as_click_would(
    shell: str, capfd: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    printed = call(capfd, "completion", shell)
    monkeypatch.setenv("_MFTUI_COMPLETE", f"{shell}_source")
    assert printed.code == 0 and "mftui" in printed.out and call(capfd).out == printed.out
    monkeypatch.setenv("_MFTUI_COMPLETE", "nonsense")
    assert call(capfd).code == 1
