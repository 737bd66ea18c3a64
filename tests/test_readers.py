"""Odd files: read as they are written, or refused with the line."""

import io
import os
import re
import zipfile

import duckdb
import numpy as np
import polars as pl
import pytest
from xlsxwriter import Workbook

from criticalmass import FiniteTable, SetColumns
from criticalmass.data.readers import Reading, read_table, rows_of
from criticalmass.data.readers.excel import workbook
from criticalmass.datasets.files import read_columns
from criticalmass.errors import DataError
from criticalmass.studies.files.sources import PopulationSection, population_of, records_of


@pytest.fixture
def file(tmp_path):
    """Write a file and return its path."""

    def write(content, name="p.csv"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def both(path, **section):
    """Return the population and the finite table that a study makes of a file."""
    said = PopulationSection(file=path.name, **{"label": "hired", **section})
    return population_of(said, path.parent), records_of(said, path.parent)


# numbers


@pytest.mark.parametrize("order", [1, -1])
def test_decimals_after_the_first_twenty_thousand_lines_are_decimals(file, order):
    whole = [f"{1 + i % 40},{'no' if i % 3 else 'yes'}" for i in range(21_000)]
    parts = [f"0.{1 + i % 4},no" for i in range(2000)]
    lines = (whole + parts)[::order]
    population, table = both(file("hours,hired\n" + "\n".join(lines) + "\n"))
    assert len(np.unique(population.features["hours"])) == 44
    assert len(table) == 44
    assert table.size == 23_000


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["30", "-7"], [30, -7]),
        (["30", "1e2"], [30.0, 100.0]),
        (["1.50", ".5"], [1.5, 0.5]),
        (["9007199254740993", "1"], [9007199254740993, 1]),
        (["1.000000000000000056e-01", "0.10000000000000001"], [0.1, 0.1]),
        (["01005", "10115"], ["01005", "10115"]),
        (["+49", "1"], ["+49", "1"]),
        (["9007199254740993", "0.5"], ["9007199254740993", "0.5"]),  # float64 holds ...992
        (["9200000000000.001", "0.5"], ["9200000000000.001", "0.5"]),  # ... and .002
        (["12345678901234567890", "12345678901234567891"],
         ["12345678901234567890", "12345678901234567891"]),
        (["1e999", "1"], ["1e999", "1"]),
        (["0.1234567890123456789", "1"], ["0.1234567890123456789", "1"]),
        (["1_000", "1"], ["1_000", "1"]),
        (["0x1F", "1"], ["0x1F", "1"]),
        ([" 1", "1"], [" 1", "1"]),
        (["inf", "1"], ["inf", "1"]),
        (["true", "false"], ["true", "false"]),
        (["2024-01-05", "2024-01-06"], ["2024-01-05", "2024-01-06"]),
        (["1,5", "2"], ["1,5", "2"]),
    ],
)  # fmt: skip
def test_a_column_is_numeric_if_every_cell_is_a_plain_number_that_is_held(file, cells, values):
    path = file("x;hired\n" + "".join(f"{cell};yes\n{cell};no\n" for cell in cells))
    population, table = both(path)
    assert population.features["x"].tolist()[::2] == values
    assert [type(v) for v in population.features["x"].tolist()[::2]] == [type(v) for v in values]
    assert sorted(map(str, table.features["x"].tolist())) == sorted(set(map(str, values)))


def test_a_decimal_comma_can_be_said(file):
    path = file("pay;hired\n1,5;yes\n2;no\n-,5;no\n")
    for section in ({"decimal": ","}, {}):
        population, _ = both(path, **section)
        wanted = [1.5, 2.0, -0.5] if section else ["1,5", "2", "-,5"]
        assert population.features["pay"].tolist() == wanted
    population, _ = both(file("pay;hired\n1.5;yes\n2,5;no\n"), decimal=",")
    assert population.features["pay"].tolist() == ["1.5", "2,5"]


def test_why_a_column_of_numbers_is_text_is_kept(file):
    population, table = both(file("age,hired\n30,yes\n31,no\nold,no\n32,yes\n"))
    assert population.read_as == {"age": "is read as text because of 'old' in line 4 of p.csv"}
    assert table.read_as == population.read_as
    assert table.cells.read_as == population.read_as


