"""What the commands on a profile share: the model's movies of its rows, the film that words name, what has changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from mftui.cli.shared.open_model import open_model
from mftui.cli.shared.output import Cell, print_json, print_line, print_table
from mftui.cli.shared.profile import counted, row_documents
from mftui.errors import RunError

if TYPE_CHECKING:
    from mftui.data.profiles.match import Matcher
    from mftui.data.profiles.rated import Rated
    from mftui.data.profiles.store import Change, Of, Profile
    from mftui.engine.model.factors import Factors
    from mftui.runs.store.run import Run


def any_model(run_text: str | None) -> tuple[Run, Factors, Matcher] | None:
    """Open the model asked for, or the newest; None if there is none and none was asked for."""
    from mftui.data.profiles.match import Matcher

    try:
        run, factors = open_model(run_text)
    except RunError:
        if run_text is not None:
            raise
        return None
    return run, factors, Matcher(factors)


def found(opened: tuple[Run, Factors, Matcher] | None, rows: Sequence[Rated]) -> Iterator[dict[str, Any]]:
    """Find for each row the model's movie, and the rating on the model's scale."""
    if opened is None:
        yield from ({"rating": row.stars, "movie_id": None} for row in rows)
        return
    matcher = opened[2]
    for row, match in zip(rows, matcher.find_all(rows), strict=True):
        yield {"rating": matcher.rating(row), "movie_id": None if match is None else matcher.raw_id(match.movie)}


def raw_id_cell(raw: object) -> str | None:
    """Return a movie's id as a table shows it; nothing for a film that the model does not have."""
    return None if raw is None else str(raw)


def film_in(profile: Profile, text: str, of: Of = "") -> list[Rated]:
    """Return the rows of the one film among those `of` a profile that `text` names; raises TitleError."""
    import numpy as np

    from mftui.data.ids import Ids
    from mftui.data.profiles.film_names import name_key
    from mftui.data.storage.string_column import StringColumn
    from mftui.data.titles.search import TitleIndex
    from mftui.data.web_ids import WebIds, imdb_number

    by_id: dict[str, Rated] = {}
    rows = profile.rows(of)
    for row in rows:
        key = row.movie_id or row.imdb_id or row.title
        while key in by_id:
            key += "'"
        by_id[key] = row
    names = sorted(by_id)
    imdb, tmdb = (
        np.array([imdb_number(text) for text in texts], int)
        for texts in ([by_id[n].imdb_id for n in names], [by_id[n].tmdb_id for n in names])
    )
    titles, ids = [by_id[n].name for n in names], Ids(StringColumn.of(names), "movie")
    index = TitleIndex(titles, ids, np.zeros(len(names), int), WebIds(imdb, tmdb))
    film = name_key(by_id[names[index.resolve(text)]])
    return [row for row in rows if name_key(row) == film]


def print_change(profile: Profile, change: Change, as_json: bool) -> None:
    """Print what has changed."""
    removed, added = map(row_documents, (change.before, change.after))
    n_listed = len(profile.rows(change.of)) if change.n_rows is None else change.n_rows
    if as_json:
        listed = change.of or "ratings"
        counts = {"n_listed": n_listed, "n_ratings": len(profile.rows()) if change.of else n_listed}
        print_json({"profile": profile.name, "list": listed, "removed": removed, "added": added, **counts})
        return
    if change.of:
        of = change.of.replace("_", " ")
        for row in (*change.before, *change.after):
            said = f'marked "{of}"' if row in change.after else f'"{of}" taken back'
            print_line(f"{row.name}: {said} (profile {profile.name}).")
        return
    rows: list[list[Cell]] = [["removed", d["stars"], d["title"]] for d in removed]
    rows += [["back", d["stars"], d["title"]] for d in added]
    if rows:
        heading = f"Profile {profile.name}: {counted(n_listed)}"
        print_table(("", "stars", "title"), rows, heading, formats={"stars": "g"})
