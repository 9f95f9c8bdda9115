"""Every text goes to a terminal through one function: proved over the source, and by what reaches the streams."""

from __future__ import annotations

import ast
import json
import logging
from pathlib import Path

import pytest
from helpers.command import call
from helpers.foreign import NASTY, nasty, nasty_home, raw

import mftui
from mftui.cli import run_command
from mftui.runs.store.run import find_run
from mftui.runs.trainer.logs import logged_to

PACKAGE = Path(mftui.__file__).parent
WRITERS = {
    "cli/shared/output.py": "the commands' only way out",
    "cli/__init__.py": "errors and crashes, line by line",
    "cli/shells/answer.py": "words for a shell to complete, without anything unseen",
    "api/progress.py": "sentences through `visible`, and numbers",
    "data/storage/npy.py": "which file was cut short under the process, through `visible`, before the kernel ends it",
    "data/loading/preview.py": "a child's JSON, in ASCII, for the process that started it",
    "engine/recipes/benchmark.py": "a child's JSON, in ASCII, for the process that started it",
    "runs/control/last_words.py": "why a trainer died, through `visible`",
    "tui/base/file_texts.py": "a picture of the screen, drawn into memory",
    "limits.py": "fixed words and numbers, where a limit of the shell ended the process",
    "tui/textual8/terminal_keeper.py": "fixed words and codes, where the app was killed",
    "tui/textual8/crash_guard.py": "a crash in words that are visible already, and codes that make a terminal plain",
}
"""The modules that write to standard output or standard error, and why each may."""
SAYS = {"click.echo", "click.secho", "click.prompt", "click.confirm", "click.progressbar", "print", "Console"}
SAYS |= {"click.echo_via_pager", "click.pause", "click.getchar", "click.edit", "input"}


def _writes(node: ast.Call) -> bool:
    name = ast.unparse(node.func)
    if name == "warnings.warn":
        said = node.args[0]
        return not (isinstance(said, ast.Constant) or ast.unparse(said).startswith("visible("))
    return name in SAYS or name.startswith(("sys.stdout.write", "sys.stderr.write", "sys.stdout.buffer", "os.write"))


@pytest.mark.parametrize("module", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_few_modules_write_to_a_terminal(module: Path) -> None:
    name = str(module.relative_to(PACKAGE))
    if name not in WRITERS:
        tree = ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        lines = [node.lineno for node in tree if isinstance(node, ast.Call) and _writes(node)]
        assert not lines, f"{name}, lines {lines}: write through mftui.cli.shared.output"


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home below a directory with a nasty name, nasty in every part, and a nasty environment."""
    home = tmp_path / NASTY
    home.mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("USER", "LOGNAME", "SHELL", "EDITOR", "COLORTERM", "STY", "NO_COLOR"):
        monkeypatch.setenv(name, nasty(name))
    monkeypatch.setenv("MFTUI_HOME", str(home))
    nasty_home(home)
    return home


USER = nasty("u01")
FOREIGN = (
    ("runs", "ls"), ("runs", "show", "latest"), ("runs", "logs"), ("runs", "note", "latest", NASTY),
    ("runs", "rename", "latest", NASTY), ("runs", "tag", "latest", NASTY), ("runs", "show", NASTY),
    ("runs", "stop", NASTY), ("runs", "restore", NASTY),
    ("runs", NASTY), ("similar", nasty("Heat (1995)")), ("similar", "heat"), ("similar", NASTY), ("user", USER),
    ("user", NASTY), ("recommend", USER, "--explain"), ("recommend", USER, "--genre", NASTY), ("suggest",),
    ("evaluate",), ("factors",), ("factors", "--axis", "1"), ("map",), ("rate", nasty("Heat (1995)"), "4"),
    ("rate", NASTY, "4"), ("ratings", "ls"), ("ratings", "import", NASTY),
    ("ratings", "export", NASTY), ("ratings", "use", NASTY), ("predict", NASTY),
    ("export", "latest", NASTY, "--to", "csv"), ("report", "latest", "-o", NASTY + "h"),
    ("train", "--data", NASTY), ("train", "--name", f"a{NASTY}"), ("train", "--resume", NASTY),
    ("train", f"--{NASTY}"), ("train", "--recipe", NASTY), ("train", "--preset", NASTY),
    ("train", "--columns", NASTY), ("tune", "--resume", NASTY), ("data", "ls"), ("data", "info", NASTY),
    ("data", "fetch", NASTY), ("paths",), ("doctor",), (NASTY,), (f"--{NASTY}",), ("completion", NASTY),
    ("completion",), ("--help",), ("train", "--help"), ("runs", "rm", "latest"),
    ("runs", "trash"),
)  # fmt: skip


@pytest.mark.parametrize("json_too", [False, True], ids=["text", "json"])
def test_no_command_sends_foreign_text_raw(foreign: Path, capfd: pytest.CaptureFixture[str], json_too: bool) -> None:
    for command in FOREIGN:
        answer = call(capfd, *command, *(["--json"] if json_too else []))
        found = raw(answer.out + answer.err)
        assert not found, f"{command}: {sorted(map(ascii, found))}\n{ascii(answer.out + answer.err)[:3000]}"
        assert "should not have happened" not in answer.err, (command, answer.err)
        if json_too and answer.code == 0 and answer.out.startswith("{"):
            json.loads(answer.out)


def test_json_says_the_same_after_it_was_read(foreign: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (run,) = call(capfd, "runs", "ls", "--json").document["runs"]
    assert (run["name"], run["note"]) == (nasty("renamed"), nasty("note"))


@pytest.mark.parametrize("part", ["theme", "data", "recipe", NASTY])
def test_no_setting_is_sent_raw(foreign: Path, capfd: pytest.CaptureFixture[str], part: str) -> None:
    (foreign / "config.toml").write_text(f"{json.dumps(part)} = {json.dumps(NASTY)}\n", encoding="utf-8")
    for command in (["train"], ["doctor"], ["train", "--help"]):
        answer = call(capfd, *command)
        assert not raw(answer.out + answer.err)


def test_files_that_people_look_at_have_nothing_raw(foreign: Path) -> None:
    """What mftui writes: JSON, logs, crash reports, HTML."""
    run = find_run("latest")
    logged = foreign / "train.log"
    with logged_to(logged):
        logging.getLogger("mftui.test").info("%s\n%s", NASTY, NASTY)
    page = foreign / "page.html"
    assert run_command(["report", "latest", "-o", str(page)]) == 0
    for file in (logged, page, run.path / "config.json", run.path / "notes.json", run.path / "status.json"):
        assert not raw(file.read_text(encoding="utf-8")), file.name
