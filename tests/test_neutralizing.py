"""The gradient-neutralizing distribution: Theorem 7 and Corollary 8, exactly."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from criticalmass.errors import DataError
from criticalmass.risks import Risk, Sample
from criticalmass.strategies import Allowed
from criticalmass.strategies.steering.allowed_records import Groups
from criticalmass.strategies.steering.solvers.neutralizing_records import glm_record, neutralizing
from criticalmass.theory import GradientNeutralizingBound
from support.random_risks import LABELLED, moved

MEANS = [
    Allowed("observed"),
    Allowed("observed", "fixed"),
    Allowed("bounded"),
    Allowed("bounded", "fixed"),
    Allowed("free"),
    Allowed("bounded", box=(-3.0, 3.0)),
]
CASES = [
    (loss, allowed)
    for loss in LABELLED
    for allowed in MEANS
    if loss != "multinomial" or allowed.records == "observed"
]


@pytest.mark.parametrize(("loss", "allowed"), CASES, ids=str)
@given(seed=st.integers(0, 5_000))
@settings(max_examples=6, deadline=None)
def test_corollary_8_is_an_equality_and_theorem_7_holds_below(loss, allowed, seed):
    """At α* the minimiser is θ* to 1e-6; below, it is no farther than Theorem 7 says."""
    # counts have long tails: own labels, and records that exist, do not reach far
    risk, sample, start, target = moved(seed, loss, size=0.1 if loss == "poisson" else 0.3)
    plan = neutralizing(risk, target, sample, allowed)
    assume(plan.alpha < 0.95)
    norm, pull, way = plan.norm, plan.neutralizing, np.linalg.norm(start - target)
    for alpha in (plan.alpha, min(1.0, 1.3 * plan.alpha)):
        theta = risk.minimize(plan.law(alpha), start=start)
        assert np.linalg.norm(theta - target) < 1e-6
    bound = GradientNeutralizingBound(norm, pull, plan.convexity(way), way)
    promised = bound.critical_alpha([0.1, 0.5, 0.9])  # it does promise something
    assert (promised > 0).all()
    for alpha in (*promised, 0.3 * plan.alpha, 0.95 * plan.alpha):
        law = plan.law(alpha)
        left = (1 - alpha) * norm - alpha * pull
        assert np.allclose(risk.gradient(target, law), left * plan.gradient / norm, atol=1e-7)
        far = np.linalg.norm(risk.minimize(law, start=start) - target)
        assert far <= bound.distance(alpha) * (1 + 1e-6) + 1e-7
        assert alpha > 0.95 * plan.alpha or far > 1e-4  # not with fewer: α* is the least
    assert bound.distance(promised) == pytest.approx(np.array([0.9, 0.5, 0.1]) * way)


@pytest.mark.parametrize("allowed", MEANS, ids=lambda a: f"{a.records}-{a.labels}")
def test_members_report_only_what_they_may(allowed):
    risk, sample, _, target = moved(1, "logistic")
    plan = neutralizing(risk, target, sample, allowed)
    low, high = allowed.range_of(sample)
    assert (plan.records.x >= low - 1e-12).all()
    assert (plan.records.x <= high + 1e-12).all()
    if allowed.records == "observed":
        assert (plan.records.x[:, None] == sample.x[None]).all(axis=2).any(axis=1).all()
    if allowed.labels == "fixed":  # as many acts of a label as people who hold it
        shares = [sample.shares()[sample.y[:, 0] == y].sum() for y in (0, 1)]
        used = [plan.records.weights[plan.records.y[:, 0] == y].sum() for y in (0, 1)]
        assert (np.array(used) <= plan.alpha * np.array(shares) + 1e-9).all()


def test_fewer_liberties_take_more_people():
    risk, sample, _, target = moved(4, "logistic", n=200)
    alphas = {(a.records, a.labels): neutralizing(risk, target, sample, a).alpha for a in MEANS[:5]}
    assert alphas["free", "free"] <= alphas["bounded", "free"] <= alphas["observed", "free"]
    assert alphas["bounded", "free"] < alphas["bounded", "fixed"] <= alphas["observed", "fixed"]
    half = neutralizing(risk, target, sample, Allowed(changes=1, holds=2)).alpha
    assert np.isclose(half, 2 * alphas["observed", "free"], rtol=1e-2)


@pytest.mark.parametrize("loss", ["logistic", "squared", "poisson"])
@pytest.mark.parametrize("feature_only", [False, True])
def test_the_papers_record(loss, feature_only):
    """x' = −g, y' < μ(x'); feature-only: x' where y < μ(x'), 0 otherwise."""
    risk, sample, start, target = moved(3, loss, intercept=False, l2=0.0)
    gradient = risk.gradient(target, sample)
    x, y = glm_record(risk, gradient, target)
    if feature_only:
        below = sample.y[:, 0] < risk.law.mean(np.array([[x @ target]]))[0, 0]
        assert below.any()
        records = Sample(np.where(below[:, None], x, 0.0), sample.y, sample.weights)
    else:
        records = Sample(x[None], np.array([[y]]))
    pull = risk.gradient(target, records)
    assert np.isclose(pull @ gradient, -np.linalg.norm(pull) * np.linalg.norm(gradient))
    norm = np.linalg.norm(gradient)
    alpha = norm / (np.linalg.norm(pull) + norm)
    theta = risk.minimize(sample.mixed(records, alpha), start=start)
    assert np.linalg.norm(theta - target) < 1e-6
    theta = risk.minimize(sample.mixed(records, alpha / 2), start=start)
    assert np.linalg.norm(theta - target) > 1e-3


def test_whole_members_by_scaling_the_papers_record():
    """An integer number of records, scaled, cancels everybody else's gradient exactly."""
    risk, sample, start, target = moved(5, "logistic", size=0.1, intercept=False, l2=0.0)
    sample = Sample(sample.x, sample.y)
    others = Sample(sample.x[7:], sample.y[7:])
    left = len(others) * risk.gradient(target, others)
    away = -left / np.linalg.norm(left)

    def pull(scale):
        return 7 * risk.gradients(target, scale * away[None], np.zeros((1, 1)))[0] @ away

    low, high = 0.0, 1e4
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if pull(middle) < np.linalg.norm(left) else (low, middle)
    x = np.vstack([others.x, np.repeat(low * away[None], 7, axis=0)])
    y = np.vstack([others.y, np.zeros((7, 1))])
    theta = risk.minimize(Sample(x, y), start=start)
    assert np.linalg.norm(theta - target) < 1e-6


@pytest.mark.parametrize("records", ["observed", "bounded", "free"])
def test_a_label_that_counts_nothing_is_the_limit_of_one_that_counts_little(records):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 2)), rng.integers(0, 2, (40, 1)).astype(float)
    y[30:] = 2
    risk, weights = Risk("squared", 0.05), np.ones(40)
    target = risk.minimize(Sample(x[:30], y[:30])) + 0.1

    def alpha(little):
        weights[30:] = little
        allowed = Allowed(records, "fixed")
        return neutralizing(risk, target, Sample(x, y, weights.copy()), allowed)

    nothing = alpha(0.0)
    assert nothing.alpha == pytest.approx(alpha(1e-8).alpha, rel=1e-5)
    left = risk.gradient(target, nothing.law(nothing.alpha))
    assert np.linalg.norm(left) < 1e-7


