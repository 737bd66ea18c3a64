import numpy as np
import pytest
from sklearn.compose import make_column_selector
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer

from criticalmass import FeatureLabel, InsertToken, ScikitLearner, StudyError
from criticalmass.studies.describe import describe, difference, digest, stable_seed


def test_nested_parts_are_described_by_class_and_fields():
    described = describe(FeatureLabel(InsertToken("*", every=3), "x"))
    assert described == {
        "kind": "FeatureLabel",
        "signal": {"kind": "InsertToken", "token": "*", "every": 3, "placement": "spaced"},
        "target_label": "x",
        "recruit": "everyone",
    }


def test_estimators_are_described_by_their_parameters():
    one, two = (describe(ScikitLearner(LogisticRegression(C=c))) for c in (1.0, 2.0))
    assert one["estimator"]["kind"] == "sklearn.linear_model._logistic.LogisticRegression"
    assert digest(one) != digest(two)


def test_what_cannot_be_relied_on_is_refused():
    with pytest.raises(StudyError, match="cannot be described"):
        describe(FunctionTransformer(lambda x: x))
    with pytest.raises(StudyError, match="of type object"):
        describe(object())


def test_arrays_are_described_by_their_content():
    assert describe(np.arange(3)) == describe(np.arange(3))
    assert describe(np.arange(3)) != describe(np.arange(1, 4))


def test_digests_and_seeds_never_change():
    """Stores of earlier runs are found by these: a change here is a new scheme."""
    assert digest({"b": 1, "a": "é"}) == (
        "799d49d45db67c58d990c30f098c2001fcd16c2a1c9072d6653fd86b0d7e8a2d"
    )
    assert stable_seed("key", "members") == 7995563878451590993
    assert stable_seed("key", "members") != stable_seed("key", "edit")


def test_difference_names_the_first_path():
    there = {"a": 1, "learner": {"kind": "LinearText", "C": 1.0}}
    here = {"a": 1, "learner": {"kind": "LinearText", "C": 3.0}}
    assert difference(here, there) == "learner.C is 1.0 there, 3.0 here"
    assert difference({"a": 1}, {"a": 1, "b": 2}) == "b is 2 there, null here"


def test_numbers_that_json_has_not_and_functions():
    assert describe(float("nan")) == describe(np.float64("nan"))
    assert digest(describe(SimpleImputer())) == digest(describe(SimpleImputer()))
    assert describe(FunctionTransformer(np.log1p))["func"] == {"kind": "numpy.log1p"}
    assert "pattern" in describe(make_column_selector("age"))


def test_arrays_of_objects_are_described_by_their_values():
    """Their bytes are addresses, which differ from process to process."""
    described = describe(np.array(["a", "b"], dtype=object))
    assert described == {"kind": "array", "values": ["a", "b"]}
    assert describe(np.arange(2)) != describe(np.arange(2).astype(np.uint64))
