"""One picture: the same strategy against a bag of words, a frozen encoder and a fine-tuned model.

``python -m criticalmass.papers.hardt2023.models docs`` draws ``models.svg`` there, from the trials
that come with the package. Nothing is trained.
"""

from __future__ import annotations

import sys
from pathlib import Path

from matplotlib.figure import Figure

from criticalmass.fitting import SigmoidCurve
from criticalmass.pages.figures.success import Line, success_figure
from criticalmass.papers.hardt2023 import kept
from criticalmass.papers.hardt2023.setup import CLASSES, SIZES, STRATEGIES, TARGET

LINES = {
    "a bag of words": ("figure2-linear-text-paper", (CLASSES[0],)),
    "a frozen encoder, a mark every 5 words": ("figure6-embedded-paper", (STRATEGIES[0], "5")),
    "a frozen encoder, every 20 words": ("figure2-embedded-paper", (CLASSES[0],)),
    "a fine-tuned transformer, of 2,500 people": ("figure2-transformer-small", (CLASSES[0],)),
}
"""Kept trials of Strategy 1 for class 0, by what the legend calls them."""
MEASURE = "included"


def draw() -> Figure:
    """Return the picture: success against the share of the data that joins, a line for each model.

    Curves are the paper's sigmoids.
    """
    lines = []
    for label, (name, key) in LINES.items():
        outcomes = [row.outcome(MEASURE) for row in kept.trials(name)[key] if not row.error]
        lines.append(Line(label, SigmoidCurve.fit(outcomes), outcomes))
    people = SIZES["embedded", "paper"].train
    return success_figure(lines, population_size=people, target=TARGET)


def main(folder: Path) -> Path:
    """Write ``models.svg`` into a folder, and return its path."""
    path = folder / "models.svg"
    draw().savefig(path, facecolor="white", metadata={"Date": None})
    return path


if __name__ == "__main__":
    print(main(Path(sys.argv[1])))
