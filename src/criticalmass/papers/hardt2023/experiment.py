"""One figure of Section 5 from end to end: run, draw, judge, and write it all down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from criticalmass.measures import Count
from criticalmass.papers.hardt2023.masses import SEEDS
from criticalmass.papers.hardt2023.setup import (
    CLASSES,
    JUDGED_BY,
    SIZES,
    TARGET,
    Options,
    Results,
    Setup,
)
from criticalmass.papers.verdicts import Verdict, as_rows, in_markdown, write_table
from criticalmass.studies import Row

_ROW = ("asked", "alpha", "members", "changed", "repetition", "n", "accuracy")
_REST = ("included", "top1", "precision", "recall", "seconds", "error")
_ALWAYS = (
    f"Classes 0, 1 and 2 are {', '.join(CLASSES)}: the paper's names and shares agree with them.",
    "Which résumés are trained on and which are measured on, seeds, and the shares tried.",
    f"Consistent success is {TARGET:.0%} of the marked test résumés.",
)
_MEANING = (
    "“Agrees”: the whole interval lies in what the paper claims: on its side of its number, or "
    "within what we call near, around or the same. “Disagrees”: the whole interval lies outside. "
    "“Not settled”: it lies on both sides, or there are too few trials. “Another size”: there were "
    "more or fewer résumés than the paper's, nobody knows whether critical mass carries over from "
    "one number of résumés to another as heads or as a share, and the answers to both differ. In "
    "brackets is what our number would be at the paper's size if the other one carried over.",
    "What the intervals cover. For a critical mass: how trials scatter, which résumés were tested, "
    f"and what another seed of the fit may change, judged from {len(SEEDS)} seeds. For a "
    "probability: only what another seed may change. For a clean model: which résumés were tested, "
    "and how trained models differ; models that are exactly alike count once. For a difference: "
    "how trials scatter, not which résumés were tested, unless all repetitions gave the same. In "
    "brackets is the largest difference at one size, with an interval that allows for the number "
    "of sizes.",
    "In the rows, `asked` is the share tried, `alpha` the share that joined, `changed` how many "
    "records differ, `included` and `top1` how many of `n` marked test résumés succeeded.",
)


@dataclass(frozen=True)
class Experiment:
    """A figure of the paper: how it is measured, drawn and judged.

    Parameters
    ----------
    name
        Such as ``"figure2"``.
    varied
        What the parts of a result's key are.
    measure
        Runs the studies.
    draw
        Draws what came of them.
    judge
        Sets it beside the paper's claims.
    assumed
        What the paper does not say, apart from what all figures assume.
    """

    name: str
    varied: tuple[str, ...]
    measure: Callable[[Setup], Results]
    draw: Callable[[Setup, Results], Figure]
    judge: Callable[[Setup, Results], list[Verdict]]
    assumed: tuple[str, ...] = ()

    def reproduce(self, folder: Path, options: Options, setup: Setup | None = None) -> list[Path]:
        """Run what is missing and write the figure, its rows and its verdicts.

        Returns
        -------
        list of Path
            ``figureN.svg``, ``.png``, the rows as ``.csv``, the verdicts as ``.csv`` and ``.md``.
        """
        size = SIZES[options.learner, options.size]
        output = folder / f"{self.name}-{options.learner}-{options.size}"
        setup = setup or Setup(size, output, options)
        results = self.measure(setup)
        failed = [row for rows in results.values() for row in rows if row.error]
        output.mkdir(parents=True, exist_ok=True)
        figure = self.draw(setup, results)
        paths = [output / f"{self.name}.{kind}" for kind in ("svg", "png")]
        for path in paths:
            figure.savefig(path, dpi=160, facecolor="white")
        verdicts = self.judge(setup, results)
        tables = [output / f"{self.name}.csv", output / "verdicts.csv", output / "verdicts.md"]
        write_table(tables[0], *self._rows(results))
        write_table(tables[1], *as_rows(verdicts))
        tables[2].write_text(self.summary(setup, verdicts, len(failed)), encoding="utf-8")
        return [*paths, *tables]

    def _rows(self, results: Results) -> tuple[Sequence[str], list[list[object]]]:
        heading = (*self.varied, *_ROW, *_REST)
        lines = [
            [
                *key,
                *(getattr(row, name) for name in _ROW),
                *(_successes(row, measure) for measure in JUDGED_BY),
                row.precision,
                row.recall,
                round(row.seconds, 2),
                row.error,
            ]
            for key, rows in results.items()
            for row in rows
        ]
        return heading, lines

    def summary(self, setup: Setup, verdicts: Sequence[Verdict], failed: int) -> str:
        """Return the text of ``verdicts.md``."""
        trials = f", {failed} of them failed" if failed else ""
        lines = [
            f"# {self.name} with {setup.options.learner}, size {setup.options.size}{trials}",
            "",
            setup.size.cut or "Nothing was cut from the paper's experiment.",
            "",
            *in_markdown(verdicts),
            "",
            *(line for paragraph in _MEANING for line in (paragraph, "")),
            "Assumed, because the paper does not say it:",
            "",
            *(f"- {line}" for line in (*_ALWAYS, *self.assumed)),
        ]
        return "\n".join(lines) + "\n"


def _successes(row: Row, measure: str) -> int | str:
    """Return how many marked test résumés succeeded; nothing where a trial failed."""
    count = row.results.get(measure)
    return count.successes if isinstance(count, Count) else ""
