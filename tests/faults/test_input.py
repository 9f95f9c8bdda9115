"""What comes from outside stays outside: no code in files, no controls on the terminal, no path that climbs."""

from __future__ import annotations

import ast
import io
import os
import re
import stat
import unicodedata
from pathlib import Path

import pytest
from helpers.command import call, spoken
from helpers.models import HOSTILE, toy_factors, toy_run
from helpers.numpy_training import NumpyTraining
from helpers.ratings_files import write
from helpers.runs import request
from rich.cells import cell_len
from rich.console import Console

import mftui
from mftui.cli.shared import output
from mftui.data.loading.load import open_dataset
from mftui.runs.store.run import create_run
from mftui.runs.trainer.main import train

PACKAGE = Path(mftui.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
FORBIDDEN = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "multiprocessing"}
EVIL = (
    *HOSTILE,
    "zero\u200bwidth\u200d \ufeff (2000)",
    "\u2066isolate\u2069 \u200frtl (2000)",
    "line\u2028separator\u2029 (2000)",
    "wide 漢字漢字漢字 ﷽ (2000)",
    "family 👨‍👩‍👧‍👦 (2000)",
    "c1 \x9b31m \x85 (2000)",
    "carriage\rreturn \x08\x08 (2000)",
    "tag \U000e0041\U000e0042 (2000)",
    "combining " + "e" + "\u0301" * 30 + " (2000)",
)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_is_ever_unpickled(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert not {alias.name.split(".")[0] for alias in node.names} & FORBIDDEN
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in FORBIDDEN
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        assert name not in ("eval", "exec", "pd.read_pickle", "yaml.load", "os.system", "os.fork"), name
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        assert given.get("shell") != "True" and given.get("allow_pickle") in (None, "False")
        if name in ("np.load", "np.save", "numpy.load", "numpy.save"):
            assert given.get("allow_pickle") == "False", f"line {node.lineno}: say allow_pickle=False"


@pytest.fixture
def evil_home(home: Path) -> Path:
    toy_run(home, toy_factors(EVIL))
    return home


COMMANDS = (
    ("runs", "ls"), ("runs", "show", "toy"), ("similar", "1"), ("similar", "2", "--metric", "dot"),
    ("user", "3", "-n", "99"), ("recommend", "3", "-n", "99"), ("evaluate",),
    ("rate", "1", "4"), ("rate", "\x1b[31mred\u202e", "4"), ("rate", "1", "4", "--profile", "\x1b\u202e"),
    ("ratings", "ls"), ("ratings", "import", "\x1b[31m/\u202e.csv"), ("ratings", "use", "\x1b[31m"),
    ("ratings", "export", "\x1b[31m/\u202e.csv"), ("ratings", "rm", "\x1b[31m\u202e"),
    ("similar", "\x1b[31mred\u202e"), ("user", "\x1b]0;x\x07"),
    ("runs", "show", "\x1b[2J\u202e"), ("recommend", "1", "--genre", "\x1b[31m"),
    ("data", "info", "\x1b[31m/\u202e.csv"),
    ("data", "fetch", "\x1b[31m"), ("train", "--data", "\x1b[31m"), ("train", "--name", "\x1b", "--resume", "\x1b"),
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: ascii(" ".join(command)))
def test_no_command_sends_foreign_controls_to_the_terminal(
    evil_home: Path, capfd: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    answer = call(capfd, *command)
    assert_harmless(answer.out + answer.err)
    assert "should not have happened" not in answer.err


def assert_harmless(text: str) -> None:
    bad = {c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs")} - {"\u200d"}
    assert not bad, f"sent raw: {sorted(map(ascii, bad))}"


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_table_of_hostile_text_keeps_its_columns(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal no line is wider than it, and every row still ends in its number."""
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr(Console, "is_terminal", property(lambda console: True))
    output.print_table(["title", "n"], [(title, number) for number, title in enumerate(EVIL, 1000)])
    styled = r"\x1b\[[0-9;]*m"  # what the table itself adds: bold, dim
    lines = re.sub(styled, "", capsys.readouterr().out).splitlines()
    for line in lines:
        assert_harmless(line)
        assert cell_len(line) <= width
    assert [int(found[1]) for line in lines if (found := re.search(r"\s(1\d{3})$", line))] == [
        *range(1000, 1000 + len(EVIL))
    ]


def test_hostile_ids_titles_and_file_names_travel_through_a_training(home: Path, tmp_path: Path) -> None:
    data = tmp_path / "d\x1b[31m\u202e.csv"
    ids = ["\x1b[31mu", "u\u202e2", "u​3", "ﷺ"]
    movies = [title.replace("\n", " ").replace("\r", " ") for title in EVIL[:6]]
    rows = [(u, m, (i + j) % 5 + 1) for i, u in enumerate(ids) for j, m in enumerate(movies)]
    text = io.StringIO(newline="")
    import csv

    csv.writer(text).writerows([("user", "movie", "rating"), *rows])
    write(data, text.getvalue())
    run = create_run(request(data, epochs=2, name="n 31m.. x"))
    train(run, make_training=NumpyTraining)
    assert run.path.parent == home / "runs" and re.fullmatch(r"[\w-]+", run.id)
    for command in (("runs", "ls"), ("runs", "show", run.id), ("user", ids[1]), ("recommend", ids[0]), ("evaluate",)):
        assert_harmless(spoken(*command))
    assert_harmless("\n".join(line for line in spoken("data", "info", str(data)).splitlines()))


def test_files_follow_the_umask(ratings: Path, home: Path) -> None:
    before = os.umask(0o027)
    try:
        run = create_run(request(ratings, epochs=2))
        train(run, make_training=NumpyTraining)
    finally:
        os.umask(before)
    for path in [home / "runs", *home.rglob("*")]:
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            assert mode & 0o027 == 0, f"{path} is {mode:o}"
            assert mode & 0o400
    others = [path for path in home.rglob("*") if path.is_file() and not stat.S_IMODE(path.stat().st_mode) & 0o040]
    assert not others, f"the group may read what the umask lets it: {others}"


def test_a_cached_data_set_follows_the_umask_too(ratings: Path, home: Path) -> None:
    open_dataset(ratings)
    (entry,) = (home / "cache").iterdir()
    assert stat.S_IMODE(entry.stat().st_mode) == 0o777 & ~current_umask()


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
