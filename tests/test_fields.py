"""A value of a wrong type is told where it is given, in one line that says what was expected."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import criticalmass as cm
from criticalmass import (
    Adaptive,
    Erase,
    FeatureLabel,
    FeatureOnly,
    Grid,
    InsertToken,
    LinearText,
    SetColumns,
    StampPatch,
    Study,
)
from criticalmass.data import RandomizeLabels
from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields, misfit
from criticalmass.incentives import Incentives
from criticalmass.learners import GradientDescent, RiskMinimizer
from criticalmass.risks import Risk
from criticalmass.signals import Coarsen, DropColumn, MoveToSubgroup, RedactWords
from criticalmass.strategies import (
    Allowed,
    GradientControl,
    GradientNeutralizing,
    Ignore,
    Imperfect,
    Raise,
    Reach,
)
from criticalmass.theory import FeatureLabelBound

TOKEN = InsertToken("~")
MARK = FeatureLabel(TOKEN, "Writer")
WRONG = {
    "label": (lambda: FeatureLabel(TOKEN, 3), "FeatureLabel.target_label must be a text, not 3"),
    "signal": (
        lambda: FeatureLabel("~", "Writer"),
        "FeatureLabel.signal must be a signal, such as InsertToken('~'), not '~'",
    ),
    "signal's class": (lambda: FeatureLabel(InsertToken, "Writer"), "signal must be a signal"),
    "strategy for signal": (lambda: FeatureOnly(MARK, "Writer"), "signal must be a signal"),
    "recruit": (
        lambda: FeatureLabel(TOKEN, "Writer", recruit=True),
        "recruit must be 'everyone' or 'target', not True",
    ),
    "erase": (lambda: Erase("sex"), "Erase.signal must be a signal"),
    "token": (lambda: InsertToken(7), "InsertToken.token must be a text, not 7"),
    "no token": (lambda: InsertToken(None), "InsertToken.token must be a text, not None"),
    "every": (lambda: InsertToken("~", every=1.5), "InsertToken.every must be an integer, not 1.5"),
    "every in quotes": (lambda: InsertToken("~", every="2"), "must be an integer, not '2'"),
    "every is true": (lambda: InsertToken("~", every=True), "must be an integer, not True"),
    "columns": (lambda: SetColumns([("job", "cook")]), "SetColumns.values must be a table"),
    "column": (lambda: SetColumns({1: "cook"}), "a table whose names are texts, without 1"),
    "subgroup": (lambda: MoveToSubgroup("job"), "MoveToSubgroup.where must be a table"),
    "drop": (lambda: DropColumn(["sex"]), "DropColumn.column must be a text, not ['sex']"),
    "edges": (lambda: Coarsen("age", edges="30"), "Coarsen.edges must be a list of numbers"),
    "edge": (lambda: Coarsen("age", edges=(30, "40")), "Coarsen.edges[1] must be a number"),
    "bins": (
        lambda: Coarsen("job", groups={"cook": 1}),
        "Coarsen.groups['cook'] must be a text, not 1",
    ),
    "words": (
        lambda: RedactWords("senior"),
        "RedactWords.words must be a list of texts, not 'senior'",
    ),
    "patch": (lambda: StampPatch("16"), "StampPatch.value must be a number, not '16'"),
    "patch's size": (lambda: StampPatch(16, size=2.5), "StampPatch.size must be an integer"),
    "alphas": (lambda: Grid(0.1), "Grid.alphas must be a list of numbers, not 0.1"),
    "alphas in an array": (
        lambda: Grid(np.array([0.1, 0.2])),
        "Grid.alphas must be a list of numbers, not array([0.1, 0.2])",
    ),
    "alpha": (lambda: Grid((0.1, True)), "Grid.alphas[1] must be a number, not True"),
    "low": (
        lambda: Grid.logarithmic(low="0.1", high=0.2, points=3),
        "placement.low must be a number, not '0.1'",
    ),
    "points": (
        lambda: Grid.logarithmic(low=0.1, high=0.2, points=3.5),
        "placement.points must be an integer, not 3.5",
    ),
    "repetitions": (lambda: Grid((0.1,), 2.0), "Grid.repetitions must be an integer, not 2.0"),
    "precision": (lambda: Adaptive(precision="20%"), "Adaptive.precision must be a number"),
    "C": (lambda: LinearText(C="1"), "LinearText.C must be a number, not '1'"),
    "epochs": (lambda: LinearText(epochs=2.5), "LinearText.epochs must be an integer, not 2.5"),
    "l2": (lambda: RiskMinimizer(l2="1"), "RiskMinimizer.l2 must be a number"),
    "intercept": (lambda: Risk(intercept=1), "Risk.intercept must be true or false, not 1"),
    "steps": (
        lambda: GradientDescent(Risk(), 0.1, 2.5),
        "GradientDescent.steps must be an integer",
    ),
    "goal": (lambda: GradientNeutralizing("sex"), "must be a goal, such as Ignore('sex')"),
    "goal of control": (lambda: GradientControl(MARK), "GradientControl.goal must be a goal"),
    "risk": (
        lambda: GradientNeutralizing(Ignore("sex"), risk="logistic"),
        "GradientNeutralizing.risk must be a Risk, not 'logistic'",
    ),
    "ignore": (lambda: Ignore(3), "Ignore.column must be a text, not 3"),
    "by": (lambda: Raise("much"), "Raise.by must be a number, not 'much'"),
    "weights": (lambda: Reach({"age": "0"}), "Reach.weights['age'] must be a number, not '0'"),
    "allowed": (lambda: Allowed(changes=0.5), "Allowed.changes must be an integer, not 0.5"),
    "box": (lambda: Allowed("bounded", box=(1,)), "Allowed.box must be a list of 2 numbers"),
    "imperfect": (lambda: Imperfect(TOKEN), "Imperfect.strategy must be a strategy"),
    "inactive": (lambda: Imperfect(MARK, inactive="0.1"), "inactive must be a number, not '0.1'"),
    "cost": (lambda: Incentives("0.1"), "Incentives.cost must be a number or a list of numbers"),
    "noise": (lambda: RandomizeLabels(True), "RandomizeLabels.share must be a number, not True"),
    "bound": (
        lambda: FeatureLabelBound(uniqueness="0.01"),
        "FeatureLabelBound.uniqueness must be a number, not '0.01'",
    ),
    "outcome": (lambda: cm.Outcome(0.1, 3, 5.5), "Outcome.n must be an integer, not 5.5"),
}


@pytest.mark.parametrize(("make", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_type_gets_one_line_where_it_is_given(make, message):
    with pytest.raises(ParameterError) as caught:
        make()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


STUDIES = {
    "test is a share": (
        {"test": 0.2},
        "Study.test must be a Population, not 0.2; `train, test = population.split(test=500",
    ),
    "population is a frame": (
        {"population": pd.DataFrame({"a": [1, 2]})},
        "Study.population must be a Population, not a DataFrame; Population.from_table",
    ),
    "learner is an estimator": (
        {"learner": LogisticRegression()},
        "not LogisticRegression(); a classifier of scikit-learn goes into ScikitLearner, as in "
        "ScikitLearner(LogisticRegression())",
    ),
    "learner is a name": ({"learner": "linear-text"}, "Study.learner must be a learner, such as"),
    "learner is a class": ({"learner": LinearText}, "Study.learner must be a learner, such as"),
    "strategies are a list": (
        {"strategies": [MARK]},
        'give each a name, as in {"mark": FeatureLabel(InsertToken("~"), "cook")}',
    ),
    "one strategy": ({"strategies": MARK}, "Study.strategies must be a table of names"),
    "a signal for a strategy": (
        {"strategies": {"mark": TOKEN}},
        "Study.strategies['mark'] must be a strategy, such as FeatureLabel(",
    ),
    "placement is a list": (
        {"placement": [0.1, 0.2]},
        "Study.placement must be a placement, such as Grid((0.01, 0.1)), not [0.1, 0.2]",
    ),
    "measures are letters": (
        {"measures": "included"},
        "Study.measures must be a list, not 'included'; one measure is (\"included\",)",
    ),
    "target in quotes": ({"target": "0.9"}, "Study.target must be a number, not '0.9'"),
    "target is true": ({"target": True}, "Study.target must be a number, not True"),
    "target is nan": ({"target": float("nan")}, "target"),
    "seed": ({"seed": 1.5}, "Study.seed must be an integer, not 1.5"),
    "name": ({"name": None}, "Study.name must be a text, not None"),
    "incentives": ({"incentives": 0.1}, "Study.incentives must be an Incentives, not 0.1"),
}


@pytest.mark.parametrize(("wrong", "message"), STUDIES.values(), ids=STUDIES)
def test_a_study_tells_what_it_was_given_and_what_it_needs(wrong, message, texts):
    train, test = texts.split(test=20, seed=0)
    right = {
        "population": train,
        "test": test,
        "learner": LinearText(),
        "strategies": {"mark": MARK},
        "placement": Grid((0.1,)),
    }
    with pytest.raises(ParameterError) as caught:
        Study(**right | wrong)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_numbers_of_numpy_and_lists_are_welcome():
    assert Grid([np.float64(0.1), 0.2], np.int64(2)).repetitions == 2
    assert RedactWords(["senior"]).words == ["senior"]
    assert Incentives(np.array([1, 2])).cost == (1.0, 2.0)
    assert misfit(np.True_, bool) is None
    assert misfit(np.float32(1), float) is None


def test_a_class_whose_types_cannot_be_found_is_left_alone():
    @dataclass(frozen=True)
    class Own:
        part: "Nowhere"  # noqa: F821

        def __post_init__(self):
            check_fields(self)

    assert Own(3).part == 3