@pytest.mark.parametrize(("numbers", "texts", "told"), [(2, 3, False), (2, 2, True), (3, 1, True)])
def test_a_column_seems_to_hold_numbers_if_half_of_its_cells_do(file, numbers, texts, told):
    cells = ["7", "8", "9"][:numbers] + ["a", "b", "c"][:texts]
    lines = [f"{cell},{'xy'[i % 2]}\n" for i, cell in enumerate(cells)]
    population, _ = both(file("x,hired\n" + "".join(lines)))
    assert bool(population.read_as) == told


@pytest.mark.parametrize(("others", "told"), [(3, False), (2, True)])
def test_a_decimal_comma_is_asked_about_if_half_of_the_cells_have_one(file, others, told):
    cells = ["1,5", "2,5", "3", "x", "4"][: 2 + others]
    lines = [f"{cell};{'xy'[i % 2]}\n" for i, cell in enumerate(cells)]
    population, _ = both(file("x;hired\n" + "".join(lines)))
    assert ('say decimal = ","' in population.read_as["x"]) == told


# lines and cells


def test_a_line_of_another_length_is_named_and_nothing_is_left_out(file):
    joined = "age,hired\n" + "30,yes\n" * 120 + "31,no,late\n" * 3
    with pytest.raises(DataError, match=r"^p\.csv, line 122: 3 cells, but the first line names 2"):
        both(file(joined))
    with pytest.raises(DataError, match=r"^p\.csv, line 3: 1 cell, but the first line names 2"):
        both(file("age,hired\n30,yes\n31\n"))


def test_lines_are_counted_as_a_spreadsheet_counts_them(file):
    broken = 'text,hired\n"one\ntwo\nthree",yes\n\nfour,no\nfive\n'
    with pytest.raises(DataError, match=r"line 5: 1 cell"):
        both(file(broken))


def test_no_line_is_taken_for_a_comment(file):
    people = "profile,hired\n#opentowork I fry,cook\nI write,writer\n#1,cook\n"
    population, _ = both(file(people), text="profile")
    assert population.features.tolist() == ["#opentowork I fry", "I write", "#1"]
    with pytest.raises(
        DataError, match=r"p\.csv, line 1: '# made by our tool' is no line of names"
    ):
        both(file("# made by our tool\n" + people), text="profile")


def test_a_line_that_tells_excel_the_delimiter_is_no_line_of_names(file):
    for first in ("sep=;", '"sep=,"'):
        with pytest.raises(DataError, match=r"p\.csv, line 1: .* tells Excel what stands between"):
            both(file(f"{first}\nage;hired\n30;yes\n31;no\n"))


def test_quotes_are_quotes_however_late_they_come(file):
    plain = "".join(f"I cook meal {i},cook\n" for i in range(21_000))
    late = file("profile,hired\n" + plain + '"I ""love"" food",waiter\n', "late.csv")
    population, _ = both(late, text="profile")
    assert population.features[-1] == 'I "love" food'
    assert read_columns(late)["profile"][-1] == 'I "love" food'


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ('"open', "line 3: a quote is opened and not closed"),
        ('"a"b', "line 3: after a closing quote comes something else than ','"),
        ('x, "a"', "line 3: blanks stand between a ',' and a quote"),
    ],
)
def test_quotes_that_say_nothing_clear_are_refused(file, cell, said):
    with pytest.raises(DataError, match=said):
        both(file(f"text,hired\nfine,yes\n{cell},no\nfine,no\n"))


def test_a_quote_within_a_cell_is_a_character(file):
    population, _ = both(file("size,hired\n5\" nail,yes\n6' nail,no\n"))
    assert population.features["size"].tolist() == ['5" nail', "6' nail"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way_also_mixed(file, end):
    lines = ["age,text,hired", '30,"a\nb",yes', '31,"c\r\nd",no', "32,e,no"]
    for ends in ([end] * 4, [end, "\n", "\r\n", end]):
        path = file("".join(line + e for line, e in zip(lines, ends, strict=True)))
        population, table = both(path)
        assert population.features["age"].tolist() == [30, 31, 32]
        assert population.features["text"].tolist() == ["a\nb", "c\r\nd", "e"]
        assert table.size == 3


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "Köln 日本"),
        ("utf-8-sig", "Köln 日本"),
        ("utf-16", "Köln 日本"),
        ("cp1252", "Köln €"),
    ],
)
def test_encodings_of_spreadsheets_are_read(file, encoding, text):
    population, _ = both(file(f"städt,hired\n{text},yes\nBonn,no\n".encode(encoding)))
    assert population.columns == ("städt",)
    assert population.features["städt"].tolist() == [text, "Bonn"]


