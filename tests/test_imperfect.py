"""Members who do nothing, and members who keep their label."""

import tomllib

import numpy as np
import pytest

from criticalmass import (
    DropColumn,
    Erase,
    FeatureLabel,
    GradientControl,
    InsertToken,
    Population,
    SetColumns,
    read_study,
)
from criticalmass.answers.finding import findings
from criticalmass.contracts import check_strategy
from criticalmass.errors import ParameterError, StudyError
from criticalmass.strategies import Ignore, Imperfect
from criticalmass.studies.facts import facts_of
from criticalmass.studies.theory import theories
from criticalmass.words.finding import members_do
from criticalmass.words.unreached import unreached
from support.study_files import write_study

PEOPLE = Population.from_texts(["a b"] * 1000 + ["c"] * 1000, ["x"] * 1000 + ["y"] * 1000)
MARK = FeatureLabel(InsertToken("*"), "y")


def test_it_keeps_a_strategy_s_promises(texts, table):
    check_strategy(Imperfect(FeatureLabel(InsertToken("*"), "Writer"), 0.3, 0.3), texts)
    check_strategy(Imperfect(FeatureLabel(SetColumns({"job": "cook"}), "yes"), 0.5), table)
    check_strategy(Imperfect(Erase(DropColumn("job")), 0.2), table)


def test_shares_are_as_said():
    members = np.arange(2000)
    edit = Imperfect(MARK, inactive=0.3, mislabel=0.2).edit(
        PEOPLE, members, np.random.default_rng(1)
    )
    assert (edit.members == members).all()
    assert len(edit.rows) == pytest.approx(1400, abs=80)
    x = edit.rows < 1000  # these were to change their label
    assert edit.labels[x, 0].mean() == pytest.approx(0.2, abs=0.05)
    assert all("*" in text for text in edit.features)
    nobody = Imperfect(MARK, inactive=0.999).edit(PEOPLE, members[:1], np.random.default_rng(1))
    assert (len(nobody.members), len(nobody.rows)) == (1, 0)


def test_theory_counts_those_who_act():
    whole, half = (theories(s, PEOPLE) for s in (MARK, Imperfect(MARK, inactive=0.5)))
    shares = np.array([0.1, 0.5, 1.0])
    assert (half.bound.success(shares) == whole.bound.success(shares / 2)).all()
    assert half.exact.success(shares) == pytest.approx(whole.exact.success(shares / 2))
    mass = whole.bound.critical_mass(0.5)
    assert half.bound.critical_mass(0.5).alpha == pytest.approx(2 * mass.alpha)
    few = theories(Imperfect(MARK, inactive=1 - mass.alpha / 2), PEOPLE)
    assert (
        unreached(few.bound.critical_mass(0.5).reason)
        == "more people would have to join than there are"
    )
    careless = theories(Imperfect(MARK, mislabel=0.1), PEOPLE)
    assert "keep their labels by mistake" in careless.refused["bound"]


def test_impossible_values_are_refused():
    with pytest.raises(ParameterError, match="inactive is a share"):
        Imperfect(MARK, inactive=1)
    with pytest.raises(ParameterError, match="mislabel is a share"):
        Imperfect(MARK, mislabel=2)
    with pytest.raises(StudyError, match="strategies with a signal"):
        Imperfect(GradientControl(Ignore("a")), 0.1)


STUDY = tomllib.loads("""
name = "slips"
population = { dataset = "synthetic-resumes", options = { n = 200 }, test = 50 }
learner = { kind = "linear-text" }
[strategies.mark]
kind = "feature-label"
target_label = "Writer"
signal = { kind = "insert-token", token = "~" }
inactive = 0.25
mislabel = 0.1
""")


def test_a_study_file_says_it_of_a_strategy(tmp_path):
    path = write_study(tmp_path / "slips.toml", STUDY)
    study = read_study(path)
    agreed = FeatureLabel(InsertToken("~"), "Writer")
    assert study.strategies == {"mark": Imperfect(agreed, 0.25, 0.1)}
    (finding,) = findings(facts_of(study), [], headlines=True)
    assert (
        "(25% of them do nothing and 10% of those who act keep their label by mistake)"
        in members_do(finding)
    )
    write_study(path, STUDY, {"strategies.mark.inactive": 1.5})
    with pytest.raises(ParameterError, match="inactive is a share"):
        read_study(path)
    write_study(path, STUDY, {"strategies.mark.inactive": "many"})
    with pytest.raises(StudyError, match="inactive must be a number, not 'many'"):
        read_study(path)
