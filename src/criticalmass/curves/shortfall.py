"""`Shortfall`: what is missing on the way to a critical mass, the area between target and curve."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from criticalmass.arrays import Array
from criticalmass.curves.critical_mass import CriticalMass

PIECES = 50
"""The range of an integral is halved so often towards 0."""
RULES = (14, 21)
"""Numbers of points of two of Gauss's rules; where they agree, the second is right."""
PRECISE = 1e-12
"""Relative precision of an integral over one piece."""


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


def area_below(
    success: Callable[[Array], Array], target: float, upto: float, kinks: Iterable[float] = ()
) -> float:
    """Return ∫₀^upto (target − S(a))₊ da by adaptive quadrature, to about ten digits.

    A rule that looks at a few points does not see a bend between them. So the range is cut into
    pieces, each half as long as the one before, towards both of its ends, and where success begins;
    ``kinks`` are further shares to cut at.
    """
    from scipy.integrate import cubature  # slow to import, and few need it

    if upto == 0:
        return 0.0

    def missing(shares: Array) -> Array:
        return np.asarray(np.maximum(target - success(shares[:, 0]), 0))

    def succeeds(share: float) -> bool:
        return float(success(np.array([share]))[0]) > 0

    halves = 0.5 ** np.arange(1, PIECES)
    cuts = [0.0, upto, *(upto * halves), *(upto * (1 - halves[: PIECES // 2])), *kinks]
    low, high = upto * float(halves[-1]), upto
    if not succeeds(low):
        for _ in range(PIECES):
            middle = (low + high) / 2
            low, high = (low, middle) if succeeds(middle) else (middle, high)
        cuts.append(high)
    edges = np.unique([cut for cut in cuts if 0 <= cut <= upto])
    # below the first cut, a part of 10^-15, success is as good as there
    edges = edges[edges >= min(upto * float(halves[-1]), float(edges[1]))]
    first = float(missing(edges[:1, None])[0]) * float(edges[0])
    start, width = edges[:-1, None], np.diff(edges)
    # two rules for all pieces at once; where they disagree, adaptively
    areas = []
    for points in RULES:
        nodes, weights = np.polynomial.legendre.leggauss(points)
        places = start + width[:, None] * (1 + nodes) / 2
        areas.append(missing(places.reshape(-1, 1)).reshape(places.shape) @ weights / 2 * width)
    rough, area = areas
    for piece in np.flatnonzero(np.abs(area - rough) > PRECISE * (area + target * width)):
        ends = edges[piece : piece + 2, None]
        found = cubature(missing, *ends, rule="gk21", rtol=PRECISE, atol=1e-14 * upto)
        area[piece] = float(found.estimate)
    return float(first + area.sum())
