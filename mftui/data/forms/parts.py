"""Ratings in the parts that Spark, hive, Hugging Face and others write: found in a directory, in natural order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote

from mftui.data.forms.table import Table
from mftui.data.storage.files import FileRef
from mftui.data.storage.streams import unreadable
from mftui.errors import DataError

_SUFFIXES = (".parquet", ".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".arrow", ".feather", ".orc", "")
_NUMBERED = re.compile(
    r"(?:part[-_.]?(?:r-|m-)?\d+|[\w.-]+?-\d+-of-\d+|\d{4,}(?:_\d+)?|[\w.-]*?(?:part|chunk|shard)[-_.]?\d+|combined_data_\d"
    r"|mv_\d{7}|data_\d+)(?:[-_.][\w.-]*)?",
    re.IGNORECASE,
)
_KEY = re.compile(r"([^=/]+)=(.*)", re.DOTALL)
_SPLITS = {"train", "test", "validation", "valid", "val", "dev"}
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
_MAX_LEVELS = 5


@dataclass(frozen=True)
class Part:
    """One file of ratings that are in several."""

    ref: FileRef
    keys: Mapping[str, str | None] = field(default_factory=dict)
    """The columns whose value stands in the names of its directories (`year=2014/`); None for a missing value."""

    @property
    def group(self) -> str:
        """Return what its name says before the number: "train", "test", "ratings"; "part" of most."""
        return re.split(r"[-_.]?\d", _stem(self.ref), maxsplit=1)[0].lower()


def parts_in(directory: Path) -> tuple[Part, ...]:
    """List the parts in `directory`, and in the directories `key=value` in it; () where it has none.

    Parts are files of one kind whose names number them (`part-00000…`, `train-00000-of-00003.parquet`, `000000_0`), or
    any in directories named by a key. Raises DataError for a directory that is kept as a table by another program
    (`refuse_directory`), or that cannot be listed.
    """
    refuse_directory(directory)
    found = list(_walk(directory, {}, 0))
    keyed = [part for part in found if part.keys]
    return _ordered(keyed or [part for part in found if _NUMBERED.fullmatch(_stem(part.ref))])


def parts_among(refs: Iterable[FileRef]) -> tuple[Part, ...]:
    """List those of `refs` (the files of an archive) that are parts by their names, in natural order; () without."""
    return _ordered([Part(ref) for ref in refs if _is_data(ref) and _NUMBERED.fullmatch(_stem(ref))])


def with_keys(table: Table, keys: Mapping[str, str | None]) -> Table:
    """Return `table` with the values that stand in the names of its directories as columns of text."""
    import pyarrow as pa

    new = {name: value for name, value in keys.items() if name not in table.names}
    columns = [pa.chunked_array([pa.repeat(pa.scalar(value, pa.string()), len(table))]) for value in new.values()]
    return replace(table, names=(*table.names, *new), columns=[*table.columns, *columns])


def refuse_directory(path: Path) -> None:
    """Raise DataError for a directory that another program keeps as a table: its files alone do not say what counts."""
    for name, form, hint in (
        ("_delta_log", "a Delta Lake table", "DeltaTable(DIRECTORY).to_pandas().to_parquet('ratings.parquet')"),
        (".hoodie", "a Hudi table", "spark.read.format('hudi').load(DIRECTORY).write.parquet('ratings.parquet')"),
        ("_hudi", "a Hudi table", "spark.read.format('hudi').load(DIRECTORY).write.parquet('ratings.parquet')"),
    ):
        if (path / name).is_dir():
            raise DataError(
                f"this is {form}; its files may be outdated ones.", path=path, hint=f"Write it out: {hint}."
            )
    if (path / "metadata").is_dir() and any((path / "metadata").glob("*.metadata.json")):
        raise DataError(
            "this is an Iceberg table; its files may be outdated ones.", path=path, hint="Write it out as Parquet."
        )
    if (path / ".zgroup").is_file() or (path / "zarr.json").is_file():
        raise DataError("this is a Zarr store of arrays.", path=path, hint="Write the ratings as CSV or Parquet.")


def _walk(directory: Path, keys: dict[str, str | None], level: int) -> Iterable[Part]:
    try:
        entries = sorted(entry for entry in directory.iterdir() if not entry.name.startswith((".", "_")))
    except OSError as error:
        raise unreadable(directory, error) from error
    for entry in entries:
        named = _KEY.fullmatch(entry.name)
        if entry.is_file() and _is_data(FileRef(entry)) and entry.stat().st_size:
            yield Part(FileRef(entry), keys)
        elif entry.is_dir() and named and level < _MAX_LEVELS:
            value = unquote(named.group(2))
            inner = {**keys, unquote(named.group(1)): None if value == _NO_VALUE else value}
            yield from _walk(entry, inner, level + 1)


def _is_data(ref: FileRef) -> bool:
    return not ref.name.startswith((".", "_")) and (ref.suffix in _SUFFIXES or bool(re.search(r"\d$", ref.name)))


def _stem(ref: FileRef) -> str:
    stem = ref.name
    while (short := stem.rpartition(".")) and short[0] and f".{short[2].lower()}" in (*_SUFFIXES, ".snappy", ".c000"):
        stem = short[0]
    return stem


def _ordered(parts: list[Part]) -> tuple[Part, ...]:
    """Return the parts of the kind that most of them have, in the order of their names with numbers as numbers."""
    kinds = [part.ref.suffix for part in parts]
    common = max(dict.fromkeys(kinds), key=kinds.count, default="")
    chosen = [part for part in parts if part.ref.suffix == common]
    groups = {part.group for part in chosen if not part.keys}
    if len(groups) > 1 and not groups <= _SPLITS:
        chosen = [part for part in chosen if re.search("rating|review|interaction", part.group)]
    return tuple(sorted(chosen, key=lambda part: _natural(f"{part.ref.path}/{part.ref.member}")))


def _natural(name: str) -> tuple[list[tuple[int, str]], str]:
    pieces = re.split(r"(\d+)", name)
    return [(int(piece), "") if piece.isdecimal() else (-1, piece) for piece in pieces], name
