"""Write a run as one HTML page with inline SVG; it loads nothing from anywhere.

May import: data.storage, engine.insight, engine.model, engine.query, engine.recipes, errors, runs.results, runs.store,
text, version.
"""

from __future__ import annotations

from pathlib import Path

from mftui.data.storage.regular import make_directories
from mftui.errors import MftuiError
from mftui.runs.store.publish import reason
from mftui.runs.store.run import Run


def write_report(run: Run, file: Path, *, force: bool = False) -> Path:
    """Write the page about `run` to `file`; return its absolute path.

    `force`: replace the file that is there. Raises RunError if there is no model, UsageError or MftuiError if the file
    cannot be written.
    """
    from mftui.data.storage.results import check_result, write_result
    from mftui.runs.results.report.facts import gather
    from mftui.runs.results.report.page import page

    file = file.expanduser().absolute()
    check_result(file, force=force)
    text = page(gather(run))
    try:
        make_directories(file.parent)
    except OSError as error:
        raise MftuiError(f"{file}: cannot be written ({reason(error)}).", hint="Choose another destination.") from error
    write_result(file, text, force=force)
    return file
