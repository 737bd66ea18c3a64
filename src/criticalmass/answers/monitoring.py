"""`monitor`: did it work? What probes of the platform say after people have acted."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.answers.finding import Finding
from criticalmass.arrays import Array, Mask
from criticalmass.errors import ParameterError
from criticalmass.intervals.betting import (
    above,
    below,
    difference_above,
    difference_below,
    difference_limits,
    rate_limits,
)
from criticalmass.measures.scale import SHARES

MOST_DRAWN = 400
"""So many points of a path are kept for a picture."""
MOST_MORE = 1_000_000
"""More further probes than this are not promised to decide anything."""


class Verdict(Enum):
    """What the marked records say of the target."""

    WORKS = "the success rate is above the target"
    NOT_YET = "the probes do not tell"
    DOES_NOT = "the success rate is below the target"


class Versus(Enum):
    """What marked records say beside unmarked ones."""

    BETTER = "marked records succeed more often"
    OPEN = "the probes do not tell"
    NO_BETTER = "marked records succeed more often by less than the margin, if at all"


@dataclass(frozen=True)
class Rate:
    """How often something was seen.

    Parameters
    ----------
    hits, n
        How often, in how many probes.
    low, high
        Limits of the probability that hold after every probe at once.
    """

    hits: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share that was seen; NaN without a probe."""
        return self.hits / self.n if self.n else math.nan


@dataclass(frozen=True)
class Beside:
    """How much more often marked records succeed than unmarked ones.

    Parameters
    ----------
    value, low, high
        The difference of the rates in the pairs, and limits that hold after every pair at once.
    pairs
        How many pairs there are.
    matched
        Whether somebody matched the records; otherwise they are paired as they came.
    versus, decided
        The verdict, and after how many pairs it was reached; None while it is open.
    """

    value: float
    low: float
    high: float
    pairs: int
    matched: bool
    versus: Versus
    decided: int | None


@dataclass(frozen=True)
class Predicted:
    """The success that a study's trials predict.

    Parameters
    ----------
    people
        With so many members.
    value, low, high
        The success on average over trainings, and its band.
    beyond
        Whether that many were not tried, so it is a guess.
    """

    people: int
    value: float
    low: float
    high: float
    beyond: bool


@dataclass(frozen=True, eq=False)
class Path:
    """How the success rate went on, for a picture.

    Parameters
    ----------
    n
        After how many probes, shape (points,).
    value, low, high
        The share seen by then, and its limits, shape (points,).
    """

    n: Array
    value: Array
    low: Array
    high: Array


@dataclass(frozen=True, eq=False)
class Monitoring:
    """What probes say. Make one with `monitor`.

    Parameters
    ----------
    target, margin, confidence
        The success that is wanted, by how much marked records must be ahead of unmarked ones to be
        called better, and how sure a verdict is to be.
    marked, unmarked
        How often it was seen, with the mark and without; ``unmarked`` is None without such probes.
    verdict, decided
        What marked records say, and after how many of them that was settled; None while it is not.
    more
        How many further probes would settle it, if all succeed and if all fail; None for one that
        they cannot settle any more in a million.
    changed
        Whether later probes contradict earlier ones: then the rate has changed meanwhile.
    beside
        How marked records do beside unmarked ones; None where none were compared.
    predicted
        What a study predicted; None without one.
    path, path_unmarked
        How the rates went on.
    """

    target: float
    margin: float
    confidence: float
    marked: Rate
    unmarked: Rate | None
    verdict: Verdict
    decided: int | None
    more: tuple[int | None, int | None]
    changed: bool
    beside: Beside | None
    predicted: Predicted | None
    path: Path
    path_unmarked: Path | None

    @property
    def near(self) -> bool:
        """Whether the rate is known to be within the margin of the target."""
        rate = self.marked
        return rate.low > self.target - self.margin and rate.high < self.target + self.margin


