"""Who is who: where members lie among a study's records, also once they have done their part."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.population import Population
from criticalmass.data.records import Features, numbered, rows_differ
from criticalmass.errors import StudyError
from criticalmass.members.file import Members
from criticalmass.signals.signal import ComesOff, Signal, TellsMarked
from criticalmass.strategies.marking import Marking
from criticalmass.studies.files.ids import Ids
from criticalmass.studies.study import Study


@dataclass(frozen=True, eq=False)
class Found:
    """Where members lie among a study's records.

    Parameters
    ----------
    records
        The study's records: those that the firm trains on, then those measured on.
    places
        Each member's place among them, (m,); -1 for those who are not there.
    by_id
        Which members were found by their ids, (m,).
    other_ids
        How many members' ids are those of other people's records, so no id was trusted.
    """

    records: Population
    places: NDArray[np.intp]
    by_id: NDArray[np.bool_]
    other_ids: int


def find_members(
    study: Study, members: Members, marking: Marking | None = None, ids: Ids | None = None
) -> Found:
    """Find members by their ids, then by equal records, then by what they were before their mark.

    Equal records can stand for each other; those that the firm trains on are taken first. An id
    counts only where most of the members who are found by one have their record there, or what
    the strategy makes of it: else the two files number different people.

    Parameters
    ----------
    study, members
        The study, and its members.
    marking
        What members do. Without it nobody is taken for somebody who has done it.
    ids
        Who the study's records are, if that is known.

    Raises
    ------
    StudyError
        If the ids are those of other records.
    """
    train, test, own = study.population, study.test, members.records
    records = replace(
        train,
        features=np.concatenate([train.features, test.features]),
        labels=np.concatenate([train.labels, test.labels]),
    )
    places = np.full(len(own), -1, dtype=np.intp)
    other_ids = 0
    if ids is not None:
        if (len(ids.train), len(ids.test)) != (len(train), len(test)):
            raise StudyError(f"{ids.file} holds other records than the study")
        once = ids.once
        named = np.array([once.get(member, -1) for member in members.ids], dtype=np.intp)
        has = np.flatnonzero(named >= 0)
        there = records.take(named[has]) if len(has) else records
        theirs = len(has) and _one_person(own.take(has), there, records, marking).sum()
        if 2 * theirs >= len(has):
            places[has] = named[has]
        else:
            other_ids = int(len(has) - theirs)
    by_id = places >= 0
    _by_records(records, own, places)
    if marking is not None and (places < 0).any():
        _by_what_they_were(records, own, places, marking)
    return Found(records, places, by_id, other_ids)


def marked_by(signal: Signal, features: Features, population: Population) -> NDArray[np.bool_]:
    """Return which records are as a signal leaves them: those that need not be marked again."""
    if isinstance(signal, TellsMarked):
        return np.asarray(signal.is_marked(features, population=population))
    rng = np.random.default_rng(0)
    return ~rows_differ(features, signal.apply(features, population=population, rng=rng))


def unmarked(signal: Signal, features: Features, population: Population) -> Features | None:
    """Return what records are alike in, marked or not; None if nobody can tell."""
    if isinstance(signal, ComesOff):
        return signal.without_mark(features, population=population)
    if isinstance(signal, TellsMarked):
        return None
    rng = np.random.default_rng(0)
    return signal.apply(features, population=population, rng=rng)


def _one_person(
    own: Population, there: Population, records: Population, marking: Marking | None
) -> NDArray[np.bool_]:
    """Return which members have the record that lies under their id, marked or not."""
    same = ~rows_differ(own.features, there.features)
    if marking is None:
        return np.asarray(same)
    alike = [unmarked(marking.signal, each.features, records) for each in (own, there)]
    if alike[0] is None or alike[1] is None:
        return np.asarray(same | marked_by(marking.signal, own.features, records))
    return np.asarray(same | ~rows_differ(alike[0], alike[1]))


def _by_records(records: Population, own: Population, places: NDArray[np.intp]) -> None:
    """Find members by records that are equal, labels included."""
    of_study, of_own = numbered(records.features, own.features)
    free = _free(places, len(records))
    at: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for place in free[::-1].tolist():  # popped from the end: training records first
        at[of_study[place], records.labels[place].tobytes()].append(place)
    for member in np.flatnonzero(places < 0).tolist():
        equal = at.get((of_own[member], own.labels[member].tobytes()))
        if equal:
            places[member] = equal.pop()


def _by_what_they_were(
    records: Population, own: Population, places: NDArray[np.intp], marking: Marking
) -> None:
    """Find members of whom one record, theirs or the study's, is the other one marked.

    That the study's is marked counts only where marks come off again: other signals make records
    of many people that somebody may have from the beginning. Where only labels change, it must be
    the only record of the study with these features.
    """
    lost = np.flatnonzero(places < 0)
    only_labels = not marking.plants
    alike = [own.features[lost], records.features]
    if not only_labels:
        both = [unmarked(marking.signal, features, records) for features in alike]
        if both[0] is None or both[1] is None:
            return
        alike = [both[0], both[1]]
    of_own, of_study = (numbers.tolist() for numbers in numbered(*alike))
    wanted = set(of_own)
    at: dict[int, list[int]] = defaultdict(list)
    for place, number in enumerate(of_study):
        if number in wanted:
            at[number].append(place)
    taken = set(places.tolist())
    for member, number in zip(lost.tolist(), of_own, strict=True):
        for place in at[number]:
            if place in taken:
                continue
            if only_labels:
                same = len(at[number]) == 1
            else:
                same = _is_done_by(own, member, records, place, marking)
            if same:
                places[member] = place
                taken.add(place)
                break


def _is_done_by(
    own: Population, member: int, records: Population, place: int, marking: Marking
) -> bool:
    """Say whether one of two records is what the strategy makes of the other's labels, marked."""
    signal = marking.signal
    features = own.features[[member]], records.features[[place]]
    mine, theirs = own.labels[member], records.labels[place]
    is_marked, is_theirs_marked = (marked_by(signal, each, records)[0] for each in features)
    # what comes of the study's record, or was made of the member's
    if _made_of(records, place, marking, mine, theirs) and (
        is_marked > is_theirs_marked or isinstance(signal, ComesOff)
    ):
        return True
    if not isinstance(signal, ComesOff) or is_marked > is_theirs_marked:
        return False
    return _made_of(own, member, marking, theirs, mine)


def _made_of(
    records: Population,
    row: int,
    marking: Marking,
    labels: NDArray[np.bool_],
    before: NDArray[np.bool_],
) -> bool:
    """Say whether labels are those that a record has, or that the strategy gives it."""
    edit = marking.edit(records, np.array([row]), np.random.default_rng(0))
    made = edit.labels[0] if len(edit.rows) else before
    return bool((labels == made).all() or (labels == before).all())


def _free(places: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Return the places that nobody has taken."""
    return np.setdiff1d(np.arange(count), places)
