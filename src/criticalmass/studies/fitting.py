"""Which curve is fitted to a study's trials: one place, for placing them and for reporting them."""

from __future__ import annotations

from collections.abc import Sequence

from criticalmass.curves import FittedCurve, Outcome, RepeatedCurve
from criticalmass.errors import ParameterError
from criticalmass.success import STEERED


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
