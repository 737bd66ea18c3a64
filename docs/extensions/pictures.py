"""How the gallery's pictures look: small enough to be read in a card, in the colours of reports."""

from __future__ import annotations

from typing import Any

from cycler import cycler
from matplotlib import pyplot as plt

from criticalmass.pages.figures.success import INK, MUTED, RULE, SERIES

STYLE: dict[Any, Any] = {
    "figure.figsize": (4.8, 3.36),  # the shape of a card's picture
    "figure.dpi": 175,
    "figure.constrained_layout.use": True,
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "axes.prop_cycle": cycler(color=SERIES),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": RULE,
    "legend.fontsize": "small",
    "legend.frameon": False,
    "lines.linewidth": 2,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
}


def begin(gallery_conf: object, script: object) -> None:
    """Give matplotlib the settings that every example's pictures begin with."""
    plt.rcdefaults()
    plt.rcParams.update(STYLE)
