"""A real SSH server on loopback with keys of its own, and a connection that can be cut."""

from __future__ import annotations

import contextlib
import getpass
import grp
import os
import shlex
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
_SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")


def require_ssh() -> None:
    """Skip the test where there is no SSH to test with."""
    for program, found in (("sshd", _SSHD), ("ssh", shutil.which("ssh")), ("ssh-keygen", shutil.which("ssh-keygen"))):
        if found is None:
            pytest.skip(f"there is no {program}: apt-get install openssh-server openssh-client")


@dataclass(frozen=True)
class Account:
    """Somebody who can log in, and a Python of this version that they may run."""

    name: str
    python: str
    home: Path

    @property
    def command(self) -> str:
        """The app and its commands, for a remote shell; to be followed by arguments."""
        paths = [str(REPOSITORY), *(path for path in sys.path if path.endswith("site-packages"))]
        settings = {"MFTUI_HOME": str(self.home), "PYTHONPATH": os.pathsep.join(paths), "MFTUI_RECIPE": "post2019"}
        return shlex.join(["env", *(f"{name}={value}" for name, value in settings.items()), self.python, "-m", "mftui"])


class Connection:
    """A way to the server that leads through this process, so that it can be cut as a network is."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Close the sockets at once and without a word, on both sides."""
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._ends.clear()

    def close(self) -> None:
        self._listening.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                self._ends += [client, server]
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=_pump, args=(one, other), daemon=True).start()


def _pump(source: socket.socket, destination: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            destination.sendall(data)
    for end in (source, destination):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class Server:
    """A running sshd."""

    port: int
    key: Path

    def client(self, account: Account, remote: str, *, port: int | None = None) -> list[str]:
        """The command that runs `remote` over there, in a terminal of its own."""
        options = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "IdentitiesOnly=yes")
        given = [part for option in options for part in ("-o", option)]
        where = ["-p", str(port or self.port), f"{account.name}@127.0.0.1"]
        return ["ssh", "-tt", "-F", "/dev/null", "-i", str(self.key), *given, *where, remote]


@contextmanager
def ssh_server(directory: Path) -> Iterator[Server]:
    """An sshd on a free loopback port, with its configuration, host key and user key in `directory`."""
    require_ssh()
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", directory / name], check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    authorized = directory / "authorized"
    authorized.write_text((directory / "user.pub").read_text())
    authorized.chmod(0o644)
    lines = (
        f"Port {port}", "ListenAddress 127.0.0.1", f"HostKey {directory / 'host'}",
        f"AuthorizedKeysFile {authorized} .ssh/authorized_keys",
        "StrictModes no", "UsePAM no", "PasswordAuthentication no", "KbdInteractiveAuthentication no",
        "PermitRootLogin prohibit-password", "PidFile none", "PrintMotd no", "PrintLastLog no",
    )  # fmt: skip
    (directory / "config").write_text("\n".join(lines) + "\n")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where it parts from its privileges
    assert _SSHD is not None
    log = (directory / "log").open("w")
    server = subprocess.Popen([_SSHD, "-D", "-e", "-f", directory / "config"], stderr=log)
    try:
        _wait_for(port, server, directory / "log")
        yield Server(port, directory / "user")
    finally:
        server.terminate()
        server.wait()
        log.close()


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    pytest.skip(f"sshd does not start here: {log.read_text().strip()[-200:]}")


@contextmanager
def account(kind: str, directory: Path, server: Server) -> Iterator[Account]:
    """`root`, or an ordinary user: whoever runs the tests, or one made for this test where that is root."""
    root = os.geteuid() == 0
    if kind == "root":
        if not root:
            pytest.skip("only root can log in as root")
        yield Account("root", sys.executable, directory / "home")
        return
    if not root:
        _require_terminals()
        yield Account(getpass.getuser(), sys.executable, directory / "home")
        return
    if shutil.which("useradd") is None:
        pytest.skip("there is no useradd to make an ordinary user with")
    name, home = f"mftui-test-{os.getpid()}", Path(f"/tmp/mftui-test-{os.getpid()}")  # theirs to reach
    subprocess.run(["useradd", "-m", "-d", home, "-s", "/bin/sh", "-p", "*", name], check=True)
    try:
        keys = home / ".ssh"
        keys.mkdir()
        (keys / "authorized_keys").write_text(server.key.with_suffix(".pub").read_text())
        yield Account(name, _python_for(name), home / "data")
    finally:
        subprocess.run(["userdel", name], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(home, ignore_errors=True)


def _require_terminals() -> None:
    """Skip where terminals are not of the group that sshd gives them to, which only root could change."""
    inside, outside = os.openpty()
    group = os.fstat(outside).st_gid
    os.close(inside)
    os.close(outside)
    with contextlib.suppress(KeyError):
        if group != grp.getgrnam("tty").gr_gid:
            pytest.skip("/dev/pts is mounted without gid=5: an sshd of an ordinary user can open no terminal here")


def _python_for(name: str) -> str:
    """A Python of this version that user `name` may run with our packages; skips the test where there is none."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    paths = [str(REPOSITORY), *(path for path in sys.path if path.endswith("site-packages"))]
    for python in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        tried = subprocess.run(
            ["/bin/sh", "-c", '"$0" -P -c "import mftui.tui.app, numpy"', python],
            user=name,
            group=name,
            extra_groups=[],
            env={"PYTHONPATH": os.pathsep.join(paths), "PATH": "/usr/bin:/bin"},
            check=False,
            capture_output=True,
            cwd="/",
        )
        if tried.returncode == 0:
            return python
    pytest.skip(f"no {version} that an ordinary user may run")
