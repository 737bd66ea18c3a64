"""A study on UCI Adult with a trained scikit-learn model, as a user of tables would run it."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from criticalmass import (
    FeatureLabel,
    FeatureOnly,
    Grid,
    MoveToSubgroup,
    ScikitLearner,
    SetColumns,
    Study,
    run,
)
from criticalmass.datasets import adult

RARE = SetColumns({"occupation": "Armed-Forces", "workclass": "Without-pay"})


def test_a_rare_combination_of_categories_is_easy_to_plant(real, tmp_path):
    people = adult(real("adult.parquet")).take(np.arange(6000))
    train, test = people.split(test=1000, seed=0)
    study = Study(
        train,
        test,
        ScikitLearner(HistGradientBoostingClassifier(max_iter=30)),
        {
            "rare": FeatureLabel(RARE, ">50K"),
            "rare, no label": FeatureOnly(RARE, ">50K"),
            "help a subgroup": FeatureLabel(
                MoveToSubgroup({"sex": "Female", "education": "HS-grad"}), ">50K"
            ),
        },
        Grid((0.001, 0.01, 0.1), repetitions=1),
    )
    rows = run(study, tmp_path)
    assert not any(row.error for row in rows)
    rate = {(row.strategy, row.asked): row.rate("included") for row in rows}
    assert rate["rare", 0.0] < 0.4
    assert rate["rare", 0.1] > 0.95
    assert rate["rare, no label", 0.1] > rate["rare, no label", 0.0]
    assert rate["help a subgroup", 0.1] > rate["help a subgroup", 0.0]
    changed = {(row.strategy, row.asked): row.changed for row in rows}
    assert changed["rare", 0.1] == 500
    assert changed["rare, no label", 0.1] < 200
