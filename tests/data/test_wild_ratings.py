"""Every file of `shared/data/wild`, as its owner would expect it: read right, or refused in words that help."""

from __future__ import annotations

import pytest
from helpers.paths import SHARED_DATA

from mftui.data.dataset import Dataset
from mftui.data.loading.load import open_dataset
from mftui.data.reading.options import ReadOptions
from mftui.errors import DataError, DoubtError

WILD = SHARED_DATA / "wild"
pytestmark = pytest.mark.skipif(not WILD.is_dir(), reason="shared/data/wild is not beside the repository")

WHOLE = (80, 60, 1120)
HALVES, STARS, TENS = (0.5, 5.0), (1.0, 5.0), (1.0, 10.0)

# file: (users, movies, ratings), (lowest, highest), whether titles are found
READ: dict[str, tuple[tuple[int, int, int], tuple[float, float], bool]] = {
    "01-netflix-combined/combined_data_1.txt": (WHOLE, STARS, True),
    "03-netflix-kaggle-csv/Netflix_Dataset_Rating.csv": (WHOLE, STARS, True),
    "06-amazon2014-ratings-only/ratings_Movies_and_TV.csv": (WHOLE, STARS, False),
    "07-amazon2018-item-first/Movies_and_TV.csv": ((60, 80, 1120), STARS, False),
    "08-amazon2014-json-lines/reviews_Movies_and_TV_5.json": (WHOLE, STARS, False),
    "09-amazon2014-json-gz/reviews_Movies_and_TV_5.json.gz": (WHOLE, STARS, False),
    "10-amazon2023-5core-csv/Movies_and_TV.csv": (WHOLE, STARS, False),
    "100-mixed-decimal/late_half.csv": (WHOLE, HALVES, False),
    "100-mixed-decimal/nohead_semicolon.csv": (WHOLE, HALVES, False),
    "100-mixed-decimal/tab_comma.tsv": (WHOLE, HALVES, False),
    "103-unix-timestamp-name/ratings.csv": (WHOLE, HALVES, False),
    "103-unix-timestamp-name/ratings_ts.csv": (WHOLE, HALVES, False),
    "106-duplicates/ratings.csv": (WHOLE, HALVES, False),
    "109-ml-1m-with-users-features/ratings.dat": (WHOLE, STARS, True),
    "11-amazon2023-reviews-csv/Movies_and_TV.csv": (WHOLE, STARS, False),
    "112-uuid-binary-real/uuid16.parquet": (WHOLE, HALVES, False),
    "114-genres-not-piped/ratings.csv": (WHOLE, HALVES, True),
    "117-movies-with-imdb-numbers/ratings.csv": (WHOLE, HALVES, True),
    "118-duplicated-browser-names/ratings (1).csv": (WHOLE, HALVES, True),
    "119-title-html-entities/ratings.csv": (WHOLE, HALVES, True),
    "12-amazon-finefoods/Reviews.csv": (WHOLE, STARS, False),
    "120-semicolon-first-100-whole/bewertungen.csv": (WHOLE, HALVES, False),
    "122-movielens-100k-space/u.data": (WHOLE, STARS, True),
    "122-movielens-100k-space/u1.base": ((72, 60, 1000), STARS, True),
    "122-movielens-100k-space/u1.test": ((9, 54, 120), STARS, True),
    "123-rating-scale-mixed/ratings.csv": (WHOLE, TENS, False),
    "124-date-columns/reviewdate.csv": (WHOLE, HALVES, False),
    "124-date-columns/reviewtime.csv": (WHOLE, HALVES, False),
    "125-single-quotes-json-python/py.json": (WHOLE, HALVES, False),
    "128-half-star-glyph-number/frac.csv": (WHOLE, HALVES, False),
    "129-yahoo-r3-no-newline-crlf/ydata-ymusic-rating-study-v1_0-train.txt": (WHOLE, STARS, False),
    "13-snap-movies-txt/movies.txt": (WHOLE, STARS, False),
    "130-moviesid-string-vs-int/ratings.csv": (WHOLE, HALVES, True),
    "132-ids-called-nan/plays.tsv": (WHOLE, STARS, False),
    "133-negative-timestamps/ratings.csv": (WHOLE, STARS, False),
    "14-yelp-json/yelp_academic_dataset_review.json": (WHOLE, STARS, False),
    "15-yelp-csv/yelp_review.csv": (WHOLE, STARS, False),
    "17-goodbooks10k/ratings.csv": (WHOLE, STARS, True),
    "22-movietweetings/ratings.dat": (WHOLE, (0.0, 10.0), True),
    "23-filmtrust/ratings.txt": (WHOLE, (0.5, 4.0), False),
    "24-epinions/ratings_data.txt": (WHOLE, STARS, False),
    "27-yahoo-kddcup/trainIdx1.txt": (WHOLE, (10.0, 100.0), False),
    "34-hetrec-movielens/user_ratedmovies-timestamps.dat": ((80, 66, 1600), HALVES, True),
    "34-hetrec-movielens/user_ratedmovies.dat": ((80, 66, 1600), HALVES, True),
    "35-ml20m-kaggle/rating.csv": (WHOLE, HALVES, True),
    "36-ml1m-csv-unquoted-comma/ratings.csv": (WHOLE, STARS, True),
    "37-ml1m-utf8-bom/ratings.dat": (WHOLE, STARS, True),
    "38-the-movies-dataset/ratings_small.csv": (WHOLE, HALVES, True),
    "39-recbole/ml-x.inter": (WHOLE, HALVES, True),
    "42-lenskit-native/rating.parquet": (WHOLE, HALVES, True),
    "43-surprise-item-user-rating/data.txt": ((60, 80, 1120), STARS, False),
    "44-surprise-91/aman.data": (WHOLE, (5.676481, 50.99886), False),
    "45-libfm-svmlight/train.libfm": (WHOLE, STARS, False),
    "47-ncf/ml-1m.test.rating": ((80, 53, 125), (2.0, 5.0), False),
    "47-ncf/ml-1m.train.rating": (WHOLE, STARS, False),
    "49-matrix-market/ratings.mtx": (WHOLE, STARS, False),
    "50-arff/ratings.arff": (WHOLE, STARS, False),
    "55-r-write-csv/ratings.csv": (WHOLE, HALVES, False),
    "57-pandas-index-header/ratings.csv": (WHOLE, HALVES, False),
    "57-pandas-index-header/shuffled.csv": (WHOLE, HALVES, False),
    "59-excel-german/bewertungen.csv": (WHOLE, HALVES, False),
    "59-excel-german/deutsch.csv": (WHOLE, HALVES, False),
    "60-excel-sep-line/ratings.csv": (WHOLE, HALVES, False),
    "61-thousands/commas.csv": (WHOLE, HALVES, False),
    "61-thousands/dots.csv": (WHOLE, HALVES, False),
    "63-utf16-excel/ratings.txt": (WHOLE, HALVES, False),
    "64-quoted-crlf/cr_only.csv": (WHOLE, HALVES, False),
    "64-quoted-crlf/ratings.csv": (WHOLE, HALVES, False),
    "65-trailing-delimiter/header_too.csv": (WHOLE, HALVES, False),
    "65-trailing-delimiter/no_header.csv": (WHOLE, HALVES, False),
    "65-trailing-delimiter/tabs.tsv": (WHOLE, HALVES, False),
    "66-preamble/hash_comment.csv": (WHOLE, HALVES, False),
    "66-preamble/report.csv": (WHOLE, HALVES, False),
    "66-preamble/savetxt_header.csv": (WHOLE, HALVES, False),
    "67-iso-times/date.csv": (WHOLE, HALVES, False),
    "67-iso-times/frac.csv": (WHOLE, HALVES, False),
    "67-iso-times/fracz.csv": (WHOLE, HALVES, False),
    "67-iso-times/minute.csv": (WHOLE, HALVES, False),
    "67-iso-times/offset.csv": (WHOLE, HALVES, False),
    "67-iso-times/z.csv": (WHOLE, HALVES, False),
    "68-day-first/amazon.csv": (WHOLE, HALVES, False),
    "68-day-first/dots.csv": (WHOLE, HALVES, False),
    "68-day-first/slash_dayfirst.csv": (WHOLE, HALVES, False),
    "68-day-first/slashymd.csv": (WHOLE, HALVES, False),
    "68-day-first/us.csv": (WHOLE, HALVES, False),
    "68-day-first/words.csv": (WHOLE, HALVES, False),
    "69-yyyymmdd/long.csv": (WHOLE, HALVES, False),
    "69-yyyymmdd/ratings.csv": (WHOLE, HALVES, False),
    "69-yyyymmdd/year.csv": (WHOLE, HALVES, False),
    "72-compressed/ml.tar": (WHOLE, HALVES, False),
    "72-compressed/ml.tar.gz": (WHOLE, HALVES, False),
    "72-compressed/ratings.csv.bz2": (WHOLE, HALVES, False),
    "72-compressed/ratings.csv.gz": (WHOLE, HALVES, False),
    "72-compressed/ratings.csv.lz4": (WHOLE, HALVES, False),
    "72-compressed/ratings.csv.xz": (WHOLE, HALVES, False),
    "72-compressed/ratings.csv.zst": (WHOLE, HALVES, False),
    "73-zips/deep.zip": (WHOLE, HALVES, False),
    "73-zips/gz_in_zip.zip": (WHOLE, HALVES, False),
    "73-zips/mac.zip": (WHOLE, HALVES, False),
    "73-zips/ratings.csv.zip": (WHOLE, HALVES, False),
    "73-zips/zip_in_zip.zip": (WHOLE, HALVES, False),
    "74-feather-arrow-orc/ratings.arrow": (WHOLE, HALVES, False),
    "74-feather-arrow-orc/ratings.feather": (WHOLE, HALVES, False),
    "74-feather-arrow-orc/ratings.orc": (WHOLE, HALVES, False),
    "75-json/array.json": (WHOLE, HALVES, False),
    "75-json/columns.json": (WHOLE, HALVES, False),
    "75-json/lines.jsonl": (WHOLE, HALVES, False),
    "75-json/pretty.json": (WHOLE, HALVES, False),
    "76-excel/html_as.xls": (WHOLE, HALVES, False),
    "76-excel/ratings.xlsx": (WHOLE, HALVES, False),
    "77-sqlite/ratings.db": (WHOLE, HALVES, False),
    "78-numpy-pickle-hdf/rating.mat": (WHOLE, HALVES, False),
    "78-numpy-pickle-hdf/ratings.h5": (WHOLE, HALVES, False),
    "78-numpy-pickle-hdf/ratings.npy": (WHOLE, HALVES, False),
    "78-numpy-pickle-hdf/ratings.npz": (WHOLE, HALVES, False),
    "78-numpy-pickle-hdf/sparse.npz": (WHOLE, HALVES, False),
    "79-four-of-five/ratings.csv": (WHOLE, HALVES, False),
    "80-stars/ratings.csv": (WHOLE, HALVES, False),
    "83-thumbs-plus-minus/ratings.csv": (WHOLE, (-1.0, 1.0), False),
    "84-percent/ratings.csv": (WHOLE, (10.0, 100.0), False),
    "86-stars-word/ratings.csv": (WHOLE, HALVES, False),
    "87-zero-one/ratings.csv": (WHOLE, (0.0, 1.0), False),
    "88-uuid-email/email.csv": (WHOLE, HALVES, False),
    "88-uuid-email/uuid.csv": (WHOLE, HALVES, False),
    "89-huge-negative-ids/huge.csv": (WHOLE, HALVES, False),
    "89-huge-negative-ids/negative.csv": (WHOLE, HALVES, False),
    "90-leading-zeros/collide.csv": (WHOLE, HALVES, False),
    "90-leading-zeros/imdb.csv": (WHOLE, HALVES, False),
    "91-mixed-ids/floats.csv": (WHOLE, HALVES, False),
    "91-mixed-ids/floats_some.csv": ((80, 119, 1120), HALVES, False),
    "91-mixed-ids/mixed.csv": (WHOLE, HALVES, False),
    "91-mixed-ids/mixed_float.csv": ((91, 60, 1120), HALVES, False),
    "92-orders-languages/caps.csv": (WHOLE, HALVES, False),
    "92-orders-languages/de.csv": (WHOLE, HALVES, False),
    "92-orders-languages/es.csv": (WHOLE, HALVES, False),
    "92-orders-languages/fr.csv": (WHOLE, HALVES, False),
    "92-orders-languages/it.csv": (WHOLE, HALVES, False),
    "92-orders-languages/pl.csv": (WHOLE, HALVES, False),
    "92-orders-languages/ru.csv": (WHOLE, HALVES, False),
    "92-orders-languages/zh.csv": (WHOLE, HALVES, False),
    "94-merged-anime-average/anime_full.csv": (WHOLE, TENS, True),
    "97-parquet-variants/category.parquet": (WHOLE, HALVES, False),
    "97-parquet-variants/decimal.parquet": (WHOLE, HALVES, False),
    "97-parquet-variants/float_ids.parquet": (WHOLE, HALVES, False),
    "97-parquet-variants/index_user.parquet": (WHOLE, HALVES, False),
    "97-parquet-variants/rating_text.parquet": (WHOLE, HALVES, False),
    "97-parquet-variants/tz.parquet": (WHOLE, HALVES, False),
    "97-parquet-variants/uint64.parquet": (WHOLE, HALVES, False),
    "97-parquet-variants/uuid_binary.parquet": (WHOLE, HALVES, False),
    "97-parquet-variants/with_title.csv": (WHOLE, HALVES, True),
    "97-parquet-variants/with_title.parquet": (WHOLE, HALVES, True),
    "99-aligned-spaces/aligned.txt": (WHOLE, HALVES, False),
    "99-aligned-spaces/aligned_left.txt": (WHOLE, HALVES, False),
    "99-aligned-spaces/comma_space.csv": (WHOLE, HALVES, False),
    "99-aligned-spaces/comma_space_nohead.csv": (WHOLE, HALVES, False),
    "99-aligned-spaces/savetxt.txt": (WHOLE, HALVES, False),
    "A1-leading-zeros/agents.csv": ((60, 61, 1160), STARS, False),
    "A1-leading-zeros/padded_users.csv": ((40, 60, 1120), STARS, False),
    "A2-float-ids-parquet/ratings.parquet": ((40, 60, 1120), STARS, False),
    "A3-newest-first/ratings.csv": ((40, 60, 1120), STARS, False),
    "A4-own-column-names/f1.base": ((40, 60, 896), STARS, False),
    "A4-own-column-names/f1.test": ((40, 60, 224), STARS, False),
    "A6-units/centred.csv": ((40, 60, 1120), (-2.0, 2.0), False),
    "A6-units/percent.csv": ((40, 60, 1120), (20.0, 100.0), False),
    "A6-units/unit_interval.csv": ((40, 60, 1120), (0.2, 1.0), False),
}  # fmt: skip

