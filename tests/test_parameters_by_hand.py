"""Limits of the theorems' parameters, computed once more: by loops, and by trying every region."""

import math
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import beta

from criticalmass.errors import ParameterError
from criticalmass.theory import Estimate, EstimatedBound, FeatureLabelBound, FeatureOnlyBound
from criticalmass.theory.parameters import gap, named, positivity, sensitivity, uniqueness
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


@pytest.mark.parametrize("seed", range(6))
def test_the_gap_is_a_mean_over_records_and_its_limit_is_mcdiarmid_s(seed):
    """One record changes the sum of all gaps by 2 at most: t = √(2 ln(1/δ)/n)."""
    counts = table(seed, most=300)
    n = counts.sum()
    lead = sum(max(row) - row[1] for row in counts.tolist())
    for confidence in (0.8, 0.95):
        found = gap(counts, 1, confidence)
        assert found.value == pytest.approx(lead / n)
        tail = math.exp(-((found.limit - found.value) ** 2) * n / 2)  # 2 t²/Σ(2/n)²
        assert tail == pytest.approx(1 - confidence)
    assert gap(counts, 1, 1.0).limit == found.value
    widest = max(range(len(counts)), key=lambda cell: max(counts[cell]) - counts[cell][1])
    assert found.cell == widest


def test_a_gap_is_1_at_most():
    assert gap(np.array([[0, 3]]), 0, 0.95).limit == 1
    assert gap(np.array([[1, 3]]), 0, 0.95).limit == 1
    nobody = gap(np.zeros((2, 2), dtype=int), 0, 1.0)
    assert (nobody.value, nobody.limit) == (1, 1)


@pytest.mark.parametrize("seed", range(12))
def test_the_limit_of_the_sensitivity_is_mcdiarmid_s_and_hoeffding_s(seed):
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
    limit = value + math.sqrt(log * squares / 2) + math.sqrt(log / (2 * n))
    found = sensitivity(counts, image, confidence)
    assert found.value == pytest.approx(value)
    assert found.limit == pytest.approx(min(limit, 1))
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
    room = math.sqrt(log * (many.sum(axis=1) @ change**2)) + math.sqrt(log / 20_001)
    assert found.limit == pytest.approx((apart + 0.5) / 20_001 + room)


@pytest.mark.parametrize("success", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("seed", range(20))
def test_no_region_needs_fewer_people_than_the_one_that_is_chosen(seed, success):
    """Of records that are the population: every set of cells is tried as the region."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 12, (5, 2)) * rng.integers(0, 2, (5, 1)) + [[2, 0], *[[0, 1]] * 4]
    if seed % 2:
        counts[:, 0] += 1 + seed
    size, totals = counts.sum(), counts.sum(axis=1)

    def needed(p, outside):
        alpha = FeatureOnlyBound(1e-6, p, outside).critical_alpha(success)
        return np.inf if np.isnan(alpha) else float(alpha)

    p, rho = positivity(counts, 0, 1.0, success=success)
    assert (p.value, rho.value) == (p.limit, rho.limit)
    best = min(
        needed(min(counts[x, 0] / totals[x] for x in region),
               1 - sum(totals[x] for x in region) / size if len(region) < 5 else 0.0)
        for many in range(1, 6)
        for region in combinations(range(5), many)
    )  # fmt: skip
    assert needed(p.limit, rho.limit) == pytest.approx(best, rel=1e-9)
    if p.limit:
        assert counts[p.cell, 0] / totals[p.cell] == pytest.approx(p.value)


def test_where_all_hold_the_target_label_the_region_is_everybody():
    p, rho = positivity(np.array([[30, 0], [20, 0]]), 0, 1.0)
    assert (p.value, rho.value) == (1, 0)


@pytest.mark.parametrize("seed", [0, 3])
def test_both_limits_share_the_doubt_and_the_region_s_cells_share_one_of_them(seed):
    """One half chooses: the two cells in which half of the people and more hold the label."""
    counts, confidence = np.array([[300, 100], [0, 40], [180, 20]]), 0.9
    chosen = np.random.default_rng(seed).binomial(counts, 0.5)
    other = counts - chosen
    p, rho = positivity(counts, 0, confidence, success=0.5, seed=seed)
    n, outside = other.sum(), other[1].sum()
    assert (
        rho.driver == f"{outside} of {n} records of the half that measures are outside the region"
    )
    assert rho.value == pytest.approx(outside / n)
    tail = (1 - confidence) / 2
    assert rho.limit == pytest.approx(beta.ppf(1 - tail, outside + 1, n - outside))
    lows = [beta.ppf(tail / 2, other[x, 0], other[x, 1] + 1) for x in (0, 2)]
    assert p.limit == pytest.approx(min(lows))
    assert (p.cell, p.value) == (0, 0.75)
    assert positivity(counts, 0, confidence, success=0.5)[1].limit == pytest.approx(
        positivity(counts, 0, confidence, success=0.5, seed=0)[1].limit
    )


def test_a_cell_is_well_seen_from_twenty_records_on_in_the_half_that_chooses():
    seen = {}
    for people in range(25, 60):
        chosen = int(np.random.default_rng(0).binomial([[people, 0]], 0.5)[0, 0])
        p, _ = positivity(np.array([[people, 0]]), 0, 0.9, success=0.5)
        seen.setdefault(chosen, set()).add(p.limit > 0)
    assert {19, 20} <= set(seen)
    assert all(found == {chosen >= 20} for chosen, found in seen.items())


def test_the_success_for_which_a_region_is_chosen_is_nine_tenths():
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
