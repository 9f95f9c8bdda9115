"""A real Slurm on this machine alone: its daemons, two nodes, and jobs that are waited for."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from helpers.command import Answer

PROGRAMS = ("slurmctld", "slurmd", "srun", "sbatch", "munged", "mungekey")
NODES = ("mftui-left", "mftui-right")
"""Names that nothing resolves but Slurm, as on clusters whose name service does not know the nodes."""
_UP_S = 30

_CONF = """\
ClusterName=mftui
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
AuthType=auth/munge
AuthInfo=socket={munge}
SlurmUser=root
SlurmdUser=root
StateSaveLocation={here}/state
SlurmdSpoolDir={here}/spool-%n
SlurmctldPidFile={here}/slurmctld.pid
SlurmdPidFile={here}/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
MinJobAge=300
NodeName={nodes[0]} NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[0]} CPUs=4
NodeName={nodes[1]} NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=4
PartitionName=all Nodes={nodes[0]},{nodes[1]} Default=YES MaxTime=INFINITE State=UP OverSubscribe=YES
"""


@dataclass(frozen=True)
class OneSlurm:
    """A Slurm that is up; `environment` is what its commands need."""

    environment: dict[str, str]

    def srun(self, *command: object, timeout_s: float = 120, **environment: str) -> Answer:
        """Run a step, to its end."""
        process = self.start("srun", *command, **environment)
        try:
            return Answer(*_ended(process, timeout_s))
        finally:
            process.kill()

    def start(self, *command: object, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            list(map(str, command)),
            env={**os.environ, **self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def _ended(process: subprocess.Popen[str], timeout_s: float) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=timeout_s)
    return process.returncode, out, err


def require_slurm() -> None:
    """Skip, with the reason, where no Slurm can be started."""
    os.environ["PATH"] += f"{os.pathsep}/usr/sbin"
    if missing := [program for program in PROGRAMS if shutil.which(program) is None]:
        pytest.skip(f"there is no {missing[0]}: apt-get install slurmctld slurmd slurm-client munge")
    if os.geteuid() != 0:
        pytest.skip("only root can start Slurm's daemons")


@contextmanager
def one_slurm() -> Iterator[OneSlurm]:
    """Start Slurm's daemons in a directory of their own, and end them afterwards."""
    require_slurm()
    with tempfile.TemporaryDirectory(prefix="slurm-") as made, ExitStack() as stack:
        here = Path(made)
        here.chmod(0o711)
        (here / "state").mkdir()
        munge = here / "munge.socket"
        conf = here / "slurm.conf"
        controller, *ports = _free_ports(3)
        host = socket.gethostname().partition(".")[0]
        conf.write_text(
            _CONF.format(here=here, host=host, munge=munge, nodes=NODES, controller=controller, ports=ports)
        )
        key = here / "munge.key"
        subprocess.run(["mungekey", "--create", f"--keyfile={key}"], check=True)
        own = [f"--{kind}-file={here}/munge.{kind}" for kind in ("pid", "log", "seed")]
        _daemon(stack, here, "munged", "--foreground", "--force", f"--socket={munge}", f"--key-file={key}", *own)
        _wait_for(munge.exists, here)
        _daemon(stack, here, "slurmctld", "-D", "-f", conf)
        for node in NODES:
            (here / f"spool-{node}").mkdir()
            _daemon(stack, here, "slurmd", "-D", "-N", node, "-f", conf)
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        slurm = OneSlurm({"SLURM_CONF": str(conf), "PATH": path})
        _wait_for(lambda: _states(slurm) == ["idle", "idle"], here)
        yield slurm
        for job in _ended(slurm.start("squeue", "-h", "-o", "%A"), _UP_S)[1].split():
            _ended(slurm.start("scancel", "--signal=KILL", "--full", job), _UP_S)


def _states(slurm: OneSlurm) -> list[str]:
    return _ended(slurm.start("sinfo", "-h", "-N", "-o", "%T"), _UP_S)[1].split()


def _free_ports(n: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(n)]
        return [one.getsockname()[1] for one in sockets]


def _daemon(stack: ExitStack, here: Path, *command: object) -> None:
    log = stack.enter_context((here / "daemons.log").open("a"))
    process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    stack.callback(_end, process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    process.kill()
    process.wait()


def _wait_for(ready: Callable[[], bool], here: Path) -> None:
    until = time.monotonic() + _UP_S
    while not ready():
        if time.monotonic() > until:
            pytest.skip(f"Slurm does not start here: {(here / 'daemons.log').read_text()[-400:]}")
        time.sleep(0.1)
