"""Figure 7: the size from which joining pays, and the area B until then.

The paper draws a sketch without numbers. Here it is drawn for Theorem 1, with ξ as in Figure 1, and
for the curve fitted to the trials of our Figure 2 that the package comes with; c and γ are
assumptions. What the paper says beside the figure is tried out with whole people: past α_crit
everybody joins, and nobody has to invest more than B to get there.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from criticalmass.curves import Outcome, SuccessCurve
from criticalmass.fitting import FittedCurve
from criticalmass.incentives import Incentives
from criticalmass.papers.hardt2023.drawing import INK, MUTED, RULE
from criticalmass.papers.hardt2023.setup import Options
from criticalmass.theory import FeatureLabelBound
from criticalmass.words.numbers import exact_percent

INCENTIVES = Incentives(cost=0.4, free_ride=0.2)
PEOPLE = 5000
"""Number of people, of whom α is a share: as many as the résumés of our Figure 2."""
UNIQUENESS = 0.001
TRIALS = Path(__file__).parent / "results" / "figure2-linear-text-small.csv"
BLUE, ORANGE = "#0a6ebd", "#b4530a"


def curves() -> dict[str, SuccessCurve]:
    """Return the success curves of the two panels, by their titles."""
    with TRIALS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["class"] == "Database_Administrator"]
    outcomes = [Outcome(float(r["alpha"]), int(r["included"]), int(r["n"])) for r in rows]
    return {
        f"guaranteed by Theorem 1, ξ = {UNIQUENESS:g}": FeatureLabelBound(UNIQUENESS),
        "fitted to trials of Figure 2": FittedCurve.fit(outcomes),
    }


def reproduce(folder: Path, options: Options) -> list[Path]:
    """Write figure7.svg and .png, the curves' points as .csv, and a table of results as .md."""
    folder.mkdir(parents=True, exist_ok=True)
    figure = Figure(figsize=(9.5, 3.9), layout="constrained")
    rows, lines = [], [*_HEADING]
    for axes, (name, curve) in zip(figure.subplots(1, 2), curves().items(), strict=True):
        shares = _draw(axes, name, curve)
        rows += [
            (name, f"{a:.6g}", f"{s:.6g}")
            for a, s in zip(shares, curve.success(shares), strict=True)
        ]
        lines.append(_line(name, curve))
    paths = [folder / f"figure7.{kind}" for kind in ("svg", "png", "csv", "md")]
    for path in paths[:2]:
        figure.savefig(path, dpi=160, facecolor="white")
    with paths[2].open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("curve", "alpha", "success"), *rows])
    paths[3].write_text("\n".join(lines) + "\n", encoding="utf-8")
    return paths


_HEADING = (
    "# Figure 7",
    "",
    f"c = {INCENTIVES.cost:g} and γ = {INCENTIVES.free_ride:g} are assumed: joining pays where "
    f"S(α) > c/(1 − γ) = {INCENTIVES.threshold:g}. There are {PEOPLE:,} people; B is in units of "
    "what full success is worth to one of them. Intervals are 95 %; a guarantee says “at most”.",
    "",
    "What the paper says: past α_crit everybody joins, which is so. B is what must be invested at "
    "most: so it is for shares of people. Whole people are paid for what they lack as they come, "
    "before they count themselves, which is up to c more in all.",
    "",
    "| curve | joining pays from | B | with one more, so many join | cheapest payments to whole "
    "people |",
    "| --- | --- | --- | --- | --- |",
)


def _line(name: str, curve: SuccessCurve) -> str:
    """Return the table's line for one curve: where joining pays, what it costs, who follows."""
    mass, dynamics = INCENTIVES.critical_threshold(curve), INCENTIVES.dynamics(curve, PEOPLE)
    people, least, most = mass.people(PEOPLE)
    assert people is not None
    value, low, high = INCENTIVES.investment(curve).total(PEOPLE)
    follow = int(dynamics.path(people + 1)[-1])
    paid = dynamics.subsidies(PEOPLE).total
    if math.isclose(low, 0.0):
        sizes, area = f"at most {people:,} people", f"at most {value:.3g}"
    else:
        sizes = f"{people:,} people ({least:,} to {most:,})"
        area = f"{value:.3g} ({low:.3g} to {high:.3g})"
    return f"| {name} | {sizes} | {area} | {follow:,} | {paid:.3g} |"


def _draw(axes: Axes, name: str, curve: SuccessCurve) -> np.ndarray:
    mass = INCENTIVES.critical_threshold(curve)
    shares = np.linspace(0, 2.5 * mass.alpha, 501)[1:]
    worth = (1 - INCENTIVES.free_ride) * curve.success(shares)
    cost = float(np.atleast_1d(INCENTIVES.cost)[0])
    axes.plot(shares, worth, color=BLUE, linewidth=2)
    axes.axhline(cost, color=ORANGE, linewidth=1.6)
    axes.fill_between(
        shares,
        worth,
        cost,
        where=((shares <= mass.alpha) & (worth < cost)).tolist(),
        color=ORANGE,
        alpha=0.3,
        linewidth=0,
    )
    axes.axvline(mass.alpha, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.annotate("α_crit", (mass.alpha, 0.02), (4, 0), textcoords="offset points", color=INK)
    axes.annotate(
        "cost c",
        (shares[-1], cost),
        (-2, -4),
        textcoords="offset points",
        color=ORANGE,
        ha="right",
        va="top",
    )
    axes.annotate(
        "(1 − γ) S(α)",
        (shares[-1], worth[-1]),
        (-2, -22),
        textcoords="offset points",
        color=BLUE,
        ha="right",
        va="top",
    )
    axes.annotate(
        "B",
        (mass.alpha / 4, (cost + float(worth[len(worth) // 10])) / 2),
        color=INK,
        ha="center",
        va="center",
    )
    axes.set_title(name, fontsize=10.5, color=INK, loc="left")
    axes.set(xlim=(0, shares[-1]), ylim=(0, 1.15 * float(worth.max())))
    axes.set_xlabel("share α of the population that has joined", color=INK)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: exact_percent(x)))
    axes.set_ylabel("full success for one person = 1", color=MUTED)
    axes.grid(axis="y", color=RULE, linewidth=0.7)
    axes.tick_params(colors=MUTED, length=3)
    for spine in ("top", "right", "left"):
        axes.spines[spine].set_visible(False)
    return shares