def monitor(
    success: ArrayLike,
    *,
    target: float = 0.9,
    marked: ArrayLike | None = None,
    pair: Sequence[str] | None = None,
    margin: float = 0.05,
    confidence: float = 0.95,
    predicted: Predicted | None = None,
) -> Monitoring:
    """Say whether it worked, from probes of the platform in the order in which people looked.

    It may be asked after every probe, and stopped whenever one likes: a false verdict on the
    target is ever reached with a probability of 1 − ``confidence`` at most, and so is each of the
    two on unmarked records. The rate must stay what it is meanwhile, and probes must be
    independent: other records each time.

    Parameters
    ----------
    success
        Whether the platform did what was wanted, shape (probes,).
    target
        The success rate that is wanted, in (0, 1).
    marked
        Whether the record carried the mark, shape (probes,); by default all did.
    pair
        One text per probe: a marked and an unmarked record with the same text are compared. Without
        it the first marked record is compared with the first unmarked one, and so on.
    margin
        Marked records that succeed more often by less than this are no better, in (0, 1).
    confidence
        How sure verdicts and limits are to be, in (0, 1).
    predicted
        What was predicted, to be told beside it; `predicted_by` takes it from a study.

    Raises
    ------
    ParameterError
        If there is no probe of a marked record, shapes differ, or a number is out of its range.

    Notes
    -----
    The verdict bets on each side of the target with all of the error, since only one of them can be
    wrong; the limits take half of it for each end, so a verdict may come while the target is still
    just within them.

    Examples
    --------
    >>> from criticalmass.answers.monitoring import monitor
    >>> answer = monitor([True] * 36)
    >>> answer.verdict, answer.decided
    (<Verdict.WORKS: 'the success rate is above the target'>, 36)
    >>> monitor([True] * 35 + [False]).more[0]
    28
    """
    hit = np.asarray(success, dtype=bool)
    mark = np.ones(hit.shape, dtype=bool) if marked is None else np.asarray(marked, dtype=bool)
    if hit.ndim != 1 or mark.shape != hit.shape or (pair is not None and len(pair) != len(hit)):
        raise ParameterError("success, marked and pair have one value per probe")
    for name, value in (("target", target), ("margin", margin), ("confidence", confidence)):
        if not 0 < value < 1:
            hint = f"; did you mean {value / 100:g}?" if 1 < value < 100 else ""
            raise ParameterError(f"{name} must lie in (0, 1), not {value:g}{hint}")
    if not mark.any():
        raise ParameterError("no probe is of a marked record, so nothing says whether it worked")
    path = _path(hit[mark], confidence)
    verdict, decided = _verdict(hit[mark], target, confidence)
    others = None if mark.all() else _path(hit[~mark], confidence)
    return Monitoring(
        target=target,
        margin=margin,
        confidence=confidence,
        marked=_rate(hit[mark], path),
        unmarked=None if others is None else _rate(hit[~mark], others),
        verdict=verdict,
        decided=decided,
        more=_more(hit[mark], target, confidence),
        changed=bool(path.low.max() > path.high.min()),
        beside=None if others is None else _beside(hit, mark, pair, margin, confidence),
        predicted=predicted,
        path=_thinned(path),
        path_unmarked=None if others is None else _thinned(others),
    )


def predicted_by(finding: Finding, people: int) -> Predicted:
    """Return what a study's trials predict for so many members among its own people.

    Raises
    ------
    ParameterError
        If there is no fitted curve, no such number of people, or success is no share.
    """
    size = finding.facts.population.size
    if not 0 < people <= size:
        raise ParameterError(
            f"people are counted among the study's: from 1 to {size:,}, not {people:,}; "
            "for a larger platform take the same share of the study's"
        )
    if finding.curve is None or finding.scale != SHARES:
        raise ParameterError(
            f"the study's trials of {finding.strategy!r} have no curve of shares to predict from"
        )
    share = people / size
    value = float(np.asarray(finding.curve.success(share)))
    low, high = (float(np.asarray(end)) for end in finding.curve.band(share))
    return Predicted(people, value, low, high, people > max(finding.tried, default=0))


def _path(hit: Mask, confidence: float) -> Path:
    """Return a rate and its limits after every probe."""
    n = np.arange(1, len(hit) + 1)
    hits = np.cumsum(hit)
    low, high = rate_limits(hits, n, confidence)
    return Path(n.astype(float), hits / n, low, high)


