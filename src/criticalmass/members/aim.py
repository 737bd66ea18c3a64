"""`Aim`: the one number of people that an organiser should act on, of all that a plan knows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from criticalmass.answers.finding import NUMBERED, Status
from criticalmass.incentives import Pledge
from criticalmass.members.plan import Plan, Standing


class Basis(Enum):
    """What the number rests on, or why there is none."""

    TRIALS = "the upper end of the range of the study's trials"
    EXACT = "whole people, exactly, with 95% confidence, against the model that the study trains"
    MEASURED = "what was measured with exactly these records, which the trials do not fit"
    NOBODY = "the target is reached without a collective"
    UNLIKE = "the trials do not fit these members, and with their records it was not enough"
    TOO_FEW_TRIALS = "there are too few trials"
    UNSEEN = "the model that the study trains does not see the mark"
    NOTHING_CHANGED = "hardly any member of the trials had anything to change"
    NOT_REACHED = "no collective that was tried gets there"
    ONLY_EVERYBODY = "all that is known is that everybody together gets there"
    UNSETTLED = "the trials do not settle it"
    LOST = "success is lost again before the upper end"
    OPEN = "the trials' range has no upper end"


@dataclass(frozen=True, eq=False)
class Aim:
    """How many must act, how many to ask for a promise, and how many there are.

    All count people beside those who have done their part in the study's own records, as its trials
    do. Make one with `aim_of`.

    Parameters
    ----------
    basis
        What the number rests on, or why there is none.
    people
        How many must act; None where nobody can say.
    have
        How many members take part.
    acted
        How many of these have done their part.
    pledge
        How many must promise so that enough act; None where nobody has to be asked, or nothing can
        be said: the study itself says how many slip, or success falls with more people.
    guess
        Whether more people are needed than were tried.
    slips
        Whether some of these people will forget, or keep their label, as the study says.
    lost
        With so many people success is lost again; None if it is not.
    """

    basis: Basis
    people: int | None
    have: int
    acted: int
    pledge: Pledge | None = None
    guess: bool = False
    slips: bool = False
    lost: int | None = None

    @property
    def promises(self) -> int | None:
        """How many to ask for a promise, never fewer than must act; None if no number is enough."""
        if self.pledge is None or self.pledge.number is None:
            return None
        return max(self.pledge.number, self.people or 0)


def aim_of(plan: Plan) -> Aim:
    """Return the number to act on.

    Where a model trained with exactly these members' records speaks against the trials
    (`Plan.astray`), it counts. Where the study trains the best possible model and whole people are
    known exactly, it is the number with which 95 of 100 groups drawn at random get there.
    Everywhere else it is the upper end of the range of the study's trials, because fewer may be too
    few.
    """
    have = 0 if plan.standing is Standing.NOBODY_ACTS else plan.beside
    acted = min(plan.done - plan.instructions.inside, have)
    basis, people = _chosen(plan)
    finding = plan.finding
    tried = max(finding.tried, default=0)
    asks = people is not None and basis in (Basis.TRIALS, Basis.EXACT)
    pledge = plan.pledge
    if people is not None and basis is Basis.EXACT and not plan.slips:
        pledge = Pledge(np.array([float(people)]), plan.follow, most=plan.could_promise)
    return Aim(
        basis,
        people,
        have,
        acted,
        pledge if asks and (plan.acting or have < (people or 0)) else None,
        guess=basis is Basis.TRIALS and (people or 0) > tried,
        slips=plan.slips,
        lost=round(finding.fall.lost * plan.size) if finding.fall and people else None,
    )


def _chosen(plan: Plan) -> tuple[Basis, int | None]:
    """Return the basis and the number, by the rule of `aim_of`."""
    finding = plan.finding
    if finding.status is Status.UNSEEN:
        return Basis.UNSEEN, None
    if finding.status is Status.NOTHING_CHANGED:
        return Basis.NOTHING_CHANGED, None
    if plan.astray:
        assert plan.measured is not None
        enough = plan.measured >= finding.target
        return (Basis.MEASURED, plan.beside) if enough else (Basis.UNLIKE, None)
    exact = _exactly(plan)
    if exact is not None:
        return (Basis.EXACT, exact) if exact else (Basis.NOBODY, 0)
    return _by_trials(plan)


def _by_trials(plan: Plan) -> tuple[Basis, int | None]:
    """Return the upper end of the trials' range, or why it is no number to act on."""
    finding, mass = plan.finding, plan.finding.mass
    status, fall = finding.status, finding.fall
    high = None if mass is None else mass.people(plan.size)[2]
    if status is Status.NOBODY_NEEDED:
        return (Basis.TRIALS, high) if high and fall is None else (Basis.NOBODY, 0)
    if status is Status.UNSETTLED:
        return Basis.UNSETTLED, None
    if status is Status.NOT_REACHED:
        return Basis.NOT_REACHED, None
    if status not in NUMBERED or mass is None:
        return Basis.TOO_FEW_TRIALS, None
    if finding.only_by_everybody:
        return Basis.ONLY_EVERYBODY, None
    if fall is not None and (fall.reached is None or not mass.high < fall.lost):
        return Basis.LOST, None
    return (Basis.OPEN, None) if high is None else (Basis.TRIALS, high)


def _exactly(plan: Plan) -> int | None:
    """Return how many whole people are surely enough for the model that the study trains."""
    comparison = plan.comparison
    if comparison is None or not comparison.best_model or plan.finding.fall is not None:
        return None
    masses = comparison.theory.people_masses
    if not masses or masses[1].target != plan.finding.target:
        return None
    return masses[1].people(plan.size)[0]
