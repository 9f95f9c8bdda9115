"""The app over a real SSH connection on loopback that is cut: the training goes on, the next session shows it all."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from faults.test_terminal import assert_sane
from helpers import chance
from helpers.runs import wait_until
from helpers.ssh import Account, Connection, Server, account, ssh_server
from helpers.terminal import Terminal

from mftui.runs.control.signal_run import stop_run
from mftui.runs.store.run import Run

BOTH = [("root", "socket"), ("ordinary", "hang-up")]
ALL = [*BOTH, ("root", "hang-up"), ("ordinary", "socket")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with ssh_server(tmp_path_factory.mktemp("sshd")) as running:
        yield running


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize(("kind", "cut"), ALL if chance.LONG else BOTH)


def the_run(who: Account) -> Run | None:
    runs = [Run(path) for path in (who.home / "runs").glob("*") if (path / "config.json").exists()]
    return runs[0] if runs else None


def apps_of(who: Account) -> list[psutil.Process]:
    """The app's own processes on the far side."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if (
            command[-2:] == ["-m", "mftui"]
            and command[0] == who.python
            and process.environ().get("MFTUI_HOME") == str(who.home)
        ):
            found.append(process)
    return found


def test_a_training_outlives_its_connection(server: Server, tmp_path: Path, kind: str, cut: str) -> None:
    with account(kind, tmp_path, server) as who:
        connection = Connection(server.port)
        with Terminal(server.client(who, who.command, port=connection.port), {}) as first:
            first.until("mftui learns from film ratings")
            (app,) = apps_of(who)
            assert (app.uids().real == 0) == (kind == "root")
            first.press("t")
            first.until("RMSE")
            wait_until(lambda: the_run(who) is not None, "there is a run")
            run = the_run(who)
            assert run is not None
            first.watch(lambda: run.state == "running" and len(run.metrics()) > 20, "it trains")
            if cut == "socket":
                connection.cut()
            else:
                app.send_signal(signal.SIGHUP)
            code = first.until_exit()
            assert first.modes_restored()
            if cut == "hang-up":
                assert code == 128 + signal.SIGHUP
                assert_sane(first)
        wait_until(lambda: not app.is_running(), "the app is gone")
        seen = run.status().step
        wait_until(lambda: run.state != "running" or run.status().step > seen, "the training goes on")
        assert run.state == "running", run.status()
        with Terminal(server.client(who, who.command), {}) as second:
            second.until("running")
            curve_from_its_start(second)
            second.press("q")
            second.until("Detach")
            second.press("d")
            assert second.until_exit() == 0
            assert_sane(second)
        assert stop_run(run, timeout_s=60) == "stopped"
        assert [line["step"] for line in run.metrics()] == sorted({line["step"] for line in run.metrics()})
        assert not (who.home / "crashes").exists()
        connection.close()


def curve_from_its_start(terminal: Terminal) -> None:
    """The curve is drawn from the left edge of its chart on, where the first steps are."""
    terminal.watch(lambda: re.search(r"[┤│][⠁-⣿]", terminal.text), "a curve that begins at the left")
