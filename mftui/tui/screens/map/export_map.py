"""The map as a file: as it is seen, or its points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from mftui.tui.base.file_texts import as_csv, as_svg, as_text
from mftui.tui.base.messages import ExportAsked, Value

if TYPE_CHECKING:
    from textual.strip import Strip

    from mftui.tui.screens.map.gather import Gathered

_NAMES = ("movie_id", "title", "x", "y")


def exported(now: Gathered, drawn: Sequence[Strip]) -> ExportAsked:
    """Return what can be written of a map; `drawn`: the lines of it that are seen."""
    caption = f"Map {now.scene.caption}"
    coloring = now.scene.coloring.name
    names = [*_NAMES, *([] if coloring == "none" else [coloring])]
    return ExportAsked(
        caption,
        "The map",
        {
            ".svg": lambda: as_svg(drawn, caption),
            ".txt": lambda: as_text(drawn),
            ".csv": lambda: as_csv(names, _rows(now)),
        },
    )


def _rows(now: Gathered) -> Iterable[Sequence[Value]]:
    """Return the films that pass the filters, the best known first, each with its class where there are any."""
    scene, factors = now.scene, now.model.factors
    for movie in scene.fame[scene.shown[scene.fame]].tolist():
        x, y = (round(float(value), 6) for value in scene.points[movie])
        row: list[Value] = [factors.movie_ids.raw(movie), factors.movies.titles[movie], x, y]
        if scene.coloring.name != "none":
            row.append(scene.coloring.labels[scene.coloring.classes[movie]])
        yield row
