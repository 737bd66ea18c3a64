"""`BayesOptimal`: the firm of the theorems, which knows every conditional distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array
from criticalmass.data.edit import Edit
from criticalmass.data.numbers import Outcome
from criticalmass.data.population import Population
from criticalmass.data.records import Features, numbered
from criticalmass.learners.learner import AsItIs, Learner


@dataclass(frozen=True, eq=False)
class _Model:
    """P(y|x) of every record x that was seen."""

    known: Features
    shares: NDArray[np.float64]
    label_sets: bool

    def scores(self, batch: Features) -> NDArray[np.float64]:
        known, asked = numbered(self.known, batch)
        points = max(known.max(), asked.max(initial=0)) + 1
        scores = np.zeros((points, self.shares.shape[1]))
        scores[known] = self.shares - (0.5 if self.label_sets else 0.0)
        return scores[asked]


@dataclass(frozen=True, eq=False)
class _Means:
    """E[y|x] of every record x that was seen."""

    known: Features
    means: Array

    def scores(self, batch: Features) -> Array:
        known, asked = numbered(self.known, batch)
        points = max(known.max(), asked.max(initial=0)) + 1
        means = np.full((points, 1), np.nan)
        means[known, 0] = self.means
        return means[asked]


@dataclass(frozen=True)
class BayesOptimal(Learner):
    """The best possible model of the data it sees: f(x) = argmax_y P(y|x), or E[y|x] of numbers.

    It learns how often each label came with exactly this record, so it suits finite tables, where
    many people share a record. Scores are P(y|x), with sets of labels P(y|x) − ½. Of a record that
    it never saw it knows nothing: all scores are 0, and no label is predicted. A tie counts as a
    failure, as in the theory. Where labels are numbers it predicts their mean, which squared loss
    asks for, and nan for a record that it never saw.

    Examples
    --------
    >>> people = Population.from_texts(["a", "a", "b", "a"], ["x", "x", "y", "y"])
    >>> learner = BayesOptimal()
    >>> prepared = learner.prepare(people)
    >>> model = learner.fit(prepared, Edit.nothing(people), seed=0)
    >>> model.scores(prepared.encode(np.array(["a", "b"], dtype=object))).round(2).tolist()
    [[0.67, 0.33], [0.0, 1.0]]
    """

    @property
    def predicts(self) -> tuple[Outcome, ...]:
        """Labels and numbers."""
        return ("labels", "numbers")

    def in_words(self) -> str:
        """Return what the firm trains."""
        return (
            "the best possible model of a finite table (the most frequent label of a record, or "
            "the mean of its numbers)"
        )

    def prepare(self, population: Population) -> AsItIs:
        """Return the population as it is: there is nothing to share but counting."""
        return AsItIs(population)

    def fit(self, prepared: AsItIs, edit: Edit, seed: int) -> _Model | _Means:
        """Return P(y|x), or E[y|x], in the population with the edit applied."""
        data = edit.apply(prepared.population)
        (cell,) = numbered(data.features)
        _, first, size = np.unique(cell, return_index=True, return_counts=True)
        if data.holds == "numbers":
            sums = np.bincount(cell, data.values, len(first))
            return _Means(data.features[first], sums / size)
        counts = np.column_stack([np.bincount(cell, column, len(first)) for column in data.held.T])
        return _Model(data.features[first], counts / size[:, None], data.label_sets)
