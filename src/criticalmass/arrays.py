"""The kinds of arrays that the rooms hand to each other."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

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

FEW = 8
"""A longer tuple is not written out in a `short_repr`."""


def short_repr(part: Any) -> str:
    """Return what a dataclass prints of itself, with how many values an array has in its place.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(repr=False)
    ... class Line:
    ...     x: np.ndarray
    ...     name: str
    ...     __repr__ = short_repr
    >>> Line(np.arange(2000.0), "steep")
    Line(x=<2,000 values>, name='steep')
    """
    shown = (f"{one.name}={_short(getattr(part, one.name))}" for one in fields(part) if one.repr)
    return f"{type(part).__name__}({', '.join(shown)})"


def _short(value: object) -> str:
    match value:
        case np.ndarray(shape=(count,)):
            return f"<{count:,} values>"
        case np.ndarray(shape=shape):
            return f"<{' × '.join(f'{count:,}' for count in shape)} values>"
        case np.generic():
            return repr(value.item())
        case tuple() if len(value) > FEW:
            return f"<{len(value):,} values>"
        case tuple() if any(isinstance(each, np.ndarray) for each in value):
            return f"({', '.join(map(_short, value))})"
    return repr(value)
