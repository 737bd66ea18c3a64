"""Panels like the paper's: one dot for each training run, and a best-fit sigmoid through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator
from numpy.typing import ArrayLike

from criticalmass.errors import ParameterError
from criticalmass.fitting import SigmoidCurve
from criticalmass.measures import MEASURES
from criticalmass.papers.hardt2023.setup import JUDGED_BY, STRATEGIES, Results
from criticalmass.studies import Row
from criticalmass.words.numbers import exact_percent, percent

INK, MUTED, RULE = "#111114", "#5c5f66", "#d4d6da"
COLOURS = ("#0a6ebd", "#b4530a", "#2f7d4f")
"""One for each class."""
ORDERED = ("#9ecae1", "#4292c6", "#2171b5", "#08519c", "#08306b")
"""Shades for values in an order."""
Convert = Callable[[ArrayLike], ArrayLike]


def legends() -> list[str]:
    """Return what success is by each of the paper's measures."""
    return [MEASURES[name].in_words().legend for name in JUDGED_BY]


def grid(columns: Sequence[str], rows: Sequence[str]) -> tuple[Figure, list[list[Axes]]]:
    """Return an empty figure with one panel for each pair of a column and a row."""
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
    """Return a figure with a column for each class and a row for each measure of success.

    Parameters
    ----------
    rows
        By class, in the paper's order.
    shares
        Share of the data that each class is, for a second axis.
    """
    headings = [f"class {k}: {label}" for k, label in enumerate(rows)]
    figure, axes = grid(headings, legends())
    for line, measure in zip(axes, JUDGED_BY, strict=True):
        for place, label, colour in zip(line, rows, COLOURS, strict=True):
            of_class = shares[label] if shares else None
            panel(place, {label: rows[label]}, measure, [colour], of_class=of_class)
    return figure


def by_strategy(results: Results, varied: str) -> Figure:
    """Return a figure with columns for strategies, rows for measures, shades for varied values.

    Parameters
    ----------
    results
        By strategy and value.
    varied
        What the legend calls the values.
    """
    figure, axes = grid(STRATEGIES, legends())
    for line, measure in zip(axes, JUDGED_BY, strict=True):
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
    _in_percent(axes.xaxis)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: percent(y)))
    axes.yaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
    axes.grid(axis="y", color=RULE, linewidth=0.7)
    for spine in ("top", "right", "left"):
        axes.spines[spine].set_visible(False)
    axes.tick_params(colors=MUTED, length=3, labelsize=9)
    if of_class is not None:
        above = axes.secondary_xaxis("top", functions=_between_axes(of_class))
        above.set_xlabel("share of the target class", color=MUTED, fontsize=9)
        above.tick_params(colors=MUTED, length=3, labelsize=8)
        above.spines["top"].set_visible(False)
        _in_percent(above.xaxis)


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


def _between_axes(of_class: float) -> tuple[Convert, Convert]:
    """Return what turns shares of the data into shares of a class, and the way back."""
    return lambda x: np.asarray(x) / of_class, lambda x: np.asarray(x) * of_class


def _in_percent(axis: Axis) -> None:
    """Give an axis of shares its marks, written as percentages."""
    axis.set_major_locator(LogLocator(subs=(1, 3), numticks=12))
    axis.set_major_formatter(FuncFormatter(lambda x, _: exact_percent(x)))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())
