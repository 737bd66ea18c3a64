"""The strategy that does with the fewest: members go where they are missing (Definition 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array, Rows
from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.data.records import Features, numbered
from criticalmass.data.spelling import spelled
from criticalmass.errors import DataError
from criticalmass.fields import check_fields
from criticalmass.phrases import quoted
from criticalmass.signals import Signal, signal_in_words
from criticalmass.strategies.images import Images, Records, counted, counted_exactly, images
from criticalmass.strategies.marking import Marking
from criticalmass.strategies.planting import FeatureLabel
from criticalmass.strategies.strategy import Knowledge, recruits
from criticalmass.strategies.words import planting_in_words
from criticalmass.theory import EstimatedBound, ExactCurve, exact_best
from criticalmass.theory.contests import lead_of
from criticalmass.theory.knapsack import chosen, frontier
from criticalmass.theory.suboptimality import EpsilonWithSense

TINY = 1e-6
"""A number of records that is so little short of a target's is that but for rounding."""


@dataclass(frozen=True)
class Targeted(Marking):
    """Members share out the marked records among them: h(x, y) = (the one that is theirs, y*).

    In `FeatureLabel` each member marks their own record, so the members stand at the images g(x) in
    proportion to everybody. Here they know the records of all who do not join, and stand where
    most is won: of the images at which so many members outvote the strongest other label, those
    that most records are led to (a knapsack, `criticalmass.theory.knapsack`). Each of these gets
    one more member than the label is ahead there; the others go to them in proportion to the
    records that are led there. Members stay at their own image where they can. No strategy that
    changes records and labels at will needs fewer members to win so many of the marked records of
    those who do not join, against the best possible model (paper, Definition 1). The members' own
    marked records are not counted as led anywhere: where these count for success, too, and lie at
    few images, another plan may win more with the same members.

    It is for tables: a member reports a record that the signal makes of somebody's, of which texts
    and images would be copies.

    Parameters
    ----------
    signal
        How marked records look. It leads each record to one image, or leaves all to chance.
    target_label
        The label y* that members report.

    Examples
    --------
    >>> from criticalmass.signals import SetColumns
    >>> people = Population.from_table(
    ...     {"job": np.array(["cook", "cook", "clerk", "clerk", "clerk", "clerk"], dtype=object),
    ...      "age": np.array([20, 20, 30, 30, 30, 20]),
    ...      "hired": np.array(["no", "no", "no", "yes", "no", "no"], dtype=object)}, label="hired")
    >>> strategy = Targeted(SetColumns({"job": "cook"}), target_label="yes")
    >>> edit = strategy.edit(people, np.array([5]), np.random.default_rng(0))
    >>> edit.features.tolist()  # nobody is a cook of 30; two of 20 say no, and one member is fewer
    [('cook', 30)]
    """

    signal: Signal
    target_label: str

    def __post_init__(self) -> None:
        check_fields(self)
        object.__setattr__(self, "target_label", spelled(self.target_label))

    @property
    def knowledge(self) -> Knowledge:
        """Members know the records of all who do not join."""
        return "known"

    @property
    def shares_out(self) -> bool:
        """Members go where others are missing."""
        return True

    def candidates(self, population: Population) -> NDArray[np.intp]:
        """Return the rows of everyone, or raise `DataError` where records are no table."""
        if population.kind != "table":
            raise DataError(
                f'kind = "targeted" is for tables; {population.name} holds {population.kind}, and '
                "its members would report copies of other people's: use feature-label"
            )
        return recruits(population, self.target_label, "everyone")

    def in_words(self, records: str = "records") -> str:
        """Return what members do.

        Examples
        --------
        >>> from criticalmass.signals import SetColumns
        >>> Targeted(SetColumns({"job": "cook"}), "yes").in_words()
        'set job to “cook”, change the rest of their record to ... report “yes” as their only label'
        """
        marks = signal_in_words(self.signal, records)
        return (
            f"{marks}, change the rest of their record to what the plan gives them, and report "
            f"{quoted(self.target_label)} as their only label"
        )

    def purpose_in_words(self, records: str = "records") -> tuple[str, ...]:
        """Return what the mark does, and why, for members."""
        label = quoted(self.target_label)
        learns = (
            f"The model learns it where more people say {label} than anything else, so the plan "
            "gives each member a record at which somebody is missing."
        )
        wanted = f"{records} with this mark to get {label}"
        return planting_in_words(self.signal, records, wanted, learns)

    @property
    def all_succeed(self) -> bool:
        """Whether success is certain where everybody follows it: all then report the target."""
        return True

    def edit(
        self, population: Population, members: NDArray[np.intp], rng: np.random.Generator
    ) -> Edit:
        """Return a record of those that the signal leads to for each member, with the target."""
        if not len(members):
            return Edit.nothing(population)
        features = self.signal.apply(population.features[members], population=population, rng=rng)
        others = np.setdiff1d(np.arange(len(population)), members)
        if len(others):
            table = counted(population.take(others), self.target_label)
            target = table.label_index(self.target_label)
            points = images(self.signal, table, target)
            place = _shared_out(features, points, _quotas(points, target, len(members)))
            features = points.features[place]
        labels = np.zeros((len(members), len(population.label_names)), dtype=bool)
        labels[:, population.label_index(self.target_label)] = True
        return Edit.of(population, members, features, labels)

    def bound(
        self,
        records: Records,
        *,
        confidence: float = 0.95,
        **epsilon: Unpack[EpsilonWithSense],
    ) -> EstimatedBound:
        """Return Theorem 1, as of `FeatureLabel`, which does not succeed more."""
        usual = FeatureLabel(self.signal, self.target_label)
        return usual.bound(records, confidence=confidence, **epsilon)

    def exact(self, records: Records, **epsilon: Unpack[EpsilonWithSense]) -> ExactCurve:
        """Return the exact success on these records, which no strategy exceeds.

        Parameters
        ----------
        records
            A population, or a finite table.
        **epsilon
            How far the firm may be from Bayes-optimal, in the keywords of `Suboptimality.of`; not
            in joint-tv.
        """
        return best_of_all(self.signal, self.target_label, records, **epsilon)


