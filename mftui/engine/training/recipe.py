"""What a recipe is: a named, complete way of training, and the fields that it leaves open."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from mftui.engine.model.priors import PriorPrecision
from mftui.errors import UsageError
from mftui.text import visible

if TYPE_CHECKING:
    from mftui.engine.training.learner import Block, RatingsLearner
    from mftui.engine.training.memory import MemoryEstimate, Sizes
    from mftui.engine.training.problem import Problem

Value = int | float | bool | str
Hyper = Mapping[str, Value]
Rule = Callable[[Hyper, "Sizes"], Value]
NONE = "none"
"""The empty list of words."""
AUTO = "auto"
"""What stands for the value that a field's rule chooses; numbers also take a multiple of it, such as 2*auto."""
_MULTIPLE = re.compile(r"(?:(\d{1,6}(?:\.\d{1,6})?)\s*\*\s*)?auto", re.IGNORECASE)


def label_of(name: str) -> str:
    """Return what a hyperparameter is called on the screens and in tables: "learning rate"."""
    return name.replace("_", " ")


def written(value: object) -> str:
    """Return the value of a hyperparameter as the form shows it: yes and no, numbers as short as they can be."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class Field:
    """One hyperparameter: its name is the option's (`--learning-rate` is `learning_rate`)."""

    name: str
    default: Value
    low: float
    high: float
    help: str
    """One plain sentence for the form and for `--help`."""
    choices: tuple[str, ...] = ()
    """The allowed words, where the field is one."""
    words: tuple[str, ...] = ()
    """The words of which the field is a list, with commas, where it is one; NONE for none of them."""
    search: tuple[float, float] | None = None
    """Where `mftui tune` looks, on a logarithmic scale; None: nowhere, the field keeps its value."""
    check: Callable[[str], object] | None = None
    """Raises UsageError where the field is a text and cannot be read."""
    rule: Rule | None = None
    """Chooses the value by the data, where it is asked to: given all that is known of the other fields."""
    open: str = AUTO
    """The word that asks the rule."""
    absent: Value | None = None
    """What runs had that were made before there was such a field; None: what is set where nothing is given."""
    zero_asks: bool = False
    """Whether 0 asks it, too, as in mftui 0.1."""
    by_rule: bool = False
    """Whether the rule is asked where nothing is given; `default` is then about what it chooses for
    100,000 ratings."""

    @property
    def unset(self) -> Value:
        """Return what the field holds where nothing is given: the default, or the word that asks the rule."""
        return self.open if self.by_rule else self.default

    def asks(self, value: object) -> bool:
        """Return whether a value leaves the choice to the rule."""
        if self.rule is None:
            return False
        if isinstance(value, str):
            return value == self.open or (self.type in (int, float) and _MULTIPLE.fullmatch(value) is not None)
        return self.zero_asks and value == 0

    def chosen(self, value: Value, hyper: Hyper, sizes: Sizes) -> Value:
        """Return what the rule chooses for data of these sizes, times the multiple that `value` may ask for."""
        assert self.rule is not None
        found = self.rule(hyper, sizes)
        given = _MULTIPLE.fullmatch(value) if isinstance(value, str) else None
        if given is None or given[1] is None or isinstance(found, bool | str):
            return found
        return self.type(min(max(round(found * float(given[1]), 6), self.low), self.high))

    @property
    def type(self) -> type[Value]:
        """Return the type of the default: int, float, bool or str."""
        return type(self.default)

    def parse(self, given: object) -> Value:
        """Convert `given` (a value, or text from a form) to this field's type.

        Raises UsageError, naming the field and its range, where it does not fit.
        """
        if self.rule is not None and isinstance(given, str) and self.asks(given.strip().lower()):
            return given.strip().lower()
        try:
            value = self._convert(given)
        except (TypeError, ValueError):
            raise UsageError(f"{self.name}: {given} is not {self.expectation}.") from None
        if self.asks(value):
            return self.open
        if self.words:
            return self._listed(str(value))
        if self.check:
            self.check(str(value))
        if self.choices and value not in self.choices:
            raise UsageError(f"{self.name}: {given} is not {self.expectation}.")
        if not isinstance(value, str) and not self.low <= value <= self.high:
            raise UsageError(f"{self.name}: {given} is outside {self.low:g} to {self.high:g}.")
        return value

    def _convert(self, given: object) -> Value:
        if self.type is bool:
            words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
            if str(given).lower() not in words:
                raise ValueError(given)
            return words[str(given).lower()]
        if self.type is int and float(str(given)) != int(float(str(given))):
            raise ValueError(given)
        if self.type is int:
            return int(float(str(given)))
        return float(str(given)) if self.type is float else str(given)

    def _listed(self, text: str) -> str:
        """Return the words of a list, each once, in their own order."""
        given = {word.strip().lower() for word in text.split(",")} - {"", NONE}
        if unknown := given - set(self.words):
            raise UsageError(f"{self.name}: {visible(min(unknown))} is not {self.expectation}.")
        return ",".join(word for word in self.words if word in given) or NONE

    @property
    def expectation(self) -> str:
        """Return what a value of the field is, in words."""
        if self.choices or self.words:
            return f"one of {', '.join(self.choices or self.words)}"
        named = {int: "a whole number", float: "a number", bool: "yes or no"}.get(self.type, "text")
        if self.rule is None:
            return named
        multiple = f", or a multiple such as 2*{AUTO}" if self.type in (int, float) else ""
        return f"{named}, {self.open}{multiple}" if multiple else f"{named} or {self.open}"


