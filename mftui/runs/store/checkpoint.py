"""Save and load the state to resume from: arrays as `.npy`, numbers in `state.json`, each array with its checksum."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.storage.integrity import check_files, file_digest, sealed
from mftui.data.storage.npy import load_array, save_array
from mftui.data.storage.regular import MANIFEST_BYTES
from mftui.data.storage.writing import write_text
from mftui.errors import FormatError, MftuiError, raise_if_machine
from mftui.runs.store.publish import publish, read_json, versions

FORMAT_VERSION = 1


@dataclass(frozen=True)
class Checkpoint:
    """Is a training's state between two steps."""

    arrays: Mapping[str, NDArray[Any]]
    numbers: Mapping[str, Any]
    """What `Training.state` gave with the arrays."""
    metrics_offset: int
    """Bytes of `metrics.jsonl` that had been written by then."""


def save_checkpoint(link: Path, checkpoint: Checkpoint) -> None:
    """Publish `checkpoint` at `link`. Raises OSError; the one before is then untouched."""

    def write(directory: Path) -> None:
        listed = {}
        for number, (name, array) in enumerate(checkpoint.arrays.items()):
            file = directory / f"{number:03d}.npy"
            save_array(file, array)
            listed[name] = {"file": file.name, "digest": file_digest(file), "crc32": _checksum(np.asarray(array))}
        state = {
            "format_version": FORMAT_VERSION,
            "numbers": checkpoint.numbers,
            "metrics_offset": checkpoint.metrics_offset,
            "arrays": listed,
        }
        write_text(directory / "state.json", json.dumps(sealed(state)))

    publish(link, write)


def load_checkpoint(link: Path) -> tuple[Checkpoint | None, list[str]]:
    """Load the newest readable checkpoint (None if none was ever saved); also return what is wrong with newer ones.

    Raises FormatError if there are checkpoints but none can be read, MachineError if the machine fails meanwhile.
    """
    wrong: list[str] = []
    for directory in versions(link):
        try:
            return _read(directory), wrong
        except MftuiError as error:
            raise_if_machine(error.__cause__ or error, directory)
            wrong.append(str(error))
    if wrong:
        raise FormatError(f"no checkpoint can be read: {wrong[0]}", hint="Train again.")
    return None, wrong


def _read(directory: Path) -> Checkpoint:
    state = read_json(directory / "state.json", MANIFEST_BYTES, version=FORMAT_VERSION)
    try:
        arrays = {name: _array(directory, entry) for name, entry in state["arrays"].items()}
        return Checkpoint(arrays, dict(state["numbers"]), max(0, int(state["metrics_offset"])))
    except (OSError, EOFError, KeyError, TypeError, ValueError, AttributeError, MemoryError, RecursionError) as error:
        raise FormatError(f"{directory}: cannot be used ({error}).") from error


def _array(directory: Path, entry: dict[str, Any]) -> NDArray[Any]:
    file = directory / Path(str(entry["file"])).name
    check_files(directory, {file.name: entry["digest"]})
    array = load_array(file)
    if _checksum(array) != entry["crc32"]:
        raise ValueError(f"{file.name} does not have its checksum")
    return array


def _checksum(array: NDArray[Any]) -> int:
    return zlib.crc32(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
