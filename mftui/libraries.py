"""Libraries that cannot be used: damaged, of another version, or hidden by a file of the same name."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType, TracebackType

from mftui.version import installed_version

_MOST_CHARACTERS = 200
_OWN = "mftui"


def library_fault(error: BaseException) -> str:
    """Return in words which library could not be imported, or lacks what mftui uses, and what to do; "" where `error`
    is something else."""
    name = _blamed(error).partition(".")[0]
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None) or _place(error, name)
    if not name or name == _OWN or (name in sys.stdlib_module_names and _in_its_place(file)):
        return ""
    version = installed_version(name)
    where = f" (found at {file})" if file else ""
    said = f"{type(error).__name__}: {str(error)[:_MOST_CHARACTERS]}"
    if os.environ.get("PYTHONPATH") and file and not _in_its_place(file):
        remedy = "PYTHONPATH leads Python there: unset it, or rename that file."
    else:
        remedy = "Install mftui again; `mftui doctor` shows the versions."
    return f"the library {name}{f' {version}' if version else ''} cannot be used{where}: {said}. {remedy}"


def _blamed(error: BaseException) -> str:
    if isinstance(error, ImportError) and error.name:
        return error.name
    if isinstance(error, AttributeError):
        return error.obj.__name__ if isinstance(error.obj, ModuleType) else ""
    return next((name for name, _ in _imported(error.__traceback__)), "")


def _place(error: BaseException, name: str) -> str:
    """Return the file that was under way, of a module whose import failed."""
    return next((file for found, file in _imported(error.__traceback__) if found == name), "")


def _imported(trace: TracebackType | None) -> list[tuple[str, str]]:
    """Return top-level names and files of modules of others that were under way when an error was raised."""
    found = []
    while trace is not None:
        code, name = trace.tb_frame.f_code, trace.tb_frame.f_globals.get("__name__", "").partition(".")[0]
        if code.co_name == "<module>" and name not in (_OWN, "__main__"):
            found.append((name, code.co_filename))
        trace = trace.tb_next
    return found


def _in_its_place(file: str) -> bool:
    """Return whether a file lies where Python and its packages are installed."""
    return not file or any(Path(file).is_relative_to(place) for place in (sys.prefix, sys.base_prefix))
