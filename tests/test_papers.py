"""What the papers name exists: files, links, commands, options, keys, recipes; and the short papers stay short."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import mftui
from mftui.cli.group import mftui as command_line
from mftui.cli.group import with_headless
from mftui.engine.recipes import RECIPES
from mftui.tui.base import dialog_keys, keys

ROOT = Path(__file__).resolve().parent.parent
PAPERS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
MAX_LINES = {"README.md": 150, "CONTRIBUTING.md": 119}
OTHER_OPTIONS = {"--gpus-per-task", "--help", "--long", "--rounds", "--logdir"}
"""Of every command, of pytest, of the benchmarks, and of tensorboard."""
SCREENS = {
    "Train": (dialog_keys.READING, keys.TRAIN, keys.CHART, keys.FORM),
    "Movies": (keys.MOVIES,),
    "Users": (keys.USERS,),
    "You": (keys.YOU,),
    "Map": (keys.MAP, keys.SCATTER),
    "Runs": (keys.RUNS,),
}

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")
_FILE = re.compile(r"(?<![\w./$-])((?:mftui|tests|docs|\.ci|data/sample)/[\w./-]*)")
_LINK = re.compile(r"\]\(([^)#\s]+)")
_NAME_IN_FILE = re.compile(r"`([\w. ]+)` (?:of `\w+` )?in\s+`([\w./-]+\.py)`")
_COMMAND = re.compile(r"^[^#]*?(?<![\w=-])mftui( .*)?$")
_OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")

paper = pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.name)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(text: str) -> Iterator[str]:
    """Yield the lines of code: of fences without a language, and of indented blocks."""
    for language, code in _FENCE.findall(text):
        if not language:
            yield from code.splitlines()
    plain = _FENCE.sub("", text)
    yield from (line.strip() for line in plain.splitlines() if line.startswith("    "))


def spans(text: str) -> list[str]:
    """Return the code within sentences."""
    return _SPAN.findall(_FENCE.sub("", text))


def commands(text: str) -> Iterator[list[str]]:
    """Yield the arguments of every `mftui …` that is shown."""
    for line in (*blocks(text), *spans(text)):
        for part in line.split("&&"):
            inner = re.search(r"\$\(([^)]*)\)", part)
            if shown := _COMMAND.search((inner[1] if inner else part).partition(" > ")[0]):
                words = shlex.split(shown[1] or "", comments=True)
                if not any("…" in word or word == "COMMAND" for word in words):
                    yield words


def parse(command: click.Command, name: str, arguments: list[str], parent: click.Context | None = None) -> None:
    """Parse a command line as the program does, without running it; raises click.ClickException."""
    context = command.make_context(name, list(arguments), parent=parent)
    if isinstance(command, click.Group) and (rest := [*context._protected_args, *context.args]):
        found, under, left = command.resolve_command(context, rest)
        assert found is not None and under is not None
        parse(under, found, left, context)


def every_option(command: click.Command, context: click.Context) -> set[str]:
    """Return all options of a command and of those under it."""
    found = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            under = command.get_command(context, name)
            assert under is not None
            found |= every_option(under, context)
    return found


@pytest.mark.parametrize("name", MAX_LINES)
def test_the_short_papers_stay_short(name: str) -> None:
    assert len(read(ROOT / name).splitlines()) <= MAX_LINES[name]


@paper
def test_every_link_leads_somewhere(path: Path) -> None:
    links = [link for link in _LINK.findall(read(path)) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []


@paper
def test_every_file_that_is_named_exists(path: Path) -> None:
    text = read(path)
    named = {name for code in (*blocks(text), *spans(text)) for name in _FILE.findall(code)}
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


@paper
def test_what_is_said_to_be_in_a_file_is_there(path: Path) -> None:
    said = _NAME_IN_FILE.findall(read(path))
    missing = [(name, file) for name, file in said if name.split(".")[-1] not in read(ROOT / file)]
    assert missing == []


@paper
def test_every_command_that_is_shown_can_be_parsed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(click.Path, "convert", lambda _, value, *__: value)  # the files of an example are not here
    wrong = []
    for arguments in commands(read(path)):
        try:
            parse(command_line, "mftui", with_headless(arguments))
        except (click.exceptions.Exit, click.exceptions.NoArgsIsHelpError, click.MissingParameter):
            pass  # --help, or a command that is only named
        except click.ClickException as error:
            wrong.append((" ".join(arguments), error.format_message()))
    assert wrong == []


@paper
def test_every_option_that_is_named_exists(path: Path) -> None:
    known = every_option(command_line, click.Context(command_line)) | OTHER_OPTIONS
    named = {option for code in spans(read(path)) for option in _OPTION.findall(code) if " -m " not in code}
    assert sorted(named - known) == []


@pytest.mark.parametrize("screen", SCREENS)
def test_every_key_in_the_guide_does_something(screen: str) -> None:
    section = re.search(rf"^## \d {screen}$(.*?)^## ", read(ROOT / "docs/guide.md"), re.DOTALL | re.MULTILINE)
    assert section is not None
    shown = {key for row in re.findall(r"^\| (`[^|]+) \|", section[1], re.MULTILINE) for key in _SPAN.findall(row)}
    bound = {keys.sign(key) for table in SCREENS[screen] for binding in table for key in str(binding.key).split(",")}  # type: ignore[union-attr]
    assert shown and sorted(shown - bound) == []


def test_every_recipe_and_preset_is_described() -> None:
    text = read(ROOT / "docs/recipes.md")
    recipes, presets = text.partition("## Presets")[::2]
    for recipe in RECIPES.values():
        assert f"\n| `{recipe.name}`" in recipes
        row = re.search(rf"^\| `{recipe.name}` \|.*", presets, re.MULTILINE)
        assert set(_SPAN.findall(row[0])[1:] if row else ["default"]) == {preset.name for preset in recipe.presets}


@paper
def test_python_that_is_shown_uses_names_that_exist(path: Path) -> None:
    code = [block for language, block in _FENCE.findall(read(path)) if language == "python"]
    for block in code:
        compile(block, path.name, "exec")
    used = {name for block in code for name in re.findall(r"\bmftui\.(\w+)", block)}
    assert sorted(name for name in used if not hasattr(mftui, name)) == []


@paper
def test_every_page_is_reached_from_the_readme(path: Path) -> None:
    assert path.name == "README.md" or path.name in read(ROOT / "README.md")
