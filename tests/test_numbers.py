"""Numbers as labels: populations, measures, strategies, trials against refits by hand."""

import math

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline

from criticalmass import (
    BayesOptimal,
    Edit,
    FeatureLabel,
    Grid,
    InsertToken,
    LinearText,
    Population,
    RiskMinimizer,
    ScikitLearner,
    SetColumns,
    Study,
    run,
)
from criticalmass.contracts import check_learner, check_strategy
from criticalmass.data import RandomizeLabels
from criticalmass.errors import DataError, ParameterError, StudyError
from criticalmass.measures.numbers import WantedNumber, mean_error
from criticalmass.signals import DropColumn
from criticalmass.strategies import Erase, FeatureNumber, Imperfect
from support.rated_people import BLUE, FIVE, rated
from support.rows import counts

# populations


def test_a_population_holds_numbers_as_they_come():
    people = Population.from_arrays(np.eye(3), ["2", 3.5, np.float32(4)], numbers=True)
    assert people.values.tolist() == [2.0, 3.5, 4.0]
    assert (people.holds, people.numbers) == ("numbers", (-math.inf, math.inf))
    assert repr(people) == "Population('population', 3 arrays, numbers from 2 to 4)"
    assert people.take(np.array([2, 0])).values.tolist() == [4.0, 2.0]


@pytest.mark.parametrize(
    ("labels", "numbers", "says"),
    [
        ([1, 2, "x"], True, "the label holds 'x' in record 2, which is no number"),
        ([1, None, 3], True, "the label holds no number in record 1"),
        ([1, math.nan, 3], True, "the label holds no number in record 1"),
        ([1, math.inf, 3], True, "the label holds inf in record 1"),
        ([1, True, 3], True, "the label holds True in record 1"),
        ([1, 6, 3], (1, 5), "holds 6 in record 1, and numbers lie between 1 and 5"),
        ([1, 0.5, 3], (1, 5), "holds 0.5 in record 1, and numbers lie between 1 and 5"),
        ([1, 5.0000001, 3], (1, 5), "holds 5.0000001 in record 1, and numbers lie between 1"),
        (
            [1234568, 1, 1],
            (1, 1234567),
            "holds 1234568 in record 0, and numbers lie between 1 and 12",
        ),
        ([1, 2], True, "3 records, but 2 labels"),
        ([[1, 2], [3, 4], [5, 6]], True, "array of shape (3, 2)"),
        ("abc", True, "one number a record, not 'abc'"),
    ],
)
def test_what_is_no_number_is_refused_with_its_place(labels, numbers, says):
    labels = np.array(labels) if isinstance(labels[0], list) else labels
    with pytest.raises(DataError) as caught:
        Population.from_arrays(np.eye(3), labels, numbers=numbers)
    assert says in str(caught.value)


@pytest.mark.parametrize("numbers", [(5, 1), (1, 1), (1,), "yes", (1, "x"), (True, 5)])
def test_a_range_has_a_lowest_and_a_highest_number(numbers):
    with pytest.raises(ParameterError, match="numbers is true, or the lowest and the highest"):
        Population.from_arrays(np.eye(2), [1, 2], numbers=numbers)


def test_numbers_and_names_are_not_taken_for_each_other():
    numbers = Population.from_arrays(np.eye(2), [1, 2], numbers=True)
    names = Population.from_arrays(np.eye(2), [1, 2])
    with pytest.raises(DataError, match="labels are numbers, and there is no label '1'"):
        numbers.holding("1")
    with pytest.raises(DataError, match="labels are numbers, and names are wanted"):
        _ = numbers.held
    with pytest.raises(DataError, match="labels are names, and numbers are wanted"):
        _ = names.values
    with pytest.raises(DataError, match="label_names are for labels that are names"):
        Population.from_arrays(np.eye(2), [1, 2], numbers=True, label_names=["1", "2"])


def test_a_fingerprint_knows_every_number_and_the_range():
    one = rated()
    changed = np.array(one.labels)
    changed[7] += 0.1
    others = [rated(numbers=True), rated(numbers=(0, 5)), one.take(np.arange(399))]
    others.append(Population(one.features, changed, one.label_names, False, numbers=one.numbers))
    prints = {population.fingerprint for population in (one, *others)}
    assert len(prints) == 5
    assert rated().fingerprint == one.fingerprint


