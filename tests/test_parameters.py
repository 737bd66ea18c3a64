"""Parameters from records: known cases, and limits that hold as often as they say."""

import re

import numpy as np
import pytest
from scipy.stats import beta

from criticalmass import DropColumn, Erase, FeatureLabel, FeatureOnly, Population, SetColumns
from criticalmass.errors import ParameterError
from criticalmass.intervals import lower_limit, upper_limit
from criticalmass.signals import MoveToSubgroup
from criticalmass.theory.parameters import (
    gap,
    positivity,
    sensitivity,
    uniqueness,
)


def test_clopper_pearson_limits_are_quantiles_of_beta():
    assert upper_limit(3, 20, 0.95) == pytest.approx(beta.ppf(0.95, 4, 17))
    assert lower_limit(3, 20, 0.95) == pytest.approx(beta.ppf(0.05, 3, 18))
    assert upper_limit(20, 20, 0.95) == 1
    assert lower_limit(0, 20, 0.95) == 0
    assert upper_limit(0, 0, 0.95) == 1  # nothing seen, nothing known


def test_never_seen_is_not_impossible():
    estimate = uniqueness(0, 25_000, 0.95)
    assert estimate.value == 0
    assert estimate.limit == pytest.approx(3 / 25_000, rel=0.01)  # the rule of three
    assert uniqueness(0, 25_000, 1).limit == 0  # unless the records are the population


def test_a_cell_seen_once_fixes_neither_gap_nor_positivity():
    once = np.array([[400, 100], [380, 120], [0, 1], [1, 0]])
    estimate = gap(once, 0, 0.95)
    assert estimate.value == 1 / 1002  # the one record that says otherwise counts as one
    assert estimate.limit < 0.1
    assert estimate.cell == 2
    p, rho = positivity(once, 0, 0.95)
    assert 0.5 < p.limit < p.value < 0.8
    assert 0 < rho.limit < 0.02
    known = gap(once, 0, 1)
    assert known.value == known.limit == 1 / 1002  # in the records as they are


def test_the_share_outside_the_region_is_counted():
    p, rho = positivity(np.array([[400, 100], [0, 25], [0, 25]]), 0, 1)
    assert (p.value, p.limit, p.cell) == (0.8, 0.8, 0)
    assert rho.value == rho.limit == pytest.approx(50 / 550)
    said = "50 of 550 records are led to where fewer than that have the target label"
    assert rho.driver == said


def test_where_nothing_is_well_seen_the_worst_is_assumed():
    few = np.eye(2, dtype=int)[np.arange(50) % 2]
    assert gap(few, 0, 0.95).value == 0.5
    assert gap(few[:4], 0, 0.95).limit > 0.95
    assert sensitivity(few, np.arange(50), 0.95).limit == 1  # nobody to compare with
    p, rho = positivity(few, 0, 0.95)
    assert (p.limit, rho.limit) == (0, 0)
    assert "too few records are led to one point" in p.driver
    assert gap(np.zeros((0, 2), dtype=int), 0, 0.95).limit == 1


def test_what_drives_an_estimate_is_named():
    people = Population.from_table(
        {
            "job": np.array(["cook", "cook", "nurse"] * 400, dtype=object),
            "sex": np.array(["f", "m"] * 600, dtype=object),
            "hired": np.array((["yes"] * 6 + ["no"]) * 171 + ["yes"] * 3, dtype=object),
        },
        label="hired",
    )
    bound = FeatureLabel(SetColumns({"job": "cook"}), "yes").bound(people)
    assert bound.estimates[1].driver.startswith("job = cook, sex = f (labels: no 57, yes 343)")
    bound = FeatureOnly(SetColumns({"job": "cook"}), "yes").bound(people)
    assert [estimate.name for estimate in bound.estimates] == [
        "opposing",
        "uniqueness",
        "outside",
        "positivity",
    ]
    said = r"[\d,]+ of 600 records that are led to job = cook, sex = [fm]"
    assert re.fullmatch(said, bound.estimates[3].driver)
    assert bound.estimates[0].driver == (
        "114 of 1,200 records carry the signal already and have another label"
    )
    everybody = FeatureOnly(MoveToSubgroup({"job": "cook"}), "yes").bound(people)
    assert everybody.estimates[3].driver == "all 1,200 records, which are led alike"


@pytest.mark.parametrize("confidence", [0, -1, 1.1, float("nan")])
def test_confidence_is_a_probability(confidence):
    for estimate in (
        lambda: uniqueness(1, 2, confidence),
        lambda: gap(np.ones((1, 2), int), 0, confidence),
        lambda: positivity(np.ones((1, 2), int), 0, confidence),
        lambda: sensitivity(np.ones((1, 2), int), np.array([0]), confidence),
    ):
        with pytest.raises(ParameterError, match="confidence is a probability"):
            estimate()


