"""Draws of a critical mass, stretched to an interval that is wider than they are."""

from __future__ import annotations

import math

import numpy as np

from criticalmass.arrays import Array
from criticalmass.curves import CriticalMass


def stretched(draws: Array, mass: CriticalMass) -> Array:
    """Return draws of a critical mass whose quantiles are the ends of its interval.

    An interval may be wider than the draws that it came from, where it also allows for what they do
    not know, such as the curve's shape between two sizes that were tried. Draws are then stretched
    in logarithms about their median, those below it by one factor and those above it by another.
    An end that is 0 or infinite where the draws' is not leaves that whole half there. Where the
    median itself is 0 or infinite, no nearer than the interval's end lie as many draws as are
    outside of an interval; and where the draws are all alike, the whole half.

    Parameters
    ----------
    draws
        What the critical mass may be, shape (draws,): shares, 0 and infinite among them.
    mass
        The critical mass with its interval.

    Returns
    -------
    ndarray, shape (draws,)
        In the order of ``draws``.

    Examples
    --------
    >>> draws = np.array([0.005, 0.01, 0.02])
    >>> stretched(draws, CriticalMass(0.9, 0.01, 0.0025, 0.02, confidence=0.95)).round(6).tolist()
    [0.0025, 0.01, 0.02]
    """
    order = np.argsort(draws, kind="stable")
    with np.errstate(divide="ignore"):
        logs, low, high = np.log(draws[order]), float(np.log(mass.low)), float(np.log(mass.high))
        first, half, last = _places(len(logs), mass)
        before, middle, after = logs[[first, half, last]].tolist()
        to = float(np.log(mass.alpha)) if mass.reached else middle
    upper = -logs[:half:-1]
    logs[:half] = _moved(logs[:half], first + 1, (before, middle), (low, to))
    logs[half] = to
    logs[:half:-1] = -_moved(upper, len(logs) - last, (-after, -middle), (-high, -to))
    moved = np.empty_like(logs)
    moved[order] = np.exp(logs)
    return moved


def _places(count: int, mass: CriticalMass) -> list[int]:
    """Return where the interval's ends and the median are among sorted draws."""
    tail = (1 - mass.confidence) / 2
    return [math.ceil(part * count) - 1 for part in (tail, 0.5, 1 - tail)]


def _moved(logs: Array, tail: int, of: tuple[float, float], to: tuple[float, float]) -> Array:
    """Return the lower half of sorted log draws, with a quantile and the median moved.

    So many draws are up to the quantile.
    """
    (quantile, middle), (end, centre) = of, to
    if of == to:
        return logs
    if not (math.isfinite(middle) and math.isfinite(centre)):
        return np.concatenate([np.minimum(logs[:tail], end), logs[tail:]])
    if not -math.inf < quantile < middle:
        return np.minimum(logs, end)
    if math.isinf(end):
        return np.where(logs < middle, end, centre)
    return centre - (middle - logs) * (centre - end) / (middle - quantile)
