"""All places where mftui keeps files."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import platformdirs


def working_dir() -> Path:
    """Return the working directory; the user's home where it has been deleted."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return Path.home()


def home() -> Path:
    """Return `$MFTUI_HOME`, or the XDG data directory."""
    of = os.environ.get
    return _home(of("MFTUI_HOME"), of("HOME"), of("XDG_DATA_HOME"))


@lru_cache(maxsize=8)
def _home(given: str | None, *_: str | None) -> Path:
    """Return the home of these variables; asked for with every file that is opened."""
    return Path(given).expanduser() if given else Path(platformdirs.user_data_dir("mftui"))


def runs_dir() -> Path:
    """Return the directory that has one directory for each run."""
    return home() / "runs"


def trash_dir() -> Path:
    """Return the directory of deleted runs, until `mftui runs prune` empties it."""
    return home() / "trash"


def cache_dir() -> Path:
    """Return the directory of binary copies of ratings files, keyed by fingerprint; can be deleted at any time."""
    return home() / "cache"


def downloads_dir() -> Path:
    """Return the directory of data sets fetched by `mftui data fetch`."""
    return home() / "datasets"


def ratings_dir() -> Path:
    """Return the directory of the ratings in profiles: one CSV file for each."""
    return home() / "ratings"


def config_file() -> Path:
    """Return the path of `config.toml`: under `$MFTUI_HOME` where that is set, else in the XDG config directory."""
    if os.environ.get("MFTUI_HOME"):
        return home() / "config.toml"
    return Path(platformdirs.user_config_dir("mftui")) / "config.toml"


def state_file() -> Path:
    """Return the path of what the app remembers between sessions."""
    return home() / "state.json"


def key_file() -> Path:
    """Return the path of this user's key, which lies in no home: see `mftui.data.storage.own_key`."""
    return Path(platformdirs.user_state_dir("mftui")) / "key"


def log_file() -> Path:
    """Return the path of the log of the app (each trainer has its own `train.log`)."""
    return home() / "mftui.log"


def sample_dir() -> Path:
    """Return the directory of the embedded sample: beside the package in a wheel, `data/sample` in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "sample"
    return inside if inside.is_dir() else package.parent / "data" / "sample"
