"""What scikit-learn's estimators refuse, in one line that says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sklearn.pipeline import Pipeline

from criticalmass.errors import CriticalMassError, DataError, first_line
from criticalmass.learners.one_for_each import OneForEach
from criticalmass.population import Population


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
        told = f"{cause.rstrip('.')}; {advice}" if advice else cause
        raise DataError(f"{_name(estimator)} cannot {does} these records: {told}") from error


def _name(estimator: Any) -> str:
    if isinstance(estimator, Pipeline):
        return _name(estimator.steps[-1][1])
    return (
        _name(estimator.estimator)
        if isinstance(estimator, OneForEach)
        else type(estimator).__name__
    )


def _cause(error: Exception) -> str:
    """Return the line that tells most: of fits that failed inside a search, what they raised."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if lines and re.match(r"All the \d+ fits failed", lines[0]):
        raised = [line for line in lines if re.match(r"[\w.]+(Error|Exception): ", line)]
        if raised:
            return raised[-1].partition(": ")[2]
    if lines and lines[0].startswith("No neighbors found"):  # what follows lists every record
        return "a record has no neighbour within the radius"
    return first_line(error) or type(error).__name__


def _advice(cause: str, data: Population) -> str:
    """Say what to do, where that is known."""
    held = data.labels.sum(axis=0)
    if not data.label_sets and (held > 0).sum() == 1:
        only = data.label_names[int(held.argmax())]
        return f"every record has the label “{only}” by now: let fewer people change theirs"
    constant = (held == 0) | (held == len(data))
    for pattern, words in _ADVICE.items():
        if re.search(pattern, cause):
            return words.format(
                labels=len(data.label_names),
                last=len(data.label_names) - 1,
                order=", ".join(data.label_names[:6]) + (", …" if len(held) > 6 else ""),
            )
    if data.label_sets and constant.any() and re.search("class", cause):
        one = data.label_names[int(constant.argmax())]
        return (
            f"everybody or nobody holds “{one}”: give the classifier itself, without "
            "MultiOutputClassifier or ClassifierChain, and each label gets one of its own"
        )
    return ""


_ADVICE = {
    r"Negative values in data passed to CategoricalNB": (
        "it takes categories numbered from 0: in a pipeline, put OrdinalEncoder() or "
        'KBinsDiscretizer(encode="ordinal") before it'
    ),
    r"Negative values in data": (
        "numbers of a table are standardised for a bare classifier, so give a pipeline that keeps "
        "them at 0 or more, such as make_pipeline(MinMaxScaler(clip=True), …), with an encoder for "
        "columns of text"
    ),
    r"index \d+ is out of bounds": (
        "a record to be judged has a category that no record in training has: set min_categories"
    ),
    r"no neighbour within the radius": 'set a larger radius, or outlier_label="most_frequent"',
    r"Only binary classification is supported": (
        "there are {labels} labels, and it decides between two: wrap what it holds in "
        "OneVsRestClassifier, or choose another classifier"
    ),
    r"pos_label|class_weight|outlier_label|not in class|No label specified": (
        "labels reach it as the numbers 0 to {last}, in the order {order}"
    ),
    r"[Ss]parse|toarray": (
        "its vectoriser gives sparse numbers: put TruncatedSVD() between them, or a named function "
        "that calls .toarray() in a FunctionTransformer"
    ),
    r"could not convert string to float|invalid literal|dtype='numeric'": (
        "a pipeline receives the records as they are: put a vectoriser first for texts; for the "
        "text columns of a table, make_column_transformer((OneHotEncoder(handle_unknown="
        '"ignore"), […]), remainder="passthrough")'
    ),
    r"only supported for dataframes|only supported for pandas": (
        "it hands on bare numbers: make it the last step of the pipeline instead"
    ),
    r"n_splits|less than \d+ examples|least populated|members in each class": (
        "a label has fewer records than cv makes parts: choose a smaller cv, or more records"
    ),
    r"Supported target types|multilabel-indicator": (
        "it cannot split or score sets of labels: use cv=KFold(…) and a scoring for sets"
    ),
}
