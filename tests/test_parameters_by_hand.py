"""Limits of the theorems' parameters, computed once more: by loops, and by trying every set."""

import math
from itertools import combinations, product

import numpy as np
import pytest
from scipy.stats import beta, binom

from criticalmass.errors import ParameterError
from criticalmass.theory import Estimate, EstimatedBound, FeatureLabelBound, FeatureOnlyBound
from criticalmass.theory.parameters import (
    gap,
    most_below,
    named,
    positivity,
    sensitivity,
    uniqueness,
)
from criticalmass.words.unreached import unreached


def table(seed, cells=5, labels=3, most=30):
    return np.random.default_rng(seed).integers(0, most, (cells, labels))


def test_all_records_or_none_may_carry_the_signal():
    assert uniqueness(7, 7, 1).value == 1
    assert uniqueness(0, 1, 0.9).limit == pytest.approx(0.9)  # one record, not seen: 1 − 0.1
    assert uniqueness(3, 20, 0.9).limit == pytest.approx(beta.ppf(0.9, 4, 17))
    for carrying, n in ((8, 7), (-1, 7), (0, 0)):
        with pytest.raises(ParameterError, match=f"{carrying} of {n} records cannot carry"):
            uniqueness(carrying, n, 0.9)


def information(mean, limit):
    """KL(mean ‖ limit) of two coins."""
    return sum(a * math.log(a / b) for a, b in ((mean, limit), (1 - mean, 1 - limit)) if a > 0)


@pytest.mark.parametrize("seed", range(6))
def test_the_gap_is_a_mean_over_records_and_its_limit_is_chernoff_s(seed):
    """Each record counts from −1 to 1, so (1 + gap)/2 is the mean of numbers in [0, 1]."""
    counts = table(seed, most=300)
    n = counts.sum()
    lead = sum(max(row) - row[1] for row in counts.tolist())
    for confidence in (0.8, 0.95):
        found = gap(counts, 1, confidence)
        assert found.value == pytest.approx(lead / n)
        tail = math.exp(-n * information((1 + found.value) / 2, (1 + found.limit) / 2))
        assert tail == pytest.approx(1 - confidence)
        mcdiarmid = found.value + math.sqrt(2 * math.log(1 / (1 - confidence)) / n)
        assert found.value < found.limit < mcdiarmid
    assert gap(counts, 1, 1.0).limit == found.value
    widest = max(range(len(counts)), key=lambda cell: max(counts[cell]) - counts[cell][1])
    assert found.cell == widest


def test_a_gap_is_1_at_most():
    assert gap(np.array([[0, 3]]), 0, 0.95).limit == 1
    assert gap(np.array([[0, 1]]), 1, 0.95).limit == pytest.approx(1 - 2 * (1 - 0.9987), abs=2e-3)
    nobody = gap(np.zeros((2, 2), dtype=int), 0, 1.0)
    assert (nobody.value, nobody.limit) == (1, 1)


@pytest.mark.parametrize("seed", range(12))
def test_the_limit_of_the_sensitivity_is_mcdiarmid_s_and_chernoff_s(seed):
    """δ is halved between the two. How far one label can move τ is found by moving it."""
    rng, counts = np.random.default_rng(seed), table(seed, labels=2, most=8) + 1
    fixed = rng.choice(5, 2, replace=False)
    image = np.where(np.isin(np.arange(5), fixed), np.arange(5), rng.choice(fixed, 5))
    n, totals = counts.sum(), counts.sum(axis=1)
    shares = counts / totals[:, None]
    apart = [max(abs(shares[x] - shares[image[x]])) for x in range(5)]
    value = sum(totals * apart) / n
    confidence = 0.7
    # another label at x moves P(y|x) by 1/n_x; τ by that at x, and at each cell led to x
    squares = 0.0
    for x in range(5):
        own = 1 / n if image[x] != x else 0.0
        led = sum(totals[z] / totals[x] / n for z in range(5) if z != x and image[z] == x)
        squares += totals[x] * (own + led) ** 2
    log = math.log(2 / (1 - confidence))
    limit = value + math.sqrt(log * squares / 2)
    found = sensitivity(counts, image, confidence)
    assert found.value == pytest.approx(value)
    if limit >= 1:
        assert found.limit == 1
    else:
        assert limit < found.limit <= min(limit + math.sqrt(log / (2 * n)), 1)
        assert n * information(limit, found.limit) == pytest.approx(log, rel=1e-6)
    known = sensitivity(counts, image, 1.0)
    assert (known.value, known.limit) == pytest.approx((value, value))
    assert found.cell == max(range(5), key=lambda x: totals[x] * apart[x])


