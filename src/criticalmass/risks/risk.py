"""`Risk`: what a risk-minimising firm minimises, its gradients, its curvature and its minimiser.

The firm's parameters are one vector θ: for each of k linear predictors the weights of the d columns
and, with an intercept, one more. The penalty is part of every record's loss:

    ℓ(θ; z) = ℓ(η(x); y) + l2/2 · ‖weights‖²,     ∇ℓ(θ; z) = (μ(x) − y) ⊗ (x, 1) + l2 · weights,

The theorems of Section 4 hold for this ℓ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve, eigvalsh

from criticalmass.arrays import Array
from criticalmass.errors import DataError, ParameterError, require_choice
from criticalmass.fields import check_fields
from criticalmass.risks.differentiable import Differentiable
from criticalmass.risks.losses import LOSSES, Loss
from criticalmass.risks.sample import Sample

TOLERANCE = 1e-10
"""Norm of the mean gradient at which a minimiser counts as exact."""

EXACT = 1e-9
"""So much of the largest prediction is nothing, where outcomes are too large for `TOLERANCE`."""

ITERATIONS = 100
CHUNK = 1 << 20
"""So many numbers of a matrix are worked on at a time: memory stays bounded."""

NONE = (
    "the risk has no minimiser: some labels are separated perfectly, so weights grow for ever; "
    "give l2 a value above 0, such as 1e-4"
)
NOT_ONE = (
    "the risk has more than one minimiser: some columns say the same, or labels are separated "
    "perfectly; leave columns out, or give l2 a value above 0, such as 1e-4"
)
NEARLY = (
    "16 digits are too few to find the risk's minimiser: some columns say nearly the same, or hold "
    "numbers that are too large; leave columns out, scale them, or give l2 a value above 0, such "
    "as 1e-4"
)


@dataclass(frozen=True)
class Risk(Differentiable):
    """The expected loss of a generalised linear model, penalised.

    Parameters
    ----------
    loss
        ``"logistic"``, ``"multinomial"``, ``"squared"`` or ``"poisson"``.
    l2
        Strength of the penalty l2/2 · ‖weights‖² beside the *mean* loss; it leaves the intercept
        out. scikit-learn's ``C`` is 1/(n · l2).
    intercept
        Whether the model has a constant that no record can change.

    Examples
    --------
    >>> sample = Sample(np.array([[-1.0], [1.0], [2.0]]), np.array([[0.0], [1.0], [0.0]]))
    >>> theta = Risk("logistic").minimize(sample)
    >>> bool(np.linalg.norm(Risk("logistic").gradient(theta, sample)) < 1e-10)
    True
    """

    loss: str = "logistic"
    l2: float = 0.0
    intercept: bool = True

    def __post_init__(self) -> None:
        check_fields(self)
        require_choice("loss", self.loss, LOSSES)
        if not 0 <= self.l2 < np.inf:
            raise ParameterError(f"l2 is a strength from 0 on, not {self.l2:g}")

    @property
    def law(self) -> Loss:
        """The loss as a function of the linear predictor."""
        return LOSSES[self.loss]

    @property
    def convex(self) -> bool:
        """Whether the loss is convex in the parameters: it is."""
        return True

    def size(self, sample: Sample) -> int:
        """Return the number p of parameters."""
        return int((sample.x.shape[1] + self.intercept) * sample.y.shape[1])

    def padded(self, x: Array) -> Array:
        """Return the features with the constant, if the model has one."""
        return np.column_stack([x, np.ones(len(x))]) if self.intercept else x

    def predictors(self, theta: Array, x: Array) -> Array:
        """Return η, (n, k)."""
        coefficients = theta.reshape(-1, x.shape[1] + self.intercept)
        eta = x @ coefficients[:, : x.shape[1]].T
        return np.asarray(eta + coefficients[:, -1] if self.intercept else eta)

    def penalty(self, theta: Array, width: int) -> Array:
        """Return the penalty's gradient, (p,); ``width`` is d."""
        weights = theta.reshape(-1, width + self.intercept).copy()
        weights[:, width:] = 0  # a constant is not penalised
        return self.l2 * weights.ravel()

    def value(self, theta: Array, sample: Sample) -> float:
        """Return the risk."""
        losses = self.law.value(self.predictors(theta, sample.x), sample.y)
        penalty = theta @ self.penalty(theta, sample.x.shape[1]) / 2
        return float(sample.shares() @ losses + penalty)

    def gradients(self, theta: Array, x: Array, y: Array) -> Array:
        """Return ∇ℓ(θ; z) of each record, (n, p)."""
        off = self.law.mean(self.predictors(theta, x)) - y
        each = (off[:, :, None] * self.padded(x)[:, None, :]).reshape(len(x), -1)
        return each + self.penalty(theta, x.shape[1]) if self.l2 else each

    def gradient(self, theta: Array, sample: Sample) -> Array:
        """Return g_P(θ), (p,)."""
        total = self.penalty(theta, sample.x.shape[1])
        for x, y, share in self._parts(sample):
            off = (self.law.mean(self.predictors(theta, x)) - y) * share[:, None]
            total = total + self._spread(off.T @ x, off.sum(axis=0))
        return total

    def hessian(self, theta: Array, sample: Sample, *, least: float | None = None) -> Array:
        """Return the risk's Hessian, (p, p).

        With ``least``, return a lower bound of it (in the order of matrices) over the ball of that
        radius around θ: each record's curvature falls by at most exp(−drift · radius · ‖(x, 1)‖).
        """
        width, k = sample.x.shape[1], sample.y.shape[1]
        p = width + self.intercept
        blocks = np.zeros((k, p, k, p))
        for x, _, share in self._parts(sample):
            curved = self.law.curvature(self.predictors(theta, x)) * share[:, None, None]
            padded = self.padded(x)
            if least is not None:
                reach = self.law.drift * least * np.linalg.norm(padded, axis=1)
                curved = curved * np.exp(-reach)[:, None, None]
            for a in range(k):
                # the curvature of one predictor is not negative: its square root halves the work
                scaled = padded * np.sqrt(curved[:, a, a, None])
                blocks[a, :, a, :] += scaled.T @ scaled
                for b in range(a + 1, k):
                    block = padded.T @ (padded * curved[:, a, b, None])
                    blocks[a, :, b, :] += block
                    blocks[b, :, a, :] += block
        # the penalty, which leaves constants out
        for a in range(k):
            inner = np.arange(width)
            blocks[a, inner, a, inner] += self.l2
        return blocks.reshape(k * p, k * p)

    def minimize(
        self, sample: Sample, *, start: Array | None = None, fixed: NDArray[np.bool_] | None = None
    ) -> Array:
        """Return the minimiser θ, (p,), to a gradient norm of 1e-10, by Newton's method.

        Parameters
        ----------
        sample
            What the firm sees.
        start
            Where to begin; at 0 by default.
        fixed
            Parameters that keep their value of ``start``, (p,); none by default.

        Raises
        ------
        DataError
            If there is no minimiser, or more than one.
        """
        begin = np.zeros(self.size(sample)) if start is None else start.astype(float)
        free = np.ones(len(begin), dtype=bool) if fixed is None else ~fixed
        self.law.check(sample.y)
        try:
            return self._descended(begin, sample, free)
        except DataError:
            if not begin[free].any():
                raise
        # a few records may weigh far too much where the search began; at 0 none does
        return self._descended(np.where(free, 0.0, begin), sample, free)

    def _descended(self, theta: Array, sample: Sample, free: NDArray[np.bool_]) -> Array:
        """Return the minimiser, searched from θ by Newton's method."""
        with np.errstate(over="ignore", invalid="ignore"):
            value = self.value(theta, sample)
            for _ in range(ITERATIONS):
                gradient = self.gradient(theta, sample)[free]
                done = np.linalg.norm(gradient) <= TOLERANCE
                if done and self.l2 > 0:
                    return theta
                hessian = self.hessian(theta, sample)[np.ix_(free, free)]
                step = np.zeros_like(theta)
                try:
                    step[free] = cho_solve(cho_factor(hessian), gradient)
                except LinAlgError:
                    raise DataError(_too_large(sample) if self.l2 else NOT_ONE) from None
                except ValueError:  # the Hessian is not finite
                    raise DataError(_too_large(sample)) from None
                if done:  # no gradient is left; a long step says that the minimum is at infinity
                    if np.abs(step).max() > 1e-3:
                        break
                    return theta
                length = 1.0
                while length > 1e-10:
                    after = self.value(theta - length * step, sample)
                    # near the optimum values are equal to rounding: the gradient decides; a value
                    # near 0 may be the difference of larger ones, and is rounded as they are
                    if after <= value + 1e-13 * max(1.0, abs(value)):
                        break
                    length /= 2
                theta, value = theta - length * step, after
                # squares always have an end, and so has what is penalised
                if not self.l2 and self.law.drift > 0 and np.abs(theta).max() > 1e6:
                    break
            else:
                # rounding leaves some gradient where outcomes are large; it moves no prediction
                moved, eta = self.predictors(step, sample.x), self.predictors(theta, sample.x)
                if abs(moved).max() <= EXACT * max(1.0, abs(eta).max()):
                    return theta
                raise DataError(_too_large(sample) if self.l2 else NEARLY)
        raise DataError(NONE)

    def smoothness(self, sample: Sample) -> float:
        """Return β: gradients change by at most β ‖θ − θ'‖. Infinite for Poisson loss."""
        if not np.isfinite(self.law.steepest):
            return float("inf")
        padded = self.padded(sample.x)
        gram = padded.T @ (padded * sample.shares()[:, None])
        return float(self.law.steepest * eigvalsh(gram)[-1] + self.l2)

    def convexity(self, theta: Array, sample: Sample, radius: float) -> float:
        """Return μ: the risk is μ-strongly convex on the ball of that radius around θ."""
        return float(max(0.0, eigvalsh(self.hessian(theta, sample, least=radius))[0]))

    def _parts(self, sample: Sample) -> Iterator[tuple[Array, Array, Array]]:
        """Yield features, outcomes and shares of parts of a sample that memory can hold."""
        rows = max(1, CHUNK // max(1, self.size(sample)))
        shares = sample.shares()
        for first in range(0, len(sample), rows):
            part = slice(first, first + rows)
            yield sample.x[part], sample.y[part], shares[part]

    def _spread(self, weights: Array, constants: Array) -> Array:
        return np.column_stack([weights, constants]).ravel() if self.intercept else weights.ravel()


def _too_large(sample: Sample) -> str:
    """Return the message of a search that rounding ended: with a penalty there is a minimiser."""
    return (
        "the risk has a minimiser, but 16 digits are too few to find it: the columns hold numbers "
        f"up to {abs(sample.x).max():.3g}; scale them, or keep what members report in a box"
    )
