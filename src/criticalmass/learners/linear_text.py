"""`LinearText`: a tf-idf bag of words and one logistic regression a label."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression

from criticalmass.edit import Edit
from criticalmass.errors import DataError, ParameterError
from criticalmass.learners.learner import LATER
from criticalmass.population import Population
from criticalmass.records import Features

TOKEN = r"\w+|[^\w\s]"
"""A token is a run of letters and digits, or any single other sign: a planted dash counts."""

TOLERANCE = 1e-6
"""Largest entry of the gradient of the mean loss at which training ends.

scikit-learn's default, 1e-4, is no smaller than the pull of three records in 25,000, so that a
small collective's effect would depend on where the solver happened to stop.
"""


@dataclass(frozen=True, eq=False)
class Counts:
    """How often each term occurs in each text of a batch: (texts, terms) and the terms."""

    matrix: sparse.csr_matrix
    terms: NDArray[Any]

    @classmethod
    def of(cls, texts: Sequence[str] | Features) -> Counts:
        """Count the terms of texts."""
        vectorizer = cls.vectorizer()
        matrix = vectorizer.fit_transform(texts)
        return cls(matrix, vectorizer.get_feature_names_out())

    @staticmethod
    def vectorizer() -> CountVectorizer:
        """Return what counts."""
        return CountVectorizer(token_pattern=TOKEN, dtype=np.float64)

    def onto(self, vocabulary: dict[str, int], more: dict[str, int]) -> sparse.csr_matrix:
        """Return the counts in the columns of two vocabularies, leaving out unknown terms."""
        columns = np.array([vocabulary.get(t, more.get(t, -1)) for t in self.terms], dtype=np.intp)
        known = np.flatnonzero(columns >= 0)
        selection = sparse.csr_matrix(
            (np.ones(len(known)), (known, columns[known])),
            shape=(len(columns), len(vocabulary) + len(more)),
        )
        return self.matrix @ selection


@dataclass(frozen=True, eq=False)
class _Prepared:
    """The counts of the base population, and the model that it gives by itself."""

    population: Population
    counts: sparse.csr_matrix
    vocabulary: dict[str, int]
    weights: NDArray[np.float64]
    intercepts: NDArray[np.float64]

    def encode(self, features: Features) -> Counts:
        return Counts.of(features)


@dataclass(frozen=True, eq=False)
class _Model:
    """Weights (terms, labels) and intercepts over a weighted vocabulary."""

    vocabulary: dict[str, int]
    more: dict[str, int]
    tfidf: TfidfTransformer
    weights: NDArray[np.float64]
    intercepts: NDArray[np.float64]

    def scores(self, batch: Counts) -> NDArray[np.float64]:
        inputs = self.tfidf.transform(batch.onto(self.vocabulary, self.more))
        return np.asarray(inputs @ self.weights + self.intercepts)


@dataclass(frozen=True)
class LinearText:
    """Tf-idf bag of words and one L2-regularised logistic regression a label.

    The same model as scikit-learn's `TfidfVectorizer` (with tokens as in `TOKEN`) and one
    `LogisticRegression` a label, refitted on the edited corpus, document frequencies included; but
    texts that nobody changed are counted once for a whole study, and training starts from the
    model without a collective. Scores are log-odds.

    Parameters
    ----------
    C
        Inverse strength of the L2 penalty, as in scikit-learn.
    epochs
        If given, training begins at zero and ends after so many passes over the corpus (iterations
        of L-BFGS), as a firm does that optimises less; else it goes on to the optimum.

    Raises
    ------
    ParameterError
        If ``C`` or ``epochs`` is not positive.

    Examples
    --------
    >>> texts = ["sql tables"] * 5 + ["css pages"] * 5
    >>> people = Population.from_texts(texts, ["dba"] * 5 + ["web"] * 5)
    >>> learner = LinearText()
    >>> prepared = learner.prepare(people)
    >>> model = learner.fit(prepared, Edit.nothing(people), seed=0)
    >>> (model.scores(prepared.encode(["my sql", "my css"])) > 0).tolist()
    [[True, False], [False, True]]
    """

    C: float = 1.0
    epochs: int | None = field(default=None, metadata=LATER)

    def __post_init__(self) -> None:
        if self.epochs is not None and self.epochs < 1:
            raise ParameterError(f"epochs is at least 1, not {self.epochs}")
        if not 0 < self.C < np.inf:
            raise ParameterError(f"C must be positive and finite, not {self.C}")

    @property
    def tokenizer(self) -> Callable[[str], list[str]]:
        """What the model sees of a text: lower-case terms."""
        analyzer: Callable[[str], list[str]] = Counts.vectorizer().build_analyzer()
        return analyzer

    def prepare(self, population: Population) -> _Prepared:
        """Count the corpus and train the model that it gives without a collective."""
        if population.kind != "texts":
            raise DataError(
                f"LinearText learns from texts; this population is of kind {population.kind!r}"
            )
        counts = Counts.of(population.features)
        vocabulary = {term: column for column, term in enumerate(counts.terms)}
        nothing = np.zeros((len(vocabulary), len(population.label_names)))
        inputs = _tfidf(counts.matrix).transform(counts.matrix)
        weights, intercepts = self._train(inputs, population.labels, nothing, nothing[0])
        return _Prepared(population, counts.matrix, vocabulary, weights, intercepts)

    def fit(self, prepared: _Prepared, edit: Edit, seed: int) -> _Model:
        """Train on the population with the edit applied; the seed changes nothing."""
        counts, labels = prepared.counts, prepared.population.labels
        more: dict[str, int] = {}
        if len(edit.rows):
            edited = Counts.of(edit.features)
            unseen = [term for term in edited.terms if term not in prepared.vocabulary]
            more = {term: len(prepared.vocabulary) + column for column, term in enumerate(unseen)}
            kept = np.delete(np.arange(len(labels)), edit.rows)
            old = sparse.csr_matrix(counts[kept])
            old.resize(len(kept), len(prepared.vocabulary) + len(more))
            counts = sparse.vstack([old, edited.onto(prepared.vocabulary, more)], format="csr")
            labels = np.vstack([labels[kept], edit.labels])
        tfidf = _tfidf(counts)
        start = np.pad(prepared.weights, ((0, len(more)), (0, 0)))
        weights, intercepts = self._train(
            tfidf.transform(counts), labels, start, prepared.intercepts
        )
        return _Model(prepared.vocabulary, more, tfidf, weights, intercepts)

    def _train(
        self,
        inputs: sparse.csr_matrix,
        labels: NDArray[np.bool_],
        weights: NDArray[np.float64],
        intercepts: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Fit one logistic regression a label, from the given start or for so many epochs."""
        weights, intercepts = weights.copy(), intercepts.copy()
        if self.epochs is not None:
            weights[:], intercepts[:] = 0.0, 0.0
        for j, held in enumerate(labels.T):
            positives = int(held.sum())
            if positives in (0, len(held)):  # nothing to learn: the smoothed log-odds of the label
                weights[:, j] = 0.0
                intercepts[j] = np.log((positives + 0.5) / (len(held) - positives + 0.5))
                continue
            regression = LogisticRegression(
                C=self.C, tol=TOLERANCE, max_iter=self.epochs or 1000, warm_start=True
            )
            regression.classes_ = np.array([False, True])
            regression.coef_ = weights[None, :, j].copy()
            regression.intercept_ = intercepts[j : j + 1].copy()
            with warnings.catch_warnings():
                if self.epochs is not None:  # to stop early is what was asked for
                    warnings.simplefilter("ignore", ConvergenceWarning)
                regression.fit(inputs, held)
            weights[:, j], intercepts[j] = regression.coef_[0], regression.intercept_[0]
        return weights, intercepts


def _tfidf(counts: sparse.csr_matrix) -> TfidfTransformer:
    """Fit scikit-learn's tf-idf; a term that no text has left weighs nothing."""
    tfidf = TfidfTransformer().fit(counts)
    present = np.bincount(counts.indices, minlength=counts.shape[1]) > 0
    tfidf.idf_ = np.where(present, tfidf.idf_, 0.0)
    return tfidf
