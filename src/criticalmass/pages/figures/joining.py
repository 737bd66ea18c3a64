"""Figures of who joins: the paper's Figure 7, and how a collective of people who differ moves."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from criticalmass.answers.joining import Paying
from criticalmass.curves import CurveLike, FittedSuccess
from criticalmass.incentives import Dynamics, Incentives
from criticalmass.messages import say, say_count
from criticalmass.pages.figures.success import (
    SERIES,
    current_axes,
    inks,
    mark_members,
    page_style,
    to_svg,
    with_legend,
)
from criticalmass.words.numbers import heads

BLUE, ORANGE = SERIES[:2]
DRAWN = 800
"""Sizes of a collective that are drawn."""


def paying_figure(paying: Paying, *, width: float, here: int | None = None) -> Figure:
    """Draw whether joining pays: Figure 7, or the dynamics of people who differ.

    Parameters
    ----------
    paying
        What is known of it.
    width
        Width in inches; at less than 5 the figure is laid out for a phone.
    here
        A number of members to mark.
    """
    narrow = width < 5
    with page_style(narrow=narrow):
        figure = Figure(figsize=(width, 4.0 if narrow else 3.9), layout="constrained")
        axes = figure.add_subplot()
        _draw_paying(axes, paying, here)
        figure.legend(
            loc="outside lower left",
            ncols=1 if narrow else 2,
            frameon=False,
            fontsize="small",
            labelcolor=inks().ink,
        )
    return figure


def plot_paying(paying: Paying, *, here: int | None = None, ax: Axes | None = None) -> Axes:
    """Draw whether joining pays, as `plot_joining` or `plot_dynamics` does; return the axes.

    Parameters
    ----------
    paying
        What is known of it.
    here
        A number of members to mark.
    ax
        Where to draw; by default on the axes that pyplot draws on now.
    """
    axes = current_axes() if ax is None else ax
    _draw_paying(axes, paying, here)
    return with_legend(axes)


def _draw_paying(axes: Axes, paying: Paying, here: int | None) -> None:
    if not paying.alike:
        _draw_dynamics(axes, paying.dynamics, here, None)
        return
    upto = None if paying.mass.reached else min(1.2 * paying.tried, 1.0)
    _draw_joining(axes, paying.curve, paying.incentives, paying.size, here, upto)


def paying_svgs(paying: Paying, prefix: str, here: int | None = None) -> list[tuple[str, str]]:
    """Return `paying_figure` for a wide and for a narrow page, with the layout's name."""
    title = say("Who joins: what it gains and what it costs")
    return [
        (
            layout,
            to_svg(paying_figure(paying, width=w, here=here), title=title, prefix=prefix + layout),
        )
        for layout, w in (("wide", 7.4), ("narrow", 3.7))
    ]


