"""Which column is which, as somebody changes it; and how a file is read, in words for the app."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mftui.data.reading.options import LEFT_OUT, ReadOptions
from mftui.tui.widgets.columns import Cell, Mark

if TYPE_CHECKING:
    from mftui.data.reading.first_look import Preview, Trouble

NEEDED = ("user", "movie", "rating")
CALLED = {"user": "user", "movie": "movie", "rating": "rating", "timestamp": "time"}
_VALUES = 3
_BY_COLUMN = "Go to a column and press {user}, {movie}, {rating} or {time} for what it is."
_ASIDE = re.compile(r" \([^()]*--[^()]*\)")
"""Options of the command line within a sentence."""
_INSTEAD = {
    "--columns": _BY_COLUMN,
    "--wide": "{wide}: it is a matrix.",
    "--missing": "{missing}: what means not rated.",
    "--table": "{table}: which sheet or table.",
}
"""What is pressed here instead of an option."""


def given_to(roles: Mapping[str, int], role: str, at: int) -> dict[str, int]:
    """Return `roles` with `role` given to column `at`; what that column was goes to the one that was `role`."""
    there = next((other for other, place in roles.items() if place == at and other != role), None)
    changed = {**roles, role: at}
    if there is not None:
        del changed[there]
        if role in roles:
            changed[there] = roles[role]
    return changed


def said_of(seen: Preview, roles: Mapping[str, int]) -> dict[str, str]:
    """Return the columns as `ReadOptions` takes them: by name where that names one column alone, else by position."""
    folded = [name.casefold() for name in seen.names]

    def called(at: int) -> str:
        name = seen.names[at]
        named = seen.header and name and not name.isdecimal() and folded.count(folded[at]) == 1 and len(name) < 60
        return name if named else str(at + 1)

    return {role: called(roles[role]) if role in roles else LEFT_OUT for role in CALLED}


def column_rows(seen: Preview, roles: Mapping[str, int], wide: str) -> list[Sequence[Cell]]:
    """Return a line for each column: number, what it is, name, first values."""
    role_at = {} if wide else {at: CALLED[role] for role, at in roles.items()}
    return [
        (
            str(at + 1),
            Mark(role_at[at], "strong") if at in role_at else Mark("not used" if not wide else "", "dim"),
            name if seen.header else Mark("(no name)", "dim"),
            ", ".join(row[at] for row in seen.rows[:_VALUES] if at < len(row)),
        )
        for at, name in enumerate(seen.names)
    ]


def summary(seen: Preview) -> str:
    """Return how a file is read, in a few words for the form."""
    if seen.reading is None:
        return ""
    parts = dict(seen.reading.parts())
    names = [use.name or f"{CALLED[role]} = column {use.position}" for role, use in seen.reading.columns.items()]
    columns = parts["columns"] if seen.reading.wide or not names else ", ".join(names)
    ratings = f"{seen.n_ratings:,} ratings" if seen.whole else ""
    return "; ".join(
        text for text in (columns, ratings, parts["read as"].split(",")[0].removesuffix(" between columns")) if text
    )


def in_words(how: ReadOptions) -> str:
    """Return what was said of a file, "" for nothing."""
    said = [f"{CALLED.get(role, role)} = {column}" for role, column in how.columns.items()]
    said += [f"not rated: {', '.join(how.missing)}"] if how.missing else []
    said += ["counts"] if how.counts else []
    said += [f"a row for each of the {how.wide}"] if how.wide else []
    said += [f"table {how.table}"] if how.table else []
    return "; ".join([*said, *(f"accepted: {doubt}" for doubt in how.accept)])


def lines_below(
    seen: Preview, roles: Mapping[str, int], how: ReadOptions, keys: Mapping[str, str], *, changed: bool
) -> list[tuple[str, str]]:
    """Return (kind, text) paragraphs: what is doubtful, how the file is read, what can be said of it.

    Parameters
    ----------
    keys: the key of each action, by its name.
    changed: whether the columns were changed here, and may be incomplete.
    """
    lines: list[tuple[str, str]] = []
    missing = [CALLED[role] for role in NEEDED if role not in roles]
    if changed and missing and not how.wide:
        lines.append(("bad", f"No column is the {' or the '.join(missing)} yet. {_BY_COLUMN.format(**keys)}"))
    elif seen.trouble is not None:
        lines += _trouble(seen.trouble, keys, bool(seen.names))
    elif not (seen.names or seen.whole):
        lines.append(("dim", "Reading the file."))
    lines += [("text", text) for text in _read_as(seen)]
    lines += [("dim", note) for note in seen.notes]
    counts = "yes" if how.counts else "no"
    options = {
        "missing": f"not rated: {', '.join(how.missing) or 'nothing'}",
        "counts": f"counts: {counts}",
        "wide": f"matrix: {f'a row a {how.wide[:-1]}' if how.wide in ('users', 'movies') else how.wide or 'no'}",
        "table": f"sheet: {how.table or 'the first that fits'}",
    }
    lines.append(("dim", "; ".join(f"{keys[name]} {text}" for name, text in options.items())))
    return lines


def answers(trouble: Trouble | None) -> list[str]:
    """Return the options of a doubt that can be chosen here, in the order of their numbers."""
    return [option for option, _ in trouble.options if option.startswith("--")] if trouble else []


def _trouble(trouble: Trouble, keys: Mapping[str, str], table: bool) -> list[tuple[str, str]]:
    lines = [("bad", trouble.message)]
    numbers = {option: number for number, option in enumerate(answers(trouble), 1)}
    for option, meaning in trouble.options:
        if option in numbers and "columns" in option and "…" in option:
            lines.append(("text", f"{numbers[option]}: choose other columns above"))
        elif option in numbers:
            lines.append(("text", f"{numbers[option]}: {_ASIDE.sub('', meaning)}"))
        else:
            lines.append(("text", f"Or {option.strip('()')} {meaning}"))
    instead = [what for option, what in _INSTEAD.items() if option in trouble.hint and (table or option == "--table")]
    if not trouble.options:
        lines.append(("text", " ".join(instead).format(**keys) or trouble.hint.partition("--")[0]))
    return [line for line in lines if line[1]]


def _read_as(seen: Preview) -> list[str]:
    if seen.reading is None:
        return []
    parts = dict(seen.reading.parts())
    times = f"times: {parts['times']}" if seen.n_ratings else ""
    read = [parts["read as"], parts["columns"] if seen.reading.wide else "", parts["ratings"], times]
    told = ["; ".join(text for text in read if text)]
    if seen.whole and seen.n_ratings:
        low, high = seen.scale
        sizes = f"{seen.n_ratings:,} ratings, {low:g} to {high:g}, {seen.n_users:,} users, {seen.n_movies:,} movies"
        told.append(sizes + (f"; left out: {parts['left out']}" if parts["left out"] else ""))
    return told
