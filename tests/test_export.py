"""Rows as a table that other tools read."""

import importlib.util

import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from criticalmass.errors import ParameterError, StoreError
from criticalmass.measures import Real
from criticalmass.studies import Row, to_frame
from criticalmass.studies.store.export import LIBRARIES, export
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


KINDS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.Table}


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_frame_says_of_every_row_what_the_row_says(library):
    frame = to_frame(ROWS, library)
    assert isinstance(frame, KINDS[library])
    lines = nw.from_native(frame).rows(named=True)
    assert len(lines) == 3
    for row, line in zip(ROWS, lines, strict=True):
        for name in ("key", "strategy", "alpha", "members", "n", "error"):
            assert line[name] == getattr(row, name)
    for measure, has in (("top1", [0]), ("included", [0]), ("distance", [1])):
        for place, (row, line) in enumerate(zip(ROWS, lines, strict=True)):
            if place in has:
                assert line[measure] == row.rate(measure)
            else:
                assert pd.isna(line[measure])


def test_a_frame_has_the_columns_of_an_export(tmp_path):
    exported = pd.read_csv(export(ROWS, tmp_path / "rows.csv"))
    assert list(to_frame(ROWS).columns) == list(exported.columns)


@pytest.mark.parametrize("library", LIBRARIES)
def test_no_rows_are_a_frame_without_lines(library):
    frame = to_frame([], library)
    assert len(frame) == 0
    assert "strategy" in (frame.column_names if library == "pyarrow" else frame.columns)


def test_the_first_library_that_is_installed_is_taken(monkeypatch):
    assert isinstance(to_frame(ROWS), pd.DataFrame)
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "criticalmass.studies.store.export.find_spec",
        lambda name: None if name == "pandas" else found(name),
    )
    assert isinstance(to_frame(ROWS), pl.DataFrame)
    with pytest.raises(ParameterError, match=r"^a data frame needs pandas, which is not installed"):
        to_frame(ROWS, "pandas")
    with pytest.raises(ParameterError, match="unknown library of data frames 'panda'; did you mea"):
        to_frame(ROWS, "panda")
    monkeypatch.setattr("criticalmass.studies.store.export.find_spec", lambda name: None)
    with pytest.raises(ParameterError, match=r"needs pandas or polars or pyarrow, .* pip install"):
        to_frame(ROWS)
