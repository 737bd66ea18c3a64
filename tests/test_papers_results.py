"""The verdicts that are kept beside the kept trials are what today's fit says of these trials."""

import csv
import re
from pathlib import Path

import pytest

from criticalmass.papers import FIGURES, Options
from criticalmass.papers.hardt2023 import figure2, figure3, figure4, figure5, figure6, setup
from criticalmass.studies import Row

KEPT = Path(setup.__file__).parent / "results"
FIGURE = {
    module.FIGURE.name: module.FIGURE for module in (figure2, figure3, figure4, figure5, figure6)
}
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?")


def kept_trials(name, varied):
    """Return the kept trials as a reproduction has them."""
    results = {}
    with (KEPT / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = tuple(row[part] for part in varied)
            results.setdefault(key, []).append(
                Row(
                    "", "", float(row["asked"]), int(row["repetition"]), float(row["alpha"]),
                    int(row["members"]), int(row["changed"]), n=int(row["n"]),
                    successes={measure: int(row[measure]) for measure in ("included", "top1")},
                    **{part: float(row[part]) for part in ("accuracy", "precision", "recall")},
                    error=row["error"],
                )
            )  # fmt: skip
    return results


def told_today(name):
    """Return what a reproduction would say of the kept trials."""
    figure, learner = name.removesuffix("-small").split("-", 1)
    options = Options(learner)
    there = setup.Setup(setup.SIZES[learner, "small"], KEPT, options)
    results = kept_trials(name, FIGURE[figure].varied)
    return FIGURE[figure].summary(there, FIGURE[figure].judge(there, results), 0)


def same(kept, told):
    """Whether two texts have the same words, and numbers but for the last digit."""
    assert NUMBER.sub("#", kept) == NUMBER.sub("#", told)
    numbers = [[float(number) for number in NUMBER.findall(text)] for text in (kept, told)]
    assert numbers[1] == pytest.approx(numbers[0], rel=0.011)


@pytest.mark.parametrize("name", sorted(path.stem for path in KEPT.glob("*-small.md")))
def test_kept_verdicts_follow_from_kept_trials(name, real):
    real("resumes_corpus.zip")  # how many résumés hold a class
    same((KEPT / f"{name}.md").read_text(encoding="utf-8"), told_today(name))


def test_kept_figure_7_follows_from_kept_trials(tmp_path):
    said = FIGURES["hardt2023/figure7"](tmp_path, Options())[-1]
    same((KEPT / "figure7.md").read_text(encoding="utf-8"), said.read_text(encoding="utf-8"))
