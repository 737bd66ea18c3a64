"""Measures that make no sense are told in one line each."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from criticalmass import FeatureLabel, Grid, InsertToken, LinearText, Study
from criticalmass.datasets import synthetic_resumes
from criticalmass.errors import ParameterError, StudyError
from criticalmass.measures import Count, CountMeasure, Evaluation, RealMeasure
from criticalmass.studies.running.bench import Bench
from support.own_measures import Sure


@pytest.fixture(scope="module")
def halves():
    return synthetic_resumes(200).split(test=50, seed=0)


def study_of(halves, measures):
    mark = FeatureLabel(InsertToken("~"), "Writer")
    return Study(*halves, LinearText(), {"mark": mark}, Grid((0.1, 0.2)), measures=measures)


@dataclass(frozen=True)
class Odd(RealMeasure):
    """Gives whatever it is made with."""

    gives: object = 0.5
    target: float = 1.0
    limits: tuple[float, float] = (-5.0, 5.0)
    name: str = "odd"

    def judge(self, evaluation):
        if isinstance(self.gives, type):
            raise self.gives("what was wrong")
        return self.gives


@dataclass(frozen=True)
class OddCount(CountMeasure):
    """Gives whatever it is made with."""

    gives: object = True
    name: str = "odd"

    def judge(self, evaluation):
        return self.gives


@dataclass(frozen=True)
class Mistyped(OddCount):
    """No strategy has what it needs."""

    needs = "targets"


MODEL = Evaluation(np.zeros((4, 2)), np.zeros((4, 2)), 0, False)
ODD = [
    (Odd(math.nan), "measure 'odd' gave nan, which is no finite number"),
    (Odd(math.inf), "measure 'odd' gave inf, which is no finite number"),
    (Odd(7.0), "measure 'odd' gave 7, and its limits are -5 and 5"),
    (Odd(np.full(4, math.nan)), "measure 'odd' gave a number for a record that is not finite"),
    (Odd(np.zeros((4, 2))), "measure 'odd' must give a number, or one for each record, not an "
                            "array of shape (4, 2) of float64s"),
    (Odd(np.zeros(5)), "measure 'odd' gave an array of shape (5,), and there are 4 test records"),
    (OddCount(np.ones(3, dtype=bool)), "measure 'odd' gave an array of shape (3,), and there are "
                                       "4 test records"),
    (Odd(np.zeros(0)), "measure 'odd' found no test record to judge"),
    (Odd(np.zeros(4, dtype=bool)), "measure 'odd' must give a number, or one for each record, not "
                                   "an array of shape (4,) of bools"),
    (Odd("0.5"), "measure 'odd' must give a number, or one for each record, not '0.5'"),
    (Odd(True), "measure 'odd' must give a number, or one for each record, not True"),
    (Odd(None), "measure 'odd' must give a number, or one for each record, not None"),
    (Odd(ZeroDivisionError), "measure 'odd' failed with ZeroDivisionError: what was wrong"),
    (OddCount(np.zeros(4)), "measure 'odd' must give an array of booleans, one for each record, "
                            "not float64s"),
    (OddCount(np.zeros((4, 2), dtype=bool)), "measure 'odd' gave an array of shape (4, 2), and "
                                             "there are 4 test records"),
    (OddCount([True] * 4), "measure 'odd' must give an array of booleans, one for each record, "
                           "not [True, True, True, True]"),
    (OddCount(0.5), "measure 'odd' must give an array of booleans, one for each record, not 0.5"),
]  # fmt: skip


@pytest.mark.parametrize(("measure", "line"), ODD)
def test_what_makes_no_sense_is_one_line(measure, line):
    with pytest.raises(StudyError) as raised:
        measure.result(MODEL)
    assert str(raised.value) == line


def test_records_are_all_judged_or_those_of_others_or_counted_by_the_measure():
    held = np.eye(2, dtype=bool)[[0, 0, 1, 1]]
    model = Evaluation(np.zeros((4, 2)), np.zeros((4, 2)), 0, False, held=held)
    assert OddCount(np.ones(2, dtype=bool)).result(model) == Count(2, 2)
    assert OddCount(Count(1, 3)).result(model) == Count(1, 3)
    with pytest.raises(StudyError, match=r"4 test records, 2 of them without the target label"):
        OddCount(np.ones(3, dtype=bool)).result(model)


def test_a_trial_that_a_measure_fails_says_so(halves):
    study = study_of(halves, (Odd(math.nan),))
    row = Bench(study).run(study.trial("mark", 0.1))
    assert row.error == "StudyError: measure 'odd' gave nan, which is no finite number"
    assert row.results == {}


@pytest.mark.parametrize(
    ("measures", "line"),
    [
        ((OddCount(name="top1"),), "is called 'top1', which is the name of one of this package's"),
        ((OddCount(name="alpha"),), "two columns of exported rows would be called 'alpha'"),
        ((OddCount(name="two\nlines"),), "must be a text of 1 to 40 characters in one line"),
        ((OddCount(name=""),), "must be a text of 1 to 40 characters"),
        ((OddCount(name=3),), "must be a text of 1 to 40 characters in one line, not 3"),
        ((OddCount(), Odd()), "two columns of exported rows would be called 'odd'"),
        (("included", "included"), "measure 'included' is named twice"),
        (("includes",), "unknown success measure 'includes'; did you mean 'included'?"),
        (
            (Odd(limits=(5.0, -5.0)),),
            "measure 'odd': the limits are 5 and -5; the first must be",
        ),
        ((Odd(limits="all"),), "measure 'odd': MeasureFacts.limits must be a list of 2 numbers"),
        ((Odd(target=9.0),), "lies between its limits, -5 and 5, not at 9"),
        ((Odd(target=None),), "measure 'odd' needs a target in its own unit"),
        ((Odd(target="high"),), "measure 'odd': MeasureFacts.target must be a number, not 'high'"),
        ((Sure,), "not the class Sure"),
        ((Mistyped(),), "Mistyped: unknown need 'targets'; did you mean 'target'? Valid: marks"),
    ],
)
def test_measures_that_a_study_cannot_have_are_one_line(measures, line, halves):
    with pytest.raises((StudyError, ParameterError)) as raised:
        study_of(halves, measures)
    assert line in str(raised.value)
    assert "\n" not in str(raised.value)


@dataclass(frozen=True)
class SpeaksText(Sure):
    """Says of itself a text, where two are asked for."""

    def in_words(self):
        return "is sure of"


def test_words_of_the_wrong_kind_are_told_with_the_right_one(halves):
    with pytest.raises(StudyError, match=r"in_words must return MeasureWords\(does, legend\), not"):
        study_of(halves, (SpeaksText(),))
