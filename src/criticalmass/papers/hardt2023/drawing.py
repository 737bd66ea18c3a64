"""Panels as in the paper: a dot a training run, a best-fit sigmoid through them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from criticalmass.errors import ParameterError
from criticalmass.fitting import SigmoidCurve
from criticalmass.papers.hardt2023.setup import STRATEGIES, Results
from criticalmass.studies import Row
from criticalmass.words.numbers import exact_percent, percent

INK, MUTED, RULE = "#111114", "#5c5f66", "#d4d6da"
COLOURS = ("#0a6ebd", "#b4530a", "#2f7d4f")
"""One for each class."""
ORDERED = ("#9ecae1", "#4292c6", "#2171b5", "#08519c", "#08306b")
"""Shades for values in an order."""
MEASURES = {"included": "target class is included", "top1": "target class is top prediction"}


def grid(columns: Sequence[str], rows: Sequence[str]) -> tuple[Figure, list[list[Axes]]]:
    """Return a figure of so many panels, with headings over columns and success along rows."""
    figure = Figure(figsize=(1 + 3.1 * len(columns), 0.9 + 2.6 * len(rows)), layout="constrained")
    axes = figure.subplots(len(rows), len(columns), sharey=True, squeeze=False).tolist()
    for place, heading in enumerate(columns):
        axes[0][place].set_title(heading, fontsize=10.5, color=INK, loc="left")
    for line, what in zip(axes, rows, strict=True):
        line[0].set_ylabel(f"success:\n{what}", color=INK)
    return figure, axes


def by_class(
    rows: Mapping[str, Sequence[Row]], shares: Mapping[str, float] | None = None
) -> Figure:
    """Return a column for each class, a row for each measure of success.

    Parameters
    ----------
    rows
        By class, in the paper's order.
    shares
        Share of the data that each class is, for a second axis.
    """
    headings = [f"class {k}: {label}" for k, label in enumerate(rows)]
    figure, axes = grid(headings, list(MEASURES.values()))
    for line, measure in zip(axes, MEASURES, strict=True):
        for place, label, colour in zip(line, rows, COLOURS, strict=True):
            of_class = shares[label] if shares else None
            panel(place, {label: rows[label]}, measure, [colour], of_class=of_class)
    return figure


def by_strategy(results: Results, varied: str) -> Figure:
    """Return a column for each strategy, a row for each measure, a shade for each value varied.

    Parameters
    ----------
    results
        By strategy and value.
    varied
        What the legend calls the values.
    """
    figure, axes = grid(STRATEGIES, list(MEASURES.values()))
    for line, measure in zip(axes, MEASURES, strict=True):
        for place, strategy in zip(line, STRATEGIES, strict=True):
            series = {value: rows for (name, value), rows in results.items() if name == strategy}
            panel(place, series, measure, ORDERED)
    legend(figure, axes[0][0], varied)
    return figure


def panel(
    axes: Axes,
    series: Mapping[str, Sequence[Row]],
    measure: str,
    colours: Sequence[str],
    *,
    of_class: float | None = None,
) -> None:
    """Draw success against the share that joins.

    Parameters
    ----------
    axes
        Where.
    series
        Rows by what the legend calls them; hollow at the left edge: without a collective.
    measure
        Whose success.
    colours
        One for each series.
    of_class
        Share of the data that the target class is: a second axis then shows shares of the class.
    """
    smallest = min(row.alpha for rows in series.values() for row in rows if row.members)
    largest = max(row.alpha for rows in series.values() for row in rows)
    for (label, rows), colour in zip(series.items(), colours, strict=False):
        good = [row for row in rows if not row.error]
        for row in good:
            axes.plot(
                row.alpha or smallest / 2,
                row.rate(measure),
                "o",
                color=colour,
                markersize=4.5,
                markerfacecolor=colour if row.members else "none",
                alpha=0.85,
                clip_on=False,
            )
        try:
            curve = SigmoidCurve.fit(row.outcome(measure) for row in good)
        except ParameterError:  # fewer than three sizes, or nothing like a sigmoid
            continue
        line = np.geomspace(smallest, largest, 200)
        axes.plot(line, curve.success(line), color=colour, linewidth=1.8, label=label)
    axes.set(xscale="log", ylim=(-0.03, 1.03), xlim=(smallest / 2.4, largest * 1.2))
    axes.set_xlabel("share of the data", color=INK)
    _in_percent(axes)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: percent(y)))
    axes.yaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
    axes.grid(axis="y", color=RULE, linewidth=0.7)
    for spine in ("top", "right", "left"):
        axes.spines[spine].set_visible(False)
    axes.tick_params(colors=MUTED, length=3, labelsize=9)
    if of_class is not None:
        to_class: Any = lambda x: x / of_class  # noqa: E731
        to_data: Any = lambda x: x * of_class  # noqa: E731
        above = axes.secondary_xaxis("top", functions=(to_class, to_data))
        above.set_xlabel("share of the target class", color=MUTED, fontsize=9)
        above.tick_params(colors=MUTED, length=3, labelsize=8)
        above.spines["top"].set_visible(False)
        _in_percent(above)


def legend(figure: Figure, axes: Axes, title: str) -> None:
    """Name a panel's series, below all panels."""
    lines, labels = axes.get_legend_handles_labels()
    figure.legend(
        lines,
        labels,
        title=title,
        loc="outside lower left",
        ncols=len(labels),
        frameon=False,
        fontsize=9,
        labelcolor=INK,
        title_fontsize=9,
        alignment="left",
        handlelength=1.4,
    )


def _in_percent(axes: Any) -> None:
    axis = axes.xaxis
    axis.set_major_locator(LogLocator(subs=(1, 3), numticks=12))
    axis.set_major_formatter(FuncFormatter(lambda x, _: exact_percent(x)))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())
