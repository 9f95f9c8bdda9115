"""Why a rating is predicted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mftui.api.rows import SHARES, frame_of, share_rows
from mftui.api.show import html_table
from mftui.text import visible

if TYPE_CHECKING:
    import pandas as pd

    from mftui.engine.model.factors import Factors
    from mftui.engine.query.explain import Because


@dataclass(frozen=True, repr=False)
class Explanation:
    """What a prediction for one person and one movie is made of, in stars.

    The parts add up to the prediction: `predicted = sum(parts.values())`.

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
    because : DataFrame
        movie_id, title, rating and contribution of each of the person's ratings, the largest contribution first; they
        add up to `parts["ratings"]`.

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
    _shown: dict[str, float]

    def _facts(self) -> dict[str, str]:
        return {name: f"{value:+.2f}" for name, value in self._shown.items()} | {"sum": f"{self.predicted:.2f}"}

    def __repr__(self) -> str:
        terms = " ".join(f"{name} {value}" for name, value in self._facts().items() if name != "sum")
        return visible(f"<mftui.Explanation {self.title}: {self.predicted:.2f} = {terms}>")

    def _repr_html_(self) -> str:
        head = html_table(f"{self.title}: {self.predicted:.2f}", self._facts())
        return head + self.because.head(10).to_html(index=False, escape=True, float_format="{:.2f}".format)


def explanation_of(factors: Factors, because: Because) -> Explanation:
    """Return the explanation of the first movie of `because`."""
    return Explanation(
        title=factors.movies.titles[because.movies[0]],
        predicted=float(because.predicted[0]),
        parts=because.parts(0),
        because=frame_of(share_rows(factors, because, 0), SHARES),
        _shown=because.shown_parts(0)[0],
    )
