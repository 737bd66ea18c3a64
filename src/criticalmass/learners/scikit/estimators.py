"""What a scikit-learn estimator is, and what is inside it: steps, searches, other estimators."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, is_classifier, is_regressor
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection._search import BaseSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from criticalmass.errors import DataError, first_line

_KINDS = ("classifier", "regressor")
_FOR_SETS = (MultiOutputClassifier, ClassifierChain, OneVsRestClassifier)


def require_predictor(estimator: object) -> None:
    """Raise `DataError` unless this is a classifier or regressor as scikit-learn's, not yet fitted.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> require_predictor(KMeans())
    Traceback (most recent call last):
    ...
    criticalmass.errors.DataError: ScikitLearner needs a classifier ..., which is a clusterer
    """
    if isinstance(estimator, type):
        raise DataError(
            f"ScikitLearner needs a classifier, not its class: write {estimator.__name__}(), "
            f"not {estimator.__name__}"
        )
    name = type(estimator).__name__
    if not isinstance(estimator, BaseEstimator):
        raise DataError(
            f"ScikitLearner needs a scikit-learn classifier, not {name}; a classifier of your own "
            "inherits from sklearn.base.ClassifierMixin and sklearn.base.BaseEstimator"
        )
    try:
        kind = get_tags(estimator).estimator_type
    except Exception as error:  # something inside is no estimator: any error may come of it
        kinds = re.findall(r"'(\w+)' object has no attribute '__sklearn_tags__'", str(error))
        what = f": a {kinds[-1]}" if kinds else f" ({first_line(error)[:120]})"
        raise DataError(f"{name} holds something that is no estimator{what}") from error
    if kind not in (None, *_KINDS) or not _predicts(estimator):
        raise DataError(
            "ScikitLearner needs a classifier (with predict, and best with predict_proba or "
            "decision_function), or a regressor where labels are numbers, "
            f"not {name}, which {_what_else(kind)}"
        )
    if any(isinstance(part, FrozenEstimator) for part in parts_of(estimator)):
        raise DataError(
            f"this {name} holds a FrozenEstimator, which was fitted elsewhere: its parameters do "
            "not say what it learnt, so trials could not be named by them"
        )
    if _is_fitted(estimator):
        raise DataError(
            f"this {name} is fitted already; ScikitLearner fits a new one in every trial: give it "
            "sklearn.base.clone(estimator)"
        )


def parts_of(part: Any) -> Iterator[Any]:
    """Yield an estimator and everything inside its parameters that has parameters or a seed.

    Examples
    --------
    >>> from sklearn.ensemble import BaggingClassifier
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> [type(p).__name__ for p in parts_of(BaggingClassifier(DecisionTreeClassifier()))]
    ['BaggingClassifier', 'DecisionTreeClassifier']
    """
    if isinstance(part, FrozenEstimator):  # what is inside never learns, and is never cloned
        yield part
    elif isinstance(part, BaseEstimator):
        yield part
        for inside in part.get_params(deep=False).values():
            yield from parts_of(inside)
    elif isinstance(part, Mapping):
        for inside in part.values():
            yield from parts_of(inside)
    elif isinstance(part, (list, tuple)):
        for inside in part:
            yield from parts_of(inside)
    elif hasattr(part, "get_n_splits") and not isinstance(part, type):  # as cv=KFold(…) has
        yield part


def set_seeds(estimator: BaseEstimator, seed: int) -> None:
    """Set every ``random_state`` in an estimator, and in what it holds, in place.

    Examples
    --------
    >>> from sklearn.linear_model import SGDClassifier
    >>> from sklearn.model_selection import GridSearchCV, KFold
    >>> search = GridSearchCV(SGDClassifier(), {}, cv=KFold(shuffle=True))
    >>> set_seeds(search, 7)
    >>> search.estimator.random_state, search.cv.random_state
    (7, 7)
    """
    for part in parts_of(estimator):
        if isinstance(part, BaseEstimator):
            if "random_state" in part.get_params(deep=False):
                part.set_params(random_state=seed)
        elif "random_state" in vars(part) and vars(part).get("shuffle", True):
            object.__setattr__(part, "random_state", seed)  # a frozen dataclass may split, too


def reads_texts(estimator: BaseEstimator) -> bool:
    """Return whether an estimator may take texts: it has a pipeline or a vectoriser in it."""
    return any(isinstance(part, Pipeline) or _reads_text(part) for part in parts_of(estimator))


def word_cutter(estimator: BaseEstimator) -> Callable[[str], list[str]] | None:
    """Return what cuts a text into words, of the vectoriser in an estimator; None of several.

    Examples
    --------
    >>> from sklearn.feature_extraction.text import TfidfVectorizer
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.pipeline import make_pipeline
    >>> cut = word_cutter(make_pipeline(TfidfVectorizer(), Ridge()))
    >>> cut("One ~ of a kind")
    ['one', 'of', 'kind']
    """
    counting = (CountVectorizer, HashingVectorizer)
    parts = [part for part in parts_of(estimator) if isinstance(part, counting)]
    if len(parts) != 1 or parts[0].get_params()["analyzer"] != "word":
        return None
    plain, cut = parts[0].build_preprocessor(), parts[0].build_tokenizer()
    return lambda text: list(cut(plain(text)))


def reads_frames(estimator: BaseEstimator) -> bool:
    """Return whether an estimator takes a table as a dataframe and brings its own preprocessing.

    A pipeline does. So does anything around a pipeline that chooses or encodes columns. A pipeline
    inside something else that only scales numbers takes the encoded table.

    Examples
    --------
    >>> from sklearn.ensemble import BaggingClassifier
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import OneHotEncoder, StandardScaler
    >>> scaled = make_pipeline(StandardScaler(), LogisticRegression())
    >>> encoded = make_pipeline(OneHotEncoder(), LogisticRegression())
    >>> reads_frames(scaled), reads_frames(GridSearchCV(scaled, {}))
    (True, False)
    >>> reads_frames(GridSearchCV(encoded, {}))
    True
    """
    return isinstance(estimator, Pipeline) or any(_encodes(part) for part in parts_of(estimator))


def deciding(estimator: Any) -> Any:
    """Return what predicts in the end: the last step of a pipeline, the best (or only) of a search.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.pipeline import make_pipeline
    >>> deciding(GridSearchCV(make_pipeline("passthrough", LogisticRegression()), {}))
    LogisticRegression()
    """
    if isinstance(estimator, Pipeline):
        return deciding(estimator.steps[-1][1])
    if isinstance(estimator, BaseSearchCV):
        fitted = hasattr(estimator, "best_estimator_")
        return deciding(estimator.best_estimator_ if fitted else estimator.estimator)
    return estimator


def predicts_sets(estimator: BaseEstimator) -> bool:
    """Return whether a classifier can predict a set of labels by itself."""
    last = deciding(estimator)
    tags = get_tags(last).classifier_tags
    return isinstance(last, _FOR_SETS) or (tags is not None and bool(tags.multi_label))


def only_predicts_sets(estimator: BaseEstimator) -> bool:
    """Return whether a classifier must be fitted to a matrix, even if there is one label."""
    return not get_tags(deciding(estimator)).target_tags.single_output


def predicts_numbers(estimator: BaseEstimator) -> bool:
    """Return whether an estimator is a regressor.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression, Ridge
    >>> predicts_numbers(Ridge()), predicts_numbers(LogisticRegression())
    (True, False)
    """
    return bool(get_tags(estimator).estimator_type == "regressor")


def _what_else(kind: str | None) -> str:
    """Return what a message says of an estimator that is no classifier."""
    if kind in (None, *_KINDS):
        return "has no predict"
    words = str(kind).replace("_", " ")
    return f"is {'an' if words[0] in 'aeiou' else 'a'} {words}"


def _predicts(estimator: Any) -> bool:
    """Return whether an estimator can predict once it is fitted."""
    if isinstance(estimator, Pipeline):
        return _predicts(estimator.steps[-1][1])
    if isinstance(estimator, BaseSearchCV):
        return estimator.refit is not False and _predicts(estimator.estimator)
    if not isinstance(estimator, BaseEstimator):
        return False
    kind = is_classifier(estimator) or is_regressor(estimator)
    declared = kind and hasattr(type(estimator), "predict")
    return declared or hasattr(estimator, "predict")  # some have it only after fitting


def _reads_text(part: Any) -> bool:
    if not isinstance(part, BaseEstimator):
        return False
    inputs = get_tags(part).input_tags
    return bool(inputs.string and not inputs.two_d_array)


def _encodes(part: Any) -> bool:
    """Return whether a transformer chooses columns, or turns texts into numbers; one's own may."""
    if isinstance(part, ColumnTransformer):
        return True
    if isinstance(part, FunctionTransformer):
        return part.func is not None and not isinstance(part.func, np.ufunc)
    if not isinstance(part, BaseEstimator) or not hasattr(part, "transform") or is_classifier(part):
        return False
    own = type(part).__module__.partition(".")[0] != "sklearn"
    return own or bool(get_tags(part).input_tags.categorical)


def _is_fitted(estimator: BaseEstimator) -> bool:
    if not get_tags(estimator).requires_fit:
        return False
    try:
        check_is_fitted(estimator)
    except NotFittedError:
        return False
    return True
