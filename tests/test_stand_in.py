"""Particles of many trials walk by a polynomial, and the draws are those of the likelihood."""

import math

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import multivariate_t, norm

from criticalmass import Outcome
from criticalmass.fitting import posterior
from criticalmass.fitting.likelihood import Likelihood
from criticalmass.fitting.posterior import curve_posterior
from criticalmass.fitting.shifts import where_risen
from criticalmass.fitting.stand_in import FAR, StandIn

TARGET = 0.8


def trials(count, shares, n, floor, smallest):
    """Trials of a curve, each shifted by 0.25; their floor may be seen or not."""
    rng = np.random.default_rng(0)
    alphas = np.resize(np.geomspace(smallest, 0.05, shares), count)
    risen = expit((np.log(alphas / 0.01) + 0.25 * rng.normal(size=count)) / 0.4)
    counts = rng.binomial(n, floor + (0.98 - floor) * risen)
    return [Outcome(a, k, n) for a, k in zip(alphas.tolist(), counts.tolist(), strict=True)]


SEEN = trials(900, 15, 300, 0.05, smallest=0.001)
UNSEEN = trials(900, 15, 300, 0.05, smallest=0.007)


def log_masses(draws):
    midpoint, width, floor, ceiling, shift, _ = draws.T
    return midpoint + width * where_risen((TARGET - floor) / (ceiling - floor), shift / width)


def log_posterior(draws, outcomes):
    """Of midpoint, ln width, floor, ceiling, ln σ and ln ρ: the likelihood of each trial, and the
    prior as the posterior's constants say it."""
    midpoint, width, floor, ceiling, shift, rho = draws.T
    low = math.log(min(o.alpha for o in outcomes)) - posterior.BEYOND
    total = norm.logpdf(midpoint, (low + posterior.BEYOND) / 2, (posterior.BEYOND - low) / 2)
    for value, of in (
        (width, posterior.WIDTH), (shift, posterior.SHIFT), (rho, posterior.OVERDISPERSION),
    ):  # fmt: skip
        total += norm.logpdf(value, *of)
    possible = (floor > 0) & (floor < ceiling) & (ceiling < 1) & (rho < posterior.SCATTERED)
    curves = draws[possible].copy()
    curves[:, [1, 4, 5]] = np.exp(curves[:, [1, 4, 5]])
    total[possible] += Likelihood(outcomes)(curves)
    total[~possible] = -np.inf
    return total


@pytest.mark.parametrize("outcomes", [SEEN, UNSEEN], ids=["floor seen", "floor unseen"])
def test_draws_of_many_are_those_of_importance_sampling(outcomes):
    """Weights on draws of a wide law with tails: nothing of it is the sampler's."""
    draws = curve_posterior(outcomes)
    free = draws.copy()
    free[:, [1, 4, 5]] = np.log(free[:, [1, 4, 5]])
    law = multivariate_t(free.mean(axis=0), 1.5 * np.cov(free.T), df=5, seed=1)
    wide = law.rvs(8_000)
    logs = log_posterior(wide, outcomes) - law.logpdf(wide)
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    assert 1 / (weights @ weights) > 1000
    some = weights > 0
    wide, weights = wide[some], weights[some] / weights[some].sum()

    curves = wide.copy()
    curves[:, [1, 4, 5]] = np.exp(curves[:, [1, 4, 5]])
    for found, exact in [
        (log_masses(draws), log_masses(curves)),
        *((free[:, one], wide[:, one]) for one in range(6)),
    ]:
        middle = weights @ exact
        spread = math.sqrt(weights @ (exact - middle) ** 2)
        assert found.mean() == pytest.approx(middle, abs=0.12 * spread)
        assert found.std() == pytest.approx(spread, rel=0.15)
        order = np.argsort(exact)
        for part in (0.05, 0.5, 0.95):
            place = np.searchsorted(np.cumsum(weights[order]), part)
            share = np.mean(found < exact[order][place])
            assert share == pytest.approx(part, abs=0.05)


def test_most_particles_stay_where_the_polynomial_took_them(monkeypatch):
    stayed = []
    walk = posterior._Swarm.walk

    def noted(swarm, near):
        reached = walk(swarm, near)
        stayed.append(swarm.stayed)
        return reached

    monkeypatch.setattr(posterior._Swarm, "walk", noted)
    for outcomes in (SEEN, UNSEEN):
        draws = curve_posterior(outcomes)
        assert len(draws) == posterior.ROUNDS * posterior.PARTICLES
        assert len(np.unique(draws, axis=0)) > 0.8 * len(draws)
        assert min(stayed) > 0.7


def test_where_the_polynomial_is_worth_nothing_the_particles_move_as_those_of_few(monkeypatch):
    usual = curve_posterior(SEEN)
    monkeypatch.setattr(StandIn, "__call__", lambda self, particles: np.zeros(len(particles)))
    without = curve_posterior(SEEN)
    assert len(without) == posterior.KEPT * posterior.PARTICLES
    one, other = log_masses(usual), log_masses(without)
    assert one.mean() == pytest.approx(other.mean(), abs=0.2 * other.std())
    assert one.std() == pytest.approx(other.std(), rel=0.2)


def test_a_cubic_of_the_levels_as_chances_is_met_exactly():
    rng = np.random.default_rng(2)
    particles = rng.normal(size=(512, 6)) * [0.01, 0.1, 1, 1, 0.5, 2] + [-5, -1, -3, 3, -2, -6]

    def cubic(of):
        levels = expit(of[:, 2:4])
        return 3 + of[:, 0] * of[:, 5] - 4 * levels[:, 0] * levels[:, 1] ** 2 + of[:, 4] ** 3

    near = StandIn(particles, cubic(particles), rng.random(512))
    others = particles.mean(axis=0) + 0.4 * (particles[:100] - particles.mean(axis=0))
    assert near(others) == pytest.approx(cubic(others), abs=1e-3)


def test_far_from_the_particles_it_falls_whatever_the_polynomial_does():
    rng = np.random.default_rng(3)
    particles = rng.normal(size=(512, 6))
    rising = StandIn(particles, particles[:, 0] ** 3 + particles[:, 4] ** 2, np.ones(512))
    for far in (30.0, 100.0):
        away = np.zeros((2, 6))
        away[:, 0] = far, -far
        assert (rising(away) < -((far - FAR) ** 2) / 4).all()


def test_particles_that_are_all_but_alike_have_one_too():
    rng = np.random.default_rng(4)
    particles = np.tile([-5.0, -1.0, logit(0.1), logit(0.9), -2.0, -6.0], (512, 1))
    particles[:, 1] += 1e-4 * rng.normal(size=512)
    near = StandIn(particles, -(particles[:, 1] ** 2), np.ones(512))
    assert np.isfinite(near(particles)).all()
