"""Figure 5: additional epochs of training increase the success rate, of either strategy.

The better a model is trained, the nearer it is to the optimum that the theory speaks of.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from criticalmass.papers.hardt2023 import drawing
from criticalmass.papers.hardt2023.experiment import Experiment
from criticalmass.papers.hardt2023.setup import CLASSES, STRATEGIES, Results, Setup
from criticalmass.papers.hardt2023.verdicts import rises
from criticalmass.papers.verdicts import Verdict
from criticalmass.studies import Row

LABEL = CLASSES[0]


def measure(setup: Setup) -> Results:
    """Run both strategies for class 0 with every number of epochs."""
    results: dict[tuple[str, ...], list[Row]] = {}
    for epochs in setup.size.epochs:
        learner = setup.learner(epochs)
        for name, make, grid in setup.both(LABEL):
            folder = f"{name.lower().replace(' ', '')}-epochs-{_named(epochs)}"
            rows = setup.run(folder, {name: make(LABEL)}, grid, learner=learner)
            results[name, _named(epochs)] = rows[name]
    return results


def draw(setup: Setup, results: Results) -> Figure:
    """Return the figure: columns for strategies, rows for measures, shades for epochs."""
    return drawing.by_strategy(results, "epochs")


def judge(setup: Setup, results: Results) -> list[Verdict]:
    """Judge whether success rises from each number of epochs to the next."""
    verdicts = []
    for strategy in STRATEGIES:
        for fewer, more in zip(setup.size.epochs, setup.size.epochs[1:], strict=False):
            verdicts.append(
                rises(
                    "epochs",
                    f"{strategy}, {_named(fewer)} to {_named(more)} epochs",
                    "mean rise of success (included)",
                    results[strategy, _named(more)],
                    results[strategy, _named(fewer)],
                    "included",
                )
            )
    return verdicts


def _named(epochs: int | None) -> str:
    return "optimum" if epochs is None else str(epochs)


FIGURE = Experiment(
    "figure5",
    ("strategy", "epochs"),
    measure,
    draw,
    judge,
    (
        "The numbers of epochs, and class 0.",
        "With a bag of words, and with the heads on an encoder, an epoch is one iteration of the "
        "solver, L-BFGS, from zero weights.",
    ),
)
