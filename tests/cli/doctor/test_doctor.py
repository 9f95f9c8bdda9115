"""`mftui doctor` and `mftui paths`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from mftui import paths
from mftui.cli import main
from mftui.cli.commands.doctor import checks
from mftui.cli.commands.doctor.checks import Check
from mftui.cli.commands.doctor.checks_terminal import terminal
from mftui.engine.compute.machine import run_tool

Doctor = Callable[..., tuple[int, str]]


@pytest.fixture
def doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Doctor:
    """Run a command; its exit code and standard output."""
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path / "home"))

    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as exit:
            main(arguments)
        return int(exit.value.code or 0), capsys.readouterr().out

    return run


def named(found: Iterable[Check], name: str) -> Check:
    return next(check for check in found if check.name == name)


def test_a_sound_place_exits_0_and_makes_no_directory(doctor: Doctor, tmp_path: Path) -> None:
    code, out = doctor("doctor", "--json")
    report = json.loads(out)
    assert code == 0
    assert report["ok"] is True
    names = {check["name"] for check in report["checks"]}
    assert {"python", "tensorflow", "numpy", "textual", "GPU", "CPU", "memory", "characters", "home", "runs"} <= names
    assert {check["status"] for check in report["checks"]} <= {"ok", "warning"}
    assert not (tmp_path / "home").exists()


def test_whatever_is_not_ok_says_what_to_do(doctor: Doctor) -> None:
    checks = json.loads(doctor("doctor", "--json")[1])["checks"]
    assert all(check["advice"] for check in checks if check["status"] != "ok")


def test_lines_for_people_have_the_status_first(doctor: Doctor) -> None:
    code, out = doctor("doctor")
    assert code == 0
    assert any(line.split()[:2] == ["ok", "python"] for line in out.splitlines())


def test_a_home_that_is_a_file_is_broken_and_exits_1(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    code, out = doctor("doctor", "--json")
    assert code == 1
    broken = [check for check in json.loads(out)["checks"] if check["status"] == "broken"]
    assert {"home", "runs"} <= {check["name"] for check in broken}
    assert all("MFTUI_HOME" in check["advice"] for check in broken if check["name"] == "home")


def test_settings_that_cannot_be_read_are_broken(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    paths.config_file().write_text("seed = [")
    code, out = doctor("doctor", "--json")
    assert code == 1
    assert "config.toml" in next(c for c in json.loads(out)["checks"] if c["name"] == "settings")["advice"]


def test_tensorflow_that_is_not_installed_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "installed_version", lambda name: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert named(checks.software(), "tensorflow").status == "broken"


def test_a_gpu_without_cuda_libraries_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "run_tool", lambda *command: "NVIDIA X1, 81559 MiB, 550.1")
    monkeypatch.setattr(checks, "installed_version", lambda name: None)
    gpu = named(checks.machine(), "GPU")
    assert gpu.value == "NVIDIA X1, 81559 MiB, driver 550.1"
    assert "mftui[gpu]" in gpu.advice
    monkeypatch.setattr(checks, "installed_version", lambda name: "9.0")
    assert named(checks.machine(), "GPU").status == "ok"


def test_little_memory_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "memory", lambda: (1_000_000_000, 500_000_000))
    assert named(checks.machine(), "memory").status == "warning"


def test_tmux_without_set_clipboard_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mftui.cli.commands.doctor.checks_terminal.run_tool", lambda *command: "external")
    clipboard = named(terminal({"TMUX": "/tmp/tmux"}), "clipboard")
    assert clipboard.status == "warning"
    assert "set-clipboard on" in clipboard.advice
    monkeypatch.setattr("mftui.cli.commands.doctor.checks_terminal.run_tool", lambda *command: "on")
    assert named(terminal({"TMUX": "/tmp/tmux"}), "clipboard").status == "ok"


def test_no_color_ssh_and_shell_are_noticed() -> None:
    found = list(terminal({"NO_COLOR": "1", "SSH_CONNECTION": "a b c d", "SHELL": "/usr/bin/fish"}))
    assert "NO_COLOR" in named(found, "colours").value
    assert "SSH" in named(found, "connection").value
    assert "fish" in named(found, "completion").value


def test_a_tool_that_fails_or_is_missing_is_no_answer() -> None:
    assert run_tool("mftui-no-such-tool") is None
    assert run_tool("false") is None
    assert run_tool("echo", "yes") == "yes"


def test_paths_shows_every_place(doctor: Doctor, tmp_path: Path) -> None:
    code, out = doctor("paths", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["home"] == str(tmp_path / "home")
    assert found["runs"] == str(tmp_path / "home" / "runs")
    assert {"cache", "datasets", "config", "state", "log", "sample"} <= set(found)
    assert found["runs"] in doctor("paths")[1]


@pytest.mark.parametrize("place", ["", "runs", "ratings", "ratings/me.csv", "cache", "datasets", "config.toml"])
def test_a_place_that_others_can_write_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    from mftui.cli.commands.doctor.checks import directories

    home = tmp_path / "home"
    monkeypatch.setenv("MFTUI_HOME", str(home))
    for name in ("runs", "ratings", "cache", "datasets"):
        (home / name).mkdir(parents=True)
    for name in ("ratings/me.csv", "config.toml"):
        (home / name).touch(0o600)
    home.chmod(0o700)
    assert not [check for check in directories() if "access" in check.name or "owner" in check.name]
    (home / place).chmod(0o777 if (home / place).is_dir() else 0o666)
    warned = [check for check in directories() if check.name.endswith("access")]
    assert warned and all(check.status == "warning" and f"o-w {home / place}" in check.advice for check in warned)


def test_a_home_below_a_directory_that_everybody_can_write_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mftui.cli.commands.doctor.checks import directories

    home = tmp_path / "shared" / "home"
    home.mkdir(parents=True, mode=0o700)
    monkeypatch.setenv("MFTUI_HOME", str(home))
    home.parent.chmod(0o777)
    assert [check.value for check in directories() if check.name == "home access"]
    home.parent.chmod(0o1777)  # as /tmp
    assert not [check.value for check in directories() if check.name == "home access"]
