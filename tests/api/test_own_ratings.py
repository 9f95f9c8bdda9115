"""One's own ratings from a file, in Python."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.models import toy_factors
from helpers.ratings_files import write

import mftui
from mftui.api.model import Model
from mftui.errors import DataError


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    return Model(toy_factors(audience=True))


def test_a_file_becomes_ratings_that_recommend_takes(tmp_path: Path, model: Model) -> None:
    text = "Const,Your Rating,Date Rated,Title,Year,Title Type\ntt1,9,2020-01-01,Toy Story,1995,Movie\n"
    text += "tt2,3,2020-01-02,Heat,1995,Movie\ntt3,9,2020-01-02,Batman,1989,TV Series\ntt4,9,2020-01-02,X,1989,Movie\n"
    frame = mftui.own_ratings(model, write(tmp_path / "ratings.csv", text))
    assert frame[["movie_id", "title", "rating", "by"]].to_numpy().tolist() == [
        [1, "Toy Story (1995)", 4.5, "title"],
        [11, "Heat (1995)", 1.5, "title"],
    ]
    assert frame.attrs["unmatched"] == ["X (1989)"] and frame.attrs["not_films"] == ["Batman (1989)"]
    assert frame.attrs["read_as"][0]["columns"]["rating"]["name"] == "Your Rating"
    assert model.recommend(frame, 3).movie_id.tolist() == model.recommend({1: 4.5, 11: 1.5}, 3).movie_id.tolist()


def test_of_several_people_one_is_named(tmp_path: Path, model: Model) -> None:
    file = write(tmp_path / "r.csv", "who,film,grade\nkim,Toy Story (1995),10\nlee,Toy Story (1995),2\nkim,Alien,-\n")
    columns = {"user": "who", "title": "film", "rating": "grade"}
    with pytest.raises(DataError, match="ratings of 2 people: kim, lee"):
        mftui.own_ratings(model, file, columns=columns)
    assert mftui.own_ratings(model, str(file), columns=columns, user="lee", best=10).rating.tolist() == [1.0]
    with pytest.raises(DataError, match="none of its movies"):
        mftui.own_ratings(model, write(tmp_path / "x.csv", "title,rating\nNobody (1900),3\n"))


def test_dates_that_cannot_be_read_are_warned_of(tmp_path: Path, model: Model) -> None:
    file = write(tmp_path / "r.csv", "title,rating,date\nHeat (1995),3,01/02/2003\n")
    with pytest.warns(UserWarning, match="no dates read"):
        mftui.own_ratings(model, file)
