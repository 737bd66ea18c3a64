"""`OthersCost`: how many more people it takes beside other collectives than alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

from criticalmass.curves import CriticalMass
from criticalmass.studies.theory_record import Theory


@dataclass(frozen=True)
class OthersCost:
    """What other collectives cost us: the critical mass beside them, and alone.

    Parameters
    ----------
    size
        Number of people in the population.
    alone, beside
        The critical masses for one target, of the same kind of curve.

    Examples
    --------
    >>> masses = CriticalMass.exactly(0.9, 0.01), CriticalMass.exactly(0.9, 0.04)
    >>> cost = OthersCost(1000, *masses)
    >>> round(cost.share, 4), cost.people
    (0.03, 30)
    """

    size: int
    alone: CriticalMass
    beside: CriticalMass

    @property
    def share(self) -> float:
        """The extra share of everybody that it takes, below 0 where the others help.

        Infinite where only alone some collective reaches the target, minus infinite where only
        beside others one does, nan where none does either way.
        """
        match self.alone.reached, self.beside.reached:
            case True, True:
                return self.beside.alpha - self.alone.alpha
            case True, False:
                return math.inf
            case False, True:
                return -math.inf
        return math.nan

    @property
    def people(self) -> int | None:
        """The extra people; None where the target is not reached, alone or beside them."""
        if not (self.alone.reached and self.beside.reached):
            return None
        return self.heads(self.beside) - self.heads(self.alone)

    def heads(self, mass: CriticalMass) -> int:
        """Return one of the masses in people: somebody, where any collective will do."""
        return max(1, mass.people(self.size)[0] or 0)


def others_cost(beside: Theory, alone: Theory, target: float) -> OthersCost | None:
    """Return what others cost by the exact curves, or by the bounds where there are none.

    None where neither is known on both sides.
    """
    for with_them, without in ((beside.exact, alone.exact), (beside.bound, alone.bound)):
        if with_them is not None and without is not None:
            masses = without.critical_mass(target), with_them.critical_mass(target)
            return OthersCost(beside.size, *masses)
    return None
