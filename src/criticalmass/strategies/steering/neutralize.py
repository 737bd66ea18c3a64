"""The gradient-neutralizing strategy (paper, Section 4.1) against a firm that minimises a risk."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array
from criticalmass.curves import PathCurve
from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.errors import ParameterError, require_choice
from criticalmass.fields import check_fields
from criticalmass.risks.design import Design
from criticalmass.risks.differentiable import Differentiable
from criticalmass.risks.module_risk import ModuleRisk
from criticalmass.risks.risk import Risk
from criticalmass.risks.sample import Sample
from criticalmass.strategies.steering.allowed_records import Allowed
from criticalmass.strategies.steering.goals import Aim, Goal
from criticalmass.strategies.steering.kinds import Steering
from criticalmass.strategies.steering.solvers.neutralizing_records import Neutralizing, neutralizing
from criticalmass.strategies.steering.solvers.whole_people import report_numbers, report_observed
from criticalmass.strategies.steering.utilities import base
from criticalmass.strategies.strategy import FIRST, Knowledge
from criticalmass.strategies.words import goal_in_words
from criticalmass.theory import (
    Estimate,
    EstimatedBound,
    GradientNeutralizingBound,
    UtilityBound,
)

ARITHMETIC = 2
"""Goes up when the same spec gives members other records, be it in the last digits."""
POINTS = 24
"""Shares at which the exact path is computed."""
SEGMENT = 4
"""Points between θ₀ and Proposition 9's target at which g_lb is computed."""


