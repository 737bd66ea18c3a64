"""Theorem 10: how far gradient control leads a firm in T steps.

Where at every point of the way the collective can make the firm's gradient C (θ − θ*), each step
of gradient descent leaves 1 − ηC of the way, so

    S_T(α) = −‖θ_T − θ*‖ ≥ −(1 − ηC(α))^T · ‖θ₀ − θ*‖.

As a success in [0, 1] it is the share of the way that is gone: 1 − (1 − ηC(α))^T.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array
from criticalmass.curves import Unreached, Why
from criticalmass.curves.curve import checked_shares, checked_targets
from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields
from criticalmass.theory.bound import Bound


@dataclass(frozen=True, repr=False)
class GradientControlBound(Bound):
    """Theorem 10, from pairs (α, C): a share of members, and its pull all along the way.

    Between two pairs C is at least on the straight line: what α members can do and what α' members
    can do, those between can do in part. Below the first pair nothing is guaranteed; above the last
    C stays. C is at most αξ, and at most 1/η, which reaches the target at once.

    Parameters
    ----------
    alphas
        Shares, from 0 on, ascending. A share above 1 serves to draw the line to it.
    pulls
        C at each, ascending; a pull of 0 holds the firm where it is.
    learning_rate
        η.
    steps
        T.
    xi
        The ξ that members pull with where they can; None: as hard as they can.
    way
        ‖θ₀ − θ*‖, for `distance`.

    Examples
    --------
    A collective that supplies gradients with ξ = 2 has C(α) = 2α:

    >>> bound = GradientControlBound((0.0,), (10.0,), learning_rate=0.1, steps=50, xi=2.0)
    >>> bound.success([0.05, 0.1]).round(4).tolist()
    [0.395, 0.6358]
    >>> round(bound.critical_mass(0.9).alpha, 4)
    0.225
    """

    theorem = "Theorem 10"

    alphas: tuple[float, ...]
    pulls: tuple[float, ...]
    learning_rate: float
    steps: int
    xi: float | None = None
    way: float = 1.0

    def __post_init__(self) -> None:
        check_fields(self)
        alphas, pulls = np.array(self.alphas, dtype=float), np.array(self.pulls, dtype=float)
        if not len(alphas) or alphas.shape != pulls.shape:
            raise ParameterError(
                f"alphas and pulls come in pairs; there are {len(alphas)} and {len(pulls)}"
            )
        for values in (alphas, pulls):
            if not (values >= 0).all() or not (values[1:] >= values[:-1]).all():
                raise ParameterError("alphas and pulls are numbers from 0 on, both ascending")
        if not np.isfinite(alphas).all():
            raise ParameterError("alphas must be finite")
        if self.xi is not None and not self.xi > 0:
            raise ParameterError(f"xi must be positive, not {self.xi:g}")
        if not 0 < self.learning_rate < np.inf:
            raise ParameterError(
                f"learning_rate must be positive and finite, not {self.learning_rate:g}"
            )
        if self.steps < 1 or not 0 <= self.way < np.inf:
            raise ParameterError(
                f"steps is a number from 1 on and way a distance, not {self.steps} and {self.way:g}"
            )

    def pull(self, alpha: ArrayLike) -> Array:
        """Return C(α)."""
        shares = checked_shares(alpha)
        most = 1 / self.learning_rate
        drawn = np.interp(shares, self.alphas, np.minimum(self.pulls, most), left=0.0)
        return np.asarray(np.minimum(drawn, np.minimum(shares * (self.xi or np.inf), most)))

    def success(self, alpha: ArrayLike) -> Array:
        """Return the lower bound of the share of the way that is gone after T steps."""
        left = (1 - self.learning_rate * self.pull(alpha)) ** self.steps
        return np.asarray(np.clip(1 - left, 0, 1))

    def distance(self, alpha: ArrayLike) -> Array:
        """Return the upper bound of ‖θ_T − θ*‖, in the units of θ."""
        return np.asarray(self.way * (1 - self.success(alpha)))

    def critical_alpha(self, target: ArrayLike) -> Array:
        """Return the smallest α that guarantees each target, nan where none does."""
        needed = -np.expm1(np.log1p(-checked_targets(target)) / self.steps) / self.learning_rate
        pulls, alphas = np.minimum(self.pulls, 1 / self.learning_rate), np.array(self.alphas)
        enough = np.append(alphas, np.nan)[np.searchsorted(pulls, needed)]
        # on the line between two pairs; of equal pulls the first takes fewest people
        alpha = np.minimum(np.interp(needed, pulls, alphas, right=np.nan), enough)
        alpha = np.maximum(alpha, needed / (self.xi or np.inf))
        return np.asarray(np.where(alpha <= 1, alpha, np.nan))

    def area_below(self, target: float, upto: float) -> float:
        """Return ∫₀^{α*} (target − S(α))₊ dα, exactly between the bound's kinks; ``upto`` is α*."""
        if upto == 0:
            return 0.0
        edges = self._kinks(upto)
        start, width = edges[:-1], np.diff(edges)
        # C is a straight line on each piece: 1 − ηC at its ends, from two points inside
        quarters = [self.pull(start + part * width) for part in (0.25, 0.75)]
        ends = 1.5 * quarters[0] - 0.5 * quarters[1], 1.5 * quarters[1] - 0.5 * quarters[0]
        first, last = (np.clip(1 - self.learning_rate * end, 0, 1) for end in ends)
        power = self.steps + 1
        # the mean of (1 − ηC)^T on each piece: in closed form, or where that hardly changes by
        # Gauss's rule, which is then exact to rounding
        nodes, weights = np.polynomial.legendre.leggauss(20)
        places = (1 + nodes) / 2
        between = first[:, None] + places * (last - first)[:, None]
        flat = between**self.steps @ weights / 2
        falls = np.maximum(first - last, 1e-300)
        steep = (first**power - last**power) / (power * falls)
        left = np.where(self.steps * falls < first, flat, steep)
        return float(((target - 1) + left) @ width)

    def _kinks(self, upto: float) -> Array:
        """Return 0, every share below ``upto`` at which C has a kink, and ``upto``."""
        alphas = np.array([0.0, *self.alphas, max(1.0, *self.alphas)])
        pulls = np.array([0.0, *self.pulls, self.pulls[-1]])
        pulls = np.minimum(pulls, 1 / self.learning_rate)
        pulls[0] = 0.0 if self.alphas[0] > 0 else pulls[1]
        crossed = []
        if self.xi is not None:  # where the line to the next pair crosses αξ
            over = pulls - self.xi * alphas
            before, after = over[:-1], over[1:]
            with np.errstate(divide="ignore", invalid="ignore"):
                part = before / (before - after)
            part = part[(part > 0) & (part < 1)], np.flatnonzero((part > 0) & (part < 1))
            crossed = alphas[part[1]] + part[0] * (alphas[part[1] + 1] - alphas[part[1]])
        kinks = np.concatenate([alphas, crossed])
        return np.unique([0.0, *kinks[(kinks > 0) & (kinks < upto)], upto])

    def _why_unreached(self, target: float) -> Unreached:
        numbers = {"best": float(self.success(1.0)), "target": target, "steps": self.steps}
        return Unreached(Why.NOT_GUARANTEED_IN_STEPS, numbers)