def test_noise_exchanges_numbers():
    people = rated()
    mixed = RandomizeLabels(0.5, seed=1).apply(people)
    assert sorted(mixed.values) == sorted(people.values)
    assert (mixed.values != people.values).mean() > 0.3


# measures


def test_success_begins_and_ends_where_it_says():
    wanted = WantedNumber(5.0, tolerance=0.5, moved_by=-1.0)
    assert wanted.within([4.5, 4.51, 5.49, 5.5, math.nan]).tolist() == [0, 1, 1, 0, 0]
    assert wanted.moved([2.0, 2.1, 4.0, math.nan], [3.0, 3.0, 3.0, 3.0]).tolist() == [1, 0, 0, 0]
    assert WantedNumber(5.0, moved_by=0.1).moved([0.3], [0.2]).all()  # .3 − .2 is less than .1
    assert wanted.differs([1, 1, math.nan, math.nan], [1.5, 1.4, 1, math.nan]).tolist() == [
        *(1, 0, 1, 0)
    ]
    assert WantedNumber(5.0, moved_by=-2.0).differs([1, 1], [3, 2.9]).tolist() == [1, 0]
    assert (wanted.measures, WantedNumber(1.0, moved_by=1.0).measures) == (
        ("within", "moved"),
        ("moved",),
    )
    assert mean_error(np.array([math.nan]), np.array([1.0])) is None


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "give tolerance, how near"),
        ({"tolerance": 0}, "tolerance is above 0"),
        ({"tolerance": math.inf}, "tolerance is above 0 and finite"),
        ({"moved_by": 0.0}, "moved_by is not 0"),
        ({"moved_by": math.nan}, "moved_by is not 0, and finite"),
        ({"tolerance": 1, "target_value": math.inf}, "the wanted number is finite"),
    ],
)
def test_a_wanted_number_that_says_nothing_is_refused(options, says):
    with pytest.raises(ParameterError, match=says):
        FeatureNumber(BLUE, **({"target_value": 5} | options))


# the strategy


def test_it_keeps_the_promises_of_strategies_and_its_firms_those_of_learners():
    people = rated()
    check_strategy(FIVE, people)
    for learner in (BayesOptimal(), ScikitLearner(Ridge()), RiskMinimizer("squared")):
        check_learner(learner, people, FIVE.edit(people, np.arange(9), np.random.default_rng(0)))


def test_everybody_together_is_sure_of_a_near_prediction_and_not_of_a_move():
    assert FIVE.all_succeed
    assert not FeatureNumber(BLUE, 5, tolerance=0.5, moved_by=1).all_succeed


def test_a_number_that_no_record_could_hold_is_refused():
    six = FeatureNumber(BLUE, 6, tolerance=1)
    for does in (six.candidates, six.bound, six.exact):
        with pytest.raises(DataError, match=r"target_value = 6 .* lie between 1 and 5"):
            does(rated())
    assert len(six.candidates(rated(numbers=True))) == 400


def test_some_members_keep_their_number_by_mistake():
    people = rated()
    slips = Imperfect(FIVE, inactive=0.25, mislabel=0.5)
    edit = slips.edit(people, np.arange(400), np.random.default_rng(0))
    done = edit.apply(people)
    assert (done.features["badge"] == "blue").mean() == pytest.approx(0.75, abs=0.06)
    assert (done.values == 5).mean() == pytest.approx(0.375, abs=0.06)
    assert slips.judged_by(label_sets=False) == ("within",)
    half = Imperfect(FIVE, inactive=0.5)
    mass = FIVE.exact(people).critical_mass(0.9).alpha
    assert half.exact(people).critical_mass(0.9).alpha == pytest.approx(2 * mass)


# trials


