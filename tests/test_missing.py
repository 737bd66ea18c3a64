"""Records with missing values: refused, or kept as a value of its own."""

from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from criticalmass import (
    BayesOptimal,
    DropColumn,
    Edit,
    Erase,
    FeatureLabel,
    FiniteTable,
    Grid,
    LinearText,
    Population,
    RiskMinimizer,
    ScikitLearner,
    SetColumns,
    Study,
)
from criticalmass.contracts import check_learner, check_signal, check_strategy
from criticalmass.data.readers import Reading
from criticalmass.errors import DataError, ParameterError
from criticalmass.risks.design import Design, numeric
from criticalmass.signals import Coarsen


def columns(n=80):
    rng = np.random.default_rng(0)
    ages = [None if i % 5 == 0 else int(a) for i, a in enumerate(rng.integers(20, 60, n))]
    jobs = [None if i % 7 == 0 else str(j) for i, j in enumerate(rng.choice(["cook", "nurse"], n))]
    member = [None if i % 9 == 0 else bool(i % 2) for i in range(n)]
    hired = ["yes" if (a or 40) > 40 else "no" for a in ages]
    return {"age": ages, "job": jobs, "member": member, "hired": hired}


@pytest.fixture(scope="module")
def holed():
    return Population.from_table(columns(), label="hired", name="people", missing="keep")


FRAMES = [dict, pd.DataFrame, pl.DataFrame]


@pytest.mark.parametrize("make", FRAMES)
def test_missing_values_are_refused_in_one_line_that_says_what_to_do(make):
    with pytest.raises(DataError) as refused:
        Population.from_table(make(columns()), label="hired", name="people")
    assert str(refused.value) == (
        "people: 16 of 80 records have a missing value in column 'age' (first: record 0); "
        'fill it, leave them out, or say missing = "keep"'
    )


@pytest.mark.parametrize("make", FRAMES)
def test_kept_they_are_nan_among_numbers_and_none_among_texts(make, holed):
    people = Population.from_table(make(columns()), label="hired", missing="keep")
    assert people.features["age"].dtype == float
    assert np.isnan(people.features["age"]).sum() == 16
    assert people.features["job"][0] is None
    assert set(people.features["member"]) == {"True", "False", None}
    assert people.fingerprint == holed.fingerprint


@pytest.mark.parametrize(
    "cell",
    [None, float("nan"), np.nan, pd.NA, pd.NaT, np.datetime64("NaT"), Decimal("NaN"), "", " \t"],
    ids=repr,
)
def test_every_way_to_write_nothing_is_one(cell):
    table = {"job": np.array(["cook", cell, "cook"], dtype=object), "y": ["a", "b", "b"]}
    with pytest.raises(DataError, match="1 of 3 records have a missing value in column 'job'"):
        Population.from_table(table, label="y")
    people = Population.from_table(table, label="y", missing="keep")
    assert people.features["job"].tolist() == ["cook", None, "cook"]


@pytest.mark.parametrize(
    "series",
    [
        pd.Series([1, None], dtype="Int64"),
        pd.Series([1, None], dtype="category"),
        pl.Series([1, None], dtype=pl.UInt8),
        pl.Series([1.0, None]),
        pl.Series([1.0, float("nan")]),
        np.ma.array([1, 2], mask=[False, True]),
    ],
    ids=lambda series: f"{type(series).__module__} {series.dtype}",
)
def test_columns_of_numbers_stay_numbers(series):
    people = Population.from_table({"a": series, "y": ["p", "q"]}, label="y", missing="keep")
    assert people.features["a"].dtype == float
    assert np.array_equal(people.features["a"], [1, np.nan], equal_nan=True)


def test_a_label_and_a_text_may_never_be_missing():
    for labels in (["x", None], ["x", ""], [{"x"}, {None}], [1.0, float("nan")]):
        with pytest.raises(DataError, match=r"1 records have no label \(first: record 1\)"):
            Population.from_texts(["a", "b"], labels, missing="keep")
    with pytest.raises(DataError, match="1 of 2 records have no label in column 'y'"):
        Population.from_table({"a": [1, 2], "y": ["p", None]}, label="y", missing="keep")
    with pytest.raises(DataError, match="record 1 is missing"):
        Population.from_texts(["a", None], ["x", "y"], missing="keep")


