"""What the firm predicts at each point of a finite population, and what an ε-optimal one could.

At a point x the wanted label is ahead of the best other one by the margin P(x, y) − max P(x, y').
Margin and P(x) are linear in α. The label wins for sure iff margin > λ P(x), where λ is ε/(1 − ε)
under contamination and 2ε under conditional-tv; under joint-tv the firm may give up margins for ε
in all (`criticalmass.theory.joint_tv`). Ties count as lost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from criticalmass.arrays import Array
from criticalmass.errors import ParameterError
from criticalmass.theory.bounds import Suboptimality, check_epsilon
from criticalmass.theory.exact import ExactCurve
from criticalmass.theory.joint_tv import JointCurve

NOWHERE = -1


@dataclass(frozen=True, eq=False)
class Contest:
    """At each point: margin and P(x), both as value at α = 0 and change per α; in records."""

    margin: tuple[Array, Array]
    total: tuple[Array, Array]

    def interval(self, epsilon: float, suboptimality: Suboptimality) -> tuple[Array, Array]:
        """Return the open interval of α in which the wanted label wins for sure."""
        contamination = suboptimality == "contamination"
        penalty = epsilon / (1 - epsilon) if contamination else 2 * epsilon
        start, change = (
            margin - penalty * total if penalty else margin
            for margin, total in zip(self.margin, self.total, strict=True)
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            zero = -start / change
        low = np.where(change > 0, zero, -np.inf)
        high = np.where(change < 0, zero, np.inf)
        flat = change == 0
        return np.where(flat & (start <= 0), np.inf, low), high


def exact_feature_label(
    base: ArrayLike,
    images: ArrayLike,
    target: int,
    *,
    epsilon: float = 0.0,
    suboptimality: Suboptimality = "contamination",
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
    epsilon, suboptimality
        The firm's suboptimality, as in `criticalmass.theory.bounds`.

    Examples
    --------
    One point that has 9 of 100 records, none of them with y*, and gets all 100:

    >>> curve = exact_feature_label([[0, 9]], [100], target=0)
    >>> round(curve.critical_mass(0.9).alpha, 4)  # 9 / 109
    0.0826
    """
    held, mass = _counted(base, images, target)
    ahead, total = _lead(held, target), held.sum(axis=1)
    contest = Contest((ahead, mass - ahead), (total, mass - total))
    return _planted(contest, mass, epsilon, suboptimality)


def exact_feature_only(
    base: ArrayLike,
    images: ArrayLike,
    images_of_target: ArrayLike,
    target: int,
    *,
    epsilon: float = 0.0,
    suboptimality: Suboptimality = "contamination",
) -> ExactCurve | JointCurve:
    """Return the exact curve of the feature-only strategy.

    At an image point x', P(x', y*) = (1 − α) P₀(x', y*) + α P₀(g⁻¹(x'), y*), and P(x', y) =
    P₀(x', y) for other y. Success at a point can fall as α grows.

    Parameters
    ----------
    base, images, target, epsilon, suboptimality
        As in `exact_feature_label`.
    images_of_target
        Records with y* that the signal leads to each point, (points,): P₀(g⁻¹(x'), y*).
    """
    held, mass = _counted(base, images, target)
    arriving = np.asarray(images_of_target, dtype=float)
    if arriving.shape != mass.shape or not np.all((arriving >= 0) & (arriving <= mass)):
        raise ParameterError("images_of_target counts some of the records in images")
    gain = arriving - held[:, target]
    contest = Contest((_lead(held, target), gain), (held.sum(axis=1), gain))
    return _planted(contest, mass, epsilon, suboptimality)


