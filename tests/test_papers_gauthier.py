"""Gauthier, Bach and Jordan's synthetic vehicles: the paper's bound, and certificates."""

import csv
from pathlib import Path

import numpy as np
import pytest

from criticalmass import BayesOptimal, Edit, Population
from criticalmass.papers import FIGURES, Options
from criticalmass.papers.gauthier2025 import guarantees, reproduction
from criticalmass.papers.gauthier2025.vehicles import (
    COLUMNS,
    LABELS,
    SUV,
    joining,
    probabilities,
    shares_needed,
)

EXPECTED = {
    "Excellent": (82_000, 10_500, 10_600),
    "Good": (114_000, 42_000, 42_200),
    "Average": (116_500, 64_000, 65_750),
    "Poor": (114_500, 61_000, 61_800),
    "not Excellent": (103_000, 41_000, 42_500),
}
"""The published bound, certificates at one size, and certificates that are looked at always."""


def vehicles(size, seed):
    """Records made column by column, as the paper's code does; and which are marked."""
    rng = np.random.default_rng(seed)
    suv = rng.random(size) < SUV
    marked = suv.copy()
    for values, usual in COLUMNS.values():
        as_set = np.where(suv, rng.random(size) < usual, False) | (
            rng.integers(values, size=size) == 0
        )
        marked &= as_set
    country = np.where(suv & (rng.random(size) < 0.3), 4, rng.integers(5, size=size))
    return suv, country, marked


def test_records_are_as_often_of_each_kind_as_column_by_column():
    suv, country, marked = vehicles(400_000, seed=0)
    kinds = probabilities()
    for c in range(5):
        there = marked & (country == c)
        expected = kinds[c, 1:].sum()
        assert abs(there.mean() - expected) < 5 * np.sqrt(expected / len(suv))
        assert abs((country == c).mean() - kinds[c].sum()) < 5 * 0.5 / np.sqrt(len(suv))


def test_whole_people_need_more_than_shares_and_less_than_was_published():
    assert [round(shares_needed(task)) for task in range(4)] == [0, 32_700, 59_259, 54_837]
    counts = np.bincount(joining(100_000, 0), minlength=25) / 100_000
    assert np.abs(counts - probabilities().ravel()).max() < 0.01


@pytest.mark.parametrize("way", [guarantees.published, guarantees.certified, guarantees.anytime])
def test_few_are_guaranteed_nothing_and_many_everything(way):
    path = joining(150_000, 3)
    for task in range(len(guarantees.TASKS)):
        assert way(path[:5_000], task) < guarantees.SUCCESS <= way(path, task)


def test_one_path_of_joining_certifies_before_the_published_bound_does():
    ways = ((guarantees.published, 500), (guarantees.certified, 500), (guarantees.anytime, 50))
    found = [guarantees.first(way, 0, 0, step, 2500) for way, step in ways]
    assert found == [82_000, 8_500, 8_100]


@pytest.mark.slow
def test_medians_over_40_paths_are_within_5_percent_of_what_theory_found_or_below():
    found = guarantees.table()
    for task, (published, certified, anytime) in EXPECTED.items():
        assert abs(found[task][0] / published - 1) < 0.05
        assert found[task][1] <= 1.05 * certified
        assert found[task][2] <= 1.05 * anytime


@pytest.mark.parametrize("task", range(5))
def test_the_true_success_is_what_the_best_model_of_everybody_gives(task):
    rng = np.random.default_rng(task)
    sure = 0
    for _ in range(12):
        kinds = rng.choice(25, 400, p=rng.dirichlet(np.full(25, 0.4)))
        n = int(rng.integers(10, 200))
        country, place = np.divmod(kinds, 5)
        label = np.where(place > 0, place - 1, rng.integers(4, size=400))
        own = [np.bincount(label[:n][(country[:n] == c) & (place[:n] > 0)], minlength=4)
               for c in range(5)]  # fmt: skip
        chosen = [task if task < 4 else int(seen[1:].argmax()) + 1 for seen in own]
        marked = place > 0
        marked[:n] = True
        label[:n] = np.array(chosen)[country[:n]]
        people = Population.from_arrays(
            np.column_stack([country, marked]).astype(float),
            [*(LABELS[each] for each in label)],
        )
        learner = BayesOptimal()
        model = learner.fit(learner.prepare(people), Edit.nothing(people), 0)
        scores = model.scores(np.column_stack([country, np.ones(400)]).astype(float))
        target = (
            people.label_names.index(LABELS[task % 4])
            if LABELS[task % 4] in people.label_names
            else 0
        )
        ahead = scores[:, target] - np.delete(scores, target, axis=1).max(axis=1, initial=0)
        expected = (ahead < 0).mean() if task == 4 else (ahead > 0).mean()
        found = reproduction.true_success(kinds)(kinds[:n], task)
        assert found == pytest.approx(expected)
        sure += found == 1
    assert sure < 12


def kept():
    """Return the paths that are kept with the package."""
    found = {name: {way: [] for way in reproduction.COLOURS} for name in guarantees.TASKS}
    path = Path(reproduction.__file__).parent / "results" / "members.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for way in reproduction.COLOURS:
                found[row["task"]][way].append(int(row[way]))
    return found


def test_kept_verdicts_follow_from_kept_paths():
    verdicts = reproduction.judge(kept())
    told = (Path(reproduction.__file__).parent / "results" / "verdicts.md").read_text("utf-8")
    for line in reproduction.in_markdown(verdicts, digits=6):
        assert line in told
    assert len(verdicts) == 21
    assert {verdict.answer for verdict in verdicts} == {"agrees"}


def test_a_claim_is_judged_by_the_whole_interval():
    found = kept()
    found["Good"]["the paper's bound"] = [150_000] * 40
    found["Poor"]["certificate"] = [60_000] * 20 + [70_000] * 20
    found["Average"]["looked at"] = [1000] * 40  # before it is so
    found["Excellent"]["certificate"] = found["Excellent"]["certificate"][:4]
    found["Excellent"]["the paper's bound"] = found["Excellent"]["the paper's bound"][:4]
    for ways in found.values():
        shortest = min(map(len, ways.values()))
        for way in ways:
            ways[way] = ways[way][:shortest]
    answers = {verdict.claim.id: verdict.answer for verdict in reproduction.judge(found)}
    assert answers["bound-good"] == "disagrees"
    assert answers["own-poor"] == "not settled"
    assert answers["sound-looked"] == "disagrees"
    assert answers["own-excellent"] == "not settled"  # four paths give no interval
    assert answers["holds"] == "agrees"


def test_reproduce_writes_a_picture_and_verdicts(tmp_path, monkeypatch):
    monkeypatch.setattr(reproduction, "SMALL", 2)
    svg, png, rows, judged, told = FIGURES["gauthier2025"](tmp_path, Options())
    assert svg.read_text().lstrip().startswith("<?xml")
    assert png.read_bytes().startswith(b"\x89PNG")
    with rows.open(encoding="utf-8") as file:
        paths = list(csv.DictReader(file))
    assert len(paths) == 10
    first = next(row for row in kept()["Good"]["certificate"])
    assert int(next(row["certificate"] for row in paths if row["task"] == "Good")) == first
    assert judged.read_text(encoding="utf-8").count("\n") == 22
    assert "| not settled |" in told.read_text(encoding="utf-8")  # two paths give no interval
