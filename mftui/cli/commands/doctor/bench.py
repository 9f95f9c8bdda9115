"""`mftui doctor --bench`: measure how fast this machine trains, and with which batch size."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from mftui.cli.shared.output import note, print_json, print_line, print_table

if TYPE_CHECKING:
    from mftui.engine.recipes.benchmark import Bench, Speed


def show_bench(*, as_json: bool) -> None:
    """Measure, with progress on standard error, and print the speeds and the batch sizes to use."""
    from mftui.cli.commands.doctor.checks import memory as machine_memory
    from mftui.engine.compute.machine import gpu_bytes
    from mftui.engine.recipes import benchmark

    note("Measuring how fast this machine trains, on made-up ratings: about a minute.")
    found = benchmark.measure(_progress)
    memory = gpu_bytes() if found.device.startswith("GPU") else machine_memory()[0]
    widths = list(dict.fromkeys(speed.factors for speed in found.speeds))
    proposed = {k: found.proposed(k) for k in widths}
    if as_json:
        rows = [asdict(speed) for speed in found.speeds]
        print_json({"device": found.device, "memory_bytes": memory, "speeds": rows, "proposed_batch_size": proposed})
        return
    room = "memory unknown" if memory is None else f"{memory / 1e9:.1f} GB of memory"
    print_line(f"{found.device}, {room}. Millions of ratings a second, one member, no audience block:")
    print_table(["batch size", *(f"k={k}" for k in widths)], _rows(found, widths))
    for k, size in proposed.items():
        print_line(f"k={k}: --batch-size {size}")


def _progress(speed: Speed) -> None:
    note(f"k={speed.factors}, batches of {speed.batch_size:,}: {speed.ratings_per_second / 1e6:.1f} M ratings/s")


def _rows(found: Bench, widths: list[int]) -> list[list[str]]:
    at = {(speed.batch_size, speed.factors): speed.ratings_per_second for speed in found.speeds}
    sizes = sorted({speed.batch_size for speed in found.speeds})
    return [[f"{size:,}", *(f"{at[size, k] / 1e6:.1f}" for k in widths)] for size in sizes]
