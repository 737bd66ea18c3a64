"""The command ``new``: a few questions about a file, and a study that runs."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from criticalmass.cli.shared.doubts import print_number_of_doubts
from criticalmass.cli.shared.terminal import ask, confirm, say
from criticalmass.drafts import draft_of
from criticalmass.errors import CriticalMassError, StudyError, brief, unknown

if TYPE_CHECKING:
    from criticalmass.data.readers import Reading
    from criticalmass.studies import Study
    from criticalmass.studies.files.drafting import Answers, Seen


def new(
    file: Annotated[Path, typer.Argument(help="Your records: CSV, TSV, Excel, Parquet or JSON.")],
    out: Annotated[
        Path | None, typer.Option(help="The study file to write. By default named as the records.")
    ] = None,
) -> None:
    """Ask a few questions about your file, and write a study that runs.

    Press Enter to take what stands in brackets.
    """
    from criticalmass.data.readers import Reading
    from criticalmass.studies.files.drafting import draft, look

    path = out or Path(f"{file.stem}.toml")
    if path.exists():
        raise StudyError(f"{str(path)!r} is there already; choose another with --out")
    if not path.parent.is_dir():
        raise StudyError(f"no folder {str(path.parent)!r} to write the study file into")
    columns, records = look(file, Reading())
    say(f"{file.name}: {records:,} records")
    for column in columns:
        say(f"  {column.name}: {_described(column)}")
    text = draft(_ask(file, columns, records), path)
    say("", *text.split("\n"))
    study = _write(text, path)
    say(
        f"Written to {path}: {len(study.population):,} records to train on, "
        f"{len(study.test):,} to measure success on."
    )
    for note in study.population.notes:
        say(note)
    print_number_of_doubts(path, study)
    quoted = shlex.quote(str(path))
    say(f"Next: criticalmass check {quoted}, then criticalmass run {quoted}")


def _ask(file: Path, columns: list[Seen], records: int) -> Answers:
    """Ask for the label, the text or the features, and what members do."""
    from criticalmass.data.readers import Reading
    from criticalmass.studies.files.drafting import Answers, look

    label = _ask_label(columns)
    text = _ask_text([column for column in columns if column is not label])
    others = [column.name for column in columns if column is not label]
    features = [] if text is not None else _ask_features(columns, label, records)
    reading = _ask_reading([c for c in columns if c is label or c.name in features])
    if reading != Reading():
        columns, _ = look(file, reading)
    by_name = {column.name: column for column in columns}
    label = by_name[label.name]
    separator = label.separator()
    if separator is not None:
        question = f"Do cells of {label.name!r} hold several labels, with {separator!r} between?"
        separator = separator if confirm(question, default=True) else None
    needed = [label] if separator is None else []
    needed += [by_name[text]] if text is not None else []
    missing = _ask_missing(needed, [by_name[name] for name in features])
    target, numbers, tolerance = _ask_target(label, separator, reading.decimal)
    sets_label = numbers is not None or confirm(
        f"Do members set {label.name!r} themselves (n if the platform does, as with a rating)?",
        default=True,
    )
    change = None
    if text is None:
        change = _ask_change([by_name[name] for name in features], reading.decimal)
    return Answers(
        file,
        label.name,
        target,
        text,
        separator,
        () if text is not None or features == others else tuple(features),
        change,
        missing,
        sets_label,
        reading,
        numbers,
        tolerance,
        **_mark(file, by_name[text]) if text is not None else {},
    )


def _mark(file: Path, text: Seen) -> dict[str, Any]:
    """Return the mark for a column of texts, and how often it is to stand there."""
    from criticalmass.signals.text import every_for
    from criticalmass.studies.files.drafting import unused_word

    return {"every": every_for(text.words), "token": unused_word(file, text.name)}


def _ask_label(columns: list[Seen]) -> Seen:
    """Ask which column is the label, until one comes that could be it."""
    from criticalmass.data.labels import MOST_LABELS

    by_name = {column.name: column for column in columns}
    proposed = _proposed_label(columns)
    while True:
        name = _choose(
            "Which column is the label: what the platform says of a record, or files it under?",
            proposed,
            by_name,
        )
        column = by_name[name]
        if column.may_be_label() or column.commas:
            return column
        many = _values(column)
        say(f"column {name!r} has {many}, and a study takes 2 to {MOST_LABELS:,} labels")


def _values(column: Seen) -> str:
    """Say how many different values a column has."""
    return "one value" if column.different == 1 else f"{column.different:,} different values"


def _ask_reading(columns: list[Seen]) -> Reading:
    """Ask how cells of the columns that are used are to be read, where it is not plain."""
    from criticalmass.data.readers import Reading

    decimal: Literal[".", ","] = "."
    if commas := [column for column in columns if column.commas]:
        example = next((value for value in commas[0].values if "," in value), "2,5")
        question = f"Column {commas[0].name!r}: is {example!r} a number, with a decimal comma?"
        if confirm(question, default=True):
            decimal = ","
    words = sorted({value.strip() for column in columns for value in column.no_values()})
    missing: list[str] = []
    if words:
        answer = ask(
            "Which of these cells mean that there is no value (commas between; - if all are "
            f"values like any other): {', '.join(map(repr, words))}?",
            default=", ".join(words),
        )
        missing = [word.strip() for word in answer.split(",") if word.strip()]
        missing = [] if missing == ["-"] and "-" not in words else missing
    return Reading(decimal, "refuse", tuple(missing))


def _ask_missing(needed: list[Seen], features: list[Seen]) -> Literal["refuse", "keep", "drop"]:
    """Ask what becomes of records with gaps; without a label or a text none can be kept."""
    from criticalmass.phrases import listed

    lacking = [column for column in needed if column.missing]
    if gaps := [f"{column.missing:,} have no {column.name!r}" for column in lacking]:
        question = f"Some records lack something: {listed(gaps)}. Leave them out?"
        return "drop" if confirm(question, default=True) else "refuse"
    if not any(column.missing for column in features):
        return "refuse"
    if confirm(
        "Some records have missing values. Keep them, a missing value as a value of its own?",
        default=True,
    ):
        return "keep"
    return "drop" if confirm("Leave these records out?", default=True) else "refuse"


def _ask_target(
    label: Seen, separator: str | None, decimal: str
) -> tuple[str, tuple[float, float] | None, float]:
    """Ask which label is wanted; or, where labels are numbers, which number, and how near."""
    from criticalmass.data.labels import MOST_LABELS
    from criticalmass.studies.files.drafting import FEW_NUMBERS

    few = 2 <= label.different <= MOST_LABELS or label.kind == "lists"
    if separator is None and label.may_be_measured():
        question = f"Does the model predict {label.name!r} as a number, not as one of some labels?"
        if not few:
            say(f"{label.name!r} has {label.different:,} different numbers: it is one to predict.")
        if not few or confirm(question, default=label.different > FEW_NUMBERS):
            numbers, target, tolerance = _ask_numbers(label, decimal)
            return target, numbers, tolerance
    if not few:
        raise StudyError(
            f"column {label.name!r} has {_values(label)}, and a study takes 2 to {MOST_LABELS:,} "
            "labels"
        )
    names = _label_names(label, separator)
    return _choose("Which label do you want to get?", _proposed_target(names), names), None, 0.0


def _ask_numbers(label: Seen, decimal: str) -> tuple[tuple[float, float], str, float]:
    """Ask between which numbers labels lie, which one is wanted, and how near."""
    from criticalmass.data.numbers import EVERY, between

    lowest, highest, tenth = (
        f"{number:.10g}".replace(".", decimal)
        for number in (label.low, label.high, (label.high - label.low) / 10)
    )
    question = f"Which is the lowest {label.name!r} that the platform allows, seen or not"
    question += f" (the file has {lowest} to {highest}; - if it sets no limit)?"
    low, high = _ask_number(question, "-", decimal, none=-math.inf), math.inf
    if low > -math.inf:
        question = "And the highest (- if it sets no limit)?"
        high = _ask_number(question, "-", decimal, above=low, none=math.inf)
    while True:
        target = _ask_number("Which number do members report?", highest, decimal)
        if low <= target <= high:
            break
        say(between((low, high)))
    near = "How near to it must a prediction come?"
    tolerance = _ask_number(near, tenth, decimal, above=0.0)
    known = math.isfinite(low) and math.isfinite(high)
    return (low, high) if known else EVERY, f"{target:.10g}", tolerance


def _ask_number(
    question: str, proposed: str, decimal: str, above: float = -math.inf, none: float | None = None
) -> float:
    """Ask for a number, until one comes that is above another; ``-`` stands for ``none``."""
    from criticalmass.data.spelling import number_in

    while True:
        answer = ask(question, default=proposed).strip()
        if answer == "-" and none is not None:
            return none
        number = number_in(answer, decimal)
        if number is None:
            say(f"{brief(answer)} is no number")
        elif number <= above:
            say(f"a number above {above:g}")
        else:
            return float(number)


def _write(text: str, path: Path) -> Study:
    """Write the study file and return its study; a file that cannot be read yet is kept, too."""
    from criticalmass.studies import read_study

    try:
        with draft_of(path) as trial:
            trial.write_text(text, encoding="utf-8")
            trial.replace(path)
    except OSError as error:
        raise StudyError(f"cannot write {str(path)!r}: {error}") from error
    try:
        return read_study(path)
    except CriticalMassError as error:
        kept = f"your answers are kept in {path}: mend it or the records, then criticalmass check"
        raise type(error)(*error.lines, f"{kept} {shlex.quote(str(path))}") from error


def _ask_text(columns: list[Seen]) -> str | None:
    """Ask which column holds the text, if one could; None for a table."""
    texts = [column for column in columns if column.is_free_text()]
    if not texts:
        return None
    longest = max(texts, key=lambda column: column.words)
    choices = [column.name for column in columns if column.kind == "texts"]
    text = _choose("Which column is the text (- for a table)?", longest.name, [*choices, "-"])
    return None if text == "-" else text


def _ask_features(columns: list[Seen], label: Seen, records: int) -> list[str]:
    """Ask which columns are no part of a record, and return the others."""
    others = [column.name for column in columns if column is not label]
    odd = [
        column.name
        for column in columns
        if column is not label
        and (column.looks_like_an_id(records) or column.kind in ("lists", "nothing"))
    ]
    while True:
        answer = ask(
            "Which columns are no part of a record, such as ids (commas between; - for none)?",
            default=", ".join(odd) or "-",
        )
        left_out = [] if answer.strip() == "-" else [name.strip() for name in answer.split(",")]
        wrong = [name for name in left_out if name not in others]
        if wrong:
            say(unknown("column", wrong[0], others))
        elif set(left_out) >= set(others):
            say("a record needs at least one column")
        else:
            return [name for name in others if name not in left_out]


def _ask_change(features: list[Seen], decimal: str) -> tuple[str, str | float | bool]:
    """Ask which column members change, and to what."""
    from criticalmass.data.spelling import number_in

    varying = [column for column in features if column.different > 1] or features
    proposed = max(varying, key=lambda column: (column.kind == "texts", column.different))
    names = [column.name for column in features]
    name = _choose("Which column do members change?", proposed.name, names)
    chosen = features[names.index(name)]
    while True:
        answer = ask(f"To which value ({chosen.kind})?", default=chosen.values[-1])
        if chosen.kind == "texts":
            return name, answer
        if chosen.kind == "truth values":
            if answer.lower() in ("true", "false"):
                return name, answer.lower() == "true"
            say("true or false")
            continue
        number = number_in(answer.strip(), decimal)
        if number is not None:
            return name, number
        say(f"{brief(answer)} is no number")


def _choose(question: str, proposed: str, names: Iterable[str]) -> str:
    """Ask for one of some names, until one comes."""
    known = list(names)
    while True:
        answer = ask(question, default=proposed).strip()
        if answer in known:
            return answer
        say(unknown("name", answer, known))


def _described(column: Seen) -> str:
    """Return what a column holds, with some of its values."""
    some = ", ".join(value[:20] for value in column.values[:3])
    missing = f", {column.missing:,} missing" if column.missing else ""
    more = ", …" if some else ""
    return f"{column.kind}, {column.different:,} different{missing} ({some}{more})"


def _proposed_label(columns: list[Seen]) -> str:
    """Return the last column that could be the label and is no text to read."""
    possible = [c for c in columns if c.may_be_label() and not c.is_free_text()]
    few = [column.name for column in possible if column.different <= 50]
    called = [column.name for column in possible if column.is_called_a_label()]
    if all(column.kind == "nothing" for column in columns):
        raise StudyError("there is no record in it: a study needs people who have labels")
    if not possible:
        raise StudyError("no column could be a label: each has one value, or too many")
    return (called or few or [column.name for column in possible])[-1]


def _proposed_target(names: list[str]) -> str:
    """Return the rarest label of those that are hardly slips of another."""
    from criticalmass.doubts.likeness import alike

    slips = {max(one, other, key=names.index) for one, other, _ in alike(names)}
    return [name for name in names if name not in slips][-1]


def _label_names(label: Seen, separator: str | None) -> list[str]:
    """Return the labels of a column, the most frequent first."""
    from criticalmass.data.readers.texts import BETWEEN

    if label.kind == "lists":
        separator = BETWEEN
    cells = [value.split(separator) if separator else [value] for value in label.values]
    counts: dict[str, int] = {}
    for parts, count in zip(cells, label.counts, strict=True):
        for name in filter(None, (part.strip() for part in parts)):
            counts[name] = counts.get(name, 0) + count
    return sorted(counts, key=lambda name: (-counts[name], name))
