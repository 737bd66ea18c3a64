"""The posterior of success curves given trials: draws from it, by tempering.

Particles are drawn from the prior and follow the likelihood as it is let in: of a few trials spread
over all shares first, then of ever more, each time from none of it to all (sequential Monte Carlo;
Del Moral, Doucet and Jasra, 2006). After each step the likeliest are multiplied, and all are moved
by the difference of two others (ter Braak, 2006), so that they keep the posterior's shape whatever
it is: curves whose plateau was never tried have long, bent ones. Nothing in it is left to chance:
the same trials and seed give the same draws.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import expit, log_expit, ndtri

from criticalmass.arrays import Array, Rows
from criticalmass.curves import Outcome
from criticalmass.fitting.gathered import Lattice
from criticalmass.fitting.likelihood import MANY, Likelihood

VERSION = 3
"""Of these draws: raise it whenever the same trials give others, so that kept ones are not used."""

PARTICLES = 512
MOVES = 7
"""Moves after each step of the likelihood."""
KEPT = 20
"""Moves after the last one; all that they reach are draws."""
FEWEST = 8
"""Trials in the first part, at least."""
BEGINNING = 100
"""And if they are many, about so many; all others then make one part."""
LATTICES = Lattice(0.2, 1.8), Lattice(0.1, 1.5), Lattice(0.05, 1.2), Lattice(0.025, 1.0)
"""Where many are gathered: the first that is close enough."""
FINE = 0.2
"""It is, if the log likelihood of draws comes out right, apart from a constant, to so much."""
PROMISING = 0.002
"""And it is tried, if that of draws given the first part does, to such a part of its own spread."""
CHECKED = 64
"""Draws of which that is asked."""

WIDTH = math.log(0.35), 1.2
"""Prior of the log width, mean and standard deviation: 0.03 to 4 with a chance of 0.95."""
SHIFT = math.log(0.15), 1.2
"""Prior of ln σ: the paper's models are shifted by 0.1 to 0.3 in ln α."""
OVERDISPERSION = math.log(4e-3), 1.2
"""Prior of ln ρ: trained models hardly scatter on their plateaus, but real curves are not exactly
S-shaped, and trials there, often the most, must not outweigh those where it matters. A narrower
prior makes intervals too narrow where trials do scatter there, a wider one those of few trials
too wide."""
SCATTERED = math.log(0.2)
"""The largest ln ρ. Beyond it every trial would be all or nothing by chance at any share, and many
that all succeed would say little of a plateau; shifts of a steep curve make trials so, too."""
BEYOND = 3.0
"""The midpoint's prior is normal, with one standard deviation up to so far below the smallest
share in ln α and as far above everyone."""

_NORMAL, _LEVELS = [0, 1, 4, 5], [2, 3]  # floor and ceiling are levels, the others' priors normal
_EXTREME = 30.0  # in log-odds it is 0 or 1, and no other of the numbers comes so far


