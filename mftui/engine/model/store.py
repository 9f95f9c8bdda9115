"""The `factors/` directory: plain `.npy` files and `factors.json`; opened memory-mapped, never pickled."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Movies, Scale
from mftui.data.ids import Ids
from mftui.data.movies.movie_means import movie_means
from mftui.data.storage.integrity import check_files, file_digest, sealed, unsealed
from mftui.engine.model.error_scale import HeldOutErrors
from mftui.engine.model.factors import Factors
from mftui.engine.model.gladness import Gladness
from mftui.engine.model.history import History
from mftui.engine.model.parameters import DateEffects, Parameters
from mftui.engine.model.priors import RowPriors
from mftui.engine.model.response import Link
from mftui.errors import FormatError

PriorsOf = Callable[[Mapping[str, Any], Parameters], RowPriors]
FORMAT_VERSIONS = {"float32": 3, "float16": 4}
"""What is written, by the type of the factors: a reader of another version would compute in that type."""
_READ = (1, 2, 3, 4)
"""1 and 2 are mftui 0.1's, whose audience block had a table of users."""
DATES = [f"date_{f.name}" for f in fields(DateEffects)]
HALF = 1e-3, 60_000.0
"""Tables whose largest number is between these fit into float16; with a smaller one, the others lose accuracy."""
FILE = "factors.json"
_DAMAGE = (
    OSError,
    EOFError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
    RecursionError,
    MemoryError,
)
ARRAYS = [f.name for f in fields(Parameters) if f.name.endswith(("_factors", "_weights", "user_bias", "movie_bias"))]


def save_factors(factors: Factors, directory: Path, *, reuse: Path | None = None, store: str = "float32") -> None:
    """Write a model into an existing, empty directory.

    `reuse`: an earlier version of the same model; what training does not change (ids, titles,
    ratings) is hard-linked from there. `store`: "float32", or "float16" for the tables of factors, where they fit
    into its range; biases are float32 always.
    """
    p = factors.parameters
    arrays = {name: array for name in ARRAYS if (array := getattr(p, name)) is not None}
    tops = [np.abs(array).max(initial=0.0) for name, array in arrays.items() if name.endswith("_factors")]
    half = store == "float16" and all(top == 0 or HALF[0] <= top <= HALF[1] for top in tops)
    for name, array in arrays.items():
        stored = np.asarray(array, dtype=np.float16) if half and name.endswith("_factors") else array
        np.save(directory / f"{name}.npy", stored, allow_pickle=False)
    if p.dates is not None:
        for name in DATES:
            np.save(directory / f"{name}.npy", getattr(p.dates, name.removeprefix("date_")), allow_pickle=False)
    if reuse is None or not _link_fixed(reuse, directory):
        factors.user_ids.save(directory, "user_ids")
        factors.movie_ids.save(directory, "movie_ids")
        factors.movies.save(directory)
        factors.history.save(directory)
        for name in ("movie_counts", "movie_train_counts", "movie_means"):
            np.save(directory / f"{name}.npy", getattr(factors, name), allow_pickle=False)
    document = {
        "format_version": FORMAT_VERSIONS["float16" if half else "float32"],
        "dtype": "float16" if half else "float32",
        "n_users": factors.n_users,
        "n_movies": factors.n_movies,
        "n_factors": factors.n_factors,
        "members": p.members,
        "global_bias": p.global_bias,
        "member_global_bias": list(p.member_global_bias),
        "member_noise": list(p.member_noise),
        "knows_cold": list(p.knows_cold),
        "output_range": [p.lo, p.hi],
        "unit": p.unit,
        "link": p.link,
        "levels": list(p.levels),
        "cuts": list(p.cuts),
        "spread": p.spread,
        "scale": [factors.scale.lo, factors.scale.hi, factors.scale.step],
        "titled": factors.movies.titled,
        "audience_gladness": None if p.audience_gladness is None else asdict(p.audience_gladness),
        "errors": None if factors.errors is None else asdict(factors.errors),
        "meta": factors.meta,
        "files": _digests(directory, reuse),
    }
    (directory / FILE).write_text(json.dumps(sealed(document), indent=1), encoding="utf-8")


