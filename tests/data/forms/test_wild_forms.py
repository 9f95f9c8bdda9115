"""The files as people have them: those that are no delimited text are read right, or refused in words that help."""

from __future__ import annotations

import pytest
from helpers.paths import movielens

from mftui.data.forms.read import read_form
from mftui.data.storage.files import FileRef, archive, is_archive
from mftui.errors import DataError

READ = {
    "01-netflix-combined/combined_data_1.txt": "the Netflix Prize",
    "08-amazon2014-json-lines/reviews_Movies_and_TV_5.json": "JSON lines",
    "09-amazon2014-json-gz/reviews_Movies_and_TV_5.json.gz": "JSON lines",
    "13-snap-movies-txt/movies.txt": "SNAP",
    "14-yelp-json/yelp_academic_dataset_review.json": "JSON lines",
    "27-yahoo-kddcup/trainIdx1.txt": "Yahoo",
    "45-libfm-svmlight/train.libfm": "libFM",
    "49-matrix-market/ratings.mtx": "MatrixMarket",
    "50-arff/ratings.arff": "ARFF",
    "74-feather-arrow-orc/ratings.arrow": "an Arrow stream",
    "74-feather-arrow-orc/ratings.feather": "a Feather file",
    "74-feather-arrow-orc/ratings.orc": "an ORC file",
    "75-json/array.json": "a JSON array",
    "75-json/columns.json": "JSON by columns",
    "75-json/lines.jsonl": "JSON lines",
    "75-json/pretty.json": "a JSON array",
    "76-excel/html_as.xls": "a web page with a table",
    "76-excel/ratings.xlsx": "an Excel workbook",
    "77-sqlite/ratings.db": "an SQLite database",
    "78-numpy-pickle-hdf/rating.mat": "MATLAB",
    "78-numpy-pickle-hdf/ratings.h5": "HDF5",
    "78-numpy-pickle-hdf/ratings.npy": "NumPy",
    "78-numpy-pickle-hdf/ratings.npz": "NumPy",
    "78-numpy-pickle-hdf/sparse.npz": "SciPy",
    "97-parquet-variants/uuid_binary.parquet": "a Parquet file",
    "125-single-quotes-json-python/py.json": "Python dicts",
}
REFUSED = {
    "46-lightgcn/train.txt": "lists of items",
    "76-excel/ratings.ods": "an OpenDocument spreadsheet, but damaged",
    "76-excel/ratings.xls": "an old Excel or Word file, but damaged",
    "78-numpy-pickle-hdf/ratings.pkl": "a pickle",
    "98-lfs-html/kaggle_login.zip": "a web page",
    "98-lfs-html/ratings_html.csv": "a web page",
    "98-lfs-html/ratings_lfs.csv": "a Git LFS pointer",
    "110-xml-criticker-as-data/r.xml": "XML",
    "126-vw/train.vw": "Vowpal Wabbit",
}
PACKED = ["72-compressed", "73-zips"]


@pytest.mark.parametrize("name", READ)
def test_it_is_read(name: str) -> None:
    table = read_form(FileRef(movielens("wild") / name))
    assert table is not None
    assert READ[name] in table.form
    assert len(table) == 1120
    assert not any(column.null_count for column in table.columns)


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_by_name(name: str) -> None:
    with pytest.raises(DataError) as caught:
        read_form(FileRef(movielens("wild") / name))
    assert REFUSED[name] in caught.value.message


@pytest.mark.parametrize("name", PACKED)
def test_it_is_unpacked(name: str) -> None:
    for path in sorted((movielens("wild") / name).iterdir()):
        (ref,) = archive(path).files if is_archive(path) else [FileRef(path)]
        assert ref.name == "ratings.csv"
        with ref.open() as file:
            assert file.readline().startswith(b"userId,movieId,rating")
            assert len(file.readlines()) == 1120
