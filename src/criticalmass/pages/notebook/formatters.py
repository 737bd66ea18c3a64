"""Which objects IPython shows as HTML, by the names of their classes.

A curve knows nothing of pages. IPython is told the classes' names, and asks for HTML when it shows
an object of one of them for the first time: nothing is imported before that.
"""

from __future__ import annotations

import sys
from typing import Any

SHOWN = (
    ("criticalmass.curves.curve", "SuccessCurve"),
    ("criticalmass.curves.critical_mass", "CriticalMass"),
    ("criticalmass.answers.finding", "Finding"),
    ("criticalmass.data.population", "Population"),
    ("criticalmass.studies.study", "Study"),
)
"""Modules and names of the classes; those that inherit from them are shown alike."""


def show_in_notebooks() -> None:
    """Tell the IPython that runs this code, if any, how to show objects of this package."""
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    if (shell := get_ipython()) is not None:
        register(shell.display_formatter.formatters["text/html"])


def register(formatter: Any) -> None:
    """Tell a formatter of IPython's for HTML how to show objects of this package.

    Lists are among them: those of rows are tables, and all others stay as they are.
    """
    for module, name in SHOWN:
        formatter.for_type_by_name(module, name, _html)
    for kind in (list, tuple):
        formatter.for_type(kind, _html_of_rows)


def _html(thing: object) -> str | None:
    from criticalmass.pages.notebook.html import html_of

    return html_of(thing)


def _html_of_rows(things: list[object] | tuple[object, ...]) -> str | None:
    """Return a table of rows; None of any other list, which IPython then shows as ever."""
    if not things or type(things[0]).__module__ != "criticalmass.studies.trial":
        return None
    return _html(things)
