"""Stores that earlier versions wrote: they open, say what they said, and go on."""

import json
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from criticalmass import Adaptive, Store, read_study, run
from criticalmass.errors import StoreError
from criticalmass.pages.report import render
from criticalmass.phrases import RECORDS
from criticalmass.studies.facts import Facts, facts_of
from criticalmass.studies.said import Said

HERE = Path(__file__).parent / "stores"
STORES = sorted(path.parent for path in HERE.glob("*/*/trials.sqlite"))
BEFORE = HERE / "2026-11-28" / "steering"  # its members' records were computed in another way
GOING_ON = [
    *(HERE / "2026-11-28" / name for name in ("table", "texts")),
    HERE / "2026-11-29" / "steering",
]


def identity(path):
    return f"{path.parent.name}/{path.name}"


def kept_in(folder):
    """The facts as they lie in the store."""
    with sqlite3.connect(folder / "trials.sqlite") as connection:
        found = connection.execute("SELECT value FROM meta WHERE key = 'facts'").fetchone()[0]
    connection.close()
    return json.loads(found)


@pytest.fixture
def copy(tmp_path):
    """Copy a store, so that nothing is changed in the checkout."""

    def copied(store):
        return shutil.copytree(store, tmp_path / store.name)

    return copied


@pytest.mark.parametrize("store", STORES, ids=identity)
def test_facts_and_rows_are_read(store, copy):
    folder = copy(store)
    with Store.open(folder) as opened:
        facts, rows = opened.facts(), opened.rows()
    kept = kept_in(folder)
    assert rows
    assert {row.strategy for row in rows} == set(facts.strategies)
    assert facts.population.size == kept["population"]["size"]
    assert facts.identity == kept["identity"]
    written = facts.to_json()
    for key, value in kept.items():  # what was there is there again, and in the same form
        if key != "strategies":
            assert written[key] == value, key
    for name, strategy in kept["strategies"].items():
        again = written["strategies"][name]
        assert json.dumps({key: again[key] for key in strategy}) == json.dumps(strategy)
        assert facts.strategies[name].theory is not None
    assert json.dumps(Facts.from_json(written).to_json()) == json.dumps(written)


@pytest.mark.parametrize("store", STORES, ids=identity)
def test_a_report_is_made(store, copy):
    with Store.open(copy(store)) as opened:
        facts, rows = opened.facts(), opened.rows()
    page = render(facts, rows)
    assert facts.name in page
    assert page.count("What theory says") == len(facts.strategies)


