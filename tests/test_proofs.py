"""Each statement of docs/proofs.md as it is written there, against brute force in fractions.

A statement says that success is at least so much. On small random populations the least success
that an allowed firm leaves is found by trying what the firm can do, and the statement must hold.
The same test says which slightly stronger statement is false, and that these populations show it.
"""

import itertools
import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.stats import binom

from criticalmass import theory
from criticalmass.intervals import fewest_others, lower_limit, most_others, upper_limit
from criticalmass.theory.anytime import Joining, log_wealth
from criticalmass.theory.beside import Votes, planted_beside
from criticalmass.theory.certificate import (
    Pool,
    Terms,
    certify_planting,
    certify_unplanting,
    members_success,
)
from criticalmass.theory.certificate_beside import OtherGroup, certify_beside
from criticalmass.theory.parameters import mean_limit, most_below

STAR = 0
"""The label y*."""
POINTWISE = ("contamination", "conditional-tv")
READINGS = (*POINTWISE, "joint-tv")
EPSILONS = [Fraction(e) for e in ("0", "1/100", "1/20", "1/10", "1/4", "2/5", "49/100")]
LEAST = Fraction(99, 100)
"""A stronger statement leaves this part of what is taken off success."""


@dataclass(frozen=True)
class World:
    """A finite population: how many records of each x and y, and where the signal leads each x."""

    counts: tuple[tuple[int, ...], ...]
    signal: tuple[int, ...]

    @property
    def points(self) -> range:
        return range(len(self.counts))

    @property
    def labels(self) -> range:
        return range(len(self.counts[0]))

    @property
    def people(self) -> int:
        return sum(map(sum, self.counts))

    def share(self, x: int, y: int | None = None) -> Fraction:
        """P₀(x, y), or P₀(x)."""
        return Fraction(sum(self.counts[x]) if y is None else self.counts[x][y], self.people)

    @property
    def images(self) -> list[int]:
        return sorted(set(self.signal))

    def led(self, image: int, y: int | None = None) -> Fraction:
        """G(x'), or H(x') if y is y*."""
        from_here = (x for x in self.points if self.signal[x] == image)
        return sum((self.share(x, y) for x in from_here), Fraction(0))

    def rival(self, x: int) -> Fraction:
        return max(self.share(x, y) for y in self.labels if y != STAR)

    def rivals(self, x: int) -> Fraction:
        return self.share(x) - self.share(x, STAR)

    def lead(self, x: int) -> Fraction:
        """d(x')."""
        return self.rival(x) - self.share(x, STAR)

    def over_images(self, each) -> Fraction:
        return sum((each(x) for x in self.images), Fraction(0))

    @property
    def base(self) -> np.ndarray:
        """Records at each image by label, as functions of theory take them."""
        return np.array([self.counts[x] for x in self.images])

    @property
    def led_in_records(self) -> list[int]:
        return [int(self.led(x) * self.people) for x in self.images]


def worlds(many: int, seed: int, *, stays=False, everywhere=False, most=4) -> Iterator[World]:
    """Draw small populations; ``stays``: g∘g = g; ``everywhere``: no x without records."""
    rng = random.Random(seed)
    while many:
        size, labels = rng.randint(1, most), rng.choice([2, 3])
        numbers = [0, 0, 1, 1, 2, 3, 6]
        counts = tuple(tuple(rng.choice(numbers) for _ in range(labels)) for _ in range(size))
        if not sum(map(sum, counts)) or (everywhere and not all(map(sum, counts))):
            continue
        into = rng.sample(range(size), rng.randint(1, size))
        signal = [x if stays and x in into else rng.choice(into) for x in range(size)]
        many -= 1
        yield World(counts, tuple(signal))


def lead_needed(epsilon: Fraction, reading: str) -> Fraction:
    """λ."""
    return {"contamination": epsilon / (1 - epsilon), "conditional-tv": 2 * epsilon}[reading]


def can_be_predicted(votes: list[Fraction], y: int, epsilon: Fraction, reading: str) -> bool:
    """Whether an allowed firm predicts y: its worst Q, or the cheapest P' in which y is largest."""
    total = sum(votes)
    if not total:
        return True
    shares = [vote / total for vote in votes]
    if reading == "contamination":
        mixed = [(1 - epsilon) * share for share in shares]
        mixed[y] += epsilon
        return mixed[y] == max(mixed)
    too_much = (share - shares[y] - epsilon for label, share in enumerate(shares) if label != y)
    return sum(max(over, 0) for over in too_much) <= epsilon


def is_sure(votes, wanted: Iterable[int], epsilon: Fraction, reading: str) -> bool:
    unwanted = set(range(len(votes))) - set(wanted)
    return not any(can_be_predicted(votes, y, epsilon, reading) for y in unwanted)


def subsets(items: Iterable) -> Iterator[tuple]:
    items = list(items)
    return itertools.chain.from_iterable(
        itertools.combinations(items, size) for size in range(len(items) + 1)
    )


def least_success(votes: dict, weights: dict, wanted, epsilon: Fraction, reading: str) -> Fraction:
    """Return the least success that an allowed firm leaves, by trying all that it may do."""
    if reading != "joint-tv":
        won = (x for x in votes if is_sure(votes[x], wanted, epsilon, reading))
        return sum((weights[x] for x in won), Fraction(0))
    margins = {x: _margin(votes[x], wanted) for x in votes}
    return min(
        sum((weights[x] for x in votes if x not in lost), Fraction(0))
        for lost in subsets(votes)
        if sum(max(margins[x], 0) for x in lost) <= 2 * epsilon
        and all(x in lost for x in votes if margins[x] <= 0)
    )


def _margin(votes, wanted) -> Fraction:
    inside = [vote for y, vote in enumerate(votes) if y in wanted]
    return max(inside) - max(vote for y, vote in enumerate(votes) if y not in wanted)


def planted(world: World, alpha: Fraction, label=STAR) -> dict[int, list[Fraction]]:
    """What the firm sees at each image if members report (g(x), label)."""
    return {
        x: [
            (1 - alpha) * world.share(x, y) + (alpha * world.led(x) if y == label else 0)
            for y in world.labels
        ]
        for x in world.images
    }


def planted_without_labels(world: World, alpha: Fraction) -> dict[int, list[Fraction]]:
    return {
        x: [
            alpha * world.led(x, STAR) + (1 - alpha) * world.share(x, STAR)
            if y == STAR
            else world.share(x, y)
            for y in world.labels
        ]
        for x in world.images
    }


def weights_of(world: World) -> dict[int, Fraction]:
    return {x: world.led(x) for x in world.images}


def shares_to_try(world: World, lead: Fraction, rng: random.Random) -> list[Fraction]:
    """Return some α, among them ties at an image: there a bound is nearest to the truth."""
    shares = [Fraction(1, 100), Fraction(1, 5), Fraction(9, 10), Fraction(1)]
    short = {x: world.lead(x) + lead * world.share(x) for x in world.images}
    ties = [
        short[x] / (short[x] + (1 - lead) * world.led(x))
        for x in world.images
        if short[x] > 0 and lead < 1
    ]
    return [rng.choice(shares), *ties]


def judge(kept: list, broken: list) -> None:
    """Fail unless the statement always holds, and the stronger one does not."""
    assert min(kept) >= 0
    assert min(broken) < 0, "these populations cannot tell the statement from a stronger one"


def agrees(bound, alpha: Fraction, said: Fraction) -> None:
    """Fail unless a bound of the library says the same, from 0 to 1."""
    assert bound.success(float(alpha)) == pytest.approx(float(min(max(said, 0), 1)), abs=1e-9)


# Three readings of ε


@pytest.mark.parametrize("reading", POINTWISE)
def test_1_a_label_is_sure_exactly_where_it_leads_by_more_than_lambda(reading):
    """Stronger: a lead of exactly λ P(x) is enough."""
    ties = 0
    for world in worlds(80, seed=1):
        for x, epsilon, y in itertools.product(world.points, EPSILONS, world.labels):
            votes = [world.share(x, label) for label in world.labels]
            if sum(votes):
                ahead = min(votes[y] - votes[other] for other in world.labels if other != y)
                needed = lead_needed(epsilon, reading) * sum(votes)
                assert is_sure(votes, [y], epsilon, reading) == (ahead > needed)
                ties += ahead == needed
    assert ties > 0


