"""The mean of logistic curves that normal errors shift sideways, in closed form.

The logistic function is a mixture of normal distribution functions of different steepness (Andrews
and Mallows, 1974); five of them come within 1e-6 of it (the way of Monahan and Stefanski, 1992). A
normal shift of standard deviation τ leaves each of them one, only less steep.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_ndtr, logit, ndtr

from criticalmass.arrays import Array

_PARTS = (0.0226984, 0.2036190, 0.4273617, 0.2999091, 0.0464118)  # least largest error, fitted
_STEEP = (0.2908317, 0.4093772, 0.5733080, 0.7996221, 1.1175375)
_STEPS = 8  # of Newton's method


def mean_rise(at: ArrayLike, shift: ArrayLike) -> Array:
    """Return E[1 / (1 + exp(−at − τz))] over a standard normal z.

    Parameters
    ----------
    at
        Distance from the midpoint in widths of the curve.
    shift
        τ, the standard deviation of the shifts in the same unit; shapes broadcast.

    Examples
    --------
    >>> mean_rise([-2.0, 0.0, 2.0], shift=1.5).round(4).tolist()
    [0.1901, 0.5, 0.8099]
    """
    y = np.asarray(at, dtype=float)
    return np.asarray(sum(p * ndtr(s * y) for p, s in _mixture(shift)))


def mean_slope(at: ArrayLike, shift: ArrayLike) -> Array:
    """Return the slope of `mean_rise`, which is the mean slope: E[r (1 − r)]."""
    y = np.asarray(at, dtype=float)
    return np.asarray(sum(p * s * _density(s * y) for p, s in _mixture(shift)))


def where_risen(height: ArrayLike, shift: ArrayLike) -> Array:
    """Return where `mean_rise` reaches a height: −∞ for 0 or less, ∞ for 1 or more.

    Examples
    --------
    >>> where_risen([0.5, 0.8099, 1.0], shift=1.5).round(2).tolist()
    [0.0, 2.0, inf]
    """
    height, tau = np.broadcast_arrays(np.asarray(height, float), np.asarray(shift, float))
    inside = (height > 0) & (height < 1)
    part, tau = height[inside], tau[inside]
    lower = np.minimum(part, 1 - part)
    place = logit(lower) * np.sqrt(1 + np.pi * tau**2 / 8)
    for _ in range(_STEPS):  # the logarithm is concave: no step goes astray
        rise = mean_rise(place, tau)
        place = place - np.log(rise / lower) * rise / mean_slope(place, tau)
    found = np.where(height > 0, np.inf, -np.inf)
    found[inside] = np.where(part > 0.5, -place, place)
    return np.asarray(found)


def risen_area(share: Array, midpoint: Array, width: Array, shift: Array) -> Array:
    """Return ∫₀^share of the mean rise over α, for a rise in ln α.

    Parameters
    ----------
    share
        α up to which is integrated, above 0.
    midpoint, width, shift
        Of the curve, in ln α; shapes broadcast.
    """
    total = np.zeros(np.broadcast_shapes(*map(np.shape, (share, midpoint, width, shift))))
    for part, steep in _mixture(shift / width):
        slope = steep / width
        up = slope * (np.log(share) - midpoint)
        rest = np.exp(midpoint + 0.5 / slope**2 + log_ndtr(up - 1 / slope))
        total = total + part * (share * ndtr(up) - rest)
    return np.asarray(total)


def _mixture(shift: ArrayLike) -> list[tuple[float, Array]]:
    """Return share and steepness of each part, once shifted."""
    tau = np.asarray(shift, dtype=float)
    shifted = [np.asarray(steep / np.sqrt(1 + (steep * tau) ** 2)) for steep in _STEEP]
    return list(zip(_PARTS, shifted, strict=True))


def _density(x: Array) -> Array:
    return np.asarray(np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))
