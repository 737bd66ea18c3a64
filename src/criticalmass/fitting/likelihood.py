"""The log likelihood of success curves that other members and other seeds shift sideways.

A trial of a share α tells of k successes among n marked test records, around

    S = floor + (ceiling − floor) · r,    r = 1 / (1 + exp(−(ln α + σz − midpoint) / width)),

where z is standard normal and the trial's own: it is integrated out. So trials scatter much where
the curve is steep and hardly on its plateaus, and those of a curve much narrower than the shifts
are all or nothing. What scatters on the plateaus too is an overdispersion ρ, the correlation
between test records of one trial: n records tell as much as n / (1 + (n − 1) ρ) independent ones
(Efron's double binomial, 1986).

The integral is a sum over evenly spaced nodes in t, where y = centre + reach · sinh(t) is the place
on the curve in widths. Such a sum is as good as exact once nodes are closer than the narrowest
feature of the integrand and reach to where it vanishes (Trefethen and Weideman, 2014). The narrow
feature is at the centre, and all others are the wider the farther away they lie; sinh spaces the
nodes likewise. Each trial gets as many as it needs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlog1py, xlogy

from criticalmass.arrays import Array, Rows, Single
from criticalmass.curves import Outcome
from criticalmass.fitting.gathered import Lattice, Trials, as_they_are, gathered

Reals = Array | Single
Counts = NDArray[np.intp]
ALL = slice(None)

PRECISE = 10_000
"""From so many test records on, single precision would be felt."""

MANY = 400
"""Each trial counts by itself where no more than so many tell something different."""

_STEP = 0.22  # between nodes in t: far from the centre, a fifth of the distance from it
_CLOSE = 0.9  # between nodes at the centre, in standard deviations of what is narrowest there
_NEGLIGIBLE = 11.0  # what is so far below the largest value, in logarithms, is left out
_FLAT = 1e-4  # a log likelihood that changes by less is constant
_OFF_PLATEAU = 1.5  # standard errors from a plateau from which on a rate has a place on the curve
_SEARCHES = 2  # steps towards the largest value of the integrand
_TOGETHER = 4  # numbers of nodes are multiples of it
_MOST = 400  # nodes, at most
_TRIALS = 30_000  # trials of curves whose nodes are laid at once
_VALUES = 100_000  # values of the integrand at once: few enough for the cache


class Likelihood:
    """The log likelihood of trials, relative to the best that could explain each.

    Parameters
    ----------
    outcomes
        One per trial; α = 0 informs the floor alone.
    lattice
        Where trials are gathered, if more than `MANY` tell something different; None if they
        never are.
    """

    def __init__(self, outcomes: list[Outcome], lattice: Lattice | None = None) -> None:
        alpha, k, n = np.array([(o.alpha, o.successes, o.n) for o in outcomes], dtype=float).T
        some = alpha > 0
        trials = as_they_are(np.log(alpha[some]), k[some], n[some])
        if lattice is not None and len(trials.k) > MANY:
            trials = gathered(trials, lattice)
        without = as_they_are(alpha[~some], k[~some], n[~some])
        self.log_alpha = trials.log_alpha
        self._trials, self._without = _Counts(trials), _Counts(without)

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
        pieces = 1 + len(curves) * len(self.log_alpha) // _TRIALS
        return np.concatenate([self._of(some) for some in np.array_split(curves, pieces)])

    def _of(self, curves: Array) -> Array:
        midpoint, width, floor, ceiling, sigma, rho = curves.T[:, :, None]

        # all trials of collectives
        at, shift = (self.log_alpha - midpoint) / width, sigma / width
        told = self._trials.told(rho)
        by_trial = self._trials.normaliser(told)
        by_trial += _integrals(self._trials, _Places(at, shift, floor, ceiling, told))
        by_trial += told * self._trials.more

        # those without one, which inform the floor alone
        told = self._without.told(rho)
        without = told * self._without.log_likelihood(floor, 1 - floor)
        without += self._without.normaliser(told)
        return np.asarray(by_trial @ self._trials.times + without @ self._without.times)


class _Counts:
    """Successes k among n."""

    def __init__(self, trials: Trials) -> None:
        _, k, n, self.times, self.more = trials
        self.k, self.n, self.rate = k, n, k / n
        self.missed = n - k
        self.error = np.sqrt(self.rate * (1 - self.rate))  # standard error of one
        self.best = xlogy(k, self.rate) + xlog1py(n - k, -self.rate)
        self.dtype = np.dtype(np.float32 if max(n, default=0) < PRECISE else np.float64)

    def told(self, rho: Array) -> Array:
        """Return how much a test record tells, as a share of an independent one.

        Where all succeed or none, it tells as much as in a beta-binomial law, whose chance of that
        falls with the logarithm of n: many trials of which all are so are no accident.
        """
        some = 1 / (1 + (self.n - 1) * rho)
        weight = (1 - rho) / np.maximum(rho, 1e-12)
        all_or_none = (1 + weight * np.log1p((self.n - 1) / (weight + 1))) / self.n
        return np.asarray(np.where(self.error > 0, some, all_or_none))

    def normaliser(self, told: Array) -> Array:
        """Return what keeps the probabilities of all k adding up to 1, near enough.

        Where all succeed or none, that is likely whatever ρ is, and nothing is to be made up for.
        """
        return np.asarray(np.where(self.error > 0, np.log(told) / 2, 0.0))

    def log_likelihood(self, success: Array, failure: Array, some: Rows | slice = ALL) -> Array:
        """Return that of chances of either, relative to the best ones', of some trials."""
        total = self.k[some] * np.log(success) + self.missed[some] * np.log(failure)
        return np.asarray(total - self.best[some])


