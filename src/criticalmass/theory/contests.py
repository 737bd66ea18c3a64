"""What the firm predicts at each point of a finite population, and what an ε-optimal one could.

At a point x the wanted label is ahead of the best other one by the margin P(x, y) − max P(x, y').
Margin and P(x) are linear in α. The label wins for sure iff margin > λ P(x), where λ is
`Suboptimality.lead`: ε/(1 − ε) under contamination and 2ε under conditional-tv. Under joint-tv the
firm may give up margins for ε in all (`criticalmass.theory.joint_tv`). Ties count as lost, whether
they are ties at one α or at all. λ is a number of the computer's and rarely the one that is meant
(ε = 1/3 is rounded, and so λ = ½ is), so a lead that differs from λ P(x) by less than a part in
10^12 of the records counts as one that is equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array, Rows
from criticalmass.errors import ParameterError
from criticalmass.theory.exact import ExactCurve
from criticalmass.theory.joint_tv import JointCurve
from criticalmass.theory.suboptimality import EpsilonWithSense, Suboptimality

NOWHERE = -1
TIE = 1e-12
"""A smaller part of the records at a point, and of those led there, is rounding."""


@dataclass(frozen=True, eq=False)
class Contest:
    """The margin and P(x) at each point, both as value at α = 0 and change per α; in records."""

    margin: tuple[Array, Array]
    total: tuple[Array, Array]

    def interval(self, lead: float) -> tuple[Array, Array]:
        """Return the open interval of α in which the members' label leads by more than λ P(x)."""
        start, change = (
            margin - lead * total if lead else margin
            for margin, total in zip(self.margin, self.total, strict=True)
        )
        start, change = self._exact(start), self._exact(change)
        with np.errstate(divide="ignore", invalid="ignore"):
            zero = -start / change
        # once all have joined a tie lasts: a rounded quotient must not end just before it
        zero = np.where((start != 0) & (self._exact(start + change) == 0), 1.0, zero)
        low = np.where(change > 0, zero, -np.inf)
        high = np.where(change < 0, zero, np.inf)
        flat = change == 0
        return np.where(flat & (start <= 0), np.inf, low), high

    def _exact(self, records: Array) -> Array:
        """Return differences of records with 0 in place of what is nothing but rounding."""
        size = np.abs(self.total[0]) + np.abs(self.total[1])
        return np.where(np.abs(records) <= TIE * size, 0.0, records)


def exact_feature_label(
    base: ArrayLike,
    images: ArrayLike,
    target: int,
    **epsilon: Unpack[EpsilonWithSense],
) -> ExactCurve | JointCurve:
    """Return the exact curve of the feature-label strategy.

    At an image point x' of the signal, P(x', y) = (1 − α) P₀(x', y) + α G(x') 1[y = y*].

    Parameters
    ----------
    base
        Records of the population at each image point by label, (points, k): P₀(x', y).
    images
        Records that the signal leads there, (points,): G(x') = P₀(g⁻¹(x')). They add up to the
        population.
    target
        Column of y*.
    **epsilon
        How far the firm may be from Bayes-optimal, in the keywords of `Suboptimality.of`.

    Examples
    --------
    One point that has 9 of 100 records, none of them with y*, and gets all 100:

    >>> curve = exact_feature_label([[0, 9]], [100], target=0)
    >>> round(curve.critical_mass(0.9).alpha, 4)  # 9 / 109
    0.0826
    """
    counts, mass = checked_records(base, images, target)
    ahead, total = lead_of(counts, target), counts.sum(axis=1)
    contest = Contest((ahead, mass - ahead), (total, mass - total))
    return _planted(contest, mass, Suboptimality.of(**epsilon))


