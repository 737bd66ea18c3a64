"""Figures: success against the size of the collective, for any success curves.

What is drawn takes its colours from matplotlib's settings, so your own axes keep theirs. On pages
(`page_style`) they are placeholders: `to_svg` replaces them by CSS variables, because one drawing
is to be right on a light page, a dark page and paper.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from textwrap import fill
from typing import Literal, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.legend import Legend
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator
from matplotlib.transforms import ScaledTranslation
from numpy.typing import ArrayLike, NDArray

from criticalmass.answers.tables import round_values
from criticalmass.curves import CriticalMass, FittedSuccess, Outcome, SuccessCurve
from criticalmass.errors import ParameterError
from criticalmass.measures.scale import SHARES, Scale
from criticalmass.messages import say
from criticalmass.theory import Bound, EstimatedBound
from criticalmass.words.first_guess import legend as guess_legend
from criticalmass.words.numbers import exact_percent, heads, number, percent

COLOURS = {
    "#111114": "ink",
    "#fdfdfc": "page",
    "#5c5f66": "muted",
    "#d4d6da": "rule",
    "#0a6ebd": "series-1",
    "#b4530a": "series-2",
    "#2f7d4f": "series-3",
    "#8a3fa8": "series-4",
    "#9a7a00": "series-5",
    "#c2356b": "series-6",
}
"""Placeholder colours, and the CSS variables that stand for them on a page."""

INK, PAGE, MUTED, RULE, *SERIES = COLOURS
NARROW = 38
"""Characters of a legend's line that a phone has room for."""
NARROW_AXES, SHORT_AXES = 230.0, 200.0
"""Points: narrower axes have fewer marks, and shorter ones a title in more lines."""
LETTER, BOLD, LINE, GAP = 0.52, 1.2, 1.4, 8.0
"""The width of a letter and of a bold one beside it, and the height of a line, as parts of the size
of a font, rather too much than too little; and points between two labels."""
AROUND = 30
"""Without trials, curves are drawn from this part of their critical mass to so many times that."""
MARKERS = ("o", "s", "^", "D", "v", "P")


@dataclass(frozen=True, eq=False)
class Line:
    """One success curve in a figure, with the trials it was fitted to.

    Parameters
    ----------
    label
        What the legend calls it.
    curve
        Any success curve; None draws the trials alone.
    outcomes
        Trials; those at α = 0 are drawn at the left edge.
    mass
        A critical mass to mark on the axis, with its interval.
    theory
        ``"bound"`` (drawn dashed), ``"exact"`` or ``"limit"`` (drawn thinner: the exact curve in
        shares beside that of whole people) for curves that were computed, not measured.
    of_this_model
        Whether theory speaks of the model that was trained; otherwise it is drawn faintly.
    upto
        The share up to which the curve is drawn.
    success
        What success is, in a few words: the title of the axis is that of the first line that has
        one ("share of marked texts").
    """

    label: str
    curve: SuccessCurve | None = None
    outcomes: Sequence[Outcome] = ()
    mass: CriticalMass | None = None
    theory: Literal["", "bound", "exact", "limit"] = ""
    of_this_model: bool = True
    upto: float = 1.0
    success: str = ""


class Inks(NamedTuple):
    """The colours of whatever is no curve: texts, what explains them, lines, the ground."""

    ink: str
    muted: str
    rule: str
    page: str


def inks() -> Inks:
    """Return the colours that matplotlib's settings say, those of a dark style included."""
    now = mpl.rcParams
    return Inks(
        ink=now["text.color"],
        muted=now["axes.labelcolor"],
        rule=now["grid.color"],
        page=now["figure.facecolor"],
    )


@contextmanager
def page_style(*, narrow: bool) -> Iterator[None]:
    """Draw as on a page, with placeholders for its colours."""
    with mpl.rc_context(
        {
            "font.family": "sans-serif",
            "font.size": 10 if narrow else 10.5,
            "text.color": INK,
            "axes.labelcolor": MUTED,
            "grid.color": RULE,
            "figure.facecolor": PAGE,
        }
    ):
        yield


def current_axes() -> Axes:
    """Return the axes that pyplot draws on now, new ones if there are none."""
    import matplotlib.pyplot as plt  # may look for a screen

    return plt.gca()


