"""The curves that were drawn from a posterior, at some shares: all of them, their mean, their ends.

Both are asked for time and again: a page draws each curve for a phone and for a screen. So what
was computed last is kept. Draws that are alike, where the sampler stayed, are computed once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from criticalmass.arrays import Array, Rows
from criticalmass.fitting.shifts import mean_rise

AT_ONCE = 100
"""Shares whose success is computed at once, for every curve."""
KEPT = 16
"""Sets of shares whose mean success is kept, and as many whose ends are: those asked last."""


class Drawn:
    """Curves at shares of the population.

    Parameters
    ----------
    parameters
        Draws, shape (draws, 6), as of `FittedCurve`.
    confidence
        Probability that the ends hold.

    Examples
    --------
    >>> curves = Drawn(np.array([[-4.0, 0.5, 0.1, 0.9, 0.3, 0.01]] * 3), confidence=0.95)
    >>> curves.mean(np.exp([-5.0, -4.0])).round(3).tolist()
    [0.207, 0.5]
    """

    def __init__(self, parameters: Array, confidence: float) -> None:
        self._parameters, self._confidence = parameters, confidence
        self._means: dict[bytes, Array] = {}
        self._ends: dict[bytes, Array] = {}

    def each(self, shares: Array) -> Array:
        """Return the success of every curve, shape (draws, shares)."""
        different, which = self._different
        midpoint, width, floor, ceiling, shift, _ = different.T[:, :, None]
        risen = mean_rise((np.log(shares) - midpoint) / width, shift / width)
        return np.asarray((floor + (ceiling - floor) * risen)[which])

    def mean(self, shares: Array) -> Array:
        """Return their mean success, in the shape of the shares."""
        key = shares.tobytes()
        if key not in self._means:
            _keep(self._means, key, self._by_pieces(lambda success: success.mean(axis=0), shares))
        return self._means[key].reshape(shares.shape).copy()

    def ends(self, shares: Array) -> tuple[Array, Array]:
        """Return the lower and the upper end of their success, in the shape of the shares."""
        key = shares.tobytes()
        if key not in self._ends:
            found = self._by_pieces(self._mean_and_ends, shares)
            _keep(self._means, key, found[0])
            _keep(self._ends, key, found[1:])
        low, high = self._ends[key]
        return low.reshape(shares.shape).copy(), high.reshape(shares.shape).copy()

    @cached_property
    def _different(self) -> tuple[Array, Rows]:
        """The draws that differ, and which of them each draw is."""
        different, which = np.unique(self._parameters, axis=0, return_inverse=True)
        return different, which.reshape(-1)

    def _mean_and_ends(self, success: Array) -> Array:
        low, _, high = interval(success, self._confidence)
        return np.array([success.mean(axis=0), low, high])

    def _by_pieces(self, numbers: Callable[[Array], Array], shares: Array) -> Array:
        """Return what all curves together give, computed for so many shares at once."""
        pieces = np.array_split(shares.reshape(-1), 1 + shares.size // AT_ONCE)
        return np.concatenate([numbers(self.each(piece)) for piece in pieces], axis=-1)


def interval(values: Array, confidence: float) -> Array:
    """Return the lower end, the median and the upper end; some values may be infinite.

    Examples
    --------
    >>> interval(np.array([3.0, 1.0, np.inf, 2.0, 4.0]), confidence=0.5).tolist()
    [2.0, 3.0, 4.0]
    """
    tail = (1 - confidence) / 2
    places = np.ceil(np.array([tail, 0.5, 1 - tail]) * len(values)) - 1
    rows = places.astype(int)
    return np.asarray(np.partition(values, rows, axis=0)[rows])


def _keep(kept: dict[bytes, Array], key: bytes, content: Array) -> None:
    """Keep something, and forget what was kept first if that is too much."""
    kept[key] = content
    while len(kept) > KEPT:
        kept.pop(next(iter(kept)), None)
