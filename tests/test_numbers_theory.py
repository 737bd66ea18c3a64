"""Planting a number: exact curves and bounds, against fractions, samples and counts by hand."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from criticalmass import (
    InsertToken,
    Population,
)
from criticalmass.contracts import check_curve
from criticalmass.errors import ParameterError
from criticalmass.signals import MoveToSubgroup
from criticalmass.strategies import FeatureNumber
from criticalmass.studies.theory import theories
from criticalmass.theory import PlantedNumberBound
from support.rated_people import BLUE, FIVE, rated


def small_world(seed):
    """A few people with few different records, integer numbers, and what to ask of them."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(5, 60))
    table = {
        "a": rng.choice(["p", "q", "r"], size).astype(object),
        "badge": rng.choice(["none", "blue"], size, p=[0.7, 0.3]).astype(object),
        "y": rng.integers(0, 11, size).astype(float),
    }
    people = Population.from_table(table, label="y", numbers=(0, 10))
    return people, int(rng.integers(0, 11)), int(rng.integers(1, 5)), int(rng.choice([-3, -1, 2]))


def wins_by_hand(people, value, alpha, succeeds):
    """The share of records whose prediction succeeds, in fractions, cell by cell."""
    alpha, cells, wins = Fraction(alpha), {}, Fraction(0)
    for (a, badge), y in zip(people.features.tolist(), people.values.tolist(), strict=True):
        cells.setdefault((a, badge), []).append(Fraction(y))

    def predicted(a, badge):
        others = cells.get((a, badge), [])
        led = sum(len(ys) for (b, _), ys in cells.items() if b == a) if badge == "blue" else 0
        mass = alpha * led + (1 - alpha) * len(others)
        total = alpha * led * value + (1 - alpha) * sum(others)
        return total / mass if mass else None

    for (a, badge), ys in cells.items():
        if succeeds(predicted(a, "blue"), predicted(a, badge)):
            wins += len(ys)
    return float(wins / len(people))


@pytest.mark.parametrize("unit", [2.0**-600, 2.0**-45, 2.0**45, 2.0**400])
def test_the_exact_curves_do_not_depend_on_the_unit(unit):
    numbers = np.array([2.0, 3.5, 1.0, 4.0, 3.0, 2.5])
    badge = np.array(["none", "green", "blue"] * 2, dtype=object)
    curves = {}
    for size in (1.0, unit):
        table = {"badge": badge, "pay": numbers * size}
        people = Population.from_table(table, label="pay", numbers=True)
        curves[size] = [
            FeatureNumber(BLUE, 4 * size, **{name: by * size}).exact(people)
            for name, by in (("tolerance", 0.5), ("moved_by", 0.5), ("moved_by", -0.5))
        ]
    shares = np.linspace(0.01, 0.99, 99)
    for one, other in zip(curves[1.0], curves[unit], strict=True):
        np.testing.assert_array_equal(one.success(shares), other.success(shares))
    assert any(0 < one.success(0.9) < 1 for one in curves[1.0])


@given(st.integers(0, 2**32))
@settings(max_examples=80, deadline=None)
def test_the_exact_curve_is_that_of_a_firm_that_predicts_means(seed):
    people, value, near, by = small_world(seed)
    within = FeatureNumber(BLUE, value, tolerance=near).exact(people)
    moved = FeatureNumber(BLUE, value, moved_by=by).exact(people)
    for alpha in (Fraction(1, 1000), Fraction(1, 7), Fraction(2, 5), Fraction(97, 100)):
        expected = wins_by_hand(people, value, alpha, lambda on, _: abs(on - value) < near)
        assert within.success(float(alpha)) == pytest.approx(expected)
        expected = wins_by_hand(
            people, value, alpha, lambda on, off: on - off >= by if by > 0 else on - off <= by
        )
        ties = wins_by_hand(people, value, alpha, lambda on, off: on - off == by)
        assert expected - ties - 1e-9 <= moved.success(float(alpha)) <= expected + 1e-9
    check_curve(within)
    check_curve(moved)


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_the_bound_lies_below_the_exact_curve_of_the_whole_population(seed):
    people, value, near, _ = small_world(seed)
    strategy = FeatureNumber(BLUE, value, tolerance=near)
    exact, off = strategy.exact(people), near / 3
    for confidence in (0.9, 1.0):
        alphas = np.array([0.01, 0.1, 0.4, 0.8, 1.0])
        bound = strategy.bound(people, confidence=confidence).success(alphas)
        assert (bound <= exact.success(alphas) + 1e-12).all()
    slack = strategy.exact(people, epsilon=off)
    assert (slack.success(alphas) <= exact.success(alphas)).all()
    assert (
        strategy.bound(people, confidence=1, epsilon=off).success(alphas)
        <= slack.success(alphas) + 1e-12
    ).all()


