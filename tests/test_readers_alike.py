"""Differential: one table, in every format and from Python, is one population, or one refusal."""

import csv
import datetime as dt
import io
import json

import numpy as np
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from criticalmass import FiniteTable, Population
from criticalmass.data.readers.excel import workbook
from criticalmass.errors import DataError
from criticalmass.studies.files.sources import PopulationSection, population_of, records_of

ODD = ["NA", "#1", "01005", "+49", "1,5", "2.5.1", 'say "hi"', '""', "a;b", "a|b", "a\tb", "=1+1",
       " lead", "trail ", "line\nbreak", "caf\u00e9", "cafe\u0301", "true", "False", "nan", "inf",
       "1e5", "0x1F", "1_000", "é", "日本", "'", "\\", "\\N", "NULL", "None", "-", ".", "--1", "1.",
       "12345678901234567891", "2024-01-05", "a,b", "%", "x" * 300]  # fmt: skip

texts = st.lists(st.sampled_from(ODD), min_size=4, max_size=12)
whole = st.integers(-(2**53), 2**53)
# A workbook holds numbers of fifteen digits, every other format those of seventeen.
reals = st.floats(-1e300, 1e300).map(lambda number: float(f"{number:.15g}"))


@st.composite
def tables(draw):
    """Return columns of Python values, two labels among them; maybe one cell without a value."""
    n = draw(st.integers(4, 9))
    each = lambda cells: st.lists(cells, min_size=n, max_size=n)  # noqa: E731
    columns = {
        "whole": draw(each(whole)),
        "real": [0.5, *draw(each(reals))[1:]],
        "text": ["word", *draw(each(st.sampled_from(ODD)))[1:]],
        "truth": draw(each(st.booleans())),
        "day": draw(each(st.dates(dt.date(1901, 1, 1), dt.date(2100, 1, 1)))),
        "2019": draw(each(st.integers(0, 3))),
        "held": ["yes", "no", *draw(each(st.sampled_from(["yes", "no", "1", "1.0", "TRUE"])))[2:]],
    }
    if draw(st.booleans()):
        hole = draw(st.sampled_from(["whole", "real", "text", "day"]))
        columns[hole][draw(st.integers(1, n - 1))] = None
    return columns


def in_csv(columns, path, encoding="utf-8", **dialect):
    text = io.StringIO(newline="")
    writer = csv.writer(text, **dialect)
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow(["" if cell is None else cell for cell in row])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def in_every_format(columns, folder):
    yield in_csv(columns, folder / "comma.csv", lineterminator="\n")
    yield in_csv(columns, folder / "semicolon.csv", "utf-8-sig", delimiter=";",
                 quoting=csv.QUOTE_ALL)  # fmt: skip
    yield in_csv(columns, folder / "bar.csv", "utf-16", delimiter="|", lineterminator="\r\n")
    yield in_csv(columns, folder / "tab.tsv", delimiter="\t", lineterminator="\n")
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    lines = folder / "lines.jsonl"
    lines.write_text("\n".join(json.dumps(row, default=str) for row in rows) + "\n")
    yield lines
    listed = folder / "list.json"
    listed.write_text(json.dumps(rows, default=str, ensure_ascii=False, indent=1), "utf-8")
    yield listed
    pl.DataFrame(columns).write_parquet(folder / "typed.parquet")
    yield folder / "typed.parquet"
    cells = zip(*columns.values(), strict=True)
    book = workbook(list(columns), [["" if c is None else c for c in row] for row in cells])
    (folder / "book.xlsx").write_bytes(book)
    yield folder / "book.xlsx"


def from_python(columns, missing):
    """Return the population of a table, or how it is refused."""
    frame = {
        name: np.array(
            values,
            dtype=object if None in values or name in ("text", "day", "held") else None,
        )
        for name, values in columns.items()
    }
    return outcome(lambda: Population.from_table(frame, label="held", missing=missing))


def outcome(make):
    try:
        return make()
    except DataError as error:
        return str(error).partition(": ")[2].partition(" (")[0]


def gappy(values):
    return any(value is None for value in values)


def as_cells(features):
    """Return records as tuples, truth values as the words that text files have for them."""
    return [
        tuple(None if v != v else str(v) if isinstance(v, bool) else v for v in row)
        for row in features.tolist()
    ]


def as_counts(table):
    order = np.argsort(table.label_names)
    cells = zip(as_cells(table.features), table.counts[:, order].tolist(), strict=True)
    return sorted(table.label_names), sorted(cells, key=str)


@given(tables(), st.sampled_from(["refuse", "keep"]))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_table_is_one_population_in_every_format(tmp_path_factory, columns, missing):
    folder = tmp_path_factory.mktemp("alike")
    wanted = from_python(columns, missing)
    assert isinstance(wanted, str) == (missing == "refuse" and any(map(gappy, columns.values())))
    for path in in_every_format(columns, folder):
        section = PopulationSection(file=path.name, label="held", missing=missing)
        to_run = outcome(lambda section=section: population_of(section, folder))
        to_exact = outcome(lambda section=section: records_of(section, folder))
        if isinstance(wanted, str):
            assert (to_run, to_exact) == (wanted, wanted), path.name
            continue
        assert not isinstance(to_run, str), (path.name, to_run)
        assert not isinstance(to_exact, str), (path.name, to_exact)
        assert to_run.columns == wanted.columns
        assert as_cells(to_run.features) == as_cells(wanted.features), path.name
        assert to_run.label_names == wanted.label_names
        assert (to_run.labels == wanted.labels).all()
        assert as_counts(to_exact) == as_counts(FiniteTable.of(wanted)), path.name
