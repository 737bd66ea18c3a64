"""Thousands of odd inputs: exit code 0 or 2, short lines that steer no terminal, no traceback.

``CRITICALMASS_FUZZ`` says how many of each kind; `make test-slow` tries 500.
"""

import json
import os
import shutil
import sqlite3
import tempfile
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from criticalmass import run
from criticalmass.data.readers.excel import workbook
from criticalmass.studies import read_study
from support.command_line import called
from support.study_files import SMALL, TABLE, changed, write_study

pytestmark = pytest.mark.slow

MANY = settings(
    max_examples=int(os.environ.get("CRITICALMASS_FUZZ", "500")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
RECORDS = "age,hours,hired\n" + "".join(
    f"{20 + at % 40},{at % 7}.5,{'yes' if at % 3 else 'no'}\n" for at in range(90)
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

odd_texts = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["", "\x1b[31m", "[bold]", "[/]", "\u202e", "nan", "-", "=1+1", "x" * 5000]),
)
odd_values = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(),
        st.integers(-(10**30), 10**30),
        st.floats(),
        st.sampled_from([0, -1, 1, 2, 10**9, 10**18, 1e30, 1e-300, 0.5]),
        odd_texts,
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(odd_texts, inner, max_size=3)
    ),
    max_leaves=5,
)


def keeps_its_word(*words):
    """Call the command line; whatever it was given, what comes back is short and harmless."""
    code, out, err = called(*words)
    assert code in (0, 2), (code, out, err)
    for line in err.split("\n"):
        assert line.isprintable(), err
        assert len(line) < 500, err
    assert all(line.isprintable() for line in out.split("\n")), out
    return code


def places(value, path=()):
    """Return the path of every value inside tables and lists."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, one in items:
        found += places(one, (*path, key))
    return found


@st.composite
def altered(draw, tables):
    """Tables with some of their values changed, left out, or put where none was."""
    tables = deepcopy(tables)
    for _ in range(draw(st.integers(1, 3))):
        *path, key = draw(st.sampled_from(places(tables)))
        inside = tables
        for part in path:
            inside = inside[part]
        match draw(st.sampled_from(["change", "leave out", "add"])):
            case "leave out" if isinstance(inside, dict) and len(tables) > 1:
                del inside[key]
            case "add" if isinstance(inside, dict):
                inside[draw(odd_texts)] = draw(odd_values)
            case _:
                inside[key] = draw(odd_values)
        if not places(tables):
            break
    return tables


def scrambled(content):
    """Bytes with some cut out, put in or written over."""

    def apply(parts):
        scrambled = bytearray(content)
        for at, length, new in parts:
            at %= max(len(scrambled), 1)
            scrambled[at : at + length] = new
        return bytes(scrambled)

    part = st.tuples(st.integers(0, 1 << 20), st.integers(0, 50), st.binary(max_size=20))
    return st.lists(part, min_size=1, max_size=4).map(apply)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a study of a table that runs, its members, and its results."""
    folder = tmp_path_factory.mktemp("fuzzed")
    (folder / "people.csv").write_text(RECORDS)
    lines = RECORDS.splitlines()
    members = ["id," + lines[0], *(f"m{at},{line}" for at, line in enumerate(lines[1:9]))]
    (folder / "members.csv").write_text("\n".join(members) + "\n")
    study = write_study(folder / "study.toml", STUDY)
    run(read_study(study), folder / "out")
    with sqlite3.connect(folder / "out" / "trials.sqlite") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    return folder


@MANY
@given(tables=altered(STUDY), command=st.sampled_from(["check", "theory"]))
def test_study_files(folder, tables, command):
    path = folder / "odd.toml"
    try:
        text = tomli_w.dumps(tables)
    except (TypeError, ValueError, UnicodeError):
        return
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    keeps_its_word(command, path)


@MANY
@given(content=scrambled(tomli_w.dumps(STUDY).encode()))
def test_study_files_as_bytes(folder, content):
    (folder / "odd.toml").write_bytes(content)
    keeps_its_word("check", folder / "odd.toml")


def test_populations(folder):
    rows = [line.split(",") for line in RECORDS.splitlines()]
    numbers = [[float(age), float(hours), hired] for age, hours, hired in rows[1:]]
    lines = [json.dumps(dict(zip(rows[0], row, strict=True))) for row in numbers]
    contents = {
        ".csv": RECORDS.encode(),
        ".jsonl": "\n".join(lines).encode(),
        ".json": f"[{','.join(lines)}]".encode(),
        ".xlsx": workbook(rows[0], numbers),
    }

    @MANY
    @given(data=st.data(), ending=st.sampled_from(sorted(contents)))
    def try_one(data, ending):
        (folder / f"odd{ending}").write_bytes(data.draw(scrambled(contents[ending])))
        tables = changed(STUDY, {"population.file": f"odd{ending}"})
        study = write_study(folder / "odd.toml", tables)
        keeps_its_word(data.draw(st.sampled_from(["check", "theory"])), study)

    try_one()


@MANY
@given(
    cells=st.lists(st.lists(odd_texts, max_size=5), max_size=5),
    begin=st.sampled_from(["id,age,hours,hired\n", "id;age;hours;hired\n", ""]),
    end=st.sampled_from(["\n", "\r\n", ""]),
)
def test_members(folder, cells, begin, end):
    text = begin + "".join(",".join(line) + end for line in cells)
    path = folder / "odd-members.csv"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    keeps_its_word("check", folder / "study.toml", "--members", path)


@MANY
@given(data=st.data(), command=st.sampled_from(["show", "report", "watch", "compare", "export"]))
def test_stores(folder, data, command):
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
                columns = ["alpha", "asked", "members", "n", "successes", "strategy", "error"]
                column = data.draw(st.sampled_from(columns))
                value = st.one_of(
                    st.integers(-(2**63), 2**63 - 1), st.floats(), st.binary(), st.none()
                )
                text = st.text().map(lambda text: text.encode("utf-8", "replace").decode())
                new = data.draw(value | text)
                with sqlite3.connect(path) as connection:
                    connection.execute(f"UPDATE trials SET {column} = ?", [new])
        more = [results / "rows.csv"] if command == "export" else []
        keeps_its_word(command, results, *more)


@MANY
@given(
    values=st.lists(
        st.one_of(st.floats().map(str), st.integers().map(str), odd_texts), min_size=4, max_size=4
    ),
    theorem=st.sampled_from(["feature-label", "feature-only", "erasure", "regression"]),
)
def test_numbers_on_the_command_line(values, theorem):
    needs = {
        "feature-label": ["--uniqueness", "--gap", "--epsilon", "--people"],
        "feature-only": ["--uniqueness", "--positivity", "--outside", "--target"],
        "erasure": ["--sensitivity", "--epsilon", "--suboptimality", "--people"],
        "regression": ["--uniqueness", "--distance", "--tolerance", "--people"],
    }[theorem]
    words = [f"{name}={value}" for name, value in zip(needs, values, strict=True)]
    keeps_its_word("theorem", theorem, *words)


@MANY
@given(words=st.lists(odd_texts.filter(lambda text: "\0" not in text), max_size=4))
def test_words_on_the_command_line(folder, words):
    commands = ("check", "show", "report", "compare", "theory", "export", "cache", "datasets")
    for command in commands:
        if any(word.strip().lower() == "all" for word in words):
            continue  # `cache --remove all`
        code, out, err = called(command, *words)
        assert code in (0, 2), (code, out, err)
        assert "Traceback" not in out + err
