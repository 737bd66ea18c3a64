"""Counts of edited texts, kept because trials of one study edit the same texts again and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from criticalmass.data.records import Features
from criticalmass.learners.linear_text.counts import Counts


@dataclass(frozen=True, eq=False)
class _Text:
    """How often a text holds terms.

    Parameters
    ----------
    columns, times
        The base corpus's terms that it holds, ascending, and how often.
    others
        Other terms, and how often.
    """

    columns: NDArray[np.int32]
    times: NDArray[np.int32]
    others: Mapping[str, int]


class SeenTexts:
    """Counts the terms of texts; a text that comes again is not counted again.

    What it returns depends on the texts alone, not on those it has seen.

    Parameters
    ----------
    vocabulary
        The column of every term of the base corpus.
    most
        Number of texts whose counts are kept at most; with more it begins anew.

    Examples
    --------
    >>> seen = SeenTexts({"cook": 0, "write": 1}, most=10)
    >>> counts, more = seen.count(["cook ~ cook", "write"])
    >>> counts.toarray().tolist(), more
    ([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]], {'~': 2})
    """

    def __init__(self, vocabulary: Mapping[str, int], most: int) -> None:
        self._vocabulary, self._most = vocabulary, most
        self._kept: dict[bytes, _Text] = {}

    def count(self, texts: Sequence[str] | Features) -> tuple[sparse.csr_matrix, dict[str, int]]:
        """Return how often each text holds each term, and the columns of terms beyond the base's.

        Returns
        -------
        counts : csr_matrix, (texts, terms + more)
        more : dict of str to int
            In alphabetical order.
        """
        keys = [blake2b(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
        known = self._kept
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        found = dict(zip(missing, self._counted(list(missing.values())), strict=True))
        rows = [found[key] if key in found else known[key] for key in keys]
        if len(known) + len(found) > self._most:
            self._kept = found
        else:
            known.update(found)
        terms = len(self._vocabulary)
        unseen = sorted(set(chain.from_iterable(row.others for row in rows)))
        more = {term: terms + column for column, term in enumerate(unseen)}
        return _matrix(rows, more, terms + len(more)), more

    def _counted(self, texts: list[str]) -> Iterator[_Text]:
        """Yield the counts of texts that were not seen before."""
        if not texts:
            return
        counts = Counts.of(texts)
        column = np.array([self._vocabulary.get(term, -1) for term in counts.terms], dtype=np.int32)
        matrix = counts.matrix
        for begin, end in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True):
            terms, times = matrix.indices[begin:end], matrix.data[begin:end].astype(np.int32)
            columns = column[terms]
            order = np.argsort(columns)[(columns < 0).sum() :]
            beyond = np.flatnonzero(columns < 0)
            others = {counts.terms[terms[at]]: int(times[at]) for at in beyond}
            yield _Text(columns[order], times[order], others)


def _matrix(rows: Sequence[_Text], more: Mapping[str, int], width: int) -> sparse.csr_matrix:
    """Return rows as one matrix, the columns of each ascending."""
    columns, times, lengths = [], [], []
    for row in rows:
        columns.append(row.columns)
        times.append(row.times)
        others = sorted(row.others)
        columns.append(np.array([more[term] for term in others], dtype=np.int32))
        times.append(np.array([row.others[term] for term in others], dtype=np.int32))
        lengths.append(len(row.columns) + len(others))
    return sparse.csr_matrix(
        (
            np.concatenate(times).astype(np.float64),
            np.concatenate(columns),
            np.concatenate([[0], np.cumsum(lengths)]),
        ),
        shape=(len(rows), width),
    )
