"""The figure of a size law: people against records, both on a log axis."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from criticalmass.fitting import SizeLaw
from criticalmass.learners.first_guess import FirstGuess
from criticalmass.messages import say
from criticalmass.pages.figures.success import (
    SERIES,
    current_axes,
    inks,
    page_style,
    to_svg,
    with_legend,
)

BLUE, ORANGE, GREEN = SERIES[:3]
DRAWN = 40
"""Sizes at which the laws are computed."""


def plot_size_law(
    law: SizeLaw, *, to: int, guess: FirstGuess | None = None, ax: Axes | None = None
) -> Axes:
    """Draw what was measured at each size, both laws, and the ranges at another size.

    Parameters
    ----------
    law
        The law.
    to
        The size that is asked about.
    guess
        What theory expects, if anything.
    ax
        Where to draw; by default on the axes that pyplot draws on now.

    Returns
    -------
    Axes
        The axes, with a legend.

    Examples
    --------
    >>> law = SizeLaw((1000, 4000, 16_000), np.array([[20.0, 40.0, 80.0]]))
    >>> ax = Figure().add_subplot()
    >>> plot_size_law(law, to=10**6, ax=ax) is ax
    True
    """
    axes = current_axes() if ax is None else ax
    _draw(axes, law, to, guess)
    return with_legend(axes)


def size_law_svgs(
    law: SizeLaw, to: int, guess: FirstGuess | None, prefix: str
) -> list[tuple[str, str]]:
    """Return the figure for a wide and for a narrow page, with the layout's name."""
    title, drawn = say("People that it takes, against the records of the platform"), []
    for layout, width in (("wide", 7.4), ("narrow", 3.7)):
        narrow = width < 5
        with page_style(narrow=narrow):
            figure = Figure(figsize=(width, 4.6 if narrow else 4.3), layout="constrained")
            axes = figure.add_subplot()
            _draw(axes, law, to, guess)
            figure.legend(
                loc="outside lower left",
                ncols=1 if narrow else 2,
                frameon=False,
                fontsize="small",
                labelcolor=inks().ink,
            )
        drawn.append((layout, to_svg(figure, title=title, prefix=prefix + layout)))
    return drawn


def _draw(axes: Axes, law: SizeLaw, to: int, guess: FirstGuess | None) -> None:
    _, muted, rule, _ = inks()
    for spine in ("top", "right", "left"):
        axes.spines[spine].set_visible(False)
    axes.spines["bottom"].set_color(rule)
    axes.set(xscale="log", yscale="log")
    axes.grid(axis="y", color=rule, linewidth=0.7)
    axes.tick_params(colors=muted, length=3, which="both")
    first, last = min(law.sizes[0], to), max(law.sizes[-1], to)
    grid = np.geomspace(first, last, DRAWN)
    found = [law.at(max(round(size), 1)) for size in grid]
    ceiling = 10 * max(one.union.value for one in found) + grid  # where nothing limits it
    low = [one.union.low for one in found]
    high = np.minimum([one.union.high for one in found], ceiling)
    axes.fill_between(grid, low, high, color=BLUE, alpha=0.18, linewidth=0)
    axes.plot(
        grid,
        [one.power.value for one in found],
        color=BLUE,
        linewidth=1.8,
        label=say("a power of the size"),
    )
    axes.plot(
        grid,
        [one.mixed.value for one in found],
        color=ORANGE,
        linewidth=1.8,
        linestyle=(0, (5, 2)),
        label=say("people, and a share of the records"),
    )
    people = np.array([[one.value, one.low, one.high] for one in law.measured])
    ends = np.minimum(people[:, 2], 10 * people[:, 0])
    axes.errorbar(
        law.sizes,
        people[:, 0],
        yerr=[people[:, 0] - people[:, 1], ends - people[:, 0]],
        fmt="o",
        color=BLUE,
        capsize=3,
        markersize=6,
        linewidth=1.4,
        label=say("measured"),
    )
    _mark_platform(axes, law, to, float(ceiling.max()))
    if guess is not None and 0 < guess.heads + guess.share * guess.size < math.inf:
        expected = [guess.of(max(round(size), 1)) for size in grid]
        axes.plot(
            grid,
            [one.heads + one.share * one.size for one in expected],
            color=muted,
            linewidth=1.2,
            linestyle=(0, (1, 2)),
            label=say("what the model's arithmetic expects"),
        )
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(base=10, numticks=8))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    axes.set_xlabel(say("records that the platform trains on"), color=muted)
    axes.set_ylabel(say("people that it takes"), color=muted)


def _mark_platform(axes: Axes, law: SizeLaw, to: int, ceiling: float) -> None:
    """Mark the range without a law at the size that is asked about."""
    low, high = law.at(to).envelope
    axes.plot(
        [to, to],
        [low, min(high, ceiling)],
        color=GREEN,
        linewidth=4,
        alpha=0.7,
        solid_capstyle="butt",
        label=say("range without a law"),
    )
