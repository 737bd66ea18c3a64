"""Gradient boosting sees categories behind a named function; names alone are refused."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from criticalmass import Edit, Population, ScikitLearner
from criticalmass.errors import DataError


def test_a_boosting_that_wants_categories_by_name_is_told_how_to_have_them():
    table = {"job": np.array(["cook", "nurse"] * 20, object), "age": np.arange(40)}
    people = Population.from_table(table | {"hired": np.array(["yes", "no"] * 20)}, label="hired")
    learner = ScikitLearner(HistGradientBoostingClassifier(categorical_features=["job"]))
    with pytest.raises(DataError, match=r"in a pipeline, put a FunctionTransformer with a named"):
        learner.fit(learner.prepare(people), Edit.nothing(people), seed=0)


def categories(table):
    return table.astype({"job": "category"})


def test_a_boosting_behind_a_function_sees_categories():
    """Two columns: one of categories, one of numbers; alone it would see three of numbers."""
    rng = np.random.default_rng(0)
    job = rng.choice(["cook", "nurse", "clerk"], 300).astype(object)
    table = {"job": job, "age": rng.integers(18, 70, 300)}
    hired = np.where((job == "nurse") ^ (rng.random(300) < 0.1), "yes", "no")
    people = Population.from_table(table | {"hired": hired}, label="hired")
    boosting = HistGradientBoostingClassifier(categorical_features="from_dtype", random_state=0)
    learner = ScikitLearner(make_pipeline(FunctionTransformer(categories), boosting))
    model = learner.fit(learner.prepare(people), Edit.nothing(people), seed=0)
    ours = model.scores(people.features).argmax(axis=1)
    frame = pd.DataFrame(table).astype({"job": "category"})
    apart = boosting.fit(frame, (hired == "yes").astype(int))
    assert apart.is_categorical_.tolist() == [True, False]
    assert (ours == apart.predict(frame)).all()
