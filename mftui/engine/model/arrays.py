"""Types of arrays, named once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Indices = NDArray[np.int64]
AnyIndices = NDArray[np.int32] | NDArray[np.int64]
Counts = NDArray[np.int32]
Flags = NDArray[np.bool_]
