"""Bounds and curves of steering: what they promise is what they answer, at 1 and in the corners."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from criticalmass.contracts import check_curve
from criticalmass.curves import PathCurve
from criticalmass.errors import ParameterError
from criticalmass.theory import GradientNeutralizingBound, UtilityBound
from criticalmass.words.unreached import unreached

INF = math.inf
TARGETS = st.one_of(st.just(1.0), st.floats(0.01, 1.0))
SIZES = st.floats(1e-3, 1e3)
PATH = PathCurve(np.array([0.0, 0.1, 0.2, 0.3]), np.array([0.0, 0.8, 0.2, 1.0]))


@pytest.mark.parametrize(
    "curve",
    [
        GradientNeutralizingBound(0.01, 0.99, 0.02, 1.0),
        GradientNeutralizingBound(0.01, 0.99, 0.0, 1.0),
        GradientNeutralizingBound(0.01, INF, 0.02, 1.0),
        GradientNeutralizingBound(0.01, 0.5, 0.02, 0.0),
        GradientNeutralizingBound(0.0, 0.5, 0.0, 0.0),
        UtilityBound(0.25, 0.1, 1.0, 0.475),
        UtilityBound(0.25, 0.1, 1.0, INF),
        UtilityBound(INF, 0.1, 1.0, 0.475),
        PATH,
        PathCurve(np.array([0.0, 0.4]), np.array([0.0, 0.6])),
        PathCurve(np.array([0.0]), np.array([1.0])),
    ],
    ids=repr,
)
def test_curves_keep_their_contract(curve):
    check_curve(curve)


def smallest(bound, target):
    """Check that success is at the target from its critical α on, and not below."""
    alpha = float(bound.critical_alpha(target))
    assert 0 <= alpha < 1
    assert bound.critical_mass(target).alpha == alpha
    for share in np.linspace(alpha, 1, 7):
        if share > 0:
            assert bound.success(share) >= target - 1e-9
    fewer = alpha * (1 - 1e-3)
    if fewer > 0:
        assert bound.success(fewer) < target
    shares = np.geomspace(1e-9, 1, 200)
    assert (np.diff(bound.success(shares)) >= -1e-12).all()


@given(SIZES, SIZES, st.floats(0.01, 1), SIZES, TARGETS)
def test_theorem_7_is_answered_by_the_smallest_alpha(gradient, neutralizing, part, way, target):
    """μ‖θ₀ − θ*‖ ≤ ‖g(θ*)‖ wherever the risk is μ-strongly convex, hence ``part``."""
    bound = GradientNeutralizingBound(gradient, neutralizing, part * gradient / way, way)
    smallest(bound, target)
    corollary = gradient / (gradient + neutralizing)
    assert bound.critical_alpha(1.0) == pytest.approx(corollary)
    assert bound.critical_alpha(target) <= bound.critical_alpha(1.0)


@given(SIZES, SIZES, st.sampled_from([0.0, 1.0]), TARGETS)
def test_without_convexity_corollary_8_is_left(gradient, neutralizing, way, target):
    """Nothing below the critical mass, whatever is wanted; θ* from it on."""
    bound = GradientNeutralizingBound(gradient, neutralizing, 0.0, way)
    smallest(bound, target)
    alpha = bound.critical_mass(1.0).alpha
    assert bound.critical_mass(target).alpha == alpha
    assert bound.success([alpha * 0.999, alpha]).tolist() == [0.0, 1.0]
    assert bound.distance([alpha * 0.999, alpha]).tolist() == [INF, 0.0]


@given(SIZES, SIZES, SIZES, SIZES, TARGETS)
def test_proposition_9_is_answered_by_the_smallest_alpha(smoothness, gain, slope, pull, target):
    bound = UtilityBound(smoothness, gain, slope, pull)
    alpha = float(bound.critical_alpha(target))
    needed = smoothness * gain * target
    assert alpha == pytest.approx(needed / (pull * slope + needed))
    if alpha < 1 - 1e-6:  # nearer to 1 than that, 1 − α is mostly rounding
        smallest(bound, target)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), TARGETS)
def test_paths_are_answered_by_the_smallest_alpha(values, target):
    """Success stays from there on; it was there first at `first_reached`. To 1e-7."""
    alphas = np.linspace(0, 0.7, len(values) + 1)[: len(values)]
    curve = PathCurve(alphas, np.array(values))
    mass, first = curve.critical_mass(target), curve.first_reached(target)
    if not mass.reached:
        assert values[-1] < target
        assert "at most" in unreached(mass.reason)
        assert mass.high == INF
        return
    later = np.linspace(max(mass.alpha, 1e-9), 1, 50)
    assert (curve.success(later) >= target - 1.1e-7).all()
    assert first.alpha <= mass.alpha
    if mass.alpha > 1e-6:  # some share just below falls short
        assert curve.success(np.linspace(0.999, 1, 50) * mass.alpha).min() < target
    if first.alpha > 0:
        assert curve.success(first.alpha) >= target - 1.1e-7
        assert (curve.success(np.linspace(1e-9, first.alpha * 0.999)) < target).all()


def test_a_path_that_falls_again():
    assert PATH.first_reached(0.5).alpha == pytest.approx(0.0625, abs=1e-6)
    assert PATH.critical_mass(0.5).alpha == pytest.approx(0.2375, abs=1e-6)
    assert PATH.critical_mass(1.0).alpha == pytest.approx(0.3, abs=1e-6)
    assert PATH.success([0.05, 0.9]).tolist() == pytest.approx([0.4, 1.0])
    nowhere = PathCurve(np.array([0.0, 0.1]), np.array([0.0, 0.4]))
    for mass in (nowhere.critical_mass(0.5), nowhere.first_reached(0.5)):
        assert unreached(mass.reason) == "success is 0.4 at most, 0.5 is wanted"
    there = PathCurve(np.array([0.0, 0.1]), np.array([0.6, 1.0]))
    assert there.critical_mass(0.5).alpha == there.first_reached(0.5).alpha == 0


def test_records_that_pull_without_end():
    """One person is enough where there is no limit to what may be reported."""
    bound = GradientNeutralizingBound(0.01, INF, 0.02, 1.0)
    assert bound.success([1e-12, 1.0]).tolist() == [1.0, 1.0]
    assert bound.critical_alpha([0.1, 1.0]).tolist() == [0.0, 0.0]
    assert UtilityBound(0.25, 0.1, 1.0, INF).critical_mass(1.0).alpha == 0


def test_a_loss_without_smoothness():
    """Proposition 9 says nothing then, not even of everybody."""
    bound = UtilityBound(INF, 0.1, 1.0, 0.5)
    assert bound.success([0.5, 1.0]).tolist() == [0.0, 0.0]
    mass = bound.critical_mass(0.5)
    assert not mass.reached
    assert "not smooth" in unreached(mass.reason)


@pytest.mark.parametrize("value", [-1.0, math.nan, INF])
@pytest.mark.parametrize("name", ["gradient", "neutralizing", "convexity", "way"])
def test_bad_parameters_of_theorem_7(name, value):
    sound = {"gradient": 0.01, "neutralizing": 0.5, "convexity": 0.02, "way": 1.0}
    if name == "neutralizing" and value == INF:
        return
    with pytest.raises(ParameterError, match=f"{name} must be a number from 0 on, not {value:g}"):
        GradientNeutralizingBound(**(sound | {name: value}))
    with pytest.raises(ParameterError, match="neutralizing must be above 0"):
        GradientNeutralizingBound(**(sound | {"neutralizing": 0.0}))


@pytest.mark.parametrize("value", [-1.0, 0.0, math.nan, INF])
@pytest.mark.parametrize("name", ["smoothness", "gain", "slope", "pull"])
def test_bad_parameters_of_proposition_9(name, value):
    if value == INF and name in ("smoothness", "pull"):
        return
    sound = {"smoothness": 0.25, "gain": 0.1, "slope": 1.0, "pull": 0.5}
    with pytest.raises(ParameterError, match=f"{name} must be a number above 0, not {value:g}"):
        UtilityBound(**(sound | {name: value}))


@pytest.mark.parametrize(
    ("alphas", "values", "message"),
    [
        ([0.0, 0.1], [0.0], "one value each"),
        ([0.0, 0.1, 0.1], [0.0, 0.5, 1.0], "ascending"),
        ([0.0, math.nan], [0.0, 1.0], "ascending"),
        ([[0.0, 0.1]], [[0.0, 1.0]], "one value each"),
        ([0.1, 0.2], [0.0, 1.0], "from a share of 0"),
        ([0.0, 2.0], [0.0, 1.0], "to one of 1 at most"),
        ([], [], "from a share of 0"),
        ([0.0, 0.1], [0.0, math.nan], "between 0 and 1"),
        ([0.0, 0.1], [0.0, 1.5], "between 0 and 1"),
    ],
)
def test_impossible_paths_are_refused(alphas, values, message):
    with pytest.raises(ParameterError, match=message):
        PathCurve(np.array(alphas), np.array(values))


@pytest.mark.parametrize("target", [0.0, -0.5, 1.1, math.nan])
def test_targets_that_are_no_share_of_the_way(target):
    bound = GradientNeutralizingBound(0.01, 0.99, 0.02, 1.0)
    for curve in (bound, UtilityBound(0.25, 0.1, 1.0, 0.475), PATH):
        with pytest.raises(ParameterError, match="target is a share above 0 and up to 1"):
            curve.critical_mass(target)
    with pytest.raises(ParameterError, match="target is a share"):
        bound.critical_alpha([0.5, target])
