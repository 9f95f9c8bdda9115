"""Dates as exports write them, read by the column: seconds since 1970."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

_SERIAL_DAYS = (20_000, 60_000)
"""Days since 1899-12-30, as spreadsheets count them: 1954 to 2064."""
_SHORTEST_TIME = 10**8
"""Seconds, in 1973: what is less is no date."""
_SECONDS_BELOW = 10**11
_SAMPLE = 60
_FITS = 0.8
"""Share of a column that has to fit a form."""
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", ", %H:%M:%S", ", %H:%M", " - %H:%M", " %I:%M:%S %p")
_PLAIN_FORMS = (
    "%Y/%m/%d", "%Y.%m.%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%b %d %Y", "%B %d %Y", "%B %d, %Y", "%d-%b-%Y",
    "%d.%m.%Y", "%d.%m.%y", "%a, %d %b %Y", "%Y年%m月%d日",
)  # fmt: skip
_OTHER_FORMS = (
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %H:%M:%S %z %Y",
    "%a, %d %b %Y %H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S GMT",
)
_EITHER = ("/", "-")
"""Between day and month in either order."""
AMBIGUOUS = "day and month cannot be told apart"


def read_dates(texts: Sequence[str]) -> tuple[list[int], str]:
    """Return `(seconds since 1970, why not)`: 0 for a text that is no date; all 0, and why, where they are not read.

    All dates of a column are of one form. A day-first form is taken only where the month-first form does not fit
    as well, and the reverse.
    """
    given = [text for text in texts if text]
    if not given:
        return [0] * len(texts), ""
    sample = list(dict.fromkeys(given))[:_SAMPLE]
    forms = [_standard, *(_form(pattern + time) for pattern in _PLAIN_FORMS for time in _TIMES)]
    forms += [_form(pattern) for pattern in _OTHER_FORMS]
    for form in forms:
        if _share(form, sample) >= _FITS:
            return [form(text) or 0 for text in texts], ""
    for sign in _EITHER:
        for year in "Yy":
            for time in _TIMES:
                day, month = (_form(sign.join((*order, f"%{year}")) + time) for order in (("%d", "%m"), ("%m", "%d")))
                if max(_share(day, sample), _share(month, sample)) >= _FITS:
                    return _of_two(texts, given, day, month)
    return [0] * len(texts), "no date in a form that is known"


def _of_two(texts: Sequence[str], given: Sequence[str], *forms: Callable[[str], int | None]) -> tuple[list[int], str]:
    shares = [_share(form, given) for form in forms]
    if shares[0] == shares[1] and any(forms[0](text) != forms[1](text) for text in given):
        return [0] * len(texts), AMBIGUOUS
    best = forms[shares.index(max(shares))]
    return [best(text) or 0 for text in texts], ""


def _share(form: Callable[[str], int | None], texts: Sequence[str]) -> float:
    return sum(form(text) is not None for text in texts) / len(texts)


def _form(pattern: str) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        try:
            return _seconds(datetime.strptime(text, pattern))
        except (ValueError, OverflowError):
            return None

    return read


def _standard(text: str) -> int | None:
    """Read ISO 8601, YYYYMMDD, a number of seconds (or milli-, micro-, nanoseconds), or a spreadsheet's day."""
    number = re.fullmatch(r"(\d{1,19})(\.\d+)?", text, re.ASCII)
    if number is None or (len(text) == 8 and text[:2] in ("19", "20")):
        try:
            return _seconds(datetime.fromisoformat(re.sub(r"\s*(UTC|GMT)$", "Z", text)))
        except (ValueError, OverflowError):
            if number is None:
                return None
    assert number is not None
    value = int(number[1])
    if _SERIAL_DAYS[0] <= value <= _SERIAL_DAYS[1]:
        return _seconds(datetime(1899, 12, 30) + timedelta(days=float(text)))
    while value >= _SECONDS_BELOW:
        value //= 1000
    return value if value >= _SHORTEST_TIME else None


def _seconds(moment: datetime) -> int:
    return max(int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()), 0)
