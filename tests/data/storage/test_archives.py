"""Archives, and archives in them: listed by depth, read in place, unsafe ones refused."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from helpers.form_files import PACKERS, tar_of, xlsx, zip_of

from mftui.data.storage.files import archive, directory, is_archive
from mftui.errors import DataError

TEXT = b"userId,movieId,rating\n" + b"1,2,3\n" * 500
DEEP = {"a/b/c/ratings.csv": TEXT, "__MACOSX/a/._x": b"x", ".DS_Store": b"d", "a/.hidden/x.csv": b"q"}
TREES = {
    "deep.zip": (zip_of(DEEP), {"a/b/c/ratings.csv": 3}),
    "deep.tar": (tar_of(DEEP), {"a/b/c/ratings.csv": 3}),
    "dots.tar": (tar_of({"./ml/ratings.csv": TEXT}), {"ml/ratings.csv": 1}),
    "zip_in.zip": (
        zip_of({"x/in.zip": zip_of(DEEP), "top.csv": TEXT}),
        {"top.csv": 0, "x/in.zip/a/b/c/ratings.csv": 5},
    ),
    "gz_in.zip": (zip_of({"ratings.csv.gz": PACKERS["gz"](TEXT)}), {"ratings.csv.gz": 0}),
    "tar_in.zip": (zip_of({"t.tar": tar_of({"q/r.csv": TEXT})}), {"t.tar/q/r.csv": 2}),
    "tgz_in.zip": (zip_of({"t.tgz": PACKERS["gz"](tar_of({"r.csv": TEXT}))}), {"t.tgz/r.csv": 1}),
    "xz_in.tar": (tar_of({"r.csv.xz": PACKERS["xz"](TEXT)}), {"r.csv.xz": 0}),
    "tar_in.tar.gz": (
        PACKERS["gz"](tar_of({"training_set.tar": tar_of({"mv_1.txt": TEXT, "mv_2.txt": TEXT})})),
        {"training_set.tar/mv_1.txt": 1, "training_set.tar/mv_2.txt": 1},
    ),
    **{
        f"ml.tar.{kind}": (pack(tar_of({"ml/ratings.csv": TEXT})), {"ml/ratings.csv": 1})
        for kind, pack in PACKERS.items()
    },
}


@pytest.mark.parametrize("name", TREES)
@pytest.mark.parametrize("called", ["", "download"])
def test_all_members_are_listed_by_depth_and_read(tmp_path: Path, name: str, called: str) -> None:
    content, wanted = TREES[name]
    path = tmp_path / (called or name)
    path.write_bytes(content)
    assert is_archive(path)
    found = archive(path).files
    assert {ref.member: ref.depth for ref in found} == wanted
    assert [ref.depth for ref in found] == sorted(ref.depth for ref in found)
    for ref in found:
        assert not ref.plain
        assert ref.suffix in (".csv", ".txt")
        with ref.open() as file:
            assert file.read() == TEXT
        with ref.seekable() as file:
            file.seek(6)
            assert file.read(9) == TEXT[6:15]
        assert str(ref) == f"{path}/{ref.member}"


def test_members_are_read_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(PACKERS["gz"](tar_of({"a": b"a" * 3_000_000, "b": b"b" * 3_000_000})))
    first, second = archive(path).files
    with first.open() as a, second.open() as b:
        for _ in range(6):
            assert set(a.read(500_000)) == {ord("a")}
            assert set(b.read(500_000)) == {ord("b")}


def test_a_changed_archive_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(tar_of({"a.csv": b"old"}))
    assert archive(path).files[0].head(9) == b"old"
    path.write_bytes(tar_of({"a.csv": b"new", "b.csv": b""}))
    assert archive(path).files[0].head(9) == b"new"


def test_workbooks_and_arrays_are_no_archives(tmp_path: Path) -> None:
    for name, content in {
        "x.xlsx": xlsx({"S": [["a"]]}),
        "x.npz": zip_of({"a.npy": b""}),
        "x.csv": TEXT,
        "e.csv": b"",
    }.items():
        (tmp_path / name).write_bytes(content)
        assert not is_archive(tmp_path / name)


def link() -> tarfile.TarInfo:
    made = tarfile.TarInfo("l.csv")
    made.type, made.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return made


TAR = tar_of({"a.csv": TEXT, "b.csv": TEXT})
BAD = {
    "cut.tar": (TAR[: len(TAR) // 4], "damaged or cut short"),
    "cut at a header.tar": (TAR[: 512 + len(TEXT) // 512 * 512 + 512 + 100], "damaged or cut short"),
    "hurt header.tar": (TAR.replace(b"b.csv", b"b.cs\1"), "damaged or cut short"),
    "cut.tar.gz": (PACKERS["gz"](TAR)[:-40], "damaged or cut short"),
    "cut inside.zip": (zip_of({"a.csv": TEXT, "in.zip": zip_of(DEEP)[:-40]}), "damaged or cut short"),
    "link.tar": (tar_of({"l": link()}), "holds a link or special file"),
    "up.tar": (tar_of({"../x.csv": TEXT}), "holds the unsafe path"),
    "root.tar.gz": (PACKERS["gz"](tar_of({"/x.csv": TEXT})), "holds the unsafe path"),
    "drive.tar": (tar_of({"C:/x.csv": TEXT}), "holds the unsafe path"),
    "up inside.zip": (zip_of({"in.zip": zip_of({"../a.csv": TEXT})}), "holds the unsafe path"),
    "bomb.tar.gz": (PACKERS["gz"](tar_of({"x.csv": bytes(40 << 20)})), "would grow from"),
    "bomb inside.zip": (zip_of({"x.zip": zip_of({"x.csv": bytes(20 << 20)})}), "would grow from"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_ones_are_refused(tmp_path: Path, name: str) -> None:
    content, message = BAD[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        archive(tmp_path / name)


def test_a_bomb_in_a_zip_is_refused_when_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zip_of({"x.csv.gz": PACKERS["gz"](bytes(40 << 20))}))
    with pytest.raises(DataError, match="would grow from"), archive(tmp_path / "x.zip").files[0].open() as file:
        file.read()


def test_a_directory_is_looked_into_two_levels_deep(tmp_path: Path) -> None:
    deep = tmp_path / "set" / "ml" / "data"
    deep.mkdir(parents=True)
    (deep / "ratings.csv").write_bytes(TEXT)
    (tmp_path / "set" / ".hidden").write_bytes(b"")
    assert [ref.path for ref in directory(tmp_path / "set").files] == [deep / "ratings.csv"]
    (tmp_path / "set" / "top.csv").write_bytes(TEXT)
    assert [ref.name for ref in directory(tmp_path / "set").files] == ["top.csv"]
    assert directory(tmp_path / "set").get("TOP.CSV") is not None