@dataclass(frozen=True, eq=False)  # hashed by identity: what a population decides is kept
class GradientNeutralizing(Steering):
    """Members report records whose gradient cancels that of everybody else at θ*.

    h(z) = z' ~ P' with probability min(1, α*/α), and z otherwise, with g_{P'}(θ*) = −c g_{P₀}(θ*):
    the firm's risk is then least at θ*. Paper, Section 4.1, Theorem 7 and Corollary 8. P' is the
    distribution that takes the fewest members, of the records that they may report.

    Parameters
    ----------
    goal
        Which parameters are wanted; see `criticalmass.strategies.steering.goals`.
    risk
        What the firm minimises.
    allowed
        What members may do.
    knowledge
        ``"known"``: P₀'s gradient is known. ``"pooled"``: it is estimated from the members' pooled
        records (as the difference to the firm's model without them, which everybody can see), and
        only features that a member has are reported.

    Examples
    --------
    >>> from criticalmass.strategies.steering.goals import Reach
    >>> x = np.linspace(-1, 1, 41)[:, None]
    >>> people = Population.from_arrays(x, ["yes" if a > 0.25 * (-1) ** j else "no"
    ...                                     for j, a in enumerate(x[:, 0])])
    >>> strategy = GradientNeutralizing(Reach({"x0": 1.0}), Risk(l2=0.01), knowledge="known")
    >>> strategy.exact(people).critical_mass(1.0).people(41)[0]
    7
    """

    goal: Goal
    risk: Risk = field(default_factory=Risk)
    allowed: Allowed = field(default_factory=Allowed)
    knowledge: Knowledge = "pooled"

    def __post_init__(self) -> None:
        risk: object = self.risk
        if not isinstance(risk, ModuleRisk):
            check_fields(self)
        require_choice("knowledge", self.knowledge, ("pooled", "known"))
        if not self.risk.convex:
            raise ParameterError(
                "gradients can be neutralized for a convex loss; for others use gradient control"
            )

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
        >>> from criticalmass.strategies import Ignore
        >>> GradientNeutralizing(Ignore("sex")).in_words()
        'report an agreed record instead of their own (one that exists, and any label)'
        """
        return f"report an agreed record instead of their own ({self.allowed.in_words()})"

    def goal_in_words(self) -> str:
        """Return what they steer the model to; it follows "90% of the"."""
        return goal_in_words(self.goal, self.goal.measure)

    @property
    def arithmetic(self) -> int:
        """Number of the way in which records are computed.

        Records that exist, with any label, have been the same from the first.
        """
        exist = self.allowed.records == "observed" and self.allowed.labels == "free"
        return FIRST if exist else ARITHMETIC

    def facing(self, objective: Differentiable) -> GradientNeutralizing:
        """Return the strategy against a firm that minimises this objective."""
        return replace(self, risk=cast(Risk, objective))

    def candidates(self, population: Population) -> NDArray[np.intp]:
        """Return everyone, or raise `ParameterError` if no collective can reach the goal."""
        plan = self.plan(population)
        if not plan.alpha <= 1:
            raise ParameterError(self._out_of_reach(population, plan))
        return np.arange(len(population))

    def aim(self, population: Population) -> Aim:
        """Return the goal on this population: θ₀, where the firm is, and θ*, where it is to go."""
        return _aim(self, population)

    def plan(self, population: Population) -> Neutralizing:
        """Return the gradient-neutralizing distribution P' of a collective that knows P₀."""
        return _plan(self, population)

    def edit(
        self, population: Population, members: NDArray[np.intp], rng: np.random.Generator
    ) -> Edit:
        """Return the records that the members report instead of their own."""
        # everyone's records as numbers, and the members'
        sample, _ = base(self.risk, _design(population), population)
        theta, n = self.aim(population).target, len(population)
        own = sample.take(members)
        # the distribution P' to play, from all records or from the members' alone
        if self.knowledge == "known":
            plan = self.plan(population)
            group = plan.groups.of_record[members]
            source = np.arange(n)
        else:
            # of the difference to θ₀, where P₀'s gradient is 0, members see far less noise
            gradients = [self.risk.gradient(at, own) for at in (theta, self.aim(population).start)]
            guess = gradients[0] - gradients[1]
            plan = neutralizing(self.risk, theta, own, self.allowed, gradient=guess)
            group, source = plan.groups.of_record, members
        # who of the members acts, and what each reports
        features, labels = population.features[members].copy(), population.labels[members].copy()
        if self.allowed.records == "observed":
            acting, rows, y = report_observed(plan, self.allowed, group, own, n, rng)
            features[acting] = population.features[source[rows]]
        else:
            acting, x, y = report_numbers(plan, self.allowed, group, own, n, rng)
            features[acting] = _design(population).decode(x)
        labels[acting] = _labels(population, sample, y)
        return Edit.of(population, members, features, labels)

    def bound(self, records: Population) -> EstimatedBound:
        """Return Theorem 7 and Corollary 8; the records are taken for the population.

        Below the critical mass a utility is bounded if it is convex, by its slope at θ*.
        """
        plan, aim = self.plan(records), self.aim(records)
        if not plan.alpha <= 1:
            raise ParameterError(self._out_of_reach(records, plan))
        way = aim.way if aim.measure == "distance" and aim.norm == 2 else 0.0
        if aim.utility is not None and aim.utility.convex:
            way = aim.gain / float(np.linalg.norm(aim.utility.gradient(aim.target)))
        mu = plan.convexity(way) if way else 0.0
        bound = GradientNeutralizingBound(plan.norm, plan.neutralizing, mu, way)
        return EstimatedBound(
            bound,
            (
                _estimate("gradient", plan.norm, "how far the target is from what the firm wants"),
                _estimate("neutralizing", plan.neutralizing, _limited(self.allowed)),
                *(
                    [_estimate("convexity", mu, "the direction in which the records say least")]
                    if way
                    else []
                ),
            ),
            1.0,
        )

    def exact(self, records: Population) -> PathCurve:
        """Return the exact curve: where the firm's minimiser is at each α, if members know P₀."""
        plan, aim = self.plan(records), self.aim(records)
        if not plan.alpha <= 1:
            raise ParameterError(self._out_of_reach(records, plan))
        # shares up to the critical mass: beyond it nothing changes
        alphas = plan.alpha * np.linspace(0, 1, POINTS + 1)
        # the firm's minimiser at each, found from the one above: at the critical mass it is θ*;
        # at θ₀, where nobody acts, a loss may be enormous for a record that members report
        theta, values = aim.target, np.zeros(POINTS + 1)
        for point in range(POINTS, 0, -1):
            theta = self.risk.minimize(plan.law(float(alphas[point])), start=theta)
            values[point] = aim.share(theta)
        return PathCurve(alphas, values)

    def proposition_9(self, records: Population) -> UtilityBound:
        """Return the bound of Proposition 9 for a collective that goes along the utility's slope.

        It aims at θ₀ + U∇u(θ₀)/‖∇u(θ₀)‖², not at the parameters of least risk. g_lb is computed for
        the models between θ₀ and there, which are those that the proof needs.

        Raises
        ------
        ParameterError
            If the goal is no convex utility, or some of those models cannot be held.
        """
        aim = self.aim(records)
        if aim.utility is None or not aim.utility.convex:
            what = "is not convex" if aim.utility else "is no utility"
            raise ParameterError(f"Proposition 9 is for a convex utility; the goal {what}")
        # the utility's slope at θ₀, along which the collective goes
        sample, start = base(self.risk, _design(records), records)
        slope = aim.utility.gradient(start)
        steepness = float(np.linalg.norm(slope))
        # ‖g_{P'}‖ at models from the far end to θ₀; the smallest is g_lb
        pulls = []
        for part in np.linspace(1, 0, SEGMENT, endpoint=False):
            theta = start + part * aim.gain * slope / steepness**2
            plan = neutralizing(self.risk, theta, sample, self.allowed)
            pulls.append(plan.neutralizing if plan.alpha <= 1 else 0.0)
        if not min(pulls) > 0:
            raise ParameterError(
                "Proposition 9 says nothing: between the firm's model and the one it aims at "
                "there are some that these records cannot hold in place"
            )
        # β, how fast the risk's gradient can change
        smoothness = self.risk.smoothness(sample)
        return UtilityBound(smoothness, aim.gain, steepness, min(pulls))

    def _out_of_reach(self, population: Population, plan: Neutralizing) -> str:
        """Return the message of a target out of reach: why it is, and how far one can get."""
        aim = self.aim(population)
        near, far = 0.0, 1.0
        for _ in range(6):
            middle = (near + far) / 2
            theta = aim.start + middle * (aim.target - aim.start)
            reached = neutralizing(self.risk, theta, plan.sample, self.allowed).alpha <= 1
            near, far = (middle, far) if reached else (near, middle)
        why = (
            f"it takes {plan.alpha:.3g} times as many people as there are"
            if plan.alpha > 1
            else f"no share of them cancels the gradient (residual {plan.residual:.3g} of "
            f"{plan.norm:.3g})"
        )
        return (
            f"the target is out of reach with records = {self.allowed.records!r} and labels = "
            f"{self.allowed.labels!r}: {why}; the nearest that can be reached is about "
            f"{100 * near:.0f}% of the way"
        )


