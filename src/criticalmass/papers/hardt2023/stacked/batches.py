"""Which texts trials see at each step: side by side, their inputs have one shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Step:
    """The texts of one step.

    Parameters
    ----------
    rows
        Of each trial, (trials, batch).
    counts
        Which of them count, (batch,); the others fill up the last batch.
    full
        Whether every text has the largest length, so no step is padding.
    """

    rows: NDArray[np.int64]
    counts: NDArray[np.bool_]
    full: bool


def epoch(number: int, full: NDArray[np.bool_], size: int, rngs: Sequence[np.random.Generator]
          ) -> Iterator[Step]:  # fmt: skip
    """Yield the steps of one epoch: every text once in every trial.

    Texts of the largest length come in batches of their own, because they need no mask; what is
    left of them joins the others. Which texts are together each trial draws for itself; at which
    steps there are full batches is the same for all trials.

    Parameters
    ----------
    number
        The epoch's, from 0.
    full
        Which texts have the largest length, marked or not, (n,).
    size
        Texts in a batch.
    rngs
        A generator for each trial.

    Examples
    --------
    >>> rngs = [np.random.default_rng(0), np.random.default_rng(1)]
    >>> steps = list(epoch(0, np.array([True] * 5 + [False] * 2), 2, rngs))
    >>> sorted(step.full for step in steps)
    [False, False, True, True]
    """
    long, short = np.flatnonzero(full), np.flatnonzero(~full)
    whole = len(long) // size * size
    drawn = [rng.permutation(long) for rng in rngs]
    others = [
        rng.permutation(np.concatenate([own[whole:], short]))
        for rng, own in zip(rngs, drawn, strict=True)
    ]
    rest = len(long) - whole + len(short)
    starts = [(True, start) for start in range(0, whole, size)]
    starts += [(False, start) for start in range(0, rest, size)]
    for place in np.random.default_rng(number).permutation(len(starts)):
        is_full, start = starts[place]
        source = drawn if is_full else others
        rows = np.stack([own[start : start + size] for own in source])
        counts = np.arange(size) < rows.shape[1]
        filled = np.pad(rows, ((0, 0), (0, size - rows.shape[1])))
        yield Step(filled.astype(np.int64), counts, is_full)


def steps_of(full: NDArray[np.bool_], size: int) -> int:
    """Return how many steps an epoch has.

    Examples
    --------
    >>> steps_of(np.array([True] * 5 + [False] * 2), 2)
    4
    """
    whole = int(full.sum()) // size
    return whole + -(-(len(full) - whole * size) // size)
