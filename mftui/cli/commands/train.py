"""`mftui train`: train a model in this process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from mftui.api.progress import how_far, make_progress
from mftui.cli.shared.completion import complete_run
from mftui.cli.shared.output import json_option, note, print_json, print_line, print_table
from mftui.cli.shared.train_options import data_options, recipe_options, recipes_in_words, request_from
from mftui.engine.compute.arrival import met
from mftui.engine.compute.cluster import Cluster, find_cluster, require_distributable
from mftui.engine.recipes import RECIPES, STARS, unit_of
from mftui.errors import UsageError
from mftui.runs.control.last_words import last_words
from mftui.runs.store import status as states
from mftui.runs.store.config import RunConfig, how_read
from mftui.runs.store.request import STORES, TrainRequest
from mftui.runs.store.run import Run, create_run, find_run
from mftui.runs.store.summary import learned
from mftui.runs.trainer.logs import output_in
from mftui.runs.trainer.signals import Requests
from mftui.text import learning_time, shell_word

_ALLOWED_WITH_RESUME = {"resume", "as_json", "quiet"}


@click.command(epilog=recipes_in_words())
@data_options
@recipe_options
@click.option("--name", help="A name for the run; it becomes part of the run's id.")
@click.option("--resume", metavar="RUN", shell_complete=complete_run, help="Continue a run that was stopped or killed.")
@click.option(
    "--checkpoint-seconds",
    type=float,
    help="Seconds between checkpoints, from which --resume continues.  [default: 20]",
)
@click.option(
    "--store",
    type=click.Choice(STORES),
    help="Number format of the model's factors on disk; float16 takes half the space.  [default: float32]",
)
@click.option("--tensorboard", is_flag=True, help="Also write event files for TensorBoard into the run's directory.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one line of JSON.")
@click.option("--quiet", "-q", is_flag=True, help="Show no progress.")
@click.option("--run-dir", type=click.Path(path_type=Path), hidden=True)
@click.option("--standby", is_flag=True, hidden=True)
@click.pass_context
def train(ctx: click.Context, /, **options: Any) -> int:
    """Train a model on ratings and keep it as a run.

    Progress goes to standard error, the result to standard output. On Ctrl-C or SIGTERM, mftui finishes the step,
    saves, evaluates and ends; `--resume` continues from there.
    """
    with Requests() as requests:
        if options["standby"]:
            return _wait_and_train(requests)
        with met(cluster := find_cluster()):
            new = options["run_dir"] is None and options["resume"] is None
            request = request_from(options) if new else None
            if request is not None:
                _require_distributable(request, cluster)
            if cluster and not cluster.chief:
                return _work(ctx, options, request, requests)
            run = _run_for(ctx, options, request)
            document = _train(run, requests, resume=not new, quiet=options["quiet"])
    if options["as_json"]:
        print_json(document)
    else:
        _summarize(run, document)
    return _exit_code(run, document, requests)


def _run_for(ctx: click.Context, options: dict[str, Any], request: TrainRequest | None) -> Run:
    """Return the run to train: given by its directory, to be resumed, or new."""
    if request is not None:
        return create_run(request)
    if options["run_dir"] is not None:
        run = Run(options["run_dir"].absolute())
        run.config()
        return run
    _refuse_changes(ctx)
    run = find_run(options["resume"])
    if cluster := find_cluster():
        _require_distributable(run.config().train_request(), cluster)
    return run


def _require_distributable(request: TrainRequest, cluster: Cluster | None) -> None:
    """Raise UsageError if there are several workers that cannot train together what is asked for."""
    strategy = request.complete_hyper().get("strategy")
    require_distributable(request.recipe, None if strategy is None else str(strategy), cluster)


def _work(ctx: click.Context, options: dict[str, Any], request: TrainRequest | None, requests: Requests) -> int:
    """Train as a worker; only the chief has a run and prints anything."""
    from mftui.runs.trainer.worker import work

    if request is not None:
        work(RunConfig.of(request.checked()), None, requests)
    else:
        run = _run_for(ctx, options, None)
        work(run.config(), run, requests)
    return 0


def _train(run: Run, requests: Requests, *, resume: bool, quiet: bool) -> dict[str, Any]:
    with (
        output_in(run.log_path) as screen,
        last_words(run, screen.fileno()),
        make_progress(screen, quiet=quiet) as progress,
    ):
        progress.follow(lambda: how_far(run.status()))
        from mftui.runs.trainer.main import train as train_run
        from mftui.runs.trainer.prepare import how_long

        told = False
        warned: set[str] = set()

        def on_phase(phase: str) -> None:
            nonlocal told
            warnings = set(run.status().warnings) - warned
            for warning in sorted(warnings):
                progress.say(warning)
            warned.update(warnings)
            if phase != "load" and not told:
                told = True
                for sentence in how_read(run.config().dataset or {}):
                    progress.say(sentence)
                if long := how_long(run.config()):
                    progress.say(long)
            progress.phase(phase)

        return train_run(
            run,
            resume=resume,
            on_metrics=progress.metrics,
            on_phase=on_phase,
            requests=requests,
            own_process=True,
        )


def _wait_and_train(requests: Requests) -> int:
    """Wait for a run as the standby trainer, then train it; messages go to the run's log and status."""
    from mftui.runs.trainer.standby import wait_for_run

    found = wait_for_run(requests)
    if found is None:
        return 0
    from mftui.runs.trainer.main import train as train_run

    run, prepared = found
    with last_words(run, subprocess.DEVNULL):
        document = train_run(run, resume=True, requests=requests, own_process=True, preparation=prepared)
    return _exit_code(run, document, requests)


