"""Goals of steering: which parameters θ* the collective wants the firm to learn.

A goal is a frozen dataclass whose method ``aim`` turns it into an `Aim` once the firm's risk and
the population are known. The target is the model with the least risk under P₀ among all that fulfil
the goal: it looks best to the firm, so few people are needed (Corollary 8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import numpy as np

from criticalmass.arrays import Array
from criticalmass.data.population import Population
from criticalmass.errors import DataError, ParameterError, require_choice, unknown
from criticalmass.fields import check_fields, kind
from criticalmass.phrases import group_in_words, named, own_words, quoted
from criticalmass.risks.design import Design
from criticalmass.risks.risk import Risk
from criticalmass.strategies.steering.utilities import (
    MeanScore,
    Utility,
    base,
    least_risk_at,
    least_risk_with,
)


@dataclass(frozen=True, eq=False)
class Aim:
    """A goal for one population: where the firm is, and where the collective wants it.

    Parameters
    ----------
    start
        θ₀, the minimiser of the risk under P₀, (p,).
    target
        θ*, (p,).
    measure
        ``"distance"``: success is the part of the way from θ₀ to θ* that the firm goes;
        ``"utility"``: the part of the gain in utility that it gives.
    norm
        Order of the norm that distances are measured in.
    utility, gain
        For ``"utility"``: u, and the gain U that is asked for.
    """

    start: Array
    target: Array
    measure: Literal["distance", "utility"] = "distance"
    norm: float = 2.0
    utility: Utility | None = None
    gain: float = 0.0

    @property
    def way(self) -> float:
        """The distance from the firm to the target, ‖θ₀ − θ*‖."""
        return self.distance(self.start)

    def distance(self, theta: Array) -> float:
        """Return ‖θ − θ*‖."""
        return float(np.linalg.norm(theta - self.target, ord=self.norm))

    def share(self, theta: Array) -> float:
        """Return success in [0, 1]: the part of the way, or of the gain, that θ gives."""
        if self.measure == "distance":
            done = 1 - self.distance(theta) / self.way if self.way else 1.0
        else:
            assert self.utility is not None
            done = (self.utility.value(theta) - self.utility.value(self.start)) / self.gain
        return float(np.clip(done, 0, 1))


@kind("a goal, such as Ignore('sex')")
@runtime_checkable
class Goal(Protocol):
    """What a collective wants of the firm's parameters."""

    @property
    def measure(self) -> str:
        """The name of the measure of success: ``"distance"`` or ``"utility"``."""
        ...

    def aim(self, risk: Risk, design: Design, population: Population) -> Aim:
        """Return the goal on one population: θ₀, where the firm is, and θ*, where it is to go."""
        ...


@dataclass(frozen=True)
class Reach:
    """The goal that the firm learns given parameters.

    Parameters
    ----------
    weights
        Some of them by name, such as ``{"age": 0.0, "intercept": -1.0}``; the firm chooses the
        others. Or all p of them in order: for each predictor the columns, then the intercept.
        Weights are those of the design's columns, in which numbers are in standard deviations.
    norm
        Order of the norm that success is measured in: 1, 2 or inf.

    Examples
    --------
    >>> people = Population.from_arrays(np.array([[0.0], [1.0], [2.0], [3.0]]), list("nyny"))
    >>> aim = Reach({"x0": 0.0}).aim(Risk(), Design.of(people), people)
    >>> bool(np.allclose(aim.target, [0, 0]))
    True
    """

    weights: Mapping[str, float] | tuple[float, ...]
    norm: float = 2.0
    measure: ClassVar[str] = "distance"

    def __post_init__(self) -> None:
        check_fields(self)
        if self.norm not in (1, 2, np.inf):
            raise ParameterError(f"norm must be 1, 2 or inf, not {self.norm:g}")
        values = self.weights.values() if isinstance(self.weights, Mapping) else self.weights
        if not len(values) or not all(np.isfinite(value) for value in values):
            raise ParameterError("a target needs at least one weight, and finite ones")

    def in_words(self) -> str:
        """Return what is asked for; it follows "90% of the"."""
        return "way to the wanted weights"

    def aim(self, risk: Risk, design: Design, population: Population) -> Aim:
        """Return θ₀ and θ*."""
        sample, start = base(risk, design, population)
        if not isinstance(self.weights, Mapping):
            target = np.asarray(self.weights, dtype=float)
            if target.shape != start.shape:
                raise ParameterError(
                    f"the firm's model has {len(start)} parameters, the target has {len(target)}"
                )
            return Aim(start, target, norm=self.norm)
        names = [*design.names, *(["intercept"] if risk.intercept else [])]
        theta, fixed = start.copy(), np.zeros(len(start), dtype=bool)
        for name, value in self.weights.items():
            if name not in names:
                raise DataError(unknown("weight", name, names))
            places = np.arange(names.index(name), len(start), len(names))
            theta[places], fixed[places] = value, True
        try:
            target = least_risk_at(risk, sample, theta, fixed)
        except DataError:
            raise ParameterError(
                "no model with these weights was found, they are so far from what the firm learns: "
                f"{', '.join(self.weights)}; aim nearer"
            ) from None
        return Aim(start, target, norm=self.norm)


