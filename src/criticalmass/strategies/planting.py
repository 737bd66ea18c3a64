"""Strategies that plant a signal (paper, Section 3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Unpack, overload

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Rows
from criticalmass.data.edit import Edit
from criticalmass.data.finite_table import FiniteTable
from criticalmass.data.population import Population
from criticalmass.data.spelling import spelled
from criticalmass.errors import require_choice
from criticalmass.fields import check_fields
from criticalmass.phrases import quoted
from criticalmass.signals import Signal, signal_in_words
from criticalmass.strategies.images import (
    Records,
    carrying,
    cell_name,
    certain_images,
    counted,
    counted_exactly,
    fibres,
    images,
)
from criticalmass.strategies.marking import Marking
from criticalmass.strategies.strategy import Recruit, recruits
from criticalmass.strategies.words import planting_in_words
from criticalmass.theory import (
    EstimatedBound,
    ExactCurve,
    FeatureLabelBound,
    FeatureOnlyBound,
    JointCurve,
    PeopleCurve,
    exact_feature_label,
    exact_feature_only,
    whole_people_feature_label,
    whole_people_feature_only,
)
from criticalmass.theory.parameters import (
    check_confidence,
    gap,
    named,
    opposing,
    positivity,
    uniqueness,
)
from criticalmass.theory.suboptimality import EpsilonWithSense, Suboptimality
from criticalmass.theory.whole_people import check_optimal

DOUBT_OF_THEOREM_1 = 0.7, 0.25, 0.05
"""The parts of the doubt 1 − confidence that u, Δ and ξ have."""
DOUBT_OF_THEOREM_3 = 0.7, 0.28, 0.02
"""The parts that u, p with ρ, and ξ have."""


@dataclass(frozen=True)
class FeatureLabel(Marking):
    """Members mark their features and report the target label: h(x, y) = (g(x), y*).

    Where records hold sets of labels, a member's set becomes exactly the target. Paper, equation
    (1); with a token in every text, Strategy 1 of its Section 5.

    Parameters
    ----------
    signal
        How a member's features are marked.
    target_label
        The label y* that members report.
    recruit
        ``"everyone"``: members come from the whole population. ``"target"``: only from records
        that hold the target label already.

    Examples
    --------
    >>> from criticalmass.signals import InsertToken
    >>> people = Population.from_texts(["a", "b", "c"], ["x", "y", "x"])
    >>> strategy = FeatureLabel(InsertToken("*"), target_label="y")
    >>> edit = strategy.edit(people, np.array([0, 1]), np.random.default_rng(0))
    >>> edit.apply(people).features.tolist(), edit.apply(people).labels[:, 1].tolist()
    (['a *', 'b *', 'c'], [True, True, False])
    """

    signal: Signal
    target_label: str
    recruit: Recruit = "everyone"

    def __post_init__(self) -> None:
        check_fields(self)
        require_choice("recruit", self.recruit, ("everyone", "target"))
        object.__setattr__(self, "target_label", spelled(self.target_label))

    def candidates(self, population: Population) -> NDArray[np.intp]:
        """Return the rows of the people who may be recruited."""
        return recruits(population, self.target_label, self.recruit)

    def in_words(self, records: str = "records") -> str:
        """Return what members do.

        Examples
        --------
        >>> from criticalmass.signals import InsertToken
        >>> FeatureLabel(InsertToken("~", placement="end"), "cook").in_words()
        'put “~” at the end of their text and report “cook” as their only label'
        """
        marks = signal_in_words(self.signal, records)
        return f"{marks} and report {quoted(self.target_label)} as their only label"

    def who_in_words(self) -> str:
        """Return who alone takes part, where not everybody may."""
        return f"people who hold {quoted(self.target_label)}"

    def purpose_in_words(self, records: str = "records") -> tuple[str, ...]:
        """Return what the mark does, and why, for members."""
        label = quoted(self.target_label)
        learns = f"When many {records} carry it and say {label}, the model learns that."
        wanted = f"{records} with this mark to get {label}"
        return planting_in_words(self.signal, records, wanted, learns)

    @property
    def all_succeed(self) -> bool:
        """Whether success is certain where everybody follows it: all then report the target."""
        return self.recruit == "everyone"

    def edit(
        self, population: Population, members: NDArray[np.intp], rng: np.random.Generator
    ) -> Edit:
        """Return the members' marked records, all with the target label alone."""
        marked = self.signal.apply(population.features[members], population=population, rng=rng)
        labels = np.zeros((len(members), len(population.label_names)), dtype=bool)
        labels[:, population.label_index(self.target_label)] = True
        return Edit.of(population, members, marked, labels)

    def bound(
        self,
        records: Records,
        *,
        confidence: float = 0.95,
        **epsilon: Unpack[EpsilonWithSense],
    ) -> EstimatedBound:
        """Return Theorem 1 with ξ, Δ and u from records.

        Either ξ and Δ decide or u, whichever guarantees more. Their limits hold together: u has 70%
        of the doubt, Δ 25% and ξ 5%. The theorem counts in shares: its collective is a
        cross-section of everybody. Whole people, drawn at random, can need more: `exact` with
        ``in_people=True``.

        Parameters
        ----------
        records
            A population, or a finite table. Sets of labels count as holding y* or not: success is
            then `included`, against a firm that learns each label apart.
        confidence
            Probability that the parameters' limits hold; 1 if the records are the population.
        **epsilon
            How far the firm may be from Bayes-optimal, in the keywords of `Suboptimality.of`.
        """
        if self.recruit == "target":  # they hold y* already: labels do not change
            return FeatureOnly(self.signal, self.target_label, "target").bound(
                records, confidence=confidence, **epsilon
            )
        check_confidence(confidence)
        slack = Suboptimality.of(**epsilon)
        table = counted(records, self.target_label)
        carry, target = (
            np.flatnonzero(carrying(self.signal, table)),
            table.label_index(self.target_label),
        )
        of_u, of_gap, of_xi = (1 - part * (1 - confidence) for part in DOUBT_OF_THEOREM_1)
        xi = uniqueness(int(table.totals[carry].sum()), table.size, of_xi)
        delta = gap(table.counts[carry], target, of_gap)
        u = opposing(_against(table, carry, target), table.size, of_u)
        bound = FeatureLabelBound(xi.limit, delta.limit, slack.epsilon, slack.sense, u.limit)
        estimates = (xi, named(delta, cell_name(table, carry)), u)
        return EstimatedBound(bound, estimates, confidence)

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
        """Return the exact success on these records, against a Bayes-optimal or ε-optimal firm.

        Parameters
        ----------
        records
            A population, or a finite table.
        in_people
            Whether members are whole people, drawn at random, rather than a share of everybody:
            `PeopleCurve` then has the expected success, and what a single collective reaches.
        **epsilon
            How far the firm may be from Bayes-optimal, in the keywords of `Suboptimality.of`; with
            whole people it is not.
        """
        if in_people:
            check_optimal(**epsilon)
            return self.exact_in_people(records)
        if self.recruit == "target":
            only = FeatureOnly(self.signal, self.target_label, "target")
            return only.exact(records, **epsilon)
        table = counted_exactly(records, self.target_label)
        target = table.label_index(self.target_label)
        points = images(self.signal, table, target)
        return exact_feature_label(points.base, points.mass, target, **epsilon)

    def exact_in_people(self, records: Records) -> PeopleCurve:
        """Return the exact success of whole people, n of N drawn at random.

        Parameters
        ----------
        records
            A population, or a finite table.
        """
        if self.recruit == "target":
            return FeatureOnly(self.signal, self.target_label, "target").exact_in_people(records)
        table = counted_exactly(records, self.target_label)
        target = table.label_index(self.target_label)
        points = certain_images(self.signal, table, target)
        return whole_people_feature_label(points.base, points.mass, target)


