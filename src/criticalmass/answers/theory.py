"""`Comparison`: theory beside measurement: what is promised, and what the trials make of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from criticalmass.answers.finding import Finding, Status
from criticalmass.curves import CriticalMass
from criticalmass.studies.theory_record import Theory


class Assumption(Enum):
    """What a promise takes for granted least safely."""

    KNOWN_PULLS = "members know how everybody's records pull"
    SAME_RECORDS = "the records are those of everybody, and members a cross-section of them"
    KNOWN_LABELS = "members know which label is most likely without what is erased"
    KNOWN_REPLACEMENT = "members know which label is most likely beside the one that is to go"
    LIKE_RECORDS = "members' records are like those that the model is asked for"
    CROSS_SECTION = "the collective is a cross-section of everybody"
    BEST_MODEL = "the model is the best possible one for the data it sees"


class Judgement(Enum):
    """What the trials make of a promise."""

    NO_PROMISE = "nothing is promised"
    TOO_FEW_TRIALS = "the trials say too little to judge it"
    NOT_TRIED = "the trials do not go as far as the number that is promised"
    MORE_NEEDED = "it takes more people than were promised to be enough"
    FEWER_NEEDED = "it takes fewer people than were promised to be enough"
    AGREES = "the trials agree with it within their interval"


@dataclass(frozen=True, eq=False)
class Comparison:
    """What theory says about one strategy, and how it compares with what was measured.

    Parameters
    ----------
    finding
        What was measured.
    theory
        What theory says of its strategy.
    """

    finding: Finding
    theory: Theory

    @cached_property
    def promised(self) -> CriticalMass | None:
        """The critical mass that the theorem guarantees; None without a bound."""
        bound = self.theory.bound
        return bound.critical_mass(self.finding.target) if bound else None

    @property
    def pools(self) -> bool:
        """Whether members know only what their own records together tell."""
        description = self.finding.about.description
        agreed = description.get("strategy") or description  # whatever some make of it
        return bool(agreed.get("knowledge") == "pooled" and agreed.get("label") is None)

    @property
    def directed(self) -> bool:
        """Whether members stand where most is won, not in proportion to everybody."""
        return bool(self.finding.about.description.get("kind") == "Targeted")

    @property
    def best_model(self) -> bool:
        """Whether the firm trains the best possible model, which the theorems speak of."""
        return bool(self.finding.facts.learner.get("kind") == "BayesOptimal")

    @property
    def assumption(self) -> Assumption:
        """What the promise takes for granted least safely."""
        if self.finding.steers:
            return Assumption.KNOWN_PULLS if self.pools else Assumption.SAME_RECORDS
        if self.directed:
            return Assumption.SAME_RECORDS if self.best_model else Assumption.BEST_MODEL
        if self.best_model and self.pools:
            erases = self.finding.about.target_label is None
            return Assumption.KNOWN_LABELS if erases else Assumption.KNOWN_REPLACEMENT
        if self.best_model and not self.theory.points:
            return Assumption.LIKE_RECORDS
        if self.best_model or self.people_promised < self.theory.points:
            return Assumption.CROSS_SECTION
        return Assumption.BEST_MODEL

    @property
    def people_promised(self) -> float:
        """The critical mass that the theorem guarantees, in people and fractions of them."""
        assert self.promised is not None
        return self.promised.alpha * self.finding.facts.population.size

    @property
    def judgement(self) -> Judgement:
        """What the trials make of the promise."""
        promised, measured = self.promised, self.finding.mass
        if promised is None or not promised.reached:
            return Judgement.NO_PROMISE
        if self.finding.status is Status.NOTHING_CHANGED:
            return Judgement.TOO_FEW_TRIALS
        if measured is None:
            return Judgement.TOO_FEW_TRIALS
        tried = max(row.alpha for row in self.finding.rows)
        if not measured.reached and tried < promised.alpha:
            return Judgement.NOT_TRIED
        if not measured.reached or measured.low > promised.alpha:
            return Judgement.MORE_NEEDED
        if measured.high < promised.alpha:
            return Judgement.FEWER_NEEDED
        return Judgement.AGREES


def compare(finding: Finding) -> Comparison | None:
    """Set theory beside a finding.

    None if its strategy has none, an old store keeps none, or no theorem is about the measure.
    """
    theory = finding.about.theory
    return Comparison(finding, theory) if theory and finding.measure_facts.has_theorem else None
