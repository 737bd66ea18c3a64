"""Curves in whole people, against every collective of small populations."""

from collections import Counter
from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
import pytest
from scipy.stats import hypergeom

from criticalmass.errors import ParameterError
from criticalmass.intervals.weighted_wins import chernoff_floor, union_floor
from criticalmass.theory import (
    exact_feature_label,
    whole_people_erasure,
    whole_people_feature_label,
    whole_people_feature_only,
    whole_people_unplanting,
)
from criticalmass.theory.whole_contests import WholeContests
from criticalmass.words.theory import sure_before_the_mean

SEEDS = range(25)


class World:
    """A small population: each person's point and label, and where the signal leads each point."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.labels, self.points = int(rng.integers(2, 5)), int(rng.integers(2, 5))
        self.size = int(rng.integers(5, 9))
        self.point = rng.integers(self.points, size=self.size)
        self.label = rng.integers(self.labels, size=self.size)
        images = np.unique(rng.integers(self.points, size=int(rng.integers(1, self.points + 1))))
        self.led = rng.choice(images, self.points)
        self.led[images] = images  # led once, a record stays
        self.target = int(rng.integers(self.labels))

    @property
    def counts(self):
        counts = np.zeros((self.points, self.labels), dtype=int)
        np.add.at(counts, (self.point, self.label), 1)
        return counts

    def where_led(self, holding=None):
        kept = np.ones(self.size, bool) if holding is None else self.label == holding
        return np.bincount(self.led[self.point[kept]], minlength=self.points)

    @property
    def planted_at(self):
        """What curves of planting ask: counts at the images, and the records led there."""
        images = np.flatnonzero(self.where_led())
        own = self.where_led(self.target)[images]
        return self.counts[images], self.where_led()[images], own

    def predicted(self, people):
        """The only label that most records of each point have; None where two have as many."""
        votes = {}
        for point, label in people:
            votes.setdefault(point, Counter())[label] += 1
        best = {}
        for point, counts in votes.items():
            (first, most), *others = counts.most_common(2)
            best[point] = first if not others or others[0][1] < most else None
        return best

    def planted(self, members, *, only):
        """Success, in records: of how many the image is predicted to be the target."""
        people = []
        for person in range(self.size):
            point, label = self.point[person], self.label[person]
            if person in members and (not only or label == self.target):
                point, label = self.led[point], self.target
            people.append((point, label))
        best = self.predicted(people)
        return sum(best.get(self.led[point]) == self.target for point in self.point)

    def unplanted(self, members, reported):
        """Success, in records: at whose image another label is ahead of the target."""
        votes = {}
        for person in range(self.size):
            point, label = self.point[person], self.label[person]
            if person in members:
                point = self.led[point]
                label = reported[point]
            votes.setdefault(point, Counter())[label] += 1
        lost = {
            point: max((n for label, n in counts.items() if label != self.target), default=0)
            > counts[self.target]
            for point, counts in votes.items()
        }
        return sum(lost.get(self.led[point], False) for point in self.point)

    def erased(self, members):
        """Records of which the members' label is predicted as they are and as they are led."""
        reported = self.counts.argmax(axis=1)[self.led]
        people = [
            (self.point[p], reported[self.point[p]] if p in members else self.label[p])
            for p in range(self.size)
        ]
        best = self.predicted(people)
        return sum(
            self.led[x] == x or best[x] == best[self.led[x]] == reported[x] for x in self.point
        )


def successes(size, among, success):
    """The success of every collective of each number of people, as exact fractions."""
    return [
        [Fraction(success(set(c)), size) for c in combinations(among, n)]
        for n in range(1, len(among) + 1)
    ]


def agrees(curve, every, size):
    shares = np.arange(1, len(every) + 1) / size
    means = [float(sum(each, Fraction(0)) / len(each)) for each in every]
    assert np.abs(curve.success(shares) - means).max() < 1e-12
    for confidence in (0.5, 0.8, 0.95):
        for floor, each in zip(curve.floor(shares, confidence), every, strict=True):
            missed = Fraction(sum(float(success) < floor - 1e-12 for success in each), len(each))
            assert missed <= Fraction(1 - confidence).limit_denominator(1000)


@pytest.mark.parametrize("seed", SEEDS)
def test_feature_label_is_the_mean_over_all_collectives(seed):
    world = World(seed)
    every = successes(world.size, range(world.size), lambda m: world.planted(m, only=False))
    counts, images, _ = world.planted_at
    curve = whole_people_feature_label(counts, images, world.target)
    agrees(curve, every, world.size)


