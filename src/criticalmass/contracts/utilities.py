"""What a utility of the firm's parameters promises."""

from __future__ import annotations

import numpy as np

from criticalmass.arrays import Array
from criticalmass.contracts.parts import keeps
from criticalmass.strategies import Utility


def check_utility(utility: Utility, theta: Array) -> None:
    """Check the promises of `Utility` at and around parameters θ, (p,).

    Examples
    --------
    >>> from criticalmass.strategies import Linear
    >>> check_utility(Linear((1.0, 0.0)), np.array([2.0, 5.0]))
    """
    assert isinstance(utility, Utility), "a utility must have value, gradient and convex"
    with keeps("value and gradient must take any θ"):
        value, slope = utility.value(theta), utility.gradient(theta)
    assert np.ndim(value) == 0, "a utility is one number"
    assert np.isfinite(value), "a utility must be finite"
    assert slope.shape == theta.shape, "a gradient has one number per parameter"
    rng = np.random.default_rng(0)
    for _ in range(5):
        way = rng.normal(size=theta.shape)
        step = 1e-5 * way
        rise = (utility.value(theta + step) - utility.value(theta - step)) / 2e-5
        assert np.isclose(rise, slope @ way, rtol=1e-4, atol=1e-6), (
            "the gradient must be that of the utility"
        )
        if utility.convex:
            middle = utility.value(theta + way / 2)
            ends = (value + utility.value(theta + way)) / 2
            assert middle <= ends + 1e-9, "a utility that says so must be convex"
