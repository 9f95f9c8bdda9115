"""How much memory a training will need, and how much this process can get: compared before anything slow begins."""

from __future__ import annotations

import resource
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from mftui.engine.compute.cluster import find_cluster
from mftui.engine.descent.batches import AT_ONCE
from mftui.engine.recipes.bayes import kept_draws
from mftui.engine.recipes.biased import batch_size
from mftui.engine.recipes.fields import AUTO, bytes_in
from mftui.engine.training.recipe import Hyper
from mftui.errors import TrainingError, UsageError
from mftui.settings import load_settings

_TENSORFLOW_BYTES = 950 << 20
"""Imported, and a first small step compiled."""
_TENSORFLOW_ADDRESSES = 2 << 30
"""Address space that it takes, much of it never used: what counts under `ulimit -v`."""
_RATING_BYTES = 26
"""Of one rating, in all its copies: columns, how they are put into batches, splits, evaluation."""
_STREAMED_RATING_BYTES = 6
"""Of one rating that is read from a file: which part it is in, the order that the parts were drawn in."""
_AUDIENCE_RATING_BYTES = 16
"""Of one rating in the audience block, which learns from all of them in memory."""
_COPIES_OF_MODEL = 9
"""Variables, two moments, gradients, the best epoch's, what is being saved, temporaries of a step."""
_COPIES_OF_MOMENTS = 2
"""Of those, what adafactor does without."""
_COPIES_OF_BATCH = 4
_BATCHED_RATING_BYTES = 12
"""Of one rating of a batch: its user, its movie, its value."""
_BATCHES_AHEAD = 4
"""Read from a file: those that wait, the one that is learned from, the one that is being read."""
_COPIES_OF_MATRIX = 4
_COPIES_OF_DRAWS = 4
"""As they were drawn, as one wide model, what is being saved, temporaries."""
_SOLVED_RATING_BYTES = 56
"""More of one rating where rows are solved: two sparse matrices of each side, and what they are made from."""
_LATENT_RATING_BYTES = 250
"""More of one rating where latent ratings are drawn: indices to set them anew, and temporaries in double precision."""
_IMPLICIT_CELL_BYTES = 40
"""Of one pair of a user and a movie where who rated what is learned from: the table, its axes, temporaries."""
_SOLVED_NUMBERS = 32_000_000
"""Numbers of normal equations that are held at once, three times over."""
_UNLIMITED = 1 << 60
Place = Literal["memory", "file"]
"""Where the ratings are while they are learned from."""


