"""`ScikitLearner`: any scikit-learn classifier or pipeline as the firm."""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.compose import ColumnTransformer
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils import get_tags

from criticalmass.columns import frame_of
from criticalmass.edit import Edit
from criticalmass.errors import DataError
from criticalmass.gaps import check_estimator, told
from criticalmass.learners.learner import AsItIs
from criticalmass.population import Population
from criticalmass.records import Features, kind_of


@dataclass(frozen=True, eq=False)
class _Model:
    """A fitted estimator, with its classes put back into the population's order of labels."""

    estimator: Any
    population: Population
    frames: bool

    def scores(self, batch: Features) -> NDArray[np.float64]:
        inputs = _inputs(batch, self.population, frames=self.frames)
        if hasattr(self.estimator, "decision_function"):
            raw, neutral = self.estimator.decision_function(inputs), 0.0
        else:
            raw, neutral = self.estimator.predict_proba(inputs), 0.5
        if isinstance(raw, list):  # multi-output forests: one (n, 2) or (n, 1) array a label
            certain = [float(classes[-1]) for classes in self.estimator.classes_]
            raw = np.column_stack(
                [
                    p[:, 1] if p.shape[1] == 2 else np.full(len(p), c)
                    for p, c in zip(raw, certain, strict=True)
                ]
            )
        raw = np.asarray(raw, dtype=float)
        if self.population.label_sets:
            return raw.reshape(len(batch), -1) - neutral
        if raw.ndim == 1:
            raw = np.column_stack([-raw, raw])
        if raw.shape[1] != len(self.estimator.classes_):
            raise DataError("the estimator scores pairs of labels (ovo), not labels")
        scores = np.full((len(batch), len(self.population.label_names)), -np.inf)
        scores[:, self.estimator.classes_] = raw
        return scores


@dataclass(frozen=True)
class ScikitLearner:
    """Any scikit-learn classifier or pipeline.

    - Texts reach the estimator as strings, so it must be a pipeline that begins with a vectoriser.
    - Images are flattened to one row each.
    - Tables: a pipeline receives a dataframe (of the library that the population came from) and
      brings its own preprocessing; a bare classifier receives text columns one-hot encoded and
      number columns standardised.
    - Label sets: an estimator that cannot predict several labels at once is wrapped in
      `sklearn.multiclass.OneVsRestClassifier` (in a pipeline, its last step only).

    Every ``random_state`` among the estimator's parameters is set from the trial's seed.

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
        if not hasattr(self.estimator, "fit") or not (
            hasattr(self.estimator, "predict_proba") or hasattr(self.estimator, "decision_function")
        ):
            raise DataError(
                "ScikitLearner needs a classifier with predict_proba or decision_function, "
                f"not {type(self.estimator).__name__}"
            )

    def prepare(self, population: Population) -> AsItIs:
        """Check that the estimator can take this kind of records."""
        if population.kind == "texts" and not isinstance(self.estimator, Pipeline):
            raise DataError(
                "texts need a pipeline that begins with a vectoriser, for example "
                "make_pipeline(TfidfVectorizer(), LogisticRegression())"
            )
        check_estimator(self.estimator, population)
        return AsItIs(population)

    def fit(self, prepared: AsItIs, edit: Edit, seed: int) -> _Model:
        """Clone the estimator and fit it to the population with the edit applied."""
        data = edit.apply(prepared.population)
        estimator, frames = self._assemble(data)
        states = [name for name in estimator.get_params() if name.split("__")[-1] == "random_state"]
        estimator.set_params(**dict.fromkeys(states, seed % 2**32))
        targets = data.labels.astype(int) if data.label_sets else data.labels.argmax(axis=1)
        inputs = _inputs(data.features, data, frames=frames)
        with told(self.estimator, data):
            estimator.fit(inputs, targets)
        return _Model(estimator, prepared.population, frames)

    def _assemble(self, population: Population) -> tuple[Any, bool]:
        """Return the estimator ready for this population, and if it is to receive dataframes."""
        estimator: Any = clone(self.estimator)
        is_pipeline = isinstance(estimator, Pipeline)
        if population.label_sets:
            if not is_pipeline:
                estimator = _for_label_sets(estimator)
            else:
                name, last = estimator.steps[-1]
                estimator.set_params(**{name: _for_label_sets(last)})
        if population.kind == "table" and not is_pipeline:
            estimator = make_pipeline(_encoder(population), estimator)
        return estimator, population.kind == "table" and is_pipeline


def estimator_from_path(path: str, parameters: dict[str, Any]) -> BaseEstimator:
    """Make an estimator from its dotted name, as study files give it.

    Examples
    --------
    >>> estimator_from_path("sklearn.linear_model.LogisticRegression", {"C": 2.0})
    LogisticRegression(C=2.0)
    """
    module, _, name = path.rpartition(".")
    try:
        kind = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise DataError(
            f"no estimator {path!r}; give its full name, such as "
            "'sklearn.linear_model.LogisticRegression'"
        ) from error
    # A study file may come from anybody: nothing but an estimator is ever called.
    if not (inspect.isclass(kind) and issubclass(kind, BaseEstimator)):
        raise DataError(f"{path} is not a scikit-learn estimator")
    try:
        return kind(**parameters)
    except TypeError as error:
        raise DataError(f"{path}: {error}") from error


_FOR_SETS = (MultiOutputClassifier, ClassifierChain, OneVsRestClassifier)


def _for_label_sets(estimator: Any) -> Any:
    """Wrap a classifier that predicts one label so that it predicts a set."""
    tags = get_tags(estimator).classifier_tags
    native = (tags is not None and tags.multi_label) or isinstance(estimator, _FOR_SETS)
    return estimator if native else OneVsRestClassifier(estimator)


def _encoder(population: Population) -> ColumnTransformer:
    """One-hot encode text columns, standardise number columns."""
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
