"""`RealCurve`: success as a real number, in the unit of the measure that gave it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from numpy.typing import ArrayLike

from criticalmass.arrays import Array
from criticalmass.curves import CriticalMass, FittedSuccess, Outcome, Shortfall
from criticalmass.errors import ParameterError
from criticalmass.measures.scale import Scale

END = 1e-6
"""So near the ends of a scale lie values beyond them, which no trial came to."""


@dataclass(frozen=True, eq=False)
class RealCurve(FittedSuccess):
    """A curve that was fitted on a scale from 0 to 1, in the measure's own unit.

    `success` and the targets are values of the measure, not shares, and fall with α where lower is
    better.

    Parameters
    ----------
    fitted
        The curve, of outcomes that ``scale`` made.
    scale
        Where values of the measure lie.
    limits
        The measure's own: a target lies between them.

    Examples
    --------
    >>> from criticalmass.fitting import FittedCurve
    >>> scale = Scale(zero=11.0, one=1.0, records=1000)
    >>> trials = [Outcome(a, round(1000 / (1 + (0.004 / a) ** 2)), 1000)
    ...           for a in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05) * 3]
    >>> mass = RealCurve(FittedCurve.fit(trials), scale).critical_mass(3.0)
    >>> mass.target, round(mass.alpha, 3)
    (3.0, 0.008)
    """

    fitted: FittedSuccess
    scale: Scale
    limits: tuple[float, float] = (-math.inf, math.inf)

    @property
    def confidence(self) -> float:
        """Probability that intervals and bands hold."""
        return self.fitted.confidence

    @property
    def largest(self) -> float:
        """The largest share that could join."""
        return self.fitted.largest

    def success(self, alpha: ArrayLike) -> Array:
        """Return the measure's value for shares α."""
        return self.scale.values(self.fitted.success(alpha))

    def band(self, alpha: ArrayLike) -> tuple[Array, Array]:
        """Return the lower and the upper edge of what the value may be, pointwise."""
        edges = [self.scale.values(edge) for edge in self.fitted.band(alpha)]
        low, high = edges if self.scale.zero < self.scale.one else edges[::-1]
        return low, high

    def misfit(self, outcomes: Iterable[Outcome]) -> dict[float, float]:
        """Return how far trials lie off the curve, in the measure's unit, by share α."""
        return {share: self._unit * off for share, off in self.fitted.misfit(outcomes).items()}

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the smallest α with which the value is as good as ``target``."""
        mass = self.fitted.critical_mass(self._place(target))
        reason = mass.reason and f"no collective that could join reaches {target:g}"
        return replace(mass, target=float(target), reason=reason)

    def critical_masses(self, target: float) -> Array:
        """Return what the critical mass may be: draws."""
        return self.fitted.critical_masses(self._place(target))

    def probability(self, target: float, alpha: float) -> float:
        """Return the probability that a collective of a share α reaches a target."""
        return self.fitted.probability(self._place(target), alpha)

    def shortfall(self, target: float) -> Shortfall:
        """Return what is missing on the way: a share of the population times a value."""
        found, unit = self.fitted.shortfall(self._place(target)), abs(self._unit)
        return replace(
            found,
            target=float(target),
            value=found.value * unit,
            low=found.low * unit,
            high=found.high * unit,
        )

    @property
    def _unit(self) -> float:
        return self.scale.one - self.scale.zero

    def _place(self, target: float) -> float:
        """Return where a target lies on the scale; beyond an end, all but there."""
        low, high = self.limits
        if not low < target < high:
            raise ParameterError(
                f"target is a value of the measure, between {low:g} and {high:g}, not {target:g}"
            )
        return min(max(self.scale.success(target), END), 1 - END)
