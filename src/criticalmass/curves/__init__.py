"""Success curves: how success depends on the share α of the population that joins."""

from criticalmass.curves.curve import CriticalMass, Outcome, SuccessCurve

__all__ = ["CriticalMass", "Outcome", "SuccessCurve"]
