"""Figures of who joins: the paper's Figure 7, and how a collective of people who differ moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from criticalmass.answers.joining import Paying
from criticalmass.curves import CurveLike, FittedSuccess
from criticalmass.incentives import Dynamics, Incentives
from criticalmass.messages import say, say_count
from criticalmass.pages.figures.success import INK, MUTED, RULE, SERIES, mark_members, to_svg
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
    if not paying.alike:
        return dynamics_figure(paying.dynamics, width=width, here=here)
    return joining_figure(
        paying.curve,
        paying.incentives,
        population_size=paying.size,
        width=width,
        here=here,
        upto=None if paying.mass.reached else min(1.2 * paying.tried, 1.0),
    )


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


def joining_figure(
    curve: CurveLike,
    incentives: Incentives,
    *,
    population_size: int,
    width: float = 7.2,
    here: int | None = None,
    upto: float | None = None,
) -> Figure:
    """Draw what joining gains and costs a person, and the area B between them (Figure 7).

    Parameters
    ----------
    curve
        How success depends on the size.
    incentives
        With one cost for everybody.
    population_size
        Number of people that α is a share of.
    width
        Width in inches; at less than 5 the figure is laid out for a phone.
    here
        A number of members to mark.
    upto
        The largest share drawn; by default two and a half times the critical threshold.
    """
    mass, n = incentives.critical_threshold(curve), population_size
    cost, keep = float(np.atleast_1d(incentives.cost)[0]), 1 - incentives.free_ride
    end = upto or (2.5 * mass.alpha if mass.reached and mass.alpha > 0 else 1.0)
    end = min(max(end, 1.3 * (here or 0) / n), 1.0)
    shares = np.linspace(end / DRAWN, end, DRAWN)
    band = curve.band(shares) if isinstance(curve, FittedSuccess) else None
    worth = keep * curve.success(shares)  # after its band, which is computed with it
    with _frame(width) as (figure, axes):
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
            axes.axvline(mass.alpha, color=INK, linewidth=1, linestyle=(0, (4, 3)))
            axes.annotate(
                say("pays from {people} on", people=heads(mass.people(n)[0] or 0)),
                (mass.alpha, 1.0),
                (4, -2),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                va="top",
                color=INK,
                fontsize="small",
            )
        mark_members(axes, here, n)
        axes.set(xlim=(0, end), ylim=(0, 1.12 * max(float(worth.max()), cost)))
        whole = MaxNLocator(5 if width > 5 else 4, integer=True).tick_values(0, end * n)
        axes.xaxis.set_major_locator(FixedLocator([m / n for m in whole if m <= end * n]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x * n:,.0f}"))
        axes.set_xlabel(say("people who have joined, of {size}", size=n), color=MUTED)
        axes.set_ylabel(say("full success for one person = 1"), color=MUTED)
        _legend(figure, axes, width)
    return figure


def dynamics_figure(
    dynamics: Dynamics, *, width: float = 7.2, here: int | None = None, seed: int | None = None
) -> Figure:
    """Draw how many want to be in at each size, and how a seed group grows from there.

    Where the line is above the diagonal more people want to be in than are: the collective grows.

    Parameters
    ----------
    dynamics
        The people.
    width
        Width in inches; at less than 5 the figure is laid out for a phone.
    here
        A number of members to mark.
    seed
        Size of the seed group whose way is drawn, of those whom it costs most; by default the
        smallest that the largest equilibrium follows from.
    """
    n = len(dynamics)
    seed = dynamics.smallest_seed() if seed is None else seed
    rests = dynamics.equilibria()
    sizes = np.unique(np.append(0, np.geomspace(1, n, DRAWN).astype(int)))
    with _frame(width) as (figure, axes):
        axes.plot(sizes, sizes, color=MUTED, linewidth=1.2)
        axes.plot(
            sizes,
            dynamics.willing[sizes],
            color=BLUE,
            linewidth=2,
            label=say("want to be in, then"),
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
            (True, INK, say("rests")),
            (False, "none", say("tips: grows from here")),
        ):
            at = [e.people for e in rests if e.stable is stable]
            axes.plot(
                at,
                at,
                "o",
                color=INK,
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
        axes.set_xlabel(say("people who are in (log scale)"), color=MUTED)
        axes.set_ylabel(say("people who want to be in"), color=MUTED)
        _legend(figure, axes, width)
    return figure


@contextmanager
def _frame(width: float) -> Iterator[tuple[Figure, Axes]]:
    narrow = width < 5
    size = 10 if narrow else 10.5
    with mpl.rc_context({"font.family": "sans-serif", "font.size": size, "text.color": INK}):
        figure = Figure(figsize=(width, 4.0 if narrow else 3.9), layout="constrained")
        axes = figure.add_subplot()
        for spine in ("top", "right", "left"):
            axes.spines[spine].set_visible(False)
        axes.spines["bottom"].set_color(RULE)
        axes.tick_params(colors=MUTED, length=3)
        axes.grid(axis="y", color=RULE, linewidth=0.7)
        yield figure, axes


def _legend(figure: Figure, axes: Axes, width: float) -> None:
    figure.legend(
        loc="outside lower left",
        ncols=1 if width < 5 else 2,
        frameon=False,
        fontsize="small",
        labelcolor=INK,
    )
