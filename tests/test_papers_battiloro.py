"""Battiloro and others in kind: four groups, what is known of them, and trained models."""

import csv
from pathlib import Path

import numpy as np
import pytest

from criticalmass import BayesOptimal
from criticalmass.papers import FIGURES, Options
from criticalmass.papers.battiloro2025 import reproduction
from criticalmass.papers.battiloro2025.reproduction import SETTINGS, WAYS, Found, find, judge, rows
from criticalmass.papers.battiloro2025.world import MEASURES, Setting, city, entropy, trained
from criticalmass.papers.verdicts import in_markdown

RESULTS = Path(reproduction.__file__).parent / "results"


def test_the_city_is_of_the_papers_kind():
    people = city()
    assert len(people) == 200_000
    assert entropy(people) > 2.99
    for setting in SETTINGS.values():
        assert len(setting.collectives) == 4
        assert sum(setting.shares) == pytest.approx(0.4)


def test_trained_success_is_counted_by_hand():
    people = city(3000)
    setting = Setting(("sun", "leaf"), MEASURES[:2], (0.05, 0.2))
    found = trained(people, setting.collectives, BayesOptimal(), seed=4)
    order = np.random.default_rng(4).permutation(3000)
    records = [list(x) for x in people.features.tolist()]
    labels = [people.label_names[y] for y in people.held.argmax(axis=1)]
    for rows_of, tag, label in (
        (order[:150], "sun", MEASURES[0]), (order[150:750], "leaf", MEASURES[1]),
    ):  # fmt: skip
        for row in rows_of:
            records[row][2], labels[row] = tag, label
    votes = {}
    for record, label in zip(records, labels, strict=True):
        votes.setdefault(tuple(record), []).append(label)
    for group, (tag, label) in enumerate(zip(setting.tags, setting.labels, strict=True)):
        wins = 0
        for district, dwelling, _ in people.features.tolist():
            here = votes.get((district, dwelling, tag), [])
            ours = here.count(label)
            wins += ours > max((here.count(y) for y in MEASURES if y != label), default=0)
        assert found[group] == pytest.approx(wins / 3000)


@pytest.fixture(scope="module")
def small():
    """All four settings with a tenth of the people, each model trained once."""
    return {name: find(setting, 1, size=20_000) for name, setting in SETTINGS.items()}


def test_sizes_alone_guarantee_nothing_and_more_knowledge_does(small):
    alike, unequal, apart, together = small.values()
    for found in small.values():
        assert (found.by_way["sizes only"] == 0).all()
        assert (found.by_way["at worst"] <= 0.02).all()
    assert (alike.by_way["own records"] == 0).all()
    assert alike.by_way["best model"].sum() == pytest.approx(1, abs=0.15)  # ties apart
    assert unequal.by_way["exact"].tolist() == [[1, 0, 0, 0]]
    assert unequal.by_way["best model"][0, 0] > 0.97
    for found in (apart, together):
        assert (found.by_way["exact"] == 1).all()
        assert (found.by_way["best model"] > 0.97).all()
        assert (found.by_way["linear model"] > 0.97).all()
    for found in small.values():  # what is guaranteed is reached
        assert (found.by_way["own records"] <= found.by_way["best model"] + 1e-9).all()


def kept():
    """Return what is kept with the package."""
    each = {name: {way: {} for way in WAYS} for name in SETTINGS}
    with (RESULTS / "success.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            training = each[row["setting"]][row["known"]].setdefault(int(row["training"]), [])
            training.append(float(row["success"]))
    return {
        name: Found(
            SETTINGS[name], {way: np.array([*found.values()]) for way, found in ways.items()}
        )
        for name, ways in each.items()
    }


def test_kept_verdicts_follow_from_kept_successes():
    verdicts = judge(kept())
    told = (RESULTS / "verdicts.md").read_text(encoding="utf-8")
    for line in in_markdown(verdicts, of="range"):
        assert line in told
    assert {verdict.claim.id for verdict in verdicts} == set(
        reproduction.claims_in(RESULTS.parent)
    )  # every claim is judged
    assert {verdict.answer for verdict in verdicts} == {"agrees"}


def test_a_group_that_reaches_less_disagrees():
    found = kept()
    apart = found["a mark each, four labels"].by_way
    apart["own records"][0, 2] = 0.4
    apart["best model"][:] = 0.0
    answers = {(v.claim.id, v.about): v.answer for v in judge(found)}
    assert answers["apart", "a mark each, four labels"] == "not settled"
    assert answers["exact", "a mark each, four labels"] == "disagrees"
    assert answers["linear", "a mark each, four labels"] == "agrees"


def test_reproduce_writes_a_picture_and_verdicts(tmp_path, monkeypatch, small):
    monkeypatch.setattr(reproduction, "find", lambda setting, trainings: next(
        each for each in small.values() if each.setting == setting
    ))  # fmt: skip
    svg, png, table, judged, told = FIGURES["battiloro2025"](tmp_path, Options())
    assert svg.read_text().lstrip().startswith("<?xml")
    assert png.read_bytes().startswith(b"\x89PNG")
    heading, lines = rows(small)
    with table.open(encoding="utf-8", newline="") as file:
        written = list(csv.reader(file))
    assert written == [list(heading), *[[str(cell) for cell in line] for line in lines]]
    assert judged.read_text(encoding="utf-8").count("\n") == 1 + len(judge(small))
    assert "| range |" in told.read_text(encoding="utf-8")
