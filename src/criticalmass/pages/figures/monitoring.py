"""The figure of probes: how the success rate went on, and where the true one may lie."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from criticalmass.answers.monitoring import Monitoring, Path
from criticalmass.messages import say
from criticalmass.pages.figures.success import (
    SERIES,
    current_axes,
    inks,
    page_style,
    to_svg,
    with_legend,
)
from criticalmass.words.numbers import exact_percent, heads, percent

BLUE, ORANGE, GREEN = SERIES[:3]


def monitoring_figure(answer: Monitoring, *, width: float) -> Figure:
    """Draw what `plot_monitoring` does as a figure of a page, with the legend below.

    Parameters
    ----------
    answer
        What probes say.
    width
        Width in inches; at less than 5 the figure is laid out for a phone.
    """
    narrow = width < 5
    with page_style(narrow=narrow):
        figure = Figure(figsize=(width, 4.0 if narrow else 3.9), layout="constrained")
        _draw(figure.add_subplot(), answer)
        figure.legend(
            loc="outside lower left",
            ncols=1 if narrow else 2,
            frameon=False,
            fontsize="small",
            labelcolor=inks().ink,
        )
    return figure


def monitoring_svgs(answer: Monitoring) -> list[tuple[str, str]]:
    """Return `monitoring_figure` for a wide and for a narrow page, with the layout's name."""
    title = say("The success rate as more probes were made")
    return [
        (layout, to_svg(monitoring_figure(answer, width=w), title=title, prefix=f"m{layout}"))
        for layout, w in (("wide", 7.4), ("narrow", 3.7))
    ]


def plot_monitoring(answer: Monitoring, *, ax: Axes | None = None) -> Axes:
    """Draw the success rate after every probe, its limits, the target and what was predicted.

    Parameters
    ----------
    answer
        What probes say.
    ax
        Where to draw; by default on the axes that pyplot draws on now.

    Returns
    -------
    Axes
        The axes, with a legend.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from criticalmass.answers.monitoring import monitor
    >>> ax = Figure().add_subplot()
    >>> plot_monitoring(monitor([True, False, True]), ax=ax) is ax
    True
    """
    axes = current_axes() if ax is None else ax
    _draw(axes, answer)
    return with_legend(axes)


def _draw(axes: Axes, answer: Monitoring) -> None:
    _, muted, rule, _ = inks()
    for spine in ("top", "right", "left"):
        axes.spines[spine].set_visible(False)
    axes.spines["bottom"].set_color(rule)
    end = max(_end(answer.path), _end(answer.path_unmarked) if answer.path_unmarked else 1)
    axes.set(xlim=(0, max(1.02 * end, end + 1)), ylim=(-0.02, 1.04))
    axes.set_xlabel(say("probes made"), color=muted)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: percent(y)))
    axes.grid(axis="y", color=rule, linewidth=0.7)
    axes.tick_params(colors=muted, length=3)
    axes.axhline(answer.target, color=muted, linewidth=1, linestyle=(0, (4, 3)))
    axes.annotate(
        say("wanted: {target}", target=exact_percent(answer.target)),
        (0, answer.target),
        (4, 3),
        textcoords="offset points",
        color=muted,
        fontsize="small",
    )
    _draw_path(axes, answer.path, BLUE, say("marked records"))
    if answer.path_unmarked is not None:
        _draw_path(axes, answer.path_unmarked, ORANGE, say("unmarked records"))
    if answer.predicted is not None:
        found = answer.predicted
        axes.errorbar(
            end,
            found.value,
            yerr=[[max(found.value - found.low, 0)], [max(found.high - found.value, 0)]],
            fmt="D",
            color=GREEN,
            capsize=4,
            zorder=6,
            label=say("predicted with {people}", people=heads(found.people)),
        )


def _end(path: Path) -> float:
    """Return after how many probes a path ends."""
    return float(path.n[-1])


def _draw_path(axes: Axes, path: Path, colour: str, label: str) -> None:
    axes.fill_between(path.n, path.low, path.high, color=colour, alpha=0.15, linewidth=0)
    axes.plot(path.n, path.value, color=colour, linewidth=1.8, label=label)
