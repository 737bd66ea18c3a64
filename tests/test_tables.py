"""Counting populations and files of every kind."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from criticalmass import FiniteTable, Population
from criticalmass.errors import DataError


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": rng.integers(20, 30, 500),
            "job": rng.choice(["cook", 'it\'s a "job"'], 500),
            "old car": rng.choice([0.5, 1.5], 500),
            "hired": rng.choice(["no", "yes", "later"], 500),
        }
    )


def write(frame, path):
    connection = duckdb.connect()
    connection.register("frame", frame)
    connection.execute(f"COPY frame TO '{path}'")
    return path


def as_dict(table):
    return {
        tuple(record.tolist()): counts.tolist()
        for record, counts in zip(table.features, table.counts, strict=True)
    }


@pytest.mark.parametrize("kind", ["csv", "parquet", "json", "pandas", "polars", "two files"])
def test_every_source_is_counted_alike(kind, frame, tmp_path):
    expected = frame.groupby(["age", "job", "old car", "hired"]).size().unstack(fill_value=0)
    if kind == "pandas":
        source = frame
    elif kind == "polars":
        source = pl.DataFrame(frame.to_dict("list"))
    elif kind == "two files":
        write(frame[:100], tmp_path / "part1.parquet")
        write(frame[100:], tmp_path / "part2.parquet")
        source = tmp_path / "part*.parquet"
    else:
        source = write(frame, tmp_path / f"people [1].{kind}")
    table = FiniteTable.read(source, label="hired", memory="500MB")
    assert table.label_names == ("later", "no", "yes")
    assert as_dict(table) == {key: row.tolist() for key, row in expected.iterrows()}
    assert table.size == 500
    assert FiniteTable.read(source, label="hired", name="applicants").name == "applicants"
    assert table.name == ("the table" if kind in ("pandas", "polars") else source.name)


def test_a_population_is_counted_like_its_file(frame):
    columns = {name: frame[name].to_numpy() for name in frame}
    people = Population.from_table(
        columns | {"job": columns["job"].astype(object)}, label="hired", name="people"
    )
    one, other = FiniteTable.of(people), FiniteTable.read(frame, label="hired")
    assert as_dict(one) == as_dict(other)
    assert np.array_equal(one.totals[one.locate(people.features)] > 0, np.full(500, True))
    assert (one.cells.features == one.features).all()


def test_records_that_are_not_there(frame):
    table = FiniteTable.read(frame, label="hired", columns=["age"])
    assert table.locate(np.array([(20,), (99,)], dtype=table.features.dtype)).tolist()[1] == -1
    assert len(table) == 10


def test_sets_of_labels_count_as_holding_one_or_not(texts):
    table = FiniteTable.of(texts, holding="Writer")
    assert table.label_names == ("Writer", "not Writer")
    assert table.counts[:, 0].sum() == len(texts.holding("Writer"))
    with pytest.raises(DataError, match="records hold sets of labels"):
        FiniteTable.of(texts)


def test_images_are_counted(images):
    table = FiniteTable.of(images.take(np.array([0, 1, 0])))
    assert len(table) == 2
    assert table.features.shape == (2, 6, 6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": "hire"}, "unknown column 'hire'; did you mean 'hired'"),
        ({"label": "hired", "columns": ["aeg"]}, "did you mean 'age'"),
        ({"label": "hired", "columns": ["age", "age"]}, "a column stands twice"),
        ({"label": "hired", "columns": []}, "needs columns besides the label"),
        ({"label": "hired", "columns": ["hired"]}, "is the label, so no part of a record"),
        ({"label": "hired", "memory": "much"}, "is not a size such as '1GB'"),
    ],
)
def test_records_that_cannot_be_counted_are_refused(change, message, frame):
    with pytest.raises(DataError, match=message):
        FiniteTable.read(frame, **change)


def test_missing_values_are_refused(frame, tmp_path):
    holed = frame.astype({"age": object})
    holed.loc[3, "job"] = None
    with pytest.raises(DataError, match="1 of 500 records have a missing value in column 'job'"):
        FiniteTable.read(write(holed, tmp_path / "a.csv"), label="hired")
    holed = frame.copy()
    holed.loc[[3, 4], "hired"] = None
    with pytest.raises(DataError, match="2 of 500 records have no label in column 'hired'"):
        FiniteTable.read(holed, label="hired")


def test_files_that_are_not_there_or_no_tables(tmp_path):
    with pytest.raises(DataError, match="no file"):
        FiniteTable.read(tmp_path / "a.csv", label="x")
    with pytest.raises(DataError, match="expected a file ending in"):
        FiniteTable.read(tmp_path / "a.xls", label="x")
    (tmp_path / "a.parquet").write_text("no parquet")
    with pytest.raises(DataError, match=r"a\.parquet cannot be read"):
        FiniteTable.read(tmp_path / "a.parquet", label="x")
    with pytest.raises(DataError, match="not a dataframe"):
        FiniteTable.read([1, 2], label="x")


@pytest.mark.parametrize("labels", [2, 12])
def test_columns_may_have_any_name(labels):
    rng = np.random.default_rng(0)
    names = ("records", "N0", "n1", "held_label", "c1", "C0", "source", 'quote"d')
    columns = {name: rng.integers(0, 3, 400) for name in names}
    held = rng.integers(0, labels, 400).astype(str)
    table = FiniteTable.read(pd.DataFrame(columns | {"grouped": held}), label="grouped")
    people = Population.from_table(columns | {"grouped": held.astype(object)}, label="grouped")
    assert as_dict(table) == as_dict(FiniteTable.of(people))
    assert table.label_names == people.label_names


def test_labels_that_are_true_or_false_have_the_names_they_have_elsewhere():
    frame = pd.DataFrame({"a": [1, 1, 2], "held": [True, False, True]})
    people = Population.from_table(frame, label="held")
    assert FiniteTable.read(frame, label="held").label_names == people.label_names


def test_a_column_of_numbers_is_no_label(frame):
    many = pd.DataFrame({"a": [1] * 1500, "z": np.random.default_rng(0).random(1500)})
    with pytest.raises(DataError, match="'z' has 1,500 different values; that is no label"):
        FiniteTable.read(many, label="z")
    with pytest.raises(DataError, match="no records"):
        FiniteTable.read(frame[:0], label="hired")


def test_spilling_gives_the_same_counts(tmp_path):
    path = tmp_path / "many.parquet"
    duckdb.execute(
        f"COPY (SELECT (range * 7919) % 300007 AS a, range % 3 AS b, "
        f"(range % 5 < 2)::VARCHAR AS y FROM range(2_000_000)) TO '{path}'"
    )
    small, large = (FiniteTable.read(path, label="y", memory=m) for m in ("120MB", "2GB"))
    assert np.array_equal(small.counts, large.counts)
    assert (small.features == large.features).all()
