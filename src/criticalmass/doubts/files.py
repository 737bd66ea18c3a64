"""What speaks against the columns of a file, seen in all of its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from criticalmass.data.hints import FEWEST_IDS, MISSING_WORDS
from criticalmass.data.numbers import in_full
from criticalmass.data.readers.deciding import Decided, decide, missing_in
from criticalmass.data.readers.delimited import Delimited
from criticalmass.data.readers.excel import Excel
from criticalmass.data.readers.incomplete import ADVICE, places_of
from criticalmass.data.readers.opening import Opened
from criticalmass.data.readers.reading import Reading
from criticalmass.data.readers.source import Source, quoted
from criticalmass.data.readers.table import label_sql
from criticalmass.data.readers.texts import as_text
from criticalmass.doubts.likeness import alike, same_but_for_typing, typed
from criticalmass.errors import DataError
from criticalmass.phrases import listed

LEFT_OUT = "; they are left out"
"""What becomes of records that lack something, where the study says so."""
SPREADSHEET = "write them alike in the file: in a spreadsheet by =PROPER(TRIM(A2)), filled down"
"""What to do about names that differ in blanks or case."""
MOST_GROUPS = 8
"""So many groups of names that differ in blanks or case are named."""
MOST_SHOWN = 2000
"""Texts of a column with more different ones than this are not compared with each other."""


@dataclass(frozen=True)
class Doubt:
    """Something that may be wrong, or is.

    Parameters
    ----------
    sentence
        What it is, and what can be done.
    file, column, place
        Where: the file, its column, and the line as a spreadsheet counts it; empty where it is not
        in one.
    problem
        Whether nothing can be run as it is.
    """

    sentence: str
    file: str = ""
    column: str = ""
    place: str = ""
    problem: bool = False

    def __str__(self) -> str:
        column = f"column {self.column!r}" if self.column else ""
        where = ", ".join(part for part in (self.file, self.place, column) if part)
        return f"{where}: {self.sentence}" if where else self.sentence


@dataclass(frozen=True)
class ColumnReport:
    """How a column that is used was read.

    Parameters
    ----------
    name
        Its name.
    kind
        What it holds, in words.
    """

    name: str
    kind: str


@dataclass(frozen=True)
class _Counts:
    """What speaks against a column, counted over all files.

    Parameters
    ----------
    different
        How many different values it has.
    words, word
        How many cells look like a missing value, and one of them.
    thousands, example
        Whether all numbers with decimals have exactly three, and one of them.
    low, high
        The range of its numbers, as text.
    blanks
        Whether some cell holds a blank.
    grouped, group
        How many cells look like numbers with a sign between thousands, and one of them.
    cell
        One of its cells that holds a text; empty if none does.
    """

    different: int
    words: int
    word: str
    thousands: bool
    example: str
    low: str
    high: str
    blanks: bool
    grouped: int
    group: str
    cell: str


def look_at(
    files: Opened,
    *,
    label: str,
    text: str | None,
    columns: Sequence[str] | None,
    separator: str | None,
    reading: Reading,
    numbers: bool = False,
) -> tuple[list[ColumnReport], list[Doubt], int]:
    """Return how the columns that are used were read, what speaks against them, and the records.

    Parameters are those of `criticalmass.data.readers.read_table`, and whether labels are numbers.
    """
    doubts = [
        Doubt(source.lines.odd, source.name)
        for source in files.sources
        if isinstance(source, Delimited) and source.lines.odd
    ]
    for source in files.sources:
        if isinstance(source, Excel) and source.others:
            names = ", ".join(map(repr, source.others))
            sentence = f"only the first sheet is read; the others are {names}"
            doubts.append(Doubt(sentence, source.name))
    first = files.sources[0]
    features = [] if text is not None else [c.name for c in first.columns if c.name != label]
    features = features if columns is None or text is not None else list(columns)
    used = []
    for name in (label, *([text] if text is not None else []), *features):
        try:
            first.column(name)
            used.append(name)
        except DataError as error:
            sentence = str(error).removeprefix(f"{first.name}: ").removeprefix(f"{first.name}, ")
            doubts.append(Doubt(sentence, first.name, problem=True))
    features = [name for name in features if name in used]
    reports: list[ColumnReport] = []
    try:
        decided = decide(files, features, reading)
        for name in features:
            parts = [(s, next(d for d in each if d.name == name)) for s, each in decided]
            reports.append(_of_feature(files, parts, reading, doubts))
        if text in used and text is not None:
            reports.append(_of_text(files, text, reading, doubts))
        records = 0
        if label in used and numbers:
            parts = [(source, each[0]) for source, each in decide(files, [label], reading)]
            report, records = _of_numbers(files, parts, reading, doubts)
            reports.append(report)
        elif label in used:
            report, records = _of_label(files, label, separator, reading, doubts)
            reports.append(report)
    except duckdb.Error as error:
        sentence = str(error).splitlines()[0]
        raise DataError(f"{files.name} cannot be read: {sentence}") from error
    return reports, doubts, records


def _of_feature(
    files: Opened,
    parts: Sequence[tuple[Source, Decided]],
    reading: Reading,
    doubts: list[Doubt],
) -> ColumnReport:
    name, kind = parts[0][1].name, parts[0][1].kind
    missing = sum(one.missing for _, one in parts)
    records = sum(one.records for _, one in parts)
    if missing:
        then = {"refuse": f'; {ADVICE}, or "keep" them', "keep": "", "drop": LEFT_OUT}
        where = places_of(files, name, lambda cell: reading.is_missing(cell) or _is_nan(cell))
        sentence = f"{missing:,} of {records:,} records have no value ({where})"
        sentence += then[reading.missing]
        refused = reading.missing == "refuse"
        doubts.append(Doubt(sentence, files.name, name, problem=refused))
    for _, decided in parts:
        if decided.odd and decided.kind == "text":
            sentence = f"it seems to hold numbers, but is read as text because of {decided.odd}"
            doubts.append(Doubt(sentence, files.name, name))
            break
    counts = _counted(files, parts, reading)
    if counts.words and kind == "text":
        word = counts.word
        where = places_of(files, name, lambda cell: (cell or "").strip() == word)
        count = counts.words
        looks = "cell looks" if count == 1 else "cells look"
        sentence = (
            f'{count:,} {looks} like a missing value ("{word}"; {where}), but "{word}" is '
            f'read as a text like any other; if it is none, say missing_words = ["{word}"]'
        )
        doubts.append(Doubt(sentence, files.name, name))
    if kind == "text" and 2 * counts.grouped >= records - missing > 0:
        sentence = (
            f"cells such as {counts.group!r} look like numbers with a sign between thousands, "
            "and are read as text; take that sign out"
        )
        doubts.append(Doubt(sentence, files.name, name))
    doubts.extend(_of_thousands(files, name, counts))
    if _is_id(name, kind, counts.different, records - missing, counts.blanks):
        sentence = (
            f"it looks like an id ({counts.different:,} different values in {records:,} "
            "records) and is used as a feature; name the others in columns"
        )
        doubts.append(Doubt(sentence, files.name, name))
    if kind == "text":
        different = _different(files, parts)
        odd = _of_spelling("values", alike(different, letters=False))
        doubts += [Doubt(sentence, files.name, name) for sentence in odd]
        return ColumnReport(name, f"text, {counts.different:,} different")
    if kind in ("whole", "real", "number"):
        return ColumnReport(name, f"numbers from {counts.low} to {counts.high}")
    return ColumnReport(name, "true or false" if kind == "truth" else "no values")


def _of_thousands(files: Opened, name: str, counts: _Counts) -> list[Doubt]:
    """Return the doubt whether a column's decimals are thousands; none where there is no reason."""
    if not counts.thousands:
        return []
    sentence = (
        f"every number with decimals has exactly three, as in {counts.example}: if these "
        "are thousands, take the points out"
    )
    return [Doubt(sentence, files.name, name)]


