"""The likelihood of shifted curves: SciPy's binomial, integrated over shifts."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit, xlog1py, xlogy
from scipy.stats import binom, norm

from criticalmass import Outcome
from criticalmass.fitting.likelihood import PRECISE, Likelihood


def by_quadrature(outcome, midpoint, width, floor, ceiling, sigma):
    """ln of a trial's probability over that of the rate that explains it best."""
    k, n = outcome.successes, outcome.n
    best = xlogy(k, k / n) + xlog1py(n - k, -k / n)
    if not outcome.alpha:
        return xlogy(k, floor) + xlog1py(n - k, -floor) - best

    def integrand(z):
        chance = floor + (ceiling - floor) * expit(
            (np.log(outcome.alpha) + sigma * z - midpoint) / width
        )
        return np.exp(xlogy(k, chance) + xlog1py(n - k, -chance) - best) * norm.pdf(z)

    marks = np.linspace(-7.8, 7.8, 79)  # it may be a narrow peak
    return np.log(quad(integrand, -8, 8, points=marks, limit=500, epsabs=1e-16)[0])


@pytest.mark.parametrize("n", [1, 60, 4000, PRECISE])
@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_binomial_one_integrated_over_shifts(n, seed):
    rng = np.random.default_rng(seed)
    width, floor, ceiling = np.exp(rng.uniform(-3, 0)), rng.uniform(0.001, 0.1), 0.97
    sigma = np.exp(rng.uniform(-3, 0))
    outcomes = [Outcome(0.0, int(rng.binomial(n, floor)), n)]
    for alpha in np.exp(rng.uniform(np.log(0.0005), np.log(0.1), 12)).tolist():
        rise = expit((np.log(alpha) + sigma * rng.normal() + 5) / width)
        rate = floor + (ceiling - floor) * rise
        outcomes.append(Outcome(alpha, int(rng.binomial(n, rate)), n))
    curve = -5.05, width * 1.05, floor, ceiling, sigma
    exact = sum(by_quadrature(outcome, *curve) for outcome in outcomes)
    found = Likelihood(outcomes)(np.array([[*curve, 0.0]]))
    assert found.item() == pytest.approx(exact, abs=0.1)


def test_overdispersed_records_tell_less():
    trial = Outcome(0.01, 60, 200)
    curves = np.array(
        [[-20.0, 0.1, 0.01, rate, 0.01, rho] for rate in (0.3, 0.4) for rho in (0, 0.1)]
    )
    same, same_less, off, off_less = Likelihood([trial])(curves)
    exact = binom.logpmf(60, 200, 0.4) - binom.logpmf(60, 200, 0.3)
    assert off - same == pytest.approx(exact, rel=1e-4)
    assert off_less - same_less == pytest.approx(exact / (1 + 199 * 0.1), rel=1e-4)
    assert same_less - same == pytest.approx(-np.log(1 + 199 * 0.1) / 2, rel=1e-4)


@pytest.mark.parametrize("z", [-6.0, -4.3, 4.3, 6.0])
def test_outliers_are_as_improbable_as_their_shift(z):
    curve, n = (-5.0, 0.4, 0.05, 0.97, 0.3), 4000
    rate = 0.05 + 0.92 * expit((np.log(0.006) + 0.3 * z + 5.0) / 0.4)
    trial = Outcome(0.006, round(n * rate), n)
    found = Likelihood([trial])(np.array([[*curve, 0.0]]))
    off = 0.1 if abs(z) < 4.5 else 4.0  # beyond what is integrated over it is only roughly so
    assert found.item() == pytest.approx(by_quadrature(trial, *curve), abs=off)


def test_trials_that_are_all_at_the_end_say_nothing_of_overdispersion():
    trials = [Outcome(0.05, 4000, 4000), Outcome(0.0, 0, 4000)]
    curves = np.array([[-9.0, 0.1, 1e-9, 1 - 1e-9, 0.1, rho] for rho in (1e-5, 1e-3, 0.1)])
    assert Likelihood(trials)(curves) == pytest.approx(0.0, abs=1e-3)


def test_the_order_of_trials_and_of_curves_does_not_matter():
    outcomes = [Outcome(a, round(1000 / (1 + 0.004 / a)), 1000) for a in (0.001, 0.004, 0.02)] * 30
    curves = np.array([[-5.5, w, 0.01, 0.9, s, 1e-3] for w in (0.2, 0.5) for s in (0.1, 0.3)] * 90)
    found = Likelihood(outcomes)(curves)
    assert np.array_equal(found, Likelihood(outcomes[::-1])(curves))
    assert Likelihood(outcomes)(curves[::-1]) == pytest.approx(found[::-1], abs=1e-3)


@pytest.mark.parametrize("successes", [0, 10**6])
@pytest.mark.parametrize("curve", [(-30, 0.02, 1e-12, 0.5, 3, 0), (3, 3, 0.5, 1 - 1e-12, 0.01, 1)])
def test_extremes_are_finite(successes, curve):
    found = Likelihood([Outcome(0.001, successes, 10**6)])(np.array([curve], dtype=float))
    assert np.isfinite(found).all()