def test_2_the_firm_pays_half_of_each_lead_that_it_takes():
    """A linear programme over all P' with the least distance; stronger: it pays the whole lead."""
    rng, costs = random.Random(2), []
    for world in worlds(60, seed=2):
        places = [(x, y) for x in world.points for y in world.labels]
        ranked = {
            x: sorted(world.labels, key=lambda y, x=x: -world.counts[x][y]) for x in world.points
        }
        lost = rng.sample(list(world.points), rng.randint(1, len(world.points)))
        # some label takes over at each point: the cheapest one, by trying them all
        tries = []
        for others in itertools.product(*(ranked[x][1:] for x in lost)):
            # unknowns: P' and what is more than before, per place
            size = len(places)
            rows, limits = [], []
            for x, other in zip(lost, others, strict=True):
                row = np.zeros(2 * size)
                row[places.index((x, ranked[x][0]))] = 1
                row[places.index((x, other))] = -1
                rows.append(row)
                limits.append(0.0)
            for place, (x, y) in enumerate(places):
                row = np.zeros(2 * size)
                row[place], row[size + place] = 1, -1
                rows.append(row)
                limits.append(float(world.share(x, y)))
            total = np.repeat([1.0, 0.0], size)
            made = linprog(1 - total, A_ub=rows, b_ub=limits, A_eq=[total], b_eq=[1.0])
            tries.append(made.fun)
        leads = [world.share(x, ranked[x][0]) - world.share(x, ranked[x][1]) for x in lost]
        assert min(tries) == pytest.approx(float(sum(leads)) / 2, abs=1e-9)
        costs.append(float(sum(leads)))
    assert max(costs) > 0


# Planting with labels


@pytest.mark.parametrize("reading", READINGS)
def test_3_theorem_1(reading):
    """Stronger: 1% less is taken off; a mean gap in which leads of y* count as negative."""
    rng = random.Random(3)
    kept, broken, with_u_broken, signed_broken = [], [], [], []
    for world in worlds(150, seed=3):
        epsilon = rng.choice(EPSILONS)
        joint = reading == "joint-tv"
        lead = Fraction(0) if joint else lead_needed(epsilon, reading)
        xi, u = world.over_images(world.share), world.over_images(world.rivals)
        behind = world.over_images(lambda x, world=world: max(world.lead(x), 0))
        gaps = [max(world.lead(x), 0) / world.share(x) for x in world.images if world.share(x)] or [
            Fraction(0)
        ]
        for alpha in shares_to_try(world, lead, rng):
            votes = planted(world, alpha)
            success = least_success(votes, weights_of(world), [STAR], epsilon, reading)
            rest, spent = (1 - alpha) / alpha, (2 * epsilon / alpha if joint else 0)
            for delta in (max(gaps), behind / xi if xi else Fraction(0)):
                short = rest * (delta + lead) * xi / (1 - lead) + spent
                kept.append(success - (1 - short))
                broken.append(success - (1 - LEAST * short))
                bound = theory.FeatureLabelBound(float(xi), float(delta), float(epsilon), reading)
                agrees(bound, alpha, 1 - short)
            short = rest * (1 + lead) * u / (1 - lead) + spent
            kept.append(success - (1 - short))
            with_u_broken.append(success - (1 - LEAST * short))
            both = theory.FeatureLabelBound(
                float(xi), float(behind / xi) if xi else 0.0, float(epsilon), reading, float(u)
            )
            assert float(success) >= both.success(float(alpha)) - 1e-9
            signed = world.over_images(world.lead)
            signed_broken.append(success - (1 - rest * (signed + lead * xi) / (1 - lead) - spent))
    judge(kept, broken)
    judge(kept, with_u_broken)
    judge(kept, signed_broken)


def test_3_beyond_one_half_the_formulas_promise_more_than_everything():
    epsilon, lead = Fraction(3, 5), Fraction(3, 2)
    world = World(((0, 1), (1, 0)), (0, 0))
    success = least_success(
        planted(world, Fraction(1, 2)), weights_of(world), [STAR], epsilon, "contamination"
    )
    assert 1 - (1 + lead) * world.share(0) / (1 - lead) > 1 > success
    with pytest.raises(ValueError, match=r"0\.5"):
        theory.FeatureLabelBound(0.5, 1, 0.6)


@pytest.mark.parametrize("reading", READINGS)
def test_4_theorem_1_for_unplanting(reading):
    """Stronger: 1% less is taken off; H without λξ."""
    rng = random.Random(4)
    kept, broken, without = [], [], []
    for world in worlds(150, seed=4):
        epsilon = rng.choice(EPSILONS)
        joint = reading == "joint-tv"
        lead = Fraction(0) if joint else lead_needed(epsilon, reading)
        xi = world.over_images(world.share)
        held = world.over_images(lambda x, world=world: world.share(x, STAR))
        given = rng.choice(world.labels[1:])
        against = [
            world.share(x, STAR) - world.share(x, given) + lead * world.share(x)
            for x in world.images
        ]
        ties = [
            short / (short + (1 - lead) * world.led(x))
            for x, short in zip(world.images, against, strict=True)
            if short > 0 and world.led(x) and lead < 1
        ]
        for alpha in [Fraction(1, 5), Fraction(4, 5), *ties]:
            votes = planted(world, alpha, given)
            success = least_success(votes, weights_of(world), world.labels[1:], epsilon, reading)
            rest, spent = (1 - alpha) / alpha, (2 * epsilon / alpha if joint else 0)
            short = rest * (held + lead * xi) / (1 - lead) + spent
            kept.append(success - (1 - short))
            broken.append(success - (1 - LEAST * short))
            without.append(success - (1 - rest * held / (1 - lead)))
            bound = theory.UnplantBound(float(held), float(xi), float(epsilon), reading)
            agrees(bound, alpha, 1 - short)
    judge(kept, broken)
    judge(kept, without)


# Planting without labels


@pytest.mark.parametrize("reading", READINGS)
def test_5_theorem_3(reading):
    """Stronger: 1% less is taken off; p on fibres with (1 − p)ξ; 1 − p with ρ > 0."""
    rng = random.Random(5)
    kept, broken, on_fibres, of_region = [], [], [], []
    for world in (*worlds(100, seed=5), World(((0, 1), (1, 0)), (0, 0))):
        epsilon = rng.choice(EPSILONS)
        joint = reading == "joint-tv"
        lead = Fraction(0) if joint else lead_needed(epsilon, reading)
        factor = (1 + lead) / (1 - lead)
        xi, u = world.over_images(world.share), world.over_images(world.rivals)
        everybody = {x: world.led(x) for x in world.images if world.led(x)}
        fibres = {x: world.led(x, STAR) / everybody[x] for x in everybody}
        seen = [x for x in world.points if world.share(x)]
        cells = {x: world.share(x, STAR) / world.share(x) for x in seen}
        wanted = [
            factor * world.rivals(x) / world.led(x, STAR)
            for x in world.images
            if world.led(x, STAR)
        ]
        ties = [alpha for alpha in wanted if 0 < alpha <= 1]
        for alpha in [Fraction(1, 5), Fraction(9, 10), *ties]:
            votes = planted_without_labels(world, alpha)
            success = least_success(votes, weights_of(world), [STAR], epsilon, reading)
            for p in {
                Fraction(1, 3),
                Fraction(4, 5),
                Fraction(1),
                *fibres.values(),
                *cells.values(),
            }:
                if not p:
                    continue
                spent = 2 * epsilon / (p * alpha) if joint else 0
                rho = sum(
                    (max(1 - s / p, 0) * everybody[x] for x, s in fibres.items()), Fraction(0)
                )
                short = factor * u / (p * alpha) + spent
                kept.append(success - (1 - rho - short))
                broken.append(success - (1 - rho - LEAST * short))
                agrees(
                    theory.FeatureOnlyBound(
                        float(xi), float(p), float(rho), float(epsilon), reading, float(u)
                    ),
                    alpha, 1 - rho - short,
                )  # fmt: skip
                if joint or not epsilon:
                    strongest = world.over_images(world.rival)
                    kept.append(success - (1 - rho - strongest / (p * alpha) - spent))
                outside = sum((world.share(x) for x in seen if cells[x] < p), Fraction(0))
                printed = factor * (1 - p if not outside else 1) * xi / (p * alpha) + spent
                kept.append(success - (1 - outside - printed))
                agrees(
                    theory.FeatureOnlyBound(
                        float(xi), float(p), float(outside), float(epsilon), reading
                    ),
                    alpha, 1 - outside - printed,
                )  # fmt: skip
                loose = factor * (1 - p) * xi / (p * alpha) + spent
                of_region.append(success - (1 - outside - loose))
                if p <= min(fibres.values()):
                    on_fibres.append(success - (1 - loose))
    judge(kept, broken)
    judge(kept, on_fibres)
    judge(kept, of_region)


