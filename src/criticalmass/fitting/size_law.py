"""`SizeLaw`: how the critical mass, in people, grows with the number of records N.

Two laws are fitted to critical masses of several sizes, each in closed form and for every draw of
what those masses may be. The power law c·N^b is a straight line in logarithms. The other, h + σN,
is h people plus a share σ; theory expects it of penalised linear learners, where h comes from the
penalty and σ from records that carry the mark already.

Three to five sizes cannot tell which of the two holds: a straight line in logarithms fits nearly
anything, and its own range then misses. Therefore `SizeLaw.at` gives two ranges that do not hang on
the choice: the union of both laws' ranges, and an envelope that takes only for granted that from
the largest size on the number grows no slower than not at all, and no faster than the records do.

The verdict is about the sizes that were measured and no others. A share that is too small to be
seen there decides farther out: where the truth is 20 + .001N, three exact measurements from 1,000
to 4,000 give "heads", and ten times 4,000 takes 2.5 times the people.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np

from criticalmass.arrays import Array, Mask
from criticalmass.errors import ParameterError
from criticalmass.phrases import counted

DRAWS = 10_000
"""So many draws of all sizes together; it moves an end of a range by far less than its width."""
FEWEST = 3
"""Two sizes always lie on a line of either law, so they say nothing of it."""
LEAST = 0.02
"""The smallest standard deviation in ln K that counts: whole people are no more exact."""
HEADS, SHARE = 0.25, 0.75
"""Exponents below the first count as heads, above the second as a share."""
SURE = 1.645
"""The verdict looks at the exponent's 90 % interval: so many standard errors to either side."""


class SizeVerdict(Enum):
    """What the exponent says of how the critical mass grows between the measured sizes."""

    HEADS = "hardly at all: it is a number of people"
    SHARE = "nearly as the records do: it is a share of them"
    BETWEEN = "slower than the records, and yet it grows"
    NOT_SETTLED = "the sizes do not settle it"


