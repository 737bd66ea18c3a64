"""What a plan says of its members' own records: a certificate, beside the theorem."""

from dataclasses import replace

import numpy as np
import pytest
from markupsafe import escape

from criticalmass import (
    BayesOptimal,
    FeatureLabel,
    FeatureOnly,
    Grid,
    Population,
    Store,
    Study,
    run,
)
from criticalmass.answers.certificate import certify
from criticalmass.answers.kept_certificate import keep_group, kept_groups
from criticalmass.errors import StoreError
from criticalmass.members.file import Columns, read_members
from criticalmass.members.instructions import instruct
from criticalmass.members.plan import plan
from criticalmass.pages.plan import render
from criticalmass.pages.report import write_report
from criticalmass.signals import MoveToSubgroup, SetColumns
from criticalmass.strategies import Imperfect, Unplant
from criticalmass.words.certificate import beside_a_theorem
from criticalmass.words.plan import parts, text
from support.members_files import written

SIGNAL = SetColumns({"mark": "yes"})
STRATEGIES = {
    "plant": FeatureLabel(SIGNAL, "good"),
    "unplant": Unplant(SIGNAL, "bad"),
    "some": FeatureOnly(SIGNAL, "good", recruit="target"),
    "moved": FeatureLabel(MoveToSubgroup({"mark": "yes"}), "good"),
}


def everybody(size=1600):
    rng = np.random.default_rng(0)
    marked, place = rng.random(size) < 0.04, rng.integers(4, size=size)
    label = rng.choice(["good", "fair"], size, p=[0.6, 0.4]).astype(object)
    label[marked & (rng.random(size) < 0.7)] = "bad"
    columns = {
        "mark": np.where(marked, "yes", "no").astype(object),
        "place": np.array([f"p{k}" for k in place], dtype=object),
        "label": label,
    }
    return Population.from_table(columns, label="label"), rng


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planned")
    people, rng = everybody()
    train, test = people.split(test=200, seed=0)
    study = Study(train, test, BayesOptimal(), STRATEGIES, Grid((0.02, 0.1, 0.3), repetitions=1))
    run(study, folder / "found")
    files = {}
    for count in (20, 700):
        rows = rng.permutation(len(train))[:count]
        lines = [
            f"{row},{train.features['mark'][row]},{train.features['place'][row]},"
            f"{train.label_names[int(train.held[row].argmax())]}"
            for row in rows
        ]
        content = "\n".join(["id,mark,place,label", *lines]) + "\n"
        files[count] = written(folder, content, f"members{count}.csv")
    return study, folder / "found", files


def planned(ran, count, strategy, change=None, *, train=False):
    study, folder, files = ran
    columns = Columns(label="label")
    members = read_members(files[count], study.population, columns)
    if change:
        members = replace(members, records=change(members.records))
    return plan(instruct(study, members, strategy), folder, train=train)


@pytest.mark.parametrize("strategy", ["plant", "unplant"])
def test_it_is_the_certificate_of_these_very_records(ran, strategy):
    study, _, _ = ran
    made = planned(ran, 700, strategy)
    ours = made.certified
    theirs = certify(
        STRATEGIES[strategy],
        made.instructions.members.records,
        len(study.population) + len(study.test),
        known=study.population,
    )
    assert ours.success == theirs.success > 0
    assert ours.for_members == theirs.for_members
    line = dict(parts(made))["Guaranteed for your group"]
    assert line == beside_a_theorem(ours, made.comparison.theory.theorem)
    assert "Against the best possible model, at least " in line or ", all of marked" in line
    assert "with 95% confidence" in line
    assert f"“{made.comparison.theory.theorem} guarantees” is about shares of everybody" in line
    assert "whatever everybody else's are, if your members are a random sample" in line
    page = render(made)
    assert "Guaranteed for your group" in page


