"""Fitting: success curves from the trials of a study."""

from criticalmass.fitting.comparing import Ratio, ratio
from criticalmass.fitting.fitted import FittedCurve
from criticalmass.fitting.repeated import RepeatedCurve
from criticalmass.fitting.sigmoid import SigmoidCurve

__all__ = ["FittedCurve", "Ratio", "RepeatedCurve", "SigmoidCurve", "ratio"]