@dataclass(frozen=True)
class Preset:
    """Settings of a recipe under one word (`--preset`)."""

    name: str
    summary: str
    """What they are for and what they cost, in a sentence."""
    values: Hyper = field(default_factory=dict)
    """Fields that differ from their defaults."""


_LONG_S = 10.0
"""What takes less is not told beforehand."""


def _rounded(seconds: float) -> str:
    """Return a time to one digit, in seconds, minutes or hours."""
    size, unit = next((n, u) for n, u in ((3600, "hour"), (60, "minute"), (1, "second")) if seconds >= n * 0.95)
    count = seconds / size
    count = round(count, -1) if count >= 20 else round(count)
    return f"{count:g} {unit}{'s' * (count != 1)}"


F = TypeVar("F", Field, Preset)
DEFAULTS = Preset("default", "Every field at the recipe's default.")


@dataclass(frozen=True)
class Recipe:
    """Model variant, objective, optimizer and schedule under one name.

    Importing a recipe imports no TensorFlow; `build` does.
    """

    name: str
    title: str
    source: str
    """Where it comes from: a post, a paper."""
    summary: str
    """What it does, in a sentence or two."""
    differs: str
    """In what it differs from its source."""
    fields: tuple[Field, ...]
    build: Callable[[Problem, Hyper], RatingsLearner]
    needs: Callable[[Sizes, Hyper], MemoryEstimate]
    """How much memory a training with hyperparameters in numbers needs."""
    audience: Callable[[Problem, Hyper], Block] | None = None
    """What is trained after the ratings where the field `audience` is set: who watched what."""
    seconds: Callable[[Sizes, Hyper], float] | None = None
    """About how many seconds learning takes on two cores, with hyperparameters in numbers; None: not long."""
    presets: tuple[Preset, ...] = (DEFAULTS,)
    """The first is the defaults, under the name that says what they are."""
    user_prior: Callable[[Hyper, float, float], PriorPrecision | None] = lambda hyper, span, unit: None
    """Hyperparameters, width of the output range and unit (`Parameters.unit`) to the prior of a user's row, for folding
    in; None where it is not Gaussian: then the spread of the trained rows is used."""
    caution: str = ""
    """What to know of its predictions, a sentence, where they are no ratings as they come out."""
    holds_out: bool = True
    """Whether test ratings are held out where nothing is said of them."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Presets of mftui 0.1 that are no longer needed, and which one takes their place."""
    any_units: bool = True
    """Whether it learns the same from ratings in any units (see `Units`); else it learns from them as they are."""

    @property
    def has_rate(self) -> bool:
        """Return whether it has a learning rate."""
        return any(field.name == "learning_rate" for field in self.fields)

    @property
    def about(self) -> str:
        """Return what it does, where it comes from, and in what it differs from that."""
        return f"{self.summary} From: {self.source}. What differs: {self.differs}"

    @property
    def in_stars(self) -> bool:
        """Return whether it minimises the error of ratings, so that RMSE says how well it learns."""
        return not self.caution

    @property
    def remedy(self) -> str:
        """Return what to do where it diverged, a sentence; "" where there is nothing to set."""
        return "Lower the learning rate." if self.has_rate else ""

    def field(self, name: str) -> Field:
        """Return the field `name`; raises UsageError, naming those that there are."""
        return self._named(self.fields, name, name)

    def preset(self, name: str) -> Preset:
        """Return the preset `name`, or the one that took its place; raises UsageError, naming those that there are."""
        return self._named(self.presets, self.renamed.get(name, name), f"preset {name}")

    def renaming(self, preset: str) -> str:
        """Return a sentence where another preset has taken the place of `preset`; else ""."""
        now = self.renamed.get(preset)
        return f"preset {preset} is now {now}: its sizes are chosen by the data." if now else ""

    def _named(self, known: tuple[F, ...], name: str, what: str) -> F:
        for one in known:
            if one.name == name:
                return one
        raise UsageError(f"recipe {self.name} has no {what}.", hint=f"It has: {', '.join(k.name for k in known)}.")

    def defaults(self) -> dict[str, Value]:
        """Return what every field holds where it is not given."""
        return {f.name: f.unset for f in self.fields}

    def check(self, given: Mapping[str, object]) -> dict[str, Value]:
        """Complete hyperparameters: the defaults, overridden by `given`; what rules choose is left open.

        Raises UsageError for an unknown field, a wrong type, or a value out of range.
        """
        parsed = {name: self.field(name).parse(value) for name, value in given.items()}
        return self.defaults() | parsed

    def stored(self, hyper: Hyper) -> dict[str, Value]:
        """Complete hyperparameters that a run or a model was kept with; it may be older than some fields."""
        return {f.name: f.unset if f.absent is None else f.absent for f in self.fields} | dict(hyper)

    def sized(self, hyper: Hyper, sizes: Sizes) -> dict[str, Value]:
        """Return complete hyperparameters with the values that the rules choose for data of these sizes.

        Rules are asked in the order of the fields: each sees what was chosen before.
        """
        found = dict(hyper)
        for one in self.fields:
            if one.asks(value := found.get(one.name, one.unset)):
                found[one.name] = one.chosen(value, found, sizes)
        return found

    def how_long(self, sizes: Sizes, hyper: Hyper) -> str:
        """Return a sentence on how long learning takes with complete hyperparameters; "" where it is not long."""
        if self.seconds is None:
            return ""
        found = self.seconds(sizes, self.sized(hyper, sizes))
        return "" if found < _LONG_S else f"Learning takes about {_rounded(found)} on two cores."

    def estimate(self, sizes: Sizes, hyper: Hyper) -> MemoryEstimate:
        """Return how much memory a training with complete hyperparameters needs."""
        return self.needs(sizes, self.sized(hyper, sizes))
