"""Collectives of whole people against a firm that minimises a risk; Proposition 9."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criticalmass import GradientNeutralizing, RiskMinimizer
from criticalmass.errors import DataError, ParameterError
from criticalmass.risks import Risk
from criticalmass.strategies import Allowed, Gain, Linear, Reach
from criticalmass.strategies.steering.neutralize import _too_many
from criticalmass.strategies.steering.solvers.neutralizing_records import neutralizing
from support.steered_people import people as people_of


@pytest.mark.parametrize("allowed", [Allowed("bounded"), Allowed("bounded", "fixed"),
                                     Allowed("free")], ids=str)  # fmt: skip
def test_whole_members_of_a_population_reach_the_target(allowed):
    """The edit itself, trained on: numbers are moved until whole people cancel the gradient."""
    people, learner = people_of(0, n=400), RiskMinimizer(l2=0.01)
    strategy = GradientNeutralizing(Reach({"x1": 0.0}), learner.risk, allowed, "known")
    mass = strategy.exact(people).critical_mass(1.0).alpha
    prepared, aim = learner.prepare(people), strategy.aim(people)
    members = people.draw(int(1.3 * mass * len(people)) + 6, rng=np.random.default_rng(0))
    edit = strategy.edit(people, members, np.random.default_rng(1))
    theta = learner.fit(prepared, edit, 0).parameters
    if allowed.records == "free":  # so few people that they come near only
        assert aim.share(theta) > 0.95
    else:
        assert aim.distance(theta) < 1e-6
    if allowed.labels == "fixed":
        assert (edit.labels == people.labels[edit.rows]).all()
    fewer = strategy.edit(people, members[: len(members) // 4], np.random.default_rng(1))
    part = aim.share(learner.fit(prepared, fewer, 0).parameters)
    assert 0.05 < part < 0.8 or allowed.records == "free"


def test_more_members_do_not_do_worse():
    people, learner = people_of(3, n=800), RiskMinimizer(l2=0.001)
    goal = Reach({"x0": 0.3, "intercept": -0.5})
    strategy = GradientNeutralizing(goal, learner.risk, Allowed("bounded"), "known")
    prepared, aim = learner.prepare(people), strategy.aim(people)
    enough = int(1.2 * strategy.plan(people).alpha * len(people))
    for size in (enough, 2 * enough, 400):
        members = people.draw(size, rng=np.random.default_rng(size))
        edit = strategy.edit(people, members, np.random.default_rng(1))
        assert aim.share(learner.fit(prepared, edit, 0).parameters) > 0.9


def test_records_that_exist_come_near():
    people, learner = people_of(0, n=400), RiskMinimizer(l2=0.01)
    for knowledge in ("known", "pooled"):
        strategy = GradientNeutralizing(
            Reach({"x1": 0.0}), learner.risk, Allowed("observed"), knowledge
        )
        members = people.draw(120, rng=np.random.default_rng(0))
        edit = strategy.edit(people, members, np.random.default_rng(1))
        share = strategy.aim(people).share(learner.fit(learner.prepare(people), edit, 0).parameters)
        assert share > (0.97 if knowledge == "known" else 0.5)
        rows = (edit.features[:, None] == people.features[None]).all(axis=2)
        assert rows.any(axis=1).all()


def test_records_that_exist_are_played_as_often_as_the_plan_says_rounded_down():
    people = people_of(0, n=400)
    strategy = GradientNeutralizing(Reach({"x1": 0.0}), Risk(l2=0.01), Allowed("observed"), "known")
    plan = strategy.plan(people)
    members = people.draw(len(people) // 2, rng=np.random.default_rng(0))
    edit = strategy.edit(people, members, np.random.default_rng(1))
    planned = np.floor(plan.records.weights * len(people) + 1e-9)
    assert planned.sum() >= 5
    for row, label, times in zip(plan.rows, plan.records.y, planned, strict=True):
        same = (edit.features == people.features[row]).all(axis=1)
        same &= edit.labels[:, -1] == label[-1]
        assert same.sum() >= times


def test_records_of_any_numbers_are_no_rows_of_the_population():
    goal, rows = Reach({"x1": 0.0}), {}
    for records in ("observed", "bounded"):
        plan = GradientNeutralizing(goal, Risk(l2=0.01), Allowed(records)).plan(people_of(0))
        rows[records] = plan.rows
    assert rows["observed"].min() >= 0
    assert set(rows["bounded"]) == {-1}


def test_a_member_changes_so_many_records_at_most():
    people = people_of(0, n=400)
    allowed = Allowed("observed", changes=1, holds=4)
    strategy = GradientNeutralizing(Reach({"x1": 0.0}), Risk(l2=0.01), allowed, "known")
    members = people.draw(100, rng=np.random.default_rng(0))
    edit = strategy.edit(people, members, np.random.default_rng(1))
    person = np.searchsorted(members, edit.rows) // 4
    assert np.bincount(person).max() == 1


@given(seed=st.integers(0, 5_000), gain=st.floats(0.02, 0.3))
@settings(max_examples=8, deadline=None)
def test_proposition_9_reaches_the_utility(seed, gain):
    people, learner = people_of(seed % 50, n=200), RiskMinimizer(l2=0.05)
    direction = np.random.default_rng(seed).normal(size=4)
    utility = Linear(tuple(direction / np.linalg.norm(direction)))
    strategy = GradientNeutralizing(Gain(utility, gain), learner.risk, Allowed("bounded"), "known")
    bound = strategy.proposition_9(people)
    assert bound.smoothness >= 0.05
    alpha = bound.critical_mass(1.0).alpha
    assert 0 < alpha < 1
    # the proof's own target, θ₀ + U ∇u/‖∇u‖², held in place with that many people
    aim = strategy.aim(people)
    sample = learner.prepare(people).sample
    target = aim.start + gain * np.array(utility.direction)
    plan = neutralizing(learner.risk, target, sample, Allowed("bounded"))
    assert plan.alpha <= alpha * (1 + 1e-9)
    theta = learner.risk.minimize(plan.law(alpha), start=aim.start)
    assert utility.value(theta) - utility.value(aim.start) >= gain - 1e-6
    # what the strategy itself plays is guaranteed by Theorem 7, and exact is above that
    promised, exact = strategy.bound(people), strategy.exact(people)
    shares = np.linspace(0.01, 1, 50) * promised.critical_mass(1.0).alpha
    assert (promised.success(shares) <= exact.success(shares) + 1e-6).all()


@pytest.mark.parametrize("ask", ["bound", "exact", "candidates"])
def test_a_third_more_people_than_there_are_are_too_many(ask):
    far = GradientNeutralizing(Reach({"x1": 20.0}), Risk(l2=0.01))
    with pytest.raises(ParameterError, match=r"it takes 1\.34 times as many people as there are"):
        getattr(far, ask)(people_of(0, n=400))


@pytest.mark.parametrize(
    ("share", "says"),
    [
        (1.0004, "it takes a few people more than there are"),
        (1.006, "it takes 1.01 times as many people as there are"),
        (1234.5, "it takes 1,234 times as many people as there are"),
    ],
)
def test_more_people_than_there_are_are_never_1_times_as_many(share, says):
    assert _too_many(share) == says


def test_impossible_values_are_told():
    people = people_of(0, n=400)
    far = GradientNeutralizing(Reach({"x1": 400.0}), Risk(l2=0.01))
    with pytest.raises(ParameterError, match=r"out of reach with records = 'observed'.*nearest.*%"):
        far.candidates(people)
    start = far.aim(people).start
    with pytest.raises(ParameterError, match="the firm is there already"):
        GradientNeutralizing(Reach(tuple(start)), Risk(l2=0.01)).plan(people)
    with pytest.raises(ParameterError, match=r"records.*'observe'.*observed"):
        Allowed("observe")
    with pytest.raises(ParameterError, match="holds 1 records cannot change 2"):
        Allowed(changes=2)
    with pytest.raises(ParameterError, match="a box is for"):
        Allowed(box=(0.0, 1.0))
    with pytest.raises(DataError, match="one predictor"):
        GradientNeutralizing(
            Reach({"x1": 0.0}), Risk("multinomial", 0.01), Allowed("bounded")
        ).plan(people_of(0, labels=3))
