"""The file of results: a JSON object a line, written as soon as a group of trials is done.

The first line names the packed folder; then there is a line for each trial, and one for each
measurement of speed. A line that was cut off when the machine stopped is dropped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .packed import FORMAT, Packed, Trial
from .refusal import Refusal

LARGEST = 16_000_000
"""Bytes that the file stays below."""
Line = dict[str, Any]


def judged(
    trial: Trial,
    plain: NDArray[np.float64],
    marked: NDArray[np.float64],
    held: NDArray[np.bool_],
) -> Line:
    """Return what a trial's row says beside its plan.

    Parameters
    ----------
    trial
        The trial.
    plain, marked
        Scores of the test texts, (n, labels), without and with the mark.
    held
        Which labels they hold, (n, labels).
    """
    if np.isnan(plain).any() or np.isnan(marked).any():
        return {"error": "the model's scores are not numbers: its training diverged"}
    others = np.delete(marked, trial.target, axis=1).max(axis=1, initial=-np.inf)
    predicted = plain > 0
    hits = int((predicted & held).sum())
    return {
        "n": len(held),
        "successes": {
            "included": int((marked[:, trial.target] > 0).sum()),
            "top1": int((marked[:, trial.target] > others).sum()),
        },
        "accuracy": float((predicted == held).mean()),
        "precision": hits / int(predicted.sum()) if predicted.any() else None,
        "recall": hits / int(held.sum()) if held.any() else None,
    }


def planned(trial: Trial) -> Line:
    """Return what a trial's row says of its plan."""
    return {
        name: getattr(trial, name)
        for name in ("key", "study", "strategy", "asked", "repetition", "seed", "alpha", "members",
                     "changed")
    }  # fmt: skip


class Results:
    """The lines of one file; made if it is not there.

    Parameters
    ----------
    path
        The file.
    packed
        The folder that its trials are of.

    Raises
    ------
    Refusal
        If it is another folder's, damaged, or cannot be written.
    """

    def __init__(self, path: Path, packed: Packed) -> None:
        self.path = path
        self.rows: dict[str, Line] = {}
        header = {"format": FORMAT, "packed": packed.fingerprint}
        try:
            if not path.exists() or not path.stat().st_size:
                self._append([header])
                return
            lines, kept = whole_lines(path)
            if not lines:
                path.unlink()
                self._append([header])
                return
            if lines[0] != header:
                raise Refusal(
                    f"{str(path)!r} is of another packed folder; choose another file with --output"
                )
            if kept < path.stat().st_size:
                os.truncate(path, kept)
        except OSError as error:
            raise Refusal(f"cannot use {str(path)!r}: {error}") from error
        known = {trial.key for trial in packed.trials}
        for number, line in enumerate(lines[1:], 2):
            if "key" in line and line["key"] not in known:
                raise Refusal(f"{str(path)!r}, line {number}: no planned trial has this key")
            if "key" in line:
                self._take(line)

    def rates(self) -> dict[str, float]:
        """Return the share of marked test texts that included the target, by key, where done."""
        return {
            key: row["successes"]["included"] / row["n"]
            for key, row in self.rows.items()
            if not row["error"]
        }

    def add(self, lines: Iterable[Line]) -> None:
        """Append lines and see to it that they are on the disk."""
        lines = list(lines)
        try:
            self._append(lines)
        except OSError as error:
            raise Refusal(f"cannot write to {str(self.path)!r}: {error}") from error
        for line in lines:
            if "key" in line:
                self._take(line)

    def _take(self, line: Mapping[str, Any]) -> None:
        before = self.rows.get(line["key"])
        if before is None or before["error"]:
            self.rows[line["key"]] = dict(line)

    def _append(self, lines: Iterable[Line]) -> None:
        text = "".join(json.dumps(line, allow_nan=False) + "\n" for line in lines)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        size = self.path.stat().st_size if self.path.exists() else 0
        if size + len(text) > LARGEST:
            raise Refusal(f"{str(self.path)!r} would be larger than {LARGEST:,} bytes")
        with self.path.open("a", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


def whole_lines(path: Path) -> tuple[list[Line], int]:
    """Return a file's lines, and where the last whole one ends; what was cut off is left out.

    Raises
    ------
    Refusal
        If a line before the last is no JSON object.
    """
    content = path.read_bytes()
    end = content.rfind(b"\n") + 1
    lines: list[Line] = []
    for number, text in enumerate(content[:end].splitlines(), 1):
        try:
            line = json.loads(text)
        except ValueError:
            line = None
        if not isinstance(line, dict):
            raise Refusal(
                f"{str(path)!r}, line {number}: expected a JSON object, not {text[:40]!r}"
            )
        lines.append(line)
    return lines, end
