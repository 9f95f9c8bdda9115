"""The options that say how files of ratings are to be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from mftui.data.reading.options import DOUBTS, WIDE, ReadOptions, columns_said
from mftui.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])
NAMES = ("columns", "missing", "counts", "wide", "table", "accept")


class Columns(click.ParamType[dict[str, str]]):
    """`user=uid,movie=film,rating=stars`, as a mapping of roles to names."""

    name = "columns"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, str]:
        try:
            return columns_said(value)
        except UsageError as error:
            self.fail(str(error), param, ctx)


def reading_options(command: F) -> F:
    """Add the options that say how a file is to be read."""
    for option in (
        click.option(
            "--accept",
            multiple=True,
            type=click.Choice(DOUBTS),
            help="Train although mftui doubts the data in this respect. Can be given several times.",
        ),
        click.option("--table", metavar="NAME", help="The sheet or table, in a file that has several."),
        click.option(
            "--wide",
            type=click.Choice([*WIDE, "auto"]),
            help="The file is a matrix: what is a row of it? The columns are the other.",
        ),
        click.option("--counts", is_flag=True, help="The ratings are counts (plays): turn them into grades."),
        click.option(
            "--missing",
            multiple=True,
            metavar="VALUE",
            help='What stands for "not rated": such rows are left out. "blank": an empty field; "none": every number '
            "is a rating. Can be given several times.",
        ),
        click.option(
            "--columns",
            type=Columns(),
            metavar="user=…,movie=…,rating=…",
            help="The columns for user, movie, rating and timestamp: names, or positions from 1. timestamp=none: "
            "without times.",
        ),
    ):  # the last one comes first in the help
        command = option(command)
    return command


def read_options(options: Mapping[str, Any]) -> ReadOptions:
    """Return what the options say."""
    given = {name: options[name] for name in NAMES if options.get(name)}
    return ReadOptions(**given)
