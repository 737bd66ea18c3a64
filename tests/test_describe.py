import json
import pickle
import re
import subprocess
import sys
from functools import partial
from operator import attrgetter, itemgetter, methodcaller

import numpy as np
import pytest
from scipy.stats import loguniform
from sklearn.compose import make_column_selector
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.gaussian_process.kernels import RBF
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, make_scorer
from sklearn.model_selection import GridSearchCV, KFold, ShuffleSplit, StratifiedKFold
from sklearn.pipeline import make_pipeline
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


def search():
    return GridSearchCV(
        make_pipeline(
            TfidfVectorizer(tokenizer=re.compile(r"\S+").findall, preprocessor=str.lower),
            LogisticRegression(random_state=np.random.RandomState(3)),
        ),
        {"logisticregression__C": [1, 10], "tfidfvectorizer__min_df": range(1, 3)},
        cv=StratifiedKFold(3, shuffle=True),
        scoring=make_scorer(f1_score, average="macro"),
    )


DIFFERENT = [
    KFold(3), KFold(4), StratifiedKFold(3), KFold(3, shuffle=True, random_state=1),
    KFold(3, shuffle=True, random_state=np.random.RandomState(1)), ShuffleSplit(3),
    make_scorer(f1_score), make_scorer(f1_score, average="macro"),
    make_scorer(f1_score, response_method="predict_proba"),
    loguniform(1, 2), loguniform(1, 3), RBF(1.0), RBF(2.0), RBF(1.0) + RBF(2.0),
    np.random.default_rng(0), np.random.default_rng(1), np.random.RandomState(0),
    np.dtype("f4"), np.dtype("f8"), range(3), range(1, 3), slice(3), slice(1, 3),
    partial(f1_score, average="macro"), partial(f1_score, average="micro"), f1_score,
    re.compile("a"), re.compile("a", re.IGNORECASE), re.compile("a").findall,
    re.compile("b").findall, str.lower, str.upper, len, np.clip, np.asarray,
    itemgetter(1), itemgetter(2), itemgetter(1, 2), attrgetter("a"), methodcaller("a", 1), search(),
]  # fmt: skip


def test_what_estimators_hold_is_described_by_what_it_was_made_of():
    digests = [digest(describe(part)) for part in DIFFERENT]
    assert len(set(digests)) == len(DIFFERENT)
    copies = [pickle.loads(pickle.dumps(part)) for part in DIFFERENT]
    assert [digest(describe(part)) for part in copies] == digests


def test_a_search_has_the_same_description_in_another_process():
    code = (
        "import json, pickle, sys; from criticalmass.studies.describe import describe; "
        "print(json.dumps(describe(pickle.load(sys.stdin.buffer))))"
    )
    learner = ScikitLearner(search())
    there = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(learner), capture_output=True, check=True
    )
    assert json.loads(there.stdout) == describe(learner)
