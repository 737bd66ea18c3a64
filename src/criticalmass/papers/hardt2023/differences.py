"""Differences of success between two studies, and a clean model's quality, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from criticalmass.intervals.clopper_pearson import lower_limit, upper_limit
from criticalmass.studies import Row

Quality = Literal["accuracy", "precision", "recall"]
Interval = tuple[float, float, float]
"""A number and both ends of its interval; nan where there is none."""

UNKNOWN: Interval = (np.nan, np.nan, np.nan)
_SURE = 0.95


def clean_quality(rows: Sequence[Row], quality: Quality) -> Interval:
    """Return the mean quality of models without a collective, and its 95 % interval.

    Models that are alike in accuracy, precision and recall are one model, trained several times.
    The interval covers that other test records could have been drawn (Clopper and Pearson's, as if
    each record were wholly right or wholly wrong) and how models differ (Student's).
    """
    clean = [row for row in rows if row.members == 0 and not row.error]
    models = {(row.accuracy, row.precision, row.recall): row for row in clean}.values()
    values = np.array([_quality(row, quality) for row in models])
    if not len(values) or np.isnan(values).any():
        return UNKNOWN
    mean, n = float(values.mean()), min(row.n for row in models)
    below = mean - float(lower_limit(mean * n, n, 1 - (1 - _SURE) / 2))
    above = float(upper_limit(mean * n, n, 1 - (1 - _SURE) / 2)) - mean
    half = 0.0
    if len(values) > 1:
        half = float(_quantile(_SURE, len(values) - 1) * values.std(ddof=1) / len(values) ** 0.5)
    low, high = mean - np.hypot(below, half), mean + np.hypot(above, half)
    return mean, max(float(low), 0.0), min(float(high), 1.0)


def _quality(row: Row, quality: Quality) -> float:
    return {"accuracy": row.accuracy, "precision": row.precision, "recall": row.recall}[quality]


def difference(one: Sequence[Row], two: Sequence[Row], measure: str) -> Interval:
    """Return by how much mean success over all sizes differs, and its 95 % interval.

    Both were tried on one grid; sizes are matched in their order on it, and only those with two
    results in both count. The interval is Welch's: trials scatter most where success rises. Where
    all repetitions gave the same, it is that of the number of test records.
    """
    cells = _cells(one, two, measure)
    if not len(cells):
        return UNKNOWN
    mean = float((cells[:, 0, 0] - cells[:, 1, 0]).mean())
    half = _half(cells, _SURE)
    return mean, max(mean - half, -1.0), min(mean + half, 1.0)


def differences_by_size(
    one: Sequence[Row], two: Sequence[Row], measure: str
) -> NDArray[np.float64]:
    """Return by how much success differs at each size, with intervals that hold all at once.

    Returns
    -------
    ndarray, shape (sizes, 3)
        The differences, the lower and the upper ends; Bonferroni's correction of Welch's intervals.
    """
    cells = _cells(one, two, measure)
    sure = 1 - (1 - _SURE) / max(len(cells), 1)
    gaps = cells[:, 0, 0] - cells[:, 1, 0]
    halves = np.array([_half(cell[None], sure) for cell in cells])
    low, high = np.maximum(gaps - halves, -1), np.minimum(gaps + halves, 1)
    return np.stack([gaps, low, high], axis=1)


def _half(cells: NDArray[np.float64], sure: float) -> float:
    """Return half the width of the interval of a mean difference over sizes."""
    errors, freedom, records = np.moveaxis(cells[..., 1:], -1, 0)
    total = float(errors.sum())
    scatter = 0.0
    if total:
        scatter = _quantile(sure, total**2 / float((errors**2 / freedom).sum())) * np.sqrt(total)
    # the same test records at every size: what they err by does not average out
    tested = float(norm.ppf((1 + sure) / 2) * np.hypot(*np.sqrt(records).sum(axis=0)))
    return float(np.hypot(scatter, tested)) / len(cells)


def _cells(one: Sequence[Row], two: Sequence[Row], measure: str) -> NDArray[np.float64]:
    """Return what is known of each size: shape (sizes, 2, 4).

    The mean success of both, its variance between repetitions, that variance's degrees of freedom,
    and the variance from test records, 0 where repetitions differ.
    """
    both = zip(_by_size(one, measure), _by_size(two, measure), strict=True)
    cells = [[_cell(a, measure), _cell(b, measure)] for a, b in both if len(a) > 1 < len(b)]
    return np.array(cells).reshape(-1, 2, 4)


def _cell(rows: Sequence[Row], measure: str) -> tuple[float, float, float, float]:
    rates = np.array([row.rate(measure) for row in rows])
    mean, error = float(rates.mean()), float(rates.var(ddof=1)) / len(rates)
    n = min(row.n for row in rows)
    middle = (mean * n + 1) / (n + 2)  # never or always is not certain
    return mean, error, len(rows) - 1, 0.0 if np.ptp(rates) else middle * (1 - middle) / (n + 2)


def _by_size(rows: Sequence[Row], measure: str) -> list[list[Row]]:
    sizes = sorted({row.asked for row in rows if row.members})
    return [[row for row in rows if row.asked == size and not row.error] for size in sizes]


def _quantile(sure: float, freedom: float) -> float:
    """Return how many standard errors Student's interval reaches to either side."""
    return float(t.ppf((1 + sure) / 2, freedom))
