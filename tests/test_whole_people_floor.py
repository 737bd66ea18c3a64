"""The limit that a single collective of whole people reaches, in worlds made to break it."""

import numpy as np
import pytest

from criticalmass.theory import whole_people_feature_label, whole_people_feature_only

DRAWS = 400
ALLOWED = 0.05
CHANCE = 0.04
"""By so much more may be missed in the draws of one of 300 worlds: P(Bin(400, .05) > 36) < 4e-4."""


class FloorWorld:
    """A few or many images, of even or wild weights, whose contests hang by a thread."""

    def __init__(self, seed):
        rng = self.rng = np.random.default_rng(seed)
        self.points, labels = int(rng.integers(1, 40)), int(rng.integers(2, 5))
        self.size = int(rng.integers(200, 3000))
        self.people = int(rng.integers(2, self.size // 3))
        # one record in four stands at an image already; where records are led to is even or wild
        weights = rng.dirichlet(np.full(self.points, rng.choice([0.2, 1.0, 20.0])))
        self.led = rng.choice(self.points, self.size, p=weights)
        self.label = rng.integers(labels, size=self.size)
        self.stands = np.zeros(self.size, dtype=bool)
        share = self.people / self.size
        for image in range(self.points):
            there = np.flatnonzero(self.led == image)
            close = share * rng.uniform(
                0.5, 1.5
            )  # about as many rivals as members who are led there
            some = there[: round(len(there) * close)]
            self.stands[some] = True
            self.label[some] = rng.choice([1, 1, 1, *range(labels)], len(some))
        self.labels = labels

    @property
    def counts(self):
        counts = np.zeros((self.points, self.labels), dtype=int)
        np.add.at(counts, (self.led[self.stands], self.label[self.stands]), 1)
        return counts

    def led_to(self, rows=None):
        return np.bincount(self.led if rows is None else self.led[rows], minlength=self.points)

    def success(self, members, *, only):
        """Count votes: the share of records whose image is given label 0."""
        acting = members[self.label[members] == 0] if only else members
        gone = np.zeros(self.size, dtype=bool)
        gone[acting] = True
        votes = np.zeros((self.points, self.labels), dtype=int)
        stay = self.stands & ~gone
        np.add.at(votes, (self.led[stay], self.label[stay]), 1)
        votes[:, 0] += np.bincount(self.led[acting], minlength=self.points)
        won = votes[:, 0] > votes[:, 1:].max(axis=1)
        return self.led_to()[won].sum() / self.size

    def missed(self, *, only, draws=DRAWS, confidence=0.95):
        """How often a collective reaches less than its limit, and whether the limit is above 0."""
        counts, images = self.counts, self.led_to()
        kept = images > 0
        if only:
            holders = self.led_to(np.flatnonzero(self.label == 0))
            curve = whole_people_feature_only(counts[kept], images[kept], holders[kept], 0)
        else:
            curve = whole_people_feature_label(counts[kept], images[kept], 0)
        floor = float(curve.floor(self.people / self.size, confidence))
        reached = [
            self.success(self.rng.choice(self.size, self.people, replace=False), only=only)
            for _ in range(draws)
        ]
        return np.mean(np.array(reached) < floor - 1e-12), floor > 0


def worlds_missed(seeds):
    """The share of draws missed in each world, and in how many the limit says anything."""
    found = [FloorWorld(seed).missed(only=bool(seed % 2)) for seed in seeds]
    return np.array([missed for missed, _ in found]), sum(says for _, says in found)


def test_the_limit_is_missed_as_rarely_as_it_says():
    missed, some = worlds_missed(range(12))
    assert missed.max() <= ALLOWED + CHANCE
    assert missed.mean() <= ALLOWED
    assert some >= 6


@pytest.mark.slow
def test_the_limit_holds_in_300_hostile_worlds():
    seeds = np.arange(100, 400)
    missed, some = worlds_missed(seeds.tolist())
    print(f"missed at most {missed.max():.4f}, on average {missed.mean():.4f}; above 0 in {some}")
    assert some >= 200
    assert missed.max() <= ALLOWED + CHANCE
    # 400 draws cannot tell .05 from .06: those worlds are drawn from anew, and many times
    for seed in seeds[missed > 0.035].tolist():
        again, _ = FloorWorld(seed).missed(only=bool(seed % 2), draws=20_000)
        print(f"world {seed}: missed {again:.4f} of 20,000")
        assert again <= ALLOWED + 3 * np.sqrt(ALLOWED * (1 - ALLOWED) / 20_000)
