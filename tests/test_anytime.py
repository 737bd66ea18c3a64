"""What may be looked at while people join: the closed form, and that it is never fooled."""

import math
from itertools import permutations

import numpy as np
import pytest

from criticalmass.errors import ParameterError
from criticalmass.theory.anytime import BETS, Joining, log_wealth
from criticalmass.theory.certificate import Terms
from support.hostile_worlds import HostileWorld, won


def wealth(z, size, least):
    """The mixture, factor by factor; and whether a mean had to be clipped."""
    each, total, clipped = np.ones(len(BETS)), 0, False
    for i, step in enumerate(z, 1):
        mean = (least - total) / (size - i + 1)
        if mean > 1:
            return math.inf, clipped
        clipped |= mean < -1
        each = each * (1 + BETS * (max(mean, -1) - step))
        total += step
    if least - total > size - len(z):
        return math.inf, clipped
    return each.mean(), clipped or least - total < len(z) - size


def closed(z, size, least):
    z = np.asarray(z)
    hits = np.flatnonzero(z)
    return math.exp(log_wealth(z[hits], hits + 1, len(z), size, least))


@pytest.mark.parametrize("seed", range(20))
def test_runs_without_a_hit_are_as_factor_by_factor(seed):
    rng = np.random.default_rng(seed)
    for _ in range(50):
        size = int(rng.integers(2, 60))
        z = rng.choice([-1, 0, 1], int(rng.integers(1, size + 1)), p=rng.dirichlet([1, 4, 1]))
        least = int(rng.integers(0, size + 1))
        expected, clipped = wealth(z, size, least)
        found = closed(z, size, least)
        assert found == pytest.approx(expected, rel=1e-9) or (clipped and found >= expected)


@pytest.mark.parametrize(("plus", "minus", "zero"), [(2, 1, 4), (1, 3, 3), (0, 2, 5), (3, 3, 1)])
def test_over_all_orders_its_mean_is_1_at_the_true_sum(plus, minus, zero):
    people = [1] * plus + [-1] * minus + [0] * zero
    orders = set(permutations(people))
    for n in range(1, len(people) + 1):
        means = [closed(order[:n], len(people), plus - minus) for order in orders]
        assert np.mean(means) == pytest.approx(1, rel=1e-9)


def test_it_rises_with_the_sum_that_it_speaks_against():
    rng = np.random.default_rng(1)
    for _ in range(200):
        z = rng.choice([-1, 0, 1], 30, p=[0.1, 0.7, 0.2])
        found = [closed(z, 80, least) for least in range(-20, 60)]
        assert found == sorted(found)


def first_successes(seed, paths, looks=40):
    """How often a path is ever certified where the image is lost, and how many ever are."""
    world = HostileWorld(seed)
    wrong = ever = 0
    own = np.where(world.stands, world.led, -1)
    unplant = bool(seed % 2)
    against = 0 if unplant else seed % 3
    terms = Terms(world.size, 0.8, images=world.images, against=against)
    for _ in range(paths):
        order = world.rng.permutation(world.size)
        joined = Joining(
            world.led[order], own[order], world.label[order], np.ones(world.size, bool)
        )
        false = False
        for n in np.linspace(5, world.people, looks).astype(int):
            sure = joined.certified(n, world.target, world.labels, terms, unplant=unplant)
            if not sure.any():
                continue
            ever += 1
            if unplant:  # members report the best of the other labels at each image
                votes = world.votes(order[:n], np.full(world.images, world.target))
                led = world.counted(order[:n], by_label=False)
                votes[:, world.target] -= led
                others = np.delete(votes, world.target, axis=1).max(axis=1)
                wins = led + others > votes[:, world.target]
            else:
                wanted = np.full(world.images, world.target)
                wins = won(world.votes(order[:n], wanted), wanted, against=against)
            false |= bool((sure & ~wins).any())
        wrong += false
    return wrong / paths, ever


@pytest.mark.parametrize(
    ("worlds", "paths"), [(10, 6), pytest.param(100, 100, marks=pytest.mark.slow)]
)
def test_whoever_stops_at_the_first_success_is_hardly_ever_fooled(worlds, paths):
    found = [first_successes(seed, paths) for seed in range(worlds)]
    assert np.mean([wrong for wrong, _ in found]) <= 0.2
    assert worlds < 100 or max(wrong for wrong, _ in found) <= 0.2
    assert sum(ever for _, ever in found)


def test_people_led_elsewhere_are_hardly_ever_underestimated_at_any_time():
    rng, missed = np.random.default_rng(0), 0
    terms = Terms(400, 0.5, images=2)
    certified = np.array([True, False])
    led = np.repeat([0, 1], [300, 100])
    for _ in range(60):
        order, false = rng.permutation(led), False
        for n in range(10, 200, 10):
            one = np.zeros(n, dtype=int)
            joined = Joining(order[:n], one - 1, one, np.ones(n, bool))
            false |= joined.led_elsewhere(certified, terms) < 0.25
        missed += false
    assert missed / 60 <= 0.1 * 0.5
    assert joined.led_elsewhere(certified, terms) < 0.5
    assert joined.led_elsewhere(~certified & False, terms) == 1
    assert joined.led_elsewhere(certified | True, terms) == 0


@pytest.mark.parametrize("wrong", [{}, {"images": 1, "epsilon": 0.1}])
def test_unknown_images_and_a_contaminated_firm_are_refused(wrong):
    one = np.zeros(1, dtype=int)
    with pytest.raises(ParameterError, match="must be known"):
        Joining(one, one, one, np.ones(1, bool)).certified(1, 0, 2, Terms(10, **wrong))


@pytest.mark.parametrize("at", [[0], [6]])
def test_members_who_are_none_are_refused(at):
    with pytest.raises(ParameterError, match="between 1 and their number"):
        log_wealth([1], at, 5, 10, 3)


def test_people_against_it_cannot_take_votes_that_nobody_has():
    """Where no other holds the wanted label each of them counts once, not twice."""
    one = np.zeros(175, dtype=int)
    joined = Joining(one, one - 1, one, np.ones(175, bool))
    terms = Terms(2000, images=1, against=40)
    enough = math.log(2 / (0.9 * 0.05))
    assert (
        log_wealth([], [], 175, 2000, 175 - 80) < enough < log_wealth([], [], 175, 2000, 175 - 40)
    )
    assert joined.certified(175, 0, 2, terms).all()
    assert not joined.certified(150, 0, 2, terms).any()
