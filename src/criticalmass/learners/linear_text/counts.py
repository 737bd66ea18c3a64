"""How often texts hold terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from criticalmass.data.records import Features

TOKEN = r"\w+|[^\w\s]"
"""A token is a run of letters and digits, or any single other sign: a planted dash counts."""


def vectorizer() -> CountVectorizer:
    """Return scikit-learn's counter of terms."""
    return CountVectorizer(token_pattern=TOKEN, dtype=np.float64)


def tokenizer() -> Callable[[str], list[str]]:
    """Return the function that splits a text into lower-case terms."""
    analyzer: Callable[[str], list[str]] = vectorizer().build_analyzer()
    return analyzer


@dataclass(frozen=True, eq=False)
class Counts:
    """How often each term occurs in each text of a batch: (texts, terms) and the terms."""

    matrix: sparse.csr_matrix
    terms: NDArray[Any]

    @classmethod
    def of(cls, texts: Sequence[str] | Features) -> Counts:
        """Return how often each term occurs in each text."""
        counter = vectorizer()
        matrix = counter.fit_transform(texts)
        return cls(matrix, counter.get_feature_names_out())

    def onto(self, vocabulary: dict[str, int], more: dict[str, int]) -> sparse.csr_matrix:
        """Return the counts in the columns of two vocabularies, leaving out unknown terms."""
        columns = np.array([vocabulary.get(t, more.get(t, -1)) for t in self.terms], dtype=np.intp)
        known = np.flatnonzero(columns >= 0)
        selection = sparse.csr_matrix(
            (np.ones(len(known)), (known, columns[known])),
            shape=(len(columns), len(vocabulary) + len(more)),
        )
        return self.matrix @ selection
