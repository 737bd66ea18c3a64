"""Which curve is fitted to a study's trials, both to place them and to report them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import expit, logit, ndtri

from criticalmass.curves import Outcome
from criticalmass.errors import ParameterError
from criticalmass.fitting import FittedCurve, RepeatedCurve
from criticalmass.fitting.falling import Fall, before_fall, find_fall
from criticalmass.measures.known import STEERED


def attainable(curve: FittedCurve, target: float) -> float:
    """Return the best precision of a critical mass from these test records, with any trials.

    All trials share them, so their error does not average out: it moves the place where the curve
    crosses the target, by the more the flatter it is there.

    Returns
    -------
    float
        How far, relative to the critical mass, an interval that knew the curve would reach: 0.2 is
        ±20 %. Infinite where so few records cannot tell that the target is reached at all; 0 where
        the curve does not get there.

    Examples
    --------
    >>> trials = [Outcome(a, round(50 / (1 + (0.004 / a) ** 2)), 50)
    ...           for a in (0.001, 0.004, 0.01, 0.04, 0.1) * 4]
    >>> attainable(FittedCurve.fit(trials), 0.9) > 0.2
    True
    """
    sure = ndtri((1 + curve.confidence) / 2)
    error = sure / math.sqrt(curve.records * target * (1 - target))
    low, middle, high = expit(logit(target) + error * np.array([-1, 0, 1]))
    curve = curve.near(target)
    shares = np.geomspace(min(o.alpha for o in curve.outcomes if o.alpha), curve.largest, 400)
    success = np.maximum.accumulate(curve.success(shares))
    if success[-1] < middle or success[0] >= middle:
        return 0.0
    if success[-1] < high:
        return math.inf
    ends = np.interp([low, high], success, np.log(shares))
    return math.expm1((ends[1] - ends[0]) / 2)


def fit(
    outcomes: Sequence[Outcome],
    measure: str,
    largest: float,
    *,
    certain: float = math.inf,
    near: float | None = None,
    resampled: bool = False,
) -> FittedCurve | RepeatedCurve | None:
    """Return the curve of one strategy and measure; None if there are too few trials.

    Parameters
    ----------
    outcomes
        What the trials tell, the reference (α = 0) among them.
    measure
        The success measure.
    largest
        The largest share that could join, in (0, 1].
    certain
        A share with which success is certain; infinite if none is.
    near
        A target: a rate's curve is then fitted without the trials far below it.
    resampled
        Whether each trial drew its own population, and the curve is to be a typical one's.

    Examples
    --------
    >>> fit([Outcome(0.1, 5, 10)], "included", 1.0) is None
    True
    """
    try:
        if measure in STEERED:
            return RepeatedCurve.fit(outcomes, largest=largest)
        return FittedCurve.fit(
            outcomes, largest=largest, certain=certain, near=near, resampled=resampled
        )
    except ParameterError:  # fewer than two different shares so far
        return None


def fit_rising(
    outcomes: Sequence[Outcome],
    measure: str,
    largest: float,
    target: float,
    *,
    certain: float = math.inf,
    near: bool = False,
    resampled: bool = False,
) -> tuple[FittedCurve | RepeatedCurve | None, Fall | None]:
    """Return the curve as far as success rises, and where it falls below the target again, if so.

    Parameters
    ----------
    outcomes, measure, largest, certain
        As of `fit`.
    target
        The success that is wanted.
    near
        Whether the trials far below the target are left out.
    resampled
        Whether each trial drew its own population, and the curve is to be a typical one's.

    Examples
    --------
    >>> rates = {0.01: 0.1, 0.02: 0.97, 0.04: 0.98, 0.08: 0.3, 0.16: 0.02}
    >>> trials = [Outcome(a, round(200 * s), 200) for a, s in rates.items() for _ in range(2)]
    >>> curve, fall = fit_rising(trials, "included", 1.0, target=0.9)
    >>> fall.lost, curve.critical_mass(0.9).high <= 0.04
    (0.08, True)
    """
    fall = find_fall(outcomes, target)
    if fall is not None:
        outcomes = before_fall(outcomes, fall)
        certain = fall.reached[1] if fall.reached else math.inf
    some = target if near else None
    curve = fit(outcomes, measure, largest, certain=certain, near=some, resampled=resampled)
    return curve, fall
