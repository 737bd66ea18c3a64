"""`FittedCurve`: how success depends on α, learnt from training runs, with its uncertainty.

Draws from the posterior over curves come from `criticalmass.fitting.posterior`. Other members and
other seeds shift the curve of a trial; S(α) is the mean over these shifts, and each draw's critical
mass is where its mean curve reaches the target.

Real curves are not S-shaped from end to end. So a critical mass comes from a curve that was fitted
without the trials far below it (`FittedCurve.near`), because any smooth curve looks like a piece of
one that is; and its interval always reaches from the last share that was too little to the first
that was enough, because between two shares that were tried only the assumed shape says where that
is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit, ndtr, ndtri

from criticalmass.arrays import Array
from criticalmass.curves import CriticalMass, FittedSuccess, Outcome, Shortfall, Unreached, Why
from criticalmass.curves.curve import checked_shares, checked_target
from criticalmass.errors import ParameterError
from criticalmass.fitting.drawn import Drawn, interval
from criticalmass.fitting.falling import Fall, before_fall, crossing, find_fall, trials_near
from criticalmass.fitting.kept import FITS
from criticalmass.fitting.resampled import of_a_typical_population
from criticalmass.fitting.shifts import mean_slope, risen_area, where_risen
from criticalmass.fitting.stretching import stretched

VISIBLE = 0.03
"""Distance of trials from the curve that a reader of the figure would notice."""

FEW = 1000
"""So many draws are enough where each takes long to compute."""


@dataclass(frozen=True, eq=False, repr=False)
class FittedCurve(FittedSuccess):
    """Posterior of the success curve given trials.

    Make one with `FittedCurve.fit`.

    Parameters
    ----------
    parameters
        Posterior draws, shape (draws, 6): midpoint (of ln α), width, floor and ceiling of a curve;
        σ, the standard deviation in ln α of what shifts a trial's; and ρ, the correlation between
        test records of one trial that is left beside that.
    records
        Number of test records that all trials share: how far success on them may be from success
        on new ones. Infinite if trials were measured on all records there are.
    confidence
        Probability that intervals and bands hold.
    largest
        The largest share that could join: a critical mass above it is never reached.
    outcomes
        The trials that it was fitted to.
    certain
        A share with which success is certain, infinite if none is: a critical mass is that at most.
        It is 1 where every record that the firm sees reports the target label once all join.
    whole
        Whether it was fitted to all trials there are, rather than to those near a critical mass.
    resampled
        Whether each trial drew its own population from the records.
    seed
        Seed of the sampler.

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
    records: float = math.inf
    confidence: float = 0.95
    largest: float = 1.0
    outcomes: tuple[Outcome, ...] = field(default=(), repr=False)
    certain: float = math.inf
    whole: bool = True
    resampled: bool = False
    seed: int = 0

    @classmethod
    def fit(
        cls,
        outcomes: Iterable[Outcome],
        *,
        confidence: float = 0.95,
        largest: float = 1.0,
        certain: float = math.inf,
        near: float | None = None,
        resampled: bool = False,
        seed: int = 0,
    ) -> FittedCurve:
        """Compute the posterior.

        Parameters
        ----------
        outcomes
            One per trial. An outcome at α = 0 (the reference) informs the floor alone. At least two
            different α above 0 are needed.
        confidence
            Probability that intervals and bands hold.
        largest
            The largest share that could join, in (0, 1]; for example the share of people who
            hold the target label, where only they are recruited.
        certain
            A share with which success is certain; infinite if none is.
        near
            A target: the curve is then fitted without the trials far below where they cross it.
        resampled
            Whether each trial drew its own population from the records. The curve is then that of
            a typical population like these.
        seed
            Seed of the sampler: another one shows how far the numbers hang on it.

        Raises
        ------
        ParameterError
            If there are too few trials to fit, or success is a share of the way rather than a
            count of test records.
        """
        data = list(outcomes)
        for outcome in data:
            if outcome.n == 1 and outcome.successes not in (0, 1):
                raise ParameterError(
                    f"successes={outcome.successes:g} of n=1 is a share of the way, and a "
                    "FittedCurve is of counts of test records; use RepeatedCurve.fit"
                )
        alpha = np.array([outcome.alpha for outcome in data])
        if len(np.unique(alpha[alpha > 0])) < 2:
            raise ParameterError("a curve needs trials at two or more different shares alpha")
        checked_shares(largest)
        if not 0 < confidence < 1:
            raise ParameterError(f"confidence is between 0 and 1, not {confidence:g}")
        records: float = min(outcome.n for outcome in data)
        some = data if near is None else trials_near(data, checked_target(near))
        draws = FITS.posterior(some, seed)
        if resampled:
            draws, records = of_a_typical_population(draws, records)
        return cls(
            draws,
            records,
            confidence,
            largest,
            tuple(some),
            certain,
            whole=len(some) == len(data),
            resampled=resampled,
            seed=seed,
        )

    def success(self, alpha: ArrayLike) -> Array:
        """Return the posterior mean of S(α)."""
        return self._drawn.mean(checked_shares(alpha))

    def band(self, alpha: ArrayLike) -> tuple[Array, Array]:
        """Return the pointwise posterior band of S(α) on these test records: both edges."""
        return self._drawn.ends(checked_shares(alpha))

    def misfit(self, outcomes: Iterable[Outcome]) -> dict[float, float]:
        """Say where the trials lie off the curve by more than they differ among each other.

        Overdispersion takes part of a wrong shape for scatter, and the interval widens; this
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
                rates.setdefault(outcome.alpha, []).append(outcome.rate)
        shares = np.array(list(rates))
        times = np.array([len(same) for same in rates.values()])
        if (times == 1).all():
            return {}

        # the scatter of trials at the same share, as a multiple of the curve's own variance
        curve = self.success(shares)
        unit = np.maximum(curve * (1 - curve), 1e-4)  # a rate's variance is in proportion to it
        within = np.array([np.var(same) * len(same) for same in rates.values()]) / unit
        scatter = within.sum() / (times - 1).sum()

        # how far their means lie off the curve, against the standard error of such a mean
        gaps = np.array([np.mean(same) for same in rates.values()]) - curve
        off = np.abs(gaps) > np.maximum(VISIBLE, 3 * np.sqrt(scatter * unit / times))
        return {float(share): float(gap) for share, gap in zip(shares[off], gaps[off], strict=True)}

    def fall(self, target: float) -> Fall | None:
        """Return where success is lost again with more people, or None where it is not."""
        if not self.whole:  # it was looked for before trials were left out
            return None
        return find_fall(self.outcomes, checked_target(target))

    def near(self, target: float) -> FittedCurve:
        """Return the curve without the trials far below a target; this one if none crosses it.

        Examples
        --------
        >>> trials = [Outcome(a, round(1000 * a**0.5), 1000) for a in np.geomspace(1e-4, 1, 30)]
        >>> len(FittedCurve.fit(trials).near(0.5).outcomes)
        11
        """
        if not self.whole or not self.outcomes:
            return self
        target = checked_target(target)
        if target not in self._near:
            near = FittedCurve.fit(
                self.outcomes,
                confidence=self.confidence,
                largest=self.largest,
                certain=self.certain,
                near=target,
                resampled=self.resampled,
                seed=self.seed,
            )
            self._near[target] = self if near.whole else near
        return self._near[target]

    @cached_property
    def _drawn(self) -> Drawn:
        return Drawn(self.parameters, self.confidence)

    @cached_property
    def _near(self) -> dict[float, FittedCurve]:
        return {}

    def critical_masses(self, target: float) -> Array:
        """Return the critical mass of every draw of the posterior: what it may be.

        All trials are measured on the same test records. Where success on new records is the
        target t, success on these is t plus an error of variance t (1 − t) / records, taken to be
        normal in log-odds; each draw has an error of its own. Where the interval of the critical
        mass reaches from one share tried to another, beyond the posterior's, the draws are
        stretched to it, in logarithms.

        Parameters
        ----------
        target
            The success that is wanted, in (0, 1).

        Returns
        -------
        ndarray, shape (draws,)
            Shares: 0 where no collective is needed, infinite where none is enough.

        Examples
        --------
        >>> alphas = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05] * 3
        >>> curve = FittedCurve.fit(
        ...     Outcome(a, round(1000 / (1 + (0.004 / a) ** 2)), 1000) for a in alphas)
        >>> float(np.median(curve.critical_masses(0.8)).round(3))
        0.008
        """
        target = checked_target(target)
        draws = self.near(target)._draws(target)
        return draws if self.fall(target) else stretched(draws, self._mass(draws, target))

    def _draws(self, target: float) -> Array:
        """Return the critical mass of every draw, as the posterior has it.

        Trials that were left out failed, so it is no smaller than the smallest share of the others.
        """
        draws = self._solve(self._on_these_records(target))
        if self.whole:
            return draws
        return np.maximum(draws, min(outcome.alpha for outcome in self.outcomes))

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the posterior median of the critical mass, with its interval.

        It is the smallest share from which success stays at or above the target. Where that is
        lost again with more people (`fall`), there is none.
        """
        target = checked_target(target)
        fall = self.fall(target)
        if fall is not None:
            return CriticalMass.unreached(
                target, _fallen(fall), never=1.0, confidence=self.confidence
            )
        return self._mass(self.near(target)._draws(target), target)

    def first_reached(self, target: float) -> CriticalMass:
        """Return the smallest share that reaches the target, though it may be lost again.

        Where it is not, that is the critical mass.

        Examples
        --------
        >>> rates = {0.01: 0.1, 0.02: 0.97, 0.04: 0.98, 0.08: 0.3, 0.16: 0.02}
        >>> curve = FittedCurve.fit(
        ...     Outcome(a, round(200 * s), 200) for a, s in rates.items() for _ in range(2))
        >>> curve.critical_mass(0.9).reached, 0.01 < curve.first_reached(0.9).alpha < 0.04
        (False, True)
        """
        fall = self.fall(target)
        before = before_fall(self.outcomes, fall) if fall and fall.reached else []
        if fall is None or fall.reached is None or len({o.alpha for o in before if o.alpha}) < 2:
            return self.critical_mass(target)
        rising = FittedCurve.fit(
            before,
            confidence=self.confidence,
            largest=self.largest,
            certain=fall.reached[1],
            resampled=self.resampled,
            seed=self.seed,
        )
        return rising.critical_mass(target)

    def in_most_trainings(self, target: float, trainings: float = 0.9) -> CriticalMass:
        """Return the share with which most single trainings reach the target.

        S(α) is a mean over trainings, and where it reaches the target many of them do not: other
        members joined, or another seed was drawn. Where trainings differ only in what shifts their
        curves it takes more people, by a factor that the scatter of the trials decides.

        Parameters
        ----------
        target
            The success that is wanted, in (0, 1).
        trainings
            The share of trainings that are to reach it, in [0.5, 1).

        Examples
        --------
        >>> trials = [Outcome(a, k, 100) for a in (0.001, 0.002, 0.004, 0.008, 0.016)
        ...           for k in ((2, 5, 3), (5, 40, 9), (60, 99, 97), (99, 70, 99), (99, 99, 98)
        ...                     )[[0.001, 0.002, 0.004, 0.008, 0.016].index(a)]]
        >>> curve = FittedCurve.fit(trials)
        >>> curve.critical_mass(0.8).alpha < curve.in_most_trainings(0.8).alpha
        True
        """
        target = checked_target(target)
        if not 0.5 <= trainings < 1:
            raise ParameterError(f"trainings is a share from 0.5 to below 1, not {trainings:g}")
        if self.fall(target) is not None:
            return self.critical_mass(target)
        near = self.near(target)
        targets = near._on_these_records(target)
        few = slice(None, None, max(1, len(targets) // FEW))
        share = replace(near, parameters=near.parameters[few])._solve_most(targets[few], trainings)
        low, middle, high = interval(share, self.confidence).tolist()
        never = min(float(np.isinf(share).mean()), 1 - 1 / len(share))
        mean = self.critical_mass(target)
        if trainings >= target and mean.reached:  # no fewer than it takes on average
            low, middle, high = max(low, mean.low), max(middle, mean.alpha), max(high, mean.high)
        if math.isfinite(middle):
            return CriticalMass(target, middle, low, high, self.confidence, never)
        reason = Unreached(Why.TRAININGS_DIFFER, {"target": target})
        return CriticalMass.unreached(
            target, reason, low=low, never=never, confidence=self.confidence
        )

    @cached_property
    def tried(self) -> float:
        """The largest share that was tried; 0 without trials."""
        return max((outcome.alpha for outcome in self.outcomes), default=0.0)

    @cached_property
    def level(self) -> float:
        """The mean success of the trials of the largest collectives, half of the largest and up."""
        rates = [o.rate for o in self.outcomes if o.alpha >= self.tried / 2]
        return float(np.mean(rates)) if rates else float(self.parameters[:, 3].mean())

    @cached_property
    def still_rises(self) -> bool:
        """Whether success still rises among the largest shares tried: its plateau is not seen."""
        if not self.tried:
            return False
        before, now = self.success([self.tried / 2, self.tried]).tolist()
        return bool(now - before > max(min(VISIBLE, 0.3 * before), 0.005))

    def _mass(self, draws: Array, target: float) -> CriticalMass:
        """Return the critical mass by its draws, and by where the trials cross the target."""
        low, middle, high = interval(draws, self.confidence).tolist()
        never = min(float(np.isinf(draws).mean()), 1 - 1 / len(draws))  # draws do not say 1
        if middle > 0 and any(outcome.alpha for outcome in self.outcomes):
            below, above = crossing(self.outcomes, target)
            above = min(above, self.certain)
            low, high = min(low, below), max(high, above)
            if below == 0:  # the smallest share tried is enough: nothing smaller is promised
                middle = max(middle, above)
        if math.isfinite(middle):
            return CriticalMass(target, middle, low, high, self.confidence, never)
        return CriticalMass.unreached(
            target, self._why_not(target), low=low, never=never, confidence=self.confidence
        )

    def _why_not(self, target: float) -> Unreached:
        """Say why no collective reaches the target, by what the trials show."""
        best = crossing(self.outcomes, target)[1] if self.outcomes else math.inf
        if math.isfinite(best):
            return Unreached(Why.BEYOND, {"largest": self.largest})
        if self.still_rises:
            last = float(np.mean([o.rate for o in self.outcomes if o.alpha == self.tried]))
            return Unreached(Why.STILL_RISES, {"last": last, "tried": self.tried})
        return Unreached(Why.LEVELS_OFF, {"level": self.level})

    def shortfall(self, target: float) -> Shortfall:
        """Return the posterior median of what is missing on the way there, with its interval."""
        target = checked_target(target)
        missing = self._missing(self._on_these_records(target))
        low, middle, high = interval(missing, self.confidence).tolist()
        value = math.nan if math.isinf(middle) else middle
        return Shortfall(target, value, low, high, self.confidence)

    def probability(self, target: float, alpha: float) -> float:
        """Return the probability that a collective of a share α reaches the target."""
        return float((self.critical_masses(target) <= float(checked_shares(alpha))).mean())

    def most_informative(
        self, target: float, shares: ArrayLike, count: int, *, repeat: bool = True
    ) -> Array:
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
        repeat
            Whether a share may be chosen again.

        Returns
        -------
        ndarray, shape (count,)
            Their shares in ascending order.

        Raises
        ------
        ParameterError
            If there are too few shares to choose from, one is not in (0, 1], or fewer than one
            trial is wanted.

        Examples
        --------
        >>> curve = FittedCurve.fit(Outcome(a, round(1000 / (1 + (0.004 / a) ** 2)), 1000)
        ...                         for a in (0.001, 0.005, 0.02, 0.1) * 3)
        >>> curve.most_informative(0.9, [0.0001, 0.01, 0.9], 2)
        array([0.01, 0.01])
        """
        candidates = checked_shares(shares).reshape(-1)
        if candidates.size < (1 if repeat else count) or count < 1:
            raise ParameterError("there must be shares to choose from, and a trial to place")

        # over all draws: how success at the candidates varies, alone and with the critical mass
        success = self._drawn.each(candidates)
        noise = self._noise(candidates, success).mean(axis=0)
        deviation = success - success.mean(axis=0)
        common = deviation.T @ deviation / len(deviation)
        within = candidates.min() / 2, candidates.max() * 2  # never reached counts as just beyond
        masses = np.clip(self._solve(np.array(checked_target(target))), *within)
        with_mass = deviation.T @ np.log(masses) / len(deviation)

        # one trial after another, each where it explains most of what is left
        chosen: list[int] = []
        for _ in range(count):
            variance = common.diagonal() + noise
            value = with_mass**2 / variance
            if not repeat:
                value[chosen] = -1
            best = int(np.argmax(value))
            chosen.append(best)
            gain = common[best] / variance[best]
            with_mass = with_mass - gain * with_mass[best]
            common = common - np.outer(gain, common[best])
        return np.asarray(candidates[np.sort(chosen)])

    def _on_these_records(self, target: float) -> Array:
        """Return what success on these test records may be where it is the target on new ones."""
        count = len(self.parameters)
        errors = np.random.default_rng(0).permutation(ndtri((np.arange(count) + 0.5) / count))
        return np.asarray(
            expit(logit(target) + errors / math.sqrt(self.records * target * (1 - target)))
        )

    def _missing(self, target: Array) -> Array:
        """Return ∫ (target − S)₊ up to where each draw's curve reaches its target."""
        midpoint, width, floor, ceiling, shift, _ = self.parameters.T
        share = self._solve(target)
        reached = np.isfinite(share)
        upto = np.where(reached & (share > 0), share, 1.0)
        area = (target - floor) * upto
        area -= (ceiling - floor) * risen_area(upto, midpoint, width, shift)
        return np.where(reached, np.where(share > 0, np.maximum(area, 0), 0.0), np.inf)

    def _solve(self, target: Array) -> Array:
        """Return where each draw's curve reaches a success: 0 if at once, infinite if nowhere."""
        midpoint, width, floor, ceiling, shift, _ = self.parameters.T
        places = where_risen((target - floor) / (ceiling - floor), shift / width)
        with np.errstate(over="ignore"):
            return self._possible(np.exp(midpoint + width * places))

    def _solve_most(self, target: Array, trainings: float) -> Array:
        """Return where so many of the trainings of each draw reach a success.

        A training's success is that of its shifted curve, and scatters around it by ρ.
        """
        midpoint, width, floor, ceiling, shift, rho = self.parameters.T
        nodes = np.linspace(-4, 4, 41)
        weights = np.exp(-(nodes**2) / 2)
        weights /= weights.sum()

        def reached(log_alpha: Array) -> Array:
            place = (log_alpha[:, None] + shift[:, None] * nodes - midpoint[:, None]) / width[
                :, None
            ]
            success = floor[:, None] + (ceiling - floor)[:, None] * expit(place)
            error = np.sqrt(np.maximum(success * (1 - success) * rho[:, None], 1e-12))
            return np.asarray(ndtr((success - target[:, None]) / error) @ weights)

        low = midpoint - 30 * (width + shift)
        high = midpoint + 30 * (width + shift)
        never = reached(high) < trainings
        for _ in range(40):
            middle = (low + high) / 2
            enough = reached(middle) >= trainings
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        with np.errstate(over="ignore"):
            share = np.where(floor >= target, 0.0, np.exp(high))
        return self._possible(np.where(never, np.inf, share))

    def _possible(self, share: Array) -> Array:
        """Return shares, infinite where more people would be needed than could join."""
        possible = np.where(share > self.largest, np.inf, share)
        return np.asarray(np.minimum(possible, self.certain))

    def _noise(self, alpha: Array, success: Array) -> Array:
        """Return the variance of a trial's success rate around every draw's curve."""
        midpoint, width, floor, ceiling, shift, rho = self.parameters.T[:, :, None]
        rise = (success - floor) / (ceiling - floor)
        slope = mean_slope((np.log(alpha) - midpoint) / width, shift / width)
        squares = rise - slope  # E[r²] = E[r] − E[r (1 − r)]
        shifted = (ceiling - floor) ** 2 * np.maximum(squares - rise**2, 0)
        chance = np.maximum(success * (1 - success) - shifted, 0)  # E[s (1 − s)] over shifts
        return np.asarray(chance * (1 / self.records + rho) + shifted)


def _fallen(fall: Fall) -> Unreached:
    """Say that success is lost again."""
    if fall.reached is None:
        return Unreached(Why.FALLS, {"best": fall.success, "at": fall.best})
    first, last = fall.reached
    return Unreached(Why.LOST_AGAIN, {"first": first, "last": last, "lost": fall.lost})
