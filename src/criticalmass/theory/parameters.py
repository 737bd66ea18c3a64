"""The parameters of the theorems, from records: ξ, Δ, p and τ, with confidence limits.

The records are a sample of P₀. A value says what they are like; a limit holds for P₀ with the
wanted confidence, whatever P₀ is. Cells that were seen a few times say little about their labels,
so none of them may decide a maximum or a minimum: Δ and τ are means over all records, and p is one
of a few thresholds, with a limit of the share ρ of records that lie below it. Proofs:
docs/proofs.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from criticalmass.arrays import Array
from criticalmass.errors import ParameterError
from criticalmass.intervals import lower_limit, upper_limit
from criticalmass.theory.estimates import Estimate

Counts = NDArray[np.int64]
THRESHOLDS = tuple(0.8 * 0.65**step for step in range(11))
"""The values that a limit of p may take: .8, .52, .338, … .011."""
STEPS = 60
"""Halvings by which a limit is found."""
ODDS = 2.0
"""A fibre speaks for a share above p by how much likelier its labels are at twice the odds."""


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


def opposing(against: int, n: int, confidence: float) -> Estimate:
    """Return u, estimated from how many of n records carry the signal and speak against y*.

    Examples
    --------
    >>> opposing(0, 1000, confidence=0.95)
    Estimate(name='opposing', value=0.0, limit=0.00299..., driver='0 of 1,000 records carry ...)
    """
    check_confidence(confidence)
    if not 0 <= against <= n or n < 1:
        raise ParameterError(f"{against} of {n} records cannot carry the signal")
    limit = against / n if confidence == 1 else float(upper_limit(against, n, confidence))
    driver = f"{against:,} of {n:,} records carry the signal already and have another label"
    return Estimate("opposing", against / n, limit, driver)


def gap(counts: Counts, target: int, confidence: float) -> Estimate:
    """Return Δ, estimated: by how much another label beats y* on the signal set.

    The bounds need no more than the mean gap over the signal set, of which the paper's maximum is
    an upper limit; the mean is what is estimated here, so no single cell can fix it. With the
    labels that truly lead in each cell, the gap is the mean of a number in {−1, 0, 1} of each
    record; the labels that lead among these records make that mean no smaller. The limit is
    Chernoff's for such a mean.

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
        limit = 2 * mean_limit((1 + value) / 2, n, confidence) - 1
    return Estimate("gap", value, limit, _cell_in_words(counts, worst), worst)


def positivity(
    counts: Counts, target: int, confidence: float, *, success: float = 0.9
) -> tuple[Estimate, Estimate]:
    """Return p, and ρ, an upper limit of the share of records on fibres with less than p of y*.

    A fibre holds all records that the signal leads to one point. Each of a few thresholds p gets a
    limit of its ρ; the one that makes the guaranteed critical mass smallest is returned. Let B be
    the fibres that truly have less than p. Given how many records each fibre has, the likelihood
    ratio of its labels, twice the odds against p, is at most 1 on average for each fibre of B, and
    so is the mean of that and 1. Their product over B exceeds 1/δ with probability δ at most
    (Markov), so B is among the sets whose product is less: the largest share of the records that
    such a set has is a knapsack, whose relaxation is used. The limit of P₀(B) is then Clopper and
    Pearson's. Fibres that were never seen may belong to B, too. Thresholds share 80% of the
    doubt equally.

    The rest is for the smallest of all fibres' own limits (Clopper and Pearson, each with 15% of
    the doubt: all those of one set must fail for it to be too large), with the share that may never
    have been seen (5%) as its ρ. That is better where every fibre has many records.

    Parameters
    ----------
    counts
        Records by fibre and label, (fibres, k), of the whole population. Cells will do, too.
    target
        Column of y*.
    confidence
        Probability that both limits hold; 1 if the records are the population: p may then be any
        share that a fibre has, and ρ is the mean of (1 − P₀(y*|fibre)/p)₊.
    success
        The success S* for which p is chosen.

    Returns
    -------
    positivity, outside : Estimate
    """
    check_confidence(confidence)
    totals = counts.sum(axis=1)
    hits, n = counts[:, target], int(totals.sum())
    if not n:
        raise ParameterError("there are no records")
    shares = np.where(totals > 0, hits / np.maximum(totals, 1), 1.0)
    if confidence == 1:
        order = np.argsort(shares, kind="stable")
        ps = shares[order]
        below = np.concatenate([[0], np.cumsum(totals[order])[:-1]])
        below_with = np.concatenate([[0], np.cumsum(hits[order])[:-1]])
        with np.errstate(divide="ignore", invalid="ignore"):
            lost = np.where(ps > 0, (below - below_with / ps) / n, 1.0)
        lost = np.clip(lost, 0.0, 1.0)
    else:
        doubt = 1 - confidence
        tail = 0.8 * doubt / len(THRESHOLDS)
        seen = [most_below(hits, totals, p, 1 - 0.7 * tail) for p in THRESHOLDS]
        lost = upper_limit([*np.ceil(seen), 0], n, 1 - 0.3 * tail)
        lost[-1] = upper_limit(0, n, 1 - 0.05 * doubt)
        each = lower_limit(hits[totals > 0], totals[totals > 0], 1 - 0.15 * doubt)
        ps = np.array([*THRESHOLDS, each.min()])
    worth = ps * np.maximum(1 - success - lost, 0)
    best = int(worth.argmax())
    if worth[best] <= 0:
        few = "too few records are led to one point, or at too many the target label is too rare"
        return Estimate("positivity", 0.0, 0.0, few), Estimate("outside", 0.0, 0.0, "no region")
    p, rho = float(ps[best]), min(float(lost[best]), 1.0)

    # what decides: the fibre with the smallest share among those that have p and more
    kept = np.flatnonzero((shares >= p) & (totals > 0))
    cell = int(kept[shares[kept].argmin()]) if len(kept) else int(shares.argmax())
    under = int(totals[shares < p].sum())
    driver = f"{under:,} of {n:,} records are led to where fewer than that have the target label"
    outside = Estimate("outside", under / n if confidence < 1 else rho, rho, driver)
    value = float(shares[cell])
    return Estimate("positivity", value, p, _cell_in_words(counts, cell), cell), outside


def most_below(hits: Counts, totals: Counts, p: float, confidence: float) -> float:
    """Return how many records at most are on fibres with a smaller share of y* than p.

    Parameters
    ----------
    hits, totals
        Records with y*, and all records, by fibre.
    p
        The share, in (0, 1).
    confidence
        Probability that it holds, given ``totals``.

    Examples
    --------
    >>> hits, totals = np.array([400, 10, 0]), np.array([1000, 1000, 30])
    >>> round(most_below(hits, totals, 0.3, confidence=0.95))  # not the first
    1030
    """
    ahead = ODDS * p / (1 - p + ODDS * p)
    evidence = hits * math.log(ahead / p) + (totals - hits) * math.log((1 - ahead) / (1 - p))
    evidence = np.logaddexp(0.0, evidence) - math.log(2)
    doubted = evidence <= 0
    budget = -math.log1p(-confidence) - float(evidence[doubted].sum())
    others = np.flatnonzero(~doubted & (evidence <= budget))  # the rest is in no such set
    order = others[np.argsort(evidence[others] / totals[others], kind="stable")]
    spent = np.concatenate([[0.0], np.cumsum(evidence[order])])
    hidden = np.concatenate([[0.0], np.cumsum(totals[order], dtype=float)])
    return float(totals[doubted].sum() + np.interp(budget, spent, hidden))


def sensitivity(counts: Counts, image: NDArray[np.intp], confidence: float) -> Estimate:
    """Return τ, estimated: E max_y |P₀(y|x) − P₀(y|g(x))|.

    The value is the plug-in estimate, which chance makes too large where cells have few records.
    The limit adds McDiarmid's bound for the labels and Chernoff's for the records, which take the
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
        limit += math.sqrt(room * float(totals @ change**2))
        limit = mean_limit(limit, int(n), 1 - (1 - confidence) / 2)
    return Estimate("sensitivity", value, min(limit, 1.0), _cell_in_words(counts, worst), worst)


def mean_limit(mean: float, n: int, confidence: float) -> float:
    """Return Chernoff's upper limit of the expectation of numbers in [0, 1] with this mean.

    That is the largest μ with n · KL(mean ‖ μ) ≤ ln(1/δ): of n independent numbers, whatever their
    distribution, and never more than Hoeffding's limit.

    Examples
    --------
    >>> [round(mean_limit(mean, 100, 0.95), 4) for mean in (0.0, 0.5, 1.0)]
    [0.0295, 0.6206, 1.0]
    """
    low, high, most = min(mean, 1.0), 1.0, -math.log1p(-confidence) / n
    for _ in range(STEPS):
        middle = (low + high) / 2
        apart = special.rel_entr(mean, middle) + special.rel_entr(1 - mean, 1 - middle)
        low, high = (middle, high) if apart < most else (low, middle)
    return min(high, 1.0)


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


def _shares(counts: Counts) -> Array:
    return np.asarray(counts / np.maximum(counts.sum(axis=1), 1)[:, None])


def _cell_in_words(counts: Counts, cell: int) -> str:
    each = ", ".join(f"{n:,}" for n in counts[cell])
    return f"{counts[cell].sum():,} records by label: {each}"
