"""Every regressor of scikit-learn as a firm, against one that is fitted apart."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import all_estimators

from criticalmass import Edit, Population, ScikitLearner
from criticalmass.errors import DataError

REGRESSORS = dict(all_estimators(type_filter="regressor"))
HOLDS_OTHERS = {"MultiOutputRegressor", "RegressorChain", "StackingRegressor", "VotingRegressor"}
REFUSES = {
    "CCA": "samples",  # they explain several columns at once
    "PLSCanonical": "samples",
    "IsotonicRegression": "1d array",
    "MultiTaskElasticNet": "multi-output",
    "MultiTaskElasticNetCV": "multi-output",
    "MultiTaskLasso": "multi-output",
    "MultiTaskLassoCV": "multi-output",
}


def people():
    rng = np.random.default_rng(0)
    features = rng.uniform(0.1, 1, (60, 3))
    return Population.from_arrays(features, 5 + features @ [1, 2, 3], numbers=(0, 20))


def edit_of(population):
    members = np.arange(10)
    features = population.features[members] + [0, 0, 1]
    return Edit.of(population, members, features, np.full((10, 1), 15.0))


def fitted_apart(estimator, data):
    features = data.features.reshape(len(data), -1)
    return estimator.fit(features, data.values)


@pytest.mark.filterwarnings("ignore:Class .* is deprecated:FutureWarning")
@pytest.mark.parametrize("name", sorted(set(REGRESSORS) - HOLDS_OTHERS))
def test_every_regressor_predicts_what_it_does_when_fitted_apart(name):
    estimator, population = REGRESSORS[name](), people()
    seeded = clone(estimator)
    if "random_state" in estimator.get_params():
        seeded.set_params(random_state=7)
    learner = ScikitLearner(estimator)
    assert learner.predicts == ("numbers",)
    edit = edit_of(population)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if name in REFUSES:
            with pytest.raises(DataError) as caught:
                learner.fit(learner.prepare(population), edit, 7)
            assert len(str(caught.value)) < 300
            assert "\n" not in str(caught.value)
            return
        model = learner.fit(learner.prepare(population), edit, 7)
        expected = fitted_apart(seeded, edit.apply(population)).predict(population.features)
    assert model.scores(population.features)[:, 0] == pytest.approx(np.ravel(expected))


@pytest.mark.parametrize(
    "estimator",
    [
        make_pipeline(StandardScaler(), Ridge()),
        GridSearchCV(Ridge(), {"alpha": [0.1, 10.0]}, cv=3),
        REGRESSORS["VotingRegressor"]([("a", Ridge()), ("b", Ridge(alpha=9))]),
        REGRESSORS["StackingRegressor"]([("a", Ridge())], cv=3),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_what_holds_regressors_is_one(estimator):
    population = people()
    learner = ScikitLearner(estimator)
    edit = edit_of(population)
    model = learner.fit(learner.prepare(population), edit, 0)
    expected = clone(estimator).fit(edit.apply(population).features, edit.apply(population).values)
    assert model.scores(population.features)[:, 0] == pytest.approx(
        expected.predict(population.features)
    )
