"""Theorems 1 and 3 with u: never above the exact worst case; limits that hold on hostile P₀."""

import numpy as np
import pytest

from criticalmass import FeatureLabel, FeatureOnly, InsertToken, Population, SetColumns
from criticalmass.theory import (
    FeatureLabelBound,
    FeatureOnlyBound,
    exact_feature_label,
    exact_feature_only,
)
from criticalmass.theory.parameters import gap, opposing, positivity, uniqueness
from support import finite_tables

ALPHAS = np.array([1e-3, 0.01, 0.05, 0.2, 0.5, 0.9])


def tables(rng, many, cells=7, labels=3):
    """Draw P₀ (many, cells, labels), and where each cell is led (many, cells); some are rare."""
    scale = rng.choice([0.02, 1], (many, cells, 1))
    base = rng.dirichlet(np.full(labels, 0.6), (many, cells)) * scale * rng.random((many, cells, 1))
    base /= base.sum(axis=(1, 2), keepdims=True)
    into = rng.integers(1, cells, many)
    return base, rng.integers(0, into[:, None], (many, cells))


def worst_case(base, image, lead, *, labels_change):
    """Return S(α) by the inequality at each point, (many, alphas), and U, u, r and the fibres."""
    many, cells, _ = base.shape
    led, led_target = np.zeros((many, cells)), np.zeros((many, cells))
    rows = np.arange(many)[:, None]
    np.add.at(led, (rows, image), base.sum(axis=2))
    np.add.at(led_target, (rows, image), base[:, :, 0])
    alpha = ALPHAS[:, None, None]
    if labels_change:
        others = (1 - alpha) * base[:, :, 1:].transpose(2, 0, 1)[:, None]
        own = (1 - alpha) * base[:, :, 0] + alpha * led
    else:
        others = np.broadcast_to(
            base[:, :, 1:].transpose(2, 0, 1)[:, None], (2, len(ALPHAS), many, cells)
        )
        own = (1 - alpha) * base[:, :, 0] + alpha * led_target
    margin, total = own - others.max(axis=0), own + others.sum(axis=0)
    success = (led * (margin > lead * total + 1e-15)).sum(axis=2).T
    there = led > 0
    rivals, against = base[:, :, 1:].max(axis=2), base[:, :, 1:].sum(axis=2)
    parts = {
        "U": (np.maximum(rivals - base[:, :, 0], 0) * there).sum(axis=1),
        "r": (rivals * there).sum(axis=1),
        "u": (against * there).sum(axis=1),
        "xi": (base.sum(axis=2) * there).sum(axis=1),
        "share": np.where(there, led_target / np.where(there, led, 1), np.inf),
        "led": led,
    }
    return success, parts


@pytest.mark.parametrize(
    ("sense", "epsilon"), [("contamination", 0.0), ("contamination", 0.2), ("conditional-tv", 0.1)]
)
def test_neither_theorem_promises_more_than_the_worst_case_of_4000_tables(sense, epsilon):
    rng = np.random.default_rng(3)
    base, image = tables(rng, 4000)
    lead = epsilon / (1 - epsilon) if sense == "contamination" else 2 * epsilon
    said = np.zeros(2, dtype=int)
    success, parts = worst_case(base, image, lead, labels_change=True)
    least = "U" if epsilon == 0 else "u"
    for number in range(len(base)):
        bound = FeatureLabelBound(
            min(parts["xi"][number], 1), 1.0, epsilon, sense, min(parts[least][number], 1)
        )
        promised = bound.success(ALPHAS)
        assert (promised <= success[number] + 1e-9).all()
        said[0] += (promised > 0.01).any()
    success, parts = worst_case(base, image, lead, labels_change=False)
    least = "r" if epsilon == 0 else "u"
    for number in range(len(base)):
        shares = parts["share"][number]
        p = float(rng.choice(shares[np.isfinite(shares)]))  # the smallest, or one that some miss
        if p == 0:
            continue
        outside = float((parts["led"][number] * np.maximum(1 - shares / p, 0)).sum())
        bound = FeatureOnlyBound(
            1.0, p, min(outside, 1), epsilon, sense, min(parts[least][number], 1)
        )
        promised = bound.success(ALPHAS)
        assert (promised <= success[number] + 1e-9).all()
        said[1] += (promised > 0.01).any()
    assert (said > 400).all()


