"""The paper's claims beside what was measured: ours with an interval, and whether they agree."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from criticalmass.curves import CriticalMass
from criticalmass.errors import ParameterError
from criticalmass.fitting import FittedCurve
from criticalmass.papers.hardt2023.setup import TARGET
from criticalmass.studies import Row

Answer = Literal["agrees", "disagrees", "not settled", "another size"]

SURE = 0.95
"""Probability from which on something counts as settled."""


@dataclass(frozen=True)
class Claim:
    """One claim of the paper, with the number behind it.

    Parameters
    ----------
    id
        Its name in ``published.csv``.
    text
        The claim, in words.
    value
        The number behind it, nan if there is none.
    source
        Where it is said.
    """

    id: str
    text: str
    value: float
    source: str


@dataclass(frozen=True)
class Verdict:
    """A claim of the paper beside our number, and whether they agree.

    Parameters
    ----------
    claim
        What the paper says.
    about
        Which class, strategy or measure this is about.
    what
        What our number is.
    ours, low, high
        Our number and its 95 % interval; nan where there is none.
    answer
        Whether it agrees.
    """

    claim: Claim
    about: str
    what: str
    ours: float
    low: float
    high: float
    answer: Answer


@lru_cache
def claims() -> dict[str, Claim]:
    """Return the paper's claims by id, from ``published.csv``."""
    with (Path(__file__).parent / "published.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["id"]: Claim(row["id"], row["claim"], float(row["value"] or "nan"), row["source"])
            for row in csv.DictReader(file)
        }


def critical_mass(rows: Sequence[Row], measure: str, largest: float = 1.0) -> CriticalMass:
    """Return the critical mass for `TARGET`, from the fitted curve."""
    outcomes = [row.outcome(measure) for row in rows if not row.error]
    try:
        return FittedCurve.fit(outcomes, largest=largest).critical_mass(TARGET)
    except ParameterError as error:  # too few trials
        return CriticalMass.unreached(TARGET, str(error), never=np.nan)


def at_most(
    id: str,
    about: str,
    what: str,
    mass: CriticalMass,
    scale: float = 1.0,
    *,
    same_size: bool = True,
) -> Verdict:
    """Judge the claim that the critical mass lies below its value.

    A claim about heads is one about the paper's number of résumés: it is not judged at another.
    """
    claim = claims()[id]
    low, high = mass.low * scale, mass.high * scale
    answer: Answer = "not settled"
    if not same_size:
        answer = "another size"
    elif high <= claim.value:
        answer = "agrees"
    elif claim.value < low < np.inf:
        answer = "disagrees"
    return Verdict(claim, about, what, mass.alpha * scale, low, high, answer)


def around(id: str, about: str, what: str, mass: CriticalMass, scale: float = 1.0) -> Verdict:
    """Judge the claim that the critical mass is about its value: within a factor of two."""
    claim = claims()[id]
    low, high = mass.low * scale, mass.high * scale
    answer: Answer = "not settled"
    if claim.value / 2 <= low and high <= 2 * claim.value:
        answer = "agrees"
    elif 2 * claim.value < low < np.inf or high < claim.value / 2:
        answer = "disagrees"
    return Verdict(claim, about, what, mass.alpha * scale, low, high, answer)


def never_reached(
    id: str, about: str, rows: Sequence[Row], measure: str, largest: float
) -> Verdict:
    """Judge the claim that a strategy does not succeed consistently, whatever its size."""
    mass = critical_mass(rows, measure, largest)
    good = [row for row in rows if not row.error]
    tried = max((row.members for row in good), default=0)
    rates = [row.rate(measure) for row in good if row.members == tried > 0]
    if rates:
        about += f", {np.mean(rates):.2f} with {tried:,} people"
    answer: Answer = "not settled"
    if mass.never >= SURE:
        answer = "agrees"
    elif mass.never <= 1 - SURE:
        answer = "disagrees"
    what = f"probability that no collective reaches {TARGET:.0%}"
    return Verdict(claims()[id], about, what, mass.never, np.nan, np.nan, answer)


def near(id: str, rows: Sequence[Row], value: str, within: float) -> Verdict:
    """Judge the claim of a clean model's quality: ours is near it, on average."""
    claim = claims()[id]
    clean = np.array([getattr(row, value) for row in rows if row.members == 0 and not row.error])
    interval = _interval(clean)
    answer: Answer = "not settled"
    if len(clean):
        answer = "agrees" if abs(interval[0] - claim.value) <= within else "disagrees"
    return Verdict(claim, f"within {within:g}", f"{value} without a collective", *interval, answer)


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
    answer: Answer = "not settled"
    if low > 0 and mean >= by:
        answer = "agrees"
    elif high < max(by, 0):
        answer = "disagrees"
    return Verdict(claims()[id], about, what, mean, low, high, answer)


def same(
    id: str,
    about: str,
    what: str,
    one: Sequence[Row],
    two: Sequence[Row],
    measure: str,
    within: float,
) -> Verdict:
    """Judge the claim that success is the same: within a limit on average, twice that anywhere."""
    mean, low, high = difference(one, two, measure)
    apart = max((abs(a.mean() - b.mean()) for a, b in _pairs(one, two, measure)), default=np.nan)
    answer: Answer = "not settled"
    if -within <= low and high <= within and apart <= 2 * within:
        answer = "agrees"
    elif low > within or high < -within:
        answer = "disagrees"
    about += f" (at most {apart:.2f} at one size)"
    return Verdict(claims()[id], about, what, mean, low, high, answer)


def difference(one: Sequence[Row], two: Sequence[Row], measure: str) -> tuple[float, float, float]:
    """Return by how much mean success over all sizes differs, and its 95 % interval.

    Both were tried on one grid; sizes are matched in their order on it, and only those with two
    results in both count. The interval is Welch's: trials scatter most where success rises.
    """
    pairs = _pairs(one, two, measure)
    if not pairs:
        return np.nan, np.nan, np.nan
    mean = float(np.mean([a.mean() - b.mean() for a, b in pairs]))
    parts = np.array([[x.var(ddof=1) / len(x), len(x) - 1] for pair in pairs for x in pair])
    error, squares = parts[:, 0].sum(), (parts[:, 0] ** 2 / parts[:, 1]).sum()
    if not error:
        return mean, mean, mean
    half = float(t.ppf(0.975, error**2 / squares) * np.sqrt(error)) / len(pairs)
    return mean, mean - half, mean + half


def _pairs(
    one: Sequence[Row], two: Sequence[Row], measure: str
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    both = zip(_by_size(one, measure), _by_size(two, measure), strict=True)
    return [(a, b) for a, b in both if len(a) > 1 and len(b) > 1]


def _by_size(rows: Sequence[Row], measure: str) -> list[NDArray[np.float64]]:
    sizes = sorted({row.asked for row in rows if row.members})
    return [
        np.array([row.rate(measure) for row in rows if row.asked == size and not row.error])
        for size in sizes
    ]


def _interval(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the mean, and Student's 95 % interval for it."""
    if len(values) < 2:
        return float(values[0]) if len(values) else np.nan, np.nan, np.nan
    mean = float(values.mean())
    half = float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return mean, mean - half, mean + half
