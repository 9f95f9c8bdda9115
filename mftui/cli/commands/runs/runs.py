"""`mftui runs`: list, show, compare, stop, pause and continue runs; the other commands are in `actions`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from mftui.cli.commands.runs.actions import ACTIONS, one_run, runs_called, some_runs
from mftui.cli.commands.runs.fields import checked_fields, complete_fields
from mftui.cli.commands.runs.logs import logs
from mftui.cli.shared.listing_group import ListingGroup
from mftui.cli.shared.measures import print_differences, print_evaluations
from mftui.cli.shared.output import json_option, note, print_json, print_line, print_table
from mftui.engine.training.recipe import label_of, written
from mftui.errors import RunError
from mftui.runs.control.signal_run import continue_run, pause_run, stop_run
from mftui.runs.store.run import Run, find_run, misnamed
from mftui.runs.store.summary import (
    MEASURE_NAMES,
    Summary,
    differing,
    human,
    measures_of,
    named_measures,
    setting_name,
    settings_of,
    summaries,
    summarize,
    tested_alike,
)
from mftui.text import learning_time

if TYPE_CHECKING:
    from mftui.engine.evaluation.paired import PairedDifference


@click.group(cls=ListingGroup)
def runs() -> None:
    """List, show, compare, stop, label and delete runs. RUN is an id, the beginning of an id, a name, or latest.

    Without a command, as `mftui runs ls`.
    """


for command in (*ACTIONS, logs):
    runs.add_command(command)


@runs.command()
@click.option("--tag", help="Only runs with this tag.")
@click.option(
    "--columns",
    metavar="FIELD,…",
    default="",
    shell_complete=complete_fields,
    help="Also show these settings of the recipes, such as learning_rate,epochs.",
)
@json_option
def ls(tag: str | None, columns: str, as_json: bool) -> None:
    """List all runs, the newest first."""
    fields = checked_fields(columns)
    rows, strange = summaries(), misnamed()
    if tag is not None:
        rows = [row for row in rows if tag.casefold() in row.tags]
    if as_json:
        return print_json({"runs": [_document(row) for row in rows]} | ({"misnamed": strange} if strange else {}))
    for name in strange:
        note(f"{name}: a directory under a name that no run has. To open it, rename it: letters, digits and . _ + -")
    if not rows:
        return print_line("No runs yet. Start one: mftui train" if tag is None else f"No run has the tag {tag}.")
    heads = ["run", "name", "state", "recipe", "dataset", "k", "test RMSE", *map(label_of, fields), "split", "size"]
    listed = [
        [row.run, row.called, row.state, row.recipe, row.dataset, row.factors, row.test_rmse]
        + [_setting(row.hyper.get(field)) for field in fields]
        + [row.split, human(row.size_bytes)]
        for row in rows
    ]
    if any(row.tags for row in rows):
        heads.append("tags")
        listed = [[*cells, " ".join(row.tags)] for cells, row in zip(listed, rows, strict=True)]
    return print_table(heads, listed)


@runs.command()
@one_run
@json_option
def show(run: str, as_json: bool) -> None:
    """Show everything about one run: how it ended and what was measured, then its settings."""
    found = find_run(run)
    status, result = found.status(), found.result()
    config, row = found.config(), summarize(found)
    document = {
        **_document(row),
        "run_dir": str(found.path),
        "status": status.to_dict() | {"state": status.state},
        "config": config.to_dict(),
        "result": result,
    }
    if as_json:
        return print_json(document)
    told = {
        "run": row.run,
        "name": row.called,
        "state": row.state,
        "done": None if row.progress is None else f"{row.progress:.0%}",
        "started": row.started,
        "time": None if row.seconds is None else learning_time(row.seconds, row.total_seconds),
        **named_measures(found, row),
        "size": human(row.size_bytes),
        "model": "yes" if row.has_model else "none yet" if row.active else "none",
        "message": status.message,
    }
    rows = [[name, _text(value)] for name, value in told.items() if value not in (None, "")]
    rows += [["warning", warning] for warning in status.warnings]
    print_table(("", ""), [*rows, ["directory", str(found.path)]])
    print_line()
    settings = settings_of(found).items()
    return print_table(
        ("setting", "value"), [[setting_name(key), written(value)] for key, value in settings if value is not None]
    )


@runs.command()
@one_run
@click.option("--timeout", default=60.0, show_default=True, help="Seconds to wait for the training to end.")
@json_option
def stop(run: str, timeout: float, as_json: bool) -> None:
    """Stop a training: it finishes its step, saves and ends."""
    found = find_run(run)
    _print_state(found, stop_run(found, timeout_s=timeout), as_json)


@runs.command()
@one_run
@json_option
def pause(run: str, as_json: bool) -> None:
    """Pause a training after its step until `mftui runs continue`; its state is saved."""
    found = find_run(run)
    _print_state(found, pause_run(found), as_json)


@runs.command("continue")
@one_run
@json_option
def go_on(run: str, as_json: bool) -> None:
    """Continue a paused training. To continue one that has ended: `mftui train --resume`."""
    found = find_run(run)
    _print_state(found, continue_run(found), as_json)


@runs.command()
@some_runs
@json_option
def compare(names: tuple[str, ...], as_json: bool) -> None:
    """Compare runs: the settings that differ, and measures next to the baselines, with the split.

    RMSE and MAE measure predictions; NDCG@10 and recall@10 measure the list of ten that each user would get. Runs on
    other data, or tested on other ratings, stand in a table of their own: their measures cannot be compared. For runs
    that held out the same ratings, the difference of each RMSE from that of the first of them is shown with its
    standard error, that of the users' sums, as ratings of one user are alike; a difference of less than two standard
    errors is within noise.
    """
    from mftui.runs.results.evaluate import differences_from, evaluation_of

    found = runs_called(names)
    if len(found) < 2:
        raise RunError("compare needs at least two different runs.")
    settings = differing([settings_of(run) for run in found])
    results = [measures_of(run) for run in found]
    measures = {key: [result[key] for result in results] for key in results[0]}
    evaluations = [evaluation_of(run) for run in found]
    groups = tested_alike([run.known_config().tested_on for run in found])
    paired: list[PairedDifference | None] = [None] * len(found)
    for group in groups:
        differences = differences_from(found[group[0]], [found[at] for at in group[1:]])
        for at, difference in zip(group[1:], differences, strict=True):
            paired[at] = difference
    ids = [run.id for run in found]
    if as_json:
        document = {"differences": settings, "measures": measures, "evaluations": evaluations, "paired": paired}
        return print_json({"runs": ids, "tested_alike": [[ids[at] for at in group] for group in groups]} | document)
    print_table(["", *ids], [[setting_name(key), *map(_setting, values)] for key, values in settings.items()])
    for group in groups:
        alike = [ids[at] for at in group]
        rows = [[MEASURE_NAMES.get(key, key), *(_text(all[at]) for at in group)] for key, all in measures.items()]
        print_line()
        print_table(["", *alike], rows)
        print_evaluations(alike, [evaluations[at] for at in group])
        print_differences(alike, [paired[at] for at in group])
    if len(groups) > 1:
        note("These runs were measured on different ratings: do not compare the measures of one table with another's.")
    return None


def _print_state(run: Run, state: str, as_json: bool) -> None:
    """Print the state of one run."""
    if as_json:
        return print_json({"run": run.id, "state": state})
    return print_line(f"{run.id}: {state}")


def _document(row: Summary) -> dict[str, Any]:
    return {**asdict(row), "tags": list(row.tags)}


def _setting(value: Any) -> str | None:
    return None if value is None else written(value)


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, int) and abs(value) >= 10_000:
        return f"{value:,}"
    return "–" if value is None else str(value)
