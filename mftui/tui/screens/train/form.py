"""What the form on Train holds: the fields of a training, as typed, with what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from mftui.data.reading.options import ReadOptions
from mftui.engine.training.recipe import label_of, written
from mftui.errors import MftuiError, UsageError
from mftui.settings import Settings
from mftui.text import whole_number
from mftui.tui.screens.train.columns import in_words, summary

if TYPE_CHECKING:
    from mftui.data.reading.first_look import Preview
    from mftui.engine.recipes import Field, Hyper, Recipe
    from mftui.engine.training.memory import Sizes
    from mftui.runs.store.request import TrainRequest

_MAIN = ("factors", "epochs", "learning_rate")
_USUAL_LEVELS = 10
"""Steps of a scale, for what is shown before the data is read."""
_TOP_SEED = 2**31 - 1
CHOSEN = ("data", "recipe", "preset")
"""Rows that are chosen from a list."""
OWN = "own"
"""What stands for a preset where the fields are none's."""


class Row(NamedTuple):
    """One line of the form."""

    key: str
    """"data", "recipe", "preset", "seed", or the name of a hyperparameter."""
    label: str
    help: str
    kind: str
    """"choice" opens a list, "text" is typed, "number" is typed or stepped."""
    text: str
    """As typed, or the default."""
    changed: bool
    error: str
    """What is wrong with it, "" if nothing."""


