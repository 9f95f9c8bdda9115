"""Settings: an option given on the command line, then `MFTUI_*`, then `config.toml`, then the default."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from mftui import paths
from mftui.data.storage.given import open_given
from mftui.data.storage.regular import SETTINGS_BYTES, read_own
from mftui.errors import UsageError

_MOST_DOTS, _LARGEST = 200, 2**63
_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


@dataclass(frozen=True)
class Settings:
    """What can be set once instead of on every command line. `X` is `MFTUI_X` in the environment."""

    data: str = "sample"
    """Data set to train on: a name or a path."""
    recipe: str = ""
    """Recipe to train with; empty: the default."""
    seed: int = 0
    checkpoint_seconds: float = 20.0
    """How often a training saves a state to resume from."""
    after_training: str = field(default="stay", metadata={"choices": ("stay", "browse")})
    """What the app does when a training that it started has ended: stay at its curve, or show the films."""
    ascii: bool = False
    """Draw with ASCII characters only."""
    low_bandwidth: bool | None = None
    """Redraw rarely; None: on under SSH."""
    mouse: bool = True
    """Ask the terminal for clicks; without, its own way to select text works."""
    theme: str = ""
    """The app's theme; empty: its default."""
    standby: bool = True
    """Keep a trainer ready for what the form says: about 700 MB of memory, and what the training needs, up to 1 GB."""
    neighbours: str = field(default="exact", metadata={"choices": ("exact", "approximate")})
    """How neighbours are searched for, where nothing else is asked: among all movies, or by an index (extra `ann`)."""
    worker_seconds: float = 60.0
    """How long a worker of a distributed training waits for the others before it gives up."""
    check_memory: bool = True
    """Refuse a training that needs more memory than there is, before it begins."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Key bindings by the id of the binding, from the table `[keys]`; not in the environment."""


def load_settings(environ: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """Load the settings in force. Raises UsageError, naming the variable, or the file and line, that is wrong."""
    environ = os.environ if environ is None else environ
    found = _from_file(paths.config_file() if file is None else file)
    for name in _kinds():
        variable = f"MFTUI_{name.upper()}"
        if name != "keys" and environ.get(variable):
            found[name] = _parse(name, environ[variable], variable)
    return Settings(**found)


def _from_file(file: Path) -> dict[str, Any]:
    try:
        text = _read(file).decode()
        if any(line.count(".") > _MOST_DOTS for line in text.splitlines() if not line.lstrip().startswith("#")):
            raise RecursionError  # a name of so many parts takes the parser minutes
        document = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror}).") from error
    except RecursionError as error:
        raise UsageError(f"{file}: nested too deeply.") from error
    except ValueError as error:
        raise UsageError(f"{file}: not TOML: {error}.", hint="Correct the file, or remove it.") from error
    found = {}
    for name, value in document.items():
        place = f"{file}{_line_of(text, name)}: {name}"
        if name not in _kinds():
            raise UsageError(f"{place}: no such setting.", hint=f"There are: {', '.join(_kinds())}.")
        found[name] = _keys(value, place) if name == "keys" else _parse(name, value, place)
    return found


def _read(file: Path) -> bytes:
    """Read `config.toml`: in a home as all else there; elsewhere it may be a link, as programs for dotfiles make."""
    if file.is_relative_to(paths.home()):
        return read_own(file, SETTINGS_BYTES)
    with open_given(file, SETTINGS_BYTES) as opened:
        return opened.read()


def _parse(name: str, value: object, place: str) -> Any:
    """Convert `value`, from TOML or as text from the environment, to the type of the setting `name`."""
    kind, choices = _kinds()[name]
    if isinstance(value, int) and abs(value) > _LARGEST:  # too long to be shown, too
        raise UsageError(f"{place}: the number is too large.")
    fits: dict[str, Callable[[], Any]] = {
        "str": lambda: value if isinstance(value, str) else None,
        "bool": lambda: value if isinstance(value, bool) else _WORDS.get(str(value).lower()),
        "int": lambda: None if isinstance(value, bool | float) else int(str(value)),
        "float": lambda: None if isinstance(value, bool) else float(str(value)),
    }
    try:
        parsed = fits[kind]()
    except ValueError:
        parsed = None
    if parsed is None:
        expected = {"str": "text", "bool": "true or false", "int": "a whole number", "float": "a number"}[kind]
        raise UsageError(f"{place}: {str(value)[:60]!r} is not {expected}.")
    if choices and parsed not in choices:
        raise UsageError(f"{place}: {parsed!r} is not one of {', '.join(choices)}.")
    return parsed


def _keys(value: object, place: str) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value.values()):
        raise UsageError(f'{place}: must be a table of binding = "key".')
    return value


def _kinds() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Map the name of each setting to its type, and the words it is limited to."""
    return {f.name: (str(f.type).split(" ")[0], f.metadata.get("choices", ())) for f in fields(Settings)}


def _line_of(text: str, name: str) -> str:
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*\[?\s*[\"']?{re.escape(name)}\b", line):
            return f", line {number}"
    return ""
