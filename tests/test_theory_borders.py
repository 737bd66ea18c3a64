"""Bounds and exact curves at their borders, with numbers that were computed by hand."""

import math
from fractions import Fraction

import numpy as np
import pytest

from criticalmass import FeatureLabel, FeatureOnly, Population
from criticalmass.errors import ParameterError
from criticalmass.signals import SetColumns
from criticalmass.theory import (
    DrawnPeople,
    ErasureBound,
    ExactCurve,
    ExactRegression,
    FeatureLabelBound,
    FeatureOnlyBound,
    GradientControlBound,
    GradientNeutralizingBound,
    JointCurve,
    PlantedNumberBound,
    RegressionBound,
    Suboptimality,
    UtilityBound,
    exact_erasure,
    exact_feature_label,
    exact_feature_only,
)
from criticalmass.theory.bound import check_probability
from criticalmass.theory.guarantee import Guarantee
from criticalmass.theory.planted_numbers import Moves, exact_moved
from criticalmass.words.unreached import unreached

ENDLESS = np.inf


# the form that all bounds have


@pytest.mark.parametrize(
    ("numbers", "alpha", "success"),
    [
        ({"shared": 0.1, "spent": 0.02, "lost": 0.05, "offset": 0.1}, 0.5, 0.95 - 0.07 / 0.4),
        ({"shared": 0.1}, 1.0, 1.0),
        ({"spent": 0.1, "offset": 0.2}, 0.2, 0.0),  # nothing up to the offset
        ({"offset": 0.2}, 0.2, 0.0),
        ({"offset": 0.2}, 0.21, 1.0),
        ({"lost": 0.3}, 0.01, 0.7),
    ],
)
def test_the_form_of_all_bounds(numbers, alpha, success):
    assert Guarantee(**numbers).success(alpha) == pytest.approx(success)


@pytest.mark.parametrize(
    ("numbers", "target", "alpha"),
    [
        ({"shared": 0.1, "spent": 0.02, "lost": 0.05, "offset": 0.1}, 0.75, (0.12 + 0.02) / 0.3),
        ({"offset": 0.2}, 0.9, 0.2),
        ({"lost": 0.25}, 0.75, 0.0),  # just reached, by any collective
        ({"lost": 0.25}, 0.76, math.nan),
        ({"lost": 0.25, "shared": 0.1}, 0.75, math.nan),  # with everybody only, and not before
        ({"spent": 0.25}, 0.75, 1.0),
        ({"spent": 0.2500001}, 0.75, math.nan),
    ],
)
def test_the_smallest_share_of_the_form_of_all_bounds(numbers, target, alpha):
    found = Guarantee(**numbers).critical_alpha([target])
    assert found == pytest.approx([alpha], nan_ok=True)


def test_what_is_missing_below_an_offset_alone():
    assert Guarantee(offset=0.2).area_below(0.9) == pytest.approx(0.18)
    assert Guarantee().area_below(0.9) == 0


def test_a_probability_may_exceed_1_by_rounding_alone():
    for value in (0.0, 1.0, 1 + 1e-13):
        check_probability("gap", value)
    for value in (-1e-300, 1 + 1e-9, math.nan):
        with pytest.raises(ParameterError, match="gap is a probability"):
            check_probability("gap", value)
    for make in (FeatureLabelBound, ErasureBound):
        assert make(1.0).success(1.0) == 1
    assert FeatureOnlyBound(1.0, 1.0).success(0.5) == 1  # everybody holds y* wherever they are


@pytest.mark.parametrize(
    ("sense", "lead", "lost", "joint"),
    [
        ("contamination", Fraction(1, 4), 0, False),
        ("conditional-tv", Fraction(2, 5), 0, False),
        ("joint-tv", 0, 0, True),
        ("published", 0, Fraction(1, 4), False),
    ],
)
def test_what_a_fifth_of_suboptimality_costs(sense, lead, lost, joint):
    slack = Suboptimality(0.2, sense)
    assert (slack.lead, slack.lost) == pytest.approx((float(lead), float(lost)))
    assert slack.is_joint == joint
    assert not Suboptimality(0.0, sense).is_joint


@pytest.mark.parametrize("sense", ["contamination", "conditional-tv", "joint-tv", "published"])
def test_suboptimality_is_less_than_its_border(sense):
    most = 1.0 if sense in ("joint-tv", "published") else 0.5
    assert Suboptimality(np.nextafter(most, 0), sense).epsilon < most
    for wrong in (most, -1e-300, math.nan):
        with pytest.raises(ParameterError, match="epsilon"):
            Suboptimality(wrong, sense)
    assert Suboptimality.of(0.1, Suboptimality(0.1, sense)).epsilon == 0.1


