"""Curves, answers, rows, records and studies as HTML that is readable on light and dark grounds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import fields
from functools import singledispatch
from typing import Any, Literal

from markupsafe import Markup
from matplotlib.figure import Figure

from criticalmass.answers.finding import Finding
from criticalmass.answers.theory import compare
from criticalmass.curves import CriticalMass, FittedSuccess, SuccessCurve
from criticalmass.curves.exact_success import ExactSuccess
from criticalmass.data.population import Population
from criticalmass.errors import shortened
from criticalmass.fitting import FittedCurve
from criticalmass.messages import say, say_count
from criticalmass.pages.figures.lines import lines_of
from criticalmass.pages.figures.success import Line, success_figure, to_svg
from criticalmass.studies import Row, Study
from criticalmass.studies.store.export import to_columns
from criticalmass.theory import Bound, EstimatedBound
from criticalmass.words.curves import mass_in_words
from criticalmass.words.finding import answer, doubt
from criticalmass.words.numbers import exact_percent, number

TARGET = 0.9
"""The success whose critical mass is told of a curve by itself, which has no target."""
ENDS = 10
"""So many rows are shown of each end of a long list."""
RECORDS = 5
"""So many records are shown of a population."""
CELL = 120
"""Characters of a cell, at most."""

COLOURS = {
    "ink": "currentColor",
    "muted": "color-mix(in srgb, currentColor 75%, transparent)",
    "rule": "color-mix(in srgb, currentColor 25%, transparent)",
    "page": "transparent",
    "series-1": "#2f86d6",
    "series-2": "#c8641b",
    "series-3": "#3a9560",
    "series-4": "#a45cc2",
    "series-5": "#a38400",
    "series-6": "#d1487f",
    "font": "system-ui, sans-serif",
}
"""Texts have the notebook's own colour, and curves one that is seen on white and on black."""
_PREFIX = "criticalmass-figure"
_STYLE = ";".join(f"--{name}:{value}" for name, value in COLOURS.items())


@singledispatch
def html_of(thing: object) -> str | None:
    """Return what a notebook shows of an object, as HTML; None if that is nothing special.

    Examples
    --------
    >>> print(html_of(CriticalMass.exactly(0.9, 0.01)))
    <p>It takes 1.0% of the population to reach 90%.</p>
    >>> html_of([1, 2]) is None
    True
    """
    return None


@html_of.register
def _(mass: CriticalMass) -> str:
    return _paragraph(mass_in_words(mass))


@html_of.register
def _(curve: SuccessCurve) -> str:
    mass = curve.critical_mass(TARGET)
    figure = success_figure([_line(curve, mass)], population_size=None, target=TARGET)
    return _picture(figure, say("Success against the size of the collective")) + _paragraph(
        mass_in_words(mass)
    )


@html_of.register
def _(finding: Finding) -> str:
    facts = finding.facts
    title = say(
        "{strategy}, {measure}: success against the size of the collective",
        strategy=finding.strategy,
        measure=finding.measure,
    )
    shown = _paragraph(answer(finding))
    if finding.rows:
        figure = success_figure(
            lines_of([finding], compare(finding)),
            population_size=facts.population.size,
            target=facts.target,
        )
        shown = _picture(figure, title) + shown
    return shown + _paragraph(doubt(finding))


@html_of.register(list)
@html_of.register(tuple)
def _(rows: Sequence[Any]) -> str | None:
    if not rows or not all(isinstance(row, Row) for row in rows):
        return None
    columns = to_columns(rows)
    own = {field.name for field in fields(Row)}
    parts = {f"{name}_{part}" for name in columns for part in ("count", "n", "error")}
    measures = [name for name in columns if name not in own | parts]
    predicts_numbers = any(error is not None for error in columns["mean_error"])
    quality = "mean_error" if predicts_numbers else "accuracy"
    shown = ["strategy", "members", "alpha", *measures, quality, "seconds"]
    shown += [name for name in ("warning", "error") if any(columns[name])]
    lines = [[_cell(columns[name][place]) for name in shown] for place in range(len(rows))]
    if len(lines) > 2 * ENDS + 1:
        left = [say("… {number} more", number=len(lines) - 2 * ENDS), *[""] * (len(shown) - 1)]
        lines = [*lines[:ENDS], left, *lines[-ENDS:]]
    return _paragraph(say_count("{n} trial", "{n} trials", len(rows))) + _table(shown, lines)


