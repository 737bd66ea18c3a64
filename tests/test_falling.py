"""Success that falls again, and what lies between two sizes that were tried."""

import math

import numpy as np
import pytest
from scipy.special import expit
from sklearn.isotonic import isotonic_regression

from criticalmass import Outcome
from criticalmass.fitting import FittedCurve
from criticalmass.fitting.falling import _errors, before_fall, crossing, find_fall, trials_near
from criticalmass.measures.fitting import fit_rising
from criticalmass.words.unreached import unreached

HOOK = {0.001: 5, 0.002: 60, 0.005: 195, 0.01: 198, 0.02: 120, 0.05: 20}


def trials(successes, n=200, times=2):
    return [Outcome(alpha, k, n) for alpha, k in successes.items()] * times


def brute_force(means, times):
    """The least squares of values that rise to any one place and fall from there on."""
    best = math.inf
    for peak in range(len(means)):
        up = isotonic_regression(means[: peak + 1], sample_weight=times[: peak + 1])
        down = means[peak + 1 :]
        if len(down):
            down = isotonic_regression(down, sample_weight=times[peak + 1 :], increasing=False)
        best = min(best, float(times @ (means - np.concatenate([up, down])) ** 2))
    return best


def test_squares_left_by_rising_values_are_those_of_isotonic_regression():
    rng = np.random.default_rng(0)
    for _ in range(100):
        count = rng.integers(1, 25)
        means, times = rng.random(count), rng.integers(1, 5, count).astype(float)
        left = [
            times[:k] @ (isotonic_regression(means[:k], sample_weight=times[:k]) - means[:k]) ** 2
            for k in range(1, count + 1)
        ]
        assert _errors(means, times) == pytest.approx(left, abs=1e-12)
        falling = np.append(_errors(means[::-1], times[::-1])[::-1][1:], 0)
        assert min(_errors(means, times) + falling) == pytest.approx(brute_force(means, times))


def test_a_target_that_is_lost_again_has_no_critical_mass_but_a_smallest_size_that_reaches_it():
    curve = FittedCurve.fit(trials(HOOK))
    mass = curve.critical_mass(0.9)
    assert not mass.reached
    assert (
        unreached(mass.reason)
        == "it is reached with alpha = 0.005 to 0.01, and lost again with 0.02 and more"
    )
    assert mass.people(1000) == (None, None, None)
    assert not curve.in_most_trainings(0.9).reached
    first = curve.first_reached(0.9)
    assert 0.002 <= first.low < first.alpha <= 0.005 <= first.high <= 0.01
    rising, fall = fit_rising(trials(HOOK), "included", 1.0, target=0.9)
    assert fall.reached == (0.005, 0.01)
    assert fall.lost == 0.02
    smallest = rising.critical_mass(0.9)
    assert 0.002 <= smallest.low < smallest.alpha <= 0.005 <= smallest.high <= 0.01
    assert max(outcome.alpha for outcome in before_fall(trials(HOOK), fall)) == 0.01


def test_a_fall_that_stays_above_the_target_does_not_matter():
    assert find_fall(trials(HOOK), 0.05) is None
    assert find_fall(trials({0.01: 20, 0.02: 199, 0.04: 190, 0.08: 185}, times=5), 0.9) is None


def test_success_that_falls_from_the_beginning():
    data = trials({0: 190, 0.05: 170, 0.1: 140, 0.2: 80, 0.3: 20}, times=3)
    fall = find_fall(data, 0.9)
    assert fall.reached == (0, 0)
    assert fall.lost == 0.05
    assert find_fall(data, 0.99).reached is None
    assert find_fall(data, 0.99).best == 0


def test_trials_that_rise_are_hardly_ever_taken_for_a_fall():
    """All or nothing, they look most like one."""
    alarms = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        width, midpoint = np.exp(rng.uniform(-2, 0)), rng.uniform(-6, -3)
        near = midpoint + width * 2.2 + 0.3 * rng.normal(size=32)
        shares = np.concatenate([np.geomspace(0.0005, 0.1, 8), np.exp(np.minimum(near, 0))])
        chance = 0.02 + 0.97 * expit((np.log(shares) - midpoint) / width)
        wins = rng.random(len(shares)) < chance
        data = [Outcome(0.0, 4, 200)]
        data += [Outcome(a, 196 * w + 2, 200) for a, w in zip(shares.tolist(), wins, strict=True)]
        alarms += find_fall(data, 0.9) is not None
    assert alarms <= 6


@pytest.mark.parametrize("late", [2, 3, 9])
def test_success_that_is_filtered_is_seen_to_fall(late):
    seen = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        early, beyond = np.exp(rng.uniform(-5.5, -3, 26)), np.geomspace(0.1, 0.3, late)
        shares = np.concatenate([early, beyond])
        mean = np.where(shares < 0.07, 0.02 + 0.96 * expit((np.log(shares) + 4.3) / 0.15), 0.02)
        rates = rng.beta(9 * mean, 9 * (1 - mean))
        data = [
            Outcome(a, round(500 * r), 500) for a, r in zip(shares.tolist(), rates, strict=True)
        ]
        seen += find_fall(data, 0.9) is not None
    assert seen >= 58


