"""Write a run as one HTML page with inline SVG; it loads nothing from anywhere.

May import: data.storage, engine.insight, engine.model, engine.query, errors, runs.results, runs.store, text, version.
"""

from __future__ import annotations

from pathlib import Path

from mftui.data.storage.writing import replace_given
from mftui.errors import MftuiError
from mftui.runs.store.publish import reason
from mftui.runs.store.run import Run


def write_report(run: Run, file: Path) -> Path:
    """Write the page about `run` to `file`, replacing what was there; return its absolute path.

    Raises RunError if there is no model, MftuiError if the file cannot be written.
    """
    from mftui.runs.results.report.facts import gather
    from mftui.runs.results.report.page import page

    file = file.expanduser().absolute()
    text = page(gather(run))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_given(file, text)
    except OSError as error:
        raise MftuiError(f"{file}: cannot be written ({reason(error)}).", hint="Choose another destination.") from error
    return file
