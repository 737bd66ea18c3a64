"""Gradient descent, full batch and in rounds of clients, against loops by hand."""

import numpy as np
import pytest

from criticalmass import Edit, Population
from criticalmass.contracts import check_learner
from criticalmass.errors import ParameterError
from criticalmass.learners.descent.aggregation import AGGREGATIONS
from criticalmass.learners.descent.gradient_descent import GradientDescent
from criticalmass.risks import Risk

RISK = Risk("logistic", l2=0.05)


def relabelled(population, members):
    labels = population.labels.copy()
    labels[members] = labels[members][:, ::-1]
    return Edit.of(population, members, population.features[members], labels[members])


def test_descent_keeps_the_contract_of_a_learner(table, images):
    check_learner(
        GradientDescent(RISK, 0.5, 20, start="fresh"), table, relabelled(table, np.arange(30))
    )
    check_learner(
        GradientDescent(RISK, 0.01, 5, start="fresh"), images, relabelled(images, np.arange(9))
    )


def test_steps_are_those_of_a_loop(table):
    members = np.arange(0, 40, 2)
    firm = GradientDescent(RISK, 0.3, 7)
    prepared = firm.prepare(table)
    model = firm.fit(prepared, relabelled(table, members), seed=0)
    sample = prepared.sample
    y = sample.y.copy()
    y[members] = 1 - y[members]
    theta = RISK.minimize(sample)
    for step in range(8):
        assert model.path[step] == pytest.approx(theta, abs=1e-12)
        theta = theta - 0.3 * RISK.gradients(theta, sample.x, y).mean(axis=0)
    assert np.array_equal(model.parameters, model.path[-1])


def test_without_a_collective_the_optimum_stays_and_a_fresh_start_gets_there(table):
    still = GradientDescent(RISK, 0.3, 5)
    prepared = still.prepare(table)
    path = still.fit(prepared, Edit.nothing(table), seed=0).path
    assert np.abs(path - path[0]).max() < 1e-9
    fresh = GradientDescent(RISK, 1.0, 2000, start="fresh")
    model = fresh.fit(fresh.prepare(table), Edit.nothing(table), seed=0)
    assert not model.path[0].any()
    assert model.parameters == pytest.approx(path[0], abs=1e-6)


def test_supplied_gradients_take_the_members_place(table):
    members = np.array([3, 4, 50, 120])
    firm = GradientDescent(RISK, 0.2, 4)
    prepared = firm.prepare(table)
    sample, others = prepared.sample, np.setdiff1d(np.arange(200), members)
    wish = np.arange(5.0)
    seen = []

    def supply(step, theta):
        seen.append((step, theta))
        return np.outer([0, 1, 2, 5], wish)  # one row per member; their mean is 2 · wish

    model = firm.descend(prepared, members, supply, seed=0)
    assert [step for step, _ in seen] == [0, 1, 2, 3]
    for step, theta in seen:
        assert np.array_equal(theta, model.path[step])
        own = RISK.gradient(theta, sample.take(others))
        after = theta - 0.2 * (0.98 * own + 0.02 * 2 * wish)
        assert model.path[step + 1] == pytest.approx(after, abs=1e-12)
    one = firm.descend(prepared, members, lambda step, theta: 2 * wish, seed=0)
    assert one.path == pytest.approx(model.path, abs=1e-12)


def test_all_clients_together_are_the_full_batch(table):
    members = np.arange(60)
    edit = relabelled(table, members)
    whole = GradientDescent(RISK, 0.3, 10)
    dealt = GradientDescent(RISK, 0.3, 10, clients=17)
    paths = [firm.fit(firm.prepare(table), edit, seed=1).path for firm in (whole, dealt)]
    assert paths[0] == pytest.approx(paths[1], abs=1e-12)


@pytest.mark.parametrize("aggregation", AGGREGATIONS)
def test_members_are_whole_clients(table, aggregation):
    """Of 10 clients, 2 are members' alone: a supplied gradient reaches the firm as 2 voices."""
    firm = GradientDescent(RISK, 1.0, 1, clients=10, aggregation=aggregation, tolerated=0.2)
    prepared = firm.prepare(table)
    members = np.arange(43)  # 21.5 % of the records
    wish = np.full(5, 7.0)
    model = firm.descend(prepared, members, lambda step, theta: wish, seed=0)
    step = model.path[0] - model.path[1]
    if aggregation == "mean":
        rest = RISK.gradient(model.path[0], prepared.sample.take(np.arange(43, 200)))
        assert step == pytest.approx(0.215 * wish + 0.785 * rest)
    else:
        assert (step < 1).all()  # two far voices of ten do not carry a robust rule
        rows = np.vstack([wish, wish])
        two = firm.descend(prepared, members, lambda step, theta: rows, seed=0)
        assert np.array_equal(two.path, model.path)


