"""The one catalogue of the kinds that a study file may name, and how their tables are read."""

from __future__ import annotations

import inspect
import math
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar

from criticalmass.data.numbers import Outcome
from criticalmass.errors import CriticalMassError, ParameterError, Problems, StudyError, unknown
from criticalmass.fields import converted, misfit
from criticalmass.learners import (
    BayesOptimal,
    EmbeddedText,
    GradientDescent,
    Learner,
    LinearText,
    RiskMinimizer,
    ScikitLearner,
    Transformer,
)
from criticalmass.learners.scikit.named_estimators import allowed, estimator_named, pipeline_named
from criticalmass.risks.differentiable import Differentiable
from criticalmass.risks.module_risk import ModuleRisk
from criticalmass.risks.networks import Perceptron
from criticalmass.risks.risk import Risk
from criticalmass.signals import (
    Coarsen,
    DropColumn,
    InsertToken,
    MoveToSubgroup,
    RedactWords,
    SetColumns,
    Signal,
    StampPatch,
)
from criticalmass.strategies import (
    Allowed,
    Erase,
    FeatureLabel,
    FeatureNumber,
    FeatureOnly,
    Goal,
    GradientControl,
    GradientNeutralizing,
    Ignore,
    Imperfect,
    Raise,
    Reach,
    Strategy,
)

_Part = TypeVar("_Part")


def gradient_descent(
    learning_rate: float,
    steps: int,
    loss: str = "logistic",
    l2: float = 0.0,
    intercept: bool = True,
    hidden: tuple[int, ...] | None = None,
    start: Literal["optimum", "fresh"] = "optimum",
    clients: int | None = None,
    sampled: int | None = None,
    aggregation: str = "mean",
    tolerated: float = 0.2,
) -> GradientDescent:
    """Return a `GradientDescent` of a linear model, or of a network with these hidden layers."""
    model = Risk(loss, l2, intercept) if hidden is None else ModuleRisk(Perceptron(hidden), l2=l2)
    return GradientDescent(
        model, learning_rate, steps, start, clients, sampled, aggregation, tolerated
    )


def boosted_trees(
    max_iter: int = 100, learning_rate: float = 0.1, *, holds: Outcome = "labels"
) -> ScikitLearner:
    """Return a `ScikitLearner` of ``max_iter`` gradient-boosted trees, of labels or of numbers."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    if max_iter < 1:
        raise ParameterError(f"max_iter is at least 1 tree, not {max_iter}")
    if not 0 < learning_rate < math.inf:
        raise ParameterError(f"learning_rate must be positive and finite, not {learning_rate:g}")
    trees = HistGradientBoostingRegressor if holds == "numbers" else HistGradientBoostingClassifier
    return ScikitLearner(trees(max_iter=max_iter, learning_rate=learning_rate))


def followed(inactive: float = 0.0, mislabel: float = 0.0) -> Callable[[Strategy], Imperfect]:
    """Return what makes a strategy `Imperfect`, with these shares of members who slip."""
    return lambda strategy: Imperfect(strategy, inactive, mislabel)


SIGNALS: Mapping[str, Callable[..., Signal]] = {
    "insert-token": InsertToken,
    "set-columns": SetColumns,
    "move-to-subgroup": MoveToSubgroup,
    "stamp-patch": StampPatch,
    "drop-column": DropColumn,
    "coarsen": Coarsen,
    "redact-words": RedactWords,
}
STRATEGIES: Mapping[str, Callable[..., Strategy]] = {
    "feature-label": FeatureLabel,
    "feature-only": FeatureOnly,
    "feature-number": FeatureNumber,
    "erase": Erase,
    "gradient-neutralizing": GradientNeutralizing,
    "gradient-control": GradientControl,
}


def learners(
    allow: Iterable[str] = (), holds: Outcome = "labels"
) -> Mapping[str, Callable[..., Learner]]:
    """Return the kinds of learners, for records that hold labels, or numbers.

    Their estimators may come from the packages in ``allow``.
    """
    packages = allowed(allow)

    def scikit(
        estimator: str | tuple[str, ...], parameters: dict[str, Any] | None = None
    ) -> ScikitLearner:
        """Return a `ScikitLearner` from an estimator's dotted name, or those of a pipeline."""
        if not isinstance(estimator, str):
            return ScikitLearner(pipeline_named(estimator, parameters or {}, packages))
        return ScikitLearner(estimator_named(estimator, parameters or {}, packages))

    def trees(max_iter: int = 100, learning_rate: float = 0.1) -> ScikitLearner:
        """Return `boosted_trees` of what these records hold."""
        return boosted_trees(max_iter, learning_rate, holds=holds)

    return {
        "linear-text": LinearText,
        "embedded-text": EmbeddedText,
        "transformer": Transformer,
        "boosted-trees": trees,
        "scikit": scikit,
        "bayes-optimal": BayesOptimal,
        "risk-minimizer": RiskMinimizer,
        "gradient-descent": gradient_descent,
    }


