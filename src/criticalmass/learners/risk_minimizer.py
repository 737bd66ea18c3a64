"""`RiskMinimizer`: the firm that minimises a convex risk exactly (paper, Definition 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from criticalmass.arrays import Array
from criticalmass.data.edit import Edit
from criticalmass.data.numbers import Outcome
from criticalmass.data.population import Population
from criticalmass.data.records import Features
from criticalmass.errors import DataError
from criticalmass.fields import check_fields
from criticalmass.learners.first_guess import Asked, FirstGuess
from criticalmass.learners.label_scores import label_scores, predicted_with
from criticalmass.learners.learner import Learner, try_instead
from criticalmass.learners.regressions.mark_alone import MarkedRegression
from criticalmass.risks.design import Design, outcomes
from criticalmass.risks.risk import Risk
from criticalmass.risks.sample import Sample


@dataclass(frozen=True, eq=False)
class _Prepared:
    """The base population as numbers, and its minimiser, from which every run begins."""

    population: Population
    design: Design
    sample: Sample
    risk: Risk

    def encode(self, features: Features) -> Array:
        return self.design.encode(features)

    @cached_property
    def start(self) -> Array:
        """θ₀, found when it is first needed: a few records alone need have no minimiser."""
        return self.risk.minimize(self.sample)


@dataclass(frozen=True, eq=False)
class LinearModel:
    """A generalised linear model.

    Parameters
    ----------
    risk
        What it minimises.
    parameters
        θ, (p,).
    names
        The labels, of which there are two or more for logistic and multinomial loss.
    """

    risk: Risk
    parameters: Array
    names: tuple[str, ...]

    def scores(self, batch: Array) -> Array:
        """Return a score for every label; see `label_scores`."""
        eta = self.risk.predictors(self.parameters, batch)
        return label_scores(self.risk.loss, eta, self.names)


@dataclass(frozen=True)
class RiskMinimizer(Learner):
    """The exact minimiser of a generalised linear model's risk, to a gradient norm of 1e-10.

    Tables are standardised and one-hot encoded (`criticalmass.risks.design.Design`), as the base
    population has it; every run begins at the base population's minimiser. There is no randomness.

    Parameters
    ----------
    loss
        ``"logistic"`` (two labels), ``"multinomial"``, or with numbers as labels ``"squared"`` or
        ``"poisson"``.
    l2
        Strength of the penalty l2/2 · ‖weights‖² beside the mean loss.
    intercept
        Whether the model has a constant.

    Examples
    --------
    >>> import numpy as np
    >>> people = Population.from_arrays(np.array([[0.0], [1.0], [2.0], [3.0]]), list("nyny"))
    >>> learner = RiskMinimizer(l2=0.01)
    >>> model = learner.fit(learner.prepare(people), Edit.nothing(people), seed=0)
    >>> model.parameters.round(3).tolist()
    [0.868, -1.302]
    """

    loss: str = "logistic"
    l2: float = 0.0
    intercept: bool = True

    def __post_init__(self) -> None:
        check_fields(self)
        _ = self.risk

    @property
    def risk(self) -> Risk:
        """The risk that it minimises."""
        return Risk(self.loss, self.l2, self.intercept)

    @property
    def predicts(self) -> tuple[Outcome, ...]:
        """Labels; with squared and Poisson loss numbers too."""
        return predicted_with(self.loss)

    @property
    def objective(self) -> Risk:
        """The risk that it minimises."""
        return self.risk

    def in_words(self) -> str:
        """Return what the firm trains.

        Examples
        --------
        >>> RiskMinimizer(l2=0.1).in_words()
        'a linear model with logistic loss, at the very minimum of its risk (l2 = 0.1)'
        """
        return (
            f"a linear model with {self.loss} loss, at the very minimum of its risk "
            f"(l2 = {self.l2:g})"
        )

    def prepare(self, population: Population) -> _Prepared:
        """Return the records as numbers."""
        if population.kind == "texts":
            raise DataError(f"RiskMinimizer learns from numbers; {try_instead(population)}")
        design = Design.of(population)
        sample = Sample(design.encode(population.features), outcomes(population, self.loss))
        return _Prepared(population, design, sample, self.risk)

    def fit(self, prepared: _Prepared, edit: Edit, seed: int) -> LinearModel:
        """Return the minimiser of the risk of the population with the edit applied."""
        sample = prepared.sample
        if len(edit.rows):
            x, y = sample.x.copy(), sample.y.copy()
            changed = Population(
                edit.features,
                edit.labels,
                prepared.population.label_names,
                prepared.population.label_sets,
                numbers=prepared.population.numbers,
            )
            x[edit.rows] = prepared.design.encode(edit.features)
            y[edit.rows] = outcomes(changed, self.loss)
            sample = Sample(x, y)
            theta = self.risk.minimize(sample, start=prepared.start)
        else:
            theta = prepared.start
        return LinearModel(self.risk, theta, prepared.population.label_names)

    def first_guesses(
        self, population: Population, asked: Sequence[Asked]
    ) -> list[FirstGuess | None]:
        """Return how many people each may take, from one model trained without them.

        None unless the loss is logistic.
        """
        if self.loss != "logistic" or population.label_sets:
            return [None] * len(asked)
        prepared = self.prepare(population)
        return [self._first_guess(prepared, one) for one in asked]

    def _first_guess(self, prepared: _Prepared, asked: Asked) -> FirstGuess | None:
        edit, inputs = asked.edit, prepared.sample.x
        if not len(edit.rows):
            return None
        towards = 1.0 if asked.target == 1 else -1.0  # θ is that of the second label
        theta, width = towards * prepared.start, inputs.shape[1]
        return MarkedRegression(
            inputs=inputs,
            labels=prepared.population.held[:, asked.target],
            weights=theta[:width],
            intercept=float(theta[width]) if self.intercept else 0.0,
            penalty=self.l2 * len(inputs),
            members=prepared.encode(edit.features),
            rows=edit.rows,
            member_labels=edit.held[:, asked.target],
            acting=len(edit.rows) / len(edit.members),
            marked=prepared.encode(asked.marked),
            per_record=True,
        ).guess(asked.wanted)
