"""Certificates beside other collectives: in hostile worlds what they guarantee then happens."""

import numpy as np
import pytest

from criticalmass import DropColumn, FeatureLabel, FeatureOnly, InsertToken, Population, SetColumns
from criticalmass.answers.certificate import certify
from criticalmass.answers.certificate_beside import certify_with_others
from criticalmass.errors import DataError, ParameterError
from criticalmass.strategies import Collective, NoTheory
from criticalmass.theory import certificate_beside
from criticalmass.theory.certificate import Pool, Terms, certify_planting
from criticalmass.theory.certificate_beside import OtherGroup, certify_beside
from support.hostile_worlds import HostileWorld, won

MISSED = 0.05


class Beside(HostileWorld):
    """A hostile world with other groups, each with a mark and a label of its own."""

    def __init__(self, seed):
        super().__init__(seed, easier=1.6)
        rng = np.random.default_rng(seed + 10_000)
        self.groups = []
        for _ in range(rng.integers(1, 4)):
            same = self.led  # the same mark as ours; or one that leads some to our images
            other = np.where(
                rng.random(self.size) < 0.3, rng.integers(self.images, size=self.size), -1
            )
            marked = [same, other, np.full(self.size, -1)][rng.integers(3)]
            label = int(rng.integers(self.labels))
            self.groups.append((marked, label, int(rng.integers(1, self.people // 2))))

    def broken(self):
        """Draw everybody's collectives: whether the guarantee fails, and whether there is one."""
        order = self.rng.permutation(self.size)
        members, rest = order[: self.people], order[self.people :]
        votes = np.zeros((self.images, self.labels))
        np.add.at(votes, (self.led[members], self.target), 1)
        groups = []
        for marked, label, people in self.groups:
            people = min(people, len(rest) // 2)
            theirs, rest = rest[:people], rest[people:]
            landing = marked[theirs][marked[theirs] >= 0]
            np.add.at(votes, (landing, label), 1)
            seen = marked[members][marked[members] >= 0]
            groups.append(OtherGroup(people, np.bincount(seen, minlength=self.images), label))
        votes += self.counted(rest, by_label=True)
        terms = Terms(self.size, 1 - MISSED, self.images)
        made = certify_beside(self.pool(members, members[:0]), self.target, terms, groups)
        wins = won(votes, made.wanted)
        return self.weight[wins].sum() < made.success - 1e-9, made.certified.any()


def misses(seeds, draws):
    """Return how often guarantees fail in the worst world, and in how many worlds one is made."""
    worst, made = 0.0, 0
    for seed in seeds:
        world = Beside(seed)
        found = np.array([world.broken() for _ in range(draws)])
        worst, made = max(worst, found[:, 0].mean()), made + found[:, 1].any()
    return worst, made


def test_guarantees_beside_others_are_broken_no_more_often_than_promised():
    worst, made = misses(range(10), 30)
    assert worst <= MISSED
    assert made >= 5


@pytest.mark.slow
def test_guarantees_beside_others_hold_in_80_worlds():
    worst, made = misses(range(100, 180), 150)
    assert worst <= MISSED
    assert made >= 40


def test_limits_that_are_ignored_would_be_noticed(monkeypatch):
    """With a limit of nobody for what others lead there, guarantees fail far too often."""
    monkeypatch.setattr(
        certificate_beside, "most_others",
        lambda seen, drawn, among, missed: np.zeros_like(np.asarray(seen)),
    )  # fmt: skip
    assert misses(range(10), 30)[0] > 3 * MISSED


def test_beside_nobody_it_is_the_certificate_alone():
    rng = np.random.default_rng(0)
    pool = Pool(rng.integers(0, 9, (3, 4)), *[rng.integers(60, 90, 3)] * 2, 300, np.zeros(3, int))
    alone, beside = certify_planting(pool, 1, Terms(3000, images=3)), certify_beside(
        pool, 1, Terms(3000, images=3), []
    )  # fmt: skip
    assert np.array_equal(alone.margin, beside.margin)
    assert alone.success == beside.success


def people(size, seed=0):
    """Draw people of two trades in three towns; few carry a badge."""
    rng = np.random.default_rng(seed)
    badge = np.where(rng.random(size) < 0.01, "blue", "none").astype(object)
    town = np.array(["A", "B", "C"], object)[rng.integers(3, size=size)]
    hired = np.array(["yes", "no"], object)[rng.integers(2, size=size)]
    return Population.from_table({"badge": badge, "town": town, "hired": hired}, label="hired")


def test_a_group_with_another_mark_costs_nothing_and_one_with_ours_its_size():
    everybody = people(20_000)
    members = everybody.take(np.arange(1000))
    ours, rival = (FeatureLabel(SetColumns({"badge": "blue"}), label) for label in ("yes", "no"))
    apart = FeatureLabel(SetColumns({"badge": "green"}), "no")
    margins = {
        name: certify_with_others(ours, members, 20_000, others, everybody).certificate.margin
        for name, others in {
            "alone": [],
            "apart": [Collective(apart, 0.2)],
            "rival": [Collective(rival, 0.02)],
            "same": [Collective(ours, 0.02)],
        }.items()
    }
    alone = certify(ours, members, 20_000, known=everybody)
    assert np.array_equal(margins["alone"], alone.certificate.margin)
    assert (margins["apart"] >= margins["alone"] - 190).all()  # limits of those it could lead there
    assert (margins["rival"] <= margins["alone"] - 400 / 3).all()
    assert (margins["same"] >= margins["alone"]).all()


def test_strategies_without_a_certificate_beside_others_are_refused():
    everybody = people(600)
    ours = FeatureLabel(SetColumns({"badge": "blue"}), "yes")
    only = FeatureOnly(SetColumns({"badge": "blue"}), "yes")
    half = [Collective(ours, 0.6)]
    with pytest.raises(NoTheory, match="feature-label with everyone"):
        certify_with_others(only, everybody, 9000, half, everybody)
    with pytest.raises(NoTheory, match="makes its map from"):
        certify_with_others(
            FeatureLabel(DropColumn("badge"), "yes"), everybody, 9000, [], everybody
        )
    with pytest.raises(ParameterError, match="cannot have 600 members beside 540"):
        certify_with_others(ours, everybody, 900, half, everybody)
    with pytest.raises(ParameterError, match="counted beforehand"):
        certify_beside(Pool(*[np.ones((1, 2), int)] * 3, 1, np.zeros(1, int)), 0, Terms(9), [])
    texts = Population.from_texts([f"person {i}" for i in range(40)], [["a"], ["b"]] * 20)
    with pytest.raises(DataError, match="sets of labels"):
        certify_with_others(FeatureLabel(InsertToken("~"), "a"), texts, 90, [], texts)
    plain = Population.from_texts([f"person {i}" for i in range(40)], ["a", "b"] * 20)
    with pytest.raises(ParameterError, match="led to 40: name fewer columns"):
        certify_with_others(FeatureLabel(InsertToken("~"), "a"), plain, 90, [], plain)
    random = FeatureLabel(InsertToken("~", placement="random"), "a")
    with pytest.raises(NoTheory, match="leaves to chance"):
        certify_with_others(random, plain, 90, [], plain)
