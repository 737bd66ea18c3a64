"""The likelihood of shifted curves: SciPy's binomial, integrated over shifts."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit, logit, logsumexp, xlog1py, xlogy
from scipy.stats import betabinom, binom, norm

from criticalmass import Outcome
from criticalmass.fitting.likelihood import PRECISE, Likelihood


def by_quadrature(outcome, midpoint, width, floor, ceiling, sigma, rho=0.0):
    """ln of a trial's probability over that of the rate that explains it best."""
    k, n = outcome.successes, outcome.n
    told = 1 / (1 + (n - 1) * rho)
    if k in (0, n) and rho:
        weight = (1 - rho) / rho
        told = (1 + weight * np.log1p((n - 1) / (weight + 1))) / n
    best = xlogy(k, k / n) + xlog1py(n - k, -k / n)
    made_up = np.log(told) / 2 if 0 < k < n else 0.0
    if not outcome.alpha:
        return told * (xlogy(k, floor) + xlog1py(n - k, -floor) - best) + made_up

    def log_integrand(z):
        place = (np.log(outcome.alpha) + sigma * z - midpoint) / width
        success = floor * expit(-place) + ceiling * expit(place)
        failure = (1 - floor) * expit(-place) + (1 - ceiling) * expit(place)
        return told * (xlogy(k, success) + xlogy(n - k, failure) - best) + norm.logpdf(z)

    # it may be a narrow peak anywhere: many pieces, the finer the nearer, twelve points in each
    height = np.clip((k / n - floor) / (ceiling - floor), 1e-12, 1 - 1e-12)
    peak = (midpoint + width * logit(height) - np.log(outcome.alpha)) / sigma
    around = np.geomspace(1e-5, 40, 150)
    marks = [np.linspace(-9, 9, 181), np.linspace(0, peak, 181), peak + around, peak - around]
    ends = np.unique(np.concatenate(marks))
    half, middle = np.diff(ends)[:, None] / 2, (ends[1:] + ends[:-1])[:, None] / 2
    points, weights = np.polynomial.legendre.leggauss(12)
    return logsumexp(log_integrand(middle + half * points), b=weights * half) + made_up


def test_the_quadrature_of_these_tests_agrees_with_scipy():
    trial, curve = Outcome(0.006, 300, 1000), (-5.0, 0.4, 0.05, 0.97, 0.3)

    def chance(z):
        rate = 0.05 + 0.92 * expit((np.log(0.006) + 0.3 * z + 5.0) / 0.4)
        return np.exp(binom.logpmf(300, 1000, rate) - binom.logpmf(300, 1000, 0.3)) * norm.pdf(z)

    exact = np.log(quad(chance, -8, 8, points=np.linspace(-7.8, 7.8, 79), limit=500)[0])
    assert by_quadrature(trial, *curve) == pytest.approx(exact, abs=1e-9)


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
    assert found.item() == pytest.approx(exact, abs=0.005)


WIDTHS, SHIFTS = (0.03, 0.3, 3.0), (0.01, 0.2, 2.0)
LEVELS = ((0.001, 0.999), (0.3, 0.35), (0.8, 0.91))


@pytest.mark.parametrize("levels", LEVELS, ids=str)
@pytest.mark.parametrize("sigma", SHIFTS)
@pytest.mark.parametrize("width", WIDTHS)
def test_forty_trials_are_right_to_a_hundredth_whatever_the_curve(width, sigma, levels):
    """Steep or gradual, shifted hardly or much, of few test records or many."""
    rng = np.random.default_rng(0)
    floor, ceiling = levels
    for n, rho in ((20, 1e-5), (300, 0.05), (5000, 1e-3)):
        found = exact = 0.0
        for _ in range(14):
            alpha = float(np.exp(-5 + rng.uniform(-3, 3) * width + rng.normal() * sigma))
            rise = expit((np.log(alpha) + sigma * rng.normal() + 5) / width)
            rate = floor + (ceiling - floor) * rise
            trial = Outcome(min(alpha, 1.0), int(rng.binomial(n, rate)), n)
            found += Likelihood([trial])(
                np.array([[-5.0, width, floor, ceiling, sigma, rho]])
            ).item()
            exact += by_quadrature(trial, -5.0, width, floor, ceiling, sigma, rho)
        assert found == pytest.approx(exact, abs=0.003)


def test_trials_that_tell_the_same_count_as_often_as_they_came():
    curve = np.array([[-5.0, 0.4, 0.05, 0.97, 0.3, 1e-3]])
    one, other, none = Outcome(0.006, 300, 1000), Outcome(0.02, 900, 1000), Outcome(0.0, 50, 1000)
    once = [Likelihood([trial])(curve).item() for trial in (one, other, none)]
    all_of_them = Likelihood([one, other, one, none, one, none])(curve).item()
    assert all_of_them == pytest.approx(np.dot(once, [3, 1, 2]), abs=1e-6)


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
    assert found.item() == pytest.approx(by_quadrature(trial, *curve), abs=0.002)


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


@pytest.mark.parametrize("n", [1, 50, 1000])
@pytest.mark.parametrize("rho", [1e-6, 1e-3, 0.05, 0.2])
@pytest.mark.parametrize("missing", [0.001, 0.02, 0.1])
def test_trials_of_which_all_succeed_tell_what_they_do_in_a_beta_binomial_law(n, rho, missing):
    weight = (1 - rho) / rho
    law = betabinom(n, (1 - missing) * weight, missing * weight)
    steady = np.array([[-5.0, 1e-3, 0.0, 1 - missing, 1e-3, rho]])  # far up on the plateau
    steady[:, 2] = 1e-9
    told = Likelihood([Outcome(0.9, n, n)])(steady)[0]
    assert told == pytest.approx(law.logpmf(n), rel=0.06, abs=1e-4)
