"""Where trials are placed: which shares α are tried, and how often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from criticalmass.errors import ParameterError


@dataclass(frozen=True)
class Grid:
    """Fixed shares, each tried equally often, as in the paper.

    Parameters
    ----------
    alphas
        Shares of the population that join, each in (0, 1].
    repetitions
        Number of trials at each share, with other members each.

    Examples
    --------
    >>> grid = Grid.logarithmic(low=0.001, high=0.1, points=3, repetitions=2)
    >>> grid.alphas
    (0.001, 0.01, 0.1)
    """

    alphas: tuple[float, ...]
    repetitions: int = 3

    def __post_init__(self) -> None:
        if not self.alphas:
            raise ParameterError("a grid needs at least one share alpha")
        for alpha in self.alphas:
            if not 0 < alpha <= 1:
                raise ParameterError(f"alpha is a share of the population in (0, 1], not {alpha:g}")
        if len(set(self.alphas)) < len(self.alphas):
            raise ParameterError("a share alpha stands twice in the grid; use repetitions")
        if self.repetitions < 1:
            raise ParameterError(f"repetitions must be at least 1, not {self.repetitions}")

    @classmethod
    def logarithmic(cls, *, low: float, high: float, points: int, repetitions: int = 3) -> Grid:
        """Place ``points`` shares evenly in log α from ``low`` to ``high``, both included."""
        if not 0 < low < high <= 1:
            raise ParameterError(
                f"a grid needs 0 < low < high ≤ 1, not low={low:g} and high={high:g}"
            )
        if points < 2:
            raise ParameterError(f"a grid from low to high needs at least 2 points, not {points}")
        inner = np.geomspace(low, high, points)[1:-1]
        return cls((low, *(float(f"{alpha:.6g}") for alpha in inner), high), repetitions)

    def points(self) -> list[tuple[float, int]]:
        """Return every (alpha, repetition): all shares once before any is repeated."""
        return [(alpha, again) for again in range(self.repetitions) for alpha in self.alphas]
