"""The `factors/` directory: plain `.npy` files and `factors.json`; never pickled."""

from __future__ import annotations

import contextlib
import json
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Movies
from mftui.data.ids import Ids
from mftui.data.movies.movie_means import movie_means
from mftui.data.scales import scale_of
from mftui.data.storage.documents import in_range, read_document
from mftui.data.storage.integrity import check_files, file_digest, sealed, unsealed
from mftui.data.storage.npy import FLOATS, LARGEST, open_array, require_values, save_array
from mftui.data.storage.regular import MANIFEST_BYTES, list_own
from mftui.data.storage.writing import link_own, write_text
from mftui.engine.model.error_scale import HeldOutErrors
from mftui.engine.model.factors import Factors
from mftui.engine.model.gladness import Gladness
from mftui.engine.model.history import History
from mftui.engine.model.parameters import DateEffects, Parameters
from mftui.engine.model.priors import RowPriors
from mftui.engine.model.response import Link
from mftui.errors import FormatError, raise_if_machine

PriorsOf = Callable[[Mapping[str, Any], Parameters], RowPriors]
FORMAT_VERSIONS = {"float32": 3, "float16": 4}
"""What is written, by the type of the factors: a reader of another version would compute in that type."""
_READ = (1, 2, 3, 4)
"""1 and 2 are mftui 0.1's, whose audience block had a table of users."""
DATES = [f"date_{f.name}" for f in fields(DateEffects)]
HALF = 1e-3, 60_000.0
"""Tables whose largest number is between these fit into float16; with a smaller one, the others lose accuracy."""
FILE = "factors.json"
MOST_FACTOR = 1e6
"""Products of larger ones are lost in what a matrix of them is solved with."""
_TEXTS = ("run", "recipe", "dataset", "fingerprint", "split", "source")
"""What `meta` has as text."""
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
        save_array(directory / f"{name}.npy", stored)
    if p.dates is not None:
        for name in DATES:
            save_array(directory / f"{name}.npy", getattr(p.dates, name.removeprefix("date_")))
    if reuse is None or not _link_fixed(reuse, directory):
        factors.user_ids.save(directory, "user_ids")
        factors.movie_ids.save(directory, "movie_ids")
        factors.movies.save(directory)
        factors.history.save(directory)
        for name in ("movie_counts", "movie_train_counts", "movie_means"):
            save_array(directory / f"{name}.npy", getattr(factors, name))
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
    write_text(directory / FILE, json.dumps(sealed(document), indent=1))


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
        raise_if_machine(error, directory)
        raise FormatError(f"{directory}: the model's files are damaged ({error}).", hint="Train again.") from error


def _document(file: Path) -> dict[str, Any]:
    try:
        document = read_document(file, MANIFEST_BYTES, sealed=None)
        version = document["format_version"]
        if version in _READ and type(version) is int:
            return unsealed(document, required=True)
    except FileNotFoundError:
        raise
    except _DAMAGE as error:
        raise_if_machine(error, file)
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
        for file in sorted(list_own(directory))
    }


def _same(file: Path, reuse: Path | None) -> bool:
    """Return whether `file` is hard-linked from the directory `reuse`."""
    other = None if reuse is None else reuse / file.name
    return other is not None and other.exists() and other.samefile(file)


def _assembled(directory: Path, d: dict[str, Any], priors_of: PriorsOf) -> Factors:
    users, movies, k, members = (_count(d[name]) for name in ("n_users", "n_movies", "n_factors", "members"))
    if not members or k % members:
        raise ValueError(f"{k} factors of {members} members")
    files = _Files(directory, d["files"])
    lo, hi = _finite(d["output_range"], 2)
    (unit,), (spread,) = _finite([d.get("unit", 1.0)], 1), _finite([d.get("spread", 1.0)], 1)
    if not (unit > 0 and spread > 0):
        raise ValueError(f"unit {unit:g}, spread {spread:g}")
    link, levels, cuts = _link(d.get("link", "sigmoid")), _finite(d.get("levels", ())), _finite(d.get("cuts", ()))
    if len(cuts) != max(len(levels) - 1, 0) or (link == "probit" and not cuts):
        raise ValueError(f"{len(levels)} levels with {len(cuts)} cut points")
    of_members = {"member_user_bias": (users, members), "member_movie_bias": (movies, members)}
    parameters = Parameters(
        user_factors=files.numbers("user_factors", users, k),
        movie_factors=files.numbers("movie_factors", movies, k),
        user_bias=files.numbers("user_bias", users),
        movie_bias=files.numbers("movie_bias", movies),
        **_optional(files, of_members),
        dates=_dates(files, users) if DATES[0] in files else None,
        global_bias=_finite([d["global_bias"]], 1)[0],
        lo=lo,
        hi=hi,
        unit=unit,
        link=link,
        levels=levels,
        cuts=cuts,
        spread=spread,
        members=members,
        member_global_bias=_finite(d["member_global_bias"], 0, members),
        member_noise=_finite(d.get("member_noise", ()), 0, members),
        knows_cold=_two(d.get("knows_cold", (False, False))),
        **_audience(files, d, users, movies),
    )
    history = History.load(directory, users, movies)
    return Factors(
        parameters,
        Ids.load(directory, "user_ids", "user", users),
        Ids.load(directory, "movie_ids", "movie", movies),
        Movies.load(directory, bool(d["titled"]), movies),
        history,
        files.whole("movie_counts", movies, 0, len(history.movies)),
        files.whole("movie_train_counts", movies, 0, len(history.movies)),
        files.numbers("movie_means", movies, missing=True)
        if "movie_means" in files  # runs that were begun before models had it can be opened and resumed
        else movie_means(history.movies, history.ratings, movies),
        scale_of(_finite(d["scale"], 3)),
        priors_of(d["meta"], parameters),
        None if d.get("errors") is None else HeldOutErrors.of_document(d["errors"]),
        _meta(d["meta"]),
    )


