"""Strategies and goals at their borders: doubts that are shared out, gradients, norms, names."""

import math

import numpy as np
import pytest

from criticalmass import (
    DropColumn,
    Erase,
    FeatureLabel,
    FeatureOnly,
    FiniteTable,
    InsertToken,
    Population,
    SetColumns,
)
from criticalmass.errors import DataError, ParameterError
from criticalmass.risks import Design, Risk
from criticalmass.signals import MoveToSubgroup
from criticalmass.strategies import Gain, Imperfect, Linear, Raise, Reach
from criticalmass.strategies.images import carrying, cell_name, counted, erased_image, images
from criticalmass.strategies.steering.goals import Aim
from criticalmass.strategies.steering.solvers.records_in_a_box import NEW, _best
from criticalmass.strategies.steering.utilities import MeanScore, base
from criticalmass.theory.parameters import gap, opposing, positivity, sensitivity, uniqueness

COOKS = SetColumns({"job": "cook"})


def people():
    """200 people: 50 cooks, 30 of them hired; 150 nurses, 90 of them hired."""
    jobs = ["cook"] * 50 + ["nurse"] * 150
    hired = ["yes"] * 30 + ["no"] * 20 + ["yes"] * 90 + ["no"] * 60
    sex = ["f", "m"] * 100
    return Population.from_table({"job": jobs, "sex": sex, "hired": hired}, label="hired")


@pytest.mark.parametrize("confidence", [0.7, 0.95, 1.0])
def test_limits_of_one_theorem_share_the_doubt_between_them(confidence):
    """A union bound: of 1 − c, u has .7, Δ .25 and ξ .05; or u .7, p with ρ .28 and ξ .02."""
    table, doubt = FiniteTable.of(people()), 1 - confidence
    cook = table.features["job"] == "cook"
    yes = table.label_index("yes")
    bound = FeatureLabel(COOKS, "yes").bound(people(), confidence=confidence)
    assert bound.bound.uniqueness == uniqueness(50, 200, 1 - 0.05 * doubt).limit
    assert bound.bound.gap == gap(table.counts[cook], yes, 1 - 0.25 * doubt).limit
    assert bound.bound.opposing == opposing(20, 200, 1 - 0.7 * doubt).limit
    assert (bound.confidence, bound.share) == (confidence, 1.0)
    bound = FeatureOnly(COOKS, "yes").bound(people(), confidence=confidence, success=0.5)
    by_sex = np.array([[60, 40], [60, 40]])  # led to cook, f or to cook, m; hired and not
    p, rho = positivity(by_sex, 0, 1 - 0.28 * doubt, success=0.5)
    assert bound.bound.uniqueness == uniqueness(50, 200, 1 - 0.02 * doubt).limit
    assert bound.bound.opposing == opposing(20, 200, 1 - 0.7 * doubt).limit
    assert (bound.bound.positivity, bound.bound.outside) == (p.limit, rho.limit)
    assert FeatureOnly(COOKS, "yes", "target").bound(people()).share == 120 / 200
    erase = Erase(DropColumn("sex"))
    tau = sensitivity(table.counts, erased_image(erase.signal, table), confidence)
    assert erase.bound(people(), confidence=confidence).bound.sensitivity == tau.limit


def test_confidence_is_nineteen_in_twenty_and_a_region_is_for_nine_tenths_unless_you_say():
    for strategy in (
        FeatureLabel(COOKS, "yes"),
        FeatureOnly(COOKS, "yes"),
        Erase(DropColumn("sex")),
    ):
        default, said = strategy.bound(people()), strategy.bound(people(), confidence=0.95)
        assert default == said
        assert default.confidence == 0.95
    assert FeatureOnly(COOKS, "yes").bound(people()) == FeatureOnly(COOKS, "yes").bound(
        people(), success=0.9
    )


def test_success_is_certain_with_everybody_where_all_report_the_target():
    assert FeatureLabel(COOKS, "yes").all_succeed
    assert not FeatureLabel(COOKS, "yes", "target").all_succeed
    assert not FeatureOnly(COOKS, "yes").all_succeed


def test_a_curve_is_squeezed_for_holders_alone_and_not_for_everybody():
    alphas = np.array([0.05, 0.2, 0.5])
    everybody = FeatureOnly(COOKS, "yes").exact(people())
    holders = FeatureOnly(COOKS, "yes", "target").exact(people())
    assert holders.success(alphas * 0.6).tolist() == everybody.success(alphas).tolist()


