import json
import pickle
import re
import subprocess
import sys
from dataclasses import dataclass
from enum import Enum
from functools import partial
from operator import attrgetter, itemgetter, methodcaller
from pathlib import Path, PureWindowsPath

import numpy as np
import pytest
from scipy.stats import loguniform
from sklearn.compose import make_column_selector
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.gaussian_process.kernels import RBF
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, make_scorer
from sklearn.model_selection import GridSearchCV, KFold, ShuffleSplit, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from criticalmass import (
    FeatureLabel,
    GradientControl,
    GradientNeutralizing,
    Grid,
    InsertToken,
    LinearText,
    ScikitLearner,
    Study,
)
from criticalmass.errors import StudyError
from criticalmass.strategies import Allowed, Ignore
from criticalmass.studies.identity.describe import describe, difference, digest, stable_seed


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


def test_objects_that_cannot_be_relied_on_are_refused():
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
    steered = {"strategies": {"ignore": {"kind": "GradientNeutralizing", "arithmetic": 2}}}
    before = {"strategies": {"ignore": {"kind": "GradientNeutralizing"}}}
    assert difference(steered, before) == (
        "strategies.ignore was computed in another way by another version"
    )


def test_a_strategy_names_its_arithmetic_where_it_is_no_longer_the_first():
    def number(records, labels):
        strategy = GradientNeutralizing(Ignore("sex"), allowed=Allowed(records, labels))
        return describe(strategy).get("arithmetic", 1)

    assert number("observed", "free") == 1
    assert number("observed", "fixed") == number("bounded", "free") == number("free", "free") == 2
    assert "arithmetic" not in describe(GradientControl(Ignore("sex"), supply="records"))

    class Newer(FeatureLabel):
        arithmetic = 3

    one, other = FeatureLabel(InsertToken("*"), "x"), Newer(InsertToken("*"), "x")
    assert describe(other) == {**describe(one), "kind": Newer.__qualname__, "arithmetic": 3}


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
        "import json, pickle, sys; from criticalmass.studies.identity.describe import describe; "
        "print(json.dumps(describe(pickle.load(sys.stdin.buffer))))"
    )
    learner = ScikitLearner(search())
    there = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(learner), capture_output=True, check=True
    )
    assert json.loads(there.stdout) == describe(learner)


class Tone(Enum):
    LOUD = 1
    SOFT = 2


@dataclass(frozen=True)
class Part:
    """A user's own part with fields of many kinds."""

    file: Path = Path("weights/model.bin")
    tone: Tone = Tone.LOUD
    words: frozenset = frozenset({"a", "b", "c", "d", "e"})
    deep: tuple = ()


def test_paths_enums_and_sets_are_described():
    assert describe(Part()) == {
        "kind": "Part",
        "file": {"kind": "path", "value": "weights/model.bin"},
        "tone": {"kind": "Tone", "member": "LOUD"},
        "words": {"kind": "set", "values": ["a", "b", "c", "d", "e"]},
        "deep": [],
    }
    assert describe({3, 1, 2}) == describe(frozenset({2, 3, 1}))
    assert describe({("a", 1), ("a", 2)}) == describe({("a", 2), ("a", 1)})
    assert describe(PureWindowsPath("a\\b")) == describe(Path("a/b"))
    assert digest(describe(Part(tone=Tone.SOFT))) != digest(describe(Part()))


def test_sets_are_described_alike_in_every_process():
    """Their order follows from hashes of texts, which differ from process to process."""
    code = (
        "from criticalmass.studies.identity.describe import describe, digest;"
        "print(digest(describe({'one', 'two', 'three', 'four', 'five', ('six', 7)})))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(told) == 1


def test_a_field_that_cannot_be_described_is_named(texts):
    with pytest.raises(
        StudyError, match=r"^learner\.deep\.1\.x of type object cannot be described"
    ):
        describe(Part(deep=(1, {"x": object()})), "learner")
    train, test = texts.split(test=20, seed=0)
    forest = HistGradientBoostingClassifier(scoring=lambda *_: 0.0)
    strategies = {"mark": FeatureLabel(InsertToken("~"), "Writer")}
    piped = make_pipeline(TfidfVectorizer(), forest)
    with pytest.raises(StudyError, match=r"learner\.estimator\.steps.*scoring, a lambda cannot be"):
        Study(train, test, ScikitLearner(piped), strategies, Grid((0.1,)))
    odd = FeatureLabel(Odd(object()), "Writer")
    with pytest.raises(StudyError, match=r"^strategies\.odd\.signal\.held of type object"):
        Study(train, test, LinearText(), {"odd": odd}, Grid((0.1,)))


@dataclass(frozen=True)
class Odd:
    held: object

    def apply(self, features, *, population, rng):
        return features
