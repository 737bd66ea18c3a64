"""The strategy that erases a signal (paper, Section 3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Unpack, overload

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.errors import require_choice
from criticalmass.fields import check_fields
from criticalmass.signals import Signal, erased_in_words
from criticalmass.strategies.images import (
    Records,
    cell_name,
    counted,
    counted_exactly,
    erased_image,
)
from criticalmass.strategies.marking import Marking
from criticalmass.strategies.strategy import Knowledge
from criticalmass.strategies.votes import votes_at
from criticalmass.theory import (
    ErasureBound,
    EstimatedBound,
    ExactCurve,
    JointCurve,
    PeopleCurve,
    exact_erasure,
    whole_people_erasure,
)
from criticalmass.theory.parameters import check_confidence, named, sensitivity
from criticalmass.theory.suboptimality import EpsilonWithSense, Suboptimality
from criticalmass.theory.whole_people import check_optimal


@dataclass(frozen=True)
class Erase(Marking):
    """Members report the label that is most likely without what is erased.

    h(x, y) = (x, argmax_y P₀(y|g(x))), so the model comes to predict the same for x and g(x).
    No feature changes. Members find P₀(y|g(x)) out by pooling their records, so they know it
    the better the more they are: the labels of the members at g(x), or where there is none, of
    those that g leads there.

    Parameters
    ----------
    signal
        The erasing map g. It must be idempotent and lead to records that exist.
    knowledge
        ``"pooled"``: from the members' records only. ``"known"``: P₀ is known to them.

    Examples
    --------
    >>> from criticalmass.signals import SetColumns
    >>> people = Population.from_table(
    ...     {"job": np.array(["cook"] * 4, dtype=object),
    ...      "sex": np.array(["f", "f", "m", "m"], dtype=object),
    ...      "hired": np.array(["no", "no", "yes", "yes"], dtype=object)}, label="hired")
    >>> strategy = Erase(SetColumns({"sex": "m"}))
    >>> edit = strategy.edit(people, np.array([0, 2]), np.random.default_rng(0))
    >>> edit.rows.tolist(), edit.labels.astype(int).tolist()  # record 0 now says yes
    ([0], [[0, 1]])
    """

    signal: Signal
    knowledge: Knowledge = "pooled"

    def __post_init__(self) -> None:
        check_fields(self)
        require_choice("knowledge", self.knowledge, ("pooled", "known"))

    @property
    def target_label(self) -> None:
        """There is no label that the collective wants."""

    def candidates(self, population: Population) -> NDArray[np.intp]:
        """Return everyone, or raise `DataError` if the map cannot erase on this population."""
        erased_image(self.signal, population)
        return np.arange(len(population))

    def in_words(self, records: str = "records") -> str:
        """Return what members do.

        Examples
        --------
        >>> from criticalmass.signals import DropColumn
        >>> Erase(DropColumn("age"), "known").in_words()
        'leave their record as it is and report the label that everybody’s records suggest ...'
        """
        return f"leave their record as it is and report {self.label_in_words()}"

    def label_in_words(self, record: str = "it") -> str:
        """Return which label members report for a record of theirs."""
        pool = "everybody’s" if self.knowledge == "known" else "the members’ pooled"
        return f"the label that {pool} records suggest for {record} {erased_in_words(self.signal)}"

    def purpose_in_words(self, records: str = "records") -> tuple[str, ...]:
        """Return what it does that members report the labels that they agreed on, and why."""
        return (
            f"The platform trains a model on everybody's {records}. What one person reports means "
            "nothing to it; what enough people report does.",
            f"The members want the model to predict the same for {records} as they are and "
            f"{erased_in_words(self.signal)}. So all {self.in_words(records)}. Nobody's record is "
            "shown to anybody else.",
        )

    def edit(
        self, population: Population, members: NDArray[np.intp], rng: np.random.Generator
    ) -> Edit:
        """Return the members' records with the labels that they agreed on."""
        if not len(members):
            return Edit.nothing(population)
        pool = members if self.knowledge == "pooled" else np.arange(len(population))
        # where the map leads the members and the pool
        member_images, pool_images = (
            self.signal.apply(population.features[rows], population=population, rng=rng)
            for rows in (members, pool)
        )
        votes = population.labels[pool].astype(np.int64)
        # votes of those who stand there already; otherwise of those who are led there
        standing, place = votes_at(population.features[pool], votes, member_images)
        led, _ = votes_at(pool_images, votes, member_images)
        agreed = np.where(standing.sum(axis=1, keepdims=True) > 0, standing, led)[place]
        labels = agreed.argmax(axis=1)[:, None] == np.arange(votes.shape[1])
        return Edit.of(population, members, population.features[members], labels)

    def bound(
        self,
        records: Records,
        *,
        confidence: float = 0.95,
        **epsilon: Unpack[EpsilonWithSense],
    ) -> EstimatedBound:
        """Return Theorem 5 with τ from records; it takes members to know P₀(y|g(x)).

        `DropColumn` and `Coarsen` make their map from records: τ and the bound are then about the
        map that these records define. The map that all of P₀ would define may lead elsewhere, and
        nothing is said about it.

        Parameters
        ----------
        records
            A population, or a finite table.
        confidence
            Probability that the limit of τ holds; 1 if the records are the population.
        **epsilon
            How far the firm may be from Bayes-optimal, in the keywords of `Suboptimality.of`.
        """
        check_confidence(confidence)
        slack = Suboptimality.of(**epsilon)
        table = counted(records)
        tau = sensitivity(table.counts, erased_image(self.signal, table), confidence)
        bound = ErasureBound(tau.limit, slack.epsilon, slack.sense)
        return EstimatedBound(bound, (named(tau, cell_name(table)),), confidence)

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
        """Return the exact curve of members who know P₀(y|g(x)) against a Bayes-optimal firm.

        Parameters
        ----------
        records
            A population, or a finite table.
        in_people
            Whether members are whole people, drawn at random, rather than a share of everybody:
            `PeopleCurve` then has what success is at least, on average and for a single collective.
        **epsilon
            How far the firm may be from Bayes-optimal, in the keywords of `Suboptimality.of`; with
            whole people it is not.
        """
        if in_people:
            check_optimal(**epsilon)
            return self.exact_in_people(records)
        table = counted_exactly(records)
        return exact_erasure(table.counts, erased_image(self.signal, table), **epsilon)

    def exact_in_people(self, records: Records) -> PeopleCurve:
        """Return what success of whole people is at least, n of N drawn at random.

        Members are taken to know P₀(y|g(x)).

        Parameters
        ----------
        records
            A population, or a finite table.
        """
        table = counted_exactly(records)
        return whole_people_erasure(table.counts, erased_image(self.signal, table))
