"""The gradient-neutralizing distribution P', and the firm's data when a collective plays it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array
from criticalmass.errors import DataError, ParameterError
from criticalmass.risks.risk import Risk
from criticalmass.risks.sample import Sample
from criticalmass.strategies.steering.allowed_records import (
    Allowed,
    Groups,
    check_one_predictor,
    observed,
)
from criticalmass.strategies.steering.solvers.cancelling_gradients import cheapest
from criticalmass.strategies.steering.solvers.records_in_a_box import cheapest_in_box, polish


@dataclass(frozen=True, eq=False)
class Neutralizing:
    """The distribution P' that makes the firm's gradient vanish at θ*, and how many it takes.

    Parameters
    ----------
    risk, theta
        The firm's, and θ*, (p,).
    sample
        P₀.
    groups
        Who can report which outcome.
    records
        What members report; the weights are the shares of the population that report each, if
        the collective has the critical mass.
    of_record
        The group of each of ``records``.
    rows
        For records that exist, a row of ``sample`` with these features; otherwise −1.
    alpha
        The critical mass, the smallest share of members that does it; nan if no share does.
    residual
        Norm of the gradient that is left at θ* with that mass.
    gradient
        g_{P₀}(θ*), or what it is taken for, (p,).
    part
        Share of a member's records that can change.
    """

    risk: Risk
    theta: Array
    sample: Sample
    groups: Groups
    records: Sample
    of_record: NDArray[np.intp]
    rows: NDArray[np.intp]
    alpha: float
    residual: float
    gradient: Array
    part: float = 1.0

    @property
    def mass(self) -> float:
        """Smallest share of members that can play this: α, unless α is nan."""
        return float((self.used / self.groups.shares).max()) / self.part

    @property
    def norm(self) -> float:
        """The norm of everyone's gradient at the target, ‖g_{P₀}(θ*)‖."""
        return float(np.linalg.norm(self.gradient))

    @property
    def neutralizing(self) -> float:
        """The norm ‖g_{P'}(θ*)‖ of Corollary 8: α* = ‖g_{P₀}‖ / (‖g_{P'}‖ + ‖g_{P₀}‖)."""
        return self.norm * (1 - self.alpha) / self.alpha if self.alpha > 0 else np.inf

    @cached_property
    def used(self) -> Array:
        """Share of the population that acts, by group, (L,)."""
        assert self.records.weights is not None
        by_group = np.bincount(self.of_record, self.records.weights, len(self.groups.shares))
        return by_group.astype(float)

    def played(self, alpha: float) -> float:
        """Return the part of P' that a share α of members plays, in [0, 1]; 1 from the mass on."""
        return min(1.0, alpha / self.mass) if self.mass > 0 else 1.0

    def law(self, alpha: float) -> Sample:
        """Return the distribution P that the firm sees; members beyond the mass change nothing.

        Raises
        ------
        ParameterError
            If α is not in [0, 1], or there is no critical mass.
        """
        if not 0 <= alpha <= 1:
            raise ParameterError(f"alpha is a share of the population in [0, 1], not {alpha:g}")
        if np.isnan(self.alpha):
            raise ParameterError("no share of members cancels the gradient with these records")
        part = self.played(alpha)
        assert self.records.weights is not None
        left = 1 - part * self.used / self.groups.shares
        return Sample(
            np.concatenate([self.sample.x, self.records.x]),
            np.concatenate([self.sample.y, self.records.y]),
            np.concatenate(
                [
                    self.sample.shares() * left[self.groups.of_record],
                    part * self.records.weights,
                ]
            ),
        )

    def convexity(self, radius: float) -> float:
        """Return μ: at any α the firm's risk is μ-strongly convex in that radius around θ*."""
        left = np.maximum(1 - self.used / self.groups.shares, 0.0)
        weights = self.sample.shares() * left[self.groups.of_record]
        if not weights.any():  # everybody reports something else
            return 0.0
        remaining = Sample(self.sample.x, self.sample.y, weights)
        return self.risk.convexity(self.theta, remaining, radius) * float(weights.sum())


