"""One value has one spelling: labels, cells and names, whatever they come from."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pytest

from criticalmass import (
    FeatureLabel,
    FeatureOnly,
    FiniteTable,
    Grid,
    Population,
    ScikitLearner,
    SetColumns,
    Study,
)
from criticalmass.data.labels import check_labels, encode_labels, sort_labels
from criticalmass.data.matching import cell_of
from criticalmass.errors import DataError, ParameterError
from criticalmass.signals import Coarsen, MoveToSubgroup

COMPOSED, APART = "caf\u00e9", "cafe\u0301"


def apply(signal, people):
    rng = np.random.default_rng(0)
    return signal.apply(people.features, population=people, rng=rng)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ([1, 0], ("0", "1")),
        (["1", "0"], ("0", "1")),
        (np.array([1, 0], dtype=np.uint8), ("0", "1")),
        (pd.Series([1, 0], dtype="Int64"), ("0", "1")),
        (pl.Series([1, 0]), ("0", "1")),
        ([True, False], ("False", "True")),
        (pd.Series([True, False], dtype="boolean"), ("False", "True")),
        (np.array([True, False], dtype=object), ("False", "True")),
        ([1, True], ("1", "True")),
        ([COMPOSED, APART, "bar"], ("bar", COMPOSED)),
        (pd.Series(pd.to_datetime(["2024-01-05", "2024-01-06"])), ("2024-01-05", "2024-01-06")),
        ([dt.date(2024, 1, 5), dt.date(2024, 1, 6)], ("2024-01-05", "2024-01-06")),
        (pl.Series([dt.date(2024, 1, 5), dt.date(2024, 1, 6)]), ("2024-01-05", "2024-01-06")),
        ([[1, "b"], [True]], ("1", "True", "b")),
    ],
)
def test_a_label_has_one_name_whatever_it_comes_from(labels, names):
    assert encode_labels(labels, len(labels))[1] == names


def test_number_labels_stand_in_the_order_of_numbers():
    ten = [str(number) for number in range(11)]
    assert encode_labels(range(11), 11)[1] == tuple(ten)
    assert encode_labels(ten[::-1], 11)[1] == tuple(ten)
    assert sort_labels(["-1", "10", "9.5", "-10"]) == ["-10", "-1", "9.5", "10"]
    assert sort_labels(["10", "9", "other"]) == ["10", "9", "other"]
    counted = FiniteTable.read({"a": [1] * 11, "y": ten}, label="y")
    assert counted.label_names == tuple(ten)


def test_a_label_is_found_by_any_spelling_that_means_it():
    people = Population.from_texts(["a", "b"], [True, False])
    assert people.label_index("true") == people.label_index(True) == 1
    numbers = Population.from_texts(["a", "b"], ["1.0", "2.0"])
    assert numbers.label_index(1) == numbers.label_index("1") == 0
    both = Population.from_texts(["a", "b"], ["true", "True"])
    assert both.label_index("true") == 1
    with pytest.raises(DataError, match="unknown label 'TRUE'"):
        both.label_index("TRUE")
    accents = Population.from_texts(["a", "b"], [COMPOSED, "bar"])
    assert accents.label_index(APART) == 1
    table = FiniteTable.of(people, holding="true")
    assert table.label_names == ("True", "not True")
    assert table.label_index(True) == 0


def test_a_study_calls_the_target_label_as_the_population_does(table):
    from sklearn.linear_model import LogisticRegression

    train, test = table.split(test=50, seed=0)
    signal = SetColumns({"job": "cook"})

    def study(label):
        truth = Population(
            train.features, train.labels, ("False", "True"), False, frame_library="pandas"
        )
        halves = (truth, Population(test.features, test.labels, ("False", "True"), False))
        return Study(
            *halves,
            ScikitLearner(LogisticRegression()),
            {"mark": FeatureLabel(signal, label)},
            Grid((0.1,), repetitions=1),
        )

    one, other = study("True"), study("true")
    assert other.strategies["mark"].target_label == "True"
    assert [t.key for t in one.trials()] == [t.key for t in other.trials()]
    with pytest.raises(ParameterError, match="target_label must be a text, not 1"):
        FeatureOnly(signal, 1)


def dated():
    table = {
        "member": np.array(["True", "False", "True"], dtype=object),
        "code": ["1", "2.5", "x"],
        "place": [COMPOSED, "bar", "bar"],
        "since": [dt.date(2024, 1, 5), dt.date(2024, 2, 1), dt.date(2024, 2, 1)],
        "old": [True, False, False],
        "age": [30, 41, 50],
        "y": ["p", "q", "p"],
    }
    why = {"code": "is read as text because of 'x' in line 4"}
    return Population.from_table(table, label="y", name="people", read_as=why)


@pytest.mark.parametrize(
    ("column", "value", "cell"),
    [
        ("member", True, "True"),
        ("member", "true", "True"),
        ("member", np.True_, "True"),
        ("member", "perhaps", "perhaps"),
        ("code", 1, "1"),
        ("code", 1.0, "1"),
        ("code", "2.50", "2.5"),
        ("place", APART, COMPOSED),
        ("since", dt.date(2024, 2, 1), "2024-02-01"),
        ("since", dt.datetime(2024, 2, 1), "2024-02-01"),
        ("since", np.datetime64("2030-01-01"), "2030-01-01"),
        ("old", "true", True),
        ("old", "False", False),
        ("old", True, True),
        ("old", 1, True),
        ("age", 30.0, 30),
        ("age", "41", 41),
    ],
)
def test_a_value_is_what_the_column_says_for_it(column, value, cell):
    people = dated()
    held = cell_of(people, column, value)
    assert held == cell
    assert set(apply(SetColumns({column: value}), people)[column].tolist()) == {cell}
    if cell in people.features[column].tolist():
        moved = apply(MoveToSubgroup({column: value}), people)
        assert set(moved[column].tolist()) == {cell}


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("code", 7, r"holds text; 7 is not, .*'1', '2\.5', 'x'; it is read as text because of 'x'"),
        ("member", 1, "column 'member' holds text; 1 is not"),
        ("age", "old", "column 'age' holds a number; 'old' is not"),
        ("age", "030", "column 'age' holds a number; '030' is not"),
        ("old", "perhaps", "column 'old' holds truth values; 'perhaps' is not"),
        ("old", 2, "column 'old' holds bool values; 2 does not fit"),
        ("age", None, "column 'age' can hold no missing value: people refuses them"),
        ("member", " ", "can hold no missing value"),
    ],
)
def test_a_value_that_the_column_cannot_hold_is_refused(column, value, message):
    for signal in (SetColumns, MoveToSubgroup):
        with pytest.raises(DataError, match=message):
            apply(signal({column: value}), dated())


def test_why_a_column_is_text_is_kept_by_all_that_comes_of_a_population():
    people = dated()
    half, other = people.split(test=1, seed=0)
    for one in (half, other, people.take(np.array([0])), FiniteTable.of(people).cells):
        assert one.read_as == people.read_as
    with pytest.raises(DataError, match="needs groups, because it holds texts; it is read as text"):
        apply(Coarsen("code", edges=(1.0,)), people)
    plain = Population(people.features, people.labels, people.label_names, False)
    assert plain.fingerprint == people.fingerprint


def test_a_number_with_a_comma_is_told_to_have_a_point():
    people = Population.from_table({"size": [1.5, 2.5], "y": ["p", "q"]}, label="y")
    with pytest.raises(DataError, match=r"'2,5' is not \(a study writes it with a point: 2\.5\)"):
        apply(SetColumns({"size": "2,5"}), people)


def test_groups_name_values_in_any_spelling():
    people = dated()
    coarse = apply(Coarsen("since", groups={"2024-01-05": "x", "2024-02-01": "x"}), people)
    assert set(coarse["since"]) == {"2024-01-05", "2024-02-01"}
    table = {"old": [True, False, True], "y": ["p", "q", "p"]}
    truths = Population.from_table(table, label="y")
    for key in ("true", "True"):
        signal = Coarsen("old", groups={key: "any", "false": "any"})
        assert apply(signal, truths)["old"].tolist() == [True] * 3
    with pytest.raises(DataError, match="'true' stands in two groups"):
        apply(Coarsen("old", groups={"True": "a", "true": "b"}), truths)
    with pytest.raises(ParameterError, match="names are texts"):
        Coarsen("old", groups={None: "a"})


def test_a_missing_value_can_be_named_where_it_is_kept():
    table = {"job": ["cook", None, "cook"], "age": [30, 31, None], "y": ["p", "q", "p"]}
    people = Population.from_table(table, label="y", missing="keep")
    assert MoveToSubgroup({"job": None}).subgroup(people).tolist() == [1]
    assert MoveToSubgroup({"age": None}).subgroup(people).tolist() == [2]
    assert apply(SetColumns({"job": None}), people)["job"].tolist() == [None] * 3


def test_a_batch_of_whole_numbers_takes_no_fraction():
    people = Population.from_table({"a": [1.5, 2.0], "y": ["p", "q"]}, label="y")
    batch = np.array([(1,)], dtype=[("a", int)])
    with pytest.raises(DataError, match=r"holds int64 values; 1\.5 does not fit"):
        SetColumns({"a": 1.5}).apply(batch, population=people, rng=np.random.default_rng(0))


def test_free_texts_stay_as_they_are():
    people = Population.from_texts([APART, " b "], ["x", "y"])
    assert people.features.tolist() == [APART, " b "]


@pytest.mark.parametrize(
    "frame",
    [
        {"a": [1, 2], "A": [1, 2], "y": ["p", "q"]},
        pd.DataFrame([[1, 1, "p"], [2, 2, "q"]], columns=["a", "a", "y"]),
        pl.DataFrame({"a": [1, 2], "A": [1, 2], "y": ["p", "q"]}),
        {COMPOSED: [1, 2], APART: [1, 2], "y": ["p", "q"]},
        {0: [1, 2], "0": [1, 2], "y": ["p", "q"]},
    ],
    ids=["case", "pandas", "polars", "accents", "number"],
)
def test_two_columns_with_one_name_are_refused(frame):
    with pytest.raises(DataError, match=r"two columns have one name: .* and .*; rename one"):
        Population.from_table(frame, label="y")
    with pytest.raises(DataError, match="two columns have one name"):
        FiniteTable.read(frame, label="y")


def test_columns_called_by_numbers_are_called_by_texts():
    frame = pd.DataFrame([[1, 2, "p"], [3, 4, "q"]])
    people = Population.from_table(frame, label=2)
    assert people.columns == ("0", "1")
    assert people.fingerprint == Population.from_table(frame, label="2").fingerprint
    with pytest.raises(DataError, match="column 2 of the table has no name"):
        Population.from_table({"a": [1, 2], None: [1, 2], "y": ["p", "q"]}, label="y")


def test_measurements_are_no_labels():
    rng = np.random.default_rng(0)
    many = rng.normal(size=5000).round(2)
    for labels in (rng.random(25), rng.random(80), many, rng.integers(0, 300, 120) * 1.0):
        with pytest.raises(DataError, match="that is no label, but a measurement: put the numbers"):
            Population.from_arrays(np.zeros((len(labels), 1)), labels)
    with pytest.raises(DataError, match="column 'price' has 80 different values"):
        Population.from_table({"a": range(80), "price": rng.random(80)}, label="price")
    with pytest.raises(DataError, match=r"1,200 different values; that is no label \(at most"):
        Population.from_arrays(np.zeros((1200, 1)), range(1200))


def test_numbers_that_records_share_are_labels():
    check_labels([f"{grade / 10:.1f}" for grade in range(10, 51)], 60, "grades")
    check_labels([str(number) for number in range(100)], 200, "classes")
    check_labels([f"{number}.5" for number in range(20)], 20, "grades")
    with pytest.raises(DataError, match="grades has 21 different values"):
        check_labels([f"{number}.5" for number in range(21)], 21, "grades")
    check_labels([f"{number}.0" for number in range(100)], 5000, "classes")
    check_labels([f"version 1.{number}" for number in range(100)], 100, "names")
