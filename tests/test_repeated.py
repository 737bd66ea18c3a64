"""Success that is a number: critical masses of repetitions, and the interval for their mean."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from criticalmass import Outcome
from criticalmass.contracts import check_curve
from criticalmass.errors import ParameterError
from criticalmass.fitting import RepeatedCurve
from criticalmass.words.unreached import unreached

GRID = np.geomspace(0.005, 0.2, 8)


def steered(masses, grid=GRID, most=1.0):
    """Trials in which repetition r goes min(most, α / mass_r) of the way."""
    return [Outcome(float(a), min(most, a / mass), 1) for a in grid for mass in masses]


def smooth(rng, masses, target, noise=0.0, steep=2.0):
    """Trials that reach the target at their repetition's critical mass, on an S-shaped curve."""
    middle = math.log(target / (1 - target))
    return [
        Outcome(float(a), float(np.clip(success + noise * rng.normal(), 0, 1)), 1)
        for a in GRID
        for success in expit(middle + steep * np.log(a / np.asarray(masses)))
    ]


def test_repeated_curves_keep_their_contract():
    check_curve(RepeatedCurve.fit(steered([0.03, 0.04, 0.05])))
    check_curve(RepeatedCurve.fit(steered([0.03, 0.04, 0.05], most=0.6)))
    check_curve(RepeatedCurve.fit([Outcome(0.0, 0.3, 1), *steered([0.001, 0.1, 0.3])]))
    check_curve(RepeatedCurve.fit(smooth(np.random.default_rng(0), [0.01, 0.05], 0.9, 0.1)))


def test_critical_masses_are_found_where_success_is_straight_in_log_alpha():
    masses = np.array([0.02, 0.03, 0.05])
    trials = [
        Outcome(float(a), float(np.clip(0.8 + 0.2 * np.log(a / m), 0, 1)), 1)
        for a in np.geomspace(0.001, 0.2, 400)
        for m in masses
    ]
    mass = RepeatedCurve.fit(trials).critical_mass(0.8)
    assert mass.alpha == pytest.approx(math.exp(np.log(masses).mean()), rel=1e-3)
    scale = np.log(masses).std(ddof=1) / math.sqrt(3)
    assert mass.low == pytest.approx(mass.alpha * math.exp(-4.3027 * scale), rel=1e-2)
    assert mass.high == pytest.approx(mass.alpha * math.exp(4.3027 * scale), rel=1e-2)


def test_too_little_is_refused():
    message = "two shares or more, each tried at least twice"
    with pytest.raises(ParameterError, match=message):
        RepeatedCurve.fit(steered([0.03, 0.04], grid=[0.01]))
    with pytest.raises(ParameterError, match=message):
        RepeatedCurve.fit(steered([0.03]))
    with pytest.raises(ParameterError, match=message):
        RepeatedCurve.fit([Outcome(0.0, 0.0, 1), Outcome(0.0, 0.0, 1)])
    with pytest.raises(ParameterError, match=message):
        RepeatedCurve.fit([])
    with pytest.raises(ParameterError, match=message):
        RepeatedCurve(np.array([0.1, 0.2]), np.array([0.0, 1.0]))


def test_trials_that_make_no_curve_are_refused():
    alphas, values = np.array([0.1, 0.2]), np.array([[0.0, 1.0], [0.1, 0.9]])
    with pytest.raises(ParameterError, match="ascending shares"):
        RepeatedCurve(alphas[::-1], values)
    with pytest.raises(ParameterError, match="do not decrease"):
        RepeatedCurve(alphas, values[:, ::-1])
    with pytest.raises(ParameterError, match="rates"):
        RepeatedCurve(alphas, 2 * values)
    with pytest.raises(ParameterError, match=r"alpha is a share.*not 0"):
        RepeatedCurve(alphas, values, largest=0.0)
    with pytest.raises(ParameterError, match="between 0 and 1, not 1"):
        RepeatedCurve(alphas, values).critical_mass(1.0)


def test_a_target_that_is_never_reached():
    mass = RepeatedCurve.fit(steered([0.3, 0.4, 0.5])).critical_mass(0.9)
    assert not mass.reached
    assert mass.never == 1
    assert mass.high == math.inf
    assert mass.low == 0  # three might all have failed by chance
    assert "below 0.9" in unreached(mass.reason)
    assert mass.people(1000) == (None, 0, None)
    many = RepeatedCurve.fit(steered(np.linspace(0.3, 0.5, 6))).critical_mass(0.9)
    assert many.people(1000) == (None, 200, None)


def test_a_target_that_some_repetitions_reach():
    """The interval is open above, and begins lower than without the one that failed."""
    mass = RepeatedCurve.fit(steered([0.03, 0.04, 0.5])).critical_mass(0.9)
    assert mass.never == pytest.approx(1 / 3)
    assert mass.high == math.inf
    assert mass.low < mass.alpha
    assert mass.alpha == pytest.approx(0.9 * math.sqrt(0.03 * 0.04), rel=0.15)
    fewer = RepeatedCurve.fit(steered([0.03, 0.5])).critical_mass(0.9)
    assert fewer.never == 0.5
    assert fewer.high == math.inf
    assert fewer.low < 0.1 * fewer.alpha  # one that did is no certainty
    most = RepeatedCurve.fit(steered([0.03, 0.5, 0.5])).critical_mass(0.9)
    assert not most.reached
    assert 0 < most.low < 0.03 * 0.9


