"""What theory says of a strategy on some records, computed: see `Theory`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Unpack

import numpy as np

from criticalmass.data.population import Population
from criticalmass.errors import CriticalMassError, ParameterError, StudyError
from criticalmass.strategies import Recruits
from criticalmass.strategies.images import Records, counted
from criticalmass.studies.theory_record import Theory
from criticalmass.theory import Estimate, EstimatedBound, GradientControlBound
from criticalmass.theory.parameters import check_confidence
from criticalmass.theory.suboptimality import EpsilonWithSense, Suboptimality

ALIKE = 2.0
"""With fewer records a cell than this on average, an exact curve would be that of a firm that knows
every record by heart, which says nothing of a model that generalises."""


def theories(
    strategy: Recruits,
    records: Records,
    *,
    learner: Any = None,
    curves: tuple[str, ...] = ("bound", "exact"),
    confidence: float = 0.95,
    **epsilon: Unpack[EpsilonWithSense],
) -> Theory:
    """Return what theory says of a strategy on these records; what it refuses becomes a reason.

    Raises
    ------
    DataError
        If the strategy's label is unknown, or its signal does not fit the records.
    ParameterError
        If ε or the confidence is out of range.
    """
    slack = Suboptimality.of(**epsilon)
    check_confidence(confidence)
    if isinstance(records, Population) and hasattr(strategy, "aim"):
        return _steering(strategy, records, learner, curves)
    table = counted(records, strategy.target_label)
    if strategy.target_label is not None:
        table.label_index(strategy.target_label)
    rng = np.random.default_rng(0)
    signed: Any = strategy
    signed.signal.apply(table.features[:1], population=table.cells, rng=rng)  # does it fit?
    made: dict[str, Any] = {}
    refused = {}
    # strategies of users may know these two words only
    words: dict[str, Any] = {"epsilon": slack.epsilon, "suboptimality": slack.sense}
    options = {"bound": {"confidence": confidence, **words}, "exact": words}
    for name in curves:
        make: Any = getattr(strategy, name, None)
        try:
            if make is None:
                raise ParameterError(f"{type(strategy).__name__} has no method {name!r}")
            if name == "exact" and table.size < ALIKE * len(table):
                raise ParameterError(
                    f"hardly any two records are alike ({table.size / len(table):.2g} on average), "
                    "so that the best possible classifier would know each by heart, which says "
                    "nothing of a model that generalises"
                )
            made[name] = make(table, **options[name])
        except CriticalMassError as error:
            refused[name] = str(error)
    return Theory(table.size, made.get("bound"), made.get("exact"), refused, cells=len(table))


def _steering(
    strategy: Any, population: Population, learner: Any, curves: tuple[str, ...]
) -> Theory:
    """Return what theory says of a strategy that steers the firm's parameters."""
    made: dict[str, Any] = {}
    refused: dict[str, str] = {}
    answers = hasattr(strategy, "respond")
    if answers and not hasattr(learner, "steps"):
        raise StudyError("it answers the firm at every step: it needs the learner gradient-descent")
    if answers and (learner.aggregation != "mean" or learner.sampled is not None):
        curves = tuple(name for name in curves if name != "bound")
        refused["bound"] = (
            "Theorem 10 is for a firm that takes the mean of all gradients, not the "
            f"{learner.aggregation} of some or all clients"
        )
    firm = {"learning_rate": learner.learning_rate, "steps": learner.steps} if answers else {}
    for name in (*curves, "proposition_9"):
        make = getattr(strategy, name, None)
        try:
            if make is None:
                raise ParameterError("success depends on every step; only a bound is known")
            made[name] = make(population, **firm)
        except CriticalMassError as error:
            refused[name] = str(error)
    refused.pop("proposition_9", None)
    if isinstance(made.get("bound"), GradientControlBound):
        control = made["bound"]
        whole = 1 / learner.clients if learner.clients else 0.0  # fewer members are no client
        control = replace(control, alphas=tuple(max(alpha, whole) for alpha in control.alphas))
        most = max(control.pulls)
        reach = Estimate("control", most, most, "what members can send on the way")
        made["bound"] = EstimatedBound(control, (reach,), 1.0)
    return Theory(
        len(population),
        made.get("bound"),
        made.get("exact"),
        refused,
        steers=True,
        proposition_9=made.get("proposition_9"),
        cells=len(population),
    )


def theory_of(
    strategy: Recruits, population: Population, target: float, learner: Any = None
) -> Theory | None:
    """Return what a study keeps of the theory of one of its strategies.

    None for a strategy that has no theory. What cannot be computed becomes a reason.
    """
    if not (hasattr(strategy, "bound") or hasattr(strategy, "exact")):
        return None
    try:
        return theories(strategy, population, learner=learner).for_target(target)
    except CriticalMassError as error:
        return Theory(len(population), refused=dict.fromkeys(("bound", "exact"), str(error)))
