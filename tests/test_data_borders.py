"""Records and cells at their borders: the largest number, the last record, the smallest group."""

import datetime as dt
import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from criticalmass import Population
from criticalmass.data.edit import Edit
from criticalmass.data.gaps import gaps, refuse_gaps
from criticalmass.data.matching import cell_of, column_name, holds
from criticalmass.data.noise import RandomizeLabels
from criticalmass.data.numbers import EVERY, check_range, encode_numbers, in_full, range_of
from criticalmass.data.population import members_at, split_rows
from criticalmass.data.records import numbered, rows_differ, table_of
from criticalmass.data.spelling import find, meaning, number_in, spelled
from criticalmass.errors import DataError, ParameterError

# spellings


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.datetime(2024, 1, 5, 0, 0, 0, 1), "2024-01-05T00:00:00.000001"),
        (dt.datetime(2024, 1, 5, 2, tzinfo=dt.timezone(dt.timedelta(hours=3))),
         "2024-01-04T23:00:00+00:00"),
        (dt.datetime(2024, 1, 5, tzinfo=dt.UTC), "2024-01-05T00:00:00+00:00"),
        (dt.date(2024, 1, 5), "2024-01-05"),
        (dt.time(10, 30), "10:30:00"),
        (np.datetime64("2024-01-05"), "2024-01-05"),
        (np.datetime64("2024-01-05T10:30"), "2024-01-05T10:30:00"),
        (np.float32(0.1), "0.1"),
        (np.int8(-3), "-3"),
        (np.str_("a"), "a"),
        ("e\u0301", "\xe9"),
    ],
)  # fmt: skip
def test_a_value_has_one_spelling(value, text):
    assert spelled(value) == text


@pytest.mark.parametrize("digits", ["9223372036854775807", "-9223372036854775808", "0", "-7"])
def test_whole_numbers_of_64_bits_are_whole(digits):
    number = number_in(digits)
    assert (number, type(number)) == (int(digits), int)


@pytest.mark.parametrize("cell", ["9223372036854775808", "-9223372036854775809"])
def test_whole_numbers_of_more_bits_are_none_where_their_digits_are_not_held(cell):
    assert number_in(cell) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-1e5, max_value=1e5))
def test_decimals_of_few_digits_are_what_they_say(value):
    cell = f"{value:f}"
    assert number_in(cell) == float(Decimal(cell))
    assert number_in(cell.replace(".", ","), decimal=",") == float(Decimal(cell))


@pytest.mark.parametrize(
    ("cell", "decimal", "number"),
    [
        ("1.5", ",", None), ("1,5", ",", 1.5), ("1,5", ".", None), (".5", ".", 0.5), ("5.", ".", 5),
        ("1e400", ".", None), ("0.1", ".", 0.1), ("0.1000000000000000055", ".", None),
        ("0e5", ".", 0), ("00.5", ".", None), ("-", ".", None), ("", ".", None),
    ],
)  # fmt: skip
def test_a_cell_writes_a_plain_number_or_none(cell, decimal, number):
    assert number_in(cell, decimal) == number


def test_two_names_that_mean_the_same_are_not_found():
    assert find("1", ["1.0", "2"]) == "1.0"
    assert find("1", ["1.0", "1.00"]) is None
    assert find("1", ["1.0", "1"]) == "1"
    assert find("TRUE", ["true", "false"]) == "true"
    assert meaning(" 2.50 ") == meaning("2.5") == ("number", 2.5)
    assert meaning("true") != meaning("false")


# numbers as labels


def test_a_range_has_two_ends_in_order():
    assert range_of(None) is None
    assert range_of([1, np.inf]) == (1.0, math.inf)
    assert range_of((np.float64(1), np.int64(2))) == (1.0, 2.0)
    for wrong in ((1, 1), (2, 1), (1,), (1, 2, 3), "15", (True, 5), (0, False), (math.nan, 1), 5):
        with pytest.raises(ParameterError, match="the lowest and the highest number"):
            range_of(wrong)