def test_a_target_that_is_reached_at_once():
    """Where the smallest share tried is enough, fewer might be; with nobody at all, none is."""
    mass = RepeatedCurve.fit(steered([0.001, 0.001])).critical_mass(0.9)
    assert (mass.low, mass.alpha) == (0.0, pytest.approx(GRID[0]))
    mass = RepeatedCurve.fit(steered([0.001, 0.03, 0.04])).critical_mass(0.9)
    assert mass.low == 0 < mass.alpha
    reference = [Outcome(0.0, 0.95, 1), Outcome(0.0, 0.9, 1)]
    mass = RepeatedCurve.fit([*reference, *steered([0.03, 0.04])]).critical_mass(0.9)
    assert (mass.low, mass.alpha, mass.high) == (0.0, 0.0, 0.0)


def test_no_more_join_than_can_be_recruited():
    """Two repetitions that differ tell little: the end is not beyond everybody."""
    trials = steered([0.01, 0.15])
    assert RepeatedCurve.fit(trials).critical_mass(0.9).high == math.inf
    narrow = steered([0.05, 0.051])
    high = RepeatedCurve.fit(narrow).critical_mass(0.9).high
    assert GRID[5] < high < 1.2 * GRID[5]
    assert RepeatedCurve.fit(narrow, largest=0.98 * high).critical_mass(0.9).high == math.inf


def test_repetitions_that_agree_leave_the_sizes_between():
    """Trials at 40 and 80 people cannot tell that it takes 67; one repetition like another."""
    trials = [Outcome(a, s, 1) for a, s in ((0.04, 0.5), (0.08, 1.0)) for _ in range(3)]
    mass = RepeatedCurve.fit(trials).critical_mass(0.9)
    assert mass.people(1000) == (70, 40, 80)
    at_a_share = RepeatedCurve.fit(trials).critical_mass(0.5)
    assert at_a_share.people(1000) == (40, 0, 40)  # 40 are enough; whether fewer are, nobody knows


@given(
    st.lists(
        st.lists(st.floats(0, 1), min_size=len(GRID), max_size=len(GRID)), min_size=2, max_size=4
    ),
    st.floats(0.05, 0.95),
)
@settings(max_examples=60, deadline=None)
def test_success_is_monotone(values, target):
    """Whatever the trials were; and fewer reach less."""
    trials = [Outcome(float(a), v, 1) for row in values for a, v in zip(GRID, row, strict=True)]
    curve = RepeatedCurve.fit(trials)
    at = np.geomspace(1e-4, 1, 300)
    success, (low, high) = curve.success(at), curve.band(at)
    assert (np.diff(success) >= -1e-12).all()
    assert (low <= success + 1e-12).all()
    assert (success <= high + 1e-12).all()
    mass, more = curve.critical_mass(target), curve.critical_mass(min(0.99, target + 0.1))
    assert more.never >= mass.never
    if mass.reached:
        assert mass.low <= mass.alpha <= mass.high
    for share, *tried in zip(GRID[::-1], *(row[::-1] for row in values), strict=True):
        if min(tried) < target:
            break
        assert mass.low <= share  # who says that so many are enough is not contradicted
    if mass.never == more.never == 0:
        assert more.alpha >= mass.alpha * (1 - 1e-12)


@pytest.mark.parametrize(
    ("median", "spread", "noise", "steep"),
    [
        (0.03, 0.2, 0.0, 2.0),
        (0.03, 0.5, 0.02, 2.0),
        (0.15, 0.5, 0.0, 2.0),  # a third do not get there
        (0.025, 0.1, 0.0, 20.0),  # nearly steps, around a share that is tried
        (0.03, 0.02, 0.0, 200.0),  # all between the same two
    ],
)
def test_intervals_hold_the_mean_log_critical_mass(median, spread, noise, steep):
    """200 studies of 3 repetitions at 8 shares."""
    held, answered = coverage(200, median, spread, noise, steep)
    assert held >= 0.95
    assert answered >= (0.75 if median > 0.1 else 1)


def test_steps_just_beyond_a_share_that_was_tried_are_the_worst():
    """All three repetitions may be on one side of it, and nothing tells."""
    held, _ = coverage(400, median=0.025, spread=0.2, noise=0.0, steep=500.0)
    assert 0.89 < held < 0.95


def coverage(studies, median, spread, noise, steep):
    """Return how many studies hold the median critical mass, and how many give a number."""
    rng = np.random.default_rng(0)
    held = answered = 0
    for _ in range(studies):
        masses = np.exp(rng.normal(math.log(median), spread, size=3))
        mass = RepeatedCurve.fit(smooth(rng, masses, 0.8, noise, steep)).critical_mass(0.8)
        answered += mass.reached
        held += mass.low <= median <= mass.high
    return held / studies, answered / studies
