"""A first study for a file: what its columns may be, and what follows from a few answers."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import Literal

from criticalmass.data.hints import FEWEST_IDS, MISSING_WORDS
from criticalmass.data.labels import MOST_LABELS
from criticalmass.data.numbers import EVERY
from criticalmass.data.readers import Reading, opened
from criticalmass.data.readers.deciding import Decided, decide
from criticalmass.data.readers.source import Source
from criticalmass.data.readers.texts import as_text
from criticalmass.errors import DataError
from criticalmass.signals.tokens import INVENTED

MANY_WORDS = 4
"""A column of texts with so many words in the middle is free text, not a category."""
SEPARATORS = (";", "|", ",")
LABELS = (
    "label", "tag", "category", "class", "rating", "grade", "trade", "job", "score", "stars",
    "status", "decision", "hired", "outcome", "target", "bewertung", "kategorie", "klasse", "beruf",
    "note", "stufe", "étiquette", "catégorie", "métier", "etiqueta", "categoría", "oficio",
)  # fmt: skip
"""Words in the name of a column that often holds what a platform says of a record."""
SHOWN = 12
FEW_NUMBERS = 10
"""A label of no more different numbers is proposed as labels, not as numbers."""
TEXT_REGRESSION = ("sklearn.feature_extraction.text.TfidfVectorizer", "sklearn.linear_model.Ridge")
"""What a first study trains on texts with numbers."""
TRUE_OF_EACH = (
    "# Members report the target label, so it must be true of each of them. Where it may not be,",
    '# add recruit = "target": then only people who hold it already take part (docs: ethics).',
)
"""What a study file says above a strategy by which members report another label."""


@dataclass(frozen=True)
class Seen:
    """What a column holds.

    Parameters
    ----------
    name
        Its name.
    kind
        ``numbers``, ``texts``, ``truth values`` or ``lists``.
    different
        How many different values it has.
    missing
        How many records have none.
    words
        Words of a text, in the middle.
    values
        Some of its values, the most frequent first.
    counts
        How many records have each of them.
    commas
        Whether it seems to hold numbers with a decimal comma.
    low, high
        Of a column of numbers, the lowest and the highest; otherwise 0.
    """

    name: str
    kind: str
    different: int
    missing: int
    words: float
    values: tuple[str, ...]
    counts: tuple[int, ...]
    commas: bool = False
    low: float = 0.0
    high: float = 0.0

    def may_be_label(self) -> bool:
        """Return whether a study could have this column as its label."""
        if self.kind == "lists" or (self.kind == "numbers" and self.low < self.high):
            return True
        return 2 <= self.different <= MOST_LABELS

    def may_be_measured(self) -> bool:
        """Return whether the column may hold measurements, not names that are numbers."""
        return self.kind == "numbers" and self.low < self.high and self.different > 2

    def is_called_a_label(self) -> bool:
        """Return whether its name says that the column holds labels."""
        return any(word in self.name.casefold() for word in LABELS)

    def is_free_text(self) -> bool:
        """Return whether the column holds texts to read, not categories."""
        return self.kind == "texts" and self.words >= MANY_WORDS

    def looks_like_an_id(self, records: int) -> bool:
        """Return whether the column only tells records apart."""
        return records >= FEWEST_IDS and self.different == records and not self.is_free_text()

    def no_values(self) -> list[str]:
        """Return values that often stand for a missing one."""
        return [value for value in self.values if value.strip().lower() in MISSING_WORDS]

    def separator(self) -> str | None:
        """Return what seems to stand between several labels in a cell, if anything does."""
        for separator in SEPARATORS:
            cut = [value for value in self.values if separator in value]
            if len(cut) * 4 >= len(self.values) and self.kind == "texts":
                return separator
        return None


def look(path: Path, reading: Reading) -> tuple[list[Seen], int]:
    """Return what the columns of a file hold, and how many records it has.

    Parameters
    ----------
    path
        The file.
    reading
        How its cells are read.

    Raises
    ------
    DataError
        If the file cannot be read, or has no column that could be used.
    """
    with opened(path) as files:
        columns = [c for c in files.sources[0].columns if not c.refused]
        usable = [c.name for c in columns if c.holds != "list"]
        if not columns:
            raise DataError(f"{files.name}: no column that a study could use")
        decided = decide(files, usable, reading)
        seen = []
        for column in columns:
            if column.name in usable:
                at = usable.index(column.name)
                parts = [(source, each[at]) for source, each in decided]
                kinds = {"text": "texts", "empty": "nothing", "truth": "truth values"}
                kind = kinds.get(parts[0][1].kind, "numbers")
                missing = sum(one.missing for _, one in parts)
                commas = any(one.commas for _, one in parts)
                cells = [_cells(source, one) for source, one in parts]
            else:
                kind, missing, commas = "lists", 0, False
                cells = [
                    f"SELECT {as_text(source.column(column.name))} AS v FROM {source.relation}"
                    for source, _ in decided
                ]
            together = " UNION ALL ".join(cells)
            number = "TRY_CAST(replace(v, ',', '.') AS DOUBLE)" if reading.decimal == "," else ""
            number = number or "TRY_CAST(v AS DOUBLE)"
            found = files.connection.execute(
                f"SELECT v, count(*) AS n FROM ({together}) WHERE v IS NOT NULL GROUP BY 1 "
                f"ORDER BY n DESC, v LIMIT {10 * SHOWN}"
            ).fetchall()
            row = files.connection.execute(
                "SELECT count(*), count(DISTINCT v), median(len(string_split(trim(v), ' '))), "
                f"min({number}), max({number}) FROM ({together})"
            ).fetchone()
            assert row is not None
            records = int(row[0])
            values, counts = tuple(str(v) for v, _ in found), tuple(int(n) for _, n in found)
            words = float(row[2] or 0)
            ends = (float(row[3] or 0), float(row[4] or 0)) if kind == "numbers" else (0.0, 0.0)
            seen.append(
                Seen(column.name, kind, int(row[1]), missing, words, values, counts, commas, *ends)
            )
        return seen, records


def unused_word(path: Path, text: str) -> str:
    """Return a made-up word that stands in no text of a file, as a mark.

    Parameters
    ----------
    path
        The file.
    text
        Its column with the texts.
    """
    longer = (INVENTED[0] + INVENTED[1] * times for times in count(1))
    with opened(path) as files:
        each = " UNION ALL ".join(
            f"SELECT {as_text(source.column(text))} AS v FROM {source.relation}"
            for source in files.sources
        )
        having = f"SELECT count(*) FROM ({each}) WHERE contains(lower(v), ?)"
        for word in chain(INVENTED, longer):
            row = files.connection.execute(having, [word]).fetchone()
            assert row is not None
            if not row[0]:
                break
        return word


def _cells(source: Source, one: Decided) -> str:
    text = one.sql if one.kind == "text" else as_text(source.column(one.name))
    value = f"CASE WHEN ({one.sql}) IS NULL THEN NULL ELSE {text} END"
    return f"SELECT {value} AS v FROM {source.relation}"


@dataclass(frozen=True)
class Answers:
    """The answers that a first study file is drafted from.

    Parameters
    ----------
    file
        The records.
    label
        The column with the label.
    target
        The label that the collective wants.
    text
        The column with the text; None for a table.
    separator
        What stands between several labels in a cell, if anything does.
    columns
        For a table: the columns of a record.
    change
        For a table: the column that members change, and its new value.
    missing
        What becomes of records with missing values.
    sets_label
        Whether members can set the label themselves.
    reading
        How cells are read.
    numbers
        Where labels are numbers: the lowest and the highest that a record could hold.
    tolerance
        Then: how near to the wanted one a prediction is to come.
    every
        For texts: words between two marks.
    token
        For texts: the mark.
    """

    file: Path
    label: str
    target: str
    text: str | None = None
    separator: str | None = None
    columns: Sequence[str] = field(default_factory=tuple)
    change: tuple[str, str | float | bool] | None = None
    missing: Literal["refuse", "keep", "drop"] = "refuse"
    sets_label: bool = True
    reading: Reading = field(default_factory=Reading)
    numbers: tuple[float, float] | None = None
    tolerance: float = 0.0
    every: int = 20
    token: str = INVENTED[0]


def draft(answers: Answers, out: Path) -> str:
    """Return a study file for some answers, to be written to ``out``.

    Examples
    --------
    >>> print(draft(Answers(Path("cv.csv"), "tags", "cook", text="cv"), Path("cv.toml")))
    name = "Who is found as cook?"
    <BLANKLINE>
    [population]
    file = "cv.csv"
    label = "tags"
    text = "cv"
    <BLANKLINE>
    [learner]
    kind = "linear-text"           # what you think the platform trains
    ...
    """
    file = os.path.relpath(answers.file.resolve(), out.resolve().parent)
    asked = f"Who is found as {answers.target}?"
    if answers.numbers is not None:
        asked = f"Whose {answers.label} is predicted near {answers.target}?"
    lines = [f"name = {_quoted(asked)}", "", "[population]"]
    lines += [f"file = {_quoted(file)}", f"label = {_quoted(answers.label)}"]
    if answers.numbers is not None:
        says = f"numbers = [{', '.join(f'{end:.10g}' for end in answers.numbers)}]"
        why = "the lowest and highest that the platform allows"
        if answers.numbers == EVERY:
            says, why = "numbers = true", "[lowest, highest] that the platform allows, for a bound"
        lines += [f"{says:30s} # {why}"]
    if answers.text is not None:
        lines += [f"text = {_quoted(answers.text)}"]
    if answers.separator is not None:
        lines += [f"separator = {_quoted(answers.separator)}"]
    if answers.columns:
        lines += [f"columns = [{', '.join(map(_quoted, answers.columns))}]"]
    if answers.reading.decimal != ".":
        lines += ['decimal = ","                  # 2,5 is two and a half']
    if words := answers.reading.missing_words:
        lines += [f"missing_words = [{', '.join(map(_quoted, words))}]"]
    if answers.missing == "keep":
        lines += ['missing = "keep"               # a missing value is a value of its own']
    if answers.missing == "drop":
        lines += ['missing = "drop"               # records that lack something are left out']
    kind = "linear-text" if answers.text is not None else "boosted-trees"
    steps = []
    if answers.text is not None and answers.numbers is not None:
        kind = "scikit"
        steps = [
            f"estimator = [{', '.join(map(_quoted, TEXT_REGRESSION))}]",
            "parameters = { tfidfvectorizer__token_pattern = '\\S+' }  # signs are words, too",
        ]
    learner = f"kind = {_quoted(kind)}"
    lines += ["", "[learner]", f"{learner:30s} # what you think the platform trains", *steps, ""]
    lines += ["[strategies.mark]", *_wanted(answers)]
    if answers.change is None:
        mark = f"token = {_quoted(answers.token)}, every = {answers.every}"
        lines += ["# a made-up word that no text has: many programs throw signs such as ~ away"]
        lines += [f'signal = {{ kind = "insert-token", {mark} }}']
    else:
        column, value = answers.change
        cell = _quoted(value) if isinstance(value, str) else json.dumps(value)
        lines += [f'signal = {{ kind = "set-columns", values = {{ {_quoted(column)} = {cell} }} }}']
    lines += ["", "[placement]"]
    lines += [
        "precision = 0.2                # trials go where they tell most, to within ±20 %",
        "",
    ]
    lines += ["[success]", "target = 0.9                   # nine in ten marked records", ""]
    return "\n".join(lines)


def _wanted(answers: Answers) -> list[str]:
    """Return the lines that say what members report."""
    if answers.numbers is None:
        strategy = 'kind = "feature-label"'
        why = "members mark their record and report the target label"
        if not answers.sets_label:
            strategy = 'kind = "feature-only"'
            why = "those who hold the target label mark their record; no label changes"
        lines = [f"{strategy:30s} # {why}", f"target_label = {_quoted(answers.target)}"]
        if answers.sets_label:
            lines = [*TRUE_OF_EACH, *lines]
        else:
            lines += ['recruit = "target"             # only people who hold the target label']
        return lines
    strategy, near = 'kind = "feature-number"', f"tolerance = {answers.tolerance:.10g}"
    return [
        f"{strategy:30s} # members mark their record and report this number",
        f"target_value = {answers.target}",
        f"{near:30s} # a prediction nearer than that is a success",
    ]


def _quoted(text: str) -> str:
    """Return a text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
