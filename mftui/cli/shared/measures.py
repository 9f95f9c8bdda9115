"""Measures of models as tables: errors, calibration, intervals, and several runs side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mftui.cli.shared.output import Cell, print_line, print_table

BASELINES = {"global_mean": "global mean", "bias": "user and movie bias", "popularity": "most rated first"}
_LABELS = {"rmse": "RMSE", "mae": "MAE", "mean_popularity": "ratings of a listed movie"}
_COMPARED = ("rmse", "mae", "ndcg@10", "recall@10", "coverage", "mean_popularity")


def measure_label(name: str) -> str:
    """Name a measure in a table."""
    return _LABELS.get(name, name.replace("ndcg", "NDCG"))


def print_calibration(bins: list[dict[str, Any]]) -> None:
    """Print mean predicted and mean actual ratings, by bins of the prediction."""
    columns = ["predicted", "actual", "ratings"]
    rows: list[list[Cell]] = [[one["predicted"], one["actual"], one["n"]] for one in bins]
    print_table(columns, rows, "Calibration by bins of the prediction", formats=dict.fromkeys(columns, ".2f"))


def print_uncertainty(found: dict[str, Any]) -> None:
    """Print how often ratings lie within their intervals, and how ± relates to the error."""
    columns = ["interval", "contains the rating", "mean width"]
    rows: list[list[Cell]] = [
        [f"{one['level']:.0%}", f"{one['covered']:.1%}", f"{one['width']:.2f}"] for one in found["coverage"]
    ]
    print_table(columns, rows, f"How often the p % interval contains the rating, on {found['n']:,} test ratings")
    print_line()
    columns = ["±", "RMSE", "ratings of the movie", "test ratings"]
    rows = [[one["plus_minus"], one["rmse"], f"{one['movie_ratings']:.0f}", one["n"]] for one in found["by_spread"]]
    formats = {"±": ".3f", "RMSE": ".3f"}
    print_table(columns, rows, "± (90 % interval), by fifths from the smallest, on the same test", formats=formats)


def print_evaluations(runs: Sequence[str], evaluations: Sequence[Mapping[str, Any] | None]) -> None:
    """Print several runs' measures side by side, each with the baselines on its own split."""
    if not any(evaluations):
        return
    print_line()
    found = [one or {} for one in evaluations]
    rows: list[list[Cell]] = [
        ["data", *(one.get("dataset") for one in found)],
        ["split", *(one.get("split") for one in found)],
    ]
    rows += [[measure_label(name), *(_number(one.get(name)) for one in found)] for name in _COMPARED]
    for base, label in BASELINES.items():
        of_base = [one.get("baselines", {}).get(base, {}) for one in found]
        rows += [
            [f"{label}: {measure_label(name)}", *(_number(one.get(name)) for one in of_base)]
            for name in _COMPARED
            if any(name in one for one in of_base)
        ]
    bins = max(len(one.get("calibration", ())) for one in found)
    for at in range(bins):
        pairs = [one.get("calibration", [])[at : at + 1] for one in found]
        cells = [f"{p[0]['predicted']:.2f} → {p[0]['actual']:.2f}" if p else None for p in pairs]
        rows.append([f"calibration {at + 1} of {bins}", *cells])
    print_table(["", *runs], rows, "On the ratings that each run held out; calibration is predicted → actual, by bins")


def print_differences(runs: Sequence[str], paired: Sequence[Mapping[str, Any] | None]) -> None:
    """Print how far the RMSE of each run is from that of the first, and whether that may be chance."""
    rows: list[list[Cell]] = []
    for run, one in zip(runs, paired, strict=True):
        if one is not None:
            verdict = "within noise" if one["within_noise"] else "better" if one["rmse"] < 0 else "worse"
            rows.append([run, f"{one['rmse']:+.4f}", f"{one['standard_error']:.4f}", verdict])
    if rows:
        print_line()
        columns = ["run", "test RMSE", "standard error", ""]
        n = next(one["n"] for one in paired if one is not None)
        print_table(columns, rows, f"Difference from {runs[0]}, rating by rating, on the same {n:,} test ratings")


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.4f}"
