"""Success curves: how success depends on the share α of the population that joins."""

from criticalmass.curves.curve import CriticalMass, Outcome, SuccessCurve
from criticalmass.curves.fitted import FittedCurve
from criticalmass.curves.sigmoid import SigmoidCurve

__all__ = ["CriticalMass", "FittedCurve", "Outcome", "SigmoidCurve", "SuccessCurve"]