def success_figure(
    lines: Sequence[Line],
    *,
    population_size: int | None,
    target: float,
    width: float = 7.2,
    here: int | None = None,
    reached: float | None = None,
    scale: Scale = SHARES,
    guess: float | None = None,
    labels: bool = True,
) -> Figure:
    """Return a figure of a page: what `plot_success` draws, with the legend below.

    Parameters
    ----------
    lines, population_size, target, here, reached, scale, labels
        As of `plot_success`.
    width
        Width in inches; at less than 5 the figure is laid out for a phone, or a paper's column.
    guess
        A first guess of the first line's critical mass, as a share: it gets a mark of its own.
    """
    narrow = width < 5
    with page_style(narrow=narrow):
        figure = Figure(figsize=(width, 4.4 if narrow else 4.3), layout="constrained")
        axes = figure.add_subplot()
        _draw_success(
            axes, lines, population_size, target, here, reached, scale, labels, narrow=narrow
        )
        _mark_guess(axes, guess)
        legend = _legend(figure, axes, 1 if narrow else min(len(lines), 2), narrow=narrow)
        if legend.get_window_extent().width > figure.bbox.width:
            legend.remove()
            _legend(figure, axes, 1, narrow=narrow)
    return figure


def plot_success(
    lines: Sequence[Line],
    *,
    target: float,
    population_size: int | None = None,
    here: int | None = None,
    reached: float | None = None,
    scale: Scale = SHARES,
    labels: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw success against α on a log axis, with head counts on the upper axis.

    The legend lies below axes of a figure with ``layout="constrained"``, which makes room for it,
    and otherwise inside of the axes, wherever there is most room.

    Parameters
    ----------
    lines
        What to draw. Beyond six measured curves colours come again, with other marks.
    target
        The wanted success, drawn as a dashed line.
    population_size
        Number of records that α is a share of; None for shares alone.
    here, reached
        A number of members whose place is marked, and the success measured with exactly them.
    scale
        What the marks of the axis say: by default success, in percent, else values of a measure.
    labels
        Whether a critical mass is written beside its line; False leaves the line and its strip.
    ax
        Where to draw; by default on the axes that pyplot draws on now.

    Returns
    -------
    Axes
        The axes, with a legend.

    Raises
    ------
    ParameterError
        If a number of members is to be marked and it is not known of how many.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from criticalmass.theory import FeatureLabelBound
    >>> ax = Figure().add_subplot()
    >>> line = Line("Theorem 1", FeatureLabelBound(uniqueness=0.001), theory="bound")
    >>> plot_success([line], target=0.9, ax=ax) is ax
    True
    """
    axes = current_axes() if ax is None else ax
    narrow = _width(axes) < NARROW_AXES
    _draw_success(axes, lines, population_size, target, here, reached, scale, labels, narrow=narrow)
    return with_legend(axes)


def with_legend(axes: Axes) -> Axes:
    """Return axes with a legend of their own, if anything on them has a name."""
    handles, labels = axes.get_legend_handles_labels()
    if not labels:
        return axes
    if not isinstance(_figure(axes).get_layout_engine(), ConstrainedLayoutEngine):
        axes.legend(frameon=False, fontsize="small")
        return axes
    lines = axes.get_xlabel().count("\n") + 1
    below = ScaledTranslation(
        0, -(lines + 1.7) * LINE * _points() / 72, _figure(axes).dpi_scale_trans
    )
    axes.legend(
        handles,
        [fill(label, _letters(_width(axes), "small")) for label in labels],
        loc="upper left",
        bbox_to_anchor=(0, 0),
        bbox_transform=axes.transAxes + below,
        borderaxespad=0,
        frameon=False,
        fontsize="small",
    )
    return axes


def _figure(axes: Axes) -> Figure:
    """Return the whole figure that axes are in."""
    figure = axes.figure
    return figure if isinstance(figure, Figure) else figure.figure  # axes may be in a part of it


def _width(axes: Axes) -> float:
    """Return the width of axes in points, as far as it is known before they are laid out."""
    return float(axes.get_window_extent().width / _figure(axes).dpi * 72)


def _points(size: str = "medium") -> float:
    """Return how many points letters of a size are high."""
    return float(FontProperties(size=size).get_size_in_points())


def _letters(width: float, size: str = "medium") -> int:
    """Return how many letters go into so many points, about."""
    return max(int(width / (LETTER * _points(size))), 10)


def _draw_success(
    axes: Axes,
    lines: Sequence[Line],
    population_size: int | None,
    target: float,
    here: int | None,
    reached: float | None,
    scale: Scale,
    labels: bool,
    *,
    narrow: bool,
) -> None:
    """Draw all but the legend."""
    if here is not None and population_size is None:
        raise ParameterError("members are marked among a number of people: give population_size")
    _, muted, rule, _ = inks()
    low, high = _range(lines, here / population_size if here and population_size else None)
    for spine in ("top", "right", "left"):
        axes.spines[spine].set_visible(False)
    axes.spines["bottom"].set_color(rule)
    axes.set(xscale="log", xlim=(low, high), ylim=(-0.02, 1.04))
    axes.grid(axis="y", color=rule, linewidth=0.7)
    axes.tick_params(colors=muted, length=3, which="both")
    _axis_of_success(axes, scale, next((line.success for line in lines if line.success), ""))
    _axis_of_shares(axes, low, high, narrow=narrow)
    if population_size is not None:
        _axis_of_heads(axes, low, high, population_size, narrow=narrow)
    wanted = round(scale.value(target), 12)
    shown = _written(scale, target) if scale.records else exact_percent(wanted)
    axes.axhline(target, color=muted, linewidth=1, linestyle=(0, (4, 3)))
    axes.annotate(
        say("wanted: {target}", target=shown),
        (low, target),
        (4, 3),
        textcoords="offset points",
        color=muted,
        fontsize="small",
    )
    for line in (line for line in lines if line.theory):
        _draw_theory(axes, line, low, high)
    measured = [line for line in lines if not line.theory]
    for place, line in enumerate(measured):
        colour = SERIES[place % len(SERIES)]
        marker = MARKERS[(place + place // len(SERIES)) % len(MARKERS)]
        _draw(axes, line, colour, marker, low, high)
        _mark(axes, line.mass, colour, low, high)
    if labels:
        _label_masses(axes, measured, low, high, population_size)
    if here and population_size:
        mark_members(axes, here, population_size)
        if reached is not None:
            axes.plot(
                here / population_size,
                reached,
                "D",
                color=SERIES[2],
                markersize=8,
                zorder=7,
                linestyle="none",
                label=say("trained with exactly their records"),
            )


def _legend(figure: Figure, axes: Axes, columns: int, *, narrow: bool) -> Legend:
    """Put a legend below a figure."""
    handles, labels = axes.get_legend_handles_labels()
    return figure.legend(
        handles,
        [fill(label, NARROW) for label in labels] if narrow else labels,
        loc="outside lower left",
        ncols=columns,
        frameon=False,
        fontsize="small",
        labelcolor=inks().ink,
    )


def to_svg(figure: Figure, *, title: str, prefix: str) -> str:
    """Return a figure as SVG to be put into a page, in the page's colours and font.

    Parameters
    ----------
    figure
        What to render.
    title
        What a screen reader says; plain text.
    prefix
        Makes the ids inside unique on a page with several figures.
    """
    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": prefix}):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bid="', f'id="{prefix}-', svg)
    svg = re.sub(r'(href="|url\()#', rf"\1#{prefix}-", svg)
    svg = re.sub(r"font: ([^;\"]*?)'[^\"]*?(?=[;\"])", r"font: \1var(--font)", svg)
    for placeholder, variable in COLOURS.items():
        svg = svg.replace(placeholder, f"var(--{variable})")
    svg = _with_classes(svg, prefix)
    width, height = (float(x) for x in re.findall(r'(?:width|height)="([\d.]+)pt"', svg)[:2])
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{_attribute(title)}">'
    )
    return opening + svg[svg.index(">") + 1 :]


def _with_classes(svg: str, prefix: str) -> str:
    """Return a figure whose styles stand in one element: pages allow those, and no attributes."""
    names: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        return f'class="{names.setdefault(found[1], f"{prefix}-{len(names)}")}"'

    svg = re.sub(r'\bstyle="([^"]*)"', named, svg)
    rules = "".join(f".{name}{{{style}}}" for style, name in names.items())
    at = svg.index(">") + 1
    return f"{svg[:at]}<style>{rules}</style>{svg[at:]}"


def _draw(axes: Axes, line: Line, colour: str, marker: str, low: float, high: float) -> None:
    alpha = np.geomspace(low, high, 160)
    if line.curve is not None:
        shares = alpha[alpha <= line.upto * (1 + 1e-9)]
        if isinstance(line.curve, FittedSuccess):
            bottom, top = line.curve.band(shares)
            axes.fill_between(shares, bottom, top, color=colour, alpha=0.18, linewidth=0)
        axes.plot(shares, line.curve.success(shares), color=colour, linewidth=2)
    for outcome in line.outcomes:
        axes.plot(
            outcome.alpha or low,
            outcome.rate,
            marker,
            color=colour,
            markersize=5,
            markerfacecolor=colour if outcome.alpha else "none",
            alpha=0.8,
            markeredgewidth=0.6 if outcome.alpha else 1.4,
            clip_on=False,
        )
    axes.plot(
        [],
        [],
        marker=marker if line.outcomes else None,
        color=colour,
        linewidth=2,
        linestyle="none" if line.curve is None else "-",
        label=line.label,
    )


def _draw_theory(axes: Axes, line: Line, low: float, high: float) -> None:
    shares = np.geomspace(low, high, 800)  # exact curves are steps
    assert line.curve is not None
    holds = not isinstance(line.curve, Bound | EstimatedBound) or line.curve.holds
    width = 1.3 if line.of_this_model else 1.0
    axes.plot(
        shares[shares <= 1],
        line.curve.success(shares[shares <= 1]),
        color=inks().ink if line.of_this_model else inks().muted,
        linewidth=width / 2 if line.theory == "limit" else width,
        linestyle=(0, (5, 2)) if line.theory == "bound" else "-",
        label=line.label if holds else say("{curve} (no guarantee)", curve=line.label),
    )


def _mark(axes: Axes, mass: CriticalMass | None, colour: str, low: float, high: float) -> None:
    """Mark a critical mass: a line, and a strip for its interval."""
    if mass is not None and mass.reached and low < mass.alpha < high:
        ends = max(mass.low, low), min(mass.high, high)
        axes.axvspan(*ends, color=colour, alpha=0.12, linewidth=0)
        axes.axvline(mass.alpha, color=colour, linewidth=1)


def _label_masses(
    axes: Axes, measured: Sequence[Line], low: float, high: float, n: int | None
) -> None:
    """Write head counts, or shares, beside marks: each on the lowest line where it has room."""
    width, height = _width(axes), LINE * _points()
    taken: list[list[tuple[float, float]]] = []
    for place, line in enumerate(measured):
        mass = line.mass
        if mass is None or not mass.reached or not low < mass.alpha < high:
            continue
        text = percent(mass.alpha) if n is None else heads(mass.people(n)[0] or 0)
        long = BOLD * LETTER * _points() * len(text)
        left, right = (
            width * np.log(share / low) / np.log(high / low)
            for share in (max(mass.low, low), min(mass.high, high))
        )
        to_right = mass.alpha < np.sqrt(low * high)  # where there is more room
        if right + long > width or left - long < 0:
            to_right = width - right > left
        span = (right, right + long + GAP) if to_right else (left - long - GAP, left)
        level = next(
            (
                number
                for number, row in enumerate(taken)
                if all(span[1] < begin or end < span[0] for begin, end in row)
            ),
            len(taken),
        )
        taken += [[]] * (level == len(taken))
        taken[level] = [*taken[level], span]
        axes.annotate(
            text,
            (min(mass.high, high) if to_right else max(mass.low, low), 0.03),
            (4 if to_right else -4, level * height),
            textcoords="offset points",
            ha="left" if to_right else "right",
            color=SERIES[place % len(SERIES)],
            fontweight="bold",
            zorder=6,
            bbox={"facecolor": inks().page, "edgecolor": "none", "alpha": 0.7, "pad": 1},
        )


def _mark_guess(axes: Axes, guess: float | None) -> None:
    """Mark a first guess at the foot of a figure, where it lies in it."""
    low, high = axes.get_xlim()
    if guess is None or not low < guess < high:
        return
    axes.plot(
        guess,
        -0.02,
        "^",
        color=inks().muted,
        markersize=9,
        clip_on=False,
        linestyle="none",
        zorder=6,
        label=guess_legend(),
    )


def mark_members(axes: Axes, here: int | None, n: int) -> None:
    """Mark where a collective stands, on an axis of shares of n."""
    if here:
        axes.axvline(here / n, color=SERIES[2], linewidth=1.8)
        axes.annotate(
            say("members: {number}", number=here),
            (here / n, 0.5),
            (4, 0),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            color=SERIES[2],
            fontweight="bold",
            zorder=6,
            bbox={"facecolor": inks().page, "edgecolor": "none", "alpha": 0.8, "pad": 1},
        )


def _range(lines: Sequence[Line], here: float | None) -> tuple[float, float]:
    tried = [outcome.alpha for line in lines for outcome in line.outcomes if outcome.alpha > 0]
    masses = [line.mass.alpha for line in lines if line.mass and line.mass.alpha > 0]
    low, high = (min(tried), max(tried)) if tried else (1e-4, 1.0)
    if masses and not tried:
        low, high = min(masses) / AROUND, max(masses) * AROUND
    if here:
        low, high = min(low, here), max(high, here)
    return low / 1.6, min(1.25 * high, 1.0)


def _axis_of_success(axes: Axes, scale: Scale, success: str) -> None:
    """Mark success in percent, or the round values of a measure's scale, and say what it is."""
    title = say("success: share that is as wanted")
    if scale.records:
        title = say("success: value of the measure")
    if success:
        title = say("success: {success}", success=success)
    tall = axes.get_window_extent().height / _figure(axes).dpi * 72
    room = tall if tall > SHORT_AXES else 0.6 * tall  # a legend below takes some
    axes.set_ylabel(fill(title, _letters(room)), color=inks().muted)
    places = [0, 0.25, 0.5, 0.75, 1.0]
    if scale.records:
        low, high = sorted((scale.zero, scale.one))
        places = [scale.success(value) for value in round_values(low, high)]
    axes.yaxis.set_major_locator(FixedLocator(places))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda place, _: _written(scale, place)))


