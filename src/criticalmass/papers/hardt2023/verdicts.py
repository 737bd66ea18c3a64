"""The paper's claims beside what was measured: ours with an interval, and whether they agree.

One rule for all: a claim is a range of numbers. It agrees where the whole interval of ours lies in
the range, it disagrees where the whole interval lies outside, and all else is not settled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from criticalmass.papers.hardt2023.differences import (
    Quality,
    clean_quality,
    difference,
    differences_by_size,
)
from criticalmass.papers.hardt2023.masses import FittedMass, curves, mass_of
from criticalmass.papers.hardt2023.setup import TARGET
from criticalmass.papers.verdicts import Answer, Claim, Verdict, claims_in, number, side
from criticalmass.studies import Row

Unit = Literal["shares", "heads"]

SURE = 0.95
"""Probability from which on something counts as settled."""


@lru_cache
def claims() -> dict[str, Claim]:
    """Return the paper's claims by id, from ``published.csv``."""
    return claims_in(Path(__file__).parent)


def at_most(
    id: str,
    about: str,
    what: str,
    mass: FittedMass,
    scale: float = 1.0,
    *,
    unit: Unit = "shares",
    of_paper: float = 1.0,
) -> Verdict:
    """Judge the claim that the critical mass lies below its value.

    Parameters
    ----------
    id, about, what
        Of the claim and the verdict.
    mass
        Our critical mass.
    scale
        What makes a share of our data the number of the claim.
    unit
        Whether the claim is about shares or heads.
    of_paper
        How many training résumés there are for each one of the paper's.
    """
    within = -np.inf, claims()[id].value
    return _mass_within(within, id, about, what, mass, scale, unit, of_paper)


def around(
    id: str,
    about: str,
    what: str,
    mass: FittedMass,
    scale: float = 1.0,
    *,
    unit: Unit = "shares",
    of_paper: float = 1.0,
) -> Verdict:
    """Judge the claim that the critical mass is about its value: within a factor of two.

    The parameters are those of `at_most`.
    """
    within = claims()[id].value / 2, claims()[id].value * 2
    return _mass_within(within, id, about, what, mass, scale, unit, of_paper)


def never_reached(
    id: str,
    about: str,
    rows: Sequence[Row],
    measure: str,
    largest: float,
    *,
    of_paper: float = 1.0,
) -> Verdict:
    """Judge the claim that a strategy does not succeed consistently, whatever its size.

    Parameters
    ----------
    id, about
        Of the claim and the verdict.
    rows
        The trials.
    measure
        Whose success.
    largest
        The largest share that could join.
    of_paper
        How many training résumés there are for each one of the paper's. If heads carry over, the
        paper's largest collective is a share of ours that is larger by this; the fitted curve says
        what it would reach.
    """
    fitted = curves(rows, measure)
    mass = mass_of(fitted, largest)
    other = mass_of(fitted, min(largest / of_paper, 1.0)) if of_paper != 1 else mass
    good = [row for row in rows if not row.error]
    tried = max((row.members for row in good), default=0)
    rates = [row.rate(measure) for row in good if row.members == tried > 0]
    if rates:
        about += f", {np.mean(rates):.2f} with {tried:,} people"
    answers = {_probable(each) for each in (mass, other)}
    return Verdict(
        claims()[id],
        about,
        f"probability that no collective reaches {TARGET:.0%}",
        mass.never,
        mass.never_low,
        mass.never_high,
        _together(answers),
        _otherwise(other.never, "shares", of_paper),
    )


def near(id: str, rows: Sequence[Row], value: Quality, within: float) -> Verdict:
    """Judge the claim of a clean model's quality: ours is near it."""
    claim = claims()[id]
    ours, low, high = clean_quality(rows, value)
    answer = side(low, high, claim.value - within, claim.value + within)
    what = f"{value} without a collective"
    return Verdict(claim, f"within {within:g}", what, ours, low, high, answer)


def rises(
    id: str,
    about: str,
    what: str,
    more: Sequence[Row],
    less: Sequence[Row],
    measure: str,
    by: float = 0.0,
) -> Verdict:
    """Judge the claim that success is higher in ``more`` than in ``less``, by ``by`` on average."""
    mean, low, high = difference(more, less, measure)
    return Verdict(claims()[id], about, what, mean, low, high, side(low, high, by, np.inf))


def same(
    id: str,
    about: str,
    what: str,
    one: Sequence[Row],
    two: Sequence[Row],
    measure: str,
    within: float,
) -> Verdict:
    """Judge the claim that success is the same: within a limit on average over all sizes.

    It disagrees, too, where a single size differs by surely more than twice the limit: its interval
    is one of several that hold at once. A size that only may differ by so much settles nothing;
    so few trials at one size would never show that it does not.
    """
    mean, low, high = difference(one, two, measure)
    sizes = differences_by_size(one, two, measure)
    answer = side(low, high, -within, within)
    if ((sizes[:, 1] > 2 * within) | (sizes[:, 2] < -2 * within)).any():
        answer = "disagrees"
    also = ""
    if len(sizes):
        gap, least, most = sizes[np.abs(sizes[:, 0]).argmax()]
        also = f"at one size {number(gap)}, {number(least)} to {number(most)}"
    return Verdict(claims()[id], about, what, mean, low, high, answer, also)


def _mass_within(
    within: tuple[float, float],
    id: str,
    about: str,
    what: str,
    mass: FittedMass,
    scale: float,
    unit: Unit,
    of_paper: float,
) -> Verdict:
    """Judge the claim that a critical mass lies in a range, whether heads or shares carry over."""
    other = of_paper if unit == "shares" else 1 / of_paper
    answers = {
        side(mass.low * scale * carried, mass.high * scale * carried, *within)
        for carried in (1, other)
    }
    ours, low, high = (each * scale for each in (mass.alpha, mass.low, mass.high))
    also = _otherwise(ours * other, unit, of_paper)
    return Verdict(claims()[id], about, what, ours, low, high, _together(answers), also)


def _probable(mass: FittedMass) -> Answer:
    """Say whether no collective reaches the target, for all that the sampler's seed can do."""
    if mass.never_low >= SURE:
        return "agrees"
    return "disagrees" if mass.never_high <= 1 - SURE else "not settled"


def _together(answers: set[Answer]) -> Answer:
    """Return the answer if it is the same whether heads or shares carry over."""
    return answers.pop() if len(answers) == 1 else "another size"


def _otherwise(value: float, unit: Unit, of_paper: float) -> str:
    """Write our number at the paper's size where what the claim is about does not carry over."""
    if of_paper == 1 or math.isnan(value):
        return ""
    return f"{number(value)} if {'heads' if unit == 'shares' else 'shares'} carry over"
