"""What Train says where there is no curve yet: what mftui is for, and what to press."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import PurePath

from mftui import paths
from mftui.tui.base.keys import key_of

_PURPOSE = (
    "mftui learns from film ratings what people like. Then it shows which films are alike, what somebody would rate a "
    "film, and what to recommend to whom, and why."
)


def no_runs() -> bool:
    """Return whether there are no runs in this home; files beside them, such as their lock, are none."""
    try:
        with os.scandir(paths.runs_dir()) as found:
            return all(entry.name.startswith(".") for entry in found)
    except OSError:
        return True


def welcome(data: str, keys: Mapping[str, str]) -> str:
    """Return what is said in a home without runs. `keys`: the user's own, by binding id."""
    rows = (
        ("train.toggle", f"train on {named(data)}"),
        ("app.tour", "a tour of two minutes"),
        ("train.form", "settings: your own ratings, MovieLens, other methods"),
        ("app.help", "every key"),
    )
    return "\n".join([_PURPOSE, "", *(f"{key_of(id, keys)}: {what}" for id, what in rows)])


def invitation(data: str, keys: Mapping[str, str]) -> str:
    """Return what the chart says where no training is shown."""
    return f"No training is shown.\nPress {key_of('train.toggle', keys)} to train on {named(data)}."


def named(data: str) -> str:
    """Return the chosen data set as it is called in a sentence."""
    if data == "sample":
        return "the sample (real films, made-up ratings)"
    return PurePath(data).name or data