def load_factors(directory: Path, priors_of: PriorsOf) -> Factors:
    """Open a model.

    Parameters
    ----------
    priors_of: tells from `meta` and the parameters what the recipe trained with (`recipes.row_priors`).

    Raises FormatError for another format version, or for files that do not fit together.
    """
    directory = Path(os.path.realpath(directory))
    document = _document(directory / FILE)
    try:
        check_files(directory, document["files"])
        return _assembled(directory, document, priors_of)
    except FileNotFoundError:
        raise  # perhaps replaced by a newer model meanwhile: the caller looks again
    except _DAMAGE as error:
        raise FormatError(f"{directory}: the model's files are damaged ({error}).", hint="Train again.") from error


def _document(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        version = document["format_version"]
        if version in _READ:
            return unsealed(document, required=True)
    except FileNotFoundError:
        raise
    except _DAMAGE as error:
        raise FormatError(f"{file} is damaged ({error}).", hint="Train again.") from error
    raise FormatError(
        f"{file} has format version {str(version)[:20]}; this mftui reads versions {_READ[0]} to {_READ[-1]}.",
        hint="Open it with the mftui that wrote it, or train again.",
    )


def _digests(directory: Path, reuse: Path | None) -> dict[str, str]:
    """Return digests by file name; those of files linked from `reuse` are read there."""
    known: dict[str, str] = {}
    if reuse is not None:
        with contextlib.suppress(FormatError, OSError):
            known = _document(reuse / FILE)["files"]
    return {
        file.name: known[file.name] if file.name in known and _same(file, reuse) else file_digest(file)
        for file in sorted(directory.iterdir())
    }


def _same(file: Path, reuse: Path | None) -> bool:
    """Return whether `file` is hard-linked from the directory `reuse`."""
    other = None if reuse is None else reuse / file.name
    return other is not None and other.exists() and other.samefile(file)


def _assembled(directory: Path, d: dict[str, Any], priors_of: PriorsOf) -> Factors:
    arrays: dict[str, Any] = {
        name: _opened(directory / f"{name}.npy") if f"{name}.npy" in d["files"] else None for name in ARRAYS
    }
    lo, hi = map(float, d["output_range"])
    parameters = Parameters(
        **arrays,
        dates=_dates(directory) if f"{DATES[0]}.npy" in d["files"] else None,
        global_bias=float(d["global_bias"]),
        lo=lo,
        hi=hi,
        unit=float(d.get("unit", 1.0)),
        link=_link(d.get("link", "sigmoid")),
        levels=tuple(map(float, d.get("levels", ()))),
        cuts=tuple(map(float, d.get("cuts", ()))),
        spread=float(d.get("spread", 1.0)),
        members=int(d["members"]),
        member_global_bias=tuple(map(float, d["member_global_bias"])),
        member_noise=tuple(map(float, d.get("member_noise", ()))),
        knows_cold=_two(d.get("knows_cold", (False, False))),
        audience_gladness=_gladness(d.get("audience_gladness")),
    )
    history, means = History.load(directory), "movie_means.npy"
    factors = Factors(
        parameters,
        Ids.load(directory, "user_ids", "user"),
        Ids.load(directory, "movie_ids", "movie"),
        Movies.load(directory, bool(d["titled"])),
        history,
        _opened(directory / "movie_counts.npy"),
        _opened(directory / "movie_train_counts.npy"),
        _opened(directory / means)
        if means in d["files"]  # runs that were begun before models had it can be opened and resumed
        else movie_means(history.movies, history.ratings, int(d["n_movies"])),
        Scale(*map(float, d["scale"])),
        priors_of(d["meta"], parameters),
        None if d.get("errors") is None else HeldOutErrors.of_document(d["errors"]),
        dict(d["meta"]),
    )
    _check_shapes(factors, d)
    return factors


def _opened(file: Path) -> NDArray[Any]:
    """Open memory-mapped; float16 is read, and made float32 for all that is computed."""
    array = np.load(file, mmap_mode="r", allow_pickle=False)
    return np.asarray(array, dtype=np.float32) if array.dtype == np.float16 else np.asanyarray(array)


def _dates(directory: Path) -> DateEffects:
    return DateEffects(*(_opened(directory / f"{name}.npy") for name in DATES))


def _link(text: str) -> Link:
    if text not in get_args(Link):
        raise ValueError(f"link {text}")
    return cast(Link, text)


def _gladness(numbers: Any) -> Gladness | None:
    return None if numbers is None else Gladness(*(float(numbers[f.name]) for f in fields(Gladness)))


def _two(flags: Any) -> tuple[bool, bool]:
    users, movies = flags
    return bool(users), bool(movies)


def _check_shapes(f: Factors, d: dict[str, Any]) -> None:
    p, users, movies, k = f.parameters, int(d["n_users"]), int(d["n_movies"]), int(d["n_factors"])
    found: dict[str, tuple[Any, Any]] = {
        "user_factors": (p.user_factors.shape, (users, k)),
        "movie_factors": (p.movie_factors.shape, (movies, k)),
        "user_bias": (p.user_bias.shape, (users,)),
        "movie_bias": (p.movie_bias.shape, (movies,)),
        "user_ids": ((len(f.user_ids),), (users,)),
        "movie_ids": ((len(f.movie_ids),), (movies,)),
        "titles": ((len(f.movies.titles),), (movies,)),
        "history_offsets": (f.history.offsets.shape, (users + 1,)),
        "history_ratings": (f.history.ratings.shape, f.history.movies.shape),
        "history_held_out": (f.history.held_out.shape, f.history.movies.shape),
        "movie_counts": (f.movie_counts.shape, (movies,)),
        "movie_train_counts": (f.movie_train_counts.shape, (movies,)),
        "movie_means": (f.movie_means.shape, (movies,)),
    }
    if (web := f.movies.web_ids) is not None:
        found["imdb"] = (web.imdb.shape, (movies,))
        found["tmdb"] = (web.tmdb.shape, (movies,))
    if (tags := f.movies.tags) is not None:
        found["tags"] = ((len(tags),), (movies,))
    if (table := p.audience_movie_factors) is not None:
        found["audience_movie_factors"] = (table.shape[:1], (movies,))
        if (others := p.audience_user_factors) is not None:
            found["audience_user_factors"] = (others.shape, (users, table.shape[1]))
        else:
            weights, known = p.audience_movie_weights, p.audience_gladness is not None
            found["audience_movie_weights"] = (None if weights is None else weights.shape, (movies,))
            found["audience_gladness"] = (known, True)
    if (dates := p.dates) is not None:
        found |= {f"date_{name}": (getattr(dates, name).shape, (len(dates.users),)) for name in ("days", "effects")}
    if (days := f.history.days) is not None:
        found["history_days"] = (days.shape, f.history.movies.shape)
    for name, (shape, expected) in found.items():
        if shape != expected:
            raise ValueError(f"{name} has shape {shape}, expected {expected}")
    cuts = f.history.offsets
    if cuts[0] != 0 or cuts[-1] != len(f.history.movies) or (cuts[1:] < cuts[:-1]).any():
        raise ValueError("history_offsets do not rise from 0 to the number of ratings")


def _link_fixed(old: Path, new: Path) -> bool:
    """Hard-link what training does not change; False where the file system cannot."""
    changing = {f"{name}.npy" for name in (*ARRAYS, *DATES)} | {FILE}
    try:
        for file in old.iterdir():
            if file.name not in changing:
                os.link(file, new / file.name)
    except OSError:
        for file in new.iterdir():
            if file.name not in changing:
                file.unlink()
        return False
    return True
