"""Which curve is fitted to a study's trials, both to place them and to report them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from criticalmass.curves import Outcome
from criticalmass.errors import ParameterError
from criticalmass.fitting import FittedCurve, RepeatedCurve
from criticalmass.measures.measure import STEERED


def attainable(curve: FittedCurve, target: float) -> float:
    """Return the best precision of a critical mass from these test records, with any trials.

    All trials share them, so their error does not average out.

    Returns
    -------
    float
        The half-width of the interval that they alone would give, relative to the critical mass:
        0.2 is ±20 %. It is 0 where the interval has no upper end as yet.

    Examples
    --------
    >>> trials = [Outcome(a, round(50 / (1 + (0.004 / a) ** 2)), 50)
    ...           for a in (0.001, 0.004, 0.01, 0.04, 0.1) * 4]
    >>> attainable(FittedCurve.fit(trials), 0.9) > 0.2
    True
    """
    spread = []
    for known in (curve, replace(curve, records=math.inf)):
        mass = known.critical_mass(target)
        if not 0 < mass.low <= mass.high < math.inf:
            return 0.0
        spread.append(math.log(mass.high / mass.low) / 2)
    return math.expm1(math.sqrt(max(spread[0] ** 2 - spread[1] ** 2, 0.0)))


def fit(
    outcomes: Sequence[Outcome], measure: str, largest: float
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

    Examples
    --------
    >>> fit([Outcome(0.1, 5, 10)], "included", 1.0) is None
    True
    """
    try:
        if measure in STEERED:
            return RepeatedCurve.fit(outcomes, largest=largest)
        return FittedCurve.fit(outcomes, largest=largest)
    except ParameterError:  # fewer than two different shares so far
        return None
