"""`mftui factors`: show what the model learned, axis by axis."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from mftui.api.rows import movie_row
from mftui.cli.shared.open_model import model_label, open_model, run_document, run_option
from mftui.cli.shared.output import Cell, json_option, note, print_json, print_line, print_table
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.engine.insight.principal_axes import Axis
    from mftui.engine.model.factors import Factors

_TRAITS = 6


@click.command("factors")
@run_option
@click.option("-n", "n", default=6, show_default=True, type=click.IntRange(1), help="How many axes to show.")
@click.option("--axis", "number", type=click.IntRange(1), help="Show everything about this axis.")
@click.option("--films", default=8, show_default=True, type=click.IntRange(1), help="Films at each end.")
@click.option(
    "--by", type=click.Choice(("taste", "audience")), default="taste", show_default=True, help="Which factors to use."
)
@click.option(
    "--min-ratings", type=click.IntRange(1), help="Only films with at least this many training ratings [default: 20]."
)
@json_option
def factors_command(
    run_text: str | None, n: int, number: int | None, films: int, by: Any, min_ratings: int | None, as_json: bool
) -> None:
    """Show the axes along which films and users differ.

    For each axis: the films at both ends, the genres and decades that correlate with it (with a 95 % interval), and
    how far users spread along it. The factors are rotated to their principal axes, the largest variance first; this
    does not change predictions.
    """
    from mftui.engine.insight.principal_axes import principal_axes

    run, model = open_model(run_text)
    axes = principal_axes(model, by, least_ratings=min_ratings)
    if not len(axes.known):
        raise UsageError(f"no film has {axes.least_ratings} training ratings.", hint="Give a smaller --min-ratings.")
    numbers = [number] if number else range(1, min(n, len(axes.shares)) + 1)
    told = [axes.axis(at, films) for at in numbers]
    if as_json:
        about = {"by": by, "n_axes": len(axes.shares), "min_ratings": axes.least_ratings, "n_movies": len(axes.known)}
        return print_json(run_document(run) | about | {"axes": [_document(model, axis) for axis in told]})
    title = f"Axes of {by}; {model_label(run, model)}"
    if number:
        return _print_one(model, told[0], title)
    rows: list[list[Cell]] = [
        [axis.number, f"{axis.share:.1%}", axis.users.std, _named(axis, 1), _named(axis, -1), *_ends(model, axis)]
        for axis in told
    ]
    print_table(["axis", "share", "users' spread", "+", "-", "+ films", "- films"], rows, title)
    note(
        f"From {len(axes.known):,} films with at least {axes.least_ratings} training ratings. "
        "Only genres and decades with a significant correlation are listed. --axis 1 shows everything about one axis."
    )
    return None


def _print_one(model: Factors, axis: Axis, title: str) -> None:
    ends = [[_title(model, one), _title(model, other)] for one, other in zip(axis.high, axis.low, strict=True)]
    print_table(["+ end", "- end"], ends, f"{title}: axis {axis.number}, {axis.share:.1%} of the variance")
    print_line()
    rows: list[list[Cell]] = [
        [t.name, t.r, f"{t.low:+.2f} … {t.high:+.2f}", "yes" if t.sure else "no", t.n] for t in axis.traits
    ]
    print_table(["correlates with", "r", "95 %", "significant", "films"], rows, formats={"r": "+.2f"})
    print_line()
    quantiles = " ".join(f"{q:+.2f}" for q in axis.users.quantiles)
    print_line(f"Users: mean {axis.users.mean:+.2f}, deviation {axis.users.std:.2f}; 5, 25, 50, 75, 95 %: {quantiles}")


def _document(model: Factors, axis: Axis) -> dict[str, Any]:
    return {
        "axis": axis.number,
        "share": axis.share,
        "logits": axis.logits,
        "high": [movie_row(model, movie) for movie in axis.high],
        "low": [movie_row(model, movie) for movie in axis.low],
        "traits": [asdict(trait) for trait in axis.traits],
        "users": asdict(axis.users),
    }


def _named(axis: Axis, sign: int) -> str:
    return ", ".join(t.name for t in axis.sure_traits(sign)[:_TRAITS])


def _ends(model: Factors, axis: Axis) -> list[Cell]:
    return ["; ".join(_title(model, movie) for movie in end[:3]) for end in (axis.high, axis.low)]


def _title(model: Factors, movie: Any) -> str:
    return model.movies.titles[movie]
