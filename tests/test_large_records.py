"""Counts, and members who may report any numbers: exp of them does not break the search."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from criticalmass import Edit, GradientNeutralizing, Population, RiskMinimizer
from criticalmass.errors import DataError
from criticalmass.risks import Risk, Sample
from criticalmass.strategies import Allowed, Reach
from support.exact_minimisers import poisson_minimiser

RISK = Risk("poisson", l2=0.05)


def counted(seed):
    """60 people, two numbers and a count each."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(60, 2))
    mean = np.exp(np.clip(x @ rng.normal(size=2) / 2, -2, 2))
    return Population.from_arrays(x, rng.poisson(mean).astype(float))


def steering(records="free"):
    return GradientNeutralizing(Reach({"x0": 0.6}), RISK, Allowed(records), "known")


@pytest.mark.parametrize("seed", [0, 2, 3, 5])
def test_the_path_of_a_steered_count_is_that_of_50_digits(seed):
    people, strategy = counted(seed), steering()
    plan, aim = strategy.plan(people), strategy.aim(people)
    path = strategy.exact(people)
    assert path.alphas[-1] == plan.alpha
    assert path.values[-1] == pytest.approx(1, abs=1e-8)
    for point in (1, 12, 23):
        law = plan.law(float(path.alphas[point]))
        theta = poisson_minimiser(law.x, law.y[:, 0], law.weights, RISK.l2, aim.target)
        assert path.values[point] == pytest.approx(aim.share(theta), abs=1e-7)


@pytest.mark.parametrize("seed", [2, 3, 5])
def test_a_minimiser_is_found_from_where_records_weigh_too_much(seed):
    plan, aim = steering().plan(counted(seed)), steering().aim(counted(seed))
    assert (plan.records.x @ aim.start[:-1]).max() > 100  # exp of it drowns everything
    found = RISK.minimize(plan.law(plan.alpha), start=aim.start)
    assert np.linalg.norm(found - aim.target) < 1e-7


def test_fixed_parameters_stay_where_the_search_begins_again():
    plan, aim = steering().plan(counted(2)), steering().aim(counted(2))
    fixed = np.array([False, False, True])
    begin = np.append(aim.start[:-1], aim.target[-1])
    found = RISK.minimize(plan.law(plan.alpha), start=begin, fixed=fixed)
    assert np.linalg.norm(found - aim.target) < 1e-7


@pytest.mark.parametrize("seed", [2, 3, 5])
def test_a_firm_that_counts_is_trained_on_such_records(seed):
    people, learner = counted(seed), RiskMinimizer("poisson", RISK.l2)
    strategy = steering()
    members = np.arange(30)
    edit = strategy.edit(people, members, np.random.default_rng(seed))
    prepared = learner.prepare(people)
    model = learner.fit(prepared, edit, 0)
    x, y = prepared.sample.x.copy(), prepared.sample.y.copy()
    x[edit.rows] = prepared.encode(edit.features)
    y[edit.rows, 0] = [float(people.label_names[i]) for i in edit.labels.argmax(axis=1)]
    theta = poisson_minimiser(x, y[:, 0], np.full(60, 1 / 60), RISK.l2, model.parameters)
    assert np.linalg.norm(model.parameters - theta) < 1e-7


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("l2", [0.0, 0.05])
def test_numbers_of_all_sizes_are_minimised(seed, l2):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(20, 2)) * 10 ** rng.uniform(-1, 9, size=(20, 1) if seed % 2 else (1, 2))
    y = rng.poisson(3, size=20).astype(float)
    theta = Risk("poisson", l2).minimize(Sample(x, y[:, None]))
    exact = poisson_minimiser(x, y, np.full(20, 1 / 20), l2, theta)
    assert (abs(theta - exact) * [*abs(x).max(axis=0), 1] < 1e-8).all()


@pytest.mark.parametrize(
    ("risk", "number"),
    [
        (RISK, 1e200),  # its square is no number
        (Risk(l2=1e-6), 1e12),  # beside its square the penalty is lost
        (Risk("squared"), 1e200),
    ],
)
def test_a_penalty_leaves_the_labels_without_fault(risk, number):
    x, y = number * np.array([[1.0, 1.0], [-1.0, -1.0]]), np.array([[1.0], [0.0]])
    with pytest.raises(
        DataError, match=r"a minimiser, but 16 digits are too few.* up to 1e\+(200|12); scale"
    ):
        risk.minimize(Sample(x, y))


def test_a_penalised_weight_may_be_more_than_a_million():
    x, y = 1e-6 * np.array([[1.0], [-1.0]]), np.array([[1.0], [0.0]])
    eta = 1e-6 * Risk(l2=1e-14).minimize(Sample(x, y))[0]
    # 1e-14 · weight = 1e-6 · (1 − σ(η)), to a gradient of 1e-10
    assert eta * (1 + np.exp(eta)) == pytest.approx(100, rel=1e-3)


def test_columns_that_say_nearly_the_same_are_told():
    rng = np.random.default_rng(36)
    x = rng.normal(size=(13, 2)) * 400
    x[:, 1] = x[:, 0] * (1 + 1e-7 * rng.normal(size=13))
    y = rng.integers(0, 2, size=(13, 1)).astype(float)
    with pytest.raises(DataError, match=r"too few.*columns say nearly the same"):
        Risk().minimize(Sample(x, y))


@pytest.mark.parametrize("l2", [0.0, 0.01])
def test_outcomes_in_millions_are_no_fault_either(l2):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3))
    y = np.round(3e6 * (5 + abs(x @ [1, 2, 3] + rng.normal(size=200))))
    theta = Risk("squared", l2).minimize(Sample(x, y[:, None]))
    theirs = Ridge(alpha=200 * l2, tol=1e-12, solver="svd").fit(x, y)
    assert theta == pytest.approx([*theirs.coef_, theirs.intercept_], rel=1e-11)
    y = np.round(1e5 * np.exp(x @ [0.1, 0.2, 0.3]) + rng.normal(size=200))
    theta = Risk("poisson", l2).minimize(Sample(x, y[:, None]))
    exact = poisson_minimiser(x, y, np.full(200, 1 / 200), l2, theta)
    assert theta == pytest.approx(exact, rel=1e-10)


def test_what_the_labels_do_is_still_told_of_counts():
    x = np.array([[-1.0], [0.0], [1.0]])
    with pytest.raises(DataError, match="separated perfectly"):
        Risk("poisson").minimize(Sample(x, np.array([[0.0], [0.0], [0.0]])))
    with pytest.raises(DataError, match="some columns say the same"):
        Risk("poisson").minimize(Sample(np.ones((3, 2)), np.array([[0.0], [2.0], [1.0]])))
    people = Population.from_arrays(np.array([[0.0], [1.0], [2.0]]), ["1", "3", "5"])
    learner = RiskMinimizer("poisson")
    assert learner.fit(learner.prepare(people), Edit.nothing(people), 0).parameters[0] > 0
