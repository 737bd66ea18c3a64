"""`PeopleCurve`: success of a collective of whole people, n of N drawn at random.

An exact curve in shares speaks of a collective that is a cross-section of everybody. A real one
misses most kinds of records while it is small, and a firm that looks records up is not steered
where no member was. What the firm predicts at a point depends on how many members are led there,
and of which label those were that were there before: a draw without replacement, so the expected
success is a sum of hypergeometric probabilities. `criticalmass.theory.whole_contests` has them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array, Rows
from criticalmass.curves import CriticalMass, ExactSuccess
from criticalmass.curves.curve import checked_shares, checked_target
from criticalmass.errors import ParameterError
from criticalmass.intervals.weighted_wins import chernoff_floor, union_floor
from criticalmass.theory.contests import checked_map, checked_records, checked_reports
from criticalmass.theory.exact import CLOSE
from criticalmass.theory.suboptimality import EpsilonWithSense, Suboptimality
from criticalmass.theory.whole_contests import Counts, WholeContests


@dataclass(frozen=True, eq=False, repr=False)
class PeopleCurve(ExactSuccess):
    """The expected success E S(n) of n people drawn at random, and a limit for a single draw.

    Make one with `exact` of a strategy and ``in_people=True``. The firm is Bayes-optimal for the
    records that it then has. It may lose a point that a collective of the same share would win in
    the limit of many, so it mostly takes more people than the curve in shares says.

    Parameters
    ----------
    contests
        What it takes to win each point.
    weight
        How many records each case stands for, (cases,).
    first, second
        The contests that decide a case, (cases,): it succeeds where both are won; −1 for none.
    group
        A number for each case, (cases,): contests of different groups share no records.
    size
        Number of all records, N.
    recruitable
        How many of them members are drawn from.
    from_below
        Whether E S(n) is at least what is said, rather than exactly that.

    Notes
    -----
    Where a case hangs on two contests, their chances are put together so that E S(n) is at least
    what is said. Wins of different groups are negatively associated, as counts of a draw without
    replacement are (Joag-Dev and Proschan 1983); the limit for a single draw rests on that.

    Examples
    --------
    Of 100 people nobody carries the mark, and it leads half of them here, half there: with one
    member half of the records succeed.

    >>> from criticalmass.theory import whole_people_feature_label
    >>> curve = whole_people_feature_label([[0, 0], [0, 0]], [50, 50], target=0)
    >>> curve.success([0.01, 0.02]).round(4).tolist()
    [0.5, 0.7525]
    >>> curve.critical_mass(0.9).people(100)
    (4, 4, 4)
    """

    contests: WholeContests
    weight: Array
    first: Rows
    second: Rows
    group: Rows
    size: int
    recruitable: int
    from_below: bool = False

    def success(self, alpha: ArrayLike) -> Array:
        """Return E S(n) for shares α, with n = ⌊α N⌋ people, in the shape of ``alpha``."""
        shares = checked_shares(alpha)
        people, place = np.unique(self._people(shares), return_inverse=True)
        expected = np.array([self.expected(int(n)) for n in people])
        return np.asarray(expected[place].reshape(shares.shape))

    def floor(self, alpha: ArrayLike, confidence: float = 0.95) -> Array:
        """Return the success that a single collective reaches or exceeds with this confidence.

        Parameters
        ----------
        alpha
            Shares of the population.
        confidence
            How sure that is to be, in (0, 1).
        """
        shares = checked_shares(alpha)
        people, place = np.unique(self._people(shares), return_inverse=True)
        least = np.array([self.least(int(n), confidence) for n in people])
        return np.asarray(least[place].reshape(shares.shape))

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the smallest number of people whose expected success reaches the target."""
        target = checked_target(target)
        people = self._smallest(lambda n: self.expected(n) >= target - CLOSE)
        if people is None:
            best = self.expected(self.recruitable)
            return CriticalMass.unreached(
                target, f"with everybody who can be recruited success is {best:.3g}"
            )
        return CriticalMass.exactly(target, people / self.size)

    def first_reached(self, target: float) -> CriticalMass:
        """Return the same as `critical_mass`: expected success does not fall as people join."""
        return self.critical_mass(target)

    def floor_mass(self, target: float, confidence: float = 0.95) -> CriticalMass:
        """Return the smallest number of people of whom any draw reaches the target so surely.

        Parameters
        ----------
        target
            The wanted success, in (0, 1).
        confidence
            Probability with which a single collective of that size reaches it.
        """
        target = checked_target(target)
        people = self._smallest(lambda n: self.least(n, confidence) >= target - CLOSE)
        if people is None:
            best = self.least(self.recruitable, confidence)
            return CriticalMass.unreached(
                target,
                f"with everybody who can be recruited at least {best:.3g} is sure",
                low=0.0,
                confidence=confidence,
            )
        return CriticalMass.at_most(target, people / self.size, confidence)

    def _people(self, shares: Array) -> Rows:
        """Return the numbers of people that shares are."""
        people = np.floor(shares * self.size * (1 + CLOSE)).astype(int)
        return np.asarray(np.minimum(people, self.recruitable))

    def _chances(self, people: int) -> Array:
        """Return the probability, or its lower limit, with which each case succeeds."""
        won = np.append(self.contests.won(people, self.recruitable), 1.0)
        return np.asarray(np.maximum(won[self.first] + won[self.second] - 1, 0))

    def expected(self, people: int) -> float:
        """Return E S(n) of so many people; 0 are nobody."""
        return self._mean(self._chances(people))

    def least(self, people: int, confidence: float) -> float:
        """Return what a single collective of so many people reaches with this confidence.

        It is the larger of two limits: by Chernoff's bound, and by the union of failures.
        """
        return self._least(self._chances(people), confidence)

    def expected_and_least(self, people: int, confidence: float) -> tuple[float, float]:
        """Return both for the price of one."""
        chances = self._chances(people)
        return self._mean(chances), self._least(chances, confidence)

    def _mean(self, chances: Array) -> float:
        total = float(self.weight @ chances) / float(self.weight.sum())
        return min(max(total, 0.0), 1.0)

    def _least(self, chances: Array, confidence: float) -> float:
        if not 0 < confidence < 1:
            raise ParameterError(f"confidence lies between 0 and 1, not {confidence:g}")
        share = self.weight / self.weight.sum()
        weights = np.asarray(np.bincount(self.group, share), dtype=float)
        means = np.bincount(self.group, share * chances) / np.where(weights > 0, weights, 1)
        return max(
            chernoff_floor(np.minimum(means, 1), weights, 1 - confidence),
            union_floor(chances, share, 1 - confidence),
        )

    def _smallest(self, enough: Callable[[int], bool]) -> int | None:
        """Return the smallest number of people that is enough; None if nobody's is."""
        if enough(0):
            return 0
        low, high = 0, self.recruitable
        if not enough(high):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if enough(middle) else (middle, high)
        return high


