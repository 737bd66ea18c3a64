"""A first guess for a bag of words: one regression without a collective, and marked texts in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from criticalmass.arrays import Array, Mask
from criticalmass.data.population import Population
from criticalmass.learners.first_guess import Asked, FirstGuess
from criticalmass.learners.linear_text.bag import Bag, weigh
from criticalmass.learners.linear_text.counts import Counts
from criticalmass.learners.regressions.mark_alone import MarkedRegression

BEGIN = 0.005
"""The share of people whose marks the first document frequencies are computed with."""
ROUNDS, ENOUGH = 6, 0.01
"""The mark's own weight in the inputs falls as more texts carry it: so often it is computed anew,
until the guess moves by less than this."""


def guesses(population: Population, asked: Sequence[Asked], C: float) -> list[FirstGuess | None]:
    """Return a guess for each question; None where the mark has no words of its own."""
    bag, models = Bag.of(population.features), dict[int, LogisticRegression]()
    found: list[FirstGuess | None] = []
    for one in asked:
        labels = population.held[:, one.target]
        if not len(one.edit.rows) or labels.all() or not labels.any():
            found.append(None)
            continue
        if one.target not in models:
            model = LogisticRegression(C=C, max_iter=1000)
            models[one.target] = model.fit(bag.inputs(), labels)
        model = models[one.target]
        corpus = _Corpus.of(bag, one, labels, model.coef_[0], float(model.intercept_[0]), 1 / C)
        found.append(corpus.guess(one.wanted))
    return found


@dataclass(frozen=True, eq=False)
class _Corpus:
    """All texts and the marked ones, counted; the terms that only the marks bring come last."""

    bag: Bag
    asked: Asked
    labels: Mask
    weights: Array
    intercept: float
    penalty: float
    everyone: sparse.csr_matrix
    members: sparse.csr_matrix
    marked: sparse.csr_matrix

    @classmethod
    def of(
        cls, bag: Bag, asked: Asked, labels: Mask, weights: Array, intercept: float, penalty: float
    ) -> _Corpus:
        """Count the marked texts."""
        counts, terms = Counts.of(asked.edit.features), len(bag.vocabulary)
        beyond = [term for term in counts.terms.tolist() if term not in bag.vocabulary]
        more = {term: terms + place for place, term in enumerate(beyond)}
        everyone = sparse.csr_matrix(bag.counts)
        everyone.resize(bag.counts.shape[0], terms + len(more))
        return cls(
            bag,
            asked,
            labels,
            np.pad(weights, (0, len(more))),
            intercept,
            penalty,
            everyone,
            counts.onto(bag.vocabulary, more),
            Counts.of(asked.marked).onto(bag.vocabulary, more),
        )

    def guess(self, wanted: float) -> FirstGuess | None:
        """Return the guess with the document frequencies that it makes itself."""
        size = len(self.labels)
        people = max(BEGIN * size, 1.0)
        found: FirstGuess | None = None
        for _ in range(ROUNDS):
            found = self._with(people).guess(wanted)
            if found is None or found.people is None:
                return found
            before, people = people, min(max(float(found.people), 1.0), size)
            if abs(people - before) <= ENOUGH * before:
                break
        return found

    def _with(self, people: float) -> MarkedRegression:
        """Return the regression where so many people carry the mark."""
        edit, size = self.asked.edit, len(self.labels)
        acting = len(edit.rows) / len(edit.members)
        before = np.bincount(self.everyone.indices, minlength=self.everyone.shape[1])
        gained = _holding(self.members) - _holding(self.everyone[edit.rows])
        frequency = np.clip(before + acting * people * gained, 0, size)
        idf, base = self.bag.idf(frequency), self.bag.idf(before)
        scaled = np.divide(base, idf, out=np.ones_like(idf), where=(idf > 0) & (base > 0))
        return MarkedRegression(
            inputs=weigh(self.everyone, idf),
            labels=self.labels,
            weights=self.weights * scaled,
            intercept=self.intercept,
            penalty=self.penalty,
            members=weigh(self.members, idf),
            rows=edit.rows,
            member_labels=edit.held[:, self.asked.target],
            acting=acting,
            marked=weigh(self.marked, idf),
        )


def _holding(counts: sparse.csr_matrix) -> Array:
    """Return the share of texts that hold each term."""
    times = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.asarray(times / max(counts.shape[0], 1))
