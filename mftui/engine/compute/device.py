"""What a training computes on, and how exactly: set up in this process before the first variable is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mftui.data.allocator import gc_freeze
from mftui.engine.compute.cluster import listening
from mftui.engine.compute.replicas import ALONE, Devices, find_devices, share_of_gpus
from mftui.errors import TrainingError

BFLOAT16_FROM = (8, 0)
"""Compute capability from which NVIDIA's GPUs multiply bfloat16 (Ampere)."""


@dataclass(frozen=True)
class Computing:
    """What is really computed on, whatever was asked for."""

    device: Literal["cpu", "gpu"] = "cpu"
    name: str = "CPU"
    """For people: "CPU", or "GPU: " and what it is called."""
    precision: str = "float32"
    """Of predictions and gradients; variables and the optimizer's state are float32 always."""
    notes: tuple[str, ...] = ()
    """Where it is not what was asked for: a sentence each."""
    devices: Devices = ALONE
    """All that this training computes on."""

    @property
    def in_parts(self) -> bool:
        """Return whether to process a large batch part by part: on one CPU, whose caches hold a part."""
        return self.device == "cpu" and self.devices.strategy is None

    @property
    def loops(self) -> bool:
        """Return whether many updates go into one compiled call.

        On a GPU the launch of a call costs more than the arithmetic of an update. On a CPU, XLA runs the body
        of a loop on one thread, so a call for each update is faster, but for loops over what is in the caches.
        """
        return self.device == "gpu"


CPU = Computing()


def set_up(hyper: Mapping[str, Any]) -> Computing:
    """Let TensorFlow use the device that `hyper` asks for, with memory as it is needed; may be called again.

    Raises TrainingError where there is no GPU and one is asked for, or where this process uses one already
    and the CPU is asked for.
    """
    import tensorflow as tf

    gc_freeze()
    if hyper.get("deterministic"):
        tf.config.experimental.enable_op_determinism()
    strategy = str(hyper.get("strategy", "one-device"))
    gpus = _gpus(tf, str(hyper.get("device", "auto")), strategy)
    details = tf.config.experimental.get_device_details(gpus[0]) if gpus else {}
    asked = str(hyper.get("precision", "float32"))
    precision = asked if asked == "float32" or _has_bfloat16(details) else "float32"
    name = f"GPU: {details.get('device_name') or gpus[0].name}" if gpus else "CPU"
    notes: tuple[str, ...]
    notes = () if precision == asked else (f"{name}: no fast {asked} here, computed in {precision}.",)
    devices = find_devices(strategy, len(gpus))
    if strategy == "multi-worker" != devices.kind:
        notes += ("there is no cluster here: this process goes on alone.",)
    notes += (listening(devices.address),) if devices.address else ()
    return Computing("gpu" if gpus else "cpu", name, precision, notes, devices)


def _gpus(tf: Any, asked: str, strategy: str) -> list[Any]:
    """Choose the GPUs to use, their memory growing as it is needed."""
    found = list(tf.config.list_physical_devices("GPU"))
    if asked == "gpu" and not found:
        raise TrainingError(
            "there is no GPU that TensorFlow can use.",
            hint="Leave the device out, or see what is missing with: mftui doctor",
        )
    used: list[Any] = [] if asked == "cpu" else share_of_gpus(found, strategy)
    try:
        if found:
            tf.config.set_visible_devices(used, "GPU")
    except RuntimeError as error:
        raise TrainingError(
            "this process computes on other devices already.", hint="Train in a process of its own: mftui train"
        ) from error
    for gpu in used:
        try:
            tf.config.experimental.set_memory_growth(gpu, True)
        except RuntimeError:  # the device is already in use in this process: its setting stands
            break
    return used


def _has_bfloat16(details: dict[str, Any]) -> bool:
    """Return whether a GPU is fast in bfloat16. No CPU is: even with instructions for it, float32 is as fast."""
    return tuple(details.get("compute_capability", (0, 0))) >= BFLOAT16_FROM
