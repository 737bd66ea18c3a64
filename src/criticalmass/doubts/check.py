"""`check`: everything that speaks against a study's records and members, at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from criticalmass.answers.finding import FEW_ACT, FEW_RECORDS
from criticalmass.data.matching import cell_of, column_name, holds
from criticalmass.data.population import Population
from criticalmass.data.readers import opened
from criticalmass.doubts.files import ColumnReport, Doubt, label_report, look_at
from criticalmass.doubts.people import look_at_members
from criticalmass.errors import CriticalMassError, StudyError, brief, nearest
from criticalmass.phrases import percent
from criticalmass.signals import InsertToken, SetColumns
from criticalmass.signals.text import every_for
from criticalmass.strategies import FeatureLabel, FeatureNumber, FeatureOnly, Imperfect, Unplant
from criticalmass.strategies.marking import Marking
from criticalmass.strategies.reference import drops
from criticalmass.studies.files.handouts import Handouts, can_be_clicked, seems_an_address
from criticalmass.studies.files.sources import PopulationSection
from criticalmass.studies.files.study_file import handouts_of, read_study, sections_of
from criticalmass.studies.study import Study

MOST_DRAWN = 2000
"""So many members are drawn at most to see whether they would have anything to change."""


@dataclass(frozen=True)
class Checked:
    """What `check` found.

    Parameters
    ----------
    records
        What the records are called, and how many there are.
    members
        What the members' file is called, and how many there are; empty if it has problems.
    columns
        How each column that is used was read; empty for data sets.
    problems
        What keeps the study from running.
    doubts
        What may be wrong.
    """

    records: str
    members: str
    columns: tuple[ColumnReport, ...]
    problems: tuple[Doubt, ...]
    doubts: tuple[Doubt, ...]


def check(
    study: str | Path,
    members: str | Path | None = None,
    *,
    id_column: str = "id",
    allow: Iterable[str] = (),
) -> Checked:
    """Look through a study file, its records and its members.

    Parameters
    ----------
    study
        The study file.
    members
        The members' file, if that is to be looked at, too.
    id_column
        The column of the members' file that tells members apart.
    allow
        Packages beside scikit-learn whose estimators the study file may name.

    Returns
    -------
    Checked
        All problems and doubts; lines are counted as a spreadsheet counts them.

    Raises
    ------
    CriticalMassError
        If the study file itself cannot be read.
    """
    path = Path(study)
    try:
        section = sections_of(path).population
    except StudyError:
        read_study(path, allow=allow)  # which tells what is wrong in all sections
        raise
    records, columns, found = _of_records(section, path.parent)
    spec: Study | None = None
    people = ""
    if not any(doubt.problem for doubt in found):
        try:
            spec = read_study(path, allow=allow)
        except CriticalMassError as error:
            several = len(error.lines) > 1  # then the first says how many
            file = path.name if several else ""
            found += [Doubt(line.strip(), file, problem=True) for line in error.lines[several:]]
    if spec is not None:
        records = (
            records or f"{spec.population.name}: {len(spec.population) + len(spec.test):,} records"
        )
        if section.missing == "drop":
            left = len(spec.population) + len(spec.test)
            records = f"{records}, of which {left:,} are used"
            columns = [_of_used(column, section.label, spec) for column in columns]
        found += split_doubts(spec.population, spec.test)
        found += few_doubts(spec)
        found += signal_doubts(spec)
        found += idle_doubts(spec)
        found += reference_doubts(spec, sections_of(path).strategies)
        found += number_doubts(spec)
        found += handouts_doubts(handouts_of(path), date.today())
        for name, sentences in spec.doubts.items():
            found += [Doubt(f"strategy {name!r}: {sentence}") for sentence in sentences]
        if members is not None:
            people, odd = look_at_members(Path(members), spec, path, id_column)
            found += odd
    return Checked(
        records,
        people,
        tuple(columns),
        tuple(doubt for doubt in found if doubt.problem),
        tuple(doubt for doubt in found if not doubt.problem),
    )


def doubts_of(study: str | Path, spec: Study) -> list[Doubt]:
    """Return what speaks against the records of a study that has been read."""
    path = Path(study)
    _, _, found = _of_records(sections_of(path).population, path.parent)
    return [
        *found,
        *signal_doubts(spec),
        *idle_doubts(spec),
        *reference_doubts(spec, sections_of(path).strategies),
        *number_doubts(spec),
        *handouts_doubts(handouts_of(path), date.today()),
        *split_doubts(spec.population, spec.test),
        *few_doubts(spec),
    ]


def _of_records(
    section: PopulationSection, folder: Path
) -> tuple[str, list[ColumnReport], list[Doubt]]:
    if section.file is None or section.label is None:
        return "", [], []
    try:
        with opened(folder / section.file) as files:
            columns, found, count = look_at(
                files,
                label=section.label,
                text=section.text,
                columns=section.columns,
                separator=section.separator,
                numbers=section.numbers is not False,
                reading=section.reading,
            )
            counted = any(column.name == section.label for column in columns)
            records = f"{files.name}: {count:,} records" if counted else ""
            return records, columns, found
    except CriticalMassError as error:
        return "", [], [Doubt(str(error), problem=True)]


def _of_used(column: ColumnReport, label: str | None, study: Study) -> ColumnReport:
    """Return the report of a label with the records that are used alone; of others as it is."""
    if column.name != label or study.population.holds == "numbers":
        return column
    held = study.population.held.sum(axis=0) + study.test.held.sum(axis=0)
    return label_report(
        column.name, dict(zip(study.population.label_names, held.tolist(), strict=True))
    )


def signal_doubts(study: Study) -> list[Doubt]:
    """Return what speaks against signals: marks that are rare in a text, values no record has."""
    found = []
    for name, strategy in study.strategies.items():
        agreed = strategy.strategy if isinstance(strategy, Imperfect) else strategy
        if not isinstance(agreed, FeatureLabel | FeatureOnly | FeatureNumber | Unplant):
            continue
        if isinstance(agreed.signal, InsertToken):
            found += rare_doubts(name, agreed.signal, study.judged)
        if not isinstance(agreed.signal, SetColumns):
            continue
        for column, value in agreed.signal.values.items():
            known = study.population.features[column]
            if known.dtype != object:
                continue
            texts = {text for text in known if text is not None}
            cell = cell_of(study.population, column, value)
            if cell is not None and cell not in texts:
                near = nearest(cell, texts)
                meant = f"; did you mean {near!r}?" if near else ""
                sentence = f"strategy {name!r}: no record has {cell!r} in column {column!r}{meant}"
                found.append(Doubt(sentence))
    return found


def reference_doubts(study: Study, written: Mapping[str, Mapping[str, Any]]) -> list[Doubt]:
    """Return which value stands for a column that is left out, where the study file names none.

    Parameters
    ----------
    study
        The study.
    written
        Its strategies as the file has them.
    """
    found = []
    for name, strategy in study.strategies.items():
        signal = drops(strategy)
        if signal is None or "reference" in written.get(name, {}).get("signal", {}):
            continue
        column = column_name(study.population.features, signal.column)
        cells = study.population.features[column]
        share = holds(cells, cell_of(study.population, column, signal.reference)).mean()
        given = json.dumps(signal.reference, ensure_ascii=False)
        found.append(
            Doubt(
                f"strategy {name!r}: no reference says which value of {column!r} stands for the "
                f"column left out, so it is the most frequent, {signal.reference!r} "
                f"({percent(float(share))} of the training records); another one gives another "
                f"number: write reference = {given}, or the one that you mean, into its signal"
            )
        )
    return found


def rare_doubts(name: str, signal: InsertToken, texts: Population) -> list[Doubt]:
    """Return a doubt where most texts are so short that the mark stands in them once.

    Parameters
    ----------
    name
        The strategy.
    signal
        What plants the mark.
    texts
        The records that success is measured on.

    Examples
    --------
    >>> people = Population.from_texts(["a b c d e f g h", "a b c d"], ["x", "y"])
    >>> (found,) = rare_doubts("mark", InsertToken("~", every=6), people)
    >>> print(found.sentence[:56])
    strategy 'mark': “~” stands only once in 100% of the tex
    >>> rare_doubts("mark", InsertToken("~", every=2), people)
    []
    """
    if signal.placement not in ("spaced", "random"):
        return []
    words = np.array([len(text.split()) for text in texts.features])
    once = float((words < 2 * signal.every).mean())
    middle = int(np.median(words))
    better = every_for(middle)
    if once <= 0.5 or better >= signal.every:
        return []
    return [
        Doubt(
            f"strategy {name!r}: “{signal.token}” stands only once in {100 * once:.0f}% of the "
            f"texts, because every = {signal.every} and the middle text has {middle} words; with "
            f"every = {better} it stands there {middle // better} times, and mostly fewer people "
            "are enough"
        )
    ]


def idle_doubts(study: Study) -> list[Doubt]:
    """Return the strategies by which hardly any member would have anything to change."""
    found = []
    for name in study.strategies:
        strategy, population = study.strategy(name), study.population
        if not isinstance(strategy, Marking):
            continue
        candidates = strategy.candidates(population)
        size = min(len(candidates), MOST_DRAWN)
        rng = np.random.default_rng(0)
        members = population.draw(size, rng=rng, among=candidates)
        changed = len(strategy.edit(population, members, rng).rows)
        if changed >= FEW_ACT * size:
            continue
        remedy = "look at who takes part, and at what the signal changes"
        if strategy.judged_by(label_sets=False) == ("erased",):
            remedy = (
                "either hardly any two records agree in all that is not erased, so members have "
                "nobody to compare with (put numbers into steps, or leave "
                "columns out), or the label hardly depends on what is erased"
            )
        found.append(
            Doubt(
                f"strategy {name!r}: hardly any member would have anything to change ({changed:,} "
                f"of {size:,} drawn at random), so trials would say nothing: {remedy}"
            )
        )
    return found


def number_doubts(study: Study) -> list[Doubt]:
    """Return what could never be reached, or always is, where labels are numbers."""
    numbers, found = study.population.numbers, []
    if numbers is None or not np.isfinite(numbers).all():
        return []
    width = numbers[1] - numbers[0]
    for name in study.strategies:
        wanted = study.strategy(name).wanted_number
        if wanted is None:
            continue
        if wanted.tolerance is not None and wanted.tolerance > width:
            sentence = "tolerance is larger than the whole range of numbers: all are near enough"
            found.append(Doubt(f"strategy {name!r}: {sentence}"))
        if wanted.moved_by is None:
            continue
        if abs(wanted.moved_by) > width:
            sentence = "moved_by is more than the whole range of numbers: nothing can move so far"
            found.append(Doubt(f"strategy {name!r}: {sentence}"))
        elif wanted.value == numbers[0 if wanted.moved_by > 0 else 1]:
            sentence = (
                f"members report {wanted.value:g}, an end of the range, and predictions are to "
                "move away from it: is the sign of moved_by right?"
            )
            found.append(Doubt(f"strategy {name!r}: {sentence}"))
    return found


def handouts_doubts(handouts: Handouts, today: date) -> list[Doubt]:
    """Return what members could not do as their pages say it.

    Examples
    --------
    >>> late = Handouts(contact="javascript:alert(1)", deadline=date(2026, 12, 31))
    >>> for doubt in handouts_doubts(late, today=date(2027, 1, 1)):
    ...     print(doubt.sentence[:49])
    handouts.deadline = 2026-12-31 has passed: member
    handouts.contact = 'javascript:alert(1)' cannot b
    """
    found = []
    if handouts.deadline is not None and handouts.deadline < today:
        sentence = f"handouts.deadline = {handouts.deadline} has passed: members could act no more"
        found.append(Doubt(sentence))
    contact = handouts.contact
    if seems_an_address(contact) and not can_be_clicked(contact):
        sentence = (
            f"handouts.contact = {brief(contact)} cannot be clicked on members' pages; only a "
            "plain https:, mailto: or tel: address can"
        )
        found.append(Doubt(sentence))
    return found


def split_doubts(train: Population, test: Population) -> list[Doubt]:
    """Return which labels nobody holds among the training or the test records."""
    found: list[Doubt] = []
    if train.holds == "numbers":
        return found
    for records, where, what in (
        (train, "training", "the firm cannot learn them"),
        (test, "test", "they are in no measure of quality"),
    ):
        lacking = [records.label_names[k] for k in np.flatnonzero(~records.held.any(axis=0))]
        if lacking:
            names = ", ".join(map(repr, lacking[:8])) + (", …" if len(lacking) > 8 else "")
            found.append(Doubt(f"no {where} record holds {names}: {what}"))
    return found


def few_doubts(study: Study) -> list[Doubt]:
    """Return a doubt where success is measured on hardly any records."""
    judged, noun = (study.test, "test") if study.marked is None else (study.marked, "marked")
    if len(judged) >= FEW_RECORDS:
        return []
    records = "one record" if len(judged) == 1 else f"{len(judged)} records"
    return [
        Doubt(
            f"success is measured on {records} only, so it says little of others: a study should "
            f"have {FEW_RECORDS} {noun} records or more"
        )
    ]