@pytest.mark.parametrize("store", STORES, ids=identity)
def test_show_prints_what_it_printed(store, copy):
    shown = subprocess.run(
        [sys.executable, "-m", "criticalmass.cli", "show", copy(store)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    before = (store / "show.txt").read_text(encoding="utf-8")
    assert [line.rstrip() for line in shown.splitlines()] == [
        line.rstrip() for line in before.splitlines()
    ]


@pytest.mark.parametrize("store", GOING_ON, ids=identity)
def test_nothing_is_trained_anew(store, copy):
    folder = copy(store)
    study = read_study(HERE / "studies" / f"{store.name}.toml")
    with Store.open(folder) as opened:
        before = opened.rows()
    assert repr(run(study, folder)) == repr(before)


@pytest.mark.parametrize("store", GOING_ON, ids=identity)
def test_missing_trials_are_drawn_as_when_the_store_was_begun(store, copy):
    folder = copy(store)
    study = read_study(HERE / "studies" / f"{store.name}.toml")
    with Store.open(folder) as opened:
        before = opened.rows()
    with sqlite3.connect(folder / "trials.sqlite") as connection:
        connection.execute("DELETE FROM trials WHERE repetition = 0")
    connection.close()
    after = run(study, folder)
    told = {row.key: (row.asked, row.members, row.changed, row.seed) for row in before}
    rates = {row.key: row.results for row in before}
    # a curve that is fitted in another way may place later trials elsewhere
    same = [row for row in after if row.key in told]
    assert len(same) >= (16 if isinstance(study.placement, Adaptive) else len(before))
    for row in same:
        assert (row.asked, row.members, row.changed, row.seed) == told[row.key]
        for name, result in row.results.items():
            # another machine's linear algebra may round shares in another way, and a linear
            # programme that is solved with it may end in another corner that is as good
            before = rates[row.key][name]
            assert result == before or result.value == pytest.approx(before.value, rel=1e-3)
    assert kept_in(folder)["identity"] == kept_in(store)["identity"]


def test_stores_of_both_schemes_go_on():
    assert {kept_in(store)["identity"]["scheme"] for store in GOING_ON} == {1, 2}


def test_rows_of_members_whose_records_were_computed_in_another_way_are_not_mixed(copy):
    folder = copy(BEFORE)
    study = read_study(HERE / "studies" / "steering.toml")
    message = r"strategies\.neutralize was computed in another way by another version; choose"
    with pytest.raises(StoreError, match=message):
        run(study, folder)
    with Store.open(folder) as opened:
        before = {row.key for row in opened.rows()}
    study = replace(study, scheme=kept_in(folder)["identity"]["scheme"])
    keys = {name: study.trial(name, 0.1).key in before for name in study.strategies}
    assert keys == {"neutralize": False, "control": True}


@pytest.mark.parametrize("store", GOING_ON, ids=identity)
def test_a_study_keeps_its_facts_in_the_same_form(store):
    kept = kept_in(store)
    study = replace(
        read_study(HERE / "studies" / f"{store.name}.toml"), scheme=kept["identity"]["scheme"]
    )
    new = json.loads(json.dumps(facts_of(study).to_json()))
    for changing in ("versions", "code"):
        assert set(kept.pop(changing)) <= set(new.pop(changing))
    before = Facts.from_json(kept)  # what parts say of themselves is kept since 2026-11-30
    assert new.pop("trains") == before.learner_in_words()
    records = RECORDS[before.population.kind]
    for name, strategy in new["strategies"].items():
        assert Said(**strategy.pop("said")) == before.strategies[name].in_words(records)
        strategy.pop("unchanged", None)  # stores have it since 2026-11-30, of what erases
    assert list(new) == list(kept)
    for strategy in new["strategies"].values():
        assert isinstance(strategy.pop("all_succeed"), bool)
    for strategy in kept["strategies"].values():
        strategy.pop("all_succeed", None)  # stores have it since 2026-11-29
    assert [list(strategy) for strategy in new["strategies"].values()] == [
        list(strategy) for strategy in kept["strategies"].values()
    ]
    theories = [[s.pop("theory") for s in each["strategies"].values()] for each in (new, kept)]
    assert new == kept
    for now, then in zip(*theories, strict=True):
        now.pop("people", None)  # stores have it since 2026-11-30
        now.pop("best", None)  # stores have it since 2026-11-30
        now.pop("placed", None)  # stores have it since 2026-11-30
        assert list(now) == list(then)
        assert {name: list(part) for name, part in now.items()} == {
            name: list(part) for name, part in then.items()
        }


def test_a_new_folder_follows_the_rule_of_common_members(tmp_path):
    study = read_study(HERE / "studies" / "table.toml")
    run(study, tmp_path / "new")
    assert kept_in(tmp_path / "new")["identity"]["scheme"] == 2


def test_brackets_go_on_for_one_version():
    facts = Facts.from_json(kept_in(STORES[0]))
    with pytest.warns(DeprecationWarning, match=r"is now facts\.target"):
        assert facts["target"] == facts.target
    with pytest.warns(DeprecationWarning, match="the brackets go"):
        assert facts["strategies"]["control"]["held"] is None


def test_a_study_without_facts_has_defaults():
    facts = Facts.from_json({"identity": {"seed": 0}, "strategies": {"mark": {}}, "later": 1})
    assert facts.strategies["mark"].theory is None
    assert facts.placement == {}
    assert facts.incentives is None
    assert facts.code is None
    assert "code" not in facts.to_json()


def test_a_strategy_of_an_old_store_has_the_study_s_measures():
    kept = {"measures": ["included", "top1"], "strategies": {"mark": {"target_label": "cook"}}}
    facts = Facts.from_json(kept)
    assert facts.strategies["mark"].measures == ("included", "top1")
    assert (facts.placement, facts.code, facts.incentives) == ({}, None, None)
    assert facts.strategies["mark"].theory is None
