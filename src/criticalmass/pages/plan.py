"""`Plan`: where a real collective stands, and what is still missing, on one page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from criticalmass.answers.comparison import Comparison, compare
from criticalmass.answers.finding import Finding, findings
from criticalmass.errors import CriticalMassError, explain
from criticalmass.members.instructions import Instructions
from criticalmass.pages.figures.success import success_figure, to_svg
from criticalmass.pages.joining import Paying, paying
from criticalmass.pages.page import page, write_whole
from criticalmass.pages.report import lines_of
from criticalmass.studies.running.bench import Bench
from criticalmass.studies.store.store import Store
from criticalmass.studies.trial import Row
from criticalmass.words.wording import exact_percent, heads, percent, probability, strategy_in_words

FAR = 0.1
"""Distance of a measured success from the curve's band that speaks against the curve."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What a study says about these members.

    Make one with `make_plan`.

    Parameters
    ----------
    instructions
        The members, and what they are to change.
    finding
        The study's answer for their strategy, by its first measure.
    reached
        What a model does that was trained with exactly these members' records; None if it was not
        trained.
    """

    instructions: Instructions
    finding: Finding
    reached: Row | None = None

    @property
    def size(self) -> int:
        """Number of records that the firm trains on, the members' among them."""
        return len(self.instructions.joined.study.population)

    @property
    def members(self) -> int:
        """How many take part: those who may be recruited."""
        return len(self.instructions.edit.members)

    @property
    def share(self) -> float:
        """The share α that they are."""
        return self.members / self.size

    @cached_property
    def theory(self) -> Comparison | None:
        """What theory says of the strategy."""
        return compare(self.finding)

    @cached_property
    def paying(self) -> Paying | None:
        """Whether joining pays, if the study says what it costs."""
        return paying(self.finding, self.size)

    def answer(self) -> str:
        """Say in a sentence where the collective stands."""
        target, mass = exact_percent(self.finding.facts.target), self.finding.mass
        begin = f"You are {heads(self.members)} of {self.size:,} ({percent(self.share)})"
        if not self.instructions.acting:
            return f"{begin}, and none of you has anything to change: {self._why_nobody()}"
        if self.astray:
            assert self.reached is not None
            rate = percent(self.reached.rate(self.finding.measure))
            enough = self.reached.rate(self.finding.measure) >= self.finding.facts.target
            wanted = f"that is enough for {target}" if enough else f"{target} is wanted"
            return (
                f"{begin}. A model trained with exactly your records {self.finding.outcome(rate)}; "
                f"{wanted}. That is not what the study's trials say of so many: your "
                "records are unlike those that it drew."
            )
        if mass is None:
            return f"{begin}. There are not enough trials yet to say how many it takes."
        if mass.alpha == 0:
            return f"{begin}. {self.finding.answer()}"
        if not mass.reached:
            return (
                f"{begin}. No collective that was tried reaches {target}, so that nobody can say "
                "how many more it takes."
            )
        people, low, high = (
            None if count is None else max(count - self.members, 0)
            for count in mass.people(self.size)
        )
        if people == 0:
            sure = f": more likely than not; it may take up to {high:,} more" if high else ""
            return f"{begin}: enough for {target} by the study's trials{sure}."
        span = f"{low or 0:,} to {high:,}" if high is not None else f"at least {low or 0:,}"
        are = "is" if people == 1 else "are"
        return f"{begin}. About {people:,} more {are} needed for {target} ({span})."

    @property
    def astray(self) -> bool:
        """Whether what was measured with exactly these records is far from the study's curve."""
        curve = self.finding.curve
        if self.reached is None or curve is None:
            return False
        low, high = (float(edge) for edge in curve.band(self.share))
        return not low - FAR <= self.reached.rate(self.finding.measure) <= high + FAR

    def _why_nobody(self) -> str:
        return next(one.reason for one in self.instructions.each if one.reason)

    def parts(self) -> list[tuple[str, str]]:
        """Return the page's lines: what each is about, and what is to be said."""
        acting, everyone = len(self.instructions.acting), len(self.instructions.members)
        have = "has" if acting == 1 else "have"
        who = f"{acting:,} of your {everyone:,} members {have} something to change"
        if self.members < everyone:
            who += f"; {everyone - self.members:,} cannot take part, and are not counted"
        found = self.instructions.joined.found
        where = (
            f"{found:,} of your records equal one of the study's and stand for it; "
            f"{f'{everyone - found:,}' if found < everyone else 'none'} were added."
        )
        said = [("Who acts", f"{who}. {where}")]
        if self.reached is not None:
            measured = self.reached.rate(self.finding.measure)
            said.append(("Measured with exactly your records", self._measured(measured)))
        said.append(("By the study's trials", self._fitted()))
        if self.theory:
            said.append(("Guaranteed", self._guaranteed(self.theory)))
            if self.theory.theory.exact:
                exact = float(self.theory.theory.exact.success(self.share))
                said.append((
                    "Exact", f"Against the best possible model a cross-section of people of your "
                    f"number reaches {percent(exact)}.",
                ))  # fmt: skip
        if self.paying:
            stand = None if self.astray or not acting else self.members
            said.append(("Does it pay to join?", " ".join(self.paying.sentences(stand))))
        return said

    def lines(self) -> list[str]:
        """Return the parts as plain lines."""
        return [f"{about.rstrip('?')}: {said}" for about, said in self.parts()]

    def text(self) -> str:
        """Return the plan for a terminal."""
        return "\n".join([self.answer(), "", *self.lines()])

    def render(self) -> str:
        """Return the plan's page."""
        facts = self.finding.facts
        figures = []
        for layout, width in (("wide", 7.4), ("narrow", 3.7)):
            figure = success_figure(
                lines_of([self.finding], self.theory), population_size=self.size,
                target=facts.target, width=width, here=self.members,
                reached=self.reached.rate(self.finding.measure) if self.reached else None,
            )  # fmt: skip
            title = "Success against the size of the collective, and where you are"
            figures.append((layout, to_svg(figure, title=title, prefix=f"p{layout}")))
        return page(
            "plan.html",
            facts=facts,
            plan=self,
            does=strategy_in_words(
                facts.strategies[self.finding.strategy].description,
                facts.population.kind,
            ),
            figures=figures,
            paying_figures=self.paying.svgs("pay", self.members) if self.paying else [],
        )

    def write(self, path: str | Path) -> Path:
        """Write the page."""
        return write_whole(Path(path), self.render())

    def _measured(self, rate: float) -> str:
        wanted = self.finding.facts.target
        enough = "that is enough" if rate >= wanted else f"{exact_percent(wanted)} is wanted"
        n, floor = len(self.instructions.joined.study.test), self.finding.floor
        without = "" if floor is None else f", without a collective {percent(floor)}"
        return (
            f"A model trained with them {self.finding.outcome(percent(rate))} ({n:,} of them "
            f"tested){without}; {enough}. That is one training run, in which all of them act."
        )

    def _fitted(self) -> str:
        curve = self.finding.curve
        if curve is None:
            return "There are not enough trials yet."
        mean = float(curve.success(self.share))
        low, high = (float(edge) for edge in curve.band(self.share))
        said = (
            f"With so many people drawn at random the model {self.finding.outcome(percent(mean))} "
            f"({percent(low)} to {percent(high)})."
        )
        mass = self.finding.mass
        if mass is not None and mass.alpha != 0:
            sure = curve.probability(mass.target, self.share)
            said += f" That it reaches the target with so many: {probability(sure)}."
        tried = max((row.alpha for row in self.finding.rows), default=0.0)
        least = min((row.alpha for row in self.finding.rows if row.members), default=1.0)
        if self.share > tried or self.share < least:
            way = "more" if self.share > tried else "fewer"
            said += f" That is {way} than were tried, so a guess."
        if self.astray:
            said += " What was measured with exactly your records says otherwise: trust that more."
        return said

    def _guaranteed(self, theory: Comparison) -> str:
        if theory.theory.bound is None:
            return theory.guaranteed()
        sure = float(theory.theory.bound.success(self.share))
        perfect = self.finding.facts.learner["kind"] == "BayesOptimal"
        other = "" if perfect else "; the one trained here is another"
        here = (
            f"{theory.theory.theorem} guarantees nothing for so few."
            if sure == 0
            else f"{theory.theory.theorem} guarantees {percent(math.floor(sure * 1000) / 1000)} "
            f"with so many, if the platform's model is the best possible one for its data{other}."
        )
        return f"{here} {theory.guaranteed()}"


def make_plan(instructions: Instructions, folder: str | Path, *, train: bool = True) -> Plan:
    """Set members beside what their study found.

    Parameters
    ----------
    instructions
        The members, and what they are to change.
    folder
        The study's folder of results.
    train
        Whether to train one model with exactly these members' records.

    Raises
    ------
    StoreError
        If the folder holds no study.
    CriticalMassError
        If the training fails.
    """
    with Store.open(folder) as store:
        facts, rows = store.facts(), store.rows()
    finding = next(
        answer
        for answer in findings(facts, rows, headlines=True)
        if answer.strategy == instructions.strategy
    )
    return Plan(instructions, finding, measure(instructions) if train else None)


def measure(instructions: Instructions) -> Row:
    """Train one model with exactly these members' records, and measure it."""
    study: Any = instructions.joined.study
    try:
        return Bench(study).measure(instructions.strategy, instructions.edit, study.seed)
    except CriticalMassError:
        raise
    except Exception as error:
        raise CriticalMassError(
            f"training with the members' records failed: {explain(error)}"
        ) from error
