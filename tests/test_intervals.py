"""Limits of probabilities, against SciPy's."""

import numpy as np
import pytest
from scipy.stats import binomtest

from criticalmass.intervals import lower_limit, upper_limit


@pytest.mark.parametrize("n", [1, 7, 20, 1000])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
def test_limits_are_the_exact_ones_of_a_binomial_test(n, confidence):
    for hits in {0, 1, n // 3, n - 1, n}:
        for side, limit in (("less", upper_limit), ("greater", lower_limit)):
            ends = binomtest(hits, n, alternative=side).proportion_ci(confidence, method="exact")
            wanted = ends.high if side == "less" else ends.low
            assert float(limit(hits, n, confidence)) == pytest.approx(wanted, abs=1e-12)


def test_limits_of_many_counts_come_at_once():
    hits, n = np.array([[0, 3], [5, 10]]), np.array([10, 10])
    both = upper_limit(hits, n, 0.9)
    assert both.shape == (2, 2)
    assert both[1, 1] == 1
    assert both[0, 1] == upper_limit(3, 10, 0.9)
    assert (lower_limit(hits, n, 0.9) < both).all()


def test_they_hold_as_often_as_they_say():
    rng = np.random.default_rng(0)
    hits = rng.binomial(40, 0.07, size=5000)
    assert (upper_limit(hits, 40, 0.9) >= 0.07).mean() >= 0.9
    assert (lower_limit(hits, 40, 0.9) <= 0.07).mean() >= 0.9
