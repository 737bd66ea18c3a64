"""A store that is cut off, overwritten, changed by hand or none at all: one line that names it."""

import json
import random
import shutil
import sqlite3
from dataclasses import replace

import pytest

from criticalmass import run
from criticalmass.answers.finding import Finding
from criticalmass.cli.shared.answers import print_answers
from criticalmass.errors import StoreError
from criticalmass.fitting.kept import packed, unpacked
from criticalmass.pages.report import write_report
from criticalmass.studies import Row, Store, read_study
from criticalmass.studies.facts import Facts, StrategyFacts
from criticalmass.studies.store.sound import fault_of
from criticalmass.studies.theory_record import Theory
from support.command_line import called, refused
from support.rows import counts
from support.study_files import write_study

FILE = "trials.sqlite"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a study file, and the results of its few trials."""
    folder = tmp_path_factory.mktemp("made")
    changes = {"placement.points": 3, "placement.repetitions": 1}
    study = write_study(folder / "study.toml", changes=changes)
    run(read_study(study), folder / "out")
    with sqlite3.connect(folder / "out" / FILE) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    return folder


@pytest.fixture
def results(made, tmp_path):
    """A copy of the results, to be damaged."""
    shutil.copytree(made / "out", tmp_path / "out")
    return tmp_path / "out"


def changed(results, *statements):
    """Change a store by SQL."""
    with sqlite3.connect(results / FILE) as connection:
        for statement in statements:
            connection.execute(*(statement if isinstance(statement, tuple) else (statement,)))


def facts_of(results):
    with sqlite3.connect(results / FILE) as connection:
        query = "SELECT value FROM meta WHERE key = 'facts'"
        return json.loads(connection.execute(query).fetchone()[0])


def keep(results, facts):
    changed(results, ("UPDATE meta SET value = ? WHERE key = 'facts'", [json.dumps(facts)]))


def refused_by_all(made, results, *others):
    """Let every command that needs a store's facts refuse it; nothing of it is changed."""
    before = (results / FILE).read_bytes()
    lines = [
        refused(*words)
        for words in (
            ["show", results],
            ["watch", results],
            ["report", results],
            ["compare", results],
            ["compare", made / "out", results],
            ["run", made / "study.toml", "--out", results],
            *others,
        )
    ]
    assert (results / FILE).read_bytes() == before
    assert not list(results.glob("*.csv"))
    return lines


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:100],
        lambda content: b"",
        lambda content: b"no database at all " * 500,
        lambda content: content[:4096] + bytes(len(content) - 4096),
    ],
    ids=["half", "a hundred bytes", "empty", "a text", "zeros"],
)
def test_a_store_that_is_cut_off_or_overwritten_is_one_line(made, results, damage):
    (results / FILE).write_bytes(damage((results / FILE).read_bytes()))
    for line in refused_by_all(made, results, ["export", results, results / "rows.csv"]):
        assert FILE in line


@pytest.mark.parametrize(
    "statements",
    [
        ["DROP TABLE meta"],
        ["DROP TABLE trials"],
        ["ALTER TABLE trials DROP COLUMN alpha"],
        [
            "ALTER TABLE trials RENAME TO others",
            "CREATE VIEW trials AS WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) "
            "SELECT x AS key FROM r",
        ],
        ["CREATE TRIGGER t AFTER UPDATE ON meta BEGIN DELETE FROM trials; END"],
        [("UPDATE meta SET value = ? WHERE key = 'schema'", ["\x1b[31m" * 500])],
        ["UPDATE meta SET value = '{' WHERE key = 'facts'"],
        ["UPDATE meta SET value = '[]' WHERE key = 'facts'"],
        ["UPDATE meta SET value = 'null' WHERE key = 'facts'"],
        ["UPDATE meta SET value = x'ff00' WHERE key = 'facts'"],
        [("UPDATE meta SET value = ? WHERE key = 'facts'", ["[" * 100_000])],
    ],
    ids=range(11),
)
def test_another_database_or_broken_facts_are_one_line(made, results, statements):
    changed(results, *statements)
    for line in refused_by_all(made, results):
        assert FILE in line


FACTS = {
    "target": (float("nan"), 2, "x"),
    "measures": ([1], ["unheard-of"]),
    "population": (3, {"size": -1}, {"size": "x"}),
    "strategies": (3, [], {"mark": 3}, {"mark": {"description": []}}),
    "incentives": ({"cost": "x", "free_ride": 2}, {"cost": 0.1}),
    "learner": (3,),
    "identity": (3, {}, {"population": {}, "test": {"sha256": "0"}}),
    "code": (3, {"kinds": 3}),
}


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in FACTS.items() for value in values]
)
def test_facts_of_another_kind_are_one_line_or_do_not_matter(results, key, value):
    facts = facts_of(results)
    facts[key] = value
    keep(results, facts)
    for command in ("show", "watch", "report", "compare"):
        code, out, err = called(command, results)
        assert code in (0, 2), (command, err)
        assert "Traceback" not in out + err
        assert max(map(len, err.split("\n"))) < 500


TRIALS = [
    "alpha = 'abc'",
    "alpha = 9e999",
    "alpha = NULL",
    "alpha = 7",
    "members = x'00'",
    "n = -5",
    "results = '{'",
    "results = '{},{}'",
    'results = \'{"included": {"successes": -1, "n": 5}}\'',
    'results = \'{"included": {"successes": 0.5, "n": 5}}\'',
    'results = \'{"included": {"successes": 9, "n": 5}}\'',
    'results = \'{"share": {"value": NaN}}\'',
    'results = \'{"share": {"value": "x"}}\'',
    "results = '{\"share\": 0.5}'",
    "results = '3'",
    "error = NULL",
    "strategy = 5",
]


