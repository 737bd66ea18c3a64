"""A collective beside others: what they do to our success, exactly and at worst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

import numpy as np

from criticalmass.arrays import Array, Rows
from criticalmass.data.finite_table import FiniteTable
from criticalmass.data.population import Population
from criticalmass.data.records import numbered
from criticalmass.errors import DataError, ParameterError
from criticalmass.fields import check_fields
from criticalmass.signals import MoveToSubgroup
from criticalmass.strategies.adopted import strategy_of
from criticalmass.strategies.erase import Erase
from criticalmass.strategies.images import (
    Records,
    carrying,
    cell_name,
    counted,
    counted_exactly,
    erased_image,
    led,
)
from criticalmass.strategies.kinds import kind_of, use_instead
from criticalmass.strategies.planting import FeatureLabel, FeatureOnly
from criticalmass.strategies.strategy import NoTheory, Recruits
from criticalmass.theory import EstimatedBound, ExactCurve, FeatureLabelBesideBound, JointCurve
from criticalmass.theory.beside import Votes, erased_beside, planted_beside
from criticalmass.theory.parameters import check_confidence, gap, named, uniqueness
from criticalmass.theory.suboptimality import EpsilonWithSense, Suboptimality

Known = FeatureLabel | FeatureOnly | Erase


@dataclass(frozen=True)
class Collective:
    """A strategy, and the share of the population that follows it.

    Parameters
    ----------
    strategy
        What its members do.
    share
        How many of everybody they are, in (0, 1).

    Examples
    --------
    >>> from criticalmass.signals import SetColumns
    >>> Collective(FeatureLabel(SetColumns({"badge": "blue"}), "no"), 0.03).share
    0.03
    """

    strategy: Recruits
    share: float

    def __post_init__(self) -> None:
        check_fields(self)
        if not 0 < self.share < 1:
            raise ParameterError(
                f"the share of a collective lies between 0 and 1 (everybody), not {self.share:g}"
            )


def exact_beside(
    strategy: Recruits,
    records: Records,
    others: Sequence[Collective] = (),
    *,
    unknown: float = 0.0,
    **epsilon: Unpack[EpsilonWithSense],
) -> ExactCurve | JointCurve:
    """Return the exact success of a strategy beside other collectives, for every α at once.

    Members of different collectives are different people, each a cross-section of those whom it
    recruits. Once all who are left have joined us, success stays as it is.

    Parameters
    ----------
    strategy
        Ours: `FeatureLabel`, `FeatureOnly` or `Erase`.
    records
        A population, or a finite table.
    others
        The collectives of which everything is known.
    unknown
        The share of others of whom nothing else is known, or an upper limit of it: the curve is
        then certified whatever they do, a `JointCurve`. An upper limit costs no more than the
        share itself, because some of a larger group may change nothing.
    **epsilon
        How far the firm may be from Bayes-optimal, in the keywords of `Suboptimality.of`.

    Raises
    ------
    NoTheory
        If one of the strategies is of another kind.
    ParameterError
        If the others leave nobody who could join.

    Examples
    --------
    >>> from criticalmass.signals import SetColumns
    >>> badge = np.array(["none"] * 99 + ["blue"], dtype=object)
    >>> hired = np.array(["yes", "no"] * 50, dtype=object)
    >>> people = Population.from_table({"badge": badge, "hired": hired}, label="hired")
    >>> ours, theirs = (FeatureLabel(SetColumns({"badge": "blue"}), y) for y in ("yes", "no"))
    >>> alone = exact_beside(ours, people).critical_mass(0.9)
    >>> beside = exact_beside(ours, people, [Collective(theirs, 0.03)]).critical_mass(0.9)
    >>> round(alone.alpha, 4), round(beside.alpha, 4)
    (0.0099, 0.0393)
    >>> worst = exact_beside(ours, people, unknown=0.03).critical_mass(0.9)
    >>> round(worst.alpha, 4) >= round(beside.alpha, 4)
    True
    """
    ours = _known(strategy)
    theirs = [(_known(other.strategy), other.share) for other in others]
    table = counted_exactly(records, ours.target_label)
    world = _World(table, records, [ours, *(each for each, _ in theirs)])

    # who is left to join, and the records of those who are in no collective
    taken = np.full(len(table.label_names), float(unknown))
    start = (1 - unknown) * world.base
    for place, (each, share) in enumerate(theirs, start=1):
        joined = share / world.recruited(each)
        if joined > 1 + 1e-12:
            raise ParameterError(
                f"a collective of {share:g} recruits from holders of {each.target_label!r}, and "
                f"they are {world.recruited(each):.3g} of everybody"
            )
        taken[world.asked(each)] += joined
        start = start + joined * (world.followed(place) - world.base)
    room = 1 - float(taken[world.asked(ours)].max())
    if not (room > 1e-12 and taken.max() <= 1 + 1e-12):
        raise ParameterError(
            "the other collectives leave nobody who could join: their shares add up to "
            f"{sum(share for _, share in theirs) + unknown:.3g} of everybody"
        )
    change = room * (world.followed(0) - world.base)
    share = room * world.recruited(ours)

    if isinstance(ours, Erase):
        image = erased_image(ours.signal, table)
        cells = Votes(start[world.own], change[world.own])
        reported = table.counts.argmax(axis=1)[image]
        return erased_beside(
            cells, table.totals, image, reported, unknown=unknown, others=bool(theirs), **epsilon
        ).recruited(share)
    mass = world.arriving(0, table.totals)
    led_to = mass > 0
    return planted_beside(
        Votes(start[led_to], change[led_to]),
        mass[led_to],
        world.label(ours),
        unknown=unknown,
        **epsilon,
    ).recruited(share)


def bound_beside(
    strategy: Recruits,
    records: Records,
    others: Sequence[Collective] = (),
    *,
    unknown: float = 0.0,
    confidence: float = 0.95,
    **epsilon: Unpack[EpsilonWithSense],
) -> EstimatedBound:
    """Return Theorem 1 beside other collectives, with ξ and Δ from records.

    Others who report the same label in place of their own can only help; all else may be rivals.

    Parameters
    ----------
    strategy
        Ours: a `FeatureLabel` that recruits everyone.
    records, others, unknown, **epsilon
        As of `exact_beside`.
    confidence
        Probability that the limits of ξ and Δ hold; 1 if the records are the population.

    Raises
    ------
    NoTheory
        If our strategy is another one, or others recruit the holders of one label only.

    Examples
    --------
    >>> from criticalmass.signals import SetColumns
    >>> badge = np.array(["none"] * 999 + ["blue"], dtype=object)
    >>> hired = np.array(["yes", "no"] * 500, dtype=object)
    >>> people = Population.from_table({"badge": badge, "hired": hired}, label="hired")
    >>> ours, theirs = (FeatureLabel(SetColumns({"badge": "blue"}), y) for y in ("yes", "no"))
    >>> bound = bound_beside(ours, people, [Collective(theirs, 0.02)], confidence=1)
    >>> round(bound.critical_mass(0.9).alpha, 4)
    0.2077
    """
    ours = _known(strategy)
    if not isinstance(ours, FeatureLabel) or ours.recruit != "everyone":
        raise NoTheory(
            "beside other collectives a bound is known for feature-label with everyone recruited"
        )
    check_confidence(confidence)
    slack = Suboptimality.of(**epsilon)
    table = counted(records, ours.target_label)
    theirs = [(_known(other.strategy), other.share) for other in others]
    if any(isinstance(each, FeatureOnly) and each.recruit == "target" for each, _ in theirs):
        raise NoTheory(
            "beside a collective that recruits the holders of one label no bound is known, because "
            "they are no cross-section of everybody"
        )
    carry = np.flatnonzero(carrying(ours.signal, table))
    each = 1 - (1 - confidence) / 2
    xi = uniqueness(int(table.totals[carry].sum()), table.size, each)
    delta = gap(table.counts[carry], table.label_index(ours.target_label), each)
    everybody = unknown + sum(share for _, share in theirs)
    helping = sum(share for each, share in theirs if _helps(each, ours))
    bound = FeatureLabelBesideBound(
        xi.limit,
        delta.limit,
        everybody,
        max(everybody - helping, 0.0),
        slack.epsilon,
        slack.sense,
    )
    return EstimatedBound(bound, (xi, named(delta, cell_name(table, carry))), confidence)


def _known(strategy: Recruits) -> Known:
    """Return a strategy whose effect on the records is known, or raise `NoTheory`."""
    does = strategy_of(strategy)
    if isinstance(does, FeatureLabel) and does.recruit == "target":
        return FeatureOnly(does.signal, does.target_label, "target")  # they hold y* already
    if isinstance(does, Known):
        return does
    raise NoTheory(
        "theory of several collectives knows feature-label, feature-only and erase, not "
        f"{kind_of(does)}: {use_instead(does)}"
    )


def _helps(theirs: Known, ours: FeatureLabel) -> bool:
    """Return whether a collective reports our label wherever it leads its members."""
    return isinstance(theirs, FeatureLabel) and theirs.target_label == ours.target_label


class _World:
    """All cells and all images of some strategies as one list of points, in records."""

    def __init__(self, table: FiniteTable, records: Records, strategies: Sequence[Known]) -> None:
        self.table, self.records, self.strategies = table, records, strategies
        marked = {
            place: led(each.signal, table)
            for place, each in enumerate(strategies)
            if not isinstance(each, Erase) and not isinstance(each.signal, MoveToSubgroup)
        }
        self.own, *images = numbered(table.features, *marked.values())
        self.images: dict[int, Rows] = dict(zip(marked, images, strict=True))
        self.points = 1 + max(int(rows.max()) for rows in (self.own, *images))
        self.base = np.zeros((self.points, len(table.label_names)))
        self.base[self.own] = table.counts

    def arriving(self, place: int, people: Array | Rows) -> Array:
        """Return how many of some people of each cell a strategy leads to each point."""
        if place in self.images:
            return np.bincount(self.images[place], people, self.points).astype(float)
        signal = self.strategies[place].signal
        assert isinstance(signal, MoveToSubgroup)  # where it leads is not where from
        rows = signal.subgroup(self.table.cells)
        arrived = np.zeros(self.points)
        totals = self.table.totals[rows]
        arrived[self.own[rows]] = totals / totals.sum() * people.sum()
        return arrived

    def followed(self, place: int) -> Array:
        """Return the records by point and label where everybody follows a strategy."""
        each = self.strategies[place]
        if isinstance(each, Erase):
            seen = np.zeros_like(self.base)
            image = erased_image(each.signal, self.table)
            seen[self.own, self.table.counts.argmax(axis=1)[image]] = self.table.totals
            return seen
        label = self.label(each)
        if isinstance(each, FeatureOnly):
            seen = self.base.copy()
            seen[:, label] = self.arriving(place, self.table.counts[:, label])
            return seen
        seen = np.zeros_like(self.base)
        seen[:, label] = self.arriving(place, self.table.totals)
        return seen

    def label(self, strategy: FeatureLabel | FeatureOnly) -> int:
        """Return the column of a strategy's label; of sets of labels, ours and all others.

        Raises
        ------
        DataError
            If a set of labels holds more than one has to know of it.
        """
        records, wanted = self.records, strategy.target_label
        if not (isinstance(records, Population) and records.label_sets):
            return self.table.label_index(wanted)
        if records.label_names[records.label_index(wanted)] == self.table.label_names[0]:
            return 0
        if isinstance(strategy, FeatureOnly):
            raise DataError(
                f"{records.name}: records hold sets of labels, and an exact curve counts who holds "
                f"{self.table.label_names[0]!r}; who of them holds {wanted!r} as well is not known"
            )
        return 1

    def asked(self, strategy: Known) -> Rows:
        """Return the labels whose holders a strategy recruits."""
        if isinstance(strategy, FeatureOnly) and strategy.recruit == "target":
            return np.array([self.label(strategy)])
        return np.arange(len(self.table.label_names))

    def recruited(self, strategy: Known) -> float:
        """Return the share of everybody that a strategy recruits from."""
        return float(self.table.counts[:, self.asked(strategy)].sum() / self.table.size)
