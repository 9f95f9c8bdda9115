"""Documents that somebody handed over are bounded in every way before anything looks into them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mftui.data.storage.documents import in_range, read_document, shaped


@pytest.mark.parametrize("depth", [60, 300, 900])
@pytest.mark.parametrize("kind", [list, dict])
def test_what_lies_deep_in_itself_is_damaged(tmp_path: Path, depth: int, kind: type) -> None:
    inner: Any = 1
    for _ in range(depth):
        inner = [inner] if kind is list else {"a": inner}
    (tmp_path / "x.json").write_text(json.dumps({"format_version": 1, "name": inner}))
    with pytest.raises(ValueError, match="too deep"):
        read_document(tmp_path / "x.json", 1 << 20)


def test_a_document_of_thousands_of_parts_is_whole(tmp_path: Path) -> None:
    document = {"a": [[[number] for number in range(1000)]], "b": {"c": {"d": [{}, [], None]}}}
    (tmp_path / "x.json").write_text(json.dumps(document))
    assert shaped(in_range(read_document(tmp_path / "x.json", 1 << 20)), {}) == document