def test_every_record_a_client_under_a_robust_rule(table):
    firm = GradientDescent(RISK, 1.0, 1, aggregation="median")
    prepared = firm.prepare(table)
    members, wish = np.array([7, 100]), np.full(5, 9.0)
    model = firm.descend(prepared, members, lambda step, theta: wish, seed=0)
    each = RISK.gradients(model.path[0], prepared.sample.x, prepared.sample.y)
    each[members] = wish
    assert model.path[0] - model.path[1] == pytest.approx(np.median(each, axis=0))


def test_sampled_rounds_depend_on_the_seed_alone_and_are_right_on_average(table):
    firm = GradientDescent(RISK, 1e-3, 400, clients=20, sampled=5)
    prepared = firm.prepare(table)
    members, wish = np.arange(60), np.full(5, 1.0)

    def run(seed):
        return firm.descend(prepared, members, lambda step, theta: wish, seed)

    assert np.array_equal(run(1).path, run(1).path)
    assert not np.array_equal(run(1).path, run(2).path)
    everyone = GradientDescent(RISK, 1e-3, 400, clients=20)
    full = everyone.descend(prepared, members, lambda step, theta: wish, 1)
    moved, expected = run(1).parameters - prepared.start, full.parameters - prepared.start
    assert np.linalg.norm(moved - expected) < 0.25 * np.linalg.norm(expected)
    with pytest.raises(ParameterError, match="not \\(3, 5\\)"):
        firm.descend(prepared, members, lambda step, theta: np.zeros((3, 5)), 1)


@pytest.mark.parametrize("loss", ["multinomial", "squared", "poisson"])
def test_scores_name_the_label(loss):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 2))
    number = np.clip(np.round(1.5 + x[:, 0]), 0, 3).astype(int)
    people = Population.from_arrays(x, [str(value) for value in number])
    firm = GradientDescent(Risk(loss, l2=1e-4), 0.1, 1)
    prepared = firm.prepare(people)
    scores = firm.fit(prepared, Edit.nothing(people), 0).scores(prepared.encode(x))
    assert scores.shape == (300, 4)
    assert (scores.argmax(axis=1) == number).mean() > 0.75


def test_divergence_names_the_learning_rate_and_the_limit():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 2))
    people = Population.from_arrays(x, [str(round(value, 1)) for value in x[:, 0]])
    risk = Risk("squared", intercept=False)
    limit = 2 / risk.smoothness(GradientDescent(risk, 1.0, 1).prepare(people).sample)
    firm = GradientDescent(risk, 1.05 * limit, 20_000, start="fresh")
    with pytest.raises(ParameterError, match=f"diverged at step .*2/β = {limit:.4g}"):
        firm.fit(firm.prepare(people), Edit.nothing(people), 0)
    calm = GradientDescent(risk, 0.95 * limit, 2000, start="fresh")
    prepared = calm.prepare(people)
    found = calm.fit(prepared, Edit.nothing(people), 0).parameters
    assert found == pytest.approx(risk.minimize(prepared.sample), abs=1e-8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"learning_rate": -0.1}, "learning_rate must be positive and finite, not -0.1"),
        ({"learning_rate": float("nan")}, "learning_rate must be positive"),
        ({"steps": 0}, "steps is a number from 1 on, not 0"),
        ({"start": "optimal"}, "did you mean 'optimum'"),
        ({"aggregation": "trimmed"}, "did you mean 'trimmed-mean'"),
        ({"clients": 1}, "clients is a number from 2 on"),
        ({"sampled": 3}, "sampled needs clients"),
        ({"clients": 5, "sampled": 6}, "1 to 5 of the clients, not 6"),
        ({"tolerated": 0.5}, "tolerated is a share"),
    ],
)
def test_impossible_values_are_refused(arguments, message):
    with pytest.raises(ParameterError, match=message):
        GradientDescent(**({"model": RISK, "learning_rate": 0.1, "steps": 3} | arguments))


def test_collectives_that_cannot_be_are_refused(table):
    firm = GradientDescent(RISK, 0.1, 3, clients=10)
    prepared = firm.prepare(table)
    with pytest.raises(ParameterError, match=r"0 of 10 clients; the smallest share is 0\.1"):
        firm.descend(prepared, np.arange(15), lambda step, theta: theta, 0)
    with pytest.raises(ParameterError, match="zero members"):
        firm.descend(prepared, np.arange(0), lambda step, theta: theta, 0)
    with pytest.raises(ParameterError, match="not finite"):
        firm.descend(prepared, np.arange(50), lambda step, theta: theta * np.nan, 0)
    with pytest.raises(ParameterError, match="201 clients need as many records; there are 200"):
        GradientDescent(RISK, 0.1, 3, clients=201).prepare(table)
