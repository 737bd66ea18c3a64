"""Bound, exact value and three trained models on census records, in one picture a strategy.

    python examples/adult.py results/adult docs

trains what examples/adult.toml says with three learners (some minutes), prints the critical masses,
and draws adult-plant.svg and adult-erase.svg into the second folder. docs/adult.md shows them.
"""

import sys
from dataclasses import replace
from pathlib import Path

from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from criticalmass import BayesOptimal, ScikitLearner, read_study, run
from criticalmass.answers.finding import findings
from criticalmass.answers.theory import compare
from criticalmass.pages.figures.success import Line, success_figure
from criticalmass.studies import Store
from criticalmass.words import finding, theory

LEARNERS = {
    "logistic regression": ScikitLearner(LogisticRegression(max_iter=2000)),
    "gradient boosting": ScikitLearner(HistGradientBoostingClassifier()),
    "the best possible model, trained": BayesOptimal(),
}


def main(results: Path, pictures: Path) -> None:
    """Train, print and draw."""
    study = read_study(Path(__file__).parent / "adult.toml")
    lines: dict[str, list[Line]] = {name: [] for name in study.strategies}
    for name, learner in LEARNERS.items():
        folder = results / name.replace(" ", "-").replace(",", "")
        rows = run(replace(study, learner=learner), folder)
        with Store.open(folder) as store:
            facts = store.facts()
        for answer in findings(facts, rows):
            print(f"{name}: {finding.answer(answer)}")
            lines[answer.strategy].append(Line(name, answer.curve, answer.outcomes))
    for strategy, drawn in lines.items():
        answer = next(a for a in findings(facts, rows) if a.strategy == strategy)
        comparison = compare(answer)
        assert comparison is not None
        print(f"{strategy}: {theory.guaranteed(comparison)} {theory.exactly(comparison)}")
        known = comparison.theory
        drawn.append(Line(f"guaranteed: {known.theorem}", known.bound, theory="bound"))
        drawn.append(Line("exact, for the best possible model", known.exact, theory="exact"))
        figure = success_figure(drawn, population_size=len(study.population), target=study.target)
        figure.savefig(
            pictures / f"adult-{strategy}.svg", facecolor="white", metadata={"Date": None}
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