# file: name of the doubt
DOUBTED = {
    "04-bookcrossing-dump/BX-Book-Ratings.csv": "missing",
    "05-bookcrossing-kaggle/Ratings.csv": "missing",
    "16-goodreads-interactions/goodreads_interactions.csv": "missing",
    "18-anime-minus-one/rating.csv": "missing",
    "19-mal-useranimelist/UserAnimeLists.csv": "missing",
    "21-jester-long-99/jester_ratings.csv": "missing",
    "28-yahoo-r4-movies/ydata-ymovies-user-movie-ratings-train-v1_0.txt": "times",
    "32-plays-no-header/plays.tsv": "counts",
    "41-user-item-timestamp-no-header/train.txt": "times",
    "51-tutorial-matrix-5x4/R.txt": "times",
    "53-wide-3-films/wide3.csv": "row-numbers",
    "58-pandas-index-no-header/ratings.csv": "row-numbers",
    "89-huge-negative-ids/sci.csv": "exponent-ids",
    "A5-index-in-front-no-header/frame.csv": "row-numbers",
    "A6-units/plays.csv": "counts",
    "A7-one-absurd-rating/ratings.csv": "outliers",
}

# file: words of the refusal
REFUSED = {
    "100-mixed-decimal/mixed.csv": "the rating 3.5 has a decimal point, others have a",
    "101-rotten-tomatoes/rotten_tomatoes_critic_reviews.csv": "no column for the user and movie; columns found:",
    "105-concatenated/ratings.csv": "the rating rating is not a number.",
    "110-xml-criticker-as-data/r.xml": "this is XML. Export the ratings as CSV, or",
    "113-psql-paste/footer.csv": "1 columns where there should be 3.",
    "113-psql-paste/psql.txt": "1 columns where there should be 3.",
    "113-psql-paste/truncated.csv": "2 columns where there should be 3.",
    "121-imdb-official/title.ratings.tsv": "no column for the user, movie and rating; columns",
    "126-vw/train.vw": "these are lines of Vowpal Wabbit. Write the",
    "132-ids-called-nan/one_user_null.csv": "the user id is missing (null). Fill it in, or",
    "20-jester-dense/jester-data-1.csv": "101 columns of numbers: this looks like a matrix,",
    "25-ciaodvd/movie-ratings.txt": "no header that names the user, movie and rating;",
    "30-lastfm-360k/usersha1-artmbid-artname-plays.tsv": "no header that names the user, movie and rating;",
    "31-hetrec-lastfm/user_artists.dat": "no column for the rating; columns found: userID,",
    "33-bgg-reviews/bgg-15m-reviews.csv": "no column for the movie; columns found: , user,",
    "40-recbole-implicit/book.inter": "no column for the rating; columns found:",
    "46-lightgcn/train.txt": "these are lists of items, a line for each user,",
    "52-wide-users-rows/wide.csv": "61 columns of numbers: this looks like a matrix,",
    "52-wide-users-rows/wide_titles_zero.csv": "61 columns of numbers: this looks like a matrix,",
    "54-wide-films-rows/films_rows.csv": "81 columns of numbers: this looks like a matrix,",
    "58-pandas-index-no-header/ratings5.csv": "no header that names the user, movie and rating;",
    "61-thousands/rating_thousand.csv": "the rating 1,400 is not a number.",
    "65-trailing-delimiter/rows_only.csv": "4 columns where there should be 3.",
    "76-excel/ratings.ods": "this is an OpenDocument spreadsheet, but damaged",
    "76-excel/ratings.xls": "this is an old Excel or Word file, but damaged or",
    "78-numpy-pickle-hdf/ratings.pkl": "this is a pickle of Python, which can run",
    "81-like-dislike/ratings.csv": "the ratings (column rating) are likes and",
    "82-true-false/ratings.csv": "the ratings (column rating) are yes and no, such",
    "85-letters/ratings.csv": "the ratings (column rating) are letter grades,",
    "87-zero-one/all_ones.csv": "all 1,120 ratings are 1: there is nothing to",
    "94-merged-anime-average/xy.csv": "no column for the rating; columns found: user_id,",
    "95-missing/backslash_n.csv": "23 of 1,120 lines have no rating (\\N). --missing",
    "95-missing/blank.csv": "23 of 1,120 lines have no rating (blank).",
    "95-missing/dash.csv": "23 of 1,120 lines have no rating (-). --missing",
    "95-missing/na_r.csv": "23 of 1,120 lines have no rating (NA). --missing",
    "95-missing/nan.csv": "the rating NaN is not a finite number.",
    "95-missing/nan.parquet": "row 4: the rating is missing. --missing blank",
    "95-missing/null.parquet": "row 4: the rating is missing. --missing blank",
    "98-lfs-html/kaggle_login.zip": "this is a web page, not the file itself. Download",
    "98-lfs-html/ratings_html.csv": "this is a web page, not the file itself. Download",
    "98-lfs-html/ratings_lfs.csv": "this is a Git LFS pointer, not the file itself.",
}