def test_a_cell_of_one_record_counts_as_1_in_the_limit_alone():
    many = np.array([[5000, 5000], [10_000, 0], [1, 0]])
    image = np.array([0, 0, 0])
    apart = 10_000 * 0.5 + 1 * 0.5
    found = sensitivity(many, image, 0.9)
    assert found.value == pytest.approx(apart / 20_001)
    moved = np.array([False, True, True])
    change = (moved + np.array([10_001 / 10_000, 0, 0])) / 20_001
    log = math.log(2 / 0.1) / 2
    limit = (apart + 0.5) / 20_001 + math.sqrt(log * (many.sum(axis=1) @ change**2))
    assert 20_001 * information(limit, found.limit) == pytest.approx(2 * log, rel=1e-6)
    assert found.limit > limit


@pytest.mark.parametrize("success", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("seed", range(20))
def test_no_other_threshold_needs_fewer_people_than_the_one_that_is_chosen(seed, success):
    """Of records that are the population: ten thousand thresholds are tried."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 12, (5, 2)) * rng.integers(0, 2, (5, 1)) + [[2, 0], *[[0, 1]] * 4]
    if seed % 2:
        counts[:, 0] += 1 + seed
    totals = counts.sum(axis=1)
    shares = counts[:, 0] / totals

    def lost(p):
        return sum(n * max(1 - share / p, 0) for n, share in zip(totals, shares, strict=True))

    def needed(p, outside):
        alpha = FeatureOnlyBound(1.0, p, outside, opposing=1e-6).critical_alpha(success)
        return np.inf if np.isnan(alpha) else float(alpha)

    p, rho = positivity(counts, 0, 1.0, success=success)
    if not p.limit:
        assert all(lost(q) / totals.sum() >= 1 - success - 1e-12 for q in (*shares, 1.0) if q)
        return
    assert rho.limit == pytest.approx(lost(p.limit) / totals.sum(), abs=1e-12)
    tried = np.concatenate([shares[shares > 0], np.linspace(1e-4, 1, 10_000)])
    best = min(needed(q, lost(q) / totals.sum()) for q in tried)
    assert needed(p.limit, rho.limit) == pytest.approx(best, rel=1e-9)
    assert counts[p.cell, 0] / totals[p.cell] == pytest.approx(p.value)
    assert p.value == pytest.approx(p.limit)


def test_where_all_hold_the_target_label_the_region_is_everybody():
    p, rho = positivity(np.array([[30, 0], [20, 0]]), 0, 1.0)
    assert (p.value, rho.value) == (1, 0)


@pytest.mark.parametrize("seed", range(40))
def test_no_set_of_fibres_that_the_labels_allow_has_more_records(seed):
    """Every set is tried whose evidence against it, multiplied, is less than 1/δ."""
    rng, confidence = np.random.default_rng(seed), 0.9
    totals = rng.integers(1, 40, 7)
    hits = rng.binomial(totals, rng.choice([0.05, 0.3, 0.6]))
    p = float(rng.choice([0.1, 0.25]))
    ahead = 2 * p / (1 + p)  # twice the odds
    evidence = [
        (1 + (ahead / p) ** k * ((1 - ahead) / (1 - p)) ** (n - k)) / 2
        for k, n in zip(hits.tolist(), totals.tolist(), strict=True)
    ]
    allowed = [
        sum(totals[x] for x in some)
        for many in range(8)
        for some in combinations(range(7), many)
        if math.prod(evidence[x] for x in some) <= 1 / (1 - confidence)
    ]
    most = most_below(hits, totals, p, confidence)
    assert max(allowed) <= most + 1e-9
    assert most - max(allowed) < totals.max()  # the relaxation takes one of them in part


@pytest.mark.parametrize(
    "shares", [(0.2, 0.2, 0.2), (0.19, 0.05, 0.2), (0.2, 0.6, 0.01), (0.0,) * 3]
)
@pytest.mark.parametrize("totals", [(9, 9, 9), (1, 4, 20), (30, 2, 2)])
def test_the_records_below_a_threshold_are_more_than_their_limit_rarely_enough(totals, shares):
    """The probability of that, added up over everything that three fibres can show."""
    p, confidence, missed = 0.2 + 1e-12, 0.8, 0.0
    truth = sum(n for n, share in zip(totals, shares, strict=True) if share < p)
    for hits in product(*(range(n + 1) for n in totals)):
        if most_below(np.array(hits), np.array(totals), p, confidence) < truth - 1e-9:
            missed += math.prod(binom.pmf(hits, totals, shares).tolist())
    assert missed <= 1 - confidence


def test_fibres_with_many_records_need_no_threshold():
    """Their own limits, the smallest of which needs no correction for how many there are."""
    counts, confidence = np.array([[9000, 21_000], [12_000, 18_000]]), 0.95
    p, rho = positivity(counts, 0, confidence)
    assert p.limit == pytest.approx(beta.ppf(0.15 * 0.05, 9000, 21_001))
    assert rho.limit == pytest.approx(1 - (0.05 * 0.05) ** (1 / 60_000))
    assert (p.cell, p.value, rho.value) == (0, 0.3, 0)


def test_equal_cells_say_nearly_what_one_of_them_says():
    """200 cells of 100 records each, a fifth with the label: .002 was all that was found once."""
    hits = np.random.default_rng(0).binomial(100, 0.2, 200)
    p, rho = positivity(np.column_stack([hits, 100 - hits]), 0, 0.95)
    assert p.limit > 0.05
    assert rho.limit < 0.03


def test_the_success_for_which_a_threshold_is_chosen_is_nine_tenths():
    counts = np.array([[80, 0], [6, 14], [0, 5]])
    assert positivity(counts, 0, 1.0) == positivity(counts, 0, 1.0, success=0.9)
    assert positivity(counts, 0, 1.0) != positivity(counts, 0, 1.0, success=0.3)


def test_only_an_estimate_of_a_cell_gets_the_cell_s_name():
    first, none = (Estimate("gap", 0.1, 0.2, "some", cell) for cell in (0, -1))
    assert named(first, lambda cell: f"cell {cell}").driver == "cell 0"
    assert named(none, lambda cell: f"cell {cell}") is none


@pytest.mark.parametrize(
    ("p", "rho", "weakest"),
    [
        (0.0999, 0.0, "positivity"),
        (0.1, 0.1, "uniqueness"),
        (0.5, 0.1001, "positivity"),
        (0.5, None, "uniqueness"),
        (None, 0.5, "uniqueness"),
    ],
)
def test_the_estimate_to_look_at_is_positivity_where_it_is_low_or_much_is_outside(p, rho, weakest):
    given = {"uniqueness": 0.01, "positivity": p, "outside": rho}
    kept = tuple(Estimate(k, v, v, k) for k, v in given.items() if v is not None)
    assert EstimatedBound(FeatureLabelBound(0.01), kept, 0.95).weakest.name == weakest


def test_a_bound_of_some_people_is_stretched_or_squeezed_to_everybody():
    theorem, estimate = FeatureLabelBound(0.01), Estimate("uniqueness", 0.0, 0.01, "some")
    alpha = float(theorem.critical_alpha(0.9))
    quarter = EstimatedBound(theorem, (estimate,), 0.8, share=0.25)
    mass = quarter.critical_mass(0.9)
    assert (mass.alpha, mass.low, mass.high) == pytest.approx((alpha / 4, 0, alpha / 4))
    assert mass.confidence == 0.8
    assert quarter.success([0.1, 0.25, 0.9]).tolist() == theorem.success([0.4, 1, 1]).tolist()
    # half of those who join do not act
    twice = EstimatedBound(theorem, (estimate,), 0.8, share=2.0)
    assert twice.critical_mass(0.9).alpha == pytest.approx(2 * alpha)
    for share, reached in ((1 / alpha, True), (1.001 / alpha, False)):
        mass = EstimatedBound(theorem, (estimate,), 0.8, share=share).critical_mass(0.9)
        assert mass.reached == reached
    assert (mass.low, mass.confidence) == (0, 0.8)
    assert unreached(mass.reason) == "more people would have to join than there are"
