"""Gradient control against Theorem 10."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criticalmass.contracts import check_curve
from criticalmass.errors import DataError, ParameterError
from criticalmass.learners.descent.gradient_descent import GradientDescent
from criticalmass.risks import Risk
from criticalmass.strategies.steering.allowed_records import Allowed
from criticalmass.strategies.steering.control import GradientControl
from criticalmass.strategies.steering.goals import Reach
from criticalmass.strategies.steering.responses import Response
from criticalmass.strategies.steering.solvers.redirecting_gradients import Candidates, hardest
from support.steered_people import instance, people


def controls(firm, goal, **options):
    return GradientControl(goal, firm.model, **({"knowledge": "known"} | options))


def members_of(prepared, count, seed=0):
    return prepared.population.draw(count, rng=np.random.default_rng(seed))


# Theorem 10 with supplied gradients ------------------------------------------------------------


@given(
    st.integers(0, 2**20), st.floats(0.02, 0.98), st.integers(1, 80), st.sampled_from([0.05, 2.0])
)
@settings(max_examples=40, deadline=None)
def test_every_step_leaves_exactly_the_theorems_factor(seed, part, count, learning_rate):
    firm, prepared, goal, aim = instance(seed, learning_rate)
    alpha = count / 80
    xi = part / (alpha * learning_rate)
    strategy = controls(firm, goal, xi=xi)
    members = members_of(prepared, count, seed)
    sent = strategy.respond(prepared.population, members, learning_rate=learning_rate)
    path = firm.descend(prepared, members, sent, seed=0).path
    left = [aim.distance(theta) for theta in path]
    factor = 1 - learning_rate * alpha * xi
    for step in range(firm.steps):
        if left[step] > 1e-4 * aim.way:  # nearer, θ − θ* itself is rounded
            assert left[step + 1] == pytest.approx(factor * left[step], rel=1e-10)
    bound = strategy.bound(prepared.population, learning_rate=learning_rate, steps=firm.steps)
    assert bound.distance(alpha) == pytest.approx(left[-1], rel=1e-8, abs=1e-9)
    assert bound.success(alpha) == pytest.approx(aim.share(path[-1]), abs=1e-9)


def test_a_network_is_controlled_as_exactly():
    pytest.importorskip("torch")
    from criticalmass.risks import ModuleRisk, Perceptron

    population = people(1, labels=3)
    firm = GradientDescent(ModuleRisk(Perceptron((4,)), l2=0.01), 0.5, 15)
    prepared = firm.prepare(population)
    goal = Reach(tuple(firm.model.start(9, prepared.sample)))  # far off, across a hill of risk
    aim = goal.aim(firm.model, prepared.design, population)
    members = members_of(prepared, 8)
    strategy = controls(firm, goal, xi=4.0)
    sent = strategy.respond(prepared.population, members, learning_rate=0.5)
    path = firm.descend(prepared, members, sent, seed=0).path
    left = np.array([aim.distance(theta) for theta in path])
    assert left[1:] / left[:-1] == pytest.approx(1 - 0.5 * 0.1 * 4.0, rel=1e-10)


def test_half_the_way_by_default_and_everyone_may_join():
    firm, prepared, goal, aim = instance(0, steps=3)
    for count in (1, 80):
        members = members_of(prepared, count)
        sent = controls(firm, goal).respond(prepared.population, members, learning_rate=0.4)
        path = firm.descend(prepared, members, sent, seed=0).path
        assert [aim.share(theta) for theta in path] == pytest.approx([0, 0.5, 0.75, 0.875])


def test_pooled_gradients_do_as_well_as_their_estimate():
    """Exact where members are like everyone else, and wrong by no more than they differ."""
    base = people(4, n=40)
    twice = base.take(np.repeat(np.arange(40), 2))
    firm = GradientDescent(Risk("logistic", l2=0.05), 0.4, 10)
    prepared = firm.prepare(twice)
    goal = Reach((0.5, 0.0, -0.5, 0.2))
    aim = goal.aim(firm.model, prepared.design, twice)

    def reached(members, base):
        strategy = controls(firm, goal, knowledge=base)
        sent = strategy.respond(prepared.population, members, learning_rate=0.4)
        return aim.share(firm.descend(prepared, members, sent, seed=0).parameters)

    mirror, few = np.arange(0, 80, 2), np.arange(6)
    assert reached(mirror, "pooled") == pytest.approx(1 - 0.5**10)
    assert reached(few, "known") == pytest.approx(1 - 0.5**10)
    assert reached(few, "pooled") < 0.99


# Theorem 10 with records -----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("labels", ["free", "fixed"])
def test_records_keep_the_bound(seed, labels):
    """A collective like P₀ does at least what Theorem 10 promises, and where it can, exactly c."""
    firm, prepared, goal, aim = instance(seed, learning_rate=1.0, steps=20, away=0.15)
    sample, model = prepared.sample, firm.model
    strategy = controls(firm, goal, supply="records", allowed=Allowed(labels=labels))
    bound = strategy.bound(prepared.population, learning_rate=1.0, steps=20, points=17)
    check_curve(bound)
    pool = Candidates.of(sample, sample, strategy.allowed)
    promised, zero = 0, np.zeros_like(aim.start)
    for alpha in (0.1, 0.3, 0.5, 0.8):
        # P₀ itself, with weights: nobody's leaving changes it
        sent = Response(model, aim.target, alpha, 0.5 / alpha, sample, sample, zero, pool, True)
        theta = aim.start
        for step in range(20):
            pulled = (1 - alpha) * model.gradient(theta, sample) + alpha * sent(step, theta)
            after, answer = theta - pulled, sent.log[-1]
            if answer.xi > 0:
                assert answer.residual < 1e-7
                left = (1 - alpha * answer.xi) * (theta - aim.target)
                assert after - aim.target == pytest.approx(left, abs=1e-7)
                assert alpha * answer.xi >= bound.pull(alpha) - 1e-5
            theta = after
        assert aim.share(theta) >= bound.success(alpha) - 1e-4
        promised += bound.success(alpha) > 0.2
    assert promised  # the promise is not empty


def test_what_records_cannot_do_is_said():
    firm, prepared, goal, aim = instance(0, steps=5, away=0.8)
    members = members_of(prepared, 4)
    strategy = controls(firm, goal, supply="records", short="nearest")
    sent = strategy.respond(prepared.population, members, learning_rate=0.4)
    path = firm.descend(prepared, members, sent, seed=0).path
    assert [answer.step for answer in sent.log] == [0, 1, 2, 3, 4]
    missed = [answer for answer in sent.log if np.isnan(answer.xi)]
    assert missed
    assert all(answer.residual > 1e-3 for answer in missed)
    assert f"at {len(missed)} of 5 steps" in sent.explain(path)
    assert sent.needed(path[missed[0].step], sent.xi) > 4 / 80
    # with the number that it names, it can be done
    enough = sent.needed(aim.target)
    assert 4 / 80 < enough < 1
    slopes = sent.candidates.at(firm.model, aim.target)
    standing = 0.95 * firm.model.gradient(aim.target, sent.others)
    standing = standing + 0.05 * firm.model.gradient(aim.target, sent.own)
    found = hardest(slopes, standing, aim.start - aim.target, enough * 1.02)
    assert found is not None
    assert hardest(slopes, standing, aim.start - aim.target, enough * 0.98) is None


def test_nearest_records_make_their_way_where_exact_ones_are_slow():
    firm, prepared, goal, aim = instance(1, steps=30, away=0.7)
    members = members_of(prepared, 30)
    shares = {}
    for short in ("slower", "nearest"):
        strategy = controls(firm, goal, supply="records", short=short)
        sent = strategy.respond(prepared.population, members, learning_rate=0.4)
        shares[short] = aim.share(firm.descend(prepared, members, sent, seed=0).parameters)
        # what is logged is what the firm's gradient lacks
        theta, answer = aim.start, sent.log[0]
        others = firm.model.gradient(theta, sent.others)
        total = (1 - 30 / 80) * others + 30 / 80 * sent(0, theta)
        if short == "nearest":
            lacking = np.linalg.norm(total - 30 / 80 * sent.xi * (theta - aim.target))
            assert answer.residual == pytest.approx(lacking, abs=1e-9)
    assert 0 < shares["slower"] < shares["nearest"]


# The firm's side ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_robust_rules_take_a_larger_collective(seed):
    """Of 40 clients: one is enough against the mean, no fewer than it tolerates else."""
    population = people(seed, n=400)
    needed = {}
    for rule in ("mean", "trimmed-mean", "median", "krum"):
        firm = GradientDescent(
            Risk("logistic", l2=0.01), 1.0, 60, clients=40, aggregation=rule, tolerated=0.2
        )
        prepared = firm.prepare(population)
        goal = Reach(tuple(prepared.start + np.array([1.0, -1.0, 0.5, 0.3])))
        aim = goal.aim(firm.model, prepared.design, population)
        for clients in range(1, 41):
            members = members_of(prepared, 10 * clients, seed=clients)
            sent = controls(firm, goal).respond(prepared.population, members, learning_rate=1.0)
            if aim.share(firm.descend(prepared, members, sent, seed=0).parameters) >= 0.9:
                needed[rule] = clients
                break
    assert needed["mean"] == 1
    assert 8 < needed["trimmed-mean"] <= needed["median"] <= needed["krum"]


def test_impossible_values_are_refused():
    firm, prepared, goal, _ = instance(0)
    members = members_of(prepared, 8)

    def response(strategy, who=members):
        return strategy.respond(prepared.population, who, learning_rate=0.4)

    for xi in (25.0, 30.0):
        with pytest.raises(ParameterError, match=rf"between 0 and .* = 25, not {xi:g}"):
            response(controls(firm, goal, xi=xi))
    response(controls(firm, goal, xi=24.9))
    with pytest.raises(ParameterError, match=r"above 0 and below 1/\(αη\), not 0"):
        controls(firm, goal, xi=0.0)
    with pytest.raises(ParameterError, match="did you mean 'records'"):
        controls(firm, goal, supply="record")
    with pytest.raises(ParameterError, match="did you mean 'pooled'"):
        controls(firm, goal, knowledge="pool")
    with pytest.raises(ParameterError, match="did you mean 'nearest'"):
        controls(firm, goal, short="near")
    with pytest.raises(ParameterError, match="has 4 parameters, the target has 3"):
        response(controls(firm, Reach((0.0, 0.0, 0.0))))
    with pytest.raises(ParameterError, match="zero members"):
        response(controls(firm, goal), who=members[:0])
    with pytest.raises(DataError, match="records that exist"):
        response(controls(firm, goal, supply="records", allowed=Allowed("bounded")))
