"""Simulated platforms, to see how many trials it takes and how often an interval holds.

All trials of a platform share their test records. The truth is where the mean success of trials on
new records reaches the target.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from criticalmass import Outcome

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(41)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
_FINE = np.linspace(-14, 0, 4000)
_QUIET = 0.3  # overdispersion on the plateaus, as a share of that in mid-curve


@dataclass
class Curve:
    """An S-shaped curve in ln α."""

    midpoint: float
    width: float
    floor: float
    ceiling: float

    def rise(self, log_alpha):
        return expit((log_alpha - self.midpoint) / self.width)

    def success(self, log_alpha):
        return self.floor + (self.ceiling - self.floor) * self.rise(log_alpha)


class Scattered:
    """Trials are beta-binomial, ρ in mid-curve and less on the plateaus.

    This is not what the posterior takes trials for.
    """

    def __init__(self, rng, curve, *, noise, records):
        self.rng, self.curve, self.noise, self.records = rng, curve, noise, records
        self.error = rng.normal() / math.sqrt(records)  # of the test records, in all trials

    def trial(self, alpha):
        at = math.log(alpha) if alpha else -math.inf
        mean = self.curve.success(at)
        mean = np.clip(mean + self.error * math.sqrt(mean * (1 - mean)), 1e-6, 1 - 1e-6)
        pull = 1 / (self.noise * _profile(self.curve.rise(at))) - 1
        rate = self.rng.beta(mean * pull, (1 - mean) * pull)
        return Outcome(alpha, int(self.rng.binomial(self.records, rate)), self.records)

    def critical_mass(self, target):
        height = (target - self.curve.floor) / (self.curve.ceiling - self.curve.floor)
        return math.exp(self.curve.midpoint + self.curve.width * logit(height))


class Shifted:
    """Members shift the curve sideways, by a normal error in ln α, as the posterior takes them to.

    But each test record succeeds from some height of the curve on: the records are the same in all
    trials, where the posterior takes each trial's for a sample of its own.
    """

    def __init__(self, rng, curve, *, noise, records):
        self.rng, self.curve, self.noise, self.records = rng, curve, noise, records
        self.heights = np.sort(rng.random(records))

    def trial(self, alpha):
        reached = self.curve.floor
        if alpha:
            reached = self.curve.success(np.log(alpha) + self.noise * self.rng.normal())
        return Outcome(alpha, int(np.searchsorted(self.heights, reached)), self.records)

    def critical_mass(self, target):
        mean = self.curve.success(_FINE[:, None] + self.noise * _NODES) @ _WEIGHTS
        return math.exp(_FINE[np.argmax(mean >= target)]) if mean[-1] >= target else math.inf


def _profile(rise):
    return _QUIET + (1 - _QUIET) * 4 * rise * (1 - rise)
