"""Asking a trained model by command: similar, user, recommend, predict, evaluate."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers.asking import Ask, document
from helpers.models import HOSTILE, TITLES, predicted, toy_factors, toy_run

from mftui.engine.query import approximate
from mftui.engine.query.neighbours import similar
from mftui.engine.query.recommend import recommend
from mftui.runs.store.run import Run
from mftui.text import visible
from mftui.tui.screens.users.page import order_of, user_page


def test_similar_lists_neighbours_by_score(run: Run, ask: Ask) -> None:
    answer = document(ask("similar", "toy", "story", "-n", "4", "--json"))
    assert answer["movie"]["title"] == "Toy Story (1995)"
    assert answer["movie"]["movie_id"] == 1
    assert answer["metric"] == "cosine"
    assert answer["run"] == run.id
    neighbours = answer["neighbours"]
    names = {"movie_id", "title", "genres", "score", "n_ratings", "imdb_id", "tmdb_id", "tags"}
    assert [set(n) for n in neighbours] == [names] * 4
    assert [n["score"] for n in neighbours] == sorted((n["score"] for n in neighbours), reverse=True)
    assert 1 not in [n["movie_id"] for n in neighbours]
    assert all(isinstance(n["genres"], list) for n in neighbours)


def test_similar_by_euclidean_distance_puts_the_smallest_first(run: Run, ask: Ask) -> None:
    scores = [n["score"] for n in document(ask("similar", "1", "--metric", "euclidean", "--json"))["neighbours"]]
    assert scores == sorted(scores)


@pytest.mark.skipif(not approximate.available(), reason="FAISS is not installed: pip install 'mftui[ann]'")
def test_similar_by_an_index_tells_its_recall(run: Run, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approximate, "EXACT_MS", -1.0)
    answer = document(ask("similar", "1", "--index", "approximate", "--json"))
    assert answer["search"]["by"] == "approximate"
    assert 0 < answer["search"]["recall_at_10"] <= 1
    assert "nearest" in ask("similar", "1", "--index", "approximate")[2]
    monkeypatch.setenv("MFTUI_NEIGHBOURS", "approximate")
    filtered = document(ask("similar", "1", "--min-ratings", "2", "--json"))["search"]
    assert (filtered["by"], filtered["recall_at_10"]) == ("exact", None)
    assert "exact" in filtered["note"]


def test_similar_looks_at_all_movies_unless_asked(run: Run, ask: Ask) -> None:
    expected = {"by": "exact", "recall_at_10": None, "note": ""}
    assert document(ask("similar", "1", "--json"))["search"] == expected


def test_help_says_what_the_metrics_are_and_how_few_ratings_count(ask: Ask) -> None:
    told = " ".join(ask("similar", "--help")[1].split())
    assert "as a share of the movie's own, so that 1 is the movie itself" in told
    assert "multiplied by n/(n+20)" in told and "a distance is divided by it" in told


def test_similar_says_why_its_list_is_short(run: Run, ask: Ask) -> None:
    answer = document(ask("similar", "1", "-n", "50", "--json"))
    assert len(answer["neighbours"]) == len(TITLES) - 1
    assert f"only {len(TITLES) - 1} other movies" in answer["note"]
    code, _, err = ask("similar", "1", "--min-ratings", "1000")
    assert code == 0
    assert "at least 1000 ratings" in err


def test_similar_without_audience_factors_says_so(run: Run, ask: Ask) -> None:
    code, out, err = ask("similar", "1", "--by", "both")
    assert (code, out) == (2, "")
    assert "no audience factors" in err
    assert "train with the audience" in err


def test_similar_by_either_block_or_both(home: Path, ask: Ask) -> None:
    model = toy_factors(audience=True)
    toy_run(home, model)
    for by in ("taste", "audience", "both"):
        answer = document(ask("similar", "1", "--by", by, "--json"))
        expected, _ = similar(model, 0, by=by)
        assert [line["movie_id"] for line in answer["neighbours"]] == [m + 1 for m in expected]
    assert document(ask("similar", "1", "--json"))["by"] == "both"


def test_recommend_by_each_ranking_and_towards_less_seen_films(home: Path, ask: Ask) -> None:
    model = toy_factors(audience=True)
    toy_run(home, model)
    for rank in ("like", "watch", "both"):
        answer = document(ask("recommend", "3", "--rank", rank, "--json"))
        expected = recommend(model, 2, rank=rank).movies
        assert [line["movie_id"] for line in answer["recommendations"]] == [m + 1 for m in expected]
        assert answer["ranked_by"] == rank
        assert all(0 <= line["would_watch"] <= 100 for line in answer["recommendations"])
    code, out, _ = ask("recommend", "3", "--discover", "0.5")
    assert code == 0
    assert "would watch" in out
    assert ask("recommend", "3", "--discover", "2")[0] == 2


def test_a_movie_of_few_ratings_says_so(home: Path, ask: Ask) -> None:
    toy_run(home, toy_factors(n_users=6))
    _, out, err = ask("recommend", "3")
    assert "little is known of this movie" in err
    assert "*" in out


def test_several_movies_are_listed_with_their_ids(run: Run, ask: Ask) -> None:
    code, out, err = ask("similar", "hamlet", "--json")
    assert (code, out) == (2, "")
    assert "2 movies match" in err
    assert [line.split(maxsplit=1) for line in err.splitlines()[1:]] == [
        ["9", "Hamlet (1990)"],
        ["10", "Hamlet (1996)"],
    ]


def test_no_such_movie_names_the_nearest(run: Run, ask: Ask) -> None:
    code, out, err = ask("similar", "godfahter")
    assert (code, out) == (2, "")
    assert "Godfather, The (1972)" in err


def test_user_shows_every_rating_beside_its_prediction(run: Run, ask: Ask) -> None:
    answer = document(ask("user", "7", "--json"))
    factors = run.load_factors()
    assert answer["user"] == 7
    assert answer["n_ratings"] == len(answer["rated"]) == len(factors.history.of_user(6))
    for line in answer["rated"]:
        assert line["error"] == pytest.approx(line["predicted"] - line["rating"], abs=1e-5)
        assert line["predicted"] == pytest.approx(predicted(factors, 7, line["movie_id"]), abs=1e-5)
    rated = {line["movie_id"] for line in answer["rated"]}
    assert not rated & {line["movie_id"] for line in answer["recommendations"]}
    assert any(line["held_out"] for line in answer["rated"])


def test_user_tables_show_n_of_each(run: Run, ask: Ask) -> None:
    code, out, err = ask("user", "7", "-n", "2")
    assert code == 0
    assert "User 7:" in out
    assert "Recommended to user 7" in out
    assert "2 of" in err


def test_a_users_ratings_are_in_the_same_order_as_in_the_app(run: Run, ask: Ask) -> None:
    model = run.load_factors()
    for user in range(1, 8):
        page = user_page(model, user)
        order = order_of(model, page, "rating", reverse=False)
        titles = [model.movies.titles[movie] for movie in page.rated.movies[order]]
        rated = document(ask("user", str(user), "--json"))["rated"]
        assert [line["title"] for line in rated] == titles
        values = [(line["rating"], line["predicted"]) for line in rated]
        assert values == sorted(values, reverse=True)


def test_an_unknown_user_names_known_ones(run: Run, ask: Ask) -> None:
    for command in ("user", "recommend"):
        code, out, err = ask(command, "999", "--json")
        assert (code, out) == (2, "")
        assert "no user with id 999" in err
        assert "20" in err


def test_recommend_has_the_documented_shape(run: Run, ask: Ask) -> None:
    answer = document(ask("recommend", "3", "-n", "3", "--json"))
    names = {"movie_id", "title", "genres", "predicted", "std", "lower", "upper", "cold", "would_watch", "n_ratings"}
    names |= {"plus_minus", "because", "imdb_id", "tmdb_id", "tags", "score"}
    assert [set(line) for line in answer["recommendations"]] == [names] * 3
    assert answer["user"] == 3
    assert answer["recommendations"][0]["std"] is None
    assert answer["recommendations"][0]["because"] == []


@pytest.mark.parametrize(
    ("years", "first", "last"),
    [
        ("1995", 1995, 1995),
        ("1990-1996", 1990, 1996),
        ("1990..1996", 1990, 1996),
        ("1996-", 1996, 9999),
        ("..1990", 1, 1990),
    ],
)
def test_recommend_filters_by_years(run: Run, ask: Ask, years: str, first: int, last: int) -> None:
    answer = document(ask("recommend", "3", f"--years={years}", "--json"))
    wanted = {title for title in TITLES if title[-5:-1].isdigit() and first <= int(title[-5:-1]) <= last}
    assert {line["title"] for line in answer["recommendations"]} <= wanted
    assert "pass the filters" in answer["note"]


@pytest.mark.parametrize("years", ["nineties", "1999-1990", "19901999", "-", ""])
def test_years_that_are_none(run: Run, ask: Ask, years: str) -> None:
    code, out, err = ask("recommend", "3", f"--years={years}")
    assert (code, out) == (2, "")
    assert "--years" in err


def test_recommend_by_genre(run: Run, ask: Ask) -> None:
    answer = document(ask("recommend", "3", "--genre", "sci-fi", "--json"))
    assert answer["recommendations"]
    assert all("Sci-Fi" in line["genres"] for line in answer["recommendations"])
    code, out, err = ask("recommend", "3", "--genre", "Wetsern")
    assert (code, out) == (2, "")
    assert "Sci-Fi" in err


def test_a_run_that_is_under_way_says_so_on_standard_error(home: Path, ask: Ask) -> None:
    run = toy_run(home, state="running")
    code, out, err = ask("recommend", "1", "--json")
    assert code == 0
    assert json.loads(out)["run"] == run.id
    assert "running, not finished" in err


def test_run_is_chosen_by_name_and_missing_ones_are_named(run: Run, ask: Ask) -> None:
    assert document(ask("recommend", "1", "--run", "toy", "--json"))["run"] == run.id
    code, out, err = ask("recommend", "1", "--run", "nothing")
    assert (code, out) == (2, "")
    assert run.id in err


def test_without_any_run_the_way_to_one_is_named(ask: Ask) -> None:
    code, out, err = ask("similar", "toy story", "--json")
    assert (code, out) == (2, "")
    assert "mftui train" in err


def test_evaluate_names_its_split_and_stands_beside_the_baselines(run: Run, ask: Ask) -> None:
    answer = document(ask("evaluate", "--k", "5", "--json"))
    assert answer["split"] == "random 20 % (seed 0)"
    assert answer["rmse"] > 0
    assert {"mae", "ndcg@5", "recall@5", "coverage"} <= set(answer)
    assert {"global_mean", "bias"} <= set(answer["baselines"])
    code, out, _ = ask("evaluate")
    assert code == 0
    assert "random 20 % (seed 0)" in out.splitlines()[0]
    assert "global mean" in out
    assert "user and movie bias" in out
    assert all(name in out for name in ("RMSE", "MAE", "NDCG@10", "recall@10", "coverage"))


def test_evaluate_without_held_out_ratings_asks_for_a_file(home: Path, ask: Ask) -> None:
    toy_run(home, toy_factors(test_fraction=0))
    code, out, err = ask("evaluate", "--json")
    assert (code, out) == (2, "")
    assert "--test FILE" in err


def test_evaluate_on_a_file_says_what_it_leaves_out_and_what_was_trained_on(run: Run, ask: Ask, tmp_path: Path) -> None:
    history = run.load_factors().history
    train, test = history.part(held_out=False), history.part(held_out=True)
    pairs = [(r.users[at] + 1, r.movies[at] + 1, r.values[at]) for r in (train, test) for at in (0, 1)]
    file = tmp_path / "test.csv"
    lines = ["user,movie,rating", *(f"{u},{m},{v}" for u, m, v in pairs), "999,1,3.0"]
    file.write_text("\n".join(lines) + "\n")
    code, out, err = ask("evaluate", "--test", str(file), "--json")
    assert code == 0
    assert json.loads(out)["n_test"] == 4
    assert "1 of 5 test ratings are left out" in err
    assert "2 of 4 test ratings were trained on" in err


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles_show_as_themselves(home: Path, ask: Ask, title: str) -> None:
    toy_run(home, toy_factors((*TITLES, *HOSTILE)))
    movie_id = str(len(TITLES) + HOSTILE.index(title) + 1)
    code, out, err = ask("similar", movie_id, "-n", "19")
    assert code == 0
    assert visible(title) in out.splitlines()[0]
    assert sum(visible(other) in line for other in HOSTILE for line in out.splitlines()) == len(HOSTILE)
    assert not set("\x1b\x07\u202e\t") & set(out + err)
    exact = document(ask("similar", movie_id, "--json"))
    assert exact["movie"]["title"] == title


def test_a_long_title_is_whole_where_output_is_no_terminal(home: Path, ask: Ask) -> None:
    title = "Long " + "and longer " * 40 + "(1999)"
    toy_run(home, toy_factors((*TITLES, title)))
    assert title in ask("similar", "1", "-n", "50")[1]
