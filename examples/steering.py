"""Steering a logistic model of census records: how many people, with which liberties?

    python examples/steering.py docs

prints for two goals how many of 32,561 people it takes (some minutes), trains what whole people
reach, and draws steering-ignore.svg and steering-raise.svg. docs/steering.md shows them.
"""

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from criticalmass import CriticalMassError, GradientNeutralizing, Population, RiskMinimizer
from criticalmass.datasets import adult
from criticalmass.risks import Risk
from criticalmass.risks.design import Design, numeric
from criticalmass.strategies import Allowed, Ignore, Raise

RISK = Risk("logistic", l2=1e-4)
GOALS = {"ignore": Ignore("sex"), "raise": Raise(0.05, {"occupation": "Other-service"})}
LIBERTIES = {
    "any numbers, any label": Allowed("free"),
    "usual numbers, any label": Allowed("bounded"),
    "records that exist, any label": Allowed("observed"),
    "usual numbers, own label": Allowed("bounded", "fixed"),
    "records that exist, own label": Allowed("observed", "fixed"),
}
DRAWN = ("any numbers, any label", "usual numbers, any label", "usual numbers, own label")
BELOW = {
    "frameon": False,
    "fontsize": "small",
    "loc": "upper center",
    "bbox_to_anchor": (0.5, -0.16),
}
COLOURS = ("#0a6ebd", "#b4530a", "#2f7d4f")


def trained(strategy: GradientNeutralizing, people: Population, members: int) -> float:
    """Return the share of the way that a firm goes with so many whole people."""
    learner = RiskMinimizer(l2=RISK.l2)
    joined = people.draw(members, rng=np.random.default_rng(0))
    edit = strategy.edit(people, joined, np.random.default_rng(1))
    theta = learner.fit(learner.prepare(people), edit, seed=0).parameters
    return strategy.aim(people).share(theta)


def main(pictures: Path) -> None:
    """Print and draw."""
    people, _ = numeric(adult()).split(test=48_842 - 32_561, seed=0)
    n = len(people)
    for name, goal in GOALS.items():
        curves = {}
        for liberty, allowed in LIBERTIES.items():
            strategy = GradientNeutralizing(goal, RISK, allowed, "known")
            try:
                bound, exact = strategy.bound(people), strategy.exact(people)
            except CriticalMassError as error:
                print(f"{name}; {liberty}: {error}", flush=True)
                continue
            heads = bound.critical_mass(1.0).alpha * n
            half = exact.critical_mass(0.9).alpha * n
            members = int(np.ceil(1.1 * heads)) + 5
            known = trained(strategy, people, members)
            pooled = GradientNeutralizing(goal, RISK, allowed, "pooled")
            many = min(n // 4, 4 * members)
            print(
                f"{name}; {liberty}: theta* from {heads:,.1f} of {n:,} (90% from {half:,.1f}); "
                f"{members:,} whole people who know P0 reach {known:.1%}; "
                f"{many:,} who pool their records {trained(pooled, people, many):.1%}",
                flush=True,
            )
            curves[liberty] = (bound, exact, heads)
        strategy = GradientNeutralizing(goal, RISK, LIBERTIES[DRAWN[-1]], "known")
        figure = draw(curves, strategy, people)
        figure.savefig(
            pictures / f"steering-{name}.svg", facecolor="white", metadata={"Date": None}
        )


def draw(curves: dict, strategy: GradientNeutralizing, people: Population) -> Figure:
    """Draw success against the size of the collective, and the path of the parameters."""
    n = len(people)
    with mpl.rc_context({"font.family": "sans-serif", "font.size": 10}):
        figure = Figure(figsize=(9.6, 4.8), layout="constrained")
        left, right = figure.subplots(1, 2)
        for liberty, colour in zip(DRAWN, COLOURS, strict=True):
            bound, exact, heads = curves[liberty]
            size = np.geomspace(1, 3000, 400)
            left.plot(size, exact.success(size / n), color=colour, label=f"{liberty}: {heads:,.0f}")
            left.plot(size, bound.success(size / n), color=colour, linestyle=(0, (4, 3)))
        left.set(xscale="log", xlabel=f"people who join, of {n:,}", ylabel="success")
        left.xaxis.set_major_formatter("{x:,.0f}")
        left.legend(title="exact (dashed: Theorem 7), and people for θ*", **BELOW)
        path(right, strategy, people)
        for axes in (left, right):
            axes.spines[["top", "right"]].set_visible(False)
            axes.grid(color="#d4d6da", linewidth=0.6)
    return figure


def path(axes: Axes, strategy: GradientNeutralizing, people: Population) -> None:
    """Draw how the weights that move most move with the size of the collective."""
    plan, aim, design = strategy.plan(people), strategy.aim(people), Design.of(people)
    heads = plan.alpha * len(people) * np.linspace(0, 1.3, 14)
    theta, thetas = aim.start, [aim.start]
    for size in heads[1:]:
        theta = RISK.minimize(plan.law(float(size / len(people))), start=theta)
        thetas.append(theta)
    moves = np.array(thetas)
    names = (*design.names, "constant")
    for j in np.argsort(-np.abs(aim.target - aim.start))[:5]:
        (line,) = axes.plot(heads, moves[:, j], label=names[j], linewidth=1.6)
        axes.plot(heads[-1], aim.target[j], "o", color=line.get_color(), markersize=4)
    axes.set(xlabel="people who join, usual numbers and own label", ylabel="weight")
    axes.legend(title="the weights that move most (dots: θ*)", ncols=2, **BELOW)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
