"""The ratio of two critical masses: its interval, and when it says which takes fewer."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, ttest_ind

from criticalmass import Outcome
from criticalmass.arrays import Array
from criticalmass.curves import CriticalMass, FittedSuccess
from criticalmass.errors import ParameterError
from criticalmass.fitting import FittedCurve, RepeatedCurve, ratio
from criticalmass.fitting.comparing import Verdict, stretched

Z = norm.ppf(0.975)


@dataclass(frozen=True, eq=False)
class Known(FittedSuccess):
    """A curve of which nothing is known but its critical mass; draws of its own, if any."""

    mass: CriticalMass
    draws: Array | None = None
    largest: float = 1.0
    confidence: float = 0.95

    def success(self, alpha):
        raise NotImplementedError

    def band(self, alpha):
        raise NotImplementedError

    def misfit(self, outcomes):
        return {}

    def critical_mass(self, target):
        return self.mass

    def critical_masses(self, target):
        return super().critical_masses(target) if self.draws is None else self.draws


def lognormal(middle, spread, widened=1.0):
    """A curve whose critical mass is lognormal, its interval as wide in logs as is said."""
    draws = np.random.default_rng(1).lognormal(math.log(middle), spread, 20_001)
    span = math.exp(Z * spread * widened)
    return Known(CriticalMass(0.9, middle, middle / span, middle * span, 0.95), draws)


def interval(low, alpha, high, never=0.0):
    return Known(CriticalMass(0.9, alpha, low, high, 0.95, never))


NEVER = Known(CriticalMass.unreached(0.9, "why", never=0.99, confidence=0.95))
NOBODY = interval(0.0, 0.0, 0.0)


def test_a_posterior_s_draws_have_the_median_and_the_interval_of_its_critical_mass():
    outcomes = [
        Outcome(a, round(1000 / (1 + (0.004 / a) ** 2)), 1000)
        for a in (0.001, 0.005, 0.02, 0.1)
        for _ in range(3)
    ]
    curve = FittedCurve.fit(outcomes)
    masses, mass = curve.critical_masses(0.8), curve.critical_mass(0.8)
    assert masses.shape == (len(curve.parameters),)
    assert np.median(masses) == pytest.approx(mass.alpha, rel=1e-3)
    for alpha in (0.007, 0.008, 0.009):
        assert (masses <= alpha).mean() == curve.probability(0.8, alpha)
    with pytest.raises(ParameterError, match="between 0 and 1"):
        curve.critical_masses(1.2)


def test_repetitions_have_the_draws_of_their_interval():
    masses = np.array([0.02, 0.03, 0.05])
    trials = [
        Outcome(float(a), float(np.clip(0.8 + 0.2 * np.log(a / m), 0, 1)), 1)
        for a in np.geomspace(0.001, 0.2, 100)
        for m in masses
    ]
    curve = RepeatedCurve.fit(trials)
    mass = curve.critical_mass(0.8)
    draws = curve.critical_masses(0.8)
    ends = np.quantile(draws, [0.025, 0.5, 0.975])
    assert ends == pytest.approx([mass.low, mass.alpha, mass.high], rel=1e-3)


def test_the_ratio_of_two_lognormal_masses_is_lognormal():
    found = ratio(lognormal(0.02, 0.2), lognormal(0.01, 0.1), 0.9)
    half = Z * math.hypot(0.2, 0.1)
    assert found.value == pytest.approx(2)
    assert found.low == pytest.approx(2 * math.exp(-half), rel=0.015)
    assert found.high == pytest.approx(2 * math.exp(half), rel=0.015)
    assert found.verdict is Verdict.MORE
    assert found.fewer == pytest.approx(norm.cdf(-math.log(2) / math.hypot(0.2, 0.1)), abs=0.002)
    assert found.fewer + found.more == 1


def test_an_interval_that_is_wider_than_the_draws_widens_the_ratio_as_much():
    narrow = ratio(lognormal(0.02, 0.2), lognormal(0.01, 0.1), 0.9)
    wide = ratio(lognormal(0.02, 0.2, widened=2), lognormal(0.01, 0.1), 0.9)
    assert narrow.settled
    assert not wide.settled
    assert wide.low == pytest.approx(2 * math.exp(-Z * math.hypot(0.4, 0.1)), rel=0.015)


def test_the_first_to_the_second_is_one_over_the_second_to_the_first():
    one, other = lognormal(0.02, 0.2), lognormal(0.013, 0.3)
    there, back = ratio(one, other, 0.9).inverse(), ratio(other, one, 0.9)
    assert there.verdict is back.verdict
    for name in ("value", "low", "high", "fewer", "more"):
        assert getattr(there, name) == pytest.approx(getattr(back, name), abs=0.01)


def test_repetitions_compare_as_welch_s_test_has_it():
    rng = np.random.default_rng(0)
    logs = [rng.normal(math.log(middle), 0.2, 8) for middle in (0.02, 0.05)]
    curves = [
        RepeatedCurve.fit(
            Outcome(float(a), float(np.clip(0.8 + 0.2 * (np.log(a) - m), 0, 1)), 1)
            for a in np.geomspace(0.001, 0.4, 200)
            for m in some
        )
        for some in logs
    ]
    found = ratio(*curves, 0.8)
    low, high = np.exp(ttest_ind(*logs, equal_var=False).confidence_interval())
    assert found.low == pytest.approx(low, rel=0.1)
    assert found.high == pytest.approx(high, rel=0.1)


def test_whole_people_are_compared_where_there_are_few():
    one, other = interval(0.00002, 0.00004, 0.00009), interval(0.00001, 0.00002, 0.00003)
    assert ratio(one, other, 0.9).value == pytest.approx(2)
    found = ratio(one, other, 0.9, size=10_000)  # either is one person
    assert (found.value, found.low, found.high) == (1, 1, 1)
    assert found.verdict is Verdict.SAME
    assert found.fewer + found.more < 0.05


@pytest.mark.parametrize(
    ("one", "other", "verdict", "low", "high"),
    [
        (interval(0.01, 0.02, 0.03), NEVER, Verdict.ONE_NOT_REACHED, 0.0, 0.0),
        (NEVER, interval(0.01, 0.02, 0.03), Verdict.ONE_NOT_REACHED, math.inf, math.inf),
        (NEVER, NEVER, Verdict.NEITHER_REACHED, 0.0, math.inf),
        (NOBODY, NOBODY, Verdict.NOBODY_NEEDED, 1.0, 1.0),
        (NOBODY, interval(0.01, 0.02, 0.03), Verdict.FEWER, 0.0, 0.0),
        (interval(0.01, 0.02, 0.03), NOBODY, Verdict.MORE, math.inf, math.inf),
    ],
    ids=["second never", "first never", "both never", "both nobody", "nobody first", "nobody last"],
)
def test_what_has_no_ratio_says_why(one, other, verdict, low, high):
    found = ratio(one, other, 0.9)
    assert found.verdict is verdict
    assert math.isnan(found.value) == ("REACHED" in verdict.name)
    assert (found.low, found.high) == (low, high)


def test_one_that_may_be_never_reached_takes_more_than_its_lower_end():
    never = Known(CriticalMass.unreached(0.9, "why", low=0.1, never=0.9, confidence=0.95))
    found = ratio(never, interval(0.02, 0.02, 0.02), 0.9)
    assert found.verdict is Verdict.ONE_NOT_REACHED
    assert (found.low, found.high) == (pytest.approx(5), math.inf)
    assert found.more == 1


def test_an_end_that_is_not_known_leaves_the_ratio_open_there():
    known = lognormal(0.02, 0.1)
    open_above, open_below = interval(0.01, 0.02, math.inf), interval(0.0, 0.02, 0.03)
    assert ratio(open_above, known, 0.9).high == math.inf
    assert ratio(known, open_above, 0.9).low == 0
    assert ratio(open_below, known, 0.9).low == 0
    for other in (open_above, open_below):
        assert ratio(known, other, 0.9).verdict is Verdict.OPEN


def test_intervals_of_different_confidence_are_refused():
    other = Known(CriticalMass(0.9, 0.02, 0.01, 0.03, 0.8), confidence=0.8)
    with pytest.raises(ParameterError, match="fit both with one confidence"):
        ratio(interval(0.01, 0.02, 0.03), other, 0.9)
    with pytest.raises(ParameterError, match="at least 1, not 0"):
        ratio(NOBODY, NOBODY, 0.9, size=0)


@given(
    st.lists(st.floats(1e-6, 1), min_size=41, max_size=200),
    st.floats(1, 5),
    st.floats(1, 5),
)
def test_stretched_draws_have_the_interval_s_ends_in_their_old_order(draws, below, above):
    draws = np.array(draws)
    ends = np.sort(draws)[[math.ceil(q * len(draws)) - 1 for q in (0.025, 0.5, 1 - 0.025)]]
    low, middle, high = ends
    mass = CriticalMass(0.9, middle, low / below, high * above, 0.95)
    wide = stretched(draws, mass)
    assert (wide <= mass.low * (1 + 1e-9)).mean() >= 0.025
    assert (wide >= mass.high * (1 - 1e-9)).mean() >= 0.025 - 1 / len(draws)
    assert np.median(wide) == pytest.approx(np.median(draws), rel=0.5)
    order = np.argsort(draws, kind="stable")
    assert (np.diff(wide[order]) >= -1e-12).all()


def test_draws_that_never_reach_the_target_stay_so_when_the_others_are_stretched():
    draws = np.array([0.0] * 2 + [0.01] * 30 + [0.02] * 37 + [0.03] * 30 + [math.inf])
    wide = stretched(draws, CriticalMass(0.9, 0.02, 0.005, 0.06, 0.95))
    assert wide[:2].tolist() == [0, 0]
    assert wide[2:32] == pytest.approx(0.005)
    assert wide[32:69] == pytest.approx(0.02)
    assert wide[69:99] == pytest.approx(0.06)
    assert wide[99] == math.inf


def test_where_the_median_is_0_or_never_the_tail_lies_no_nearer_than_the_interval_s_end():
    wide = np.sort(stretched(np.zeros(101), CriticalMass(0.9, 0.0, 0.0, 0.001, 0.95)))
    assert wide[:98].tolist() == [0] * 98
    assert wide[98:] == pytest.approx(0.001)
    mass = CriticalMass.unreached(0.9, "why", low=0.2, never=0.9, confidence=0.95)
    wide = np.sort(stretched(np.full(101, math.inf), mass))
    assert wide[:3] == pytest.approx(0.2)
    assert np.isinf(wide[3:]).all()


def test_draws_that_are_all_alike_lie_at_the_interval_s_ends():
    wide = np.sort(stretched(np.full(101, 0.02), CriticalMass(0.9, 0.02, 0.01, 0.03, 0.95)))
    assert wide == pytest.approx(np.repeat([0.01, 0.02, 0.03], [50, 1, 50]))


def test_as_many_draws_are_never_reached_as_the_curve_says():
    mass = CriticalMass.unreached(0.9, "why", low=0.2, never=0.9, confidence=0.95)
    draws = Known(mass).critical_masses(0.9)
    assert np.isinf(draws).mean() == pytest.approx(0.9, abs=1e-3)
    assert set(draws[np.isfinite(draws)]) == {0.2}
