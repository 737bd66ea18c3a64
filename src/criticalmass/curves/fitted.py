"""`FittedCurve`: how success depends on α, learnt from training runs, with its uncertainty.

The posterior over curves comes from `criticalmass.curves.posterior`; posteriors of critical masses
follow by solving each of its curves for α.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, hyp2f1, logit

from criticalmass.curves.curve import CriticalMass, Outcome, checked_shares, checked_target
from criticalmass.curves.likelihood import Array, profile
from criticalmass.curves.posterior import curve_posterior
from criticalmass.curves.shortfall import Shortfall
from criticalmass.errors import ParameterError

VISIBLE = 0.03
"""Distance of trials from the curve that a reader of the figure would notice."""

AT_ONCE = 1000
"""Shares whose success is computed at once, for every curve of the posterior."""

_NODES, _NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(9)  # for a mean over a normal error
_NODE_WEIGHTS = _NODE_WEIGHTS / _NODE_WEIGHTS.sum()


@dataclass(frozen=True, eq=False)
class FittedCurve:
    """Posterior of the success curve given trials.

    Make one with `FittedCurve.fit`.

    Parameters
    ----------
    parameters
        Posterior draws from the grid, shape (curves, 4): midpoint (of ln α), width, floor, ceiling.
    weights
        Their posterior probabilities, shape (curves,), adding up to 1.
    overdispersion
        Estimate of ρ, the correlation between test records of one trial in mid-curve.
    records
        Number of test records that all trials share: how far success on them may be from success
        on new ones. Infinite if trials were measured on all records there are.
    confidence
        Probability that intervals and bands hold.
    largest
        The largest share that could join: a critical mass above it is never reached.

    Examples
    --------
    >>> alphas = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05] * 3
    >>> curve = FittedCurve.fit(
    ...     Outcome(a, round(1000 / (1 + (0.004 / a) ** 2)), 1000) for a in alphas)
    >>> mass = curve.critical_mass(0.8)
    >>> round(mass.alpha, 3), mass.low < 0.008 < mass.high
    (0.008, True)
    """

    parameters: Array
    weights: Array
    overdispersion: float
    records: float = math.inf
    confidence: float = 0.95
    largest: float = 1.0

    @classmethod
    def fit(
        cls, outcomes: Iterable[Outcome], *, confidence: float = 0.95, largest: float = 1.0
    ) -> FittedCurve:
        """Compute the posterior.

        Parameters
        ----------
        outcomes
            One a trial. An outcome at α = 0 (the reference) informs the floor alone. At least two
            different α above 0 are needed.
        confidence
            Probability that intervals and bands hold.
        largest
            The largest share that could join, in (0, 1]; for example the share of people who
            hold the target label, where only they are recruited.

        Raises
        ------
        ParameterError
            If there are too few trials to fit.
        """
        data = list(outcomes)
        alpha = np.array([outcome.alpha for outcome in data])
        if len(np.unique(alpha[alpha > 0])) < 2:
            raise ParameterError("a curve needs trials at two or more different shares alpha")
        checked_shares(largest)
        if not 0 < confidence < 1:
            raise ParameterError(f"confidence is between 0 and 1, not {confidence:g}")
        parameters, weights, overdispersion = curve_posterior(data)
        records = min(outcome.n for outcome in data)
        return cls(parameters, weights, overdispersion, records, confidence, largest)

    def success(self, alpha: ArrayLike) -> Array:
        """Return the posterior mean of S(α)."""
        shares = checked_shares(alpha)
        pieces = np.array_split(shares.reshape(-1), 1 + shares.size // AT_ONCE)
        means = [self.weights @ self._curves(piece) for piece in pieces]
        return np.concatenate(means).reshape(shares.shape)

    def band(self, alpha: ArrayLike) -> tuple[Array, Array]:
        """Return the pointwise posterior band of S(α) on these test records: both edges."""
        shares = checked_shares(alpha)
        curves = self._curves(shares.reshape(-1))
        tail = (1 - self.confidence) / 2
        edges = np.array([_quantiles(at, self.weights, (tail, 1 - tail)) for at in curves.T])
        return edges[:, 0].reshape(shares.shape), edges[:, 1].reshape(shares.shape)

    def misfit(self, outcomes: Iterable[Outcome]) -> dict[float, float]:
        """Say where the trials lie off the curve by more than they differ among each other.

        Overdispersion takes part of a wrong shape for scatter, so that the interval widens; this
        compares with the scatter of trials at the same α, which the shape has no part in.

        Parameters
        ----------
        outcomes
            The trials that the curve was fitted to, some of them repetitions.

        Returns
        -------
        dict of float to float
            By share α: mean success rate minus curve, where that is more than `VISIBLE` and three
            standard errors. Empty if no share was tried twice.
        """
        rates: dict[float, list[float]] = {}
        for outcome in outcomes:
            if outcome.alpha > 0:
                rates.setdefault(outcome.alpha, []).append(outcome.successes / outcome.n)
        shares = np.array(list(rates))
        curve = self.success(shares)
        unit = np.maximum(curve * (1 - curve), 1e-4)  # a rate's variance is in proportion to it
        times = np.array([len(same) for same in rates.values()])
        if (times == 1).all():
            return {}
        within = np.array([np.var(same) * len(same) for same in rates.values()]) / unit
        scatter = within.sum() / (times - 1).sum()
        gaps = np.array([np.mean(same) for same in rates.values()]) - curve
        off = np.abs(gaps) > np.maximum(VISIBLE, 3 * np.sqrt(scatter * unit / times))
        return {float(share): float(gap) for share, gap in zip(shares[off], gaps[off], strict=True)}

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the posterior median of the critical mass, with its interval.

        All trials are measured on the same test records. Where success on new records is the
        target t, success on these is t plus an error of variance t (1 − t) / records; the critical
        mass is the mixture over that error.
        """
        wanted = checked_target(target)
        share, weights = self._over_errors(self._solve, wanted)
        never = float(weights[np.isinf(share)].sum())
        low, middle, high = self._interval(share, weights)
        reason = ""
        if math.isinf(middle):
            level = float(self.weights @ self.parameters[:, 3])
            reason = (
                f"the curve levels off near {level:.2g}"
                if level < wanted
                else f"it is reached only beyond alpha = {self.largest:.2g}, if at all"
            )
        return CriticalMass(
            target=wanted,
            alpha=math.nan if math.isinf(middle) else middle,
            low=low,
            high=high,
            confidence=self.confidence,
            never=min(never, 1.0),
            reason=reason,
        )

    def shortfall(self, target: float) -> Shortfall:
        """Return the posterior median of what is missing on the way there, with its interval."""
        wanted = checked_target(target)
        low, middle, high = self._interval(*self._over_errors(self._missing, wanted))
        value = math.nan if math.isinf(middle) else middle
        return Shortfall(wanted, value, low, high, self.confidence)

    def probability(self, target: float, alpha: float) -> float:
        """Return the probability that a collective of a share α reaches the target."""
        share, weights = self._over_errors(self._solve, checked_target(target))
        return float(weights[share <= float(checked_shares(alpha))].sum())

    def most_informative(self, target: float, shares: ArrayLike, count: int) -> Array:
        """Choose where further trials tell most about the critical mass.

        Each trial is chosen for what the variance of the log critical mass loses by it, given those
        chosen before it, as if the posterior were normal (Bayes linear design).

        Parameters
        ----------
        target
            The success whose critical mass is wanted.
        shares
            Those to choose from, in (0, 1], shape (n,).
        count
            Number of trials.

        Returns
        -------
        ndarray, shape (count,)
            Their shares in ascending order, some of them repeated.

        Raises
        ------
        ParameterError
            If there is no share to choose from, one is not in (0, 1], or fewer than one is wanted.

        Examples
        --------
        >>> curve = FittedCurve.fit(Outcome(a, round(1000 / (1 + (0.004 / a) ** 2)), 1000)
        ...                         for a in (0.001, 0.005, 0.02, 0.1) * 3)
        >>> curve.most_informative(0.9, [0.0001, 0.01, 0.9], 2)
        array([0.01, 0.01])
        """
        candidates = checked_shares(shares).reshape(-1)
        if not candidates.size or count < 1:
            raise ParameterError("there must be a share to choose from, and a trial to place")
        midpoint, width, floor, ceiling = self.parameters.T[:, :, None]
        rise = expit((np.log(candidates) - midpoint) / width)
        success = floor + (ceiling - floor) * rise
        scatter = 1 / self.records + self.overdispersion * profile(rise)
        noise = self.weights @ (success * (1 - success) * scatter)
        deviation = success - self.weights @ success
        common = (deviation.T * self.weights) @ deviation
        within = candidates.min() / 2, candidates.max() * 2  # never reached counts as just beyond
        masses = np.clip(self._solve(checked_target(target)), *within)
        with_mass = deviation.T @ (self.weights * np.log(masses))
        chosen = []
        for _ in range(count):
            variance = common.diagonal() + noise
            best = int(np.argmax(with_mass**2 / variance))
            chosen.append(best)
            gain = common[best] / variance[best]
            with_mass = with_mass - gain * with_mass[best]
            common = common - np.outer(gain, common[best])
        return np.asarray(candidates[np.sort(chosen)])

    def _over_errors(self, find: Callable[[float], Array], target: float) -> tuple[Array, Array]:
        """Return what every kept curve gives for the target on these records, with weights."""
        error = _NODES / math.sqrt(self.records * target * (1 - target))  # in log-odds of t
        found = np.concatenate([find(float(t)) for t in expit(logit(target) + error)])
        return found, np.concatenate([self.weights * weight for weight in _NODE_WEIGHTS])

    def _interval(self, values: Array, weights: Array) -> list[float]:
        """Return the lower end, the median and the upper end."""
        tail = (1 - self.confidence) / 2
        return _quantiles(values, weights, (tail, 0.5, 1 - tail))

    def _missing(self, target: float) -> Array:
        """Return ∫ (target − S)₊ up to where each kept curve reaches the target.

        Seen from the side it is ∫ α(s) ds over successes s from floor to target, an incomplete
        beta function.
        """
        midpoint, width, floor, ceiling = self.parameters.T
        reached = np.isfinite(self._solve(target))
        with np.errstate(all="ignore"):
            height = np.clip((target - floor) / (ceiling - floor), 0, 1)
            beta = height ** (1 + width) / (1 + width) * hyp2f1(1 + width, width, 2 + width, height)
            area = (ceiling - floor) * np.exp(midpoint) * beta
        return np.where(reached, np.where(floor >= target, 0.0, area), np.inf)

    def _solve(self, target: float) -> Array:
        """Return where each kept curve reaches a success: 0 if at once, infinite if nowhere."""
        midpoint, width, floor, ceiling = self.parameters.T
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            share = np.exp(midpoint + width * logit((target - floor) / (ceiling - floor)))
        share = np.where(floor >= target, 0.0, np.where(ceiling <= target, np.inf, share))
        return np.where(share > self.largest, np.inf, share)

    def _curves(self, alpha: Array) -> Array:
        """Return S(α) of every kept curve, shape (curves, shares)."""
        midpoint, width, floor, ceiling = self.parameters.T[:, :, None]
        return np.asarray(floor + (ceiling - floor) * expit((np.log(alpha) - midpoint) / width))


def _quantiles(values: Array, weights: Array, q: tuple[float, ...]) -> list[float]:
    """Return quantiles of weighted values, some of which may be infinite."""
    order = np.argsort(values)
    cumulative = np.cumsum(weights[order])
    places = np.searchsorted(cumulative, np.array(q) * cumulative[-1])
    return [float(values[order[min(place, len(order) - 1)]]) for place in places]
