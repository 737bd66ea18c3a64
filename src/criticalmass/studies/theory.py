"""What theory says of a strategy on some records, computed: see `Theory`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar, Unpack

import numpy as np

from criticalmass.curves import CriticalMass
from criticalmass.data.finite_table import FiniteTable
from criticalmass.data.population import Population
from criticalmass.data.records import Kind, numbered
from criticalmass.errors import CriticalMassError, ParameterError, StudyError
from criticalmass.learners.adopted import learner_of
from criticalmass.learners.learner import StepwiseLearner, Trains
from criticalmass.strategies import (
    Collective,
    FeatureNumber,
    Imperfect,
    Marking,
    NoTheory,
    Recruits,
    Responding,
    Steering,
    Targeted,
    Unplant,
    bound_beside,
    exact_beside,
    strategy_of,
)
from criticalmass.strategies.images import Records, counted, unlike
from criticalmass.strategies.kinds import kind_of, use_instead
from criticalmass.strategies.targeted import best_of_all, whole_people
from criticalmass.studies.theory_record import Theory
from criticalmass.theory import Estimate, EstimatedBound, ExactCurve, JointCurve, PeopleCurve
from criticalmass.theory.parameters import check_confidence
from criticalmass.theory.suboptimality import EpsilonWithSense, Suboptimality

_Curve = TypeVar("_Curve")

ALONE = (Targeted, Unplant)
"""Strategies beside which no other is told: one reaches what any does, one wants another thing."""


class _Beside(NamedTuple):
    """Other collectives, and the records as they came: a table may have lost sets of labels."""

    records: Records
    others: tuple[Collective, ...]
    unknown: float


def theories(
    strategy: Recruits,
    records: Records,
    *,
    learner: Trains | None = None,
    measures: tuple[str, ...] = (),
    curves: tuple[str, ...] = ("bound", "exact"),
    confidence: float = 0.95,
    others: Sequence[Collective] = (),
    unknown: float = 0.0,
    **epsilon: Unpack[EpsilonWithSense],
) -> Theory:
    """Return what theory says of a strategy on these records; what it refuses becomes a reason.

    Where labels are numbers it speaks of the first of ``measures`` that fits the strategy, or of
    the strategy's own first one. With ``others`` it speaks of success beside these collectives, and
    with ``unknown`` beside others of at most this share, whatever they do.

    Raises
    ------
    DataError
        If the strategy's label is unknown, or its signal does not fit the records.
    ParameterError
        If ε or the confidence is out of range, or the records of a strategy that steers are counts.
    StudyError
        If the strategy answers the firm at every step, and the learner shows none.
    """
    check_confidence(confidence)
    does = strategy_of(strategy)
    if (others or unknown) and (not isinstance(does, Marking) or does.wanted_number is not None):
        raise ParameterError(
            "beside other collectives theory knows feature-label, feature-only and erase, not "
            f"{kind_of(does)}: {use_instead(does)}"
        )
    if isinstance(does, Marking) and does.wanted_number is not None:
        return _of_numbers(_judged_by(does, measures), records, curves, confidence, epsilon)
    slack = Suboptimality.of(**epsilon)
    if isinstance(does, Marking):
        beside = _Beside(records, tuple(others), unknown) if others or unknown else None
        table = counted(records, does.target_label)
        return _of_marking(does, table, curves, confidence, slack, beside)
    if not isinstance(records, Population):
        raise ParameterError("a strategy that steers needs a population, not a table of counts")
    if isinstance(does, Steering):
        return _of_steering(does, records, curves)
    if isinstance(does, Responding):
        firm = None if learner is None else learner_of(learner)
        if not isinstance(firm, StepwiseLearner):
            raise StudyError(
                "it answers the firm at every step: it needs the learner gradient-descent"
            )
        return _of_responding(does, records, firm, curves)
    raise ParameterError(f"no theory is known for {type(strategy).__name__}")


def theory_of(
    strategy: Recruits,
    population: Population,
    target: float,
    learner: Trains | None = None,
    measures: tuple[str, ...] = (),
) -> Theory | None:
    """Return what a study keeps of the theory of one of its strategies.

    None for a strategy that has no theory. What cannot be computed becomes a reason.
    """
    if not strategy_of(strategy).has_theory:
        return None
    try:
        known = theories(strategy, population, learner=learner, measures=measures)
        placed = placed_mass(strategy, population, target) if known.exact else None
        return replace(known.for_target(target), placed_mass=placed)
    except CriticalMassError as error:
        return Theory(len(population), refused=dict.fromkeys(("bound", "exact"), str(error)))


def placed_mass(strategy: Recruits, records: Records, target: float) -> CriticalMass | None:
    """Return how many whole people are enough who stand where the strategy's plan says.

    None for a strategy that places nobody, where there are not so many people, and where it is too
    much work to say.
    """
    does = strategy_of(strategy)
    if not isinstance(does, Targeted):
        return None
    (people,) = whole_people(does, records, [target])
    size = counted(records, does.target_label).size
    return None if people is None else CriticalMass.at_most(target, people / size)


def _of_marking(
    strategy: Marking,
    table: FiniteTable,
    curves: tuple[str, ...],
    confidence: float,
    slack: Suboptimality,
    beside: _Beside | None = None,
) -> Theory:
    """Return what Theorems 1, 3 and 5 say, and what is exact on the records."""
    if strategy.target_label is not None:
        table.label_index(strategy.target_label)
    rng = np.random.default_rng(0)
    strategy.signal.apply(table.features[:1], population=table.cells, rng=rng)  # does it fit?
    # strategies of users may know these two words only
    words: EpsilonWithSense = {"epsilon": slack.epsilon, "suboptimality": slack.sense}
    refused: dict[str, str] = {}

    def bound() -> EstimatedBound:
        if beside:
            return bound_beside(
                strategy,
                beside.records,
                beside.others,
                unknown=beside.unknown,
                confidence=confidence,
                **words,
            )
        return strategy.bound(table, confidence=confidence, **words)

    def exact() -> ExactCurve | JointCurve:
        _require_alike(table.size, len(table), "classifier", table.cells.kind)
        if beside:
            unknown = beside.unknown
            return exact_beside(strategy, beside.records, beside.others, unknown=unknown, **words)
        return strategy.exact(table, **words)

    made = _made("exact", exact, curves, refused)
    known = Theory(
        table.size,
        _made("bound", bound, curves, refused),
        made,
        refused,
        cells=len(table),
        people=_in_people(strategy, table, slack, refused) if made and not beside else None,
    )
    label = strategy.target_label
    if beside or known.exact is None or label is None or isinstance(strategy, ALONE):
        return known
    best = _made("", lambda: best_of_all(strategy.signal, label, table, **words), ("",), {})
    return replace(known, best=best)


def _in_people(
    strategy: Marking, table: FiniteTable, slack: Suboptimality, refused: dict[str, str]
) -> PeopleCurve | None:
    """Return the curve of whole people; where the strategy has none at all, nothing is said."""
    if slack.epsilon:
        refused["people"] = "curves of whole people are known for ε = 0 only"
        return None
    try:
        return strategy.exact_in_people(table)
    except NoTheory:
        return None
    except CriticalMassError as error:
        refused["people"] = str(error)
        return None


def _judged_by(strategy: Marking, measures: tuple[str, ...]) -> Marking:
    """Return the strategy as it is where it is judged by the first of these measures alone."""
    fitting = [name for name in measures if name in strategy.judged_by(label_sets=False)]
    if fitting[:1] != ["moved"]:
        return strategy
    if isinstance(strategy, Imperfect):
        return replace(strategy, strategy=_judged_by(strategy.agreed, measures))
    return replace(strategy, tolerance=None) if isinstance(strategy, FeatureNumber) else strategy


def _of_numbers(
    strategy: Marking,
    records: Records,
    curves: tuple[str, ...],
    confidence: float,
    epsilon: EpsilonWithSense,
) -> Theory:
    """Return what is known of planting a number under squared loss; ε is in the number's unit."""
    if not isinstance(records, Population) or records.holds == "labels":
        raise StudyError(
            "it wants a number, and labels here are names: use feature-label, or say that they are "
            "numbers (population.numbers = true; in Python numbers=True)"
        )
    rng = np.random.default_rng(0)
    strategy.edit(records, np.arange(1), rng)  # does the signal fit, and the number?
    (cell,) = numbered(records.features)
    cells = int(cell.max()) + 1
    refused: dict[str, str] = {}

    def bound() -> EstimatedBound:
        return strategy.bound(records, confidence=confidence, **epsilon)

    def exact() -> ExactCurve | JointCurve:
        _require_alike(len(records), cells, "model", records.kind)
        return strategy.exact(records, **epsilon)

    return Theory(
        len(records),
        _made("bound", bound, curves, refused),
        _made("exact", exact, curves, refused),
        refused,
        cells=cells,
    )