def test_5_the_example_of_p_on_fibres():
    world, alpha, half = World(((0, 1), (1, 0)), (0, 0)), Fraction(9, 10), Fraction(1, 2)
    votes = planted_without_labels(world, alpha)
    assert votes == {0: [Fraction(9, 20), half]}
    assert world.led(0, STAR) / world.led(0) == half
    assert round(float(1 - (1 - half) * world.share(0) / (half * alpha)), 2) == 0.44


# Erasing


def erased(world: World, alpha: Fraction, epsilon: Fraction, reading: str) -> Fraction:
    """Return the least P₀{f(x) = f(g(x))} over all f that an allowed firm may have."""
    may = []
    for x in world.points:
        there = world.counts[world.signal[x]]
        reported = there.index(max(there))
        votes = [(1 - alpha) * world.share(x, y) for y in world.labels]
        votes[reported] += alpha * world.share(x)
        may.append([y for y in world.labels if can_be_predicted(votes, y, epsilon, reading)])
    return min(
        sum((world.share(x) for x in world.points if f[x] == f[world.signal[x]]), Fraction(0))
        for f in itertools.product(*may)
    )


def sensitivity_of(world: World) -> Fraction:
    def apart(x: int, y: int) -> Fraction:
        image = world.signal[x]
        return abs(world.share(x, y) / world.share(x) - world.share(image, y) / world.share(image))

    worst = (world.share(x) * max(apart(x, y) for y in world.labels) for x in world.points)
    return sum(worst, Fraction(0))


@pytest.mark.parametrize("reading", POINTWISE)
def test_6_theorem_5(reading):
    """Stronger: half as much is taken off; α − λ need not be positive; g need not be idempotent."""
    rng = random.Random(6)
    kept, broken, below, any_map = [], [], [], []
    tight = World(((1, 0), (0, 1)), (0, 0))
    for world in (*worlds(150, seed=6, stays=True, everywhere=True), tight):
        epsilon = rng.choice(EPSILONS)
        lead, tau = lead_needed(epsilon, reading), sensitivity_of(world)
        for alpha in (Fraction(1, 5), Fraction(49, 100), (1 + lead) / 2, Fraction(1)):
            if alpha == lead or not 0 < alpha <= 1:
                continue
            success = erased(world, alpha, epsilon, reading)
            short = 2 * (1 - alpha) * tau / (alpha - lead)
            if alpha > lead:
                kept.append(success - (1 - short))
                broken.append(success - (1 - short / 2))
                if lead < 1:
                    bound = theory.ErasureBound(float(tau), float(epsilon), reading)
                    agrees(bound, alpha, 1 - short)
            else:
                below.append(success - (1 - short))
    for world in worlds(150, seed=66, everywhere=True):
        alpha = Fraction(9, 10)
        short = 2 * (1 - alpha) * sensitivity_of(world) / alpha
        any_map.append(erased(world, alpha, Fraction(0), reading) - (1 - short))
    judge(kept, broken)
    judge(kept, below)
    judge(kept, any_map)


def test_7_no_bound_of_erasing_under_joint_tv():
    """With a lead of more than 2ε at x' the firm cannot do it: the few must be few."""
    for epsilon, s in itertools.product((Fraction(1, 100), Fraction(1, 4)), (Fraction(1, 50),)):
        with pytest.raises(ValueError, match="joint-tv"):
            theory.ErasureBound(0.0, float(epsilon), "joint-tv")
        for few, alpha in itertools.product((min(s, 2 * epsilon), 3 * epsilon), (0.1, 0.5, 1.0)):
            # whatever α is, all records at x' have one label: its lead is P₀(x')
            world = World(((int(few * 100), 0), (100 - int(few * 100), 0)), (0, 0))
            assert sensitivity_of(world) == 0
            cheapest = min(world.share(0), world.share(1))  # either makes x and its image differ
            left = world.share(0) if cheapest <= 2 * epsilon else 1
            assert (left <= s) == (few <= 2 * epsilon)
            curve = theory.exact_erasure(
                world.counts, [0, 0], epsilon=float(epsilon), suboptimality="joint-tv"
            )
            assert curve.attacked(alpha) == pytest.approx(float(left))


# Exact curves


def test_8_success_holds_on_intervals_and_is_the_exact_curve():
    rng = random.Random(8)
    for world in worlds(25, seed=8, stays=True, everywhere=True):
        epsilon, reading = rng.choice(EPSILONS), rng.choice(POINTWISE)
        words = {"epsilon": float(epsilon), "suboptimality": reading}
        base, led = world.base, world.led_in_records
        told = [max(world.labels[1:], key=lambda y, x=x: world.counts[x][y]) for x in world.images]
        target_led = [int(world.led(x, STAR) * world.people) for x in world.images]
        curves = [
            theory.exact_feature_label(base, led, STAR, **words),
            theory.exact_feature_only(base, led, target_led, STAR, **words),
            theory.exact_unplanting(base, led, STAR, told),
            theory.exact_erasure(world.counts, world.signal),
        ]
        before = [set() for _ in range(3)]
        over = [set() for _ in range(3)]
        for step in range(1, 41):
            alpha = Fraction(step, 40) - Fraction(1, 997)  # no tie
            unplanted = {
                x: planted(world, alpha, y)[x] for x, y in zip(world.images, told, strict=True)
            }
            ways = [
                (planted(world, alpha), [STAR], epsilon),
                (planted_without_labels(world, alpha), [STAR], epsilon),
                (unplanted, world.labels[1:], Fraction(0)),
            ]
            for way, (votes, wanted, e) in enumerate(ways):
                success = least_success(votes, weights_of(world), wanted, e, reading)
                assert curves[way].success(float(alpha)) == pytest.approx(float(success))
                won = {x for x in votes if is_sure(votes[x], wanted, e, reading)}
                assert not won & over[way]  # an interval: never won again
                over[way] |= before[way] - won
                before[way] = won
            success = erased(world, alpha, Fraction(0), reading)
            assert curves[3].success(float(alpha)) == pytest.approx(float(success))


def test_8_under_joint_tv_the_truth_lies_between_the_two_curves():
    rng = random.Random(88)
    for world in worlds(80, seed=88):
        epsilon, alpha = rng.choice(EPSILONS[1:]), Fraction(rng.randint(1, 20), 20)
        curve = theory.exact_feature_label(
            world.base, world.led_in_records, STAR, epsilon=float(epsilon), suboptimality="joint-tv"
        )
        truth = least_success(planted(world, alpha), weights_of(world), [STAR], epsilon, "joint-tv")
        low, high = float(curve.success(float(alpha))), float(curve.attacked(float(alpha)))
        assert low - 1e-9 <= float(truth) <= high + 1e-9