def _counted(files: Opened, parts: Sequence[tuple[Source, Decided]], reading: Reading) -> _Counts:
    """Count what speaks against a column, over all files."""
    selected = []
    mark = f"[{reading.decimal}]"
    for source, one in parts:
        column = source.column(one.name)
        is_text = column.holds in ("written", "text")
        cell = column.sql if is_text else "NULL::VARCHAR"
        spelt = as_text(column) if column.holds != "list" else "NULL::VARCHAR"
        gone = missing_in(column, reading)
        value = f"({one.sql})" if one.kind in ("whole", "real", "number") else "NULL"
        selected.append(
            f"SELECT CASE WHEN {gone} THEN NULL ELSE {cell} END AS cell, CASE WHEN {gone} THEN "
            f"NULL ELSE {spelt} END AS spelt, {value}::DOUBLE AS value FROM {source.relation}"
        )
    words = ", ".join(map(quoted, MISSING_WORDS))
    is_word = f"lower(trim(cell)) IN ({words})"
    decimals = f"regexp_full_match(cell, '-?[0-9]+{mark}[0-9]+')"
    three = f"regexp_full_match(cell, '-?[1-9][0-9]{{0,2}}{mark}[0-9]{{3}}')"
    grouped = "regexp_full_match(trim(cell), '-?[1-9][0-9]{0,2}([., ''’][0-9]{3})+([.,][0-9]+)?')"
    row = files.connection.execute(
        f"SELECT count(DISTINCT spelt), count(*) FILTER ({is_word}), min(trim(cell)) FILTER "
        f"({is_word}), count(*) FILTER ({decimals}), count(*) FILTER ({three}), min(cell) FILTER "
        f"({three}), min(value), max(value), bool_or(contains(trim(spelt), ' ')), "
        f"count(*) FILTER ({grouped}), min(cell) FILTER ({grouped}), min(cell) "
        f"FROM ({' UNION ALL '.join(selected)})"
    ).fetchone()
    assert row is not None
    different, count, word, points, threes, example, low, high, blanks, groups, group, cell = row
    numeric = parts[0][1].kind in ("real", "number")
    return _Counts(
        different=different,
        words=count,
        word=word,
        thousands=numeric and points >= 3 and points == threes,
        example=example,
        low="" if low is None else in_full(low),
        high="" if high is None else in_full(high),
        blanks=bool(blanks),
        grouped=groups,
        group=group,
        cell=cell or "",
    )


