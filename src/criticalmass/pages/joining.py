"""Does it pay to join? What incentives say of a success curve, in sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from criticalmass.answers.finding import Finding
from criticalmass.curves import CriticalMass, FittedSuccess, SuccessCurve
from criticalmass.incentives import Dynamics, Incentives, PartlyActing
from criticalmass.pages.figures.joining import dynamics_figure, joining_figure
from criticalmass.pages.figures.success import to_svg
from criticalmass.words.wording import heads, probability

ANYWAY = (
    "(As in the paper's formula, what the model does without any collective counts as a gain from "
    "joining, too.)"
)


@dataclass(frozen=True, eq=False)
class Paying:
    """Whether joining pays, for one strategy's fitted curve.

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
    def dynamics(self) -> Dynamics:
        """How the collective moves among those who may join."""
        return self._among(self.curve)

    def sentences(self, members: int | None = None) -> list[str]:
        """Say whether joining pays, and what it takes; for so many members, where they stand."""
        return self._alike(members) if self.alike else self._differing(members)

    def figure(self, *, width: float, here: int | None = None) -> Any:
        """Draw it: Figure 7, or the dynamics of people who differ."""
        if self.alike:
            upto = None if self.mass.reached else min(1.2 * self.tried, 1.0)
            return joining_figure(
                self.curve, self.incentives, population_size=self.size, width=width, here=here,
                upto=upto,
            )  # fmt: skip
        return dynamics_figure(self.dynamics, width=width, here=here)

    def svgs(self, prefix: str, here: int | None = None) -> list[tuple[str, str]]:
        """Return the figure for a wide and for a narrow page."""
        title = "Who joins: what it gains and what it costs"
        return [
            (layout, to_svg(self.figure(width=w, here=here), title=title, prefix=prefix + layout))
            for layout, w in (("wide", 7.4), ("narrow", 3.7))
        ]

    @property
    def caption(self) -> str:
        """Say what the figure shows, to somebody who has never seen one."""
        if self.alike:
            return (
                "Blue: what one more person gains by joining, with so many in it already. Orange "
                "line: what joining costs them. Where blue is below orange nobody joins by "
                "themselves; the orange area is what somebody has to make up for until then. From "
                "where they cross, joining pays."
            )
        return (
            "Read it from below: with so many in (across), so many want to be in (up). Where the "
            "blue line is above the grey diagonal more want in than are, and the collective grows; "
            "below it, it shrinks. Filled dots: it rests there."
            + (
                " Hollow dot: it tips, from there on it grows by itself. Orange stairs: how it "
                "grows from a small group that begins, round by round."
                if any(not rest.stable for rest in self.dynamics.equilibria())
                else ""
            )
        )

    def _alike(self, members: int | None) -> list[str]:
        cost = f"{self.incentives.cost:g}"
        if not self.mass.reached:
            return [f"Joining does not pay at any size that can be relied on: {self.mass.reason}."]
        people, low, high = self.mass.people(self.size)
        if self.mass.alpha == 0:
            return [f"Joining pays from the first member on. {ANYWAY}"]
        assert people is not None
        said = [
            f"Joining pays from {heads(people)} on{_range(low, high)}: with so many in it, who "
            f"joins gains more by it than the {cost} that it costs (full success is worth 1 to a "
            "person), and the collective sustains itself."
        ]
        if self.mass.alpha > self.tried:
            said.append("That is more than were tried, so a guess.")
        investment = self.incentives.investment(self.curve)
        value, least, most = investment.total(self.size)
        if math.isfinite(value):
            span = f" ({least:.3g} to {most:.3g})" if math.isfinite(most) else f" ({least:.3g} up)"
            said.append(
                "Until then somebody has to make up for what is lacking: in all at most "
                f"{value:.3g}{span} times what full success is worth to a person, "
                f"{value / people:.2g} for each who joins."
            )
        if members:
            sure = self.incentives.sustains(self.curve, min(members / self.size, 1.0))
            said.append(
                f"With {heads(members)} it sustains itself with {probability(sure)} probability."
            )
        return said

    def _differing(self, members: int | None) -> list[str]:
        dynamics = self.dynamics
        alone = int(dynamics.path(0)[-1])
        top = max(e.people for e in dynamics.equilibria() if e.stable)
        said = ["Left to themselves nobody joins."]
        if alone:
            said = [f"Left to themselves {heads(alone)} join. {ANYWAY}"]
        if alone == top:
            return said if top else ["Joining pays for nobody, at any size that can be reached."]
        seed, paid = dynamics.smallest_seed(top), dynamics.subsidies(top)
        tip = min(e.people for e in dynamics.equilibria() if e.people > alone and not e.stable)
        said.append(
            f"From {heads(tip)} on{self._tips(alone)} it grows by itself, up to {top:,} of the "
            f"{len(dynamics):,} who could join."
        )
        by_chance = dynamics.smallest_seed(top, np.random.default_rng(0).permutation(len(dynamics)))
        said.append(
            f"{heads(seed).capitalize()} must begin, whatever it costs them, for the others to "
            f"follow, if those begin whom it costs most; {by_chance:,} if they come as it happens."
        )
        said.append(
            f"Or pay people for what they lack, the cheapest first: {paid.total:.3g} in all "
            f"(full success is worth 1 to a person), to {heads(paid.paid)}; then all others "
            "join by themselves."
        )
        if members:
            now = int(dynamics.path(np.argsort(dynamics.costs)[:members])[-1])
            said.append(
                f"{heads(members).capitalize()} of those whom it costs least would become {now:,}."
            )
        return said

    def _tips(self, alone: int) -> str:
        """Return the range of the tipping point, from the band of the curve."""
        if not isinstance(self.curve, FittedSuccess):
            return ""
        ends = []
        for edge in (1, 0):
            dynamics = self._among(_Edge(self.curve, edge))
            tips = [e.people for e in dynamics.equilibria() if e.people > alone and not e.stable]
            ends.append(min(tips, default=None))
        return _range(ends[0] or 0, ends[1])

    def _among(self, curve: SuccessCurve) -> Dynamics:
        people = max(round(self.size * self.recruitable), 1)
        inside = PartlyActing(curve, 1 - self.recruitable) if self.recruitable < 1 else curve
        return self.incentives.dynamics(inside, people)


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

    Head counts are of the study's population, or of one of another size.
    """
    incentives = finding.facts.incentives
    if incentives is None or finding.curve is None:
        return None
    return Paying(
        incentives,
        finding.curve,
        size or finding.facts.population.size,
        finding.facts.strategies[finding.strategy].recruitable,
        max((row.alpha for row in finding.rows), default=1.0),
    )


def _range(low: int | None, high: int | None) -> str:
    if high is None:
        return f" (at least {low:,})" if low else ""
    return f" ({low or 0:,} to {high:,})"
