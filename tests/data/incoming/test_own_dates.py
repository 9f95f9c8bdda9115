"""Dates of exports: read by the column, and not at all where they can be read in two ways."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from helpers.ratings_files import write

from mftui.data.incoming.incoming import read_incoming
from mftui.data.incoming.own_dates import read_dates

DAY = int(datetime(2014, 1, 25, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    "text",
    [
        "2014-01-25", "2014-01-25T00:00:00Z", "2014-01-25T00:00:00.000Z", "2014-01-25 00:00:00",
        "2014-01-25T02:00+02:00",
        "2014-01-25 00:00:00 UTC", "20140125", str(DAY), f"{DAY}000", f"{DAY}000000", "41664", "41664.0", "2014/01/25",
        "Sat Jan 25 00:00:00 2014", "25.01.2014", "25.1.2014", "25.01.14", "25/01/2014", "01/25/2014", "1/25/14",
        "25-01-2014", "25 Jan 2014", "25 January 2014", "Jan 25, 2014", "January 25, 2014", "Jan 25 2014",
        "25.01.2014, 00:00", "Sat, 25 Jan 2014 00:00:00 GMT", "2014年01月25日", "25-Jan-2014", "01/25/2014 12:00 AM",
    ],
)  # fmt: skip
def test_a_form_of_date(text: str) -> None:
    moments, form, why = read_dates([text, "", text])
    assert moments.tolist() == [DAY, 0, DAY] and form and not why


def test_one_date_that_fits_one_way_only_tells_of_all() -> None:
    moments, _, why = read_dates(["03/04/2014", "25/01/2014"])
    assert not why and moments.tolist() == [int(datetime(2014, 4, 3, tzinfo=UTC).timestamp()), DAY]
    moments, _, why = read_dates(["03/04/2014", "01/25/2014"])
    assert not why and moments.tolist() == [int(datetime(2014, 3, 4, tzinfo=UTC).timestamp()), DAY]


def test_day_and_month_that_cannot_be_told_apart_are_not_read() -> None:
    moments, _, why = read_dates(["03/04/2014", "05/06/2014"])
    assert moments.tolist() == [0, 0] and why == "they could be day/month/year or month/day/year"


@pytest.mark.parametrize("texts", [["yesterday"], ["1995"], ["12"], ["5"], ["n/a", "x"]])
def test_what_is_no_date(texts: list[str]) -> None:
    assert not read_dates(texts)[0].any()


@pytest.mark.parametrize(
    "column",
    [
        "rated_at", "Date Rated", "Date Added", "WatchedDate", "watched_at", "created", "timestamp", "date", "Datum",
        "last_watched_at", "user_rated_at", "打分日期", "Date Read",
    ],
)  # fmt: skip
def test_a_name_of_a_column_of_dates(tmp_path: Path, column: str) -> None:
    incoming = read_incoming(write(tmp_path / "r.csv", f"title,rating,{column}\nHeat,4,2014-01-25\nAlien,3,\n"))
    assert incoming.entries[0].rated.timestamp == DAY and incoming.n_undated == 1
    assert (incoming.readings[0].first, incoming.readings[0].last) == ("2014-01-25", "2014-01-25")


def test_why_no_dates_were_read_is_told(tmp_path: Path) -> None:
    incoming = read_incoming(write(tmp_path / "r.csv", "title,rating,date\nHeat,4,03/04/2014\nAlien,3,05/06/2014\n"))
    assert incoming.n_undated == 2 and incoming.why_undated == "date: they could be day/month/year or month/day/year"


def test_the_date_of_release_is_none_of_the_rating(tmp_path: Path) -> None:
    text = "title,rating,release_date\nHeat,4,1995-12-15\n"
    rated = read_incoming(write(tmp_path / "r.csv", text)).entries[0].rated
    assert rated.title == "Heat (1995)" and rated.timestamp == 0
