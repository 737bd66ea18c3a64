"""Closed forms against quadrature."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from criticalmass.fitting.shifts import mean_rise, mean_slope, risen_area, where_risen

SHIFTS = [0.0, 0.3, 1.0, 4.0, 30.0]
PLACES = np.linspace(-12, 12, 25)


def by_quadrature(function, at, shift):
    """E[f(at + shift z)], each y weighed by how probable it is."""
    if not shift:
        return function(at)
    ends = at - 9 * shift, at + 9 * shift
    marks = [x for x in (-3.0, 0.0, 3.0, at) if ends[0] < x < ends[1]]
    return quad(
        lambda y: function(y) * norm.pdf(y, at, shift), *ends, points=marks, limit=400, epsabs=1e-10
    )[0]


@pytest.mark.parametrize("shift", SHIFTS)
def test_mean_and_slope(shift):
    means = [by_quadrature(expit, at, shift) for at in PLACES]
    slopes = [by_quadrature(lambda y: expit(y) * expit(-y), at, shift) for at in PLACES]
    assert mean_rise(PLACES, shift) == pytest.approx(means, abs=1e-6)
    assert mean_slope(PLACES, shift) == pytest.approx(slopes, abs=1e-5)


@pytest.mark.parametrize("shift", SHIFTS)
def test_the_inverse_is_one(shift):
    heights = np.array([1e-9, 1e-4, 0.1, 0.5, 0.9, 0.9999, 1 - 1e-9])
    found = where_risen(heights, shift)
    assert np.all(np.diff(found) > 0)
    assert mean_rise(found, shift) == pytest.approx(heights, rel=1e-9)
    assert mean_rise(-found, shift) == pytest.approx(1 - heights, rel=1e-6)


def test_a_height_that_is_not_there():
    assert where_risen([-0.1, 0.0, 1.0, 1.5], 1.0).tolist() == [-np.inf, -np.inf, np.inf, np.inf]


@pytest.mark.parametrize("shift", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("width", [0.05, 0.5, 2.0])
def test_the_area_below_a_shifted_curve_is_the_integral(width, shift):
    midpoint, share = np.log(0.01), 0.02

    def curve(log):
        return float(mean_rise((log - midpoint) / width, shift / width)) * np.exp(log)

    exact = quad(curve, -40, np.log(share), points=[midpoint], limit=400, epsabs=1e-12)[0]
    found = risen_area(np.array([share]), *(np.array([x]) for x in (midpoint, width, shift)))
    assert found.item() == pytest.approx(exact, rel=1e-6)
