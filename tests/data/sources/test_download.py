"""Fetching a data set, from a server on loopback that holds made-up archives."""

from __future__ import annotations

import hashlib
import random
import threading
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from helpers.ratings_files import EXPECTED, lines, rows_of

from mftui.data.loading.load import open_dataset
from mftui.data.sources.download import URL_VARIABLE, fetch, licence_text
from mftui.errors import DataError, MftuiError, UsageError

README = (
    "SUMMARY\n=======\n\nA set.\n\nUSAGE LICENSE\n=============\n\nBe \x1b[5mkind.\n\nCITATION\n========\n\nCite.\n"
)


def archive(**members: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, text in members.items():
            opened.writestr(name, text)
    return buffer.getvalue()


@dataclass
class Publisher:
    """What the server holds, and what it was asked for."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    cut_at: int | None = None
    redirect_to: str = ""
    trickles: str = ""
    """Either "headers" or "body": what comes for ever, of the files whose names end in `slow_name`."""
    slow_name: str = ""
    over: threading.Event = field(default_factory=threading.Event)

    def publish(self, name: str, content: bytes, md5: str | None = None) -> None:
        self.files[name] = content
        self.files[f"{name}.md5"] = f"MD5 ({name}) = {md5 or hashlib.md5(content).hexdigest()}\n".encode()


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    state = Publisher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name, wanted = self.path.rsplit("/", 1)[-1], self.headers.get("Range", "")
            state.asked.append((name, wanted))
            content = state.files.get(name)
            if state.redirect_to and name.endswith(".zip"):
                self.send_response(302)
                self.send_header("Location", state.redirect_to)
                self.end_headers()
                return
            if content is None:
                self.send_error(404)
                return
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
            if start >= len(content) > 0:
                self.send_error(416)
                return
            slow = state.trickles if name.endswith(state.slow_name) else ""
            self.send_response(206 if wanted else 200)
            if slow == "headers":
                self.trickle(b"X-Never: ")
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            if slow:
                self.trickle(content[start : start + 1])
            end = state.cut_at if state.cut_at and name.endswith(".zip") else len(content)
            self.wfile.write(content[start:end])

        def trickle(self, piece: bytes) -> None:
            self.flush_headers()
            with suppress(OSError):
                while not state.over.wait(0.02):
                    self.wfile.write(piece)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}/datasets"
    monkeypatch.setenv(URL_VARIABLE, state.url)
    state.publish(
        "ml-100k.zip", archive(**{"ml-100k/u.data": lines("\t"), "ml-100k/README": README, "ml-100k/more/x.txt": "x"})
    )
    yield state
    state.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


def left_over(home: Path) -> list[str]:
    return sorted(p.name for p in (home / "datasets").iterdir())


def test_a_fetched_set_can_be_opened_by_its_name(publisher: Publisher, home: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    path = fetch("ml-100k", progress=lambda done, total: seen.append((done, total)))
    assert path == home / "datasets" / "ml-100k"
    assert (path / "more" / "x.txt").read_text() == "x"
    size = len(publisher.files["ml-100k.zip"])
    assert seen[-1] == (size, size)
    dataset = open_dataset("ml-100k")
    assert rows_of(dataset) == EXPECTED
    assert (dataset.name, dataset.source) == ("ml-100k", "ml-100k")
    assert left_over(home) == ["ml-100k"], "neither archive nor halves are left"


def test_what_is_there_is_not_fetched_again_unless_forced(publisher: Publisher) -> None:
    fetch("ml-100k")
    asked = len(publisher.asked)
    fetch("ml-100k")
    assert len(publisher.asked) == asked
    publisher.publish("ml-100k.zip", archive(**{"ml-100k/u.data": "1\t1\t1\t1\n2\t2\t2\t2\n"}))
    path = fetch("ml-100k", force=True)
    assert [p.name for p in path.iterdir()] == ["u.data"]


def test_a_download_cut_short_goes_on_where_it_stopped(publisher: Publisher, home: Path) -> None:
    noise = random.Random(0).randbytes(200_000).hex()
    publisher.publish("ml-100k.zip", archive(**{"ml-100k/u.data": lines("\t"), "ml-100k/noise": noise}))
    publisher.cut_at = 150_000
    with pytest.raises(MftuiError, match=r"the download failed .* the download continues where it stopped"):
        fetch("ml-100k")
    have = (home / "datasets" / "ml-100k.zip.part").stat().st_size
    assert 0 < have <= 150_000
    publisher.cut_at = None
    fetch("ml-100k")
    assert publisher.asked[-1] == ("ml-100k.zip", f"bytes={have}-")
    assert rows_of(open_dataset("ml-100k")) == EXPECTED


def test_a_download_that_was_complete_is_not_repeated(publisher: Publisher, home: Path) -> None:
    (home / "datasets").mkdir()
    (home / "datasets" / "ml-100k.zip.part").write_bytes(publisher.files["ml-100k.zip"])
    fetch("ml-100k")
    assert rows_of(open_dataset("ml-100k")) == EXPECTED


def test_a_half_of_another_edition_is_replaced(publisher: Publisher, home: Path) -> None:
    (home / "datasets").mkdir()
    (home / "datasets" / "ml-100k.zip.part").write_bytes(b"other" * 10)
    fetch("ml-100k")
    assert rows_of(open_dataset("ml-100k")) == EXPECTED


def test_an_archive_that_does_not_match_its_checksum_is_refused(publisher: Publisher, home: Path) -> None:
    publisher.publish("ml-100k.zip", publisher.files["ml-100k.zip"], md5="0" * 32)
    with pytest.raises(
        DataError, match=r"ml-100k.zip does not match the publisher's checksum 0{32}. Download it again"
    ):
        fetch("ml-100k")
    assert left_over(home) == []


def test_without_a_checksum_nothing_is_fetched(publisher: Publisher) -> None:
    publisher.files["ml-100k.zip.md5"] = b"<html>hello</html>"
    with pytest.raises(MftuiError, match=r"no MD5 checksum in the publisher's answer"):
        fetch("ml-100k")
    del publisher.files["ml-100k.zip.md5"]
    with pytest.raises(MftuiError, match=r"the server answers 404"):
        fetch("ml-100k")
    assert ("ml-100k.zip", "") not in publisher.asked


@pytest.mark.parametrize("name", ["../evil.txt", "/tmp/evil.txt", "ml-100k/../../evil.txt"])
def test_an_unsafe_archive_is_not_unpacked(publisher: Publisher, home: Path, name: str) -> None:
    publisher.publish("ml-100k.zip", archive(**{"ml-100k/u.data": lines("\t"), name: "evil"}))
    with pytest.raises(DataError, match=r"the zip holds the unsafe path"):
        fetch("ml-100k")
    assert left_over(home) == []
    assert not (home / "evil.txt").exists()


def test_a_server_that_is_not_there_says_so(publisher: Publisher) -> None:
    with pytest.raises(MftuiError, match=r"the download failed") as caught:
        fetch("ml-100k", base_url="http://127.0.0.1:1/")
    assert caught.value.exit_code == 1


def test_only_encrypted_connections_leave_the_machine(publisher: Publisher) -> None:
    with pytest.raises(MftuiError, match=r"not downloaded, as the connection is not encrypted. Use https"):
        fetch("ml-100k", base_url="http://datasets.example/")
    with pytest.raises(MftuiError, match=r"not downloaded"):
        fetch("ml-100k", base_url="file:///etc")


def test_a_redirect_to_an_unencrypted_place_is_not_followed(publisher: Publisher) -> None:
    publisher.redirect_to = "http://datasets.example/ml-100k.zip"
    with pytest.raises(MftuiError, match=r"http://datasets.example/ml-100k.zip: not downloaded"):
        fetch("ml-100k")


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(
        UsageError, match=r"there is no data set called ml-5m. Choose one of: sample, ml-latest-small, ml-100k"
    ):
        fetch("ml-5m")


def test_the_licence_is_the_part_of_the_readme_about_it(publisher: Publisher) -> None:
    assert licence_text(fetch("ml-100k")) == "USAGE LICENSE\n=============\n\nBe ␛[5mkind."


def test_an_archive_far_larger_than_the_catalogue_says_is_not_fetched(publisher: Publisher, home: Path) -> None:
    publisher.publish("ml-100k.zip", bytes(9_000_000))
    with pytest.raises(DataError, match=r"far larger than the catalogue says \(8 MB at most\)"):
        fetch("ml-100k")
    assert sum(file.stat().st_size for file in (home / "datasets").iterdir()) < 9_000_000
    assert not (home / "datasets" / "ml-100k").exists()


@pytest.mark.parametrize("name", ["ml-100k.zip.part", "ml-100k.zip", "ml-100k"])
def test_what_lies_in_the_way_of_a_download_is_not_written_through(
    publisher: Publisher, home: Path, tmp_path: Path, name: str
) -> None:
    publisher.publish("ml-100k.zip", archive(**{"ml-100k/u.data": "1\t1\t5\t1\n"}))
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("not mftui's")
    (home / "datasets").mkdir(parents=True)
    (home / "datasets" / name).symlink_to(outside if name == "ml-100k" else outside / "file")
    with suppress(MftuiError):
        fetch("ml-100k", force=True)
    assert [path.name for path in outside.iterdir()] == ["file"] and (outside / "file").read_text() == "not mftui's"


@pytest.mark.parametrize("what", [".zip", ".md5"])
@pytest.mark.parametrize("trickles", ["body", "headers"])
def test_a_download_that_trickles_for_ever_ends_with_words(
    publisher: Publisher, home: Path, monkeypatch: pytest.MonkeyPatch, trickles: str, what: str
) -> None:
    from mftui.data.sources import pace

    monkeypatch.setattr(pace, "WINDOW_S", 0.3)
    publisher.trickles, publisher.slow_name = trickles, what
    with pytest.raises(MftuiError, match=r"too slow: .* bytes came within"):
        fetch("ml-100k")
