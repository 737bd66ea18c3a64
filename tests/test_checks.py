"""Every public class keeps its contract, and the checks notice one that does not."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from criticalmass import (
    CriticalMass,
    FeatureLabel,
    FeatureOnly,
    InsertToken,
    LinearText,
    ScikitLearner,
    SetColumns,
    StampPatch,
)
from criticalmass.contracts import check_curve, check_learner, check_signal, check_strategy
from criticalmass.signals import MoveToSubgroup

SIGNALS = [
    *(("texts", InsertToken("~", 5, where)) for where in ("spaced", "start", "end", "random")),
    ("table", SetColumns({"job": "cook"})),
    ("table", MoveToSubgroup({"job": "nurse"})),
    ("images", StampPatch(3.0)),
]
TARGETS = {"texts": "Writer", "table": "yes", "images": "light"}


@pytest.mark.parametrize(("kind", "signal"), SIGNALS, ids=str)
def test_signals_and_strategies(kind, signal, request):
    people = request.getfixturevalue(kind)
    check_signal(signal, people)
    for strategy in (FeatureLabel, FeatureOnly):
        for recruit in ("everyone", "target"):
            check_strategy(strategy(signal, TARGETS[kind], recruit), people)


@pytest.mark.parametrize(
    ("kind", "learner", "signal"),
    [
        ("texts", LinearText(), InsertToken("~")),
        (
            "texts",
            ScikitLearner(make_pipeline(TfidfVectorizer(), LogisticRegression())),
            InsertToken("tilde"),
        ),
        ("table", ScikitLearner(LogisticRegression(max_iter=1000)), SetColumns({"job": "cook"})),
        ("images", ScikitLearner(LogisticRegression(max_iter=1000)), StampPatch(3.0)),
    ],
)
def test_learners(kind, learner, signal, request):
    people = request.getfixturevalue(kind)
    strategy = FeatureLabel(signal, TARGETS[kind])
    edit = strategy.edit(people, np.arange(0, len(people), 9), np.random.default_rng(0))
    check_learner(learner, people, edit)


@dataclass(frozen=True)
class InPlace:
    def apply(self, features, *, population, rng):
        features[:] = "changed"
        return features


@dataclass(frozen=True)
class Forgetful:
    def apply(self, features, *, population, rng):
        return features[1:]


@dataclass(frozen=True)
class Restless:
    def apply(self, features, *, population, rng):
        return features + str(np.random.default_rng().random())


@dataclass
class Thawed:
    token: str = "x"

    def apply(self, features, *, population, rng):
        return features


@pytest.mark.parametrize(
    ("signal", "promise"),
    [
        (InPlace(), "must not change what it is given"),
        (Forgetful(), "as many records"),
        (Restless(), "randomness from rng"),
        (Thawed(), "frozen dataclass"),
    ],
)
def test_broken_signals_are_noticed(signal, promise, texts):
    with pytest.raises(AssertionError, match=promise):
        check_signal(signal, texts)


@dataclass(frozen=True)
class Meddling:
    """A strategy that changes others' records."""

    signal: InsertToken
    target_label: str

    def candidates(self, population):
        return np.arange(len(population))

    def edit(self, population, members, rng):
        everyone = np.arange(len(population))
        return FeatureLabel(self.signal, self.target_label).edit(population, everyone, rng)


def test_broken_strategies_are_noticed(texts):
    with pytest.raises(AssertionError, match="name the members it was made for"):
        check_strategy(Meddling(InsertToken("~"), "Writer"), texts)


@dataclass(frozen=True)
class Growing:
    """A learner that leaves something behind in the prepared data."""

    def prepare(self, population):
        prepared = LinearText().prepare(population)
        object.__setattr__(prepared, "calls", [])
        return prepared

    def fit(self, prepared, edit, seed):
        prepared.calls.append(1)
        model = LinearText().fit(prepared, edit, seed)
        object.__setattr__(model, "intercepts", model.intercepts + len(prepared.calls))
        return model


def test_broken_learners_are_noticed(texts):
    strategy = FeatureLabel(InsertToken("~"), "Writer")
    edit = strategy.edit(texts, np.arange(10), np.random.default_rng(0))
    with pytest.raises(AssertionError, match="pure function"):
        check_learner(Growing(), texts, edit)


@dataclass(frozen=True)
class Shaky:
    """A learner whose scores differ a little from fit to fit, as a GPU's do."""

    by: float = 1e-6

    def prepare(self, population):
        return LinearText().prepare(population)

    def fit(self, prepared, edit, seed):
        model = LinearText().fit(prepared, edit, seed)
        noise = self.by * np.random.default_rng().random(len(model.intercepts))
        object.__setattr__(model, "intercepts", model.intercepts + noise)
        return model


@dataclass(frozen=True)
class Declared(Shaky):
    """It says so."""

    repeatable: ClassVar[bool] = False


def test_a_learner_that_is_not_the_same_to_the_last_bit_can_say_so(texts):
    edit = FeatureLabel(InsertToken("~"), "Writer").edit(
        texts, np.arange(10), np.random.default_rng(0)
    )
    with pytest.raises(AssertionError, match=r"to the last bit; .* declare repeatable = False"):
        check_learner(Shaky(), texts, edit)
    with pytest.raises(AssertionError, match=r"function of its arguments(\n|$)"):
        check_learner(Shaky(by=3.0), texts, edit)
    check_learner(Declared(), texts, edit)
    with pytest.raises(AssertionError, match=r"pure function of its arguments, to 0\.01 in its"):
        check_learner(Declared(by=3.0), texts, edit)
    with pytest.raises(AssertionError, match=r"to 1e-09 in its scores"):
        check_learner(Declared(), texts, edit, tolerance=1e-9)


@dataclass(frozen=True)
class Hasty(LinearText):
    """A learner that trains many runs worse than one."""

    def fit_many(self, prepared, edits, seeds):
        models = super().fit_many(prepared, edits, seeds)
        if len(edits) > 1:
            object.__setattr__(models[0], "intercepts", models[0].intercepts + 1e-9)
        return models


def test_a_learner_that_trains_many_runs_in_another_way_is_noticed(texts):
    edit = FeatureLabel(InsertToken("~"), "Writer").edit(
        texts, np.arange(10), np.random.default_rng(0)
    )
    with pytest.raises(AssertionError, match="fit_many must give what fit gives"):
        check_learner(Hasty(), texts, edit)


@dataclass(frozen=True)
class Boastful:
    def success(self, alpha):
        return np.asarray(alpha) * 2

    def critical_mass(self, target):
        return CriticalMass(target, target / 2, 0, 1)


def test_broken_curves_are_noticed():
    with pytest.raises(AssertionError, match="success is a rate"):
        check_curve(Boastful())