def test_labels_that_count_nothing_are_no_groups():
    y = np.arange(40.0)[:, None]
    weights = (np.arange(40) % 4 == 1).astype(float)
    groups = Groups.of(Sample(np.zeros((40, 1)), y, weights), "fixed")
    assert groups.outcomes[:, 0].tolist() == list(range(1, 40, 4))
    assert groups.of_record.tolist() == [max(0, (i - 1) // 4) for i in range(40)]
    assert groups.shares.tolist() == [0.1] * 10


def test_weights_that_say_nothing_are_refused():
    x, y = np.zeros((2, 1)), np.zeros((2, 1))
    with pytest.raises(DataError, match="all weights are 0"):
        Sample(x, y, np.zeros(2))
    for weight in (np.nan, np.inf, -1.0):
        with pytest.raises(DataError, match="2 weights, finite ones, and none negative"):
            Sample(x, y, np.array([weight, 1.0]))
    with pytest.raises(DataError, match="2 records need 2 weights"):
        Sample(x, y, np.ones(3))


def test_when_everybody_reports_something_else_nothing_is_said_of_the_others():
    """Two people with one label each: at a target so far away both are needed."""
    risk, sample = Risk("squared", intercept=False), Sample(np.ones((2, 1)), np.array([[0.0], [1]]))
    plan = neutralizing(risk, np.array([1.0]), sample, Allowed())
    assert plan.alpha == pytest.approx(1.0)
    assert plan.convexity(0.1) == pytest.approx(0.0, abs=1e-9)
    assert risk.minimize(plan.law(1.0)) == pytest.approx([1.0])
