"""Figure 2: Strategy 1, text and label, across the dataset.

Members drawn from all résumés insert the token after every 20 words and report the target class as
their only label. Success: the share of marked test résumés for which the model includes the target
class, and for which the target class is its top prediction.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from criticalmass.papers.hardt2023 import drawing
from criticalmass.papers.hardt2023.experiment import Experiment
from criticalmass.papers.hardt2023.masses import critical_mass
from criticalmass.papers.hardt2023.setup import CLASSES, JUDGED_BY, Results, Setup
from criticalmass.papers.hardt2023.verdicts import at_most, near
from criticalmass.papers.verdicts import Verdict
from criticalmass.studies import Study


def studies(setup: Setup) -> dict[str, Study]:
    """Return the study by its name: Strategy 1 for each of the three classes."""
    strategies = {label: setup.strategy1(label) for label in CLASSES}
    return {"strategy1": setup.study("strategy1", strategies, setup.of_data())}


def measure(setup: Setup) -> Results:
    """Run Strategy 1 for each of the three classes."""
    ((name, study),) = studies(setup).items()
    rows = setup.rows(name, study)
    return {(label,): rows[label] for label in CLASSES}


def draw(setup: Setup, results: Results) -> Figure:
    """Return the figure: a column for each class, a row for each measure of success."""
    return drawing.by_class({label: results[label,] for label in CLASSES})


def judge(setup: Setup, results: Results) -> list[Verdict]:
    """Compare critical masses with the paper's, and the clean models with its clean model."""
    verdicts, of_paper = [], setup.of_paper
    share, people = "critical mass, share of the data", "critical mass, people"
    for label in CLASSES:
        for measure in JUDGED_BY:
            mass, about = critical_mass(results[label,], measure), f"{label}, {measure}"
            verdicts += [
                at_most("strategy1-share", about, share, mass, of_paper=of_paper),
                at_most(
                    "strategy1-people",
                    about,
                    people,
                    mass,
                    setup.size.train,
                    unit="heads",
                    of_paper=of_paper,
                ),
                at_most("strategy1-slides", about, share, mass, of_paper=of_paper),
            ]
    clean = [row for rows in results.values() for row in rows]
    verdicts.append(near("accuracy", clean, "accuracy", within=0.01))
    verdicts.append(near("precision", clean, "precision", within=0.03))
    verdicts.append(near("recall", clean, "recall", within=0.03))
    return verdicts


FIGURE = Experiment("figure2", ("class",), measure, draw, judge)