def test_the_limit_of_the_excess_holds_for_the_population_that_records_come_from():
    """Samples of a known population: its V lies above the limit in no more than 10 % of them."""
    everybody = rated(20_000, seed=5)
    strategy, missed, rng = FIVE, 0, np.random.default_rng(0)
    carries = everybody.features["badge"] == "blue"
    excess = (np.maximum(np.abs(everybody.values - 5) - 0.5, 0) * carries).mean()
    for _ in range(200):
        some = everybody.take(rng.integers(0, len(everybody), 300))
        missed += strategy.bound(some, confidence=0.9).estimates[0].limit < excess
    assert missed <= 20


def test_a_firm_that_may_be_off_is_off_at_both_ends_where_predictions_are_to_move():
    """One service: f(x) = 3 and f(x') = 5 for every α, which is 2 apart and 1.5 at worst."""
    people = Population.from_table(
        {"badge": ["plain"] * 9 + ["blue"], "rating": [3.0] * 9 + [5.0]},
        label="rating", numbers=(1, 5),
    )  # fmt: skip
    moved = {by: FeatureNumber(BLUE, 5, moved_by=by) for by in (1.5, 1.51)}
    assert moved[1.5].exact(people, epsilon=0.25).success(0.5) == 0.9
    assert moved[1.51].exact(people, epsilon=0.25).success(0.5) == 0
    assert moved[1.51].exact(people, epsilon=0.2).success(0.5) == 0.9


def test_a_tie_at_the_wanted_move_is_enough_even_where_everybody_joins():
    people = Population.from_table(
        {"badge": ["plain"] * 9 + ["blue"], "rating": [4.0] * 9 + [5.0]},
        label="rating", numbers=(1, 5),
    )  # fmt: skip
    curve = FeatureNumber(BLUE, 5, moved_by=1).exact(people)
    assert curve.success([0.001, 0.5, 1.0]).tolist() == [0.9, 0.9, 0.9]


def test_the_limit_counts_the_carriers_that_are_too_far_off():
    people = rated()
    carries = people.features["badge"] == "blue"
    off = np.abs(people.values - 5)[carries] - 0.5
    (estimate,) = FIVE.bound(people, confidence=0.9).estimates
    assert estimate.value == pytest.approx(np.maximum(off, 0).sum() / 400)
    limit = beta.ppf(0.9, (off > 0).sum() + 1, 400 - (off > 0).sum())  # Clopper and Pearson
    assert estimate.limit == pytest.approx((4 - 0.5) * limit)
    assert f"{carries.sum()} of 400 records carry the signal already, {(off > 0).sum()} of" in (
        estimate.driver
    )
    near = FeatureNumber(BLUE, 5, tolerance=3).bound(people).estimates[0]
    assert "3 of them with a number that is farther than 3 from 5" in near.driver


def test_without_a_range_there_is_no_bound_and_the_reason_is_told():
    theory = theories(FIVE, rated(numbers=True))
    assert theory.bound is None
    assert "population.numbers = [1, 5]" in theory.refused["bound"]
    assert theory.exact is not None
    known = FIVE.bound(rated(numbers=True), confidence=1)
    assert known.estimates[0].limit == FIVE.bound(rated(), confidence=1).estimates[0].limit


