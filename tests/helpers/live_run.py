"""A run directory that changes while it is watched: what a trainer would write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mftui.runs.store.run import Run
from mftui.runs.store.status import write_status


def log_metrics(run: Run, *lines: Mapping[str, Any]) -> None:
    """Append lines to its metrics."""
    with run.metrics_path.open("a") as file:
        file.writelines(json.dumps(dict(line)) + "\n" for line in lines)


def set_status(run: Run | None, **changes: Any) -> None:
    """Change its status."""
    assert run is not None
    write_status(run.path, replace(run.status(), **changes))