@pytest.mark.parametrize("seed", SEEDS)
def test_feature_only_is_the_mean_over_all_collectives(seed):
    world = World(seed)
    args = *world.planted_at, world.target
    every = successes(world.size, range(world.size), lambda m: world.planted(m, only=True))
    agrees(whole_people_feature_only(*args), every, world.size)
    holders = np.flatnonzero(world.label == world.target)
    if len(holders):
        every = successes(world.size, holders, lambda m: world.planted(m, only=True))
        curve = whole_people_feature_only(*args, recruitable=len(holders))
        agrees(curve, every, world.size)


@pytest.mark.parametrize("seed", SEEDS)
def test_unplanting_is_the_mean_over_all_collectives(seed):
    world = World(seed)
    counts, images, _ = world.planted_at
    others = world.counts.copy()
    others[:, world.target] = -1
    reported = others.argmax(axis=1)
    at = np.flatnonzero(world.where_led())
    every = successes(world.size, range(world.size), lambda m: world.unplanted(m, reported))
    curve = whole_people_unplanting(counts, images, world.target, reported[at])
    assert not curve.from_below
    agrees(curve, every, world.size)


@pytest.mark.parametrize("seed", SEEDS)
def test_unplanting_by_one_label_for_all_succeeds_at_least_so_much(seed):
    world = World(seed)
    counts, images, _ = world.planted_at
    reported = np.full(world.points, (world.target + 1) % world.labels)
    every = successes(world.size, range(world.size), lambda m: world.unplanted(m, reported))
    curve = whole_people_unplanting(counts, images, world.target, reported[: len(counts)])
    shares = np.arange(1, world.size + 1) / world.size
    means = np.array([float(sum(each, Fraction(0)) / len(each)) for each in every])
    assert (curve.success(shares) <= means + 1e-12).all()
    if not curve.from_below:
        agrees(curve, every, world.size)


def erasing(world):
    """The world's counts and map without points where nobody is; None if the map leads there."""
    kept = np.flatnonzero(world.counts.sum(axis=1))
    number = np.full(world.points, -1)
    number[kept] = np.arange(len(kept))
    image = number[world.led[kept]]
    return None if (image < 0).any() else (world.counts[kept], image)


ERASABLE = [seed for seed in range(70) if erasing(World(seed)) is not None]


@pytest.mark.parametrize("seed", ERASABLE)
def test_erasing_succeeds_at_least_so_much(seed):
    world = World(seed)
    curve = whole_people_erasure(*erasing(world))
    every = successes(world.size, range(world.size), world.erased)
    shares = np.arange(1, world.size + 1) / world.size
    means = np.array([float(sum(each, Fraction(0)) / len(each)) for each in every])
    assert (curve.success(shares) <= means + 1e-12).all()
    assert abs(curve.success(1.0) - means[-1]) < 1e-12
    for floor, each in zip(curve.floor(shares, 0.8), every, strict=True):
        assert sum(float(s) < floor - 1e-12 for s in each) <= 0.2 * len(each)


def test_where_one_contest_decides_erasing_is_exact():
    # nobody contradicts the label at the image, so it is won there by any collective
    curve = whole_people_erasure([[0, 3, 2], [6, 0, 0]], [1, 1])
    people = [(0, 1)] * 3 + [(0, 2)] * 2 + [(1, 0)] * 6
    for n in range(1, 12):
        won = 0
        for members in combinations(range(11), n):
            votes = Counter(0 if p in members else people[p][1] for p in range(5))
            won += votes[0] > max(votes[1], votes[2])
        mean = (6 + 5 * Fraction(won, comb(11, n))) / 11
        assert abs(curve.success(n / 11).item() - float(mean)) < 1e-12


def test_a_crowd_comes_near_the_curve_in_shares():
    counts, images = np.array([[5, 40], [30, 70], [2, 9]]), np.array([400, 500, 100])
    people = whole_people_feature_label(1000 * counts, 1000 * images, 0)
    shares = exact_feature_label(counts, images, 0)
    for target in (0.3, 0.8, 0.95):
        wanted = shares.critical_mass(target).alpha
        assert abs(people.critical_mass(target).alpha / wanted - 1) < 0.01
        assert abs(people.floor_mass(target).alpha / wanted - 1) < 0.02


