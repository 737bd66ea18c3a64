"""What the rows of a study say: for each question a curve, a critical mass and a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from criticalmass.curves import CriticalMass, Outcome
from criticalmass.fitting import FittedCurve, RepeatedCurve
from criticalmass.fitting.fitted import VISIBLE
from criticalmass.measures.fitting import attainable, fit
from criticalmass.measures.measure import STEERED
from criticalmass.studies.adaptive import BLOCK
from criticalmass.studies.facts import Facts
from criticalmass.studies.trial import Row
from criticalmass.words.wording import (
    MEASURES,
    RECORDS,
    erasing_in_words,
    exact_percent,
    goal_in_words,
    heads,
    percent,
    probability,
    quoted,
    strategy_in_words,
)

FEW = 12
"""With fewer trials of collectives than this, an answer comes with a warning."""


@dataclass(frozen=True, eq=False)
class Finding:
    """The answer for one strategy and one success measure.

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
        The fitted curve, or None where there are too few trials.
    mass
        Its critical mass for the study's target, or None.
    """

    strategy: str
    measure: str
    facts: Facts
    rows: tuple[Row, ...]
    failed: tuple[Row, ...]
    curve: FittedCurve | RepeatedCurve | None
    mass: CriticalMass | None

    @property
    def outcomes(self) -> list[Outcome]:
        """What each trial tells the curve."""
        return [row.outcome(self.measure) for row in self.rows]

    @property
    def floor(self) -> float | None:
        """Success without a collective: the reference's."""
        rates = [row.rate(self.measure) for row in self.rows if row.members == 0]
        return sum(rates) / len(rates) if rates else None

    @property
    def largest(self) -> list[Row]:
        """The trials of the largest collective that was tried."""
        tried = max((row.members for row in self.rows), default=0)
        return [row for row in self.rows if row.members == tried > 0]

    def answer(self) -> str:
        """Answer "how many people does it take?" in a sentence or two."""
        n, target = self.facts.population.size, self.facts.target
        if not self.largest and any(row.members for row in self.failed):
            reason = next(row.error for row in self.failed if row.members)
            return f"Nothing is known: every trial of a collective failed, the first with {reason}."
        if self.mass is None or not self.largest:
            return "There are not enough trials yet to say how many people it takes."
        tried = self.largest[0].members
        mass = self.mass
        if mass.alpha == 0:
            return (
                f"Nobody needs to join: without any collective the model {self._does()} at least "
                f"{exact_percent(target)} of the {self._marked()}."
            )
        if self._unsettled():
            best = max(self._tried().items(), key=lambda size: size[1])
            return (
                f"The trials do not settle it. With {heads(best[0])} out of {n:,} the model "
                f"{self._does()} {percent(best[1])} of the {self._marked()}, which is enough; "
                "but there are too few trials, or they do not follow one curve, so that no "
                "number can be given. Try more sizes and repetitions."
            )
        if not mass.reached:
            rate = sum(row.rate(self.measure) for row in self.largest) / len(self.largest)
            return (
                f"No collective that was tried is large enough. With {heads(tried)} out of {n:,} "
                f"({percent(tried / n)}), the largest tried, the model {self._does()} "
                f"{percent(rate)} of the {self._marked()}; {exact_percent(target)} is wanted."
            )
        people, low, high = mass.people(n)
        assert people is not None
        assert low is not None
        span = f"between {low:,} and {high:,}" if high is not None else f"{low:,} or more"
        if low == 0 and high is not None:
            span = f"at most {high:,}"
        size = f"about {heads(people)} out of {n:,} ({percent(people / n)}; {span})"
        fewest = min(row.members for row in self.rows if row.members)
        if people < fewest:
            begin = (
                f"It takes fewer than were tried: {heads(fewest)}, the smallest collective tried, "
                f"reached the target already. A guess is {size}. "
            )
        elif people > tried:
            begin = (
                f"It takes more than were tried. Continued beyond {heads(tried)}, the largest "
                f"collective tried, the curve reaches the target at {size}, which is a guess. "
            )
        else:
            begin = f"It takes {size}. "
        return (
            begin + f"If that many {self._do()}, the trained model {self._does()} at least "
            f"{exact_percent(target)} of the {self._marked()}."
        )

    def outcome(self, rate: str) -> str:
        """Put a success into words: what the model then does to how many of which records."""
        return f"{self._does()} {rate} of the {self._marked()}"

    def in_short(self) -> tuple[str, str]:
        """Return the number of people and its interval in a few signs each, for a table."""
        if self.mass is None:
            return "–", "too few trials"
        if self._unsettled():
            return "not settled", f"never: {probability(self.mass.never)}"
        if not self.mass.reached:
            return "not reached", f"never: {probability(self.mass.never)}"
        people, low, high = self.mass.people(self.facts.population.size)
        return f"{people:,}", f"{low:,} to {'?' if high is None else f'{high:,}'}"

    def doubt(self) -> str:
        """Say how sure that is, in a sentence or two."""
        if self.mass is None:
            return ""
        n = self.facts.population.size
        recruitable = self.facts.strategies[self.strategy].recruitable
        said = []
        if self.mass.reached and self.mass.alpha > 0 and not self._unsettled():
            said.append(f"The range holds with {percent(self.mass.confidence)} probability.")
            if recruitable < 1:
                said.append(
                    f"That is {percent(self.mass.alpha / recruitable)} of the "
                    f"{heads(round(recruitable * n))} who can be recruited."
                )
        said += self._precision()
        if self.mass.never > 0 and self.measure in STEERED:
            said.append(
                f"{percent(self.mass.never)} of the repetitions did not get there with the largest "
                "collective tried."
            )
        elif self.mass.never >= 0.005:
            said.append(
                "Probability that no collective that could be recruited gets there, if the "
                f"curve goes on as fitted: {probability(self.mass.never)}."
            )
            if isinstance(self.curve, FittedCurve) and self._still_rising(self.curve):
                high = self.facts.placement.get("high")
                limit = f" They end at placement.high = {exact_percent(high)}." if high else ""
                said.append(f"That is a guess: the curve still rises where the trials end.{limit}")
        if self.floor is not None and self.mass.alpha != 0 and self.measure not in STEERED:
            held = self.facts.strategies[self.strategy].label_share
            hold = "" if held is None else f"; {percent(held)} of them really hold that label"
            said.append(
                f"Without a collective the model {self._does()} {percent(self.floor)} of "
                f"them{hold}."
            )
        trials = sum(row.members > 0 for row in self.rows)
        if trials < FEW:
            said.append(f"That is from {trials} trials only: more would say more.")
        off = self.curve.misfit(self.outcomes) if self.curve else {}
        if off:
            where = max(off, key=lambda share: abs(off[share]))
            said.append(
                f"The curve does not fit everywhere: with {heads(round(where * n))} success lies "
                f"{100 * abs(off[where]):.0f} percentage points "
                f"{'above' if off[where] > 0 else 'below'} it. Near there, trust the dots rather "
                "than the line."
            )
        return " ".join(said)

    def _unsettled(self) -> bool:
        """Whether a collective that was tried got there, and yet the curve does not as far as that.

        Where the curve goes on to get there, it must also lie off the trials: else it is a guess.
        """
        mass, rates = self.mass, self._tried()
        if mass is None or self.curve is None or max(rates.values()) < self.facts.target:
            return False
        beyond = mass.alpha > max(row.alpha for row in self.rows)
        return not mass.reached or (beyond and bool(self.curve.misfit(self.outcomes)))

    def _still_rising(self, curve: FittedCurve) -> bool:
        """Whether what was tried does not show where the curve levels off."""
        tried = max(row.alpha for row in self.rows)
        now, later = curve.success([tried, max(tried, curve.largest)])
        return bool(later - now > VISIBLE)

    def _precision(self) -> list[str]:
        """Say so where adaptive placement ended before the range was as narrow as asked for."""
        placement = self.facts.placement
        wanted, mass = placement.get("precision"), self.mass
        headline = self.facts.strategies[self.strategy].measures[0]
        if wanted is None or mass is None or not mass.alpha > 0 or self.measure != headline:
            return []
        if self._unsettled():
            return []
        if mass.within(wanted) or mass.is_whole(self.facts.population.size):
            return []
        tried = [row.alpha for row in self.rows if row.members]
        best = (
            attainable(self.curve, self.facts.target)
            if isinstance(self.curve, FittedCurve)
            else 0.0
        )
        if mass.alpha > max(tried) and placement.get("high"):
            why = "larger collectives (placement.high) would narrow it"
        elif mass.alpha < min(tried) and placement.get("low"):
            why = "smaller collectives (placement.low) would narrow it"
        elif best > wanted:
            why = (
                "as far as these trials tell, so few test records leave more than that "
                f"(about ±{percent(best)}) whatever the trials; more test records would narrow it"
            )
        elif len(tried) + BLOCK <= placement["most"]:
            why = "more trials would narrow it; if the study was stopped, the same command goes on"
        else:
            why = "more trials (placement.most) would narrow it"
        return [f"It is wider than the ±{exact_percent(wanted)} that were asked for: {why}."]

    def _tried(self) -> dict[int, float]:
        """Return the mean success of every size of collective that was tried."""
        rates: dict[int, list[float]] = {}
        for row in self.rows:
            if row.members:
                rates.setdefault(row.members, []).append(row.rate(self.measure))
        return {members: sum(same) / len(same) for members, same in rates.items()}

    def _do(self) -> str:
        return strategy_in_words(
            self.facts.strategies[self.strategy].description, self.facts.population.kind
        )

    def _does(self) -> str:
        label = quoted(self.facts.strategies[self.strategy].target_label)
        return MEASURES[self.measure][0].format(label=label)

    def _marked(self) -> str:
        if self.measure in STEERED:
            return goal_in_words(self.facts.strategies[self.strategy].description["goal"])
        records = RECORDS[self.facts.population.kind]
        if self.measure == "erased":
            signal = self.facts.strategies[self.strategy].description["signal"]
            return f"{records}, as they are and {erasing_in_words(signal)}"
        return f"{records} that carry the mark"


def findings(facts: Facts, rows: list[Row], *, headlines: bool = False) -> list[Finding]:
    """Answer every question of a study: by strategy, then by measure, the headline first.

    With ``headlines``, by the first measure of each strategy only.
    """
    answers = []
    for strategy in facts.strategies:
        mine = [row for row in rows if row.strategy == strategy]
        good = tuple(row for row in mine if not row.error)
        failed = tuple(row for row in mine if row.error)
        measures = facts.strategies[strategy].measures
        for measure in measures[:1] if headlines else measures:
            recruitable = facts.strategies[strategy].recruitable
            curve = fit([row.outcome(measure) for row in good], measure, recruitable)
            mass = curve.critical_mass(facts.target) if curve else None
            answers.append(Finding(strategy, measure, facts, good, failed, curve, mass))
    return answers