@dataclass(frozen=True)
class Ignore:
    """The goal that the firm gives a column no weight.

    Parameters
    ----------
    column
        A column of the table (all its values are ignored) or of the design (``"sex=Male"``).
    """

    column: str
    measure: ClassVar[str] = "distance"

    def __post_init__(self) -> None:
        check_fields(self)

    def in_words(self) -> str:
        """Return what is asked for; it follows "90% of the".

        Examples
        --------
        >>> Ignore("sex").in_words()
        'way to one that gives no weight to “sex”'
        """
        return f"way to one that gives no weight to {quoted(self.column)}"

    def aim(self, risk: Risk, design: Design, population: Population) -> Aim:
        """Return θ₀ and the best parameters without the column."""
        weights = {design.names[j]: 0.0 for j in design.of_column(self.column)}
        return Reach(weights).aim(risk, design, population)


@dataclass(frozen=True)
class Raise:
    """The goal that the mean score of a group of records rises.

    Parameters
    ----------
    by
        How much: .05 means five percentage points, or .05 units of the predictor.
    where
        Columns and the values that the group has; empty for everybody.
    label
        Whose score; by default the second of two labels, or the number that is predicted.
    scale
        ``"score"``: the mean prediction μ, such as a probability, which is not convex in θ.
        ``"predictor"``: the mean of η, which is linear.
    """

    by: float
    where: Mapping[str, Any] | None = None
    label: str | None = None
    scale: Literal["score", "predictor"] = "score"
    measure: ClassVar[str] = "utility"

    def __post_init__(self) -> None:
        check_fields(self)
        require_choice("scale", self.scale, ("score", "predictor"))
        _check_gain(self.by)

    def in_words(self) -> str:
        """Return what is asked for; it follows "90% of the".

        Examples
        --------
        >>> Raise(0.05, {"sex": "Female"}).in_words()
        'wanted gain of 0.05 in the mean score of records with sex = Female'
        """
        whose = f"records with {group_in_words(self.where)}" if self.where else "all records"
        unit = "" if self.scale == "score" else " (in log-odds or units of the predictor)"
        return f"wanted gain of {self.by:g}{unit} in the mean score of {whose}"

    def aim(self, risk: Risk, design: Design, population: Population) -> Aim:
        """Return θ₀ and the best parameters that give the group that much more."""
        group = design.where(population, dict(self.where or {}))
        x = design.encode(population.features[group])
        if risk.loss in ("logistic", "multinomial"):
            k = 1 if self.label is None else population.label_index(self.label)
        else:
            k = 1
        utility = MeanScore(x, risk, k, self.scale)
        return Gain(utility, self.by).aim(risk, design, population)


@dataclass(frozen=True)
class Gain:
    """The goal that a utility of the members' own rises by U.

    Parameters
    ----------
    utility
        A frozen dataclass with ``value``, ``gradient`` and ``convex``; see `Utility` and `Linear`.
    by
        U, above 0.
    """

    utility: Utility
    by: float
    measure: ClassVar[str] = "utility"

    def __post_init__(self) -> None:
        check_fields(self)
        _check_gain(self.by)

    def in_words(self) -> str:
        """Return what is asked for; it follows "90% of the".

        Examples
        --------
        >>> from criticalmass.strategies import Linear
        >>> Gain(Linear((1.0, 0.0)), 0.1).in_words()
        'wanted gain of 0.1 in the utility Linear(direction=(1.0, 0.0), convex=True)'
        """
        utility = own_words(self.utility, "in_words", ["value"])
        return f"wanted gain of {self.by:g} in {utility or f'the utility {named(self.utility)}'}"

    def aim(self, risk: Risk, design: Design, population: Population) -> Aim:
        """Return θ₀ and the best parameters with that much more utility."""
        sample, start = base(risk, design, population)
        slope = self.utility.gradient(start)
        if slope.shape != start.shape:
            raise ParameterError(
                f"the firm's model has {len(start)} parameters, the utility's gradient "
                f"{slope.shape[0] if slope.ndim else 0}"
            )
        if not np.linalg.norm(slope) > 0:
            raise DataError("the utility does not change with the parameters where the firm is")
        target = least_risk_with(risk, sample, start, self.utility, self.by)
        return Aim(start, target, "utility", utility=self.utility, gain=self.by)


def _check_gain(by: float) -> None:
    if not 0 < by < np.inf:
        raise ParameterError(f"by is a gain above 0, not {by:g}")