@pytest.mark.parametrize("numbers", [(0, np.inf), (-np.inf, 10)])
def test_a_range_with_one_end_is_no_range(numbers):
    with pytest.raises(ParameterError, match="no bound holds without knowing how large numbers"):
        FIVE.bound(rated(numbers=numbers))


def test_the_excess_of_a_whole_population_is_that_of_the_means_of_equal_records():
    """Blue records have 1 and 5, on average 3: the firm is 2 off, which is 1.5 too far."""
    people = Population.from_table(
        {"badge": ["plain"] * 6 + ["blue"] * 2, "rating": [3.0] * 6 + [1.0, 5.0]},
        label="rating", numbers=(1, 5),
    )  # fmt: skip
    (estimate,) = FIVE.bound(people, confidence=1).estimates
    assert estimate.value == estimate.limit == 2 * 1.5 / 8


def test_an_excess_without_end_is_refused():
    assert PlantedNumberBound(0.0, tolerance=2.0).success(0.1) == 1
    with pytest.raises(ParameterError, match="excess is at least 0 and finite, not inf"):
        PlantedNumberBound(np.inf, tolerance=2.0)


def test_where_every_number_is_near_enough_nothing_exceeds():
    (estimate,) = FeatureNumber(BLUE, 3, tolerance=2.5).bound(rated(), confidence=0.9).estimates
    assert estimate.value == estimate.limit == 0


def test_the_lowest_number_may_be_reported_too():
    lowest = FeatureNumber(BLUE, 1, tolerance=0.5)
    assert len(lowest.candidates(rated())) == len(rated())
    assert lowest.exact(rated()).success(1.0) == 1


def test_a_mark_that_some_records_take_twice_has_no_exact_curve():
    class Longer:
        def apply(self, features, *, population, rng):
            marked = [text + "!" if text.startswith("a") else text for text in features]
            return np.array(marked, dtype=object)

    people = Population.from_texts(["a", "b", "a", "b"], [1, 2, 3, 4], numbers=(1, 5))
    with pytest.raises(ParameterError, match="Longer changes a marked record when it is applied"):
        FeatureNumber(Longer(), 5, moved_by=1).exact(people)


def test_where_no_exact_curve_is_known_the_reason_is_told():
    chance = FeatureNumber(MoveToSubgroup({"badge": "blue"}), 5, moved_by=1)
    with pytest.raises(ParameterError, match="leaves to chance"):
        chance.exact(rated())
    with pytest.raises(ParameterError, match="no theorem is known for predictions that are to"):
        FeatureNumber(BLUE, 5, moved_by=1).bound(rated())
    with pytest.raises(ParameterError, match="leave out suboptimality"):
        FIVE.bound(rated(), suboptimality="joint-tv")
    with pytest.raises(ParameterError, match="tolerance must exceed epsilon"):
        FIVE.bound(rated(), epsilon=0.5)
    apart = Population.from_texts([f"text {i}" for i in range(50)], range(50), numbers=(0, 50))
    refused = theories(FeatureNumber(InsertToken("~"), 50, tolerance=1), apart).refused["exact"]
    assert "hardly any two records are alike" in refused


def test_records_that_are_moved_into_a_group_are_spread_as_the_group_is():
    people = rated()
    spread = FeatureNumber(MoveToSubgroup({"badge": "blue"}), 5, tolerance=0.5).exact(people)
    inside = people.features["badge"] == "blue"
    total, masses = len(people), []
    for service in ("clean", "drive", "teach"):
        here = inside & (people.features["service"] == service)
        count, mean = here.sum(), people.values[here].mean()
        led = total * count / inside.sum()
        short = max(0, count * (5 - mean - 0.5))
        masses.append((short / (short + led * 0.5), count / inside.sum()))
    reached = sum(weight for mass, weight in masses if mass < 0.3)
    assert spread.success(0.3) == pytest.approx(reached)