@pytest.mark.parametrize("reading", POINTWISE)
def test_9_the_best_of_all_strategies(reading):
    """A linear programme over all P*; stronger: leads of y* elsewhere may be used up as well."""
    rng, told_apart = random.Random(9), 0
    for world in worlds(60, seed=9, most=3):
        epsilon = rng.choice(EPSILONS[:5])
        lead = lead_needed(epsilon, reading)
        needs = {x: (world.lead(x) + lead * world.share(x)) / (1 - lead) for x in world.images}
        curve = theory.exact_best(
            world.base, world.led_in_records, STAR, epsilon=float(epsilon), suboptimality=reading
        )
        for won in subsets(world.images):
            if not won:
                continue
            cost = sum((max(needs[x], 0) for x in won), Fraction(0))
            alpha = Fraction(rng.randint(1, 19), 20)
            said = alpha / (1 - alpha) > cost
            assert said == (_room(world, won, alpha, lead) > 1e-9)
            weight = float(sum(world.led(x) for x in won))
            if said:
                assert curve.success(float(alpha)) >= weight - 1e-9
            told_apart += said != (alpha / (1 - alpha) > sum(needs[x] for x in won))
        for alpha in (Fraction(1, 7), Fraction(1, 2)):
            best = max(
                sum((world.led(x) for x in won), Fraction(0))
                for won in subsets(world.images)
                if alpha / (1 - alpha) > sum(max(needs[x], 0) for x in won)
            )
            assert curve.success(float(alpha)) == pytest.approx(float(best))
    assert told_apart > 0


def _room(world: World, won, alpha: Fraction, lead: Fraction) -> float:
    """Return by how much all P(x', y*) − P(x', y) − λP(x') can be positive at once, by any P*."""
    # unknowns: P* at each image and label, and by how much
    places = [(x, y) for x in won for y in world.labels]
    rows, limits = [], []
    for x in won:
        for other in world.labels:
            if other == STAR:
                continue
            row = np.zeros(len(places) + 1)
            for y in world.labels:
                row[places.index((x, y))] = float(alpha * (lead - (y == STAR) + (y == other)))
            row[-1] = 1
            rest = world.share(x, STAR) - world.share(x, other) - lead * world.share(x)
            rows.append(row)
            limits.append(float((1 - alpha) * rest))
    every = np.append(np.ones(len(places)), 0.0)
    bounds = [(0, None)] * len(places) + [(None, 1)]
    goal = np.append(np.zeros(len(places)), -1.0)
    return -linprog(goal, A_ub=rows, b_ub=limits, A_eq=[every], b_eq=[1], bounds=bounds).fun


# Numbers instead of labels


def test_10_planted_numbers():
    """Stronger: 1% less is taken off; D − t where D is less than t; V of the means."""
    rng = random.Random(10)
    kept, broken, negative, off, off_broken = [], [], [], [], []
    for world in worlds(150, seed=10):
        values = [Fraction(rng.randint(0, 6)) for _ in world.labels]
        star, near = Fraction(rng.randint(-2, 8)), Fraction(rng.randint(1, 4))
        epsilon = near * rng.choice([0, Fraction(1, 4)])
        t = near - epsilon
        there = [x for x in world.images if world.share(x)]
        mean = {
            x: sum(world.share(x, y) * values[y] for y in world.labels) / world.share(x)
            for x in there
        }
        xi = world.over_images(world.share)
        far = max([abs(mean[x] - star) for x in there], default=Fraction(0))
        over = sum(
            (
                world.share(x, y) * max(abs(values[y] - star) - t, 0)
                for x in there
                for y in world.labels
            ),
            Fraction(0),
        )
        ties = [
            short / (short + world.led(x) * t)
            for x in there
            if (short := world.share(x) * (abs(mean[x] - star) - t)) > 0 and world.led(x)
        ]
        for alpha in [Fraction(1, 10), Fraction(3, 5), *ties]:
            distance = {}
            for x in world.images:
                old, new = (1 - alpha) * world.share(x), alpha * world.led(x)
                if new + old:
                    away = old * abs(mean.get(x, star) - star) / (new + old)
                    distance[x] = away + epsilon  # the worst that the firm may do
            success = sum((world.led(x) for x in distance if distance[x] < near), Fraction(0))
            rest = (1 - alpha) / alpha
            for short in (rest * max(far - t, 0) / t * xi, rest * over / t):
                kept.append(success - (1 - short))
                broken.append(success - (1 - LEAST * short))
            negative.append(success - (1 - rest * (far - t) / t * xi))
            bound = theory.RegressionBound(float(xi), float(far), float(near), float(epsilon))
            agrees(bound, alpha, 1 - rest * max(far - t, 0) / t * xi)
            average = sum((world.led(x) * away for x, away in distance.items()), Fraction(0))
            said = far * (1 - alpha) * xi / (alpha + (1 - alpha) * xi)
            off.append(said + epsilon - average)
            off_broken.append(LEAST * said + epsilon - average)
            assert bound.residual(float(alpha)) == pytest.approx(float(said + epsilon))
    judge(kept, broken)
    judge(kept, negative)
    judge(off, off_broken)


def test_11_predictions_that_are_to_move():
    """Stronger: with ε it is enough that the means differ by b + ε."""
    rng, once, told_apart = random.Random(11), 0, 0
    for world in worlds(300, seed=11, stays=True, everywhere=True):
        values = [Fraction(rng.randint(0, 6)) for _ in world.labels]
        star, b = Fraction(rng.randint(-2, 12)), Fraction(rng.randint(1, 4))
        alpha, epsilon = Fraction(rng.randint(1, 19), 20), Fraction(rng.randint(0, 2), 2)
        mean = [
            sum(world.share(x, y) * values[y] for y in world.labels) / world.share(x)
            for x in world.points
        ]
        # person by person: the share of each x that stays, and what members bring
        predicted = []
        for x in world.points:
            brought = alpha * world.led(x) if x in world.images else Fraction(0)
            stay = (1 - alpha) * world.share(x)
            predicted.append((stay * mean[x] + brought * star) / (stay + brought))
        for x in world.points:
            image = world.signal[x]
            moved = predicted[image] - predicted[x]
            if image == x:
                assert moved == 0
                continue
            for e, needed in ((Fraction(0), b), (epsilon, b + 2 * epsilon)):
                left = alpha * world.led(image) * (star - mean[x] - needed)
                right = (1 - alpha) * world.share(image) * (mean[image] - mean[x] - needed)
                worst = (predicted[image] - e) - (predicted[x] + e)
                assert (left + right >= 0) == (worst >= b)
                once += left + right >= 0
            told_apart += b + epsilon <= moved < b + 2 * epsilon
    assert once
    assert told_apart


# Several collectives


def test_12_others_of_whom_only_the_share_is_known():
    """A linear programme over all that they report; stronger: it costs them half our margin."""
    rng, told_apart = random.Random(12), 0
    for world in worlds(100, seed=12):
        alpha, beta = Fraction(rng.randint(1, 10), 20), Fraction(rng.randint(1, 9), 20)
        left = 1 - alpha - beta
        margin = {x: alpha * world.led(x) - left * world.lead(x) for x in world.images}
        taken = []
        for lost in subsets(world.images):
            cost = sum((max(margin[x], 0) for x in lost), Fraction(0))
            # unknowns: what they report at each image of the strongest rival's label
            able = True
            if lost:
                made = linprog(
                    np.ones(len(lost)),
                    A_ub=-np.eye(len(lost)),
                    b_ub=[-float(margin[x]) for x in lost],
                )
                able = made.fun <= float(beta) + 1e-12
            assert (cost <= beta) == able
            if cost <= beta:
                taken.append(sum((world.led(x) for x in lost), Fraction(0)))
            # an upper limit of their share is as bad: fewer cannot do more
            fewer = beta / 2
            rest = 1 - alpha - fewer
            then = (alpha * world.led(x) - rest * world.lead(x) for x in lost)
            if sum(max(m, 0) for m in then) <= fewer:
                assert cost <= beta
            told_apart += cost > beta >= cost / 2
        # beside.py: the floor is never above the truth
        base, led = world.base, np.array(world.led_in_records, dtype=float)
        start, change = (1 - float(beta)) * base, -1.0 * (1 - float(beta)) * base
        change[:, STAR] += (1 - float(beta)) * led
        votes = Votes(start, change)
        curve = planted_beside(votes, led, STAR, unknown=float(beta))
        reached = curve.success(float(alpha / (1 - beta)))
        assert reached <= 1 - float(max(taken)) + 1e-9
    assert told_apart


