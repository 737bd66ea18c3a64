"""`join`: the members' records put into a study."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.population import Population
from criticalmass.data.records import Features, numbered
from criticalmass.errors import StudyError
from criticalmass.members.file import Members
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
    found
        How many members' records were among the study's already; the others were added.
    """

    study: Study
    rows: NDArray[np.intp]
    found: int


def join(study: Study, members: Members) -> Joined:
    """Put the members' records into a study, each where an equal one lies already, else at the end.

    Records that are equal can stand for each other: a member takes the place of one that the firm
    trains on, or of one that success was to be measured on, which then moves to the others. So no
    record of a member is measured on unless somebody else's is equal to it. Of marked records
    without labels, one is left out for each member whom the firm did not train on.
    """
    train, test, own = study.population, study.test, members.records
    kinds = numbered(train.features, test.features, own.features)
    places: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    offset = len(train)
    for batch, start, kind in ((test, offset, kinds[1]), (train, 0, kinds[0])):
        for row in range(len(batch) - 1, -1, -1):  # popped from the end: training records first
            places[kind[row], batch.labels[row].tobytes()].append(start + row)
    taken = []
    for row in range(len(own)):
        equal = places.get((kinds[2][row], own.labels[row].tobytes()))
        taken.append(equal.pop() if equal else -1)
    at = np.array(taken)
    moved = np.flatnonzero(at >= offset)
    added = np.flatnonzero(at < 0)
    if len(moved) == len(test):
        raise StudyError("all test records are members' own, so that success cannot be measured")
    new = np.concatenate([moved, added])
    rows = at.copy()
    rows[new] = offset + np.arange(len(new))
    population = replace(
        train,
        features=np.concatenate([train.features, own.features[new]]),
        labels=np.concatenate([train.labels, own.labels[new]]),
    )
    left = np.setdiff1d(np.arange(len(test)), at[moved] - offset)
    not_trained_on = own.features[(at < 0) | (at >= offset)]
    marked = _without(study.marked, not_trained_on)
    return Joined(
        replace(study, population=population, test=test.take(left), marked=marked),
        rows,
        len(own) - len(added),
    )


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
        raise StudyError("all marked records are members' own, so that success cannot be measured")
    return marked.take(np.array(left))
