"""Figure 6: the spacing of the token is largely irrelevant, for either strategy."""

from __future__ import annotations

from matplotlib.figure import Figure

from criticalmass.papers.hardt2023 import drawing
from criticalmass.papers.hardt2023.experiment import Experiment
from criticalmass.papers.hardt2023.setup import CLASSES, EVERY, STRATEGIES, Results, Setup
from criticalmass.papers.hardt2023.verdicts import same
from criticalmass.papers.verdicts import Verdict
from criticalmass.studies import Row

LABEL = CLASSES[0]
SPACINGS = (5, 10, 20, 50, 100)
"""Words between two tokens."""
WITHIN = 0.1


def measure(setup: Setup) -> Results:
    """Run both strategies for class 0 with every spacing."""
    results: dict[tuple[str, ...], list[Row]] = {}
    for name, make, grid in setup.both(LABEL, spacings=True):
        strategies = {str(every): make(LABEL, every) for every in _seen(setup)}
        rows = setup.run(name.lower().replace(" ", ""), strategies, grid)
        results |= {(name, every): rows[every] for every in strategies}
    return results


def draw(setup: Setup, results: Results) -> Figure:
    """Return the figure: columns for strategies, rows for measures, shades for spacings."""
    return drawing.by_strategy(results, "words between tokens")


def judge(setup: Setup, results: Results) -> list[Verdict]:
    """Compare every spacing with the paper's 20 words."""
    return [
        same(
            "spacing",
            f"{strategy}, every {every} words",
            f"success (included) against {EVERY}",
            results[strategy, str(every)],
            results[strategy, str(EVERY)],
            "included",
            WITHIN,
        )
        for strategy in STRATEGIES
        for every in _seen(setup)
        if every != EVERY
    ]


def _seen(setup: Setup) -> list[int]:
    """Return the spacings whose first token the learner still sees; it may cut texts earlier."""
    cut = setup.size.learner.max_length or max(SPACINGS) + 1
    return [every for every in SPACINGS if every < cut]


FIGURE = Experiment(
    "figure6",
    ("strategy", "spacing"),
    measure,
    draw,
    judge,
    (
        f"The spacings {', '.join(map(str, SPACINGS))}, and class 0; test résumés are marked with "
        "the spacing that the members use.",
        f"“Irrelevant” is a difference of at most {WITHIN:g} on average over all sizes, and at no "
        "single size one that is surely more than twice that.",
        "Spacings beyond the length at which the learner cuts texts are left out.",
    ),
)
