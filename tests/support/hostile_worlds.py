"""Worlds in which contests hang by a thread, their members, and what becomes of them.

The mathematics of a certificate is not used here: votes are counted.
"""

from functools import cache

import numpy as np

from criticalmass.intervals import hypergeometric
from criticalmass.theory import certificate as certificates


class HostileWorld:
    """N people: where the signal leads each, whether they stand there already, and their label."""

    def __init__(self, seed, *, easier=1.0):
        rng = np.random.default_rng(seed)
        self.rng = rng
        self.images, self.labels = int(rng.integers(1, 6)), int(rng.integers(2, 5))
        self.size = int(rng.integers(300, 1500))
        self.people = int(rng.integers(self.size // 10, self.size // 2))
        self.target = int(rng.integers(self.labels))
        share = self.people / self.size
        self.led = rng.choice(self.images, self.size, p=rng.dirichlet(np.ones(self.images)))
        self.stands = np.zeros(self.size, dtype=bool)
        holds = rng.random(self.size) < 0.7  # the target, where nobody stands yet
        self.label = np.where(holds, self.target, rng.integers(self.labels, size=self.size))
        rivals = [y for y in range(self.labels) if y != self.target]
        for image in range(self.images):
            there = np.flatnonzero(self.led == image)
            lead = round(len(there) * share * rng.uniform(0.1, 1.4) / easier)
            standing = there[:lead]
            self.stands[standing] = True
            kind = rng.integers(3)  # one rival; several; the target among them
            choice = rivals[:1] if kind == 0 else rivals if kind == 1 else range(self.labels)
            self.label[standing] = rng.choice(list(choice), len(standing))

    def draw(self):
        return self.rng.permutation(self.size)[: self.people]

    def counted(self, people, *, by_label):
        """How many of these people stand at each image by label, or are led there."""
        if by_label:
            counts = np.zeros((self.images, self.labels), dtype=np.int64)
            there = people[self.stands[people]]
            np.add.at(counts, (self.led[there], self.label[there]), 1)
            return counts
        return np.bincount(self.led[people], minlength=self.images)

    def pool(self, members, aside, *, only=False):
        acting = members[self.label[members] == self.target] if only else members
        own = self.counted(members, by_label=True)
        led = self.counted(members, by_label=False)
        acts = self.counted(acting, by_label=False)
        there = self.counted(aside, by_label=False)
        return certificates.Pool(own, led, acts, len(members), there, len(aside))

    def votes(self, members, wanted, *, only=False, staying=False):
        """Votes at each image for each label when these members have acted."""
        others = np.setdiff1d(np.arange(self.size), members)
        votes = self.counted(others, by_label=True)
        acting = members[self.label[members] == self.target] if only else members
        np.add.at(votes, (self.led[acting], wanted[self.led[acting]]), 1)
        if staying:
            still = members[self.label[members] != self.target]
            votes += self.counted(still, by_label=True)
        return votes

    @property
    def weight(self):
        return self.counted(np.arange(self.size), by_label=False) / self.size


def won(votes, label, epsilon=0.0, against=0):
    """Where a label wins however at most so many people and a contaminated firm go against it."""
    points = np.arange(len(votes))
    gone = np.minimum(votes[points, label], against)
    mine = (votes[points, label] - gone)[:, None]
    rivals = votes + against
    total = (votes.sum(axis=1) - gone + against)[:, None]
    ahead = (1 - epsilon) * (mine - rivals) > epsilon * total + 1e-9
    ahead[points, label] = True
    return ahead.all(axis=1)


def with_tables(monkeypatch):
    """Look limits up in tables: the same numbers, computed once for each number of people."""

    @cache
    def table(limit, people, among, missed):
        return limit(np.arange(people + 1), people, among, missed)

    for name in ("most_others", "fewest_others"):
        limit = getattr(hypergeometric, name)
        monkeypatch.setattr(
            certificates,
            name,
            lambda seen, people, among, missed, limit=limit: table(limit, people, among, missed)[
                np.asarray(seen)
            ],
        )