def test_both_ends_of_a_range_may_be_held():
    check_range(np.array([1.0, 5.0]), (1.0, 5.0))
    for wrong, row in ((0.999, 2), (5.001, 2), (math.nan, 2), (math.inf, 2), (-math.inf, 2)):
        with pytest.raises(DataError, match=rf"in record {row}, and numbers lie between 1 and 5"):
            check_range(np.array([1.0, 5.0, wrong, 9.0]), (1.0, 5.0))
    with pytest.raises(DataError, match=r"holds nan in record 0$"):
        check_range(np.array([math.nan]), EVERY)
    assert [in_full(x) for x in (1e22, 0.1, -0.0, 1e-7)] == ["1e+22", "0.1", "-0", "1e-07"]


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ("12", "one number per record"),
        (5, "one number per record"),
        ([1.0], "2 records, but 1 labels"),
        ([1.0, 2.0, 3.0], "2 records, but 3 labels"),
        (np.ones((2, 2)), r"not an array of shape \(2, 2\)"),
        (np.ones((2, 1, 1)), r"not an array of shape \(2, 1, 1\)"),
        ([1.0, True], "holds True in record 1"),
        ([None, 1.0], "no number in record 0"),
        ([1.0, {"a"}], "a set of labels in record 1"),
        ([1.0, "x"], "in record 1, which is no number"),
        ([1.0, 6.0], "holds 6 in record 1"),
    ],
)
def test_numbers_that_are_none_are_named(labels, told):
    with pytest.raises(DataError, match=told):
        encode_numbers(labels, 2, (0.0, 5.0))
    assert encode_numbers(np.array([[1], [2]]), 2, (0.0, 5.0)).tolist() == [[1], [2]]


# records


@given(st.integers(0, 2**32))
def test_equal_records_have_equal_numbers_in_any_table(seed):
    """Also of so many columns that all pairs of their values could not be told apart."""
    rng = np.random.default_rng(seed)
    columns = {f"c{k}": rng.integers(0, 40, 60) for k in range(int(rng.integers(1, 20)))}
    columns["text"] = rng.choice(np.array(["a", None, "b"], dtype=object), 60)
    table = table_of(columns)
    table = np.concatenate([table, table[rng.integers(0, 60, 30)]])
    first, second = numbered(table[:50], table[50:])
    assert (len(first), len(second)) == (50, 40)
    numbers, rows = [*first, *second], table.tolist()
    assert len(set(numbers)) == len(set(rows)) == len(set(zip(numbers, rows, strict=True)))
    assert sorted(set(numbers)) == list(range(len(set(numbers))))


def test_records_differ_in_any_of_their_values():
    images = np.zeros((3, 2, 2))
    other = images.copy()
    other[1, 1, 0] = 1
    assert rows_differ(images, other).tolist() == [False, True, False]
    table = table_of({"a": np.array([1.0, np.nan]), "b": np.array(["x", None], dtype=object)})
    changed = table.copy()
    assert rows_differ(table, changed).tolist() == [False, False]
    changed["b"][0], changed["a"][1] = "y", 2.0
    assert rows_differ(table, changed).tolist() == [True, True]
    texts = np.array(["a", "b"], dtype=object)
    assert rows_differ(texts, np.array(["a", "c"], dtype=object)).tolist() == [False, True]


PEOPLE = Population.from_texts([f"text {k}" for k in range(10)], list("xyxyxyxyzz"))


def test_a_split_leaves_records_on_both_sides():
    for test in (1, 9):
        kept, held_out = PEOPLE.split(test=test, seed=3)
        assert (len(kept), len(held_out)) == (10 - test, test)
        rows, others = split_rows(10, test, 3)
        assert sorted([*rows, *others]) == list(range(10))
        assert rows.tolist() == sorted(rows)
        assert others.tolist() == sorted(others)
        assert kept.features.tolist() == PEOPLE.features[rows].tolist()
    for test in (0, 10, -1):
        with pytest.raises(ParameterError, match="between 1 and 9 records"):
            PEOPLE.split(test=test, seed=3)


def test_a_collective_has_one_member_at_least_and_all_who_may_join_at_most():
    rng = np.random.default_rng(0)
    assert len(PEOPLE.draw(1, rng=rng)) == 1
    assert PEOPLE.draw(10, rng=rng).tolist() == list(range(10))
    among = np.array([7, 2, 5])
    assert PEOPLE.draw(3, rng=rng, among=among).tolist() == [2, 5, 7]
    with pytest.raises(ParameterError, match=r"zero members: the smallest share of 10 .* is 0\.1"):
        PEOPLE.draw(0, rng=rng)
    with pytest.raises(ParameterError, match=r"4 .* only 3 of 10 .* largest share is 0\.3"):
        PEOPLE.draw(4, rng=rng, among=among)


@pytest.mark.parametrize(
    ("alpha", "size", "members"),
    [(0.29, 100, 29), (0.57, 100, 57), (0.1, 9, 0), (1.0, 7, 7), (1 / 3, 3, 1), (0.0999, 10, 0)],
)
def test_a_share_of_people_is_rounded_down_but_not_by_the_last_digit(alpha, size, members):
    assert members_at(alpha, size) == members