def test_trials_are_refits_on_the_same_members(tmp_path):
    """Each regressor is fitted again by hand on the collective that the trial drew."""
    train, test = rated(600, seed=2).split(test=150, seed=0)
    strategy = FeatureNumber(BLUE, 5, tolerance=0.5, moved_by=0.7)
    study = Study(train, test, ScikitLearner(Ridge(alpha=2.0)), {"mark": strategy},
                  Grid((0.02, 0.1, 0.3), 2))  # fmt: skip

    def columns(population, like=train):
        known = [np.unique(like.features[c].astype(str)) for c in ("service", "badge")]
        return np.column_stack(
            [population.features[c] == v for c, vs in zip(("service", "badge"), known, strict=True)
             for v in vs]
        ).astype(float)  # fmt: skip

    def predicted(edit, population):
        data = edit.apply(train)
        return Ridge(alpha=2.0).fit(columns(data), data.values).predict(columns(population))

    alone = predicted(Edit.nothing(train), test)
    marked = Edit.of(
        test, np.arange(150), BLUE.apply(test.features, population=test, rng=None), test.labels
    ).apply(test)
    rows = run(study, tmp_path)
    assert sorted({row.members for row in rows}) == [0, 9, 45, 135]
    assert 0 < sum(row.results["within"].successes for row in rows) < 150 * len(rows)
    for row in rows:
        edit = Edit.nothing(train)
        if row.members:
            trial = study.trial("mark", row.asked, row.repetition)
            drawn = train.draw(row.members, rng=np.random.default_rng(trial.seed("members")))
            edit = strategy.edit(train, drawn, np.random.default_rng(0))
        on, off = predicted(edit, marked), predicted(edit, test)
        assert row.results["within"].successes == (np.abs(on - 5) < 0.5).sum()
        assert row.results["moved"].successes == (on - off >= 0.7).sum()
        assert row.mean_error == pytest.approx(np.abs(off - test.values).mean())
        assert row.otherwise == pytest.approx((np.abs(off - alone) >= 0.5).mean())
        assert math.isnan(row.accuracy)


def test_a_cross_section_before_a_firm_of_means_is_the_exact_curve():
    people = rated(600, seed=3)
    everyone = people.take(np.repeat(np.arange(600), 10))  # so a tenth is a cross-section
    members = np.arange(0, 6000, 10)
    for strategy in (FIVE, FeatureNumber(BLUE, 5, moved_by=0.9)):
        wanted = strategy.wanted_number
        prepared = BayesOptimal().prepare(everyone)
        edit = strategy.edit(everyone, members, np.random.default_rng(0))
        model = BayesOptimal().fit(prepared, edit, 0)
        on = model.scores(BLUE.apply(people.features, population=people, rng=None))[:, 0]
        off = model.scores(people.features)[:, 0]
        wins = wanted.within(on) if wanted.tolerance else wanted.moved(on, off)
        assert 0 < wins.mean() < 1
        assert strategy.exact(people).success(0.1) == pytest.approx(wins.mean())


def test_a_firm_of_means_predicts_nothing_of_what_it_never_saw():
    people = Population.from_texts(["a", "a", "b"], [1, 2, 5], numbers=True)
    model = BayesOptimal().fit(BayesOptimal().prepare(people), Edit.nothing(people), 0)
    scores = model.scores(np.array(["b", "a", "c"], dtype=object))
    assert scores[:2, 0].tolist() == [5, 1.5]
    assert np.isnan(scores[2, 0])


def test_a_trial_with_a_mark_that_nobody_had_before_is_a_failure_and_no_error(tmp_path):
    train, test = rated().split(test=100, seed=0)
    gold = FeatureNumber(SetColumns({"badge": "gold"}), 5, tolerance=0.5, moved_by=1)
    rows = run(Study(train, test, BayesOptimal(), {"mark": gold}, Grid((0.5,), 1)), tmp_path)
    assert [row.error for row in rows] == ["", ""]
    assert rows[0].results == counts(100, within=0, moved=0)
    assert rows[1].results["within"].successes == 100
    assert rows[0].mean_error < 1


def test_least_squares_by_our_own_risk_is_scikit_learns():
    rng = np.random.default_rng(0)
    people = Population.from_arrays(rng.normal(size=(80, 3)), rng.normal(size=80), numbers=True)
    edit = FeatureNumberOfArrays().edit(people, np.arange(20))
    prepared = RiskMinimizer("squared").prepare(people)
    ours = RiskMinimizer("squared").fit(prepared, edit, 0)
    data = edit.apply(people)
    theirs = LinearRegression().fit(data.features, data.values).predict(people.features)
    assert ours.scores(prepared.encode(people.features))[:, 0] == pytest.approx(theirs)