def test_points_with_many_rivals_and_many_records_are_in_reach():
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 60, (40, 5))
    images = counts.sum(axis=1) + rng.integers(0, 500, 40)
    curve = whole_people_feature_label(counts, images, 0)
    n, size = 800, int(images.sum())
    where = np.repeat(np.arange(40), images)
    label = np.concatenate(
        [np.r_[np.repeat(np.arange(5), c), np.full(i - c.sum(), -1)]
         for c, i in zip(counts, images, strict=True)]
    )  # fmt: skip
    drawn = []
    for _ in range(2000):
        members = rng.choice(size, n, replace=False)
        taken = np.zeros((40, 5), dtype=int)
        here = members[label[members] >= 0]
        np.add.at(taken, (where[here], label[here]), 1)
        left = counts - taken
        left[:, 0] += np.bincount(where[members], minlength=40)
        won = left[:, 0] > left[:, 1:].max(axis=1)
        drawn.append((images * won).sum() / size)
    error = np.std(drawn) / np.sqrt(len(drawn))
    assert abs(np.mean(drawn) - curve.success(n / size)) < 5 * error
    assert np.mean(np.array(drawn) < curve.floor(n / size, 0.95)) <= 0.05


@pytest.mark.parametrize("people", [4_000, 5_100, 5_200, 5_300, 6_500])
def test_one_large_contest_by_who_is_taken_away_first(people):
    """By the formula that sums over the rivals who join, rather than over all who are led there."""
    rivals, arriving, own, size = 2_000, 3_000, 150, 20_000
    here = WholeContests(
        np.array([own]), np.array([[rivals]]), np.array([arriving]), relabelled=True
    )
    taken = np.arange(rivals + 1)
    needed = rivals - own - 2 * taken + 1
    came = hypergeom.sf(needed - 1, size - rivals, arriving, people - taken)
    won = hypergeom.pmf(taken, size, rivals, people) @ came
    assert here.won(people, size).item() == pytest.approx(won, abs=1e-9)


def test_limits_pass_over_wins_without_any_weight():
    chances, weights = np.array([0.5, 0.99, 0.0]), np.array([0.0, 1.0, 0.0])
    assert union_floor(chances, weights, 0.05) == 1.0
    alone = chernoff_floor(chances[1:2], weights[1:2], 0.05)
    assert chernoff_floor(chances, weights, 0.05) == pytest.approx(alone)


def test_nobody_is_needed_where_the_target_label_leads_already():
    curve = whole_people_feature_label([[9, 1]], [100], 0)
    assert curve.critical_mass(0.9).alpha == 0
    assert curve.floor_mass(0.9).alpha == 0


def test_a_target_that_not_everybody_reaches_says_so():
    curve = whole_people_feature_only([[0, 9]], [100], [5], 0)
    mass, sure = curve.critical_mass(0.9), curve.floor_mass(0.9)
    assert not mass.reached
    assert mass.reason == "with everybody who can be recruited success is 0"
    assert sure.reason == "with everybody who can be recruited at least 0 is sure"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: whole_people_feature_label([[0.5, 1]], [4], 0), "people are whole"),
        (lambda: whole_people_feature_label([[2, 3]], [4], 0), "leads records away"),
        (lambda: whole_people_feature_label([[0, 1]], [np.nan], 0), "people are whole"),
        (lambda: whole_people_feature_label([[0, 1]], [4], 0).floor(0.5, 1.0), "confidence lies"),
        (lambda: whole_people_unplanting([[0, 1]], [4], 0, [0]), "columns from 0 to 1, not y"),
        (lambda: whole_people_unplanting([[0, 1]], [4], 0, [0.5]), "the column of a label"),
        (lambda: chernoff_floor(np.ones(1), np.ones(1), 0.0), "missed is a probability"),
        (lambda: union_floor(np.ones(1), np.ones(1), 1.5), "missed is a probability"),
    ],
)
def test_what_are_no_whole_people_is_refused(made, said):
    with pytest.raises(ParameterError, match=said):
        made()


def test_fewer_people_may_be_enough_to_be_sure_than_on_average():
    """Success is all or nothing here: n members win where fewer than n others are left."""
    curve = whole_people_feature_label([[0, 200]], [1000], 0)
    wins = [hypergeom(1000, 200, n).sf(200 - n) for n in range(1, 201)]  # 200 - h are left
    sure = 1 + next(n for n, p in enumerate(wins) if p >= 0.95)
    mean = 1 + next(n for n, p in enumerate(wins) if p >= 0.99)
    assert curve.floor_mass(0.99).people(1000)[0] == sure
    assert curve.critical_mass(0.99).people(1000)[0] == mean
    assert sure < mean
    assert "may take fewer people than on average" in sure_before_the_mean(curve, [0.99])
    assert sure_before_the_mean(curve, [0.5]) == ""
