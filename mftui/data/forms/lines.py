"""Lines of other programs: libFM and svmlight, KONECT, MatrixMarket, ARFF; and those that hold no ratings."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from mftui.data.forms.table import POSITIONS, Ask, Table, damaged_form, of_values, refused, whole_numbers
from mftui.data.forms.words import decoded
from mftui.data.storage.files import FileRef
from mftui.errors import DataError

_VALUE = rb"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
FEATURES = re.compile(
    rb"(?:#[^\n]*\n)*" + _VALUE + rb"(?:[ \t]+\d+:(?:\d+:)?" + _VALUE + rb")+[ \t]*(?:#[^\n]*)?\r?(?:\n|$)"
)
QUERIES = re.compile(_VALUE + rb"[ \t]+qid:\d+[ \t]")
_WABBIT = re.compile(_VALUE + rb"(?:[ \t]+" + _VALUE + rb"){0,2}[ \t]+(?:'?[\w-]+)?\|([A-Za-z]\w*)[ \t]+[^ \t|]")
KONECT = re.compile(rb"%[ \t]*(?:a?sym|bip)\b", re.IGNORECASE)
ARFF = re.compile(rb"(?:[ \t]*%[^\n]*\n|[ \t]*\r?\n)*[ \t]*@relation\b", re.IGNORECASE)
_ROW = re.compile(r"\d+(?:[ \t]+\d+)*")
_ONE_HOT = 2
_LINE_BYTES = 1 << 16
_TRIPLES = "Give a table with one row for each rating: user, movie, rating."


def read_features(ref: FileRef, ask: Ask) -> Table:
    """Read lines as `5 0:1 943:1`: the rating, then the user and the movie as features that are 1."""
    import pandas as pd

    form = "lines of libFM (svmlight)"
    with ref.open() as file:
        text = (
            file.read().decode("latin-1")
            if ask.rows is None
            else file.read(1 << 20).rpartition(b"\n")[0].decode("latin-1")
        )
    lines = pd.Series(text.split("\n")).str.partition("#")[0].str.strip()
    numbered = lines[lines != ""]
    parts = numbered.str.extract(r"^(\S+)\s+(?:\d+:)?(\d+):1(?:\.0*)?\s+(?:\d+:)?(\d+):1(?:\.0*)?$")
    bad = parts[0].isna()
    if bad.any():
        at = int(str(bad.idxmax()))
        n = len(str(numbered[at]).split()) - 1
        what = "the features are" if n == _ONE_HOT else f"line {at + 1} has {n} feature{'s' * (n != 1)},"
        raise refused(
            ref,
            f"{form}, and {what} not just a user's and a movie's (two, each 1)",
            "Write the ratings as CSV: user,movie,rating.",
        )
    columns = [_numbers(parts[at]) for at in (1, 2, 0)]
    return Table(form, POSITIONS[:3], True, columns)


def _numbers(text: Any) -> Any:
    import pyarrow as pa

    return whole_numbers(pa.chunked_array([pa.array(text.to_numpy(dtype="float64"))]))


def read_konect(ref: FileRef, ask: Ask) -> Table:
    """Read a network of KONECT: lines of % first, then user, movie, rating and time by blanks."""
    form = "a network of KONECT"
    columns = _by_blanks(ref, form, ask)
    if len(columns) < len(POSITIONS[:3]):
        raise refused(ref, f"{form} without ratings: pairs only", "Give one whose lines have a third number.")
    names = POSITIONS[: len(columns)]
    return Table(form, names, False, columns[: len(names)])


def read_matrix_market(ref: FileRef, ask: Ask) -> Table:
    """Read a MatrixMarket file: the row is the user, the column the movie, both from 1 as in the file.

    SciPy has a reader; damaged files end the process in it.
    """
    form = "a MatrixMarket file"
    with ref.open() as file:
        kind = file.readline(_LINE_BYTES).decode("latin-1").lower().split()[2:]
        size, n_skipped = file.readline(_LINE_BYTES), 2
        while size.startswith(b"%") or (size and not size.strip()):
            size, n_skipped = file.readline(_LINE_BYTES), n_skipped + 1
    shape = " by ".join(part.decode("latin-1") for part in size.split()[:2])
    if kind[:1] != ["coordinate"]:
        raise refused(ref, f"{form}, a full matrix of {shape}", _TRIPLES)
    if kind[1:] not in (["real", "general"], ["integer", "general"]):
        raise refused(ref, f"{form} of the kind {' '.join(kind[1:])}: no ratings of users by movies", _TRIPLES)
    columns = _by_blanks(ref, form, ask, n_skipped)
    wanted = size.split()[2:3]
    if len(columns) != len(POSITIONS[:3]) or not wanted or not wanted[0].isdigit():
        raise damaged_form(ref, form, ValueError("the size, or a column, is missing"))
    if ask.rows is None and len(columns[0]) != int(wanted[0]):
        raise damaged_form(ref, form, ValueError(f"{len(columns[0]):,} of {int(wanted[0]):,} lines"))
    return Table(form, POSITIONS[:3], True, columns)


def _by_blanks(ref: FileRef, form: str, ask: Ask, n_skipped: int = 0) -> list[Any]:
    """Return the columns of lines of numbers with blanks between, without those that begin with %."""
    import pandas as pd
    import pyarrow as pa

    with ref.open() as file:
        try:
            frame = pd.read_csv(file, sep=r"\s+", comment="%", header=None, skiprows=n_skipped, nrows=ask.rows)
            arrays = [pa.Array.from_pandas(frame[at]) for at in frame.columns]
        except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError, pa.ArrowException) as error:
            raise damaged_form(ref, form, error) from error
    if any(pa.types.is_string(array.type) or pa.types.is_large_string(array.type) for array in arrays[:3]):
        raise damaged_form(ref, form, ValueError("not all are numbers"))
    return [whole_numbers(pa.chunked_array([array])) for array in arrays]


def read_arff(ref: FileRef, ask: Ask) -> Table:
    """Read an ARFF file of Weka where SciPy reads it: numbers and nominal values."""
    from scipy.io import arff  # type: ignore[import-untyped]

    form = "an ARFF file"
    with ref.open() as file:
        text = decoded(file.read())
    try:
        data, meta = arff.loadarff(io.StringIO(text))
    except NotImplementedError as error:
        hint = "Write its rows as CSV, with a header of the attributes' names."
        raise refused(ref, f"{form} with attributes of text, which are not read", hint) from error
    except Exception as error:  # SciPy's reader raises what its parts do
        raise damaged_form(ref, form, error) from error
    names = tuple(meta.names())
    _check_widths(ref, form, text, len(names))
    columns = []
    for name in names:
        values = data[name]
        if values.dtype.kind == "S":
            columns.append(of_values([[value.decode("utf-8", "replace") for value in values.tolist()]]))
        else:
            import pyarrow as pa

            columns.append(whole_numbers(pa.chunked_array([pa.array(values, from_pandas=True)])))
    return Table(form, names, True, columns)


def _check_widths(ref: FileRef, form: str, text: str, width: int) -> None:
    """Raise DataError at the first row that has more values than attributes: SciPy would leave them out."""
    lines = text.splitlines()
    start = next(at for at, line in enumerate(lines) if line.strip().lower().startswith("@data")) + 1
    for at, row in enumerate(csv.reader(lines[start:], quotechar="'", skipinitialspace=True), start + 1):
        if len(row) > width and not row[0].startswith("%"):
            what = f"{form}, but the line has {len(row)} values and there are {width} attributes"
            raise DataError(f"this is {what}.", path=ref, line=at, hint="Mend or remove the line.")


def is_wabbit(head: bytes) -> bool:
    """Return whether a file begins as examples of Vowpal Wabbit, all with the same first namespace."""
    found = [_WABBIT.match(line) for line in _whole_lines(head)[:20]]
    return bool(found) and len({match and match.group(1) for match in found}) == 1 and found[0] is not None


def is_lists(head: bytes) -> bool:
    """Return whether a file begins as lists of items: lines of whole numbers, of different length or none twice."""
    lines = [line.decode("latin-1") for line in _whole_lines(head)[:50]]
    if len(lines) < 3 or not all(_ROW.fullmatch(line) for line in lines):
        return False
    rows = [line.split() for line in lines]
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        return len(lengths) > 2 or max(lengths) > 5
    return max(lengths) > 8 and all(len(set(row[1:])) == len(row) - 1 for row in rows)


def _whole_lines(head: bytes) -> list[bytes]:
    lines = head.split(b"\n")
    return [line.strip() for line in (lines[:-1] if len(lines) > 1 else lines) if line.strip()]
