"""Prediction limits: how many of a kind are among those who were not drawn.

From N people n are drawn at random, and a of them are of some kind. If b of the others are, then
the a were drawn from a + b of N, a hypergeometric number. The b for which so few, or so many, would
hardly ever be drawn are ruled out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import hypergeom

from criticalmass.arrays import Mask
from criticalmass.errors import ParameterError

Counts = NDArray[np.int64]


def most_others(seen: ArrayLike, drawn: ArrayLike, among: ArrayLike, missed: float) -> Counts:
    """Return how many of a kind are among those not drawn, at most.

    Parameters
    ----------
    seen
        How many of the kind were drawn: a.
    drawn, among
        How many were drawn of how many: n and N. Shapes broadcast.
    missed
        Probability, at most, with which more of them are there, in (0, 1).

    Returns
    -------
    ndarray
        max{b : P(Hyp(N, a + b, n) ≤ a) > missed}; it does not fall as a rises.

    Raises
    ------
    ParameterError
        If more were seen than drawn, or drawn than there are, or ``missed`` is no probability.

    Examples
    --------
    From 1,000 people 100 are drawn, and none has the mark. Hardly more than 28 of the others have
    it:

    >>> int(most_others(0, 100, 1000, 0.05))
    28
    """
    a, n, size = _checked(seen, drawn, among, missed)

    def possible(b: Counts) -> Mask:
        return np.asarray(hypergeom.cdf(a, size, a + b, n) > missed)

    return _last(possible, size - n)


def fewest_others(seen: ArrayLike, drawn: ArrayLike, among: ArrayLike, missed: float) -> Counts:
    """Return how many of a kind are among those not drawn, at least.

    Parameters
    ----------
    seen, drawn, among, missed
        As of `most_others`; ``missed`` is the probability, at most, that fewer are there.

    Returns
    -------
    ndarray
        min{b : P(Hyp(N, a + b, n) ≥ a) > missed}; it does not fall as a rises.

    Examples
    --------
    >>> fewest_others([0, 10, 50], 100, 1000, 0.05).tolist()
    [0, 48, 368]
    """
    a, n, size = _checked(seen, drawn, among, missed)

    def too_few(b: Counts) -> Mask:
        return np.asarray(~(hypergeom.sf(a - 1, size, a + b, n) > missed))

    none = ~too_few(np.zeros_like(a))
    return np.where(none, 0, _last(too_few, size - n) + 1)


def _last(holds: Callable[[Counts], Mask], most: Counts) -> Counts:
    """Return the largest b up to ``most`` for which it holds, which it does from 0 up to there."""
    low, high = np.zeros_like(most), most + 1
    while (high - low > 1).any():
        middle = (low + high) // 2
        so = holds(middle)
        low, high = np.where(so, middle, low), np.where(so, high, middle)
    return low


def _checked(
    seen: ArrayLike, drawn: ArrayLike, among: ArrayLike, missed: float
) -> tuple[Counts, Counts, Counts]:
    a, n, size = np.broadcast_arrays(*(np.asarray(x, dtype=np.int64) for x in (seen, drawn, among)))
    if (a < 0).any() or (a > n).any() or (n > size).any():
        raise ParameterError("of so many people no more can be drawn, nor of those drawn be seen")
    if not 0 < missed < 1:
        raise ParameterError(f"missed is a probability in (0, 1), not {missed:g}")
    return a, n, size
