"""Which records redirect a gradient: linear programmes, against HiGHS."""

import numpy as np
import pytest
from scipy.optimize import linprog

from criticalmass.risks import Design, Sample
from criticalmass.strategies.steering.allowed_records import Allowed
from criticalmass.strategies.steering.solvers.redirecting_gradients import (
    Candidates,
    closest,
    hardest,
    smallest,
)
from support.steered_people import instance, people


def slopes_of(seed, labels):
    firm, prepared, _, aim = instance(seed, away=0.2)
    pool = Candidates.of(prepared.sample, prepared.sample, Allowed(labels=labels))
    theta = aim.start + 0.5 * (aim.target - aim.start)
    standing = firm.model.gradient(theta, prepared.sample)
    return pool.at(firm.model, theta), standing, theta - aim.target


def by_highs(slopes, standing, towards, *, alpha=None, pull=None):
    """The same programmes, put down plainly: variables w and either c or α."""
    c, (levels, p) = len(slopes.groups), slopes.replaced.shape
    member = (slopes.groups[None] == np.arange(levels)[:, None]).astype(float)
    zero = np.zeros((p, 1))
    if pull is None:
        equal = np.hstack([slopes.changes.T, -towards[:, None]])
        limits, below, cost = alpha * slopes.limits, np.hstack([member, np.zeros((levels, 1))]), -1
        right = -standing
    else:
        equal, right = np.hstack([slopes.changes.T, zero]), pull * towards - standing
        limits, below, cost = np.zeros(levels), np.hstack([member, -slopes.limits[:, None]]), 1
    found = linprog(
        np.append(np.zeros(c), cost),
        A_ub=below,
        b_ub=limits,
        A_eq=equal,
        b_eq=right,
        method="highs",
    )
    return found.x[-1] if found.status == 0 else None


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("labels", ["free", "fixed"])
def test_pulls_and_shares_are_those_of_highs(seed, labels):
    slopes, standing, towards = slopes_of(seed, labels)
    for alpha in (0.02, 0.2, 0.6):
        found = hardest(slopes, standing, towards, alpha)
        expected = by_highs(slopes, standing, towards, alpha=alpha)
        assert (found is None) == (expected is None)
        if found is not None:
            pull, shares = found
            assert pull == pytest.approx(expected, rel=1e-4, abs=1e-6)
            assert (shares >= 0).all()
            assert standing + shares @ slopes.changes == pytest.approx(pull * towards, abs=1e-8)
    for pull in (0.0, 0.02, 0.2):
        alpha, shares = smallest(slopes, standing, towards, pull)
        assert alpha == pytest.approx(by_highs(slopes, standing, towards, pull=pull), rel=1e-4)
        assert standing + shares @ slopes.changes == pytest.approx(pull * towards, abs=1e-8)
        for level in range(len(slopes.limits)):
            assert shares[slopes.groups == level].sum() <= alpha * slopes.limits[level] + 1e-8


@pytest.mark.parametrize("labels", ["free", "fixed"])
def test_shares_are_convex_in_the_pull(labels):
    """What `GradientControlBound` draws its straight lines by."""
    slopes, standing, towards = slopes_of(3, labels)
    needed = [smallest(slopes, standing, towards, pull)[0] for pull in np.linspace(0, 0.2, 9)]
    assert (np.diff(needed, 2) >= -1e-5).all()
    assert needed[-1] > needed[0] + 0.01


@pytest.mark.parametrize("labels", ["free", "fixed"])
def test_closest_is_exact_where_it_can_be_and_optimal_where_not(labels):
    slopes, standing, towards = slopes_of(2, labels)
    alpha, _ = smallest(slopes, standing, towards, 0.05)
    shares, residual = closest(slopes, 0.05 * towards - standing, 1.2 * alpha)
    assert residual < 1e-5
    few = 0.5 * alpha
    wanted = 0.05 * towards - standing
    shares, residual = closest(slopes, wanted, few)
    assert residual == pytest.approx(np.linalg.norm(shares @ slopes.changes - wanted))
    for level, limit in enumerate(slopes.limits):
        assert shares[slopes.groups == level].sum() <= few * limit * (1 + 1e-3)
    # no kind of record that takes more of the place would come nearer
    left = shares @ slopes.changes - wanted
    for level, limit in enumerate(slopes.limits):
        best = min((slopes.changes[slopes.groups == level] @ left).min(), 0.0)
        now = shares[slopes.groups == level] @ (slopes.changes[slopes.groups == level] @ left)
        assert now <= few * limit * best + 1e-3 * residual**2


def test_relu_networks_cannot_be_redirected_by_records():
    pytest.importorskip("torch")
    from criticalmass.risks import ModuleRisk, Perceptron

    population = people(1, n=150, labels=3)
    design = Design.of(population)
    x = design.encode(population.features)
    sample = Sample(x, population.labels[:, 1:].astype(float))
    found = {}
    for activation in ("tanh", "relu"):
        model = ModuleRisk(Perceptron((2,), activation))
        theta = model.start(0, sample)
        slopes = Candidates.of(sample, sample, Allowed()).at(model, theta)
        towards = np.random.default_rng(0).normal(size=len(theta))
        found[activation] = hardest(slopes, model.gradient(theta, sample), towards, 0.9)
    assert found["tanh"] is not None
    assert found["relu"] is None
