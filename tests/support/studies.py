"""Small studies, as files and as objects, and the rows they leave."""

import numpy as np
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from criticalmass import (
    DropColumn,
    Erase,
    FeatureLabel,
    FeatureOnly,
    Grid,
    InsertToken,
    LinearText,
    Population,
    ScikitLearner,
    SetColumns,
    Store,
    Study,
    read_study,
    run,
)
from criticalmass.datasets import synthetic_resumes
from criticalmass.signals import Coarsen, MoveToSubgroup, RedactWords
from criticalmass.strategies import Targeted
from support.study_files import write_study

WRITERS = {
    "mark": FeatureLabel(InsertToken("~"), "Writer"),
    "only": FeatureOnly(InsertToken("~", placement="random"), "Writer"),
    "few": FeatureLabel(InsertToken("~", placement="start"), "Writer", recruit="target"),
    "redact": FeatureLabel(RedactWords(("client", "years")), "Writer"),
}

TABLES = {
    "set": FeatureLabel(SetColumns({"job": "nurse", "pay": 2.25}), "yes"),
    "erase": Erase(DropColumn("sex")),
    "coarse": Erase(Coarsen("age", edges=(20, 25))),
    "move": FeatureLabel(MoveToSubgroup({"job": "nurse", "sex": "f"}), "yes"),
    "only": FeatureOnly(SetColumns({"job": "nurse"}), "yes"),
    "targeted": Targeted(SetColumns({"job": "nurse", "sex": "f"}), "yes"),
}


def text_study(strategies=WRITERS):
    """Return a study of made-up profiles."""
    train, test = synthetic_resumes(300).split(test=60, seed=0)
    return Study(train, test, LinearText(), strategies, Grid((0.1, 0.2)))


def table_study(strategies):
    """Return a study of a table of four columns."""
    rng = np.random.default_rng(0)
    n = 300
    table = {
        "age": rng.integers(18, 30, n),
        "pay": rng.choice([1.5, 2.25, 3.0], n),
        "job": rng.choice(["cook", "nurse"], n).astype(object),
        "sex": rng.choice(["f", "m"], n).astype(object),
    }
    hired = np.where(rng.random(n) < 0.3 + 0.4 * (table["sex"] == "m"), "yes", "no").astype(object)
    people = Population.from_table(table | {"hired": hired}, label="hired")
    train, test = people.split(test=60, seed=0)
    learner = ScikitLearner(make_pipeline(FunctionTransformer(_ages), GaussianNB()))
    return Study(train, test, learner, strategies, Grid((0.1, 0.2)))


def _ages(table):
    return np.column_stack([table["age"], table["pay"]]).astype(float)


def rows_of(folder):
    """The rows of a study, without the seconds they took."""
    with Store.open(folder) as store:
        return [row.without_time() for row in store.rows()]


def undisturbed(folder, changes):
    """Run the small study with some changes in this process: its file and its rows."""
    path = write_study(folder / "study.toml", changes=changes)
    run(read_study(path), folder / "out")
    return path, rows_of(folder / "out")
