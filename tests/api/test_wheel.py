"""A notebook user's session, from an installed wheel, in an empty directory."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from helpers.models import TITLES, toy_factors, toy_run

ROOT = Path(__file__).resolve().parents[2]
BUILD = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
SDIST = "import sys; from hatchling.build import build_sdist; print(build_sdist(sys.argv[1]))"
SESSION = """
import os, sys, warnings

def loaded(*names):
    return [name for name in names if name in sys.modules]

import mftui
assert mftui.__file__.startswith(sys.argv[1]), mftui.__file__
assert not loaded("numpy", "pandas", "pyarrow", "click", "textual", "tensorflow", "keras"), loaded
assert not [name for name in sys.modules if name.startswith("mftui.") and name != "mftui.version"]
assert {"open_run", "train", "read_ratings", "Model", "Dataset"} <= set(dir(mftui)) & set(mftui.__all__)

model = mftui.open_run()
assert list(model.similar("toy story", n=10)) == ["movie_id", "title", "genres", "year", "score", "n_ratings"]
assert list(model.recommend(7, n=3))[4:8] == ["predicted", "std", "plus_minus", "would_watch"]
assert len(model.recommend({"toy story": 5, "alien": 2}, n=5)) == 5
users, movies = [7, 7, 999], [1, 2, 3]
assert model.predict(users, movies).shape == (3,)
try:
    model.predict(users, movies[:2])
except ValueError as error:
    print(error)
why = model.explain(7, "alien")
assert len(why.because)

import pandas as pd

frame = pd.DataFrame({"user": [u for u in range(1, 21) for _ in range(12)], "movie": [*range(1, 13)] * 20})
frame["rating"] = (frame.user * 7 + frame.movie * 5) % 5 + 1
warnings.simplefilter("ignore")
assert model.evaluate(frame)["n_test"] == 240
assert model.export("tables", to="parquet").is_dir()
assert len(model.movies) == 13 and len(model.users) == 20
assert model.movie_factors.shape == (13, 4) and model.user_factors.shape == (20, 4)
data = mftui.read_ratings(frame)
assert data.to_frame().rating.sum() == frame.rating.sum()
assert not loaded("tensorflow", "keras", "textual", "click")
assert os.listdir() == ["tables"]

curve = []
trained = mftui.train(frame, recipe="biased", factors=2, members=1, epochs=2, audience=False, callback=curve.append)
assert loaded("tensorflow")
assert trained.run is None and curve[-1]["epoch"] == 2.0
assert os.listdir() == ["tables"]
print(trained)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory into which the wheel of this checkout is installed, without what it depends on."""
    place = tmp_path_factory.mktemp("wheel")
    built = subprocess.run([sys.executable, "-c", BUILD, place], cwd=ROOT, check=True, capture_output=True, text=True)
    wheel = place / built.stdout.split()[-1]
    options = ["--quiet", "--no-deps", "--no-index", "--no-compile", "--target", str(place / "site")]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(wheel)], check=True, capture_output=True)
    return place / "site"


def test_the_wheel_holds_what_is_needed(site: Path) -> None:
    assert (site / "mftui" / "py.typed").is_file(), "types for those who check them"
    assert (site / "mftui" / "sample" / "ratings.csv").is_file()
    assert not list(site.glob("tests*"))


def described(place: Path, **env: str) -> tuple[str, list[str]]:
    """Build a package of sources and from that a wheel; return what an index shows, and what the package holds."""
    command = [sys.executable, "-c", SDIST, str(place)]
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, env={**os.environ, **env})
    with tarfile.open(place / found.stdout.split()[-1]) as packed:
        names = [name.partition("/")[2] for name in packed.getnames()]
        info = packed.extractfile(next(name for name in packed.getnames() if name.endswith("/PKG-INFO")))
        assert info is not None
        return info.read().decode(), names


def test_an_index_shows_links_and_pictures_where_the_address_is_known(tmp_path: Path) -> None:
    text, names = described(tmp_path, MFTUI_ADDRESS="https://example.org/somebody/mftui/")
    assert "Project-URL: Issues, https://example.org/somebody/mftui/issues\n" in text
    assert "](https://example.org/somebody/mftui/raw/main/docs/mftui.svg)" in text
    assert "](https://example.org/somebody/mftui/blob/main/docs/guide.md)" in text
    assert not re.findall(r"\]\((?!https?:|#)[^)]*\)", text), "no link leads nowhere"
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=False, capture_output=True, text=True).stdout.split()
    left_out = {file for file in tracked if file not in names} - {".gitignore", ".gitattributes"}
    assert not left_out, "the sources are whole"


def test_without_an_address_nothing_is_made_up(tmp_path: Path) -> None:
    text, _ = described(tmp_path, MFTUI_ADDRESS="")
    assert "Project-URL:" not in text and "](docs/mftui.svg)" in text


@pytest.mark.long
def test_a_session_in_a_notebook(site: Path, tmp_path: Path) -> None:
    work, home = tmp_path / "work", tmp_path / "home"
    work.mkdir()
    toy_run(home / "mftui", toy_factors((*TITLES, "Alien (1979)"), audience=True))
    before = sorted(home.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-c", SESSION, str(site)],
        cwd=work,
        env={"PYTHONPATH": str(site), "HOME": str(home), "MFTUI_HOME": str(home / "mftui"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "3 users and 2 movies are no pairs" in done.stdout
    assert "in memory" in done.stdout and done.stderr == ""
    assert sorted(home.rglob("*")) == before, "questions and a training in memory leave nothing"
