"""The option `--columns`: which columns of a file are user, movie, rating and timestamp."""

from __future__ import annotations

from typing import Any

import click


class Columns(click.ParamType[dict[str, str]]):
    """`user=uid,movie=film,rating=stars`, as a mapping of roles to names."""

    name = "columns"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, str]:
        columns: dict[str, str] = {}
        for pair in value.split(","):
            role, equals, name = (part.strip() for part in pair.partition("="))
            if not (equals and role and name):
                self.fail(f"{pair!r} is not of the form role=column, such as user=customer_id.", param, ctx)
            columns[role] = name
        return columns


columns_option = click.option(
    "--columns",
    type=Columns(),
    metavar="user=…,movie=…,rating=…",
    help="Names of the columns: user, movie, rating and timestamp.",
)