def curve_posterior(outcomes: list[Outcome], seed: int = 0) -> Array:
    """Draw from the posterior of the curve.

    Parameters
    ----------
    outcomes
        One per trial; an outcome at α = 0 informs the floor alone.
    seed
        Seed of the sampler.

    Returns
    -------
    ndarray, shape (draws, 6)
        Midpoint (of ln α), width, floor, ceiling, σ and ρ of every draw.
    """
    prior = _Prior(min(outcome.alpha for outcome in outcomes if outcome.alpha > 0))
    if len(outcomes) <= MANY:
        return _drawn(prior, seed, [Likelihood(part) for part in _parts(outcomes)])

    # many: some of them, and then all others, gathered as finely as it takes
    others = _ordered(outcomes)
    some = slice(None, None, len(others) // BEGINNING)
    first = Likelihood(others[some])
    del others[some]
    exact = Likelihood(others)
    roughly = _drawn(prior, seed, [first])[:: PARTICLES * KEPT // CHECKED]
    wanted = exact(roughly)
    for lattice in LATTICES:
        known = Likelihood(others, lattice)
        if np.std(known(roughly) - wanted) > PROMISING * np.std(wanted):
            continue
        draws = _drawn(prior, seed, [first, known])
        checked = draws[:: PARTICLES * KEPT // CHECKED]
        if np.std(known(checked) - exact(checked)) < FINE:
            return draws
    return _drawn(prior, seed, [first, exact])


def _drawn(prior: _Prior, seed: int, parts: list[Likelihood]) -> Array:
    """Draw from the posterior, given the likelihood of one part of the trials after another."""
    chance = np.random.default_rng(seed)
    particles = prior.draws(PARTICLES, seed)
    for last in range(len(parts)):
        known = parts[: last + 1]
        fits = _fits(known, particles)
        power = np.ones(last + 1)  # of each part's likelihood
        power[last] = 0
        while power[last] < 1:
            # let in so much more of the last part's likelihood
            left = 1 - power[last]
            step = _step(fits[last], left)
            weights = np.exp(step * (fits[last] - fits[last].max()))
            power[last] = 1 if step == left else power[last] + step

            # multiply the likeliest particles
            chosen = _chosen(weights, chance)
            particles, fits = particles[chosen], fits[:, chosen]

            # move all of them, each where it is not too unlikely
            reached = []
            for _ in range(KEPT if power[-1] == 1 and last == len(parts) - 1 else MOVES):
                tried = _moved(particles, chance)
                tried_fits = _fits(known, tried)
                gain = power @ (tried_fits - fits) + prior(tried) - prior(particles)
                better = np.log(chance.random(PARTICLES)) < gain
                particles = np.where(better[:, None], tried, particles)
                fits = np.where(better, tried_fits, fits)
                reached.append(particles)
    return _natural(np.concatenate(reached))


def _parts(outcomes: list[Outcome]) -> list[list[Outcome]]:
    """Return an eighth of the outcomes, spread over all shares, another eighth, a quarter, a half.

    Few outcomes make fewer parts.
    """
    ordered = _ordered(outcomes)
    parts: list[list[Outcome]] = []
    while len(ordered) >= 2 * FEWEST and len(parts) < 3:
        parts.append(ordered[1::2])
        ordered = ordered[::2]
    return [ordered, *reversed(parts)]


def _ordered(outcomes: list[Outcome]) -> list[Outcome]:
    return sorted(outcomes, key=lambda o: (o.alpha, o.successes, o.n))


class _Prior:
    """Log prior of particles, whose six numbers are real.

    Widths, σ and ρ are in logarithms, floor and ceiling in log-odds.
    """

    def __init__(self, smallest: float) -> None:
        low, high = math.log(smallest) - BEYOND, BEYOND
        midpoint = (low + high) / 2, (high - low) / 2
        self._mean, self._spread = np.array([midpoint, WIDTH, SHIFT, OVERDISPERSION]).T

    def draws(self, count: int, seed: int) -> Array:
        """Return evenly spread draws."""
        from scipy.stats import qmc  # slow to import

        even = np.clip(qmc.Sobol(6, seed=seed).random(count), 1e-6, 1 - 1e-6)
        draws = np.log(even / (1 - even))
        draws[:, _NORMAL] = self._mean + self._spread * ndtri(even[:, _NORMAL])
        return np.asarray(draws)

    def __call__(self, particles: Array) -> Array:
        normal, levels = particles[:, _NORMAL], particles[:, _LEVELS]
        total = -(((normal - self._mean) / self._spread) ** 2).sum(axis=1) / 2
        return np.asarray(total + (log_expit(levels) + log_expit(-levels)).sum(axis=1))


def _fits(parts: list[Likelihood], particles: Array) -> Array:
    """Return the log likelihood of particles by part, (parts, particles)."""
    return np.array([_fit(part, particles) for part in parts])


def _fit(likelihood: Likelihood, particles: Array) -> Array:
    """Return the log likelihood of particles, next to none of impossible ones."""
    possible = (np.diff(particles[:, _LEVELS])[:, 0] > 0) & (particles[:, 5] < SCATTERED)
    possible &= (np.abs(particles) < _EXTREME).all(axis=1)
    fit = np.full(len(particles), -1e9)
    fit[possible] = likelihood(_natural(particles[possible]))
    return fit


def _natural(particles: Array) -> Array:
    """Return midpoint, width, floor, ceiling, σ and ρ."""
    curves = np.exp(particles)
    curves[:, 0] = particles[:, 0]
    curves[:, _LEVELS] = expit(particles[:, _LEVELS])
    return curves


def _step(fit: Array, left: float) -> float:
    """Return how much more of the likelihood leaves half of the particles."""
    from scipy.optimize import brentq  # slow to import

    def lost(step: float) -> float:
        weights = np.exp(step * (fit - fit.max()))
        return float(weights.sum() ** 2 / (weights @ weights) - len(fit) / 2)

    return left if lost(left) >= 0 else float(brentq(lost, 0, left, xtol=1e-12))


def _chosen(weights: Array, chance: np.random.Generator) -> Rows:
    """Return rows of particles, each as often as its weight says (systematic resampling)."""
    places = (chance.random() + np.arange(PARTICLES)) / PARTICLES
    cumulative = np.cumsum(weights)
    return np.searchsorted(cumulative / cumulative[-1], places)


def _moved(particles: Array, chance: np.random.Generator) -> Array:
    """Return particles moved by the difference of two others, now and then by all of it."""
    count, size = particles.shape
    one, other = chance.integers(count, size=(2, count))
    usual = 2.38 / math.sqrt(2 * size) * chance.uniform(0.3, 1, count)
    length = np.where(chance.random(count) < 0.1, 1.0, usual)
    change = length[:, None] * (particles[one] - particles[other])
    return np.asarray(particles + change + chance.normal(0, 1e-4, particles.shape))
