"""The likelihood on a grid: SciPy's, and nothing that matters is left out."""

import numpy as np
import pytest
from scipy.special import binom, expit
from scipy.stats import betabinom

from criticalmass import Outcome
from criticalmass.curves.likelihood import QUIET, Likelihood

AXES = {
    "midpoint": np.linspace(-6, -4, 7),
    "width": np.geomspace(0.2, 0.9, 5),
    "floor": np.linspace(0.01, 0.2, 4),
    "ceiling": np.linspace(0.15, 0.99, 6),
    "overdispersion": np.geomspace(1e-3, 0.3, 6),
}
NEAR = 20


def scipys(outcomes):
    """Every cell of the grid, by SciPy's beta-binomial distribution."""
    midpoint, width, floor, ceiling, rho = np.meshgrid(*AXES.values(), indexing="ij")
    total = np.where(ceiling > floor, 0.0, -np.inf)
    for outcome in outcomes:
        with np.errstate(divide="ignore"):
            rise = expit((np.log(np.float64(outcome.alpha)) - midpoint) / width)
        success = floor + (ceiling - floor) * rise
        spread = 1 / (rho * (QUIET + (1 - QUIET) * 4 * rise * (1 - rise))) - 1
        chances = betabinom(outcome.n, success * spread, (1 - success) * spread)
        total += chances.logpmf(outcome.successes)
    return total


@pytest.mark.parametrize("seed", range(6))
def test_the_likelihood_is_scipys_wherever_it_matters(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.choice([5, 60, 1000]))
    alphas = np.exp(rng.uniform(np.log(0.0005), np.log(0.1), 25))
    outcomes = [Outcome(0.0, int(rng.binomial(n, 0.05)), n)]
    for alpha in alphas.tolist():
        rate = 0.05 + 0.9 * expit((np.log(alpha) + rng.normal() * 0.3 + 5) / 0.4)
        outcomes.append(Outcome(alpha, int(rng.binomial(n, rate)), n))
    exact, found = scipys(outcomes), Likelihood(outcomes).over(AXES)[0]
    near = exact > exact.max() - NEAR
    assert np.isfinite(found[near]).all()
    found += sum(np.log(binom(o.n, o.successes)) for o in outcomes)  # the same for every curve
    assert found[near] == pytest.approx(exact[near], abs=0.02 * len(outcomes))


def test_few_cells_are_left_where_there_are_many_trials():
    outcomes = [Outcome(a, round(1000 / (1 + 0.004 / a)), 1000) for a in (0.001, 0.004, 0.02)] * 30
    kept = np.isfinite(Likelihood(outcomes).over(AXES)[0]).mean()
    assert 0 < kept < 0.1


def test_it_is_flattened_until_enough_cells_count():
    outcomes = [Outcome(a, round(1000 / (1 + 0.004 / a)), 1000) for a in (0.001, 0.004, 0.02)] * 30
    likelihood = Likelihood(outcomes)
    total, _ = likelihood.over(AXES)
    flat, divided = likelihood.over(AXES, least=0.2)
    counts = np.isfinite(total)
    assert np.isfinite(flat).mean() > 0.1
    assert divided > 2
    assert flat[counts] == pytest.approx(total[counts] / divided)


def test_it_is_divided_by_the_dispersion():
    outcomes = [Outcome(a, round(1000 / (1 + 0.004 / a)), 1000) for a in (0.001, 0.004, 0.02)]
    likelihood = Likelihood(outcomes)
    total, one = likelihood.over(AXES)
    half, two = likelihood.over(AXES, 2.0)
    assert (one, two) == (1, 2)
    assert half[np.isfinite(total)] == pytest.approx(total[np.isfinite(total)] / 2)


def test_a_single_extreme_outcome_leaves_the_grid_finite():
    found = Likelihood([Outcome(0.001, 0, 10**6)]).over(AXES)[0]
    assert np.isfinite(found.max())
    assert not np.isnan(found).any()
