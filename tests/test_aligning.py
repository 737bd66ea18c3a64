"""Training and test records that were made apart."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from criticalmass import (
    FeatureLabel,
    Grid,
    InsertToken,
    LinearText,
    Population,
    ScikitLearner,
    SetColumns,
    Study,
    run,
)
from criticalmass.data.aligning import aligned
from criticalmass.errors import DataError, StudyError


def columns(n, seed):
    rng = np.random.default_rng(seed)
    return {
        "age": rng.integers(20, 60, n),
        "job": rng.choice(["cook", "nurse"], n),
        "y": rng.choice(["no", "yes"], n),
    }


def study(train, test, label="yes", **more):
    return Study(
        train,
        test,
        ScikitLearner(LogisticRegression()),
        {"mark": FeatureLabel(SetColumns({"job": "cook"}), label)},
        Grid((0.2,), repetitions=1),
        **more,
    )


def test_columns_are_matched_by_name(tmp_path):
    train = Population.from_table(columns(60, 0), label="y")
    held = columns(20, 1)
    test = Population.from_table(held, label="y")
    other = Population.from_table({name: held[name] for name in ("y", "job", "age")}, label="y")
    assert other.columns == ("job", "age")
    assert study(train, other).test.fingerprint == test.fingerprint
    rows = [run(study(train, half), tmp_path / str(j)) for j, half in enumerate((test, other))]
    assert [row.results for row in rows[0]] == [row.results for row in rows[1]]


def test_halves_that_fit_stay_as_they_are(table):
    train, test = table.split(test=50, seed=0)
    assert aligned(train, test) == (train, test)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"age": None}, "training records have a column 'age', which test records lack"),
        ({"more": [1] * 20}, "test records have a column 'more', which training records lack"),
        ({"age": ["x"] * 20}, "column 'age' holds texts in the test records alone"),
    ],
)
def test_other_columns_are_refused_by_name(change, message):
    train = Population.from_table(columns(60, 0), label="y")
    held = columns(20, 1) | change
    test = {name: values for name, values in held.items() if values is not None}
    with pytest.raises(DataError, match=message):
        study(train, Population.from_table(test, label="y"))


def test_why_a_half_holds_texts_is_told():
    train = Population.from_table(columns(60, 0), label="y")
    why = {"age": "is read as text because of '2,5' in line 3"}
    test = Population.from_table(columns(20, 1) | {"age": ["2,5"] * 20}, label="y", read_as=why)
    with pytest.raises(DataError, match="there it is read as text because of '2,5' in line 3"):
        aligned(train, test)


def test_arrays_of_other_shapes_are_refused(images):
    other = Population.from_arrays(np.zeros((4, 5, 5)), list(images.label_names[:2]) * 2)
    with pytest.raises(DataError, match=r"differ in shape: \(6, 6\) and \(5, 5\)"):
        aligned(images, other)


def test_kinds_and_sets_must_agree(texts, table):
    with pytest.raises(StudyError, match="differ in their labels or their kind: texts and table"):
        aligned(texts, table)
    single = Population.from_texts(["a", "b"], ["x", "y"])
    with pytest.raises(StudyError, match="kind: sets of labels and one label each"):
        aligned(texts, single)


def test_a_label_that_the_test_records_lack_is_told(tmp_path):
    held = columns(60, 0)
    held["y"] = np.where(np.arange(60) < 2, "violinist", held["y"])
    train = Population.from_table(held, label="y")
    test = Population.from_table(columns(20, 1), label="y")
    one = study(train, test)
    assert one.population.label_names == one.test.label_names == ("no", "violinist", "yes")
    note = "1 label is held in the training records alone: 'violinist'."
    assert note in one.population.notes
    assert note in one.test.notes
    assert one.population.fingerprint == train.fingerprint
    assert len(run(one, tmp_path)) == 2


def test_a_label_that_the_training_records_lack_is_told(tmp_path):
    train = Population.from_table(columns(60, 0), label="y")
    held = columns(20, 1)
    held["y"][:2] = "no!"
    one = study(train, Population.from_table(held, label="y"))
    assert "1 label is held in the test records alone: 'no!'." in one.population.notes
    assert not any(row.error for row in run(one, tmp_path))
    with pytest.raises(DataError, match="no record of population holds the label 'no!'"):
        study(train, one.test, label="no!").check()


def test_labels_of_both_spellings_are_one():
    train = Population.from_texts(["a", "b"], [True, False])
    test = Population.from_texts(["c", "d"], ["true", "false"])
    assert aligned(train, test)[1].label_names == ("False", "True")
    assert aligned(train, test)[1].labels.tolist() == [[False, True], [True, False]]


def test_sets_of_labels_are_united():
    train = Population.from_texts(["a b", "b c", "c"] * 8, [{"x"}, {"y"}, set()] * 8)
    test = Population.from_texts(["a", "b"], [{"x", "z"}, {"x"}])
    one = Study(
        train,
        test,
        LinearText(),
        {"mark": FeatureLabel(InsertToken("*"), "x")},
        Grid((0.2,), repetitions=1),
    )
    assert one.test.labels.tolist() == [[True, False, True], [True, False, False]]
    assert one.test.notes == (
        "1 label is held in the training records alone: 'y'.",
        "1 label is held in the test records alone: 'z'.",
    )


def test_the_index_of_a_frame_is_no_column():
    frame = pd.DataFrame(columns(20, 0)).set_index(np.arange(20)[::-1])
    people = Population.from_table(frame, label="y")
    assert people.fingerprint == Population.from_table(columns(20, 0), label="y").fingerprint