def plot_joining(
    curve: CurveLike,
    incentives: Incentives,
    *,
    population_size: int,
    here: int | None = None,
    upto: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what joining gains and costs a person, and the area B between them (Figure 7).

    Parameters
    ----------
    curve
        How success depends on the size.
    incentives
        With one cost for everybody.
    population_size
        Number of people that α is a share of.
    here
        A number of members to mark.
    upto
        The largest share drawn; by default two and a half times the critical threshold.
    ax
        Where to draw; by default on the axes that pyplot draws on now.

    Returns
    -------
    Axes
        The axes, with a legend.

    Examples
    --------
    >>> from criticalmass.theory import FeatureLabelBound
    >>> ax, bound = Figure().add_subplot(), FeatureLabelBound(uniqueness=0.001)
    >>> plot_joining(bound, Incentives(cost=0.2), population_size=1000, ax=ax) is ax
    True
    """
    axes = current_axes() if ax is None else ax
    _draw_joining(axes, curve, incentives, population_size, here, upto)
    return with_legend(axes)


def _draw_joining(
    axes: Axes,
    curve: CurveLike,
    incentives: Incentives,
    population_size: int,
    here: int | None,
    upto: float | None,
) -> None:
    mass, n = incentives.critical_threshold(curve), population_size
    cost, keep = float(np.atleast_1d(incentives.cost)[0]), 1 - incentives.free_ride
    end = upto or (2.5 * mass.alpha if mass.reached and mass.alpha > 0 else 1.0)
    end = min(max(end, 1.3 * (here or 0) / n), 1.0)
    shares = np.linspace(end / DRAWN, end, DRAWN)
    band = curve.band(shares) if isinstance(curve, FittedSuccess) else None
    worth = keep * curve.success(shares)  # after its band, which is computed with it
    _frame(axes)
    if band is not None:
        low, high = band
        axes.fill_between(shares, keep * low, keep * high, color=BLUE, alpha=0.18, linewidth=0)
    axes.plot(shares, worth, color=BLUE, linewidth=2, label=say("what joining gains a person"))
    axes.axhline(cost, color=ORANGE, linewidth=1.6, label=say("what it costs"))
    if mass.reached and mass.alpha > 0:
        lacking = (shares <= mass.alpha) & (worth < cost)
        axes.fill_between(
            shares,
            worth,
            cost,
            where=lacking.tolist(),
            color=ORANGE,
            alpha=0.35,
            linewidth=0,
            label=say("B: what is lacking until joining pays"),
        )
        axes.axvline(mass.alpha, color=inks().ink, linewidth=1, linestyle=(0, (4, 3)))
        axes.annotate(
            say("pays from {people} on", people=heads(mass.people(n)[0] or 0)),
            (mass.alpha, 1.0),
            (4, -2),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            va="top",
            color=inks().ink,
            fontsize="small",
        )
    mark_members(axes, here, n)
    axes.set(xlim=(0, end), ylim=(0, 1.12 * max(float(worth.max()), cost)))
    whole = MaxNLocator(5 if _is_wide(axes) else 4, integer=True).tick_values(0, end * n)
    axes.xaxis.set_major_locator(FixedLocator([m / n for m in whole if m <= end * n]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x * n:,.0f}"))
    axes.set_xlabel(say("people who have joined, of {size}", size=n), color=inks().muted)
    axes.set_ylabel(say("full success for one person = 1"), color=inks().muted)


def plot_dynamics(
    dynamics: Dynamics,
    *,
    here: int | None = None,
    seed: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how many want to be in at each size, and how a seed group grows from there.

    Where the line is above the diagonal more people want to be in than are: the collective grows.

    Parameters
    ----------
    dynamics
        The people.
    here
        A number of members to mark.
    seed
        Size of the seed group whose way is drawn, of those whom it costs most; by default the
        smallest that the largest equilibrium follows from.
    ax
        Where to draw; by default on the axes that pyplot draws on now.

    Returns
    -------
    Axes
        The axes, with a legend.
    """
    axes = current_axes() if ax is None else ax
    _draw_dynamics(axes, dynamics, here, seed)
    return with_legend(axes)


def _draw_dynamics(axes: Axes, dynamics: Dynamics, here: int | None, seed: int | None) -> None:
    n = len(dynamics)
    seed = dynamics.smallest_seed() if seed is None else seed
    rests = dynamics.equilibria()
    sizes = np.unique(np.append(0, np.geomspace(1, n, DRAWN).astype(int)))
    _frame(axes)
    axes.plot(sizes, sizes, color=inks().muted, linewidth=1.2)
    axes.plot(
        sizes, dynamics.willing[sizes], color=BLUE, linewidth=2, label=say("want to be in, then")
    )
    if 0 < seed < n:
        way = dynamics.path(seed)
        stairs = np.repeat(way, 2)
        axes.plot(
            stairs[:-1],
            stairs[1:],
            color=ORANGE,
            linewidth=1.2,
            label=say_count(
                "{n} person begins, whatever it costs them",
                "{n} people begin, whatever it costs them",
                seed,
            ),
        )
    for stable, face, name in (
        (True, inks().ink, say("rests")),
        (False, "none", say("tips: grows from here")),
    ):
        at = [e.people for e in rests if e.stable is stable]
        axes.plot(
            at,
            at,
            "o",
            color=inks().ink,
            markersize=7,
            markerfacecolor=face,
            clip_on=False,
            linestyle="none",
            label=name if at else None,
            zorder=4,
        )
    mark_members(axes, here, 1)
    axes.set_xscale("symlog", linthresh=1)  # so that nobody has a place, too
    axes.set_yscale("symlog", linthresh=1)
    axes.set(xlim=(0, 1.1 * n), ylim=(0, 1.3 * n))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(FixedLocator([0, *(10**k for k in range(10) if 10**k <= n)]))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    axes.set_xlabel(say("people who are in (log scale)"), color=inks().muted)
    axes.set_ylabel(say("people who want to be in"), color=inks().muted)


def _frame(axes: Axes) -> None:
    _, muted, rule, _ = inks()
    for spine in ("top", "right", "left"):
        axes.spines[spine].set_visible(False)
    axes.spines["bottom"].set_color(rule)
    axes.tick_params(colors=muted, length=3)
    axes.grid(axis="y", color=rule, linewidth=0.7)


def _is_wide(axes: Axes) -> bool:
    """Return whether axes are wider than a phone's, four inches."""
    return axes.get_window_extent().width > 4 * axes.figure.dpi
