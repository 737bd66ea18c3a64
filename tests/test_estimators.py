"""Every classifier of scikit-learn predicts what it predicts outside of a study, or is refused."""

import functools
import re
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils import all_estimators

from criticalmass import Edit, Population, ScikitLearner
from criticalmass.errors import DataError
from criticalmass.measures.evaluation import predicted

PAGE = Path(__file__).parents[1] / "docs" / "estimators.md"
SEED = 11

AROUND_ONE = {"ClassifierChain", "FixedThresholdClassifier", "MultiOutputClassifier",
              "OneVsOneClassifier", "OneVsRestClassifier", "OutputCodeClassifier",
              "SelfTrainingClassifier", "TunedThresholdClassifierCV"}  # fmt: skip
AROUND_MANY = {"StackingClassifier": StackingClassifier, "VotingClassifier": VotingClassifier}
ALWAYS_A_MATRIX = {"ClassifierChain", "MultiOutputClassifier"}
LEARN_A_MATRIX = {
    "DecisionTreeClassifier", "ExtraTreeClassifier", "ExtraTreesClassifier",
    "KNeighborsClassifier", "MLPClassifier", "OneVsRestClassifier",
    "RadiusNeighborsClassifier", "RandomForestClassifier", "RidgeClassifier", "RidgeClassifierCV",
}  # fmt: skip

rng = np.random.default_rng(5)
SHELF = rng.integers(0, 3, 60)
COUNTS = np.column_stack([rng.poisson(1 + 2 * (j == SHELF)).clip(max=6) for j in range(3)])
COUNTS = COUNTS.astype(float)  # small whole numbers: many records are equal, and many tie
WORDS = np.array(["cook bake oven", "nurse ward care", "type desk phone"], dtype=object)
TWO = np.array(["no", "yes"], dtype=object)[(SHELF > 0).astype(int)]
THREE = WORDS[SHELF]
HELD = np.column_stack([SHELF > 0, COUNTS[:, 1] > 1, np.zeros(60, bool), np.ones(60, bool)])
NAMES = ("a", "b", "nobody", "everybody")
TEXTS = [
    f"{WORDS[s]} {'old' if c > 1 else 'new'}" for s, c in zip(SHELF, COUNTS[:, 2], strict=True)
]


def sets(features, labels):
    return Population(features, HELD[:, :labels], NAMES[:labels], label_sets=True)


POPULATIONS = {
    "two labels": Population.from_arrays(COUNTS, TWO),
    "three labels": Population.from_arrays(COUNTS, THREE),
    "one single tag": sets(COUNTS, 1),
    "sets of labels": sets(COUNTS, 2),
    "sets with a label that everybody or nobody holds": sets(COUNTS, 4),
    "numbers below 0": Population.from_arrays(COUNTS - 1.5, TWO),
    "tables": Population.from_table(
        {"size": -COUNTS[:, 0], "job": WORDS[rng.permutation(SHELF)], "y": TWO}, label="y"
    ),
    "texts": Population.from_texts(TEXTS, TWO),
}


@functools.cache
def made(name):
    kind = dict(all_estimators(type_filter="classifier"))[name]
    if name in AROUND_MANY:
        return kind([("one", LogisticRegression()), ("two", LogisticRegression(C=0.1))])
    if name == "TunedThresholdClassifierCV":  # by default it takes seconds
        return kind(LogisticRegression(), cv=2, thresholds=10)
    return kind(LogisticRegression()) if name in AROUND_ONE else kind()


def by_the_model(estimator, people):
    """Predict as a study does: the labels that the scores say."""
    learner = ScikitLearner(estimator)
    prepared = learner.prepare(people)
    model = learner.fit(prepared, Edit.nothing(people), SEED)
    scores = model.scores(prepared.encode(people.features))
    assert scores.shape == people.labels.shape
    assert not np.isnan(scores).any()
    assert not (scores == np.inf).any()
    return predicted(scores, label_sets=people.label_sets)


def by_itself(name, people):
    """Predict with a clone that was fitted without any of our code."""
    if people.kind == "texts":
        inputs = TfidfVectorizer().fit_transform(people.features)
    elif people.kind == "table":
        inputs = ColumnTransformer(
            [("text", OneHotEncoder(sparse_output=False), [1]), ("number", StandardScaler(), [0])]
        ).fit_transform(np.array([list(row) for row in people.features], dtype=object))
    else:
        inputs = people.features

    def predictions(labels):
        one = clone(made(name))
        states = [p for p in one.get_params() if p.rpartition("__")[2] == "random_state"]
        one.set_params(**dict.fromkeys(states, SEED))
        return one.fit(inputs, labels).predict(inputs)

    if not people.label_sets:
        return np.eye(len(people.label_names), dtype=bool)[predictions(people.labels.argmax(1))]
    held = people.labels.astype(int)
    if name in ALWAYS_A_MATRIX or (name in LEARN_A_MATRIX and held.shape[1] > 1):
        return np.asarray(predictions(held)) == 1
    return np.column_stack(
        [column if np.ptp(column) == 0 else predictions(column) for column in held.T]
    ) == 1  # fmt: skip


@functools.cache
def tried(name):
    """Return what a classifier refuses, and what it predicts otherwise than it should."""
    refused, otherwise = {}, []
    for what, people in POPULATIONS.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # in a trial they are told in its row
            estimator = made(name)
            if people.kind == "texts":
                estimator = make_pipeline(TfidfVectorizer(), estimator)
            try:
                said = by_the_model(estimator, people)
            except DataError as error:
                refused[what] = str(error)
                continue
            if not np.array_equal(said, by_itself(name, people)):
                otherwise.append(what)
    return refused, otherwise


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    CLASSIFIERS = [name for name, _ in all_estimators(type_filter="classifier")]


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_predictions_are_the_classifiers_own(name):
    refused, otherwise = tried(name)
    assert not otherwise
    for line in refused.values():
        assert len(line) < 600
        assert "\n" not in line
        assert name in line


def test_the_page_lists_what_is_refused():
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    listed = {name: refused.strip().split("; ") for name, refused in rows}
    really = {name: list(dict.fromkeys(map(in_brief, *zip(*refused.items(), strict=True))))
              for name in CLASSIFIERS if (refused := tried(name)[0])}  # fmt: skip
    assert listed == really


def in_brief(what, line):
    return "one label for each record" if "predicts sets of labels" in line else what
