"""Many trials stand as few weighted points: their likelihood and their posterior stay the same."""

import numpy as np
import pytest
from scipy.special import expit

from criticalmass import Outcome
from criticalmass.fitting import FittedCurve, posterior
from criticalmass.fitting.gathered import Lattice, as_they_are, gathered
from criticalmass.fitting.likelihood import MANY, Likelihood
from criticalmass.fitting.posterior import curve_posterior

FINE = Lattice(0.1, 1.5)


def trials(count, sizes, n, width=0.4, sigma=0.25, seed=0):
    """Trials of a curve; each shifted by σ."""
    rng = np.random.default_rng(seed)
    shares = np.resize(np.exp(rng.uniform(np.log(0.002), np.log(0.05), sizes)), count)
    shifted = np.log(shares / 0.01) + sigma * rng.normal(size=count)
    rates = 0.01 + 0.98 * expit(shifted / width)
    pairs = zip(shares.tolist(), rng.binomial(n, rates).tolist(), strict=True)
    return [Outcome(0.0, n // 50, n), *(Outcome(alpha, k, n) for alpha, k in pairs)]


def curves_near(width, sigma):
    """Curves that such trials leave possible."""
    rng = np.random.default_rng(1)
    spread = [0.02, 0.02 * width, 0.002, 0.002, 0.02 * sigma, 1e-4]
    middle = np.array([np.log(0.01), width, 0.01, 0.99, sigma, 2e-4])
    return np.abs(middle + spread * rng.normal(size=(20, 6))) * np.sign(middle)


@pytest.mark.parametrize(
    ("count", "sizes", "n"), [(2000, 12, 500), (2000, 2000, 500), (1500, 1500, 60)]
)
def test_the_likelihood_of_curves_differs_by_a_constant_at_most(count, sizes, n):
    outcomes = trials(count, sizes, n)
    one, other = Likelihood(outcomes), Likelihood(outcomes, FINE)
    assert len(other.log_alpha) < len(one.log_alpha) / 2
    curves = curves_near(0.4, 0.25)
    exact = one(curves)
    assert exact.std() > 5
    assert other(curves) - exact == pytest.approx(0, abs=0.2)
    assert (other(curves) - exact).std() < 0.04


def test_few_are_not_gathered():
    outcomes = trials(MANY, MANY, 500)[1:]
    curves = curves_near(0.4, 0.25)
    assert np.array_equal(Likelihood(outcomes)(curves), Likelihood(outcomes, FINE)(curves))


def test_those_of_ever_other_numbers_of_records_stay_as_they_are():
    outcomes = [Outcome(0.01, 20, n) for n in range(100, 100 + 2 * MANY)]
    assert len(Likelihood(outcomes, FINE).log_alpha) == 2 * MANY


def test_points_stand_for_as_many_trials_with_the_same_means():
    rng = np.random.default_rng(0)
    k, n = rng.integers(0, 41, 3000).astype(float), np.full(3000, 40.0)
    log_alpha = rng.uniform(-6, -2, 3000)
    same = as_they_are(log_alpha, k, n)
    points = gathered(same, Lattice(0.2, 2.0))
    assert len(points.k) < len(same.k) / 2
    assert same.times.sum() == 3000
    for power in range(3):
        assert points.times @ points.k**power == pytest.approx(np.sum(k**power), rel=1e-9)
        exact = np.sum(log_alpha**power)
        assert points.times @ points.log_alpha**power == pytest.approx(exact, rel=1e-9)
    for end in (0, 40):  # all or none succeeded: another kind, kept apart
        assert points.times[points.k == end].sum() == pytest.approx((k == end).sum())


def test_the_posterior_of_many_is_that_of_each_by_itself(monkeypatch):
    outcomes = trials(900, 900, 80)
    found = FittedCurve(curve_posterior(outcomes), 80).critical_mass(0.9)
    monkeypatch.setattr(posterior, "LATTICES", ())
    exact = FittedCurve(curve_posterior(outcomes), 80).critical_mass(0.9)
    half = (exact.high - exact.low) / 2
    for one, other in zip(
        (found.low, found.alpha, found.high), (exact.low, exact.alpha, exact.high), strict=True
    ):
        assert one == pytest.approx(other, abs=0.15 * half)


def test_where_a_coarse_lattice_is_wrong_a_finer_one_is_taken(monkeypatch):
    """A curve much steeper than the lattice is wide."""
    outcomes = trials(1200, 1200, 300, width=0.05, sigma=0.02)
    exact, used = Likelihood(outcomes), []

    def noted(prior, seed, begun, first, others):
        used.append(others)
        return drawn(prior, seed, begun, first, others)

    drawn = posterior._drawn_of_many
    monkeypatch.setattr(posterior, "_drawn_of_many", noted)
    draws = curve_posterior(outcomes)[::80]
    wide = Likelihood(outcomes, posterior.LATTICES[0])
    assert np.std(wide(draws) - exact(draws)) > 5 * posterior.FINE
    others = posterior._ordered(outcomes)
    del others[:: len(others) // posterior.BEGINNING]
    assert np.std(used[-1](draws) - Likelihood(others)(draws)) < 1.5 * posterior.FINE
