"""What the charts of Train show: RMSE, loss, learning rate and speed, with other runs laid over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mftui.tui.charts.curves import Curves
from mftui.tui.charts.picture import Curve, Picture

METRICS = ("rmse", "loss", "rate", "speed")
_TITLES = {"rmse": "RMSE", "loss": "loss", "rate": "learning rate", "speed": "ratings/s"}

_AUDIENCE = "Ratings are learned; now it learns who watched what."


@dataclass(frozen=True)
class Other:
    """Another run that is laid over."""

    name: str
    mark: str
    style: int
    curves: Curves


def pictures(
    curves: Curves,
    *,
    live: bool,
    total: float | None,
    others: Sequence[Other] = (),
    empty: str = "",
    caution: str = "",
) -> dict[str, Picture]:
    """Return one picture for each of METRICS.

    Parameters
    ----------
    total: steps in all, if known.
    caution: what to know of the predictions of a recipe that does not learn ratings.
    """
    audience = live and curves.in_audience
    own = {
        "rmse": (
            Curve("training", curves.train),
            Curve("one draw, validation", curves.draw, dots=True, style=2),
            Curve("validation", curves.valid, dots=True, style=1),
        ),
        "loss": _losses(curves, audience),
        "rate": (Curve("", curves.learning_rate),),
        "speed": (Curve("", curves.speed),),
    }
    first, last = curves.audience_loss.first, curves.train.last
    made = {}
    for metric in METRICS:
        laid_over = [] if metric == "loss" and audience else [_over(metric, other) for other in others]
        made[metric] = Picture(
            title=f"{curves.block} loss" if metric == "loss" and audience else _TITLES[metric],
            note=_AUDIENCE if metric == "loss" and audience else caution if metric in ("rmse", "loss") else "",
            x_label="step",
            curves=tuple(c for c in (*laid_over, *own[metric]) if len(c.points) or not c.dots),
            best=curves.best if metric == "rmse" else None,
            best_label=f"at epoch {curves.best_epoch:,.0f}" if curves.best_epoch else "",
            start=first[0] if metric == "loss" and audience and first else 0.0,
            total=(last[0] if last else None) if metric == "rmse" and len(curves.audience_loss) else total,
            empty=empty,
            form=_FORMS[metric][0],
            short=_FORMS[metric][1],
        )
    return made


def _losses(curves: Curves, audience: bool) -> tuple[Curve, ...]:
    if audience:
        return (Curve("", curves.audience_loss, style=1),)
    if not len(curves.audience_loss):
        return (Curve("", curves.loss),)
    return Curve("taste", curves.loss), Curve("audience", curves.audience_loss, style=1)


def _over(metric: str, other: Other) -> Curve:
    curves = other.curves
    of_rmse = curves.valid if len(curves.valid) > 1 else curves.train
    points = {"rmse": of_rmse, "loss": curves.loss, "rate": curves.learning_rate, "speed": curves.speed}[metric]
    return Curve(other.name, points, style=other.style, mark=other.mark)


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