def test_the_interval_reaches_across_what_was_not_tried():
    """Success .21 with 48 people and 1.00 with 90: anything between may be the truth."""
    data = [Outcome(m / 1000, k, 1000) for m, k in ((12, 20), (24, 50), (48, 210), (90, 1000))] * 3
    data += [Outcome(m / 1000, 1000, 1000) for m in (170, 320)] * 3
    assert crossing(data, 0.9) == (0.048, 0.09)
    curve = FittedCurve.fit(data)
    mass = curve.critical_mass(0.9)
    assert mass.low <= 0.048
    assert mass.high >= 0.09
    masses = curve.critical_masses(0.9)
    assert np.quantile(masses, [0.025, 0.975]) == pytest.approx([mass.low, mass.high], rel=0.02)
    assert curve.probability(0.9, 0.07) < 0.95


def test_nothing_smaller_is_promised_than_the_smallest_size_tried():
    data = [Outcome(m / 1000, k, 1000) for m, k in ((12, 960), (24, 985), (48, 990), (90, 995))] * 3
    mass = FittedCurve.fit([Outcome(0.0, 50, 1000), *data]).critical_mass(0.9)
    assert mass.low == 0
    assert mass.alpha == 0.012
    assert mass.high >= 0.012


def test_that_nobody_is_needed_has_an_interval():
    data = [Outcome(a, k, 100) for a, k in ((0.0, 91), (0.01, 90), (0.02, 93), (0.05, 97))] * 4
    mass = FittedCurve.fit(data).critical_mass(0.9)
    assert mass.low == 0
    assert mass.high > 0


def test_where_everybody_reports_the_target_success_is_certain_in_the_end():
    """It takes 75 %: trials that end at a half must not say that nobody ever gets there."""
    data = [Outcome(a, k, 500) for a, k in ((0.05, 10), (0.1, 12), (0.2, 15), (0.5, 20))] * 4
    assert FittedCurve.fit(data).critical_mass(0.9).never > 0.5
    mass = FittedCurve.fit(data, certain=1.0).critical_mass(0.9)
    assert mass.never == 0
    assert 0.5 <= mass.low <= mass.alpha <= mass.high == 1


def test_only_the_trials_near_the_crossing_decide():
    """Success that rises ever faster, as that of naive Bayes does, is no S in ln α."""
    rng = np.random.default_rng(0)

    def trial(alpha):
        rate = expit(-1.9 + 45 * alpha + 0.1 * rng.normal()) if alpha else 0.13
        return Outcome(alpha, int(rng.binomial(4000, rate)), 4000)

    truth = (math.log(9) + 1.9) / 45
    far = np.geomspace(0.0005, 0.04, 8)
    near = truth * np.exp(0.25 * rng.normal(size=24))
    data = [trial(alpha) for alpha in (0.0, *far, *near)]
    curve = FittedCurve.fit(data)
    assert len(trials_near(data, 0.9)) < 30
    assert curve.critical_mass(0.9).alpha == pytest.approx(truth, rel=0.03)
    assert curve.near(0.9) is curve.near(0.9)
    assert curve.near(0.9).near(0.5) is curve.near(0.9)


def test_a_single_training_needs_more_people_than_their_average():
    """Against trainings that are simulated: nine in ten of them reach the target there."""
    shift, width, midpoint = 0.3, 0.25, math.log(0.02)

    def rates(alpha, count, rng):
        return expit((math.log(alpha) + shift * rng.normal(size=count) - midpoint) / width)

    rng = np.random.default_rng(0)
    shares = np.tile(np.geomspace(0.004, 0.1, 16), 6).tolist()
    data = [Outcome(a, int(rng.binomial(4000, rates(a, 1, rng)[0])), 4000) for a in shares]
    curve = FittedCurve.fit(data)
    most = curve.in_most_trainings(0.9)
    assert most.low < math.exp(midpoint + width * math.log(9) + 1.2816 * shift) < most.high
    assert np.mean(rates(most.alpha, 4000, rng) >= 0.9) == pytest.approx(0.9, abs=0.06)
    assert most.alpha > curve.critical_mass(0.9).alpha
    assert curve.in_most_trainings(0.9, 0.5).alpha < most.alpha


@pytest.mark.parametrize(("rate", "words"), [(0, "near 0"), (100, "near 0.5")])
def test_where_a_curve_levels_off_is_what_the_trials_say(rate, words):
    shares = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05] * 2
    curve = FittedCurve.fit(Outcome(a, rate, 200) for a in shares)
    assert unreached(curve.critical_mass(0.9).reason) == f"the curve levels off {words}"
    assert not curve.still_rises


def test_trials_that_all_succeed_tell_of_a_plateau_though_others_succeed_in_part():
    """A stump's: nine trials of every record leave no doubt that such sizes are enough."""
    rates = {15: (0, 0, 0), 27: (0, 0, 0), 52: (0, 0.408, 0.408)}
    rates |= dict.fromkeys((98, 203, 384), (1.0, 1.0, 1.0))
    data = [
        Outcome(people / 1000, round(1000 * rate), 1000)
        for people, some in rates.items()
        for rate in some
    ]
    mass = FittedCurve.fit([Outcome(0.0, 0, 1000), *data]).critical_mass(0.9)
    assert mass.never < 0.001
    assert mass.high < 0.203
