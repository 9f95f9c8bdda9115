"""Every text goes to a terminal through one function: proved over the source, and by what reaches the streams."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import mftui

PACKAGE = Path(mftui.__file__).parent
WRITERS = {
    "cli/shared/output.py": "the commands' only way out",
    "cli/__init__.py": "errors and crashes, line by line",
    "cli/shells/answer.py": "words for a shell to complete, without anything unseen",
    "api/progress.py": "sentences through `visible`, and numbers",
    "data/loading/preview.py": "a child's JSON, in ASCII, for the process that started it",
    "engine/recipes/benchmark.py": "a child's JSON, in ASCII, for the process that started it",
    "runs/control/last_words.py": "why a trainer died, through `visible`",
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
