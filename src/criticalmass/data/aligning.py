"""Two populations made apart, such as the halves of an official split, brought to one form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.lib.recfunctions import repack_fields
from numpy.typing import NDArray

from criticalmass.data.labels import sort_labels
from criticalmass.data.missing import missing_in
from criticalmass.data.population import Labels, Population
from criticalmass.data.records import Features
from criticalmass.data.spelling import find
from criticalmass.errors import DataError, StudyError

SHOWN = 5
"""A note names so many labels."""


def aligned(train: Population, test: Population) -> tuple[Population, Population]:
    """Return training and test records with the same columns in one order, and the same labels.

    Columns are matched by name and stand as in the training records. A record of either could hold
    any label of both; a note says which label only one of them has. Populations that fit already
    are returned as they are.

    Parameters
    ----------
    train, test
        Records of one kind.

    Raises
    ------
    StudyError
        If they differ in kind, or only one has sets of labels, or numbers.
    DataError
        If they differ in their columns or in the shape of their arrays.

    Examples
    --------
    >>> one = Population.from_table({"a": [1, 2], "b": [3, 4], "y": ["p", "q"]}, label="y")
    >>> other = Population.from_table({"b": [5, 6], "a": [7, 8], "y": ["r", "p"]}, label="y")
    >>> train, test = aligned(one, other)
    >>> test.columns, test.features.tolist(), train.label_names == test.label_names == (*"pqr",)
    (('a', 'b'), [(7, 5), (8, 6)], True)
    >>> train.notes[0]
    "1 label is held in the training records alone: 'q'."
    """
    differ = "training and test records differ in their labels or their kind"
    if train.kind != test.kind:
        raise StudyError(f"{differ}: {train.kind} and {test.kind}")
    if train.holds != test.holds:
        raise StudyError(f"{differ}: {train.holds} and {test.holds}")
    if train.label_sets != test.label_sets:
        kinds = [
            "sets of labels" if half.label_sets else "one label each" for half in (train, test)
        ]
        raise StudyError(f"{differ}: {' and '.join(kinds)}")
    test = _columns(train, test)
    if train.label_names == test.label_names:
        return train, test
    return _labels(train, test)


def unlabelled(train: Population, records: Population) -> Population:
    """Return records in the form of the training records, with labels that say nothing.

    Their own labels are not looked at: with sets of labels each holds none, else the first one;
    where labels are numbers, the first record's number.

    Parameters
    ----------
    train
        The records that the firm trains on.
    records
        Records of one kind with them, and with the same columns.

    Raises
    ------
    StudyError
        If they differ in kind.
    DataError
        If they differ in their columns or in the shape of their arrays.

    Examples
    --------
    >>> train = Population.from_table({"a": [1, 2], "b": [3, 4], "y": ["p", "q"]}, label="y")
    >>> names = train.label_names  # any of them will do
    >>> table = {"b": [5], "a": [6], "y": names[:1]}
    >>> more = Population.from_table(table, label="y", label_names=names)
    >>> unlabelled(train, more).features.tolist(), unlabelled(train, more).label_names
    ([(6, 5)], ('p', 'q'))
    """
    if train.kind != records.kind:
        raise StudyError(
            f"training and marked records differ in their kind: {train.kind} and {records.kind}"
        )
    records = _columns(train, records, "marked")
    labels: Labels = np.zeros((len(records), len(train.label_names)), dtype=bool)
    labels[:, 0] = not train.label_sets
    if train.numbers is not None:
        labels = np.full((len(records), 1), train.values[0])
    return replace(
        records,
        labels=labels,
        label_names=train.label_names,
        label_sets=train.label_sets,
        numbers=train.numbers,
    )


def with_gaps_of(train: Population, test: Population, few: int) -> Population:
    """Return the first few training records, and records of both that have missing values.

    They show before anything is trained whether a learner takes such records.

    Examples
    --------
    >>> table = {"a": [1, 2, None], "y": ["p", "q", "p"]}
    >>> people = Population.from_table(table, label="y", missing="keep")
    >>> with_gaps_of(people, people.take(np.array([0])), few=2).features["a"].tolist()
    [1.0, 2.0, nan]
    """
    first = train.take(np.arange(min(len(train), few)))
    halves = [half for half in (train, test) if half.missing == "keep"]
    rows = [(half, np.flatnonzero(_gaps(half.features))[:few]) for half in halves]
    more = [half.take(gaps) for half, gaps in rows if len(gaps)]
    if not more:
        return first
    return replace(
        first,
        features=np.concatenate([half.features for half in (first, *more)]),
        labels=np.concatenate([half.labels for half in (first, *more)]),
        missing="keep",
    )


def _gaps(features: Features) -> NDArray[np.bool_]:
    """Return which records have a missing value."""
    columns = features.dtype.names
    parts = [features] if columns is None else [features[name] for name in columns]
    return np.asarray(np.logical_or.reduce([missing_in(part) for part in parts]))


def _columns(train: Population, test: Population, called: str = "test") -> Population:
    """Return the test records, or others that are called so, with the columns as in training."""
    if train.kind == "array" and train.features.shape[1:] != test.features.shape[1:]:
        raise DataError(
            f"training and {called} records differ in shape: {train.features.shape[1:]} and "
            f"{test.features.shape[1:]}"
        )
    if (train.channels == "first") != (test.channels == "first"):
        raise DataError(
            f"training records have channels {train.channels or 'unsaid'}, {called} records "
            f"{test.channels or 'unsaid'}"
        )
    for column in dict.fromkeys((*train.columns, *test.columns)):
        for half, has, lacks in ((test, "training", called), (train, called, "training")):
            if column not in half.columns:
                raise DataError(
                    f"{has} records have a column {column!r}, which {lacks} records lack"
                )
    for column in train.columns:
        kinds = [half.features.dtype[column].kind == "O" for half in (train, test)]
        if kinds[0] != kinds[1]:
            texts, half = ("training", train) if kinds[0] else (called, test)
            why = half.read_as.get(column)
            raise DataError(
                f"column {column!r} holds texts in the {texts} records alone"
                + (f"; there it {why}" if why else "")
            )
    if train.columns == test.columns:
        return test
    return replace(test, features=repack_fields(test.features[list(train.columns)]))


def _labels(train: Population, test: Population) -> tuple[Population, Population]:
    """Return both halves with the labels of both."""
    same = [find(name, train.label_names) or name for name in test.label_names]
    if len(set(same)) < len(same):
        same = list(test.label_names)
    names = sort_labels({*train.label_names, *same})
    matrices = []
    for half, half_names in ((train, list(train.label_names)), (test, same)):
        labels = np.zeros((len(half), len(names)), dtype=bool)
        labels[:, [names.index(name) for name in half_names]] = half.labels
        matrices.append(labels)
    notes = []
    for one, other, where in ((0, 1, "training"), (1, 0, "test")):
        alone = matrices[one].any(axis=0) & ~matrices[other].any(axis=0)
        if alone.any():
            few = [names[j] for j in np.flatnonzero(alone)]
            shown = ", ".join(map(repr, few[:SHOWN])) + (", …" if len(few) > SHOWN else "")
            what = "label is" if len(few) == 1 else "labels are"
            notes.append(f"{len(few):,} {what} held in the {where} records alone: {shown}.")

    def with_labels(half: Population, labels: NDArray[np.bool_]) -> Population:
        """Return a half with the labels of both, and the notes."""
        notes_now = (*half.notes, *notes)
        return replace(half, labels=labels, label_names=tuple(names), notes=notes_now)

    return with_labels(train, matrices[0]), with_labels(test, matrices[1])
