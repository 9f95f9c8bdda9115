"""Film series: which movies of a data set are parts of the same one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from mftui.text import fold

Key = tuple[str, str]
"""A title as compared, and its year."""

_YEAR = re.compile(r"\((\d{4})\)\s*$")
_ALTERNATIVE = re.compile(r"\(([^()]*)\)")
_ALSO_KNOWN = re.compile(r"^a\.?k\.?a\.? ")
_ARTICLES = "the|a|an|le|la|les|l|el|los|las|il|lo|der|die|das"
_LEADING = re.compile(rf"^(?:{_ARTICLES}) (?=.)")
_TRAILING = re.compile(rf", (?:{_ARTICLES})'?$")


def find_series(titles: Sequence[str]) -> list[tuple[str, NDArray[np.int64]]]:
    """Find the film series of the package's list (`series.tsv`) that have at least two of `titles`.

    A film is found by year and any of its titles, those in parentheses included; case,
    accents, punctuation and articles do not matter.

    Parameters
    ----------
    titles: as in MovieLens, with the year: `Matrix, The (1999)`.

    Returns
    -------
    (name, ascending indices into `titles`) for each series, in the order of the list. A film
    that `titles` holds twice counts as two.
    """
    members: dict[str, set[int]] = {name: set() for name in _known().values()}
    for index, title in enumerate(titles):
        for key in _keys(title):
            name = _known().get(key)
            if name is not None:
                members[name].add(index)
    return [(name, np.array(sorted(found), dtype=np.int64)) for name, found in members.items() if len(found) > 1]


@cache
def _known() -> dict[Key, str]:
    """Map every title of the list, as compared, to the name of its series."""
    text = resources.files("mftui.data.titles").joinpath("series.tsv").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in text.splitlines()[1:])
    return {key: name for name, title in lines for key in _keys(title)}


def _keys(title: str) -> Iterator[Key]:
    """Yield a key for each name of a title; none where it has no year."""
    match = _YEAR.search(title)
    if match is None:
        return
    names = title[: match.start()]
    main = _ALTERNATIVE.sub("", names).strip()
    for name in (main, *_ALTERNATIVE.findall(names)):
        compared = _compared(name)
        if compared:
            yield compared, match.group(1)


def _compared(name: str) -> str:
    """Normalise a series name for comparison."""
    plain = _ALSO_KNOWN.sub("", fold(name).strip().replace("&", " and "))
    plain = _TRAILING.sub("", plain)
    plain = re.sub(r"[^\w]+", " ", plain).strip()
    return _LEADING.sub("", plain)
