"""`Plan`: where a real collective stands, and what is still missing, in numbers."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from pathlib import Path

import numpy as np

from criticalmass.answers.certificate import Certified, certify
from criticalmass.answers.finding import Finding, findings
from criticalmass.answers.joining import Paying, paying
from criticalmass.answers.kept_certificate import keep_group
from criticalmass.answers.theory import Comparison, compare
from criticalmass.errors import CriticalMassError, StoreError, explain
from criticalmass.incentives import FollowThrough, Pledge
from criticalmass.members.instructions import Instructions, agreed_on
from criticalmass.strategies import Imperfect
from criticalmass.studies.identity.describe import digest
from criticalmass.studies.running.bench import Bench
from criticalmass.studies.store.damage import answering
from criticalmass.studies.store.store import Store
from criticalmass.studies.trial import Row

TINY = 1e-9
"""A number of people that is a whole one but for rounding is that one."""
FAR = 0.1
"""Distance of a measured success from the curve's band that always speaks against the curve."""


class Standing(Enum):
    """Where a collective stands."""

    NOBODY_ACTS = "none of the members has anything to change"
    ASTRAY = "what was measured with exactly these records speaks against the study's curve"
    NOT_ENOUGH = "there are too few trials"
    NOBODY_NEEDED = "the target is reached without a collective"
    NOT_REACHED = "no collective that was tried gets there"
    TOO_MANY = "fewer get there, and so many do not"
    ENOUGH = "they are as many as it takes"
    MORE_NEEDED = "more are needed"


@dataclass(frozen=True, eq=False)
class Plan:
    """What a study says about these members.

    Make one with `plan`; `criticalmass.words.plan` puts it into sentences.

    Parameters
    ----------
    instructions
        The members, and what they are to change.
    finding
        The study's answer for their strategy, by its first measure.
    reached
        What a model does that was trained with exactly these members' records; None if it was not
        trained.
    follow
        What is known of how many people keep a promise to act.
    """

    instructions: Instructions
    finding: Finding
    reached: Row | None = None
    follow: FollowThrough = field(default_factory=FollowThrough)

    @property
    def size(self) -> int:
        """Number of records that the firm trains on, the members' among them."""
        return len(self.instructions.joined.study.population)

    @property
    def members(self) -> int:
        """How many take part: those who may be recruited."""
        return len(self.instructions.edit.members)

    @property
    def beside(self) -> int:
        """How many take part beside those who stand in the study's records as having done it.

        The study's trials have the others' part from the beginning, and ask about people like
        these.
        """
        return self.members - self.instructions.inside

    @property
    def share(self) -> float:
        """The share α that those are about whom the study's trials ask."""
        return self.beside / self.size

    @property
    def acting(self) -> int:
        """How many have something to change."""
        return len(self.instructions.acting)

    @property
    def done(self) -> int:
        """How many have done their part."""
        return len(self.instructions.done)

    @property
    def so_far(self) -> float:
        """The share α of those who have done their part, as the study's trials count."""
        return (self.done - self.instructions.inside) / self.size

    @cached_property
    def probability(self) -> float | None:
        """The probability that so many reach the target; None where nobody can say."""
        curve, mass = self.finding.curve, self.finding.mass
        if curve is None or mass is None or not self.beside:
            return None
        return curve.probability(mass.target, self.share)

    def expected(self, share: float) -> float | None:
        """Return what the study's trials say of a share: by the curve, or without a collective."""
        curve = self.finding.curve
        if not share:
            return self.finding.floor
        return None if curve is None else float(curve.success(share))

    @property
    def measured(self) -> float | None:
        """The success that was measured with exactly these records; None if it was not."""
        return self.finding.success(self.reached) if self.reached else None

    @cached_property
    def comparison(self) -> Comparison | None:
        """What theory says of the strategy."""
        return compare(self.finding)

    @property
    def slips(self) -> bool:
        """Whether the study itself says that some members forget, or keep their label."""
        study = self.instructions.joined.study
        return isinstance(study.strategies[self.instructions.strategy], Imperfect)

    @cached_property
    def certified(self) -> Certified | None:
        """What the members' own records guarantee, as `certify` says it.

        None where nothing can be certified: of such a strategy or measure; because some members
        forget, and a certificate holds only if all act; because members have changed their records
        since the study's were made; or because the best possible model, of which a certificate
        speaks, would know each record by heart, as where there is no exact curve.
        """
        theory = self.finding.about.theory
        if self.slips:
            return None
        if self.done > self.instructions.inside or not self.finding.measure_facts.has_theorem:
            return None
        if theory is not None and theory.exact is None:
            return None
        joined = self.instructions.joined
        agreed = agreed_on(joined.study.strategies[self.instructions.strategy])
        size = len(joined.study.population) + len(joined.study.test)
        try:
            return certify(
                agreed,
                self.instructions.members.records,
                size,
                known=joined.at.records,
                success=self.finding.target,
            )
        except CriticalMassError:
            return None

    @cached_property
    def paying(self) -> Paying | None:
        """Whether joining pays, if the study says what it costs."""
        return paying(self.finding, self.size)

    @cached_property
    def band(self) -> tuple[float, float] | None:
        """What the study's trials say of so many: the band of its curve; None without a curve."""
        if self.finding.curve is None or not self.beside:
            return None
        low, high = (float(edge) for edge in self.finding.curve.band(self.share))
        return low, high

    @property
    def astray(self) -> bool:
        """Whether what was measured with exactly these records speaks against the study's curve.

        It does where it is far from the curve's band, and wherever it is below the band and misses
        the target that so many reach by the curve.
        """
        return self.far or self._short

    @property
    def far(self) -> bool:
        """Whether what was measured with exactly these records is far from the curve's band."""
        if self.measured is None or self.band is None:
            return False
        low, high = self.band
        return not low - FAR <= self.measured <= high + FAR

    @property
    def _short(self) -> bool:
        """Whether these records miss the target by their own training, and not by the curve."""
        if self.measured is None or self.band is None:
            return False
        missed = self.measured < min(self.finding.target, self.band[0])
        return missed and self.lacking[0] == 0

    @property
    def lacking(self) -> tuple[int | None, int | None, int | None]:
        """How many more it takes, at least, and at most; None where nobody can say."""
        mass = self.finding.mass
        if mass is None:
            return None, None, None
        people, low, high = (
            None if count is None else max(count - self.beside, 0)
            for count in mass.people(self.size)
        )
        return people, low, high

    @cached_property
    def pledge(self) -> Pledge | None:
        """How many must promise, beside those who stand in the study's records as having acted.

        None where the trials do not say how many must act, where success falls with more people, or
        where the study itself says how many slip.
        """
        curve, mass = self.finding.curve, self.finding.mass
        if curve is None or mass is None or self.finding.fall is not None or self.slips:
            return None
        needed = np.ceil(curve.critical_masses(mass.target) * self.size - TINY)
        return Pledge(needed, self.follow, most=self.could_promise)

    @property
    def could_promise(self) -> int:
        """How many people could promise: those who may be recruited."""
        return max(round(min(self.finding.about.recruitable, 1.0) * self.size), 1)

    @property
    def standing(self) -> Standing:
        """Where the collective stands."""
        mass = self.finding.mass
        if not self.acting and not self.done:
            return Standing.NOBODY_ACTS
        if self.astray:
            return Standing.ASTRAY
        if mass is None:
            return Standing.NOT_ENOUGH
        fall = self.finding.fall
        if fall is not None and fall.reached is not None and self.share >= fall.lost:
            return Standing.TOO_MANY
        if mass.alpha == 0:
            return Standing.NOBODY_NEEDED
        if not mass.reached:
            return Standing.NOT_REACHED
        return Standing.ENOUGH if self.lacking[0] == 0 else Standing.MORE_NEEDED


