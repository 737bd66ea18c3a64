"""Rules of aggregation, against their definitions."""

import numpy as np
import pytest

from criticalmass.errors import ParameterError
from criticalmass.learners.descent.aggregation import AGGREGATIONS, krum, mean, trimmed_mean


@pytest.mark.parametrize("seed", range(20))
def test_krum_is_its_definition(seed):
    rng = np.random.default_rng(seed)
    updates = rng.normal(size=(11, 4))
    scores = []
    for one in updates:
        apart = sorted(((one - other) ** 2).sum() for other in updates)
        scores.append(sum(apart[1 : 1 + 11 - 3 - 2]))  # n - f - 2 nearest, without itself
    best = updates[int(np.argmin(scores))]
    assert np.array_equal(krum(updates, np.ones(11), 0.3), best)


@pytest.mark.parametrize("seed", range(5))
def test_trimmed_mean_is_its_definition(seed):
    updates = np.random.default_rng(seed).normal(size=(10, 3))
    by_hand = [np.sort(column)[2:8].mean() for column in updates.T]
    assert trimmed_mean(updates, np.ones(10), 0.2) == pytest.approx(by_hand)
    assert trimmed_mean(updates, np.ones(10), 0.0) == pytest.approx(updates.mean(axis=0))


def test_mean_weighs_clients_by_their_records():
    rng = np.random.default_rng(0)
    records = rng.normal(size=(30, 2))
    parts = np.split(records, [3, 11])
    means = np.array([part.mean(axis=0) for part in parts])
    sizes = np.array([len(part) for part in parts], dtype=float)
    assert mean(means, sizes) == pytest.approx(records.mean(axis=0))


def test_one_client_moves_the_mean_anywhere_and_robust_rules_nowhere():
    honest = np.random.default_rng(0).normal(size=(10, 3))
    updates = np.vstack([honest, np.full((1, 3), 1e6)])
    moved = {name: rule(updates, np.ones(11), 0.2) for name, rule in AGGREGATIONS.items()}
    assert np.abs(moved["mean"]).min() > 1e4
    for name in ("median", "trimmed-mean", "krum"):
        assert (moved[name] >= honest.min(axis=0)).all()
        assert (moved[name] <= honest.max(axis=0)).all()


def test_impossible_values_are_refused():
    with pytest.raises(ParameterError, match=r"4 clients tolerate 0, not 1"):
        krum(np.zeros((4, 2)), np.ones(4), 0.25)
    with pytest.raises(ParameterError, match=r"a share in \[0, 1/2\), not 0.5"):
        trimmed_mean(np.zeros((4, 2)), np.ones(4), 0.5)