def test_where_a_signal_leads_is_counted_in_records():
    """All 200 are led to cooks of either sex; into a group they are spread as the group is."""
    table = FiniteTable.of(people())
    yes = table.label_index("yes")
    led = images(COOKS, table, yes)
    assert led.base.sum() == 50
    assert (led.mass.sum(), led.mass_of_target.sum()) == (200, 120)
    assert sorted(led.mass.tolist()) == [100, 100]
    group = images(MoveToSubgroup({"job": "cook", "sex": "f"}), table, yes)
    assert (group.base.sum(), group.mass.tolist()) == (25, [200.0])
    assert group.mass_of_target.tolist() == [120.0]
    assert (carrying(COOKS, table) == (table.features["job"] == "cook")).all()


def test_a_point_that_a_single_record_is_led_to_counts():
    """Of three, two are led to a cook who is a woman, and one to a cook who is a man."""
    few = Population.from_table(
        {"job": ["cook", "nurse", "nurse"], "sex": list("ffm"), "hired": ["yes", "no", "no"]},
        label="hired",
    )
    table = FiniteTable.of(few)
    led = images(COOKS, table, table.label_index("yes"))
    assert sorted(led.mass.tolist()) == [1, 2]
    assert sorted(led.mass_of_target.tolist()) == [0, 1]


def test_sets_of_labels_count_as_holding_the_target_or_not():
    sets = Population.from_texts(["a", "b"], [{"x", "y"}, {"y"}])
    assert counted(sets, "x").counts.sum() == 2
    with pytest.raises(DataError, match="Erase needs one label per record"):
        counted(sets)
    plain = Population.from_texts(["a", "b"], ["x", "y"])
    assert len(counted(plain).label_names) == 2


@pytest.mark.parametrize(("letters", "cut"), [(60, False), (61, True)])
def test_a_text_that_is_named_has_sixty_letters_at_most(letters, cut):
    texts = Population.from_texts(["w" * letters, "b"] * 5, ["x", "y"] * 5)
    table = FiniteTable.of(texts)
    name = cell_name(table)(int(np.argmax([len(text) for text in table.features])))
    shown = "w" * 59 + "…" if cut else "w" * 60
    assert name == f"'{shown}' (labels: x 5)"
    assert cell_name(table, np.array([1, 0]))(0) == cell_name(table)(1)


# members who do not all act


@pytest.mark.parametrize("inactive", [0.0, 0.2, 0.75])
def test_a_part_of_the_members_acts_and_theory_counts_these(inactive):
    plain = FeatureLabel(COOKS, "yes")
    some = Imperfect(plain, inactive=inactive)
    assert some.bound(people()).share == pytest.approx(1 / (1 - inactive))
    alphas = np.array([0.02, 0.1, 0.6])
    acting = np.maximum(alphas * (1 - inactive), 1e-9)
    assert (some.exact(people()).success(alphas) == plain.exact(people()).success(acting)).all()
    members = np.arange(200)
    edit = some.edit(people(), members, np.random.default_rng(0))
    assert (edit.members == members).all()
    alike = ((people().features["job"] == "cook") & people().held[:, 1]).sum()
    expected = (200 - alike) * (1 - inactive)
    assert len(edit.rows) == pytest.approx(expected, abs=4 * math.sqrt(200) / 2)


def test_members_who_keep_their_label_by_mistake_have_no_theory():
    wrong = Imperfect(FeatureLabel(COOKS, "yes"), mislabel=0.5)
    for ask in (wrong.bound, wrong.exact):
        with pytest.raises(ParameterError, match="keep their labels by mistake"):
            ask(people())
    edit = wrong.edit(people(), np.arange(200), np.random.default_rng(0))
    changed = (people().held[edit.rows] != edit.held).any(axis=1)
    assert 80 * 0.3 < changed.sum() < 80 * 0.7  # 80 were not hired, half of them say so
    whole = Imperfect(FeatureLabel(COOKS, "yes"), mislabel=1.0)
    edit = whole.edit(people(), np.arange(200), np.random.default_rng(0))
    assert (people().held[edit.rows] == edit.held).all()


# goals


def scores(theta, x, label, labels, scale):
    """The mean score of a label, from exponentials; the first label is the reference."""
    padded = np.column_stack([x, np.ones(len(x))])
    eta = padded @ theta.reshape(labels - 1, -1).T
    whole = np.column_stack([np.zeros(len(x)), eta])
    if scale == "predictor":
        return -eta.sum(axis=1).mean() if label == 0 else eta[:, label - 1].mean()
    odds = np.exp(whole)
    return (odds[:, label] / odds.sum(axis=1)).mean()


