"""What scikit-learn's estimators refuse, in one line that says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sklearn.pipeline import Pipeline

from criticalmass.data.population import Population
from criticalmass.data.records import Kind
from criticalmass.errors import CriticalMassError, DataError, first_line
from criticalmass.learners.scikit.one_for_each import OneForEach


@contextmanager
def in_one_line(estimator: Any, data: Population, does: str) -> Iterator[None]:
    """Turn whatever an estimator raises into a `DataError` of one line.

    Parameters
    ----------
    estimator
        What is asked; the line names it.
    data
        What the estimator is trained on.
    does
        What it is asked to do: ``"learn from"`` or ``"judge"`` records.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.naive_bayes import MultinomialNB
    >>> people = Population.from_arrays(np.array([[-1.0], [1.0]]), ["a", "b"])
    >>> with in_one_line(MultinomialNB(), people, "learn from"):
    ...     MultinomialNB().fit([[-1.0]], [0])
    Traceback (most recent call last):
    ...
    criticalmass.errors.DataError: MultinomialNB cannot learn from these records: Negative values...
    """
    try:
        yield
    except (CriticalMassError, MemoryError, Warning) as error:
        if not isinstance(error, DataError):
            raise
        raise DataError(f"{_name(estimator)} cannot {does} these records: {error}") from error
    except Exception as error:
        cause = _cause(error)
        advice = _advice(cause, data)
        reason = f"{_short(cause.rstrip('.:'))}; {advice}" if advice else _short(cause)
        raise DataError(f"{_name(estimator)} cannot {does} these records: {reason}") from error


def _name(estimator: Any) -> str:
    """Return what a message calls an estimator: the classifier inside it."""
    if isinstance(estimator, Pipeline):
        return _name(estimator.steps[-1][1])
    if isinstance(estimator, OneForEach):
        return _name(estimator.estimator)
    return type(estimator).__name__


def _short(line: str) -> str:
    """Cut a line that quotes a whole record."""
    return line if len(line) <= 200 else f"{line[:199]}…"


def _cause(error: Exception) -> str:
    """Return the line that says most; if fits inside a search failed, the one they raised."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if lines and re.match(r"All the \d+ fits failed", lines[0]):
        raised = [line for line in lines if re.match(r"[\w.]+(Error|Exception): ", line)]
        if raised:
            return raised[-1].partition(": ")[2]
    if lines and lines[0].startswith("No neighbors found"):  # what follows lists every record
        return "a record has no neighbour within the radius"
    return first_line(error) or type(error).__name__


def _advice(cause: str, data: Population) -> str:
    """Return what to do, where that is known; otherwise an empty text."""
    if data.holds == "numbers":
        return _advice_in(cause, data)
    if re.search(r"(?<!at least )(one|1) class\b|2 classes|2 or more distinct", cause):
        return _about_classes(data)
    if words := _advice_in(cause, data):
        return words
    if re.search(r"pos_label|class_weight|outlier_label|No label specified", cause):
        names = data.label_names
        if data.label_sets:
            return "each label reaches it as 1 (held) or 0 (not held)"
        shown = ", ".join(names[:6]) + (", …" if len(names) > 6 else "")
        return f"labels reach it as the numbers 0 to {len(names) - 1}, in the order {shown}"
    return ""


def _advice_in(cause: str, data: Population) -> str:
    """Return what the tables of advice say of a cause; empty if nothing."""
    advice = (_ADVICE | _ADVICE_FOR[data.kind]).items()
    return next((words for pattern, words in advice if re.search(pattern, cause)), "")


def _about_classes(data: Population) -> str:
    """Return which label leaves an estimator without a choice, and what to do."""
    counts = data.held.sum(axis=0)
    if not data.label_sets and (counts > 0).sum() == 1:
        only = data.label_names[int(counts.argmax())]
        return f"every record in training has the label “{only}”: let fewer people change it"
    everybody, nobody = counts == len(data), counts == 0
    if data.label_sets and (everybody | nobody).any():
        one = int((everybody | nobody).argmax())
        return (
            f"{'everybody' if everybody[one] else 'nobody'} holds “{data.label_names[one]}”: give "
            "the classifier itself, without MultiOutputClassifier or ClassifierChain around it"
        )
    return ""


_ADVICE = {
    r"categorical_features should be passed as|categorical_features.*strings": (
        "columns of text reach it one-hot encoded and without names: in a pipeline, put a "
        'FunctionTransformer with a named function before it that calls .astype("category")'
    ),
    r"Negative values in data passed to CategoricalNB": (
        "it takes categories numbered from 0: in a pipeline, put OrdinalEncoder() or "
        'KBinsDiscretizer(encode="ordinal") before it'
    ),
    r"index \d+ is out of bounds": (
        "a record to be judged has a category that no record in training has: set min_categories"
    ),
    r"no neighbour within the radius": 'set a larger radius, or outlier_label="most_frequent"',
    r"Only binary classification is supported": (
        "it decides between two labels, and here are more: choose another classifier"
    ),
    r"[Ss]parse data": (
        "its vectoriser or encoder gives sparse numbers: put TruncatedSVD() between them, or a "
        "named function that calls .toarray() in a FunctionTransformer"
    ),
    r"n_splits|less than \d+ examples|least populated|members in each class": (
        "a label has fewer records than cv makes parts: choose a smaller cv, or more records"
    ),
    r"Supported target types|multilabel-indicator": (
        "it cannot split or score sets of labels: use cv=KFold(…) and a scoring for sets"
    ),
    r"instance is not fitted yet": (
        "a classifier of your own sets an attribute whose name ends in _ when it is fitted"
    ),
}
_TO_NUMBERS = r"could not convert string to float|dtype='numeric'|cannot use median|non-numeric"
_NOT_NUMBERS = r"only supported for|Expected 2D array"
_ADVICE_FOR: dict[Kind, dict[str, str]] = {
    "texts": {
        _TO_NUMBERS: "put a vectoriser before it, such as TfidfVectorizer()",
        _NOT_NUMBERS: "it takes numbers: make it the last step of the pipeline that makes them",
    },
    "table": {
        r"Negative values in data": (
            "numbers are standardised for a bare classifier, so give a pipeline that keeps them at "
            "0 or more, such as make_pipeline(make_column_transformer((OneHotEncoder("
            'handle_unknown="ignore"), [columns of text]), remainder=MinMaxScaler(clip=True)), …)'
        ),
        _TO_NUMBERS: (
            "a pipeline, and what stands beside one, receives the table as it is: begin each with "
            'make_column_transformer((OneHotEncoder(handle_unknown="ignore"), [columns of text]), '
            'remainder="passthrough"), or make it the last step of such a pipeline'
        ),
        _NOT_NUMBERS: "it takes numbers: make it the last step of the pipeline that makes them",
    },
    "array": {
        r"Negative values in data": "give make_pipeline(MinMaxScaler(clip=True), …)",
        _NOT_NUMBERS: "these records are arrays, whose columns have no names",
    },
}
