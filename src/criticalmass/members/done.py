"""What members have done already: nobody is told to do it again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.data.records import rows_differ
from criticalmass.members.found import unmarked
from criticalmass.members.joined import Joined
from criticalmass.signals import Signal
from criticalmass.signals.signal import TellsMarked
from criticalmass.strategies.marking import Marking


def not_twice(edit: Edit, population: Population, signal: Signal) -> Edit:
    """Return an edit that marks no features again; labels may still change."""
    if not isinstance(signal, TellsMarked):
        return edit  # it does not change what is marked
    before = population.features[edit.members]
    after = edit.apply(population).take(edit.members)
    marked = signal.is_marked(before, population=population)
    features = after.features.copy()
    features[marked] = before[marked]
    return Edit.of(population, edit.members, features, after.labels)


def settled(population: Population, rows: NDArray[np.intp], marking: Marking) -> NDArray[np.bool_]:
    """Return which of these people carry the mark and hold the target label alone, (rows,)."""
    records = population.take(rows)
    alone = np.zeros(len(population.label_names), dtype=bool)
    if marking.target_label is not None:
        alone[population.label_index(marking.target_label)] = True
    as_wanted = (records.held == alone).all(axis=1)
    return np.asarray(as_wanted & carry_mark(records, marking.signal, population))


def carry_mark(records: Population, signal: Signal, population: Population) -> NDArray[np.bool_]:
    """Return which records carry a signal, (m,): as it says itself, or because it changes nothing.

    Parameters
    ----------
    records
        The records.
    signal
        The signal.
    population
        The population that it is applied in.
    """
    features = records.features
    if isinstance(signal, TellsMarked):
        return np.asarray(signal.is_marked(features, population=population))
    again = signal.apply(features, population=population, rng=np.random.default_rng(0))
    return np.asarray(~rows_differ(features, again))


def done_by_the_study(
    joined: Joined, edit: Edit, own: Population, marking: Marking
) -> NDArray[np.bool_]:
    """Return which members' records are done in the study's file and not yet in their own, (m,).

    Parameters
    ----------
    joined
        The study with the members' own records in it.
    edit
        What they would change.
    own
        Their records.
    marking
        What they do.
    """
    signal = marking.signal
    after = edit.apply(joined.study.population).take(joined.rows)
    there = joined.at.records.take(np.maximum(joined.at.places, 0))
    same = ~rows_differ(after.features, there.features)
    if isinstance(signal, TellsMarked):  # what is marked at random is not the same again
        marked = np.asarray(signal.is_marked(there.features, population=joined.study.population))
        before = [unmarked(signal, each.features, each) for each in (there, own)]
        if before[0] is not None and before[1] is not None:
            marked &= ~rows_differ(before[0], before[1])
        same |= marked
    same &= (after.labels == there.labels).all(axis=1)
    if not marking.plants:  # the same features with another label may be somebody else's
        same &= joined.at.by_id
    part = np.isin(joined.rows, edit.members)
    return np.asarray(part & (joined.at.places >= 0) & same & differ(there, own))


def as_the_study_has_them(
    joined: Joined, edit: Edit, stale: NDArray[np.bool_]
) -> tuple[Joined, Edit]:
    """Return a study and an edit in which some members' records are those of the study's file."""
    population = joined.study.population
    there = joined.at.records.take(np.maximum(joined.at.places, 0))
    features, labels = population.features.copy(), population.labels.copy()
    features[joined.rows[stale]] = there.features[stale]
    labels[joined.rows[stale]] = there.labels[stale]
    study = replace(joined.study, population=replace(population, features=features, labels=labels))
    kept = ~np.isin(edit.rows, joined.rows[stale])
    left = replace(
        edit, rows=edit.rows[kept], features=edit.features[kept], labels=edit.labels[kept]
    )
    return replace(joined, study=study), left


def differ(one: Population, other: Population) -> NDArray[np.bool_]:
    """Return which records of two populations differ, in features or labels."""
    features = rows_differ(one.features, other.features)
    return np.asarray(features | (one.labels != other.labels).any(axis=1))
