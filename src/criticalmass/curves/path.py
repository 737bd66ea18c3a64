"""`PathCurve`: success that was computed at some shares.

Success of steering is counted as a share in [0, 1]: of the way from θ₀ to θ* that
the firm's parameters go, 1 − ‖θ − θ*‖/‖θ₀ − θ*‖, or of the gain in utility that was wanted. A
target of 1, θ* itself, is allowed here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array
from criticalmass.curves.critical_mass import CriticalMass
from criticalmass.curves.curve import checked_parts, checked_shares
from criticalmass.curves.exact_success import ExactSuccess
from criticalmass.curves.unreached import Unreached, Why
from criticalmass.errors import ParameterError

CLOSE = 1e-7
"""A minimiser is exact to about that."""


@dataclass(frozen=True, eq=False, repr=False)
class PathCurve(ExactSuccess):
    """Success that was computed at some shares, and is a straight line between them.

    Parameters
    ----------
    alphas
        Ascending, the first 0, (m,); beyond the last success stays as it is.
    values
        Success there, (m,).

    Examples
    --------
    >>> curve = PathCurve(np.array([0.0, 0.1, 0.2]), np.array([0.0, 0.5, 1.0]))
    >>> curve.success(0.05).item(), round(curve.critical_mass(0.9).alpha, 3)
    (0.25, 0.18)
    """

    alphas: Array
    values: Array

    def __post_init__(self) -> None:
        alphas, values = self.alphas, self.values
        if alphas.ndim != 1 or alphas.shape != values.shape or not (np.diff(alphas) > 0).all():
            raise ParameterError("a path needs ascending shares, and one value each")
        if not len(alphas) or alphas[0] != 0 or alphas[-1] > 1:
            raise ParameterError("a path goes from a share of 0 to one of 1 at most")
        if not ((values >= 0) & (values <= 1)).all():
            raise ParameterError("a path's success lies between 0 and 1")

    def success(self, alpha: ArrayLike) -> Array:
        """Return S(α)."""
        return np.asarray(np.interp(checked_shares(alpha), self.alphas, self.values))

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the smallest α from which success stays at or above the target."""
        below = np.flatnonzero(self.values < self._enough(target))
        if not len(below):
            return CriticalMass.exactly(target, 0.0)
        if below[-1] == len(self.values) - 1:
            best = {"best": float(self.values[-1]), "target": target}
            return CriticalMass.unreached(target, Unreached(Why.AT_MOST, best))
        return self._after(int(below[-1]), target)

    def first_reached(self, target: float) -> CriticalMass:
        """Return the smallest α at which the target is reached."""
        reached = np.flatnonzero(self.values >= self._enough(target))
        if not len(reached):
            return self.critical_mass(target)
        if reached[0] == 0:
            return CriticalMass.exactly(target, 0.0)
        return self._after(int(reached[0]) - 1, target)

    def area_below(self, target: float, upto: float) -> float:
        """Return ∫₀^upto (target − S(α))₊ dα, exactly: the line is straight between points."""
        ends = np.unique([0.0, *self.alphas[self.alphas < upto], upto])
        short = target - np.interp(ends, self.alphas, self.values)
        before, after = short[:-1], short[1:]
        above, below = np.maximum(before, after), np.minimum(before, after)
        # a line that crosses the target leaves a triangle
        part = np.where(below >= 0, 1.0, above / np.maximum(above - below, 1e-300))
        area = np.where(below >= 0, (above + below) / 2, np.maximum(above, 0) * part / 2)
        return float(area @ np.diff(ends))

    def _enough(self, target: float) -> float:
        return float(checked_parts(target)) - CLOSE

    def _after(self, point: int, target: float) -> CriticalMass:
        """Return where the line from this point to the next reaches the target."""
        (a, b), (low, high) = self.alphas[point : point + 2], self.values[point : point + 2]
        share = (self._enough(target) - low) / (high - low)
        return CriticalMass.exactly(target, float(a + (b - a) * share))
