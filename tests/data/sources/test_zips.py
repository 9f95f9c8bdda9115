"""Zips are read in place; damaged and unsafe ones are refused."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest
from helpers.ratings_files import EXPECTED, lines, movielens_csv, rows_of, write, zipped

from mftui.data.loading.load import open_dataset
from mftui.errors import DataError


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        open_dataset(path)
    return str(caught.value)


def archive_of(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, text in members.items():
            opened.writestr(name, text)
    return path


def test_ratings_at_the_top_of_a_zip_are_found(tmp_path: Path) -> None:
    assert rows_of(open_dataset(archive_of(tmp_path / "z.zip", **{"u.data": lines("\t")}))) == EXPECTED


def test_a_zip_is_known_by_its_content_not_its_name(tmp_path: Path) -> None:
    archive_of(tmp_path / "download", **{"x/ratings.csv": lines(","), "__MACOSX/x/._ratings.csv": "junk"})
    assert rows_of(open_dataset(tmp_path / "download")) == EXPECTED


def test_a_test_file_inside_the_zip_can_be_named(tmp_path: Path) -> None:
    archive_of(tmp_path / "z.zip", **{"s/u.data": lines("\t"), "s/u1.test": "7\t20\t2\t1004\n"})
    dataset = open_dataset(tmp_path / "z.zip", test="u1.test")
    assert dataset.test_rows is not None and len(dataset.test_rows) == 1


@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
def test_a_truncated_zip_is_refused(tmp_path: Path, share: float) -> None:
    whole = zipped(movielens_csv(tmp_path / "m"), tmp_path / "m.zip").read_bytes()
    write(tmp_path / "cut.zip", whole[: int(len(whole) * share)])
    message = refusal(tmp_path / "cut.zip")
    assert "cut.zip: the zip is damaged or cut short" in message
    assert message.endswith("Download or copy it again.")


def test_a_zip_with_damaged_content_is_refused(tmp_path: Path) -> None:
    text = "".join(f"{i}\t{i * 7 % 300}\t{i % 5 + 1}\t{i * i}\n" for i in range(5000))
    whole = bytearray(archive_of(tmp_path / "z.zip", **{"u.data": text}).read_bytes())
    whole[2000:2100] = bytes(100)
    write(tmp_path / "hurt.zip", bytes(whole))
    assert "hurt.zip/u.data: the zip is damaged or cut short" in refusal(tmp_path / "hurt.zip")


def test_something_else_called_zip_is_refused(tmp_path: Path) -> None:
    assert "the zip is damaged or cut short" in refusal(write(tmp_path / "no.zip", "hello"))


@pytest.mark.parametrize(
    "name", ["../ratings.csv", "/etc/ratings.csv", "a/../../ratings.csv", "C:/ratings.csv", "..\\r.csv"]
)
def test_paths_that_leave_the_zip_are_refused(tmp_path: Path, name: str) -> None:
    assert "the zip holds the unsafe path" in refusal(archive_of(tmp_path / "z.zip", **{name: lines(",")}))


def test_links_in_a_zip_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as opened:
        link = zipfile.ZipInfo("ratings.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        opened.writestr(link, "/etc/passwd")
    assert "the zip holds a link or special file, ratings.csv." in refusal(tmp_path / "z.zip")


def test_a_zip_that_grows_beyond_reason_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("ratings.csv", b"0" * (40 << 20))
    assert "ratings.csv would grow from" in refusal(tmp_path / "z.zip")


def test_an_encrypted_zip_says_so(tmp_path: Path) -> None:
    whole = bytearray(archive_of(tmp_path / "z.zip", **{"u.data": lines("\t")}).read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        whole[whole.index(signature) + offset] |= 1
    write(tmp_path / "z.zip", bytes(whole))
    assert "the zip is encrypted. Unpack it and give the directory." in refusal(tmp_path / "z.zip")