def test_names_of_every_script_are_read_where_letters_have_two_bytes(file):
    """Half of a Punjabi letter is the byte that ends a line elsewhere."""
    city = "\u0a38\u0a3c\u0a39\u0a3f\u0a30"
    population, _ = both(file(f"{city};hired\nBonn;yes\nKöln;no\n".encode("utf-16")))
    assert population.columns == (city,)
    assert population.features[city].tolist() == ["Bonn", "Köln"]


def test_bytes_that_are_no_text_are_refused_with_their_line(file):
    for content, said in (
        (b"a,hired\n1,yes\n\x81,no\n", "line 3: the byte 0x81 is neither UTF-8 nor Windows-1252"),
        (b"a,hired\n1,yes\n\0,no\n", "line 3: a byte 0"),
        (b"\xff\xfea,hired", "is not utf-16, as its mark says"),
        (b"", "is empty; its first line is to name the columns"),
        (b"a,hired\n", "no records"),
    ):
        with pytest.raises(DataError, match=said):
            both(file(content))


def test_a_character_cut_by_the_end_of_a_chunk_is_whole(file, monkeypatch):
    monkeypatch.setattr("criticalmass.data.readers.delimited.CHUNK", 7)
    for encoding in ("utf-8", "utf-16", "cp1252"):
        population, _ = both(file("text,hired\r\nä€ö,yes\r\nßé,no\r\n".encode(encoding)))
        assert population.features["text"].tolist() == ["ä€ö", "ßé"]


def test_long_texts_are_read_whole(file):
    long = "word " * 4_000_000  # 20 MB
    content = f'text,hired\n"{long}",yes\nshort,no\n'
    population, _ = both(file(content), text="text")
    assert [len(text) for text in population.features] == [len(long), 5]
    lines = f'{{"text": "{long}", "hired": "yes"}}\n{{"text": "short", "hired": "no"}}\n'
    population, _ = both(file(lines, "p.jsonl"), text="text")
    assert [len(text) for text in population.features] == [len(long), 5]
    _, rows = rows_of(file(content))
    assert len(rows[0][1][0]) == len(long)


# names and folders


def test_a_folder_s_name_is_no_column(file):
    content = "sex,age,hired\nMale,30,no\nFemale,31,yes\n"
    for folder in ("sex=Female", "plain"):
        for name in ("p.csv", "p.jsonl", "p.parquet"):
            path = file(content, f"{folder}/p.csv")
            if name != "p.csv":
                frame = pl.read_csv(path)
                path = path.with_name(name)
                frame.write_parquet(path) if name == "p.parquet" else frame.write_ndjson(path)
            population, table = both(path)
            assert population.features["sex"].tolist() == ["Male", "Female"]
            assert sorted(table.features["sex"].tolist()) == ["Female", "Male"]


def test_names_are_in_the_first_line_whatever_they_look_like(file):
    population, table = both(file("2019,2020,hired\n0,1,no\n1,1,yes\n"))
    assert population.columns == table.features.dtype.names == ("2019", "2020")
    population, _ = both(file(" age , hired \n30,no\n31,yes\n"))
    assert population.columns == ("age",)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("a,A,hired", "two columns differ only in case: 'a' and 'A'"),
        ("a,a,hired", "two columns are both called 'a'"),
        ("caf\u00e9,cafe\u0301,hired", "two columns are both called 'café'"),
    ],
)
def test_two_columns_with_one_name_are_refused(file, header, said):
    with pytest.raises(DataError, match=said):
        both(file(f"{header}\n1,2,yes\n3,4,no\n"))
    names = header.split(",")
    duckdb.sql("SELECT 1 AS x")  # DuckDB itself would rename the second
    text = "".join(f'{{"{names[0]}": 1, "{names[1]}": 2, "hired": "{y}"}}\n' for y in ("yes", "no"))
    with pytest.raises(DataError, match=r"two columns|names a value twice"):
        both(file(text, "p.jsonl"))


