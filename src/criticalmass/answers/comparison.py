"""Theory beside measurement: what is guaranteed, what is exact, what the trials say, in words."""

from __future__ import annotations

import math
from dataclasses import dataclass

from criticalmass.answers.finding import Finding
from criticalmass.curves import CriticalMass
from criticalmass.measures.measure import STEERED
from criticalmass.studies.theory_record import Theory
from criticalmass.words.wording import exact_percent, heads, percent

SYMBOLS = {
    "uniqueness": "uniqueness ξ: share of records that carry the signal already",
    "gap": "gap Δ: mean lead of another label on those",
    "positivity": "positivity p: lowest share of the target label among equal records",
    "outside": "ρ: share of records that p does not hold for",
    "sensitivity": "sensitivity τ: how much of the label is lost with what is erased",
    "gradient": "pull ‖g(θ*)‖ of everybody's records at the wanted model",
    "neutralizing": "strongest opposite pull of members' records",
    "control": "strongest pull C(α) towards the wanted model, all the way",
    "convexity": "strong convexity μ of the risk",
    "smoothness": "smoothness β of the risk",
    "slope": "slope ‖∇u‖ of the utility",
    "pull": "weakest opposite pull of members' records on the way",
}


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

    def guaranteed(self) -> str:
        """Say what the theorem guarantees."""
        if self.theory.bound is None:
            return f"No theorem applies: {self.theory.refused['bound']}."
        mass = self.theory.bound.critical_mass(self._target)
        if not mass.reached:
            return (
                f"{self.theory.theorem} guarantees {exact_percent(self._target)} for no collective "
                f"here: {mass.reason}."
            )
        sure = (
            f" (with {percent(self.theory.bound.confidence)} confidence, as its parameters are "
            "estimated)"
            if self.theory.bound.confidence < 1
            else ""
        )
        return (
            f"{self.theory.theorem} guarantees {exact_percent(self._target)} {self._from(mass)}, "
            f"against a platform {self._platform}{sure}.{self._by_slope()}"
        )

    def _by_slope(self) -> str:
        """Say what Proposition 9 guarantees."""
        if self.theory.proposition_9 is None:
            return ""
        mass = self.theory.proposition_9.critical_mass(1.0)
        if not mass.reached:
            return ""
        return (
            " Proposition 9, for members who aim along the utility's own slope, guarantees the "
            f"whole gain {self._from(mass)}."
        )

    def exactly(self) -> str:
        """Say what the exact curve gives."""
        if self.theory.exact is None:
            return f"There is no exact curve: {self.theory.refused['exact']}."
        mass, first = self.theory.masses
        if self._steers and mass.reached:
            return (
                f"On these very records it is exactly {exact_percent(self._target)} "
                f"{self._from(mass)}, if members are a cross-section of everybody, can be divided "
                "as shares can, and know how everybody's records pull."
            )
        if not mass.reached:
            return (
                "On these very records the best possible model does not give "
                f"{exact_percent(self._target)}: {mass.reason}."
            )
        known = " and knows which label is most likely" if self._pools else ""
        said = (
            f"On these very records, against the best possible model, it is exactly "
            f"{exact_percent(self._target)} {self._from(mass)}, if the collective is a "
            f"cross-section of everybody{known}"
        )
        if first.alpha < mass.alpha:
            said += f"; it is reached {self._from(first)} already, but lost again in between"
        if 0 < mass.alpha * self.finding.facts.population.size < self.theory.points:
            said += (
                f". A real one of this size cannot be that: it misses many of the "
                f"{self.theory.points:,} kinds of records, and needs more people"
            )
        return said + "."

    def weakest(self) -> str:
        """Name the assumption that the theory rests on least safely, judged by the trials."""
        if self.theory.bound is None:
            return ""
        promised, measured = self.theory.bound.critical_mass(self._target), self.finding.mass
        if not promised.reached:
            estimate = self.theory.bound.weakest
            return (
                f"The weakest link is what is known of the {SYMBOLS[estimate.name]}: "
                f"{estimate.driver}."
            )
        weak = f"The weakest assumption is that {self._assumed(promised)}"
        if measured is None:
            return f"{weak}. There are not enough trials yet to judge it."
        tried = max((row.alpha for row in self.finding.rows), default=0.0)
        if not measured.reached and tried < promised.alpha:
            return f"{weak}. The trials do not go as far as the number that is promised."
        if not measured.reached or measured.low > promised.alpha:
            return (
                f"{weak}. The model trained here needs more people than the theorem promises to be "
                "enough, so that something the theorem assumes is not so. Trust the trials."
            )
        if measured.high < promised.alpha:
            return (
                f"{weak}. The model trained here needs fewer people than the theorem, which must "
                "hold for every population with these parameters."
            )
        return f"{weak}. The trials agree with what the theorem promises within their range."

    def _assumed(self, promised: CriticalMass) -> str:
        """Say what the promise takes for granted least safely."""
        facts = self.finding.facts
        people = promised.alpha * facts.population.size
        perfect = facts.learner.get("kind") == "BayesOptimal"
        if self._steers:
            return (
                "members know how everybody's records pull; here they know it from their own, the "
                "better the more they are"
                if self._pools
                else "the records here are those of everybody, and members a cross-section of them"
            )
        if perfect and self._pools:
            return (
                "members know which label is most likely without what is erased; here they pool "
                "their records, and know it the better the more they are"
            )
        if perfect and not self.theory.points:
            return (
                "members’ records are like those that the model is asked for; here hardly any two "
                "are alike, and this model knows nothing of a record that it never saw"
            )
        if perfect or people < self.theory.points:
            return (
                "the collective is a cross-section of everybody: the theorem speaks of shares, and "
                f"{heads(math.ceil(people))} need not have each of the {self.theory.points:,} "
                "kinds of records in proportion"
            )
        return "the model is the best possible one for the data it sees (ε = 0)"

    @property
    def _steers(self) -> bool:
        return self.finding.measure in STEERED

    @property
    def _platform(self) -> str:
        if self._steers:
            return "that minimises exactly this risk, if members know how everybody's records pull"
        return "whose model is the best possible one for the data it sees"

    @property
    def _pools(self) -> bool:
        description = self.finding.facts.strategies[self.finding.strategy].description
        return bool(description.get("knowledge") == "pooled")

    def parameters(self) -> list[tuple[str, str, str, str]]:
        """Tabulate the theorem's parameters: name, on these records, at worst, what decides it."""
        if self.theory.bound is None:
            return []
        return [
            (SYMBOLS[e.name], f"{e.value:.3g}", f"{e.limit:.3g}", e.driver)
            for e in self.theory.bound.estimates
        ]

    @property
    def _target(self) -> float:
        return float(self.finding.facts.target)

    def _from(self, mass: CriticalMass) -> str:
        n = self.finding.facts.population.size
        people = mass.people(n)[0] or 0
        if mass.alpha == 0:
            return "for any collective, however small"
        return f"from {heads(people)} on ({percent(mass.alpha)})"


def compare(finding: Finding) -> Comparison | None:
    """Set theory beside a finding; None if its study was run before theory was kept."""
    theory = finding.facts.strategies[finding.strategy].theory
    return Comparison(finding, theory) if theory else None
