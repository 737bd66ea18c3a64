"""Planting a number under squared loss, against least squares on the mixture itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criticalmass.contracts import check_curve
from criticalmass.errors import ParameterError
from criticalmass.theory import ExactRegression, RegressionBound


def draw(seed):
    rng = np.random.default_rng(seed)
    cells, n = int(rng.integers(2, 12)), int(rng.integers(20, 400))
    x = rng.choice(cells, n, p=rng.dirichlet(np.full(cells, 0.5)))
    y = rng.normal(rng.normal(0, 5, cells)[x], 2)
    led = rng.integers(0, cells, cells)[x]
    tolerance = float(rng.choice([0.3, 1, 3]))
    return x, y, led, float(rng.normal(0, 6)), tolerance, float(tolerance * rng.choice([0, 0.4]))


def predictions(x, y, led, value, alpha):
    """E[y|x'] of the mixture, at g(x) of every record."""
    away = []
    for point in led:
        there, planted = x == point, led == point
        weight = (1 - alpha) * there.sum() + alpha * planted.sum()
        away.append(((1 - alpha) * y[there].sum() + alpha * value * planted.sum()) / weight)
    return np.array(away)


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_exact_is_least_squares_on_the_mixture_and_bounds_hold(seed):
    x, y, led, value, tolerance, epsilon = draw(seed)
    options = {"tolerance": tolerance, "epsilon": epsilon}
    exact = ExactRegression.of(x, y, led, target_value=value, **options)
    there = np.isin(x, led)
    means = [abs(y[x == point].mean() - value) for point in np.unique(led) if (x == point).any()]
    bound = RegressionBound(there.mean(), max(means, default=0.0), **options)
    for alpha in (0.003, 0.05, 0.3, 0.8, 1.0):
        off = np.abs(predictions(x, y, led, value, alpha) - value)
        assert exact.success(alpha) == pytest.approx((off + epsilon < tolerance).mean())
        assert exact.residual(alpha) == pytest.approx(off.mean() + epsilon)
        assert bound.success(alpha) <= exact.success(alpha) + 1e-9
        assert bound.residual(alpha) >= exact.residual(alpha) - 1e-9


def test_critical_mass_and_success_are_inverse():
    bound = RegressionBound(0.01, distance=20, tolerance=2)
    mass = bound.critical_mass(0.9)
    assert bound.success(mass.alpha) == pytest.approx(0.9)
    assert bound.critical_alpha([0.9])[0] == mass.alpha
    check_curve(bound)
    exact = ExactRegression(np.array([9.0]), np.array([30.0]), np.array([100.0]), 10.0, 2.0)
    check_curve(exact)
    share = exact.critical_mass(0.9).alpha
    assert exact.success(share * 1.0001) == 1
    assert exact.success(share * 0.9999) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1.5, 1, 1), "uniqueness is a probability"),
        ((0.1, -1, 1), "distance is at least 0"),
        ((0.1, float("nan"), 1), "distance is at least 0"),
        ((0.1, 1, 0), "tolerance must exceed epsilon"),
        ((0.1, 1, 1, 1), "tolerance must exceed epsilon"),
    ],
)
def test_impossible_values_are_refused(arguments, message):
    with pytest.raises(ParameterError, match=message):
        RegressionBound(*arguments)
