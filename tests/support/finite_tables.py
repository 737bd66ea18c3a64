"""Random finite populations on which theorems are tried, and their parameters."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Instance:
    """Counts (cells, labels), a map between cells, the target label, and a few shares to try."""

    counts: np.ndarray
    image: np.ndarray
    target: int
    alphas: np.ndarray
    epsilon: float

    @property
    def total(self):
        return self.counts.sum(axis=1)

    @property
    def size(self):
        return self.counts.sum()

    @property
    def conditional(self):
        return self.counts / np.maximum(self.total, 1)[:, None]

    @property
    def landing(self):
        return np.bincount(self.image, weights=self.total, minlength=len(self.counts))

    @property
    def landing_of_target(self):
        held = self.counts[:, self.target]
        return np.bincount(self.image, weights=held, minlength=len(self.counts))

    @property
    def signal_set(self):
        return np.unique(self.image)

    @property
    def uniqueness(self):
        return self.total[self.signal_set].sum() / self.size

    @property
    def gap(self):
        here = self.signal_set[self.total[self.signal_set] > 0]
        p = self.conditional[here]
        return float((p.max(axis=1) - p[:, self.target]).max(initial=0.0))

    @property
    def positivity(self):
        return float(self.conditional[self.total > 0][:, self.target].min())

    @property
    def sensitivity(self):
        p = self.conditional
        apart = np.abs(p - p[self.image]).max(axis=1)
        return float(self.total @ apart / self.size)


def planting(rng):
    """Draw a population and any map, also to cells where nobody is."""
    cells, labels = rng.integers(3, 41), rng.integers(2, 6)
    counts = _counts(rng, cells, labels)
    counts[rng.random(cells) < rng.choice([0, 0.3])] = 0
    if rng.random() < 0.5:  # a rare signal
        targets = rng.choice(cells, size=rng.integers(1, cells), replace=False)
        counts[targets] //= rng.choice([1, 10, 100])
        image = rng.choice(targets, size=cells)
    else:
        image = rng.integers(0, cells, cells)
    counts[np.argmin(counts.sum(axis=1)), 0] += 1
    target = int(rng.integers(labels))
    if rng.random() < 0.7:  # positivity
        counts[:, target] += np.where(counts.sum(axis=1) > 0, rng.integers(1, 20), 0)
    return _with_shares(rng, counts, image, target)


def erasing(rng):
    """Draw a population in which every cell is held, and an idempotent map."""
    cells, labels = rng.integers(3, 41), rng.integers(2, 6)
    counts = _counts(rng, cells, labels)
    counts[:, 0] += counts.sum(axis=1) == 0
    fixed = rng.choice(cells, size=rng.integers(1, cells), replace=False)
    image = rng.choice(fixed, size=cells)
    image[fixed] = fixed
    if rng.random() < 0.7:  # labels that depend little on what is erased
        share = rng.choice([0.02, 0.1, 0.3])
        similar = counts[image] * 10 + rng.poisson(share * 10 * counts[image])
        counts = np.where(np.arange(cells)[:, None] == image[:, None], counts * 10, similar)
    return _with_shares(rng, counts, image, 0)


def _counts(rng, cells, labels):
    scale = rng.choice([3, 30, 300])
    return rng.poisson(scale * rng.dirichlet(np.full(labels, rng.choice([0.3, 1, 3])), cells))


def _with_shares(rng, counts, image, target):
    alphas = np.exp(rng.uniform(np.log(1e-3), np.log(0.9), 4))
    epsilon = float(rng.choice([0, 0.001, 0.01, 0.1, 0.3]) * rng.random())
    return Instance(counts, image, target, alphas, epsilon)