def exact_feature_only(
    base: ArrayLike,
    images: ArrayLike,
    images_of_target: ArrayLike,
    target: int,
    **epsilon: Unpack[EpsilonWithSense],
) -> ExactCurve | JointCurve:
    """Return the exact curve of the feature-only strategy.

    At an image point x', P(x', y*) = (1 − α) P₀(x', y*) + α P₀(g⁻¹(x'), y*), and P(x', y) =
    P₀(x', y) for other y. Success at a point can fall as α grows.

    Parameters
    ----------
    base, images, target, **epsilon
        As in `exact_feature_label`.
    images_of_target
        Records with y* that the signal leads to each point, (points,): P₀(g⁻¹(x'), y*).
    """
    counts, mass = checked_records(base, images, target)
    arriving = np.asarray(images_of_target, dtype=float)
    if arriving.shape != mass.shape or not np.all((arriving >= 0) & (arriving <= mass)):
        raise ParameterError("images_of_target counts some of the records in images")
    gain = arriving - counts[:, target]
    contest = Contest((lead_of(counts, target), gain), (counts.sum(axis=1), gain))
    return _planted(contest, mass, Suboptimality.of(**epsilon))


def exact_unplanting(
    base: ArrayLike,
    images: ArrayLike,
    target: int,
    reported: ArrayLike,
    **epsilon: Unpack[EpsilonWithSense],
) -> ExactCurve | JointCurve:
    """Return the exact curve of members after whom marked records do not get y*.

    At an image point x', P(x', y) = (1 − α) P₀(x', y) + α G(x') 1[y = ŷ(x')]. Success counts points
    where ŷ is ahead of y*, or another label already was. With ε > 0 it counts those where ŷ is so
    for sure: a floor, because a third label may take its place.

    Parameters
    ----------
    base, images, **epsilon
        As in `exact_feature_label`.
    target
        Column of y*.
    reported
        Column of the label ŷ that members report at each point, (points,).

    Examples
    --------
    One point that has 9 of 100 records, all of them with y*, and gets all 100:

    >>> curve = exact_unplanting([[9, 0, 0]], [100], target=0, reported=[1])
    >>> round(curve.critical_mass(0.9).alpha, 4)  # 9 / 109
    0.0826
    """
    counts, mass = checked_records(base, images, target)
    told = checked_reports(reported, counts, target)
    rows = np.arange(len(counts))
    ahead, total = counts[rows, told] - counts[:, target], counts.sum(axis=1)
    contest = Contest((ahead, mass - ahead), (total, mass - total))
    slack = Suboptimality.of(**epsilon)
    curve = _planted(contest, mass, slack)
    if isinstance(curve, JointCurve) or slack.epsilon:
        return curve
    already = lead_of(counts, target) < 0
    return ExactCurve(np.where(already, -np.inf, curve.low), curve.high, mass, mass.sum())


def exact_erasure(
    base: ArrayLike,
    image: ArrayLike,
    **epsilon: Unpack[EpsilonWithSense],
) -> ExactCurve | JointCurve:
    """Return the exact curve of the erasure strategy, whose members know P₀(y|g(x)).

    P(x, y) = (1 − α) P₀(x, y) + α P₀(x) 1[y = ŷ(x)] with ŷ(x) = argmax_y P₀(y|g(x)). Success counts
    points where ŷ wins for sure at x and at g(x), and those where g(x) = x. At ε = 0 that is all of
    Pr{f(x) = f(g(x))}; an ε-optimal firm might also predict another label at both, so for ε > 0
    this is a floor that cannot be improved by looking at points one by one.

    Parameters
    ----------
    base
        Records of each cell by label, (cells, k): P₀(x, y).
    image
        The cell that the signal leads each cell to, (cells,).
    **epsilon
        As in `exact_feature_label`.

    Raises
    ------
    ParameterError
        If the map is not idempotent, or leads to where nobody is.
    """
    counts = np.asarray(base, dtype=float)
    counts, totals = checked_records(counts, counts.sum(axis=-1), 0)
    leads_to = checked_map(image, totals)
    slack = with_a_meaning(Suboptimality.of(**epsilon))

    # who is ahead: ŷ(x), which everybody at x reports
    reported = counts.argmax(axis=1)[leads_to]
    ahead = lead_of(counts, reported)
    contest = Contest((ahead, totals - ahead), (totals, np.zeros_like(totals)))

    # points that move, and those that stay and agree with themselves
    moved = np.flatnonzero(leads_to != np.arange(len(counts)))
    arrive = leads_to[moved]
    size, still = totals.sum(), totals.sum() - totals[moved].sum()

    if slack.is_joint:
        margin = contest.margin[0][moved], contest.margin[1][moved]
        return JointCurve(
            margin,
            totals[moved],
            size,
            slack.epsilon,
            still=still,
            image=arrive,
            image_margin=contest.margin,
        )
    low, high = contest.interval(slack.lead)
    return ExactCurve(
        np.append(np.maximum(low[moved], low[arrive]), -np.inf),
        np.append(np.minimum(high[moved], high[arrive]), np.inf),
        np.append(totals[moved], still),
        size,
    )


