"""Titles from the files beside the ratings: which file, which columns, and whose movies they are."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from helpers.paths import movielens
from helpers.ratings_files import write

from mftui.data.dataset import Dataset
from mftui.data.loading.load import open_dataset

RATINGS = "userId,movieId,rating\n1,10,4\n1,20,3\n2,10,5\n2,30,1\n7,20,2\n"
TITLES = "id,title\n10,Heat (1995)\n20,Alien (1979)\n30,Up (2009)\n"
EXPECTED = ["Heat (1995)", "Alien (1979)", "Up (2009)"]


def opened(directory: Path, files: dict[str, str], ratings: str = RATINGS) -> Dataset:
    for name, text in files.items():
        write(directory / name, text)
    return open_dataset(write(directory / "ratings.csv", ratings))


@pytest.mark.parametrize(
    "name",
    [
        "movies.csv", "Movies.CSV", "movie.csv", "movies (1).csv", "movies - Copy.csv", "movies copy 2.csv",
        "books.csv", "Anime.csv", "items.csv", "item.txt", "movies_metadata.csv", "Netflix_Dataset_Movie.csv",
        "BX-Books.csv", "movie_titles.csv", "my_films.csv", "films.tsv", "u.item",
    ],
)  # fmt: skip
def test_a_file_of_titles_is_known_by_its_name_and_by_what_it_holds(tmp_path: Path, name: str) -> None:
    text = TITLES.replace(",", "\t") if name.endswith("tsv") else TITLES
    assert opened(tmp_path, {name: text}).movies.title_list == EXPECTED


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("movies.csv", RATINGS.replace("rating", "title")),
        ("movie_ratings.csv", TITLES),
        ("film_reviews.csv", TITLES),
        ("movies.json.md", TITLES),
        ("notes.csv", TITLES),
    ],
)
def test_other_files_beside_the_ratings_are_none(tmp_path: Path, name: str, text: str) -> None:
    dataset = opened(tmp_path, {name: text})
    assert not dataset.movies.titled


def test_of_several_the_usual_name_counts_if_it_holds_titles(tmp_path: Path) -> None:
    files = {
        "books.csv": TITLES.replace("Heat", "Book"),
        "movie.csv": "movieId,genre\n10,Crime\n",
        "movies (2).csv": TITLES,
    }
    assert opened(tmp_path, files).movies.title_list == EXPECTED


def test_titles_are_read_from_compressed_files_and_from_parquet(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    write(tmp_path / "a" / "movies.csv.gz", gzip.compress(TITLES.encode()))
    assert opened(tmp_path / "a", {}).movies.title_list == EXPECTED
    (tmp_path / "b").mkdir()
    columns = {"item_id": [10.0, 20.0, 30.0], "name": EXPECTED, "genres": [["Crime", "Drama"], None, ["Comedy"]]}
    parquet.write_table(pa.table(columns), tmp_path / "b" / "item.parquet")
    dataset = opened(tmp_path / "b", {})
    assert dataset.movies.title_list == EXPECTED and dataset.movies.genres_of(0) == ["Crime", "Drama"]


FORMS = {
    "a name": ("ID;Name;Genre\n10;Heat;Crime\n", "Heat", "Crime", 0),
    "columns of an anime table": (
        "anime_id,name,genre,type,episodes,rating,members\n10,Gintama&#039;,\"Action, Comedy\",TV,51,9.25,114262\n",
        "Gintama'", "Action|Comedy", 0,
    ),
    "an English title": (
        'anime_id,title,title_english,aired\n10,Kagaku,Science,"Apr 3, 1998 to ?"\n', "Kagaku", "", 1998,
    ),
    "only an original title": ("movie_id,originaltitle,year\n10,La Haine,1995.0\n", "La Haine", "", 1995),
    "a column called movie": ("movieId,movie,year\n10,Heat,1995\n", "Heat", "", 1995),
    "quoted, with backslashes": (
        '"ISBN";"Book-Title";"Year-Of-Publication"\n"10";"The \\"real\\"; thing";"1995"\n"20";"B";"1990"\n',
        'The "real"; thing', "", 1995,
    ),
    "the Netflix Prize's titles": (
        "10,2003,Dinosaur Planet\n20,NULL,Isle of Man, the TT Review\n", "Dinosaur Planet", "", 2003,
    ),
    "no header": ("10,Heat (1995),Crime|Drama\n20,Alien (1979),Horror\n", "Heat (1995)", "Crime|Drama", 1995),
    "no header, two columns, tabs": ("10\tHeat\n20\tAlien\n", "Heat", "", 0),
    "nothing is \\N": ("id\ttitle\ttitle_english\tyear\n10\t\\N\tHeat\t\\N\n", "Heat", "", 0),
    "genres as flags": (
        "movie id|movie title|release date|Action|Crime|Drama\n10|Heat|15-Dec-1995|1|0|1\n",
        "Heat", "Action|Drama", 1995,
    ),
    "genres as yes and no": ("id,name,Action,Crime,Drama\n10,Heat,True,False,True\n", "Heat", "Action|Drama", 0),
    "a header and colons": ("MovieID::Title::Genres\n10::Heat::Off::Crime\n", "Heat::Off", "Crime", 0),
}  # fmt: skip


ENCODED = {
    "UTF-16": "id,title\n10,Amélie\n".encode("utf-16"),
    "UTF-8 with a mark": "id,title\n10,Amélie\n".encode("utf-8-sig"),
    "Latin-1": "id,title\n10,Amélie\n20,B\n30,C\n".encode("latin-1"),
    "Windows": ("id,title\n10,Amélie\n20,It’s\n" + "".join(f"{i},Film\n" for i in range(100, 199))).encode("cp1252"),
    "Excel's first line": "sep=;\nid;title\n10;Amélie\n".encode(),
    "comments": "# made by hand\n#\n\nid,title\n10,Amélie\n".encode(),
}


@pytest.mark.parametrize("form", ENCODED)
def test_texts_of_any_usual_encoding_are_read(tmp_path: Path, form: str) -> None:
    write(tmp_path / "movies.csv", ENCODED[form])
    movies = opened(tmp_path, {}).movies
    assert movies.titles[0] == "Amélie"
    assert movies.titles[1] == "It’s" or form != "Windows"


@pytest.mark.parametrize("form", FORMS)
def test_columns_of_titles_genres_and_years_are_found(tmp_path: Path, form: str) -> None:
    text, title, genres, year = FORMS[form]
    movies = opened(tmp_path, {"movies.csv": text}).movies
    assert (movies.titles[0], movies.genres[0], int(movies.years[0])) == (title, genres, year)


def test_the_rest_of_a_line_of_the_netflix_prize_is_the_title(tmp_path: Path) -> None:
    movies = opened(tmp_path, {"movie_titles.csv": "10,2003,Isle of Man, the TT, Review\n20,NULL,Heat\n"}).movies
    assert movies.titles[0] == "Isle of Man, the TT, Review" and int(movies.years[1]) == 0


OWN_ID = {
    "IMDb's id comes first": "imdbID,id,title\n20,10,Heat (1995)\n30,20,Alien (1979)\n10,30,Up (2009)\n",
    "the site's own ids come last": (
        "imdb_id,tmdb_id,title,movieId\n20,30,Heat (1995),10\n30,10,Alien (1979),20\n10,20,Up (2009),30\n"
    ),
    "an id of another site": (
        "book_id,goodreads_book_id,title\n10,20,Heat (1995)\n20,30,Alien (1979)\n30,10,Up (2009)\n"
    ),
    "the first ids of another site are some of the rated": (
        "id,book_id,title\n10,30,Heat (1995)\n20,99,Alien (1979)\n30,98,Up (2009)\n"
    ),
    "a counter beside it": ",id,movieId,title\n0,30,10,Heat (1995)\n1,10,20,Alien (1979)\n2,20,30,Up (2009)\n",
}


@pytest.mark.parametrize("case", OWN_ID)
def test_a_movie_is_found_by_its_own_id_and_by_no_other(tmp_path: Path, case: str) -> None:
    assert opened(tmp_path, {"movies.csv": OWN_ID[case]}).movies.title_list == EXPECTED


def imdb_ratings(form: str) -> str:
    return "user,movie,rating\n" + "".join(
        f"{u},{form.format(100000 + m)},{m % 5 + 1}\n" for u in (1, 2) for m in range(9)
    )


@pytest.mark.parametrize("rated", ["tt{:07}", "{:07}", "{}"])
@pytest.mark.parametrize("written", ["tt{:07}", "{:07}", "{}"])
def test_ids_of_imdb_are_the_same_with_and_without_tt_and_zeros(tmp_path: Path, rated: str, written: str) -> None:
    for directory, head, line in (("a", "movieId,title", "{},Film {}"), ("b", "id,imdb_id,title", "7{1},{0},Film {1}")):
        rows = "".join(line.format(written.format(100000 + m), m) + "\n" for m in range(9))
        dataset = opened(tmp_path / directory, {"movies.csv": f"{head}\n{rows}"}, imdb_ratings(rated))
        assert dataset.movies.title_list == [f"Film {m}" for m in range(9)]
        how = f"joined by its column {'movieId' if directory == 'a' else 'imdb_id'}"
        if directory == "b" or (rated.startswith("tt") != written.startswith("tt")):
            assert how in dataset.repairs[0] and "9 of the 9 rated movies" in dataset.repairs[0]


METADATA = "adult,genres,id,imdb_id,original_language,title\n" + "".join(
    f"False,\"[{{'id': 18, 'name': 'Drama'}}]\",{tmdb},tt{imdb:07},en,{title}\n"
    for tmdb, imdb, title in ((20, 113277, "Heat"), (30, 78748, "Alien"), (10, 1049413, "Up"))
)


def test_ids_of_tmdb_are_not_taken_for_the_movies_own(tmp_path: Path) -> None:
    links = "movieId,imdbId,tmdbId\n10,0113277,20\n20,0078748,30\n30,1049413,10\n"
    dataset = opened(tmp_path / "linked", {"movies_metadata.csv": METADATA, "links.csv": links})
    assert dataset.movies.title_list == ["Heat", "Alien", "Up"] and dataset.movies.genres_of(0) == ["Drama"]
    assert dataset.repairs == (
        "Titles of movies_metadata.csv joined by IMDb's ids, through the links: 3 of the 3 rated movies are found.",
    )
    part = opened(tmp_path / "alone", {"movies_metadata.csv": METADATA.replace(",10,tt", ",77,tt")})
    assert not part.movies.titled and "its ids of IMDb or TMDb are not those of the ratings" in part.repairs[0]


def test_a_line_for_each_genre_is_one_movie_of_several_genres(tmp_path: Path) -> None:
    movies = opened(tmp_path, {"movies.csv": "id,title,genre\n10,Heat,Crime\n10,Heat,Drama\n20,Up,\n"}).movies
    assert [movies.genres_of(movie) for movie in range(2)] == [["Crime", "Drama"], []]


def test_a_file_that_knows_few_of_the_movies_says_so(tmp_path: Path) -> None:
    dataset = opened(tmp_path, {"movies.csv": "id,title\n10,Heat\n11,Alien\n"})
    assert dataset.repairs[-1] == (
        "movies.csv knows only 1 of the 3 rated movies (33%), by its column id: check that these are the ids of the "
        "ratings. Other movies are shown by their ids."
    )


WILD = {
    "03-netflix-kaggle-csv/Netflix_Dataset_Rating.csv": ("Twelve Monkeys (a.k.a. 12 Monkeys)", ""),
    "11-amazon2023-reviews-csv/Movies_and_TV.csv": ("B000001992", ""),
    "17-goodbooks10k/ratings.csv": ("Book 32", ""),
    "34-hetrec-movielens/user_ratedmovies-timestamps.dat": ("Twelve Monkeys (a.k.a. 12 Monkeys)", "Drama"),
    "35-ml20m-kaggle/rating.csv": ("Twelve Monkeys (a.k.a. 12 Monkeys) (1995)", "Mystery|Sci-Fi|Thriller"),
    "36-ml1m-csv-unquoted-comma/ratings.csv": ("Twelve Monkeys (a.k.a. 12 Monkeys) (1995)", "Mystery|Sci-Fi|Thriller"),
    "38-the-movies-dataset/ratings_small.csv": ("Twelve Monkeys (a.k.a. 12 Monkeys)", "Animation"),
    "97-parquet-variants/with_title.parquet": ("Twelve Monkeys (a.k.a. 12 Monkeys) (1995)", "Mystery|Sci-Fi|Thriller"),
    "114-genres-not-piped/ratings.csv": ("Twelve Monkeys (a.k.a. 12 Monkeys) (1995)", "Mystery|Sci-Fi|Thriller"),
    "117-movies-with-imdb-numbers/ratings.csv": ("Twelve Monkeys (a.k.a. 12 Monkeys) (1995)", ""),
    "118-duplicated-browser-names/ratings (1).csv": (
        "Twelve Monkeys (a.k.a. 12 Monkeys) (1995)",
        "Mystery|Sci-Fi|Thriller",
    ),
    "119-title-html-entities/ratings.csv": ("Gintama' & 32", ""),
    "130-moviesid-string-vs-int/ratings.csv": ("Star Wars: Episode IV - A New Hope (1977)", "Action|Adventure|Sci-Fi"),
}
"""File → title and genres of the second movie."""


@pytest.mark.parametrize("file", WILD)
def test_titles_of_files_as_people_have_them(file: str) -> None:
    dataset = open_dataset(movielens("wild") / file, use_cache=False)
    assert (dataset.movies.titles[1], dataset.movies.genres[1]) == WILD[file]