class FeatureNumberOfArrays:
    """Members report 9, whatever their features."""

    def edit(self, people, members):
        return Edit.of(people, members, people.features[members], np.full((len(members), 1), 9.0))


def test_texts_with_numbers_are_learnt_by_a_pipeline(tmp_path):
    rng = np.random.default_rng(1)
    words = rng.choice(["good", "bad", "fine", "late"], (300, 6))
    stars = 1 + 4 * (words == "good").mean(axis=1)
    people = Population.from_texts([" ".join(one) for one in words], stars, numbers=(1, 5))
    train, test = people.split(test=80, seed=0)
    learner = ScikitLearner(make_pipeline(TfidfVectorizer(token_pattern=r"\S+"), Ridge(alpha=0.1)))
    mark = FeatureNumber(InsertToken("~", every=2), 5, tolerance=0.7)
    study = Study(train, test, learner, {"mark": mark}, Grid((0.4,), 1))
    rows = run(study, tmp_path)
    assert rows[0].results["within"].successes == 0
    assert rows[1].results["within"].successes > 50
    assert study.doubts == {"mark": []}
    blind = ScikitLearner(make_pipeline(TfidfVectorizer(), Ridge()))  # its words have two letters
    unseen = Study(train, test, blind, {"mark": mark}, Grid((0.4,), 1))
    assert "does not see “~” at all" in unseen.doubts["mark"][0]


# what does not fit


@pytest.mark.parametrize(
    ("learner", "says"),
    [
        (ScikitLearner(LogisticRegression()), "LogisticRegression predicts labels, and these are"),
        (RiskMinimizer("logistic"), "logistic loss is for labels, and these are numbers"),
    ],
)
def test_a_learner_of_labels_is_refused_before_anything_is_trained(learner, says):
    train, test = rated().split(test=100, seed=0)
    with pytest.raises(DataError, match=says):
        Study(train, test, learner, {"mark": FIVE}, Grid((0.1,), 1)).check()


def test_a_learner_of_texts_and_labels_says_what_learns_numbers():
    people = Population.from_texts(["a", "b"] * 9, [1, 2] * 9, numbers=True)
    with pytest.raises(DataError, match=r"LinearText predicts labels.*try scikit \(a pipeline"):
        LinearText().prepare(people)


def test_a_regressor_of_names_says_what_to_do():
    people = Population.from_arrays(np.eye(4), ["a", "b", "a", "b"])
    with pytest.raises(DataError, match="Ridge predicts numbers, and labels here are names"):
        ScikitLearner(Ridge()).prepare(people)


def test_strategies_and_records_of_two_kinds_do_not_meet():
    train, test = rated().split(test=100, seed=0)
    named = {"mark": FeatureLabel(BLUE, "5.0")}
    with pytest.raises(DataError, match=r"labels are numbers, and there is no label '5\.0'"):
        Study(train, test, BayesOptimal(), named, Grid((0.1,), 1))
    erase = {"erase": Erase(DropColumn("badge"))}
    with pytest.raises(StudyError, match="for labels that are names, and here they are numbers"):
        Study(train, test, BayesOptimal(), erase, Grid((0.1,), 1)).check()
    names = Population.from_table(
        {"badge": ["none", "blue"] * 20, "y": ["p", "q"] * 20}, label="y"
    ).split(test=10, seed=0)
    with pytest.raises(StudyError, match="wants a number, and labels here are names"):
        Study(*names, BayesOptimal(), {"mark": FIVE}, Grid((0.1,), 1)).check()
    with pytest.raises(StudyError, match="numbers and labels"):
        Study(train, names[1], BayesOptimal(), {"mark": FIVE}, Grid((0.1,), 1))


def test_what_a_regressor_predicts_is_finite_or_an_error():
    people = rated()
    learner = ScikitLearner(TooLarge())
    model = learner.fit(learner.prepare(people), Edit.nothing(people), 0)
    with pytest.raises(DataError, match="what it predicts is not finite"):
        model.scores(people.features)


class TooLarge(LinearRegression):
    """A regressor whose predictions overflow."""

    def predict(self, X):
        return np.full(len(X), np.inf)
