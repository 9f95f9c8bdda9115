"""Two models, asked the same from Python."""

from __future__ import annotations

import warnings
from pathlib import Path

import pandas as pd
import pytest
from helpers.models import TITLES, toy_factors, toy_run

import mftui
from mftui.errors import UnknownId

MODELS = [mftui.Model(toy_factors(audience=audience, seed=seed)) for audience, seed in ((True, 0), (True, 1))]
MORE = mftui.Model(toy_factors((*TITLES[:3], "Alien (1979)", *TITLES[4:], "Up (2009)"), n_users=25))
"""Of other data: another title under the id 4, a thirteenth film, and five more users."""


@pytest.fixture(scope="module")
def both() -> mftui.Comparison:
    return mftui.compare(*MODELS)


def places_agree(frame: pd.DataFrame, lists: list[list[int]]) -> None:
    """Fail unless the frame says of each list in which order its movies are."""
    for side, listed in enumerate(lists, 1):
        here = frame.dropna(subset=[f"place_{side}"]).sort_values(f"place_{side}")
        assert here.movie_id.tolist() == listed
    change = {row.movie_id: row.change for row in frame.itertuples()}
    for movie in {*lists[0], *lists[1]}:
        first, second = (listed.index(movie) if movie in listed else None for listed in lists)
        if first is None or second is None:
            assert change[movie] == ("new" if first is None else "gone")
        else:
            assert change[movie] == ("same" if first == second else "up" if second < first else "down")


def test_neighbours_and_lists_are_those_of_each_model_beside_each_other(both: mftui.Comparison) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frame = both.similar("toy story", n=6, by="taste")
        lists = both.recommend(7, n=4, rank="like")
    places_agree(frame, [model.similar("toy story", n=6, by="taste").movie_id.tolist() for model in MODELS])
    assert frame.place_1.dtype == "Int64" and frame.score_2.dtype == float
    places_agree(lists, [model.recommend(7, n=4, rank="like").movie_id.tolist() for model in MODELS])
    first = lists[lists.place_1 == 1].iloc[0]
    assert first.predicted_1 == pytest.approx(MODELS[0].predict(7, first.movie_id), abs=1e-5)
    new = both.recommend({"toy story": 5, "heat": 1}, n=4)
    places_agree(new, [model.recommend({"toy story": 5, "heat": 1}, n=4).movie_id.tolist() for model in MODELS])


def test_ratings_stand_beside_both_predictions(both: mftui.Comparison) -> None:
    frame = both.rated(7)
    for side, model in enumerate(MODELS, 1):
        predicted = [model.predict(7, movie) for movie in frame.movie_id]
        assert frame[f"predicted_{side}"].tolist() == pytest.approx(predicted)
        known = frame[frame[f"held_out_{side}"].notna()]
        assert len(known) == len(model.factors.history.of_user(6))
    assert (frame.difference - (frame.predicted_2 - frame.predicted_1)).abs().max() < 1e-6
    assert frame.rating.is_monotonic_decreasing


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_only_one_of_them_knows_is_said() -> None:
    both = mftui.compare(MODELS[0], MORE)
    with pytest.warns(UserWarning) as warned:
        frame = both.similar("toy story", n=12)
    told = " ".join(str(one.message) for one in warned)
    assert (
        "Different data, so movies and users are matched by id. 1 of 12 films is not in the data of run 1, 1 has "
        in told
    )
    assert "Run 1 compares by both, run 2 by taste" in told
    assert "another title in run 2: Batman (1989) and Alien (1979)." in told
    up = frame[frame.title == "Up (2009)"].iloc[0]
    assert (up.unknown_to, up.change, pd.isna(up.place_1)) == (1, "new", True)
    assert {one.filename for one in warned} == {__file__}
    with pytest.warns(UserWarning, match="Run 1 does not know this movie, so only run 2 lists neighbours"):
        alone = both.similar("up 2009", n=3)
    assert alone.place_1.isna().all() and alone.change.isna().all()
    with pytest.warns(UserWarning, match="Run 1 does not know user 23, so all here is of run 2"):
        listed = both.recommend(23, n=3)
    assert listed.place_2.tolist() == [1, 2, 3] and listed.place_1.isna().all()
    with pytest.warns(UserWarning, match="Run 1 does not know user 23"):
        assert both.rated(23).predicted_1.isna().all()
    for ask in (both.recommend, both.rated):
        with pytest.raises(UnknownId, match="no user with id 99"):
            ask(99)
    with pytest.raises(UnknownId, match="no movie with id 99"):
        both.similar(99)


def test_runs_are_opened_by_their_name(home: Path) -> None:
    for number, model in enumerate(MODELS):
        toy_run(home, model.factors, name=f"r{number}")
    both = mftui.compare("r0", "r1")
    assert (both.first.run.name, both.second.run.name) == ("r0", "r1")  # type: ignore[union-attr]
    assert "biased-k4-r0" in repr(both) and "biased-k4-r1" in repr(both)