def test_a_report_that_is_written_later_says_what_the_last_plan_of_each_strategy_said(ran):
    _, folder, _ = ran
    assert "Guaranteed for your group" not in write_report(folder).read_text(encoding="utf-8")
    lines = []
    for strategy in ("plant", "unplant"):
        made = planned(ran, 700, strategy, train=True)
        lines.append(dict(parts(made))["Guaranteed for your group"])
    report = write_report(folder).read_text(encoding="utf-8")
    assert report.count("<h3>Guaranteed for your group</h3>") == 2
    for line in lines:
        whose = "This is of the 700 members of the last plan (`criticalmass plan` makes it anew)."
        assert escape(f"{line} {whose}") in report
    planned(ran, 20, "plant", train=True)
    report = write_report(folder).read_text(encoding="utf-8")
    assert "This is of the 20 members of the last plan" in report
    assert escape(lines[0]) not in report
    assert escape(lines[1]) in report


def test_a_plan_that_certifies_nothing_takes_back_what_was_kept(ran):
    _, folder, _ = ran
    made = planned(ran, 700, "plant", train=True)
    with Store.open(folder) as store:
        assert kept_groups(store)["plant"] == made.certified.kept
        keep_group(store, "plant", None)
        assert "plant" not in kept_groups(store)


def test_a_kept_certificate_that_is_damaged_is_one_line(ran):
    _, folder, _ = ran
    planned(ran, 700, "plant", train=True)
    with Store.open(folder) as store:
        whole = store.groups()
        for damaged in ({"plant": {"form": "PLANT"}}, {"plant": {**whole["plant"], "people": 0}}):
            store.keep_groups(damaged)
            with pytest.raises(StoreError, match="damaged, or not what"):
                kept_groups(store)
        store.keep_groups({})


def test_so_few_hear_how_many_would_do(ran):
    line = dict(parts(planned(ran, 20, "plant")))["Guaranteed for your group"]
    assert line.startswith("Nothing is guaranteed to everybody by so few.")
    assert "For 90%: it takes about " in line


def test_nothing_is_guaranteed_to_a_group_of_whom_some_forget(ran):
    study, _, files = ran
    careless = {**STRATEGIES, "plant": Imperfect(STRATEGIES["plant"], inactive=0.25)}
    forgetful = replace(study, strategies=careless)
    members = read_members(files[700], forgetful.population, Columns(label="label"))
    made = replace(planned(ran, 700, "plant"), instructions=instruct(forgetful, members, "plant"))
    assert planned(ran, 700, "plant").certified is not None
    assert made.certified is None
    assert "Guaranteed for your group" not in text(made)


def test_the_line_says_for_which_population_it_is(ran):
    line = dict(parts(planned(ran, 700, "plant")))["Guaranteed for your group"]
    assert "This is for a population of 1,600 records; for a larger platform" in line
    assert "certify --population-size" in line


@pytest.mark.parametrize("strategy", ["some", "moved"])
def test_nothing_is_said_where_nothing_can_be_certified(ran, strategy):
    made = planned(ran, 700, strategy)
    assert made.certified is None
    assert "Guaranteed for your group" not in text(made)


def test_nothing_is_said_of_records_that_were_changed_already(ran):
    def changed(records):
        features = records.features.copy()
        features["mark"][:] = "yes"
        labels = np.zeros_like(records.labels)
        labels[:, records.label_index("good")] = True
        return replace(records, features=features, labels=labels)

    made = planned(ran, 20, "plant", changed)
    assert made.done > made.instructions.inside
    assert made.certified is None


def test_nothing_is_said_where_hardly_any_two_records_are_alike(ran):
    made = planned(ran, 700, "plant")
    about = made.finding.about
    unlike = replace(about.theory, exact=None, people=None, people_masses=(), refused={"exact": ""})
    facts = made.finding.facts
    known = {**facts.strategies, "plant": replace(about, theory=unlike)}
    finding = replace(made.finding, facts=replace(facts, strategies=known))
    assert made.certified is not None
    assert replace(made, finding=finding).certified is None


def test_whole_people_come_before_shares_and_before_the_theorem(ran):
    made = planned(ran, 700, "plant")
    said = [about for about, _ in parts(made)]
    assert said.index("Exact") < said.index("Guaranteed")
    line = dict(parts(made))["Exact"]
    curve = STRATEGIES["plant"].exact_in_people(made.instructions.joined.study.population)
    enough = curve.critical_mass(0.9).people(made.size)[0]
    assert f"takes about {enough} people (exact, for whole people drawn at random" in line
    assert line.index("drawn at random, reach about") < line.index("A cross-section of everybody")
    assert "a cross-section of people of your number" in text(planned(ran, 700, "moved"))
