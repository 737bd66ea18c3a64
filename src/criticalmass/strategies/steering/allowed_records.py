"""What members may do to their records when they steer a model, and which records that allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array
from criticalmass.errors import DataError, ParameterError, require_choice
from criticalmass.fields import check_fields
from criticalmass.risks.risk import Risk
from criticalmass.risks.sample import Sample

Records = Literal["observed", "bounded", "free"]
Labels = Literal["free", "fixed"]
MOST_GROUPS = 30
"""With fixed labels people are divided by label into so many groups at most."""
FREE = 100.0
"""Free numbers are numbers of up to so many times the observed range."""


@dataclass(frozen=True)
class Allowed:
    """What members may do to their records when they steer a model.

    Parameters
    ----------
    records
        ``"observed"``: report the features of a record that exists, somebody's.
        ``"bounded"``: any numbers in the box. ``"free"``: any numbers at all.
    labels
        ``"free"``: report any label. ``"fixed"``: keep one's own.
    box
        For ``"bounded"``: lowest and highest number of every column, as the firm sees it (columns
        of numbers in standard deviations). By default each column's own range among the records.
    changes, holds
        A member holds so many records, and changes at most so many of them.

    Examples
    --------
    >>> Allowed("bounded", box=(-2.0, 2.0))
    Allowed(records='bounded', labels='free', box=(-2.0, 2.0), changes=1, holds=1)
    """

    records: Records = "observed"
    labels: Labels = "free"
    box: tuple[float, float] | None = None
    changes: int = 1
    holds: int = 1

    def __post_init__(self) -> None:
        check_fields(self)
        require_choice("records", self.records, ("observed", "bounded", "free"))
        require_choice("labels", self.labels, ("free", "fixed"))
        if self.box is not None and not -np.inf < self.box[0] < self.box[1] < np.inf:
            raise ParameterError(f"box is a lowest and a highest number, not {self.box}")
        if self.box is not None and self.records != "bounded":
            raise ParameterError(f'a box is for records = "bounded", not {self.records!r}')
        if not 1 <= self.changes <= self.holds:
            raise ParameterError(
                f"a member who holds {self.holds} records cannot change {self.changes} of them"
            )

    def in_words(self) -> str:
        """Return what members may report at a time, and with which label.

        Examples
        --------
        >>> Allowed("bounded", "fixed", box=(-2.0, 2.0)).in_words()
        'numbers between -2 and 2, and each their own label'
        """
        record = {
            "observed": "one that exists",
            "bounded": "numbers within the usual range",
            "free": "any numbers",
        }[self.records]
        if self.box is not None:
            record = "numbers between {:g} and {:g}".format(*self.box)
        label = {"free": "any label", "fixed": "each their own label"}[self.labels]
        return f"{record}, and {label}"

    @property
    def part(self) -> float:
        """Share of a member's records that can change."""
        return self.changes / self.holds

    def range_of(self, sample: Sample) -> tuple[Array, Array]:
        """Return the lowest and highest number of every column, (d,) each."""
        if self.box is not None:
            d = sample.x.shape[1]
            return np.full(d, self.box[0]), np.full(d, self.box[1])
        low, high = sample.x.min(axis=0), sample.x.max(axis=0)
        if self.records == "free":
            far = FREE * np.maximum(np.maximum(high - low, abs(low)), abs(high)).clip(min=1.0)
            return -far, far
        return low, high


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of people who can play the same records: everybody, or those who hold one label.

    Parameters
    ----------
    outcomes
        The different outcomes y that records hold, (v, k).
    of_record
        Each record's group, (n,).
    of_outcome
        The group that can report each outcome, (v,).
    shares
        Share of the population in each group, (L,).
    """

    outcomes: Array
    of_record: NDArray[np.intp]
    of_outcome: NDArray[np.intp]
    shares: Array

    @classmethod
    def of(cls, sample: Sample, labels: Labels) -> Groups:
        """Return the groups of a sample's records.

        Raises
        ------
        DataError
            If labels are fixed and there are more than `MOST_GROUPS`.
        """
        different, number = np.unique(sample.y, axis=0, return_inverse=True)
        number = number.reshape(-1).astype(np.intp)
        if labels == "free":
            if sample.y.shape[1] == 1:  # gradients are linear in y: the ends are enough
                different = different[[0, -1]] if len(different) > 1 else different
            one = np.zeros(len(different), dtype=np.intp)
            return cls(different, np.zeros(len(sample), dtype=np.intp), one, np.ones(1))
        shares = np.bincount(number, sample.shares(), len(different)).astype(float)
        # a label that nobody holds can be kept by nobody; its records, of no weight, go anywhere
        held = shares > 0
        different, shares = different[held], shares[held]
        number = np.maximum(np.cumsum(held) - 1, 0)[number]
        if len(different) > MOST_GROUPS:
            raise DataError(
                f'labels = "fixed" is for {MOST_GROUPS} different labels at most; these records '
                f"hold {len(different):,}"
            )
        return cls(different, number, np.arange(len(different)), shares)

    def means(self, values: Array, shares: Array) -> Array:
        """Return the mean of values (n, p) in each group, (L, p)."""
        levels = len(self.shares)
        total = np.stack(
            [
                shares[self.of_record == level] @ values[self.of_record == level]
                for level in range(levels)
            ]
        )
        weight = np.bincount(self.of_record, shares, levels)
        return np.asarray(total / np.maximum(weight, 1e-300)[:, None])


def observed(sample: Sample, groups: Groups) -> tuple[NDArray[np.intp], Array, NDArray[np.intp]]:
    """Return every different record that exists, with every outcome, and who can play it.

    Returns
    -------
    rows, outcomes, groups
        A row of the sample with these features, (c,); the outcome, (c, k); the group, (c,).
    """
    rows = np.unique(sample.x, axis=0, return_index=True)[1]
    v = len(groups.outcomes)
    y = np.repeat(groups.outcomes, len(rows), axis=0)
    return np.tile(rows, v), y, np.repeat(groups.of_outcome, len(rows))


def check_one_predictor(risk: Risk, allowed: Allowed) -> None:
    """Raise `DataError` if any numbers may be reported and the firm has several predictors."""
    if allowed.records != "observed" and risk.loss == "multinomial":
        raise DataError(
            f'records = "{allowed.records}" needs a model with one predictor; for multinomial '
            'loss use records = "observed"'
        )
