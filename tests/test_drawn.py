"""Curves drawn from a posterior: each once, what was asked last is kept, and no number changes."""

import numpy as np
import pytest

from criticalmass.fitting import drawn
from criticalmass.fitting.drawn import AT_ONCE, KEPT, Drawn, interval
from criticalmass.fitting.shifts import mean_rise

SHARES = np.geomspace(1e-3, 1, 2 * AT_ONCE + 30)


@pytest.fixture
def parameters():
    """Draws of which most are like others, in no order."""
    rng = np.random.default_rng(0)
    low, high = [-5, 0.2, 0.0, 0.6, 0.1, 1e-3], [-2, 0.9, 0.2, 1.0, 0.5, 1e-2]
    return rng.uniform(low, high, (40, 6))[rng.integers(40, size=201)]


@pytest.fixture
def computed(monkeypatch):
    """How many successes were computed: curves times shares, each time."""
    times = []

    def counted(at, shift):
        times.append(np.broadcast(at, shift).size)
        return mean_rise(at, shift)

    monkeypatch.setattr(drawn, "mean_rise", counted)
    return times


def straightforward(parameters, shares):
    midpoint, width, floor, ceiling, shift, _ = parameters.T[:, :, None]
    return floor + (ceiling - floor) * mean_rise((np.log(shares) - midpoint) / width, shift / width)


def test_the_success_of_each_curve_its_mean_and_its_ends_are_what_all_draws_give(parameters):
    curves, each = Drawn(parameters, 0.9), straightforward(parameters, SHARES)
    low, high = curves.ends(SHARES)
    assert np.array_equal(curves.each(SHARES), each)
    assert curves.mean(SHARES) == pytest.approx(each.mean(axis=0), rel=1e-14)
    assert np.array_equal(low, np.sort(each, axis=0)[10])  # 5 % of 201, from below
    assert np.array_equal(high, np.sort(each, axis=0)[190])


def test_the_mean_is_the_same_to_the_bit_with_the_ends_and_without(parameters):
    before = Drawn(parameters, 0.9).mean(SHARES)
    curves = Drawn(parameters, 0.9)
    curves.ends(SHARES)
    assert np.array_equal(curves.mean(SHARES), before)


def test_curves_that_are_alike_are_computed_once(parameters, computed):
    Drawn(parameters, 0.9).mean(SHARES)
    assert sum(computed) == len(np.unique(parameters, axis=0)) * len(SHARES)


def test_a_question_that_was_asked_before_is_not_computed_again(parameters, computed):
    curves = Drawn(parameters, 0.9)
    ends, mean = curves.ends(SHARES), curves.mean(SHARES)
    computed.clear()
    assert np.array_equal(curves.ends(SHARES), ends)
    assert np.array_equal(curves.mean(SHARES), mean)
    assert not computed


def test_only_what_was_asked_last_is_kept(parameters, computed):
    curves = Drawn(parameters, 0.9)
    for share in SHARES[: KEPT + 1]:
        curves.ends(share)
    computed.clear()
    for share in SHARES[1 : KEPT + 1]:
        curves.ends(share), curves.mean(share)
    assert not computed
    curves.mean(SHARES[0])
    assert len(computed) == 1
    curves.ends(SHARES[0])
    assert len(computed) == 2


def test_answers_have_the_shape_of_the_shares_and_are_the_askers_own(parameters):
    curves, shares = Drawn(parameters, 0.9), SHARES[:6].reshape(2, 3)
    (low, high), mean = curves.ends(shares), curves.mean(shares)
    assert mean.shape == low.shape == high.shape == (2, 3)
    assert curves.mean(SHARES[0]).shape == ()
    kept = mean.copy(), low.copy(), high.copy()
    for array in (mean, low, high):
        array += 1
    assert np.array_equal(curves.mean(shares), kept[0])
    assert np.array_equal(curves.ends(shares), kept[1:])


@pytest.mark.parametrize(("confidence", "ends"), [(0.5, [25, 50, 75]), (0.95, [3, 50, 98])])
def test_an_interval_leaves_out_equally_many_at_either_end(confidence, ends):
    values = np.random.default_rng(1).permutation(np.arange(1.0, 101))
    assert interval(values, confidence).tolist() == ends


def test_an_interval_of_shares_that_are_never_enough_is_infinite():
    values = np.array([0.1, np.inf, np.inf, 0.2])
    assert interval(values, 0.5).tolist() == [0.1, 0.2, np.inf]