def test_a_published_formula_may_be_false_and_says_so_by_its_open_end():
    printed = FeatureLabelBound(0.01, 1.0, 0.05, "published").critical_mass(0.5)
    assert (printed.low, printed.high) == (0, math.inf)
    proven = FeatureLabelBound(0.01, 1.0, 0.0, "published").critical_mass(0.5)
    assert (proven.low, proven.high) == (0, proven.alpha)


# numbers under squared loss


def test_how_far_predictions_are_off_at_most():
    """D (1 − α)ξ/(α + (1 − α)ξ) + ε with D = 20, ξ = 1/4, α = 1/5: a half of 20, and 1."""
    bound = RegressionBound(0.25, 20.0, 2.0, 1.0)
    assert bound.residual([0.2, 1.0]) == pytest.approx([20 * 0.2 / 0.4 + 1, 1.0])
    assert RegressionBound(0.0, 20.0, 2.0).residual(0.01) == 0


def test_a_tolerance_exceeds_epsilon_and_a_distance_is_not_negative():
    assert RegressionBound(0.1, 0.0, 1.0).success(1e-9) == 1
    assert RegressionBound(0.1, 1.0, 1.0).success(1e-9) == 1  # near enough already
    assert PlantedNumberBound(0.3, 2.0, 0.5).success(0.5) == pytest.approx(1 - 0.2)
    assert PlantedNumberBound(0.3, 2.0, 0.5).critical_alpha(0.9) == pytest.approx(0.2 / 0.3)
    for make in (
        lambda e: RegressionBound(0.1, 1.0, 1.0, e),
        lambda e: PlantedNumberBound(1, 1, e),
    ):
        make(0.0)
        make(0.999)
        for wrong in (1.0, -1e-300, math.nan):
            with pytest.raises(ParameterError, match="tolerance must exceed epsilon"):
                make(wrong)
    for wrong in (-1e-300, math.inf, math.nan):
        with pytest.raises(ParameterError, match="distance is at least 0"):
            RegressionBound(0.1, wrong, 1.0)
        with pytest.raises(ParameterError, match="excess is at least 0"):
            PlantedNumberBound(wrong, 1.0)


def test_an_exact_curve_of_numbers_by_hand():
    """Of ten marked records at 30, 100 are led there: off by 20·10(1 − α)/(100α + 10(1 − α))."""
    exact = ExactRegression.of(
        np.zeros(100, dtype=int), [30.0] * 10 + [0.0] * 90,
        np.zeros(100, dtype=int), target_value=10.0, tolerance=2.0,
    )  # fmt: skip
    assert exact.base.tolist() == [100]
    assert exact.means.tolist() == [3.0]
    features = np.array([0] * 10 + [1] * 90)
    exact = ExactRegression.of(
        features, np.where(features == 0, 30.0, 5.0), np.zeros(100, dtype=int),
        target_value=10.0, tolerance=2.5, epsilon=0.5,
    )  # fmt: skip
    assert (exact.base.tolist(), exact.means.tolist(), exact.images.tolist()) == ([10], [30], [100])
    alpha = 0.25
    off = 20 * 10 * 0.75 / (100 * 0.25 + 10 * 0.75)
    assert exact.residual(alpha) == pytest.approx(off + 0.5)
    mass = 10 * 18 / (10 * 18 + 100 * 2)  # where it is off by 2
    assert exact.critical_mass(0.5).alpha == pytest.approx(mass)
    assert exact.first_reached(0.5).alpha == pytest.approx(mass)
    assert exact.success([mass * 0.999, mass * 1.001]).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"base": [-1.0, 2.0]}, "not negative, and not all 0"),
        ({"images": [-1.0, 2.0]}, "not negative, and not all 0"),
        ({"images": [0.0, 0.0]}, "not negative, and not all 0"),
        ({"base": [1.0]}, "one number per point"),
        ({"means": [1.0]}, "one number per point"),
        ({"images": [1.0, 1.0, 1.0]}, "one number per point"),
        ({"means": [math.nan, 1.0]}, "finite numbers"),
        ({"target_value": math.inf}, "finite numbers"),
        ({"base": [math.inf, 1.0]}, "finite numbers"),
    ],
)
def test_an_exact_curve_of_numbers_needs_numbers(changes, message):
    sound = {"base": [0.0, 2.0], "means": [0.0, 1.0], "images": [0.0, 3.0]}
    given = {**sound, "target_value": 5.0, **changes}
    lists = {k: np.array(v) if isinstance(v, list) else v for k, v in given.items()}
    ExactRegression(**{k: np.array(v) for k, v in sound.items()}, target_value=5.0, tolerance=1.0)
    with pytest.raises(ParameterError, match=message):
        ExactRegression(**lists, tolerance=1.0)