@pytest.mark.parametrize("scale", ["score", "predictor"])
@pytest.mark.parametrize(("labels", "label"), [(2, 0), (2, 1), (3, 0), (3, 1), (3, 2)])
def test_a_mean_score_and_its_gradient_are_those_of_the_model(labels, label, scale):
    rng = np.random.default_rng(labels + label)
    x = rng.normal(size=(7, 2))
    risk = Risk("logistic" if labels == 2 else "multinomial")
    utility = MeanScore(x, risk, label, scale)
    theta = rng.normal(size=3 * (labels - 1))
    assert utility.value(theta) == pytest.approx(scores(theta, x, label, labels, scale))
    assert utility.convex == (scale == "predictor")
    for place in range(len(theta)):
        step = np.zeros(len(theta))
        step[place] = 1e-6
        slope = (utility.value(theta + step) - utility.value(theta - step)) / 2e-6
        assert utility.gradient(theta)[place] == pytest.approx(slope, abs=1e-8)


def test_how_much_of_the_way_or_of_the_gain_is_done():
    aim = Aim(np.zeros(2), np.array([3.0, 4.0]))
    assert (aim.way, aim.distance(np.array([3.0, 0.0]))) == (5, 4)
    halfway = np.array([1.5, 2.0])
    assert aim.share(halfway) == pytest.approx(0.5)
    assert [aim.share(theta) for theta in (aim.start, aim.target, -aim.target)] == [0, 1, 0]
    assert Aim(np.zeros(2), np.array([3.0, 4.0]), norm=1).way == 7
    assert Aim(np.zeros(2), np.array([3.0, 4.0]), norm=np.inf).way == 4
    there = Aim(np.zeros(2), np.zeros(2))
    assert there.share(np.ones(2)) == 1
    gain = Aim(np.zeros(2), np.array([2.0, 0.0]), "utility", utility=Linear((1.0, 0.0)), gain=2.0)
    assert [gain.share(np.array([by, 7.0])) for by in (0.0, 0.5, 2.0, 3.0)] == [0, 0.25, 1, 1]
    assert Linear((1.0, -2.0)).gradient(np.ones(2)).tolist() == [1, -2]


@pytest.mark.parametrize("by", [0.0, -1.0, math.inf, math.nan])
def test_a_gain_is_more_than_nothing_and_finite(by):
    for make in (Raise, lambda by: Gain(Linear((1.0,)), by)):
        with pytest.raises(ParameterError, match="by is a gain above 0"):
            make(by)
        make(5e-324)


@pytest.mark.parametrize("norm", [0, 1.5, 3, -1])
def test_a_norm_is_one_of_three(norm):
    for known in (1, 2, np.inf):
        assert Reach((0.0,), known).norm == known
    with pytest.raises(ParameterError, match="norm must be 1, 2 or inf"):
        Reach((0.0,), norm)
    with pytest.raises(ParameterError, match="at least one weight"):
        Reach({})
    with pytest.raises(ParameterError, match="finite ones"):
        Reach((math.inf,))


def test_a_weight_is_set_for_every_predictor_and_the_rest_is_what_the_firm_learns():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 2))
    y = np.array(["a", "b", "c"])[rng.integers(0, 3, 300)]
    three = Population.from_arrays(x, y)
    risk = Risk("multinomial", l2=0.1)
    design = Design.of(three)
    aim = Reach({design.names[1]: 0.25}).aim(risk, design, three)
    assert aim.target.reshape(2, 3)[:, 1].tolist() == [0.25, 0.25]
    assert aim.norm == 2
    free = np.array([0, 2, 3, 5])
    gradient = risk.gradient(aim.target, _sample(risk, design, three))
    assert np.abs(gradient[free]).max() < 1e-6
    assert np.abs(gradient[[1, 4]]).max() > 1e-3
    raised = Raise(0.05).aim(risk, design, three)
    assert raised.utility.label == 1  # the second label, unless you say
    assert Raise(0.05, label="c").aim(risk, design, three).utility.label == 2
    assert raised.share(raised.target) == pytest.approx(1)


def _sample(risk, design, population):
    return base(risk, design, population)[0]


def test_a_mark_of_chance_is_refused_where_an_exact_curve_is_wanted():
    texts = Population.from_texts(["a b c d", "e f g h"], ["x", "y"])
    with pytest.raises(ParameterError, match="leaves to chance how a record is marked"):
        FeatureLabel(InsertToken("~", every=2, placement="random"), "x").exact(texts)


def test_the_kinds_of_records_that_are_worth_most_are_taken_in_for_each_outcome():
    number = np.array([1] * (NEW + 3) + [0, 0, 0])
    worth = np.array([*np.random.default_rng(0).permutation(NEW + 3) + 1.0, 0.5, 9.0, 0.7])
    best = _best(number, worth, enough=0.5)  # what is worth as much as that is worth too little
    zero, one = best[number[best] == 0], best[number[best] == 1]
    assert worth[zero].tolist() == [9.0, 0.7]
    assert worth[one].tolist() == [NEW + 3.0 - k for k in range(NEW)]