def check_optimal(**epsilon: Unpack[EpsilonWithSense]) -> None:
    """Raise `ParameterError` unless the firm is Bayes-optimal."""
    if Suboptimality.of(**epsilon).epsilon:
        raise ParameterError(
            "curves in whole people are known for epsilon = 0 only; leave in_people out for a firm "
            "that is further from the best possible model"
        )


def whole_people_feature_label(base: ArrayLike, images: ArrayLike, target: int) -> PeopleCurve:
    """Return the curve of the feature-label strategy in whole people.

    Parameters
    ----------
    base
        Records of the population at each image point by label, (points, k).
    images
        Records that the signal leads there, those that are there among them, (points,).
    target
        Column of y*.

    Raises
    ------
    ParameterError
        If a number is no number of whole records, or the signal leads records away from an image.

    Examples
    --------
    Of 100 records 9 carry the mark, none of them with y*. Ten members outvote them whoever they
    are, and nine do if one of the 9 is among them:

    >>> curve = whole_people_feature_label([[0, 9]], [100], target=0)
    >>> curve.critical_mass(0.9).people(100)[0], round(curve.success(0.09).item(), 3)
    (10, 0.588)
    """
    counts, led = _whole(base, images, target)
    own, rivals = counts[:, target], np.delete(counts, target, axis=1)
    size = int(led.sum())
    contests = WholeContests(own, rivals, led - counts.sum(axis=1), relabelled=True)
    return _planted(contests, led, size, size)


def whole_people_feature_only(
    base: ArrayLike,
    images: ArrayLike,
    images_of_target: ArrayLike,
    target: int,
    recruitable: int | None = None,
) -> PeopleCurve:
    """Return the curve of the feature-only strategy in whole people.

    Parameters
    ----------
    base, images, target
        As in `whole_people_feature_label`.
    images_of_target
        Records with y* that the signal leads to each point, (points,).
    recruitable
        How many people members are drawn from, if these are the holders of y* alone; by default
        everybody, of whom those without y* change nothing.

    Examples
    --------
    >>> curve = whole_people_feature_only([[0, 1]], [100], [50], target=0)
    >>> [curve.critical_mass(0.9).people(100)[0] for curve in (
    ...     curve, whole_people_feature_only([[0, 1]], [100], [50], target=0, recruitable=50))]
    [7, 2]
    """
    counts, led = _whole(base, images, target)
    of_target = _whole_numbers(images_of_target)
    own, rivals = counts[:, target], np.delete(counts, target, axis=1)
    size = int(led.sum())
    contests = WholeContests(own, rivals, of_target - own, relabelled=False)
    return _planted(contests, led, size, size if recruitable is None else recruitable)