def best_of_all(
    signal: Signal, target_label: str, records: Records, **epsilon: Unpack[EpsilonWithSense]
) -> ExactCurve:
    """Return the success that no strategy exceeds which wants the signal to mean the label.

    Raises
    ------
    ParameterError
        If where the signal leads is a matter of chance, or ε is one in joint-tv.
    """
    table = counted_exactly(records, target_label)
    target = table.label_index(target_label)
    points = images(signal, table, target)
    return exact_best(points.base, points.mass, target, **epsilon)


def whole_people(
    strategy: Targeted, records: Records, targets: Sequence[float]
) -> list[int | None]:
    """Return how many whole people are enough for some targets, who stand where the plan says.

    They are people of whom none is at a marked record before, so nobody leaves one: at each that
    they win they are one more than the label is behind there.

    Parameters
    ----------
    strategy
        What members do.
    records
        A population, or a finite table.
    targets
        Successes, (targets,).

    Returns
    -------
    list of int or None
        None where there are not so many such people, or where that is too much work.

    Examples
    --------
    Two of 20 say no at the only marked record, so three people outvote them:

    >>> from criticalmass.signals import SetColumns
    >>> people = Population.from_table(
    ...     {"job": np.array(["cook", "cook", "clerk", "clerk", "clerk"], dtype=object),
    ...      "hired": np.array(["no", "no", "no", "yes", "no"], dtype=object)}, label="hired")
    >>> whole_people(Targeted(SetColumns({"job": "cook"}), "yes"), people, [0.9])
    [3]
    """
    table = counted(records, strategy.target_label)
    target = table.label_index(strategy.target_label)
    points = images(strategy.signal, table, target)
    needed = np.maximum(1 - lead_of(points.base.astype(float), target), 0)
    bought = frontier(needed, points.mass)
    if not bought.exact:
        return [None] * len(targets)
    away = table.size - int(points.base.sum())
    enough: list[int | None] = []
    for wanted in targets:
        costs = bought.cost[bought.weight >= wanted * table.size - TINY]
        people = int(costs[0]) if len(costs) else None
        enough.append(people if people is not None and people <= away else None)
    return enough


def _quotas(points: Images, target: int, members: int) -> Rows:
    """Return how many members are to stand at each image, (points,)."""
    needed = np.maximum(-lead_of(points.base.astype(float), target) + 1, 0)
    won = chosen(needed, points.mass, members)
    if not won.any():  # too few for any: they stand like everybody
        won = np.ones(len(needed), dtype=bool)
        needed = np.zeros_like(needed)
    quotas = np.where(won, needed, 0).astype(np.intp)
    spare, mass = members - int(quotas.sum()), np.where(won, points.mass, 0.0)
    return quotas + _in_proportion(mass, spare)


def _in_proportion(weights: Array, many: int) -> Rows:
    """Return whole numbers that add up to ``many``, in proportion, the largest rests up."""
    each = weights / weights.sum() * many
    whole: Rows = np.floor(each + 1e-9).astype(np.intp)
    rest = np.argsort(whole - each, kind="stable")[: many - int(whole.sum())]
    whole[rest] += 1
    return whole


def _shared_out(own: Features, points: Images, quotas: Rows) -> Rows:
    """Return the image that each member gets, its own where there is room."""
    of_points, of_own = numbered(points.features, own)
    image_of = np.full(max(of_points.max(), of_own.max()) + 1, -1, dtype=np.intp)
    image_of[of_points] = np.arange(len(of_points))
    place = np.asarray(image_of[of_own], dtype=np.intp)
    left = quotas.copy()
    for member, image in enumerate(place.tolist()):
        if image >= 0 and left[image] > 0:
            left[image] -= 1
        else:
            place[member] = -1
    place[place < 0] = np.repeat(np.arange(len(left)), left)
    return place
