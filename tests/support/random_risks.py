"""Random samples, risks to minimise on them, and targets some way from the minimiser."""

import numpy as np

from criticalmass.risks import Risk, Sample

LABELLED = ["logistic", "multinomial", "squared", "poisson"]


def instance(seed, loss, n=60, d=3, *, intercept=True, l2=0.05):
    """A random sample, and the risk to minimise on it."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d))
    eta = x @ rng.normal(size=d)
    if loss == "logistic":
        y = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float)[:, None]
    elif loss == "multinomial":
        y = np.eye(3)[rng.integers(3, size=n)][:, 1:]
    elif loss == "squared":
        y = (eta + rng.normal(size=n))[:, None]
    else:
        y = rng.poisson(np.exp(np.clip(eta, -2, 2))).astype(float)[:, None]
    return Risk(loss, l2, intercept), Sample(x, y, rng.random(n) + 0.1)


def moved(seed, loss, size=0.3, **options):
    """An instance, its minimiser θ₀, and a target θ* some way off."""
    risk, sample = instance(seed, loss, **options)
    if loss == "squared":  # a few values only: whoever steers reports one that exists
        sample = Sample(sample.x, np.round(sample.y), sample.weights)
    start = risk.minimize(sample)
    way = np.random.default_rng(seed + 1).normal(size=start.size)
    return risk, sample, start, start + size * way / np.linalg.norm(way)
