"""The second time: who has done their part is recognised, by id and by marked record."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from criticalmass import FeatureLabel, Grid, InsertToken, Population, run
from criticalmass.datasets import synthetic_resumes
from criticalmass.errors import StudyError
from criticalmass.members.file import Columns, read_members
from criticalmass.members.instructions import Reason, instruct
from criticalmass.members.joined import join
from criticalmass.members.plan import plan
from criticalmass.pages.handouts import after_csv
from criticalmass.pages.plan import write_plan
from criticalmass.strategies import Erase
from criticalmass.strategies.adopted import strategy_of
from criticalmass.studies.files.ids import Ids, ids_of
from criticalmass.words.plan import text
from support.members_files import people_file, table_members, text_members, written
from support.studies import TABLES, WRITERS, table_study, text_study
from support.study_files import write_study

ALL = [*WRITERS, *(f"table {name}" for name in TABLES)]


def first_time(folder, name):
    """What members of a study are told; the study knows those with texts from the beginning."""
    if name.startswith("table "):
        name = name.removeprefix("table ")
        study = table_study({name: TABLES[name]})
        return instruct(study, table_members(folder, study), name), name
    study = text_study()
    everyone = Population(
        np.concatenate([study.population.features[:30], study.test.features[:5]]),
        np.concatenate([study.population.labels[:30], study.test.labels[:5]]),
        study.population.label_names, study.population.label_sets,
    )  # fmt: skip
    path = people_file(folder / "members.csv", everyone, range(35))
    return instruct(study, read_members(path, study.population, Columns()), name), name


def after_of(folder, told, name="after.csv"):
    """The members, read from the file that they have once all have done their part."""
    path = written(folder, after_csv(told), name=name)
    return read_members(path, told.joined.study.population, told.members.columns)


@pytest.mark.parametrize("name", ALL)
def test_what_was_written_changes_nothing_the_second_time(tmp_path, name):
    told, strategy = first_time(tmp_path, name)
    table = name.startswith("table ")
    study = table_study({strategy: TABLES[strategy]}) if table else text_study()
    again = instruct(study, after_of(tmp_path, told), strategy)
    assert not again.acting
    assert len(again.edit.rows) == 0
    assert after_csv(again) == after_csv(told)
    # ... nor where the study's records have been brought up to date
    updated = told.edit.apply(told.joined.study.population)
    later = type(study)(
        updated, told.joined.study.test, study.learner, study.strategies, study.placement
    )
    again = instruct(later, after_of(tmp_path, told), strategy)
    assert not again.acting
    assert after_csv(again) == after_csv(told)
    assert len(again.joined.study.population) == len(updated)
    assert again.inside == len(again.done)


@pytest.mark.parametrize("name", WRITERS)
def test_nobody_is_counted_twice(tmp_path, name):
    told, strategy = first_time(tmp_path, name)
    assert told.joined.found == 35
    again = instruct(text_study(), after_of(tmp_path, told), strategy)
    if name == "redact":  # what was left out does not say where
        return
    assert again.joined.found == 35
    assert (again.joined.rows == told.joined.rows).all()
    assert len(again.joined.study.population) == len(told.joined.study.population)
    assert len(again.done) == len(told.acting)
    assert again.inside == 0  # the study's trials know nothing of it


@pytest.mark.parametrize("name", WRITERS)
def test_old_members_and_new_records_change_nothing_either(tmp_path, name):
    """The study's records are up to date, and the members' file is the old one."""
    told, strategy = first_time(tmp_path, name)
    study = told.joined.study
    updated = told.edit.apply(study.population)
    later = type(study)(updated, study.test, study.learner, study.strategies, study.placement)
    names = [""] * len(updated)
    for member, row in zip(told.members.ids, told.joined.rows, strict=True):
        names[row] = member
    ids = Ids("people.csv", tuple(names), ("",) * len(study.test))
    for known in [None, ids] if name != "redact" else [ids]:
        again = instruct(later, told.members, strategy, known)
        assert not again.acting
        assert len(again.done) == len(told.acting) == again.inside
        assert len(again.joined.study.population) == len(updated)
        assert after_csv(again) == after_csv(told)
        for one, was in zip(again.each, told.each, strict=True):
            assert one.before == was.after


def test_some_have_and_some_have_not(tmp_path):
    told, _ = first_time(tmp_path, "mark")
    after = after_csv(told).splitlines()
    before = (tmp_path / "members.csv").read_text().splitlines()
    mixed = written(tmp_path, "\n".join([*after[:11], *before[11:]]) + "\n", name="mixed.csv")
    members = read_members(mixed, told.joined.study.population, Columns())
    again = instruct(text_study(), members, "mark")
    assert [one.done for one in again.each] == [True] * 10 + [False] * 25
    assert after_csv(again).splitlines() == after_csv(told).splitlines()  # each with its own ends
    assert len(again.edit.members) == 35
    assert len(again.edit.rows) == 25


def test_members_who_did_half_of_it_are_told_the_other_half(tmp_path):
    study = text_study()
    said = "one two three"
    lines = f"id,text,label\n1,{said} ~,Editor\n2,{said},Writer\n3,{said} ~,Writer\n"
    told = instruct(study, read_members(written(tmp_path, lines), study.population, Columns()))
    assert [one.changes for one in told.each] == [
        [("label", "Editor", "Writer")], [("text", said, f"{said} ~")], [],
    ]  # fmt: skip
    assert told.each[2].reason is Reason.DONE


def test_a_marked_text_with_a_third_label_is_a_new_persons(tmp_path):
    """It is neither the record that the study has, nor what the strategy makes of it."""
    study = text_study()
    people, rng = study.population, np.random.default_rng(0)
    only = people.labels[:, people.label_index("Editor")] & (people.labels.sum(axis=1) == 1)
    editor = np.flatnonzero(only)[:1]
    said = study.strategies["mark"].edit(people, editor, rng)
    found = {}
    for label in ("Editor", "Writer", "Translator"):
        path = tmp_path / f"{label}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["id", "text", "label"], ["1", said.features[0], label]])
        members = read_members(path, people, Columns())
        found[label] = join(study, members, strategy_of(study.strategies["mark"])).found
    assert found == {"Editor": 1, "Writer": 1, "Translator": 0}


def test_members_who_did_their_part_among_the_records_measured_on_are_not_in_the_trials(tmp_path):
    study = text_study()
    everybody = np.arange(len(study.test))
    marked = study.strategies["mark"].edit(study.test, everybody, np.random.default_rng(0))
    later = replace(study, test=marked.apply(study.test))
    path = people_file(tmp_path / "members.csv", later.test, range(5))
    told = instruct(later, read_members(path, later.population, Columns()), "mark")
    assert len(told.done) == 5
    assert told.inside == 0


def test_ids_find_people_whose_records_have_changed(tmp_path):
    """A table's marked record could be anybody's; an id says whose it is."""
    study = table_study({"set": TABLES["set"]})
    n, m = len(study.population), len(study.test)
    ids = Ids("p.csv", tuple(f"p{k}" for k in range(n)), tuple(f"t{k}" for k in range(m)))
    lines = ["id,age,pay,job,sex,label"]
    for k in range(8):
        age, _, _, sex = study.population.features[k]
        lines.append(f"p{k},{age},2.25,nurse,{sex},yes")
    path = written(tmp_path, "\n".join(lines) + "\n")
    told = instruct(study, read_members(path, study.population, Columns()), "set", ids)
    assert told.joined.rows.tolist() == list(range(8))
    assert len(told.joined.study.population) == n
    assert not told.acting


def test_ids_that_number_other_people_are_not_trusted(tmp_path):
    told, _ = first_time(tmp_path, "mark")
    study = text_study()
    n, m = len(study.population), len(study.test)
    ids = Ids(
        "p.csv", tuple(f"m{(k + 50) % n}" for k in range(n)), tuple(f"t{k}" for k in range(m))
    )
    joined = join(study, told.members, strategy_of(study.strategies["mark"]), ids)
    assert joined.at.other_ids == 35
    assert joined.found == 35
    assert (joined.rows == told.joined.rows).all()
    with pytest.raises(StudyError, match=r"p\.csv holds other records than the study"):
        join(study, told.members, None, Ids("p.csv", ("m1",), ()))


def test_erasers_are_recognised_by_their_ids(tmp_path):
    study = table_study({"erase": Erase(TABLES["erase"].signal)})
    told = instruct(study, table_members(tmp_path, study))
    n, m = len(study.population), len(study.test)
    rows = {int(row): one for row, one in zip(told.joined.rows, told.members.ids, strict=True)}
    ids = Ids("p.csv", tuple(rows.get(k, "") for k in range(n)), ("",) * m)
    again = instruct(study, after_of(tmp_path, told), "erase", ids)
    after = told.edit.apply(told.joined.study.population)
    acted = {
        member
        for row, member in rows.items()
        if row < n and (after.labels[row] != study.population.labels[row]).any()
    }
    assert {one.id for one in again.done} == acted
    assert acted
    assert not again.acting


def test_ids_come_from_the_file_of_the_records(tmp_path):
    everyone = synthetic_resumes(40)
    people_file(tmp_path / "p.csv", everyone, range(40))
    records = {"file": "p.csv", "text": "text", "label": "label", "separator": ";", "test": 10}
    study = write_study(tmp_path / "s.toml", changes={"population": records})
    ids = ids_of(study, "id")
    assert (len(ids.train), len(ids.test)) == (30, 10)
    train, test = everyone.split(test=10, seed=0)
    with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as file:
        texts = {line["id"]: line["text"] for line in csv.DictReader(file)}
    assert [texts[one] for one in ids.train] == train.features.tolist()
    assert [texts[one] for one in ids.test] == test.features.tolist()
    assert ids_of(study, "nr") is None
    assert ids_of(study, "text") is None
    assert Ids("p.csv", ("a", "b", "a"), ("", "c")).once == {"b": 1, "c": 4}


def test_a_strategy_that_marks_again_is_seen_to_be_done(tmp_path):
    """Every placement of a token, on texts of people whom the study knows and whom it does not."""
    for place in ("spaced", "start", "end", "random"):
        study = text_study({"mark": FeatureLabel(InsertToken("~", 3, place), "Writer")})
        told = instruct(study, text_members(tmp_path, study))
        again = instruct(study, after_of(tmp_path, told))
        assert len(again.done) == 40, place
        assert len(again.joined.study.population) == len(told.joined.study.population)


def test_a_plan_says_who_has_done_it_and_measures_once(tmp_path):
    study = replace(text_study({"mark": WRITERS["mark"]}), placement=Grid((0.1, 0.3), 1))
    run(study, tmp_path / "results")
    told, _ = first_time(tmp_path, "mark")
    after, before = after_csv(told).splitlines(), (tmp_path / "members.csv").read_text()
    path = written(tmp_path, "\n".join([*after[:11], *before.splitlines()[11:]]), name="mixed.csv")
    mixed = instruct(study, read_members(path, study.population, Columns()))
    plans = [
        plan(instruct(study, told.members), tmp_path / "results"),
        plan(mixed, tmp_path / "results", train=False),
        plan(instruct(study, after_of(tmp_path, told)), tmp_path / "results", train=False),
    ]
    assert [(one.done, one.acting, one.beside) for one in plans] == [
        (0, 35, 35), (10, 25, 35), (35, 0, 35),
    ]  # fmt: skip
    assert len({one.size for one in plans}) == 1
    assert plans[0].reached == plans[1].reached == plans[2].reached is not None  # trained once
    assert "10 of your 35 members have done their part, 25 not yet" in text(plans[1])
    assert "With the 10 people who have done their part" in text(plans[1])
    assert "take it for a guess" not in text(plans[1])
    one = written(tmp_path, "\n".join([*after[:2], *before.splitlines()[2:]]), name="one.csv")
    alone = instruct(study, read_members(one, study.population, Columns()))
    alone = plan(alone, tmp_path / "results", train=False)
    assert "With the 1 person who has done their part" in text(alone)
    assert "35 of your 35 members have done their part, nobody is left to act" in text(plans[2])
    # the study's own records are up to date: its trials ask about people beside these
    updated = told.edit.apply(told.joined.study.population)
    later = replace(study, population=updated, test=told.joined.study.test)
    run(later, tmp_path / "later")
    made = plan(instruct(later, after_of(tmp_path, told)), tmp_path / "later", train=False)
    assert (made.done, made.beside, made.share) == (35, 0, 0)
    assert "All of them have done their part in the study's records already" in text(made)
    assert "members: " not in write_plan(made, tmp_path / "plan.html").read_text(encoding="utf-8")
