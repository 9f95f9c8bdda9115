"""Ratings of a DataFrame kept as files, so that a run can read them again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mftui import paths
from mftui.api.datasets import Dataset
from mftui.data.storage.files import replace_directory
from mftui.errors import MftuiError
from mftui.runs.store.naming import slug
from mftui.runs.store.request import TrainRequest


def kept(dataset: Dataset, request: TrainRequest) -> TrainRequest:
    """Return the request to train on this data set, read from where it came from, or from files written for it.

    Raises MftuiError where they cannot be written.
    """
    if dataset.read_again:
        return replace(request, **dataset.read_again)
    data = dataset.data
    place = paths.downloads_dir() / f"{slug(request.name)}-{data.fingerprint[:8]}"
    try:
        if not place.is_dir():
            replace_directory(place, lambda directory: _write(dataset, directory))
    except OSError as error:
        raise MftuiError(
            f"{place}: the ratings cannot be kept ({error.strerror or error}).", hint="Leave `name` out."
        ) from error
    return replace(request, data=str(place), test=None if data.test_rows is None else "test.parquet")


def _write(dataset: Dataset, directory: Path) -> None:
    frame, test = dataset.to_frame(), dataset.data.test_rows
    if test is not None:
        frame[frame.index.isin(test)].to_parquet(directory / "test.parquet", index=False)
        frame = frame[~frame.index.isin(test)]
    frame.to_parquet(directory / "ratings.parquet", index=False)
    if dataset.data.movies.titled:
        dataset.movies.to_csv(directory / "movies.csv", index=False)