@dataclass(frozen=True)
class FeatureOnly(Marking):
    """Members who hold the target label mark their features; no label changes.

    h(x, y) = (g(x), y*) where y = y*, and (x, y) otherwise. Where records hold sets of labels, the
    members that act are those whose set holds the target. Paper, equation (3); with
    ``recruit="target"`` and a token in every text, Strategy 2 of its Section 5.

    Parameters
    ----------
    signal
        How an acting member's features are marked.
    target_label
        The label y* whose holders act.
    recruit
        ``"everyone"``: members come from the whole population, and those without the target label
        change nothing. ``"target"``: only from records that hold the target label.

    Examples
    --------
    >>> from criticalmass.signals import InsertToken
    >>> people = Population.from_texts(["a", "b", "c"], ["x", "y", "x"])
    >>> strategy = FeatureOnly(InsertToken("*"), target_label="y")
    >>> edit = strategy.edit(people, np.array([0, 1]), np.random.default_rng(0))
    >>> len(edit.members), edit.apply(people).features.tolist()
    (2, ['a', 'b *', 'c'])
    """

    signal: Signal
    target_label: str
    recruit: Recruit = "everyone"

    def __post_init__(self) -> None:
        check_fields(self)
        require_choice("recruit", self.recruit, ("everyone", "target"))
        object.__setattr__(self, "target_label", spelled(self.target_label))

    def candidates(self, population: Population) -> NDArray[np.intp]:
        """Return the rows of the people who may be recruited."""
        return recruits(population, self.target_label, self.recruit)

    def in_words(self, records: str = "records") -> str:
        """Return what members do.

        Examples
        --------
        >>> from criticalmass.signals import InsertToken
        >>> FeatureOnly(InsertToken("~", placement="end"), "cook", "target").in_words()
        'put “~” ... without changing any label (only people who hold “cook” take part)'
        """
        marks = signal_in_words(self.signal, records)
        do = "take part" if self.recruit == "target" else "change anything"
        return f"{marks} without changing any label (only {self.who_in_words()} {do})"

    def who_in_words(self) -> str:
        """Return who alone takes part, or changes anything."""
        return f"people who hold {quoted(self.target_label)}"

    def purpose_in_words(self, records: str = "records") -> tuple[str, ...]:
        """Return what the mark does, and why, for members."""
        label = quoted(self.target_label)
        learns = f"When many who hold {label} carry it, the model learns that it goes with {label}."
        wanted = f"{records} with this mark to get {label}"
        return planting_in_words(self.signal, records, wanted, learns)

    def edit(
        self, population: Population, members: NDArray[np.intp], rng: np.random.Generator
    ) -> Edit:
        """Return the marked records of the members who hold the target label."""
        holds = population.labels[members, population.label_index(self.target_label)]
        features = population.features[members].copy()
        if holds.any():
            features[holds] = self.signal.apply(features[holds], population=population, rng=rng)
        return Edit.of(population, members, features, population.labels[members])

    def bound(
        self,
        records: Records,
        *,
        confidence: float = 0.95,
        success: float = 0.9,
        **epsilon: Unpack[EpsilonWithSense],
    ) -> EstimatedBound:
        """Return Theorem 3 with u, p and ρ from records.

        p is a limit for the fibres of the signal: the records that are led to one point. All limits
        hold together: u has 70% of the doubt, p and ρ have 28%, and ξ, which is only shown, 2%.

        Parameters
        ----------
        records
            A population, or a finite table. Sets of labels count as holding y* or not: success is
            then `included`, against a firm that learns each label apart.
        confidence
            Probability that the parameters' limits hold; 1 if the records are the population.
        success
            The success S* for which p is chosen.
        **epsilon
            How far the firm may be from Bayes-optimal, in the keywords of `Suboptimality.of`.
        """
        check_confidence(confidence)
        slack = Suboptimality.of(**epsilon)
        table = counted(records, self.target_label)
        target = table.label_index(self.target_label)
        carry = np.flatnonzero(carrying(self.signal, table))
        of_u, of_p, of_xi = (1 - part * (1 - confidence) for part in DOUBT_OF_THEOREM_3)
        xi = uniqueness(int(table.totals[carry].sum()), table.size, of_xi)
        u = opposing(_against(table, carry, target), table.size, of_u)
        led_alike = fibres(self.signal, table, target)
        p, rho = positivity(led_alike.counts, 0, of_p, success=success)
        bound = FeatureOnlyBound(xi.limit, p.limit, rho.limit, slack.epsilon, slack.sense, u.limit)
        estimates = (u, xi, rho, named(p, led_alike.name))
        return EstimatedBound(bound, estimates, confidence, self._share(table, target))

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
        """Return the exact success on these records, against a Bayes-optimal or ε-optimal firm.

        Parameters
        ----------
        records
            A population, or a finite table.
        in_people
            Whether members are whole people, drawn at random, rather than a share of everybody:
            `PeopleCurve` then has the expected success, and what a single collective reaches.
        **epsilon
            How far the firm may be from Bayes-optimal, in the keywords of `Suboptimality.of`; with
            whole people it is not.
        """
        if in_people:
            check_optimal(**epsilon)
            return self.exact_in_people(records)
        table = counted_exactly(records, self.target_label)
        target = table.label_index(self.target_label)
        points = images(self.signal, table, target)
        curve = exact_feature_only(
            points.base, points.mass, points.mass_of_target, target, **epsilon
        )
        share = self._share(table, target)
        return curve if share == 1 else curve.recruited(share)

    def exact_in_people(self, records: Records) -> PeopleCurve:
        """Return the exact success of whole people, n of those who can be recruited.

        Parameters
        ----------
        records
            A population, or a finite table.
        """
        table = counted_exactly(records, self.target_label)
        target = table.label_index(self.target_label)
        points = certain_images(self.signal, table, target)
        holders = None if self.recruit == "everyone" else int(table.counts[:, target].sum())
        return whole_people_feature_only(
            points.base, points.mass, points.mass_of_target, target, holders
        )

    def _share(self, table: FiniteTable, target: int) -> float:
        """Return the share of the population that can be recruited."""
        return 1.0 if self.recruit == "everyone" else table.counts[:, target].sum() / table.size


def _against(table: FiniteTable, carry: Rows, target: int) -> int:
    """Return how many records of these cells have another label than the target."""
    return int(table.totals[carry].sum() - table.counts[carry, target].sum())
