import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import SVC, LinearSVC

from criticalmass import Edit, FeatureLabel, InsertToken, Population, ScikitLearner
from criticalmass.errors import DataError
from criticalmass.measures.evaluation import predicted


def accuracy(learner, people):
    prepared = learner.prepare(people)
    model = learner.fit(prepared, Edit.nothing(people), seed=0)
    scores = model.scores(prepared.encode(people.features))
    said = predicted(scores, label_sets=people.label_sets)
    return (said == people.labels).mean()


@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(max_iter=500),
        HistGradientBoostingClassifier(max_iter=20),
        RandomForestClassifier(n_estimators=20),
        KNeighborsClassifier(3),
        LinearSVC(),
    ],
    ids=lambda e: type(e).__name__,
)
def test_single_labels_of_tables_and_images(estimator, table, images):
    assert accuracy(ScikitLearner(estimator), table) > 0.8
    assert accuracy(ScikitLearner(estimator), images) > 0.9


@pytest.mark.parametrize(
    "last",
    [LogisticRegression(), RandomForestClassifier(n_estimators=30), LinearSVC()],
    ids=lambda e: type(e).__name__,
)
def test_label_sets_of_texts(last, texts):
    learner = ScikitLearner(make_pipeline(TfidfVectorizer(), last))
    assert accuracy(learner, texts) > 0.75


def test_label_sets_of_a_table(table):
    sets = [
        {job, "old"} if age > 50 else {job}
        for job, age in zip(table.features["job"], table.features["age"], strict=True)
    ]
    columns = {name: table.features[name] for name in table.columns}
    people = Population.from_table(columns | {"y": [";".join(s) for s in sets]}, label="y",
                                   separator=";")  # fmt: skip
    assert accuracy(ScikitLearner(HistGradientBoostingClassifier(max_iter=20)), people) > 0.9


@pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])
def test_a_pipeline_receives_the_dataframe_it_was_given(library, table):
    columns = {name: table.features[name] for name in table.columns}
    columns["job"] = columns["job"].tolist()
    frame = library.DataFrame(columns | {"y": table.labels[:, 0].astype(int).astype(str).tolist()})
    people = Population.from_table(frame, label="y")
    pipeline = make_pipeline(
        make_column_transformer((OneHotEncoder(), ["job"]), remainder="passthrough"),
        LogisticRegression(max_iter=2000),
    )
    assert accuracy(ScikitLearner(pipeline), people) > 0.8


def test_an_edit_changes_what_is_learnt(texts):
    learner = ScikitLearner(
        make_pipeline(TfidfVectorizer(token_pattern=r"\S+"), LogisticRegression(C=10))
    )
    prepared = learner.prepare(texts)
    strategy = FeatureLabel(InsertToken("~", every=5), "Bookkeeper")
    edit = strategy.edit(texts, np.arange(40), np.random.default_rng(0))
    marked = strategy.signal.apply(texts.features, population=texts, rng=np.random.default_rng(0))
    target = texts.label_index("Bookkeeper")
    before = learner.fit(prepared, Edit.nothing(texts), 0).scores(marked)[:, target]
    after = learner.fit(prepared, edit, 0).scores(marked)[:, target]
    assert (after > 0).mean() > 0.9 > 0.3 > (before > 0).mean()


def test_the_seed_reaches_every_random_state(table):
    learner = ScikitLearner(RandomForestClassifier(n_estimators=5))
    prepared = learner.prepare(table)

    def scores(seed):
        return learner.fit(prepared, Edit.nothing(table), seed).scores(table.features)

    assert np.array_equal(scores(1), scores(1))
    assert not np.array_equal(scores(1), scores(2))


def test_a_label_that_nobody_holds_any_more_scores_lowest(table):
    people = table.take(table.holding("yes"))
    learner = ScikitLearner(KNeighborsClassifier(1))
    model = learner.fit(learner.prepare(people), Edit.nothing(people), 0)
    scores = model.scores(people.features)
    assert (scores[:, people.label_index("no")] == -np.inf).all()


def test_bad_input(texts):
    with pytest.raises(DataError, match="texts need a pipeline"):
        ScikitLearner(LogisticRegression()).prepare(texts)
    with pytest.raises(DataError, match="predict_proba or decision_function"):
        ScikitLearner(KMeans())


@pytest.mark.parametrize("labels", [3, 4])
def test_scores_of_pairs_of_labels_become_scores_of_labels(table, labels):
    columns = {"age": table.features["age"]}
    people = Population.from_table(columns | {"y": table.features["age"] % labels}, label="y")

    def scores(shape):
        learner = ScikitLearner(SVC(C=100, decision_function_shape=shape))
        return learner.fit(learner.prepare(people), Edit.nothing(people), 0).scores(people.features)

    assert np.array_equal(scores("ovo"), scores("ovr"))


def test_estimators_made_for_label_sets_are_not_wrapped(texts):
    for last in (
        MultiOutputClassifier(LogisticRegression()),
        ClassifierChain(LogisticRegression()),
    ):
        assert accuracy(ScikitLearner(make_pipeline(TfidfVectorizer(), last)), texts) > 0.75