def world(rng):
    """Draw P₀ over cells and labels, some cells rare; and a signal set and a map."""
    cells, labels = int(rng.integers(5, 60)), int(rng.integers(2, 4))
    mass = rng.dirichlet(np.full(cells, rng.choice([0.2, 1])))
    odds = rng.dirichlet(np.full(labels, rng.choice([0.5, 3])), cells)
    carry = rng.random(cells) < 0.4
    carry[rng.integers(cells)] = True
    fixed = np.flatnonzero(rng.random(cells) < 0.5)
    image = np.arange(cells)
    if len(fixed):
        image = rng.choice(fixed, cells)
        image[fixed] = fixed
    return mass, odds, carry, image


def coverage(draws, confidence=0.8, n=2000):
    """Count how often each limit holds, over random worlds."""
    rng, held = np.random.default_rng(0), {}
    for _ in range(draws):
        mass, odds, carry, image = world(rng)
        counts = rng.multinomial(n, (mass[:, None] * odds).ravel()).reshape(odds.shape)
        gaps = odds.max(axis=1) - odds[:, 0]
        xi = mass[carry].sum()
        tau = mass @ np.abs(odds - odds[image]).max(axis=1)
        delta = mass[carry] @ gaps[carry] / xi
        seen = counts.sum(axis=1) > 0
        inside = seen & seen[image]
        place = np.cumsum(inside) - 1
        limits = {
            "uniqueness": uniqueness(int(counts[carry].sum()), n, confidence).limit >= xi,
            "gap": gap(counts[carry], 0, confidence).limit >= delta,
        }
        if inside.all() or seen.all():
            limits["sensitivity"] = (
                sensitivity(counts[inside], place[image[inside]], confidence).limit >= tau
            )
        p, rho = positivity(counts[seen], 0, confidence, success=0.5)
        if p.limit:  # S ≥ 1 − ρ − …: the share of mass with less than p is at most ρ
            limits["positivity"] = mass[odds[:, 0] < p.limit].sum() <= rho.limit
        for name, holds in limits.items():
            held.setdefault(name, []).append(holds)
    return {name: (np.mean(holds), len(holds)) for name, holds in held.items()}


def test_a_map_made_from_the_records_is_not_taken_at_its_word():
    """Where every job was seen with one sex only, dropping sex seems to lose nothing."""
    rng, held = np.random.default_rng(0), 0
    for _ in range(30):
        job, sex = rng.integers(0, 800, 2000), rng.integers(0, 2, 2000)
        letter = np.array(["f", "m"], dtype=object)[sex]
        people = Population.from_table({"job": job, "sex": letter, "y": letter}, label="y")
        held += Erase(DropColumn("sex")).bound(people).estimates[0].limit >= 0.5
    assert held >= 28


def test_counts_may_be_large():
    billions = np.array([[10**10, 10**9], [10**9, 10**10]])
    p, rho = positivity(billions, 1, 0.95, success=0.3)
    assert p.limit == pytest.approx(0.8)
    assert rho.limit == pytest.approx(0.5, abs=1e-4)
    p, rho = positivity(billions, 1, 0.95, success=0.9)
    assert p.limit == pytest.approx(1 / 11, abs=1e-4)
    assert rho.limit < 1e-9
    assert gap(billions, 1, 0.95).limit == pytest.approx(9 / 22, abs=1e-4)


def test_no_records_have_no_parameters():
    nobody = np.zeros((2, 2), dtype=int)
    for ask in (
        lambda: positivity(nobody, 0, 0.95),
        lambda: sensitivity(nobody, np.array([0, 1]), 0.95),
        lambda: uniqueness(0, 0, 0.95),
    ):
        with pytest.raises(ParameterError):
            ask()


def test_limits_hold_as_often_as_they_say():
    for name, (share, times) in coverage(200).items():
        assert times > 40, name
        assert share >= 0.8 - 2 * np.sqrt(0.16 / times), name


@pytest.mark.parametrize("seed", range(5))
def test_sensitivity_is_of_the_map_that_the_records_define(seed):
    """Everybody says yes, but for one in 100,000: the map on all of them leads to that one."""
    counts = np.array([[1, 0], [0, 49_999], [0, 50_000]])  # the lowest value says no
    of_everybody = sensitivity(counts, np.zeros(3, dtype=np.intp), 1.0)
    assert of_everybody.value == pytest.approx(1, abs=1e-4)
    values = np.random.default_rng(seed).choice(3, 1000, p=counts.sum(axis=1) / counts.sum())
    people = Population.from_table(
        {"value": values.astype(float), "said": np.where(values, "yes", "no").astype(object)},
        label="said", label_names=("no", "yes"),
    )  # fmt: skip
    assert Erase(DropColumn("value")).bound(people).estimates[0].limit < 0.1
