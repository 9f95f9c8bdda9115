"""The examples of the docstrings and the guide are run, on one model trained on the embedded sample."""

from __future__ import annotations

import doctest
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mftui
from mftui.api.explanation import Explanation

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = [name for name in mftui.__all__ if name != "__version__"]
BLOCKS = re.compile(r"^```python\n(.+?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with one run, trained on the sample."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MFTUI_HOME", str(home))
        mftui.train("sample", factors=8, members=2, epochs=3, audience_factors=16, name="example")
        yield home


@pytest.mark.long
@pytest.mark.parametrize("name", [*PUBLIC, "Explanation"])
def test_the_examples_of(name: str) -> None:
    shown = Explanation if name == "Explanation" else getattr(mftui, name)
    found = doctest.DocTestFinder().find(shown, name, globs={"mftui": mftui})
    tests = [test for test in found if test.examples]
    assert tests
    failed = []
    for test in tests:
        test.globs["model"] = model = mftui.open_run()
        test.globs["both"] = mftui.compare(model, model)
        report: list[str] = []
        result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=report.append)
        failed += report if result.failed else []
    assert not failed, "".join(failed)


@pytest.mark.parametrize("name", PUBLIC)
def test_all_that_is_public_has_an_example(name: str) -> None:
    part = getattr(mftui, name)
    members = [part] if not isinstance(part, type) else [part, *(v for k, v in vars(part).items() if k[0] != "_")]
    called = [member for member in members if callable(member)]
    assert [member for member in called if ">>>" not in (member.__doc__ or "")] == []


@pytest.mark.parametrize("page", [pytest.param("docs/python.md", marks=pytest.mark.long), "README.md"])
def test_the_code_of_a_page_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = BLOCKS.findall((ROOT / page).read_text(encoding="utf-8"))
    assert blocks
    names: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for block in blocks:
            code = block.replace('"ml-latest-small"', '"sample", factors=8, members=2, epochs=1')
            exec(compile(code, page, "exec"), names)
