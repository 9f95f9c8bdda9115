"""`tests/bench/gpu_step.py`: what a training compiles for a GPU gives the same numbers where JAX compiles it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "bench" / "gpu_step.py"
JAX = all(importlib.util.find_spec(name) for name in ("jax", "jaxlib"))
PROGRAMS = {"taste-100k", "audience-100k", "audience-pass-100k", "post2019-100k", "bayes-100k", "bayes-rows-100k"}

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def dumped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of ml-100k's size."""
    out = tmp_path_factory.mktemp("programs")
    subprocess.run([sys.executable, str(SCRIPT), "dump", str(out), "--sizes", "100k"], check=True)
    return out


def test_each_program_is_written_with_its_arguments_and_with_tensorflows_results(dumped: Path) -> None:
    assert {folder.name for folder in dumped.iterdir()} == PROGRAMS
    for folder in dumped.iterdir():
        assert (folder / "module.hlo.pb").stat().st_size
        assert (folder / "tensorflow.npz").stat().st_size
        assert json.loads((folder / "program.json").read_text())["arguments"]


@pytest.mark.skipif(not JAX, reason="JAX is not installed: pip install jax")
def test_jax_finds_what_tensorflow_finds_and_a_program_that_fails_stops_no_other(dumped: Path) -> None:
    (dumped / "broken").mkdir()
    (dumped / "broken" / "program.json").write_text("{}")
    result = dumped / "result.json"

    command = [sys.executable, str(SCRIPT), "run", str(dumped), str(result)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)

    rows = {row["name"]: row for row in json.loads(result.read_text())["programs"]}
    assert done.returncode == 1
    assert "broken" in done.stdout
    assert "failed" in rows.pop("broken")
    assert set(rows) == PROGRAMS
    assert all(row["off"] < 1e-5 and row["finite"] for row in rows.values()), done.stdout
