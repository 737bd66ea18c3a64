"""`join`: the members' records put into a study."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.population import Population
from criticalmass.data.records import Features, numbered
from criticalmass.errors import StudyError
from criticalmass.members.file import Members
from criticalmass.members.found import Found, find_members, unmarked
from criticalmass.signals.signal import ComesOff
from criticalmass.strategies.marking import Marking
from criticalmass.studies.files.ids import Ids
from criticalmass.studies.study import Study


@dataclass(frozen=True, eq=False)
class Joined:
    """A study whose population holds the members' records.

    Parameters
    ----------
    study
        The study, its training records those of the platform with the members' among them.
    rows
        Each member's row in its population, (m,).
    at
        Where the members lay among the study's records before.
    """

    study: Study
    rows: NDArray[np.intp]
    at: Found

    @property
    def found(self) -> int:
        """How many members were among the study's people already; the others were added."""
        return int((self.at.places >= 0).sum())


def join(
    study: Study, members: Members, marking: Marking | None = None, ids: Ids | None = None
) -> Joined:
    """Put the members' records into a study, each in their own place, else at the end.

    A member takes the place of the record that `find_members` says is theirs: one that the firm
    trains on, or one that success was to be measured on, which then moves to the others. So no
    record of a member is measured on unless somebody else's is equal to it. Among marked
    records without labels, one is left out for each member whom the firm did not train on.

    Parameters
    ----------
    study, members
        The study, and its members.
    marking
        What members do, by which those are found who have done it.
    ids
        Who the study's records are, if that is known.

    Raises
    ------
    StudyError
        If no record is left to measure success on.
    """
    train, test, own = study.population, study.test, members.records
    found = find_members(study, members, marking, ids)
    at, offset = found.places, len(train)
    trained_on = (at >= 0) & (at < offset)
    moved, added = np.flatnonzero(at >= offset), np.flatnonzero(at < 0)
    if len(moved) == len(test):
        raise StudyError("all test records are members' own, so success cannot be measured")
    new = np.concatenate([moved, added])
    rows = at.copy()
    rows[new] = offset + np.arange(len(new))
    features = np.concatenate([train.features, own.features[new]])
    labels = np.concatenate([train.labels, own.labels[new]])
    features[rows[trained_on]] = own.features[trained_on]
    labels[rows[trained_on]] = own.labels[trained_on]
    population = replace(train, features=features, labels=labels)
    left = np.setdiff1d(np.arange(len(test)), at[moved] - offset)
    not_trained_on = own.features[~trained_on]
    if marking is not None and isinstance(marking.signal, ComesOff):
        before = unmarked(marking.signal, not_trained_on, train)
        not_trained_on = not_trained_on if before is None else before
    marked = _without(study.marked, not_trained_on)
    joined = replace(study, population=population, test=test.take(left), marked=marked)
    return Joined(joined, rows, found)


def _without(marked: Population | None, own: Features) -> Population | None:
    """Return marked records without one for each of the members' own that it is equal to."""
    if marked is None:
        return None
    kinds, of_members = numbered(marked.features, own)
    still = Counter(of_members.tolist())
    left = []
    for row, kind in enumerate(kinds.tolist()):
        if still[kind]:
            still[kind] -= 1
        else:
            left.append(row)
    if not left:
        raise StudyError("all marked records are members' own, so success cannot be measured")
    return marked.take(np.array(left))