@dataclass(frozen=True)
class Range:
    """A number and its interval, in people unless it says otherwise.

    Parameters
    ----------
    value
        The median of what it may be.
    low, high
        The interval: from 0 or to infinity where nothing limits it.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class AtSize:
    """What a size law says of one size.

    Parameters
    ----------
    size
        Number of records N that the firm trains on.
    power, mixed
        By the power law, and by h + σN.
    union
        From the lower of both lower ends to the higher of both upper ends; its value is between
        those of both laws (the geometric mean).
    envelope
        The lower end and the upper end that need no law: (low, high).
    """

    size: int
    power: Range
    mixed: Range
    union: Range
    envelope: tuple[float, float]


@dataclass(frozen=True, eq=False)
class SizeLaw:
    """The law of a critical mass over the number of records, from draws at three or more sizes.

    Make one with `SizeLaw.of`. Draws of different sizes are taken for independent; studies that
    share their test records err alike, so the exponent is, if anything, known better than it says.

    Parameters
    ----------
    sizes
        Numbers of records N, ascending, shape (k,).
    draws
        What the critical mass in people may be at each size, shape (draws, k): infinite where no
        collective reaches the target. Less than one person counts as one.
    confidence
        Probability that ranges hold.

    Raises
    ------
    ParameterError
        If there are fewer than three sizes, two are the same, or the draws do not fit them.

    Examples
    --------
    >>> law = SizeLaw((1000, 4000, 16_000), np.array([[20.0, 40.0, 80.0]]))
    >>> round(law.exponent.value, 3), law.verdict.name
    (0.5, 'BETWEEN')
    >>> round(law.at(64_000).power.value)
    160
    """

    sizes: tuple[int, ...]
    draws: Array
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if len(self.sizes) < FEWEST:
            raise ParameterError(
                "a size law takes three sizes or more, and this is "
                f"{counted(len(self.sizes), 'size')}: measure more"
            )
        if list(self.sizes) != sorted(set(self.sizes)) or self.sizes[0] < 1:
            raise ParameterError(
                "the sizes of a size law differ and ascend, each a number of records: not "
                + ", ".join(f"{size:,}" for size in self.sizes)
            )
        if self.draws.ndim != 2 or self.draws.shape[1] != len(self.sizes) or not len(self.draws):
            raise ParameterError(
                f"draws have a column for each of the {len(self.sizes)} sizes, not the shape "
                f"{self.draws.shape}"
            )
        if np.isnan(self.draws).any() or (self.draws < 0).any():
            raise ParameterError("draws of a critical mass are numbers of people, from 0 on")
        if not np.isfinite(np.median(self.draws, axis=0)).all():
            raise ParameterError("at some size most draws of the critical mass are infinite")
        if not 0 < self.confidence < 1:
            raise ParameterError(f"confidence is between 0 and 1, not {self.confidence:g}")

    @classmethod
    def of(
        cls, sizes: Sequence[int], masses: Sequence[Array], *, confidence: float = 0.95
    ) -> SizeLaw:
        """Put together the draws of studies of different sizes, at random and in any order.

        Parameters
        ----------
        sizes
            Numbers of records.
        masses
            For each the draws of its critical mass in people, shape (draws,): any number of them.
        confidence
            Probability that ranges hold.

        Examples
        --------
        >>> SizeLaw.of([400, 100, 200], [np.array([9.0]), np.array([8.0]), np.array([7.0])]).sizes
        (100, 200, 400)
        """
        if len(sizes) != len(masses):
            raise ParameterError(f"{len(sizes)} sizes need as many sets of draws: {len(masses)}")
        rng = np.random.default_rng(0)
        order = np.argsort(sizes, kind="stable")
        columns = [
            np.asarray(masses[j])[(rng.permutation(DRAWS) / DRAWS * len(masses[j])).astype(int)]
            for j in order
        ]
        ordered = tuple(int(sizes[j]) for j in order)
        together = np.column_stack(columns) if columns else np.empty((1, 0))
        return cls(ordered, together, confidence)

    @property
    def spread(self) -> float:
        """How many times as many records the largest size has as the smallest."""
        return self.sizes[-1] / self.sizes[0]

    @cached_property
    def measured(self) -> list[Range]:
        """The critical mass in people at each size."""
        people = np.maximum(self.draws, 1)
        return [self._range(column, np.isinf(column)) for column in people.T]

    @cached_property
    def exponent(self) -> Range:
        """The exponent b of c·N^b, with its interval."""
        _, b = self._power
        return self._range(b, self._infinite, low=-math.inf)

    @cached_property
    def heads(self) -> Range:
        """The people h of h + σN."""
        return self._range(self._mixed[0], self._infinite)

    @cached_property
    def share(self) -> Range:
        """The share σ of h + σN."""
        return self._range(self._mixed[1], self._infinite)

    @cached_property
    def verdict(self) -> SizeVerdict:
        """What the exponent b̂ ± 1.645 standard errors says: heads, a share, between, or neither.

        It is about the measured sizes: farther out heads can become a share.
        """
        if self._infinite.mean() > (1 - self.confidence) / 2:
            return SizeVerdict.NOT_SETTLED
        b = self._power[1][~self._infinite]
        middle, error = float(np.median(b)), SURE * float(b.std())
        low, high = middle - error, middle + error
        if high < HEADS:
            return SizeVerdict.HEADS
        if low > SHARE:
            return SizeVerdict.SHARE
        return SizeVerdict.BETWEEN if low >= HEADS and high <= SHARE else SizeVerdict.NOT_SETTLED

    def at(self, size: int) -> AtSize:
        """Return what the laws say of another number of records; nobody is more than everybody.

        Examples
        --------
        >>> law = SizeLaw((1000, 2000, 4000), np.array([[12.0, 14.0, 18.0]]))
        >>> found = law.at(8000)
        >>> round(found.mixed.value, 6), [round(end, 6) for end in found.envelope]
        (26.0, [18.0, 36.0])
        """
        if size < 1:
            raise ParameterError(f"a size is a number of records, at least 1, not {size}")
        a, b = self._power
        h, share = self._mixed
        with np.errstate(over="ignore", invalid="ignore"):
            by_power = np.clip(np.exp(a + b * math.log(size)), 1, size)
        by_mixed = np.clip(h + share * size, 1, size)
        power, mixed = (self._range(found, self._infinite) for found in (by_power, by_mixed))
        union = Range(
            math.sqrt(power.value * mixed.value),
            min(power.low, mixed.low),
            max(power.high, mixed.high),
        )
        last, times = self.measured[-1], size / self.sizes[-1]
        # fewer than one person are nobody; 0 stays where nothing limits the lower end
        low = max(last.low * min(1.0, times), min(last.low, 1.0))
        high = last.high * max(1.0, times)
        return AtSize(size, power, mixed, union, (min(low, size), min(high, size)))

    @cached_property
    def _infinite(self) -> Mask:
        """Which draws reach the target at some size by no collective."""
        return np.asarray(np.isinf(self.draws).any(axis=1))

    @cached_property
    def _people(self) -> Array:
        """Draws in people, at least one; those that are infinite somewhere stand at the median."""
        people = np.maximum(self.draws, 1)
        return np.where(self._infinite[:, None], np.median(people, axis=0), people)

    @cached_property
    def _errors(self) -> Array:
        """The standard deviation of ln K at each size, (k,)."""
        logs = np.log(self._people[~self._infinite]) if not self._infinite.all() else np.zeros(1)
        return np.asarray(np.maximum(logs.std(axis=0), LEAST))

    @cached_property
    def _power(self) -> tuple[Array, Array]:
        """Return ln c and b of every draw: weighted least squares of ln K on ln N."""
        weight = self._errors**-2.0
        weight = weight / weight.sum()
        x, y = np.log(np.array(self.sizes, dtype=float)), np.log(self._people)
        centred = x - weight @ x
        b = (y * (weight * centred)).sum(axis=1) / (weight @ centred**2)
        return y @ weight - b * (weight @ x), b

    @cached_property
    def _mixed(self) -> tuple[Array, Array]:
        """Return h and σ of every draw: weighted least squares of K on 1 and N, neither below 0.

        With two unknowns the best that is not below 0 is the best of all, or lies on a border.
        """
        n, k = np.array(self.sizes, dtype=float), self._people
        weight = (self._errors * np.median(k, axis=0)) ** -2.0
        weight = weight / weight.sum()
        mean, centred = weight @ n, n - weight @ n
        share = (k * (weight * centred)).sum(axis=1) / (weight @ centred**2)
        heads = k @ weight - share * mean
        only_share = (k @ (weight * n)) / (weight @ n**2)  # h = 0
        only_heads = k @ weight  # σ = 0
        below, falling = heads < 0, share < 0
        return (
            np.where(falling, only_heads, np.where(below, 0.0, heads)),
            np.where(falling, 0.0, np.where(below, only_share, share)),
        )

    def _range(self, values: Array, unknown: Mask, low: float = 0.0) -> Range:
        """Return the median and the ends; draws that are unknown may lie beyond either."""
        tail = (1 - self.confidence) / 2
        down, up = np.where(unknown, low, values), np.where(unknown, np.inf, values)
        middle = float(np.median(values[~unknown])) if not unknown.all() else math.nan
        return Range(middle, _place(down, tail), _place(up, 1 - tail))


def _place(values: Array, part: float) -> float:
    """Return a quantile that is one of the values, since some may be infinite."""
    place = min(max(math.ceil(part * len(values)) - 1, 0), len(values) - 1)
    return float(np.partition(values, place)[place])