def test_records_values_and_marked_records_come_in_the_same_number():
    for features, values, marked in ((3, 2, 2), (2, 3, 2), (2, 2, 3)):
        with pytest.raises(
            ParameterError, match=f"{features} records, {values} values and {marked}"
        ):
            ExactRegression.of(
                np.zeros(features, int), np.zeros(values), np.zeros(marked, int),
                target_value=1.0, tolerance=1.0,
            )  # fmt: skip


@pytest.mark.parametrize("by", [1.0, -1.0])
@pytest.mark.parametrize("value", [5.0, 3.0, 0.0])
@pytest.mark.parametrize("there", [2.0, 4.5])
def test_what_moves_a_prediction_is_told_by_the_predictions_themselves(by, value, there):
    """100 records of mean 3 are led to 9 of another mean; the firm may be off by .1 at both."""
    moves = Moves(*(np.array([v]) for v in (100.0, 3.0, False, 9.0, there, 100.0)))
    curve = exact_moved(moves, value, by, epsilon=0.1)
    for alpha in (0.001, 0.02, 0.1, 0.3, 0.7, 0.99, 1.0):
        led, others = 100 * alpha, 9 * (1 - alpha)
        predicted = (led * value + others * there) / (led + others)
        far = predicted - 3 if by > 0 else 3 - predicted
        assert curve.success(alpha) == (far - 0.2 >= 1)
    stays = Moves(*(np.array([v]) for v in (100.0, 3.0, True, 9.0, there, 100.0)))
    assert exact_moved(stays, value, by).success(1.0) == 0


# steering


def test_a_model_comes_nearer_by_theorem_7():
    """(1 − α) .8 − α · 3.2 is left, divided by μ = 2; .4 − α · 2 with the way of .5 left."""
    bound = GradientNeutralizingBound(0.8, 3.2, 2.0, 0.5)
    assert bound.distance([0.1, 0.2, 0.5]) == pytest.approx([0.2, 0.0, 0.0])
    assert bound.success([0.1, 0.2]) == pytest.approx([0.6, 1.0])
    assert bound.critical_alpha([0.6, 1.0]) == pytest.approx([0.1, 0.2])
    assert bound.area_below(0.6, 0.1) == pytest.approx((0.6 - 0.2) / 2 * 0.1)
    near = GradientNeutralizingBound(0.8, 3.2, 2.0, 0.3)  # nothing is known beyond .3
    assert near.distance([0.01, 0.1]) == pytest.approx([ENDLESS, 0.2])
    assert near.success([0.01, 0.1]) == pytest.approx([0, 1 / 3])
    begins = (0.8 - 0.6) / 4
    assert near.area_below(1 / 3, 0.1) == pytest.approx(begins / 3 + (0.1 - begins) / 3 / 2)
    level = GradientNeutralizingBound(0.8, 3.2, 0.0, 0.3)
    assert level.area_below(0.5, 0.2) == pytest.approx(0.1)
    assert bound.area_below(0.6, 0.0) == 0


def test_a_firm_that_is_there_already_needs_nobody():
    there = GradientNeutralizingBound(0.0, 3.2, 2.0, 0.0)
    assert there.distance(0.1) == 0
    assert there.success(0.1) == 1
    assert there.critical_alpha(1.0) == 0


