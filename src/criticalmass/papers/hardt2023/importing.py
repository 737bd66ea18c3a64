"""Storing trials that were trained on a GPU: ``scripts/paper-on-a-gpu import``.

All lines of the file are checked against the packed folder and the studies before one is stored.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeGuard

from criticalmass.errors import DataError, Problems, StudyError, of_file
from criticalmass.measures import Count
from criticalmass.papers.hardt2023.packing import studies_of
from criticalmass.papers.hardt2023.setup import Setup
from criticalmass.papers.hardt2023.stacked import packed
from criticalmass.papers.hardt2023.stacked.refusal import Refusal
from criticalmass.papers.hardt2023.stacked.results import whole_lines
from criticalmass.studies import Row, Store, Study
from criticalmass.studies.facts import facts_of
from criticalmass.studies.identity.describe import digest

_PLAN = (
    "study", "strategy", "asked", "repetition", "seed", "alpha", "members", "changed",
)  # fmt: skip
_MANY = 20
"""So many problems of a file are told; no more."""


def bring(file: Path, folder: Path, setups: Mapping[str, Setup]) -> dict[Path, int]:
    """Store the trials in a file of results; return how many are new, by the folder of the study.

    Parameters
    ----------
    file
        What ``run`` wrote.
    folder
        What ``pack`` wrote, as it was packed.
    setups
        The figures that were packed, by name.

    Raises
    ------
    CriticalMassError
        If a line cannot be what it says, or is of other trials. Nothing is stored then.
    """
    plan = _plan(folder)
    try:
        lines, _ = whole_lines(file)
    except OSError as error:
        raise DataError(f"cannot read {str(file)!r}: {error}") from error
    except Refusal as error:
        raise DataError(str(error)) from error
    if not lines or lines[0] != {"format": packed.FORMAT, "packed": plan["fingerprint"]}:
        raise DataError(
            f"{str(file)!r} does not begin as the results of {str(folder)!r} do: the file is of "
            "another folder, or is none of `run`'s"
        )
    studies = studies_of(setups)
    known = {name: digest(study.identity) for name, study in studies.items()}
    if known != plan["studies"]:
        raise DataError(
            f"{str(folder)!r} was packed of other studies than today's (another corpus, model or "
            "version); pack and run again"
        )
    try:
        rows = _rows(lines, plan, studies)
    except StudyError as error:
        raise of_file(file.name, error) from error
    return _store(rows, studies, setups)


def _plan(folder: Path) -> dict[str, Any]:
    """Return the plan of a packed folder, once it is known to be whole."""
    try:
        packed.read(folder)
    except Refusal as error:
        raise DataError(str(error)) from error
    plan: dict[str, Any] = json.loads((folder / packed.PLAN).read_text(encoding="utf-8"))
    return plan


def _rows(
    lines: Sequence[Mapping[str, Any]], plan: Mapping[str, Any], studies: Mapping[str, Study]
) -> dict[str, list[Row]]:
    """Return the rows by study; raise `StudyError` with all that is wrong, a line each."""
    trials = {trial["key"]: trial for trial in plan["trials"]}
    problems, found = Problems(), dict[str, tuple[int, Row]]()
    wrong = 0
    for number, line in enumerate(lines[1:], 2):
        if set(line) == {"speed"}:
            continue
        trial = trials.get(line.get("key", ""))
        if trial is None:
            said = f"expected the key of a planned trial, not {line.get('key')!r:.40}"
        else:
            said = _misfit(line, trial, studies[trial["study"]])
        before = found.get(line.get("key", ""))
        if trial and not said:
            row = _row(line)
            if before is None or before[1].error:
                found[row.key] = number, row
            elif not row.error and before[1].without_time() != row.without_time():
                said = f"another result of the trial of line {before[0]}"
        if said:
            wrong += 1
            if wrong <= _MANY:
                problems.add(f"line {number}: {said}")
    if wrong > _MANY:
        problems.add(f"and {wrong - _MANY} more lines")
    problems.tell()
    rows: dict[str, list[Row]] = {}
    for _, row in found.values():
        rows.setdefault(trials[row.key]["study"], []).append(row)
    return rows


def _misfit(line: Mapping[str, Any], trial: Mapping[str, Any], study: Study) -> str:
    """Return what of a line cannot be, in words; empty if all can."""
    for name in _PLAN:
        if line.get(name) != trial[name]:
            return f"{name} is planned as {trial[name]!r}, not {line.get(name)!r:.40}"
    error, seconds = line.get("error"), line.get("seconds")
    if not isinstance(error, str):
        return f"error must be a text, not {error!r:.40}"
    if not _is_number(seconds) or seconds < 0:
        return f"seconds must be a number from 0 on, not {seconds!r:.40}"
    if error:
        return ""
    size, successes = len(study.judged), line.get("successes")
    if line.get("n") != size:
        return f"n must be {size}, the number of marked test records, not {line.get('n')!r:.40}"
    measures = study.measures_of(trial["strategy"])
    if not isinstance(successes, dict) or set(successes) != set(measures):
        return f"successes must be of {' and '.join(measures)}, not {successes!r:.60}"
    for name, count in successes.items():
        if type(count) is not int or not 0 <= count <= size:
            return f"{name} must be an integer from 0 to {size}, not {count!r:.40}"
    for name in ("accuracy", "precision", "recall"):
        value = line.get(name)
        if value is None and name != "accuracy":
            continue
        if not _is_number(value) or not 0 <= value <= 1:
            return f"{name} must be a number from 0 to 1, not {value!r:.40}"
    return ""


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and type(value) is not bool and math.isfinite(value)


def _row(line: Mapping[str, Any]) -> Row:
    """Return the row of a line in which all can be."""
    plan = {name: line[name] for name in ("key", *_PLAN) if name != "study"}
    if line["error"]:
        return Row(**plan, seconds=line["seconds"], error=line["error"])
    quality: dict[str, Any] = {
        name: math.nan if line[name] is None else float(line[name])
        for name in ("accuracy", "precision", "recall")
    }
    results = {name: Count(count, line["n"]) for name, count in line["successes"].items()}
    return Row(**plan, **quality, n=line["n"], results=results, seconds=line["seconds"])


def _store(
    rows: Mapping[str, list[Row]], studies: Mapping[str, Study], setups: Mapping[str, Setup]
) -> dict[Path, int]:
    """Add rows to the stores of their studies; return how many are new, by folder."""
    new: dict[Path, int] = {}
    for name, own in rows.items():
        figure, _, called = name.partition("/")
        folder, planned = setups[figure].folder / called, studies[name].trials()
        with Store.create(folder, facts_of(studies[name])) as store, store.writing():
            before = {row.key for row in store.rows() if not row.error}
            for row in own:
                store.add(row)
            good = {row.key for row in store.rows() if not row.error}
            store.expect(len(planned))
            if len(good) == len(planned):
                store.finish()
        new[folder] = len(good - before)
    return new
