"""The compiled training steps on a GPU, on a machine that has JAX but no TensorFlow: the same numbers, and how fast.

    .venv/bin/python tests/bench/gpu_step.py dump OUT [--sizes 100k 1m 25m]     needs mftui and TensorFlow
    python gpu_step.py run OUT RESULT.json [--bandwidth 3350] [--only NAME]     needs NumPy and JAX alone

`dump` writes what TensorFlow hands to XLA where a training computes on a GPU, as HLO (not yet optimized for a device,
lowered with the CPU as TensorFlow's device), and how to draw its arguments; at the smallest size, what TensorFlow
itself makes of these arguments on the CPU. `run` has JAX compile each program by its own XLA for the device there is,
compares, and times. The programs are

    taste      recipe biased, the epoch that is one call on a GPU, with what its rules choose for so many ratings;
               taste-members: with what they choose for few, eight members of 12 factors
    audience   one step of the audience block; audience-pass: of its start
    post2019   one step on the dense matrix, where that is small enough: not at 25m, where the recipe refuses
    bayes      a whole Gibbs sweep: users, movies, what they are like, the noise. mftui computes it on the CPU, whatever
               there is: TensorFlow compiles no product of a sparse matrix by XLA. Here gathered rows are added up in
               its place, and all random numbers are arguments, because XLA draws others than TensorFlow. It is
               compared with the sweep that mftui makes, sparse products and all; bayes-rows: users' rows alone, from
               the sums over their ratings

Two bounds by the memory's bandwidth stand beside the time. `least` counts each argument that stays as it is once, and
for each update all variables read once and written once: no program moves less, unless a cache keeps it from one
update to the next. `plain` adds what passes through memory when no cache helps: for each rating and side a row read
wherever the step needs one and a row added to, users' sums written and read, or the matrices between two products
(post2019: logits written, then read with the target, and their gradient written, then read by two products).
The share is bound / time: 1 is as fast as memory allows; more than 1 against `plain` says that caches did help.

A product of matrices may be rounded to TF32 on a GPU, as in TensorFlow: off by up to a thousandth.
"""

from __future__ import annotations

import argparse
import json
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 2e-3
"""Of the norm of an array: what float32 sums in another order, and TF32, may differ by."""
SECONDS = 1.0
"""A program is called again and again for so long, and at least LEAST_CALLS times."""
LEAST_CALLS, MOST_CALLS = 3, 30


