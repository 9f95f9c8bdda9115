"""A home with a small run, and the command line on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.asking import Answer, Ask
from helpers.models import toy_run

from mftui.cli import main
from mftui.runs.store.run import Run


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    return toy_run(home)


@pytest.fixture
def ask(home: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run the command line: exit code, standard output, standard error."""

    def ask(*arguments: str) -> Answer:
        with pytest.raises(SystemExit) as exit:
            main(arguments)
        out, err = capsys.readouterr()
        return int(exit.value.code or 0), out, err

    return ask