# file: read beside another
BESIDE = {
    "01-netflix-combined/movie_titles.csv",
    "03-netflix-kaggle-csv/Netflix_Dataset_Movie.csv",
    "04-bookcrossing-dump/BX-Books.csv",
    "05-bookcrossing-kaggle/Books.csv",
    "109-ml-1m-with-users-features/movies.dat",
    "109-ml-1m-with-users-features/users.dat",
    "114-genres-not-piped/movies.csv",
    "117-movies-with-imdb-numbers/movies.csv",
    "118-duplicated-browser-names/movies (1).csv",
    "122-movielens-100k-space/u.item",
    "130-moviesid-string-vs-int/movies.csv",
    "17-goodbooks10k/books.csv",
    "18-anime-minus-one/anime.csv",
    "22-movietweetings/movies.dat",
    "22-movietweetings/users.dat",
    "23-filmtrust/trust.txt",
    "24-epinions/trust_data.txt",
    "34-hetrec-movielens/movie_genres.dat",
    "34-hetrec-movielens/movie_tags.dat",
    "34-hetrec-movielens/movies.dat",
    "34-hetrec-movielens/tags.dat",
    "34-hetrec-movielens/user_taggedmovies.dat",
    "35-ml20m-kaggle/genome_scores.csv",
    "35-ml20m-kaggle/genome_tags.csv",
    "35-ml20m-kaggle/link.csv",
    "35-ml20m-kaggle/movie.csv",
    "35-ml20m-kaggle/tag.csv",
    "36-ml1m-csv-unquoted-comma/movies.csv",
    "37-ml1m-utf8-bom/movies.dat",
    "38-the-movies-dataset/links_small.csv",
    "38-the-movies-dataset/movies_metadata.csv",
    "39-recbole/ml-x.item",
    "42-lenskit-native/item.parquet",
    "42-lenskit-native/schema.json",
    "42-lenskit-native/user.parquet",
    "47-ncf/ml-1m.test.negative",
    "A4-own-column-names/pairs.csv",
}