@lru_cache(maxsize=4)
def _design(population: Population) -> Design:
    return Design.of(population)


@lru_cache(maxsize=4)
def _aim(strategy: GradientNeutralizing, population: Population) -> Aim:
    return strategy.goal.aim(strategy.risk, _design(population), population)


@lru_cache(maxsize=4)
def _plan(strategy: GradientNeutralizing, population: Population) -> Neutralizing:
    design = _design(population)
    if strategy.allowed.records != "observed" and not design.numeric:
        design.decode(np.zeros((1, 0)))  # says what to do about it
    sample, _ = base(strategy.risk, design, population)
    target = _aim(strategy, population).target
    return neutralizing(strategy.risk, target, sample, strategy.allowed)


def _estimate(name: str, value: float, driver: str) -> Estimate:
    return Estimate(name, value, value, driver)


def _limited(allowed: Allowed) -> str:
    records = {
        "observed": "records that exist",
        "bounded": "numbers in the box",
        "free": "any numbers",
    }[allowed.records]
    return f"members report {records}, " + (
        "and any label" if allowed.labels == "free" else "and keep their label"
    )


def _labels(population: Population, sample: Sample, y: Array) -> NDArray[np.bool_]:
    """Return the labels, as the population holds them, of outcomes as numbers."""
    different, first = np.unique(sample.y, axis=0, return_index=True)
    number = (y[:, None, :] == different[None]).all(axis=2).argmax(axis=1)
    return np.asarray(population.labels[first[number]])
