import math

import numpy as np
import pytest

from criticalmass import CriticalMass, Outcome
from criticalmass.contracts import check_curve
from criticalmass.curves import Shortfall, SuccessCurve, as_curve
from criticalmass.curves.curve import checked_shares, checked_target, probability, shortfall
from criticalmass.curves.shortfall import area_below
from criticalmass.errors import ParameterError
from criticalmass.fitting import FittedCurve, SigmoidCurve
from criticalmass.incentives import PartlyActing


def test_people_are_rounded_up():
    mass = CriticalMass(0.9, alpha=0.00101, low=0.001, high=0.0011, confidence=0.95)
    assert mass.people(10_000) == (11, 10, 11)
    assert mass.is_whole(10_000)
    assert not mass.is_whole(1_000_000)
    assert mass.reached


@pytest.mark.parametrize(
    ("low", "high", "within"),
    [(0.09, 0.11, True), (0.05, 0.11, False), (0.09, 0.2, False), (0.05, 0.2, False)],
)
def test_an_interval_is_narrow_if_both_of_its_ends_are_near(low, high, within):
    assert CriticalMass(0.9, 0.1, low, high).within(0.2) == within


def test_a_target_that_is_not_reached_has_no_head_count():
    mass = CriticalMass(0.9, math.nan, 0.01, math.inf, never=0.7, reason="levels off")
    assert mass.people(1000) == (None, 10, None)
    assert not mass.is_whole(1000)
    assert not mass.reached


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Outcome(1.2, 1, 2), "0 ≤ alpha ≤ 1"),
        (lambda: Outcome(0.1, 3, 2), "successes ≤ n"),
        (lambda: Outcome(0.1, 0, 0), "n=0"),
        (lambda: Outcome(0.1, 0.94, 300), "how many of the 300 test records, not 0.94"),
        (lambda: FittedCurve.fit([]), "two or more different shares"),
        (lambda: FittedCurve.fit([Outcome(0, 1, 2), Outcome(0.1, 1, 2)]), "two or more"),
        (
            lambda: FittedCurve.fit([Outcome(0.2, 1, 2), Outcome(0.1, 1, 2)], confidence=1),
            "confidence is between 0 and 1",
        ),
        (
            lambda: FittedCurve.fit([Outcome(0.2, 1, 2), Outcome(0.1, 1, 2)], largest=0),
            "in \\(0, 1\\]",
        ),
        (lambda: SigmoidCurve.fit([Outcome(0.2, 1, 2), Outcome(0.1, 1, 2)]), "three or more"),
    ],
)
def test_impossible_values_are_refused(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


def test_sigmoid_of_flat_trials_reaches_nothing_without_overflow():
    data = [
        Outcome(a, k, 50) for a, k in zip((0.01, 0.02, 0.05, 0.1), (35, 33, 38, 35), strict=True)
    ]
    mass = SigmoidCurve.fit(data).critical_mass(0.99)
    assert not mass.reached


class Straight:
    """A curve of somebody's own, which inherits from nothing."""

    def success(self, alpha):
        return checked_shares(alpha)

    def critical_mass(self, target):
        return CriticalMass.exactly(target, checked_target(target))


class Doubtful(Straight):
    """Another one, which knows more than it must."""

    def probability(self, target, alpha):
        return 0.3

    def shortfall(self, target):
        return Shortfall(target, 0.2, 0.1, 0.4, 0.5)


def test_a_curve_of_ones_own_needs_success_and_critical_mass_alone():
    check_curve(Straight())
    assert [probability(Straight(), 0.5, alpha) for alpha in (0.4, 0.5)] == [0, 1]
    area = shortfall(Straight(), 0.5)
    assert (area.low, area.high) == (area.value, area.value)
    assert area.value == pytest.approx(0.125)
    curve = as_curve(Straight())
    assert isinstance(curve, SuccessCurve)
    assert as_curve(curve) is curve
    check_curve(curve)
    half = PartlyActing(Straight(), inactive=0.5)
    assert half.critical_mass(0.25).alpha == 0.5
    assert half.shortfall(0.25).value == pytest.approx(2 * shortfall(Straight(), 0.25).value)


def test_a_curve_of_ones_own_uses_what_it_knows_better():
    assert probability(Doubtful(), 0.5, 0.9) == 0.3
    assert shortfall(Doubtful(), 0.5) == Shortfall(0.5, 0.2, 0.1, 0.4, 0.5)
    assert PartlyActing(Doubtful(), 0.5).probability(0.5, 0.9) == 0.3


def test_a_success_curve_without_a_critical_mass_cannot_be_made():
    class Half(SuccessCurve):
        def success(self, alpha):
            return checked_shares(alpha)

    with pytest.raises(TypeError, match="critical_mass"):
        Half()


def test_nothing_is_known_of_the_area_below_what_nobody_reaches():
    area = Shortfall.unreached(CriticalMass.unreached(0.9, "why", low=0.2, confidence=0.95))
    assert (area.target, area.low, area.high, area.confidence) == (0.9, 0.0, np.inf, 0.95)
    assert np.isnan(area.value)


@pytest.mark.parametrize("upto", [0.2, 2e-8])
@pytest.mark.parametrize("last", [1e-2, 1e-4, 1e-6])
def test_a_rise_just_below_the_critical_mass_has_its_area(last, upto):
    """Success is .1, and rises straight to the target of .5 in a last small part."""
    found = area_below(lambda a: np.maximum(0.1, 0.5 - 0.4 * (upto - a) / (upto * last)), 0.5, upto)
    assert found == pytest.approx(0.4 * upto * (1 - last / 2), rel=1e-9)


def test_everybody_may_join_and_nobody_succeed():
    everybody, nobody = Outcome(1.0, 3, 3), Outcome(0.0, 0, 3)
    assert (everybody.alpha, everybody.rate, nobody.alpha, nobody.rate) == (1, 1, 0, 0)
    for alpha, successes, n in ((1.1, 1, 2), (-0.1, 1, 2), (0.5, 3, 2), (0.5, -1, 2), (0.5, 0, 0)):
        with pytest.raises(ParameterError):
            Outcome(alpha, successes, n)