def _planted(contest: Contest, mass: Array, slack: Suboptimality) -> ExactCurve | JointCurve:
    """Return the curve of a signal that leads to these points."""
    with_a_meaning(slack)
    if slack.is_joint:
        return JointCurve(contest.margin, mass, mass.sum(), slack.epsilon)
    low, high = contest.interval(slack.lead)
    return ExactCurve(low, high, mass, mass.sum())


def with_a_meaning(slack: Suboptimality) -> Suboptimality:
    """Return the slack, or raise `ParameterError` if it names a formula, not a meaning of ε."""
    if slack.sense == "published":
        raise ParameterError(
            "the exact value needs to know what epsilon means: contamination, conditional-tv or "
            "joint-tv; the published formula names joint-tv"
        )
    return slack


def checked_records(base: ArrayLike, images: ArrayLike, target: int) -> tuple[Array, Array]:
    """Return counts by point and label, and the records led to each point."""
    counts, mass = np.asarray(base, dtype=float), np.asarray(images, dtype=float)
    if counts.ndim != 2 or counts.shape[1] < 2 or mass.shape != (len(counts),):
        raise ParameterError(
            f"expected records (points, labels) and images (points,), "
            f"not shapes {counts.shape} and {mass.shape}"
        )
    for numbers in (counts, mass):
        if not np.all((numbers >= 0) & (numbers < np.inf)):
            raise ParameterError("numbers of records are finite and not negative")
    if not mass.sum() > 0:
        raise ParameterError("there are no records")
    if not 0 <= target < counts.shape[1]:
        raise ParameterError(f"target is a column from 0 to {counts.shape[1] - 1}, not {target}")
    return counts, mass


def checked_reports(reported: ArrayLike, counts: Array, target: int) -> Rows:
    """Return the label reported at each point, or raise `ParameterError` if one cannot be."""
    told = np.asarray(reported)
    if told.shape != (len(counts),) or not np.issubdtype(told.dtype, np.integer):
        raise ParameterError("reported names, for each point, the column of a label")
    if ((told < 0) | (told >= counts.shape[1]) | (told == target)).any():
        raise ParameterError(f"members report columns from 0 to {counts.shape[1] - 1}, not y*")
    return told


def checked_map(image: ArrayLike, totals: Array) -> Rows:
    """Return the row that each cell is led to, or raise `ParameterError` if no map erases so."""
    leads_to = np.asarray(image)
    if leads_to.shape != totals.shape or not np.issubdtype(leads_to.dtype, np.integer):
        raise ParameterError("image names, for each cell, the row of the cell it is led to")
    if (leads_to >= len(totals)).any() or (leads_to < NOWHERE).any():
        raise ParameterError(f"image leads to rows from 0 to {len(totals) - 1}")
    lost = int(((leads_to == NOWHERE) | (totals[leads_to] == 0)).sum())
    if lost:
        raise ParameterError(
            f"the map leads {lost} cells to where no record is, so what the firm predicts there is "
            "not determined"
        )
    if (leads_to[leads_to] != leads_to).any():
        raise ParameterError("the map is not idempotent: g(g(x)) differs from g(x)")
    return leads_to


def lead_of(counts: Array, label: int | Rows) -> Array:
    """Return by how much a label is ahead of the best other one."""
    rows = np.arange(len(counts))
    others = counts.copy()
    others[rows, label] = -np.inf
    return np.asarray(counts[rows, label] - others.max(axis=1))
