"""Leave out the rows that have no rating, as the user says which those are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from mftui.data.readers.columns import chunks_of
from mftui.data.reading.options import ReadOptions
from mftui.data.reading.reading import Reading


def rated_rows(columns: dict[str, Any], how: ReadOptions, reading: Reading) -> tuple[dict[str, Any], Reading]:
    """Return the columns without the rows whose rating is null or one of `how.missing`, and the reading that says so.

    Parameters
    ----------
    columns: role → Arrow column; "rating" of float32.
    how: says what stands for "not rated".
    reading: how the columns were found.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    reading = replace(reading, missing=how.missing_words)
    rating = columns["rating"]
    numbers = np.array(how.missing_numbers, dtype=np.float32)
    if not rating.null_count and not any(np.isin(chunk, numbers).any() for chunk in chunks_of(rating) if len(numbers)):
        return columns, reading
    keep = pc.is_valid(rating)
    if len(numbers):
        keep = pc.and_kleene(keep, pc.invert(pc.is_in(rating, pa.array(numbers))))
    left_out = len(rating) - int(pc.sum(keep).as_py() or 0)
    words = " or ".join(how.missing_words) or "missing"
    kept = {role: column.filter(keep) for role, column in columns.items()}
    return kept, replace(reading, left_out={f"not rated ({words})": left_out})