def test_a_column_without_a_name_is_refused_only_if_it_is_used(file):
    path = file(",age,hired\n0,30,yes\n1,31,no\n")
    with pytest.raises(DataError, match=r"'' has no name \(it is number 1\).*row.names = FALSE"):
        both(path)
    population, _ = both(path, columns=["age"])
    assert population.columns == ("age",)


# labels


def test_labels_keep_their_text_whatever_the_format(file, tmp_path):
    population, table = both(file("age,hired\n30,0\n31,1\n33,1.0\n"))
    assert population.label_names == table.label_names == ("0", "1", "1.0")
    typed = {"age": [1, 2, 3], "w": [0, 1, 1], "r": [0.0, 1.0, 1.0], "t": [False, True, True]}
    pl.DataFrame(typed).write_parquet(tmp_path / "p.parquet")
    for label, names in (("w", ("0", "1")), ("r", ("0.0", "1.0")), ("t", ("False", "True"))):
        population, table = both(tmp_path / "p.parquet", label=label)
        assert population.label_names == table.label_names == names
    assert population.label_index("true") == 1


def test_an_empty_cell_is_an_empty_set_however_it_is_written(file):
    for empty in ('""', "", " "):
        path = file(f'text,tags\n"a",cook;waiter\n"b",{empty}\n"c",waiter\n')
        population, _ = both(path, label="tags", text="text", separator=";")
        assert population.labels.sum(axis=1).tolist() == [2, 0, 1]


def test_lists_are_sets_of_labels_with_a_separator_or_without(file, tmp_path):
    lines = '{"t":"a","tags":["cook","wai;ter"]}\n{"t":"b","tags":[]}\n{"t":"c","tags":["cook"]}\n'
    listed = file(lines, "p.jsonl")
    pl.read_ndjson(listed).write_parquet(tmp_path / "p.parquet")
    for path in (listed, tmp_path / "p.parquet"):
        for separator in ("|", None):
            population, _ = both(path, label="tags", text="t", separator=separator)
            assert population.label_names == ("cook", "wai;ter")
            assert population.labels.sum(axis=1).tolist() == [2, 0, 1]
    population, table = both(path, label="tags")
    assert population.label_sets
    assert not isinstance(table, FiniteTable)


# missing values


def test_missing_values_are_counted_in_records_and_named_by_line(file):
    cells = ["nan", "31", "32", "33", "30"]
    path = file("age,hired\n" + "".join(f"{cells[i % 5]},{'ny'[i % 2]}\n" for i in range(80)))
    said = r"16 of 80 records have a missing value in column 'age' \(lines 2, .*, 57 and 4 more\)"
    section = PopulationSection(file=path.name, label="hired")
    for read in (population_of, records_of):
        with pytest.raises(DataError, match=said):
            read(section, path.parent)


def test_missing_values_can_be_kept_and_named(file):
    path = file("age,job,hired\n30,cook,yes\n?,NA,no\n,  ,no\n31,nan,yes\n")
    population, table = both(path, missing="keep", missing_words=["?", "NA"])
    assert str(population.features["age"].tolist()) == "[30.0, nan, nan, 31.0]"
    assert population.features["job"].tolist() == ["cook", None, None, "nan"]
    assert len(table) == 3  # the two without a value are one record
    assert table.counts.sum() == 4
    assert FiniteTable.of(population).size == table.size
    with pytest.raises(DataError, match="1 of 2 records have no label in column 'hired'"):
        both(file("age,hired\n30,?\n31,no\n"), missing="keep", missing_words=["?"])


# files with types


def test_strings_of_json_stay_strings(file):
    lines = (
        '{"a":"1","b":"2024-01-05","c":1,"hired":true}\n{"a":"2","b":"x","c":2.5,"hired":false}\n'
    )
    for content, name in ((lines, "p.jsonl"), (f"[{lines.replace('}{', '},{')}]", "p.json")):
        content = content.replace("}\n{", "},\n{") if name == "p.json" else content
        population, table = both(file(content, name))
        assert population.features.tolist() == [("1", "2024-01-05", 1.0), ("2", "x", 2.5)]
        assert population.label_names == table.label_names == ("False", "True")


