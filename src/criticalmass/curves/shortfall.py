"""`Shortfall`: what is missing on the way to a critical mass, the area between target and curve."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from criticalmass.arrays import Array
from criticalmass.curves.critical_mass import CriticalMass


@dataclass(frozen=True)
class Shortfall:
    """∫₀^{α*} (target − S(α))₊ dα, up to the critical mass α* for the target.

    Parameters
    ----------
    target
        The target S*: the success that is wanted.
    value
        The area, a share of the population times a success; nan if no collective reaches the
        target, or more likely than not none does.
    low, high
        Interval for ``value``; ``high`` is infinite where the interval does not exclude that no
        collective reaches the target. A guaranteed curve has ``low`` 0: it is that at most.
    confidence
        Probability that the interval holds the area; 1 for curves known exactly.
    """

    target: float
    value: float
    low: float
    high: float
    confidence: float = 1.0

    @classmethod
    def unreached(cls, mass: CriticalMass) -> Shortfall:
        """Return the shortfall of a target that no collective reaches."""
        return cls(mass.target, math.nan, 0.0, math.inf, mass.confidence)


def area_below(success: Callable[[Array], Array], target: float, upto: float) -> float:
    """Return ∫₀^upto (target − S(a))₊ da, to about ten digits, adaptively in ln a."""
    from scipy.integrate import cubature  # slow to import, and few need it

    if upto == 0:
        return 0.0

    def missing(log: Array) -> Array:
        shares = upto * np.exp(log[:, 0])
        return np.asarray(np.maximum(target - success(shares), 0) * shares)

    return float(
        cubature(missing, [-40.0], [0.0], rule="gk21", rtol=1e-11, atol=1e-13 * upto).estimate
    )
