"""What of `train.log` is told: all but what is wrong with nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from mftui.runs.store.log import LogTail

MISMATCH = (
    "E0000 00:00:1795813967.492740    7852 cpu_aot_loader.cc:220] Loading XLA:CPU AOT result. Target machine feature "
    "{} is not  supported on the host machine. Machine type used for XLA:CPU compilation doesn't match the machine "
    "type for execution. Compile machine features: [+64bit,+prefer-no-scatter,+prefer-no-gather] vs host machine "
    "features: [64bit]. This could lead to execution errors such as SIGILL."
)
AS_TEXT = (
    "E0000 00:00:1795813967.491568    7852 text_format.cc:378] Error parsing text-format {}: 2:1: "
    "Expected identifier, got: *"
)


@pytest.mark.parametrize(
    "line",
    [
        MISMATCH.format("+prefer-no-scatter"),
        MISMATCH.format("+prefer-no-gather"),
        AS_TEXT.format("tensorflow.XlaSerializedCacheEntry"),
    ],
)
def test_what_xla_says_of_kept_programs_that_fit_is_left_out(tmp_path: Path, line: str) -> None:
    log = tmp_path / "train.log"
    log.write_text(f"compile\n{line}\ntrain\n")
    assert LogTail(log).poll() == ["compile", "train"]


@pytest.mark.parametrize(
    "line",
    [
        MISMATCH.format("+avx512f"),
        MISMATCH.format("+prefer-no-gatherer"),
        AS_TEXT.format("tensorflow.GraphDef"),
        "E0000 00:00:1.0 1 cpu_aot_loader.cc:220] prefer-no-gather",
        "SIGILL",
    ],
)
def test_a_feature_that_is_missing_indeed_and_other_faults_stay(tmp_path: Path, line: str) -> None:
    log = tmp_path / "train.log"
    log.write_text(f"{line}\n")
    assert LogTail(log).poll() == [line]
