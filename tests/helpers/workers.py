"""Workers of one training: the same command in several processes, on this machine."""

from __future__ import annotations

import json
import socket
import subprocess
from contextlib import ExitStack

from helpers.command import launch

WAIT_S = "8"
"""How long they wait for one that is gone."""


def launch_workers(*commands: tuple[object, ...]) -> list[subprocess.Popen[str]]:
    """A process for each command, the chief first."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in commands]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        addresses = [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    return [
        launch(*command, TF_CONFIG=tf_config(addresses, index), MFTUI_WORKER_SECONDS=WAIT_S)
        for index, command in enumerate(commands)
    ]


def tf_config(addresses: list[str], index: int) -> str:
    """What says that this process is worker `index` of those at `addresses`."""
    return json.dumps({"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}})
