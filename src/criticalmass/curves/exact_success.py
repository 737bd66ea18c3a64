"""`ExactSuccess`: success that is known exactly, and may be reached and lost again."""

from __future__ import annotations

from abc import abstractmethod

from criticalmass.curves.critical_mass import CriticalMass
from criticalmass.curves.curve import SuccessCurve


class ExactSuccess(SuccessCurve):
    """A curve that is known exactly, with everything between its ups and downs.

    Its critical mass is the smallest α from which success *stays* at or above the target.
    """

    @abstractmethod
    def first_reached(self, target: float) -> CriticalMass:
        """Return the smallest α at which the target is reached at all; it may be lost again."""
