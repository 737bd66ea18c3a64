"""`Needed`: how many members a certificate would take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Needed:
    """How many members would do; None where not even everybody would.

    Parameters
    ----------
    people
        About so many.
    low, high
        In 90 % of cases it takes at least ``low`` and at most ``high``.
    """

    people: int | None
    low: int | None
    high: int | None
