"""Evidence that may be looked at after every probe: bets against a rate, and limits from them.

Somebody who doubts that a rate is at most t bets against it, at odds that are fair if it is t. What
they hold, beginning with 1, is then a martingale, so it ever reaches 20 with a probability of 1 in
20 at most, whenever one looks and stops (Ville's inequality).
The bets here are mixed over all rates on the other side of t (Robbins 1970), so they depend on the
counts alone, and the evidence is a closed form of them. Everything is computed in logarithms:
evidence that is too small for a number is none, e^−∞.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, logsumexp, xlogy
from scipy.stats import beta

from criticalmass.arrays import Array, Mask
from criticalmass.errors import ParameterError

PRIOR = 0.5
"""Bets are mixed over rates by Jeffreys' prior, Beta(½, ½), cut off at the doubted rate."""
STAKES = np.linspace(0.02, 0.98, 49)
"""Shares of what one holds that are bet on a difference, mixed evenly."""
STEPS = 45
"""Halvings until a limit is found, to thirteen digits."""


def above(hits: ArrayLike, n: ArrayLike, rate: ArrayLike) -> Array:
    """Return the log evidence that the probability of a hit is above a rate.

    ln of ∫ qᵏ(1 − q)ⁿ⁻ᵏ dπ(q) / (tᵏ(1 − t)ⁿ⁻ᵏ), π the prior cut to rates q above t. Where the
    truth is t or below, it ever reaches ln(1/δ) with a probability of δ at most.

    Parameters
    ----------
    hits, n
        How often it happened, among how many: k and n. Shapes broadcast.
    rate
        The rate t, in (0, 1).

    Returns
    -------
    ndarray
        Logarithms; −∞ where there is no evidence at all.

    Raises
    ------
    ParameterError
        If there are more hits than tries, or the rate is not in (0, 1).

    Examples
    --------
    Thirty-six probes without a failure, and the rate may be held to be above .9 (ln 20 is 3.0):

    >>> above([35, 36], [35, 36], 0.9).round(2).tolist()
    [2.91, 3.01]
    """
    k, size, t = _checked(hits, n, rate)
    mixed = betaln(k + PRIOR, size - k + PRIOR) - betaln(PRIOR, PRIOR)
    cut = beta.logsf(t, k + PRIOR, size - k + PRIOR) - beta.logsf(t, PRIOR, PRIOR)
    return np.asarray(mixed + cut - xlogy(k, t) - xlogy(size - k, 1 - t))


def below(hits: ArrayLike, n: ArrayLike, rate: ArrayLike) -> Array:
    """Return the log evidence that the probability of a hit is below a rate, as `above`.

    Examples
    --------
    >>> float(below(2, 7, 0.9).round(2))
    6.53
    """
    k, size, t = _checked(hits, n, rate)
    return above(size - k, size, 1 - t)


