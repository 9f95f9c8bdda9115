"""Libraries that are damaged, of another version, or hidden by a file of their name: which one, where, what to do."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import pytest

from mftui.libraries import library_fault
from mftui.reports import report_crash

USING = "import {name}\n{name}.array(7)\n"


def fault_of(code: str) -> str:
    """Run code as a module of mftui would."""
    try:
        exec(compile(code, "mftui/part.py", "exec"), {"__name__": "mftui.part"})
    except Exception as error:  # noqa: BLE001
        return library_fault(error)
    raise AssertionError("no error")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "raise ImportError('libx.so: cannot open')",
        "raise RuntimeError('size changed')",
        "import no_such_module_either",
    ],
)
def test_a_file_that_hides_a_library_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str) -> None:
    (tmp_path / "hidden_library.py").write_text(content)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "hidden_library", raising=False)
    said = fault_of(USING.format(name="hidden_library"))
    assert said.startswith("the library ") and ("hidden_library" in said or "no_such_module_either" in said)
    if "no_such" not in content:
        assert str(tmp_path / "hidden_library.py") in said and "unset it" in said


def test_a_library_that_is_missing_is_to_be_installed() -> None:
    assert "the library no_such_library cannot be used" in fault_of("import no_such_library")
    assert "Install mftui again" in fault_of("import no_such_library")


@pytest.mark.parametrize("code", ["1 / 0", "import math\nmath.no_such_name", "import json\njson.loads('[')", "None.x"])
def test_a_fault_of_mftui_is_none_of_a_library(code: str) -> None:
    assert fault_of(code) == "" and math.pi and json.loads("1")


def test_a_library_at_fault_needs_no_crash_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    try:
        import no_such_library  # type: ignore[import-not-found]  # noqa: F401
    except ImportError as error:
        crash = report_crash(error)
    assert crash.report is None and "the library no_such_library cannot be used" in str(crash)
    assert not (tmp_path / "crashes").exists()
