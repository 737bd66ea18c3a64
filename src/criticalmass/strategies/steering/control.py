"""Gradient control: a collective that answers every step of a firm's descent (Section 4.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.population import Population
from criticalmass.errors import ParameterError, require_choice
from criticalmass.fields import check_fields
from criticalmass.risks.design import Design, outcomes
from criticalmass.risks.differentiable import Differentiable
from criticalmass.risks.risk import Risk
from criticalmass.risks.sample import Sample
from criticalmass.strategies.steering.allowed_records import Allowed
from criticalmass.strategies.steering.goals import Aim, Goal, Ignore, Raise, Reach
from criticalmass.strategies.steering.kinds import Responding
from criticalmass.strategies.steering.responses import Response
from criticalmass.strategies.steering.solvers.redirecting_gradients import Candidates, smallest
from criticalmass.strategies.strategy import Knowledge
from criticalmass.strategies.words import goal_in_words
from criticalmass.theory.gradient_control import GradientControlBound

TARGETS = (0.5, 0.9)
"""Shares of the way for whose pull a bound knows the smallest collective."""


@dataclass(frozen=True, eq=False)  # hashed by identity: what a population decides is kept
class GradientControl(Responding):
    """Members watch the firm's θ and pull it to θ* at every step.

    Their mean gradient is −(1 − α)/α · g₀(θ) + ξ(θ − θ*), so the firm's is αξ(θ − θ*) and each
    step leaves 1 − ηαξ of the way (Theorem 10). g₀ is the mean gradient of everyone else. That is
    so where the firm takes the mean of the gradients; robust rules take larger collectives.

    Parameters
    ----------
    goal
        What gives θ*: see `criticalmass.strategies.steering.goals`.
    risk
        What the firm descends: a `Risk`, or any differentiable model.
    xi
        ξ, between 0 and 1/(αη); None: half of that, which halves the way at every step.
    supply
        ``"gradients"``: members send gradients themselves, as in federated learning.
        ``"records"``: they send records, whose gradients must add up to the wanted one.
    knowledge
        ``"known"``: they know everyone's records, and so g₀. ``"pooled"``: they know each other's
        records alone, and estimate g₀ by how their own mean gradient differs from that at θ₀, where
        P₀'s is 0.
    allowed
        For records: what members may send, ``Allowed(labels="fixed")`` if not other labels. They
        send records that exist, of those that they know.
    short
        Where records cannot pull as hard as ξ: ``"slower"`` pulls straight to θ* as hard as they
        can, as Theorem 10 has it; ``"nearest"`` sends the records whose gradient is nearest to the
        wanted one, which is often faster, and not straight.

    Examples
    --------
    >>> from criticalmass.strategies.steering.goals import Reach
    >>> people = Population.from_arrays(np.array([[0.0], [1.0], [2.0], [3.0]]), list("nyny"))
    >>> strategy = GradientControl(Reach((1.0, -1.0)), knowledge="known")
    >>> aim = strategy.aim(people)
    >>> send = strategy.respond(people, np.array([0]), learning_rate=0.5)
    >>> firm = 0.25 * send(0, aim.start) + 0.75 * Risk().gradient(aim.start, send.others)
    >>> aim.share(aim.start - 0.5 * firm).__round__(6)
    0.5
    """

    goal: Goal
    risk: Differentiable = field(default_factory=Risk)
    xi: float | None = None
    supply: Literal["gradients", "records"] = "gradients"
    knowledge: Knowledge = "pooled"
    allowed: Allowed = field(default_factory=Allowed)
    short: Literal["slower", "nearest"] = "slower"

    def __post_init__(self) -> None:
        check_fields(self)
        require_choice("supply", self.supply, ("gradients", "records"))
        require_choice("knowledge", self.knowledge, ("pooled", "known"))
        require_choice("short", self.short, ("slower", "nearest"))
        by_name = isinstance(self.goal, Reach) and isinstance(self.goal.weights, Mapping)
        if not self.risk.convex and (by_name or isinstance(self.goal, Ignore | Raise)):
            raise ParameterError(
                "a network has no weights by name and no single optimum: its goal is to reach a "
                "list of all its weights"
            )
        if self.xi is not None and not 0 < self.xi < np.inf:
            raise ParameterError(f"xi must be above 0 and below 1/(αη), not {self.xi:g}")

    @property
    def target_label(self) -> None:
        """There is no label that the collective wants."""

    @property
    def measures(self) -> tuple[str, ...]:
        """The name of the measure by which the goal judges success."""
        return (self.goal.measure,)

    def in_words(self, records: str = "records") -> str:
        """Return what members do.

        Examples
        --------
        >>> GradientControl(Ignore("sex")).in_words()
        "answer every step of the model's training with an agreed gradient"
        """
        if self.supply == "gradients":
            return "answer every step of the model's training with an agreed gradient"
        reported = self.allowed.in_words()
        return f"report agreed records at every step of the model's training ({reported})"

    def goal_in_words(self) -> str:
        """Return what they steer the model to; it follows "90% of the"."""
        return goal_in_words(self.goal, self.goal.measure)

    def facing(self, objective: Differentiable) -> GradientControl:
        """Return the strategy against a firm that minimises this objective."""
        return replace(self, risk=objective)

    def candidates(self, population: Population) -> NDArray[np.intp]:
        """Return the rows of the people who may be recruited: everyone."""
        return np.arange(len(population))

    def aim(self, population: Population) -> Aim:
        """Return the goal on this population: θ₀, where the firm is, and θ*, where it is to go."""
        return _aim(self, population)

    def pull(self, alpha: float, learning_rate: float) -> float:
        """Return the ξ that a share of members pulls with.

        Raises
        ------
        ParameterError
            If it is not between 0 and 1/(αη).
        """
        most = 1 / (alpha * learning_rate)
        if self.xi is not None and not self.xi < most:
            raise ParameterError(
                f"xi must be between 0 and 1/(alpha · learning_rate) = {most:.4g}, not {self.xi:g}"
            )
        return most / 2 if self.xi is None else self.xi

    def check_pull(self, alpha: float, learning_rate: float) -> None:
        """Raise `ParameterError` if ξ is not between 0 and 1/(αη)."""
        self.pull(alpha, learning_rate)

    def respond(
        self, population: Population, members: NDArray[np.intp], *, learning_rate: float
    ) -> Response:
        """Return what the members send in one run of a firm, for `GradientDescent.descend`.

        Parameters
        ----------
        population
            The firm's records without a collective.
        members
            Row numbers of everyone who joined, (m,).
        learning_rate
            The firm's η.
        """
        if not len(members):
            raise ParameterError("a collective of zero members supplies nothing")
        # who is in it, and who is not
        aim, sample = self._checked_aim(population), _sample(self.risk, population)
        rest = np.setdiff1d(np.arange(len(sample)), members)
        alpha, own = len(members) / len(sample), sample.take(members)
        # the gradient that it cancels: of the others, or with pooled knowledge of its own members;
        # with everyone in it, there is nobody else to cancel
        known = self.knowledge == "known"
        others = sample.take(rest) if known and len(rest) else own
        offset = np.zeros_like(aim.start) if known else self.risk.gradient(aim.start, own)
        # what it may send: any gradient, or those of allowed records
        pool = None
        if self.supply == "records":
            pool = Candidates.of(sample if known else own, own, self.allowed)
        # how hard it pulls
        xi, exact = self.pull(alpha, learning_rate), self.short == "slower"
        return Response(self.risk, aim.target, alpha, xi, others, own, offset, pool, exact)

    def bound(
        self,
        records: Population,
        *,
        learning_rate: float,
        steps: int,
        points: int = 5,
        targets: Sequence[float] = TARGETS,
    ) -> GradientControlBound:
        """Return Theorem 10 for a collective that knows P₀, with C(α) computed along the way.

        With gradients C(α) = αξ. With records, the smallest α is found that holds the firm at every
        point of the way, and that pulls it as hard as each target takes: linear programmes with all
        records as the people. The way is looked at in ``points`` places, both ends among them: what
        lies between is not checked.

        Parameters
        ----------
        records
            The population P₀.
        learning_rate, steps
            The firm's η and T.
        points
            Places of the way, from 2 on.
        targets
            Shares of the way for whose pull the smallest α is found.
        """
        # the hardest pull C = αξ: ξ is half of 1/(αη) where it is not given
        aim, sample = self._checked_aim(records), _sample(self.risk, records)
        most = (0.5 if self.xi is None else 1.0) / learning_rate
        rest = (learning_rate, steps, self.xi, aim.way)
        if self.supply == "gradients":  # one member is enough, with a ξ that is high enough
            return GradientControlBound((1 / len(sample),), (most,), *rest)
        # pulls to try: none, which holds the firm, and what each target takes
        pool = Candidates.of(sample, sample, self.allowed)
        target_pulls = -np.expm1(np.log1p(-np.array(sorted(targets))) / steps) / learning_rate
        pulls = np.array([0.0, *np.minimum(target_pulls, most)])
        # the smallest α for each pull, over all points of the way
        needed = np.zeros(len(pulls))
        for place in np.linspace(0, 1, points):
            theta = aim.start + place * (aim.target - aim.start)
            slopes, standing = pool.at(self.risk, theta), self.risk.gradient(theta, sample)
            for number in np.flatnonzero(np.isfinite(needed)):
                least = smallest(slopes, standing, theta - aim.target, pulls[number])
                needed[number] = np.inf if least is None else max(needed[number], least[0])
        # pairs (α, C), ascending
        kept = np.isfinite(needed)
        if not kept.any():  # nobody can hold the firm everywhere
            return GradientControlBound((0.0,), (0.0,), *rest)
        alphas = np.maximum.accumulate(needed[kept])
        return GradientControlBound(tuple(alphas.tolist()), tuple(pulls[kept].tolist()), *rest)

    def _checked_aim(self, population: Population) -> Aim:
        aim = self.aim(population)
        if aim.target.shape != aim.start.shape:
            raise ParameterError(
                f"the firm's model has {len(aim.start)} parameters, the target has "
                f"{len(aim.target)}"
            )
        if aim.measure == "distance" and aim.norm != 2:
            raise ParameterError("gradient control is measured in the norm 2")
        return aim


@lru_cache(maxsize=4)
def _aim(strategy: GradientControl, population: Population) -> Aim:
    # goals ask only what every differentiable model has
    return strategy.goal.aim(strategy.risk, Design.of(population), population)  # type: ignore[arg-type]


@lru_cache(maxsize=4)
def _sample(risk: Differentiable, population: Population) -> Sample:
    design = Design.of(population)
    return Sample(design.encode(population.features), outcomes(population, risk.loss))