def test_arrays_may_keep_nan():
    array = np.array([[0.0, 1.0], [np.nan, 2.0], [np.nan, 2.0]])
    with pytest.raises(DataError, match="2 of 3 records have a missing value in the array"):
        Population.from_arrays(array, ["x", "y", "y"])
    people = Population.from_arrays(array, ["x", "y", "y"], missing="keep")
    assert len(FiniteTable.of(people)) == 2


def test_whether_they_are_kept_has_two_answers():
    with pytest.raises(ParameterError, match="unknown missing 'drop'"):
        Population.from_texts(["a", "b"], ["x", "y"], missing="drop")


def test_halves_edits_and_cells_keep_them(holed):
    train, test = holed.split(test=20, seed=0)
    assert train.missing == test.missing == FiniteTable.of(holed).cells.missing == "keep"
    everyone = np.arange(len(holed))
    same = Edit.of(holed, everyone, holed.features, holed.labels)
    assert not len(same.rows)
    assert same.apply(holed).fingerprint == holed.fingerprint


def test_the_fingerprint_tells_a_missing_value_from_the_text_none():
    one, other = (
        Population.from_table({"a": ["u", cell], "y": ["p", "q"]}, label="y", missing="keep")
        for cell in (None, "None")
    )
    assert one.fingerprint != other.fingerprint
    assert len(FiniteTable.of(one)) == 2


def test_the_fingerprint_is_blind_to_how_nan_is_coded():
    odd = np.array([0x7FF8000000000001, 0x7FF8000000000000], dtype=np.uint64).view(float)
    one, other = (
        Population.from_arrays(array, ["x", "y"], missing="keep") for array in (odd, odd[::-1])
    )
    assert one.fingerprint == other.fingerprint


def test_a_finite_table_counts_them_as_one_record_and_finds_them_again():
    table = {
        "age": [30, None, None, 30, None],
        "job": ["None", None, None, None, "None"],
        "y": ["p", "q", "p", "p", "q"],
    }
    people = Population.from_table(table, label="y", missing="keep")
    counted = FiniteTable.of(people)
    assert counted.totals.tolist() == [1, 1, 1, 2]  # missing ones come last
    assert counted.locate(people.features).tolist() == [0, 3, 3, 1, 2]
    read = FiniteTable.read(pd.DataFrame(table), label="y", reading=Reading(missing="keep"))
    assert read.cells.fingerprint == counted.cells.fingerprint
    assert np.array_equal(read.counts, counted.counts)


def test_a_bin_of_their_own_is_never_that_of_a_number_or_a_text():
    table = {
        "age": [30, None, 99, 35],
        "job": ["None", None, "cook", "baker"],
        "y": ["p", "q", "p", "q"],
    }
    people = Population.from_table(table, label="y", missing="keep")
    rng = np.random.default_rng(0)

    def apply(signal):
        return signal.apply(people.features, population=people, rng=rng)

    ages = apply(Coarsen("age", edges=(20, 40)))["age"]
    assert np.isnan(ages).tolist() == [False, True, False, False]
    jobs = apply(Coarsen("job", groups={"cook": "food", "baker": "food"}))["job"]
    assert jobs.tolist()[:2] == ["None", None]


def test_nobody_is_led_to_a_missing_value_where_another_record_agrees():
    table = {"age": [30, None, 30, None], "job": [None, None, "cook", None], "y": list("pqpq")}
    people = Population.from_table(table, label="y", missing="keep")
    rng = np.random.default_rng(0)
    led = DropColumn("job").apply(people.features, population=people, rng=rng)
    assert led["job"].tolist() == ["cook", None, "cook", None]


def test_bayes_optimal_knows_records_with_missing_values(holed):
    check_learner(BayesOptimal(), holed, Edit.nothing(holed))


@pytest.mark.parametrize("estimator", [HistGradientBoostingClassifier, DecisionTreeClassifier])
def test_classifiers_that_take_them_get_them(estimator, holed):
    check_learner(ScikitLearner(estimator()), holed, Edit.nothing(holed))


