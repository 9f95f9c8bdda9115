"""The group of all commands, and the options of the app."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from mftui.applog import start_log
from mftui.cli.opening import open_app
from mftui.version import __version__

COMMANDS = {
    "train": ("train:train", "Train a model (the same as `mftui --headless`)."),
    "runs": ("runs.runs:runs", "List, compare, stop, label and delete runs."),
    "similar": ("similar:similar", "List the movies most like a movie."),
    "user": ("user:user", "Show a user's ratings next to the model's predictions."),
    "recommend": ("recommend:recommend", "Recommend movies to a user, or for your own ratings, and say why."),
    "suggest": ("suggest:suggest", "Suggest movies to rate: those whose ratings would say most about you."),
    "rate": ("ratings.rate:rate", "Rate a movie; then try `mftui recommend --ratings @`."),
    "ratings": ("ratings.ratings:ratings", "Your own ratings: list, remove, undo, import, export."),
    "factors": ("factors:factors_command", "Show what the model learned, axis by axis."),
    "map": ("map:map_command", "Place the movies in two dimensions, by axes or by t-SNE."),
    "predict": ("predict:predict", "Predict a rating for each user and movie in a CSV file."),
    "export": ("export:export", "Export a model: SavedModel, projector, CSV, Parquet, HDF5."),
    "report": ("report:report", "Write a report on a run as one HTML page."),
    "recipes": ("train:recipes", "List the recipes, the ways to train."),
    "tune": ("tune:tune", "Search for better settings of a recipe; every trial is a run."),
    "evaluate": ("evaluate:evaluate", "Measure a model and simple baselines on test ratings."),
    "data": ("data:data", "Data sets: list, download, inspect, generate."),
    "paths": ("doctor.doctor:paths", "Show where mftui keeps its files."),
    "completion": ("shell_completion:completion", "Print the script for completion in bash, zsh or fish."),
    "doctor": ("doctor.doctor:doctor", "Check this machine, and say how to fix what is missing."),
}
"""Name: where in `commands` it lives, and its line in the help (so that the help imports no command)."""

HELP = """Train a movie recommender by matrix factorization, watch it learn, and explore what it learned.

Without a command, mftui opens the app. `mftui --headless` trains without the app, like `mftui train`.

\b
Completion by the tab key, in bash (zsh and fish: mftui completion --help):
  eval "$(mftui completion bash)"                          in ~/.bashrc"""


class LazyGroup(click.Group):
    """A group of the commands in COMMANDS, which imports only the one that is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(f"mftui.cli.commands.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def nearest_command(error: click.ClickException, arguments: Sequence[str]) -> str:
    """Return what to add where a word is no command: the one that was probably meant; "" where there is none."""
    ctx = getattr(error, "ctx", None)
    if not isinstance(error, click.UsageError) or ctx is None or not isinstance(ctx.command, click.Group):
        return ""
    if "Did you mean" in error.format_message():  # click's own, of a group that has imported its commands
        return ""
    names = ctx.command.list_commands(ctx)
    unknown = next((word for word in arguments if repr(word) in error.message and word not in names), "")
    near = get_close_matches(unknown, names, 1) if unknown else []
    return f"Did you mean `{ctx.command_path} {near[0]}`?" if near else ""


@click.group(
    cls=LazyGroup, help=HELP, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="mftui")
@click.option("--headless", is_flag=True, help="Train without the app; accepts all options of `mftui train`.")
@click.option("--ascii", is_flag=True, help="Draw the app with ASCII characters only.")
@click.option("--low-bandwidth/--full-bandwidth", default=None, help="Redraw the app less often [default: over SSH].")
@click.option("--mouse/--no-mouse", default=None, help="Use the mouse in the app, or leave it to the terminal.")
@click.option("--tour", is_flag=True, help="Take a two-minute tour of the app: train, find neighbours, look at a user.")
@click.option("--debug", is_flag=True, help="Write more into the log; `mftui paths` shows where it is.")
@click.pass_context
def mftui(ctx: click.Context, /, headless: bool, debug: bool, **of_app: Any) -> int:
    if debug or ctx.invoked_subcommand is None:
        start_log(debug=debug)
    return open_app(of_app) if ctx.invoked_subcommand is None else 0


def with_headless(arguments: list[str]) -> list[str]:
    """Return `--headless …` as `train …`, unless a command comes first."""
    if "--headless" not in arguments or arguments[0] in COMMANDS:
        return arguments
    at = arguments.index("--headless")
    return ["train", *arguments[:at], *arguments[at + 1 :]]