def _require_alike(size: int, cells: int, best: str, kind: Kind) -> None:
    """Raise `ParameterError` where an exact curve would say nothing of a model that generalises."""
    if reason := unlike(size, cells, best):
        remedy = "; put numbers into steps, or name fewer columns"
        raise ParameterError(f"{reason}{remedy if kind == 'table' else ''}")


def _of_steering(strategy: Steering, population: Population, curves: tuple[str, ...]) -> Theory:
    """Return what Theorem 7 and Proposition 9 say, and what is exact on the records."""
    refused: dict[str, str] = {}
    return Theory(
        len(population),
        _made("bound", lambda: strategy.bound(population), curves, refused),
        _made("exact", lambda: strategy.exact(population), curves, refused),
        refused,
        steers=True,
        proposition_9=_made("", lambda: strategy.proposition_9(population), ("",), {}),
        cells=len(population),
    )


def _of_responding(
    strategy: Responding, population: Population, firm: StepwiseLearner, curves: tuple[str, ...]
) -> Theory:
    """Return what Theorem 10 says; no exact curve is known."""
    refused: dict[str, str] = {}
    if firm.aggregation != "mean" or firm.sampled is not None:
        curves = tuple(name for name in curves if name != "bound")
        refused["bound"] = (
            "Theorem 10 is for a firm that takes the mean of all gradients, not the "
            f"{firm.aggregation} of some or all clients"
        )

    def bound() -> EstimatedBound:
        control = strategy.bound(population, learning_rate=firm.learning_rate, steps=firm.steps)
        whole = 1 / firm.clients if firm.clients else 0.0  # fewer members are no client
        control = replace(control, alphas=tuple(max(alpha, whole) for alpha in control.alphas))
        most = max(control.pulls)
        reach = Estimate("control", most, most, "what members can send on the way")
        return EstimatedBound(control, (reach,), 1.0)

    made = _made("bound", bound, curves, refused)
    if "exact" in curves:
        refused["exact"] = "success depends on every step; only a bound is known"
    return Theory(len(population), made, None, refused, steers=True, cells=len(population))


def _made(
    name: str, make: Callable[[], _Curve], curves: tuple[str, ...], refused: dict[str, str]
) -> _Curve | None:
    """Return a curve if it was asked for and there is one; otherwise keep the reason."""
    if name not in curves:
        return None
    try:
        return make()
    except CriticalMassError as error:
        refused[name] = str(error)
        return None
