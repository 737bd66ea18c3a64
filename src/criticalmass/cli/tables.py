"""How the commands that compute and train nothing print what theory says."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from criticalmass.curves import CriticalMass


def print_table(
    columns: dict[str, list[CriticalMass]], goals: Iterable[float], people: int | None
) -> None:
    """Print critical masses: a row a target, a column a curve; then why there are none."""
    from rich.console import Console
    from rich.table import Table

    from criticalmass.words.wording import exact_percent

    table = Table(box=None, pad_edge=False)
    table.add_column("success", justify="right", no_wrap=True, min_width=7)
    for name in columns:
        table.add_column(name, no_wrap=True)
    for goal, masses in zip(goals, zip(*columns.values(), strict=True), strict=True):
        table.add_row(exact_percent(goal), *(_said(mass, people) for mass in masses))
    Console(markup=False, emoji=False).print(table)
    for name, column in columns.items():
        missing = [mass for mass in column if not mass.reached]
        if missing:
            typer.echo(f"  – under “{name}”: {missing[0].reason}")


def _said(mass: CriticalMass, people: int | None) -> str:
    """Put a critical mass into a cell of a table."""
    from criticalmass.words.wording import percent

    if not mass.reached:
        return "–"
    if mass.alpha == 0:
        return "any share"
    if people is None:
        return f"{mass.alpha:.6g} ({percent(mass.alpha)})"
    fewest, most = (max(1, mass.people(people)[end] or 0) for end in (1, 0))
    is_interval = 0 < mass.low < mass.alpha  # of a certified floor and an attack
    between = f"{fewest:,} to " if is_interval and fewest < most else ""
    return f"{between}{most:,} of {people:,} ({percent(most / people)})"


def heading(theory: Any) -> str:
    """Return what a column with a theorem's critical masses is called."""
    return "guaranteed from" if theory.holds else "published formula, no guarantee"


def bound_in_json(theory: Any) -> dict[str, Any]:
    """Return a theorem and its parameters in JSON's types."""
    from dataclasses import asdict

    kind = type(theory).__name__
    return {"theorem": kind, "parameters": asdict(theory), "guarantee": theory.holds}


def plain(mass: CriticalMass) -> dict[str, Any]:
    """Return a critical mass in JSON's types; null stands for numbers that do not exist."""
    numbers = {"alpha": mass.alpha, "low": mass.low, "high": mass.high}
    return {
        "target": mass.target,
        **{name: value if math.isfinite(value) else None for name, value in numbers.items()},
        "reason": mass.reason,
    }


def bound_as_json(said: Any, goals: Iterable[float]) -> dict[str, Any]:
    """Return a strategy's bound in JSON's types, or why there is none."""
    from dataclasses import asdict

    if said.bound is None:
        return {"refused": said.refused["bound"]}
    return {
        **bound_in_json(said.bound.bound),
        "confidence": said.bound.confidence,
        "estimates": [asdict(estimate) for estimate in said.bound.estimates],
        "masses": [plain(said.bound.critical_mass(goal)) for goal in goals],
    }


def exact_as_json(said: Any, goals: Iterable[float]) -> dict[str, Any]:
    """Return a strategy's exact values in JSON's types, or why there are none."""
    if said.exact is None:
        return {"refused": said.refused["exact"]}
    from criticalmass.curves import ExactSuccess

    masses = [plain(said.exact.critical_mass(goal)) for goal in goals]
    if not isinstance(said.exact, ExactSuccess):
        return {"masses": masses}
    first = [plain(said.exact.first_reached(goal)) for goal in goals]
    return {"masses": masses, "first_reached": first}