def test_values_that_a_record_of_json_lacks_are_missing(file):
    path = file('{"a":1,"hired":"yes"}\n{"hired":"no"}\n{"a":null,"hired":"no"}\n', "p.jsonl")
    with pytest.raises(DataError, match=r"2 of 3 records .* 'a' \(lines 2 and 3\)"):
        both(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"a":1,"hired":"y"}\n{"a":\n', "line 2 is not JSON"),
        ('{"a":1,"hired":"y"}\n[1]\n', "line 2: a record is a JSON ARRAY"),
        ('{"a":1,"a":2,"hired":"y"}\n', "a record names a value twice"),
        ('{"a":{"b":1},"hired":"y"}\n', "column 'a' holds objects"),
        ('{"a":[1],"hired":"y"}\n{"a":2,"hired":"n"}\n', "holds lists in some records and not in"),
        ('{"a":12345678901234567890123,"hired":"y"}\n', "whole numbers beyond 64 bits"),
        ('{"a":1}\n', "unknown column 'hired'"),
        ("", "is empty"),
    ],
)
def test_json_that_is_no_table_is_refused(file, content, said):
    with pytest.raises(DataError, match=said):
        both(file(content, "p.jsonl"))


def test_nested_binary_and_very_long_columns_are_refused_by_name_if_used(tmp_path):
    duckdb.execute(
        f"COPY (SELECT range AS age, 'abc'::BLOB AS raw, {{'x': 1}} AS nested, "
        f"range::HUGEINT AS long, DATE '2024-01-05' AS day, "
        f"TIMESTAMP '2024-01-05 10:00:00' AS t, 1.50::DECIMAL(5,2) AS pay, "
        f"CASE WHEN range % 2 = 0 THEN 'yes' ELSE 'no' END AS hired FROM range(4)) "
        f"TO '{tmp_path}/p.parquet' (FORMAT parquet)"
    )
    path = tmp_path / "p.parquet"
    for column, said in (("raw", "holds bytes"), ("nested", "nested")):
        with pytest.raises(DataError, match=f"column '{column}' .*{said}"):
            both(path, columns=[column])
    with pytest.raises(DataError, match="column 'raw' holds bytes, not texts"):
        both(path, text="raw")
    population, _ = both(path, columns=["age", "day", "t", "pay"])
    assert population.features[0].tolist() == (0, "2024-01-05", "2024-01-05T10:00:00", 1.5)


def test_several_files_are_one_if_they_agree(file):
    file("age,hired\n30,yes\n", "a1.csv")
    file("hired,age\nno,31\n", "a2.csv")
    population, table = both(file("x", "x.csv").with_name("a*.csv"))
    assert population.features["age"].tolist() == [30, 31]
    assert table.size == 2
    file("hired,age\nno,old\n", "a3.csv")
    with pytest.raises(DataError, match=r"'age' holds numbers in a1\.csv and texts in a3\.csv"):
        both(file("x", "x.csv").with_name("a*.csv"))
    file("hired,job\nno,old\n", "a3.csv")
    with pytest.raises(DataError, match=r"a3\.csv lacks the column 'age', which a1\.csv has"):
        both(file("x", "x.csv").with_name("a*.csv"))


# workbooks


def test_a_workbook_is_read_with_the_types_of_its_cells(tmp_path):
    cells = [["01005", 1, 2.5, True, "x", 1], ["7", 2, 3, False, 5, 0]]
    path = tmp_path / "p.xlsx"
    path.write_bytes(workbook(["zip", "n", "r", "t", "mixed", "hired"], cells))
    population, table = both(path)
    assert population.features.tolist() == [
        ("01005", 1, 2.5, True, "x"), ("7", 2, 3.0, False, "5")]  # fmt: skip
    assert population.label_names == ("0", "1")
    assert table.size == 2


def test_cells_beyond_the_names_are_refused(tmp_path):
    path = tmp_path / "p.xlsx"
    path.write_bytes(workbook(["a", "hired"], [[1, "yes"], [2, "no", "note"]]))
    with pytest.raises(DataError, match=r"p\.xlsx, line 3: 'note' stands right of the last column"):
        both(path)
    path.write_bytes(b"no zip")
    with pytest.raises(DataError, match="is damaged, or not a workbook"):
        both(path)
    path.write_bytes(workbook([], []))
    with pytest.raises(DataError, match="the first sheet is empty"):
        both(path)