def test_labels_are_exchanged_among_a_share_of_the_records():
    for share, moved in ((0.0, 0), (0.5, 5), (1.0, 10)):
        mixed = RandomizeLabels(share, seed=1).apply(PEOPLE)
        assert (mixed.labels.sum(axis=0) == PEOPLE.labels.sum(axis=0)).all()
        assert (mixed.labels != PEOPLE.labels).any(axis=1).sum() <= moved
        told = f"The labels of {moved} of 10 training records"
        assert (mixed.notes == PEOPLE.notes) if not moved else mixed.notes[-1].startswith(told)
    default, zero = RandomizeLabels(0.5).apply(PEOPLE), RandomizeLabels(0.5, 0).apply(PEOPLE)
    assert (default.labels == zero.labels).all()
    for wrong in (-1e-9, 1 + 1e-9, math.nan):
        with pytest.raises(ParameterError, match="the share of random labels"):
            RandomizeLabels(wrong)


def test_an_edit_keeps_whose_labels_alone_or_features_alone_changed():
    members = np.array([1, 3, 5])
    features, labels = PEOPLE.features[members].copy(), PEOPLE.labels[members].copy()
    features[0] = "another"
    labels[1] = np.roll(labels[1], 1)
    edit = Edit.of(PEOPLE, members, features, labels)
    assert edit.rows.tolist() == [1, 3]
    assert (edit.held == labels[:2]).all()
    assert (edit.apply(PEOPLE).features != PEOPLE.features).sum() == 1
    for wrong in ((members[:2], features, labels), (members, features[:2], labels),
                  (members, features, labels[:2])):  # fmt: skip
        with pytest.raises(ParameterError, match="an edit of"):
            Edit.of(PEOPLE, *wrong)


# cells

TABLE = Population.from_table(
    {
        "age": np.array([30, 41]), "pay": np.array([1.5, 2.0]), "old": np.array([True, False]),
        "job": np.array(["1.0", "cook"], dtype=object), "y": np.array(["p", "q"], dtype=object),
    },
    label="y",
)  # fmt: skip
HOLED = Population.from_table(
    {
        "age": np.array([30, 41]), "pay": np.array([1.5, np.nan]),
        "job": np.array([None, "cook"], dtype=object), "y": np.array(["p", "q"], dtype=object),
    },
    label="y", missing="keep",
)  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value", "cell"),
    [
        ("age", " 30 ", 30), ("age", 30.0, 30), ("pay", "2", 2.0), ("old", "TRUE", True),
        ("old", " false ", False), ("old", 1, True), ("job", 1, "1.0"), ("job", "smith", "smith"),
    ],
)  # fmt: skip
def test_a_value_is_the_cell_that_means_it(column, value, cell):
    found = cell_of(TABLE, column, value)
    assert found == cell
    assert isinstance(found, str) == isinstance(cell, str)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("age", 30.5, "does not fit"),
        ("age", "x", "column 'age' holds a number; 'x' is not$"),
        ("age", "2,5", "writes it with a point: 2.5"),
        ("age", True, "holds a number; True is not"),
        ("old", "1", "holds truth values; '1' is not"),
        ("old", 2, "does not fit"),
        ("age", 2**70, "does not fit"),
        ("job", 7, "it holds '1.0', 'cook'$"),
        ("age", None, "can hold no missing value"),
        ("size", 1, "unknown column 'size'"),
    ],
)
def test_a_value_that_no_cell_means_is_refused(column, value, told):
    with pytest.raises(DataError, match=told):
        cell_of(TABLE, column, value)


def test_at_most_three_texts_of_a_column_are_named():
    for count, more in ((3, ""), (4, ", …")):
        jobs, answers = [f"j{k}" for k in range(count)], list("pqpq")[:count]
        table = Population.from_table({"job": jobs, "y": answers}, label="y")
        with pytest.raises(DataError, match=f"'j0', 'j1', 'j2'{more}$"):
            cell_of(table, "job", 5)


def test_a_missing_value_fits_where_a_column_can_hold_it():
    assert cell_of(HOLED, "job", None) is None
    assert np.isnan(cell_of(HOLED, "pay", None))
    with pytest.raises(DataError, match="no value at all does not fit"):
        cell_of(HOLED, "age", None)
    assert holds(np.array([1.0, np.nan]), 1.0).tolist() == [True, False]
    with pytest.raises(DataError, match="these records are not a table"):
        column_name(PEOPLE.features, "age")


def test_which_features_have_missing_values():
    assert gaps(HOLED) == "column 'pay' has missing values"
    assert gaps(HOLED, numbers=True) == "column 'pay' has missing values"
    texts = Population.from_table({"job": ["a", None], "y": ["p", "q"]}, label="y", missing="keep")
    assert gaps(texts) == "column 'job' has missing values"
    assert gaps(texts, numbers=True) == ""
    refuse_gaps(TABLE, "a linear model")
    with pytest.raises(DataError, match="which a tree cannot take"):
        refuse_gaps(texts, "a tree")
    array = Population.from_arrays(np.array([[1.0], [np.nan]]), ["p", "q"], missing="keep")
    assert gaps(array) == "the array has missing values"
    assert gaps(Population.from_arrays(np.ones((2, 1)), ["p", "q"], missing="keep")) == ""
