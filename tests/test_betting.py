"""Evidence that may be looked at after every probe, against integrals and simulations."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.integrate import quad

from criticalmass.errors import ParameterError
from criticalmass.intervals.betting import (
    STAKES,
    above,
    below,
    difference_above,
    difference_below,
    difference_limits,
    rate_limits,
)

ENOUGH = math.log(20)


@pytest.mark.parametrize(("k", "n"), [(0, 0), (0, 3), (3, 3), (17, 20), (2, 9), (60, 61)])
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_evidence_is_the_integral_over_rates_on_the_other_side(k, n, rate):
    def jeffreys(q):
        return q**-0.5 * (1 - q) ** -0.5

    def bets(q):
        return (q / rate) ** k * ((1 - q) / (1 - rate)) ** (n - k) * jeffreys(q)

    for evidence, ends in ((above, (rate, 1)), (below, (0, rate))):
        expected = quad(bets, *ends, limit=200)[0] / quad(jeffreys, *ends, limit=200)[0]
        assert float(np.exp(evidence(k, n, rate))) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("evidence", [above, below])
def test_evidence_neither_rises_nor_falls_on_average_where_the_doubt_is_right(evidence):
    for n, rate in itertools.product(range(12), (0.2, 0.9)):
        k = np.arange(n + 1)
        now = np.exp(evidence(k, n, rate))
        then = rate * np.exp(evidence(k + 1, n + 1, rate))
        then += (1 - rate) * np.exp(evidence(k, n + 1, rate))
        assert then == pytest.approx(now, rel=1e-9)


def test_stops_without_and_with_failures():
    n = np.arange(1, 200)
    for failures, stop in enumerate((36, 64, 86, 105)):
        probes = n[n >= failures]
        settled = above(probes - failures, probes, 0.9) >= ENOUGH
        assert probes[settled.argmax()] == stop


def test_evidence_too_small_for_a_number_is_none_and_no_verdict():
    assert float(above(0, 100_000, 0.9)) < -1000
    assert float(below(100_000, 100_000, 0.9)) < -1000


def test_limits_are_where_there_is_just_enough_evidence():
    k, n = np.array([3, 90, 0, 12]), np.array([10, 100, 12, 12])
    low, high = rate_limits(k, n, 0.9)
    assert (low <= k / n).all()
    assert (k / n <= high).all()
    assert (low[2], high[3]) == (0, 1)
    some = low > 0
    assert above(k, n, np.where(some, low, 0.5))[some] == pytest.approx(ENOUGH, abs=1e-6)
    some = high < 1
    assert below(k, n, np.where(some, high, 0.5))[some] == pytest.approx(ENOUGH, abs=1e-6)


def test_without_probes_nothing_is_known():
    assert [float(end) for end in rate_limits(0, 0)] == [0, 1]
    assert [float(end) for end in difference_limits(0, 0, 0)] == [-1, 1]


@pytest.mark.parametrize("rate", [0.05, 0.5, 0.9])
def test_limits_hold_at_every_stopping_time_in_19_of_20_campaigns(rate):
    """Against the truth alone: it is missed at the first probe at which it is ruled out."""
    rng = np.random.default_rng(8)
    n, k = np.arange(401)[:, None], np.arange(401)
    evidence = np.maximum(
        above(np.minimum(k, n), n, rate), below(np.minimum(k, n), n, rate)
    )  # by probes and hits
    hits = np.cumsum(rng.random((2000, 400)) < rate, axis=1)
    ruled_out = evidence[n[1:, 0], hits] >= math.log(40)
    assert 0 < ruled_out.any(axis=1).mean() <= 0.05


def by_hand(better, worse, pairs, margin):
    """Return the evidence for a difference, bet by bet."""
    held = Fraction(0)
    for stake in STAKES:
        share, delta, gained = Fraction(float(stake)), Fraction(margin), Fraction(1)
        outcomes = [1] * better + [-1] * worse + [0] * (pairs - better - worse)
        for outcome in outcomes:
            gained *= 1 + share * (outcome - delta) / (1 + delta)
        held += gained
    return float(held / len(STAKES))


@pytest.mark.parametrize(("better", "worse", "pairs"), [(0, 0, 0), (5, 1, 9), (0, 6, 6), (8, 0, 8)])
def test_evidence_for_a_difference_bet_by_bet(better, worse, pairs):
    for margin in (-0.25, 0.0, 0.5):
        found = float(np.exp(difference_above(better, worse, pairs, margin)))
        assert found == pytest.approx(by_hand(better, worse, pairs, margin))
        found = float(np.exp(difference_below(worse, better, pairs, -margin)))
        assert found == pytest.approx(by_hand(better, worse, pairs, margin))


def test_limits_of_a_difference_hold_at_every_stopping_time():
    rng = np.random.default_rng(9)
    for first, second in ((0.6, 0.5), (0.3, 0.3), (0.05, 0.9)):
        one, other = rng.random((2, 500, 150))
        better = np.cumsum((one < first) & (other >= second), axis=1)
        worse = np.cumsum((one >= first) & (other < second), axis=1)
        of = np.broadcast_to(np.arange(1, 151), better.shape)
        truth = first - second
        ruled_out = difference_above(better, worse, of, truth) >= math.log(40)
        ruled_out |= difference_below(better, worse, of, truth) >= math.log(40)
        assert ruled_out.any(axis=1).mean() <= 0.05


def test_impossible_counts_and_rates_are_refused():
    for call in (
        lambda: above(3, 2, 0.5),
        lambda: above(1, 2, 0.0),
        lambda: below(1, 2, 1.0),
        lambda: difference_above(2, 1, 2, 0.0),
        lambda: difference_above(1, 1, 2, 1.0),
        lambda: rate_limits(1, 2, 1.0),
    ):
        with pytest.raises(ParameterError):
            call()