def neutralizing(
    risk: Risk,
    theta: Array,
    sample: Sample,
    allowed: Allowed,
    *,
    gradient: Array | None = None,
) -> Neutralizing:
    """Return the gradient-neutralizing distribution that takes the fewest people.

    Parameters
    ----------
    risk, theta
        The firm's, and θ*, (p,).
    sample
        P₀, or what is known of it.
    allowed
        What members may do.
    gradient
        g_{P₀}(θ*), where more is known of it than the sample says.

    Raises
    ------
    DataError
        If the loss has no such construction.
    ParameterError
        If θ* is not of the firm's model, or the firm is there already.

    Examples
    --------
    >>> sample = Sample(np.array([[-1.0], [1.0]]), np.array([[0.0], [1.0]]))
    >>> risk = Risk("squared", intercept=False)          # its minimiser is .5
    >>> found = neutralizing(risk, np.array([0.25]), sample, Allowed())
    >>> round(found.alpha, 3)                            # everyone reports x = −1, y = 1
    0.167
    """
    check_one_predictor(risk, allowed)
    if theta.shape != (risk.size(sample),):
        raise ParameterError(
            f"the firm's model has {risk.size(sample)} parameters, the target has {theta.size}"
        )
    gradients = risk.gradients(theta, sample.x, sample.y)
    groups = Groups.of(sample, allowed.labels)
    replaced = groups.means(gradients, sample.shares())
    change = -(sample.shares() @ gradients) if gradient is None else -gradient
    if np.linalg.norm(change) <= 1e-9:
        raise ParameterError("the firm is there already: nothing needs to change")
    if allowed.records == "observed":
        # records that exist
        rows, y, of_record = observed(sample, groups)
        mixture = cheapest(
            risk.gradients(theta, sample.x[rows], y),
            change,
            groups=of_record,
            replaced=replaced,
            share_of_group=groups.shares * allowed.part,
        )
        kinds = mixture.kinds
        rows, of_record = rows[kinds], of_record[kinds]
        records = Sample(sample.x[rows], y[kinds], mixture.shares)
        alpha, residual = mixture.alpha, mixture.residual
    else:
        # any numbers in a box
        low, high = allowed.range_of(sample)
        alpha, records, of_record = cheapest_in_box(
            risk,
            theta,
            change,
            groups=groups,
            replaced=replaced,
            low=low,
            high=high,
            part=allowed.part,
        )
        assert records.weights is not None
        total = change + records.weights @ replaced[of_record]
        if not np.isnan(alpha):
            records = polish(risk, theta, records, total, low=low, high=high)
        assert records.weights is not None
        left = total - records.weights @ risk.gradients(theta, records.x, records.y)
        rows, residual = np.full(len(records), -1), float(np.linalg.norm(left))
    return Neutralizing(
        risk=risk,
        theta=theta,
        sample=sample,
        groups=groups,
        records=records,
        of_record=of_record,
        rows=rows,
        alpha=alpha,
        residual=residual,
        gradient=-change,
        part=allowed.part,
    )


def glm_record(
    risk: Risk, gradient: Array, theta: Array, *, scale: float = 1.0
) -> tuple[Array, float]:
    """Return the paper's neutralizing record (Section 4.1): x' = −scale · g_{P₀}(θ*), y' < μ(x').

    It is for models without a constant and without a penalty: every parameter belongs to a number
    that members can report. Its gradient is x'(μ(x') − y'), the opposite of g_{P₀}(θ*).

    Returns
    -------
    x', y'
        (d,), and the lowest outcome of the loss: 0, or for squared loss μ(x') − 1.

    Raises
    ------
    DataError
        If the model has a constant or a penalty, or several predictors.
    """
    if risk.intercept or risk.l2 or risk.loss == "multinomial":
        raise DataError(
            "the paper's record is for a model with one predictor, without intercept and penalty; "
            "GradientNeutralizing finds records for the others"
        )
    x = -scale * gradient
    mean = float(risk.law.mean(np.array([[x @ theta]]))[0, 0])
    return x, mean - 1 if risk.loss == "squared" else 0.0
