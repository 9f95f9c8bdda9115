"""Commands on a model of data with links and tags."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from helpers.asking import Ask, document
from helpers.models import TITLES, toy_factors, toy_run, with_links_and_tags
from helpers.numpy_training import NumpyTraining
from helpers.runs import request, write_ratings

from mftui.engine.model.store import load_factors
from mftui.engine.recipes import row_priors
from mftui.runs.store.run import Run, create_run
from mftui.runs.trainer.main import train


@pytest.fixture
def linked(home: Path) -> Run:
    return toy_run(home, with_links_and_tags(toy_factors()))


def test_a_model_keeps_links_and_tags_and_one_without_has_none(linked: Run, home: Path) -> None:
    movies = linked.load_factors().movies
    assert movies.web_ids is not None and movies.web_ids.find("tt0000102") == 1
    assert movies.tags_of(0) == ["quiet evening", "film"]
    bare = toy_run(home, name="bare").load_factors()
    assert bare.movies.web_ids is None and bare.movies.tags is None and bare.row(0).imdb_id is None


def test_a_training_keeps_them_where_the_data_is_gone(home: Path) -> None:
    data = home / "data"
    data.mkdir()
    write_ratings(data / "ratings.csv")
    movies = sorted({line.split(",")[1] for line in (data / "ratings.csv").read_text().splitlines()[1:]})
    links = [f"{movie},{place + 1},{place + 5}" for place, movie in enumerate(movies)]
    (data / "links.csv").write_text("\n".join(["movieId,imdbId,tmdbId", *links]))
    (data / "tags.csv").write_text(f"userId,movieId,tag\n1,{movies[0]},Funny\n")
    run = create_run(request(data, epochs=3))
    train(run, make_training=NumpyTraining)
    shutil.rmtree(data)
    factors = run.load_factors()
    assert factors.movies.web_ids is not None and factors.movies.web_ids.find("tmdb:5") is not None
    assert factors.row(factors.movie_ids.index(movies[0])).tags == ["funny"]


@pytest.mark.parametrize("movie", ["tt0000102", "tmdb:202", "https://www.imdb.com/title/tt0000102/", "2"])
def test_a_movie_is_named_by_an_id_of_imdb_or_tmdb(linked: Run, ask: Ask, movie: str) -> None:
    found = document(ask("similar", movie, "-n", "1", "--json"))["movie"]
    assert (found["title"], found["imdb_id"], found["tmdb_id"]) == (TITLES[1], "tt0000102", 202)
    assert found["tags"] == ["film"]


def test_an_id_that_the_data_does_not_have_is_refused(linked: Run, ask: Ask) -> None:
    code, out, err = ask("similar", "tt9999999")
    assert (code, out) == (2, "") and 'no movie matches "tt9999999"' in err


def test_a_film_is_rated_and_removed_by_its_id_of_imdb(linked: Run, ask: Ask) -> None:
    assert ask("rate", "tt0000102", "4")[0] == 0
    assert "Toy Story 2" in ask("ratings", "ls")[1]
    assert ask("ratings", "rm", "tmdb:202")[0] == 0
    assert "Toy Story 2" not in ask("ratings", "ls")[1]


def test_recommendations_and_suggestions_are_narrowed_to_a_tag(linked: Run, ask: Ask) -> None:
    for command in (("recommend", "3"), ("recommend", "--ratings", "@"), ("suggest", "3")):
        if "@" in command:
            ask("rate", "1", "4")
        answer = document(ask(*command, "--tag", " Quiet  EVENING", "--json"))
        listed = answer.get("recommendations") or answer.get("suggestions")
        assert listed and all("quiet evening" in line["tags"] for line in listed)


def test_a_tag_that_no_movie_has_is_refused_with_the_nearest(linked: Run, home: Path, ask: Ask) -> None:
    code, out, err = ask("recommend", "3", "--tag", "quiet evenin")
    assert (code, out) == (2, "") and "no movie has the tag quiet evenin. There are 2, such as: quiet evening" in err
    toy_run(home, name="bare")
    code, out, err = ask("recommend", "3", "--run", "bare", "--tag", "funny")
    assert (code, out) == (2, "") and "this model knows no tags" in err and "tags.csv" in err


def test_links_and_tags_are_exported(linked: Run, ask: Ask, tmp_path: Path) -> None:
    assert ask("export", "toy", str(tmp_path / "out"), "--to", "csv")[0] == 0
    with (tmp_path / "out" / "movies.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (rows[0]["imdb_id"], rows[0]["tmdb_id"], rows[0]["tags"]) == ("tt0000101", "201", "quiet evening|film")
    assert (rows[-1]["imdb_id"], rows[-1]["tmdb_id"]) == ("", "")


def test_a_model_whose_links_do_not_fit_is_refused(linked: Run) -> None:
    import numpy as np

    from mftui.data.web_ids import WebIds
    from mftui.engine.model.store import save_factors
    from mftui.errors import FormatError

    directory = linked.path / "bad"
    directory.mkdir()
    factors = linked.load_factors()
    object.__setattr__(factors.movies, "web_ids", WebIds(np.zeros(2, np.int64), np.zeros(2, np.int64)))
    save_factors(factors, directory)
    with pytest.raises(FormatError, match=r"imdb\.npy has shape \(2,\)"):
        load_factors(directory, row_priors)
