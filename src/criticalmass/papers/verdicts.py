"""A paper's claims beside our numbers: what every paper's figures share.

One rule for all: a claim is a range of numbers. It agrees where the whole interval of ours lies in
the range, it disagrees where the whole interval lies outside, and all else is not settled.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

Answer = Literal["agrees", "disagrees", "not settled", "another size"]


@dataclass(frozen=True)
class Claim:
    """One claim of the paper, with the number behind it.

    Parameters
    ----------
    id
        Its name in ``published.csv``.
    text
        The claim, in words.
    value
        The number behind it, nan if there is none.
    source
        Where it is said.
    """

    id: str
    text: str
    value: float
    source: str


@dataclass(frozen=True)
class Verdict:
    """A claim of the paper beside our number, and whether they agree.

    Parameters
    ----------
    claim
        What the paper says.
    about
        Which class, strategy or measure this is about.
    what
        What our number is.
    ours, low, high
        Our number and its 95 % interval; nan where there is none.
    answer
        Whether it agrees.
    also
        What else there is to know of our number, in words; empty if nothing.
    """

    claim: Claim
    about: str
    what: str
    ours: float
    low: float
    high: float
    answer: Answer
    also: str = ""


def claims_in(folder: Path) -> dict[str, Claim]:
    """Return a paper's claims by id, from its ``published.csv``."""
    with (folder / "published.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["id"]: Claim(row["id"], row["claim"], float(row["value"] or "nan"), row["source"])
            for row in csv.DictReader(file)
        }


def number(value: float, digits: int = 3) -> str:
    """Write a number of a verdict with significant digits; only what is 1 is written as 1.

    Examples
    --------
    >>> number(0.12345), number(1234.5), number(0.99991), number(float("nan")), number(float("inf"))
    ('0.123', '1,230', '> 0.999', '–', '∞')
    """
    if math.isnan(value):
        return "–"
    if 0.9995 <= value < 1 and digits == 3:
        return "> 0.999"
    rounded = float(f"{value:.{digits}g}")
    return (
        "∞"
        if math.isinf(value)
        else f"{rounded:,.0f}"
        if value >= 1000
        else f"{rounded:.{digits}g}"
    )


def side(low: float, high: float, least: float, most: float) -> Answer:
    """Say on which side of a claim an interval lies; nan settles nothing."""
    if least <= low and high <= most:
        return "agrees"
    return "disagrees" if low > most or high < least else "not settled"


def in_markdown(
    verdicts: Sequence[Verdict], digits: int = 3, of: str = "95 % interval"
) -> list[str]:
    """Return the lines of a table of verdicts; ``of`` says what their ranges are."""
    return [
        f"| the paper's claim | its number | ours | {of} | |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {v.claim.text} ({v.claim.source}) | {number(v.claim.value, digits)} | "
            f"{v.about}: {v.what} {_ours(v, digits)} | {_range(v, digits)} | {v.answer} |"
            for v in verdicts
        ),
    ]


def _ours(verdict: Verdict, digits: int) -> str:
    return number(verdict.ours, digits) + (f" ({verdict.also})" if verdict.also else "")


def _range(verdict: Verdict, digits: int) -> str:
    if math.isnan(verdict.low):
        return "–"
    low, high = number(verdict.low, digits), number(verdict.high, digits)
    return low if low == high else f"{low} to {high}"


def as_rows(verdicts: Sequence[Verdict]) -> tuple[Sequence[str], list[list[object]]]:
    """Return a table of verdicts: its heading and its rows."""
    names = [field.name for field in fields(Verdict)][1:]
    lines = [[v.claim.id, v.claim.value, *(getattr(v, name) for name in names)] for v in verdicts]
    return ["claim", "published", *names], lines


def write_table(path: Path, heading: Sequence[str], lines: Sequence[Sequence[object]]) -> None:
    """Write a table as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows(lines)
