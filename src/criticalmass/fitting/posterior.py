"""The posterior of success curves given trials: draws from it, by tempering.

Particles are drawn from the prior and follow the likelihood as it is let in: of a few trials spread
over all shares first, then of ever more, each time from none of it to all (sequential Monte Carlo;
Del Moral, Doucet and Jasra, 2006). After each step the likeliest are multiplied, and all are moved
by the difference of two others (ter Braak, 2006), so they keep the posterior's shape whatever
it is: curves whose plateau was never tried have long, bent ones.

The likelihood of many trials takes long, but once some of them are known it is smooth where the
particles are. So a polynomial is fitted to it, and each particle takes many steps by that before
the likelihood decides whether it stays where it came to (Liu, 2001, section 9.4.3).

Nothing in it is left to chance: the same trials and seed give the same draws.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import expit, log_expit, ndtri

from criticalmass.arrays import Array, Rows
from criticalmass.curves import Outcome
from criticalmass.fitting.gathered import Lattice
from criticalmass.fitting.likelihood import MANY, Likelihood
from criticalmass.fitting.stand_in import StandIn

VERSION, VERSION_OF_MANY = 3, 4
"""The versions of the draws, of up to `MANY` trials and of more: raise one whenever the same trials
give others, so kept ones are not used."""

PARTICLES = 512
MOVES = 7
"""Moves after each step of the likelihood."""
KEPT = 20
"""Moves after the last one; all that they reach are draws."""
FEWEST = 8
"""Trials in the first part, at least."""
BEGINNING = 64
"""And if they are many, about so many; all others then make one part."""
STEPS = 12
"""By the polynomial, before the likelihood of many decides."""
ROUNDS = 8
"""Rounds of so many steps, after the last step of the likelihood of many; all that they reach are
draws, hardly one like another."""
TRUSTED = 0.4
"""Where fewer particles than that stay where the polynomial took them, it is not used."""
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
        return _natural(_drawn(prior, seed, [Likelihood(part) for part in _parts(outcomes)]))

    # many: some of them, and then all others, gathered as finely as it takes
    others = _ordered(outcomes)
    some = slice(None, None, len(others) // BEGINNING)
    first = Likelihood(others[some])
    del others[some]
    exact = Likelihood(others)
    begun = _drawn(prior, seed, [first])
    roughly = _checked(_natural(begun))
    wanted = exact(roughly)
    for lattice in LATTICES:
        known = Likelihood(others, lattice)
        if np.std(known(roughly) - wanted) > PROMISING * np.std(wanted):
            continue
        draws = _natural(_drawn_of_many(prior, seed, begun, first, known))
        checked = _checked(draws)
        if np.std(known(checked) - exact(checked)) < FINE:
            return draws
    return _natural(_drawn_of_many(prior, seed, begun, first, exact))


def _checked(draws: Array) -> Array:
    return draws[:: len(draws) // CHECKED]


def _drawn(prior: _Prior, seed: int, parts: list[Likelihood]) -> Array:
    """Draw particles given the likelihood of one part of the trials after another."""
    swarm = _Swarm(prior, seed, prior.draws(PARTICLES, seed))
    for number, part in enumerate(parts, start=1):
        swarm.begin(part)
        while swarm.power[-1] < 1:
            swarm.choose(swarm.weights())
            ended = swarm.power[-1] == 1 and number == len(parts)
            reached = [swarm.move() for _ in range(KEPT if ended else MOVES)]
    return np.concatenate(reached)


def _drawn_of_many(
    prior: _Prior, seed: int, begun: Array, first: Likelihood, others: Likelihood
) -> Array:
    """Draw particles given many trials, from those that were drawn given the first of them."""
    swarm = _Swarm(prior, seed, begun[-PARTICLES:])
    swarm.begin(first, known=True)
    swarm.begin(others)
    while swarm.power[-1] < 1:
        weights = swarm.weights()
        near = swarm.stand_in(weights)
        swarm.choose(weights)
        swarm.walk(near)
        if swarm.stayed < TRUSTED:
            for _ in range(MOVES):
                swarm.move()
    near = swarm.stand_in(np.ones(PARTICLES))
    reached = [swarm.walk(near) for _ in range(ROUNDS)]
    if swarm.stayed < TRUSTED:
        reached = [swarm.move() for _ in range(KEPT)]
    return np.concatenate(reached)


class _Swarm:
    """Particles that follow the likelihood of trials as it is let in.

    Parameters
    ----------
    prior
        Of the particles.
    seed
        Of all chance.
    particles
        Where they begin, shape (particles, 6).
    """

    def __init__(self, prior: _Prior, seed: int, particles: Array) -> None:
        self._prior, self._particles = prior, particles
        self._chance = np.random.default_rng(seed)
        self._parts: list[Likelihood] = []
        self.power = np.empty(0)
        """How much of each part's likelihood is let in."""
        self.stayed = 1.0
        """The share of the particles that stayed where the last move or walk took them."""

    def begin(self, part: Likelihood, *, known: bool = False) -> None:
        """Begin with one more part of the trials; the particles may know it already."""
        self._parts.append(part)
        self.power = np.append(self.power, float(known))
        self._fits = _fits(self._parts, self._particles)

    def weights(self) -> Array:
        """Let in more of the last part's likelihood; return what that makes of each particle."""
        left, fit = 1 - self.power[-1], self._fits[-1]
        step = _step(fit, left)
        self.power[-1] = 1 if step == left else self.power[-1] + step
        return np.asarray(np.exp(step * (fit - fit.max())))

    def choose(self, weights: Array) -> None:
        """Multiply the likeliest particles."""
        chosen = _chosen(weights, self._chance)
        self._particles, self._fits = self._particles[chosen], self._fits[:, chosen]

    def move(self) -> Array:
        """Move all particles, each where it is not too unlikely; return where they are."""
        return self._stay(_moved(self._particles, self._particles, self._chance))

    def stand_in(self, weights: Array) -> StandIn:
        """Return what stands for the likelihood of the particles, which have weights."""
        return StandIn(self._particles, self.power @ self._fits, weights)

    def walk(self, near: StandIn) -> Array:
        """Move all particles by many steps, of which only the end is held against the trials."""
        apart, places = self._particles, self._particles
        begun = worth = near(places) + self._prior(places)
        for _ in range(STEPS):
            tried = _moved(places, apart, self._chance)
            tried_worth = np.where(_possible(tried), near(tried) + self._prior(tried), -np.inf)
            better = np.log(self._chance.random(PARTICLES)) < tried_worth - worth
            places = np.where(better[:, None], tried, places)
            worth = np.where(better, tried_worth, worth)
        return self._stay(places, begun - worth)

    def _stay(self, tried: Array, favour: Array | float = 0.0) -> Array:
        """Take particles elsewhere, each if it is not too unlikely there."""
        fits = _fits(self._parts, tried)
        gain = self.power @ (fits - self._fits) + self._prior(tried) - self._prior(self._particles)
        better = np.log(self._chance.random(PARTICLES)) < gain + favour
        self._particles = np.where(better[:, None], tried, self._particles)
        self._fits = np.where(better, fits, self._fits)
        self.stayed = float(better.mean())
        return self._particles


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
    possible = _possible(particles)
    fit = np.full(len(particles), -1e9)
    fit[possible] = likelihood(_natural(particles[possible]))
    return fit


def _possible(particles: Array) -> Array:
    """Return which particles are curves at all."""
    possible = (np.diff(particles[:, _LEVELS])[:, 0] > 0) & (particles[:, 5] < SCATTERED)
    return np.asarray(possible & (np.abs(particles) < _EXTREME).all(axis=1))


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


def _moved(particles: Array, apart: Array, chance: np.random.Generator) -> Array:
    """Return particles moved by the difference of two of others, now and then by all of it."""
    count, size = particles.shape
    one, other = chance.integers(count, size=(2, count))
    usual = 2.38 / math.sqrt(2 * size) * chance.uniform(0.3, 1, count)
    length = np.where(chance.random(count) < 0.1, 1.0, usual)
    change = length[:, None] * (apart[one] - apart[other])
    return np.asarray(particles + change + chance.normal(0, 1e-4, particles.shape))
