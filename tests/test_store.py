import json
import math
import sqlite3
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from criticalmass import Store
from criticalmass.errors import StoreError
from criticalmass.measures import Real
from criticalmass.studies import Row
from criticalmass.studies.facts import Facts
from support.older_stores import make_older
from support.rights import somebody_else
from support.rows import counts

FACTS = {"name": "demo", "identity": {"learner": {"C": 1.0}, "seed": 0}}
ROW = Row("k1", "mark", 0.1, 0, 0.1, 10, changed=9, n=5, results=counts(5, top1=4), seconds=1.5)


def test_rows_come_back_as_they_were(tmp_path):
    with Store.create(tmp_path / "new" / "folder", FACTS) as store:
        store.add(ROW)
        failed = Row("k0", "mark", 0.2, 0, 0.2, 20, error="MemoryError: no memory")
        store.add(failed)
    with Store.open(tmp_path / "new" / "folder") as store:
        first, second = store.rows()
        assert first.results == counts(5, top1=4)
        assert (first.key, first.changed, first.seconds) == ("k1", 9, 1.5)
        assert math.isnan(first.accuracy)
        assert second.error == failed.error
        assert store.facts().to_json() == Facts.from_json(FACTS).to_json()


def test_a_result_is_never_replaced_and_a_failure_is(tmp_path):
    with Store.create(tmp_path, FACTS) as store:
        store.add(Row("k1", "mark", 0.1, 0, 0.1, 10, error="broken"))
        store.add(ROW)
        assert [row.error for row in store.rows()] == [""]
        store.add(Row("k1", "mark", 0.1, 0, 0.1, 10, error="broken"))
        store.add(Row("k1", "mark", 0.1, 0, 0.1, 10, n=1))
        assert store.rows()[0].n == 5
        assert len(store.rows()) == 1


def test_facts_that_are_not_identity_may_change(tmp_path):
    Store.create(tmp_path, FACTS).close()
    with Store.create(tmp_path, FACTS | {"name": "renamed"}) as store:
        assert store.facts().name == "renamed"


def test_facts_are_taken_as_a_record_and_as_they_are_kept(tmp_path):
    record = Facts.from_json(FACTS)
    for folder, facts in (("record", record), ("kept", FACTS)):
        with Store.create(tmp_path / folder, facts) as store:
            assert store.facts().to_json() == record.to_json()
    with Store.create(tmp_path / "kept", record) as store:
        assert store.facts().name == "demo"


def test_another_study_is_refused_with_the_difference(tmp_path):
    with Store.create(tmp_path, FACTS) as store:
        store.add(ROW)
    other = {"name": "demo", "identity": {"learner": {"C": 2.0}, "seed": 0}}
    with pytest.raises(StoreError, match=r"learner\.C is 1\.0 there, 2\.0 here"):
        Store.create(tmp_path, other)
    with Store.open(tmp_path) as store:
        assert len(store.rows()) == 1
        assert store.facts().to_json() == Facts.from_json(FACTS).to_json()


def test_no_store_is_made_by_looking_for_one(tmp_path):
    with pytest.raises(StoreError, match=r"has no trials\.sqlite"):
        Store.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("share", [0, 0.01, 0.4, 0.8])
def test_half_a_file_is_refused_and_left_alone(share, tmp_path):
    with Store.create(tmp_path, FACTS) as store:
        for number in range(300):
            store.add(Row(f"k{number}", "mark", 0.1, number, 0.1, 10, error="x" * 100))
    path = tmp_path / "trials.sqlite"
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    for attempt in (lambda: Store.open(tmp_path), lambda: Store.create(tmp_path, FACTS)):
        with pytest.raises(StoreError, match=r"damaged or not a store|only part of a store"):
            attempt()
    assert len(path.read_bytes()) == int(share * len(whole))


def test_what_is_no_store_is_refused(tmp_path):
    (tmp_path / "trials.sqlite").write_text("a text file, longer than a header of SQLite" * 9)
    with pytest.raises(StoreError, match="damaged or not a store"):
        Store.open(tmp_path)
    (tmp_path / "trials.sqlite").unlink()
    sqlite3.connect(tmp_path / "trials.sqlite").execute("CREATE TABLE other (x)")
    with pytest.raises(StoreError, match="no such table"):
        Store.open(tmp_path)


def test_another_schema_is_refused(tmp_path):
    Store.create(tmp_path, FACTS).close()
    with sqlite3.connect(tmp_path / "trials.sqlite") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    with pytest.raises(StoreError, match="schema 99"):
        Store.open(tmp_path)


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot write"):
        Store.create(tmp_path / "file" / "inside", FACTS)


def test_results_of_others_are_read():
    with TemporaryDirectory() as name:  # not where pytest has its folders, which are its user's
        folder = Path(name)
        with Store.create(folder, FACTS) as store:
            store.add(ROW)
        with somebody_else(folder), Store.open(folder) as store:
            assert [row.key for row in store.rows()] == ["k1"]
            assert not store.busy()
            with pytest.raises(StoreError, match="cannot be used: attempt to write a readonly"):
                store.finish()