def rate_limits(hits: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> tuple[Array, Array]:
    """Return limits of a probability that hold after every probe at once.

    Parameters
    ----------
    hits, n
        As of `above`.
    confidence
        Probability, at least, that the truth is within the limits after every number of probes.

    Returns
    -------
    low, high
        The rates against which there is not enough evidence, neither that the truth is above nor
        that it is below; half of the error for each.

    Examples
    --------
    >>> low, high = rate_limits([9, 90, 900], [10, 100, 1000])
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.453, 0.779, 0.864], [1.0, 0.973, 0.932])
    """
    k, size = (np.asarray(x, dtype=float) for x in np.broadcast_arrays(hits, n))
    enough = -np.log(_missed(confidence) / 2)
    seen = np.divide(k, size, out=np.full(k.shape, 0.5), where=size > 0)

    def low(count: Array, share: Array) -> Array:
        return _border(lambda t: above(count, size, t) >= enough, 0 * share, share)

    return low(k, seen), 1 - low(size - k, 1 - seen)


def difference_above(
    better: ArrayLike, worse: ArrayLike, pairs: ArrayLike, margin: ArrayLike
) -> Array:
    """Return the log evidence that the first of a pair succeeds more often, by a margin.

    The difference D of a pair is 1, 0 or −1. Whoever doubts that E D is at most Δ bets a share
    λ of what they hold on D > Δ: the product of 1 + λ(D − Δ)/(1 + Δ), averaged over λ.

    Parameters
    ----------
    better, worse
        In how many pairs the first alone succeeds, and the second alone. Shapes broadcast.
    pairs
        How many pairs there are.
    margin
        The margin Δ, in (−1, 1).

    Raises
    ------
    ParameterError
        If counts contradict each other, or the margin is not in (−1, 1).

    Examples
    --------
    >>> float(difference_above(8, 0, 10, 0).round(2)), float(difference_above(4, 4, 10, 0).round(2))
    (4.01, -0.91)
    """
    more, fewer, of, delta = np.broadcast_arrays(
        *(np.asarray(x, dtype=float) for x in (better, worse, pairs, margin))
    )
    if (more < 0).any() or (fewer < 0).any() or (more + fewer > of).any():
        raise ParameterError("no more pairs can differ than there are")
    if (np.abs(delta) >= 1).any():
        raise ParameterError("a margin lies between -1 and 1")
    stakes = STAKES.reshape((-1, *(1,) * more.ndim))
    gained = more * np.log1p(stakes * (1 - delta) / (1 + delta))
    gained = gained + (of - more - fewer) * np.log1p(-stakes * delta / (1 + delta))
    return np.asarray(logsumexp(gained + fewer * np.log1p(-stakes), axis=0) - np.log(len(STAKES)))


def difference_below(
    better: ArrayLike, worse: ArrayLike, pairs: ArrayLike, margin: ArrayLike
) -> Array:
    """Return the log evidence that the difference is below a margin, as `difference_above`.

    Examples
    --------
    >>> float(difference_below(0, 8, 10, 0).round(2))
    4.01
    """
    return difference_above(worse, better, pairs, -np.asarray(margin, dtype=float))


def difference_limits(
    better: ArrayLike, worse: ArrayLike, pairs: ArrayLike, confidence: float = 0.95
) -> tuple[Array, Array]:
    """Return limits of a difference of rates that hold after every pair at once.

    Parameters
    ----------
    better, worse, pairs
        As of `difference_above`.
    confidence
        As of `rate_limits`.

    Examples
    --------
    >>> low, high = difference_limits(60, 5, 100)
    >>> float(low.round(2)), float(high.round(2))
    (0.35, 0.72)
    """
    more, fewer, of = (
        np.asarray(x, dtype=float) for x in np.broadcast_arrays(better, worse, pairs)
    )
    enough = -np.log(_missed(confidence) / 2)
    seen = np.divide(more - fewer, of, out=np.zeros(more.shape), where=of > 0)

    def low(a: Array, b: Array, middle: Array) -> Array:
        return _border(lambda d: difference_above(a, b, of, d) >= enough, 0 * middle - 1, middle)

    return low(more, fewer, seen), -low(fewer, more, -seen)


def _border(ruled_out: Callable[[Array], Mask], low: Array, high: Array) -> Array:
    """Return up to where values are ruled out; ``low`` where none is."""
    for _ in range(STEPS):
        middle = (low + high) / 2
        inside = (low < middle) & (middle < high)
        so = np.asarray(ruled_out(np.where(inside, middle, 0.5))) & inside
        low, high = np.where(so, middle, low), np.where(so | ~inside, high, middle)
    return low


def _missed(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ParameterError(f"confidence must lie in (0, 1), not {confidence:g}")
    return 1 - confidence


def _checked(hits: ArrayLike, n: ArrayLike, rate: ArrayLike) -> tuple[Array, Array, Array]:
    k, size, t = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (hits, n, rate)))
    if (k < 0).any() or (k > size).any():
        raise ParameterError("it cannot have happened more often than it was tried")
    if not ((t > 0) & (t < 1)).all():
        raise ParameterError("a rate lies between 0 and 1, and is neither")
    return k, size, t
