"""Theorems 1, 3 and 5 of the paper: closed forms, and bound ≤ exact on random populations."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criticalmass.contracts import check_curve
from criticalmass.errors import ParameterError
from criticalmass.theory import (
    ErasureBound,
    FeatureLabelBound,
    FeatureOnlyBound,
    exact_erasure,
    exact_feature_label,
    exact_feature_only,
)
from criticalmass.words.unreached import unreached
from support import finite_tables

SENSES = ("contamination", "conditional-tv", "joint-tv")


def bounds(epsilon=0.0, suboptimality="contamination"):
    return [
        FeatureLabelBound(0.01, 0.7, epsilon, suboptimality),
        FeatureOnlyBound(0.001, 0.3, 0.0, epsilon, suboptimality),
        FeatureOnlyBound(0.001, 0.3, 0.02, epsilon, suboptimality),
        ErasureBound(0.01, 0.0 if suboptimality == "joint-tv" else epsilon, suboptimality),
    ]


@pytest.mark.parametrize(
    ("xi", "alpha"), [(0.1, 0.5), (0.01, 0.090909), (0.001, 0.00990099), (0.0001, 0.000999001)]
)
def test_the_corollary_in_closed_form(xi, alpha):
    assert FeatureLabelBound(xi, gap=1).critical_mass(0.9).alpha == pytest.approx(alpha, rel=1e-5)


def test_the_table_of_the_theory_in_numbers():
    a, xi, gap, p, tau, e = 0.2, 0.01, 0.5, 0.4, 0.02, 0.04
    said = {
        bound.suboptimality: float(bound.success(a))
        for bound in (FeatureLabelBound(xi, gap, e, sense) for sense in (*SENSES, "published"))
    }
    assert said["contamination"] == pytest.approx(1 - 4 * ((1 - e) * gap + e) / (1 - 2 * e) * xi)
    assert said["conditional-tv"] == pytest.approx(1 - 4 * (gap + 2 * e) / (1 - 2 * e) * xi)
    assert said["joint-tv"] == pytest.approx(1 - 4 * gap * xi - 2 * e / a)
    assert said["published"] == pytest.approx(1 - 4 * gap * xi - e / (1 - e))
    said = {
        bound.suboptimality: float(bound.success(a))
        for bound in (FeatureOnlyBound(xi, p, 0, e, sense) for sense in (*SENSES, "published"))
    }
    lost = (1 - p) / (p * a) * xi
    assert said["contamination"] == pytest.approx(1 - lost / (1 - 2 * e))
    assert said["conditional-tv"] == pytest.approx(1 - lost * (1 + 2 * e) / (1 - 2 * e))
    assert said["joint-tv"] == pytest.approx(max(1 - lost - 2 * e / (p * a), 0))
    assert said["published"] == pytest.approx(1 - lost - e / (1 - e))
    kappa = e / (1 - e)
    assert ErasureBound(tau, e).success(a) == pytest.approx(1 - 2 * 0.8 * tau / (a - kappa))
    other = ErasureBound(tau, e, "conditional-tv")
    assert other.success(a) == pytest.approx(1 - 2 * 0.8 * tau / (a - 2 * e))


def violations(rng, draws):
    """Count, by theorem and sense, how often a bound exceeds the exact worst case."""
    found = {}
    for _ in range(draws):
        z = finite_tables.planting(rng)
        e, alphas = z.epsilon, z.alphas
        region = rng.random(len(z.counts)) < 0.8
        inside = (z.total > 0) & region
        kept = float(z.conditional[inside, z.target].min()) if inside.any() else 0.0
        outside = min(1.0, 1 - z.total[inside].sum() / z.size)
        y = finite_tables.erasing(rng)
        for sense in SENSES:
            pairs = {
                "feature-label": (
                    FeatureLabelBound(z.uniqueness, z.gap, e, sense),
                    exact_feature_label(
                        z.counts, z.landing, z.target, epsilon=e, suboptimality=sense
                    ),
                    alphas,
                )
            }
            moved = exact_feature_only(
                z.counts, z.landing, z.landing_of_target, z.target, epsilon=e, suboptimality=sense
            )
            full = FeatureOnlyBound(z.uniqueness, z.positivity, 0, e, sense)
            part = FeatureOnlyBound(z.uniqueness, kept, max(outside, 1e-9), e, sense)
            pairs |= {"feature-only": (full, moved, alphas), "truncated": (part, moved, alphas)}
            if sense != "joint-tv" or y.epsilon == 0:
                pairs["erasure"] = (
                    ErasureBound(y.sensitivity, y.epsilon, sense),
                    exact_erasure(y.counts, y.image, epsilon=y.epsilon, suboptimality=sense),
                    y.alphas,
                )
            for name, (bound, exact, shares) in pairs.items():
                excess = bound.success(shares) - exact.success(shares)
                tight = found.setdefault((name, sense), [0, 0])
                tight[0] += bool((excess > 1e-9).any())
                tight[1] += bool((bound.success(shares) > 0.01).any())
    return found


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_bounds_are_below_the_worst_case(seed):
    for wrong, _ in violations(np.random.default_rng(seed), draws=3).values():
        assert wrong == 0


@pytest.mark.slow
def test_bounds_hold_in_bulk():
    found = violations(np.random.default_rng(0), draws=20_000)
    assert len(found) == 12
    for name, (wrong, said_something) in found.items():
        assert wrong == 0, name
        assert said_something > 1000, name


def test_the_published_formula_is_no_guarantee():
    """The two-line counterexample: a signal never seen, and a firm that is off by ε ≥ α/2."""
    published = FeatureLabelBound(uniqueness=0, gap=1, epsilon=0.1, suboptimality="published")
    worst = exact_feature_label([[0, 0]], [100], 0, epsilon=0.1, suboptimality="joint-tv")
    assert worst.attacked(0.2) == 0
    assert published.success(0.2) == pytest.approx(1 - 0.1 / 0.9)
    true = FeatureLabelBound(uniqueness=0, gap=1, epsilon=0.1, suboptimality="joint-tv")
    assert true.success(0.2) == 0
    assert "no guarantee" in repr(published)
    assert "no guarantee" not in repr(true)
    assert math.isinf(published.critical_mass(0.5).high)  # nothing excludes more


@pytest.mark.parametrize("theorem", range(4))
def test_without_suboptimality_all_senses_agree(theorem):
    alphas = np.geomspace(1e-4, 1, 30)
    first, *others = [bounds(0.0, sense)[theorem] for sense in (*SENSES, "published")]
    for other in others:
        assert np.array_equal(first.success(alphas), other.success(alphas))


@given(
    st.sampled_from(range(4)),
    st.sampled_from((*SENSES, "published")),
    st.floats(0, 0.2),
    st.floats(0.05, 0.99),
)
def test_critical_mass_and_success_are_inverse(theorem, sense, epsilon, target):
    bound = bounds(epsilon, sense)[theorem]
    mass = bound.critical_mass(target)
    if mass.reached:
        assert bound.success(mass.alpha) == pytest.approx(target, abs=1e-9)
        assert 0 < mass.alpha <= 1
    else:
        assert mass.reason
        assert bound.success(1.0) < target
    assert np.array_equal(bound.critical_alpha([target]), [mass.alpha], equal_nan=True)


@pytest.mark.parametrize("bound", [*bounds(), *bounds(0.01), *bounds(0.3, "published")], ids=repr)
def test_bounds_keep_the_contract_of_curves(bound):
    check_curve(bound)


def test_a_signal_that_is_never_seen_needs_any_collective():
    assert FeatureLabelBound(0, 1).critical_mass(0.9).alpha == 0
    assert FeatureOnlyBound(0, 0.1).success(1e-9) == 1


def test_without_positivity_nothing_is_guaranteed():
    bound = FeatureOnlyBound(0.001, 0)
    assert bound.success(1.0) == 0
    assert "no collective is guaranteed more than 0" in unreached(bound.critical_mass(0.5).reason)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FeatureLabelBound(1.2), "uniqueness is a probability between 0 and 1, not 1.2"),
        (lambda: FeatureLabelBound(float("nan")), "uniqueness is a probability"),
        (lambda: FeatureLabelBound(0.1, gap=-0.1), "gap is a probability"),
        (lambda: FeatureOnlyBound(0.1, 2), "positivity is a probability"),
        (lambda: FeatureLabelBound(0.1, epsilon=0.5), "less than 0.5 under contamination"),
        (lambda: ErasureBound(0.1, 0.5, "conditional-tv"), "less than 0.5 under conditional-tv"),
        (lambda: FeatureLabelBound(0.1, 1, 1.0, "joint-tv"), "less than 1 under joint-tv"),
        (lambda: FeatureLabelBound(0.1, 1, 0.1, "joint"), "did you mean 'joint-tv'"),
        (lambda: ErasureBound(0.1, 0.1, "joint-tv"), "erasure has no bound under joint-tv"),
        (lambda: FeatureLabelBound(0.1).success(0), "alpha is a share of the population"),
        (lambda: FeatureLabelBound(0.1).critical_alpha([0.5, 1]), "target is a success rate"),
    ],
)
def test_impossible_values_are_refused(make, message):
    with pytest.raises(ParameterError, match=message):
        make()
