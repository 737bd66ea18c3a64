"""Limits for the weight of what is won, if the chances of every single win are known."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import minimize_scalar

from criticalmass.arrays import Array
from criticalmass.errors import ParameterError

GRID = np.geomspace(1e-2, 1e9, 90)
"""Values of Chernoff's t among which the best is looked for first."""


def chernoff_floor(chances: Array, weights: Array, missed: float) -> float:
    """Return what Σ wᵢ Wᵢ falls below with a probability of at most ``missed``.

    Each Wᵢ lies in [0, 1] and is at least ``chances`` on average. For wins that are independent or
    negatively associated, E exp(−t Σ wᵢ Wᵢ) ≤ Π (1 − pᵢ + pᵢ exp(−t wᵢ)) for every t > 0, so the
    limit is the best over t of (ln δ − Σ ln(1 − pᵢ + pᵢ exp(−t wᵢ))) / t, or 0.

    Parameters
    ----------
    chances
        The means pᵢ, or lower limits of them, shape (wins,).
    weights
        The weights wᵢ, shape (wins,); they add up to 1.
    missed
        The probability δ, in (0, 1).

    Raises
    ------
    ParameterError
        If ``missed`` is no such probability.

    Examples
    --------
    Of 100 fair coins at least 37 show heads, with a probability of 95 % or more (exactly: 42):

    >>> chernoff_floor(np.full(100, 0.5), np.full(100, 0.01), 0.05) > 0.37
    True
    >>> chernoff_floor(np.ones(3), np.full(3, 1 / 3), 0.05)
    1.0
    """
    _check(missed)
    sure = float(weights[chances >= 1].sum())
    open_ones = (chances > 0) & (chances < 1)
    p, w = chances[open_ones], weights[open_ones]
    if not len(p):
        return min(sure, 1.0)

    def lacking(log_t: float) -> float:
        t = math.exp(log_t)
        return -(math.log(missed) - float(np.log1p(p * np.expm1(-t * w)).sum())) / t

    at = np.array([lacking(math.log(t)) for t in GRID])
    best = int(at.argmin())
    ends = np.log(GRID[[max(best - 1, 0), min(best + 1, len(GRID) - 1)]])
    found = minimize_scalar(lacking, bounds=(float(ends[0]), float(ends[1])), method="bounded")
    more = max(-float(found.fun), -float(at[best]), 0.0)
    return min(sure + more, 1.0)


def union_floor(chances: Array, weights: Array, missed: float) -> float:
    """Return the weight of wins that all occur, but for a probability of at most ``missed``.

    However the wins hang together: the chances to miss one of them add up to no more than that.

    Parameters
    ----------
    chances, weights, missed
        As of `chernoff_floor`; each Wᵢ is 0 or 1.

    Examples
    --------
    >>> union_floor(np.array([0.99, 0.98, 0.5]), np.array([0.5, 0.25, 0.25]), 0.05)
    0.75
    """
    _check(missed)
    some = weights > 0
    misses, worth = 1 - chances[some], weights[some]
    dear = np.argsort(misses / worth, kind="stable")
    kept = np.cumsum(misses[dear]) <= missed
    return min(float(worth[dear][kept].sum()), 1.0)


def _check(missed: float) -> None:
    if not 0 < missed < 1:
        raise ParameterError(f"missed is a probability in (0, 1), not {missed:g}")
