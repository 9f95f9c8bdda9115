"""The `mftui` command: one thin module for each group of commands, each imported only when it is used.

May import: applog, cli.shells, errors, limits, reports, streams, text, tui, version.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Sequence

from mftui import limits
from mftui.applog import start_log
from mftui.cli.opening import open_app
from mftui.errors import MftuiError, TitleError, machine_fault
from mftui.streams import OutputLost, drop_output, end_process, forget_absurd_sizes, open_streams
from mftui.text import visible


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit the process."""
    open_streams()
    forget_absurd_sizes(os.environ)
    limits.be_thrifty(os.environ)
    limits.watch()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = run_command(given)
    except (MemoryError, SystemError):  # even for the words there is none
        code = 1
        with contextlib.suppress(OSError):
            os.write(2, f"mftui: out of memory. {limits.words()}\n".encode())
    limits.leave()
    if arguments is None:
        end_process(code)
    sys.exit(code)


def run_command(arguments: list[str]) -> int:
    """Run one command line and return its exit code: 0 done, 1 failed, 2 wrong usage or bad input, 130 interrupted."""
    if asked := os.environ.get("_MFTUI_COMPLETE"):  # a completion script of ours
        from mftui.cli.group import mftui, with_headless
        from mftui.cli.shells.answer import answer

        return answer(mftui, asked, arguments, with_headless)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except OutputLost as lost:
        drop_output()
        return 1 if lost.reader_gone else _report(str(lost), 1)
    return code


def _run(arguments: list[str]) -> int:
    try:
        if arguments:
            return _click(arguments)
        start_log()  # the app comes up without click, which takes as long to import as its screen to draw
        return open_app({})
    except OutputLost:
        raise
    except TitleError as error:
        return _report(error.message, error.exit_code, [f"{raw!s:>8}  {title}" for raw, title in error.candidates])
    except MftuiError as error:
        return _report(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _report("interrupted.", 130)
    except Exception as error:  # noqa: BLE001  # the machine's, or a bug: then write a report and say so in a few lines
        fault = machine_fault(error)
        return _report(fault, 1) if fault else _crashed(error)


def _click(arguments: list[str]) -> int:
    """Run a command line with words in it."""
    import click

    from mftui.cli.group import mftui, nearest_command, with_headless

    try:
        code = mftui.main(with_headless(arguments), prog_name="mftui", standalone_mode=False)
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        said = shown.getvalue().rstrip("\n").split("\n")
        meant = nearest_command(error, arguments)
        return _write([*said, meant] if meant else said, error.exit_code)
    except click.Abort:
        raise KeyboardInterrupt from None
    return code if isinstance(code, int) else 0


def _crashed(error: Exception) -> int:
    from mftui.reports import report_crash

    crash = report_crash(error)
    return _write([str(crash)], 1)


def _report(message: str, code: int, lines: Sequence[str] = ()) -> int:
    return _write([*f"mftui: {message}".split("\n"), *lines], code)


def _write(lines: Sequence[str], code: int) -> int:
    """Write to standard error, and return the exit code."""
    import click

    with contextlib.suppress(OSError):
        for line in lines:
            click.echo(visible(line), err=True)
    return code