def plan(
    instructions: Instructions,
    folder: str | Path,
    *,
    train: bool = True,
    follow: FollowThrough | None = None,
) -> Plan:
    """Set members beside what their study found.

    Parameters
    ----------
    instructions
        The members, and what they are to change.
    folder
        The study's folder of results.
    train
        Whether to train one model with exactly these members' records, if that has not been done:
        what was measured is kept in the folder, and what their records guarantee, for reports.
    follow
        What is known of how many people keep a promise to act; by default about three in four.

    Raises
    ------
    StoreError
        If the folder holds no study.
    CriticalMassError
        If the training fails.
    """
    key = _key(instructions)
    with Store.open(folder) as store:
        facts, rows, reached = store.facts(), store.rows(), store.measured(key)
        with store.keeping_fits(), answering(store.path, facts, rows):
            of = {answer.strategy: answer for answer in findings(facts, rows, headlines=True)}
            finding = of[instructions.strategy]
    if reached is None and train:
        reached = replace(measure(instructions), key=key)
        with Store.open(folder) as store:
            store.keep_measured(reached)
    made = Plan(instructions, finding, reached, follow or FollowThrough())
    if train:
        with Store.open(folder) as store, suppress(StoreError):  # it may be only to be read
            kept = made.certified.kept if made.certified else None
            keep_group(store, instructions.strategy, kept)
    return made


def _key(instructions: Instructions) -> str:
    """Return a name for all that decides what a model does that is trained with these records.

    It does not depend on which members have changed theirs already.
    """
    study = instructions.joined.study
    after = instructions.edit.apply(study.population)
    others = {name: part for name, part in study.identity.items() if name != "population"}
    members = len(instructions.edit.members)
    return digest([others, after.fingerprint, instructions.strategy, members])


def measure(instructions: Instructions) -> Row:
    """Train one model with exactly these members' records, and measure it."""
    study = instructions.joined.study
    try:
        return Bench(study).measure(instructions.strategy, instructions.edit, study.seed)
    except CriticalMassError:
        raise
    except Exception as error:
        raise CriticalMassError(
            f"training with the members' records failed: {explain(error)}"
        ) from error