# file, what is said of it: (users, movies, ratings), (lowest, highest)
SETTLED: list[tuple[str, ReadOptions, tuple[int, int, int], tuple[float, float]]] = [
    ("04-bookcrossing-dump", ReadOptions(missing=["0"]), (81, 62, 424), TENS),
    ("16-goodreads-interactions/goodreads_interactions.csv", ReadOptions(missing=["0"]), (80, 60, 558), STARS),
    ("18-anime-minus-one/rating.csv", ReadOptions(missing=["-1"]), (80, 60, 882), TENS),
    ("18-anime-minus-one/rating.csv", ReadOptions(missing=["none"]), WHOLE, (-1, 10)),
    ("20-jester-dense/jester-data-1.csv", ReadOptions(wide="users", missing=["99"]), (60, 100, 4186), (-10, 10)),
    ("21-jester-long-99/jester_ratings.csv", ReadOptions(missing=["99"]), (60, 20, 843), (-9.97, 9.99)),
    ("25-ciaodvd/movie-ratings.txt", ReadOptions({"user": "1", "movie": "2", "rating": "5"}), WHOLE, STARS),
    ("28-yahoo-r4-movies", ReadOptions({"timestamp": "none"}), WHOLE, (2, 13)),
    ("30-lastfm-360k", ReadOptions({"user": "1", "movie": "2", "rating": "4"}, counts=True), WHOLE, STARS),
    ("32-plays-no-header/plays.tsv", ReadOptions(counts=True), WHOLE, STARS),
    ("51-tutorial-matrix-5x4/R.txt", ReadOptions(wide="users", missing=["0"]), (5, 4, 13), STARS),
    ("52-wide-users-rows/wide.csv", ReadOptions(wide="users"), WHOLE, HALVES),
    ("52-wide-users-rows/wide_titles_zero.csv", ReadOptions(wide="users", missing=["0"]), WHOLE, HALVES),
    ("53-wide-3-films/wide3.csv", ReadOptions(wide="users"), (59, 3, 177), (0, 5)),
    ("54-wide-films-rows/films_rows.csv", ReadOptions(wide="auto"), WHOLE, HALVES),
    ("58-pandas-index-no-header/ratings.csv", ReadOptions({"user": "2", "movie": "3", "rating": "4"}), WHOLE, HALVES),
    ("95-missing/nan.csv", ReadOptions(missing=["NaN"]), (80, 60, 1097), HALVES),
    ("95-missing/blank.csv", ReadOptions(missing=["blank"]), (80, 60, 1097), HALVES),
    ("95-missing/dash.csv", ReadOptions(missing=["-"]), (80, 60, 1097), HALVES),
    ("95-missing/null.parquet", ReadOptions(missing=["blank"]), (80, 60, 1097), HALVES),
    ("A7-one-absurd-rating/ratings.csv", ReadOptions(missing=["1e+20"]), (40, 60, 1119), STARS),
]

