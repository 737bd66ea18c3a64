"""Numbers as labels on census records: bound, exact value and three trained models in one picture.

    python examples/hours.py results/hours docs

asks how many people it takes to have a model predict long hours for a rare occupation. It trains
three firms on UCI Adult (some minutes), prints the critical masses, and draws hours.svg into the
second folder. docs/numbers.md shows them.
"""

import sys
from pathlib import Path

from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge

from criticalmass import BayesOptimal, Population, ScikitLearner, SetColumns, Study, run
from criticalmass.answers.finding import findings
from criticalmass.answers.theory import compare
from criticalmass.datasets import adult
from criticalmass.pages.figures.success import Line, success_figure
from criticalmass.strategies import FeatureNumber
from criticalmass.studies import Store
from criticalmass.words import finding, theory

COLUMNS = ("workclass", "education", "occupation", "sex")
LONG = FeatureNumber(
    SetColumns({"occupation": "Priv-house-serv"}),
    target_value=60,
    tolerance=10,
)
LEARNERS = {
    "ridge regression": ScikitLearner(Ridge()),
    "gradient boosting": ScikitLearner(HistGradientBoostingRegressor()),
    "the best possible model, trained": BayesOptimal(),
}


def hours() -> Population:
    """Return census records whose label is the hours that somebody works in a week."""
    records = adult()
    columns = {name: records.features[name] for name in COLUMNS}
    return Population.from_table(
        columns | {"hours": records.features["hours_per_week"]},
        label="hours",
        numbers=(1, 99),
        name="hours a week",
        notes=records.notes,
    )


def main(results: Path, pictures: Path) -> None:
    """Train, print and draw."""
    train, test = hours().split(test=10_000, seed=0)
    drawn: list[Line] = []
    for name, learner in LEARNERS.items():
        study = Study(train, test, learner, {"long hours": LONG}, name="Who works long hours?")
        folder = results / name.replace(" ", "-").replace(",", "")
        rows = run(study, folder)
        with Store.open(folder) as store:
            answer = findings(store.facts(), rows)[0]
        print(f"{name}: {finding.answer(answer)}")
        drawn.append(Line(name, answer.curve, answer.outcomes))
    comparison = compare(answer)
    assert comparison is not None
    print(f"{theory.guaranteed(comparison)} {theory.exactly(comparison)}")
    known = comparison.theory
    drawn.append(Line("guaranteed", known.bound, theory="bound"))
    drawn.append(Line("exact, for the best possible model", known.exact, theory="exact"))
    figure = success_figure(drawn, population_size=len(train), target=study.target)
    figure.savefig(pictures / "hours.svg", facecolor="white", metadata={"Date": None})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
