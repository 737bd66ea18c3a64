"""`Paying`: whether joining pays, for one strategy's success curve."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from criticalmass.answers.finding import Finding
from criticalmass.curves import CriticalMass, FittedSuccess, SuccessCurve
from criticalmass.incentives import Dynamics, Incentives, Investment, PartlyActing, Subsidies


@dataclass(frozen=True, eq=False)
class Paying:
    """Whether joining pays, for one strategy's fitted curve.

    Where joining costs everybody the same, `mass`, `investment` and `sustains` say from which size
    on, and what it takes to get there. Where costs differ, `dynamics` and what follows from it say
    where the collective rests and where it tips.

    Parameters
    ----------
    incentives
        What joining costs.
    curve
        How success depends on the share that joins.
    size
        Number of people in the population.
    recruitable
        Share of them who may join.
    tried
        The largest share that was tried: beyond it the curve is a guess.
    """

    incentives: Incentives
    curve: SuccessCurve
    size: int
    recruitable: float = 1.0
    tried: float = 1.0

    @property
    def alike(self) -> bool:
        """Whether joining costs everybody the same."""
        return not isinstance(self.incentives.cost, tuple)

    @cached_property
    def mass(self) -> CriticalMass:
        """The critical threshold α_crit; of people who are alike."""
        return self.incentives.critical_threshold(self.curve)

    @cached_property
    def investment(self) -> Investment:
        """What makes up for what is lacking until joining pays; of people who are alike."""
        return self.incentives.investment(self.curve)

    def sustains(self, members: int) -> float:
        """Return the probability that so many members sustain themselves; of people alike."""
        return self.incentives.sustains(self.curve, min(members / self.size, 1.0))

    @cached_property
    def dynamics(self) -> Dynamics:
        """How the collective moves among those who may join."""
        return self._among(self.curve)

    @cached_property
    def alone(self) -> int:
        """How many join if nobody begins."""
        return int(self.dynamics.path(0)[-1])

    @cached_property
    def top(self) -> int:
        """The largest number of people at which the collective rests."""
        return max(e.people for e in self.dynamics.equilibria() if e.stable)

    @cached_property
    def tip(self) -> int:
        """The number of people from which on it grows by itself; only where it does."""
        return min(_tips(self.dynamics, self.alone))

    @cached_property
    def tip_interval(self) -> tuple[int | None, int | None] | None:
        """The interval of `tip`, from the band of a fitted curve; other curves have none."""
        if not isinstance(self.curve, FittedSuccess):
            return None
        early, late = (
            min(_tips(self._among(_Edge(self.curve, edge)), self.alone), default=None)
            for edge in (1, 0)
        )
        return early, late

    @cached_property
    def seed(self) -> int:
        """How many must begin for `top` to follow, if those begin whom it costs most."""
        return self.dynamics.smallest_seed(self.top)

    @cached_property
    def seed_by_chance(self) -> int:
        """How many must begin for `top` to follow, if they come in a random order."""
        order = np.random.default_rng(0).permutation(len(self.dynamics))
        return self.dynamics.smallest_seed(self.top, order)

    @cached_property
    def subsidies(self) -> Subsidies:
        """What it takes to pay people for what they lack until `top` follows."""
        return self.dynamics.subsidies(self.top)

    def becomes(self, members: int) -> int:
        """Return what so many become, if it is those whom it costs least who begin."""
        cheapest = np.argsort(self.dynamics.costs)[:members]
        return int(self.dynamics.path(cheapest)[-1])

    def _among(self, curve: SuccessCurve) -> Dynamics:
        people = max(round(self.size * self.recruitable), 1)
        inside = PartlyActing(curve, 1 - self.recruitable) if self.recruitable < 1 else curve
        return self.incentives.dynamics(inside, people)


def _tips(dynamics: Dynamics, alone: int) -> list[int]:
    """Return the sizes above ``alone``, which forms by itself, from which a collective grows."""
    return [e.people for e in dynamics.equilibria() if e.people > alone and not e.stable]


@dataclass(frozen=True, eq=False)
class _Edge(SuccessCurve):
    """One edge of a curve's band: the lower or the upper."""

    curve: FittedSuccess
    edge: int

    def success(self, alpha: ArrayLike) -> NDArray[np.float64]:
        shares = np.asarray(alpha, dtype=float)
        grid = np.geomspace(shares.min(), shares.max(), 400)  # a band of many shares is slow
        return np.asarray(np.interp(np.log(shares), np.log(grid), self.curve.band(grid)[self.edge]))

    def critical_mass(self, target: float) -> CriticalMass:
        return self.curve.critical_mass(target)


def paying(finding: Finding, size: int | None = None) -> Paying | None:
    """Set incentives beside a finding; None if the study has none, or too few trials.

    Nor are there any for a measure whose values are no shares of full success.

    Head counts are of the study's population, or of one of another size.
    """
    incentives = finding.facts.incentives
    curve = finding.in_unit
    if incentives is None or curve is None or not finding.measure_facts.is_share:
        return None
    return Paying(
        incentives,
        curve,
        size or finding.facts.population.size,
        finding.about.recruitable,
        max((row.alpha for row in finding.rows), default=1.0),
    )
