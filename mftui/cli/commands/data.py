"""`mftui data`: list, download, inspect and generate data sets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mftui.cli.shared.completion import complete_data, complete_name_of_data
from mftui.cli.shared.listing_group import ListingGroup
from mftui.cli.shared.output import json_option, note, print_json, print_table, progress_bar
from mftui.cli.shared.reading_options import read_options, reading_options
from mftui.text import visible

if TYPE_CHECKING:
    import numpy as np

    from mftui.data.dataset import Dataset
    from mftui.data.reading.reading import Reading

_MAX_BARS = 20
_BAR_WIDTH = 40


@click.group(cls=ListingGroup)
def data() -> None:
    """List, download, inspect and generate data sets. Without a command, as `mftui data ls`."""


@data.command("ls")
@json_option
def list_data(as_json: bool) -> None:
    """List the data sets that you can use by name."""
    from mftui.data.sources.catalogue import CATALOGUE, SAMPLE, fetched

    rows = [(entry, entry is SAMPLE or fetched(entry.name) is not None) for entry in CATALOGUE.values()]
    if as_json:
        same = ("label", "title", "n_users", "n_movies", "n_ratings")
        print_json(
            {
                "datasets": [
                    {"dataset": entry.name}
                    | {name: getattr(entry, name) for name in same}
                    | {"download_mb": entry.size_mb, "available": here, "licence": entry.licence, "url": entry.url}
                    for entry, here in rows
                ]
            }
        )
        return
    print_table(
        ["name", "users", "movies", "ratings", "here", ""],
        [
            (
                entry.name,
                f"{entry.n_users:>7,}",
                f"{entry.n_movies:>7,}",
                f"{entry.n_ratings:>10,}",
                "yes" if here else f"fetch, {entry.size_mb:g} MB",
                entry.title,
            )
            for entry, here in rows
        ],
    )


@data.command("fetch")
@click.argument("name", shell_complete=complete_name_of_data)
@click.option("--force", is_flag=True, help="Download it again even if it is there.")
@json_option
def fetch_data(name: str, force: bool, as_json: bool) -> None:
    """Download the data set NAME from its publisher.

    If the download is interrupted, run the command again: it continues where it stopped.
    """
    from rich.progress import DownloadColumn, TransferSpeedColumn

    from mftui.data.sources.catalogue import CATALOGUE, fetched
    from mftui.data.sources.download import fetch, licence_text

    there = name in CATALOGUE and fetched(name) is not None and not force
    with progress_bar(DownloadColumn(), TransferSpeedColumn()) as bar:
        task = bar.add_task(name, total=None, start=not there)
        path = fetch(name, force=force, progress=lambda done, total: bar.update(task, completed=done, total=total))
    licence = licence_text(path)
    if as_json:
        print_json({"dataset": name, "path": str(path), "licence": CATALOGUE[name].licence, "licence_text": licence})
        return
    note(f"{name} is in {path}" + (" already." if there else "."))
    if licence:
        for line in ("", *licence.split("\n"), ""):
            note(line)
    else:
        note(f"Licence: {CATALOGUE[name].licence}")


@data.command("info")
@click.argument("source", metavar="NAME|PATH", shell_complete=complete_data)
@click.option("--test", type=click.Path(path_type=Path), help="A file of ratings to test on.")
@reading_options
@json_option
def info(source: str, test: Path | None, as_json: bool, **options: Any) -> None:
    """Show how a data set was read, its counts, density, rating scale and histogram, and what was left out."""
    from mftui.data.loading.load import open_dataset

    dataset = open_dataset(source, how=read_options(options), test=test)
    values, counts = _histogram(dataset)
    if as_json:
        print_json(_document(dataset, values, counts))
        return
    scale = dataset.scale
    step = f", in steps of {scale.step:g}" if scale.step else ""
    print_table(
        ["", ""],
        [
            ("data set", dataset.label),
            ("users", f"{dataset.n_users:,}"),
            ("movies", _movies(dataset)),
            ("ratings", f"{dataset.n_ratings:,}"),
            *([("of these in the test", f"{len(dataset.test_rows):,}")] if dataset.test_rows is not None else []),
            ("density", f"{100 * _density(dataset):.3g} %"),
            ("scale", f"{scale.lo:g} to {scale.hi:g}{step}"),
            ("mean", f"{dataset.ratings.values.mean(dtype='float64'):.3f}"),
            *_read_as(dataset.reading),
            ("fingerprint", dataset.fingerprint),
            *(("repaired", repair) for repair in dataset.repairs),
            *(("doubt", warning) for warning in dataset.reading.warnings),
        ],
    )
    longest = max(counts.max(), 1) / _BAR_WIDTH
    print_table(
        ["rating", "n", "share", ""],
        [
            (f"{value:g}", f"{count:>11,}", f"{100 * count / dataset.n_ratings:4.1f} %", "█" * round(count / longest))
            for value, count in zip(values.tolist(), counts.tolist(), strict=True)
        ],
    )


@data.command("synth")
@click.argument("dest", type=click.Path(path_type=Path))
@click.option("--users", type=click.IntRange(2), required=True, help="Number of users.")
@click.option("--movies", type=click.IntRange(2), required=True, help="Number of movies.")
@click.option("--ratings", type=click.IntRange(2), required=True, help="Number of ratings.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the random numbers.")
@click.option("--rank", type=click.IntRange(1, 64), default=8, show_default=True, help="Number of axes of taste.")
@click.option(
    "--noise",
    type=click.FloatRange(0, 5, min_open=True),
    default=0.68,
    show_default=True,
    help="Noise of the ratings, in stars.",
)
@json_option
def synth(dest: Path, users: int, movies: int, ratings: int, as_json: bool, **model: Any) -> None:
    """Generate a data set of any size, with known tastes, in the directory DEST."""
    from rich.progress import TaskProgressColumn

    from mftui.data.synthetic.generate import write_synthetic

    with progress_bar(TaskProgressColumn()) as bar:
        task = bar.add_task(visible(dest.name), total=ratings)
        write_synthetic(
            dest,
            users=users,
            movies=movies,
            ratings=ratings,
            **model,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if as_json:
        sizes = {"n_users": users, "n_movies": movies, "n_ratings": ratings}
        print_json({"path": str(dest.absolute())} | sizes | {name: model[name] for name in ("seed", "rank", "noise")})
    else:
        note(f"{ratings:,} ratings by {users:,} users for {movies:,} movies are in {dest}.")


def _movies(dataset: Dataset) -> str:
    """Return how many movies there are, and what is known of them."""
    movies = dataset.movies
    known = [] if movies.titled else ["no titles found: ids are shown instead"]
    known += [f"ids of IMDb or TMDb: {movies.n_linked:,}"] if movies.n_linked else []
    known += [f"with tags: {movies.n_tagged:,}"] if movies.n_tagged else []
    return f"{dataset.n_movies:,}" + (f" ({'; '.join(known)})" if known else "")


def _read_as(reading: Reading) -> list[tuple[str, str]]:
    """Return how a file was read, for a table: what somebody checks in one look."""
    parts = reading.parts()
    return [(name, text) for name, text in parts if text]


def _document(dataset: Dataset, values: np.ndarray, counts: np.ndarray) -> dict[str, Any]:
    scale = dataset.scale
    return {
        "dataset": dataset.name,
        "label": dataset.label,
        "source": dataset.source,
        "n_users": dataset.n_users,
        "n_movies": dataset.n_movies,
        "n_ratings": dataset.n_ratings,
        "n_test": None if dataset.test_rows is None else len(dataset.test_rows),
        "density": _density(dataset),
        "scale": [scale.lo, scale.hi, scale.step],
        "mean": float(dataset.ratings.values.mean(dtype="float64")),
        "histogram": [
            {"rating": value, "n": count} for value, count in zip(values.tolist(), counts.tolist(), strict=True)
        ],
        "titled": dataset.movies.titled,
        "n_linked": dataset.movies.n_linked,
        "n_tagged": dataset.movies.n_tagged,
        "timestamps": dataset.ratings.timestamps is not None,
        "read_as": dataset.reading.document(),
        "first": dataset.reading.first or None,
        "last": dataset.reading.last or None,
        "warnings": list(dataset.reading.warnings),
        "repairs": list(dataset.repairs),
        "fingerprint": dataset.fingerprint,
    }


def _histogram(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return `(values, counts)`: for each rating of a stepped scale, else for the lower ends of equal bins."""
    import numpy as np

    scale, ratings = dataset.scale, dataset.ratings.values
    n_steps = round((scale.hi - scale.lo) / scale.step) + 1 if scale.step else 0
    if 0 < n_steps <= _MAX_BARS:
        places = np.rint((ratings - np.float32(scale.lo)) / np.float32(scale.step)).astype(np.int32)
        return scale.lo + scale.step * np.arange(n_steps), np.bincount(places, minlength=n_steps)
    counts, edges = np.histogram(ratings, bins=_MAX_BARS // 2, range=(scale.lo, scale.hi))
    return edges[:-1], counts


def _density(dataset: Dataset) -> float:
    """Return the share of all (user, movie) pairs that are rated."""
    return dataset.n_ratings / (dataset.n_users * dataset.n_movies)
