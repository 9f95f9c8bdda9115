"""Questions to the command line, and their answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Answer = tuple[int, str, str]
Ask = Callable[..., Answer]


def document(answer: Answer) -> Any:
    """The JSON document of an answer that has nothing else on standard output."""
    code, out, err = answer
    assert code == 0, err
    assert out.count("\n") == 1
    return json.loads(out)