@pytest.mark.parametrize("reading", READINGS)
def test_13_theorem_1_beside_others(reading):
    """Stronger: 1% less is taken off; rivals do not count."""
    rng = random.Random(13)
    kept, broken, without = [], [], []
    for world in worlds(200, seed=13, most=3):
        epsilon = rng.choice(EPSILONS)
        joint = reading == "joint-tv"
        lead = Fraction(0) if joint else lead_needed(epsilon, reading)
        beta = Fraction(rng.randint(1, 9), 20)
        rho = beta * Fraction(rng.randint(0, 2), 2)
        xi = world.over_images(world.share)
        behind = world.over_images(lambda x, world=world: max(world.lead(x), 0))
        # where the ρ report a label, and what the others report with y*
        places = [(x, y) for x in world.images for y in world.labels[1:]]
        rivals = {rng.choice(places): rho} if rng.random() < 0.5 else {
            place: rho / len(places) for place in places
        }  # fmt: skip
        behind_here = {x: world.lead(x) + lead * world.share(x) for x in world.images}
        tie = [
            ((1 - beta) * short + (1 + lead) * rivals.get((x, 1), 0)) / (room + short)
            for x, short in behind_here.items()
            if (room := (1 - lead) * world.led(x)) + short > 0
        ]
        for alpha in [(1 - beta) / 2, 1 - beta, *(a for a in tie if 0 < a <= 1 - beta)]:
            left = 1 - alpha - beta
            votes = {
                x: [
                    left * world.share(x, y)
                    + (alpha * world.led(x) if y == STAR else rivals.get((x, y), 0))
                    for y in world.labels
                ]
                for x in world.images
            }
            success = least_success(votes, weights_of(world), [STAR], epsilon, reading)
            spent = 2 * epsilon if joint else 0
            known = left * (behind + lead * xi)
            short = (known + (1 + lead) * rho) / ((1 - lead) * alpha) + spent / alpha
            kept.append(success - (1 - short))
            broken.append(success - (1 - LEAST * short))
            without.append(success - (1 - known / ((1 - lead) * alpha) - spent / alpha))
            delta = float(behind / xi) if xi else 0.0
            bound = theory.FeatureLabelBesideBound(
                float(xi), delta, float(beta), float(rho), float(epsilon), reading
            )
            agrees(bound, alpha, 1 - short)
    judge(kept, broken)
    judge(kept, without)


# Whole people


def people_of(world: World) -> list[tuple[int, int]]:
    return [(x, y) for x in world.points for y in world.labels for _ in range(world.counts[x][y])]


def whole_success(world: World, members: Iterable[int], *, labels_change: bool) -> Fraction:
    """Train the best possible model on everybody's reports, and count who succeeds."""
    people, joined = people_of(world), set(members)
    votes = [[0] * len(world.labels) for _ in world.points]
    for person, (x, y) in enumerate(people):
        acts = person in joined and (labels_change or y == STAR)
        votes[world.signal[x] if acts else x][STAR if acts else y] += 1
    won = {x: is_sure(votes[x], [STAR], Fraction(0), "contamination") for x in world.images}
    return Fraction(sum(won[world.signal[x]] for x, _ in people), len(people))


def chance(world: World, image: int, n: int, *, labels_change: bool, moving: int = 1) -> Fraction:
    """p(x'): the probability that is written in statement 14."""
    here = world.counts[image]
    led = [x for x in world.points if world.signal[x] == image and x != image]
    if labels_change:
        sizes = [*here[1:], sum(sum(world.counts[x]) for x in led)]
    else:
        sizes = [sum(world.counts[x][STAR] for x in led)]
    rest, won = world.people - sum(sizes), 0
    for drawn in itertools.product(*(range(min(size, n) + 1) for size in sizes)):
        if labels_change:
            *taken, came = drawn
            mine = here[STAR] + moving * sum(taken) + came
            ahead = all(mine > c - r for c, r in zip(here[1:], taken, strict=True))
        else:
            ahead = drawn[0] > max(here[1:]) - here[STAR]
        if ahead and sum(drawn) <= n:
            ways = math.prod(map(math.comb, sizes, drawn))
            won += ways * math.comb(rest, n - sum(drawn))
    return Fraction(won, math.comb(world.people, n))


def small_worlds(many: int, seed: int, people: int = 9) -> list[World]:
    drawn = worlds(100 * many, seed, stays=True, most=3)
    return list(itertools.islice((w for w in drawn if 2 <= w.people <= people), many))


@pytest.mark.parametrize("labels_change", [True, False])
def test_14_the_expected_success_of_whole_people(labels_change):
    """Every group of n is tried. Stronger: members at x' with a rival's label bring no vote."""
    without = []
    for world in small_worlds(40, seed=14):
        base, led = world.base, world.led_in_records
        target_led = [int(world.led(x, STAR) * world.people) for x in world.images]
        curve = (
            theory.whole_people_feature_label(base, led, STAR)
            if labels_change
            else theory.whole_people_feature_only(base, led, target_led, STAR)
        )
        for n in range(world.people + 1):
            groups = list(itertools.combinations(range(world.people), n))
            total = sum(whole_success(world, each, labels_change=labels_change) for each in groups)
            chances = {x: chance(world, x, n, labels_change=labels_change) for x in world.images}
            said = sum((world.led(x) * chances[x] for x in world.images), Fraction(0))
            assert total / len(groups) == said
            assert curve.expected(n) == pytest.approx(float(said))
            other = [
                world.led(x) * chance(world, x, n, labels_change=labels_change, moving=0)
                for x in world.images
            ]
            without.append(sum(other) != said)
    assert any(without) == labels_change


def test_14_whole_people_who_unplant():
    """Every group of n is tried; with a third label it is a floor."""
    floors = 0
    for world in small_worlds(30, seed=140):
        told = world.labels[-1]
        reported = np.full(len(world.images), told)
        led = world.led_in_records
        curve = theory.whole_people_unplanting(world.base, led, STAR, reported)
        people = people_of(world)
        for n in range(1, world.people + 1):
            won = groups = 0
            for members in itertools.combinations(range(world.people), n):
                votes = [[0] * len(world.labels) for _ in world.points]
                for person, (x, y) in enumerate(people):
                    acts = person in members
                    votes[world.signal[x] if acts else x][told if acts else y] += 1
                ahead = {x: max(votes[x][1:]) > votes[x][STAR] for x in world.images}
                won += sum(ahead[world.signal[x]] for x, _ in people)
                groups += 1
            truth = won / groups / world.people
            assert curve.expected(n) <= truth + 1e-9
            if not curve.from_below:
                assert curve.expected(n) == pytest.approx(truth)
            floors += curve.expected(n) < truth - 1e-9
    assert floors


def test_15_what_a_single_collective_reaches():
    """Every group of n is tried. Stronger: the mean itself; a doubt that is spent three times."""
    missed_means, missed_thrice = 0, 0
    for world in small_worlds(20, seed=15):
        curve = theory.whole_people_feature_label(world.base, world.led_in_records, STAR)
        for n, delta in itertools.product(range(1, world.people), (0.05, 0.2)):
            p = {x: float(chance(world, x, n, labels_change=True)) for x in world.images}
            w = {x: float(world.led(x)) for x in world.images}

            def limit(log_t: float, p=p, w=w, delta=delta) -> float:
                t = math.exp(log_t)
                logs = (math.log(1 - p[x] + p[x] * math.exp(-t * w[x])) for x in p)
                return (math.log(delta) - sum(logs)) / t

            chernoff = max(limit(log_t) for log_t in np.linspace(-3, 5, 30))
            union = max(
                sum(w[x] for x in kept)
                for kept in subsets(p)
                if sum(1 - p[x] for x in kept) <= delta
            )
            groups = list(itertools.combinations(range(world.people), n))
            reached = [float(whole_success(world, each, labels_change=True)) for each in groups]
            for least in (chernoff, union, curve.least(n, 1 - delta)):
                assert sum(each < least - 1e-9 for each in reached) <= delta * len(groups) + 1e-9
            assert max(chernoff, union) <= curve.least(n, 1 - delta) + 0.02
            mean = sum(reached) / len(reached)
            missed_means += sum(each < mean - 1e-9 for each in reached) > delta * len(groups)
            thrice = max(
                sum(w[x] for x in kept) for kept in subsets(p)
                if sum(1 - p[x] for x in kept) <= 3 * delta
            )  # fmt: skip
            missed_thrice += sum(each < thrice - 1e-9 for each in reached) > delta * len(groups)
    assert missed_means
    assert missed_thrice