def test_a_running_study_of_others_is_read():
    with TemporaryDirectory() as name:
        folder = Path(name)
        with Store.create(folder, FACTS) as running, running.writing():
            running.add(ROW)
            with somebody_else(folder), Store.open(folder) as store:
                assert [row.key for row in store.rows()] == ["k1"]
                assert store.busy()


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "rows.csv").write_text("mine")
    with pytest.raises(StoreError, match="it is a file, not a folder"):
        Store.create(tmp_path / "rows.csv", FACTS)
    assert (tmp_path / "rows.csv").read_text() == "mine"


def test_rows_of_one_strategy_and_of_some_shares(tmp_path):
    with Store.create(tmp_path, FACTS) as store:
        for k, share in enumerate((0.0, 0.1, 0.2)):
            store.add(Row(f"a{k}", "one", share, 0, share, k))
            store.add(Row(f"b{k}", "two", share, 0, share, k))
        assert len(store) == 6
        assert [row.key for row in store.rows(strategy="two")] == ["b0", "b1", "b2"]
        assert [row.key for row in store.rows(low=0.1, high=0.1)] == ["a1", "b1"]


def test_a_store_cut_short_opens_with_what_was_committed(tmp_path):
    """A power loss leaves the log of the last commits cut anywhere: rows are there in order."""
    with Store.create(tmp_path / "whole", FACTS) as store:
        for k in range(12):
            store.add(Row(f"k{k:02}", "mark", 0.1 + k / 100, 0, 0.1, 10))
        files = {path.name: path.read_bytes() for path in (tmp_path / "whole").iterdir()}
    log = files["trials.sqlite-wal"]
    seen = set()
    for cut in [*range(0, len(log), max(1, len(log) // 60)), len(log)]:
        folder = tmp_path / f"cut{cut}"
        folder.mkdir()
        (folder / "trials.sqlite").write_bytes(files["trials.sqlite"])
        (folder / "trials.sqlite-wal").write_bytes(log[:cut])
        with Store.open(folder) as store:
            keys = [row.key for row in store.rows()]
            assert keys == [f"k{k:02}" for k in range(len(keys))]
            seen.add(len(keys))
            store.add(Row("new", "mark", 0.9, 0, 0.9, 90))
            assert len(store) == len(keys) + 1
    assert {0, 12} <= seen
    assert len(seen) > 6


BEFORE = [
    Row("count", "mark", 0.1, 0, 0.1, 10, n=5, results=counts(5, top1=4, included=0)),
    Row("share", "steer", 0.2, 0, 0.2, 20, n=5, results={"distance": Real(0.5)}),
    Row("failed", "mark", 0.3, 0, 0.3, 30, error="MemoryError: no memory"),
]


@pytest.mark.parametrize("schema", [1, 2, 3, 4])
def test_results_of_older_stores_are_read_and_kept_in_their_new_form(schema, tmp_path):
    with Store.create(tmp_path, FACTS) as store:
        for row in BEFORE:
            store.add(row)
    make_older(tmp_path, schema)
    for _ in range(2):  # the first brings it up to date
        with Store.open(tmp_path) as store:
            found = {row.key: row.results for row in store.rows()}
            assert found["count"] == BEFORE[0].results
            assert found["share"] == (BEFORE[1].results if schema > 1 else {})
            assert found["failed"] == {}
    with Store.open(tmp_path) as store:
        store.add(replace(BEFORE[0], key="new"))
        assert len(store.rows()) == 4


@pytest.mark.parametrize("schema", [1, 4])
def test_older_stores_of_somebody_else_are_read_as_they_are(schema):
    with TemporaryDirectory() as name:
        folder = Path(name)
        with Store.create(folder, FACTS) as store:
            for row in BEFORE:
                store.add(row)
        make_older(folder, schema)
        with somebody_else(folder), Store.open(folder) as store:
            assert {row.key: row.results for row in store.rows()}["count"] == BEFORE[0].results


def test_what_older_versions_measured_of_real_members_is_still_known(tmp_path):
    old = {"strategy": "mark", "asked": 0.1, "repetition": 0, "alpha": 0.1, "members": 10, "n": 5}
    kept = json.dumps({**old, "key": "k", "successes": {"top1": 4}, "shares": {"distance": 0.5}})
    with Store.create(tmp_path, FACTS) as store:
        with sqlite3.connect(tmp_path / "trials.sqlite") as connection:
            connection.execute("INSERT INTO meta VALUES ('measured k', ?)", [kept])
        connection.close()
        assert store.measured("k").results == counts(5, top1=4) | {"distance": Real(0.5)}


def test_successes_and_shares_go_on_for_one_release():
    both = replace(BEFORE[0], results=BEFORE[0].results | BEFORE[1].results)
    with pytest.warns(DeprecationWarning, match=r"Row\.successes is now Row\.results"):
        assert both.successes == {"top1": 4, "included": 0}
    with pytest.warns(DeprecationWarning, match=r"Row\.shares is now Row\.results"):
        assert both.shares == {"distance": 0.5}