@pytest.mark.parametrize("target", [0.0099, 0.0101, 0.5, 1.0])
def test_the_shortfall_of_a_utility_is_the_same_by_both_of_its_formulas(target):
    """S = α/(1 − α): ∫ (t − a/(1 − a)) da = t − log(1 + t); by its series where t is small."""
    bound = UtilityBound(2.0, 0.5, 1.0, 1.0)
    upto = target / (1 + target)
    assert bound.critical_alpha(target) == pytest.approx(upto)
    exact = target - math.log1p(target)
    assert bound.area_below(target, upto) == pytest.approx(exact, rel=1e-10)
    assert bound.success(0.25) == pytest.approx(1 / 3)
    tiny = UtilityBound(2.0, 0.5, 1.0, 1e4)  # t²/2 − t³/3 + …, with k = 10⁴
    assert tiny.area_below(0.5, 0.5 / 10_000.5) == pytest.approx(
        1e4 * (5e-5**2 / 2 - 5e-5**3 / 3 + 5e-5**4 / 4), rel=1e-12
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"alphas": ()}, "come in pairs; there are 0 and 1"),
        ({"pulls": (0.1, 0.2)}, "come in pairs; there are 1 and 2"),
        ({"alphas": (-0.1,)}, "numbers from 0 on"),
        ({"alphas": (math.nan,)}, "numbers from 0 on"),
        ({"alphas": (0.1, 0.2), "pulls": (0.2, 0.1)}, "both ascending"),
        ({"xi": -1.0}, "xi must be positive, not -1"),
        ({"learning_rate": 0.0}, "positive and finite, not 0"),
        ({"learning_rate": math.inf}, "positive and finite, not inf"),
        ({"way": -0.1}, "way a distance, not 5 and -0.1"),
        ({"way": math.inf}, "way a distance, not 5 and inf"),
        ({"steps": 0}, "not 0 and 1"),
    ],
)
def test_what_theorem_10_cannot_be_of(changes, message):
    sound = {"alphas": (0.0,), "pulls": (0.1,), "learning_rate": 0.1, "steps": 5}
    with pytest.raises(ParameterError, match=message):
        GradientControlBound(**sound | changes)


def test_theorem_10_at_its_borders():
    """Equal shares and equal pulls are allowed, one step, and a way of nothing."""
    bound = GradientControlBound(
        (0.1, 0.1, 0.3, 0.5), (0.0, 1.0, 1.0, 2.0), learning_rate=0.25, steps=1
    )
    assert bound.way == 1
    assert bound.pull([0.05, 0.2, 0.4, 0.5, 1.0]) == pytest.approx([0, 1, 1.5, 2, 2])
    assert bound.success([0.2, 0.5]) == pytest.approx([0.25, 0.5])
    assert bound.distance(0.5) == pytest.approx(0.5)
    # the first of two shares with one pull; above it the line from (.3, 1) to (.5, 2)
    assert bound.critical_alpha([0.2, 0.25, 0.375, 0.5]) == pytest.approx([0.1, 0.1, 0.4, 0.5])
    assert np.isnan(bound.critical_alpha(0.51))
    once = GradientControlBound((0.0, 0.5), (0.0, 9.0), learning_rate=0.25, steps=3)
    assert once.pull(0.5) == 4  # at most 1/η, which leaves nothing of the way
    assert once.success([0.5, 1.0]).tolist() == [1, 1]
    assert once.pull(0.1) == pytest.approx(0.8)
    beyond = GradientControlBound((0.0, 2.0), (0.0, 4.0), learning_rate=0.25, steps=1)
    assert beyond.critical_alpha([0.4, 0.5]) == pytest.approx([0.8, 1.0])
    assert np.isnan(beyond.critical_alpha(0.6))  # that would be more than everybody


@pytest.mark.parametrize("steps", [1, 2, 7, 200])
@pytest.mark.parametrize("xi", [None, 0.7, 3.0])
def test_the_shortfall_up_to_a_share_is_the_integral_of_the_formula(steps, xi):
    bound = GradientControlBound(
        (0.05, 0.2, 0.6), (0.1, 0.3, 2.5), learning_rate=0.5, steps=steps, xi=xi
    )
    upto, target = 0.55, 0.9
    ends = [0.05, 0.2, 0.6]

    # the middle of 400,000 pieces, by the formula as it is printed
    shares = (np.arange(400_000) + 0.5) / 400_000 * upto
    drawn = np.where(shares < 0.05, 0.0, np.interp(shares, ends, [0.1, 0.3, 2.0]))
    pull = np.minimum(drawn, shares * (xi or math.inf))
    expected = upto * (target - np.mean(1 - (1 - 0.5 * pull) ** steps))
    assert bound.area_below(target, upto) == pytest.approx(expected, abs=2e-6)
    assert bound.area_below(target, 0.0) == 0


# exact curves


