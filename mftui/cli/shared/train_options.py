"""The options of `mftui train`, one for each field of any recipe, made from the recipes' own tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from mftui.cli.shared.completion import complete_data, complete_preset
from mftui.cli.shared.output import note
from mftui.cli.shared.reading_options import read_options, reading_options
from mftui.engine.recipes import RECIPES, Field, recipe_name, recipe_with
from mftui.errors import UsageError
from mftui.runs.store.request import SPLITS, TrainRequest
from mftui.settings import load_settings

F = TypeVar("F", bound=Callable[..., Any])


def data_options(command: F) -> F:
    """Add --data, --columns, --test and the options of the split."""
    splits = click.Choice(SPLITS)
    for option in (
        click.option("--split-seed", type=int, help="Seed of a random split.  [default: 0]"),
        click.option("--split", type=splits, help=f"How to choose the test ratings.  [{_usual_splits()}]"),
        click.option("--test-fraction", type=float, help="Share of the ratings to test on.  [default: 0.1]"),
        click.option("--test", metavar="FILE", help="A file of ratings to test on, instead of a split."),
        reading_options,
        click.option(
            "--data",
            metavar="NAME|PATH",
            shell_complete=complete_data,
            help="Data set to train on.  [default: sample]",
        ),
    ):  # the last one comes first in the help
        command = option(command)
    return command


def _usual_splits() -> str:
    without = [recipe.name for recipe in RECIPES.values() if not recipe.holds_out]
    return f"default: random; {', '.join(without)}: none"


def recipe_options(command: F) -> F:
    """Add --recipe, --seed, --preset, and the fields of all recipes."""
    for name in reversed(_field_names()):
        command = _field_option(name)(command)
    command = click.option("--preset", shell_complete=complete_preset, help=_presets())(command)
    command = click.option("--seed", type=int, help="Seed of all random numbers.  [default: 0]")(command)
    shown = f"How to train: model, objective and optimizer.  [default: {recipe_name('')}]"
    return click.option("--recipe", type=_RecipeChoice(list(RECIPES)), help=shown)(command)


def recipes_in_words() -> str:
    """Return what each recipe does, where it comes from and in what it differs, a paragraph each."""
    return "\n\n".join(f"Recipe {recipe.name}: {recipe.about}" for recipe in RECIPES.values())


def _option_type(fields: tuple[Field, ...]) -> Any:
    first = fields[0]
    if first.choices:
        return click.Choice(first.choices)
    return bool if first.type is bool else _Number(fields)


class _Number(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """A field that is no choice: a number or a text, or a word that leaves it to the recipe's rule."""

    def __init__(self, fields: tuple[Field, ...]) -> None:
        self._fields = fields
        self._plain = click.types.convert_type(fields[0].type)
        self.name = self._plain.name

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """Return the name of its type, for the help."""
        return self._plain.name.upper()

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the value in its type, or the word as it is."""
        asked = isinstance(value, str) and any(field.asks(value.strip().lower()) for field in self._fields)
        if asked:
            return value
        try:
            return self._plain.convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is not {self._fields[0].expectation}.", param, ctx)


class _RecipeChoice(click.Choice):  # type: ignore[type-arg]  # generic from click 8.2 on
    """One of the recipes; aliases are accepted, but not shown."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return str(super().convert(recipe_name(value), param, ctx))


def request_from(options: Mapping[str, Any]) -> TrainRequest:
    """Return what the options ask for, with settings and defaults filled in; raises UsageError."""
    settings = load_settings()
    recipe = options["recipe"] or recipe_with(options["preset"], recipe_name(settings.recipe))
    given: dict[str, Any] = {
        "data": options["data"] or settings.data,
        **read_options(options).document(),
        "test": options["test"],
        "split": options["split"] or (None if options["test_fraction"] is None else "random"),
        "test_fraction": options["test_fraction"],
        "split_seed": options["split_seed"],
        "recipe": recipe,
        "hyper": _hyper(recipe, options),
        "seed": settings.seed if options["seed"] is None else options["seed"],
        "name": options["name"],
        "checkpoint_seconds": options["checkpoint_seconds"] or settings.checkpoint_seconds,
        "tensorboard": options.get("tensorboard"),
        "store": options.get("store"),
    }
    if options["test"] is not None and (options["split"] or options["test_fraction"]):
        raise UsageError("--test gives the test ratings: leave --split and --test-fraction out.")
    return TrainRequest(**{name: value for name, value in given.items() if value is not None})


def _hyper(recipe: str, options: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: options[name] for name in _field_names() if options[name] is not None}
    if recipe not in RECIPES:  # from a setting; the request says what there is
        return given
    preset = {} if options["preset"] is None else RECIPES[recipe].preset(options["preset"]).values
    if options["preset"] is not None and (renaming := RECIPES[recipe].renaming(options["preset"])):
        note(renaming)
    known = {field.name for field in RECIPES[recipe].fields}
    for name in given:
        if name not in known:
            having = ", ".join(r.name for r in RECIPES.values() if any(f.name == name for f in r.fields))
            raise UsageError(f"recipe {recipe} has no {_flag(name)}.", hint=f"These have: {having} (--recipe).")
    return {**preset, **given}


def _presets() -> str:
    names = "; ".join(f"{r.name}: {', '.join(p.name for p in r.presets)}" for r in RECIPES.values())
    return f"A named set of settings of the recipe; options that you also give override it.  [{names}]"


def _field_names() -> list[str]:
    return list(dict.fromkeys(field.name for recipe in RECIPES.values() for field in recipe.fields))


def _fields(name: str) -> dict[str, Field]:
    """Return the field called `name` of each recipe that has one."""
    return {r.name: f for r in RECIPES.values() for f in r.fields if f.name == name}


def _field_option(name: str) -> Callable[[F], F]:
    fields = _fields(name)
    first = next(iter(fields.values()))
    shown: dict[str, list[str]] = {}
    for recipe, field in fields.items():
        shown.setdefault(_shown(field.unset), []).append(recipe)
    defaults = "; ".join(f"{', '.join(recipes)}: {default}" for default, recipes in shown.items())
    if len(fields) == len(RECIPES) and len(shown) == 1:
        defaults = f"default: {_shown(first.unset)}"
    flag = f"{_flag(name)}/--no-{_flag(name)[2:]}" if first.type is bool else _flag(name)
    return click.option(
        flag,
        name,
        type=_option_type(tuple(fields.values())),
        default=None,
        help=f"{first.help}  [{defaults}]",
    )


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _shown(default: object) -> str:
    words = {True: "yes", False: "no"}
    return (
        words[default] if isinstance(default, bool) else f"{default:g}" if isinstance(default, float) else str(default)
    )