def _different(files: Opened, parts: Sequence[tuple[Source, Decided]]) -> list[str]:
    """Return the different texts of a column, none if there are too many."""
    each = " UNION ALL ".join(f"SELECT {one.sql} AS v FROM {s.relation}" for s, one in parts)
    found = files.connection.execute(
        f"SELECT DISTINCT v FROM ({each}) WHERE v IS NOT NULL LIMIT {MOST_SHOWN + 1}"
    ).fetchall()
    return [] if len(found) > MOST_SHOWN else [row[0] for row in found]


def _is_id(name: str, kind: str, different: int, records: int, blanks: bool) -> bool:
    """Say whether a feature looks like what tells records apart."""
    if records < FEWEST_IDS or kind not in ("whole", "text", "number") or blanks:
        return False
    if different == records and kind in ("whole", "text"):
        return True
    parts = name.lower().replace("-", "_").replace(" ", "_").split("_")
    named = bool({"id", "uuid", "guid", "nr", "number", "no"} & {parts[0], parts[-1]})
    return named and different >= 0.95 * records


def _of_text(files: Opened, text: str, reading: Reading, doubts: list[Doubt]) -> ColumnReport:
    each = []
    for source in files.sources:
        column = source.column(text)
        if column.holds not in ("written", "text"):
            sentence = "holds no texts; name the column with the text"
            doubts.append(Doubt(sentence, source.name, text, problem=True))
            return ColumnReport(text, "no text")
        gone = missing_in(column, reading)
        value = f"CASE WHEN {gone} THEN NULL ELSE {column.sql} END"
        each.append(f"SELECT {value} AS v FROM {source.relation}")
    row = files.connection.execute(
        f"SELECT count(*), count(v), count(DISTINCT v), median(len(string_split(v, ' '))) "
        f"FROM ({' UNION ALL '.join(each)})"
    ).fetchone()
    assert row is not None
    records, filled, different, words = row
    if filled < records:
        where = places_of(files, text, reading.is_missing)
        sentence = f"{records - filled:,} of {records:,} records have an empty text ({where})"
        doubts.append(_needed(sentence, files.name, text, reading))
    twice = filled - different
    sentence = f"the text, {words or 0:.0f} words in the middle"
    return ColumnReport(text, sentence + (f"; {twice:,} stand more than once" if twice else ""))


def _of_label(
    files: Opened, label: str, separator: str | None, reading: Reading, doubts: list[Doubt]
) -> tuple[ColumnReport, int]:
    each = " UNION ALL ".join(
        f"SELECT {label_sql(source.column(label), separator, reading)} AS v FROM {source.relation}"
        for source in files.sources
    )
    found = files.connection.execute(f"SELECT v, count(*) FROM ({each}) GROUP BY 1").fetchall()
    records = sum(row[1] for row in found)
    gone = sum(row[1] for row in found if row[0] is None)
    if gone:
        where = places_of(files, label, reading.is_missing)
        sentence = f"{gone:,} of {records:,} records have no label ({where})"
        doubts.append(_needed(sentence, files.name, label, reading))
    counts: dict[str, int] = {}
    for value, count in found:
        if value is None:
            continue
        for name in filter(None, _names(value, separator)):
            counts[name] = counts.get(name, 0) + count
    odd = _of_spelling("labels", alike(counts), counts)
    doubts += [Doubt(sentence, files.name, label) for sentence in odd]
    for name in counts:
        if name.strip().lower() in MISSING_WORDS:
            sentence = f"{counts[name]:,} records have the label {name!r}; does it mean no label?"
            doubts.append(Doubt(sentence, files.name, label))
    return label_report(label, counts), records


