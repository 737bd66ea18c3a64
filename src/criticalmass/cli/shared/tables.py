"""Tables of critical masses: one target per row, one curve per column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from criticalmass.cli.shared.terminal import add_row, say, show_table
from criticalmass.errors import harmless

if TYPE_CHECKING:
    from criticalmass.curves import CriticalMass, SuccessCurve

USUAL_TARGETS = (0.5, 0.75, 0.9, 0.95, 0.99)


def checked_targets(targets: Iterable[float]) -> list[float]:
    """Return these targets, or raise `ParameterError` if one is outside (0, 1)."""
    from criticalmass.curves.curve import checked_target

    return [checked_target(target) for target in targets]


def print_critical_masses(
    columns: Mapping[str, Sequence[CriticalMass]], targets: Iterable[float], size: int | None
) -> None:
    """Print critical masses, then why there are none.

    Parameters
    ----------
    columns
        The critical masses of each curve, one per target, by the column's heading.
    targets
        Success, in (0, 1].
    size
        Number of people in the population; None prints shares.
    """
    from rich.table import Table

    from criticalmass.words.numbers import exact_percent
    from criticalmass.words.unreached import unreached as in_words

    table = Table(box=None, pad_edge=False)
    table.add_column("success", justify="right", no_wrap=True, min_width=7)
    for name in columns:
        table.add_column(harmless(name), no_wrap=True)
    for target, masses in zip(targets, zip(*columns.values(), strict=True), strict=True):
        add_row(table, exact_percent(target), *(_cell(mass, size) for mass in masses))
    show_table(table)
    for name, column in columns.items():
        unreached = [mass for mass in column if not mass.reached]
        if unreached:
            say(f"  – under “{name}”: {in_words(unreached[0].reason)}")


def is_guaranteed(theorem: SuccessCurve) -> bool:
    """Say whether success is at least what a theorem says; a published formula may be wrong."""
    from criticalmass.theory.bound import Bound

    return not isinstance(theorem, Bound) or theorem.holds


def heading(theorem: SuccessCurve) -> str:
    """Return what a column with a theorem's critical masses is called."""
    return "guaranteed from" if is_guaranteed(theorem) else "published formula, no guarantee"


def _cell(mass: CriticalMass, size: int | None) -> str:
    """Put a critical mass into a cell of a table."""
    from criticalmass.words.numbers import percent

    if not mass.reached:
        return "–"
    if mass.alpha == 0:
        return "any share"
    if size is None:
        return f"{mass.alpha:.6g} ({percent(mass.alpha)})"
    fewest, most = (max(1, mass.people(size)[end] or 0) for end in (1, 0))
    is_interval = 0 < mass.low < mass.alpha  # of a certified floor and an attack
    between = f"{fewest:,} to " if is_interval and fewest < most else ""
    return f"{between}{most:,} of {size:,} ({percent(most / size)})"
