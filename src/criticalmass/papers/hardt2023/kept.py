"""The verdicts that come with the package, judged anew from the trials that come with it.

``python -m criticalmass.papers.hardt2023.kept`` writes those in ``results`` again. Nothing is
trained, and the résumés are not needed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from criticalmass.measures import Count
from criticalmass.papers.hardt2023 import figure2, figure3, figure4, figure5, figure6
from criticalmass.papers.hardt2023.experiment import Experiment
from criticalmass.papers.hardt2023.setup import SIZES, Options, Results, Setup
from criticalmass.studies import Row

RESULTS = Path(__file__).parent / "results"
FIGURES: Mapping[str, Experiment] = {
    figure.name: figure
    for figure in (figure2.FIGURE, figure3.FIGURE, figure4.FIGURE, figure5.FIGURE, figure6.FIGURE)
}


def names(results: Path = RESULTS) -> list[str]:
    """Return which trials are kept in a folder, such as ``figure2-linear-text-small``."""
    return sorted(path.stem for path in results.glob("figure*-*.csv"))


def trials(name: str, results: Path = RESULTS) -> Results:
    """Return the kept trials of one figure, learner and size, by what was varied.

    Parameters
    ----------
    name
        One of `names`.
    results
        The folder that they are read from.
    """
    varied = FIGURES[name.partition("-")[0]].varied
    found: dict[tuple[str, ...], list[Row]] = {}
    with (results / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(tuple(row[part] for part in varied), []).append(_row(row))
    return found


def verdicts(name: str, results: Path = RESULTS) -> str:
    """Return what today's judge says of kept trials, as the text of ``verdicts.md``.

    Parameters
    ----------
    name
        One of `names`: the figure, the learner and the size.
    results
        The folder that the trials are read from. Its ``classes.csv`` says how many of the training
        résumés hold each class.
    """
    figure, _, of = name.partition("-")
    learner, _, size = of.rpartition("-")
    with (results / "classes.csv").open(encoding="utf-8", newline="") as file:
        holding = {
            row["class"]: int(row["holding"])
            for row in csv.DictReader(file)
            if (row["learner"], row["size"]) == (learner, size)
        }
    options = Options(learner, size)
    setup = Setup(SIZES[learner, size], results, options, holding=holding)
    rows = trials(name, results)
    failed = sum(bool(row.error) for series in rows.values() for row in series)
    return FIGURES[figure].summary(setup, FIGURES[figure].judge(setup, rows), failed)


def judge_anew(results: Path = RESULTS) -> Iterator[Path]:
    """Write the verdicts in a folder again, and yield the files whose words or numbers changed."""
    for name in names(results):
        path, text = results / f"{name}.md", verdicts(name, results)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            yield path


def _row(cells: dict[str, str]) -> Row:
    return Row(
        key="",
        strategy="",
        asked=float(cells["asked"]),
        repetition=int(cells["repetition"]),
        alpha=float(cells["alpha"]),
        members=int(cells["members"]),
        changed=int(cells["changed"]),
        n=int(cells["n"]),
        results={
            name: Count(int(cells[name]), int(cells["n"]))
            for name in ("included", "top1")
            if cells[name]
        },
        accuracy=float(cells["accuracy"]),
        precision=float(cells["precision"]),
        recall=float(cells["recall"]),
        seconds=float(cells["seconds"]),
        error=cells["error"],
    )


if __name__ == "__main__":
    for changed in judge_anew():
        print(changed)