def test_a_missing_text_is_a_category():
    table = {
        "job": [None, "cook", None, "cook", "None"] * 6,
        "y": ["yes", "no", "yes", "no", "no"] * 6,
    }
    people = Population.from_table(table, label="y", missing="keep")
    learner = ScikitLearner(LogisticRegression())
    prepared = learner.prepare(people)
    model = learner.fit(prepared, Edit.nothing(people), seed=0)
    said = model.scores(prepared.encode(people.features[:5])).argmax(axis=1)
    assert [people.label_names[j] for j in said] == ["yes", "no", "yes", "no", "no"]


def keep_ages(frame):
    """Return the ages, and check that missing ones are the library's own null."""
    ages = frame["age"]
    if isinstance(frame, pd.DataFrame):
        assert ages.isna().sum() == frame["job"].isna().sum() == 16
    else:
        assert ages.null_count() == frame["job"].null_count() == 16
    return ages.to_numpy().reshape(-1, 1)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_a_pipeline_gets_the_null_of_its_library(make):
    table = {
        "age": [None, 30, 40, 50, 60] * 16,
        "job": ["cook", None, "cook", "a", "b"] * 16,
        "y": [str(i % 5 > 2) for i in range(80)],
    }
    people = Population.from_table(make(table), label="y", missing="keep")
    pipeline = make_pipeline(FunctionTransformer(keep_ages), SimpleImputer(), LogisticRegression())
    learner = ScikitLearner(pipeline)
    learner.fit(learner.prepare(people), Edit.nothing(people), seed=0)
    bare = ScikitLearner(make_pipeline(FunctionTransformer(keep_ages), LogisticRegression()))
    with pytest.raises(DataError, match="column 'age' has missing values, which Pipeline does not"):
        bare.fit(bare.prepare(people), Edit.nothing(people), seed=0)


def test_learners_that_take_none_say_so_in_one_line(holed):
    for prepare in (
        ScikitLearner(LogisticRegression()).prepare,
        RiskMinimizer().prepare,
        Design.of,
        numeric,
    ):
        with pytest.raises(DataError, match="people: column 'age' has missing values, which") as no:
            prepare(holed)
        assert "\n" not in str(no.value)
    with pytest.raises(DataError, match="learns from texts"):
        LinearText().prepare(holed)


def test_test_records_with_missing_values_are_refused_by_models_with_parameters():
    whole = Population.from_table({"a": [1.0, 2.0, 3.0], "y": ["p", "q", "p"]}, label="y")
    with pytest.raises(DataError, match="column 'a' has missing values"):
        Design.of(whole).encode(np.array([(np.nan,)], dtype=whole.features.dtype))


@pytest.mark.parametrize("where", ["training", "test"])
def test_a_study_knows_at_once_that_its_learner_takes_no_missing_values(where):
    half = columns(120)
    whole = half | {"age": list(range(120)), "job": ["cook"] * 120, "member": [True] * 120}
    late = whole | {"age": [*range(119), None]}
    tables = (late, whole) if where == "training" else (whole, late)
    halves = [Population.from_table(one, label="hired", missing="keep") for one in tables]

    def study(estimator):
        strategies = {"mark": FeatureLabel(SetColumns({"job": "cook"}), "yes")}
        return Study(*halves, ScikitLearner(estimator), strategies, Grid((0.1,), 1))

    with pytest.raises(DataError, match="column 'age' has missing values, which LogisticRegr"):
        study(LogisticRegression()).check()
    study(HistGradientBoostingClassifier()).check()


def test_signals_and_strategies_keep_their_contracts(holed):
    check_signal(SetColumns({"job": "cook"}), holed)
    check_strategy(FeatureLabel(SetColumns({"age": 30}), "yes"), holed)
    check_strategy(Erase(DropColumn("job")), holed)
    check_strategy(Erase(Coarsen("age", edges=(40,))), holed)


def test_the_fingerprint_of_a_tidy_population_does_not_depend_on_what_would_be_kept():
    table = {"a": [1.5, 2.5], "b": ["u", "v"], "y": ["p", "q"]}
    one, other = (
        Population.from_table(table, label="y", missing=missing) for missing in ("keep", "refuse")
    )
    assert one.fingerprint == other.fingerprint


def test_large_whole_numbers_are_not_rounded_to_make_room():
    with pytest.raises(DataError, match="column 'id' holds 9007199254740993 beside"):
        Population.from_table({"id": [2**53 + 1, None], "y": ["p", "q"]}, label="y", missing="keep")
