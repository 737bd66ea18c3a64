"""Records of different lengths, packed end to end: what a transformer reads of many texts."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pooch
from numpy.typing import NDArray

from criticalmass.errors import DataError
from criticalmass.records import Features

Rows = NDArray[np.intp]

FEW = 1000
"""So few records are not worth a file."""
GROUPED = 50
"""Batches among which records of like length are brought together."""


@dataclass(frozen=True, eq=False)
class Sequences:
    """Records of different lengths; an edit replaces some without copying the others.

    Parameters
    ----------
    packs
        Arrays of all steps of many records: token numbers (steps,), or vectors (steps, width).
    pack, start, length
        Where each record lies, (n,) each: in which pack, from which step, how many.
    """

    packs: tuple[NDArray[Any], ...]
    pack: Rows
    start: Rows
    length: Rows

    @classmethod
    def of(cls, values: NDArray[Any], lengths: Rows) -> Sequences:
        """Make them from all steps of all records, one record after another."""
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.intp)
        return cls((values,), np.zeros(len(lengths), dtype=np.intp), starts, lengths)

    def __len__(self) -> int:
        return len(self.length)

    def __getitem__(self, row: int) -> NDArray[Any]:
        start = self.start[row]
        return np.asarray(self.packs[self.pack[row]][start : start + self.length[row]])

    def replaced(self, rows: Rows, others: Sequences) -> Sequences:
        """Return these records with those at ``rows`` replaced by others."""
        pack, start, length = self.pack.copy(), self.start.copy(), self.length.copy()
        pack[rows] = others.pack + len(self.packs)
        start[rows], length[rows] = others.start, others.length
        return Sequences((*self.packs, *others.packs), pack, start, length)

    def padded(self, rows: Rows, fill: int = 0) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Return records side by side, (rows, longest, …), and which steps are theirs."""
        longest = int(self.length[rows].max())
        first = self.packs[0]
        values = np.full((len(rows), longest, *first.shape[1:]), fill, dtype=first.dtype)
        for place, row in enumerate(rows):
            values[place, : self.length[row]] = self[row]
        return values, np.arange(longest) < self.length[rows][:, None]


def tokenize(
    tokenizer: Any, texts: Features, max_length: int, identity: str, *, what: str = "text"
) -> Sequences:
    """Return the token numbers of texts, cut at ``max_length``; many are kept on disk.

    Parameters
    ----------
    tokenizer
        A tokenizer of Hugging Face ``transformers``.
    texts
        The texts, (n,).
    max_length
        Largest number of tokens of a text, with those that mark its beginning and end.
    identity
        Names the tokenizer, for what is kept on disk.
    what
        What to call a text in messages.

    Raises
    ------
    DataError
        If the tokenizer finds no token in a text.
    """

    def make() -> Sequences:
        if not len(texts):
            return Sequences.of(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.intp))
        found = tokenizer(list(texts), truncation=True, max_length=max_length)["input_ids"]
        lengths = np.fromiter((len(one) for one in found), dtype=np.intp, count=len(found))
        return Sequences.of(np.concatenate(found).astype(np.int32), lengths)

    digest = hashlib.sha256(f"tokens:{identity}:{max_length}".encode())
    for text in texts:
        cell = text.encode()
        digest.update(b"%d:" % len(cell) + cell)
    tokens = kept(digest.hexdigest(), make, worthwhile=len(texts) > FEW)
    empty = np.flatnonzero(tokens.length <= tokenizer.num_special_tokens_to_add())
    if len(empty):
        raise DataError(
            f"{what} {empty[0]} has no tokens for this model's tokenizer: "
            f"{texts[empty[0]][:40]!r}; leave it out"
        )
    return tokens


def by_length(lengths: Rows, size: int, rng: np.random.Generator) -> list[Rows]:
    """Return the rows in random batches of records that are about equally long.

    Rows are shuffled, brought in order of length among `GROUPED` batches at a time, and the batches
    shuffled, as `Trainer` of ``transformers`` does with ``group_by_length``.

    Examples
    --------
    >>> lengths = np.array([3, 9, 3, 9])
    >>> [sorted(lengths[rows].tolist()) for rows in by_length(lengths, 2, np.random.default_rng(0))]
    [[3, 3], [9, 9]]
    """
    order = rng.permutation(len(lengths))
    batches = []
    for begin in range(0, len(order), GROUPED * size):
        group = order[begin : begin + GROUPED * size]
        group = group[np.argsort(-lengths[group], kind="stable")]
        batches += [group[i : i + size] for i in range(0, len(group), size)]
    return [batches[i] for i in rng.permutation(len(batches))]


def folder() -> Path:
    """Return where tokens and hidden states are kept: ``CRITICALMASS_CACHE``, or the user's cache.

    It can be deleted at any time; what is needed is computed again.
    """
    chosen = os.environ.get("CRITICALMASS_CACHE")
    return Path(chosen) if chosen else Path(pooch.os_cache("criticalmass")) / "transformer"


def kept(key: str, make: Callable[[], Sequences], *, worthwhile: bool) -> Sequences:
    """Return what ``make`` returns, from disk if it was made before, by whichever process."""
    if not worthwhile:
        return make()
    from filelock import FileLock

    place = folder()
    values, lengths = place / f"{key}.values.npy", place / f"{key}.lengths.npy"
    try:
        place.mkdir(parents=True, exist_ok=True)
        with FileLock(place / f"{key}.lock"):
            if not lengths.exists():  # it is written last: it is there when all is there
                made = make()
                _save(values, made.packs[0])
                _save(lengths, made.length)
        return Sequences.of(np.load(values, mmap_mode="r"), np.load(lengths))
    except OSError as error:
        raise DataError(
            f"cannot keep what is read of the texts in {str(place)!r}: {error}; set the "
            "environment variable CRITICALMASS_CACHE to a folder with room"
        ) from error


def _save(path: Path, array: NDArray[Any]) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".draft")
    try:
        with os.fdopen(handle, "wb") as file:
            np.save(file, array)
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)
