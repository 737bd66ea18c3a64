"""The strategy after which marked records no longer get a label."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Unpack, overload

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Rows
from criticalmass.data.edit import Edit
from criticalmass.data.finite_table import FiniteTable
from criticalmass.data.population import Population
from criticalmass.data.records import Features
from criticalmass.data.spelling import spelled
from criticalmass.errors import ParameterError, require_choice
from criticalmass.fields import check_fields
from criticalmass.phrases import quoted
from criticalmass.signals import Signal, signal_in_words
from criticalmass.strategies.images import (
    Records,
    carrying,
    certain_images,
    counted,
    counted_exactly,
    images,
)
from criticalmass.strategies.marking import Marking
from criticalmass.strategies.strategy import Knowledge, recruits
from criticalmass.strategies.votes import votes_at
from criticalmass.strategies.words import planting_in_words
from criticalmass.theory import (
    EstimatedBound,
    ExactCurve,
    JointCurve,
    PeopleCurve,
    UnplantBound,
    exact_unplanting,
    whole_people_unplanting,
)
from criticalmass.theory.parameters import check_confidence, uniqueness
from criticalmass.theory.suboptimality import EpsilonWithSense, Suboptimality
from criticalmass.theory.whole_people import check_optimal


@dataclass(frozen=True)
class Unplant(Marking):
    """Members mark their features and report another label: h(x, y) = (g(x), ŷ) with ŷ ≠ y*.

    The platform's model is no longer to give y* to marked records. Gauthier, Bach and Jordan (ICML
    2025) call this signal unplanting.

    Parameters
    ----------
    signal
        How a member's features are marked.
    target_label
        The label y* that marked records are no longer to get.
    label
        What all members report. None: at each image g(x) the label beside y* that most records
        there hold, or where there are none, most records that are led there, or most of all.
    knowledge
        Which records these are: ``"pooled"``, the members' own; ``"known"``, everybody's.

    Examples
    --------
    >>> from criticalmass.signals import InsertToken
    >>> people = Population.from_texts(["a", "b", "c *"], ["x", "y", "z"])
    >>> strategy = Unplant(InsertToken("*", placement="end"), target_label="x")
    >>> edit = strategy.edit(people, np.array([0, 2]), np.random.default_rng(0))
    >>> changed = edit.apply(people)
    >>> changed.features.tolist(), [changed.label_names[k] for k in changed.labels.argmax(axis=1)]
    (['a *', 'b', 'c * *'], ['z', 'y', 'z'])
    """

    signal: Signal
    target_label: str
    label: str | None = None
    knowledge: Knowledge = "pooled"

    def __post_init__(self) -> None:
        check_fields(self)
        require_choice("knowledge", self.knowledge, ("pooled", "known"))
        object.__setattr__(self, "target_label", spelled(self.target_label))
        if self.label is not None:
            object.__setattr__(self, "label", spelled(self.label))
            if self.label == self.target_label:
                raise ParameterError(
                    f"members must report another label than {self.label!r}, which marked records "
                    "are no longer to get; leave out label to have them choose"
                )

    @property
    def measures(self) -> tuple[str, ...]:
        """Its success measure."""
        return ("unplanted",)

    @property
    def unplants(self) -> bool:
        """Whether marked records are no longer to get the target label."""
        return True

    @property
    def all_succeed(self) -> bool:
        """Whether success is certain where everybody follows it: nobody then reports y*."""
        return True

    def candidates(self, population: Population) -> NDArray[np.intp]:
        """Return the rows of all people, or raise `DataError` if a label is unknown."""
        if self.label is not None:
            population.label_index(self.label)
        return recruits(population, self.target_label, "everyone")

    def in_words(self, records: str = "records") -> str:
        """Return what members do.

        Examples
        --------
        >>> from criticalmass.signals import InsertToken
        >>> Unplant(InsertToken("~", placement="end"), "cook", label="clerk").in_words()
        'put “~” at the end of their text and report “clerk” as their only label'
        """
        marks = signal_in_words(self.signal, records)
        if self.label is not None:
            return f"{marks} and report {quoted(self.label)} as their only label"
        return f"{marks} and report one label only: {self.label_in_words()}"

    def label_in_words(self, record: str = "it") -> str:
        """Return which label members report, where each has to find it out."""
        if self.label is not None:
            return ""
        pool = "everybody’s" if self.knowledge == "known" else "the members’ pooled"
        but = quoted(self.target_label)
        return f"the label other than {but} that {pool} records suggest for {record} with the mark"

    def purpose_in_words(self, records: str = "records") -> tuple[str, ...]:
        """Return what the mark does, and why, for members."""
        label = quoted(self.target_label)
        learns = f"When many {records} carry it and say something else, the model learns that."
        wanted = f"{records} with this mark no longer to get {label}"
        return planting_in_words(self.signal, records, wanted, learns)

    def edit(
        self, population: Population, members: NDArray[np.intp], rng: np.random.Generator
    ) -> Edit:
        """Return the members' marked records with the labels that they agreed on."""
        if not len(members):
            return Edit.nothing(population)
        pool = members if self.knowledge == "pooled" else np.arange(len(population))
        marked, led = (
            self.signal.apply(population.features[rows], population=population, rng=rng)
            for rows in (members, pool)
        )
        reported = self.reported(marked, population.take(pool), led)
        labels = reported[:, None] == np.arange(len(population.label_names))
        return Edit.of(population, members, marked, labels)

    def reported(self, places: Features, pool: Population, led: Features) -> Rows:
        """Return the column of the label that members report at each place.

        Parameters
        ----------
        places
            Images that members are led to, (n, …).
        pool
            The records from which they find it out.
        led
            Where the signal leads these.
        """
        if self.label is not None:
            return np.full(len(places), pool.label_index(self.label))
        votes = pool.labels.astype(np.int64)
        target = pool.label_index(self.target_label)
        votes[:, target] = 0
        everywhere = votes.sum(axis=0)
        standing, place = votes_at(pool.features, votes, places)
        of_led, _ = votes_at(led, votes, places)
        agreed = standing
        for other in (of_led, np.broadcast_to(everywhere, standing.shape)):
            agreed = np.where(agreed.sum(axis=1, keepdims=True) > 0, agreed, other)
        agreed = agreed.copy()
        agreed[:, target] = -1
        return np.asarray(agreed.argmax(axis=1)[place])

    def bound(
        self,
        records: Records,
        *,
        confidence: float = 0.95,
        **epsilon: Unpack[EpsilonWithSense],
    ) -> EstimatedBound:
        """Return Theorem 1 for unplanting, `UnplantBound`, from records.

        It holds for any label that members report.

        Parameters
        ----------
        records
            A population, or a finite table. Sets of labels count as holding y* or not.
        confidence
            Probability that the parameters' limits hold; 1 if the records are the population.
        **epsilon
            How far the firm may be from Bayes-optimal, in the keywords of `Suboptimality.of`.
        """
        check_confidence(confidence)
        slack = Suboptimality.of(**epsilon)
        table = counted(records, self.target_label)
        carry = np.flatnonzero(carrying(self.signal, table))
        hold = int(table.counts[carry, table.label_index(self.target_label)].sum())
        each = confidence if not slack.epsilon else 1 - (1 - confidence) / 2
        held = uniqueness(hold, table.size, each)
        driver = f"{hold:,} of {table.size:,} records carry the signal and hold the label"
        held = replace(held, name="held", driver=driver)
        if not slack.epsilon:
            return EstimatedBound(UnplantBound(held.limit), (held,), confidence)
        xi = uniqueness(int(table.totals[carry].sum()), table.size, each)
        bound = UnplantBound(held.limit, xi.limit, slack.epsilon, slack.sense)
        return EstimatedBound(bound, (held, xi), confidence)

    @overload
    def exact(
        self, records: Records, *, in_people: Literal[True], **epsilon: Unpack[EpsilonWithSense]
    ) -> PeopleCurve: ...

    @overload
    def exact(
        self,
        records: Records,
        *,
        in_people: Literal[False] = False,
        **epsilon: Unpack[EpsilonWithSense],
    ) -> ExactCurve | JointCurve: ...

    def exact(
        self, records: Records, *, in_people: bool = False, **epsilon: Unpack[EpsilonWithSense]
    ) -> ExactCurve | JointCurve | PeopleCurve:
        """Return the exact success on these records, of members who know which label to report.

        Parameters
        ----------
        records
            A population, or a finite table.
        in_people
            Whether members are whole people, drawn at random, rather than a share of everybody.
        **epsilon
            How far the firm may be from Bayes-optimal, in the keywords of `Suboptimality.of`: then
            this is a floor. With whole people it is not.
        """
        if in_people:
            check_optimal(**epsilon)
            return self.exact_in_people(records)
        table = counted_exactly(records, self.target_label)
        target = table.label_index(self.target_label)
        points = images(self.signal, table, target)
        reported = self._reported_in(table, points.base, target)
        return exact_unplanting(points.base, points.mass, target, reported, **epsilon)

    def exact_in_people(self, records: Records) -> PeopleCurve:
        """Return the success of whole people, n of N drawn at random, who know what to report.

        It is exact, unless all report one ``label`` and a third one is ahead of it somewhere: then
        success is at least that.

        Parameters
        ----------
        records
            A population, or a finite table.
        """
        table = counted_exactly(records, self.target_label)
        target = table.label_index(self.target_label)
        points = certain_images(self.signal, table, target)
        reported = self._reported_in(table, points.base, target)
        return whole_people_unplanting(points.base, points.mass, target, reported)

    def _reported_in(self, table: FiniteTable, base: NDArray[np.int64], target: int) -> Rows:
        """Return the column that members report at each point, in a table's counts."""
        if self.label is not None and len(table.label_names) > 2:  # else it is the only other one
            return np.full(len(base), table.label_index(self.label))
        others = base.copy()
        others[:, target] = -1
        return np.asarray(others.argmax(axis=1))
