"""What the theorems take for granted, from records: ξ, Δ, p and τ, with confidence limits.

The records are a sample of P₀. A value says what they are like; a limit holds for P₀ with the
wanted confidence, whatever P₀ is. Cells that were seen a few times say little about their labels:
instead of letting one of them decide a maximum or a minimum, they are counted as the worst case, in
proportion to their share. Where cells are chosen for what was seen in them, one half of the records
chooses and the other half measures. Derivations: docs/theory.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta

from criticalmass.curves.estimated import Estimate
from criticalmass.curves.guarantee import Array
from criticalmass.errors import ParameterError

Counts = NDArray[np.int64]
WELL_SEEN = 20
"""Cells with fewer records than this count as the worst case."""


def upper_limit(hits: ArrayLike, n: ArrayLike, confidence: float) -> Array:
    """Return the exact (Clopper–Pearson) upper confidence limit of a probability.

    Examples
    --------
    >>> float(upper_limit(0, 100, 0.95).round(4))  # never seen in 100 is not impossible
    0.0295
    """
    k, size = np.asarray(hits, dtype=float), np.asarray(n, dtype=float)
    with np.errstate(invalid="ignore"):
        limit = beta.ppf(confidence, k + 1, np.maximum(size - k, 1e-300))
    return np.asarray(np.where(k >= size, 1.0, limit))


def lower_limit(hits: ArrayLike, n: ArrayLike, confidence: float) -> Array:
    """Return the exact (Clopper–Pearson) lower confidence limit of a probability."""
    k, size = np.asarray(hits, dtype=float), np.asarray(n, dtype=float)
    return np.asarray(1 - upper_limit(size - k, size, confidence))


def uniqueness(carrying: int, n: int, confidence: float) -> Estimate:
    """Estimate ξ from how many of n records carry the signal already.

    Examples
    --------
    >>> uniqueness(0, 1000, confidence=0.95)
    Estimate(name='uniqueness', value=0.0, limit=0.00299..., driver='0 of 1,000 records carry ...)
    """
    check_confidence(confidence)
    limit = carrying / n if confidence == 1 else float(upper_limit(carrying, n, confidence))
    driver = f"{carrying:,} of {n:,} records carry the signal already"
    return Estimate("uniqueness", carrying / n, limit, driver)


def gap(counts: Counts, target: int, confidence: float, *, seed: int = 0) -> Estimate:
    """Estimate Δ, by how much another label beats y* on the signal set.

    The bounds need the mean of the gap over the signal set, of which the maximum is a limit. Here
    cells that are not well seen count with a gap of 1, in proportion to their records.

    Parameters
    ----------
    counts
        Records by cell and label, (cells, k), of the cells that carry the signal.
    target
        Column of y*.
    confidence
        Probability that the limit holds; 1 if the records are the population.
    seed
        Decides which half of the records chooses the cells.
    """
    check_confidence(confidence)
    if confidence == 1:
        gaps = _gaps(_shares(counts), target)
        worst = int(gaps.argmax()) if len(gaps) else -1
        value = float(gaps[worst]) if worst >= 0 else 0.0
        return Estimate("gap", value, value, _cell_in_words(counts, worst), worst)
    choosing, measuring = _halves(counts, seed)
    seen = np.flatnonzero(choosing.sum(axis=1) >= WELL_SEEN / 2)
    n, rest = int(measuring.sum()), int(measuring.sum() - measuring[seen].sum())
    if not len(seen) or not n:
        return Estimate("gap", 1.0, 1.0, f"no cell that carries it has {WELL_SEEN} records")
    tail, labels = (1 - confidence) / 2, counts.shape[1]
    each = 1 - tail / len(seen) / (labels if labels > 2 else 1)
    totals = counts[seen].sum(axis=1)
    low = lower_limit(counts[seen, target], totals, each)
    others = np.delete(counts[seen], target, axis=1).max(axis=1)
    high = upper_limit(others, totals, each) if labels > 2 else 1 - low
    gaps = np.clip(high - low, 0, 1)
    worst = int(gaps.argmax())
    apart = float(upper_limit(rest, n, 1 - tail))
    limit = gaps[worst] + (1 - gaps[worst]) * apart
    observed = _gaps(_shares(counts[seen]), target).max()
    value = observed + (1 - observed) * (1 - totals.sum() / counts.sum())
    driver = _cell_in_words(counts, int(seen[worst]))
    if rest:
        driver += f"; {rest / n:.2g} of those who carry it are in cells with few records"
    return Estimate("gap", float(value), float(limit), driver, int(seen[worst]))


def positivity(
    counts: Counts, target: int, confidence: float, *, success: float = 0.9, seed: int = 0
) -> tuple[Estimate, Estimate]:
    """Estimate p, a lower limit of P₀(y*|x) on a region R, and ρ, the share outside R.

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
    totals, tail = choosing.sum(axis=1), (1 - confidence) / 2
    held = choosing[:, target]
    if known:
        shares = held / np.maximum(totals, 1)
    else:
        shares = np.where(
            totals >= WELL_SEEN / 2, lower_limit(held, totals, 1 - tail / len(counts)), 0.0
        )
    order = np.argsort(-shares, kind="stable")
    inside = np.cumsum(totals[order]) / totals.sum()
    worth = shares[order] * np.maximum(inside - success, 0)
    last = int(worth.argmax())
    if known and last < len(order) - 1 and shares[order[-1]] > 0:
        whole = shares[order[-1]] * (1 - success) / (1 - shares[order[-1]] or 1)
        last = len(order) - 1 if whole >= worth[last] else last
    region = order[: last + 1]
    n, outside = int(measuring.sum()), int(measuring.sum() - measuring[region].sum())
    rho = outside / n if known else float(upper_limit(outside, n, 1 - tail))
    out = Estimate(
        "outside",
        outside / n,
        min(rho, 1.0),
        f"{outside:,} of {n:,} records are outside the region",
    )
    if worth[last] <= 0:
        few = "too few records share a cell, or too many cells never have the target label"
        return Estimate("positivity", 0.0, 0.0, few), Estimate("outside", 0.0, 0.0, "no region")
    there = measuring[region]
    point = counts[region, target] / counts[region].sum(axis=1)
    low = point
    if not known:
        low = lower_limit(there[:, target], there.sum(axis=1), 1 - tail / len(region))
    worst = int(low.argmin())
    driver = _cell_in_words(counts, int(region[worst]))
    p = Estimate("positivity", float(point.min()), float(low[worst]), driver, int(region[worst]))
    return p, out


def sensitivity(counts: Counts, image: NDArray[np.intp], confidence: float) -> Estimate:
    """Estimate τ = E max_y |P₀(y|x) − P₀(y|g(x))|.

    The value is the plug-in estimate, which chance makes too large where cells have few records.
    The limit adds McDiarmid's bound for the labels and Hoeffding's for the records.

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
    apart = np.abs(shares - shares[image]).max(axis=1)
    value = float(totals @ apart / n)
    worst = int((totals * apart).argmax())
    limit = value
    if confidence < 1:
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
        raise ParameterError(
            f"confidence is a probability above 0, or 1 for known parameters, not {confidence:g}"
        )


def named(estimate: Estimate, name_of: Callable[[int], str]) -> Estimate:
    """Name the cell that decides an estimate."""
    if estimate.cell < 0:
        return estimate
    return replace(estimate, driver=f"{name_of(estimate.cell)}: {estimate.driver}")


def _halves(counts: Counts, seed: int) -> tuple[Counts, Counts]:
    """Divide the records at random into two halves."""
    flat, rng = counts.reshape(-1), np.random.default_rng(seed)
    if not flat.sum():
        return counts, counts
    chosen = rng.multivariate_hypergeometric(flat, int(flat.sum()) // 2, method="marginals")
    return chosen.reshape(counts.shape), (flat - chosen).reshape(counts.shape)


def _shares(counts: Counts) -> Array:
    return np.asarray(counts / np.maximum(counts.sum(axis=1), 1)[:, None])


def _gaps(shares: Array, target: int) -> Array:
    return np.asarray(shares.max(axis=1, initial=0) - shares[:, target])


def _cell_in_words(counts: Counts, cell: int) -> str:
    if cell < 0:
        return "no record carries the signal"
    each = ", ".join(f"{n:,}" for n in counts[cell])
    return f"{counts[cell].sum():,} records by label: {each}"
