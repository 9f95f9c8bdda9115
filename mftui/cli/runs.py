"""`mftui runs`: list, show, stop, pause, continue, remove and compare trainings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from mftui.errors import MftuiError, RunError
from mftui.runs.control import continue_run, pause_run, remove_run, stop_run
from mftui.runs.directory import Run, find_run, list_runs

_METRICS = ("test_rmse", "test_mae", "train_rmse", "epochs", "steps", "ratings_per_second", "peak_rss_mb")


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [run.id for run in list_runs() if run.id.startswith(incomplete)]


def _json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


_one_run = click.argument("run", shell_complete=_complete)
_some_runs = click.argument("names", metavar="RUN...", nargs=-1, required=True, shell_complete=_complete)


@click.group()
def runs() -> None:
    """List, show, stop, pause, continue, remove and compare trainings. RUN is an id, its beginning, or a name."""


@runs.command()
@_json_option
def ls(as_json: bool) -> None:
    """All runs, the newest first."""
    rows = [_row(run) for run in list_runs()]
    if as_json:
        return _print_json({"runs": rows})
    if not rows:
        return click.echo("No runs yet. Start one: mftui train")
    columns = ("run", "state", "recipe", "dataset", "factors", "test RMSE", "split")
    keys = ("run", "state", "recipe", "dataset", "factors", "test_rmse", "split")
    return _print_table(columns, [[row[key] for key in keys] for row in rows])


@runs.command()
@_one_run
@_json_option
def show(run: str, as_json: bool) -> None:
    """Everything about one run."""
    found = find_run(run)
    status, result = found.status(), found.result()
    document = {
        **_row(found),
        "run_dir": str(found.path),
        "status": status.to_dict() | {"state": status.state},
        "config": found.config(),
        "result": result,
    }
    if as_json:
        return _print_json(document)
    rows = [[key, _text(value)] for key, value in _row(found).items() if value is not None]
    rows += [[key, _text(value)] for key, value in _part(found.config(), "hyper").items()]
    rows += [["message", status.message]] if status.message else []
    rows += [["warning", warning] for warning in status.warnings]
    return _print_table(("", ""), [*rows, ["directory", str(found.path)]])


@runs.command()
@_one_run
@click.option("--timeout", default=60.0, show_default=True, help="Seconds to wait for it to end.")
@_json_option
def stop(run: str, timeout: float, as_json: bool) -> None:
    """Let a training finish its step, save, and end."""
    found = find_run(run)
    _say(found, stop_run(found, timeout_s=timeout), as_json)


@runs.command()
@_one_run
@_json_option
def pause(run: str, as_json: bool) -> None:
    """Let a training wait after its step, saved, until `continue`."""
    found = find_run(run)
    _say(found, pause_run(found), as_json)


@runs.command("continue")
@_one_run
@_json_option
def go_on(run: str, as_json: bool) -> None:
    """Let a paused training go on. One that has ended goes on with `mftui train --resume`."""
    found = find_run(run)
    _say(found, continue_run(found), as_json)


@runs.command()
@_some_runs
@_json_option
def rm(names: tuple[str, ...], as_json: bool) -> None:
    """Delete runs with all that they learned. One that is being trained is refused."""
    found = list(dict.fromkeys(find_run(name) for name in names))
    for run in found:
        remove_run(run)
    if as_json:
        return _print_json({"removed": [run.id for run in found]})
    return click.echo("\n".join(f"{run.id}: removed" for run in found))


@runs.command()
@_some_runs
@_json_option
def compare(names: tuple[str, ...], as_json: bool) -> None:
    """What differs between runs: settings, and measures with the split they were made on."""
    found = list(dict.fromkeys(find_run(name) for name in names))
    if len(found) < 2:
        raise RunError("compare needs at least two different runs.")
    settings = _differing([_settings(run) for run in found])
    results = [run.result() or {} for run in found]
    measures = {key: [result.get(key) for result in results] for key in ("split", *_METRICS)}
    if as_json:
        return _print_json({"runs": [run.id for run in found], "differences": settings, "measures": measures})
    rows = [[key, *map(_text, values)] for key, values in (settings | measures).items()]
    return _print_table(("", *(run.id for run in found)), rows)


def _say(run: Run, state: str, as_json: bool) -> None:
    """What has become of one run."""
    if as_json:
        return _print_json({"run": run.id, "state": state})
    return click.echo(f"{run.id}: {state}")


def _row(run: Run) -> dict[str, Any]:
    """One run for a list; None for what is not known, or not readable."""
    config, result = _read(run.config), _read(run.result)
    return {
        "run": run.id,
        "name": config.get("name") or None,
        "state": run.state,
        "recipe": config.get("recipe"),
        "dataset": _part(config, "dataset").get("label") or _label(_part(config, "request").get("data")),
        "factors": _part(config, "hyper").get("factors"),
        "test_rmse": result.get("test_rmse"),
        "split": _part(config, "split").get("label"),
        "started": config.get("started"),
        "epochs": result.get("epochs"),
        "seconds": _part(result, "seconds").get("train"),
        "has_model": run.has_factors,
    }


def _label(source: Any) -> Any:
    """What a data set is called before it has been read: the sample is never just "sample"."""
    from mftui.data.catalogue import SAMPLE

    return SAMPLE.label if source == SAMPLE.name else source


def _read(read: Callable[[], dict[str, Any] | None]) -> dict[str, Any]:
    """What `read` gives, or nothing where the file is damaged: a list shows the run all the same."""
    try:
        return read() or {}
    except MftuiError:
        return {}


def _part(document: dict[str, Any], name: str) -> dict[str, Any]:
    part = document.get(name)
    return part if isinstance(part, dict) else {}


def _settings(run: Run) -> dict[str, Any]:
    config = run.config()
    return {
        "recipe": config.get("recipe"),
        "dataset": _part(config, "dataset").get("label"),
        "fingerprint": _part(config, "dataset").get("fingerprint"),
        "seed": config.get("seed"),
        **_part(config, "hyper"),
        "device": config.get("device"),
    }


def _differing(documents: list[dict[str, Any]]) -> dict[str, list[Any]]:
    keys = dict.fromkeys(key for document in documents for key in document)
    columns = {key: [document.get(key) for document in documents] for key in keys}
    return {key: values for key, values in columns.items() if any(value != values[0] for value in values)}


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return "–" if value is None else str(value)


def _print_json(document: dict[str, Any]) -> None:
    from mftui.cli.output import print_json

    print_json(document)


def _print_table(columns: tuple[str, ...], rows: list[list[Any]]) -> None:
    from mftui.cli.output import print_table

    print_table(columns, rows)
