"""`GradientDescent`: a firm that learns step by step, and shows each step to its users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array
from criticalmass.data.edit import Edit
from criticalmass.data.numbers import Outcome
from criticalmass.data.population import Population
from criticalmass.data.records import Features
from criticalmass.errors import DataError, ParameterError, require_choice
from criticalmass.fields import check_fields
from criticalmass.learners.descent.aggregation import AGGREGATIONS
from criticalmass.learners.descent.clients import Rule, Senders
from criticalmass.learners.label_scores import label_scores, predicted_with
from criticalmass.learners.learner import StepwiseLearner, Supply, try_instead
from criticalmass.phrases import counted
from criticalmass.risks.design import Design, outcomes
from criticalmass.risks.differentiable import Differentiable
from criticalmass.risks.sample import Sample


@dataclass(frozen=True, eq=False)
class _Prepared:
    """The population as numbers, and where training starts; None where the seed decides."""

    population: Population
    design: Design
    sample: Sample
    start: Array | None

    def encode(self, features: Features) -> Array:
        return self.design.encode(features)


@dataclass(frozen=True, eq=False)
class _Model:
    """What was learnt: the last θ, and every one before it."""

    model: Differentiable
    label_names: tuple[str, ...]
    path: Array

    @property
    def parameters(self) -> Array:
        return np.asarray(self.path[-1])

    def scores(self, batch: Array) -> Array:
        return label_scores(
            self.model.loss, self.model.predictors(self.parameters, batch), self.label_names
        )


@dataclass(frozen=True)
class GradientDescent(StepwiseLearner):
    """A firm that descends its risk by gradients: θ_{t+1} = θ_t − η · g(θ_t) (Section 4.2).

    Without ``clients`` g is the mean over all records, and every record is a sender of its own.
    With clients, records are dealt to so many of them, once and at random; each sends the mean
    gradient of its records, and the firm combines what they send (federated averaging with one
    local step). Members fill whole clients then: a share α of the records is ⌊α · clients⌋ clients
    of members alone. The mean weighs clients by their records, so with all clients in every
    round it is the mean over records; the robust rules give each client one voice. Where clients
    are sampled, members are as many of a round as chance has it.

    `fit` trains on an edit, as every learner does. `descend` is for a collective that watches θ and
    answers it: it supplies its members' gradients at every step.

    Parameters
    ----------
    model
        What is learnt: a `criticalmass.risks.risk.Risk`, or any other differentiable model.
    learning_rate
        η > 0. For a β-smooth convex risk descent is sure to converge below 2/β.
    steps
        T, from 1 on.
    start
        ``"optimum"``: the firm's model was trained on the base population before. ``"fresh"``: it
        begins anew, at zero, or with a module's random weights, drawn with the run's seed.
    clients
        How many clients send gradients; None: every record is one.
    sampled
        How many clients are drawn in each round; all by default.
    aggregation
        ``"mean"``, ``"median"``, ``"trimmed-mean"`` or ``"krum"``: see
        `criticalmass.learners.descent.aggregation`.
    tolerated
        Share of the clients that trimmed-mean drops at either end, or that Krum tolerates.

    Raises
    ------
    ParameterError
        If a parameter is not one of these.

    Examples
    --------
    >>> from criticalmass.risks.risk import Risk
    >>> people = Population.from_arrays(np.array([[0.0], [1.0], [2.0], [3.0]]), list("nnyy"))
    >>> firm = GradientDescent(Risk("logistic", l2=0.1), learning_rate=0.5, steps=50, start="fresh")
    >>> prepared = firm.prepare(people)
    >>> model = firm.fit(prepared, Edit.nothing(people), seed=0)
    >>> model.path.shape, model.scores(prepared.encode(people.features)).argmax(axis=1).tolist()
    ((51, 2), [0, 0, 1, 1])

    One member in four who answers every step by a gradient of their own:

    >>> steered = firm.descend(prepared, np.array([3]), lambda step, theta: 4 * theta - 4, seed=0)
    >>> bool(steered.parameters[1] > model.parameters[1])
    True
    """

    model: Differentiable
    learning_rate: float
    steps: int
    start: Literal["optimum", "fresh"] = "optimum"
    clients: int | None = None
    sampled: int | None = None
    aggregation: str = "mean"
    tolerated: float = 0.2

    def __post_init__(self) -> None:
        check_fields(self)
        if not 0 < self.learning_rate < np.inf:
            raise ParameterError(
                f"learning_rate must be positive and finite, not {self.learning_rate:g}"
            )
        if self.steps < 1:
            raise ParameterError(f"steps is a number from 1 on, not {self.steps}")
        require_choice("start", self.start, ("optimum", "fresh"))
        require_choice("aggregation", self.aggregation, AGGREGATIONS)
        if self.clients is not None and self.clients < 2:
            raise ParameterError(f"clients is a number from 2 on, not {self.clients}")
        if self.sampled is not None and not 1 <= self.sampled <= (self.clients or 0):
            raise ParameterError(
                f"sampled clients are 1 to {self.clients} of the clients, not {self.sampled}"
                if self.clients
                else "sampled needs clients: how many there are to sample from"
            )
        if not 0 <= self.tolerated < 0.5:
            raise ParameterError(
                f"tolerated is a share of the clients in [0, 1/2), not {self.tolerated:g}"
            )

    @property
    def predicts(self) -> tuple[Outcome, ...]:
        """Labels; with squared and Poisson loss numbers too."""
        return predicted_with(self.model.loss)

    @property
    def objective(self) -> Differentiable:
        """The risk that it descends."""
        return self.model

    @property
    def fewest_records(self) -> int:
        """The smallest number of records that it can be prepared with: one for each client."""
        return self.clients or 1

    def in_words(self) -> str:
        """Return what the firm trains."""
        return f"a model by gradient descent, in {counted(self.steps, 'step')}"

    def prepare(self, population: Population) -> _Prepared:
        """Return the records as numbers, with the model that the firm starts from."""
        if population.kind == "texts":
            raise DataError(f"GradientDescent learns from numbers; {try_instead(population)}")
        if self.clients is not None and self.clients > len(population):
            raise ParameterError(
                f"{self.clients} clients need as many records; there are {len(population)}"
            )
        design = Design.of(population)
        sample = Sample(design.encode(population.features), outcomes(population, self.model.loss))
        start = self.model.minimize(sample) if self.start == "optimum" else None
        return _Prepared(population, design, sample, start)

    def fit(self, prepared: _Prepared, edit: Edit, seed: int) -> _Model:
        """Return the model after descent on the population with the edit applied."""
        sample = prepared.sample
        if len(edit.rows):
            data = edit.apply(prepared.population)
            y = outcomes(data, self.model.loss)
            x = sample.x.copy()
            x[edit.rows] = prepared.design.encode(edit.features)
            sample = Sample(x, y)
        return self._run(prepared, sample, edit.members, None, seed)

    def descend(
        self, prepared: _Prepared, members: NDArray[np.intp], supply: Supply, seed: int
    ) -> _Model:
        """Return the model after descent in which members answer every θ with their gradients.

        Parameters
        ----------
        prepared
            What `prepare` returned.
        members
            Row numbers of everyone who joined, (m,).
        supply
            Called as ``supply(step, theta)``; returns one gradient (p,) that all members send, or
            (senders, p): one row per member, or with clients one per client of members.
        seed
            Seed of the dealing, the sampling and of a fresh start.

        Returns
        -------
        Model
            With ``scores``, ``parameters`` (p,) and ``path`` (steps + 1, p): θ_0 … θ_T.

        Raises
        ------
        ParameterError
            If nobody joined, fewer records joined than one client has, or descent diverges.
        """
        if not len(members):
            raise ParameterError("a collective of zero members supplies nothing")
        return self._run(prepared, prepared.sample, members, supply, seed)

    def _run(
        self,
        prepared: _Prepared,
        sample: Sample,
        members: NDArray[np.intp],
        supply: Supply | None,
        seed: int,
    ) -> _Model:
        # who sends gradients, and how the firm combines them
        rng = np.random.default_rng(seed)
        senders = Senders.of(sample, members, self.clients, rng)
        rule = Rule(self.aggregation, self.tolerated, self.sampled)
        # where it starts
        theta = prepared.start
        if theta is None:
            theta = self.model.start(seed, sample)
        # θ_{t+1} = θ_t − η · g(θ_t)
        path = np.empty((self.steps + 1, len(theta)))
        path[0] = theta
        with np.errstate(over="ignore", invalid="ignore"):
            for step in range(self.steps):
                sent = None if supply is None else senders.checked(supply(step, theta), len(theta))
                gradient = senders.gradient(self.model, theta, sent, rule, rng)
                theta = theta - self.learning_rate * gradient
                if not np.isfinite(theta).all():
                    raise ParameterError(self._diverged(step, sample))
                path[step + 1] = theta
        return _Model(self.model, prepared.population.label_names, path)

    def _diverged(self, step: int, sample: Sample) -> str:
        beta = self.model.smoothness(sample)
        bound = f"; it is sure to converge below 2/β = {2 / beta:.4g}" if beta < np.inf else ""
        return (
            f"gradient descent diverged at step {step + 1}: learning_rate = "
            f"{self.learning_rate:g} is too high{bound}"
        )