def test_a_tiny_workbook_that_asks_for_all_memory_is_refused(tmp_path):
    whole = io.BytesIO(workbook(["a", "hired"], [[1, "yes"]]))
    path = tmp_path / "p.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                content = content.replace(b"</sheetData>", far)
            new.writestr(part, content)
    assert os.path.getsize(path) < 20_000
    with pytest.raises(DataError, match="1,048,576 lines × 16,384 columns"):
        both(path)


def test_a_text_too_long_for_a_workbook_is_refused():
    with pytest.raises(DataError, match="40,000 characters is longer than a cell"):
        workbook(["text"], [["x" * 40_000]])


def test_a_reading_that_is_none_is_refused(file):
    from criticalmass.errors import ParameterError

    with pytest.raises(ParameterError, match="unknown decimal"):
        Reading(decimal=";")
    with pytest.raises(ParameterError, match="blank cells are missing anyway"):
        Reading(missing_words=("",))
    with pytest.raises(DataError, match="is the label, so no part of a record"):
        read_table(file("a,b\n1,2\n"), label="a", columns=["a"])


# what an attack found


def test_nan_in_parquet_is_missing(tmp_path):
    path = tmp_path / "p.parquet"
    values = [1.0, float("nan"), 3.0, 4.0]
    pl.DataFrame({"a": values, "hired": list("xyxy")}).write_parquet(path)
    said = r"1 of 4 records have a missing value in column 'a' \(record 2\)"
    section = PopulationSection(file=path.name, label="hired")
    for read in (population_of, records_of):
        with pytest.raises(DataError, match=said):
            read(section, tmp_path)
    population, table = both(path, missing="keep")
    assert str(population.features["a"].tolist()) == "[1.0, nan, 3.0, 4.0]"
    assert len(table) == 4
    pl.DataFrame({"a": [1, 2, 3, 4], "hired": values}).write_parquet(path)
    with pytest.raises(DataError, match="1 of 4 records have no label"):
        both(path)


def test_long_whole_numbers_are_never_rounded(file, tmp_path):
    one, other = 2**53 + 1, 2**53
    for digits in ("1234567890123456789", "1234567890123456788"), (str(one), str(other)):
        for odd in ("1.5", "1e3"):
            rows = "".join(f"{cell},{y}\n" for cell in (*digits, odd) for y in "xy")
            population, table = both(file(f"a,hired\n{rows}"))
            assert population.features["a"].tolist()[0] == digits[0]
            assert len(table) == 3
        rows = "".join(f"{cell},{y}\n" for cell in (*digits, "") for y in "xy")
        population, _ = both(file(f"a,hired\n{rows}"), missing="keep")
        assert population.features["a"].tolist()[::2] == [*digits, None]
    said = "would be rounded"
    file(f"a,hired\n{one},x\n{other},y\n", "m1.csv")
    file("a,hired\n1.5,x\n2.5,y\n", "m2.csv")
    with pytest.raises(DataError, match=said):
        both(tmp_path / "m*.csv")
    file("a,hired\n", "m2.csv")
    population, _ = both(tmp_path / "m*.csv")
    assert population.features["a"].tolist() == [one, other]
    lines = f'{{"a":{one},"hired":"x"}}\n{{"a":{other},"hired":"y"}}\n'
    with pytest.raises(DataError, match=said):
        both(file(lines + '{"a":1.5,"hired":"y"}\n', "p.jsonl"))
    with pytest.raises(DataError, match=said):
        both(file(lines + '{"a":null,"hired":"y"}\n', "p.jsonl"), missing="keep")
    pl.DataFrame({"a": [one, other, None], "hired": list("xyx")}).write_parquet(
        tmp_path / "q1.parquet"
    )
    with pytest.raises(DataError, match=said):
        both(tmp_path / "q1.parquet", missing="keep")
    pl.DataFrame({"a": [one, other], "hired": list("xy")}).write_parquet(tmp_path / "q1.parquet")
    pl.DataFrame({"a": [1.5, 2.5], "hired": list("xy")}).write_parquet(tmp_path / "q2.parquet")
    with pytest.raises(DataError, match=said):
        both(tmp_path / "q*.parquet")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("between", [",", ";"])
def test_a_name_may_hold_a_line_break(file, mark, between):
    lines = "".join(f"{20 + i}{between}{'yes' if i % 2 else 'no'}\n" for i in range(60))
    population, table = both(file(f'{mark}"age\n(years)"{between}hired\n{lines}'))
    assert population.columns == ("age\n(years)",)
    assert population.features.dtype[0] == np.int64
    assert table.size == 60


