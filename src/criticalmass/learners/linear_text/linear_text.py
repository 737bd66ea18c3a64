"""`LinearText`: a tf-idf bag of words and one logistic regression per label."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from criticalmass.arrays import Array
from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.data.records import Features
from criticalmass.errors import DataError, ParameterError
from criticalmass.fields import check_fields
from criticalmass.learners.first_guess import Asked, FirstGuess
from criticalmass.learners.learner import LATER, Learner, refuse_numbers, try_instead
from criticalmass.learners.linear_text.bag import Bag, Batch, Weighted
from criticalmass.learners.linear_text.counts import tokenizer
from criticalmass.learners.linear_text.guessing import guesses
from criticalmass.learners.regressions.logistic import Change, Optimum
from criticalmass.learners.regressions.newton import optimum_of, solve
from criticalmass.learners.regressions.stopped import stopped
from criticalmass.phrases import counted


@dataclass(frozen=True, eq=False)
class _Prepared:
    """The counted base population, and the model that it gives by itself."""

    population: Population
    bag: Bag
    optimum: Optimum | None

    def encode(self, features: Features) -> Batch:
        return Batch.of(self.bag, features)


@dataclass(frozen=True, eq=False)
class TextModel:
    """Weights (terms, labels) and intercepts (labels,) over a weighted vocabulary.

    Parameters
    ----------
    weights, intercepts
        Of the regressions.
    idf
        Weight of every term.
    more
        Terms beyond the base corpus's, and their columns.
    gradient
        Largest entry of the gradient of the mean loss where training ended, by label; nan where a
        number of epochs ended it, 0 where a label was not trained.
    """

    weights: Array
    intercepts: Array
    idf: Array
    more: dict[str, int]
    gradient: Array

    def scores(self, batch: Batch) -> Array:
        """Return log-odds, (texts, labels)."""
        return batch.scores(self.weights, self.intercepts, self.idf, self.more)


@dataclass(frozen=True)
class LinearText(Learner):
    """A tf-idf bag of words and one L2-regularised logistic regression per label.

    The same model as scikit-learn's `TfidfVectorizer` (with tokens as in `counts.TOKEN`) and one
    `LogisticRegression` a label, refitted on the edited corpus, document frequencies included; but
    texts that nobody changed are counted once for a whole study, and several runs are trained
    together from the model without a collective. Scores are log-odds.

    Parameters
    ----------
    C
        Inverse strength of the L2 penalty, as in scikit-learn.
    epochs
        If given, training begins at zero and ends after so many passes over the corpus (iterations
        of L-BFGS), as a firm does that optimises less; otherwise it goes on to the optimum.
    tolerance
        Largest entry of the gradient of the mean loss at which training ends. scikit-learn's
        default, 1e-4, is no smaller than the pull of three records in 25,000: where a small
        collective's success then lies depends on where the solver happens to stop
        (`benchmarks/sweep.py` measures by how much).

    Raises
    ------
    ParameterError
        If ``C``, ``epochs`` or ``tolerance`` is not positive.

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
    tolerance: float = field(default=1e-6, metadata=LATER)

    def __post_init__(self) -> None:
        check_fields(self)
        if self.epochs is not None and self.epochs < 1:
            raise ParameterError(f"epochs is at least 1, not {self.epochs}")
        if not 0 < self.C < np.inf:
            raise ParameterError(f"C must be positive and finite, not {self.C}")
        if not 0 < self.tolerance < 1:
            raise ParameterError(f"tolerance is between 0 and 1, not {self.tolerance:g}")

    @property
    def at_once(self) -> int:
        """How many runs are trained together."""
        return 4

    @property
    def tokenizer(self) -> Callable[[str], list[str]]:
        """The function that splits a text into the lower-case terms that the model sees."""
        return tokenizer()

    def in_words(self) -> str:
        """Return what the firm trains.

        Examples
        --------
        >>> LinearText(epochs=1).in_words()
        'a bag-of-words model (tf-idf and one ... a label, C = 1, stopped after 1 epoch)'
        """
        stopped = f", stopped after {counted(self.epochs, 'epoch')}" if self.epochs else ""
        return (
            "a bag-of-words model (tf-idf and one logistic regression a label, "
            f"C = {self.C:g}{stopped})"
        )

    def prepare(self, population: Population) -> _Prepared:
        """Return the corpus counted, with the model that it gives without a collective."""
        if population.kind != "texts":
            raise DataError(f"LinearText learns from texts; {try_instead(population)}")
        refuse_numbers("LinearText", population)
        bag = Bag.of(population.features)
        optimum = None
        if self.epochs is None:
            optimum = optimum_of(bag.inputs(), population.held, self.C, self.tolerance / 10)
        return _Prepared(population, bag, optimum)

    def fit(self, prepared: _Prepared, edit: Edit, seed: int) -> TextModel:
        """Return the model of the population with the edit applied; the seed changes nothing."""
        return self.fit_many(prepared, [edit], [seed])[0]

    def fit_many(
        self, prepared: _Prepared, edits: Sequence[Edit], seeds: Sequence[int]
    ) -> list[TextModel]:
        """Return one model for each edit, trained together; each is the one that `fit` gives.

        Raises
        ------
        ParameterError
            If there are not as many seeds as edits.
        """
        if len(seeds) != len(edits):
            raise ParameterError(f"{len(edits)} edits need as many seeds, not {len(seeds)}")
        if not edits:
            return []
        # what each edit makes of the corpus
        corpora = [prepared.bag.edited(edit) for edit in edits]
        labels = [
            _labels(prepared, corpus, edit) for corpus, edit in zip(corpora, edits, strict=True)
        ]
        # a firm that stops early: one run after the other
        if prepared.optimum is None:
            return [self._passes(prepared, c, y) for c, y in zip(corpora, labels, strict=True)]
        # all other runs together, from the optimum without a collective
        changes = [Change(c.rows, _new_first(c), y) for c, y in zip(corpora, labels, strict=True)]
        solutions = solve(prepared.optimum, changes, self.tolerance)
        return [
            TextModel(
                # in the order of the vocabulary: new terms last
                np.roll(solution.weights, -len(corpus.more), axis=0),
                solution.intercepts,
                corpus.idf,
                corpus.more,
                solution.gradient,
            )
            for corpus, solution in zip(corpora, solutions, strict=True)
        ]

    def first_guesses(
        self, population: Population, asked: Sequence[Asked]
    ) -> list[FirstGuess | None]:
        """Return how many people each may take, from one model trained without them.

        None where training ends early: the balance that the guess rests on is not reached then.
        """
        if self.epochs is not None:
            return [None] * len(asked)
        return guesses(population, asked, self.C)

    def _passes(
        self, prepared: _Prepared, corpus: Weighted, labels: NDArray[np.bool_]
    ) -> TextModel:
        """Return the model after a number of epochs, from zero weights."""
        kept = np.delete(np.arange(len(prepared.population)), corpus.rows)
        same = sparse.csr_matrix(prepared.bag.inputs()[kept])
        same.resize(len(kept), len(corpus.idf))
        inputs = sparse.vstack([same, corpus.inputs], format="csr")
        everyone = np.vstack([prepared.population.held[kept], labels])
        solution = stopped(
            inputs, everyone, self.C, steps=self.epochs or 1, tolerance=self.tolerance
        )
        return TextModel(
            solution.weights, solution.intercepts, corpus.idf, corpus.more, solution.gradient
        )


def _new_first(corpus: Weighted) -> sparse.csr_matrix:
    """Return a corpus's inputs in single precision, terms that the base does not have first."""
    inputs = corpus.inputs.astype(np.float32)
    inputs.indices = (inputs.indices + len(corpus.more)) % inputs.shape[1]
    inputs.has_sorted_indices = False
    inputs.sort_indices()
    return inputs


def _labels(prepared: _Prepared, corpus: Weighted, edit: Edit) -> NDArray[np.bool_]:
    """Return the labels of the rows that changed: the edit's, and those of the others."""
    others = corpus.rows[len(edit.rows) :]
    return np.vstack([edit.held, prepared.population.held[others]])
