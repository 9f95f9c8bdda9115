"""Messages between the tasks of a step: each a line of JSON, over TCP."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import time
from collections.abc import Iterable
from typing import Any

_MOST_BYTES = 1 << 22
"""Of one message."""
_SEND_S = 10.0


class LineLost(Exception):
    """Is raised where the other end is gone, or says what is no message."""


class Line:
    """A connection to another task."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self._received = b""
        self.ends = _numeric(connection.getsockname()), _numeric(connection.getpeername())
        """The numeric addresses of this end and of the other."""
        connection.settimeout(_SEND_S)
        _notice_dead_peers(connection)

    def fileno(self) -> int:
        """Return the number by which `select` knows it."""
        return self.socket.fileno()

    def send(self, message: dict[str, Any]) -> None:
        """Send one message. Raises LineLost."""
        try:
            self.socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise LineLost from error

    def receive(self, until: float) -> dict[str, Any] | None:
        """Return the next message; None if it has not come whole by the moment `until`. Raises LineLost."""
        while b"\n" not in self._received:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self], [], [], left)[0]:
                return None
            self.take()
        return self.next()

    def take(self) -> None:
        """Take what has come, without waiting. Raises LineLost."""
        try:
            found = self.socket.recv(1 << 16)
        except OSError as error:
            raise LineLost from error
        self._received += found
        if not found or len(self._received) > _MOST_BYTES:
            raise LineLost

    def next(self) -> dict[str, Any] | None:
        """Return the next message of those that have come whole. Raises LineLost."""
        line, end, rest = self._received.partition(b"\n")
        if not end:
            return None
        self._received = rest
        try:
            message = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise LineLost from error
        if not isinstance(message, dict):
            raise LineLost
        return message

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.close()


def listen(ports: Iterable[int]) -> socket.socket | None:
    """Listen on the first of `ports` that no program of this machine uses; None if all are in use."""
    both = socket.has_dualstack_ipv6()
    for port in ports:
        with contextlib.suppress(OSError):
            family = socket.AF_INET6 if both else socket.AF_INET
            return socket.create_server(("", port), family=family, dualstack_ipv6=both, backlog=1024)
    return None


def _numeric(address: tuple[Any, ...]) -> str:
    """Return the numeric address of one end of a connection, that of IPv4 in its own form."""
    return str(address[0]).removeprefix("::ffff:")


def is_loopback(address: str) -> bool:
    """Return whether only this machine itself can be reached by `address`."""
    return address.startswith("127.") or address == "::1"


def with_port(address: str, port: int) -> str:
    """Return `address:port` as TensorFlow reads it."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _notice_dead_peers(connection: socket.socket) -> None:
    """Let the kernel end a connection to a machine that is gone, within about half a minute."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
