"""Exact curves of finite populations against brute force."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criticalmass.contracts import check_curve
from criticalmass.errors import ParameterError
from criticalmass.theory import (
    ExactCurve,
    JointCurve,
    exact_erasure,
    exact_feature_label,
    exact_feature_only,
)
from criticalmass.words.unreached import unreached
from support import finite_tables

SEEDS = st.integers(0, 2**32)


def small(draw, rng):
    """Draw until a population is small enough to try everything."""
    while len((z := draw(rng)).counts) > 6:
        pass
    return z


def mixture(z, alpha, kind):
    """Build what the firm sees, P(x, y) in records, from the definition of the strategy."""
    seen = (1 - alpha) * z.counts.astype(float)
    for x, y in product(range(z.counts.shape[0]), range(z.counts.shape[1])):
        people = alpha * z.counts[x, y]
        if kind == "feature-label":
            seen[z.image[x], z.target] += people
        elif kind == "feature-only":
            seen[z.image[x] if y == z.target else x, y] += people
        else:
            seen[x, z.counts[z.image[x]].argmax()] += people
    return seen


def could_win(seen, epsilon, sense):
    """Say which labels an ε-optimal firm might predict at each point."""
    lead = seen.max(axis=1, keepdims=True) - seen
    total = seen.sum(axis=1, keepdims=True)
    slack = epsilon / (1 - epsilon) if sense == "contamination" else 2 * epsilon
    return (lead <= slack * total + 1e-9) | (total == 0)  # a tie is not told by the last digit


def worst(z, alpha, kind, epsilon, sense):
    """Find the worst success point by point."""
    possible = could_win(mixture(z, alpha, kind), epsilon, sense)
    if kind != "erasure":
        others = np.delete(possible, z.target, axis=1).any(axis=1)
        return z.total[~others[z.image]].sum() / z.size
    wins = possible & (np.arange(possible.shape[1]) == z.counts[z.image].argmax(axis=1)[:, None])
    sure = wins.any(axis=1) & (possible.sum(axis=1) == 1)
    return z.total[(sure & sure[z.image]) | (z.image == np.arange(len(z.image)))].sum() / z.size


def exact(z, kind, epsilon=0.0, sense="contamination"):
    options = {"epsilon": epsilon, "suboptimality": sense}
    if kind == "feature-label":
        return exact_feature_label(z.counts, z.landing, z.target, **options)
    if kind == "feature-only":
        return exact_feature_only(z.counts, z.landing, z.landing_of_target, z.target, **options)
    return exact_erasure(z.counts, z.image, **options)


def draw(kind, rng):
    return (finite_tables.erasing if kind == "erasure" else finite_tables.planting)(rng)


KINDS = ("feature-label", "feature-only", "erasure")


@pytest.mark.parametrize("sense", ["contamination", "conditional-tv"])
@pytest.mark.parametrize("kind", KINDS)
@given(seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_exact_is_brute_force(kind, sense, seed):
    rng = np.random.default_rng(seed)
    z = draw(kind, rng)
    for epsilon in (0.0, z.epsilon):
        curve = exact(z, kind, epsilon, sense)
        for alpha in [*z.alphas, 1.0]:
            assert curve.success(alpha) == pytest.approx(worst(z, alpha, kind, epsilon, sense))


@pytest.mark.parametrize("kind", KINDS)
@given(seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_without_suboptimality_all_senses_agree(kind, seed):
    z = draw(kind, np.random.default_rng(seed))
    shares = np.geomspace(1e-3, 1, 20)
    first, *others = [
        exact(z, kind, 0.0, s).success(shares)
        for s in ("contamination", "conditional-tv", "joint-tv")
    ]
    for other in others:
        assert np.array_equal(first, other)


def worst_joint(z, alpha, kind, epsilon):
    """Try every set of points that the budget ε pays for flipping."""
    seen = mixture(z, alpha, kind)
    points = np.arange(len(seen))
    top = z.counts[z.image].argmax(axis=1)
    wanted = top if kind == "erasure" else np.full(len(seen), z.target)
    others = seen.copy()
    others[points, wanted] = -1
    cost = (seen[points, wanted] - others.max(axis=1)) / 2
    sure = cost > 1e-9
    best = 1.0
    for choice in product([False, True], repeat=len(points)):
        flipped = np.array(choice)
        if cost[flipped & sure].sum() > epsilon * z.size:
            continue
        up = sure & ~flipped
        if kind == "erasure":
            success = (up & up[z.image]) | (z.image == points)
            rescued = ~sure & flipped[z.image]  # both may predict another label
            best = min(best, z.total[success | rescued].sum() / z.size)
        else:
            best = min(best, z.total[up[z.image]].sum() / z.size)
    return best


@pytest.mark.parametrize("kind", KINDS)
@given(seed=SEEDS)
@settings(max_examples=40, deadline=None)
def test_joint_tv_is_between_floor_and_attack(kind, seed):
    rng = np.random.default_rng(seed)
    z = small(finite_tables.erasing if kind == "erasure" else finite_tables.planting, rng)
    epsilon = float(rng.choice([0.01, 0.05, 0.2]))
    curve = exact(z, kind, epsilon, "joint-tv")
    for alpha in z.alphas:
        true = worst_joint(z, alpha, kind, epsilon)
        assert curve.success(alpha) <= true + 1e-9
        assert true <= curve.attacked(alpha) + 1e-9


@pytest.mark.parametrize("kind", KINDS)
@given(seed=SEEDS, target=st.sampled_from([0.3, 0.5, 0.9]))
@settings(max_examples=60, deadline=None)
def test_critical_mass_and_success_are_inverse(kind, seed, target):
    curve = exact(draw(kind, np.random.default_rng(seed)), kind)
    mass, first = curve.critical_mass(target), curve.first_reached(target)
    shares = np.linspace(1e-6, 1, 4001)
    success = curve.success(shares)
    if mass.reached:
        assert (success[shares > mass.alpha] >= target - 1e-9).all()
        assert mass.alpha == 0 or curve.success(mass.alpha) < target
        assert first.alpha <= mass.alpha
    else:
        assert curve.success(1.0) < target
    if first.reached:
        assert (success[shares < first.alpha] < target).all()
    else:
        assert (success < target).all()


def test_feature_only_success_can_be_lost_again():
    """Point 1 wins by y* people of its own, whom a larger collective leads away to point 2."""
    falling = exact_feature_only([[8, 6, 0], [0, 0, 20]], [14, 14], [1, 8], target=0)
    assert isinstance(falling, ExactCurve)
    assert falling.success(0.1) == 0.5
    assert falling.success(0.5) == 0
    assert falling.first_reached(0.4).alpha == 0
    lost = falling.critical_mass(0.4)
    assert not lost.reached
    assert "it is reached above alpha = 0, but with everybody" in unreached(lost.reason)


def test_a_dip_is_not_missed():
    """Success is 0 for a moment only, where one point is lost before the other is won."""
    points = ([[100_000, 44_627], [0, 55_607]], [100_000, 100_000], [0, 100_000], 0)
    curve = exact_feature_only(*points, epsilon=1e-9, suboptimality="joint-tv")
    assert curve.attacked(0.5549) == 0
    mass = curve.critical_mass(0.4)
    assert mass.alpha == pytest.approx(0.55607, abs=1e-4)
    assert mass.low <= mass.alpha


def test_what_only_everybody_reaches_is_reached():
    """Two points of equal margin: the budget pays for one of them until α = 1."""
    curve = JointCurve((np.zeros(2), np.array([50.0, 50.0])), np.array([50.0, 50.0]), 100, 0.25)
    mass = curve.critical_mass(float(curve.success(1.0)))
    assert mass.alpha == pytest.approx(1)
    assert mass.reached


@given(seed=SEEDS)
@settings(max_examples=30, deadline=None)
def test_what_joint_tv_certifies_holds(seed):
    rng = np.random.default_rng(seed)
    z = finite_tables.planting(rng)
    curve = exact(z, "feature-only", float(rng.choice([0.001, 0.02])), "joint-tv")
    mass = curve.critical_mass(0.4)
    shares = np.linspace(mass.alpha + 1e-9, 1, 400) if mass.reached else np.array([1.0])
    assert (curve.success(shares[shares <= 1]) >= 0.4 - 1e-9).all() == mass.reached
    if 0 < mass.low < 1:
        assert curve.attacked(mass.low) < 0.4


def test_recruiting_some_only_stretches_the_curve():
    curve = exact_feature_label([[0, 9], [0, 40]], [50, 50], 0)
    some = curve.recruited(0.25)
    shares = np.array([0.01, 0.1, 0.2, 0.25])
    assert np.allclose(some.success(shares), curve.success(shares / 0.25))
    assert some.success(0.9) == some.success(0.25) == curve.success(1.0)
    joint = exact_feature_label([[0, 9], [0, 40]], [50, 50], 0, epsilon=0.01,
                                suboptimality="joint-tv")  # fmt: skip
    assert joint.recruited(0.25).success(0.1) == joint.success(0.4)
    assert joint.critical_mass(0.9).reached
    assert joint.recruited(0.25).critical_mass(0.9).alpha == pytest.approx(
        joint.critical_mass(0.9).alpha / 4
    )


@pytest.mark.parametrize("sense", ["contamination", "conditional-tv", "joint-tv"])
@pytest.mark.parametrize("kind", KINDS)
def test_curves_keep_their_contract(kind, sense):
    z = draw(kind, np.random.default_rng(1))
    check_curve(exact(z, kind, 0.01, sense))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: exact_erasure([[1, 0], [0, 1]], [1, 0]), "not idempotent"),
        (lambda: exact_erasure([[1, 0], [0, 1]], [-1, 1]), "leads 1 cells to where no record is"),
        (lambda: exact_feature_label([[1, 2]], [1, 2], 0), "expected records"),
        (lambda: exact_feature_label([[1, -2]], [1], 0), "finite and not negative"),
        (lambda: exact_feature_label([[1, 2]], [1], 2), "target is a column from 0 to 1"),
        (lambda: exact_feature_label([[1, 2]], [0], 0), "no records"),
        (lambda: exact_feature_only([[1, 2]], [1], [2], 0), "counts some of the records"),
        (lambda: exact_erasure([[1, 0], [0, 1]], [0, 2]), "rows from 0 to 1"),
        (lambda: exact_erasure([[1, 0], [0, 0]], [1, 1]), "to where no record is"),
        (
            lambda: exact_feature_label([[1, 2]], [1], 0, suboptimality="published"),
            "needs to know what epsilon means",
        ),
        (lambda: exact_feature_label([[1, 2]], [1], 0, epsilon=0.5), "less than 0.5"),
    ],
)
def test_impossible_values_are_refused(make, message):
    with pytest.raises(ParameterError, match=message):
        make()
