"""A store that grows is read row by row, and only what has changed is fitted again."""

import random
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from criticalmass import Store
from criticalmass.answers import so_far as module
from criticalmass.answers.finding import findings
from criticalmass.answers.so_far import SoFar
from criticalmass.studies import Row
from criticalmass.studies.facts import Facts, PopulationFacts, StrategyFacts
from criticalmass.studies.store.growing import Growing
from support.rows import counts

STRATEGIES = ("mark", "erase")
FACTS = Facts(
    measures=("included",),
    population=PopulationFacts(size=1000),
    strategies={name: StrategyFacts(measures=("included",)) for name in STRATEGIES},
)


def trial(number, strategy="mark", error=""):
    """A trial: success rises with the share, of which there are ten."""
    members = 10 * (number % 10 + 1)
    row = Row(
        f"{strategy} {number}", strategy, members / 1000, number, members / 1000, members,
        n=50, results=counts(50, included=members // 2),
    )  # fmt: skip
    return replace(row, n=0, results={}, error=error) if error else row


@pytest.fixture
def store(tmp_path):
    with Store.create(tmp_path, FACTS) as store:
        yield store


def known(growing):
    return {name: rows for name, rows in growing.rows.items() if rows}


def there(store):
    return {name: rows for name in STRATEGIES if (rows := store.rows(strategy=name))}


@pytest.mark.parametrize("seed", range(20))
def test_rows_that_are_read_as_they_come_are_those_of_the_store(seed, store):
    chance, growing = random.Random(seed), Growing()
    for _ in range(60):
        number, strategy = chance.randrange(15), chance.choice(STRATEGIES)
        store.add(trial(number, strategy, error=chance.choice(["", "broken", "lost"])))
        if chance.random() < 0.4:
            growing.read(store)
            assert known(growing) == there(store)
            assert len(growing) == len(store)


def test_it_is_said_how_many_rows_of_which_strategy_are_others(store):
    growing = Growing()
    assert growing.read(store) == {}
    for number in range(3):
        store.add(trial(number))
    store.add(trial(0, "erase", error="broken"))
    assert growing.read(store) == {"mark": 3, "erase": 1}
    assert growing.read(store) == {}
    store.add(trial(0, "erase"))
    assert growing.read(store) == {"erase": 2}  # one is gone, one has come
    assert growing.read(store) == {}


def test_rows_with_results_are_read_once(store, monkeypatch):
    read, growing = [], Growing()

    def counted(self, place, whole=Store.written_from):
        count, rows = whole(self, place)
        read.append(sorted(row.key for row in rows.values()))
        return count, rows

    monkeypatch.setattr(Store, "written_from", counted)
    for number in range(4):
        store.add(trial(number, error="broken" if number == 1 else ""))
        growing.read(store)
    assert read == [["mark 0"], ["mark 1"], ["mark 1", "mark 2"], ["mark 1", "mark 3"]]


def changed_by_hand(folder, *statements):
    with closing(sqlite3.connect(folder / "trials.sqlite")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_rows_are_found_again_in_a_file_that_was_compacted(store, tmp_path):
    """Then rows have other places, without gaps where failed ones were replaced."""
    growing = Growing()
    for error in ("broken", ""):
        for number in range(6):
            store.add(trial(number, error=error))
            store.add(trial(number + 100))
    growing.read(store)
    changed_by_hand(
        tmp_path,
        "CREATE TEMP TABLE copy AS SELECT * FROM trials",
        "DELETE FROM trials",
        "INSERT INTO trials SELECT * FROM copy",
    )
    store.add(trial(200, "erase"))
    assert growing.read(store) == {"mark": 12, "erase": 1}
    assert known(growing) == there(store)
    assert growing.read(store) == {}


def test_rows_that_somebody_took_away_are_gone(store, tmp_path):
    growing = Growing()
    for strategy in STRATEGIES:
        store.add(trial(0, strategy))
    growing.read(store)
    changed_by_hand(tmp_path, "DELETE FROM trials WHERE strategy = 'mark'")
    assert growing.read(store) == {"mark": 1, "erase": 1}
    assert known(growing) == there(store)


@pytest.fixture
def answered(monkeypatch):
    """The strategies that are answered, in order, with their numbers of rows; nothing is fitted."""
    asked = []

    def remembered(facts, strategy, rows, *, headlines):
        assert headlines
        asked.append((strategy, len(rows)))
        return [f"{strategy}: {len(rows)}"]

    monkeypatch.setattr(module, "findings_of", remembered)
    return asked


def add(store, numbers, strategy="mark"):
    for number in numbers:
        store.add(trial(number, strategy))


def test_all_strategies_are_answered_first_one_after_another(store, answered):
    study = SoFar(store)
    add(store, range(3))
    study.read(store)
    assert list(study.findings()) == [["mark: 3"], ["mark: 3", "erase: 0"]]


def test_only_a_strategy_with_new_rows_is_answered_anew(store, answered):
    study = SoFar(store)
    study.read(store)
    list(study.findings())
    answered.clear()
    add(store, range(2), "erase")
    study.read(store)
    assert list(study.findings()) == [["mark: 0", "erase: 2"]]
    study.read(store)
    assert list(study.findings()) == []
    assert answered == [("erase", 2)]


def test_a_hundredth_of_new_rows_is_waited_for_until_none_come(store, answered):
    study = SoFar(store)
    add(store, range(300))
    study.read(store)
    list(study.findings())
    answered.clear()
    for upto in (301, 302, 303, 304):
        add(store, range(300, upto))
        study.read(store)
        list(study.findings())
    assert answered == [("mark", 304)]  # 4 of 304 are more than a hundredth, 3 of 303 are not
    study.read(store)
    assert list(study.findings()) == []
    add(store, range(304, 306))
    for _ in range(2):
        study.read(store)
        list(study.findings())
    assert answered == [("mark", 304), ("mark", 306)]


def test_each_new_row_of_a_small_study_counts(store, answered):
    study = SoFar(store)
    for number in range(1, 101):
        add(store, [number])
        study.read(store)
        list(study.findings())
    assert [rows for strategy, rows in answered if strategy == "mark"] == list(range(1, 101))


def test_what_was_found_as_rows_came_is_what_all_rows_give(store):
    study = SoFar(store)
    for number in range(12):
        add(store, [number], STRATEGIES[number % 2])
        if number in (3, 11):
            study.read(store)
            last = list(study.findings())[-1]
    whole = findings(FACTS, store.rows(), headlines=True)
    assert [one.strategy for one in last] == list(STRATEGIES)
    for found, wanted in zip(last, whole, strict=True):
        assert (found.strategy, found.rows) == (wanted.strategy, wanted.rows)
        assert found.mass is not None
        assert found.mass == wanted.mass


def test_a_strategy_that_the_study_does_not_know_is_left_out(store):
    store.add(trial(0, "unheard of"))
    study = SoFar(store)
    study.read(store)
    assert [one.strategy for one in list(study.findings())[-1]] == list(STRATEGIES)