def whole_people_unplanting(
    base: ArrayLike, images: ArrayLike, target: int, reported: ArrayLike
) -> PeopleCurve:
    """Return the curve, in whole people, of members after whom marked records do not get y*.

    Where a third label has more records than the reported one, it may be what beats y*: success is
    then at least what is said.

    Parameters
    ----------
    base, images
        As in `whole_people_feature_label`.
    target
        Column of y*.
    reported
        Column of the label that members report at each point, (points,).

    Examples
    --------
    Of 100 records 9 carry the mark, all of them with y*. Ten members outvote them whoever they are:

    >>> curve = whole_people_unplanting([[9, 0, 0]], [100], target=0, reported=[2])
    >>> curve.critical_mass(0.9).people(100)[0], round(curve.success(0.09).item(), 3)
    (10, 0.588)
    """
    counts, led = _whole(base, images, target)
    told = checked_reports(reported, counts.astype(float), target)
    rows = np.arange(len(counts))
    own, star = counts[rows, told], counts[:, target]
    # who is there with a third label brings a vote, and takes none from y*
    arriving = led - own - star
    contests = WholeContests(own, star[:, None], arriving, relabelled=True)
    third = counts.copy()
    third[rows, told] = third[:, target] = 0
    size = int(led.sum())
    curve = _planted(contests, led, size, size)
    return replace(curve, from_below=bool((third.max(axis=1, initial=0) > own).any()))


def whole_people_erasure(base: ArrayLike, image: ArrayLike) -> PeopleCurve:
    """Return a curve below that of the erasure strategy in whole people.

    Members know which label is most likely without what is erased, as they do in the exact curve.

    Parameters
    ----------
    base
        Records of each cell by label, (cells, k).
    image
        The cell that the signal leads each cell to, (cells,).

    Examples
    --------
    >>> curve = whole_people_erasure([[0, 3], [60, 37]], [1, 1])
    >>> curve.success([0.5, 0.9]).round(3).tolist()
    [0.985, 0.999]
    """
    counts = _whole_numbers(base)
    _, totals = checked_records(counts, counts.sum(axis=-1), 0)
    leads_to = checked_map(image, totals)
    cells = np.arange(len(counts))

    # who is ahead: the label that everybody at a cell reports
    reported = counts.argmax(axis=1)[leads_to]
    own = counts[cells, reported]
    rivals = counts.copy()
    rivals[cells, reported] = 0
    contests = WholeContests(own, rivals, np.zeros_like(own), relabelled=True)

    stays = leads_to == cells
    size = int(totals.sum())
    return PeopleCurve(
        contests,
        weight=totals,
        first=np.where(stays, -1, cells),
        second=np.where(stays, -1, leads_to),
        group=leads_to,
        size=size,
        recruitable=size,
        from_below=bool((~stays).any()),
    )


def _planted(contests: WholeContests, led: Counts, size: int, recruitable: int) -> PeopleCurve:
    """Return the curve of a signal that leads so many records to each point."""
    points = np.arange(len(led))
    nothing = np.full(len(led), -1)
    return PeopleCurve(contests, led.astype(float), points, nothing, points, size, recruitable)


def _whole(base: ArrayLike, images: ArrayLike, target: int) -> tuple[Counts, Counts]:
    """Return whole numbers of records at each point by label, and led there."""
    counts, led = checked_records(_whole_numbers(base), _whole_numbers(images), target)
    if (led < counts.sum(axis=1)).any():
        raise ParameterError(
            "the signal leads records away from a point that it leads to; whole people need one "
            "that leaves marked records as they are, g(g(x)) = g(x)"
        )
    return counts.astype(np.int64), led.astype(np.int64)


def _whole_numbers(records: ArrayLike) -> Counts:
    """Return numbers of records as integers, or raise `ParameterError`."""
    numbers = np.asarray(records, dtype=float)
    if not np.all(np.isfinite(numbers)) or np.any(numbers != np.floor(numbers)):
        raise ParameterError(
            "people are whole: where a signal leads records must not be a matter of chance"
        )
    return numbers.astype(np.int64)
