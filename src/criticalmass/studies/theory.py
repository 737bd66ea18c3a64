"""What theory says of a study's strategies, kept with its facts, so that reports can draw it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Unpack

import numpy as np

from criticalmass.data.population import Population
from criticalmass.errors import CriticalMassError, ParameterError, StudyError
from criticalmass.strategies import Recruits
from criticalmass.strategies.images import Records, counted
from criticalmass.theory import (
    Bound,
    ErasureBound,
    Estimate,
    EstimatedBound,
    ExactCurve,
    FeatureLabelBound,
    FeatureOnlyBound,
    GradientControlBound,
    GradientNeutralizingBound,
    JointCurve,
    PathCurve,
    UtilityBound,
)
from criticalmass.theory.parameters import check_confidence
from criticalmass.theory.suboptimality import EpsilonWithSense, Suboptimality

THEOREMS: Mapping[str, type[Bound]] = {
    theorem.__name__: theorem
    for theorem in (
        FeatureLabelBound,
        FeatureOnlyBound,
        ErasureBound,
        GradientNeutralizingBound,
        UtilityBound,
        GradientControlBound,
    )
}
"""The theorems that stores keep the parameters of, by the name of their class."""
ALIKE = 2.0
"""With fewer records a cell than this on average, an exact curve would be that of a firm that knows
every record by heart, which says nothing of a model that generalises."""
DRAWN = 2000
"""Steps of an exact curve that are kept apart; beyond that they are drawn to four digits."""


@dataclass(frozen=True, eq=False)
class Theory:
    """Bound and exact curve of one strategy.

    Parameters
    ----------
    size, cells
        Number of records, and of different ones.
    bound, exact
        The curves, or None.
    refused
        Why a curve is None, by ``"bound"`` and ``"exact"``.
    steers
        Whether the strategy steers the firm's parameters.
    proposition_9
        For a utility that is convex: what is guaranteed whatever the records, if there is such.
    """

    size: int
    cells: int
    bound: EstimatedBound | None
    exact: ExactCurve | JointCurve | PathCurve | None
    refused: dict[str, str]
    steers: bool = False
    proposition_9: UtilityBound | None = None

    @property
    def exact_target(self) -> bool:
        """Whether success of 1, the wanted model itself, is within reach."""
        return self.bound is not None and isinstance(self.bound.bound, GradientNeutralizingBound)


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
    return Theory(table.size, len(table), made.get("bound"), made.get("exact"), refused)


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
        said = "Theorem 10 is for a firm that takes the mean of all gradients"
        curves = tuple(name for name in curves if name != "bound")
        refused["bound"] = f"{said}, not the {learner.aggregation} of some or all clients"
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
    n = len(population)
    return Theory(
        n, n, made.get("bound"), made.get("exact"), refused,
        steers=True, proposition_9=made.get("proposition_9"),
    )  # fmt: skip


def theory_of(
    strategy: Recruits, population: Population, target: float, learner: Any = None
) -> dict[str, Any]:
    """Return bound and exact curve of a strategy in JSON's types, or why there is none.

    Empty for a strategy that has no theory. The exact critical mass for the target is kept beside
    the curve, whose steps may be rounded.
    """
    if not (hasattr(strategy, "bound") or hasattr(strategy, "exact")):
        return {}
    try:
        said = theories(strategy, population, learner=learner)
    except CriticalMassError as error:
        return {name: {"refused": str(error)} for name in ("bound", "exact")}
    kept = {name: {"refused": reason} for name, reason in said.refused.items()}
    if said.bound:
        kept["bound"] = _keep_bound(said.bound)
    if said.proposition_9:
        kept["proposition_9"] = asdict(said.proposition_9)
    if isinstance(said.exact, ExactCurve | PathCurve):
        masses = said.exact.critical_mass(target), said.exact.first_reached(target)
        kept["exact"] = _keep_exact(said.exact) | {"masses": [asdict(mass) for mass in masses]}
    return kept


def bound_from(kept: Mapping[str, Any]) -> EstimatedBound | None:
    """Return the bound that `theory_of` kept; None if there was none."""
    bound = kept.get("bound", {})
    if "kind" not in bound:
        return None
    estimates = tuple(Estimate(**estimate) for estimate in bound["estimates"])
    theorem = THEOREMS[bound["kind"]](**bound["parameters"])
    return EstimatedBound(theorem, estimates, bound["confidence"], bound["share"])


def exact_from(kept: Mapping[str, Any]) -> ExactCurve | PathCurve | None:
    """Return the exact curve that `theory_of` kept; None if there was none."""
    exact = kept.get("exact", {})
    if "alphas" in exact:
        return PathCurve(np.array(exact["alphas"]), np.array(exact["values"]))
    if "low" not in exact:
        return None
    low, high, weight = (np.array(exact[key], dtype=float) for key in ("low", "high", "weight"))
    return ExactCurve(low, high, weight, exact["size"])


def _keep_bound(curve: EstimatedBound) -> dict[str, Any]:
    theorem: Any = curve.bound
    return {
        "kind": type(theorem).__name__,
        "parameters": asdict(theorem),
        "estimates": [asdict(estimate) for estimate in curve.estimates],
        "confidence": curve.confidence,
        "share": float(curve.share),
    }


def _keep_exact(curve: ExactCurve | PathCurve) -> dict[str, Any]:
    if isinstance(curve, PathCurve):
        return {"alphas": curve.alphas.tolist(), "values": curve.values.tolist()}
    low, high = np.maximum(curve.low, -1.0), np.minimum(curve.high, 2.0)
    held = (low < high) & (low < 1)
    ends, weight = np.column_stack([low, high])[held], curve.weight[held]
    if len(np.unique(ends, axis=0)) > DRAWN:
        digits = 10.0 ** np.floor(np.log10(np.maximum(np.abs(ends), 1e-12)) - 3)
        ends = np.round(ends / digits) * digits
    merged, number = np.unique(ends, axis=0, return_inverse=True)
    total = np.bincount(number.reshape(-1), weight, len(merged))
    return {
        "low": merged[:, 0].tolist(),
        "high": merged[:, 1].tolist(),
        "weight": total.tolist(),
        "size": float(curve.size),
        "points": len(curve.low),
    }
