"""`FittedSuccess`: what every curve that was fitted to trials can be asked."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from criticalmass.arrays import Array
from criticalmass.curves.curve import SuccessCurve
from criticalmass.curves.outcome import Outcome

DRAWS = 10_001
"""So many draws has a curve that knows no more than an interval; odd, for a median."""


class FittedSuccess(SuccessCurve):
    """A curve from trials, which knows how uncertain it is."""

    @property
    @abstractmethod
    def confidence(self) -> float:
        """Probability that intervals and bands hold."""

    @property
    @abstractmethod
    def largest(self) -> float:
        """The largest share that could join: a critical mass above it is never reached."""

    @abstractmethod
    def band(self, alpha: ArrayLike) -> tuple[Array, Array]:
        """Return the lower and the upper edge of what S(α) may be, pointwise."""

    @abstractmethod
    def misfit(self, outcomes: Iterable[Outcome]) -> dict[float, float]:
        """Return how far trials lie off the curve, by share α, where a reader would notice."""

    def critical_masses(self, target: float) -> Array:
        """Return what the critical mass may be: draws, for whatever is computed from it.

        A curve that has no draws of its own gives those of its interval: evenly spaced quantiles of
        a law whose logarithm is normal below the critical mass, and normal above it, so the
        interval's ends are its quantiles. An end that is not known leaves that half open.

        Parameters
        ----------
        target
            The success that is wanted, in (0, 1).

        Returns
        -------
        ndarray, shape (draws,)
            Shares α of the population: 0 where the target is reached without a collective,
            infinite where no collective reaches it.

        Examples
        --------
        >>> from criticalmass.fitting import RepeatedCurve
        >>> trials = [
        ...     Outcome(a, min(1.0, a / b), 1) for a in (0.01, 0.02, 0.04) for b in (0.03, 0.031)
        ... ]
        >>> masses = RepeatedCurve.fit(trials).critical_masses(0.9)
        >>> round(float(np.median(masses)), 4)
        0.0327
        """
        mass = self.critical_mass(target)
        if not mass.reached:
            draws = np.full(DRAWS, math.inf)
            draws[: math.floor((1 - mass.never) * DRAWS)] = mass.low
            return draws
        normal = ndtri((np.arange(DRAWS) + 0.5) / DRAWS)
        draws = np.full(DRAWS, mass.alpha)
        for half, end in ((normal < 0, mass.low), (normal > 0, mass.high)):
            if mass.alpha == 0 or end == 0 or math.isinf(end):
                draws[half] = end
                continue
            spread = abs(math.log(end / mass.alpha)) / ndtri((1 + mass.confidence) / 2)
            draws[half] *= np.exp(spread * normal[half])
        return draws