def _refuse_changes(ctx: click.Context) -> None:
    for name in ctx.params:
        given = ctx.get_parameter_source(name) == ParameterSource.COMMANDLINE
        if given and name not in _ALLOWED_WITH_RESUME:
            raise UsageError(
                f"--resume continues with the run's own settings: --{name.replace('_', '-')} cannot be given.",
                hint="Leave it out, or start a new run.",
            )


def _exit_code(run: Run, document: dict[str, Any], requests: Requests) -> int:
    state = document["state"]
    if state == states.DIVERGED:
        note(f"mftui: run {run.id} diverged: {run.status().message}")
        return 1
    if state == states.STOPPED:
        note(f"mftui: stopped. Continue with: mftui train --resume {shell_word(run.id)}")
        return 130 if requests.interrupted else 0
    return 0


def _summarize(run: Run, document: dict[str, Any]) -> None:
    lines = [("run", f"{document['run']} ({document['state']})")]
    if document.get("n_users"):
        lines.append(
            (
                "data",
                f"{document['dataset']}: {document['n_users']:,} users, {document['n_movies']:,} movies, "
                f"{document['n_train']:,} ratings to train on, {document['n_test']:,} to test on",
            )
        )
    if document.get("test_rmse") is not None:
        base = document["baseline_rmse"]
        lines += [
            ("test RMSE", f"{document['test_rmse']:.4f}  on {document['split']}"),
            ("baselines", f"{base['bias']:.4f} user and movie bias, {base['global_mean']:.4f} global mean"),
        ]
    if document.get("train_rmse") is not None:
        lines.append(("training RMSE", f"{document['train_rmse']:.4f}"))
    if unit_of(document) != STARS and document.get("train_loss") is not None:
        lines.append(("loss", f"{document['train_loss']:.4g}"))
    spent, total = learned(document)
    if spent is not None:
        lines.append(("time", learning_time(spent, total)))
    lines += [("warning", warning) for warning in document["warnings"]]
    lines.append(("saved in", document["run_dir"]))
    if run.events_path.is_dir():
        lines.append(("view with", f"tensorboard --logdir {shell_word(run.events_path)}"))
    if run.has_factors:
        lines.append(("next", _suggestion(run)))
    width = max(len(name) for name, _ in lines) + 2
    for name, text in lines:
        print_line(f"{name:{width}}{text}")
    sys.stdout.flush()


def _suggestion(run: Run) -> str:
    """Suggest the next command: neighbours of the most rated movie."""
    factors = run.load_factors()
    title = factors.movies.titles[int(factors.movie_counts.argmax())]
    return f"mftui similar {shell_word(title)}"


@click.command()
@json_option
def recipes(as_json: bool) -> None:
    """List the recipes, the ways to train, with their presets. `mftui train --help` says more of each."""
    if as_json:
        listed = [
            {
                "recipe": recipe.name,
                "title": recipe.title,
                "about": recipe.about,
                "presets": {preset.name: preset.summary for preset in recipe.presets},
            }
            for recipe in RECIPES.values()
        ]
        return print_json({"recipes": listed})
    rows = [[recipe.name, recipe.title, ", ".join(one.name for one in recipe.presets)] for recipe in RECIPES.values()]
    return print_table(["recipe", "title", "presets"], rows)