def _written(scale: Scale, place: float) -> str:
    """Write the value at a place of a scale."""
    value = scale.value(place)
    return number(float(f"{value:.6g}")) if scale.records else percent(value)


def _axis_of_shares(axes: Axes, low: float, high: float, *, narrow: bool) -> None:
    steps = (1,) if narrow or high / low > 300 else (1, 2, 5)
    axes.xaxis.set_major_locator(FixedLocator(_round_numbers(low, high, steps)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:g}%"))
    title = say("share of the population that joins (log scale)")
    room = _width(axes) * (0.85 if narrow else 1)  # the title of the other axis takes some
    axes.set_xlabel(fill(title, _letters(room)), color=inks().muted)


def _axis_of_heads(axes: Axes, low: float, high: float, n: int, *, narrow: bool) -> None:

    def to_heads(share: ArrayLike) -> NDArray[np.float64]:
        return np.asarray(share, dtype=float) * n

    def to_share(people: ArrayLike) -> NDArray[np.float64]:
        return np.asarray(people, dtype=float) / n

    upper = axes.secondary_xaxis("top", functions=(to_heads, to_share))
    steps = (1,) if narrow or high / low > 300 else (1, 2, 5)
    ticks = [people for people in _round_numbers(low * n, high * n, steps) if people >= 1]
    upper.xaxis.set_major_locator(FixedLocator(ticks))
    upper.xaxis.set_minor_locator(NullLocator())
    upper.xaxis.set_minor_formatter(NullFormatter())
    upper.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    upper.tick_params(colors=inks().muted, length=3)
    upper.spines["top"].set_color(inks().rule)
    upper.set_xlabel(say("people who join, of {size}", size=n), color=inks().muted)


def _round_numbers(low: float, high: float, steps: tuple[int, ...]) -> list[float]:
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    ticks = [s * 10.0**d for d in decades for s in steps if low <= s * 10.0**d <= high]
    if len(ticks) >= 2 or len(steps) == 9:
        return ticks
    return _round_numbers(low, high, (1, 2, 5) if len(steps) < 3 else tuple(range(1, 10)))


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