def exact_erasure(
    base: ArrayLike,
    image: ArrayLike,
    *,
    epsilon: float = 0.0,
    suboptimality: Suboptimality = "contamination",
) -> ExactCurve | JointCurve:
    """Return the exact curve of the erasure strategy, whose members know P₀(y|g(x)).

    P(x, y) = (1 − α) P₀(x, y) + α P₀(x) 1[y = ŷ(x)] with ŷ(x) = argmax_y P₀(y|g(x)). Success counts
    points where ŷ wins for sure at x and at g(x), and those where g(x) = x. At ε = 0 that is all of
    Pr{f(x) = f(g(x))}; an ε-optimal firm might also predict another label at both, so that for
    ε > 0 this is a floor that cannot be improved by looking at points one by one.

    Parameters
    ----------
    base
        Records of each cell by label, (cells, k): P₀(x, y).
    image
        The cell that the signal leads each cell to, (cells,).
    epsilon, suboptimality
        The firm's suboptimality, as in `criticalmass.theory.bounds`.

    Raises
    ------
    ParameterError
        If the map is not idempotent, or leads to where nobody is.
    """
    held = np.asarray(base, dtype=float)
    held, totals = _counted(held, held.sum(axis=-1), 0)
    leads_to = np.asarray(image)
    if leads_to.shape != totals.shape or not np.issubdtype(leads_to.dtype, np.integer):
        raise ParameterError("image names, for each cell, the row of the cell it is led to")
    if (leads_to >= len(held)).any() or (leads_to < NOWHERE).any():
        raise ParameterError(f"image leads to rows from 0 to {len(held) - 1}")
    lost = int(((leads_to == NOWHERE) | (totals[leads_to] == 0)).sum())
    if lost:
        raise ParameterError(
            f"the map leads {lost} cells to where no record is, so that what the firm predicts "
            "there is not determined"
        )
    if (leads_to[leads_to] != leads_to).any():
        raise ParameterError("the map is not idempotent: g(g(x)) differs from g(x)")
    wanted = held.argmax(axis=1)[leads_to]
    ahead = _lead(held, wanted)
    contest = Contest((ahead, totals - ahead), (totals, np.zeros_like(totals)))
    moved = np.flatnonzero(leads_to != np.arange(len(held)))
    still = totals.sum() - totals[moved].sum()
    check_epsilon(epsilon, suboptimality)
    _refuse_published(suboptimality)
    if suboptimality == "joint-tv" and epsilon > 0:
        return JointCurve(
            _rows(contest.margin, moved), totals[moved], totals.sum(), epsilon,
            still=still, image=leads_to[moved], image_margin=contest.margin,
        )  # fmt: skip
    low, high = contest.interval(epsilon, suboptimality)
    there = leads_to[moved]
    return ExactCurve(
        np.append(np.maximum(low[moved], low[there]), -np.inf),
        np.append(np.minimum(high[moved], high[there]), np.inf),
        np.append(totals[moved], still),
        totals.sum(),
    )


def _planted(
    contest: Contest, mass: Array, epsilon: float, suboptimality: Suboptimality
) -> ExactCurve | JointCurve:
    check_epsilon(epsilon, suboptimality)
    _refuse_published(suboptimality)
    if suboptimality == "joint-tv" and epsilon > 0:
        return JointCurve(contest.margin, mass, mass.sum(), epsilon)
    low, high = contest.interval(epsilon, suboptimality)
    return ExactCurve(low, high, mass, mass.sum())


def _refuse_published(suboptimality: Suboptimality) -> None:
    if suboptimality == "published":
        raise ParameterError(
            "the exact value needs to know what epsilon means: contamination, conditional-tv or "
            "joint-tv; the published formula names joint-tv"
        )


def _counted(base: ArrayLike, images: ArrayLike, target: int) -> tuple[Array, Array]:
    held, mass = np.asarray(base, dtype=float), np.asarray(images, dtype=float)
    if held.ndim != 2 or held.shape[1] < 2 or mass.shape != (len(held),):
        raise ParameterError(
            f"expected records (points, labels) and images (points,), "
            f"not shapes {held.shape} and {mass.shape}"
        )
    for numbers in (held, mass):
        if not np.all((numbers >= 0) & (numbers < np.inf)):
            raise ParameterError("numbers of records are finite and not negative")
    if not mass.sum() > 0:
        raise ParameterError("there are no records")
    if not 0 <= target < held.shape[1]:
        raise ParameterError(f"target is a column from 0 to {held.shape[1] - 1}, not {target}")
    return held, mass


def _lead(held: Array, wanted: int | NDArray[np.intp]) -> Array:
    """Return by how much the wanted label is ahead of the best other one."""
    rows = np.arange(len(held))
    others = held.copy()
    others[rows, wanted] = -np.inf
    return np.asarray(held[rows, wanted] - others.max(axis=1))


def _rows(pair: tuple[Array, Array], rows: NDArray[np.intp]) -> tuple[Array, Array]:
    return pair[0][rows], pair[1][rows]
