"""The log likelihood of success curves that other members and other seeds shift sideways.

A trial of a share α tells of k successes among n marked test records, around

    S = floor + (ceiling − floor) · r,    r = 1 / (1 + exp(−(ln α + σz − midpoint) / width)),

where z is standard normal and the trial's own: it is integrated out. So trials scatter much where
the curve is steep and hardly on its plateaus, and those of a curve much narrower than the shifts
are all or nothing. What scatters on the plateaus too is an overdispersion ρ, the correlation
between test records of one trial: n records tell as much as n / (1 + (n − 1) ρ) independent ones
(Efron's double binomial, 1986).
"""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr, logit, xlog1py, xlogy

from criticalmass.arrays import Array
from criticalmass.curves import Outcome

NODES = 25
"""Places at which the integrand is added up, evenly spaced: two or more a standard deviation."""

PRECISE = 50_000
"""From so many test records on, single precision would be felt."""

_FAR = 4.5  # standard deviations of shifts within which they are integrated over
_UNLIKELY = 5.0  # and standard errors of what was seen
_TINY = 1e-300
_AT_ONCE = 600_000  # bytes an array: enough for each call of NumPy, few enough for the cache


class Likelihood:
    """The log likelihood of trials, relative to the best that could explain each.

    Parameters
    ----------
    outcomes
        One per trial; α = 0 informs the floor alone.
    """

    def __init__(self, outcomes: list[Outcome]) -> None:
        ordered = sorted(outcomes, key=lambda o: (o.alpha, o.successes, o.n))
        alpha, k, n = np.array([(o.alpha, o.successes, o.n) for o in ordered], dtype=float).T
        some = alpha > 0
        self.log_alpha = np.log(alpha[some])
        self._trials = _Counts(k[some], n[some])
        self._without = _Counts(k[~some], n[~some])

    def __call__(self, curves: Array) -> Array:
        """Return the log likelihood of curves.

        Parameters
        ----------
        curves
            Midpoint, width, floor, ceiling, σ and ρ of each, shape (curves, 6); floor and ceiling
            strictly between 0 and 1.

        Returns
        -------
        ndarray, shape (curves,)
        """
        size = len(curves) * len(self.log_alpha) * NODES * self._trials.dtype.itemsize
        pieces = 1 + size // _AT_ONCE
        return np.concatenate([self._of(some) for some in np.array_split(curves, pieces)])

    def _of(self, curves: Array) -> Array:
        midpoint, width, floor, ceiling, sigma, rho = curves.T[:, :, None]
        told = self._trials.told(rho)

        # nodes: places on the curve at which the integrand is added up
        at, shift = (self.log_alpha - midpoint) / width, sigma / width
        low, high, level = self._window(at, shift, floor, ceiling, told)
        step = (high - low) / (NODES - 1)

        # the chances of success and failure there; arrays of shape (nodes, curves, trials)
        real = self._trials.real
        node = real(np.arange(float(NODES)))[:, None, None]
        odds = np.exp(real(-low) - real(step) * node)  # of failing to rise
        success = real(floor) * odds + real(ceiling)
        failure = real(1 - floor) * odds + real(1 - ceiling)
        odds += 1

        # the log of the integrand: the trial's likelihood times the density of its shift
        total = self._trials.log_likelihood(success / odds, failure / odds)
        total *= real(told)
        ends = total[[0, -1]]  # on a plateau it is the same for all shifts beyond
        beyond = np.stack([(low - at) / shift, (at - high) / shift])
        ends = np.where(level, ends + log_ndtr(beyond), -np.inf)
        z = real((low - at) / shift) + real(step / shift) * node
        total -= np.square(z, out=z) / 2

        # its integral, relative to the largest value so that nothing underflows
        best = np.maximum(total.max(axis=0), ends.max(axis=0))
        total -= real(best)
        np.exp(total, out=total)
        inside = (total.sum(axis=0) - total[[0, -1]].mean(axis=0)) * (step / shift)
        integral = inside / np.sqrt(2 * np.pi) + np.exp(ends - best).sum(axis=0)
        integral = np.maximum(integral, _TINY)  # rounding may lose what is most improbable

        # all trials, and those without a collective, which inform the floor alone
        by_trial = best + np.log(integral) + self._trials.normaliser(told)
        told = self._without.told(rho)
        without = told * self._without.log_likelihood(floor, 1 - floor)
        without += self._without.normaliser(told)
        return np.asarray(by_trial.sum(axis=1) + without.sum(axis=1))

    def _window(
        self, at: Array, shift: Array, floor: Array, ceiling: Array, told: Array
    ) -> tuple[Array, Array, Array]:
        """Return the places on the curve, in widths, between which a trial's likelihood changes.

        And whether it stays the same beyond either end, because success does on a plateau.
        """
        many, level = self._trials.n * told, self._trials.level
        off = _UNLIKELY * (self._trials.error / np.sqrt(many) + _UNLIKELY / 2 / many)
        seen = np.stack([self._trials.rate - off, self._trials.rate + off])
        with np.errstate(divide="ignore"):
            places = logit(np.clip((seen - floor) / (ceiling - floor), 0, 1))
        low, high = np.clip(places, -level, level)
        near, far = at - _FAR * shift, at + _FAR * shift
        apart = (low > far) | (high < near)  # an outlier, or all the way on a plateau
        low = np.where(apart, low, np.maximum(low, near))
        high = np.where(apart, high, np.minimum(high, far))
        return low, high, np.stack([places[0] <= -level, places[1] >= level])


class _Counts:
    """Successes k among n."""

    def __init__(self, k: Array, n: Array) -> None:
        self.dtype = np.dtype(np.float32 if max(n, default=0) < PRECISE else np.float64)
        self.n, self.rate = n, k / n
        self.level = np.log(1000 * n)  # so far up a plateau is reached, to less than a record
        self.error = np.sqrt(self.rate * (1 - self.rate))  # standard error of one
        self._best = self.real(xlogy(k, self.rate) + xlog1py(n - k, -self.rate))
        self._k, self._missed = self.real(k), self.real(n - k)

    def real(self, numbers: Array) -> Array:
        """Return numbers in the precision that these counts need."""
        return numbers.astype(self.dtype, copy=False)

    def told(self, rho: Array) -> Array:
        """Return how much a test record tells, as a share of an independent one."""
        return np.asarray(1 / (1 + (self.n - 1) * rho))

    def normaliser(self, told: Array) -> Array:
        """Return what keeps the probabilities of all k adding up to 1, near enough.

        Where all succeed or none, that is likely whatever ρ is, and nothing is to be made up for.
        """
        return np.asarray(np.where(self.error > 0, np.log(told) / 2, 0.0))

    def log_likelihood(self, success: Array, failure: Array) -> Array:
        """Return that of chances of either, relative to the best ones'."""
        total = self._k * np.log(success)
        total += self._missed * np.log(failure)
        total -= self._best
        return np.asarray(total)
