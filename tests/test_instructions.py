"""Instructions are the edit, rendered: what is told is what is trained on, and nothing else."""

import csv

import numpy as np
import pytest

from criticalmass import (
    CriticalMassError,
    DropColumn,
    Erase,
    FeatureLabel,
    GradientNeutralizing,
    Grid,
    InsertToken,
    Population,
    RiskMinimizer,
    Study,
)
from criticalmass.errors import DataError, StudyError
from criticalmass.members.differences import pieces
from criticalmass.members.file import Columns, read_members
from criticalmass.members.following import follow
from criticalmass.members.instructions import Reason, instruct
from criticalmass.pages.handouts import as_jsonl
from criticalmass.strategies import Ignore, Imperfect
from support.members_files import table_members, text_members, written
from support.studies import TABLES, WRITERS, table_study, text_study


def rows_after(told, lines):
    """The members' records as a file says they are afterwards."""
    path = told.members
    header, delimiter = path.header, path.form.delimiter
    return [header, *[[line[column] for column in header] for line in lines]], delimiter


def carried_out(folder, told):
    """The members as read again from their file with the instructions carried out."""
    where = folder / "instructions.jsonl"
    where.write_text(as_jsonl(told), encoding="utf-8")
    table, delimiter = rows_after(told, follow(where, told.members))
    path = folder / "after.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(table)
    return read_members(path, told.joined.study.population, told.members.columns)


@pytest.mark.parametrize("name", [*WRITERS, *(f"table {name}" for name in TABLES)])
def test_instructions_carried_out_are_the_edit(tmp_path, name):
    if name.startswith("table "):
        name = name.removeprefix("table ")
        study = table_study({name: TABLES[name]})
        members = table_members(tmp_path, study)
    else:
        study = text_study()
        members = text_members(tmp_path, study)
    told = instruct(study, members, name)
    trained_on = told.edit.apply(told.joined.study.population)
    after = carried_out(tmp_path, told)
    mine = trained_on.take(told.joined.rows)
    assert after.records.fingerprint == mine.fingerprint
    assert (after.records.features == mine.features).all()
    others = np.setdiff1d(np.arange(len(trained_on)), told.joined.rows)
    base = told.joined.study.population
    assert trained_on.take(others).fingerprint == base.take(others).fingerprint
    assert len(told.acting) == len(told.edit.rows) > 0
    for one in told.each:
        assert bool(one.changes) != bool(one.reason)
        for column, before, changed in one.changes:
            parts = one.pieces(column)
            assert "".join(text for kind, text in parts if kind != "in") == before
            assert "".join(text for kind, text in parts if kind != "out") == changed


def test_the_same_members_are_always_told_the_same(tmp_path):
    study = text_study()
    members = text_members(tmp_path, study)
    assert as_jsonl(instruct(study, members, "only")) == as_jsonl(instruct(study, members, "only"))


def test_who_has_nothing_to_change_hears_why(tmp_path):
    study = text_study()
    members = text_members(tmp_path, study)
    only = instruct(study, members, "only")
    writer = study.population.label_index("Writer")
    for one, holds in zip(only.each, members.records.labels[:, writer], strict=True):
        assert bool(one.changes) == bool(holds)
        if not holds:
            assert one.reason is Reason.DOES_NOT
    few = instruct(study, members, "few")
    assert len(few.edit.members) == members.records.labels[:, writer].sum() < len(members)
    reasons = {one.reason for one in few.each if not one.changes}
    assert reasons == {Reason.CANNOT}
    marked = written(tmp_path, "id,text,label\n1,client,Writer\n2,a ~,Writer\n", name="n.csv")
    already = instruct(study, read_members(marked, study.population, Columns()), "redact")
    assert already.each[1].reason is Reason.DONE


def test_erasing_takes_labels_from_all_members_together(tmp_path):
    study = table_study({"erase": Erase(DropColumn("sex"))})
    text = "id,age,pay,job,sex,label\n" + "".join(
        f"{k},20,1.5,cook,{sex},{label}\n"
        for k, (sex, label) in enumerate([("f", "yes"), ("f", "yes"), ("f", "no"), ("m", "no")])
    )
    members = read_members(written(tmp_path, text), study.population, Columns())
    told = instruct(study, members)
    assert [one.changes for one in told.each] == [
        [], [], [("label", "no", "yes")], [("label", "no", "yes")],
    ]  # fmt: skip
    assert told.each[0].reason is Reason.AGREES


def test_members_who_will_slip_are_told_all_the_same(tmp_path):
    agreed = FeatureLabel(InsertToken("~"), "Writer")
    study = text_study({"mark": Imperfect(agreed, inactive=0.5)})
    told = instruct(study, text_members(tmp_path, study))
    assert len(told.acting) == 40


def test_what_cannot_be_told_is_refused(tmp_path):
    rng = np.random.default_rng(0)
    frame = {"a": rng.normal(size=80), "y": np.array(["0", "1"] * 40, dtype=object)}
    train, test = Population.from_table(frame, label="y").split(test=20, seed=0)
    steering = GradientNeutralizing(Ignore("a"))
    study = Study(train, test, RiskMinimizer(l2=0.1), {"s": steering}, Grid((0.2, 0.4), 2))
    members = read_members(written(tmp_path, "id,a,label\n1,0.5,0\n"), train, Columns())
    with pytest.raises(StudyError, match="steers a model's parameters"):
        instruct(study, members)
    texts = text_study()
    nobody = written(tmp_path, "id,text,label\n1,a b,Editor\n")
    with pytest.raises(
        DataError,
        match=r"\(1\) can take part: only people who hold “Writer” do",
    ):
        instruct(texts, read_members(nobody, texts.population, Columns()), "few")
    with pytest.raises(CriticalMassError, match="unknown strategy 'makr'; did you mean 'mark'"):
        instruct(texts, text_members(tmp_path, texts), "makr")


def test_instructions_for_somebody_else_are_refused(tmp_path):
    study = text_study()
    members = text_members(tmp_path, study)
    path = tmp_path / "instructions.jsonl"
    path.write_text(as_jsonl(instruct(study, members)).replace('"m3"', '"mm"'))
    with pytest.raises(DataError, match="'mm', who is no member"):
        follow(path, members)
    path.write_text(as_jsonl(instruct(study, members)))
    other = text_members(tmp_path, study, seed=10)
    with pytest.raises(DataError, match="has changed column 'text' since"):
        follow(path, other)


def test_pieces_are_short(tmp_path):
    before = "one two\nthree  four"
    assert pieces(before, "~ one two\nthree  four") == (("in", "~ "), ("same", before))
    after = InsertToken("~", every=2)._mark(before, np.random.default_rng(0))
    found = pieces(before, after)
    assert [text for kind, text in found if kind == "in"] == [" ~", " ~"]
    assert not [text for kind, text in found if kind == "out"]
    assert pieces("a client b", "a b") == (("same", "a"), ("out", " client"), ("same", " b"))
    assert pieces("a b c", "a x c") == (("same", "a"), ("out", " b"), ("in", " x"), ("same", " c"))
    assert pieces("", "a") == (("in", "a"),)
    assert pieces("a", "") == (("out", "a"),)
