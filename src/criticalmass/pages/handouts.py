"""Instructions as people get them: a page and a text for each member, one file for machines, and a
summary for the organiser. The folder is there whole or not at all.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from criticalmass.data.readers.excel import workbook
from criticalmass.data.spelling import number_in
from criticalmass.drafts import draft_of
from criticalmass.errors import CriticalMassError
from criticalmass.members.file import Form, Members
from criticalmass.members.instructions import Instruction, Instructions
from criticalmass.messages import say
from criticalmass.pages.links import link_to
from criticalmass.pages.page import page
from criticalmass.studies.files.handouts import Handouts
from criticalmass.words.instructions import (
    NO_HANDOUTS,
    ToldToAll,
    summary_of,
    to_measure,
    told_to_all,
)

_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
"""Names that stand for devices on Windows, with whatever ending."""
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_MARKS = {"same": "{}", "out": "[-{}-]", "in": "[+{}+]"}


def write_handouts(
    instructions: Instructions,
    folder: str | Path,
    *,
    standing: Iterable[str] = (),
    command: str = "",
    handouts: Handouts = NO_HANDOUTS,
) -> Path:
    """Write everything that members and their organiser need into a new folder.

    Parameters
    ----------
    instructions
        What each member is to change.
    folder
        Where; it must not exist yet, or be empty.
    standing
        What a collective of this size reaches, in sentences, for the organiser's summary.
    command
        What measures these members, for whoever wants to run it; empty if they have been measured.
    handouts
        What members' pages say beside what to change.

    Returns
    -------
    Path
        The organiser's page, ``index.html``. Beside it: ``summary.txt``, ``instructions.jsonl`` and
        ``instructions.csv`` (what changes, for machines), the members' file as it is to become (a
        workbook where it was one, and then ``instructions.xlsx``, too), and a folder ``members`` of
        one ``.html`` and one ``.txt`` for each.

    Raises
    ------
    CriticalMassError
        If the folder holds something already, or cannot be written: then nothing is. Or a text is
        too long for a workbook.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CriticalMassError(f"{str(folder)!r} is there already; choose a new folder with --out")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with draft_of(folder) as draft:
            draft.mkdir()
            _write_all(
                instructions, told_to_all(instructions, handouts), draft, list(standing), command
            )
            draft.replace(folder)
    except OSError as error:
        raise CriticalMassError(f"cannot write {str(folder)!r}: {error}") from error
    return folder / "index.html"


def as_jsonl(instructions: Instructions) -> str:
    """Return one JSON object a member and line: the id, and every column that changes."""
    told, lines = told_to_all(instructions), []
    for one in instructions.each:
        changes = [{"column": c, "before": b, "after": a} for c, b, a in one.changes]
        line: dict[str, Any] = {"id": one.id, "changes": changes}
        if one.reason:
            line["reason"] = told.nothing[one.reason]
        lines.append(json.dumps(line))
    return "\n".join(lines) + "\n"


def as_csv(instructions: Instructions) -> str:
    """Return one line for each member and column that changes: id, column, before, after.

    It has the form of the members' file. A quote mark stands before cells that a spreadsheet would
    take for a formula, and run.
    """
    decimal = instructions.members.columns.reading.decimal
    rows = [
        [harmless(cell, decimal) for cell in (one.id, *change)]
        for one in instructions.each
        for change in one.changes
    ]
    return _table(("id", "column", "before", "after"), rows, instructions.members.form)


def harmless(cell: str, decimal: str = ".") -> str:
    """Return a cell that no spreadsheet takes for a formula: a text that looks like one is quoted.

    Examples
    --------
    >>> [harmless(cell) for cell in ("=1+1", "-2.5", "-2+3 eggs", " @SUM(A1)", "a=b")]
    ["'=1+1", '-2.5', "'-2+3 eggs", "' @SUM(A1)", 'a=b']
    """
    begins = cell.lstrip().startswith(_FORMULA) or cell.startswith(("\t", "\r", "\n"))
    return f"'{cell}" if begins and number_in(cell, decimal) is None else cell


def after_csv(instructions: Instructions) -> str:
    """Return the members' file as it is once everybody has done their part, cell for cell."""
    members = instructions.members
    lines = [
        {**line, **one.after} for line, one in zip(members.lines, instructions.each, strict=True)
    ]
    rows = [tuple(line[column] for column in members.header) for line in lines]
    return _table(members.header, rows, members.form)


def after_workbook(instructions: Instructions) -> bytes:
    """Return the members' workbook as it is once everybody has done their part.

    Cells that nobody changes are as they were; a changed cell of a column of numbers is a number.

    Raises
    ------
    DataError
        If a text is longer than a workbook's cell can hold.
    """
    members = instructions.members
    rows = []
    for cells, line, one in zip(members.typed, members.lines, instructions.each, strict=True):
        after = {column: text for column, _, text in one.changes}
        rows.append(
            [
                _typed(after[column], members, column) if column in after else cell
                for column, cell in zip(line, cells, strict=True)
            ]
        )
    return workbook(members.header, rows)


