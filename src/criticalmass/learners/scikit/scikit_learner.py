"""`ScikitLearner`: any scikit-learn classifier, regressor or pipeline as the firm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from criticalmass.data.columns import frame_of
from criticalmass.data.edit import Edit
from criticalmass.data.numbers import Outcome
from criticalmass.data.population import Population
from criticalmass.data.records import Features, kind_of
from criticalmass.errors import DataError
from criticalmass.learners.first_guess import Asked, FirstGuess
from criticalmass.learners.learner import AsItIs, Learner, try_instead
from criticalmass.learners.scikit.estimators import (
    deciding,
    only_predicts_sets,
    predicts_numbers,
    predicts_sets,
    reads_frames,
    reads_texts,
    require_predictor,
    set_seeds,
    word_cutter,
)
from criticalmass.learners.scikit.guessing import regression_of, some_of, trained
from criticalmass.learners.scikit.missing_values import check_takes_gaps, gaps_in_one_line
from criticalmass.learners.scikit.one_for_each import OneForEach
from criticalmass.learners.scikit.predictions import (
    label_set_scores,
    predicted_numbers,
    single_label_scores,
)
from criticalmass.learners.scikit.refusals import in_one_line
from criticalmass.phrases import listed


@dataclass(frozen=True, eq=False)
class _Model:
    """A fitted estimator, and what it was fitted to."""

    estimator: Any
    data: Population
    frames: bool

    def scores(self, batch: Features) -> NDArray[np.float64]:
        with in_one_line(self.estimator, self.data, "judge"):
            inputs = _inputs(batch, self.data, frames=self.frames)
            if self.data.holds == "numbers":
                return predicted_numbers(self.estimator, inputs)
            labels = self.data.held
            if self.data.label_sets:
                return label_set_scores(self.estimator, inputs, labels=labels)
            learnt = np.flatnonzero(labels.any(axis=0))
            return single_label_scores(
                self.estimator, inputs, learnt=learnt, labels=labels.shape[1]
            )


@dataclass(frozen=True, eq=False)
class _Constant:
    """The model of one label that everybody in training holds, or nobody."""

    holds: bool

    def scores(self, batch: Features) -> NDArray[np.float64]:
        return np.full((len(batch), 1), 1.0 if self.holds else -np.inf)


@dataclass(frozen=True)
class ScikitLearner(Learner):
    """A firm that trains any scikit-learn classifier or pipeline, or a regressor.

    - Texts reach the estimator as strings, so a pipeline that begins with a vectoriser must be in
      it: by itself, or inside a search, a calibration, a vote.
    - Images are flattened to one row each.
    - Tables: a pipeline receives a dataframe (of the library that the population came from) and
      brings its own preprocessing, and so does a search or a vote around one; a bare classifier
      receives text columns one-hot encoded and number columns standardised.
    - Labels reach the estimator as the numbers of their columns: 0 is the first name in
      ``label_names``.
    - Where labels are numbers, a regressor learns them, in their own unit.
    - Label sets: of an estimator that cannot predict several labels at once, one clone is fitted
      for each label (in a pipeline, of its last step only).

    The estimator's own ``predict`` decides what the model predicts: scores that contradict it, or
    tie, are changed as little as makes them agree. Every ``random_state`` in the estimator, and in
    what it holds, is set from the trial's seed. What estimators refuse is in docs/estimators.md.

    Parameters
    ----------
    estimator
        The unfitted estimator; it is cloned for every training run.

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> people = Population.from_arrays(np.array([[0.0], [1.0], [9.0]]), ["low", "low", "high"])
    >>> learner = ScikitLearner(KNeighborsClassifier(n_neighbors=1))
    >>> prepared = learner.prepare(people)
    >>> model = learner.fit(prepared, Edit.nothing(people), seed=0)
    >>> people.label_names, model.scores(prepared.encode(np.array([[8.0]]))).tolist()
    (('high', 'low'), [[1.0, 0.0]])
    """

    estimator: BaseEstimator

    def __post_init__(self) -> None:
        require_predictor(self.estimator)

    @property
    def predicts(self) -> tuple[Outcome, ...]:
        """Numbers if it is a regressor, else labels."""
        return ("numbers",) if predicts_numbers(self.estimator) else ("labels",)

    @property
    def tokenizer(self) -> Callable[[str], list[str]] | None:
        """What cuts a text into words, of the vectoriser in it; None where there is none."""
        return word_cutter(self.estimator)

    def in_words(self) -> str:
        """Return what the firm trains.

        Examples
        --------
        >>> from sklearn.svm import SVC
        >>> ScikitLearner(SVC()).in_words()
        "scikit-learn's SVC"
        >>> ScikitLearner(make_pipeline(StandardScaler(), SVC())).in_words()
        "scikit-learn's Pipeline of StandardScaler and SVC"
        """
        kind, steps = type(self.estimator), ""
        if isinstance(self.estimator, Pipeline):
            inside = (type(step).__name__ for _, step in self.estimator.steps)
            steps = f" of {listed(inside)}"
        whose = "scikit-learn's" if kind.__module__.startswith("sklearn.") else "the estimator"
        return f"{whose} {kind.__name__}{steps}"

    def prepare(self, population: Population) -> AsItIs:
        """Return the population as it is; raise `DataError` if the estimator cannot take it."""
        if population.holds not in self.predicts:
            raise DataError(_of_the_other_kind(self.estimator, population))
        if population.kind == "texts" and not reads_texts(self.estimator):
            raise DataError(
                "texts need a pipeline that begins with a vectoriser, for example "
                "make_pipeline(TfidfVectorizer(), LogisticRegression()); " + try_instead(population)
            )
        check_takes_gaps(self.estimator, population)
        if not population.label_sets and only_predicts_sets(self.estimator):
            raise DataError(
                f"{type(deciding(self.estimator)).__name__} predicts sets of labels, and each of "
                "these records has one label: give the classifier inside it"
            )
        return AsItIs(population)

    def fit(self, prepared: AsItIs, edit: Edit, seed: int) -> _Model | _Constant:
        """Return a clone of the estimator, fitted to the population with the edit applied."""
        data = edit.apply(prepared.population)
        one = data.label_sets and data.labels.shape[1] == 1
        if one and (data.held.all() or not data.held.any()):
            return _Constant(bool(data.held[0, 0]))
        with in_one_line(self.estimator, data, "learn from"):
            estimator, frames = self._assemble(data)
            set_seeds(estimator, seed % 2**32)
            inputs = _inputs(data.features, data, frames=frames)
            with gaps_in_one_line(self.estimator, data):
                estimator.fit(inputs, self._targets(data))
        return _Model(estimator, data, frames)

    def first_guesses(
        self, population: Population, asked: Sequence[Asked]
    ) -> list[FirstGuess | None]:
        """Return how many people each may take, from one model trained without them.

        None unless a logistic regression with a plain L2 penalty decides, alone or at the end of a
        pipeline: scikit-learn's ``LogisticRegression``, or ``SGDClassifier(loss="log_loss")``.
        """
        regression = regression_of(self.estimator)
        if regression is None:
            return [None] * len(asked)
        return [self._first_guess(population, regression, one) for one in asked]

    def _first_guess(
        self, population: Population, regression: Any, asked: Asked
    ) -> FirstGuess | None:
        labels = population.held[:, asked.target]
        if not len(asked.edit.rows) or labels.all() or not labels.any():
            return None
        pilot = some_of(asked.edit, len(population)).apply(population)
        assembled, frames = self._assemble(pilot)
        before = assembled[:-1] if isinstance(assembled, Pipeline) else None
        if before is not None and len(before):
            set_seeds(before, 0)
            before.fit(_inputs(pilot.features, pilot, frames=frames), self._targets(pilot))

        def numbers(features: Features) -> Any:
            inputs = _inputs(features, population, frames=frames)
            return before.transform(inputs) if before is not None and len(before) else inputs

        everyone, members = numbers(population.features), numbers(asked.edit.features)
        model = trained(regression, everyone, labels, members, numbers(asked.marked), asked)
        return model.guess(asked.wanted)

    def _targets(self, data: Population) -> NDArray[np.intp] | NDArray[np.float64]:
        """Return the labels as the estimator learns them."""
        if data.holds == "numbers":
            return data.values
        if not data.label_sets:
            return np.asarray(data.held.argmax(axis=1))
        labels = data.held.astype(int)
        one = labels.shape[1] == 1 and not only_predicts_sets(self.estimator)
        return labels[:, 0] if one else labels

    def _assemble(self, population: Population) -> tuple[Any, bool]:
        """Return the estimator ready for this population, and whether it receives dataframes."""
        estimator: Any = clone(self.estimator)
        if population.label_sets and population.labels.shape[1] > 1:
            if not isinstance(estimator, Pipeline):
                estimator = _for_label_sets(estimator)
            else:
                name, last = estimator.steps[-1]
                estimator.set_params(**{name: _for_label_sets(last)})
        frames = population.kind == "table" and reads_frames(self.estimator)
        if population.kind == "table" and not frames:
            estimator = make_pipeline(_encoder(population), estimator)
        return estimator, frames


def _of_the_other_kind(estimator: Any, population: Population) -> str:
    """Return the message for a classifier of numbers, or a regressor of names."""
    name = type(deciding(estimator)).__name__
    if population.holds == "numbers":
        return (
            f"{name} predicts labels, and these are numbers: give a regressor, such as "
            "sklearn.linear_model.Ridge"
        )
    return (
        f"{name} predicts numbers, and labels here are names: give a classifier, or say that "
        "labels are numbers (population.numbers = true; in Python numbers=True)"
    )


def _for_label_sets(estimator: Any) -> Any:
    """Return a classifier that predicts sets of labels: this one, or one clone per label."""
    return estimator if predicts_sets(estimator) else OneForEach(estimator)


def _encoder(population: Population) -> ColumnTransformer:
    """Return what one-hot encodes text columns and standardises number columns."""
    types = [population.features.dtype[name] for name in population.columns]
    return ColumnTransformer(
        [
            (
                "text",
                OneHotEncoder(handle_unknown="ignore", sparse_output=False),
                [j for j, dtype in enumerate(types) if dtype.kind == "O"],
            ),
            ("number", StandardScaler(), [j for j, dtype in enumerate(types) if dtype.kind != "O"]),
        ]
    )


def _inputs(features: Features, population: Population, *, frames: bool) -> Any:
    """Return features in the form that the estimator takes."""
    kind = kind_of(features)
    if kind == "texts":
        return features.tolist()
    if kind == "array":
        return features.reshape(len(features), -1)
    columns = {name: features[name] for name in features.dtype.names or ()}
    if frames:
        return frame_of(columns, population.frame_library)
    grid = np.empty((len(features), len(columns)), dtype=object)
    for j, values in enumerate(columns.values()):
        grid[:, j] = values
    return grid
