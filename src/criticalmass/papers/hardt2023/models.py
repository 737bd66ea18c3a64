"""One picture: the same strategy against a bag of words, a frozen encoder and a fine-tuned model.

``python -m criticalmass.papers.hardt2023.models docs`` draws ``models.svg`` there, from the trials
that come with the package. Nothing is trained.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from matplotlib.figure import Figure

from criticalmass.messages import say
from criticalmass.pages.figures.success import Line, success_figure
from criticalmass.papers.hardt2023 import kept
from criticalmass.papers.hardt2023.masses import curves, mass_of
from criticalmass.papers.hardt2023.setup import CLASSES, STRATEGIES, TARGET

LINES = {
    "a bag of words": ("figure2-linear-text-paper", (CLASSES[0],)),
    "a frozen encoder, a mark every 5 words": ("figure6-embedded-paper", (STRATEGIES[0], "5")),
    "a frozen encoder, every 20 words": ("figure2-embedded-paper", (CLASSES[0],)),
    "a fine-tuned transformer": ("figure2-transformer-small", (CLASSES[0],)),
}
"""Kept trials of Strategy 1 for class 0, by what the legend calls them."""
MEASURE = "included"


def lines() -> Iterator[Line]:
    """Yield the success curve of each model, fitted to its trials.

    A label ends with how many people it takes for `TARGET`, with three digits, and of how many: one
    of the models was trained on fewer.
    """
    for model, (name, key) in LINES.items():
        rows = [row for row in kept.trials(name)[key] if not row.error]
        fitted = curves(rows, MEASURE)
        size = next(round(row.members / row.alpha) for row in rows if row.members)
        people = float(f"{mass_of(fitted).alpha * size:.3g}")
        label = say("{model}: {n} of {size} people", model=model, n=round(people), size=size)
        yield Line(label, fitted[0], fitted[0].outcomes)


def draw() -> Figure:
    """Return the picture: success against the share of the data that joins, a line for each model.

    There is no axis of people, because one of the models was trained on fewer of them.
    """
    return success_figure(list(lines()), population_size=None, target=TARGET)


def main(folder: Path) -> Path:
    """Write ``models.svg`` into a folder, and return its path."""
    path = folder / "models.svg"
    draw().savefig(path, facecolor="white", metadata={"Date": None})
    return path


if __name__ == "__main__":
    print(main(Path(sys.argv[1])))
