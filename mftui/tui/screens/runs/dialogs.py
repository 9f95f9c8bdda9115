"""What the Runs screen asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual.app import App

from mftui.engine.training.recipe import Field as HyperField
from mftui.engine.training.recipe import label_of
from mftui.runs.store.naming import checked_name
from mftui.runs.store.notes import checked_note, checked_tags
from mftui.runs.store.summary import Summary
from mftui.tui.base.panes import TITLES
from mftui.tui.dialogs.choice import ChoiceDialog, Option
from mftui.tui.dialogs.fields import Field, FieldsDialog
from mftui.tui.screens.runs.rows import RunFilter

_KEYS = {"movies": "2", "users": "3", "you": "4", "map": "5"}
_NAMED = 3
"""Marked runs that are named."""
_NONE = Option("n", "none", "None", "Leave them.")


def open_dialog(row: Summary) -> ChoiceDialog:
    """Ask on which screen to open a run."""
    options = [
        Option(key, mode, TITLES[mode], f"Its model in {TITLES[mode]}.") for mode, key in _KEYS.items() if row.has_model
    ]
    watch = Option("1", "train", "Train", "Its curve, state and log on Train.")
    return ChoiceDialog(f"Open {row.called}", [watch, *options] if options else [watch])


def again_dialog(row: Summary, live: bool) -> ChoiceDialog:
    """Ask whether to train with the same settings, or to change them first."""
    beside = " A training is under way: it goes on beside it." if live else ""
    return ChoiceDialog(
        f"Train again as {row.called}.{beside}",
        [
            Option("y", "now", "Yes, now", "The same data, recipe, values and seed."),
            Option("c", "edit", "Change", "Into the settings on Train, to change them first."),
        ],
    )


def busy_dialog(row: Summary) -> ChoiceDialog:
    """Ask what to do with a run that was to be deleted while it is being trained."""
    return ChoiceDialog(
        f"{row.called} is {row.state}: it cannot be deleted without stopping it. Stop it?",
        [
            Option("y", "stop", "Yes", "Stop it, then move it into the trash."),
            Option("n", "leave", "No", "It goes on."),
        ],
    )


def delete_dialog(here: Summary | None, marked: Sequence[Summary]) -> ChoiceDialog:
    """Ask which runs are to be deleted, where some are marked that the cursor is not on."""
    n = len(marked)
    named = ", ".join(row.called for row in marked[:_NAMED]) + (", …" if n > _NAMED else "")
    options = [Option("m", "marked", "Marked", f"{'The run' if n == 1 else f'The {n} runs'} with a mark: {named}.")]
    if here is not None:
        options.insert(0, Option("h", "here", "Here", f"The run under the cursor: {here.called}."))
    return ChoiceDialog("Other runs are marked. Move which into the trash?", [*options, _NONE])


def notes_dialog(row: Summary) -> FieldsDialog:
    """Ask for name, note and tags of a run."""
    return FieldsDialog(
        f"Notes on {row.run}",
        [
            Field("name", "name", row.name or "", "What you call it. Empty: its id.", checked_name),
            Field("note", "note", row.note, "A line or two for yourself.", checked_note),
            Field(
                "tags", "tags", " ".join(row.tags), "Words to find it by, such as: best k32.",
                lambda text: checked_tags([text]),
            ),
        ],
    )  # fmt: skip


def filter_dialog(now: RunFilter, rows: Sequence[Summary]) -> FieldsDialog:
    """Ask which runs the table is narrowed to."""

    def field(name: str, label: str, values: Sequence[str | None]) -> Field:
        known = sorted({value for value in values if value})
        some = f"Here: {', '.join(known[:8])}." if known else "No run here has one."
        return Field(name, label, getattr(now, name), some, str.strip, known)

    return FieldsDialog(
        "Only runs with",
        [
            field("recipe", "recipe", [row.recipe for row in rows]),
            field("dataset", "data", [row.dataset for row in rows]),
            field("state", "state", [row.state for row in rows]),
            field("tag", "tag", [tag for row in rows for tag in row.tags]),
        ],
    )


def pick_columns(app: App[Any], chosen: Sequence[str], show: Callable[[Sequence[str]], None], now: str = "") -> None:
    """Ask which settings of the recipes are columns, one after the other until escape; `show` those chosen so far."""
    from mftui.engine.recipes import RECIPES
    from mftui.tui.dialogs.pick import PickScreen

    fields: dict[str, HyperField] = {}
    for recipe in RECIPES.values():
        fields |= {field.name: field for field in recipe.fields if field.name not in {"factors", *fields}}
    labels = {label_of(name): name for name in fields}

    def answered(label: str | None) -> None:
        if label is not None:
            name = labels[label]
            after = [*chosen, name] if name not in chosen else [other for other in chosen if other != name]
            show(after)
            pick_columns(app, after, show, label)

    items = [(label, "shown" if name in chosen else "", fields[name].help) for label, name in labels.items()]
    title = "Settings as columns: enter shows one, again hides it; esc ends"
    app.push_screen(PickScreen(title, items, now=now, widths=(26, 0)), answered)
