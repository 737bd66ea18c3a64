"""The kinds of arrays that the rooms hand to each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Numbers."""
Single = NDArray[np.float32]
"""Numbers in half the memory, where that is exact enough."""
Rows = NDArray[np.intp]
"""Row numbers."""
Mask = NDArray[np.bool_]
"""Yes or no for each."""