def _rate(hit: Mask, path: Path) -> Rate:
    return Rate(int(hit.sum()), len(hit), float(path.low[-1]), float(path.high[-1]))


def _thinned(path: Path) -> Path:
    """Return a path with as many points as a picture shows, the last among them."""
    n = len(path.n)
    if n <= MOST_DRAWN:
        return path
    kept = np.unique(np.linspace(0, n - 1, MOST_DRAWN).round().astype(int))
    return Path(path.n[kept], path.value[kept], path.low[kept], path.high[kept])


def _verdict(hit: Mask, target: float, confidence: float) -> tuple[Verdict, int | None]:
    """Return the verdict that was reached, and after how many probes.

    It is taken back where what has been seen by now lies on the other side of the target.
    """
    n, hits, enough = np.arange(1, len(hit) + 1), np.cumsum(hit), _enough(confidence)
    seen = hits[-1] / n[-1]
    works = _first(above(hits, n, target) >= enough)
    not_so = _first(below(hits, n, target) >= enough)
    if works is not None and seen > target:
        return Verdict.WORKS, works
    if not_so is not None and seen < target:
        return Verdict.DOES_NOT, not_so
    return Verdict.NOT_YET, None


def _more(hit: Mask, target: float, confidence: float) -> tuple[int | None, int | None]:
    """Return how many further probes, all alike, settle it: if they succeed, and if they fail."""
    n, hits, enough = len(hit), int(hit.sum()), _enough(confidence)

    def works(more: int) -> bool:
        return bool(above(hits + more, n + more, target) >= enough)

    def does_not(more: int) -> bool:
        return bool(below(hits, n + more, target) >= enough)

    return _fewest(works), _fewest(does_not)


def _fewest(settles: Callable[[int], bool]) -> int | None:
    """Return the smallest number that settles it; whatever settles it, more does so, too."""
    if settles(0):
        return 0
    low, high = 0, 1
    while not settles(high):
        if high >= MOST_MORE:
            return None
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if settles(middle) else (middle, high)
    return high


def _beside(
    hit: Mask, mark: Mask, pair: Sequence[str] | None, margin: float, confidence: float
) -> Beside | None:
    """Compare marked records with unmarked ones, pair by pair."""
    first, second = _pairs(mark, pair)
    if not len(first):
        return None
    of = np.arange(1, len(first) + 1)
    better = np.cumsum(hit[first] & ~hit[second])
    worse = np.cumsum(~hit[first] & hit[second])
    enough = _enough(confidence)
    ahead = _first(difference_above(better, worse, of, 0.0) >= enough)
    not_so = _first(difference_below(better, worse, of, margin) >= enough)
    low, high = difference_limits(better[-1], worse[-1], of[-1], confidence)
    versus, decided = Versus.OPEN, None
    if ahead is not None:
        versus, decided = Versus.BETTER, ahead
    elif not_so is not None:
        versus, decided = Versus.NO_BETTER, not_so
    value = float(better[-1] - worse[-1]) / len(first)
    return Beside(value, float(low), float(high), len(first), pair is not None, versus, decided)


def _pairs(mark: Mask, pair: Sequence[str] | None) -> tuple[list[int], list[int]]:
    """Return which marked and which unmarked records are compared, as they were complete."""
    if pair is None:
        both = zip(np.flatnonzero(mark).tolist(), np.flatnonzero(~mark).tolist(), strict=False)
        found = list(both)
    else:
        waiting: dict[str, int] = {}
        found = []
        for row, name in enumerate(pair):
            if not name:
                continue
            if name in waiting and mark[waiting[name]] != mark[row]:
                other = waiting.pop(name)
                found.append((row, other) if mark[row] else (other, row))
            else:
                waiting[name] = row
    return [one for one, _ in found], [other for _, other in found]


def _first(so: Mask) -> int | None:
    """Return after how many it is so for the first time."""
    return int(so.argmax()) + 1 if so.any() else None


def _enough(confidence: float) -> float:
    """Return the evidence that settles something, as a logarithm."""
    return -math.log(1 - confidence)
