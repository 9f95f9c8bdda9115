"""The report page: what it says, what it cannot be made to do, and how a real browser takes it."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from dataclasses import replace
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from helpers.command import call
from helpers.finished import make_run
from helpers.models import HOSTILE, TITLES, toy_factors, toy_run

from mftui.engine.recipes import RECIPES
from mftui.runs.results.report import write_report
from mftui.runs.results.report.svg import ticks
from mftui.runs.store.publish import write_json
from mftui.runs.store.run import Run
from mftui.text import visible

ATTACKS = (
    "<script>document.title = 'owned'</script> (2001)",
    '"><img src=x onerror="document.title=\'owned\'"> (2002)',
    "</style></svg><svg onload=alert(1)> (2003)",
    "' style='background:url(http://example.invalid/x)' (2004)",
)
VOID = {"meta", "link", "img", "br"}
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium (apt-get install chromium)")


class Outline(HTMLParser):
    """Every element opened is closed, in order; collects what may not be there, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.said = ""
        self.tags: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [f"{tag} {name}={value}" for name, value in attrs if name in ("src", "href") or name[:2] == "on"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said += data


def hostile_run(home: Path) -> Run:
    return make_run(home, "<b>named", 4, model=toy_factors([*HOSTILE, *ATTACKS, *TITLES], audience=True))


def test_every_part_is_there_with_its_split(home: Path) -> None:
    run = make_run(home, "told", 4, model=toy_factors(TITLES * 4))
    said = Outline(write_report(run, home / "r.html").read_text(encoding="utf-8")).said
    for heading in (
        "toy (made by a test)",
        "Beside the baselines",
        "How it learned",
        "Does it mean what it says?",
        "What it learned",
        "The map",
        "Neighbours of well-known films",
        "How to repeat it",
    ):
        assert heading in said, heading
    model = run.load_factors()
    assert model.meta["split"] in said and "Axis 4" in said and "user and movie bias" in said


def test_a_title_is_text_and_nothing_is_loaded(home: Path) -> None:
    page = write_report(hostile_run(home), home / "r.html").read_text(encoding="utf-8")
    outline = Outline(page)
    assert not outline.open
    assert outline.loads == ["link href=data:,"]
    assert not {"script", "img", "iframe", "object"} & set(outline.tags)
    assert not set(page) & {"\x1b", "\u202e", "\x07"}
    for title in (*HOSTILE, *ATTACKS):
        assert escape(visible(title)) in page
        assert visible(title) in unescape(page)


@pytest.mark.parametrize("factors", [1, 2])
def test_the_smallest_of_models_has_a_page_too(home: Path, factors: int) -> None:
    model = toy_factors(TITLES[:2], n_users=3, k=factors, test_fraction=0)
    said = Outline(write_report(toy_run(home, model), home / "r.html").read_text(encoding="utf-8")).said
    assert "No ratings were held out" in said and "How it learned" not in said


def test_a_run_that_is_not_finished_says_so(home: Path) -> None:
    page = write_report(toy_run(home, state="running"), home / "r.html").read_text(encoding="utf-8")
    assert "is running, not finished" in page


def test_of_a_recipe_that_predicts_no_stars_it_says_so_and_shows_the_loss(home: Path) -> None:
    model = toy_factors()
    run = toy_run(home, replace(model, meta={**model.meta, "recipe": "post2019"}))
    write_json(run.path / "result.json", {"state": "finished", "train_loss": 0.0099569})
    said = Outline(write_report(run, home / "r.html").read_text(encoding="utf-8")).said
    assert RECIPES["post2019"].caution in said and "0.009957" in said
    assert (
        RECIPES["post2019"].caution not in write_report(toy_run(home, model, name="two"), home / "2.html").read_text()
    )


def test_ticks_are_round_and_within() -> None:
    assert ticks(0.57, 1.04) == [0.6, 0.7, 0.8, 0.9, 1.0]
    assert ticks(0, 7) == [0, 2, 4, 6]
    assert ticks(3, 3) == [3]


def test_the_command_writes_where_it_is_told(capfd: pytest.CaptureFixture[str], home: Path) -> None:
    run = toy_run(home)
    answer = call(capfd, "report", "toy", "-o", home / "page.html", "--json")
    assert answer.document == {
        "run": run.id,
        "state": "finished",
        "file": str(home / "page.html"),
        "bytes": (home / "page.html").stat().st_size,
    }
    assert call(capfd, "report", "nobody").code == 2
    assert call(capfd, "report", "toy", "-o", home).code == 2


# -- in a browser ----------------------------------------------------------------------------------


def looked_at(page: Path, *options: str) -> tuple[str, str]:
    """What headless Chromium prints, and what its console was told. It cannot reach any network."""
    assert BROWSER is not None
    command = [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"]
    command += [f"--user-data-dir={page.parent / 'profile'}", "--host-resolver-rules=MAP * ~NOTFOUND", *options]
    done = subprocess.run([*command, page.as_uri()], capture_output=True, text=True, check=False, timeout=150)
    assert done.returncode == 0, done.stderr
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


@needs_browser
def test_the_console_of_the_browser_is_heard_here(tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text("<title>bad</title><script>console.error('heard'); nothing.there</script>")
    assert "heard" in looked_at(page, "--dump-dom")[1]


@needs_browser
def test_a_browser_shows_the_page_without_a_word_in_its_console(home: Path) -> None:
    page = write_report(hostile_run(home), home / "r.html")
    dom, console = looked_at(page, "--dump-dom")
    assert console == ""
    assert "<title>&lt;b&gt;named · mftui</title>" in dom
    assert "<script" not in dom and "<img" not in dom
    assert len(re.findall("<svg", dom)) == len(re.findall("<svg", page.read_text(encoding="utf-8")))


@pytest.mark.long
@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_paints_it_light_and_dark(home: Path, scheme: str) -> None:
    page, picture = write_report(hostile_run(home), home / "r.html"), home / f"{scheme}.png"
    setting = f"--blink-settings=preferredColorScheme={['dark', 'light'].index(scheme)}"
    _, console = looked_at(page, f"--screenshot={picture}", "--window-size=900,700", setting)
    assert console == "" and struct.unpack(">II", picture.read_bytes()[16:24]) == (900, 700)
    assert (corner(picture) > 128) == (scheme == "light")


def corner(picture: Path) -> int:
    """Brightness of the first pixel of a PNG, 0 to 255."""
    import zlib

    data, at, packed = picture.read_bytes(), 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        packed += data[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    return zlib.decompress(packed)[1]  # after the filter of the row, which has nothing before it
