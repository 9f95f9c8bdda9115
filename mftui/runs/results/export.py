"""Take a model along: what `mftui export` writes, whole or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, get_args

from mftui.data.storage.given import rename_given
from mftui.data.storage.regular import make_directories, remove_tree
from mftui.data.storage.writing import aside_of, sweep
from mftui.engine.model.factors import Factors
from mftui.engine.model.store import save_factors
from mftui.engine.query.recommend import Rank, best_rank
from mftui.errors import MftuiError, UsageError
from mftui.runs.store.publish import reason, write_json
from mftui.runs.store.run import Run

Kind = Literal["savedmodel", "projector", "csv", "parquet", "hdf5"]
KINDS: tuple[Kind, ...] = get_args(Kind)
OnProgress = Callable[[str, float], None]
"""Told what is written, and from 0 to 1 how much of that."""
ReadSaved = Callable[[Callable[[Path], None]], None]


@dataclass(frozen=True)
class Exported:
    """What was written."""

    run: str
    state: str
    to: str
    path: str
    """The file or directory, absolute; of a SavedModel the version's own."""
    files: dict[str, int]
    """Bytes by name, within the directory."""


def export_run(run: Run, destination: Path, to: str, **options: Any) -> Exported:
    """Write the model of `run` to `destination`; see `export_model` for `to` and the options.

    Raises RunError where there is no model, and what `export_model` raises.
    """
    state = run.state
    read = partial(run.read_published, run.factors_path)
    path, files = export_model(run.load_factors(), destination, to, read=read, **options)
    return Exported(run.id, state, to, str(path), files)


def export_model(
    model: Factors,
    destination: Path,
    to: str,
    *,
    n: int = 20,
    rank: Rank | None = None,
    on_progress: OnProgress = lambda _, __: None,
    read: ReadSaved | None = None,
) -> tuple[Path, dict[str, int]]:
    """Write a model to `destination`, as other programs read it.

    Parameters
    ----------
    destination: a new directory, or a new file for "hdf5"; for "savedmodel" also one that has versions already, to
        which the next number is added.
    to: one of KINDS. What each contains: `mftui.engine.export`.
    n, rank: of the lists of recommendations, with "csv" and "parquet"; 0 leaves them out.
    read: calls a function with the directory in which the model is saved; by default it is saved for that.

    Everything is written beside its place and moved there at the end.

    Returns the file or directory, of a SavedModel the version's own; and bytes by name, within the directory.
    Raises UsageError where the place is taken, MftuiError where writing fails.
    """
    if to not in KINDS:
        raise UsageError(f"no export format named {to}.", hint=f"There are: {', '.join(KINDS)}.")
    best_rank(model, rank)
    place = _place(destination.expanduser().absolute(), to)
    try:
        make_directories(place.parent)
        with _aside(place) as aside:
            if to == "savedmodel":
                _savedmodel(read or partial(_saved, model), aside, on_progress)
            elif to == "hdf5":
                _hdf5(model, aside, on_progress)
            else:
                aside.mkdir()
                _WRITE[to](model, aside, n, rank, on_progress)
            files = _sizes(aside)
            rename_given(aside, place)  # an empty directory makes room for another
    except OSError as error:
        raise MftuiError(
            f"{place}: cannot be written ({reason(error)}).", hint="Choose another destination."
        ) from error
    return place, files


def _saved(model: Factors, write: Callable[[Path], None]) -> None:
    """Save a model in memory, for a process that reads it."""
    with TemporaryDirectory(prefix="mftui-") as directory:
        save_factors(model, Path(directory))
        write(Path(directory))


def _place(destination: Path, to: str) -> Path:
    """Return the path to write. Raises UsageError if something is there."""
    if to == "savedmodel" and (not destination.exists() or _has_versions(destination)):
        from mftui.engine.export.savedmodel import next_version

        return destination / str(next_version(destination))
    empty = destination.is_dir() and to != "hdf5" and not any(destination.iterdir())
    if (destination.exists() or destination.is_symlink()) and not empty:
        raise UsageError(f"{destination} already exists.", hint="Choose another name, or remove it.")
    return destination / "1" if to == "savedmodel" else destination


def _has_versions(directory: Path) -> bool:
    return directory.is_dir() and any(one.name.isdigit() for one in directory.iterdir())


@contextlib.contextmanager
def _aside(place: Path) -> Iterator[Path]:
    """Yield a temporary name beside `place`; remove what is left there."""
    sweep(place.parent, place.name)
    aside = place.with_name(aside_of(place.name))
    try:
        yield aside
    finally:
        with contextlib.suppress(OSError):
            remove_tree(aside) if aside.is_dir() else aside.unlink()


def _sizes(written: Path) -> dict[str, int]:
    if written.is_file():
        return {}
    files = sorted(file for file in written.rglob("*") if file.is_file())
    return {str(file.relative_to(written)): file.stat().st_size for file in files}


def _savedmodel(read: ReadSaved, aside: Path, on_progress: OnProgress) -> None:
    from mftui.engine.export.savedmodel import export_savedmodel

    def write(factors: Path) -> None:
        aside.mkdir()
        export_savedmodel(factors, aside)

    on_progress("SavedModel, by TensorFlow", 0.0)
    read(write)
    on_progress("SavedModel, by TensorFlow", 1.0)


def _hdf5(model: Factors, aside: Path, on_progress: OnProgress) -> None:
    from mftui.engine.export.hdf5 import export_hdf5

    export_hdf5(model, aside)
    on_progress("weights", 1.0)


def _projector(model: Factors, directory: Path, _n: int, _rank: Rank | None, on_progress: OnProgress) -> None:
    from mftui.engine.export.projector import export_projector

    export_projector(model, directory, lambda share: on_progress("vectors", share))


def _tables(suffix: str) -> Callable[[Factors, Path, int, Rank | None, OnProgress], None]:
    def write(model: Factors, directory: Path, n: int, rank: Rank | None, on_progress: OnProgress) -> None:
        from mftui.engine.export.tables import write_lists, write_movies, write_users

        def told(what: str) -> Callable[[float], None]:
            return lambda share: on_progress(what, share)

        write_movies(model, directory / f"movies.{suffix}", told("movies"))
        write_users(model, directory / f"users.{suffix}", told("users"))
        if n:
            file = directory / f"recommendations.{suffix}"
            write_lists(model, file, n=n, rank=rank, on_progress=told("recommendations"))
        write_json(directory / "model.json", _formula(model, best_rank(model, rank), n))

    return write


def _formula(model: Factors, rank: Rank, n: int) -> dict[str, Any]:
    """Return what a prediction needs beside the tables."""
    p = model.parameters
    return {
        "global_bias": p.global_bias,
        "output_range": [p.lo, p.hi],
        "link": p.link,
        "probit": {"levels": p.levels, "cuts": p.cuts, "spread": p.spread} if p.cuts else None,
        "scale": [model.scale.lo, model.scale.hi, model.scale.step],
        "members": p.members,
        "recommendations": {"n": n, "ranked_by": rank} if n else None,
        **{name: model.meta.get(name) for name in ("run", "recipe", "dataset", "fingerprint", "split")},
    }


_WRITE = {"projector": _projector, "csv": _tables("csv"), "parquet": _tables("parquet")}