class _Files:
    """The arrays of a model's directory, by name."""

    def __init__(self, directory: Path, listed: Mapping[str, str]) -> None:
        self._directory, self._listed = directory, listed

    def __contains__(self, name: str) -> bool:
        return f"{name}.npy" in self._listed

    def _path(self, name: str) -> Path:
        return self._directory / f"{name}.npy"

    def numbers(self, name: str, *shape: int | None, missing: bool = False) -> NDArray[Any]:
        """Open floats, each a number; float16 is read, and made float32 for all that is computed."""
        array = open_array(self._path(name), FLOATS, *shape)
        most = MOST_FACTOR if name.endswith("_factors") else LARGEST
        require_values(name, array, -most, most, missing=missing)
        return np.asarray(array, dtype=np.float32) if array.dtype == np.float16 else array

    def whole(self, name: str, n: int | None, lo: int, hi: int) -> NDArray[Any]:
        """Open whole numbers within a range."""
        array = open_array(self._path(name), ("int32",), n)
        require_values(name, array, lo, hi)
        return array


def _optional(files: _Files, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    return {name: files.numbers(name, *shape) for name, shape in shapes.items() if name in files}


def _audience(files: _Files, d: dict[str, Any], users: int, movies: int) -> dict[str, Any]:
    if "audience_movie_factors" not in files:
        return {}
    table = files.numbers("audience_movie_factors", movies, None)
    if "audience_user_factors" in files:
        return {
            "audience_movie_factors": table,
            "audience_user_factors": files.numbers("audience_user_factors", users, table.shape[1]),
        }
    g = d["audience_gladness"]
    return {
        "audience_movie_factors": table,
        "audience_movie_weights": files.numbers("audience_movie_weights", movies),
        "audience_gladness": Gladness(*_finite([g[f.name] for f in fields(Gladness)])),
    }


def _dates(files: _Files, users: int) -> DateEffects:
    of = files.whole("date_users", None, 0, users - 1)
    if not len(of):
        raise ValueError("date_users has no rows")
    days = files.whole("date_days", len(of), -(2**31), 2**31 - 1)
    return DateEffects(of, days, files.numbers("date_effects", len(of)))


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**31:
        raise ValueError(f"{str(value)[:20]} is no number of rows")
    return value


def _finite(values: Any, *lengths: int) -> tuple[float, ...]:
    """Return numbers of a document as floats; `lengths`: how many there may be."""
    found = tuple(map(float, values))
    if not all(math.isfinite(number) for number in found) or (lengths and len(found) not in lengths):
        raise ValueError(f"{str(values)[:60]} are not the numbers that were expected")
    return found


def _meta(document: Any) -> dict[str, Any]:
    """Return what is known of a model's data and training; a text of another type counts as missing."""
    found: dict[str, Any] = in_range(dict(document))
    return {name: value for name, value in found.items() if name not in _TEXTS or isinstance(value, str | None)}


def _link(text: str) -> Link:
    if text not in get_args(Link):
        raise ValueError(f"link {str(text)[:20]}")
    return cast(Link, text)


def _two(flags: Any) -> tuple[bool, bool]:
    users, movies = flags
    return bool(users), bool(movies)


def _link_fixed(old: Path, new: Path) -> bool:
    """Hard-link what training does not change; False where the file system cannot."""
    changing = {f"{name}.npy" for name in (*ARRAYS, *DATES)} | {FILE}
    try:
        for file in list_own(old):
            if file.name not in changing and file.suffix == ".npy":
                link_own(file, new / file.name)
    except OSError:
        for file in list_own(new):
            if file.name not in changing:
                file.unlink()
        return False
    return True
