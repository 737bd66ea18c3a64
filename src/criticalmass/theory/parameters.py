"""The parameters of the theorems, from records: ξ, Δ, p and τ, with confidence limits.

The records are a sample of P₀. A value says what they are like; a limit holds for P₀ with the
wanted confidence, whatever P₀ is. Cells that were seen a few times say little about their labels,
so none of them may decide a maximum or a minimum: Δ and τ are means over all records, and p is the
minimum over a region of cells that are well seen, which one half of the records chooses and the
other half measures. Derivations: docs/theory.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array
from criticalmass.errors import ParameterError
from criticalmass.intervals import lower_limit, upper_limit
from criticalmass.theory.estimates import Estimate

Counts = NDArray[np.int64]
WELL_SEEN = 20
"""Cells with fewer records than this in the half that chooses are outside the region of p."""


def uniqueness(carrying: int, n: int, confidence: float) -> Estimate:
    """Return ξ, estimated from how many of n records carry the signal already.

    Examples
    --------
    >>> uniqueness(0, 1000, confidence=0.95)
    Estimate(name='uniqueness', value=0.0, limit=0.00299..., driver='0 of 1,000 records carry ...)
    """
    check_confidence(confidence)
    if not 0 <= carrying <= n or n < 1:
        raise ParameterError(f"{carrying} of {n} records cannot carry the signal")
    limit = carrying / n if confidence == 1 else float(upper_limit(carrying, n, confidence))
    driver = f"{carrying:,} of {n:,} records carry the signal already"
    return Estimate("uniqueness", carrying / n, limit, driver)


def gap(counts: Counts, target: int, confidence: float) -> Estimate:
    """Return Δ, estimated: by how much another label beats y* on the signal set.

    The bounds need no more than the mean gap over the signal set, of which the paper's maximum is
    an upper limit; the mean is what is estimated here, so no single cell can fix it. Its
    plug-in estimate is too large on average (Jensen); the limit adds McDiarmid's bound, because one
    record changes the sum of all gaps by 2 at most.

    Parameters
    ----------
    counts
        Records by cell and label, (cells, k), of the cells that carry the signal.
    target
        Column of y*.
    confidence
        Probability that the limit holds; 1 if the records are the population.
    """
    check_confidence(confidence)
    n = int(counts.sum())
    if not n:
        return Estimate("gap", 1.0, 1.0, "no record carries the signal")
    behind = counts.max(axis=1) - counts[:, target]
    worst, value = int(behind.argmax()), float(behind.sum() / n)
    limit = value
    if confidence < 1:
        limit += math.sqrt(2 * math.log(1 / (1 - confidence)) / n)
    return Estimate("gap", value, min(limit, 1.0), _cell_in_words(counts, worst), worst)


def positivity(
    counts: Counts, target: int, confidence: float, *, success: float = 0.9, seed: int = 0
) -> tuple[Estimate, Estimate]:
    """Return p, a lower limit of P₀(y*|x) on a region R, and ρ, the share outside R.

    One half of the records chooses R so that the guaranteed critical mass is smallest.

    Parameters
    ----------
    counts
        Records by cell and label, (cells, k), of the whole population.
    target
        Column of y*.
    confidence
        Probability that both limits hold; 1 if the records are the population.
    success
        The success S* for which R is chosen.
    seed
        Decides which half of the records chooses R.

    Returns
    -------
    positivity, outside : Estimate
    """
    check_confidence(confidence)
    known = confidence == 1
    choosing, measuring = (counts, counts) if known else _halves(counts, seed)
    if not counts.sum():
        raise ParameterError("there are no records")
    tail = (1 - confidence) / 2

    # the shares of y*, cell by cell, on the half that chooses
    totals, hits = choosing.sum(axis=1), choosing[:, target]
    if known:
        shares = hits / np.maximum(totals, 1)
    else:
        limits = lower_limit(hits, totals, 1 - tail / len(counts))
        shares = np.where(totals >= WELL_SEEN, limits, 0.0)

    # the region: cells from the largest share on, down to where the critical mass is smallest
    order = np.argsort(-shares, kind="stable")
    inside = np.cumsum(totals[order]) / totals.sum()
    worth = shares[order] * np.maximum(inside - success, 0)
    last = int(worth.argmax())
    if known and last < len(order) - 1 and shares[order[-1]] > 0:  # or all cells, with ρ = 0
        whole = shares[order[-1]] * (1 - success) / (1 - shares[order[-1]] or 1)
        last = len(order) - 1 if whole >= worth[last] else last
    region = order[: last + 1]
    if worth[last] <= 0:
        few = "too few records share a cell, or too many cells never have the target label"
        return Estimate("positivity", 0.0, 0.0, few), Estimate("outside", 0.0, 0.0, "no region")

    # ρ, the share outside the region, on the half that measures
    n, outside = int(measuring.sum()), int(measuring.sum() - measuring[region].sum())
    limit = outside / n if known else float(upper_limit(outside, n, 1 - tail))
    half = "" if known else " of the half that measures"
    driver = f"{outside:,} of {n:,} records{half} are outside the region"
    rho = Estimate("outside", outside / n, min(limit, 1.0), driver)

    # p: its value on all records, its limit on the half that measures
    of_region = measuring[region]
    rates = counts[region, target] / counts[region].sum(axis=1)
    lows = rates
    if not known:
        lows = lower_limit(of_region[:, target], of_region.sum(axis=1), 1 - tail / len(region))
    worst = int(lows.argmin())
    cell = int(region[worst])
    driver = _cell_in_words(counts, cell)
    return Estimate("positivity", float(rates[worst]), float(lows[worst]), driver, cell), rho


def sensitivity(counts: Counts, image: NDArray[np.intp], confidence: float) -> Estimate:
    """Return τ, estimated: E max_y |P₀(y|x) − P₀(y|g(x))|.

    The value is the plug-in estimate, which chance makes too large where cells have few records.
    The limit adds McDiarmid's bound for the labels and Hoeffding's for the records, which take the
    map as given. Maps such as `DropColumn` are made from the records themselves: the limit is for
    the map that these records define, and may be too low every time for the one that P₀ would
    define. A cell with one record counts as 1, because without it the map would not lead there.
    That this is enough was found by simulation; it is not proven.

    Parameters
    ----------
    counts
        Records by cell and label, (cells, k).
    image
        The cell that the map leads each cell to, (cells,).
    confidence
        Probability that the limit holds; 1 if the records are the population.
    """
    check_confidence(confidence)
    totals, shares = counts.sum(axis=1), _shares(counts)
    n = totals.sum()
    if not n:
        raise ParameterError("there are no records")
    apart = np.abs(shares - shares[image]).max(axis=1)
    value = float(totals @ apart / n)
    worst = int((totals * apart).argmax())
    limit = value
    if confidence < 1:
        limit = float(totals @ np.where(totals == 1, 1.0, apart) / n)
        moved = image != np.arange(len(image))
        arriving = np.bincount(image[moved], totals[moved], len(image))
        # Another label for one record of a cell changes τ by at most this:
        change = (moved + arriving / np.maximum(totals, 1)) / n
        room = math.log(2 / (1 - confidence)) / 2
        limit += math.sqrt(room * float(totals @ change**2)) + math.sqrt(room / n)
    return Estimate("sensitivity", value, min(limit, 1.0), _cell_in_words(counts, worst), worst)


def check_confidence(confidence: float) -> None:
    """Raise `ParameterError` unless the confidence is in (0, 1]."""
    if not 0 < confidence <= 1:
        hint = f"; {confidence:g} % is {confidence / 100:g}" if 1 < confidence < 100 else ""
        raise ParameterError(
            f"confidence is a probability above 0, or 1 for known parameters, not {confidence:g}"
            f"{hint}"
        )


def named(estimate: Estimate, name_of: Callable[[int], str]) -> Estimate:
    """Return an estimate with the name of the cell that decides it."""
    if estimate.cell < 0:
        return estimate
    return replace(estimate, driver=name_of(estimate.cell))


def _halves(counts: Counts, seed: int) -> tuple[Counts, Counts]:
    """Return the records in two halves at random, by one coin per record."""
    chosen = np.random.default_rng(seed).binomial(counts, 0.5)
    return chosen, counts - chosen


def _shares(counts: Counts) -> Array:
    return np.asarray(counts / np.maximum(counts.sum(axis=1), 1)[:, None])


def _cell_in_words(counts: Counts, cell: int) -> str:
    each = ", ".join(f"{n:,}" for n in counts[cell])
    return f"{counts[cell].sum():,} records by label: {each}"