@html_of.register
def _(population: Population) -> str:
    names = list(population.columns) if population.kind == "table" else [population.kind]
    first = range(min(RECORDS, len(population)))
    lines = [
        [*map(_cell, _record(population, place)), _label(population, place)] for place in first
    ]
    more = len(population) - len(lines)
    return (
        _paragraph(repr(population))
        + _table([*names, "label"], lines)
        + _paragraph(say("… {number} more", number=more) if more else "")
    )


@html_of.register
def _(study: Study) -> str:
    lines = [
        ["population", repr(study.population)],
        ["test", say_count("{n} record", "{n} records", len(study.test))],
        ["learner", repr(study.learner)],
    ]
    lines += [
        [say("strategy {name}", name=name), repr(part)] for name, part in study.strategies.items()
    ]
    lines += [
        ["measures", ", ".join(study.judges)],
        ["wanted", exact_percent(study.target)],
        ["placement", repr(study.placement)],
    ]
    return _paragraph(say("Study {name}", name=study.name)) + _table([], lines)


def _line(curve: SuccessCurve, mass: CriticalMass) -> Line:
    """Return a curve by itself as a line of a figure."""
    name = type(curve).__name__
    if isinstance(curve, FittedCurve):
        fitted = say_count("fitted to {n} trial", "fitted to {n} trials", len(curve.outcomes))
        return Line(fitted, curve, curve.outcomes, mass)
    if isinstance(curve, FittedSuccess):
        return Line(say("fitted to trials"), curve, mass=mass)
    if isinstance(curve, Bound | EstimatedBound):
        return Line(say("guaranteed ({curve})", curve=name), curve, mass=mass, theory="bound")
    if isinstance(curve, ExactSuccess):
        return Line(say("exact ({curve})", curve=name), curve, mass=mass, theory="exact")
    return Line(name, curve, mass=mass)


def _record(population: Population, place: int) -> list[object]:
    """Return what a record holds: a value for each column, or one."""
    record = population.features[place]
    if population.kind == "table":
        return list(record.tolist())
    return (
        [say("numbers of shape {shape}", shape=str(record.shape))]
        if population.kind == "array"
        else [record]
    )


def _label(population: Population, place: int) -> str:
    if population.numbers is not None:
        return number(float(population.values[place]))
    held = population.held[place]
    return ", ".join(name for name, has in zip(population.label_names, held, strict=True) if has)


def _cell(value: object) -> str:
    """Write a value into a few characters; nothing for one that there is not."""
    if value is None or value != value:  # nan
        return ""
    return f"{value:.4g}" if isinstance(value, float) else shortened(str(value), CELL)


def _paragraph(text: str) -> Markup:
    return Markup("<p>{}</p>").format(text) if text else Markup("")


def _table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> Markup:
    """Return a table; what stands in it is text, whatever it looks like."""
    body = Markup("").join(_table_row(line, "td") for line in lines)
    head = _table_row(heads, "th")
    return Markup("<table><thead>{}</thead><tbody>{}</tbody></table>").format(head, body)


def _table_row(cells: Sequence[str], kind: Literal["td", "th"]) -> Markup:
    listed = Markup("").join(Markup(f"<{kind}>{{}}</{kind}>").format(cell) for cell in cells)
    return Markup("<tr>{}</tr>").format(listed)


def _picture(figure: Figure, title: str) -> Markup:
    """Return a figure as SVG in the notebook's colours; equal ones have equal names inside."""
    drawn = to_svg(figure, title=title, prefix=_PREFIX)
    name = f"cm{hashlib.sha256(drawn.encode()).hexdigest()[:12]}"
    svg = Markup(drawn.replace(_PREFIX, name))
    return Markup('<div style="max-width:46rem;{}">{}</div>').format(_STYLE, svg)
