"""The `mftui` command: one thin module for each group of commands, each imported only when it is used.

May import: applog, errors, reports, text, tui, version.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import click

from mftui.applog import start_log
from mftui.errors import MftuiError, TitleError, UsageError
from mftui.text import visible
from mftui.version import __version__

COMMANDS = {
    "train": ("mftui.cli.commands.train:train", "Train a model (the same as `mftui --headless`)."),
    "runs": ("mftui.cli.commands.runs.runs:runs", "List, compare, stop, annotate and delete trainings."),
    "similar": ("mftui.cli.commands.query:similar", "The latent neighbours of a movie."),
    "user": ("mftui.cli.commands.query:user", "What a user rated, beside what the model predicts."),
    "recommend": ("mftui.cli.commands.recommend:recommend", "Movies for a user, or for your own ratings, and why."),
    "suggest": ("mftui.cli.commands.recommend:suggest", "What to rate next: the films that would tell most about you."),
    "rate": (
        "mftui.cli.commands.ratings.rate:rate",
        "Rate a movie yourself; then try `recommend --ratings @`.",
    ),
    "ratings": (
        "mftui.cli.commands.ratings.ratings:ratings",
        "Your own ratings: list, undo, import, export.",
    ),
    "factors": ("mftui.cli.commands.factors:factors_command", "What the model learned, axis by axis."),
    "map": ("mftui.cli.commands.map:map_command", "The movies in two dimensions: by axes or by t-SNE."),
    "predict": ("mftui.cli.commands.predict:predict", "Predicted ratings for the pairs of a CSV file."),
    "export": ("mftui.cli.commands.export:export", "Take a model along: SavedModel, projector, CSV, Parquet, HDF5."),
    "report": ("mftui.cli.commands.report:report", "One page about a run, to look at and to pass on."),
    "tune": ("mftui.cli.commands.tune:tune", "Search better settings of a recipe; every trial is a run."),
    "evaluate": ("mftui.cli.commands.evaluate:evaluate", "Measure a model, beside simple baselines."),
    "data": ("mftui.cli.commands.data:data", "Data sets: list, fetch, inspect, synthesize."),
    "paths": ("mftui.cli.commands.doctor.doctor:paths", "Where mftui keeps its files."),
    "doctor": ("mftui.cli.commands.doctor.doctor:doctor", "What works here, and what to do about the rest."),
}
"""Name: where the command lives, and its line in the help (so that help imports none of them)."""

_NOT_OURS = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.EFBIG,
    errno.ENOMEM,
    errno.EMFILE,
)
"""What the machine refuses: worth a message, no report."""

HELP = """Train a movie recommender by matrix factorization, watch it learn, browse what it learned.

Without a command: the app. With --headless: a training without the app, as `mftui train`.

\b
Shell completion, for example in ~/.bashrc:
  eval "$(_MFTUI_COMPLETE=bash_source mftui)"
zsh and fish: zsh_source and fish_source instead of bash_source."""


class LazyGroup(click.Group):
    """A group that knows its commands by table, and imports the one that is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    help=HELP,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="mftui")
@click.option("--headless", is_flag=True, help="Train without the app; takes all options of `mftui train`.")
@click.option("--ascii", is_flag=True, help="Draw the app with ASCII characters only.")
@click.option("--low-bandwidth/--full-bandwidth", default=None, help="Redraw the app rarely; by default under SSH.")
@click.option("--mouse/--no-mouse", default=None, help="Take clicks, or leave the mouse to the terminal.")
@click.option("--tour", is_flag=True, help="Two minutes in the app, by hand: train, neighbours, a user.")
@click.option("--debug", is_flag=True, help="Log more; `mftui paths` says where the log is.")
@click.pass_context
def mftui(ctx: click.Context, /, headless: bool, debug: bool, **of_app: Any) -> int:
    if debug or ctx.invoked_subcommand is None:
        start_log(debug=debug)
    return _app(of_app) if ctx.invoked_subcommand is None else 0


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit the process."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(run_command(given))


def _app(options: Mapping[str, Any]) -> int:
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError("the app needs a terminal, and this is none.", hint="Train without: mftui --headless.")
    if os.environ.get("TERM") in ("dumb", "unknown"):
        raise UsageError(f"the app cannot draw on TERM={os.environ['TERM']}.", hint="Train without: mftui --headless.")
    from mftui.tui.app import run

    return run(**options)


def _headless(arguments: list[str]) -> list[str]:
    """`--headless …` as `train …`, unless a command comes first."""
    if "--headless" not in arguments or arguments[0] in COMMANDS:
        return arguments
    at = arguments.index("--headless")
    return ["train", *arguments[:at], *arguments[at + 1 :]]


def run_command(arguments: list[str]) -> int:
    """Run one command line. The exit code: 0 done, 1 it failed, 2 wrong usage or bad input, 130 interrupted."""
    try:
        code = mftui.main(_headless(arguments), prog_name="mftui", standalone_mode=False)
        sys.stdout.flush()
    except TitleError as error:
        return _report(str(error), error.exit_code, [f"{raw!s:>8}  {title}" for raw, title in error.candidates])
    except MftuiError as error:
        return _report(str(error), error.exit_code)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return _report("interrupted.", 130)
    except OSError as error:
        if error.errno in (errno.EPIPE, errno.EIO):
            # Nobody reads any more: not worth a word, also not when Python flushes on its way out.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return 1
        if error.errno in _NOT_OURS:
            file = f"{error.filename}: " if error.filename else ""
            return _report(f"{file}{error.strerror}.", 1)
        return _crashed(error)
    except MemoryError:
        return _report("out of memory. Use a smaller data set or model, or a machine with more.", 1)
    except Exception as error:  # noqa: BLE001  # what nobody foresaw: kept in a report, told in a few lines
        return _crashed(error)
    return code if isinstance(code, int) else 0


def _crashed(error: Exception) -> int:
    from mftui.reports import report_crash

    crash = report_crash(error)
    with contextlib.suppress(OSError):
        click.echo(str(crash), err=True)
    return 1


def _report(message: str, code: int, lines: Sequence[str] = ()) -> int:
    with contextlib.suppress(OSError):
        for line in (f"mftui: {message}", *lines):
            click.echo(visible(line), err=True)
    return code
