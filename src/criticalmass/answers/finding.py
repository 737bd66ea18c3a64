"""`Finding`: how many people it takes, by one strategy and one measure: numbers and a status."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Any

from criticalmass import moved
from criticalmass.curves import CriticalMass, FittedSuccess, Outcome
from criticalmass.fitting import FittedCurve
from criticalmass.fitting.falling import Fall, crossing
from criticalmass.measures.facts import MeasureFacts
from criticalmass.measures.fitting import attainable, fit_rising
from criticalmass.measures.known import MEASURES, STEERED
from criticalmass.measures.real_curve import RealCurve
from criticalmass.measures.scale import SHARES, Scale, scale_of
from criticalmass.studies.adaptive import BLOCK
from criticalmass.studies.facts import Facts, StrategyFacts
from criticalmass.studies.trial import Row

FEW = 12
"""With fewer trials of collectives than this, an answer comes with a warning."""
FEW_ACT = 0.01
"""Where a smaller share of those who join has something to change, trials say nothing of it."""
FEW_RECORDS = 30
"""Success that is measured on fewer test records than this comes with a warning, too."""


class Status(Enum):
    """How far the trials answer how many people it takes."""

    UNSEEN = "the firm's model does not see the mark"
    ALL_FAILED = "every trial of a collective failed"
    NOT_ENOUGH = "there are too few trials"
    NOTHING_CHANGED = "hardly anybody who joined had anything to change"
    NOBODY_NEEDED = "the target is reached without a collective"
    FALLS = "success falls again where more people join"
    UNSETTLED = "a collective that was tried got there, and the curve does not follow"
    NOT_REACHED = "no collective that was tried gets there"
    BELOW_TRIED = "the smallest collective tried was enough"
    BEYOND_TRIED = "only the curve, continued beyond what was tried, gets there"
    LAST_TRIED = "the largest collective tried got there, and the curve only beyond it"
    FOUND = "the number lies within what was tried"


NUMBERED = (Status.FOUND, Status.BELOW_TRIED, Status.BEYOND_TRIED, Status.LAST_TRIED, Status.FALLS)
"""How far trials must answer for their number of people to be acted on, or grown."""


class Narrowing(Enum):
    """The cure for an interval that is wider than was asked for."""

    LARGER_COLLECTIVES = "placement.high is too low"
    SMALLER_COLLECTIVES = "placement.low is too high"
    TEST_RECORDS = "the test records are too few"
    POPULATIONS = "populations differ by more than that"
    MORE_TRIALS = "the placement allows more trials"
    MORE_ALLOWED = "placement.most is too low"


@dataclass(frozen=True)
class Otherwise:
    """How many unmarked test records are answered unlike without a collective, on average.

    Parameters
    ----------
    members
        The size of the collective that was looked at.
    among
        The share of records with such a collective.
    without
        The share without one: what training anew changes.
    """

    members: int
    among: float
    without: float


@dataclass(frozen=True, eq=False)
class Finding:
    """The answer for one strategy and one success measure.

    Success lies between 0 and 1 here, whatever the measure: ``scale`` puts it into its unit.

    Parameters
    ----------
    strategy, measure
        What it is about.
    facts
        What is known of the study.
    rows
        The strategy's rows with results, the reference (α = 0) among them.
    failed
        Its rows without.
    curve
        The fitted curve, or None where there are too few trials. Where success falls again it is
        the curve up to there.
    mass
        Its critical mass for the study's target, or None.
    fall
        Where success falls below the target again with more people; None if it does not.
    scale
        Where the measure's values lie between 0 and 1.
    """

    strategy: str
    measure: str
    facts: Facts
    rows: tuple[Row, ...]
    failed: tuple[Row, ...]
    curve: FittedSuccess | None
    mass: CriticalMass | None
    fall: Fall | None = None
    scale: Scale = SHARES

    @property
    def about(self) -> StrategyFacts:
        """What is known of the strategy."""
        return self.facts.strategies[self.strategy]

    @cached_property
    def measure_facts(self) -> MeasureFacts:
        """What is known of the measure."""
        return self.facts.measure(self.measure)

    @property
    def wanted(self) -> float:
        """What is wanted, in the measure's unit."""
        return self.facts.target_of(self.measure)

    @property
    def target(self) -> float:
        """The success that is wanted, in (0, 1)."""
        return self.scale.success(self.wanted)

    @property
    def certain(self) -> float:
        """A share with which success is certain; infinite if none is."""
        return self.about.certain if self.measure in MEASURES else math.inf

    @property
    def in_unit(self) -> FittedSuccess | None:
        """The fitted curve in the measure's own unit, whose targets are values of it."""
        if self.curve is None or self.scale == SHARES:
            return self.curve
        return RealCurve(self.curve, self.scale, self.measure_facts.limits)

    def success(self, row: Row) -> float:
        """Return a row's success, between 0 and 1."""
        return self.scale.success(row.results[self.measure].value)

    @property
    def steers(self) -> bool:
        """Whether success is measured on the firm's parameters."""
        return self.measure in STEERED

    @property
    def outcomes(self) -> list[Outcome]:
        """What each trial tells the curve."""
        return [self.scale.outcome(row.alpha, row.results[self.measure]) for row in self.rows]

    @property
    def floor(self) -> float | None:
        """Success without a collective: the reference's."""
        rates = [self.success(row) for row in self.rows if row.members == 0]
        return sum(rates) / len(rates) if rates else None

    @property
    def largest(self) -> list[Row]:
        """The trials of the largest collective that was tried."""
        tried = max((row.members for row in self.rows), default=0)
        return [row for row in self.rows if row.members == tried > 0]

    @cached_property
    def tried(self) -> dict[int, float]:
        """The mean success of every size of collective that was tried."""
        rates: dict[int, list[float]] = {}
        for row in self.rows:
            if row.members:
                rates.setdefault(row.members, []).append(self.success(row))
        return {members: sum(same) / len(same) for members, same in rates.items()}

    @property
    def only_by_everybody(self) -> bool:
        """Whether all that is known of the target is that everybody together reaches it."""
        size = self.facts.population.size
        known = self.mass is not None and self.mass.alpha == self.certain
        return known and max(self.tried, default=0) < size

    @property
    def trials(self) -> int:
        """The number of trials of a collective with a result."""
        return sum(row.members > 0 for row in self.rows)

    @property
    def idle(self) -> bool:
        """Whether hardly any member of the trials had anything to change."""
        return bool(self.tried) and self.acting < FEW_ACT and not self.steers

    @cached_property
    def status(self) -> Status:
        """How far the trials answer how many people it takes."""
        if self.about.unseen:
            return Status.UNSEEN
        if not self.largest and any(row.members for row in self.failed):
            return Status.ALL_FAILED
        if self.fall is not None and self.largest:
            nobody = self.fall.reached is not None and self.fall.reached[0] == 0
            return Status.NOBODY_NEEDED if nobody else Status.FALLS
        if self.mass is not None and self.mass.alpha == 0 and self.largest:
            return Status.NOBODY_NEEDED
        if self.idle and max(self.tried.values()) < self.target:
            return Status.NOTHING_CHANGED
        if self.mass is None or not self.largest:
            return Status.NOT_ENOUGH
        if self._unsettled(self.mass):
            return Status.UNSETTLED
        people = self.mass.people(self.facts.population.size)[0]
        if people is None:
            return Status.NOT_REACHED
        if people > max(self.tried):
            got_there = self.tried[max(self.tried)] >= self.target
            return Status.LAST_TRIED if got_there else Status.BEYOND_TRIED
        enough = crossing(self.outcomes, self.target)[0] == 0
        return Status.BELOW_TRIED if enough and min(self.tried) > 1 else Status.FOUND

    def answer(self) -> Any:
        """Return the answer in words: the old name of that, which goes with the next release."""
        return moved.old_method(self, "answer", "words.finding.answer")

    def doubt(self) -> Any:
        """Return what speaks against it: the old name of that, which goes with the release."""
        return moved.old_method(self, "doubt", "words.finding.doubt")

    def in_short(self) -> Any:
        """Return it in a few signs: the old name of that, which goes with the next release."""
        return moved.old_method(self, "in_short", "words.finding.in_short")

    def _unsettled(self, mass: CriticalMass) -> bool:
        """Whether a collective that was tried got there, and yet the curve does not as far as that.

        Where the curve goes on to get there, it must also lie off the trials: else it is a guess.
        """
        if self.curve is None or max(self.tried.values()) < self.target:
            return False
        if not mass.reached:
            return True
        if not isinstance(self.curve, FittedCurve) or mass.alpha <= self.curve.tried:
            return False
        return bool(self.curve.misfit(self.curve.outcomes))

    @cached_property
    def reliably(self) -> CriticalMass | None:
        """The critical mass with which nine trainings in ten reach the target, if it is known.

        Success is a mean over trainings. None where the model's parameters are steered, and
        without a critical mass of the mean.
        """
        if not isinstance(self.curve, FittedCurve) or self.mass is None or not self.mass.alpha > 0:
            return None
        return self.curve.in_most_trainings(self.target)

    @property
    def acting(self) -> float:
        """The share of those who join that have something to change; 1 where nobody joined."""
        joined = sum(row.members for row in self.rows)
        return sum(row.changed for row in self.rows) / joined if joined else 1.0

    @cached_property
    def otherwise(self) -> Otherwise | None:
        """What the collective does to everybody else; None if that is not known.

        It is looked at where the size that was tried lies nearest to the critical mass, and without
        one at the largest.
        """
        sizes = sorted(self.tried)
        if not sizes:
            return None
        wanted = sizes[-1]
        if self.mass is not None and self.mass.reached and self.mass.alpha > 0:
            needed = math.log(self.mass.alpha * self.facts.population.size)
            wanted = min(sizes, key=lambda size: abs(math.log(size) - needed))
        shares = {
            members: [row.otherwise for row in self.rows if row.members == members]
            for members in (0, wanted)
        }
        if not shares[0] or math.isnan(sum(shares[0]) + sum(shares[wanted])):
            return None
        without, among = (sum(found) / len(found) for found in shares.values())
        return Otherwise(wanted, among, without)

    @property
    def still_rising(self) -> bool:
        """Whether success still rises among the largest collectives tried."""
        return isinstance(self.curve, FittedCurve) and self.curve.still_rises

    @cached_property
    def misfit(self) -> tuple[float, float] | None:
        """The share at which success lies farthest off the curve, and by how much; or None.

        Only the trials near the critical mass count: elsewhere the curve decides nothing.
        """
        curve = self.curve
        if not isinstance(curve, FittedCurve):
            return None
        near = curve.near(self.target)
        off = near.misfit(near.outcomes)
        if not off:
            return None
        share = max(off, key=lambda share: abs(off[share]))
        return share, off[share]

    @cached_property
    def attainable(self) -> float:
        """The precision that so few test records allow at best; 0 where they do not matter."""
        if not isinstance(self.curve, FittedCurve):
            return 0.0
        return attainable(self.curve, self.target)

    def _trials_did_theirs(self, precision: float) -> bool:
        """Whether the interval would be narrow enough if test records were no sample."""
        if not isinstance(self.curve, FittedCurve):
            return False
        alone = replace(self.curve.near(self.target), records=math.inf)
        mass = alone.critical_mass(self.target)
        return mass.within(precision) or mass.is_whole(self.facts.population.size)

    @cached_property
    def narrowing(self) -> Narrowing | None:
        """Return how to narrow an interval that is wider than the placement was to make it.

        None if it is not wider, or nothing was asked for.
        """
        placement, mass = self.facts.placement, self.mass
        precision = placement.get("precision")
        if precision is None or mass is None or not mass.alpha > 0:
            return None
        if self.measure != self.about.measures[0] or self.status is Status.UNSETTLED:
            return None
        if self.fall is not None and self.fall.reached is None:
            return None
        if mass.within(precision) or mass.is_whole(self.facts.population.size):
            return None
        tried = [row.alpha for row in self.rows if row.members]
        if mass.alpha > max(tried) and placement.get("high"):
            return Narrowing.LARGER_COLLECTIVES
        if self.status is Status.BELOW_TRIED and placement.get("low"):
            return Narrowing.SMALLER_COLLECTIVES
        if self.attainable > precision or self._trials_did_theirs(precision):
            return Narrowing.TEST_RECORDS
        if self.facts.population.resampled:
            return Narrowing.POPULATIONS
        if len(tried) + BLOCK <= placement["most"]:
            return Narrowing.MORE_TRIALS
        return Narrowing.MORE_ALLOWED


