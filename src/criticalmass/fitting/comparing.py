"""`Ratio`: how many times as many people it takes one way as another, with its interval.

Two curves have draws of their critical masses. Pairs of them, put together at random, are draws of
the ratio. Where two curves share something, such as their test records, or members that were
drawn alike, their errors partly cancel in the ratio: pairs that were put together at random do not
know that, and the interval is then wider than it had to be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np

from criticalmass.arrays import Array
from criticalmass.curves import CriticalMass, FittedSuccess
from criticalmass.errors import ParameterError
from criticalmass.fitting.stretching import stretched

PAIRS = 100_000
"""So many pairs of draws; it moves an end of the interval by far less than its width."""


class Verdict(Enum):
    """What two critical masses say of each other."""

    FEWER = "the first takes fewer"
    MORE = "the first takes more"
    SAME = "both take equally many"
    OPEN = "the interval holds 1: which takes fewer is not settled"
    NOBODY_NEEDED = "both reach the target without a collective"
    ONE_NOT_REACHED = "one of them more likely than not is never reached"
    NEITHER_REACHED = "both more likely than not are never reached"


@dataclass(frozen=True)
class Ratio:
    """The ratio of two critical masses for one target, the first to the second.

    Make one with `ratio`.

    Parameters
    ----------
    target
        The target S*: the success that is wanted.
    value
        The ratio of the two critical masses: 2 where the first takes twice as many people; 0 where
        the first needs nobody, infinite where the second does not; nan where one of them or both
        are more likely than not never reached.
    low, high
        Interval for ``value``.
    confidence
        Probability that the interval holds the ratio.
    fewer, more
        Probability that the first takes fewer, and that it takes more. One that is never reached
        takes more than one that is. The rest are ties.
    verdict
        Which takes fewer, or why that is not known.

    Examples
    --------
    >>> Ratio(0.9, 2.0, 1.3, 3.2, 0.95, 0.01, 0.99, Verdict.MORE).inverse().value
    0.5
    """

    target: float
    value: float
    low: float
    high: float
    confidence: float
    fewer: float
    more: float
    verdict: Verdict

    @property
    def settled(self) -> bool:
        """Whether the interval says which takes fewer."""
        return self.verdict in (Verdict.FEWER, Verdict.MORE)

    def inverse(self) -> Ratio:
        """Return the ratio of the second to the first."""
        turned = {Verdict.FEWER: Verdict.MORE, Verdict.MORE: Verdict.FEWER}
        return Ratio(
            self.target,
            _over(1.0, self.value),
            _over(1.0, self.high),
            _over(1.0, self.low),
            self.confidence,
            self.more,
            self.fewer,
            turned.get(self.verdict, self.verdict),
        )


def ratio(
    first: FittedSuccess, second: FittedSuccess, target: float, size: int | None = None
) -> Ratio:
    """Return the ratio of two curves' critical masses, with its interval.

    Draws of both are stretched to their intervals (`stretched`) and paired at random. The
    interval is then as careful as those two are. It takes the two for independent; curves that
    share their test records or the members of their trials (two learners with one seed do) err
    alike, so theirs is, if anything, too wide. What makes a ratio less than it looks (a curve that
    does not fit, a guess) is said by `criticalmass.words.comparing.cautions` of a `contrast`.

    Parameters
    ----------
    first, second
        Curves fitted to the trials of two strategies, learners or studies.
    target
        The success that is wanted, in (0, 1).
    size
        The number of people in the population, if it is one size for both: then whole people
        are compared, which matters where there are few. By default shares are.

    Raises
    ------
    ParameterError
        If the target is not in (0, 1), the size is below 1, or the curves' intervals hold with
        different probabilities.

    Examples
    --------
    >>> from criticalmass.curves import Outcome
    >>> from criticalmass.fitting import FittedCurve
    >>> def curve(middle):
    ...     return FittedCurve.fit(Outcome(a, round(1000 / (1 + (middle / a) ** 2)), 1000)
    ...                            for a in (0.001, 0.003, 0.01, 0.03, 0.1) * 3)
    >>> found = ratio(curve(0.008), curve(0.004), target=0.8)
    >>> found.settled, round(found.value, 1), found.low < 2 < found.high
    (True, 2.0, True)
    """
    if first.confidence != second.confidence:
        raise ParameterError(
            "two curves are compared whose intervals hold with the same probability, not with "
            f"{first.confidence:g} and {second.confidence:g}: fit both with one confidence"
        )
    if size is not None and size < 1:
        raise ParameterError(f"size is a number of people, at least 1, not {size}")
    masses = first.critical_mass(target), second.critical_mass(target)
    middles = np.array([mass.alpha for mass in masses])
    # both take the same two places, in turn: the ratio of the second to the first is the inverse
    places = np.random.default_rng(0).random((2, PAIRS // 2))
    one, other = (
        _at(stretched(curve.critical_masses(target), mass), turned)
        for curve, mass, turned in zip((first, second), masses, (places, places[::-1]), strict=True)
    )
    if size is not None:
        one, other, middles = (
            np.abs(np.ceil(part * size - 1e-9)) for part in (one, other, middles)
        )
    times, confidence = _times(one, other), first.confidence
    unknown = np.isnan(times)  # neither is reached: the ratio may be anything
    low = _quantile(np.where(unknown, 0.0, times), (1 - confidence) / 2)
    high = _quantile(np.where(unknown, math.inf, times), 1 - (1 - confidence) / 2)
    value = float(_times(middles[:1], middles[1:])[0])
    return Ratio(
        target=masses[0].target,
        value=float(np.clip(value, low, high)),
        low=low,
        high=high,
        confidence=confidence,
        fewer=float((one < other).mean()),
        more=float((one > other).mean()),
        verdict=_verdict(masses, low, high),
    )


def _at(draws: Array, places: Array) -> Array:
    """Return the draws at places in [0, 1)."""
    return np.asarray(draws[(places.ravel() * len(draws)).astype(int)])


def _times(one: Array, other: Array) -> Array:
    """Return ratios: 1 where neither needs anybody, nan where neither is reached."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((one == 0) & (other == 0), 1.0, one / other)


def _verdict(masses: tuple[CriticalMass, CriticalMass], low: float, high: float) -> Verdict:
    """Return what two critical masses and the interval of their ratio say."""
    match sum(not mass.reached for mass in masses):
        case 2:
            return Verdict.NEITHER_REACHED
        case 1:
            return Verdict.ONE_NOT_REACHED
    if masses[0].alpha == masses[1].alpha == 0:
        return Verdict.NOBODY_NEEDED
    if low == high == 1:
        return Verdict.SAME
    return Verdict.FEWER if high < 1 else Verdict.MORE if low > 1 else Verdict.OPEN


def _quantile(values: Array, part: float) -> float:
    """Return a quantile that is one of the values, since some may be infinite."""
    place = math.ceil(part * len(values)) - 1
    return float(np.partition(values, place)[place])


def _over(one: float, other: float) -> float:
    return math.inf if other == 0 else one / other
