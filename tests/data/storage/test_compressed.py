"""Compressed files: told by their content, read as what was packed, damaged and swollen ones refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.form_files import PACKERS

from mftui.data.storage.files import FileRef
from mftui.errors import DataError

TEXT = b"userId,movieId,rating\n" + b"".join(b"%d,%d,%d\n" % (i, i * 7 % 1000, i % 5) for i in range(20_000))


def ref(path: Path, content: bytes) -> FileRef:
    path.write_bytes(content)
    return FileRef(path)


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("name", ["ratings.csv.{}", "ratings.csv", "RATINGS.CSV.{}", "ratings"])
def test_it_is_read_whatever_its_name_says(tmp_path: Path, kind: str, name: str) -> None:
    packed = ref(tmp_path / name.format(kind), PACKERS[kind](TEXT))
    assert not packed.plain
    assert packed.name.lower().removesuffix(".csv") == "ratings"
    assert packed.suffix in (".csv", "")
    with packed.open() as file:
        assert file.read() == TEXT
    assert packed.head(6) == b"userId"
    with packed.seekable() as file:
        file.seek(-9, 2)
        assert file.read() == TEXT[-9:]
    with packed.on_disk() as path:
        assert path.read_bytes() == TEXT


@pytest.mark.parametrize("kind", PACKERS)
def test_several_one_after_another_are_all_read(tmp_path: Path, kind: str) -> None:
    if kind == "lzma":
        pytest.skip("its old form has no end by which the next would begin")
    pack = PACKERS[kind]
    with ref(tmp_path / "x", pack(TEXT[:1000]) + pack(TEXT[1000:])).open() as file:
        assert file.read() == TEXT


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("share", [0.3, 0.99])
def test_one_that_is_cut_short_is_refused(tmp_path: Path, kind: str, share: float) -> None:
    packed = PACKERS[kind](TEXT)
    cut = ref(tmp_path / f"x.csv.{kind}", packed[: int(len(packed) * share)])
    with pytest.raises(DataError, match="is damaged or cut short") as caught, cut.open() as file:
        file.read()
    assert "Download or copy it again." in str(caught.value)


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz", "lz4"])
def test_a_damaged_one_is_refused(tmp_path: Path, kind: str) -> None:
    packed = PACKERS[kind](TEXT)
    hurt = ref(tmp_path / "x", packed[:1500] + bytes(200) + packed[1700:])
    with pytest.raises(DataError, match="damaged or cut short"), hurt.open() as file:
        file.read()


@pytest.mark.parametrize("kind", ["gz", "xz", "zst"])
def test_one_that_grows_to_absurd_sizes_is_refused(tmp_path: Path, kind: str) -> None:
    bomb = ref(tmp_path / "x.csv", PACKERS[kind](bytes(40 << 20)))
    with pytest.raises(DataError, match="would grow from"), bomb.open() as file:
        while file.read(1 << 20):
            pass


def test_a_text_that_is_only_called_so_is_read_as_it_is(tmp_path: Path) -> None:
    plain = ref(tmp_path / "ratings.csv.gz", TEXT)
    assert plain.plain
    assert (plain.name, plain.suffix) == ("ratings.csv", ".csv")
    assert plain.head(6) == b"userId"


def test_a_file_that_is_only_an_ending_keeps_its_name(tmp_path: Path) -> None:
    assert FileRef(tmp_path / ".gz").name == ".gz"


def test_padding_after_it_is_no_fault(tmp_path: Path) -> None:
    with ref(tmp_path / "x.gz", PACKERS["gz"](TEXT) + bytes(512)).open() as file:
        assert file.read() == TEXT


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
@pytest.mark.parametrize("first", [True, False])
def test_one_of_ever_so_many_empty_pieces_is_refused(tmp_path: Path, kind: str, first: bool) -> None:
    empty, content = PACKERS[kind](b"") * 30_000, PACKERS[kind](TEXT)
    packed = ref(tmp_path / "ratings.csv", empty + content if first else content + empty)
    with pytest.raises(DataError, match="compressed pieces"), packed.open() as file:
        file.read()


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
def test_one_of_a_thousand_pieces_is_read(tmp_path: Path, kind: str) -> None:
    lines = [b"%d,1,3\n" % number for number in range(1000)]
    with ref(tmp_path / "ratings.csv", b"".join(map(PACKERS[kind], lines))).open() as file:
        assert file.read() == b"".join(lines)
