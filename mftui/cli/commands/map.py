"""`mftui map`: place the movies of a model in two dimensions."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from mftui.api.rows import movie_row
from mftui.cli.shared.open_model import model_label, open_model, run_document, run_option
from mftui.cli.shared.output import json_option, print_json, print_table, progress_bar
from mftui.errors import UsageError
from mftui.text import whole_number

if TYPE_CHECKING:
    from mftui.engine.insight.layout import Layout
    from mftui.engine.insight.principal_axes import Axes
    from mftui.engine.model.factors import Factors


class Pair(click.ParamType[tuple[int, int]]):
    """The numbers of two axes, such as `1,2`."""

    name = "pair"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        parts = [part.strip() for part in str(value).split(",")]
        if len(parts) != 2 or not all(part.isascii() and 0 < (whole_number(part) or 0) < 10**6 for part in parts):
            self.fail(f"{value!r} is not a pair of axes; write 1,2.", param, ctx)
        return int(parts[0]), int(parts[1])


@click.command("map")
@run_option
@click.option(
    "-n",
    "n",
    default=20,
    show_default=True,
    type=click.IntRange(0),
    help="How many movies, the most rated first; 0 for all.",
)
@click.option(
    "--axes", "pair", type=Pair(), default="1,2", show_default=True, metavar="X,Y", help="The principal axes to use."
)
@click.option("--tsne", is_flag=True, help="Use t-SNE instead of axes; this takes a while.")
@click.option(
    "--by", type=click.Choice(("taste", "audience")), default="taste", show_default=True, help="Which factors to use."
)
@json_option
def map_command(run_text: str | None, n: int, pair: tuple[int, int], tsne: bool, by: Any, as_json: bool) -> None:
    """Place movies in two dimensions: by two principal axes of their factors, or by t-SNE."""
    import numpy as np

    from mftui.engine.insight.layout import pair_layout
    from mftui.engine.insight.principal_axes import principal_axes

    run, model = open_model(run_text)
    axes = principal_axes(model, by)
    if max(pair) > len(axes.shares):
        raise UsageError(f"there is no axis {max(pair)}.", hint=f"The model has {len(axes.shares)} axes.")
    trained = model.movie_train_counts > 0
    layout = _tsne(axes, model) if tsne else pair_layout(axes, trained, *pair)
    order = np.argsort(-model.movie_counts, kind="stable")
    movies = order[trained[order]][: n or None]
    places = zip(movies, layout.points[movies], strict=True)
    points = [movie_row(model, movie) | {"x": x, "y": y} for movie, (x, y) in places]
    if as_json:
        return print_json(run_document(run) | {"layout": layout.name, "by": by, "points": points})
    rows = [[p["x"], p["y"], p["title"], ", ".join(p["genres"]), p["n_ratings"]] for p in points]
    print_table(["x", "y", "title", "genres", "ratings"], rows, f"Movies by {layout.name}; {model_label(run, model)}")
    return None


def _tsne(axes: Axes, model: Factors) -> Layout:
    """Place movies by t-SNE, with a progress bar on standard error if that is a terminal."""
    from mftui.engine.insight.layout import tsne_layout

    with progress_bar(shown=sys.stderr.isatty()) as bar:
        task = bar.add_task("t-SNE", total=1.0)
        layout = tsne_layout(axes, model.movie_train_counts, lambda share: bar.update(task, completed=share))
    assert layout is not None  # nobody cancels it
    return layout
