"""`mftui evaluate`: measure a model, and simple baselines on the same test ratings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mftui.cli.shared.measures import BASELINES, measure_label, print_calibration, print_uncertainty
from mftui.cli.shared.open_model import model_label, open_model, run_document, run_option
from mftui.cli.shared.output import Cell, json_option, note, print_json, print_line, print_table
from mftui.engine.compute.cluster import require_alone
from mftui.errors import UsageError

RANKINGS = {"like": "by predicted rating", "watch": "by audience", "both": "by both"}


@click.command()
@run_option
@click.option(
    "--test",
    "test_file",
    type=click.Path(exists=True, path_type=Path),
    help="Ratings to test on [default: those that the run held out].",
)
@click.option("--k", default=10, show_default=True, type=click.IntRange(1), help="Length of the recommendation lists.")
@click.option(
    "--folds", type=click.IntRange(2), help="Cross-validate: train with the run's settings on this many folds."
)
@click.option("--fold-files", metavar="PATTERN", help="Cross-validate on given folds, such as 'u*.base' with u*.test.")
@json_option
def evaluate(
    run_text: str | None, test_file: Path | None, k: int, folds: int | None, fold_files: str | None, as_json: bool
) -> None:
    """Measure a run's model on ratings that it was not trained on, next to simple baselines.

    RMSE and MAE measure predictions. NDCG@K and recall@K measure each user's list of K movies, by the movies that the
    user liked in the test. Coverage is the share of all movies that appear in any list. Two more tables show how often
    the rating lies in the p % interval that `mftui predict --interval` gives, and how ± relates to the error;
    on the ratings that the run held out, the intervals of each half of the users are made from the other half.
    """
    if folds is not None or fold_files is not None:
        if test_file is not None or (folds and fold_files):
            raise UsageError("--folds, --fold-files and --test each say what to test on: give only one.")
        _cross_validate(run_text, folds, fold_files, k, as_json)
        return
    from mftui.engine.evaluation import evaluate as evaluation

    run, factors = open_model(run_text)
    split = str(factors.meta.get("split", "unknown split"))
    read_as: dict[str, Any] = {}
    test, counts = None, dict.fromkeys(("n_left_out", "n_trained_on"), 0)
    if test_file is not None:
        split = f"test file {test_file}"
        from mftui.api.datasets import known_ratings

        part = known_ratings(factors, test_file)
        test, counts = part.ratings, part.counts
        assert part.reading is not None
        note(part.reading.sentence())
        read_as = {"read_as": part.reading.document()}
        for sentence in part.notes:
            note(sentence)
    measures = evaluation.evaluate(factors, test, k)
    if not measures["n_test"]:
        raise UsageError(
            f"run {run.id} held out no ratings ({split}).", hint="Give ratings to test on with --test FILE."
        )
    dataset = str(factors.meta.get("dataset", "unknown data"))
    if as_json:
        print_json(run_document(run) | {"dataset": dataset, "split": split} | counts | read_as | measures)
        return
    title = f"Test on {measures['n_test']:,} ratings: {split}; {model_label(run, factors)}"
    columns = ["predictions", "RMSE", "MAE"]
    named = {"model": measures} | {BASELINES[name]: found for name, found in measures["baselines"].items()}
    rows: list[list[Cell]] = [[name, m["rmse"], m["mae"]] for name, m in named.items() if "rmse" in m]
    print_table(columns, rows, title, formats=dict.fromkeys(columns, ".4f"))
    print_line()
    print_calibration(measures["calibration"])
    print_line()
    if measures["uncertainty"]:
        print_uncertainty(measures["uncertainty"])
        print_line()
    _print_lists(measures, k)


def _cross_validate(run_text: str | None, folds: int | None, fold_files: str | None, k: int, as_json: bool) -> None:
    """Train with the run's settings on each fold; print means over the folds, next to the baselines'."""
    require_alone("cross-validation")
    from mftui.runs.results.evaluate import cross_validate
    from mftui.runs.store.run import find_usable
    from mftui.runs.trainer.logs import output_in

    run = find_usable(run_text)
    with output_in(run.path / "crossval.log") as screen:

        def say(one: dict[str, Any]) -> None:
            print_line(f"{one['split']}: RMSE {one['rmse']:.4f}", to=screen)

        found = cross_validate(run, folds, fold_files, k, say)
    if as_json:
        print_json({"run": run.id, "recipe": run.config().recipe} | found)
        return
    columns = ["measure", "mean", "std", *(BASELINES[name] for name in found["baselines"])]
    rows: list[list[Cell]] = [
        [measure_label(name), mean, found["std"][name], *(base.get(name) for base in found["baselines"].values())]
        for name, mean in found["mean"].items()
    ]
    title = f"Mean over {found['split']} of {found['dataset']}, trained as run {run.id}"
    print_table(columns, rows, title, formats=dict.fromkeys(columns, ".4f"))
    print_line()
    print_calibration(found["calibration"])
    if found["uncertainty"]:
        print_line()
        print_uncertainty(found["uncertainty"])


def _print_lists(measures: dict[str, Any], k: int) -> None:
    """Print measures of the lists: for each ranking, for several values of --discover, and for the baselines."""
    default = measures["ranked_by"]
    named = {f"{RANKINGS[rank]}{' (default)' * (rank == default)}": m for rank, m in measures["rankings"].items()}
    named |= {f"default, discover {dial}": m for dial, m in measures["discover"].items()}
    named |= {BASELINES[name]: m for name, m in measures["baselines"].items()}
    keys = {f"NDCG@{k}": f"ndcg@{k}", f"recall@{k}": f"recall@{k}", "coverage": "coverage"}
    columns = ["lists", *keys, "ratings of a listed movie"]
    rows: list[list[Cell]] = [
        [name, *(m[key] for key in keys.values()), f"{m['mean_popularity']:.0f}"]
        for name, m in named.items()
        if f"ndcg@{k}" in m
    ]
    print_table(columns, rows, f"Lists of {k} on the same test", formats=dict.fromkeys(columns, ".4f"))
    if series := measures["series@10"]:
        note(
            f"series@10: {series['share']:.3f} of {series['n_films']} films in {series['n_series']} series have "
            "another film of the series among their ten nearest."
        )
