"""A group of commands that lists what there is where no command is given."""

from __future__ import annotations

import click


class ListingGroup(click.Group):
    """`mftui runs` is `mftui runs ls`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take `ls` where nothing is said."""
        return super().parse_args(ctx, args or ["ls"])
