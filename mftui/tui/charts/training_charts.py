"""What the charts of Train show: RMSE, loss, learning rate and speed, with other runs laid over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mftui.tui.charts.along import STEP, XAxis, x_axis
from mftui.tui.charts.curves import Curves
from mftui.tui.charts.picture import Curve, Picture

METRICS = ("rmse", "loss", "rate", "speed")
_TITLES = {"rmse": "RMSE", "loss": "loss", "rate": "learning rate", "speed": "ratings/s"}

_AUDIENCE = "Ratings are learned; now it learns who watched what."


class Other(NamedTuple):
    """Another run that is laid over."""

    name: str
    mark: str
    style: int
    curves: Curves
    apart: str = ""
    """Why its values cannot be compared with those of the run itself, in two words."""


def pictures(
    curves: Curves,
    *,
    live: bool,
    total: float | None,
    others: Sequence[Other] = (),
    of: str = "",
    empty: str = "",
    caution: str = "",
    counts: str = STEP,
) -> dict[str, Picture]:
    """Return one picture for each of METRICS.

    Parameters
    ----------
    total: steps in all, if known.
    of: what the run is called.
    caution: what to know of the predictions of a recipe that does not learn ratings.
    counts: what the x axis counts, one of X_AXES.
    """
    audience = live and curves.in_audience
    longest = max(
        (c.seconds.last[1] for c in (curves, *(other.curves for other in others)) if c.seconds.last), default=0
    )
    axis = x_axis(counts if counts in curves.counted else STEP, longest)
    own = {
        "rmse": (
            Curve("training", curves.train),
            Curve("one draw, validation", curves.draw, dots=True, sign="+", style=2),
            Curve("validation", curves.valid, dots=True, style=1),
        ),
        "loss": _losses(curves, audience),
        "rate": (Curve("", curves.learning_rate),),
        "speed": (Curve("", curves.speed),),
    }
    first = curves.audience_loss.first
    best = curves.best and (curves.at(curves.best[0], axis), curves.best[1])
    kind, why = _kind(curves, others, live)
    made = {}
    for metric in METRICS:
        laid_over = [] if metric == "loss" and audience else [_over(metric, kind, other, axis) for other in others]
        mine = [curve._replace(points=curves.along(curve.points, axis)) for curve in own[metric]]
        made[metric] = Picture(
            title=f"{curves.block} loss" if metric == "loss" and audience else _TITLES[metric],
            note=_AUDIENCE if metric == "loss" and audience else caution if metric in ("rmse", "loss") else "",
            marked=kind if metric == "rmse" else "",
            marked_why=why if metric == "rmse" else "",
            x_label=axis.label,
            of=of,
            x_form=axis.form,
            unit=axis.unit,
            curves=tuple(c for c in (*laid_over, *mine) if len(c.points) or not c.dots),
            best=best if metric == "rmse" else None,
            best_label=f"at epoch {curves.best_epoch:,.0f}" if curves.best_epoch else "",
            start=curves.at(first[0], axis) if metric == "loss" and audience and first else 0.0,
            total=_end(metric, curves, axis, total, live),
            empty=empty,
            form=_FORMS[metric][0],
            short=_FORMS[metric][1],
        )
    return made


def _losses(curves: Curves, audience: bool) -> tuple[Curve, ...]:
    if audience:
        passes = Curve("mean of a pass", curves.audience_passes, dots=True, style=1)
        return Curve("one batch" if len(curves.audience_passes) else "", curves.audience_loss), passes
    if not len(curves.audience_loss):
        return (Curve("", curves.loss),)
    audience_loss = curves.audience_passes if len(curves.audience_passes) > 1 else curves.audience_loss
    return Curve("taste", curves.loss), Curve("audience", audience_loss, style=1)


def _end(metric: str, curves: Curves, axis: XAxis, total: float | None, live: bool) -> float | None:
    """Return where the x axis ends when all is done, if known."""
    if metric == "rmse" and len(curves.audience_loss):
        return curves.at(curves.train.last[0], axis) if curves.train.last else None
    if axis.counts == STEP:
        return total
    return None if live or curves.seconds.last is None else curves.at(curves.seconds.last[0], axis)


def _kind(curves: Curves, others: Sequence[Other], live: bool) -> tuple[str, str]:
    """Return which RMSE of other runs is laid over, and why where that is not the first choice.

    It is that of validation, if all of them have a curve of it, and the run itself has one or may yet get it; else that
    of training.
    """
    own = live or len(curves.valid) > 0
    without = [other.mark for other in others if len(other.curves.valid) < 2]
    if not without:
        return ("validation", "") if own else ("training", "this run: no validation")
    return "training", f"no validation: {' '.join(without)}" if own or len(without) < len(others) else ""


def _over(metric: str, kind: str, other: Other, axis: XAxis) -> Curve:
    curves = other.curves
    of_rmse = curves.valid if kind == "validation" else curves.train
    points = {"rmse": of_rmse, "loss": curves.loss, "rate": curves.learning_rate, "speed": curves.speed}[metric]
    return Curve(other.name, curves.along(points, axis), style=other.style, mark=other.mark, note=other.apart)


def large(value: float) -> str:
    """1.5 M, 20.3 k, 12."""
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.1f} {sign}"
    return f"{value:.0f}"


_FORMS = {
    "rmse": ("{:.4f}".format, "{:.3f}".format),
    "loss": ("{:.4g}".format, "{:.3g}".format),
    "rate": ("{:.3g}".format, "{:.2g}".format),
    "speed": (large, large),
}
