"""`instruct`: an `Edit`, told to the members whose records it changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.errors import DataError, StudyError, require_choice
from criticalmass.members.cells import cells_of, changed_cells
from criticalmass.members.differences import Piece, pieces
from criticalmass.members.done import (
    as_the_study_has_them,
    carry_mark,
    differ,
    done_by_the_study,
    not_twice,
    settled,
)
from criticalmass.members.file import Members
from criticalmass.members.joined import Joined, join
from criticalmass.members.lending import without_members
from criticalmass.phrases import listed, named
from criticalmass.strategies import FeatureOnly, Imperfect, Recruits
from criticalmass.strategies.adopted import strategy_of
from criticalmass.strategies.kinds import STRATEGIES
from criticalmass.strategies.marking import Marking
from criticalmass.strategies.words import who_in_words
from criticalmass.studies.files.ids import Ids
from criticalmass.studies.identity.describe import describe, digest, stable_seed
from criticalmass.studies.study import Study

LINE = 60
"""Characters that fit into a line of a table."""


class Reason(Enum):
    """Why a member has nothing to change."""

    DONE = "their record is as the collective wants it"
    CANNOT = "only people who hold the target label take part"
    DOES_NOT = "only people who hold the target label change anything"
    AGREES = "their label is the one that the members' records suggest"
    UNCHANGED = "what was agreed changes nothing of their record, and it does not carry the mark"


@dataclass(frozen=True)
class Instruction:
    """What one member is to change.

    Parameters
    ----------
    id, name
        Who; the name is empty where the members' file has none.
    before, after
        Their record and label, by column, as the file has them now and is to have them.
    label
        Which of the columns is the label.
    reason
        Why there is nothing to change; None if there is.
    """

    id: str
    name: str
    before: dict[str, str]
    after: dict[str, str]
    label: str
    reason: Reason | None = None

    @property
    def done(self) -> bool:
        """Whether they have done their part."""
        return self.reason is Reason.DONE

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """Every column that changes, with what it holds before and after."""
        return [
            (column, before, self.after[column])
            for column, before in self.before.items()
            if self.after[column] != before
        ]

    @property
    def long(self) -> list[str]:
        """The columns whose text is too long for a line of a table."""
        return [c for c, text in self.before.items() if max(len(text), len(self.after[c])) > LINE]

    def pieces(self, column: str) -> tuple[Piece, ...]:
        """Return a column's text in pieces: what stays, what goes out, what comes in."""
        return pieces(self.before[column], self.after[column])


@dataclass(frozen=True, eq=False)
class Instructions:
    """What every member is to change, and the edit that this is.

    Parameters
    ----------
    joined
        The study with the members' records in it.
    strategy
        The strategy's name.
    edit
        What the firm's data becomes: exactly this is told to members.
    members
        The members.
    each
        One instruction a member, in their order.
    inside
        How many have done their part and stood so among the records that the study trains on, so
        its trials ask about people beside them.
    """

    joined: Joined
    strategy: str
    edit: Edit
    members: Members
    each: tuple[Instruction, ...]
    inside: int

    @property
    def done(self) -> tuple[Instruction, ...]:
        """The instructions of members who have done their part."""
        return tuple(one for one in self.each if one.done)

    @property
    def acting(self) -> tuple[Instruction, ...]:
        """The instructions of members who have something to change."""
        return tuple(one for one in self.each if one.changes)

    @property
    def relabelled(self) -> tuple[Instruction, ...]:
        """The instructions of members who are to report another label than they do now."""
        return tuple(one for one in self.each if one.before[one.label] != one.after[one.label])


