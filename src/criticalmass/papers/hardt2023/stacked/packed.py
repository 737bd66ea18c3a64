"""`Packed`: what one folder brings to the card: texts as token numbers, weights, planned trials.

The folder holds ``plan.json`` and ``arrays.npz``. A text is its token numbers and the places where
a marked text has the mark, so a marked form takes a few bytes.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .refusal import Refusal

FORMAT = 1
"""Version of the folder; another one is refused."""
PLAN, ARRAYS = "plan.json", "arrays.npz"
WEIGHTS = "weights/"
"""What the names of weights in ``arrays.npz`` begin with."""


@dataclass(frozen=True)
class Architecture:
    """The sizes of a BERT, and how it is run."""

    width: int
    inner: int
    layers: int
    heads: int
    epsilon: float
    hidden_dropout: float
    attention_dropout: float
    head_dropout: float
    initial: float


@dataclass(frozen=True)
class Recipe:
    """How a trial is trained: AdamW without decay, its rate falling linearly to zero."""

    epochs: int
    batch_size: int
    learning_rate: float
    max_length: int
    precision: str


@dataclass(frozen=True)
class Trial:
    """A planned trial: who takes part, and what it is called in the study it belongs to.

    Parameters
    ----------
    number
        Its place in the plan.
    key, study, strategy, asked, repetition, seed
        Of the trial in its study; ``study`` is the name of the study in the plan.
    alpha, members, changed
        The realised share, and how many joined and how many of their records changed.
    target
        The column of the target label.
    relabels
        Whether members' sets of labels become the target alone.
    rows
        The records that changed.
    """

    number: int
    key: str
    study: str
    strategy: str
    asked: float
    repetition: int
    seed: int
    alpha: float
    members: int
    changed: int
    target: int
    relabels: bool
    rows: NDArray[np.int64]

    @property
    def curve(self) -> tuple[str, str]:
        """The study and the strategy: what a curve is drawn for."""
        return self.study, self.strategy


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts as they are and as they are with the mark, side by side.

    Parameters
    ----------
    plain, marked
        Token numbers, (n, max_length), filled up with ``pad``.
    plain_lengths, marked_lengths
        How many of them are the text's own, (n,).
    labels
        Which labels they hold, (n, k).
    """

    plain: NDArray[np.uint16]
    marked: NDArray[np.uint16]
    plain_lengths: NDArray[np.int64]
    marked_lengths: NDArray[np.int64]
    labels: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.plain)


@dataclass(frozen=True, eq=False)
class Packed:
    """What a folder holds, read and checked; make one with `read`."""

    fingerprint: str
    architecture: Architecture
    recipe: Recipe
    labels: tuple[str, ...]
    goal: float
    train: Texts
    test: Texts
    trials: tuple[Trial, ...]
    weights: Mapping[str, NDArray[np.float16]]


def read(folder: Path) -> Packed:
    """Return what a folder holds.

    Raises
    ------
    Refusal
        If it is no such folder, or damaged.
    """
    try:
        text = (folder / PLAN).read_text(encoding="utf-8")
        content = (folder / ARRAYS).read_bytes()
    except OSError as error:
        raise Refusal(
            f"{str(folder)!r} is no packed folder: it needs {PLAN} and {ARRAYS} ({error}); "
            "`scripts/paper-on-a-gpu pack` makes one"
        ) from error
    try:
        plan = json.loads(text)
        if plan["format"] != FORMAT:
            raise Refusal(
                f"{str(folder / PLAN)!r} is of version {plan['format']}, and this reads {FORMAT}; "
                "pack again"
            )
        if plan["fingerprint"] != fingerprint(plan, content):
            raise Refusal(f"{str(folder)!r} is damaged or was changed; copy it again")
        with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
            return _packed(plan, arrays)
    except (ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile) as error:
        raise Refusal(f"{str(folder)!r} is damaged ({error!r}); copy it again") from error


def fingerprint(plan: Mapping[str, Any], arrays: bytes) -> str:
    """Return the SHA-256 (hex) of a plan and the arrays beside it."""
    rest = {name: value for name, value in plan.items() if name != "fingerprint"}
    digest = hashlib.sha256(json.dumps(rest, sort_keys=True).encode())
    digest.update(hashlib.sha256(arrays).digest())
    return digest.hexdigest()


def _packed(plan: Mapping[str, Any], arrays: Any) -> Packed:
    recipe, labels = Recipe(**plan["recipe"]), tuple(plan["labels"])
    train, test = (
        _texts(arrays, half, recipe.max_length, plan["pad"], plan["mark"], len(labels))
        for half in ("train", "test")
    )
    counts = [trial["changed"] for trial in plan["trials"]]
    rows = np.split(arrays["rows"].astype(np.int64), np.cumsum(counts)[:-1])
    trials = tuple(
        Trial(number, **trial, rows=own)
        for number, (trial, own) in enumerate(zip(plan["trials"], rows, strict=True))
    )
    weights = {
        name.removeprefix(WEIGHTS): arrays[name]
        for name in arrays.files
        if name.startswith(WEIGHTS)
    }
    return Packed(
        plan["fingerprint"],
        Architecture(**plan["architecture"]),
        recipe,
        labels,
        plan["goal"],
        train,
        test,
        trials,
        weights,
    )


def _texts(arrays: Any, half: str, longest: int, pad: int, mark: int, labels: int) -> Texts:
    lengths = arrays[f"{half}/lengths"].astype(np.int64)
    marks = arrays[f"{half}/marks"].astype(np.int64)
    plain = np.full((len(lengths), longest), pad, dtype=np.uint16)
    plain[np.arange(longest) < lengths[:, None]] = arrays[f"{half}/tokens"]
    marked, marked_lengths = with_marks(plain, lengths, arrays[f"{half}/places"], marks, mark)
    bits = np.unpackbits(arrays[f"{half}/labels"], axis=1, count=labels).astype(bool)
    return Texts(plain, marked, lengths, marked_lengths, bits)


def with_marks(
    plain: NDArray[np.uint16],
    lengths: NDArray[np.int64],
    places: NDArray[Any],
    counts: NDArray[np.int64],
    mark: int,
) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """Return the marked forms of texts and their lengths.

    Parameters
    ----------
    plain
        Token numbers, (n, longest), filled up; each ends with a token that ends a text.
    lengths
        How many are a text's own.
    places
        Where marks stand in the marked forms, text after text.
    counts
        How many marks each text has, (n,).
    mark
        The mark's token number.
    """
    longest, marked = plain.shape[1], plain.copy()
    ends = np.cumsum(counts)
    for row, (end, count) in enumerate(zip(ends, counts, strict=True)):
        if not count:
            continue
        own = places[end - count : end].astype(np.int64)
        size = min(int(lengths[row]) + count, longest)
        line = np.zeros(size, dtype=bool)
        line[own] = True
        marked[row, :size][line] = mark
        marked[row, :size][~line] = plain[row, : size - count]
        marked[row, size - 1] = plain[row, lengths[row] - 1]  # the token that ends a text
    return marked, np.minimum(lengths + counts, longest)
