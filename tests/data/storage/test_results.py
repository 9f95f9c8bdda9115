"""A result goes where the user says: over nothing that is there unasked, and never in the place of a device."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from helpers.models import toy_run

from mftui.data.storage.results import check_result, free_name, write_result
from mftui.errors import UsageError
from mftui.tui.dialogs.export_table import write_file


def test_a_file_that_is_there_is_replaced_only_if_asked_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "r.html"
    write_result(file, "one")
    file.chmod(0o640)
    with pytest.raises(UsageError, match=r"already exists.*--force"):
        write_result(file, "two")
    assert file.read_text() == "one"
    write_result(file, "two", force=True)
    assert file.read_text() == "two" and stat.S_IMODE(file.stat().st_mode) == 0o640
    write_result(file, "three", force=True, private=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_link_is_followed_and_one_to_nothing_refused(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("one")
    link.symlink_to(real)
    write_result(link, "two", force=True)
    assert link.is_symlink() and real.read_text() == "two"
    real.unlink()
    with pytest.raises(UsageError, match="leads to nothing"):
        write_result(link, "three", force=True)
    assert not real.exists()
    link.unlink()
    link.symlink_to(link)
    with pytest.raises(UsageError, match="cannot be written"):
        write_result(link, "three")


def test_what_is_written_to_a_pipe_or_a_device_goes_into_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_result(pipe, "text")
    reader.join()
    assert read == ["text"] and stat.S_ISFIFO(pipe.lstat().st_mode)
    device = Path("/dev/null").stat()
    write_result(Path("/dev/null"), "text", force=True, private=True)
    assert Path("/dev/null").stat() == device and stat.S_ISCHR(device.st_mode)
    with pytest.raises(UsageError, match="No space left"):
        write_result(Path("/dev/full"), "text")


@pytest.mark.parametrize("place", ["/", ".", "/dev", "/proc/self/fd", "/etc/passwd/x", "/no/such/place", "x" * 300])
def test_a_place_that_is_no_file_is_refused_in_words(place: str) -> None:
    with pytest.raises(UsageError, match=r"directory|cannot be written"):
        write_result(Path(place), "text", force=True)


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s")
        with pytest.raises(UsageError, match="socket"):
            check_result(Path("s"), force=True)


def test_standard_output_may_be_named_also_where_it_goes_to_a_file(tmp_path: Path) -> None:
    program = (
        "print('before', flush=True); from pathlib import Path; from mftui.data.storage.results import write_result"
    )
    program += "; write_result(Path('/dev/stdout'), 'text'); print('after')"
    with (tmp_path / "out").open("wb") as out:
        subprocess.run([sys.executable, "-P", "-c", program], stdout=out, check=True)
    assert (tmp_path / "out").read_text() == "before\ntextafter\n"


def test_a_name_beside_a_file_is_free(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    (tmp_path / "a-2.csv").symlink_to("nowhere")
    assert free_name(tmp_path / "a.csv").name == "a-3.csv" and free_name(tmp_path / "b.csv").name == "b.csv"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "latest", "-o"),
        ("predict", "pairs.csv", "-o"),
        ("ratings", "export"),
        ("ratings", "import", "mine.csv", "--unmatched"),
        ("export", "latest", "--to", "hdf5"),
    ],
    ids=" ".join,
)
def test_no_command_replaces_what_is_there(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str]
) -> None:
    from mftui.cli import run_command

    toy_run(home / "home")
    (home / "pairs.csv").write_text("userId,movieId\n1,1\n")
    (home / "mine.csv").write_text("Title,Year,My Rating\nUnheard of,1999,3\n")
    (home / "kept").write_text("kept")
    (home / "link").symlink_to("kept")
    (home / "loose").symlink_to("outside")
    os.mkfifo(home / "pipe")
    for place in ("kept", "link", "loose", "/", "."):
        assert run_command([*arguments, place]) in (1, 2), place
        said = capsys.readouterr().err
        assert "exist" in said or "director" in said or "leads to nothing" in said, said
    assert (home / "kept").read_text() == "kept" and (home / "link").is_symlink() and not (home / "outside").exists()
    if arguments[0] != "export":
        assert run_command([*arguments, "/dev/null"]) == 0
        assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
        assert run_command([*arguments, "kept", "--force"]) == 0 and (home / "kept").read_text() != "kept"


def test_what_holds_own_ratings_is_for_the_owner_alone_whatever_the_umask(home: Path) -> None:
    from mftui.cli import run_command

    toy_run(home / "home")
    (home / "mine.csv").write_text("Title,Year,My Rating\nUnheard of,1999,3\n")
    before = os.umask(0)
    try:
        assert run_command(["rate", "Matrix", "4"]) == 0
        assert run_command(["ratings", "export", "out.csv"]) == 0
        assert run_command(["ratings", "import", "mine.csv", "--unmatched", "mend.csv"]) == 0
        write_file(home / "table.csv", {".csv": lambda: "title\r\nAlien\r\n"})
        written = [home / name for name in ("out.csv", "mend.csv", "table.csv")]
        written += [file for file in (home / "home" / "ratings").rglob("*") if file.is_file()]
    finally:
        os.umask(before)
    assert len(written) > 3 and {stat.S_IMODE(file.stat().st_mode) for file in written} == {0o600}
