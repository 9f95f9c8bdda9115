"""The house: sizes, names, circles, and what each package says that it imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import mftui

PACKAGE = Path(mftui.__file__).parent
TESTS = Path(__file__).parent
MAX_LINES = 350
MAX_MODULES = 14
ROLES = {"__init__", "__main__"}

FILES = {
    ".".join(("mftui", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
PACKAGES = [name for name, path in FILES.items() if path.name == "__init__.py"]


@cache
def tree_of(name: str) -> ast.Module:
    """Parse a module, when a test asks for it: collecting the tests stays quick."""
    return ast.parse(FILES[name].read_text(encoding="utf-8"))


def imports(name: str) -> Iterator[str]:
    """Yield the modules of mftui that a module imports, also within functions and under TYPE_CHECKING."""
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.ImportFrom) and node.module in FILES:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in FILES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in FILES)


def package_of(name: str) -> str:
    return name if name in PACKAGES else name.rpartition(".")[0]


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Return a circle of a graph, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert not circle({name: set(imports(name)) - {name} for name in FILES})


@pytest.mark.parametrize("room", ["data", "engine", "runs", "tui", "cli"])
def test_no_folders_import_each_other_in_a_circle(room: str) -> None:
    inside = [name for name in FILES if name == f"mftui.{room}" or name.startswith(f"mftui.{room}.")]
    graph: dict[str, set[str]] = {}
    for name in inside:
        here = package_of(name)
        others = {package_of(other) for other in imports(name) if other in inside} - {here}
        graph.setdefault(here, set()).update(others)
    assert not circle(graph)


def test_no_module_is_longer_than_one_reads_in_a_sitting() -> None:
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in FILES.items()}
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}


def test_no_file_of_tests_is_either() -> None:
    files = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sorted(TESTS.rglob("*.py"))}
    assert {str(path): length for path, length in files.items() if length > MAX_LINES} == {}


def test_no_folder_has_more_modules_than_one_overlooks() -> None:
    counts = {name: sum(package_of(other) == name for other in FILES) - 1 for name in PACKAGES}
    assert {name: count for name, count in counts.items() if count > MAX_MODULES} == {}


def home_of(name: str) -> str:
    """Return the package within which a module's basename is unique: a room, a screen's folder, a group of commands."""
    parts = name.split(".")
    if parts[1:3] in (["tui", "screens"], ["cli", "commands"]) and len(parts) > 4:
        return ".".join(parts[:4])
    return ".".join(parts[:2]) if len(parts) > 2 else parts[0]


def test_no_basename_stands_twice_within_a_package() -> None:
    seen: dict[tuple[str, str], list[str]] = {}
    for name, path in FILES.items():
        if path.stem not in ROLES:
            seen.setdefault((home_of(name), path.stem), []).append(name)
    assert [names for names in seen.values() if len(names) > 1] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_what_lives_there_and_what_it_imports(package: str) -> None:
    """The line "May import: …" of a package's docstring names just the packages of mftui that its modules import."""
    docstring = ast.get_docstring(tree_of(package)) or ""
    said = re.search(r"^May import: (.+?)\.$", docstring, re.MULTILINE | re.DOTALL)
    assert said, f"{package}: no line 'May import: …'"
    allowed = set(re.split(r",\s+", said[1])) - {"nothing of mftui"}
    found = {
        package_of(other).removeprefix("mftui.") if package_of(other) != "mftui" else other.removeprefix("mftui.")
        for name in FILES
        if package_of(name) == package
        for other in imports(name)
        if package_of(other) != package
    }
    assert found == allowed


def classes_of(name: str) -> dict[str, str]:
    """Return the classes that a module can name, by that name: its own and those that it imports from mftui."""
    found = {}
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.ClassDef):
            found[node.name] = f"{name}.{node.name}"
        elif isinstance(node, ast.ImportFrom) and node.module in FILES:
            found.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return found


def test_composition_before_inheritance() -> None:
    """No class of ours has exactly one subclass; the workarounds for Textual's App, which must be a base, aside."""
    subclasses: dict[str, set[str]] = {}
    for name in FILES:
        known = classes_of(name)
        for node in ast.walk(tree_of(name)):
            if isinstance(node, ast.ClassDef):
                bases = [base.value if isinstance(base, ast.Subscript) else base for base in node.bases]
                for base in bases:
                    if isinstance(base, ast.Name) and base.id in known:
                        subclasses.setdefault(known[base.id], set()).add(f"{name}.{node.name}")
    single = {base: found for base, found in subclasses.items() if len(found) == 1}
    assert {base: found for base, found in single.items() if not base.startswith("mftui.tui.textual8.")} == {}


def test_no_method_waits_for_a_subclass() -> None:
    raised = ((name, node) for name in FILES for node in ast.walk(tree_of(name)) if isinstance(node, ast.Raise))
    assert not [(name, node.lineno) for name, node in raised if "NotImplementedError" in ast.dump(node)]
