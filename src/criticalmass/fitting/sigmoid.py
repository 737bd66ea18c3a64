"""`SigmoidCurve`: the paper's least-squares sigmoid, for redrawing its figures."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from criticalmass.arrays import Array
from criticalmass.curves import CriticalMass, Outcome, SuccessCurve, Unreached, Why
from criticalmass.curves.curve import checked_shares, checked_target
from criticalmass.errors import ParameterError


@dataclass(frozen=True)
class SigmoidCurve(SuccessCurve):
    """Best-fit sigmoid with two shape parameters and an offset (paper, Figures 2 and 3).

    S(α) = offset + (1 − offset) / (1 + exp(−slope · (ln α − midpoint))), fitted by least squares
    to the success rates. The paper does not print its formula: taking ln α as the argument and 1
    as the limit are assumptions made here. It comes without an interval; use
    `criticalmass.FittedCurve` to decide anything.

    Parameters
    ----------
    midpoint
        ln α at which success is half-way between offset and 1.
    slope
        Steepness there, positive.
    offset
        Success of vanishing collectives.

    Examples
    --------
    >>> alphas = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05]
    >>> curve = SigmoidCurve.fit(
    ...     Outcome(a, round(1000 / (1 + (0.004 / a) ** 2)), 1000) for a in alphas)
    >>> round(curve.critical_mass(0.8).alpha, 3)
    0.008
    """

    midpoint: float
    slope: float
    offset: float

    @classmethod
    def fit(cls, outcomes: Iterable[Outcome]) -> SigmoidCurve:
        """Fit to the trials of collectives (outcomes at α = 0 are left out, as in the paper)."""
        from scipy.optimize import OptimizeWarning, curve_fit  # slow to import

        data = [outcome for outcome in outcomes if outcome.alpha > 0]
        alpha = np.array([outcome.alpha for outcome in data])
        if len(np.unique(alpha)) < 3:
            raise ParameterError("the sigmoid needs trials at three or more different shares alpha")
        rates = np.array([outcome.rate for outcome in data])
        x = np.log(alpha)
        low, high = [x.min() - 5, 1e-3, 0.0], [5.0, 50.0, 1.0]
        start = np.clip([float(np.median(x)), 2.0, float(rates.min())], low, high)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OptimizeWarning)  # of the covariance, not used here
            try:
                best, _ = curve_fit(
                    _sigmoid, x, rates, p0=start, bounds=(low, high), max_nfev=10_000
                )
            except RuntimeError as error:  # the shape runs off to a step or a line
                raise ParameterError("no sigmoid fits these trials") from error
        return cls(*(float(value) for value in best))

    def success(self, alpha: ArrayLike) -> Array:
        """Return the fitted S(α)."""
        x = np.log(checked_shares(alpha))
        return np.asarray(_sigmoid(x, self.midpoint, self.slope, self.offset))

    def critical_mass(self, target: float) -> CriticalMass:
        """Return where the fitted sigmoid crosses the target."""
        target = checked_target(target)
        if self.offset >= target:
            return CriticalMass.exactly(target, 0.0)
        rise = (target - self.offset) / (1 - self.offset)
        log_alpha = self.midpoint + math.log(rise / (1 - rise)) / self.slope
        if log_alpha > 0:
            reason = Unreached(Why.SIGMOID, {"everybody": float(self.success(1.0))})
            return CriticalMass.unreached(target, reason)
        return CriticalMass.exactly(target, math.exp(log_alpha))


def _sigmoid(x: Array, midpoint: float, slope: float, offset: float) -> Array:
    return np.asarray(offset + (1 - offset) * expit(slope * (x - midpoint)))
