"""Definition 1 as written: the least α with which any strategy at all succeeds."""

from __future__ import annotations

from typing import Unpack

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.errors import ParameterError
from criticalmass.theory.contests import TIE, checked_records, lead_of, with_a_meaning
from criticalmass.theory.exact import ExactCurve
from criticalmass.theory.knapsack import frontier
from criticalmass.theory.suboptimality import EpsilonWithSense, Suboptimality


def exact_best(
    base: ArrayLike,
    images: ArrayLike,
    target: int,
    **epsilon: Unpack[EpsilonWithSense],
) -> ExactCurve:
    """Return the most success that any strategy brings about, for every α at once.

    Members are a cross-section of everybody, and report whatever they like. To win at the image x'
    takes α P*(x', y*) > (1 − α) d₊, where d is the lead of the strongest rival there; success S is
    possible iff α/(1 − α) exceeds the least Σ d₊ over images that stand for a share S of the marked
    records: a 0/1 knapsack. `criticalmass.strategies.Targeted` does it. With ε, d becomes
    (d + λP₀(x'))/(1 − λ), λ being `Suboptimality.lead`.

    With very many images and different leads it is the relaxation: no strategy succeeds more,
    and one succeeds as much but for one image.

    Parameters
    ----------
    base, images, target, **epsilon
        As in `exact_feature_label`. Under joint-tv no such curve is known.

    Raises
    ------
    ParameterError
        If ε is one in joint-tv.

    Examples
    --------
    Two points, with 9 and with 90 of 1,000 records that say no; half of all are led to each:

    >>> best = exact_best([[0, 9], [0, 90]], [500, 500], target=0)
    >>> best.critical_mass(0.5).alpha.__round__(4)  # 9 / 1009: all members at the first point
    0.0089
    >>> from criticalmass.theory import exact_feature_label
    >>> exact_feature_label([[0, 9], [0, 90]], [500, 500], target=0).critical_mass(
    ...     0.5
    ... ).alpha.__round__(4)  # equation 1: only half of them are led there
    0.0177
    """
    slack = with_a_meaning(Suboptimality.of(**epsilon))
    if slack.is_joint:
        raise ParameterError(
            "no best strategy is known against a firm that is wrong by epsilon in joint-tv; "
            "contamination and conditional-tv have one"
        )
    counts, mass = checked_records(base, images, target)
    size = float(mass.sum())
    there = counts.sum(axis=1)
    needed = slack.lead * there - lead_of(counts, target)
    needed[needed <= TIE * (there + mass)] = 0
    costs, weights, _ = frontier(needed / (1 - slack.lead), mass)
    with np.errstate(divide="ignore"):
        low = np.where(costs > 0, costs / (costs + size), -np.inf)
    return ExactCurve(low, np.full_like(low, np.inf), np.diff(weights, prepend=0.0), size)
