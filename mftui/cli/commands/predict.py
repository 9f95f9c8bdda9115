"""`mftui predict`: add a column of predicted ratings to a file of users and movies."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mftui.cli.shared.open_model import open_model, run_document, run_option
from mftui.cli.shared.output import force_option, json_option, note, print_file, print_json
from mftui.errors import DataError

if TYPE_CHECKING:
    from mftui.data.reading.options import ReadOptions

COLUMN = "predicted"

_LOOKED_AT = 1000
"""Rows of a file whose numbers say how decimals are written."""


class Share(click.FloatRange):
    """A number between 0 and 1; of one in percent it says how to write it."""

    def __init__(self) -> None:
        super().__init__(0, 1, min_open=True, max_open=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            return float(super().convert(value, param, ctx))
        except click.BadParameter:
            with suppress(ValueError):
                if 1 < (percent := float(value)) < 100:
                    self.fail(f"{value} is not between 0 and 1: for {percent:g} % write {percent / 100:g}.", param, ctx)
            raise


SHARE = Share()


@click.command()
@click.argument("pairs", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="PAIRS.csv")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write [default: standard output].",
)
@force_option
@run_option
@click.option(
    "--interval",
    type=SHARE,
    help="Add `std`, the standard deviation of a rating around its prediction, and `low` and `high`: the rating lies "
    "between them with this probability, such as 0.9. Needs a run that held out ratings.",
)
@click.option(
    "--quantile",
    "quantiles",
    type=SHARE,
    multiple=True,
    help="Add a column such as `q0.05`: the rating lies below it with this probability. Can be given several times.",
)
@click.option(
    "--mark-cold", is_flag=True, help="Add a column `cold`: yes if the user or the movie has no training ratings."
)
@json_option
def predict(
    pairs: Path,
    output: Path | None,
    force: bool,
    run_text: str | None,
    interval: float | None,
    quantiles: tuple[float, ...],
    mark_cold: bool,
    as_json: bool,
) -> None:
    """Predict a rating for each pair of user and movie in PAIRS.csv.

    The file needs a user column and a movie column. All its columns are kept, and `predicted` is added, with decimal
    commas where the file, or the data of the run, has them and commas are not between columns. If the model does not
    know an id, or has no training ratings of it (it is cold), it predicts from the mean and from what is
    known of the other one. If the run learned from the dates of ratings (`--features date`) and the file has a column
    such as `timestamp`, each rating is predicted for its day. If the run has an ordinal likelihood, `--json` also
    gives the probability of each step of the scale.
    """
    from mftui.data.loading.load import read_pairs
    from mftui.data.storage.results import check_result, write_result
    from mftui.engine.query.intervals import intervals_of_pairs

    if output is not None:
        check_result(output, force=force)
    run, factors = open_model(run_text)
    how = run.config().how()
    users, movies, reading, times = read_pairs(pairs, how, timed=factors.parameters.dates is not None)
    if any(use.by == "position" for use in reading.columns.values()):
        note(reading.sentence(times=False))
    user_rows, user_known = factors.user_ids.indices(users)
    movie_rows, movie_known = factors.movie_ids.indices(movies)
    predicted = factors.predict(user_rows, movie_rows, (user_known, movie_known), times)
    for what, known in (("user", user_known), ("movie", movie_known)):
        if not known.all():
            note(
                f"{(~known).sum()} of {len(known)} rows have a {what} that the model does not know: predicted from "
                "the mean and from what is known of the other one."
            )
    known = user_known & movie_known
    is_cold = ~known | factors.is_cold(user_rows, movie_rows)
    if (is_cold & known).any():
        note(f"{(is_cold & known).sum()} of {len(known)} rows have a user or movie without training ratings (cold).")
    numbers = {COLUMN: predicted}
    if interval is not None or quantiles:
        believed = intervals_of_pairs(factors, user_rows, movie_rows, (user_known, movie_known), timestamps=times)
        if interval is not None:
            numbers["std"] = believed.std
            numbers["low"], numbers["high"] = believed.interval(interval)
        numbers |= {f"q{share:g}": believed.quantile(share) for share in quantiles}
    columns = {name: [f"{value:.4f}" for value in values] for name, values in numbers.items()}
    if mark_cold:
        columns["cold"] = ["yes" if value else "no" for value in is_cold]
    if as_json:
        levels = factors.parameters.levels
        names = ("user", "movie_id", *numbers, "user_known", "movie_known", "cold")
        rows = zip(users, movies, *numbers.values(), user_known, movie_known, is_cold, strict=True)
        found = [dict(zip(names, row, strict=True)) for row in rows]
        if factors.parameters.cuts:
            logits = factors.logits(user_rows, movie_rows, (user_known, movie_known), times)
            for row, chances in zip(found, factors.parameters.response.probabilities(logits), strict=True):
                row["probabilities"] = {f"{level:g}": chance for level, chance in zip(levels, chances, strict=True)}
        print_json(run_document(run) | {"read_as": reading.document(), "predictions": found})
    elif output is None:
        print_file(_with_columns(pairs, columns, how))
    if output is not None:
        write_result(output, _with_columns(pairs, columns, how), force=force)


def _with_columns(pairs: Path, columns: Mapping[str, Sequence[str]], how: ReadOptions) -> str:
    """Return the text of the file with columns added, by name; other columns and the order of the rows stay."""
    from mftui.data.delimited.layout import recognise
    from mftui.data.forms.read import read_form
    from mftui.data.movies.texts import texts_of
    from mftui.data.sources.locate import one_file

    ref = one_file(pairs)
    table = read_form(ref, how.table or None)
    if table is not None:
        names = list(table.names) if table.header else []
        texts = [texts_of(column) for column in table.columns]
        return _csv(names, [list(row) for row in zip(*texts, strict=True)], columns, ",", "\n")
    layout = recognise(ref, how, ("user", "movie"))
    with ref.open() as file:
        text = file.read().decode("utf-8-sig" if layout.encoding == "utf-8" else layout.encoding)
    lines = io.StringIO(text, newline="")
    plain = len(layout.delimiter) > 1 or not layout.quoted
    try:
        rows = (
            layout.split([line.rstrip("\r\n") for line in lines])
            if plain
            else list(csv.reader(lines, delimiter=layout.delimiter))
        )
    except csv.Error as error:
        raise DataError(f"not a table ({error}).", path=pairs) from error
    headings = [row for row in rows[: layout.skip_lines] if _filled(row)][-1:] if layout.header else []
    body = [row for row in rows[layout.skip_lines :] if _filled(row)]
    if layout.delimiter != "," and _decimal(body[:_LOOKED_AT], how) == ",":
        columns = {name: [text.replace(".", ",") for text in texts] for name, texts in columns.items()}
    end = "\r\n" if "\r\n" in text else "\n"
    return _csv(headings[0] if headings else [], body, columns, layout.delimiter, end, quoted=not plain)


def _csv(
    names: Sequence[str],
    body: Sequence[Sequence[str]],
    columns: Mapping[str, Sequence[str]],
    delimiter: str,
    end: str,
    quoted: bool = True,
) -> str:
    """Return rows as text with columns added; those of the same names, from an earlier prediction, go."""
    added = list(zip(*columns.values(), strict=True))
    if len(body) != len(added):
        hint = "Put each pair on a line of its own."
        raise DataError(f"{len(body)} rows, but {len(added)} pairs.", hint=hint)
    old = {at for at, name in enumerate(names) if name.strip() in columns}
    kept = [[text for at, text in enumerate(row) if at not in old] for row in ([names] if names else []) + list(body)]
    extra = ([tuple(columns)] if names else []) + added
    table = [[*row, *values] for row, values in zip(kept, extra, strict=True)]
    if not quoted:
        between = "\t" if delimiter.isspace() and delimiter != " " else delimiter
        return "".join(between.join(row) + end for row in table)
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(table)
    return out.getvalue()


def _decimal(rows: Sequence[Sequence[str]], how: ReadOptions) -> str:
    """Return what stands before decimals in rows of text; where none has any, in the data that the run learned from."""
    from mftui.data.delimited.layout import is_decimal_comma
    from mftui.data.delimited.positions import is_number

    texts = [text.strip() for row in rows for text in row]
    if any(is_decimal_comma(text) for text in texts):
        return ","
    has_points = any("." in text and is_number(text) for text in texts)
    return how.like.decimal if how.like is not None and how.like.decimal and not has_points else "."


def _filled(row: Iterable[str]) -> bool:
    return any(field.strip() for field in row)