@pytest.mark.parametrize("change", TRIALS)
def test_trials_that_no_trial_gave_are_one_line(made, results, change):
    changed(results, f"UPDATE trials SET {change}")
    for command in (["show", results], ["report", results], ["export", results, results / "x.csv"]):
        assert FILE in refused(*command)


OF_OTHERS = 'results = \'{"x": {"value": 3}}\''


@pytest.mark.parametrize("change", ["results = '{}'", "n = 0", OF_OTHERS])
def test_trials_without_what_an_answer_needs_give_no_traceback(results, change):
    changed(results, f"UPDATE trials SET {change}")
    for command in ("show", "watch", "report", "compare"):
        code, out, err = called(command, results)
        assert code in (0, 2), (command, err)
        assert "Traceback" not in out + err


def test_a_fault_of_this_package_is_not_called_damage(results, monkeypatch):
    """Whatever an answer raises, the store is blamed only if something in it is wrong."""

    def wrong(*_, **__):
        raise TypeError("a fault of ours")

    monkeypatch.setattr(Finding, "status", property(wrong))
    for answer in (write_report, print_answers):
        with pytest.raises(TypeError, match="a fault of ours"):
            answer(results)
    facts = facts_of(results)
    facts["learner"]["C"] = "large"
    keep(results, facts)
    for answer in (write_report, print_answers):
        with pytest.raises(StoreError, match=r"learner\.C must be a number, not 'large'"):
            answer(results)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"placement": {"kind": "Grid", "precision": "x"}}, "placement.precision must be a number"),
        ({"population": {"size": 10, "kind": "songs"}}, "records are texts or table or array"),
        ({"identity": {"test": 3}}, "identity.test must be a table"),
        ({"code": {"kinds": {}, "python": "3"}}, "code.before must be a list"),
        ({"code": {"kinds": {}, "python": "3", "before": [{"kinds": {}, "python": "3"}]}},
         "code.before must count trials"),
        ({"measures": [], "strategies": {"mark": {}}}, "strategy 'mark' has no measure"),
    ],
)  # fmt: skip
def test_facts_are_checked_when_they_are_read(results, changes, says):
    keep(results, facts_of(results) | changes)
    with Store.open(results) as store, pytest.raises(StoreError, match=says):
        store.facts()


SOUND = Facts(
    strategies={"mark": StrategyFacts(measures=("included",))},
    learner={"kind": "BayesOptimal"},
    identity={name: {"sha256": "ab"} for name in ("population", "test")},
)


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ({"kind": "Imperfect", "strategy": 3, "inactive": 0.1, "mislabel": 0.0},
         "learner.strategy must be the description of a part, not 3"),
        ({"kind": 7}, "learner.kind must be a text, not 7"),
        ({"kind": "Grid", "alphas": [0.1, "x"], "repetitions": 1}, "learner.alphas[1] must be"),
        ({"kind": "Grid", "repetitions": 1}, "learner has no 'alphas'"),
        ({"kind": "SetColumns", "values": 3}, "learner.values must be"),
        ({"kind": "Somebody's own", "values": 3}, ""),
    ],
)  # fmt: skip
def test_faults_of_a_description_are_named(part, says):
    found = fault_of(replace(SOUND, learner=part), [])
    assert found.startswith(says)
    assert bool(found) == bool(says)


@pytest.mark.parametrize("curve", ["bound", "exact"])
def test_a_theory_without_a_curve_and_without_a_reason_is_named(curve):
    (about,) = SOUND.strategies.values()
    refused = dict.fromkeys({"bound", "exact"} - {curve}, "none is known")
    odd = replace(SOUND, strategies={"mark": replace(about, theory=Theory(10, refused=refused))})
    assert fault_of(odd, []) == f"strategies.mark.theory has no {curve}, and does not say why"


def test_a_trial_without_a_result_that_answers_need_is_named():
    good = Row("k", "mark", 0.1, 0, 0.1, 10, n=5, results=counts(5, included=4))
    none = replace(good, results={})
    assert fault_of(SOUND, [good, replace(none, error="no"), replace(none, strategy="x")]) == ""
    assert fault_of(SOUND, [good, none]) == (
        "a trial of strategy 'mark' has no result by 'included'"
    )


def test_numbers_in_a_store_that_are_none_are_one_line(results):
    changed(results, "REPLACE INTO meta VALUES ('total', 'abc')")
    assert FILE in refused("watch", results)


def test_python_is_told_the_same(results):
    changed(results, "UPDATE meta SET value = '{' WHERE key = 'facts'")
    with Store.open(results) as store, pytest.raises(StoreError, match="damaged"):
        store.facts()
    with pytest.raises(StoreError, match="damaged"):
        write_report(results)


@pytest.mark.parametrize("seed", range(4))
def test_bytes_overwritten_anywhere_give_no_traceback(results, seed):
    content = bytearray((results / FILE).read_bytes())
    rng = random.Random(seed)
    for _ in range(30):
        content[rng.randrange(100, len(content))] = rng.randrange(256)
    (results / FILE).write_bytes(content)
    for command in ("show", "report", "watch"):
        code, out, err = called(command, results)
        assert code in (0, 2), err
        assert "Traceback" not in out + err


def test_a_posterior_that_is_none_is_drawn_again():
    import hashlib
    import zlib

    import numpy as np

    draws = np.ones((10, 6))
    assert unpacked(packed(draws)).shape == (10, 6)
    assert unpacked(packed(np.full((10, 6), np.nan))) is None
    assert unpacked(packed(np.ones(10))) is None
    for content in (b"none", zlib.compress(bytes(200_000_000), 9), zlib.compress(b"no array")):
        assert unpacked(hashlib.sha256(content).digest() + content) is None
