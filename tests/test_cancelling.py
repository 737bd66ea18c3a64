"""The cheapest records, of those that exist and of a box."""

import numpy as np

from criticalmass.strategies import Allowed
from criticalmass.strategies.steering.solvers.cancelling_gradients import cheapest, nearest
from criticalmass.strategies.steering.solvers.neutralizing_records import neutralizing
from support.random_risks import moved


def test_the_box_is_searched_exactly():
    """No mixture of many random records in the box takes fewer people."""
    risk, sample, _, target = moved(2, "logistic")
    best = neutralizing(risk, target, sample, Allowed("bounded", box=(-2.0, 2.0))).alpha
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, size=(20_000, 3))
    x[:10_000] = np.where(rng.random((10_000, 3)) < 0.5, -2.0, 2.0)
    y = rng.integers(2, size=(20_000, 1)).astype(float)
    gradient = risk.gradient(target, sample)
    drawn = cheapest(
        risk.gradients(target, x, y), -gradient, groups=np.zeros(20_000, dtype=int),
        replaced=gradient[None], share_of_group=np.ones(1),
    )  # fmt: skip
    assert best <= drawn.alpha * 1.01  # the box's predictors are on a grid
    assert drawn.alpha <= best * 1.1


def test_nearest_is_a_mean_of_records():
    rng = np.random.default_rng(0)
    gradients = rng.normal(size=(300, 5))
    weights, residual = nearest(gradients, np.full(5, 0.1))
    assert np.isclose(weights.sum(), 1)
    assert residual < 1e-9
    _, far = nearest(gradients, np.full(5, 100.0))
    best = min(np.linalg.norm(g - 100) for g in gradients)
    assert 0 < far <= best