def test_under_joint_tv_they_promise_no_more_than_the_best_attack_leaves():
    said = [0, 0]
    for seed in range(300):
        z = finite_tables.planting(np.random.default_rng(seed))
        there = z.landing > 0
        p0 = z.counts / z.size
        against = p0[there].sum() - p0[there, z.target].sum()
        fibre = z.landing_of_target[there] / z.landing[there]
        p = float(fibre.min())
        one = FeatureLabelBound(1.0, 1.0, z.epsilon, "joint-tv", float(against))
        three = FeatureOnlyBound(1.0, p, 0.0, z.epsilon, "joint-tv", float(against))
        ways = {"epsilon": z.epsilon, "suboptimality": "joint-tv"}
        exact = (
            exact_feature_label(z.counts, z.landing, z.target, **ways),
            exact_feature_only(z.counts, z.landing, z.landing_of_target, z.target, **ways),
        )
        for place, (bound, curve) in enumerate(zip((one, three), exact, strict=True)):
            assert (bound.success(z.alphas) <= curve.success(z.alphas) + 1e-9).all()
            said[place] += bool((bound.success(z.alphas) > 0.01).any())
    assert min(said) > 30


def test_the_form_with_u_is_taken_only_where_it_promises_more():
    alphas = np.geomspace(1e-4, 1, 20)
    for sense in ("contamination", "conditional-tv", "joint-tv"):
        for epsilon in (0.0, 0.05):
            old = FeatureLabelBound(0.01, 0.5, epsilon, sense)
            for u in (0.001, 0.004, 0.006, 0.5):
                new = FeatureLabelBound(0.01, 0.5, epsilon, sense, u)
                assert (new.success(alphas) >= old.success(alphas)).all()
                better = bool((new.success(alphas) > old.success(alphas)).any())
                assert new.opposed == better
            assert FeatureLabelBound(0.01, 0.5, epsilon, sense, 0.001).opposed
            assert not FeatureLabelBound(0.01, 0.5, epsilon, sense, 0.5).opposed


def test_a_formula_of_the_paper_is_printed_as_it_stands_there():
    for bound in (
        FeatureLabelBound(0.01, 1.0, 0.1, "published", 0.001),
        FeatureOnlyBound(0.01, 0.5, 0.0, 0.1, "published", 0.001),
    ):
        without = type(bound)(*list(vars(bound).values())[:-1])
        assert np.array_equal(bound.success(ALPHAS), without.success(ALPHAS))


def test_u_counts_those_who_carry_the_signal_and_have_another_label():
    people = Population.from_table(
        {
            "job": np.array(["cook"] * 30 + ["nurse"] * 970, dtype=object),
            "hired": np.array((["yes"] * 2 + ["no"]) * 333 + ["no"], dtype=object),
        },
        label="hired",
    )
    for strategy in (FeatureLabel, FeatureOnly):
        bound = strategy(SetColumns({"job": "cook"}), "yes").bound(people)
        (u,) = [estimate for estimate in bound.estimates if estimate.name == "opposing"]
        assert u.value == 10 / 1000
        assert u.limit == bound.bound.opposing == opposing(10, 1000, 1 - 0.7 * 0.05).limit
    only = FeatureOnly(SetColumns({"job": "cook"}), "yes").bound(people)
    assert only.bound.positivity > 0.6  # all are led to one point: their own limit
    assert only.critical_mass(0.9).alpha < 0.5


def test_texts_with_the_mark_at_random_are_taken_one_by_one():
    texts = np.array(["a b", "c d"] * 500, dtype=object)
    people = Population.from_texts(texts, ["x", "x", "x", "y"] * 250)
    for where in ("random", "end"):
        bound = FeatureOnly(InsertToken("~", placement=where), "x").bound(people)
        assert 0.4 < bound.bound.positivity < 0.5  # of "c d"
        assert bound.critical_mass(0.9).reached


def hostile(rng):
    """Draw P₀ over fibres, some just below a threshold of p; and how common the signal is."""
    many = int(rng.choice([3, 12, 60, 150]))
    mass = rng.dirichlet(np.full(many, rng.choice([0.3, 5])))
    edge = 0.8 * 0.65 ** int(rng.integers(0, 9))
    below = rng.random(many) < rng.choice([0.05, 0.3, 0.7])
    share = np.where(below, edge * rng.choice([0.5, 0.999]), np.minimum(edge * 1.6, 0.97))
    there = float(rng.choice([1e-4, 2e-3, 0.05]))
    return mass, share, there, float(rng.choice([0.05, 0.5, 0.95]))