# directory: (users, movies, ratings), the file taken for the ratings
DIRECTORIES = {
    "23-filmtrust": (WHOLE, "ratings.txt"),
    "42-lenskit-native": (WHOLE, "rating.parquet"),
    "118-duplicated-browser-names": (WHOLE, "ratings (1).csv"),
    "35-ml20m-kaggle": (WHOLE, "rating.csv"),
}


def opened(name: str, how: ReadOptions | None = None) -> Dataset:
    return open_dataset(WILD / name, how=how, use_cache=False)


def sizes(data: Dataset) -> tuple[int, int, int]:
    return data.n_users, data.n_movies, data.n_ratings


@pytest.mark.parametrize("name", sorted(READ))
def test_it_is_read_right(name: str) -> None:
    data = opened(name)
    assert (sizes(data), (data.scale.lo, data.scale.hi), data.movies.titled) == READ[name]
    assert data.reading.sentence().startswith("Read as ")


@pytest.mark.parametrize("name", sorted(DOUBTED))
def test_it_is_doubted(name: str) -> None:
    with pytest.raises(DoubtError) as caught:
        opened(name)
    assert caught.value.doubt == DOUBTED[name]
    assert 2 <= len(caught.value.options) <= 5


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_it_is_refused_in_words(name: str) -> None:
    with pytest.raises(DataError) as caught:
        opened(name)
    assert REFUSED[name] in str(caught.value)
    assert caught.value.hint, "says what to do"


