"""Exact success of one collective that acts beside others.

With M groups of shares α_j the firm sees P = α P₁* + Σ α_j P_j* + (1 − α − Σ α_j) P₀. What each
group leads to a point is known, so at every point each label's records are linear in our own share
α, and so are the contests: with the others' shares fixed, success is exact for every α at once.

Where nothing is known of others but their share β, they are taken for a cross-section of everybody
that may send any record. To take a point from us costs them our margin there, in records: a
knapsack with budget β, as under joint-tv, where a margin costs half as much. It is as bad if β is
only an upper limit: of a larger group, some may as well change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Unpack

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array, Rows
from criticalmass.errors import ParameterError
from criticalmass.theory.bound import check_probability
from criticalmass.theory.contests import Contest, with_a_meaning
from criticalmass.theory.exact import ExactCurve
from criticalmass.theory.joint_tv import JointCurve
from criticalmass.theory.suboptimality import EpsilonWithSense, Suboptimality


@dataclass(frozen=True, eq=False)
class Votes:
    """What the firm sees at each point by label, (points, labels), linear in our own share.

    Parameters
    ----------
    start
        Records there without us: those of all others, thinned by the other collectives' shares, and
        what these collectives lead there.
    change
        What changes once as many of us join as can.

    Examples
    --------
    >>> Votes(np.array([[2.0, 6.0]]), np.array([[9.0, -6.0]])).at(0.5).tolist()
    [[6.5, 3.0]]
    """

    start: Array
    change: Array

    def at(self, joined: float) -> Array:
        """Return the records where this part of all who could join has joined."""
        return np.asarray(self.start + joined * self.change)

    def contests(self, rows: Rows, label: Rows) -> Iterator[Contest]:
        """Return a label's contest against each other one; where that is itself, it always wins."""
        parts = self.start[rows], self.change[rows]
        totals = parts[0].sum(axis=1), parts[1].sum(axis=1)
        each = np.arange(len(rows))
        for rival in range(self.start.shape[1]):
            start, change = (part[each, label] - part[:, rival] for part in parts)
            itself = label == rival
            margin = np.where(itself, np.inf, start), np.where(itself, 0.0, change)
            yield Contest(margin, totals)

    def won(self, rows: Rows, label: Rows, lead: float) -> tuple[Array, Array]:
        """Return the open interval in which a label leads all others by more than λ P(x)."""
        ends = [contest.interval(lead) for contest in self.contests(rows, label)]
        low, high = zip(*ends, strict=True)
        return np.max(low, axis=0), np.min(high, axis=0)

    def margins(self, rows: Rows, label: Rows, lead: float) -> tuple[Array, Array]:
        """Return by how much a label leads each other one and λ P(x), (points, labels), linear.

        In records that somebody would have to add for another label to take that away.
        """
        contests = list(self.contests(rows, label))
        start, change = (
            np.column_stack(
                [contest.margin[end] - lead * contest.total[end] for contest in contests]
            )
            for end in (0, 1)
        )
        return start / (1 + lead), change / (1 + lead)


def planted_beside(
    votes: Votes,
    mass: ArrayLike,
    target: int,
    *,
    unknown: float = 0.0,
    **epsilon: Unpack[EpsilonWithSense],
) -> ExactCurve | JointCurve:
    """Return the curve of a signal that is planted while other collectives act.

    Parameters
    ----------
    votes
        What the firm sees at each image.
    mass
        Records that the signal leads to each image, (points,). They add up to the population.
    target
        Column of y*.
    unknown
        β: the share of others of whom nothing else is known, or an upper limit of it. With it the
        curve is a floor that is certified, a `JointCurve`.
    **epsilon
        How far the firm may be from Bayes-optimal, in the keywords of `Suboptimality.of`.

    Examples
    --------
    One image with 9 of 100 records that all say no. We lead everybody there, and so do others who
    report no, a tenth of everybody:

    >>> votes = Votes(np.array([[0, 0.9 * 9 + 0.1 * 100]]), np.array([[90, -0.9 * 9]]))
    >>> curve = planted_beside(votes, [100], target=0).recruited(0.9)
    >>> round(curve.critical_mass(0.9).alpha, 4)  # alone it takes 9/109
    0.1661
    """
    weight = np.asarray(mass, dtype=float)
    slack = with_a_meaning(Suboptimality.of(**epsilon))
    check_probability("unknown", unknown)
    rows, wanted = np.arange(len(weight)), np.full(len(weight), target)
    if unknown or slack.is_joint:
        budget = unknown / 2 + (slack.epsilon if slack.is_joint else 0.0)
        margin = votes.margins(rows, wanted, slack.lead)
        return JointCurve(margin, weight, weight.sum(), budget, whole=True)
    low, high = votes.won(rows, wanted, slack.lead)
    return ExactCurve(low, high, weight, weight.sum())


def erased_beside(
    votes: Votes,
    records: ArrayLike,
    image: Rows,
    reported: Rows,
    *,
    unknown: float = 0.0,
    others: bool = True,
    **epsilon: Unpack[EpsilonWithSense],
) -> ExactCurve | JointCurve:
    """Return the curve of a signal that is erased while other collectives act.

    A record succeeds where one label wins both there and at its image. Beside others that may be
    another one than members report, at different shares: an interval for each label.

    Parameters
    ----------
    votes
        What the firm sees at each cell.
    records
        Records of each cell, (cells,).
    image
        The cell that the signal leads each cell to, (cells,).
    reported
        The label that members report at each cell.
    unknown, **epsilon
        As of `planted_beside`. With ``unknown``, or ε > 0, it is a floor.
    others
        Whether collectives act of which everything is known.

    Raises
    ------
    ParameterError
        If some of the others are known, and others, or a firm under joint-tv, are not.
    """
    totals = np.asarray(records, dtype=float)
    slack = with_a_meaning(Suboptimality.of(**epsilon))
    check_probability("unknown", unknown)
    moved = np.flatnonzero(image != np.arange(len(image)))
    arrive, size = image[moved], totals.sum()
    still = size - totals[moved].sum()
    if unknown or slack.is_joint:
        if others:
            raise ParameterError(
                "a collective that erases beside others that are known has an exact curve only; "
                "leave out those of which nothing is known, and joint-tv"
            )
        budget = unknown / 2 + (slack.epsilon if slack.is_joint else 0.0)
        every = votes.margins(np.arange(len(image)), reported, slack.lead)
        margin = every[0][moved], every[1][moved]
        return JointCurve(
            margin,
            totals[moved],
            size,
            budget,
            still=still,
            image=arrive,
            image_margin=every,
            whole=True,
        )
    lows, highs = [np.full(1, -np.inf)], [np.full(1, np.inf)]
    weights = [np.full(1, still)]
    for label in range(votes.start.shape[1]):
        wanted = np.full(len(moved), label)
        here, there = (votes.won(rows, wanted, slack.lead) for rows in (moved, arrive))
        lows.append(np.maximum(here[0], there[0]))
        highs.append(np.minimum(here[1], there[1]))
        weights.append(totals[moved])
    return ExactCurve(np.concatenate(lows), np.concatenate(highs), np.concatenate(weights), size)
