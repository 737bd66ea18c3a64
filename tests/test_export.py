"""Rows as a table that other tools read."""

import duckdb
import pandas as pd
import pytest

from criticalmass.errors import ParameterError, StoreError
from criticalmass.measures import Real
from criticalmass.studies import Row
from criticalmass.studies.store.export import export
from support.rows import counts

ROWS = [
    Row("a", "mark “it”", 0.1, 0, 0.1, 10, n=4, results=counts(4, top1=3, included=4), seconds=2.0),
    Row("b", "steer", 0.2, 1, 0.2, 20, n=4, results={"distance": Real(0.25)}),
    Row("c", "mark “it”", 0.3, 0, 0.3, 30, error='MemoryError: it\'s, "full"'),
]


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".CSV"])
def test_every_row_and_every_measure(ending, tmp_path):
    file = export(ROWS, tmp_path / f"it's rows{ending}")
    csv = ending.lower() == ".csv"
    read = pd.read_csv if csv else lambda path: duckdb.read_parquet(str(path)).df()
    table = read(file)
    assert table["key"].tolist() == ["a", "b", "c"]
    assert table["strategy"].tolist() == [row.strategy for row in ROWS]
    assert table["top1"].tolist()[0] == 0.75
    assert table["included_count"].tolist()[0] == 4
    assert table["distance"].tolist()[1] == 0.25
    assert table["top1"].isna().tolist() == [False, True, True]
    assert table["accuracy"].isna().all()
    assert table["error"].tolist()[2] == ROWS[2].error
    assert not {"results"} & set(table.columns)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_count_is_a_whole_number(tmp_path):
    file = export(ROWS[:1], tmp_path / "rows.parquet")
    assert duckdb.read_parquet(str(file)).select("included_count").types == ["BIGINT"]


def test_refusals_leave_nothing(tmp_path):
    with pytest.raises(ParameterError, match=r"unknown file ending '\.parqet'; did you mean"):
        export(ROWS, tmp_path / "rows.parqet")
    with pytest.raises(ParameterError, match="no trials"):
        export([], tmp_path / "rows.csv")
    with pytest.raises(StoreError, match=r"cannot write .* there is no folder"):
        export(ROWS, tmp_path / "missing" / "rows.csv")
    assert list(tmp_path.iterdir()) == []