def test_an_exact_curve_counts_what_lies_between_its_ends():
    """Of ten records 4 succeed in (.1, .5), 3 in (.2, ∞), 2 always; 1 never does."""
    curve = ExactCurve(
        np.array([0.1, 0.2, -np.inf, 0.7]), np.array([0.5, np.inf, np.inf, 0.7]),
        np.array([4, 3, 2, 1]), 10,
    )  # fmt: skip
    shares = [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.6, 0.7, 1.0]
    assert curve.success(shares) == pytest.approx([0.2, 0.2, 0.6, 0.6, 0.9, 0.5, 0.5, 0.5, 0.5])
    assert curve.critical_mass(0.5).alpha == 0.1
    assert curve.critical_mass(0.2).alpha == 0
    assert curve.first_reached(0.9).alpha == 0.2
    assert curve.first_reached(0.6).alpha == 0.1
    assert "with everybody success is 0.5" in unreached(curve.critical_mass(0.6).reason)
    assert "above alpha = 0.1, but" in unreached(curve.critical_mass(0.6).reason)
    never = curve.critical_mass(0.95)
    assert unreached(never.reason) == "with everybody success is 0.5"
    assert unreached(curve.first_reached(0.95).reason) == "success never exceeds 0.9"
    missing = 0.6 * 0.1 + 0.2 * 0.1 + 0.0 + 0.3 * 0.1
    assert curve.area_below(0.8, 0.6) == pytest.approx(missing)
    assert curve.area_below(0.8, 0.05) == pytest.approx(0.03)


def test_what_is_won_and_lost_with_everybody_alone():
    """One wins where α is 1 only in the limit, another is lost there."""
    late = ExactCurve(np.array([1.0]), np.array([np.inf]), np.array([1.0]), 1)
    assert late.success(1.0) == 0
    assert not late.first_reached(0.5).reached
    nearly = ExactCurve(np.array([-np.inf]), np.array([1.0]), np.array([1.0]), 1)
    assert nearly.success([0.9, 1.0]).tolist() == [1, 0]
    assert nearly.first_reached(0.5).alpha == 0
    assert not nearly.critical_mass(0.5).reached


