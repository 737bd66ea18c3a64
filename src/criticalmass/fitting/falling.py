"""Success that rises and falls again: is it so, and where?

A platform that filters a mark once too many records carry it lets a collective succeed at some size
and fail at larger ones. No rising curve tells that, and one that is fitted all the same gives a
number of people who fail. So the trials are compared with two shapes that assume nothing else: the
best that only rises, and the best that rises up to some share and falls from there on (isotonic and
unimodal regression, by least squares).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from criticalmass.arrays import Array
from criticalmass.curves import Outcome

EVIDENCE = 20.0
"""How many times the variance of a trial the squares must lose by a fall. Rising curves whose
trials are all or nothing look most like a fall: they reach it in 1 of 100 simulated studies."""
UNSEEN = 0.02
"""Squares that are added to those left: a few trials may agree by chance."""

NEAR = 0.5
"""Trials with this part of the people that it takes are near enough to tell how many those are."""
ENOUGH = 6
"""So many trials of collectives that are too small are enough."""


@dataclass(frozen=True)
class Fall:
    """Success that is lost again where more people join.

    Parameters
    ----------
    reached
        The smallest and the largest share tried with which the target was reached, 0 for nobody;
        None if no share was enough.
    lost
        The smallest share above these with which it was not.
    best
        The share with which success was highest.
    success
        Success there.
    left
        What is left of it with the largest share tried.
    """

    reached: tuple[float, float] | None
    lost: float
    best: float
    success: float
    left: float


def find_fall(outcomes: Sequence[Outcome], target: float) -> Fall | None:
    """Return where success falls below a target again, or falls without ever reaching it.

    Parameters
    ----------
    outcomes
        The trials, the reference (α = 0) among them.
    target
        The success that is wanted.

    Returns
    -------
    Fall or None
        None where the trials may well follow a curve that rises, and where they fall but do not
        cross the target by it.

    Examples
    --------
    >>> rates = {0.01: 0.1, 0.02: 0.97, 0.04: 0.98, 0.08: 0.3, 0.16: 0.02}
    >>> trials = [Outcome(a, round(200 * s), 200) for a, s in rates.items() for _ in range(2)]
    >>> find_fall(trials, 0.9)
    Fall(reached=(0.02, 0.04), lost=0.08, best=0.04, success=0.98, left=0.02)
    >>> find_fall(trials[:6], 0.9) is None
    True
    """
    shares, means, times, scatter = _by_share(outcomes)
    if len(shares) < 3:
        return None
    rising = _errors(means, times)
    falling = _errors(means[::-1], times[::-1])[::-1]
    apart = rising.copy()
    apart[:-1] += falling[1:]
    peak = int(np.argmin(apart))
    lost_squares = rising[-1] - apart[peak]
    if lost_squares * times.sum() < EVIDENCE * (scatter + apart[peak] + UNSEEN):
        return None
    fitted = np.concatenate(
        [
            isotonic(means[: peak + 1], times[: peak + 1]),
            _falling(means[peak + 1 :], times[peak + 1 :]),
        ]
    )
    best = int(np.argmax(fitted))
    enough = np.flatnonzero(fitted >= target)
    if len(enough) and enough[-1] == len(shares) - 1:
        return None
    after = enough[-1] + 1 if len(enough) else min(best + 1, len(shares) - 1)
    return Fall(
        (float(shares[enough[0]]), float(shares[enough[-1]])) if len(enough) else None,
        float(shares[after]),
        float(shares[best]),
        float(means[best]),
        float(fitted[-1]),
    )


def before_fall(outcomes: Sequence[Outcome], fall: Fall) -> list[Outcome]:
    """Return the trials up to the last share that reaches the target, or to the best one.

    Examples
    --------
    >>> rates = {0.01: 0.1, 0.02: 0.97, 0.04: 0.98, 0.08: 0.3, 0.16: 0.02}
    >>> trials = [Outcome(a, round(200 * s), 200) for a, s in rates.items() for _ in range(2)]
    >>> [trial.alpha for trial in before_fall(trials, find_fall(trials, 0.9))]
    [0.01, 0.01, 0.02, 0.02, 0.04, 0.04]
    """
    last = fall.reached[1] if fall.reached else fall.best
    return [outcome for outcome in outcomes if outcome.alpha <= last]


def crossing(outcomes: Sequence[Outcome], target: float) -> tuple[float, float]:
    """Return the two shares tried between which the trials cross a target.

    By isotonic regression: it assumes that success rises, and nothing of how. What lies between
    the two was not tried, and only the shape of a curve could tell where the target is reached.

    Returns
    -------
    tuple of float
        The largest share that is too little, 0 if none is, and the smallest that is enough,
        infinite if none is.

    Examples
    --------
    >>> crossing([Outcome(a, k, 100) for a, k in ((0.01, 5), (0.02, 21), (0.04, 99))], 0.9)
    (0.02, 0.04)
    """
    shares, means, times, _ = _by_share(outcomes)
    enough = isotonic(means, times) >= target
    first = int(np.argmax(enough)) if enough.any() else len(shares)
    below = float(shares[first - 1]) if first else 0.0
    return below, float(shares[first]) if first < len(shares) else np.inf


def trials_near(outcomes: Sequence[Outcome], target: float) -> list[Outcome]:
    """Return the trials of collectives near where they cross a target; all where they do not.

    Those are half as many people as it takes and all that are more, which tell where success levels
    off; at least `ENOUGH` trials and two shares are too little.

    Examples
    --------
    >>> trials = [Outcome(2.0**-k, 100 - 10 * k, 100) for k in range(10)] * 4
    >>> sorted({trial.alpha for trial in trials_near(trials, 0.55)})
    [0.015625, 0.03125, 0.0625, 0.125, 0.25, 0.5, 1.0]
    """
    below, above = crossing(outcomes, target)
    if below == 0 or above == np.inf:
        return list(outcomes)
    less = sorted((o.alpha for o in outcomes if 0 < o.alpha <= below), reverse=True)
    second = max((alpha for alpha in less if alpha < below), default=below)
    least = min(np.sqrt(below * above) * NEAR, second, less[min(ENOUGH, len(less)) - 1])
    return [outcome for outcome in outcomes if outcome.alpha >= least]


def isotonic(means: Array, times: Array | None = None) -> Array:
    """Return the values nearest to means of so many trials each (by default one) that only rise."""
    from scipy.optimize import isotonic_regression  # slow to import

    return np.asarray(isotonic_regression(means, weights=times).x)


def _falling(means: Array, times: Array) -> Array:
    return isotonic(means[::-1], times[::-1])[::-1] if len(means) else means


def _by_share(outcomes: Sequence[Outcome]) -> tuple[Array, Array, Array, float]:
    """Return shares, mean success and number of trials there, and the squares around the means."""
    alpha = np.array([outcome.alpha for outcome in outcomes])
    rates = np.array([outcome.rate for outcome in outcomes])
    shares, place = np.unique(alpha, return_inverse=True)
    times = np.bincount(place).astype(float)
    means = np.bincount(place, rates) / times
    return shares, means, times, float(((rates - means[place]) ** 2).sum())


def _errors(means: Array, times: Array) -> Array:
    """Return the squares that the best rising values leave of the first mean, the first two, …

    Neighbours that fall are pooled; what that costs adds up.
    """
    levels: list[float] = []
    weights: list[float] = []
    costs: list[float] = []
    errors = np.empty(len(means))
    total = 0.0
    for place, (level, weight) in enumerate(zip(means.tolist(), times.tolist(), strict=True)):
        cost = 0.0
        while levels and levels[-1] >= level:
            before, much = levels.pop(), weights.pop()
            total -= costs[-1]
            cost += costs.pop() + much * weight / (much + weight) * (before - level) ** 2
            level = (before * much + level * weight) / (much + weight)
            weight += much
        levels.append(level)
        weights.append(weight)
        costs.append(cost)
        total += cost
        errors[place] = total
    return errors