def test_16_shares_are_the_limit_of_many_people():
    for world in small_worlds(12, seed=16, people=12):
        exact = theory.exact_feature_label(world.base, world.led_in_records, STAR)
        for alpha in (Fraction(1, 7), Fraction(3, 7)):
            steps = exact.low[np.isfinite(exact.low)]
            if len(steps) and np.abs(steps - float(alpha)).min() < 0.02:
                continue
            apart = []
            for copies in (7, 7000):
                led = copies * np.array(world.led_in_records)
                curve = theory.whole_people_feature_label(copies * world.base, led, STAR)
                n = int(alpha * copies * world.people)
                apart.append(abs(curve.expected(n) - float(exact.success(float(alpha)))))
            assert apart[1] < 1e-3
            assert apart[1] <= apart[0] + 1e-12


def test_16_an_image_is_lost_where_one_rival_is_level_and_another_ahead():
    """At α = 1/6 nobody leads y* among 10 led there by 2 of one label; 4 of another still do."""
    base, led, alpha = np.array([[0, 2, 4]]), np.array([10]), Fraction(1, 6)
    assert theory.exact_feature_label(base, led, STAR).low.tolist() == [4 / 14]  # no step at 1/6
    shares = [
        theory.whole_people_feature_label(copies * base, copies * led, STAR).expected(
            int(alpha * copies * 10)
        )
        for copies in (6, 60, 600)
    ]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] < 1e-9


def test_16_an_image_that_ties_for_ever_is_never_won_without_labels():
    base, led, holders = np.array([[3, 3]]), np.array([10]), np.array([3])
    for copies in (1, 100):
        curve = theory.whole_people_feature_only(
            copies * base, copies * led, copies * holders, STAR
        )
        assert curve.expected(5 * copies) == 0


# Parameters from records


def test_17_limits_of_u_gap_and_p():
    """All draws of a few records, with their probabilities. Stronger: four times the doubt."""
    delta = 0.1
    missed: dict[str, list[float]] = {"u": [], "gap": [], "p": [], "sets": []}
    too_bold: list[float] = []
    for truth in (0.05, 0.2, 0.5, 0.8):
        n = 12
        chances = binom.pmf(np.arange(n + 1), n, truth)
        tops = np.array([float(upper_limit(k, n, 1 - delta)) for k in range(n + 1)])
        missed["u"].append(chances[tops < truth].sum())
        lows = np.array([float(lower_limit(k, n, 1 - delta)) for k in range(n + 1)])
        missed["p"].append(chances[lows > truth].sum())
        bold = np.array([float(lower_limit(k, n, 1 - 4 * delta)) for k in range(n + 1)])
        too_bold.append(chances[bold > truth].sum())
    # the mean gap of two images, by every sample of five records
    for first, second in itertools.product([(0.7, 0.3), (0.5, 0.5), (0.45, 0.55)], repeat=2):
        cells = [0.5 * first[0], 0.5 * first[1], 0.5 * second[0], 0.5 * second[1]]
        truth = sum(max(cells[i + 1] - cells[i], 0) for i in (0, 2))
        lost = 0.0
        for drawn in itertools.product(range(6), repeat=4):
            if sum(drawn) == 5:
                probability = math.factorial(5) * math.prod(
                    c**k / math.factorial(k) for c, k in zip(cells, drawn, strict=True)
                )
                seen = sum(max(drawn[i + 1] - drawn[i], 0) for i in (0, 2)) / 5
                limit = 2 * mean_limit((1 + seen) / 2, 5, 1 - delta) - 1
                lost += probability * (limit < truth)
        missed["gap"].append(lost)
    # B, fibres below p: three fibres of 4 records, all their labels
    p, four = 0.5, np.arange(5)
    ahead = 2 * p / (1 - p + 2 * p)
    ratio = (ahead / p) ** four * ((1 - ahead) / (1 - p)) ** (4 - four)
    for share in (0.49, 0.4, 0.1):
        pmf = binom.pmf(four, 4, share)
        lost = sum(
            np.prod(pmf[list(hits)])
            for hits in itertools.product(four, repeat=3)
            if np.prod((1 + ratio[list(hits)]) / 2) > 1 / delta
        )
        library = sum(
            np.prod(pmf[list(hits)])
            for hits in itertools.product(four, repeat=3)
            if most_below(np.array(hits), np.array([4, 4, 4]), p, 1 - delta) < 12 - 1e-9
        )
        missed["sets"] += [lost, library]
        assert binom.expect(lambda k: ratio[k.astype(int)], (4, share)) <= 1
        assert binom.expect(lambda k: ratio[k.astype(int)], (4, 0.6)) > 1  # not above p
    assert all(max(each) <= delta + 1e-12 for each in missed.values())
    assert max(too_bold) > delta


# What members' own records guarantee


@cache
def draws(size: int, kind: int, n: int) -> tuple[Fraction, ...]:
    """Return the probabilities of Hyp(N, T, n)."""
    every = math.comb(size, n)
    return tuple(
        Fraction(math.comb(kind, a) * math.comb(size - kind, n - a), every) for a in range(n + 1)
    )


@cache
def others_at_most(a: int, n: int, size: int, missed: Fraction) -> int:
    """U(a), by trying every b."""
    return max(
        b
        for b in range(size - n + 1)
        if a + b <= size and sum(draws(size, a + b, n)[: a + 1]) > missed
    )


@cache
def others_at_least(a: int, n: int, size: int, missed: Fraction) -> int:
    """L(a), by trying every b."""
    return min(b for b in range(size - n + 1) if sum(draws(size, a + b, n)[a:]) > missed)


def test_18_prediction_limits():
    """Stronger: one less than U, one more than L."""
    too_low, too_high = [], []
    for size, missed in itertools.product((6, 13, 20), (Fraction(1, 23), Fraction(7, 29))):
        for n in range(1, size):
            tops = [others_at_most(a, n, size, missed) for a in range(n + 1)]
            lows = [others_at_least(a, n, size, missed) for a in range(n + 1)]
            assert most_others(range(n + 1), n, size, float(missed)).tolist() == tops
            assert fewest_others(range(n + 1), n, size, float(missed)).tolist() == lows
            for kind in range(size + 1):
                chances = list(enumerate(draws(size, kind, n)))
                assert sum(c for a, c in chances if kind - a > tops[a]) <= missed
                assert sum(c for a, c in chances if c and kind - a < lows[a]) <= missed
                too_low.append(missed - sum(c for a, c in chances if kind - a > tops[a] - 1))
                too_high.append(missed - sum(c for a, c in chances if c and kind - a < lows[a] + 1))
    assert min(too_low) < 0
    assert min(too_high) < 0


def all_groups(world: World, n: int) -> Iterator[tuple[Fraction, list[list[int]]]]:
    """Yield all members' records by x and y that n people may have, with their probabilities."""
    cells = [(x, y) for x in world.points for y in world.labels]
    sizes = [world.counts[x][y] for x, y in cells]
    every = math.comb(world.people, n)
    for drawn in itertools.product(*(range(min(size, n) + 1) for size in sizes)):
        if sum(drawn) == n:
            own = [[0] * len(world.labels) for _ in world.points]
            for (x, y), number in zip(cells, drawn, strict=True):
                own[x][y] = number
            yield Fraction(math.prod(map(math.comb, sizes, drawn)), every), own


HOSTILE = [
    World(((0, 9), (0, 9)), (0, 0)),
    World(((4, 7), (3, 0)), (0, 0)),
    World(((2, 6), (3, 5), (4, 0)), (0, 1, 0)),
    World(((0, 12), (6, 0)), (0, 0)),
    World(((1, 5, 4), (5, 0, 0)), (0, 0)),
]
HELD = [World(tuple(row[::-1] for row in world.counts), world.signal) for world in HOSTILE]
"""The same with y* in the way, for those who want another label there."""