@pytest.mark.parametrize(("name", "how", "counts", "scale"), SETTLED)
def test_what_is_said_of_it_settles_it(
    name: str, how: ReadOptions, counts: tuple[int, int, int], scale: tuple[float, float]
) -> None:
    data = opened(name, how)
    assert sizes(data) == counts
    assert (data.scale.lo, data.scale.hi) == pytest.approx(scale, abs=0.01)


@pytest.mark.parametrize("name", sorted(DIRECTORIES))
def test_the_ratings_are_found_in_a_directory(name: str) -> None:
    counts, file = DIRECTORIES[name]
    assert sizes(opened(name)) == counts == sizes(opened(f"{name}/{file}"))


def test_no_file_is_left_out() -> None:
    known = {*READ, *DOUBTED, *REFUSED, *BESIDE, "README.md"}
    files = {str(file.relative_to(WILD)) for file in WILD.rglob("*") if file.is_file()}
    assert {file for file in files if not file.startswith("I")} == known


def test_of_a_review_the_headline_is_no_title() -> None:
    data = opened("11-amazon2023-reviews-csv/Movies_and_TV.csv")
    assert any("is no title of movies, as it changes within a movie" in note for note in data.repairs)


def test_titles_are_joined_by_the_movies_own_ids() -> None:
    data = opened("34-hetrec-movielens/user_ratedmovies.dat")
    titles = {data.movie_ids.raw(i): data.movies.titles[i] for i in range(data.n_movies)}
    assert "Town" in titles[4972] and "Barcelona" in titles[417]


def test_the_later_of_two_ratings_counts_whatever_the_order_of_lines() -> None:
    data = opened("A3-newest-first/ratings.csv")
    assert data.reading.left_out == {"rated again by the same user: the one that is later in time counts": 40}


def test_one_s_own_rating_is_taken_before_an_average() -> None:
    assert opened("94-merged-anime-average/anime_full.csv").reading.columns["rating"].name == "user_rating"
    with pytest.raises(DoubtError) as caught:
        opened("94-merged-anime-average/anime_full.csv", ReadOptions({"rating": "rating"}))
    assert caught.value.doubt == "constant-ratings"