class _Places(NamedTuple):
    """Where trials are on curves; each field broadcasts to (curves, trials)."""

    at: Array
    """How far up the curve, in widths."""
    shift: Array
    """The standard deviation of what shifts it, in widths."""
    floor: Array
    ceiling: Array
    told: Array
    """How much a test record tells."""


class _Nodes(NamedTuple):
    """Where the integrand of every trial is added up; each field is an array (curves, trials)."""

    centre: Reals
    reach: Reals
    first: Reals
    """t of the first node."""
    many: Counts
    """How many there are; 0 where the likelihood is flat."""


def _integrals(trials: _Counts, places: _Places) -> Array:
    """Return the log of every trial's likelihood, integrated over its shift."""
    nodes, at = _laid(trials, places), places.at
    result = np.empty(at.size)

    # those that need equally many nodes are added up together
    many = nodes.many.reshape(-1)
    laid = [values.reshape(-1) for values in (nodes.centre, nodes.reach, nodes.first)]
    order = np.argsort(many, kind="stable")
    ends = np.cumsum(np.bincount(many))
    for count in np.flatnonzero(np.diff(ends, prepend=0)).tolist():
        group = order[ends[count - 1] if count else 0 : ends[count]]
        for some in np.array_split(group, 1 + group.size * count // _VALUES):
            curve, trial = np.divmod(some, at.shape[1])
            chosen = _Places(
                at.reshape(-1)[some],
                places.shift[curve, 0],
                places.floor[curve, 0],
                places.ceiling[curve, 0],
                places.told.reshape(-1)[some],
            )
            if count:
                result[some] = _sum(trials, trial, chosen, [x[some] for x in laid], count)
            else:
                success, failure = _chances(chosen)
                result[some] = chosen.told * trials.log_likelihood(success, failure, trial)
    return result.reshape(at.shape)


def _laid(trials: _Counts, places: _Places) -> _Nodes:
    """Lay the nodes of every trial."""
    real = trials.dtype
    at, shift, floor, ceiling, told = (value.astype(real) for value in places)
    k, missed, rate, best_explained = (
        value.astype(real) for value in (trials.k, trials.missed, trials.rate, trials.best)
    )
    many, rise = trials.n.astype(real) * told, (places.ceiling - places.floor).astype(real)
    missed_levels = (1 - places.floor).astype(real), (1 - places.ceiling).astype(real)

    def chances(place: Reals) -> tuple[Reals, Reals, Reals]:
        odds = np.exp(np.clip(-place, -60, 60))  # of not having risen
        risen = 1 / (1 + odds)
        success = (floor * odds + ceiling) * risen
        failure = (missed_levels[0] * odds + missed_levels[1]) * risen
        return success, failure, risen

    def log_likelihood(success: Reals, failure: Reals) -> Reals:
        total = k * np.log(success) + missed * np.log(failure) - best_explained
        return np.asarray(told * total)

    # the place on the curve that explains the trial best, and how exactly it is known
    within = np.clip(rate, floor, ceiling)
    error = np.sqrt(np.maximum(within * (1 - within), 1 / many) / many)
    beyond = np.maximum(np.abs(rate - within), 1e-30)
    near = np.clip(error * np.minimum(_OFF_PLATEAU, error / beyond) / rise, 1e-6, 0.5)
    height = np.clip((within - floor) / rise, near, 1 - near)
    best = np.log(height / (1 - height))
    exact = np.minimum(error / (rise * height * (1 - height)), 1)

    # the mode of the integrand, by Fisher's scoring
    sharp, certain = 1 / shift**2, 1 / exact**2
    mode = (best * certain + at * sharp) / (certain + sharp)
    low, high = np.minimum(at, best) - 2, np.maximum(at, best) + 2
    information = certain
    for _ in range(_SEARCHES):
        success, failure, risen = chances(mode)
        slope = rise * risen * (1 - risen)
        each = many * slope / (success * failure)
        pull = each * (rate - success)
        information = each * slope + np.maximum(pull * (2 * risen - 1), 0) + sharp
        mode = np.clip(mode + (pull - (mode - at) * sharp) / information, low, high)
    success, failure, _ = chances(mode)
    at_mode = log_likelihood(success, failure) - (mode - at) ** 2 * sharp / 2
    success, failure, _ = chances(best)
    explained = log_likelihood(success, failure)
    at_best = explained - (best - at) ** 2 * sharp / 2
    largest = np.maximum(at_mode, at_best)

    # beyond these ends the integrand is negligible: the shift is too large, or the rate too far off
    explained = np.minimum(explained + _OFF_PLATEAU**2 / 2, 0)
    far = shift * np.sqrt(2 * (_NEGLIGIBLE + np.maximum(explained - largest, 0)))
    unlikely = np.sqrt(2 * (_NEGLIGIBLE - np.minimum(largest, 0)))
    off = unlikely * (trials.error.astype(real) / np.sqrt(many) + unlikely / (2 * many))
    lowest = np.clip((rate - off - floor) / rise, 0, 1)
    highest = np.clip((rate + off - floor) / rise, 0, 1)
    with np.errstate(divide="ignore"):
        low = np.maximum(at - far, np.log(lowest / (1 - lowest)))
        high = np.minimum(at + far, np.log(highest / (1 - highest)))

    # the narrowest feature is at the centre
    two = at_best > largest - _NEGLIGIBLE
    centre = np.where(two, best, mode)
    narrow = np.minimum(np.minimum(1 / np.sqrt(information), shift), 1)
    narrow = np.where(two, np.minimum(narrow, exact), narrow)
    reach = _CLOSE / _STEP * narrow
    low = np.minimum(low, np.minimum(mode, centre))
    high = np.maximum(high, np.maximum(mode, centre))
    first = np.arcsinh((low - centre) / reach)
    count = (np.arcsinh((high - centre) / reach) - first) / _STEP
    kinds = np.minimum(_TOGETHER * np.ceil((count + 1) / _TOGETHER), _MOST).astype(np.int16)

    # or the likelihood is flat, because all of it is on a plateau
    success, failure, _ = chances(at)
    rises = rise * np.exp(
        np.clip(np.minimum(high, -low), -60, 0)
    )  # so far off the plateau, at most
    change = many * rises * (np.abs(rate - success) + rises) / (success * failure)
    kinds[change < _FLAT] = 0
    return _Nodes(centre, reach, first, kinds)


def _sum(trials: _Counts, trial: Rows, places: _Places, laid: list[Reals], count: int) -> Array:
    """Return the log of the integral of some trials of curves, which all have so many nodes."""
    real = trials.dtype
    at, shift, floor, ceiling, told = places
    centre, reach, first = laid

    # the nodes: arrays of shape (nodes, trials)
    steps = np.exp(_STEP * np.arange(count))[:, None]
    growth = np.exp(first)
    up = steps.astype(real) * (reach / 2 * growth)
    down = (1 / steps).astype(real) * (reach / 2 / growth)
    spacing = up + down
    distance = np.subtract(up, down, out=up)
    z = np.multiply(distance, (1 / shift).astype(real), out=down)
    z += ((centre - at) / shift).astype(real)
    place = np.add(distance, centre, out=distance)
    np.clip(place, -60, 60, out=place)

    # the chances of success and failure there, relative to the best ones
    rate, other = trials.rate[trial], 1 - trials.rate[trial]
    rate, other = np.where(rate > 0, rate, 1.0), np.where(other > 0, other, 1.0)
    odds = np.exp(np.negative(place, out=place), out=place)
    success = (floor / rate).astype(real) * odds
    success += (ceiling / rate).astype(real)
    failure = ((1 - floor) / other).astype(real) * odds
    failure += ((1 - ceiling) / other).astype(real)
    odds += 1
    success /= odds
    failure /= odds

    # the log of the integrand, relative to its largest value so that nothing underflows
    total = np.log(success, out=success)
    total *= (told * trials.k[trial]).astype(real)
    failed = np.log(failure, out=failure)
    failed *= (told * trials.missed[trial]).astype(real)
    total += failed
    z *= z
    z *= real.type(0.5)
    total -= z
    largest = total.max(axis=0)
    total -= largest
    np.exp(total, out=total)
    total *= spacing
    integral = total.sum(axis=0) * (_STEP / np.sqrt(2 * np.pi) / shift)
    return np.asarray(largest + np.log(integral))


def _chances(places: _Places) -> tuple[Array, Array]:
    """Return the chances of success and failure at places on curves."""
    odds = np.exp(np.clip(-places.at, -60, 60))  # of not having risen
    success = places.floor * odds + places.ceiling
    failure = (1 - places.floor) * odds + 1 - places.ceiling
    return success / (1 + odds), failure / (1 + odds)
