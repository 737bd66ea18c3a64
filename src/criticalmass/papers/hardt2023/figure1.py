"""Figure 1: the success that Theorem 1 predicts, as the collective grows.

The paper fixes ε = 0 and varies ξ, then fixes ξ and varies ε, with Δ bounded by 1. It does not
print its values; those below are assumptions, and so is the logarithmic axis. The second picture is
drawn three times: by the published formula, which is no guarantee for ε > 0, and by the bounds that
hold where ε-optimal means joint total variation (the paper's Definition 2) or contamination.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from criticalmass.papers.hardt2023.setup import Options
from criticalmass.theory import FeatureLabelBound
from criticalmass.theory.suboptimality import Sense

ALPHAS = np.geomspace(1e-5, 1, 501)
UNIQUENESS = (0.1, 0.01, 0.001, 0.0001)
FIXED_UNIQUENESS = 0.001
EPSILONS = (0.0, 0.005, 0.02, 0.08)
SHADES = ("#08306b", "#2171b5", "#6baed6", "#b3cde3")
INK, RULE = "#111114", "#d4d6da"

SENSES: dict[Sense, str] = {
    "published": "as published (no guarantee for ε > 0)",
    "joint-tv": "what holds under Definition 2 (joint TV)",
    "contamination": "what holds under contamination",
}


def panels() -> Iterator[tuple[str, list[tuple[str, FeatureLabelBound]]]]:
    """Yield each panel's title, and its curves with their labels."""
    yield (
        "ε = 0, all versions agree",
        [(f"ξ = {xi:g}", FeatureLabelBound(xi)) for xi in UNIQUENESS],
    )
    for sense, title in SENSES.items():
        curves = [FeatureLabelBound(FIXED_UNIQUENESS, 1, e, sense) for e in EPSILONS]
        yield f"ξ = {FIXED_UNIQUENESS:g}, {title}", [(f"ε = {c.epsilon:g}", c) for c in curves]


def reproduce(folder: Path, options: Options) -> list[Path]:
    """Write figure1.svg, figure1.png and the curves' points, figure1.csv; nothing is trained."""
    folder.mkdir(parents=True, exist_ok=True)
    figure = Figure(figsize=(9.5, 7), layout="constrained")
    rows = []
    for axes, (title, curves) in zip(figure.subplots(2, 2).flat, panels(), strict=True):
        _frame(axes, title)
        for shade, (label, bound) in zip(SHADES, curves, strict=True):
            success = bound.success(ALPHAS)
            axes.plot(ALPHAS, success, color=shade, linewidth=2, label=label)
            rows += [
                (bound.suboptimality, bound.uniqueness, bound.epsilon, f"{a:.6g}", f"{s:.6g}")
                for a, s in zip(ALPHAS, success, strict=True)
            ]
        axes.legend(frameon=False, loc="upper left", fontsize=9, labelcolor=INK)
    paths = [folder / f"figure1.{kind}" for kind in ("svg", "png", "csv")]
    for path in paths[:2]:
        figure.savefig(path, dpi=160, facecolor="white")
    with paths[2].open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("suboptimality", "uniqueness", "epsilon", "alpha", "success"))
        writer.writerows(rows)
    return paths


def _frame(axes: Axes, title: str) -> None:
    axes.set(xscale="log", xlim=(ALPHAS[0], 1), ylim=(-0.02, 1.02))
    axes.set_title(title, fontsize=10.5, color=INK, loc="left")
    axes.set_xlabel("share α of the population that joins", color=INK)
    axes.set_ylabel("success at least", color=INK)
    axes.grid(axis="y", color=RULE, linewidth=0.7)
    for spine in ("top", "right", "left"):
        axes.spines[spine].set_visible(False)
    axes.tick_params(colors=INK, length=3)