class TrainForm:
    """Data set, recipe, preset, fields and seed. What was typed for one recipe is kept when another is looked at.

    Parameters
    ----------
    recipes: by name; the first is the default.
    settings: data set, recipe, seed and how often to save, where the user has set them.
    """

    def __init__(self, recipes: Mapping[str, Recipe], settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        self.recipes = recipes
        self.data = self._settings.data
        from mftui.engine.recipes import recipe_name

        self.recipe = recipes.get(recipe_name(self._settings.recipe)) or next(iter(recipes.values()))
        self.more = False
        self.touched = False
        """Whether anything has been set or loaded since it was made."""
        self._typed: dict[str, dict[str, str]] = {name: {} for name in recipes}
        """By recipe, and by field."""
        self._seed = str(self._settings.seed)
        self._like: TrainRequest | None = None
        """Where test file and split come from, as long as the data is the same."""
        self.how = ReadOptions()
        """How the data is to be read."""
        self.seen: Preview | None = None
        """What has been seen of the data, read so."""

    def rows(self) -> list[Row]:
        """Return the lines to show: the main fields, and all of the recipe's if `more` is set."""
        shown = [
            self._data_row(),
            Row("recipe", "recipe", self.recipe.about, "choice", self.recipe.name, False, ""),
            self._preset_row(),
        ]  # fmt: skip
        chosen = self._chosen()
        shown += [self._row(f, chosen) for name in _MAIN for f in self.recipe.fields if f.name == name]
        shown.append(
            Row("seed", "seed", "Where the random numbers start: the same seed, the same result.", "number",
                self._seed, self._seed != "0", self._seed_error())
        )  # fmt: skip
        return shown + ([self._row(f, chosen) for f in self.others] if self.more else [])

    @property
    def others(self) -> list[Field]:
        """Return the fields that `more` shows."""
        return [f for f in self.recipe.fields if f.name not in _MAIN]

    @property
    def _own(self) -> dict[str, str]:
        """Return what is typed for this recipe, by field, where that is not the default."""
        return self._typed[self.recipe.name]

    def set(self, key: str, text: str) -> None:
        """Take what was typed into a field. An unknown recipe or preset raises UsageError."""
        text, self.touched = text.strip(), True
        if key == "data":
            self.read_as(text or "sample", self.how if text == self.data else ReadOptions())
        elif key == "recipe":
            if text not in self.recipes:
                raise UsageError(f"no recipe {text}.", hint=f"There are: {', '.join(self.recipes)}.")
            self.recipe = self.recipes[text]
        elif key == "preset":
            from mftui.engine.recipes import recipe_with

            self.recipe = self.recipes[recipe_with(text, self.recipe.name)]
            chosen = self.recipe.preset(text).values
            self._own.clear()
            self._set_all(chosen)
        elif key == "seed":
            self._seed = text or "0"
        elif (text := _typed(self.recipe.field(key), text)) and text != self._default(key):
            self._own[key] = text
        else:
            self._own.pop(key, None)

    def load(self, request: TrainRequest) -> None:
        """Load everything from `request`, so that it can be asked for again with a change. An unknown recipe raises
        UsageError."""
        self.set("recipe", request.recipe)
        self.reset()
        self._like, self._seed = request, str(request.seed)
        self.read_as(request.data, request.how)
        self._set_all(request.hyper)

    def read_as(self, data: str, how: ReadOptions, seen: Preview | None = None) -> None:
        """Take a data set, how it is to be read, and what has been seen of it so."""
        self.data, self.how, self.seen = data, how, seen

    def _set_all(self, values: Mapping[str, Any]) -> None:
        """Set those values that the recipe has."""
        for field in self.recipe.fields:
            if field.name in values:
                self.set(field.name, written(values[field.name]))

    def reset(self) -> None:
        """Set every field of this recipe back to its default, and the seed to 0."""
        self._own.clear()
        self._seed = "0"

    @property
    def preset(self) -> str:
        """Return the preset whose values the fields have, or OWN."""
        same = (p.name for p in self.recipe.presets if {n: written(v) for n, v in p.values.items()} == self._own)
        return next(same, OWN)

    def _data_row(self) -> Row:
        about = "The ratings to learn from: a data set's name, or a path."
        trouble = self.seen.trouble.message if self.seen and self.seen.trouble else ""
        read = (summary(self.seen) if self.seen else "") or in_words(self.how)
        changed = self.data != "sample" or bool(self.how.document())
        return Row("data", "data set", read or about, "choice", self.data, changed, trouble)

    def _preset_row(self) -> Row:
        name = self.preset
        own = "Fields of your own choice. The arrow keys and enter choose a preset instead."
        what = own if name == OWN else self.recipe.preset(name).summary
        if self.sizes is not None:
            what = f"{what} {self.recipe.how_long(self.sizes, self._hyper())}".strip()
        return Row("preset", "preset", what, "choice", name, name != self.recipe.presets[0].name, "")

    def error_in(self, key: str, text: str) -> str:
        """Return what would be wrong with `text` in a field, "" if nothing."""
        if key == "seed":
            return self._seed_error(text)
        if key in CHOSEN:
            return ""
        try:
            self.recipe.field(key).parse(_typed(self.recipe.field(key), text))
        except MftuiError as error:
            return error.message.removeprefix(f"{key}: ")
        return ""

    def nudged(self, key: str, by: int) -> str | None:
        """Return the text one step on (1) or back (-1): numbers in round steps, words and recipes in turn."""
        if key == "data":
            return None
        if key == "recipe":
            return _next(list(self.recipes), self.recipe.name, by)
        if key == "preset":
            names = [preset.name for preset in self.recipe.presets]
            return _next(names, self.preset, by) if self.preset in names else names[0 if by > 0 else -1]
        if key == "seed":
            return str(min(max(int(self._seed) + by, 0), _TOP_SEED)) if not self._seed_error() else None
        field = self.recipe.field(key)
        if field.asks(text := self._text(field)):
            text = written(self._chosen().get(key, field.default))
        if field.type is bool:
            return _next(["yes", "no"], text, by)
        if field.type is str:
            return _next(list(field.choices), self._text(field), by) if field.choices else None
        try:
            value = field.parse(text)
        except MftuiError:
            return None
        return _stepped(float(value), by, whole=field.type is int, low=field.low, high=field.high)

    @property
    def _split_as(self) -> TrainRequest:
        """Return the request that test file and split come from: that which was loaded, as long as the data is its."""
        from mftui.runs.store.request import TrainRequest

        return self._like if self._like is not None and self._like.data == self.data else TrainRequest()

    def request(self) -> TrainRequest:
        """Return the training that the form asks for, checked. Raises UsageError, DataError."""
        return self.asked().checked()

    def asked(self) -> TrainRequest:
        """Return the training that the form asks for, without a look at its data. Raises UsageError naming the first
        field that is wrong."""
        more, self.more = self.more, True
        wrong = [row for row in self.rows() if row.error and row.key != "data"]
        self.more = more
        if wrong:
            raise UsageError(f"{wrong[0].label}: {wrong[0].error}", hint="Change it in the settings.")
        how = self.how
        return replace(
            self._split_as,
            name="",
            data=self.data,
            columns=dict(how.columns) or None,
            missing=tuple(how.missing),
            counts=how.counts,
            wide=how.wide,
            table=how.table,
            accept=tuple(how.accept),
            recipe=self.recipe.name,
            hyper={key: self.recipe.field(key).parse(text) for key, text in self._own.items()},
            seed=int(self._seed),
            checkpoint_seconds=self._settings.checkpoint_seconds,
        )

    def _row(self, field: Field, chosen: Hyper) -> Row:
        kind = "number" if field.type in (int, float) else "choice" if field.choices else "text"
        text = self._text(field)
        if chosen and field.asks(text) and (value := written(chosen[field.name])) != text:
            text = f"{text}: {value}"
        label, changed = label_of(field.name), field.name in self._own
        return Row(field.name, label, field.help, kind, text, changed, self.error_in(field.name, text))

    def _chosen(self) -> Hyper:
        """Return every hyperparameter, as the recipe's rules choose it for this data; {} where that was not seen."""
        sizes = self.sizes
        return {} if sizes is None else self.recipe.sized(self._hyper(), sizes)

    def _hyper(self) -> dict[str, Any]:
        """Return every hyperparameter, with those that are typed and right."""
        own = self._own.items()
        return self.recipe.check({k: self.recipe.field(k).parse(v) for k, v in own if not self.error_in(k, v)})

    @property
    def sizes(self) -> Sizes | None:
        """Return how many ratings will be trained on, and of whom; None where the data set has not been seen."""
        from mftui.data.sources.catalogue import CATALOGUE
        from mftui.engine.training.memory import Sizes

        found = self.seen if self.seen is not None and self.seen.n_ratings else CATALOGUE.get(self.data)
        if found is None:
            return None
        asked = replace(self._split_as, recipe=self.recipe.name)
        held_out = 0.0 if asked.split_kind in ("none", "file") else asked.test_fraction
        n_train = round(found.n_ratings * (1 - held_out))
        return Sizes(found.n_users, found.n_movies, n_train, levels=_USUAL_LEVELS)

    def _text(self, field: Field) -> str:
        return self._own.get(field.name, self._default(field.name))

    def _default(self, name: str) -> str:
        """Return the field's text where nothing is typed."""
        return written(self.recipe.field(name).unset)

    def _seed_error(self, text: str | None = None) -> str:
        given = self._seed if text is None else text.strip()
        if not given.isascii() or not given.isdigit():
            return f"{given} is not a whole number from 0."
        number = whole_number(given)
        return f"{given} is above {_TOP_SEED}." if number is None or number > _TOP_SEED else ""


def _typed(field: Field, text: str) -> str:
    """Return a field's text without what the form says a rule chooses."""
    asked = text.partition(":")[0].strip().lower()
    return asked if field.asks(asked) else text


def _next(choices: list[str], now: str, by: int) -> str | None:
    return choices[(choices.index(now) + by) % len(choices)] if now in choices else None


def _stepped(value: float, by: int, *, whole: bool, low: float, high: float) -> str:
    """Move a number by one round step: 1, 2, 5, 10, 20, … (whole numbers up to 10 in ones)."""
    if whole and max(value, value + by) <= 10:
        new = value + by
    elif value <= 0:
        new = (1.0 if high >= 1 else 0.05) if by > 0 else low
    else:
        ladder = [float(f"{f}e{p}") for p in range(-9, 10) for f in (1, 2, 5)]
        beyond = [s for s in ladder if (s > value * 1.0001 if by > 0 else s < value * 0.9999)]
        new = (beyond[0] if by > 0 else beyond[-1]) if beyond else low
    new = min(max(new, low), high)
    return str(int(new)) if whole else f"{new:g}"
