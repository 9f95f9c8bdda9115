"""Forms that hold no ratings, or that are not read: named, with what to do."""

from __future__ import annotations

import re

from mftui.data.forms.lines import QUERIES, is_lists, is_wabbit
from mftui.data.forms.table import refused
from mftui.data.storage.files import FileRef
from mftui.errors import DataError

_UNPACK = "Unpack it, and give the file in it."
_EXPORT = "Export the table as CSV or Parquet."
_NO_PICKLE = (
    "a pickle of Python, which can run programs when it is loaded: mftui does not load it",
    "Convert it where you trust it: pandas.read_pickle(FILE).to_parquet('ratings.parquet').",
)
_TRIPLES = "Give a table with one row for each rating: user, movie, rating."

_BINARY = (
    (rb"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (rb"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (rb"\x1f[\x9d\xa0]", "compressed with compress (.Z)", _UNPACK),
    (rb"\x02\x21\x4c\x18", "an LZ4 file of the old form", _UNPACK),
    (rb"%PDF-", "a PDF", _EXPORT),
    (rb"Obj\x01", "an Avro file", _EXPORT),
    (rb"PGDMP", "a dump of PostgreSQL", _EXPORT),
    (
        rb"RDX[23]\n|X\n\0\0\0|RDA[23]\n",
        "a file of R (.RData, .rds)",
        "In R: write.csv(x, 'ratings.csv', row.names = FALSE).",
    ),
    (rb"\$FL[23]", "a file of SPSS", _EXPORT),
    (rb"<stata_dta>|[\x71-\x73][\x01\x02]\x01\0", "a file of Stata", "In Stata: export delimited using ratings.csv."),
    (rb"\0{12}\xc2\xea\x81\x60", "a file of SAS", _EXPORT),
    (rb"\x89PNG|\xff\xd8\xff|GIF8", "a picture", "Give a file with ratings."),
    (rb"[\s\S]{8}DUCK", "a DuckDB database", "In DuckDB: COPY ratings TO 'ratings.parquet'."),
    (rb"\x80[\x02-\x05][\s\S]", *_NO_PICKLE),
)
_PICKLES = (".pkl", ".pickle", ".p", ".joblib", ".pck")
_TEXT = (
    (
        rb"version https://git-lfs",
        "a Git LFS pointer, not the file itself",
        "Fetch the file: git lfs pull, or download it from the repository's page.",
    ),
    (
        rb"<(?:!doctype html|html|head|body|table|div|script|meta|p)\b",
        "a web page, not the file itself",
        "Download the file again; a site may want that you log in or confirm first.",
    ),
    (rb"<\?xml[\s\S]{0,400}Excel\.Sheet", "an Excel workbook in XML", "Save it as .xlsx or as CSV."),
    (rb"<\?xml|<[a-z][\w:-]*(?:\s[^<>]*)?>\s*<", "XML", "Export the ratings as CSV, or convert them to it."),
    (
        rb"(?:--[^\n]*\n|/\*|\s)*(?:INSERT\s+INTO|CREATE\s+(?:TABLE|DATABASE)|DROP\s+TABLE|SET\s+\w+)\b",
        "a dump of a database in SQL",
        "Load it into the database, and export the table as CSV.",
    ),
    (rb"\{\\rtf", "a text document (RTF)", _EXPORT),
)


def refusal(ref: FileRef, head: bytes) -> DataError | None:
    """Return the error for a file that begins with `head` in a form that is known and not read; None else."""
    for magic, form, hint in _BINARY:
        if re.match(magic, head):
            return refused(ref, form, hint)
    if ref.suffix in _PICKLES:
        return refused(ref, *_NO_PICKLE)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, form, hint in _TEXT:
        if re.match(magic, start, re.IGNORECASE):
            return refused(ref, form, hint)
    if is_wabbit(start):
        return refused(ref, "lines of Vowpal Wabbit", "Write the ratings as CSV: user,movie,rating.")
    if QUERIES.match(start):
        return refused(ref, "lines for learning to rank (with qid:)", _TRIPLES)
    if is_lists(start):
        return refused(ref, "lists of items, a line for each user, and no ratings", _TRIPLES)
    return None
