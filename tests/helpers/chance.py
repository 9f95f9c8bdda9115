"""Tests by chance: how many tries, and bytes damaged in all the ways in which files are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

LONG = False
"""Whether `--long` was given."""

HOSTILE = (
    b"", b"\0", b"\n", b"\r", b"\r\n", b'"', b"'", b",", b"::", b"\t", b"|", b"-", b"NaN", b"Infinity", b"-1", b"1e999",
    b"9" * 40, b"1" + b"0" * 400, b"0.1", b"null", b"true", b"[]", b"{}", b"[" * 3000, b'{"a":' * 3000, b"\xff\xfe",
    b"\xef\xbb\xbf", b"\xed\xa0\x80", "\u202e".encode(), b"\x1b[2J", b"../../x", b"1_000", "١٢".encode(),
    b"18446744073709551616",
)  # fmt: skip


settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")  # for tests that say nothing: a busy machine is no fault


def fuzzed(short: int = 12, long: int = 2_000) -> Callable[[Any], Any]:
    """Settings of a test by Hypothesis: `short` examples (the same each time), or `long` new ones with --long."""
    return settings(
        max_examples=long if LONG else short,
        derandomize=not LONG,
        deadline=timedelta(seconds=20),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
        print_blob=True,
    )


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """`whole` cut short, with bits flipped, parts lost, doubled, blanked or replaced; once or a few times over."""
    data = whole
    for _ in range(draw(st.sampled_from((1, 1, 1, 2, 4)))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(1, 40)))
        kind = draw(st.sampled_from(("cut", "flip", "flip", "flip", "lose", "double", "blank", "insert", "replace")))
        if kind == "cut":
            data = data[:start]
        elif kind == "flip" and start < len(data):
            data = data[:start] + bytes([data[start] ^ (1 << draw(st.integers(0, 7)))]) + data[start + 1 :]
        elif kind == "lose":
            data = data[:start] + data[end:]
        elif kind == "double":
            data = data[:end] + data[start:]
        elif kind == "blank":
            data = data[:start] + bytes(end - start) + data[end:]
        elif kind == "insert":
            data = data[:start] + draw(st.sampled_from(HOSTILE)) + data[start:]
        elif kind == "replace":
            data = data[:start] + draw(st.sampled_from(HOSTILE) | st.binary(max_size=12)) + data[end:]
    return data