def instruct(
    study: Study, members: Members, strategy: str | None = None, ids: Ids | None = None
) -> Instructions:
    """Return what each member is to change, by one of a study's strategies.

    Members who have done their part are recognised, by their own record or by the study's, and have
    nothing left to change; what is marked is not marked again.

    Parameters
    ----------
    study
        The study; where members' labels are agreed on from pooled records, from all of theirs.
    members
        The members, read for this study's population.
    strategy
        The strategy's name; by default the study's first.
    ids
        Who the study's records are (`criticalmass.studies.files.ids.ids_of`), if that is known.

    Raises
    ------
    StudyError
        If the strategy steers a model's parameters: its members would report one another's records,
        or answer the firm at every step.
    DataError
        If nobody of the members can take part.
    """
    name = next(iter(study.strategies)) if strategy is None else strategy
    require_choice("strategy", name, study.strategies)
    agreed = agreed_on(study.strategies[name])
    marking = strategy_of(agreed)
    if not isinstance(marking, Marking):
        marks = listed(kind for kind, of in STRATEGIES.items() if issubclass(of, Marking))
        raise StudyError(
            f"strategy {name!r} steers a model's parameters; instructions are for strategies with "
            f"a signal: {marks}"
        )
    joined = join(study, members, marking, ids)
    population = joined.study.population
    may = np.isin(joined.rows, marking.candidates(population))
    if not may.any():
        who = who_in_words(agreed)
        only = f": only {who} do" if who else f" in {named(agreed)}"
        raise DataError(f"none of the members ({len(members):,}) can take part{only}")
    rows = np.sort(joined.rows[may])
    rng = np.random.default_rng(stable_seed(digest(describe(agreed)), "instructions"))
    if marking.shares_out:
        rest = rows[~settled(population, rows, marking)]
        edit = replace(marking.edit(population, rest, rng), members=rows)
    else:
        told = without_members(agreed, marking, population, joined.rows)
        edit = not_twice(told.edit(population, rows, rng), population, marking.signal)
    stale = done_by_the_study(joined, edit, members.records, marking)
    if stale.any():
        joined, edit = as_the_study_has_them(joined, edit, stale)
    population = joined.study.population
    now, after = (each.take(joined.rows) for each in (population, edit.apply(population)))
    places = joined.at.places
    there = joined.at.records.take(np.maximum(places, 0))
    acted = joined.at.by_id & differ(there, members.records)
    changes, marked = differ(now, after), carry_mark(now, marking.signal, population)
    each = []
    for place, part in enumerate(may.tolist()):
        reason = None
        if not changes[place]:
            did = (marked if marking.plants else acted)[place]
            reason = _reason(marking, now, place, takes_part=part, did=bool(did))
        before = cells_of(members, now, place, from_study=bool(stale[place]))
        each.append(_instruction(members, place, before, now, after, reason))
    done = np.array([one.done for one in each])
    trained_on = (places >= 0) & (places < len(study.population))
    inside = int((done & trained_on & ~differ(there, now)).sum())
    return Instructions(joined, name, edit, members, tuple(each), inside)


def agreed_on(strategy: Recruits) -> Recruits:
    """Return what members agreed on, not what some of them make of it."""
    return strategy.strategy if isinstance(strategy, Imperfect) else strategy


def _reason(agreed: Marking, now: Population, place: int, *, takes_part: bool, did: bool) -> Reason:
    """Return why a member has nothing to change."""
    if not takes_part:
        return Reason.CANNOT
    if not agreed.plants:
        return Reason.DONE if did else Reason.AGREES
    if isinstance(agreed, FeatureOnly) and type(agreed).edit is FeatureOnly.edit:
        holds = now.held[place, now.label_index(agreed.target_label)]
        return Reason.DONE if holds else Reason.DOES_NOT
    return Reason.DONE if did else Reason.UNCHANGED


def _instruction(
    members: Members,
    place: int,
    before: dict[str, str],
    now: Population,
    after: Population,
    reason: Reason | None,
) -> Instruction:
    columns = members.columns
    new = before | changed_cells(now, after, place, columns)
    name = members.lines[place].get(columns.name, "").strip()
    return Instruction(members.ids[place], name, before, new, columns.label, reason)
