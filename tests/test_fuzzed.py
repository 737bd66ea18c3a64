"""Thousands of odd inputs: exit code 0 or 2, short lines that steer no terminal, no traceback.

Nor does any of them run code, reach out, or hang. ``CRITICALMASS_FUZZ`` says how many of each of
the nine kinds; `make test-slow` tries 500. To see how many calls there were, and how they ended::

    CRITICALMASS_FUZZ=1200 pytest tests/test_fuzzed.py -m slow -rP
"""

import json
import os
import shutil
import sqlite3
import tempfile
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tomli_w
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from criticalmass import read_study, run
from criticalmass.data.readers.excel import workbook
from criticalmass.pages.report import write_report
from support.odd_inputs import (
    PLANTED,
    altered,
    lines_with_odd_cells,
    odd_texts,
    scrambled,
)
from support.sound_studies import RECORDS, sound_studies
from support.study_files import SMALL, TABLE, changed, write_study
from support.watched_calls import Calls

pytestmark = [pytest.mark.slow, pytest.mark.timeout(0)]  # each call has a limit of its own

MANY = settings(
    max_examples=int(os.environ.get("CRITICALMASS_FUZZ", "500")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
STUDY = changed(
    SMALL,
    {
        **TABLE,
        "population.test": 20,
        "learner": {"kind": "boosted-trees", "max_iter": 5},
        "handouts": {"contact": "Ada", "deadline": date(2026, 12, 31), "words": "We are many."},
    },
)
ROWS = [line.split(",") for line in RECORDS.splitlines()]
MEMBERS = [["id", *ROWS[0]], *([f"m{at}", *row] for at, row in enumerate(ROWS[1:9]))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a study of a table that runs, its members, its results, and a trap."""
    folder = tmp_path_factory.mktemp("fuzzed")
    (folder / "people.csv").write_text(RECORDS)
    (folder / "members.csv").write_text("\n".join(map(",".join, MEMBERS)) + "\n")
    study = write_study(folder / "study.toml", STUDY)
    run(read_study(study), folder / "out")
    write_report(folder / "out")  # Matplotlib looks for fonts the first time: not watched
    with sqlite3.connect(folder / "out" / "trials.sqlite") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    (folder / f"{PLANTED}.py").write_text("Learner = object\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield folder


@pytest.fixture
def call():
    """Call the command line, watched; say at the end how often, and how it went."""
    calls = Calls()
    yield calls
    print(calls)


def write_tables(path, tables):
    """Write the tables of a study file, if TOML can hold them."""
    try:
        text = tomli_w.dumps(tables)
    except (TypeError, ValueError, UnicodeError):
        reject()
    path.write_text(text, encoding="utf-8", errors="surrogatepass")


@MANY
@given(tables=altered(STUDY), command=st.sampled_from(["check", "theory"]))
def test_study_files(folder, call, tables, command):
    write_tables(folder / "odd.toml", tables)
    call(command, folder / "odd.toml")


@MANY
@given(tables=sound_studies, command=st.sampled_from(["", "", "", "theory", "theory", "run"]))
def test_study_files_that_are_sound(folder, call, tables, command):
    """All of them, half of the study files, get past validation; what comes after is tried."""
    write_tables(folder / "sound.toml", tables)
    assert call("check", folder / "sound.toml") == 0
    with tempfile.TemporaryDirectory() as name:
        more = ["--out", name] if command == "run" else []
        if command:
            call(command, folder / "sound.toml", *more)


@MANY
@given(content=scrambled(tomli_w.dumps(STUDY).encode()))
def test_study_files_as_bytes(folder, call, content):
    (folder / "odd.toml").write_bytes(content)
    call("check", folder / "odd.toml")


def populations():
    """Return the records as every kind of file, by its ending."""
    numbers = [[float(age), float(hours), hired] for age, hours, hired in ROWS[1:]]
    records = [dict(zip(ROWS[0], row, strict=True)) for row in numbers]
    lines = list(map(json.dumps, records))
    parquet = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(records), parquet)
    return {
        ".csv": RECORDS.encode(),
        ".tsv": RECORDS.replace(",", "\t").encode(),
        ".jsonl": "\n".join(lines).encode(),
        ".json": f"[{','.join(lines)}]".encode(),
        ".xlsx": workbook(ROWS[0], numbers),
        ".parquet": parquet.getvalue().to_pybytes(),
    }


def of_file(folder, name):
    """Write a study of this file of records, and return its path."""
    return write_study(folder / "odd.toml", changed(STUDY, {"population.file": name}))


@MANY
@given(data=st.data(), command=st.sampled_from(["check", "theory"]))
def test_populations_as_bytes(folder, call, data, command):
    ending, content = data.draw(st.sampled_from(sorted(populations().items())))
    (folder / f"odd{ending}").write_bytes(data.draw(scrambled(content)))
    call(command, of_file(folder, f"odd{ending}"))


@MANY
@given(
    text=lines_with_odd_cells(ROWS) | lines_with_odd_cells(ROWS, "\t"),
    ending=st.sampled_from(["csv", "tsv"]),
    command=st.sampled_from(["check", "theory"]),
)
def test_populations_with_odd_cells(folder, call, text, ending, command):
    path = folder / f"odd.{ending}"
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    call(command, of_file(folder, path.name))


@MANY
@given(
    text=st.one_of(
        st.lists(st.lists(odd_texts, max_size=5).map(",".join), max_size=5).map("\n".join),
        lines_with_odd_cells(MEMBERS),
        lines_with_odd_cells(MEMBERS, ";"),
    ),
    command=st.sampled_from(["check", "plan", "instruct"]),
)
def test_members(folder, call, text, command):
    path = folder / "odd-members.csv"
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    with tempfile.TemporaryDirectory() as name:
        more = {
            "check": [],
            "plan": ["--results", folder / "out", "--out", Path(name) / "plan.html"],
            "instruct": ["--results", folder / "out", "--out", Path(name) / "pages"],
        }
        call(command, folder / "study.toml", "--members", path, *more[command])


@MANY
@given(data=st.data(), command=st.sampled_from(["show", "report", "watch", "compare", "export"]))
def test_stores(folder, call, data, command):
    with tempfile.TemporaryDirectory() as name:
        results = Path(name) / "out"
        shutil.copytree(folder / "out", results)
        path = results / "trials.sqlite"
        match data.draw(st.sampled_from(["bytes", "facts", "trials"])):
            case "bytes":
                path.write_bytes(data.draw(scrambled(path.read_bytes())))
            case "facts":
                query = "SELECT value FROM meta WHERE key = 'facts'"
                with sqlite3.connect(path) as connection:
                    facts = json.loads(connection.execute(query).fetchone()[0])
                    text = json.dumps(data.draw(altered(facts)))
                    connection.execute("UPDATE meta SET value = ? WHERE key = 'facts'", [text])
            case "trials":
                columns = ["alpha", "asked", "members", "n", "results", "strategy", "error"]
                column = data.draw(st.sampled_from(columns))
                value = st.one_of(
                    st.integers(-(2**63), 2**63 - 1), st.floats(), st.binary(), st.none()
                )
                text = st.text().map(lambda text: text.encode("utf-8", "replace").decode())
                new = data.draw(value | text)
                with sqlite3.connect(path) as connection:
                    connection.execute(f"UPDATE trials SET {column} = ?", [new])
        more = [results / "rows.csv"] if command == "export" else []
        call(command, results, *more)


NEEDS = {
    "feature-label": ["--uniqueness", "--gap", "--epsilon", "--people"],
    "feature-only": ["--uniqueness", "--positivity", "--outside", "--target"],
    "erasure": ["--sensitivity", "--epsilon", "--suboptimality", "--people"],
    "regression": ["--uniqueness", "--distance", "--tolerance", "--people"],
}


@MANY
@given(data=st.data(), theorem=st.sampled_from(sorted(NEEDS)))
def test_numbers_on_the_command_line(call, data, theorem):
    odd = data.draw(st.sets(st.sampled_from(NEEDS[theorem])))
    words = []
    for name in NEEDS[theorem]:
        sound = st.integers(1, 10**6) if name == "--people" else st.floats(0.001, 0.4)
        number = st.floats().map(str) | st.integers().map(str) | odd_texts
        words.append(f"{name}={data.draw(number if name in odd else sound.map(str))}")
    call("theorem", theorem, *words)


@MANY
@given(
    command=st.sampled_from(
        ["check", "show", "report", "compare", "theory", "export", "cache", "datasets", "plan",
         "instruct", "watch", "theorem"]
    ),
    words=st.lists(odd_texts.filter(lambda text: "\0" not in text), max_size=4),
)  # fmt: skip
def test_words_on_the_command_line(folder, call, command, words):
    if any(word.strip().lower() == "all" for word in words):
        reject()  # `cache --remove all`
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        call(command, *words)