def _typed(text: str, members: Members, column: str) -> Any:
    """Return what a changed cell of a workbook holds: a number where records have numbers."""
    features = members.records.features
    if column in members.records.columns and features.dtype[column].kind in "iuf":
        number = number_in(text, members.columns.reading.decimal)
        return text if number is None else number
    if column in members.records.columns and features.dtype[column].kind == "b":
        return text == "True"
    return text


def as_text(one: Instruction, told: ToldToAll) -> str:
    """Return a member's instructions as plain text, what changes between brackets."""
    rule = "-" * 72
    lines = [told.title, say("For {member}", member=one.name or one.id), ""]
    for paragraph in told.own:
        lines += [paragraph, ""]
    if one.changes and told.deadline:
        lines += [say("Make these changes by {day}.", day=told.deadline), ""]
    if one.reason:
        lines += [say("Nothing for you to change."), told.nothing[one.reason], ""]
    for column, before in one.before.items():
        after = one.after[column]
        if after == before:
            lines += [rule, say("{column}: stays as it is", column=column), "", before, ""]
            continue
        change = say("{column}: change this", column=column)
        lines += [rule, change, "", before, "", say("to this"), "", after, ""]
        marked = "".join(_MARKS[kind].format(text) for kind, text in one.pieces(column))
        if column in one.long:
            lines += [say("what changes: [+comes in+], [-goes out-]"), "", marked, ""]
    lines += [rule, say("What this does, and why"), "", *told.why, told.together]
    if one.changes:
        lines += ["", say("Before you do it"), "", *(f"- {line}" for line in told.before)]
        lines += ["", say("To undo it"), "", told.undo]
    if told.contact:
        lines += ["", say("Questions?"), "", link_to(told.contact).text]
    return "\n".join(lines) + "\n"


def file_names(ids: Iterable[str]) -> list[str]:
    """Return a name for each member's files: the id where that is safe in any file system.

    Examples
    --------
    >>> file_names(["7", "Ada", "ada", "../x", "aux.txt"])
    ['7', 'Ada', 'member-3', 'member-4', 'member-5']
    """
    names: list[str] = []
    taken: set[str] = set()
    for place, member in enumerate(ids, start=1):
        plain = _PLAIN.fullmatch(member) is not None and not member.endswith(".")
        plain = plain and _DEVICE.fullmatch(member) is None
        own = plain and not member.lower().startswith("member-") and member.lower() not in taken
        names.append(member if own else f"member-{place}")
        taken.add(names[-1].lower())
    return names


def _write_all(
    instructions: Instructions, told: ToldToAll, folder: Path, standing: list[str], command: str
) -> None:
    names = file_names(instructions.members.ids)
    (folder / "members").mkdir()
    for name, each in zip(names, instructions.each, strict=True):
        one = replace(each)  # what it remembers of its texts goes when it is written
        own = folder / "members" / name
        _write(
            own.with_name(f"{name}.html"),
            page("member.html", one=one, told=told),
        )
        _write(own.with_name(f"{name}.txt"), as_text(one, told))
    _write(folder / "instructions.jsonl", as_jsonl(instructions))
    form = instructions.members.form
    kind = "tsv" if form.delimiter == "\t" else "csv"
    _write(folder / f"instructions.{kind}", as_csv(instructions), form.encoding)
    if instructions.members.typed:
        kind = "xlsx"
        rows = [(one.id, *change) for one in instructions.each for change in one.changes]
        table = workbook(("id", "column", "before", "after"), rows)
        (folder / "instructions.xlsx").write_bytes(table)
        (folder / "members-after.xlsx").write_bytes(after_workbook(instructions))
    else:
        _write(folder / f"members-after.{kind}", after_csv(instructions), form.encoding)
    listed = list(zip(names, instructions.each, strict=True))
    summary = summary_of(instructions)
    lines = [told.title, "", *summary, *standing, *to_measure(command)]
    _write(folder / "summary.txt", "\n".join(lines) + "\n")
    _write(
        folder / "index.html",
        page(
            "members.html",
            listed=listed,
            summary=summary,
            standing=standing,
            command=to_measure(command),
            kind=kind,
            told=told,
            instructions=instructions,
        ),
    )


def _table(header: Iterable[str], rows: Iterable[Iterable[str]], form: Form) -> str:
    lines = [tuple(header), *map(tuple, rows)]
    # line breaks that end no line here are not quoted by themselves, and would end one elsewhere
    others = set("\r\n") - set(form.line_end)
    breaks = any(others & set(cell) for line in lines for cell in line)
    buffer = io.StringIO(newline="")
    writer = csv.writer(
        buffer,
        delimiter=form.delimiter,
        lineterminator=form.line_end,
        quoting=csv.QUOTE_ALL if breaks else csv.QUOTE_MINIMAL,
    )
    writer.writerows(lines)
    return buffer.getvalue()


def _write(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write a text; what its encoding lacks is written in UTF-8, with a mark that says so."""
    try:
        content = text.encode(encoding)
    except UnicodeEncodeError:
        content = text.encode("utf-8-sig")
    path.write_bytes(content)
