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
    """What a prediction for one person and one movie is made of.

    On the linear scale (before the sigmoid, where the recipe has one) the prediction is a sum:
    `linear = mean + movie_bias + user_bias + because.contribution.sum()`.

    Attributes
    ----------
    title : str
        The movie.
    predicted : float
        The rating that the sum stands for, within the scale.
    trained : float or None
        What the trained model predicts, where it differs because training saw more than this person's ratings; None
        for somebody new.
    mean, movie_bias, user_bias, linear : float
        The terms and their sum.
    because : DataFrame
        movie_id, title, rating and contribution of each of the person's ratings, the largest contribution first.

    Examples
    --------
    >>> import mftui
    >>> why = mftui.open_run().explain(7, "alien")
    >>> total = why.mean + why.movie_bias + why.user_bias + why.because.contribution.sum()
    >>> bool(abs(total - why.linear) < 1e-4)
    True
    """

    title: str
    predicted: float
    trained: float | None
    mean: float
    movie_bias: float
    user_bias: float
    linear: float
    because: pd.DataFrame

    def _facts(self) -> dict[str, str]:
        shares = float(self.because.contribution.sum())
        terms = {"mean": self.mean, "movie": self.movie_bias, "user": self.user_bias, "ratings": shares}
        return {name: f"{value:+.3f}" for name, value in terms.items()} | {"sum": f"{self.linear:+.3f}"}

    def __repr__(self) -> str:
        terms = " ".join(f"{name} {value}" for name, value in self._facts().items() if name != "sum")
        return visible(f"<mftui.Explanation {self.title}: {self.predicted:.2f}; {terms} = {self.linear:+.3f}>")

    def _repr_html_(self) -> str:
        head = html_table(f"{self.title}: {self.predicted:.2f}", self._facts())
        return head + self.because.head(10).to_html(index=False, escape=True, float_format="{:.3f}".format)


def explanation_of(factors: Factors, because: Because) -> Explanation:
    """Return the explanation of the first movie of `because`."""
    return Explanation(
        title=factors.movies.titles[because.movies[0]],
        predicted=float(because.predicted[0]),
        trained=None if because.trained is None else float(because.trained[0]),
        mean=because.mean,
        movie_bias=float(because.movie_bias[0]),
        user_bias=because.user_bias,
        linear=float(because.logits[0]),
        because=frame_of(share_rows(factors, because, 0), SHARES),
    )
