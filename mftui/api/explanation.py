"""Why a rating is predicted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mftui.api.rows import SHARES, frame_of, share_rows
from mftui.api.show import html_table
from mftui.engine.recipes import STARS, unit_of
from mftui.text import visible

if TYPE_CHECKING:
    import pandas as pd

    from mftui.engine.model.factors import Factors
    from mftui.engine.query.explain import Because
    from mftui.engine.query.place import Place

_PLACE_WORDS = {
    "predicted": "predicted",
    "limit": "beyond the scale",
    "reach": "±",
    "usual": "popularity",
    "ratings": "{whose} ratings",
    "liked": "would like",
    "training": "training",
    "less_seen": "less-seen first",
}
"""Of the parts of a score."""


def place_words(place: Place, at: int, whose: str) -> list[str]:
    """Return what adds up to the score by which a film is listed, and the score: "popularity 0.210", "your ratings
    +0.150", … "= 0.360"."""
    parts, total = place.shown(at)
    (first, start), *others = ((_PLACE_WORDS[name].format(whose=whose), value) for name, value in parts.items())
    sums = [f"{first} {start:.{place.digits}f}", *(f"{name} {value:+.{place.digits}f}" for name, value in others)]
    return [*(f"{one}," for one in sums[:-1]), sums[-1], f"= {total:.{place.digits}f}"]


@dataclass(frozen=True, repr=False)
class Explanation:
    """What a prediction for one person and one movie is made of, and how the movie comes to its place on their list.

    The parts add up to the prediction: `predicted = sum(parts.values())`. Where lists are ranked by something else, the
    parts of the score add up to what the movie is ranked by.

    Attributes
    ----------
    title : str
        The movie.
    predicted : float
        The rating, within the scale.
    parts : dict
        What everybody gives ("everybody"), and what is added by this "film", the "user" and their "ratings". For users
        of the data also "training": what the trained model predicts beyond that, because it saw more than this
        person's ratings. "limit" is what is cut off at an end of the scale.
    unit : str
        What the prediction and its parts are counted in: "stars"; or "rescaled", for recipes that predict something
        else, of which the order alone counts.
    score_parts : dict
        What adds up to the score that lists are ranked by; empty where that is the prediction. Of it are: "usual",
        because most people watch the movie; "ratings", what the person's own add; "liked", what the predicted rating
        adds. Of a list by an end of the interval: "predicted", "limit" (what lies beyond the scale), "reach" (from
        there to the end). With `discover` also "less_seen".
    score : float or None
        Their sum.
    because : DataFrame
        movie_id, title, rating and contribution of each of the person's ratings, and on_list, what it adds to the
        score (NaN where lists are ranked by the prediction); the largest first by what ranks the list. The
        contributions add up to `parts["ratings"]`, on_list to `score_parts["ratings"]`.

    Examples
    --------
    >>> import mftui
    >>> why = mftui.open_run().explain(7, "alien")
    >>> bool(abs(sum(why.parts.values()) - why.predicted) < 1e-4)
    True
    >>> bool(abs(why.because.contribution.sum() - why.parts["ratings"]) < 1e-4)
    True
    """

    title: str
    predicted: float
    parts: dict[str, float]
    because: pd.DataFrame
    unit: str
    score_parts: dict[str, float]
    score: float | None
    _shown: dict[str, float]
    _placed: str

    def _facts(self) -> dict[str, str]:
        return {name: f"{value:+.2f}" for name, value in self._shown.items()} | {"sum": f"{self.predicted:.2f}"}

    def __repr__(self) -> str:
        terms = " ".join(f"{name} {value}" for name, value in self._facts().items() if name != "sum")
        unit = "" if self.unit == STARS else f" ({self.unit})"
        listed = f"; on the list: {self._placed}" if self._placed else ""
        return visible(f"<mftui.Explanation {self.title}: {self.predicted:.2f}{unit} = {terms}{listed}>")

    def _repr_html_(self) -> str:
        unit = "" if self.unit == STARS else f" ({self.unit})"
        listed = {"on the list": self._placed} if self._placed else {}
        head = html_table(f"{self.title}: {self.predicted:.2f}{unit}", self._facts() | listed)
        return head + self.because.head(10).to_html(index=False, escape=True, float_format="{:.3f}".format)


def explanation_of(factors: Factors, because: Because) -> Explanation:
    """Return the explanation of the first movie of `because`."""
    place = because.place
    return Explanation(
        title=factors.movies.titles[because.movies[0]],
        predicted=float(because.predicted[0]),
        parts=because.parts(0),
        because=frame_of(share_rows(factors, because, 0), SHARES),
        unit=unit_of(factors.meta),
        score_parts={} if place is None else place.of(0),
        score=None if place is None else place.score(0),
        _shown=because.shown_parts(0)[0],
        _placed="" if place is None else " ".join(place_words(place, 0, "their")),
    )