def test_words_for_missing_values_count_in_files_with_types(file, tmp_path):
    rows = {
        "a": [1, -999, 3],
        "r": [0.5, 1.5, -999.0],
        "t": ["x", "-999", "y"],
        "hired": list("xyx"),
    }
    pl.DataFrame(rows).write_parquet(tmp_path / "p.parquet")
    pl.DataFrame(rows).write_ndjson(tmp_path / "p.jsonl")
    (tmp_path / "p.xlsx").write_bytes(workbook(list(rows), zip(*rows.values(), strict=True)))
    pl.DataFrame(rows).write_csv(tmp_path / "p.csv")
    for name in ("p.csv", "p.jsonl", "p.xlsx", "p.parquet"):
        population, table = both(tmp_path / name, missing="keep", missing_words=[" -999 "])
        assert str(population.features["a"].tolist()) == "[1.0, nan, 3.0]", name
        assert str(population.features["r"].tolist()) == "[0.5, 1.5, nan]", name
        assert population.features["t"].tolist() == ["x", None, "y"], name
        assert len(table) == 3
    with pytest.raises(DataError, match="1 of 2 records have an empty text"):
        both(file("a,hired\nNA,x\nb,y\n"), text="a", missing_words=["NA"])


@pytest.mark.parametrize("line", ["2,y,,,,", "2,y,", '2,y,""', "2,y,\t,"])
def test_empty_cells_are_cells(file, line):
    for end in ("\n", ""):
        with pytest.raises(
            DataError, match=r"line 3: \d cells, but the first line names 2 columns"
        ):
            both(file(f"a,hired\n1,x\n{line}{end}"))
    population, _ = both(file("a,b,hired\n1,,x\n2,3,y\n"), columns=["a"])
    assert population.features["a"].tolist() == [1, 2]
    with pytest.raises(DataError, match=r"1 of 2 records have no label .* \(line 2\)"):
        both(file("a,hired\n1,\n2,y\n"))


def test_a_last_line_of_33_megabytes_is_a_line(file):
    population, _ = both(file("a,hired\n1,x\n2,y\n" + "p" * 33_000_000 + ",x\n"))
    assert len(population) == 3
    assert len(population.features["a"][2]) == 33_000_000


@pytest.mark.parametrize(
    ("value", "said"),
    [("1e400", "not finite"), ("[1]", "holds lists"), ('["p"]', "holds lists"),
     ("18446744073709551615", "beyond 64 bits")],
)  # fmt: skip
def test_values_of_json_that_no_column_holds_are_refused(file, value, said):
    lines = f'{{"a":{value},"hired":"x"}}\n{{"a":{value if "[" in value else -1},"hired":"y"}}\n'
    with pytest.raises(DataError, match=f"column 'a' .*{said}"):
        both(file(lines, "p.jsonl"))


def test_lines_of_json_are_counted_with_blank_ones(file):
    path = file('{"a":1,"hired":"x"}\n\n\n{"a":2,"hired":""}\n', "p.jsonl")
    with pytest.raises(DataError, match=r"\(line 4\)"):
        both(path)
    path = file('{"a":1,"hired":["x"]}\n\n{"a":1,"hired":[]}\n{"a":2,"hired":null}\n', "p.jsonl")
    with pytest.raises(DataError, match=r"\(line 4\)"):
        both(path)


def test_decimals_of_parquet_are_numbers_whatever_a_study_writes(tmp_path):
    duckdb.execute(
        f"COPY (SELECT (range + 1.5)::DECIMAL(5,2) AS a, TIME '22:43:00.001' AS t, (range % 2 + 1.5"
        f")::DECIMAL(5,2) AS hired FROM range(4)) TO '{tmp_path}/p.parquet' (FORMAT parquet)"
    )
    for decimal in (".", ","):
        population, table = both(tmp_path / "p.parquet", decimal=decimal)
        assert population.features["a"].tolist() == [1.5, 2.5, 3.5, 4.5]
        assert population.features["t"][0] == "22:43:00.001000"
        assert population.label_names == table.label_names == ("1.5", "2.5")


def test_nan_alone_in_one_of_several_files_is_missing(file, tmp_path):
    file("a,hired\nnan,x\n", "a1.csv")
    file("a,hired\n1,y\n2,x\n", "a2.csv")
    population, _ = both(tmp_path / "a*.csv", missing="keep")
    assert str(population.features["a"].tolist()) == "[nan, 1.0, 2.0]"


