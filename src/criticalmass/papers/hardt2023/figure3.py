"""Figure 3: Strategy 2, text only, within the target class.

Members are drawn from the résumés that hold the target class; they insert the token after every 20
words and change no label. The axes show their share of the data, and of the target class.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from criticalmass.papers.hardt2023 import drawing
from criticalmass.papers.hardt2023.experiment import Experiment
from criticalmass.papers.hardt2023.masses import critical_mass
from criticalmass.papers.hardt2023.setup import CLASSES, Results, Setup
from criticalmass.papers.hardt2023.verdicts import around, never_reached
from criticalmass.papers.verdicts import Verdict
from criticalmass.studies import Study


def studies(setup: Setup) -> dict[str, Study]:
    """Return a study for each of the three classes, by name: each has shares of its own."""
    return {
        f"strategy2-class{k}": setup.study(
            f"strategy2-class{k}", {label: setup.strategy2(label)}, setup.of_class(label)
        )
        for k, label in enumerate(CLASSES)
    }


def measure(setup: Setup) -> Results:
    """Run Strategy 2 for each of the three classes."""
    return {
        (label,): setup.rows(name, study)[label]
        for label, (name, study) in zip(CLASSES, studies(setup).items(), strict=True)
    }


def draw(setup: Setup, results: Results) -> Figure:
    """Return the figure: a column for each class, a row for each measure of success."""
    shares = {label: setup.share_of(label) for label in CLASSES}
    return drawing.by_class({label: results[label,] for label in CLASSES}, shares)


def judge(setup: Setup, results: Results) -> list[Verdict]:
    """Compare critical masses of inclusion with the paper's; judge that top-1 reaches none."""
    verdicts, of_paper = [], setup.of_paper
    of_class, of_data = "critical mass, share of the class", "critical mass, share of the data"
    for k, label in enumerate(CLASSES):
        rows, share = results[label,], setup.share_of(label)
        mass = critical_mass(rows, "included", share)
        verdicts += [
            around("strategy2-included", label, of_class, mass, 1 / share, of_paper=of_paper),
            around(f"strategy2-data-{k}", label, of_data, mass, of_paper=of_paper),
            never_reached("strategy2-top1", label, rows, "top1", share, of_paper=of_paper),
        ]
    return verdicts


FIGURE = Experiment(
    "figure3",
    ("class",),
    measure,
    draw,
    judge,
    ("“Around” is within a factor of two.",),
)