def certified_wrongly(
    world, n, doubt, epsilon, size, *, unplant=False
) -> tuple[Fraction, Fraction]:
    """Return how often a certified image is lost, and how often one is certified at all.

    ``size`` is N as members say it.
    """
    lead = lead_needed(epsilon, "contamination")
    wrong = ever = Fraction(0)
    for probability, own in all_groups(world, n):
        lost = told = False
        for image in world.images:
            led = sum(sum(own[x]) for x in world.points if world.signal[x] == image)
            here, labels = own[image], list(world.labels)
            others = [world.counts[image][y] - here[y] for y in labels]
            if unplant:
                given = max(labels[1:], key=lambda y, here=here: here[y])
                low = others_at_least(here[given], n, size, doubt)
                certified = led + low > others_at_most(here[STAR], n, size, doubt)
                won = led + others[given] > others[STAR] or max(others[1:]) > others[STAR]
            else:
                low = others_at_least(here[STAR], n, size, doubt)
                tops = [others_at_most(here[y], n, size, doubt) for y in labels[1:]]
                certified = led + low - max(tops) > lead * (led + low + sum(tops))
                votes = [Fraction(led + others[STAR]), *map(Fraction, others[1:])]
                won = is_sure(votes, [STAR], epsilon, "contamination")
            told |= certified
            lost |= certified and not won
        wrong += probability * lost
        ever += probability * told
    return wrong, ever


def agrees_with_certificate(world, own, delta, epsilon, doubt, *, unplant) -> None:
    """Fail unless the library's limits and lead are those that the page asks for."""
    n, labels = sum(map(sum, own)), len(world.labels)
    here = np.array([own[x] for x in world.images])
    led = [sum(sum(own[x]) for x in world.points if world.signal[x] == i) for i in world.images]
    acting, nobody = np.array(led), np.zeros(len(led), int)
    pool = Pool(here, acting, acting, n, nobody)
    terms = Terms(world.people, float(1 - delta), len(led), float(epsilon))
    make = certify_unplanting if unplant else certify_planting
    certificate = make(pool, STAR, terms)
    lead = lead_needed(epsilon, "contamination")
    for place, row in enumerate(here.tolist()):
        if unplant:
            wanted, rivals = max(range(1, labels), key=row.__getitem__), [STAR]
        else:
            wanted, rivals = STAR, list(range(1, labels))
        low = others_at_least(row[wanted], n, world.people, doubt)
        tops = [others_at_most(row[y], n, world.people, doubt) for y in rivals]
        ahead = led[place] + low - max(tops) - lead * (led[place] + low + sum(tops))
        assert certificate.margin[place] == pytest.approx(float(ahead))


@pytest.mark.parametrize(
    ("epsilon", "unplant"), [(Fraction(0), False), (Fraction(1, 10), False), (Fraction(0), True)]
)
def test_19_certified_images(epsilon, unplant):
    """Every sample of n. Stronger: each limit may be missed with probability .4."""
    delta, wrongly, ever = Fraction(1, 5), [], []
    for world in HELD if unplant else HOSTILE:
        doubt = Fraction(9, 10) * delta / (len(world.images) * len(world.labels))
        for n in (3, 6, 9):
            wrong, told = certified_wrongly(world, n, doubt, epsilon, world.people, unplant=unplant)
            assert wrong <= Fraction(9, 10) * delta
            ever.append(told)
            for _, own in itertools.islice(all_groups(world, n), 0, None, 40):
                agrees_with_certificate(world, own, delta, epsilon, doubt, unplant=unplant)
            bold, _ = certified_wrongly(
                world, n, Fraction(2, 5), epsilon, world.people, unplant=unplant
            )
            wrongly.append(bold)
    assert max(ever) > 0
    assert max(wrongly) > Fraction(9, 10) * delta


def test_19_an_upper_limit_of_all_people_will_not_do_where_some_work_against_it():
    """All of 200 people stand at one image with y*; 110 who work against it outvote the 90."""
    pool = Pool(np.array([[20, 0]]), np.array([20]), np.array([20]), 20, np.zeros(1, int))
    nobody = np.zeros(20, int)
    joined = Joining(nobody, nobody, nobody, np.ones(20, bool))
    said = {}
    for size in (200, 4000):
        terms = Terms(size, images=1, against=110)
        certificate = certify_planting(pool, STAR, terms)
        said[size] = certificate.certified.item(), joined.certified(20, STAR, 2, terms).item()
        rivals = [OtherGroup(110, np.array([20]), 1)]
        beside = certify_beside(pool, STAR, Terms(size, images=1), rivals)
        said[size] += (beside.certified.item(),)
    assert said == {200: (False, False, False), 4000: (True, True, True)}
    assert certificate.fewest.item() == 3291


def test_19_an_upper_limit_of_all_people_will_do_where_nobody_works_against_it():
    """Every sample of n: no proof, and no case found in which it will not."""
    doubt, often = Fraction(2, 5), []
    for unplant, world, times in itertools.product((False, True), range(len(HOSTILE)), (2, 5)):
        those = (HELD if unplant else HOSTILE)[world]
        wrong, told = certified_wrongly(
            those, 5, doubt, Fraction(0), times * those.people, unplant=unplant
        )
        assert wrong <= doubt * len(those.images) * len(those.labels)
        assert wrong <= doubt
        often.append(told)
    assert max(often) > 0


def test_20_members_own_success():
    """Every sample of n. Stronger: the others' rivals are what members' records say on average."""
    delta, bold = Fraction(1, 5), []
    for world, n, epsilon in itertools.product(HOSTILE, (3, 6, 9), (Fraction(0), Fraction(1, 10))):
        lead = lead_needed(epsilon, "contamination")
        factor = (1 + lead) / (1 - lead)
        wrong = too_bold = Fraction(0)
        for probability, own in all_groups(world, n):
            rivals = sum(sum(own[x][1:]) for x in world.images)
            reached = Fraction(0)
            for image in world.images:
                led = sum(sum(own[x]) for x in world.points if world.signal[x] == image)
                others = [world.counts[image][y] - own[image][y] for y in world.labels]
                votes = [Fraction(led + others[STAR]), *map(Fraction, others[1:])]
                reached += led * is_sure(votes, [STAR], epsilon, "contamination")
            top = others_at_most(rivals, n, world.people, delta)
            wrong += probability * (reached / n < 1 - factor * top / n)
            acting = np.array([n])
            pool = Pool(acting[:, None], acting, acting, n, acting * 0)
            terms = Terms(world.people, float(1 - delta), None, float(epsilon))
            assert members_success(pool, rivals, terms) == pytest.approx(
                max(0, float(1 - factor * top / n))
            )
            usual = Fraction(rivals * (world.people - n), n)
            too_bold += probability * (reached / n < 1 - factor * usual / n)
        assert wrong <= delta
        bold.append(too_bold)
    assert max(bold) > delta


def wealth(steps: list[int], size: int, c: int) -> Fraction | float:
    """K_n(c), factor by factor."""
    products, before = [Fraction(1)] * 8, 0
    for i, z in enumerate(steps, 1):
        mean = max(Fraction(-1), Fraction(c - before, size - i + 1))
        if mean > 1:
            return math.inf
        products = [p * (1 + (mean - z) / 2**j) for j, p in enumerate(products, 1)]
        before += z
    return sum(products) / 8


def test_21_looking_while_people_join():
    """Every order of joining. Stronger: half of the threshold."""
    bold, wrong_then = [], []
    for plus, minus, arriving, size in ((5, 0, 1, 7), (2, 1, 1, 6), (6, 0, 1, 8)):
        # records at x' with the rival's label, with y*, led there from elsewhere, and others
        kinds = [1] * plus + [-1] * minus + [2] * arriving
        kinds += [0] * (size - len(kinds))
        orders, theta = set(itertools.permutations(kinds)), plus - minus
        highest: dict[int, list[Fraction | float]] = {size: [], 3 * size: []}
        at_theta = []
        for order in orders:
            steps = [kind if kind < 2 else 0 for kind in order]
            led = list(itertools.accumulate(kind != 0 for kind in order))
            c = [here + sum(steps[:n]) for n, here in enumerate(led, 1)]
            assert c == sorted(c)  # what is won stays won
            behind = [n for n in range(1, size + 1) if c[n - 1] <= theta]
            for said, found in highest.items():  # an upper limit of N will do
                found.append(max((wealth(steps[:n], said, c[n - 1]) for n in behind), default=0))
            for n in range(1, size):
                hits = [(step, i) for i, step in enumerate(steps[:n], 1) if step]
                known = [*zip(*hits, strict=True)] or [(), ()]
                if theta - sum(steps[:n]) <= size - n:
                    assert math.exp(log_wealth(*known, n, size, theta)) == pytest.approx(
                        float(wealth(steps[:n], size, theta))
                    )
            at_theta.append(max(wealth(steps[:n], size, theta) for n in range(1, size + 1)))
        for found in (*highest.values(), at_theta):
            for level in {each for each in found if each > 1}:
                share = Fraction(sum(each >= level for each in found), len(orders))
                assert share <= 1 / level
                bold.append(1 / (2 * level) - share)
        wrong_then.append(max(highest[size]))
    assert min(bold) < 0
    assert max(wrong_then) > 1


