"""Texts as bags of words with tf-idf weights, recomputed only where an edit changes them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.preprocessing import normalize

from criticalmass.arrays import Rows
from criticalmass.data.edit import Edit
from criticalmass.data.records import Features
from criticalmass.learners.linear_text.counts import Counts
from criticalmass.learners.linear_text.seen import SeenTexts


@dataclass(frozen=True, eq=False)
class Weighted:
    """A corpus after an edit.

    Parameters
    ----------
    rows
        Rows of the base corpus whose inputs or labels changed: the edited ones, then others that
        hold a term which became rarer or more frequent.
    inputs
        Tf-idf of these rows, (m, terms + more), each of length 1.
    idf
        Weight of every term, (terms + more,).
    more
        Terms that the base corpus does not have, and their columns.
    """

    rows: Rows
    inputs: sparse.csr_matrix
    idf: NDArray[np.float64]
    more: dict[str, int]


@dataclass(frozen=True, eq=False)
class Bag:
    """The base corpus, counted: (texts, terms), the most frequent first, and each term's column."""

    counts: sparse.csr_matrix
    vocabulary: dict[str, int]

    @classmethod
    def of(cls, texts: Features) -> Bag:
        """Return a corpus counted."""
        counts = Counts.of(texts)
        frequency = np.bincount(counts.matrix.indices, minlength=len(counts.terms))
        order = np.argsort(-frequency, kind="stable")
        matrix = sparse.csr_matrix(counts.matrix[:, order])
        matrix.sort_indices()
        return cls(matrix, {term: at for at, term in enumerate(counts.terms[order].tolist())})

    @cached_property
    def frequency(self) -> NDArray[np.intp]:
        """Number of texts that hold each term, (terms,)."""
        return np.bincount(self.counts.indices, minlength=self.counts.shape[1])

    @cached_property
    def _by_term(self) -> sparse.csc_matrix:
        """The counts in columns of terms, (texts, terms)."""
        return self.counts.tocsc()

    @cached_property
    def _seen(self) -> SeenTexts:
        """The counts of edited texts, of as many as the corpus has."""
        return SeenTexts(self.vocabulary, most=self.counts.shape[0])

    def inputs(self) -> sparse.csr_matrix:
        """Return the tf-idf of the base corpus."""
        return weigh(self.counts, self.idf(self.frequency))

    def edited(self, edit: Edit) -> Weighted:
        """Return the corpus with an edit applied, document frequencies included."""
        terms = len(self.vocabulary)
        if not len(edit.rows):
            return Weighted(edit.rows, sparse.csr_matrix((0, terms)), self.idf(self.frequency), {})
        edited, more = self._seen.count(edit.features)
        # how many texts hold each term now
        frequency = np.bincount(edited.indices, minlength=terms + len(more))
        before = np.bincount(self.counts[edit.rows].indices, minlength=terms)
        frequency[:terms] += self.frequency - before
        # texts that are not edited, and hold a term whose frequency changed
        others = self._holding(np.flatnonzero(frequency[:terms] != self.frequency), edit.rows)
        same = sparse.csr_matrix(self.counts[others])
        same.resize(len(others), terms + len(more))
        idf = self.idf(frequency)
        inputs = weigh(sparse.vstack([edited, same], format="csr"), idf)
        return Weighted(np.concatenate([edit.rows, others]), inputs, idf, more)

    def _holding(self, terms: Rows, but: Rows) -> Rows:
        """Return the texts that hold one of some terms, without the texts ``but``."""
        holding = np.zeros(self.counts.shape[0], dtype=bool)
        holding[self._by_term[:, terms].indices] = True
        holding[but] = False
        return np.flatnonzero(holding)

    def idf(self, frequency: NDArray[Any]) -> NDArray[np.float64]:
        """Return scikit-learn's smooth inverse document frequencies; 0 where no text has a term."""
        idf = np.log((1 + self.counts.shape[0]) / (1 + frequency)) + 1
        return np.where(frequency > 0, idf, 0.0)


def weigh(counts: sparse.csr_matrix, idf: NDArray[np.float64]) -> sparse.csr_matrix:
    """Return counts times idf, each row divided by its length."""
    weighed = counts.copy()
    weighed.data = weighed.data * idf[weighed.indices]
    return sparse.csr_matrix(normalize(weighed, copy=False))


@dataclass(frozen=True, eq=False)
class Batch:
    """Texts to be scored, counted once for all models of a corpus.

    Parameters
    ----------
    known
        Counts of the base corpus's terms, (texts, terms).
    others
        Counts of other terms, of which a model may know some.
    """

    known: sparse.csr_matrix
    others: Counts

    @classmethod
    def of(cls, bag: Bag, texts: Features) -> Batch:
        """Return texts counted, for scoring."""
        counts = Counts.of(texts)
        other = np.array([term not in bag.vocabulary for term in counts.terms], dtype=bool)
        rest = Counts(sparse.csr_matrix(counts.matrix[:, other]), counts.terms[other])
        return cls(counts.onto(bag.vocabulary, {}), rest)

    @cached_property
    def _squared(self) -> sparse.csr_matrix:
        squared = self.known.copy()
        squared.data = squared.data**2
        return squared

    def scores(
        self,
        weights: NDArray[np.float64],
        intercepts: NDArray[np.float64],
        idf: NDArray[np.float64],
        more: dict[str, int],
    ) -> NDArray[np.float64]:
        """Return tf-idf of the texts times weights, plus intercepts, (texts, labels)."""
        terms = self.known.shape[1]
        scaled = idf[:, None] * weights
        total = self.known @ scaled[:terms]
        length = self._squared @ idf[:terms] ** 2
        if more and len(self.others.terms):
            counts = self.others.onto({}, {term: at - terms for term, at in more.items()})
            total += counts @ scaled[terms:]
            length += counts.power(2) @ idf[terms:] ** 2
        return np.asarray(total / np.sqrt(np.maximum(length, 1e-300))[:, None] + intercepts)