def test_an_exact_curve_is_squeezed_for_a_part_of_the_people():
    curve = ExactCurve(
        np.array([0.2, 1.0, -np.inf]), np.array([1.0, np.inf, 1.5]), np.array([5, 3, 2]), 10
    )
    some = curve.recruited(0.5)
    assert some.success([0.05, 0.1, 0.2, 0.49]) == pytest.approx([0.2, 0.2, 0.7, 0.7])
    # with all who may join, one is lost; what only more than everybody would win stays out
    assert some.success([0.5, 1.0]) == pytest.approx([0.2, 0.2])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: exact_feature_label([[1, 2]], [1, 1], 0), "expected records"),
        (lambda: exact_feature_label([[1], [2]], [1, 1], 0), "expected records"),
        (lambda: exact_feature_label([[1, np.inf]], [1], 0), "finite and not negative"),
        (lambda: exact_feature_label([[1, 2]], [-1], 0), "finite and not negative"),
        (lambda: exact_feature_label([[1, 2]], [1], -1), "target is a column from 0 to 1, not -1"),
        (lambda: exact_feature_only([[1, 2]], [3], [4], 0), "some of the records in images"),
        (lambda: exact_feature_only([[1, 2]], [3], [-1], 0), "some of the records in images"),
        (lambda: exact_feature_only([[1, 2]], [3], [1, 1], 0), "some of the records in images"),
        (lambda: exact_erasure([[1, 0], [0, 1]], [0]), "for each cell"),
        (lambda: exact_erasure([[1, 0], [0, 1]], [0.0, 1.0]), "for each cell"),
        (lambda: exact_erasure([[1, 0], [0, 1]], [0, -2]), "rows from 0 to 1"),
        (lambda: exact_erasure([[1, 0], [0, 1], [1, 1]], [-1, -1, 2]), "leads 2 cells to where"),
    ],
)
def test_records_that_no_exact_curve_is_of(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


def test_all_or_none_of_those_who_are_led_to_a_point_may_hold_the_label():
    for holders, wins in ((3, 1), (0, 0)):
        assert exact_feature_only([[0, 2]], [3], [holders], 0).success(0.9) == wins


@pytest.mark.parametrize("alpha", [0.05, 0.3, 0.6, 1.0])
def test_a_budget_that_pays_for_no_flip_changes_nothing(alpha):
    """The least margin is more than twice the budget: the attack leaves what the best firm does."""
    counts, image = [[30, 10], [5, 25], [12, 18]], [0, 0, 2]
    free = exact_erasure(counts, image)
    tight = exact_erasure(counts, image, epsilon=1e-6, suboptimality="joint-tv")
    assert tight.attacked(alpha) == free.success(alpha)
    assert tight.success(alpha) == pytest.approx(float(free.success(alpha)), abs=1e-5)


def test_a_joint_curve_of_two_points_by_hand():
    """Margins 20α and 60α of 100 records; a flip costs half a margin, and ε pays for 5."""
    points = (np.zeros(2), np.array([20.0, 60.0])), np.array([40.0, 60.0])
    curve = JointCurve(*points, 100, 0.05)
    # at α = .4 the first flip costs 4 of 5, and what is left pays for a twelfth of the other
    assert curve.attacked(0.4) == 0.6
    assert curve.success(0.4) == pytest.approx(0.6 - 0.6 / 12)
    # at α = .6 the first costs 6: 5/6 of it by the floor, and none of it by an attack
    assert curve.attacked(0.6) == 1.0
    assert curve.success(0.6) == pytest.approx(1 - 0.4 * 5 / 6)
    # 40α pays for both points up to α = 1/8, 30α for the larger up to 1/6, 10α for the other
    assert curve.attacked([0.12, 0.13, 0.16, 0.17, 0.49, 0.51]).tolist() == [
        0, 0.4, 0.4, 0.6, 0.6, 1.0,
    ]  # fmt: skip
    mass = curve.critical_mass(0.65)
    assert mass.low == pytest.approx(0.5, abs=1e-9)
    alpha = 5 / 10 * 40 / 35  # where a part of the first point as large as 35 of 40 is paid
    assert mass.alpha == pytest.approx(alpha, rel=1e-5)
    assert (mass.high, mass.confidence) == (mass.alpha, 1.0)
    half = curve.recruited(0.5).recruited(0.5)
    assert half.share == 0.25
    assert half.critical_mass(0.65).low == pytest.approx(0.125, abs=1e-9)
    assert half.attacked([0.1, 0.9]).tolist() == [curve.attacked(0.4), curve.attacked(1.0)]
    never = curve.critical_mass(0.9)
    assert (never.low, never.reached) == (pytest.approx(0.5, abs=1e-9), False)
    assert unreached(never.reason) == "no more than 0.8 is certain when everybody joins"


@pytest.mark.parametrize("last", [0.9, 0.9965, 0.999])
def test_an_attack_that_succeeds_until_nearly_everybody_has_joined(last):
    """One point of margin 20α: ε pays for half of it, 10α, up to a share just below 1."""
    curve = JointCurve((np.zeros(1), np.array([20.0])), np.array([100.0]), 100, 0.1 * last)
    assert curve.attacked([last - 1e-6, last + 1e-6]).tolist() == [0, 1]
    assert curve.critical_mass(0.5).low == pytest.approx(last, abs=1e-9)


@pytest.mark.parametrize("kind", [FeatureLabel, FeatureOnly])
def test_where_nobody_can_be_recruited_success_is_none_and_no_number_is_undefined(kind):
    """Nobody holds A, and only holders of A are asked: no record is ever changed."""
    table = {"mark": ["n", "n", "y"], "is": ["B", "B", "B"]}
    people = Population.from_table(table, label="is", label_names=("A", "B"))
    strategy = kind(SetColumns({"mark": "y"}), "A", recruit="target")
    whole = strategy.exact(people, in_people=True)
    curves = (
        whole,
        DrawnPeople.of(whole, 0.9),
        strategy.exact(people),
        strategy.exact(people, epsilon=0.1),
        strategy.exact(people, epsilon=0.1, suboptimality="joint-tv"),
        strategy.bound(people),
    )
    for curve in curves:
        assert curve.success([0.1, 0.5, 1.0]).tolist() == [0, 0, 0]
        assert not curve.critical_mass(0.9).reached
    assert whole.floor([0.1, 1.0]).tolist() == [0, 0]
    assert not whole.floor_mass(0.9).reached


def test_what_holds_without_a_collective_holds_where_nobody_can_be_recruited():
    curve = ExactCurve(np.array([-np.inf, 0, 0.2]), np.array([1, 1, np.inf]), np.ones(3), 3)
    assert curve.recruited(0.0).success([0.1, 1.0]).round(6).tolist() == [0.333333] * 2
