"""The share α* that steers a model is the smallest, by linear programmes that are not ours."""

from itertools import product

import numpy as np
import pytest

from criticalmass import GradientNeutralizing, Population
from criticalmass.risks import Risk
from criticalmass.strategies import Allowed, Reach
from criticalmass.strategies.steering.solvers.cancelling_gradients import exact
from criticalmass.strategies.steering.solvers.neutralizing_records import neutralizing
from support.random_risks import LABELLED, moved
from support.smallest_shares import smallest_share

KINDS = [
    Allowed("observed"),
    Allowed("observed", changes=1, holds=2),
    Allowed("observed", "fixed"),
    Allowed("observed", "fixed", changes=2, holds=3),
    Allowed("bounded"),
    Allowed("bounded", changes=2, holds=3),
    Allowed("bounded", "fixed"),
    Allowed("bounded", box=(-2.0, 3.0)),
    Allowed("bounded", "fixed", box=(-2.0, 3.0)),
    Allowed("bounded", "fixed", box=(-2.0, 3.0), changes=1, holds=2),
    Allowed("free"),
    Allowed("free", changes=1, holds=2),
    Allowed("free", "fixed"),
    Allowed("free", "fixed", changes=1, holds=3),
]
CASES = [
    (loss, allowed)
    for loss in LABELLED
    for allowed in KINDS
    if loss != "multinomial" or allowed.records == "observed"
]  # 46: ten of each are 460
NAMES = [
    f"{loss}-{a.records}-{a.labels}-{a.box or 'range'}-{a.changes}of{a.holds}" for loss, a in CASES
]


def check(loss, allowed, seed):
    """α* is that of the other programme, and the records that come with it do it.

    Returns whether some share does it, and so whether both are numbers.
    """
    size = 0.1 if loss == "poisson" else 0.3
    risk, sample, _, target = moved(seed, loss, n=40, d=2, size=size, intercept=seed % 3 > 0)
    plan = neutralizing(risk, target, sample, allowed)
    y = sample.y[:, 0] if loss != "multinomial" else sample.y @ [1, 2]
    theirs = smallest_share(
        sample.x, y, target, loss=loss, l2=risk.l2, intercept=risk.intercept, part=allowed.part,
        weights=sample.weights, records=allowed.records, labels=allowed.labels, box=allowed.box,
    )  # fmt: skip
    assert np.isnan(plan.alpha) == np.isnan(theirs)
    if np.isnan(theirs):
        return False
    assert plan.alpha == pytest.approx(theirs, rel=2e-5 if allowed.records != "observed" else 1e-8)
    assert plan.alpha == pytest.approx(plan.mass, rel=1e-6)
    if plan.alpha <= 1:
        left = risk.gradient(target, plan.law(plan.alpha))
        assert np.linalg.norm(left) <= 1e-8 * plan.norm + 1e-12
    return True


@pytest.mark.parametrize(("loss", "allowed"), CASES, ids=NAMES)
def test_no_smaller_share_does_it(loss, allowed):
    check(loss, allowed, seed=1)


def test_every_kind_of_liberty_is_tried():
    kinds = {(a.records, a.labels, a.part < 1) for a in KINDS}
    assert kinds == set(product(["observed", "bounded", "free"], ["free", "fixed"], [False, True]))
    assert {(a.labels, a.box is None) for a in KINDS if a.records == "bounded"} == set(
        product(["free", "fixed"], [False, True])
    )


@pytest.mark.slow
@pytest.mark.parametrize(("loss", "allowed"), CASES, ids=NAMES)
def test_no_smaller_share_does_it_in_460_problems(loss, allowed):
    done = [check(loss, allowed, seed) for seed in range(100, 110)]
    assert sum(done) >= 6  # with a third of each member's records some goals are out of reach


@pytest.mark.parametrize("seed", range(50, 62))
def test_people_who_keep_their_labels_are_as_few_as_can_be(seed):
    """Whole numbers as features: many mixtures do it, and most take more people."""
    rng = np.random.default_rng(seed)
    x = rng.integers(-3, 4, (40, 2)).astype(float)
    y = np.where(rng.random(40) < 1 / (1 + np.exp(-x[:, 0])), "b", "a")
    goal, allowed = Reach((0.8, 0.2, 0.1)), Allowed("observed", "fixed")
    strategy = GradientNeutralizing(goal, Risk(l2=0.01), allowed, "known")
    alpha = strategy.plan(Population.from_arrays(x, y)).alpha
    theirs = smallest_share(
        x, (y == "b") * 1.0, np.array(goal.weights), loss="logistic", l2=0.01, labels="fixed"
    )
    assert alpha == pytest.approx(theirs, rel=1e-8)
    if seed == 59:
        assert alpha == pytest.approx(0.2915141583, rel=1e-8)


def test_solving_once_more_does_not_take_more_people():
    """Two groups, one number: of the mixtures that do it, the one at both limits stays."""
    columns, groups = np.array([[1.0], [2.0]]), np.array([0, 1])
    alpha = 0.3 / 1.5  # (.5 · 1 + .5 · 2) α = .3
    solved = np.array([0.5, 0.5]) * alpha + [1e-9, -1e-9]
    shares = exact(columns, np.array([0.3]), groups, np.array([0.5, 0.5]), solved)
    assert shares == pytest.approx([0.1, 0.1], rel=1e-12)
