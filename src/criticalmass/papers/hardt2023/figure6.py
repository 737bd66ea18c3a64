"""Figure 6: the spacing of the token is largely irrelevant, for either strategy."""

from __future__ import annotations

from matplotlib.figure import Figure

from criticalmass.papers.hardt2023 import drawing
from criticalmass.papers.hardt2023.experiment import Experiment, Results
from criticalmass.papers.hardt2023.setup import CLASSES, EVERY, Setup
from criticalmass.papers.hardt2023.verdicts import Verdict, same
from criticalmass.studies import Row

LABEL = CLASSES[0]
SPACINGS = (5, 10, 20, 50, 100)
"""Words between two tokens."""
STRATEGIES = ("Strategy 1", "Strategy 2")
WITHIN = 0.1


def measure(setup: Setup) -> Results:
    """Run both strategies for class 0 with every spacing."""
    results: dict[tuple[str, ...], list[Row]] = {}
    for name, make, grid in (
        ("Strategy 1", setup.strategy1, setup.of_data()),
        ("Strategy 2", setup.strategy2, setup.of_class(LABEL)),
    ):
        strategies = {str(every): make(LABEL, every) for every in SPACINGS}
        rows = setup.run(name.lower().replace(" ", ""), strategies, grid)
        results |= {(name, every): rows[every] for every in strategies}
    return results


def draw(setup: Setup, results: Results) -> Figure:
    """Draw a column for each strategy, a row for each measure, a shade for each spacing."""
    figure, axes = drawing.grid(STRATEGIES, list(drawing.MEASURES.values()))
    for line, measure in zip(axes, drawing.MEASURES, strict=True):
        for place, strategy in zip(line, STRATEGIES, strict=True):
            series = {str(every): results[strategy, str(every)] for every in SPACINGS}
            drawing.panel(place, series, measure, drawing.ORDERED)
    drawing.legend(axes[0][0], "words between tokens")
    return figure


def judge(setup: Setup, results: Results) -> list[Verdict]:
    """Compare every spacing with the paper's 20 words."""
    return [
        same(
            "spacing", f"{strategy}, every {every} words", f"success (included) against {EVERY}",
            results[strategy, str(every)], results[strategy, str(EVERY)], "included", WITHIN,
        )
        for strategy in STRATEGIES for every in SPACINGS if every != EVERY
    ]  # fmt: skip


FIGURE = Experiment(
    "figure6", ("strategy", "spacing"), measure, draw, judge,
    (
        f"The spacings {', '.join(map(str, SPACINGS))}, and class 0; test résumés are marked with "
        "the spacing that the members use.",
        f"“Irrelevant” is a mean difference of at most {WITHIN:g} over all sizes.",
    ),
)  # fmt: skip
