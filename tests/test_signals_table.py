import numpy as np
import pytest

from criticalmass import SetColumns
from criticalmass.errors import DataError, ParameterError
from criticalmass.signals import MoveToSubgroup


def apply(signal, people, rows=slice(None), seed=0):
    rng = np.random.default_rng(seed)
    return signal.apply(people.features[rows], population=people, rng=rng)


def test_set_columns_changes_those_alone(table):
    marked = apply(SetColumns({"job": "cook", "age": 99}), table)
    assert set(marked["job"]) == {"cook"}
    assert set(marked["age"]) == {99}
    assert np.array_equal(marked["hours"], table.features["hours"])


def test_set_columns_is_idempotent(table):
    signal = SetColumns({"job": "cook"})
    once = apply(signal, table)
    twice = signal.apply(once, population=table, rng=np.random.default_rng(0))
    assert np.array_equal(once, twice)


def test_move_to_subgroup_gives_records_that_exist_there(table):
    marked = apply(MoveToSubgroup({"job": "nurse"}), table, slice(50))
    assert set(marked["job"]) == {"nurse"}
    assert np.isin(marked["hours"], table.features["hours"][table.features["job"] == "nurse"]).all()
    assert len(np.unique(marked["hours"])) > 10


@pytest.mark.parametrize(
    ("signal", "message"),
    [
        (SetColumns({"jbo": "cook"}), "unknown column 'jbo'; did you mean 'job'"),
        (SetColumns({"age": "old"}), "column 'age' holds a number; 'old' is not"),
        (SetColumns({"job": 3}), "column 'job' holds text; 3 is not"),
        (SetColumns({"age": 30.5}), "column 'age' holds int64 values; 30.5 does not fit"),
        (MoveToSubgroup({"job": "pilot"}), "no record of applicants has job = pilot"),
        (MoveToSubgroup({"jobs": "cook"}), "unknown column 'jobs'"),
    ],
)
def test_what_does_not_fit_the_table_is_refused(signal, message, table):
    with pytest.raises(DataError, match=message):
        apply(signal, table)


def test_refuses_what_is_no_table(texts):
    with pytest.raises(DataError, match="these records are not a table"):
        apply(SetColumns({"job": "cook"}), texts)


@pytest.mark.parametrize("make", [SetColumns, MoveToSubgroup])
def test_needs_a_column(make):
    with pytest.raises(ParameterError, match="at least one column"):
        make({})
