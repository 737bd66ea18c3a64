"""`Sample`: records as numbers, each with its weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array
from criticalmass.errors import DataError


@dataclass(frozen=True, eq=False)
class Sample:
    """Records as numbers: a distribution with finite support.

    Parameters
    ----------
    x
        Features, (n, d).
    y
        Outcomes, (n, k): one number a predictor, see `criticalmass.risks.losses`.
    weights
        How much each record counts, (n,), not negative, and not all 0; their sum does not matter.
        All alike by default.

    Examples
    --------
    >>> len(Sample(np.zeros((3, 2)), np.zeros((3, 1))))
    3
    """

    x: Array
    y: Array
    weights: Array | None = None

    def __post_init__(self) -> None:
        n = len(self.x)
        weights = self.weights
        if self.x.ndim != 2 or self.y.ndim != 2 or len(self.y) != n or n == 0:
            raise DataError(
                f"features (n, d) and outcomes (n, k) of as many records are needed, not "
                f"{self.x.shape} and {self.y.shape}"
            )
        if weights is not None and (
            weights.shape != (n,) or not np.isfinite(weights).all() or (weights < 0).any()
        ):
            raise DataError(f"{n} records need {n} weights, finite ones, and none negative")
        if weights is not None and not weights.any():
            raise DataError("some record must have a weight above 0; all weights are 0")
        if not np.isfinite(self.x).all() or not np.isfinite(self.y).all():
            raise DataError("features and outcomes must be finite numbers")

    def __len__(self) -> int:
        return len(self.x)

    def take(self, rows: NDArray[np.intp]) -> Sample:
        """Return the sample of these rows."""
        weights = None if self.weights is None else self.weights[rows]
        return Sample(self.x[rows], self.y[rows], weights)

    def shares(self) -> Array:
        """Return the weights, summing to 1."""
        if self.weights is None:
            return np.full(len(self), 1 / len(self))
        return np.asarray(self.weights / self.weights.sum())

    def mixed(self, other: Sample, share: float) -> Sample:
        """Return (1 − share) · this + share · other."""
        return Sample(
            np.concatenate([self.x, other.x]),
            np.concatenate([self.y, other.y]),
            np.concatenate([(1 - share) * self.shares(), share * other.shares()]),
        )