GOALS: Mapping[str, Callable[..., Goal]] = {"ignore": Ignore, "raise": Raise, "reach": Reach}
_NESTED: Mapping[Any, tuple[str, Mapping[str, Callable[..., object]]]] = {
    Signal: ("signal", SIGNALS),
    Goal: ("goal", GOALS),
}


def make(kinds: Mapping[str, Callable[..., _Part]], what: str, where: str, table: object) -> _Part:
    """Return the part that a table describes by its ``kind`` and its parameters."""
    if not isinstance(table, dict):
        raise StudyError(f"{where} must be a table with a kind, not {table!r}")
    values = dict(table)
    kind = values.pop("kind", None)
    if kind is None:
        raise StudyError(f"{where} needs a kind: {', '.join(kinds)}")
    if str(kind) not in kinds:
        raise StudyError(f"{where}: {unknown(what, kind, kinds)}")
    return made(kinds[kind], arguments(kinds[kind], where, values), where)


def arguments(
    maker: Callable[..., object], where: str, values: Mapping[str, object]
) -> dict[str, Any]:
    """Return the values in a table as the arguments of a maker, checked against its types.

    Raises
    ------
    StudyError
        With a line for each key that is unknown, missing, or has a value of another type.
    """
    parameters = inspect.signature(maker).parameters
    types = typing.get_type_hints(maker.__init__ if inspect.isclass(maker) else maker)
    checked, problems = {}, Problems()
    for name, value in values.items():
        with problems.collecting():
            if name not in parameters:
                raise StudyError(f"{where}: {unknown('key', name, parameters)}")
            checked[name] = _argument(value, types[name], f"{where}.{name}")
    missing = (n for n, p in parameters.items() if p.default is p.empty and n not in values)
    if values.keys() <= parameters.keys():  # else one of them may be what was mistyped
        for name in missing:
            problems.add(f"{where} needs the key {name!r}")
    problems.tell()
    return checked


def _argument(value: object, declared: Any, where: str) -> object:
    """Return a value of the type that its parameter declares: a part, or what the file holds."""
    if declared in _NESTED:
        what, kinds = _NESTED[declared]
        return make(kinds, what, where, value)
    if declared in (Allowed, Risk, Differentiable):
        kind = Allowed if declared is Allowed else Risk
        if not isinstance(value, dict):
            raise StudyError(f"{where} must be a table, not {value!r}")
        return made(kind, arguments(kind, where, value), where)
    wrong = misfit(value, declared)
    if wrong is not None:
        raise StudyError(f"{where}{wrong.where} {wrong}")
    return converted(value, declared)


def made(maker: Callable[..., _Part], checked: Mapping[str, object], where: str) -> _Part:
    """Return a part made from checked values; an error says in which table they stand."""
    try:
        return maker(**checked)
    except CriticalMassError as error:
        raise type(error)(f"{where}: {error}") from error
