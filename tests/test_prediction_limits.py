"""How many of a kind are among those not drawn, against sums of exact fractions."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from criticalmass.errors import ParameterError
from criticalmass.intervals import fewest_others, most_others


def chance(size, of_kind, drawn, seen):
    """P(Hyp = seen), exactly."""
    if seen > of_kind or drawn - seen > size - of_kind:
        return Fraction(0)
    return Fraction(comb(of_kind, seen) * comb(size - of_kind, drawn - seen), comb(size, drawn))


@pytest.mark.parametrize(("size", "drawn"), [(1, 1), (7, 3), (12, 1), (12, 12), (20, 13), (25, 8)])
@pytest.mark.parametrize("missed", [0.3, 0.05, 0.001])
def test_the_limits_are_the_last_numbers_that_are_not_ruled_out(size, drawn, missed):
    d = Fraction(missed)
    for a in range(drawn + 1):
        others = range(size - drawn + 1)
        few = [b for b in others if sum(chance(size, a + b, drawn, k) for k in range(a + 1)) > d]
        many = [
            b for b in others if sum(chance(size, a + b, drawn, k) for k in range(a, drawn + 1)) > d
        ]
        assert most_others(a, drawn, size, missed) == max(few)
        assert fewest_others(a, drawn, size, missed) == min(many)


@pytest.mark.parametrize(("size", "drawn", "missed"), [(30, 9, 0.1), (60, 30, 0.01)])
def test_they_are_missed_no_more_often_than_promised(size, drawn, missed):
    a = np.arange(drawn + 1)
    most, fewest = most_others(a, drawn, size, missed), fewest_others(a, drawn, size, missed)
    for of_kind in range(size + 1):
        seen = range(max(0, of_kind - size + drawn), min(drawn, of_kind) + 1)
        above = sum(chance(size, of_kind, drawn, k) for k in seen if of_kind - k > most[k])
        below = sum(chance(size, of_kind, drawn, k) for k in seen if of_kind - k < fewest[k])
        assert max(above, below) <= Fraction(missed)


def test_a_million_people_are_as_a_sum_of_logarithms_says():
    from scipy.special import gammaln, logsumexp

    size, drawn, d = 10**6, 40_000, 1e-3
    choose = lambda n, k: gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)  # noqa: E731
    for a in (0, 3, 700):

        def below(b, a=a):
            k = np.arange(a + 1)
            terms = choose(a + b, k) + choose(size - a - b, drawn - k) - choose(size, drawn)
            return np.exp(logsumexp(terms))

        b = int(most_others(a, drawn, size, d))
        assert below(b) > d >= below(b + 1)


def test_many_counts_of_different_draws_at_once_are_as_each_alone():
    seen, drawn, among = np.array([[0], [3], [9]]), np.array([10, 50]), np.array([100, 1000])
    for limit in (most_others, fewest_others):
        together = limit(seen, drawn, among, 0.02)
        alone = [
            [limit(a, n, size, 0.02) for n, size in zip(drawn, among, strict=True)]
            for a in seen[:, 0]
        ]
        assert np.array_equal(together, alone)


@pytest.mark.parametrize("wrong", [(5, 4, 9, 0.1), (-1, 4, 9, 0.1), (1, 10, 9, 0.1), (1, 4, 9, 0)])
def test_impossible_limits_are_refused(wrong):
    for limit in (most_others, fewest_others):
        with pytest.raises(ParameterError):
            limit(*wrong)
