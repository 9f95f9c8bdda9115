"""What very many titles are known by: most are words, signs and a year, and of these there is one name.

All patterns here are RE2's. They say of a whole column what `film_names` says of one title.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mftui.data.profiles.film_names import SPELLED_OTHERWISE, unmatched_key
from mftui.data.profiles.many_rows import Rows
from mftui.data.profiles.many_texts import Texts, give_back

_YEAR = r" \((?:1[89]|20)[0-9]{2}\)$"
_WORDS_AND_YEAR = rf"^[0-9A-Za-z]+(?: [0-9A-Za-z]+)*{_YEAR}"
_ARTICLE = "^(?:the|an?) "
_KNOWN_SIGNS = r"^[ -'*-~\x{C0}-\x{17F}’‘ʼ–—…]*$"
"""No brackets: with those a title may have several names."""
_CHANGED = (
    (r"[\x{300}-\x{36F}]", ""),
    ("[’‘ʼ`]", "'"),
    ("[–—]", "~"),  # no hyphen: behind that one an article may be elided
)  # fmt: skip
_ASCII = "^[ -~]*$"
_JOINT = r"(?::\s+|\s[-~]\s)"
_ARTICLE_BEHIND = rf",\s*[a-z]{{1,4}}'?\s*(?:$|{_JOINT})"
_TO_KEY = (
    (r"^[^0-9a-z_]*(?:the|an?)[^0-9a-z_]+([0-9a-z_])", r"\1"),
    (r"(^|[ \-])[ld]'", r"\1"),
    ("&", " and "),
    ("[^0-9a-z]", ""),
)


class Names:
    """What n rows are known by.

    Parameters
    ----------
    rows: as a profile keeps them.
    """

    def __init__(self, rows: Rows) -> None:
        titles = rows.titles
        year_at, name_end = (-len("1999)"), -len(")")), -len(" (1999)")
        lower = titles.changed(lambda pc, array: pc.ascii_lower(pc.utf8_slice_codeunits(array, 0, name_end)))
        keys = lower.changed(
            lambda pc, array: pc.replace_substring(pc.replace_substring_regex(array, _ARTICLE, ""), " ", "")
        )
        bare = rows.bare
        words = bare & titles.like(_WORDS_AND_YEAR)
        signs = bare & ~words & titles.like(_YEAR) & lower.like(_KNOWN_SIGNS)
        at = np.flatnonzero(signs)
        of_signs, parts, one_name = _of_signs(lower.take(at))
        give_back()
        signs[at] = one_name
        self.rows = rows
        self.keys = keys.mended(signs, of_signs.where(one_name))
        """n: the only name of a plain title, as `keys_of` has it."""
        self.plain = (words | signs) & ~self.keys.like(SPELLED_OTHERWISE)
        """(n,) whether there is one name, and no id."""
        self._parts, self._with_parts = parts.where(one_name), np.flatnonzero(signs)
        self._years = titles.changed(lambda pc, array: pc.utf8_slice_codeunits(array, *year_at))

    def among(self, known: set[str]) -> NDArray[np.bool_]:
        """Return (n,) whether a plain title is one of `known`: names, and parts as `parts_in` has them."""
        found = self.keys.among(known)
        found[self._with_parts] |= self._parts.among({part for part in known if ":" in part})
        return found

    def unmatched(self) -> Texts:
        """Return `unmatched_key` of each row."""
        other = np.flatnonzero(~self.plain)
        keys = Texts.joined(self._years, self.keys, between=" ")
        return keys.mended(~self.plain, map(unmatched_key, self.rows.take(other)))


def _of_signs(names: Texts) -> tuple[Texts, Texts, NDArray[np.bool_]]:
    """Return the key of each name, what its first and last part are known by (":" where it has none), and whether it
    can be known so."""
    folded = names.changed(lambda pc, array: pc.ascii_lower(pc.utf8_normalize(array, form="NFKD")))
    for pattern, to in _CHANGED:
        folded = _with(folded, pattern, to)
    key = _key(folded)
    first, last = (_key(_with(folded, pattern, "")) for pattern in (f"{_JOINT}.*$", f"^.*{_JOINT}"))
    joint = folded.like(_JOINT)
    whole = (first.lengths > 0) & (last.lengths > 0)
    none = Texts.same("", int((~joint).sum()))
    parts = Texts.joined(first.mended(~joint, none), last.mended(~joint, none), between=":")
    one_name = folded.like(_ASCII) & ~folded.like(_ARTICLE_BEHIND) & (key.lengths > 0) & (whole | ~joint)
    return key, parts, one_name


def _key(folded: Texts) -> Texts:
    for pattern, to in _TO_KEY:
        folded = _with(folded, pattern, to)
    return folded


def _with(texts: Texts, pattern: str, to: str) -> Texts:
    return texts.changed(lambda pc, array: pc.replace_substring_regex(array, pattern, to))
