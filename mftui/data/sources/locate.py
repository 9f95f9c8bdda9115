"""From what the user names (a data set, a directory, a zip, a file) to the files to read."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from mftui import paths
from mftui.data.delimited.layout import recognise
from mftui.data.forms.parts import Part, parts_among, parts_in
from mftui.data.forms.refusals import refusal
from mftui.data.movies.beside import genres_beside, links_beside, movies_beside, tags_beside
from mftui.data.readers.typed_columns import typed_columns
from mftui.data.reading.options import ReadOptions
from mftui.data.sources.catalogue import CATALOGUE, SAMPLE, fetched
from mftui.data.storage.files import FileRef, Folder, archive, directory, is_archive
from mftui.data.storage.streams import damaged, unreadable
from mftui.errors import DataError
from mftui.text import shell_word, visible

_USUAL = ("ratings.csv", "ratings.dat", "u.data", "ratings.tsv", "ratings.parquet", "rating.csv", "rating.parquet")
_SUFFIXES = (
    ".csv", ".tsv", ".tab", ".dat", ".data", ".txt", ".base", ".parquet", ".pq", ".inter", ".rating", ".ratings",
    ".train", ".feather", ".arrow", ".orc", ".json", ".jsonl", ".ndjson", ".xlsx", ".xls", ".ods", ".db", ".sqlite",
    ".sqlite3", ".npy", ".npz", ".mat", ".h5", ".hdf5", ".mtx", ".libfm", ".arff",
)  # fmt: skip
_RATINGS_NAME = re.compile(r"rating|review|score", re.IGNORECASE)
_HEAD_BYTES = 1 << 16
_MAX_LOOKED_AT = 200
_PART_DIRECTORIES = ("ratings", "ratings.parquet")
"""What a directory of parts is called that stands beside a movies file."""


@dataclass(frozen=True)
class Sources:
    """The files of one data set."""

    name: str
    label: str
    source: str
    ratings: FileRef
    """The file of ratings; the directory, where they are in parts."""
    movies: FileRef | None = None
    genres: FileRef | None = None
    test: FileRef | None = None
    links: FileRef | None = None
    """IMDb's and TMDb's ids of the movies; no part of what is trained on."""
    users: FileRef | None = None
    """Of the people; read only where a recipe is asked to learn from it."""
    parts: tuple[Part, ...] = ()
    """The parts of the ratings, in the order in which they are read; empty for ratings in one file."""
    tags: FileRef | None = None
    """Tags that people gave to movies."""
    tag_names: FileRef | None = None
    """What they are, where `tags` has their numbers."""

    @property
    def ratings_files(self) -> tuple[FileRef, ...]:
        """Return the files of the ratings."""
        return tuple(part.ref for part in self.parts) or (self.ratings,)

    @property
    def files(self) -> list[FileRef]:
        """Return all files that are read."""
        rest = (self.movies, self.genres, self.test, self.links, self.tags, self.tag_names)
        return [*self.ratings_files, *(ref for ref in rest if ref is not None)]


def locate(source: str | Path, how: ReadOptions | None = None, test: str | Path | None = None) -> Sources:
    """Find the files of `source`; raises DataError where there is none, or more than one to choose from."""
    name, label, path, again = _resolve(source)
    how = how or ReadOptions()
    parts: tuple[Part, ...] = ()
    if path.is_dir():
        folder = _folder(path)
        parts = () if folder.get(*_USUAL) else _parts_in(path) or _parts_deeper(path, folder)
        ratings = FileRef(parts[0].ref.path.parent) if parts else _ratings_in(folder, how)
    elif not path.is_file():
        raise _no_file(path)
    elif _is_archive(path):
        folder = archive(path)
        parts = () if folder.get(*_USUAL) else parts_among(folder.files)
        ratings = FileRef(path) if parts else _ratings_in(folder, how)
    else:
        ratings = FileRef(path)
        folder = _beside(path)
    return Sources(
        name,
        label,
        again,
        ratings,
        movies_beside(ratings, folder),
        genres_beside(folder),
        None if test is None else _test_file(test, folder),
        links_beside(ratings, folder),
        folder.get("u.user", "users.dat"),
        parts,
        *tags_beside(ratings, folder),
    )


def one_file(path: str | Path) -> FileRef:
    """Return the file `path`, which is no directory and no zip."""
    file = Path(path).expanduser()
    if not file.is_file():
        raise _no_file(file)
    return FileRef(file)


def _resolve(source: str | Path) -> tuple[str, str, Path, str]:
    """Return `(name, label, path, source to open it again)` of a catalogue name or a path."""
    text = str(source)
    entry = CATALOGUE.get(text) if isinstance(source, str) else None
    if entry is not None and entry is SAMPLE:
        return entry.name, entry.label, paths.sample_dir(), entry.name
    if entry is not None:
        copy = fetched(entry.name)
        if copy is not None:
            return entry.name, entry.label, copy, entry.name
        if not Path(text).exists():
            raise DataError(
                f"{text} has not been downloaded yet.", hint=f"Download it with: mftui data fetch {shell_word(text)}"
            )
    if not text.strip():
        raise DataError("no data set is named.", hint=f"Give a path, or one of: {', '.join(CATALOGUE)}.")
    path = Path(text).expanduser().absolute()
    if not path.exists() and "/" not in text and "." not in text:
        raise DataError(
            f"no data set, file or directory is called {visible(text)}.",
            hint=f"Data sets: {', '.join(CATALOGUE)}. {unreadable(path, FileNotFoundError()).hint}",
        )
    name = path.stem if path.suffix.lower() == ".zip" else path.name
    return name, visible(name), path, str(path)


def _is_archive(path: Path) -> bool:
    if is_archive(path):
        return True
    ref = FileRef(path)
    if ref.suffix == ".zip" and not ref.head(4).startswith(b"PK"):
        if (error := refusal(ref, ref.head(_HEAD_BYTES))) is not None:
            raise error
        raise damaged(path, "the zip", zipfile.BadZipFile("it does not begin as a zip"))
    return False


def _folder(path: Path) -> Folder:
    """List the files of the directory `path`; for one named as a directory of parts, those beside it too."""
    folder = directory(path)
    if path.name not in _PART_DIRECTORIES or folder.get(*_USUAL):
        return folder
    return Folder(path, (*folder.files, *(ref for ref in _beside(path).files if ref.name not in _USUAL)))


def _beside(path: Path) -> Folder:
    """List the files beside `path`; none where the directory cannot be listed."""
    try:
        return Folder(path.parent, tuple(FileRef(p) for p in sorted(path.parent.iterdir()) if p.is_file()))
    except OSError:
        return Folder(path.parent, ())


def _parts_in(directory: Path) -> tuple[Part, ...]:
    """List the parts in `directory`, else in its subdirectory `ratings` or `ratings.parquet`; may be empty."""
    candidates = (directory, *(directory / name for name in (*_PART_DIRECTORIES, "training_set")))
    return next((parts for at in candidates if at.is_dir() and (parts := _parts(at))), ())


def _parts_deeper(path: Path, folder: Folder) -> tuple[Part, ...]:
    """List the parts in the directories of `path`, where it has none of its own but documents (`data/`)."""
    deeper = {ref.path.parent for ref in folder.files} - {path}
    return parts_among(folder.files) if len(deeper) == 1 else ()


def _parts(directory: Path) -> tuple[Part, ...]:
    """List the numbered parts in a directory; in one that is named as such, all Parquet files."""
    parts = parts_in(directory)
    if parts or directory.name not in _PART_DIRECTORIES:
        return parts
    files = [path for path in directory.iterdir() if not path.name.startswith((".", "_")) and path.is_file()]
    return tuple(Part(FileRef(path)) for path in sorted(files) if path.suffix.lower() == ".parquet")


def _ratings_in(folder: Folder, how: ReadOptions) -> FileRef:
    usual = folder.get(*_USUAL)
    if usual is not None:
        return usual
    candidates = [ref for ref in folder.files if ref.suffix in _SUFFIXES][:_MAX_LOOKED_AT]
    fitting = {ref: by for ref in candidates if (by := _recognised(ref, how))}
    named = [ref for ref, by in fitting.items() if by == "name"]
    called = [ref for ref in fitting if re.match(r"ratings?\b", ref.name, re.IGNORECASE)]
    for chosen in (list(fitting), named, called):
        if len(chosen) == 1:
            return chosen[0]
    if fitting:
        names = ", ".join(visible(ref.name) for ref in list(fitting)[:12])
        raise DataError(f"several files could be the ratings: {names}.", path=folder.path, hint="Name one of them.")
    near = [ref for ref in candidates if _RATINGS_NAME.search(ref.name)]
    if len(near) == 1:
        return near[0]  # reading it says what is wrong
    names = ", ".join(visible(ref.name) for ref in folder.files[:12]) or "nothing"
    raise DataError(
        f"no ratings file found; there is: {names}.",
        path=folder.path,
        hint="Expected ratings.csv, ratings.dat, u.data, or one table with user, movie and rating columns.",
    )


def _recognised(ref: FileRef, how: ReadOptions) -> str:
    """Return whether a file can be the ratings: "name" by the names of its columns, "position", or "" for no."""
    try:
        if typed_columns(ref, how) is not None:
            return "name"
        return "name" if recognise(ref, how).header else "position"
    except DataError:
        return ""


def _test_file(test: str | Path, folder: Folder) -> FileRef:
    """Find the explicit test file: a path, or the name of a file beside the ratings."""
    path = Path(test).expanduser().absolute()
    if path.is_file():
        return FileRef(path)
    inside = folder.get(str(test)) if Path(test).name == str(test) else None
    if inside is None:
        raise _no_file(path)
    return inside


def _no_file(path: Path) -> DataError:
    if path.exists():
        what = "a directory" if path.is_dir() else "not a regular file"
        return DataError(f"this is {what}.", path=path, hint="Give a file with ratings.")
    return unreadable(path, FileNotFoundError())
