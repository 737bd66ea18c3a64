"""Figure 4: random labels increase the success of Strategy 2.

Strategy 2 does not reliably become the top prediction; by the theory because few texts could have
the target label at all (the positivity p is small). So the labels of a random share of the training
data are randomised, and the experiment of Figure 3 is repeated.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from criticalmass.papers.hardt2023 import drawing
from criticalmass.papers.hardt2023.experiment import Experiment
from criticalmass.papers.hardt2023.setup import CLASSES, JUDGED_BY, Results, Setup
from criticalmass.papers.hardt2023.verdicts import rises
from criticalmass.papers.verdicts import Verdict
from criticalmass.words.numbers import exact_percent

SHARES = (0.0, 0.05, 0.1, 0.2)
"""Shares of the training records whose labels are random."""
LABEL = CLASSES[0]
DRAMATIC = 0.2


def measure(setup: Setup) -> Results:
    """Run Strategy 2 for class 0, at every share of random labels."""
    return {
        (f"{share:g}",): setup.run(
            f"random-{share:g}",
            {LABEL: setup.strategy2(LABEL)},
            setup.of_class(LABEL),
            noise=share,
        )[LABEL]
        for share in SHARES
    }


def draw(setup: Setup, results: Results) -> Figure:
    """Return the figure: a panel for each measure, a shade for each share of random labels."""
    figure, axes = drawing.grid([f"class 0: {LABEL}"], drawing.legends())
    series = {f"{exact_percent(share)}": results[f"{share:g}",] for share in SHARES}
    for (place,), measure in zip(axes, JUDGED_BY, strict=True):
        drawing.panel(place, series, measure, drawing.ORDERED, of_class=setup.share_of(LABEL))
    drawing.legend(figure, axes[0][0], "random labels")
    return figure


def judge(setup: Setup, results: Results) -> list[Verdict]:
    """Compare top-1 success with random labels and without, size by size."""
    without = results["0",]
    return [
        rises(
            "random-labels",
            f"{exact_percent(share)} random labels",
            "mean rise of top-1 success",
            results[f"{share:g}",],
            without,
            "top1",
            DRAMATIC,
        )
        for share in SHARES[1:]
    ]


FIGURE = Experiment(
    "figure4",
    ("random share",),
    measure,
    draw,
    judge,
    (
        "Random labels are label sets exchanged among a random share of the training résumés, so "
        "every label stays as frequent; members are whoever then holds the target.",
        f"The shares {', '.join(exact_percent(share) for share in SHARES)}, and class 0.",
        f"“Dramatically” is a rise by {DRAMATIC:g} on average over all sizes.",
        "Each share of random labels is drawn once; the interval does not know other draws.",
    ),
)