@dataclass(frozen=True)
class Argument:
    """low + (high - low) uᵖᵒʷᵉʳ with u uniform in [0, 1), rounded down for whole numbers.

    Only products and sums of doubles: the same on every machine.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str = "float32"
    low: float = -0.1
    high: float = 0.1
    power: int = 1
    ordered: bool = False
    """Sorted along the last axis."""
    share: float = 1.0
    """Of numbers that are drawn; the others are 0."""
    written: str = "drawn"
    """Or "counted": 0, 1, 2, …; or "diagonal": `high` on the diagonal of a matrix."""
    again: tuple[int, int] | None = None
    """(a, b): what argument `a` is, in the order that sorts argument `b`; nothing is drawn."""

    def values(self, number: int) -> NDArray[Any]:
        """Draw it, as argument `number` of a program."""
        if self.written == "counted":
            return np.arange(self.shape[0], dtype=self.dtype)
        if self.written == "diagonal":
            return np.asarray(self.high * np.eye(self.shape[0]), dtype=self.dtype)
        random = np.random.default_rng([0, number])
        u = random.random(self.shape)
        drawn = u.copy()
        for _ in range(self.power - 1):
            drawn *= u
        drawn = (self.low + (self.high - self.low) * drawn).astype(self.dtype)
        if self.share < 1:
            drawn[random.random(self.shape) >= self.share] = 0
        return np.sort(drawn, axis=-1) if self.ordered else drawn


def drawn(arguments: list[Argument]) -> list[NDArray[Any]]:
    """Draw all arguments of a program."""
    found: list[NDArray[Any]] = []
    for number, argument in enumerate(arguments):
        if argument.again is None:
            found.append(argument.values(number))
        else:
            of, by = argument.again
            found.append(found[of][np.argsort(found[by], kind="stable")])
    return found


def executable(hlo: bytes, device: Any) -> Any:
    """Compile HLO for this device: what `jax.jit` does, from where it has lowered to HLO."""
    from jax._src import compiler
    from jax._src.lib import xla_client

    module = xla_client._xla.mlir.xla_computation_to_mlir_module(xla_client.XlaComputation(hlo))
    # A GPU compiles no mhlo.copy, which TensorFlow puts before results; a barrier passes its argument on likewise.
    module = module.replace(" mhlo.copy ", " stablehlo.optimization_barrier ")
    options = compiler.get_compile_options(num_replicas=1, num_partitions=1)
    return device.client.compile_and_load(module, xla_client.DeviceList((device,)), options)


def difference(found: list[Any], folder: Path) -> float | None:
    """Return the largest difference from TensorFlow's results, as a share of each one's norm; None without any."""
    if not (folder / "tensorflow.npz").exists():
        return None
    with np.load(folder / "tensorflow.npz") as stored:
        expected = [stored[key].astype(np.float64) for key in stored.files]
    assert [a.shape for a in expected] == [a.shape for a in found], "other results than TensorFlow's"
    pairs = zip(expected, map(np.asarray, found), strict=True)
    return max(float(np.linalg.norm(a - b) / (np.linalg.norm(a) or 1)) for a, b in pairs)


def following(given: list[Any], found: list[Any]) -> list[Any]:
    """Return the next call's arguments: a call takes over the variables' memory, and its last results are them."""
    updated = iter(found[len(found) - sum(array.is_deleted() for array in given) :])
    return [next(updated) if array.is_deleted() else array for array in given]


def measured(folder: Path, device: Any, bandwidth: float) -> dict[str, Any]:
    """Compile one program, compare, time; `bandwidth` in bytes a second."""
    import jax

    facts = json.loads((folder / "program.json").read_text())
    host = drawn([Argument(**{**a, "shape": tuple(a["shape"])}) for a in facts["arguments"]])
    given = [jax.device_put(array, device) for array in host]
    began = time.perf_counter()
    call = executable((folder / "module.hlo.pb").read_bytes(), device)
    compiled = time.perf_counter() - began
    found = jax.block_until_ready(call.execute(given))
    off, written = difference(found, folder), sum(array.nbytes for array in found)
    finite = all(bool(np.isfinite(np.asarray(array)).all()) for array in found)
    seconds: list[float] = []
    while len(seconds) < LEAST_CALLS or (sum(seconds) < SECONDS and len(seconds) < MOST_CALLS):
        given = following(given, found)
        began = time.perf_counter()
        found = jax.block_until_ready(call.execute(given))
        seconds.append(time.perf_counter() - began)
    median = float(np.median(seconds))
    least = sum(array.nbytes for array in host) + written + (facts["updates"] - 1) * 2 * written
    return {
        "name": facts["name"],
        "compile_seconds": compiled,
        "call_ms": 1e3 * median,
        "updates": facts["updates"],
        "million_ratings_a_second": facts["ratings"] / median / 1e6,
        "least_bytes": least,
        "least_share": least / bandwidth / median,
        "plain_bytes": least + facts["between"],
        "plain_share": (least + facts["between"]) / bandwidth / median,
        "finite": finite,
        "off": off,
    }


def told(r: dict[str, Any]) -> str:
    """One line of the table."""
    alike = "" if r["off"] is None else f"  {'as' if r['off'] < TOLERANCE else 'NOT AS'} TensorFlow, off {r['off']:.1e}"
    return (
        f"{r['name']:20}{r['compile_seconds']:8.1f} s{r['call_ms']:11.3f} ms{r['million_ratings_a_second']:11.1f} M/s"
        f"{r['least_share']:9.3f}{r['plain_share']:9.3f}{alike}{'' if r['finite'] else '  NOT FINITE'}"
    )


def run_all(out: Path, result: Path, bandwidth: float, only: str) -> bool:
    """Measure all programs, whatever becomes of one; returns whether none failed or differs from TensorFlow."""
    import jax

    jax.config.update("jax_enable_x64", True)
    device = jax.devices()[0]
    print(f"{device.device_kind}, JAX {jax.__version__}, {bandwidth:g} GB/s")
    print(f"{'':20}{'compile':>10}{'a call':>14}{'ratings':>15}{'least':>9}{'plain':>9}", flush=True)
    rows: list[dict[str, Any]] = []
    for folder in sorted(path.parent for path in out.glob(f"*{only}*/program.json")):
        try:
            rows.append(measured(folder, device, bandwidth * 1e9))
            print(told(rows[-1]), flush=True)
        except Exception as error:  # noqa: BLE001  # whatever it is, the others are measured
            rows.append({"name": folder.name, "failed": traceback.format_exc()})
            print(f"{folder.name:20} FAILED: {str(error)[:300]}", flush=True)
        document = {"device": device.device_kind, "jax": jax.__version__, "bandwidth": bandwidth, "programs": rows}
        result.write_text(json.dumps(document, indent=1))
    return all("failed" not in r and r["finite"] and (r["off"] or 0) < TOLERANCE for r in rows)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    halves = options.add_subparsers(dest="half", required=True)
    half = halves.add_parser("dump")
    half.add_argument("out", type=Path)
    half.add_argument("--sizes", nargs="+", choices=("100k", "1m", "25m"), default=["100k", "1m", "25m"])
    half = halves.add_parser("run")
    half.add_argument("out", type=Path)
    half.add_argument("result", type=Path)
    half.add_argument("--bandwidth", type=float, default=3350.0, help="GB/s; that of an H100 SXM, if none")
    half.add_argument("--only", default="", help="programs whose name has this in it")
    given = options.parse_args()
    if given.half == "dump":
        from gpu_programs import dump_all

        dump_all(given.out, given.sizes)
    elif not run_all(given.out, given.result, given.bandwidth, given.only):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
