"""The `mftui` command: one thin module for each group of commands, each imported only when it is used."""

from __future__ import annotations


def main() -> None:
    raise SystemExit("not yet")