def misses(worlds, draws, n=4000, confidence=0.9):
    """Return the largest share of draws, in any world, in which some limit does not hold."""
    most = {}
    for number in range(worlds):
        rng = np.random.default_rng(number)
        mass, share, there, against = hostile(rng)
        missed = dict.fromkeys(("uniqueness", "opposing", "gap", "positivity", "any"), 0)
        split = rng.dirichlet(np.ones(8))  # cells of the signal set: each as likely y* or not
        odds = np.clip(against + rng.choice([-0.03, 0.03], 8), 0, 1)
        gaps = float(split @ np.maximum(2 * odds - 1, 0))
        for _ in range(draws):
            counts = rng.multinomial(n, mass)
            hits = rng.binomial(counts, share)
            carrying = rng.binomial(n, there)
            cells = rng.multinomial(carrying, split)
            wrong = rng.binomial(cells, odds)
            xi = uniqueness(carrying, n, confidence).limit
            u = opposing(int(wrong.sum()), n, confidence).limit
            delta = gap(np.column_stack([cells - wrong, wrong]), 0, confidence).limit
            p, rho = positivity(np.column_stack([hits, counts - hits]), 0, confidence, success=0.5)
            held = {
                "uniqueness": xi >= there,
                "opposing": u >= there * float(split @ odds),
                "gap": delta >= gaps - 1e-12,
                "positivity": mass[share < p.limit].sum() <= rho.limit or not p.limit,
            }
            for name, holds in held.items():
                missed[name] += not holds
        for name, times in missed.items():
            most.setdefault(name, []).append(times / draws)
    return most


def excess(rates, draws, doubt=0.1):
    """Return by how many standard deviations the worst world lies above what is allowed."""
    return (max(rates) - doubt) / np.sqrt(doubt * (1 - doubt) / draws)


def test_limits_hold_in_worlds_made_to_break_them():
    for name, rates in misses(worlds=12, draws=60).items():
        assert excess(rates, 60) < 3, name


@pytest.mark.slow
def test_limits_hold_in_300_worlds_made_to_break_them():
    for name, rates in misses(worlds=300, draws=200).items():
        assert excess(rates, 200) < 4, name
        assert np.mean(rates) <= 0.1, name


def promised_too_much(worlds, draws, n, confidence):
    """Return in which share of draws a bound lies above success in P₀, in the worst world."""
    worst = 0.0
    for number in range(worlds):
        rng = np.random.default_rng(1000 + number)
        ages = int(rng.integers(2, 30))
        odds = rng.dirichlet([0.5, 0.5], size=(3, ages))
        job = rng.dirichlet([0.02, 1, 1])
        age = rng.dirichlet(np.full(ages, 0.7))
        p0 = job[:, None, None] * age[:, None] * odds
        # labels: y* first; everybody is led to job 0 of the same age
        base, led, led_target = p0[0], age, p0[:, :, 0].sum(axis=0)
        curves = exact_feature_label(base, led, 0), exact_feature_only(base, led, led_target, 0)
        wrong = 0
        for _ in range(draws):
            drawn = rng.multinomial(n, p0.ravel())
            cells = np.stack(np.unravel_index(np.repeat(np.arange(p0.size), drawn), p0.shape))
            people = Population.from_table(
                {"job": cells[0], "age": cells[1], "y": np.array(["yes", "no"], object)[cells[2]]},
                label="y", label_names=("yes", "no"),
            )  # fmt: skip
            signal = SetColumns({"job": 0})
            for strategy, curve in zip((FeatureLabel, FeatureOnly), curves, strict=True):
                bound = strategy(signal, "yes").bound(people, confidence=confidence)
                wrong += bool((bound.success(ALPHAS) > curve.success(ALPHAS) + 1e-9).any())
        worst = max(worst, wrong / (2 * draws))
    return worst


def test_a_promise_from_a_sample_holds_for_everybody():
    assert promised_too_much(worlds=8, draws=6, n=1500, confidence=0.8) <= 0.25


@pytest.mark.slow
def test_a_promise_from_a_sample_holds_in_100_worlds():
    assert promised_too_much(worlds=100, draws=40, n=2000, confidence=0.8) <= 0.2
