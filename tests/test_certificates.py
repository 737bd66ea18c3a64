"""Certificates, in worlds made to break them: guaranteed is what then happens."""

from itertools import combinations

import numpy as np
import pytest

from criticalmass.errors import ParameterError
from criticalmass.theory.certificate import (
    Pool,
    Terms,
    certify_planting,
    certify_unplanting,
    members_success,
)
from criticalmass.theory.certified_erasure import certify_erasing
from support.hostile_worlds import HostileWorld, with_tables, won

MISSED = 0.05
FORMS = ["plant", "plant, many", "plant, ε", "plant, against", "plant, many, ε, against"]
FORMS += ["only", "only, staying", "only, staying, many", "unplant", "unplant, many", "unplant, ε"]


def broken(world, form):
    """Whether a draw's guarantee for everybody, and that for members, does not hold."""
    members = world.draw()
    only, staying = form.startswith("only"), "staying" in form
    many, unplant = "many" in form, form.startswith("unplant")
    epsilon, against = 0.1 * ("ε" in form), 3 * ("against" in form)
    aside, counted = np.split(members, [len(members) // 5 if many else 0])
    terms = Terms(world.size, 1 - MISSED, None if many else world.images, epsilon, against)
    pool = world.pool(counted, aside, only=only)
    if unplant:
        made = certify_unplanting(pool, world.target, terms)
    else:
        made = certify_planting(pool, world.target, terms, staying=staying)
    votes = world.votes(members, made.wanted, only=only, staying=staying)
    if unplant:  # y* does not win: another label is at least level with it
        ahead = votes.copy()
        ahead[:, world.target] = -1
        level = (1 - epsilon) * (ahead.max(axis=1) - votes[:, world.target])
        wins = level >= epsilon * votes.sum(axis=1)
    else:
        wins = won(votes, made.wanted, epsilon, against)
    for_all = world.weight[wins].sum() < made.success - 1e-9

    everyone = world.pool(members, members[:0], only=only)
    standing = world.counted(members, by_label=True)
    target = standing[:, world.target].sum()
    rivals = target if unplant else standing.sum() - target
    least = members_success(everyone, int(rivals), terms, staying=staying)
    own = everyone.acting[wins].sum() / max(everyone.acting.sum(), 1)
    return for_all, own < least - 1e-9, made.certified.any(), least > 0


def never_more_often_than_promised(form, worlds, draws):
    some = np.zeros(2)
    for seed in worlds:
        world = HostileWorld(seed, easier=1 + form.startswith("only") + ("ε" in form))
        found = np.array([broken(world, form) for _ in range(draws)])
        assert (found[:, :2].mean(axis=0) <= MISSED).all(), (form, seed)
        some += found[:, 2:].sum(axis=0)
    assert (some > 0).all(), "worlds in which nothing is ever guaranteed prove nothing"


@pytest.mark.parametrize("form", FORMS)
def test_guarantees_are_broken_no_more_often_than_promised(form, monkeypatch):
    with_tables(monkeypatch)
    never_more_often_than_promised(form, range(5), 30)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_guarantees_are_broken_no_more_often_than_promised_in_100_worlds(form, monkeypatch):
    with_tables(monkeypatch)
    never_more_often_than_promised(form, range(100), 400)


def erased(seed, draws):
    """How often what erasing guarantees is broken, and how often something is guaranteed."""
    rng = np.random.default_rng(seed)
    cells, labels, size = int(rng.integers(2, 6)), int(rng.integers(2, 4)), 1200
    image = rng.integers(cells, size=cells)
    image[np.unique(image)] = np.unique(image)  # led once, a record stays
    cell = rng.choice(cells, size, p=rng.dirichlet(np.ones(cells)))
    label = (cell + (rng.random(size) < rng.uniform(0.1, 0.6))) % labels
    people = int(rng.integers(size // 3, size * 2 // 3))
    weight = np.bincount(cell, minlength=cells) / size
    fixed = image == np.arange(cells)
    broken = some = 0
    for _ in range(draws):
        members = rng.permutation(size)[:people]
        aside, counted = np.split(members, [people // 5])
        own = np.zeros((cells, labels), dtype=int)
        np.add.at(own, (cell[counted], label[counted]), 1)
        made = certify_erasing(
            own, image, np.bincount(cell[aside], minlength=cells), Terms(size, 1 - MISSED)
        )
        votes = np.zeros((cells, labels), dtype=int)
        others = np.setdiff1d(np.arange(size), members)
        np.add.at(votes, (cell[others], label[others]), 1)
        np.add.at(votes, (cell[members], made.wanted[cell[members]]), 1)
        wins = won(votes, made.wanted)
        success = weight[fixed | (wins & wins[image])].sum()
        broken += success < made.success - 1e-9
        some += bool((made.certified & ~fixed).any())
    return broken / draws, some


@pytest.mark.parametrize(
    ("worlds", "draws"), [(8, 10), pytest.param(100, 400, marks=pytest.mark.slow)]
)
def test_erasing_is_guaranteed_no_more_often_than_promised(worlds, draws, monkeypatch):
    with_tables(monkeypatch)
    found = [erased(seed, draws) for seed in range(worlds)]
    assert max(broken for broken, _ in found) <= MISSED
    assert sum(some for _, some in found)


@pytest.mark.parametrize("seed", range(6))
def test_few_of_all_collectives_of_a_small_population_are_promised_too_much(seed):
    """Every one of the 924 collectives, so the share that is promised too much is exact."""
    rng = np.random.default_rng(seed)
    led, label = rng.integers(2, size=12), rng.integers(2, size=12)
    stands = rng.random(12) < rng.uniform(0.2, 0.6)
    too_much = all_of_them = 0
    for members in combinations(range(12), 6):
        chosen = np.isin(np.arange(12), members)
        own, votes = np.zeros((2, 2), dtype=int), np.zeros((2, 2), dtype=int)
        np.add.at(own, (led[chosen & stands], label[chosen & stands]), 1)
        acting = np.bincount(led[chosen], minlength=2)
        pool = Pool(own, acting, acting, 6, np.zeros(2, dtype=int))
        made = certify_planting(pool, 0, Terms(12, 0.3, images=2))
        np.add.at(votes, (led[~chosen & stands], label[~chosen & stands]), 1)
        votes[:, 0] += acting
        success = np.mean((votes[:, 0] > votes[:, 1])[led])
        too_much += success < made.success - 1e-9
        all_of_them += 1
    assert all_of_them == 924
    assert too_much / all_of_them <= 0.7


def pool(own, led, people):
    led = np.array(led)
    return Pool(np.array(own), led, led, people, np.zeros_like(led))


def test_with_more_members_set_aside_less_is_left_open():
    own, led = np.array([[0, 1]]), np.array([400])
    some = [
        certify_planting(Pool(own, led, led, 500, np.array([aside]), aside), 0, Terms(10_000))
        for aside in (50, 200)
    ]
    assert all(made.certified.all() for made in some)
    assert some[0].success < some[1].success < 1


def test_nobody_set_aside_guarantees_nothing_where_images_are_unknown():
    made = certify_planting(pool([[0, 0]], [500], 500), 0, Terms(1000))
    assert made.certified.all()
    assert made.success == 0


def test_the_rival_in_the_way_is_named():
    made = certify_planting(pool([[0, 2, 9]], [50], 90), 0, Terms(1000, images=3))
    assert (made.rival.item(), made.success) == (2, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"confidence": 1.0},
        {"confidence": 0.0},
        {"epsilon": 0.5},
        {"epsilon": -0.1},
        {"against": -1},
        {"images": 0},
    ],
)
def test_terms_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ParameterError):
        Terms(1000, **wrong)


def test_a_population_smaller_than_its_members_is_refused():
    with pytest.raises(ParameterError, match="a population of 80 cannot have 90 members"):
        certify_planting(pool([[0, 2]], [50], 90), 0, Terms(80, images=3))


def test_more_images_than_were_said_to_be_all_are_refused():
    with pytest.raises(ParameterError, match="led to 2 images, and 1 were said to be all"):
        certify_planting(pool([[0, 2], [0, 0]], [50, 3], 90), 0, Terms(1000, images=1))
