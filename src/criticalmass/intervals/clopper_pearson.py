"""Clopper and Pearson's limits (1934) of a probability, from how often something happened."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from criticalmass.arrays import Array


def upper_limit(hits: ArrayLike, n: ArrayLike, confidence: float) -> Array:
    """Return the exact upper confidence limit of a probability.

    Parameters
    ----------
    hits, n
        How often it happened, among how many; shapes broadcast.
    confidence
        Probability, at least, that the limit is above the true one, whatever that is.

    Returns
    -------
    ndarray
        The limits, in [0, 1]; 1 where nothing was seen.

    Examples
    --------
    >>> float(upper_limit(0, 100, 0.95).round(4))  # never seen in 100 is not impossible
    0.0295
    """
    k, size = np.asarray(hits, dtype=float), np.asarray(n, dtype=float)
    with np.errstate(invalid="ignore"):
        limit = betaincinv(k + 1, np.maximum(size - k, 1e-300), confidence)  # a quantile of Beta
    return np.asarray(np.where(k >= size, 1.0, limit))


def lower_limit(hits: ArrayLike, n: ArrayLike, confidence: float) -> Array:
    """Return the exact lower confidence limit of a probability, as `upper_limit` the upper one.

    Examples
    --------
    >>> float(lower_limit(100, 100, 0.95).round(4))  # always seen in 100 is not certain
    0.9705
    """
    k, size = np.asarray(hits, dtype=float), np.asarray(n, dtype=float)
    return np.asarray(1 - upper_limit(size - k, size, confidence))
