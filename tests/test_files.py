"""No file is opened but in `mftui/data/storage`, by the functions that ask what it is first."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import mftui

PACKAGE = Path(mftui.__file__).parent
ROOM = "data/storage"
OPENING = {
    "open_memmap", "read_text", "read_bytes", "write_text", "write_bytes", "symlink_to", "hardlink_to", "touch",
    "FileHandler", "RotatingFileHandler", "fromfile", "tofile", "memmap", "copyfile", "copy2", "copytree", "copy_tree",
    "ParquetFile", "read_index",
}  # fmt: skip
"""Methods and functions that open a file by its path, or make or lead a name to one, whoever has them."""
OF_MODULES = {
    "os": {
        "open",
        "link",
        "symlink",
        "replace",
        "rename",
        "renames",
        "mkfifo",
        "mknod",
        "truncate",
        "makedirs",
        "mkdir",
    },
    "np": {"load", "save", "savez", "savez_compressed", "loadtxt", "genfromtxt"},
    "numpy": {"load", "save", "savez", "savez_compressed", "loadtxt", "genfromtxt"},
    "io": {"open", "open_code", "FileIO"},
    "shutil": {"copy", "copyfile", "copy2", "copytree"},
    "json": {"load"},
    "tomllib": {"load"},
    "codecs": {"open"},
    "h5py": {"File"},
    "zipfile": {"ZipFile"},
    "tarfile": {"open"},
    "gzip": {"open"},
    "bz2": {"open"},
    "lzma": {"open"},
}
OF_PATHS = {"open", "rename", "replace", "mkdir"}
"""Methods of paths that others have, too: a call of one is looked at by how it is written."""
NO_FILES = {
    "ref.open", "names.open", "file.ref.open", "self.book.open", "self._rater.open", "self.ratings.open", "opened.open",
    "webbrowser.open",
}  # fmt: skip
"""Calls of `open` that open no path: FileRef's own, members of archives, and parts of screens."""
ALLOWED = {
    # What the kernel says of the machine and of processes.
    "engine/compute/machine.py": {"read_text"},
    "data/memory.py": {"read_bytes"},
    "runs/store/process.py": {"read_bytes", "read_text"},
    "runs/trainer/programs.py": {"read_text"},
    "tui/monitor/load.py": {"read_bytes"},
    "cli/commands/doctor/checks.py": {"read_text"},
    "streams.py": {"os.open", "open"},  # /dev/null, in place of a closed stream
    "runs/trainer/logs.py": {"os.open"},  # /dev/null
    # What is installed with mftui.
    "version.py": {"read_bytes"},
    "data/synthetic/films.py": {"read_text"},
    "data/titles/series.py": {"read_text"},
    "runs/results/report/page.py": {"read_text"},
    # Files without a name, in a directory that nobody else can reach, or opened by the room before.
    "engine/descent/shards.py": {"memmap"},
    "engine/insight/tsne.py": {"np.save", "np.load"},
    "data/forms/arrays.py": {"np.load", "h5py.File"},
    "data/forms/table.py": {"zipfile.ZipFile"},
    # The pipe that the app writes to.
    "runs/trainer/standby.py": {"write_text", "io.FileIO"},
    # Directories that a user names, and those made within.
    "runs/results/export.py": {".mkdir"},
    # Libraries that take a path alone; the file was made, or looked at, by the room before.
    "data/forms/arrow_files.py": {"ParquetFile"},
    "engine/export/hdf5.py": {"h5py.File"},
    "engine/query/approximate.py": {"read_index"},
}
"""Every other place, by its file, with what it may call."""


def written(call: ast.Call) -> str:
    return ast.unparse(call.func)


def opens(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield the calls by which a module opens a file, or makes a name for one."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = written(node)
        head, _, last = name.rpartition(".")
        if name in ("open", "fdopen") and not head:
            yield "open", node.lineno
        elif head in OF_MODULES and last in OF_MODULES[head]:
            yield name, node.lineno
        elif head and last in OPENING:
            yield last, node.lineno
        elif head and last in OF_PATHS and head not in OF_MODULES and of_a_path(node, last, name):
            yield f".{last}", node.lineno


def of_a_path(call: ast.Call, method: str, name: str) -> bool:
    if method == "replace":  # a text is replaced by another: two arguments; a date and a dataclass have names
        return len(call.args) == 1 and not call.keywords
    if method == "open":
        return name not in NO_FILES
    return True


def test_no_file_is_opened_outside_the_room() -> None:
    found = [
        f"{name}, line {line}: {what}"
        for file in sorted(PACKAGE.rglob("*.py"))
        if not (name := str(file.relative_to(PACKAGE))).startswith(ROOM)
        for what, line in opens(ast.parse(file.read_text(encoding="utf-8")))
        if what not in ALLOWED.get(name, ())
    ]
    assert found == []


def test_every_exception_is_needed() -> None:
    for name, allowed in ALLOWED.items():
        found = {what for what, _ in opens(ast.parse((PACKAGE / name).read_text(encoding="utf-8")))}
        assert allowed <= found, name


@pytest.mark.parametrize(
    "line",
    ["open(x)", "path.open('rb')", "Path(x).read_text()", "np.load(x)", "os.replace(a, b)", "a.replace(b)",
     "a.rename(b)", "json.load(x)", "os.open(x, 0)", "x.mkdir()", "h5py.File(x)", "shutil.copy(a, b)"],
)  # fmt: skip
def test_the_test_would_find(line: str) -> None:
    assert list(opens(ast.parse(line)))


def test_no_path_is_resolved_that_a_loop_of_links_would_stop() -> None:
    """Before Python 3.13 `Path.resolve` raises RuntimeError for a link that leads to itself; `realpath` returns it."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and written(node).endswith(".resolve") and not node.args:
                assert written(node) == "Path(__file__).resolve", (file, node.lineno)


def test_text_is_read_and_written_in_an_encoding_that_is_named() -> None:
    """Else it is that of the surroundings."""
    found = []
    for module in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                method, named = node.func.attr, {keyword.arg for keyword in node.keywords}
                if (method == "read_text" and not node.args and "encoding" not in named) or (
                    method == "write_text" and len(node.args) < 2 and "encoding" not in named
                ):
                    found.append(f"{module.relative_to(PACKAGE)}, line {node.lineno}")
    assert not found
