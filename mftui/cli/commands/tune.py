"""`mftui tune`: search for better settings of a recipe by validation RMSE; every trial is a run."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from mftui.cli.shared.output import Cell, json_option, note, print_json, print_line, print_table
from mftui.cli.shared.train_options import data_options, recipe_options, request_from
from mftui.engine.compute.cluster import require_alone
from mftui.errors import RunError, UsageError
from mftui.runs.trainer.logs import output_in
from mftui.runs.trainer.signals import Requests
from mftui.text import shell_word

if TYPE_CHECKING:
    from mftui.runs.results.tune import Trial
    from mftui.runs.store.request import TrainRequest

MAX_TRIALS_SHOWN = 10


@click.command()
@data_options
@recipe_options
@click.option(
    "--trials", default=30, show_default=True, type=click.IntRange(1), help="How many settings to try in all."
)
@click.option(
    "--name", default="study", show_default=True, help="Name of the study; the names of its runs begin with it."
)
@click.option("--resume", metavar="NAME", help="Continue a study that was stopped or killed.")
@json_option
def tune(trials: int, name: str, resume: str | None, as_json: bool, **options: Any) -> int:
    """Search for better settings of a recipe, by RMSE on validation ratings. Test ratings are not used.

    The first trial uses the recipe's defaults. Settings that you give stay fixed. Trials are runs, so the app shows
    them as they train. Ctrl-C stops in the middle of a trial; `--resume` continues there.
    """
    require_alone("tune")
    from mftui.runs.results.tune import log_path, study_request
    from mftui.runs.results.tune import tune as search

    request = None if resume is not None else request_from(options | {"name": None, "checkpoint_seconds": None})
    if resume is not None and any(value not in (None, (), False) for value in options.values()):
        raise UsageError("--resume continues with the study's own settings.", hint="Leave the other options out.")
    with Requests() as requests, output_in(log_path(resume or name)) as screen:

        def say(trial: Trial) -> None:
            text = f"trial {trial.number}: validation RMSE {trial.valid_rmse:.4f}  {_words(trial.hyper)}"
            print_line(text, to=screen)

        found = search(resume or name, request, trials, requests, say)
        stopped = requests.stop
    if not found:
        raise RunError("no trial has finished.")
    _print(resume or name, study_request(resume or name), found, as_json)
    if stopped:
        note(f"mftui: stopped. Continue with: mftui tune --resume {shell_word(resume or name)}")
        return 130
    return 0


def _print(name: str, request: TrainRequest, found: list[Trial], as_json: bool) -> None:
    share = float(request.hyper["validation"])
    if as_json:
        trials = [asdict(trial) for trial in found]
        of = {"study": name, "recipe": request.recipe, "data": request.data, "validation": share}
        print_json({**of, "n_trials": len(found), "best": trials[0], "trials": trials})
        return
    columns = ["run", "validation RMSE", *found[0].hyper]
    rows: list[list[Cell]] = [[t.run, t.valid_rmse, *t.hyper.values()] for t in found[:MAX_TRIALS_SHOWN]]
    title = f"Study {name}: {len(found)} trials, best first, by {100 * share:g} % of the training ratings"
    print_table(columns, rows, title, formats={"validation RMSE": ".4f"})
    print_line()
    print_line(f"Train with the best: {' '.join(['mftui', 'train', *map(shell_word, _options(request, found[0]))])}")


def _options(request: TrainRequest, best: Trial) -> list[str]:
    """Return the options of `mftui train` that repeat the best trial, with the recipe's own validation and blocks."""
    from mftui.runs.results.tune import FIXED
    from mftui.runs.store.request import TrainRequest

    usual = TrainRequest()
    data = {name: getattr(request, name) for name in ("data", "test", "split", "test_fraction", "split_seed", "seed")}
    changed = {name: value for name, value in data.items() if value != getattr(usual, name)}
    said = request.how.document()
    columns = ",".join(f"{role}={column}" for role, column in said.pop("columns", {}).items())
    changed |= {"columns": columns} if columns else {}
    given = {name: value for name, value in request.hyper.items() if FIXED.get(name) != value}
    options = [f"--{name}={value}" for name in ("missing", "accept") for value in said.pop(name, [])]
    for name, value in {**changed, **said, "recipe": request.recipe, **given, **best.hyper}.items():
        flag = name.replace("_", "-")
        if isinstance(value, bool):
            options.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            options += [f"--{flag}", f"{value:.4g}" if isinstance(value, float) else str(value)]
    return options


def _words(hyper: Any) -> str:
    return ", ".join(f"{key} {value:.4g}" for key, value in hyper.items())
