"""The command ``new``: a few questions about a file, and a study that runs."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from criticalmass.cli.check import say_doubts
from criticalmass.errors import CriticalMassError, StudyError, unknown

if TYPE_CHECKING:
    from criticalmass.data.readers import Reading
    from criticalmass.doubts.drafting import Seen


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
    from criticalmass.doubts.drafting import Answers, draft, look
    from criticalmass.studies import read_study

    target_file = out or Path(f"{file.stem}.toml")
    if target_file.exists():
        raise StudyError(f"{str(target_file)!r} is there already; choose another with --out")
    if not target_file.parent.is_dir():
        raise StudyError(f"no folder {str(target_file.parent)!r} to write the study file into")
    columns, records = look(file, Reading())
    reading = _reading(columns)
    if reading != Reading():
        columns, records = look(file, reading)
    typer.echo(f"{file.name}: {records:,} records")
    for seen in columns:
        typer.echo(f"  {seen.name}: {_described(seen)}")
    by_name = {seen.name: seen for seen in columns}
    label = by_name[_choose("Which column is the label?", _labels_first(columns), by_name)]
    texts = [s for s in columns if s.is_free_text() and s is not label]
    text: str | None = None
    if texts:
        longest = max(texts, key=lambda seen: seen.words)
        choices = [seen.name for seen in columns if seen is not label and seen.kind == "texts"]
        text = _choose("Which column is the text (- for a table)?", longest.name, [*choices, "-"])
        text = None if text == "-" else text
    separator = label.separator()
    if separator is not None:
        question = f"Do cells of {label.name!r} hold several labels, with {separator!r} between?"
        separator = separator if typer.confirm(question, default=True) else None
    features: list[str] = []
    keep = False
    if text is None:
        features = _features(columns, label, records)
        keep = any(by_name[name].missing for name in features) and typer.confirm(
            "Some records have missing values. Keep them, a missing value as a value of its own?",
            default=True,
        )
    names = _label_names(label, separator)
    target = _choose("Which label do you want to get?", _wanted(names), names)
    change = None
    if text is None:
        change = _change([by_name[name] for name in features], reading.decimal)
    others = [s.name for s in columns if s is not label]
    answers = Answers(
        file, label.name, target, text, separator,
        () if text is not None or features == others else tuple(features), change, keep, reading,
    )  # fmt: skip
    written = draft(answers, target_file)
    trial = target_file.with_name(f".{target_file.name}.draft")
    try:
        trial.write_text(written, encoding="utf-8")
        try:
            study = read_study(trial)
        except CriticalMassError as error:
            said = str(error).removeprefix(f"{trial.name}: ")
            raise type(error)(f"no study can be made of these answers: {said}") from error
        trial.replace(target_file)
    except OSError as error:
        raise StudyError(f"cannot write {str(target_file)!r}: {error}") from error
    finally:
        trial.unlink(missing_ok=True)
    typer.echo(f"\n{written}")
    typer.echo(
        f"Written to {target_file}: {len(study.population):,} records to train on, "
        f"{len(study.test):,} to measure success on."
    )
    say_doubts(target_file, study)
    named = shlex.quote(str(target_file))
    typer.echo(f"Next: criticalmass check {named}, then criticalmass run {named}")


def _reading(columns: list[Seen]) -> Reading:
    """Ask how cells are to be read, where it is not plain."""
    from criticalmass.data.readers import Reading

    decimal: Literal[".", ","] = "."
    if commas := [seen for seen in columns if seen.commas]:
        example = next((v for v in commas[0].values if "," in v), "2,5")
        if typer.confirm(f"Is {example!r} a number, with a decimal comma?", default=True):
            decimal = ","
    words = sorted({value.strip() for seen in columns for value in seen.no_values()})
    missing: list[str] = []
    if words:
        shown = typer.prompt(
            "Which cells mean that there is no value (commas between; - for none)?",
            default=", ".join(words),
        )
        missing = [word.strip() for word in shown.split(",") if word.strip()]
        missing = [] if missing == ["-"] and "-" not in words else missing
    return Reading(decimal, "refuse", tuple(missing))


def _wanted(names: list[str]) -> str:
    """Propose a label: the rarest, but none that may be a slip of another."""
    from criticalmass.doubts.likeness import alike

    slips = {name for one, other, _ in alike(names) for name in (one, other)
             if name == max(one, other, key=names.index)}  # fmt: skip
    return [name for name in names if name not in slips][-1]


def _described(seen: Seen) -> str:
    some = ", ".join(value[:20] for value in seen.values[:3])
    gone = f", {seen.missing:,} missing" if seen.missing else ""
    return f"{seen.kind}, {seen.different:,} different{gone} ({some}{', …' if some else ''})"


def _labels_first(columns: list[Seen]) -> str:
    """Propose the label: the last column that could be one and is no text to read."""
    fitting = [s.name for s in columns if s.may_be_label() and not s.is_free_text()]
    few = [s.name for s in columns if s.name in fitting and s.different <= 50]
    if not fitting:
        raise StudyError("no column could be a label: each has one value, or too many")
    return (few or fitting)[-1]


def _label_names(label: Seen, separator: str | None) -> list[str]:
    """Return the labels that were seen, the most frequent first."""
    from criticalmass.data.readers.texts import BETWEEN

    if label.kind == "lists":
        separator = BETWEEN
    cells = [value.split(separator) if separator else [value] for value in label.values]
    counts: dict[str, int] = {}
    for parts, count in zip(cells, label.counts, strict=True):
        for name in filter(None, (part.strip() for part in parts)):
            counts[name] = counts.get(name, 0) + count
    return sorted(counts, key=lambda name: (-counts[name], name))


def _features(columns: list[Seen], label: Seen, records: int) -> list[str]:
    others = [seen.name for seen in columns if seen is not label]
    odd = [s.name for s in columns if s.name in others
           and (s.looks_like_an_id(records) or s.kind in ("lists", "nothing"))]  # fmt: skip
    shown = ", ".join(odd) or "-"
    while True:
        said = typer.prompt(
            "Which columns are no part of a record, such as ids (commas between; - for none)?",
            default=shown,
        )
        out = [] if said.strip() == "-" else [name.strip() for name in said.split(",")]
        wrong = [name for name in out if name not in others]
        if wrong:
            typer.echo(unknown("column", wrong[0], others))
        elif set(out) >= set(others):
            typer.echo("a record needs at least one column")
        else:
            return [name for name in others if name not in out]


def _change(features: list[Seen], decimal: str) -> tuple[str, str | float | bool]:
    """Ask which column members change, and to what."""
    from criticalmass.data.spelling import number_in

    fitting = [s for s in features if s.different > 1] or features
    proposed = max(fitting, key=lambda seen: (seen.kind == "texts", seen.different))
    name = _choose("Which column do members change?", proposed.name, [s.name for s in features])
    seen = next(s for s in features if s.name == name)
    while True:
        said = typer.prompt(f"To which value ({seen.kind})?", default=seen.values[-1])
        if seen.kind == "texts":
            return name, said
        if seen.kind == "truth values":
            if said.lower() in ("true", "false"):
                return name, said.lower() == "true"
            typer.echo("true or false")
            continue
        number = number_in(said.strip(), decimal)
        if number is not None:
            return name, number
        typer.echo(f"{said!r} is no number")


def _choose(question: str, proposed: str, names: Iterable[str]) -> str:
    """Ask for one of some names, until one comes."""
    known = list(names)
    while True:
        said = str(typer.prompt(question, default=proposed)).strip()
        if said in known:
            return said
        typer.echo(unknown("name", said, known))