def findings(
    facts: Facts, rows: Iterable[Row], *, headlines: bool = False, near: bool = False
) -> list[Finding]:
    """Answer every question of a study: by strategy, then by measure, the headline first.

    Parameters
    ----------
    facts, rows
        The study's.
    headlines
        Whether to answer by the first measure of each strategy only.
    near
        Whether each curve is fitted only to the trials near the critical mass, which takes half of
        the time: enough for a number of people.
    """
    by_strategy: dict[str, list[Row]] = {strategy: [] for strategy in facts.strategies}
    for row in rows:
        if row.strategy in by_strategy:
            by_strategy[row.strategy].append(row)
    return [
        finding
        for strategy, own in by_strategy.items()
        for finding in findings_of(facts, strategy, own, headlines=headlines, near=near)
    ]


def findings_of(
    facts: Facts,
    strategy: str,
    rows: Sequence[Row],
    *,
    headlines: bool = False,
    near: bool = False,
) -> list[Finding]:
    """Answer the questions about one strategy, from its own rows, as `findings` does."""
    about, answers = facts.strategies[strategy], []
    good = tuple(row for row in rows if not row.error)
    failed = tuple(row for row in rows if row.error)
    for measure in about.measures[:1] if headlines else about.measures:
        results = [row.results[measure] for row in good]
        scale = scale_of(facts.measure(measure), results, facts.target_of(measure))
        asked = Finding(strategy, measure, facts, good, failed, None, None, scale=scale)
        if about.unseen:  # whatever the trials reach, they do not reach it by the mark
            answers.append(asked)
            continue
        curve, fall = fit_rising(
            asked.outcomes,
            measure,
            about.recruitable,
            asked.target,
            certain=asked.certain,
            near=near,
            resampled=facts.population.resampled,
        )
        mass = curve.critical_mass(asked.target) if curve else None
        answers.append(replace(asked, curve=curve, mass=mass, fall=fall))
    return answers