def test_errors_and_formulas_of_workbooks_are_no_blanks(tmp_path):
    path = tmp_path / "p.xlsx"
    whole = io.BytesIO(workbook(["a", "hired"], [[1, "x"], [2, "y"], [3, "x"]]))
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = content.replace(
                    b'<c r="A3"><v>2</v></c>', b'<c r="A3" t="e"><v>#N/A</v></c>'
                )
                content = content.replace(b'<c r="A4"><v>3</v></c>', b'<c r="A4"><f>A2+2</f></c>')
            new.writestr(part, content)
    population, _ = both(path, missing="keep")
    assert population.features["a"].tolist() == ["1", "#N/A", "=A2+2"]


def test_formulas_beyond_what_a_sheet_holds_are_records_too(tmp_path):
    """Nobody computed them, and nothing else is in their lines."""
    path = tmp_path / "p.xlsx"
    whole = io.BytesIO(workbook(["a", "hired"], [[1, "x"], [2, "y"]]))
    beyond = b'<row r="9"><c r="A9"><f>A2+2</f></c><c r="B9"><f>B2</f></c></row></sheetData>'
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = content.replace(b"</sheetData>", beyond)
            new.writestr(part, content)
    population, table = both(path)
    assert population.features["a"].tolist() == ["1", "2", "=A2+2"]
    assert table.label_names == ("=B2", "x", "y")


def test_the_first_sheet_is_the_first_of_the_workbook_whatever_its_file_is_called(tmp_path):
    path, swapped = tmp_path / "old.xlsx", tmp_path / "p.xlsx"
    with Workbook(path) as made:
        for cells in (["a", "b"], ["a", "hired"]):
            sheet = made.add_worksheet()
            for line, row in enumerate([cells, [1, "x"], [2, "y"]]):
                sheet.write_row(line, 0, row)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(swapped, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "xl/workbook.xml":  # the second sheet stands first
                first, second = re.findall(rb"<sheet [^>]*>", content)
                content = content.replace(first + second, second + first)
            if part.filename.endswith("sheet2.xml"):
                content = content.replace(b'<c r="A3"><v>2</v></c>', b'<c r="A3"><f>A2+1</f></c>')
            new.writestr(part, content)
    population, _ = both(swapped)
    assert population.features["a"].tolist() == ["1", "=A2+1"]


def test_only_a_star_is_a_pattern(file, tmp_path):
    file("a,hired\n1,x\n2,y\n", "people1.csv")
    for name in ("people[1].csv", "people?.csv"):
        with pytest.raises(DataError, match="no file"):
            both(tmp_path / name)
    assert len(both(tmp_path / "**.csv")[0]) == 2


def test_a_file_may_be_called_plain(file):
    with pytest.raises(DataError, match="line 3: 1 cell"):
        both(file("a,hired\n1,x\n2\n", "x-plain.csv"))
    assert len(both(file(f"a,hired\n1,x\n{'p' * 3_000_000},y\n", "long-plain.csv"))[0]) == 2


def test_files_of_many_columns_are_read(file):
    names = [f"c{i}" for i in range(300)]
    rows = "".join(",".join([*map(str, range(300)), y]) + "\n" for y in "xyx")
    population, _ = both(file(",".join([*names, "hired"]) + "\n" + rows))
    assert len(population.columns) == 300


def test_utf_32_is_named(file):
    with pytest.raises(DataError, match="is UTF-32"):
        both(file("a,hired\n1,x\n".encode("utf-32")))


def test_a_signal_says_why_a_column_is_no_number(file):
    path = file("pay;hired\n1,0;no\n2,1;yes\n3,2;yes\n")
    population, table = both(path)
    signal = SetColumns({"pay": 2.5})
    said = r"'1,0' in line 2 of p\.csv \(if that is a decimal comma, say decimal = \",\"\)"
    for people in (population, table.cells):
        with pytest.raises(DataError, match=said):
            signal.apply(people.features, population=people, rng=np.random.default_rng(0))
    population, _ = both(path, decimal=",")
    marked = signal.apply(population.features, population=population, rng=np.random.default_rng(0))
    assert marked["pay"].tolist() == [2.5] * 3
