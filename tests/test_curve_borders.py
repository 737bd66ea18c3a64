"""Curves at their borders: the last share that is allowed, ties, and intervals that just touch."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from criticalmass import CriticalMass
from criticalmass.curves import FittedSuccess, PathCurve, SuccessCurve
from criticalmass.curves.curve import checked_parts, checked_shares, checked_targets
from criticalmass.curves.shortfall import area_below
from criticalmass.errors import ParameterError

SMALLEST, BELOW_ONE, ABOVE_ONE = 5e-324, np.nextafter(1, 0), np.nextafter(1, 2)


@pytest.mark.parametrize(
    ("check", "allowed", "refused"),
    [
        (checked_shares, [SMALLEST, 0.5, 1.0], [0.0, -SMALLEST, ABOVE_ONE, math.nan]),
        (checked_parts, [SMALLEST, 0.5, 1.0], [0.0, -SMALLEST, ABOVE_ONE, math.nan]),
        (checked_targets, [SMALLEST, 0.5, BELOW_ONE], [0.0, -SMALLEST, 1.0, ABOVE_ONE, math.nan]),
    ],
)
def test_numbers_are_allowed_up_to_their_border(check, allowed, refused):
    assert check(allowed).tolist() == allowed
    for value in refused:
        with pytest.raises(ParameterError):
            check(value)
        with pytest.raises(ParameterError):
            check([*allowed, value])


@pytest.mark.parametrize("check", [checked_shares, checked_parts, checked_targets])
@pytest.mark.parametrize("values", [[0.5, 1.5, -2.0], [0.3, -2.0, 1.5], [[0.5, 0.25], [7.0, 0.0]]])
def test_the_first_number_that_is_outside_is_named(check, values):
    first = next(value for value in np.ravel(values) if not 0 < value < 1)
    with pytest.raises(ParameterError, match=f"not {first:g}$"):
        check(values)


@pytest.mark.parametrize(
    ("low", "high", "whole"), [(0.1, 0.1, True), (0.1, 0.11, True), (0.1, 0.12, False)]
)
def test_an_interval_of_two_neighbouring_numbers_is_as_narrow_as_people_are(low, high, whole):
    assert CriticalMass(0.9, low, low, high).is_whole(100) == whole


def test_heads_are_rounded_up_but_not_by_the_last_digit():
    mass = CriticalMass(0.9, alpha=0.1 + 0.2, low=0.1, high=0.301)
    assert mass.people(10) == (3, 1, 4)  # .1 + .2 is 5e-17 too large


def test_an_interval_is_narrow_if_its_ends_are_just_near_enough():
    assert CriticalMass(0.9, 0.25, 0.125, 0.5).within(1.0)
    assert not CriticalMass(0.9, 0.25, 0.124, 0.5).within(1.0)
    assert not CriticalMass(0.9, 0.25, 0.125, 0.51).within(1.0)


@dataclass(frozen=True)
class Line(SuccessCurve):
    """Success is the share; the critical mass is what it is made with."""

    mass: CriticalMass

    def success(self, alpha):
        return checked_shares(alpha)

    def critical_mass(self, target):
        return self.mass


def test_what_is_missing_has_the_interval_that_the_critical_mass_has():
    """Half of 0.4 · 0.4 is missing: exactly, at most, or who knows."""
    exactly = Line(CriticalMass(0.4, 0.4, 0.4, 0.4)).shortfall(0.4)
    assert (exactly.low, exactly.value, exactly.high) == pytest.approx((0.08, 0.08, 0.08))
    at_most = Line(CriticalMass(0.4, 0.4, 0.0, 0.4, confidence=0.8)).shortfall(0.4)
    assert (at_most.low, at_most.value, at_most.high) == pytest.approx((0, 0.08, 0.08))
    assert at_most.confidence == 0.8
    open_ended = Line(CriticalMass(0.4, 0.4, 0.4, math.inf)).shortfall(0.4)
    assert (open_ended.low, open_ended.high) == (pytest.approx(0.08), math.inf)


def test_a_curve_reaches_its_target_with_the_confidence_of_its_critical_mass():
    curve = Line(CriticalMass(0.4, 0.4, 0.0, 0.4, confidence=0.8))
    assert [curve.probability(0.4, alpha) for alpha in (0.399, 0.4, 1.0)] == [0, 0.8, 0.8]


@dataclass(frozen=True)
class Known(FittedSuccess):
    """A fitted curve of which no more than the critical mass is known."""

    mass: CriticalMass
    confidence = 0.8
    largest = 1.0

    def success(self, alpha):
        return checked_shares(alpha)

    def critical_mass(self, target):
        return self.mass

    def band(self, alpha):
        return checked_shares(alpha), checked_shares(alpha)

    def misfit(self, outcomes):
        return {}


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_draws_of_a_critical_mass_have_the_ends_of_its_interval_as_quantiles(confidence):
    draws = Known(CriticalMass(0.9, 0.1, 0.02, 0.15, confidence)).critical_masses(0.9)
    tail = (1 - confidence) / 2
    found = np.quantile(draws, [tail, 0.5, 1 - tail])
    assert found == pytest.approx([0.02, 0.1, 0.15], rel=2e-3)
    assert len(draws) % 2  # the median is one of them


def test_draws_of_an_interval_with_an_open_end_are_half_of_them_there():
    for mass, expected in (
        (CriticalMass(0.9, 0.1, 0.05, math.inf, 0.9), {math.inf: 0.5}),
        (CriticalMass(0.9, 0.1, 0.0, 0.2, 0.9), {0.0: 0.5}),
        (CriticalMass(0.9, 0.0, 0.0, 0.2, 0.9), {0.0: 0.5, 0.2: 0.5}),
        (CriticalMass(0.9, math.nan, 0.3, math.inf, never=0.75), {0.3: 0.25, math.inf: 0.75}),
    ):
        draws = Known(mass).critical_masses(0.9)
        for value, share in expected.items():
            assert np.mean(draws == value) == pytest.approx(share, abs=1e-4)
        assert np.isnan(draws).sum() == 0


def test_draws_are_the_quantiles_of_two_half_normal_laws():
    """Of the logarithm; the median itself is the critical mass."""
    draws = np.sort(Known(CriticalMass(0.9, 0.1, 0.02, 0.15, 0.8)).critical_masses(0.9))
    assert draws[len(draws) // 2] == 0.1
    quarter, wide = norm.ppf(0.75), norm.ppf(0.9)
    found = np.quantile(draws, [0.25, 0.75])
    expected = 0.1 * np.array([0.2 ** (quarter / wide), 1.5 ** (quarter / wide)])
    assert found == pytest.approx(expected, rel=1e-3)


FALLS = PathCurve(np.array([0.0, 0.2, 0.4, 1.0]), np.array([0.1, 0.7, 0.3, 0.9]))


@pytest.mark.parametrize("target", [0.05, 0.2, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("upto", [0.05, 0.2, 0.3, 0.4, 0.9, 1.0])
def test_the_shortfall_along_a_path_is_its_integral(target, upto):
    """Also where the path dips below the target between two points, and ends above it."""
    expected = quad(
        lambda alpha: max(target - np.interp(alpha, FALLS.alphas, FALLS.values), 0),
        0, upto, points=[0.2, 0.4], limit=400, epsabs=1e-12,
    )[0]  # fmt: skip
    assert FALLS.area_below(target, upto) == pytest.approx(expected, abs=1e-9)


def test_a_target_that_is_reached_just_at_a_point_of_a_path_is_reached_there():
    path = PathCurve(np.array([0.0, 0.25, 0.5]), np.array([0.0, 0.5, 1.0]))
    assert path.critical_mass(0.5).alpha == pytest.approx(0.25, abs=1e-6)
    assert path.first_reached(0.5).alpha == pytest.approx(0.25, abs=1e-6)
    level = PathCurve(np.array([0.0, 0.25]), np.array([0.5, 0.5]))
    for mass in (level.critical_mass(0.5), level.first_reached(0.5)):
        assert (mass.alpha, mass.low, mass.high) == (0, 0, 0)
    everybody = PathCurve(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    assert everybody.critical_mass(1.0).alpha == pytest.approx(1)


@pytest.mark.parametrize("values", [[0.0, 1.0], [1.0, 0.0]])
def test_success_along_a_path_may_be_nothing_and_everything(values):
    assert PathCurve(np.array([0.0, 1.0]), np.array(values)).success(1.0) == values[-1]


@pytest.mark.parametrize("begins", [0.3, 1e-6, 1e-12])
def test_success_that_begins_with_a_jump_has_its_area(begins):
    """Nothing up to a share, ½ from there on: .9 is missing before, and .4 after."""
    found = area_below(lambda a: np.where(a >= begins, 0.5, 0.0), 0.9, 0.7)
    assert found == pytest.approx(0.9 * begins + 0.4 * (0.7 - begins), rel=1e-9)


def test_nothing_is_missing_up_to_nobody():
    assert area_below(lambda a: 0 * a, 0.9, 0.0) == 0


def test_a_bend_that_is_named_is_cut_at():
    """A peak between two shares that are named is seen, however narrow it is."""
    left, right = 0.3123456, 0.3123457
    peak = area_below(lambda a: 0.2 + 0.2 * ((a > left) & (a < right)), 0.5, 0.6, [left, right])
    assert peak == pytest.approx(0.3 * 0.6 - 0.2 * (right - left), rel=1e-12)