@dataclass(frozen=True)
class Estimate:
    """Bytes that a training needs, by what they are for."""

    model: int
    batch: int
    ratings: int
    matrix: int
    what: str
    """Sizes in words."""
    implicit: bool = False
    """Whether the matrix is that of who rated what."""
    base: int = _TENSORFLOW_BYTES
    streamed: tuple[int, int] | None = None
    """`batch` and `ratings` where the ratings are read from a file; None where the recipe cannot."""

    @property
    def data(self) -> int:
        """All but TensorFlow itself."""
        return self.model + self.batch + self.ratings + self.matrix

    @property
    def total(self) -> int:
        return self.data + self.base

    def out_of_core(self) -> Estimate:
        """The same with the ratings in a file."""
        batch, ratings = self.streamed or (self.batch, self.ratings)
        return replace(self, batch=batch, ratings=ratings)

    def shared(self, parts: int) -> Estimate:
        """One part's of as many devices that have the model each, and share batches and ratings."""
        streamed = self.streamed and (self.streamed[0] // parts, self.streamed[1] // parts)
        return replace(self, base=0, batch=self.batch // parts, ratings=self.ratings // parts, streamed=streamed)

    @property
    def remedy(self) -> str:
        """What to change, by what takes most."""
        most = max(self.model, self.batch, self.ratings, self.matrix)
        if most == self.matrix and self.implicit:
            return "leave implicit out of --features"
        if most == self.matrix:
            return "use a recipe that needs the observed ratings alone, such as biased"
        if most == self.ratings:
            return "use fewer ratings, or a machine with more memory"
        return (
            "lower --factors or use --batch-size"
            if most == self.model
            else "use a smaller --batch-size or lower --factors"
        )


def estimate(
    recipe: str, hyper: Hyper, n_users: int, n_movies: int, n_ratings: int, *, in_parts: bool = True
) -> Estimate:
    """What a training with these complete hyperparameters needs, all told; a little more rather than less.

    `in_parts`: whether large batches are learned from part by part, as on one CPU.
    """
    width = int(hyper.get("factors", 0)) * int(hyper.get("members", 1)) + 1
    audience = int(hyper.get("audience_factors", 0)) if hyper.get("audience") else 0
    batch = min(n_ratings, batch_size(hyper, n_ratings)) if "batch_size" in hyper else n_ratings
    columns = width + int(hyper.get("members", 1)) - 1
    part = max(1, min(batch, AT_ONCE // columns)) if in_parts and recipe in ("biased", "pmf") else batch
    dense, solved, rows = recipe == "seed", recipe in ("als", "bayes"), n_users + n_movies
    audience_bytes = _AUDIENCE_RATING_BYTES if audience else 0
    latent = _LATENT_RATING_BYTES if hyper.get("likelihood") == "ordinal" else 0
    implicit = "implicit" in str(hyper.get("features", ""))
    cell = _IMPLICIT_CELL_BYTES if implicit else 4 * _COPIES_OF_MATRIX if dense else 0
    kept = kept_draws(hyper, rows) * width if recipe == "bayes" else 0
    equations = min(max(n_users, n_movies) * width**2, _SOLVED_NUMBERS) * 4 * 3 if solved else 0
    copies = _COPIES_OF_MODEL
    copies -= _COPIES_OF_MOMENTS if hyper.get("optimizer") == "adafactor" else 0
    each = _RATING_BYTES + audience_bytes + (_SOLVED_RATING_BYTES if solved else 0) + latent
    batch_bytes = part * max(width, audience) * 4 * _COPIES_OF_BATCH + batch * _BATCHED_RATING_BYTES
    ahead = batch * _BATCHED_RATING_BYTES * _BATCHES_AHEAD
    streamed = batch_bytes + ahead, n_ratings * (audience_bytes or _STREAMED_RATING_BYTES)
    return Estimate(
        model=rows * 4 * ((width + audience) * copies + kept * _COPIES_OF_DRAWS),
        batch=equations or (0 if dense else batch_bytes),
        ratings=n_ratings * each,
        matrix=n_users * n_movies * cell,
        implicit=implicit,
        streamed=streamed if "memory" in hyper else None,
        what=f"{n_users:,} users and {n_movies:,} movies by {width - 1 + audience:,} factors, "
        f"and {n_ratings:,} ratings",
    )


def choose_place(
    config: Mapping[str, Any],
    n_users: int,
    n_movies: int,
    n_ratings: int,
    device_bytes: int | None = None,
    parts: int = 1,
) -> Place:
    """Where the ratings of the training that `config` describes are to be.

    Parameters
    ----------
    device_bytes: the memory of a device beside the machine's own; None: what this process can get counts.
    parts: devices that share batches and ratings.

    Raises UsageError or TrainingError where there is no room.
    """
    hyper = config["hyper"]
    one_cpu = device_bytes is None and find_cluster() is None
    needed = estimate(config["recipe"], hyper, n_users, n_movies, n_ratings, in_parts=one_cpu)
    if device_bytes is not None:
        needed = needed.shared(parts)
    budget = str(hyper.get("memory", AUTO))
    place = config.get("ratings_in") or place_of_ratings(needed, budget, device_bytes)
    if place == "file":
        needed = needed.out_of_core()
    if load_settings().check_memory:
        require_memory(needed, device_bytes)
    return "file" if place == "file" else "memory"


def place_of_ratings(needed: Estimate, memory: str, available: int | None = None) -> Place:
    """In memory where they fit into what `memory` says (see `bytes_in`), else in a file.

    Raises UsageError where a budget was given and the rest does not fit either.
    """
    budget = bytes_in(memory)
    have = (available_bytes() if available is None else available) - needed.base if budget is None else budget
    if needed.data <= have or not needed.streamed:
        return "memory"
    least = needed.out_of_core()
    if budget is not None and least.data > budget:
        raise UsageError(
            f"--memory {memory}: the training needs {_mb(least.data)} beside TensorFlow for {needed.what}, "
            f"also with the ratings in a file.",
            hint=f"Give it that, or {least.remedy}.",
        )
    return "file"


def require_memory(needed: Estimate, available: int | None = None) -> None:
    """Raise TrainingError where this process cannot get what is needed."""
    have = available_bytes() if available is None else available
    if needed.total > have:
        raise TrainingError(
            f"the training needs about {_gb(needed.total)} GB for {needed.what}; "
            f"you have {_gb(have)}: {needed.remedy}.",
            hint="MFTUI_CHECK_MEMORY=false tries all the same.",
        )


def held_bytes(proc: Path = Path("/proc")) -> int:
    """What this process holds and no file does: of its resident memory, the anonymous part; 0 where unknown."""
    try:
        lines = dict(line.split(":", 1) for line in (proc / "self/status").read_text().splitlines() if ":" in line)
        return int(lines["RssAnon"].split()[0]) << 10
    except (OSError, KeyError, ValueError, IndexError):
        return 0


def available_bytes(proc: Path = Path("/proc"), cgroups: Path = Path("/sys/fs/cgroup")) -> int:
    """What this process can still get: of the machine, of its control groups, of its own limits."""
    return max(0, min(_of_machine(proc), _of_groups(proc, cgroups), _of_limits(proc)))


def _of_machine(proc: Path) -> int:
    try:
        lines = dict(line.split(":", 1) for line in (proc / "meminfo").read_text().splitlines() if ":" in line)
        return int(lines["MemAvailable"].split()[0]) << 10
    except (OSError, KeyError, ValueError, IndexError):
        return _UNLIMITED


def _of_groups(proc: Path, cgroups: Path) -> int:
    """The least that is left in this process's groups and all above them, of either version."""
    try:
        entries = [line.split(":", 2) for line in (proc / "self/cgroup").read_text().splitlines()]
    except OSError:
        return _UNLIMITED
    left = [_UNLIMITED]
    for entry in entries:
        if len(entry) == 3 and (not entry[1] or "memory" in entry[1].split(",")):
            root = cgroups / "memory" if entry[1] else cgroups
            group = Path(entry[2].lstrip("/"))
            left += _left_in((root / part for part in (group, *group.parents)), old=bool(entry[1]))
    return min(left)


def _left_in(groups: Iterable[Path], *, old: bool) -> Iterator[int]:
    names = ("memory.limit_in_bytes", "memory.usage_in_bytes") if old else ("memory.max", "memory.current")
    for group in groups:
        limit, used = (_number(group / name) for name in names)
        if limit is not None and used is not None and limit < _UNLIMITED:
            yield limit - used + _given_back(group, "total_inactive_file" if old else "inactive_file")


def _given_back(group: Path, name: str) -> int:
    """The cache of files, which counts as used and makes way."""
    try:
        found = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        return int(found.get(name, 0))
    except (OSError, ValueError):
        return 0


def _of_limits(proc: Path) -> int:
    """What `ulimit -v` leaves, TensorFlow's unused addresses taken off."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return _UNLIMITED
    try:
        pages = int((proc / "self/statm").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        pages = 0
    return limit - pages * resource.getpagesize() - (_TENSORFLOW_ADDRESSES - _TENSORFLOW_BYTES)


def _number(file: Path) -> int | None:
    try:
        text = file.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() else None


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f}"


def _mb(size: int) -> str:
    return f"{-(-size // 10**6):,} MB"
