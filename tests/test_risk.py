"""The risks and their minimisers are right, to the last digit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from sklearn.linear_model import LogisticRegression, PoissonRegressor, Ridge

from criticalmass import Edit, Population, RiskMinimizer
from criticalmass.contracts import check_learner
from criticalmass.errors import DataError, ParameterError
from criticalmass.risks import Risk, Sample
from criticalmass.risks.design import outcomes
from criticalmass.risks.differentiable import Differentiable
from criticalmass.risks.losses import LOSSES
from support.random_risks import LABELLED, instance


@pytest.mark.parametrize("loss", LABELLED)
@given(seed=st.integers(0, 10_000), intercept=st.booleans())
@settings(max_examples=20, deadline=None)
def test_derivatives_are_those_of_the_value(loss, seed, intercept):
    risk, sample = instance(seed, loss, intercept=intercept)
    rng = np.random.default_rng(seed)
    theta, way = rng.normal(size=(2, risk.size(sample)))
    step = 1e-5

    def along(t):
        return risk.value(theta + t * way, sample)

    slope = (along(step) - along(-step)) / (2 * step)
    assert np.isclose(risk.gradient(theta, sample) @ way, slope, rtol=1e-5, atol=1e-6)
    change = risk.gradient(theta + step * way, sample) - risk.gradient(theta - step * way, sample)
    assert np.allclose(risk.hessian(theta, sample) @ way, change / (2 * step), rtol=1e-4, atol=1e-5)
    each = risk.gradients(theta, sample.x, sample.y)
    assert np.allclose(sample.shares() @ each, risk.gradient(theta, sample))


@pytest.mark.parametrize("seed", range(9, 12))
def test_a_risk_that_is_0_where_it_is_least(seed):
    """Its terms cancel, and are rounded as the large numbers that they are."""
    risk, sample = instance(seed, "poisson")

    def least(scale):
        scaled = Sample(sample.x, scale * sample.y, sample.weights)
        return risk.value(risk.minimize(scaled), scaled)

    assert abs(least(brentq(least, 0.2, 5, xtol=1e-15))) < 1e-14


@pytest.mark.parametrize("loss", LABELLED)
@pytest.mark.parametrize("seed", range(5))
def test_minimiser_has_no_gradient(loss, seed):
    risk, sample = instance(seed, loss)
    theta = risk.minimize(sample)
    assert np.linalg.norm(risk.gradient(theta, sample)) <= 1e-10
    elsewhere = theta + np.random.default_rng(seed).normal(size=theta.size) / 10
    assert risk.value(theta, sample) < risk.value(elsewhere, sample)


def test_scikit_learn_finds_the_same():
    risk, sample = instance(0, "logistic", l2=0.02)
    n, weights = len(sample), sample.shares() * len(sample)
    theirs = LogisticRegression(C=1 / (0.02 * n), tol=1e-10, max_iter=1000)
    theirs.fit(sample.x, sample.y[:, 0], weights)
    assert np.allclose(risk.minimize(sample), [*theirs.coef_[0], theirs.intercept_[0]], atol=1e-5)
    risk, sample = instance(0, "poisson", l2=0.02)
    theirs = PoissonRegressor(alpha=0.02, tol=1e-10, max_iter=10_000)
    theirs.fit(sample.x, sample.y[:, 0], sample.shares())
    assert np.allclose(risk.minimize(sample), [*theirs.coef_, theirs.intercept_], atol=1e-4)
    risk, sample = instance(0, "squared", l2=0.02)
    theirs = Ridge(alpha=0.02).fit(sample.x, sample.y[:, 0], sample.shares())
    assert np.allclose(risk.minimize(sample), [*theirs.coef_, theirs.intercept_])
    risk, sample = instance(0, "multinomial", l2=0.0, n=200)
    theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=5000)
    theirs.fit(sample.x, sample.y @ [1, 2], sample.shares() * len(sample))
    own = risk.minimize(sample).reshape(2, 4)
    assert np.allclose(own[:, :3], theirs.coef_[1:] - theirs.coef_[0], atol=1e-4)


@pytest.mark.parametrize("loss", LABELLED)
@given(seed=st.integers(0, 10_000), radius=st.floats(0.01, 1.5))
@settings(max_examples=25, deadline=None)
def test_convexity_and_smoothness_are_bounds(loss, seed, radius):
    """μ is a lower bound of the curvature in the ball, β an upper bound of it anywhere."""
    risk, sample = instance(seed, loss, n=30)
    rng = np.random.default_rng(seed)
    theta, way, other = rng.normal(size=(3, risk.size(sample)))
    inside = theta + radius * rng.random() * way / np.linalg.norm(way)
    curvature = other @ risk.hessian(inside, sample) @ other / (other @ other)
    mu, beta = risk.convexity(theta, sample, radius), risk.smoothness(sample)
    assert mu > 0
    assert mu <= curvature * (1 + 1e-9)
    assert curvature <= beta * (1 + 1e-9)


def test_fixed_parameters_stay():
    risk, sample = instance(3, "logistic")
    start = np.array([0.0, 0.7, 0.0, 0.0])
    theta = risk.minimize(sample, start=start, fixed=np.array([False, True, False, False]))
    assert theta[1] == 0.7
    gradient = risk.gradient(theta, sample)
    assert np.linalg.norm(gradient[[0, 2, 3]]) <= 1e-10 < abs(gradient[1])


def test_chunks_do_not_matter(monkeypatch):
    risk, sample = instance(1, "multinomial", n=500)
    theta = np.random.default_rng(0).normal(size=risk.size(sample))
    whole = risk.gradient(theta, sample), risk.hessian(theta, sample)
    monkeypatch.setattr("criticalmass.risks.risk.CHUNK", 100)
    assert np.allclose(risk.gradient(theta, sample), whole[0])
    assert np.allclose(risk.hessian(theta, sample), whole[1])


@pytest.mark.parametrize(("loss", "labels"), [("logistic", "ny"), ("multinomial", "abc"),
                                              ("squared", "135"), ("poisson", "012")])  # fmt: skip
def test_the_learner_keeps_its_promises(loss, labels):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 2))
    people = Population.from_arrays(x, [labels[i % len(labels)] for i in range(60)])
    edit = Edit.of(people, np.arange(3), people.features[:3] + 1, people.labels[3:6])
    check_learner(RiskMinimizer(loss, l2=0.01), people, edit)


def test_numbers_as_labels_are_predicted_by_distance():
    people = Population.from_arrays(np.array([[0.0], [1.0], [2.0]]), ["1", "3", "5"])
    learner = RiskMinimizer("squared")
    prepared = learner.prepare(people)
    model = learner.fit(prepared, Edit.nothing(people), 0)
    assert model.scores(prepared.encode(people.features)).argmax(axis=1).tolist() == [0, 1, 2]


def test_a_risk_that_cannot_be_minimised_is_told():
    x = np.array([[-1.0], [1.0]])
    with pytest.raises(DataError, match=r"separated perfectly.*l2"):
        Risk().minimize(Sample(x, np.array([[0.0], [1.0]])))
    with pytest.raises(DataError, match="more than one minimiser"):
        Risk().minimize(Sample(np.ones((4, 1)), np.array([[0.0], [1.0], [0.0], [1.0]])))
    with pytest.raises(DataError, match="outcomes 0 and 1"):
        Risk().minimize(Sample(x, np.array([[0.0], [2.0]])))
    with pytest.raises(DataError, match="from 0 on, not -1"):
        Risk("poisson").minimize(Sample(x, np.array([[0.0], [-1.0]])))
    with pytest.raises(ParameterError, match=r"loss.*'logistik'.*logistic"):
        Risk("logistik")
    with pytest.raises(ParameterError, match="l2 is a strength"):
        RiskMinimizer(l2=-1.0)
    three = Population.from_arrays(np.zeros((3, 1)), ["a", "b", "c"])
    with pytest.raises(DataError, match="two labels, not 3; try multinomial"):
        outcomes(three, "logistic")
    with pytest.raises(DataError, match="numbers as labels, not 'a'"):
        outcomes(three, "squared")
    with pytest.raises(DataError, match="not sets of labels"):
        outcomes(Population.from_arrays(np.zeros((2, 1)), [{"a"}, {"a", "b"}]), "logistic")
    with pytest.raises(DataError, match="finite"):
        Sample(np.array([[np.nan]]), np.zeros((1, 1)))


def test_every_loss_is_convex_in_its_predictor():
    rng = np.random.default_rng(0)
    for name, loss in LOSSES.items():
        k = 3 if name == "multinomial" else 1
        for curvature in loss.curvature(rng.normal(size=(50, k)) * 3):
            values = np.linalg.eigvalsh(curvature)
            assert values.min() >= -1e-12
            assert values.max() <= loss.steepest + 1e-12


def test_training_begins_at_zero_unless_a_model_says_otherwise():
    sample = Sample(np.ones((4, 2)), np.zeros((4, 1)))
    assert Risk().start(0, sample).tolist() == [0.0, 0.0, 0.0]
    assert Differentiable.smoothness(Risk(), sample) == np.inf > Risk().smoothness(sample)
