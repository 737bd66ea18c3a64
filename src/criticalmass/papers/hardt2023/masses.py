"""Critical masses whose intervals allow for the sampler: the same from any seed, nearly always."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from criticalmass.errors import ParameterError
from criticalmass.fitting import FittedCurve
from criticalmass.fitting.posterior import PARTICLES
from criticalmass.papers.hardt2023.setup import TARGET
from criticalmass.studies import Row

SEEDS = range(5)
"""Seeds of the sampler under which each curve is fitted."""
_ANOTHER = np.sqrt(1 + 1 / len(SEEDS))
MARGIN = float(t.ppf(0.975, len(SEEDS) - 1) * _ANOTHER)
"""How many standard deviations between seeds another seed stays within, with probability 0.95."""
LEAST = float(norm.ppf(0.975) * _ANOTHER / np.sqrt(PARTICLES))
"""The same for a standard deviation of 1 of single draws, of which there are `PARTICLES`: five
seeds may happen to agree, but no sampler does better than independent draws."""
_END = float(np.sqrt(0.025 * 0.975) / norm.pdf(norm.ppf(0.975)) / norm.ppf(0.975))
"""Standard deviation of the end of an interval from one draw, if the end's distance from the median
is 1 and draws are normal."""


@dataclass(frozen=True)
class FittedMass:
    """A critical mass for `TARGET`, with ends that hold whatever the sampler's seed.

    Make one with `mass_of` or `critical_mass`.

    Parameters
    ----------
    alpha
        The median over seeds of the critical mass, a share; nan if it is not reached, or unknown.
    low, high
        Its 95 % interval, each end moved outwards by what another seed may move it; ``high`` is
        infinite where the interval does not exclude that no collective reaches the target. Both
        are nan if there are too few trials.
    never
        The mean over seeds of the probability that no collective reaches the target.
    never_low, never_high
        Between what that probability may lie under another seed.
    """

    alpha: float
    low: float
    high: float
    never: float
    never_low: float
    never_high: float


UNKNOWN = FittedMass(np.nan, np.nan, np.nan, np.nan, np.nan, np.nan)
"""The critical mass of which too few trials tell."""


def curves(rows: Sequence[Row], measure: str) -> list[FittedCurve]:
    """Return the curve fitted under each of `SEEDS`; none if there are too few trials."""
    outcomes = [row.outcome(measure) for row in rows if not row.error]
    try:
        return [FittedCurve.fit(outcomes, seed=seed) for seed in SEEDS]
    except ParameterError:  # too few trials
        return []


def mass_of(fitted: Sequence[FittedCurve], largest: float = 1.0) -> FittedMass:
    """Return the critical mass of one curve, fitted under several seeds.

    Parameters
    ----------
    fitted
        The curve under each seed; none if it could not be fitted.
    largest
        The largest share that could join.

    Examples
    --------
    >>> mass_of([]) == UNKNOWN
    True
    """
    if not fitted:
        return UNKNOWN
    masses = [replace(curve, largest=largest).critical_mass(TARGET) for curve in fitted]
    alphas = np.array([mass.alpha if mass.reached else np.inf for mass in masses])
    lows, highs = np.array([(mass.low, mass.high) for mass in masses]).T
    never = np.array([mass.never for mass in masses])
    middle, likely = float(np.median(alphas)), float(never.mean())
    off = max(MARGIN * float(never.std(ddof=1)), LEAST * float(np.sqrt(likely * (1 - likely))))
    return FittedMass(
        middle if np.isfinite(middle) else np.nan,
        _lowest(lows, middle),
        _highest(highs, middle, largest),
        likely,
        max(likely - off, 0.0),
        min(likely + off, max(float(never.max()), 1 - 1 / PARTICLES)),  # draws do not say 1
    )


def critical_mass(rows: Sequence[Row], measure: str, largest: float = 1.0) -> FittedMass:
    """Return the critical mass for `TARGET` of trials, from curves fitted to them."""
    return mass_of(curves(rows, measure), largest)


def _lowest(ends: NDArray[np.float64], middle: float) -> float:
    """Return how low a lower end may be; infinite if no seed says that the target is reached."""
    finite = ends[np.isfinite(ends)]
    if not len(finite):
        return np.inf
    return 0.0 if not finite.all() else float(finite.mean() / np.exp(_off(finite, middle)))


def _highest(ends: NDArray[np.float64], middle: float, largest: float) -> float:
    """Return how high an upper end may be; infinite if one seed says so."""
    if not np.isfinite(ends).all():
        return np.inf
    if not ends.all():  # the target is reached without a collective
        return float(ends.max())
    return min(float(ends.mean() * np.exp(_off(ends, middle))), largest)


def _off(ends: NDArray[np.float64], middle: float) -> float:
    """Return how far in its logarithm another seed may move an end."""
    logs = np.log(ends)
    between = float(logs.std(ddof=1)) if len(logs) > 1 else 0.0
    width = abs(float(logs.mean() - np.log(middle))) if 0 < middle < np.inf else 0.0
    return max(MARGIN * between, LEAST * _END * width)
