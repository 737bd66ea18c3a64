import math

import pytest

from criticalmass import CriticalMass, FittedCurve, Outcome, ParameterError, SigmoidCurve


def test_people_are_rounded_up():
    mass = CriticalMass(0.9, alpha=0.00101, low=0.001, high=0.0011, confidence=0.95)
    assert mass.people(10_000) == (11, 10, 11)
    assert mass.is_whole(10_000)
    assert not mass.is_whole(1_000_000)
    assert mass.reached


def test_what_is_not_reached_has_no_head_count():
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
def test_bad_input(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


def test_sigmoid_of_flat_trials_reaches_nothing_without_overflow():
    data = [
        Outcome(a, k, 50) for a, k in zip((0.01, 0.02, 0.05, 0.1), (35, 33, 38, 35), strict=True)
    ]
    mass = SigmoidCurve.fit(data).critical_mass(0.99)
    assert not mass.reached
