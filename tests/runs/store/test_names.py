"""What runs are called: no two the same, and every name that is shown is taken where a run is asked for."""

from __future__ import annotations

import time
from datetime import UTC
from pathlib import Path

import pytest
from helpers.models import toy_run
from helpers.runs import request, write_ratings

from mftui.errors import RunError, UsageError
from mftui.runs.store.naming import LATEST, checked_name, local_time, short_names, without_date
from mftui.runs.store.run import create_run, find_run, find_usable, names_of, runs_and_configs
from mftui.runs.store.summary import summaries
from mftui.runs.store.trash import remove_run


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    return write_ratings(tmp_path / "ratings.csv", n=50)


def test_runs_of_one_kind_are_numbered_in_the_order_in_which_they_were_made(home: Path, ratings: Path) -> None:
    made = [create_run(request(ratings, hyper={"factors": 24})) for _ in range(3)]
    assert [without_date(run.id) for run in made] == ["biased-k24", "biased-k24-2", "biased-k24-3"]
    assert [row.called for row in summaries()] == ["biased-k24-3", "biased-k24-2", "biased-k24"]
    assert [find_run(row.called).id for row in summaries()] == [run.id for run in reversed(made)]


def test_a_number_is_not_given_again_while_its_run_is_in_the_trash(home: Path, ratings: Path) -> None:
    deleted = toy_run(home)
    remove_run(deleted)
    made = create_run(request(ratings, hyper={"factors": 4}, name="toy"))
    assert without_date(made.id) == f"{without_date(deleted.id)}-2"


def test_runs_that_have_one_name_are_shown_apart_and_the_bare_name_is_refused(home: Path, ratings: Path) -> None:
    older, newer = (create_run(request(ratings, name="best")) for _ in range(2))
    assert names_of(runs_and_configs()) == {older.id: "best-1", newer.id: "best-2"}
    assert find_run("best-2") == newer
    assert find_run(without_date(older.id)) == older
    with pytest.raises(RunError, match="several") as refused:
        find_run("best")
    offered = str(refused.value)
    assert "best-1" in offered and "best-2" in offered, "names that can be given"


@pytest.mark.parametrize(
    ("runs", "names"),
    [
        ([], []),
        ([("20260101-000000-als-k8", "")], ["als-k8"]),
        ([("20260101-000000-als-k8", ""), ("20260102-000000-als-k8", "")], ["als-k8-1", "als-k8-2"]),
        ([("a-b-x", "best"), ("a-b-y", "best-1"), ("a-b-z", "best")], ["best-2", "best-1", "best-3"]),
    ],
)
def test_a_number_behind_a_name_is_never_another_runs_name(runs: list[tuple[str, str]], names: list[str]) -> None:
    assert [*short_names(runs).values()] == names


def test_latest_is_the_newest_run_and_no_runs_name(home: Path, ratings: Path) -> None:
    usable = toy_run(home)
    newest = create_run(request(ratings))
    assert find_run(LATEST) == newest
    assert find_usable(LATEST) == find_usable(None) == usable
    for name in (lambda: checked_name(LATEST), lambda: create_run(request(ratings, name=LATEST))):
        with pytest.raises(UsageError, match="newest run"):
            name()


@pytest.mark.parametrize("zone", ["XXX-167:59:59", "XXX+24", "Mars/Phobos", ":/dev/null"])
def test_a_zone_that_is_days_away_does_not_matter(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", zone)
        time.tzset()
        assert local_time(0).astimezone(UTC).isoformat() == "1970-01-01T00:00:00+00:00" and local_time().tzinfo
    time.tzset()


@pytest.mark.parametrize("at", [1e16, 1e300, float("inf"), float("nan"), -1e300])
def test_a_moment_beyond_all_years_is_the_end_of_the_last(at: float) -> None:
    assert local_time(at).year == 9999
