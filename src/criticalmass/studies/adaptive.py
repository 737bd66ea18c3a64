"""`Adaptive`: trials in blocks, each placed where those before it leave most to be learnt."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from criticalmass.curves import CriticalMass
from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields
from criticalmass.fitting import FittedCurve, RepeatedCurve
from criticalmass.measures.fitting import attainable, fit_rising
from criticalmass.measures.known import STEERED
from criticalmass.studies.placement import Point, Search, Tried

BLOCK = 8
"""Trials in a block."""
FEWEST = 16
"""Trials of collectives before which placement never ends."""
BEGIN = 0.1
"""Largest share of the first block, if more could join; larger ones, which cost most, are tried
only where it takes them."""
STEP = math.log(1.2) / 4
"""Shares lie on a lattice of this step in ln α, a good 4.5 %."""
SHARES, REPEATED = 4, 3
"""A block where success is a share of the way: this many shares, each this often."""
NEAR = 1.25
"""Where test records are too few for the precision, an interval is narrow enough that is at most
this many times as wide as they alone make it."""
BEFORE, AFTER = 8.0, 3.0
"""Where there is a first guess, the first block reaches from this part of it to so many times as
much: guesses that are far off are mostly too high."""
BELOW, ABOVE = 1.6, 1.0
"""How far such a block reaches below and above the estimate, in half-widths of its interval."""


@dataclass(frozen=True)
class Adaptive:
    """A placement that finds shares around the critical mass while the trials come in.

    A first block of eight shares, evenly spaced in log α, finds the region; where there is a first
    guess from one training (`criticalmass.studies.first_guesses`), it lies around that. Further
    blocks of eight lie where they tell most about the critical mass
    (`FittedCurve.most_informative`), no two at one share if there are many, until its whole 95 %
    interval is within ``precision`` of it. Larger shares than any tried so far are tried where the
    estimate lies beyond them. It takes at least 16 trials of collectives per strategy, and at most
    ``most``. It also ends where nobody needs to join, where the interval is within one person,
    where it is all but certain (97.5 %) that no collective that could be recruited reaches the
    target (that is then the answer), and where test records, too few for the precision, leave
    little for trials to narrow. Where success falls again with more people, trials lie where it
    rises. Blocks follow the strategy's first success measure, and are a pure function of the rows
    before them.

    Where success is a share of the way to the goal, a block is four shares, three times
    each, around the estimate: from 1.6 half-widths of its interval below to one above.

    Parameters
    ----------
    low, high
        Smallest and largest share that may be tried. By default one person, and everyone who can be
        recruited; the first block then ends at 10 %.
    precision
        How near the ends of the interval must be to the critical mass: 0.2 is ±20 %, from 1 / 1.2
        of it to 1.2 times.
    most
        Trials of collectives a strategy, at most.

    Raises
    ------
    ParameterError
        If the ends, the precision or the number of trials is impossible.

    Examples
    --------
    >>> from criticalmass import Outcome
    >>> placement = Adaptive(low=0.001, high=0.1)
    >>> search = Search(size=1000, recruitable=1000, measure="included", target=0.9)
    >>> [share for share, repetition in placement.next_block(search, [])]
    [0.001, 0.002, 0.004, 0.007, 0.014, 0.027, 0.052, 0.1]
    >>> block = [
    ...     Tried(a, 0, Outcome(a, 100 * (a > 0.03), 100)) for a in (0, 0.001, 0.004, 0.05, 0.1)
    ... ]
    >>> [share for share, repetition in placement.next_block(search, [block])][::3]
    [0.01, 0.027, 0.057]
    """

    low: float | None = None
    high: float | None = None
    precision: float = 0.2
    most: int = 96

    def __post_init__(self) -> None:
        check_fields(self)
        for name, share in (("low", self.low), ("high", self.high)):
            if share is not None and not 0 < share <= 1:
                raise ParameterError(f"placement: {name} is a share in (0, 1], not {share:g}")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ParameterError(f"placement: low = {self.low:g} is not below high = {self.high:g}")
        if not 0 < self.precision <= 1:
            raise ParameterError(f"placement: precision is in (0, 1], not {self.precision:g}")
        if self.most < FEWEST:
            raise ParameterError(f"placement: most is at least {FEWEST} trials, not {self.most}")

    def shares(self, search: Search) -> tuple[float, ...]:
        """Return the ends of what may be tried."""
        low = 1 / search.size if self.low is None else self.low
        high = search.recruitable / search.size if self.high is None else self.high
        if len(set(_whole(search, np.array([low, high])))) < 2 or high < low:
            raise ParameterError(
                f"placement: no two sizes of collective lie between low = {low:.4g} and "
                f"high = {high:.4g}; one person is {1 / search.size:.4g}, all who can be recruited "
                f"are {search.recruitable / search.size:.4g}"
            )
        return (low, high)

    def next_block(self, search: Search, tried: Sequence[Sequence[Tried]]) -> list[Point]:
        """Return the points that tell most about the critical mass, after these; none at the end.

        The reference may be among the points of the first block.
        """
        low, top = self.shares(search)
        if not tried:
            return _numbered(_spread(search, self._first(search, low, top)), Counter())
        outcomes = [point.outcome for block in tried for point in block if point.outcome]
        if not any(outcome.alpha > 0 for outcome in outcomes):
            return []  # nothing works: more of it would not either
        times = Counter(point.alpha for block in tried for point in block if point.alpha > 0)
        curve, fall = fit_rising(
            outcomes,
            search.measure,
            search.recruitable / search.size,
            search.target,
            certain=search.certain,
            near=True,
        )
        mass = curve.critical_mass(search.target) if curve else None
        largest = max(outcome.alpha for outcome in outcomes)
        if fall and fall.reached:  # larger collectives fail again
            top = largest = max(fall.reached[1], low)
        enough = times.total() >= FEWEST
        if curve and mass and enough and self._settled(search, curve, mass, largest, top):
            return []
        if times.total() + sum(point.alpha > 0 for point in tried[-1]) > self.most:
            return []
        if isinstance(curve, FittedCurve) and mass and mass.reached and mass.alpha <= largest:
            return _numbered(_most_informative(search, curve, (low, largest)), times)
        return _numbered(_spread(search, self._next(mass, largest, low, top)), times)

    def _first(self, search: Search, low: float, top: float) -> tuple[float, float]:
        """Return the ends of the first block."""
        if search.guess:
            ends = max(low, search.guess / BEFORE), min(top, AFTER * search.guess)
            if len(set(_whole(search, np.array(ends)))) == 2 and ends[0] < ends[1]:
                return ends
        return low, top if self.high is not None or low >= BEGIN else min(top, BEGIN)

    def _settled(
        self,
        search: Search,
        curve: FittedCurve | RepeatedCurve,
        mass: CriticalMass,
        largest: float,
        top: float,
    ) -> bool:
        """Return whether more trials are not worth it."""
        known = mass  # what trials have told, apart from the error of the test records they share
        if isinstance(curve, FittedCurve):
            known = replace(curve, records=math.inf).critical_mass(search.target)
        if not known.reached:
            return known.never >= 0.975 and largest >= top * (1 - 1e-9)
        if known.high == 0 or known.is_whole(search.size) or known.within(self.precision):
            return True
        if not isinstance(curve, FittedCurve) or mass.alpha > largest:
            return False
        best = attainable(curve, search.target)  # trials would hardly help
        return self.precision < best < math.inf and mass.within(NEAR * best)

    def _next(
        self, mass: CriticalMass | None, largest: float, low: float, top: float
    ) -> tuple[float, float]:
        """Return the ends of the next block."""
        if mass is None:
            return low, top
        if not mass.reached or mass.alpha > largest:
            if largest < top * (1 - 1e-9):
                return largest, top
            return max(low, min(mass.low, top / 4)), top
        centre = max(mass.alpha, low)
        first, last = max(mass.low, low), min(max(mass.high, low), top)
        half = max(math.log(last / first) / 2, 0.02)
        begin, end = centre * math.exp(-BELOW * half), centre * math.exp(ABOVE * half)
        return max(low, min(begin, top)), min(end, top)


def _most_informative(search: Search, curve: FittedCurve, span: tuple[float, float]) -> list[float]:
    """Return the block of shares within a span that tells most about the critical mass."""
    choice = _lattice(search, span)
    everyone = choice == search.recruitable / search.size
    choice = choice[~everyone]  # the next share tells as much, with other members
    # if there are many, none twice: the curve may be a little wrong in one place
    repeat = len(choice) < 2 * BLOCK
    block: list[float] = curve.most_informative(
        search.target, choice, BLOCK, repeat=repeat
    ).tolist()
    return block


def _spread(search: Search, span: tuple[float, float]) -> list[float]:
    """Return a block evenly spaced in log α; all but its ends lie on the lattice."""
    steered = search.measure in STEERED
    shares = np.geomspace(*span, SHARES if steered else BLOCK)
    shares[1:-1] = np.clip(np.exp(np.rint(np.log(shares[1:-1]) / STEP) * STEP), *span)
    whole = _whole(search, shares)
    block = np.tile(np.unique(whole), REPEATED) if steered else whole
    return [float(share) for share in block]


def _lattice(search: Search, span: tuple[float, float]) -> NDArray[np.float64]:
    """Return all shares of a span that may be tried: multiples of a small step in log α.

    So blocks repeat each other's shares, which shows how far trials of one share differ.
    """
    first, last = (math.log(end) / STEP for end in span)
    steps = np.arange(math.ceil(first), math.floor(last) + 1) * STEP
    return np.unique(_whole(search, np.array([span[0], *np.exp(steps), span[1]])))


def _whole(search: Search, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return shares rounded to whole people: at least one, at most all who can be recruited."""
    return np.clip(np.rint(shares * search.size), 1, search.recruitable) / search.size


def _numbered(block: list[float], times: Counter[float]) -> list[Point]:
    """Return shares as points: each with how many times it was placed before."""
    placed = times.copy()
    points = []
    for share in block:
        points.append((share, placed[share]))
        placed[share] += 1
    return points
