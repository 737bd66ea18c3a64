"""Records of different lengths, packed end to end: what a transformer sees of many texts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Rows
from criticalmass.data.records import Features
from criticalmass.errors import DataError
from criticalmass.learners.cache_folder import cache_folder

FEW = 500
"""The inputs of more records than this are kept in a file."""
GROUPED = 50
"""Records of like length are brought together among so many batches, at most."""
AT_ONCE = 500
"""So many texts are tokenised at a time."""

Allocate = Callable[[tuple[int, ...], Any], NDArray[Any]]
"""Makes an array of a shape and a type, in memory or on disk."""


@dataclass(frozen=True, eq=False)
class Sequences:
    """Records of different lengths; an edit replaces some without copying the others.

    Parameters
    ----------
    packs
        Arrays of all steps of many records: token numbers (steps,), or vectors (steps, width).
    pack, start, length
        Where each record lies, (n,) each: in which pack, from which step on, how many steps.
    """

    packs: tuple[NDArray[Any], ...]
    pack: Rows
    start: Rows
    length: Rows

    @classmethod
    def of(cls, values: NDArray[Any], lengths: Rows) -> Sequences:
        """Return the records that have these steps, one record after another."""
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
        """Return records side by side, (rows, longest, …), and which steps are a record's own."""
        longest = int(self.length[rows].max())
        first = self.packs[0]
        values = np.full((len(rows), longest, *first.shape[1:]), fill, dtype=first.dtype)
        for place, row in enumerate(rows):
            values[place, : self.length[row]] = self[row]
        return values, np.arange(longest) < self.length[rows][:, None]


def tokenize(
    tokenizer: Any,
    texts: Features,
    max_length: int,
    identity: str,
    *,
    keep: bool = True,
    numbers: Rows | None = None,
) -> Sequences:
    """Return the token numbers of texts, cut at ``max_length``.

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
    keep
        Whether many of them are kept on disk, because they will be read again.
    numbers
        What the texts are called where one has no tokens, (n,); 0, 1, … by default.

    Raises
    ------
    DataError
        If the tokenizer finds no token in a text.
    """

    def make(allocate: Allocate) -> Sequences:
        tokens: list[NDArray[np.int32]] = []
        for begin in range(0, len(texts), AT_ONCE):
            tokens += _cut(tokenizer, texts[begin : begin + AT_ONCE], max_length)
        lengths = np.array([len(one) for one in tokens], dtype=np.intp)
        values = allocate((int(lengths.sum()),), np.int32)
        if len(values):
            np.concatenate(tokens, out=values)
        return Sequences.of(values, lengths)

    digest = hashlib.sha256(f"tokens:{identity}:{max_length}".encode())
    for text in texts:
        cell = text.encode()
        digest.update(b"%d:" % len(cell) + cell)
    tokens = kept(digest.hexdigest(), make, worthwhile=keep and len(texts) > FEW)
    empty = np.flatnonzero(tokens.length <= tokenizer.num_special_tokens_to_add())
    if len(empty):
        number = empty[0] if numbers is None else numbers[empty[0]]
        raise DataError(
            f"text {number} has no tokens for this model's tokenizer: "
            f"{texts[empty[0]][:40]!r}; leave it out"
        )
    return tokens


def by_length(lengths: Rows, size: int, rng: np.random.Generator) -> list[Rows]:
    """Return the rows in random batches of records that are about equally long.

    Rows are shuffled. Among up to `GROUPED` batches at a time, and a third of all at most, they are
    put in the order of their lengths; each epoch thus brings other records together. Then the
    batches are shuffled.

    Examples
    --------
    >>> lengths = np.array([3, 9, 3, 9])
    >>> batches = by_length(lengths, 2, np.random.default_rng(0))
    >>> sorted(lengths[rows].tolist() for rows in batches)
    [[3, 3], [9, 9]]
    """
    order = rng.permutation(len(lengths))
    together = size * max(1, min(GROUPED, len(order) // (3 * size)))
    batches = []
    for begin in range(0, len(order), together):
        group = order[begin : begin + together]
        group = group[np.argsort(-lengths[group], kind="stable")]
        batches += [group[i : i + size] for i in range(0, len(group), size)]
    return [batches[i] for i in rng.permutation(len(batches))]


def kept(key: str, make: Callable[[Allocate], Sequences], *, worthwhile: bool) -> Sequences:
    """Return what ``make`` returns, from disk if any process made it before.

    Parameters
    ----------
    key
        Names what is made.
    make
        Called with an `Allocate`, which makes the array for its values: on disk, because they may
        be larger than memory.
    worthwhile
        Whether it is kept at all.

    Raises
    ------
    DataError
        If the disk is full, or the folder cannot be written to.
    """
    if not worthwhile:
        return make(np.zeros)
    from filelock import FileLock

    place = cache_folder()
    values, lengths = place / f"{key}.values.npy", place / f"{key}.lengths.npy"
    draft = place / f"{key}.draft"
    try:
        place.mkdir(parents=True, exist_ok=True)
        with FileLock(place / f"{key}.lock"):
            for _ in range(2):
                if not (values.exists() and lengths.exists()):
                    made = make(partial(_on_disk, draft))
                    np.memmap.flush(cast(Any, made.packs[0]))
                    draft.replace(values)
                    with draft.open("wb") as file:
                        np.save(file, made.length)
                    draft.replace(lengths)
                try:
                    return Sequences.of(np.load(values, mmap_mode="r"), np.load(lengths))
                except (ValueError, EOFError):  # the file is cut off: make it anew
                    lengths.unlink()
        raise OSError("what was just written there cannot be read")
    except OSError as error:
        raise DataError(
            f"cannot keep what is read of the texts in {str(place)!r}: {error}; set the "
            "environment variable CRITICALMASS_CACHE to a folder with room"
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink()


def _on_disk(path: Path, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
    return np.lib.format.open_memmap(path, mode="w+", dtype=np.dtype(dtype), shape=shape)


def _cut(tokenizer: Any, texts: Features, max_length: int) -> list[NDArray[np.int32]]:
    """Return the token numbers of each text."""
    cut = tokenizer(
        list(texts),
        truncation=True,
        max_length=max_length,
        return_attention_mask=False,
        return_token_type_ids=False,
    )
    return [np.array(one, dtype=np.int32) for one in cut["input_ids"]]