def label_report(label: str, counts: Mapping[str, int]) -> ColumnReport:
    """Return how many records have each label, the most frequent first.

    Examples
    --------
    >>> label_report("trade", {"Cook": 2, "Writer": 1200}).kind
    'the label: Writer 1,200, Cook 2'
    """
    shown = sorted(counts, key=lambda name: -counts[name])[:6]
    some = ", ".join(f"{name} {counts[name]:,}" for name in shown)
    more = f" and {len(counts) - 6:,} more" if len(counts) > 6 else ""
    return ColumnReport(label, f"the label: {some}{more}")


def _of_numbers(
    files: Opened, parts: Sequence[tuple[Source, Decided]], reading: Reading, doubts: list[Doubt]
) -> tuple[ColumnReport, int]:
    """Look at a label column that is to hold numbers."""
    label, records = parts[0][1].name, sum(one.records for _, one in parts)
    gone = sum(one.missing for _, one in parts)
    if gone:
        where = places_of(files, label, lambda cell: reading.is_missing(cell) or _is_nan(cell))
        sentence = f"{gone:,} of {records:,} records have no number ({where})"
        doubts.append(_needed(sentence, files.name, label, reading))
    if any(one.kind in ("text", "truth") for _, one in parts):
        why = next((f", because of {one.odd}" for _, one in parts if one.odd), "")
        counts = _counted(files, parts, reading)
        if not why and counts.cell:
            why = f", with cells such as {counts.cell!r}"
        sentence = f"it is read as text{why}; population.numbers needs numbers"
        if parts[0][1].kind == "truth":
            sentence = "it holds truth values; population.numbers needs numbers"
        doubts.append(Doubt(sentence, files.name, label, problem=True))
        return ColumnReport(label, "the label, no numbers"), records
    counts = _counted(files, parts, reading)
    doubts.extend(_of_thousands(files, label, counts))
    return ColumnReport(label, f"the label, numbers from {counts.low} to {counts.high}"), records


def _names(value: str | list[str], separator: str | None) -> list[str]:
    """Return the labels of a cell."""
    if isinstance(value, list):
        return value
    return [value] if separator is None else [part.strip() for part in value.split(separator)]


def _is_nan(cell: str | None) -> bool:
    return (cell or "").strip().lower() in ("nan", "-nan")


def _of_spelling(
    noun: str, pairs: Sequence[tuple[str, str, str]], counts: Mapping[str, int] | None = None
) -> list[str]:
    """Say which names may be one: in one sentence where typing alone differs, else by pairs.

    Parameters
    ----------
    noun
        What they are.
    pairs
        Two names, and what they differ in.
    counts
        How many records have each; None where that is not known.
    """
    names = {name for one, other, _ in pairs for name in (one, other)}
    told, groups = [], same_but_for_typing(names)
    if len(groups) > 1 or any(len(group) > 2 for group in groups):
        each = []
        for group in groups[:MOST_GROUPS]:
            many = "" if counts is None else f" ({listed(f'{counts[n]:,}' for n in group)} records)"
            each.append(listed(map(repr, group)) + many)
        more = len(groups) - MOST_GROUPS
        each += [f"{more:,} more such groups"] if more > 0 else []
        told.append(
            f"{sum(map(len, groups)):,} {noun} may be {len(groups):,}, because they differ only in "
            f"blanks or case: {'; '.join(each)}. If so, {SPREADSHEET}"
        )
        told_of = {frozenset(map(typed, group)) for group in groups}
        pairs = [pair for pair in pairs if frozenset(map(typed, pair[:2])) not in told_of]
    seen = set()
    for one, other, how in pairs:
        if told and frozenset((typed(one), typed(other))) in seen:
            continue  # the same two, typed in another way
        seen.add(frozenset((typed(one), typed(other))))
        many = "" if counts is None else f" ({counts[one]:,} and {counts[other]:,} records)"
        typing = typed(one) == typed(other)
        advice = SPREADSHEET if typing else "write them alike in the file"
        which = f"the {noun} " if counts is not None else ""
        told.append(f"{which}{one!r} and {other!r} {how}{many}; if they are one, {advice}")
    return told


def _needed(sentence: str, file: str, column: str, reading: Reading) -> Doubt:
    """Return what is said of records that lack a label or a text, without which none can be."""
    dropped = reading.missing == "drop"
    return Doubt(
        sentence + (LEFT_OUT if dropped else f"; {ADVICE}"), file, column, problem=not dropped
    )