# Steering


@dataclass(frozen=True)
class Squares:
    """Least squares with a penalty: a strictly convex risk whose minimiser is a linear equation."""

    x: np.ndarray
    y: np.ndarray
    penalty: float = 0.1

    def gradient(self, theta: np.ndarray) -> np.ndarray:
        return self.x.T @ (self.x @ theta - self.y) / len(self.y) + self.penalty * theta

    def hessian(self) -> np.ndarray:
        return self.x.T @ self.x / len(self.y) + self.penalty * np.eye(self.x.shape[1])

    def of_record(self, theta: np.ndarray, x: np.ndarray, y: float) -> np.ndarray:
        return x * (x @ theta - y) + self.penalty * theta


def steered(many: int, seed: int):
    """Yield a risk, θ₀, θ*, and a record whose gradient at θ* is opposite, with its strength c."""
    rng = np.random.default_rng(seed)
    for _ in range(many):
        risk = Squares(rng.normal(size=(6, 2)), rng.normal(size=6))
        start = np.linalg.solve(risk.hessian(), risk.x.T @ risk.y / 6)
        target = start + rng.normal(size=2)
        pull = risk.gradient(target)
        c = float(rng.uniform(0.3, 3))
        # the record: its features along −(1 + …) such that x (xθ − y) + penalty θ = −c pull
        x = -c * pull - risk.penalty * target
        y = float(x @ target - 1)
        assert risk.of_record(target, x, y) == pytest.approx(-c * pull)
        yield risk, start, target, x, y, c


def learned(risk: Squares, x: np.ndarray, y: float, alpha: float) -> np.ndarray:
    """Return the minimiser where a share α reports one record."""
    hessian = (1 - alpha) * risk.hessian() + alpha * (np.outer(x, x) + risk.penalty * np.eye(2))
    right = (1 - alpha) * risk.x.T @ risk.y / len(risk.y) + alpha * x * y
    return np.linalg.solve(hessian, right)


def test_22_corollary_8_is_what_happens():
    """Stronger: 1% fewer would do."""
    for risk, _, target, x, y, c in steered(100, seed=22):
        norm = np.linalg.norm(risk.gradient(target))
        pull = np.linalg.norm(risk.of_record(target, x, y))
        least = norm / (pull + norm)
        assert least == pytest.approx(1 / (1 + c))
        for alpha in (least, (1 + least) / 2, 1.0):
            theta = learned(risk, x, y, min(alpha, least))
            assert theta == pytest.approx(target, abs=1e-9)
        fewer = learned(risk, x, y, 0.99 * least)
        assert np.linalg.norm(fewer - target) > 1e-6
        bound = theory.GradientNeutralizingBound(norm, pull, 0.1, 1.0)
        assert bound.critical_mass(1.0).alpha == pytest.approx(least)


PENALTY = 0.02


def test_23_theorem_7_with_a_curvature_that_holds_near_the_target_only():
    """Logistic loss in one dimension. Stronger: μ taken at θ* alone; no ball at all."""
    rng = np.random.default_rng(23)
    kept, at_target, anywhere = [], [], []
    for _ in range(80):
        x, y = rng.normal(size=8) * 3, (rng.random(8) < 0.5).astype(float)
        target, alpha = rng.normal() * 2, rng.uniform(0.01, 0.5)

        def slope(at, x=x, y=y):
            return x @ (1 / (1 + np.exp(-x * at)) - y) / 8 + PENALTY * at

        def curved(at, x=x):
            return x**2 @ (np.exp(x * at) / (1 + np.exp(x * at)) ** 2) / 8 + PENALTY

        own = slope(target)
        # records that pull the other way, as strongly as given, and are flat otherwise
        strength = rng.uniform(0.1, 1)
        pull = -np.sign(own) * strength
        if alpha * strength >= (1 - alpha) * abs(own):
            continue
        low, high = -100.0, 100.0
        for _ in range(60):
            middle = (low + high) / 2
            falling = (1 - alpha) * slope(middle) + alpha * pull < 0
            low, high = (middle, high) if falling else (low, middle)
        way = abs(low - target)
        for radius in (0.1, 0.5, 2.0):
            near = np.linspace(target - radius, target + radius, 101)
            mu = 0.98 * (1 - alpha) * min(curved(at) for at in near)  # between the grid, too
            steep = (1 - alpha) * abs(own) - alpha * strength
            if steep / mu < radius:
                kept.append(steep / mu - way)
                bound = theory.GradientNeutralizingBound(abs(own), strength, mu, radius)
                assert bound.distance(alpha) == pytest.approx(steep / mu)
            else:
                anywhere.append(steep / mu - way)
            at_target.append(steep / ((1 - alpha) * curved(target)) - way)
    judge(kept, at_target)
    judge(kept, anywhere)


def test_24_proposition_9():
    """Stronger: half of β; a concave utility."""
    rng = np.random.default_rng(24)
    kept, broken, concave = [], [], []
    for risk, start, *_ in steered(300, seed=24):
        slope, bend, gain = rng.normal(size=2), rng.uniform(0, 1), rng.uniform(0.1, 1)
        for sign, verdicts in ((1, kept), (-1, concave)):
            target = start + gain * slope / (slope @ slope)
            own = risk.gradient(target)
            c = rng.uniform(0.3, 3)
            x = -c * own - risk.penalty * target
            y = float(x @ target - 1)
            pull = np.linalg.norm(c * own)
            smooth = np.linalg.eigvalsh(risk.hessian())[-1]
            way = np.linalg.norm(slope)
            needed = smooth * gain / (pull * way + smooth * gain)
            exact = np.linalg.norm(own) / (pull + np.linalg.norm(own))
            theta = learned(risk, x, y, min(needed, exact))
            moved = theta - start
            raised = slope @ moved + sign * bend * moved @ moved
            verdicts.append(raised - gain + 1e-9)
            if sign > 0:
                fewer = 0.5 * smooth * gain / (pull * way + 0.5 * smooth * gain)
                less = learned(risk, x, y, min(fewer, exact)) - start
                broken.append(slope @ less + bend * less @ less - gain + 1e-9)
                bound = theory.UtilityBound(smooth, gain, way, pull)
                assert bound.critical_mass(1.0).alpha == pytest.approx(needed)
    judge(kept, broken)
    judge(kept, concave)


def test_25_theorem_10_for_a_loss_that_is_not_convex():
    """Exact in fractions. Stronger: a step leaves less than 1 − ηαξ of the way."""
    rng = random.Random(25)
    for _ in range(50):
        alpha, eta = Fraction(rng.randint(1, 9), 10), Fraction(rng.randint(1, 9), 10)
        theta, target = Fraction(rng.randint(-9, 9)), Fraction(rng.randint(10, 19))
        way, left, xis = theta - target, Fraction(1), []
        for _ in range(4):
            own = theta**3 - 5 * theta  # the gradient of a loss with two valleys
            xi = Fraction(rng.randint(1, 10), 10) / (eta * alpha)
            members = -(1 - alpha) / alpha * own + xi * (theta - target)
            theta -= eta * ((1 - alpha) * own + alpha * members)
            left *= 1 - eta * alpha * xi
            xis.append(xi)
            assert theta - target == left * way
        smallest = min(xis)
        assert abs(theta - target) <= (1 - eta * alpha * smallest) ** 4 * abs(way)
        bound = theory.GradientControlBound(
            (0.0,), (1 / float(eta),), float(eta), 4, float(smallest), abs(float(way))
        )
        assert bound.distance(float(alpha)) == pytest.approx(
            float((1 - eta * alpha * smallest) ** 4 * abs(way))
        )
