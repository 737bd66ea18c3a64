"""A mark that the firm's model does not see: no number is given, and what to do is said first."""

from dataclasses import replace

import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from criticalmass import FeatureLabel, Grid, InsertToken, Population, ScikitLearner, Store, Study
from criticalmass import run as run_study
from criticalmass.answers.finding import Status, findings
from criticalmass.answers.tables import masses_wanted
from criticalmass.datasets import synthetic_resumes
from criticalmass.doubts import check
from criticalmass.pages.report import write_report
from criticalmass.signals import rare_tokens
from criticalmass.studies import first_guesses
from criticalmass.studies.facts import Facts, facts_of
from criticalmass.words.finding import answer, doubt, in_short
from criticalmass.words.first_page import rests_on
from support.command_line import called
from support.findings import facts_of_texts, rows_of_success
from support.members_files import people_file
from support.study_files import write_study

VECTORIZER = "sklearn.feature_extraction.text.TfidfVectorizer"
REGRESSION = "sklearn.linear_model.LogisticRegression"
BLIND = {"kind": "scikit", "estimator": [VECTORIZER, REGRESSION]}
FIRST = "The model does not see the mark: it reads texts without “~”."


def study(token, learner=None):
    train, test = synthetic_resumes(320).split(test=80, seed=0)
    learner = learner or ScikitLearner(make_pipeline(TfidfVectorizer(), LogisticRegression()))
    mark = FeatureLabel(InsertToken(token, every=5), "Writer")
    return Study(train, test, learner, {"mark": mark}, Grid((0.1, 0.6), 1))


def test_a_number_that_labels_alone_reach_is_not_given_for_the_mark():
    facts = facts_of_texts()
    unseen = {"mark": replace(facts.strategies["mark"], unseen="~")}
    rows = rows_of_success(lambda m: 0.02 + 0.97 / (1 + (50 / max(m, 1e-9)) ** 2))
    (seen,) = findings(facts, rows)
    assert answer(seen).startswith("It takes about")
    (found,) = findings(replace(facts, strategies=unseen), rows)
    assert found.status is Status.UNSEEN
    assert answer(found).startswith(FIRST)
    assert "made-up word" in answer(found)
    assert (found.mass, found.curve, doubt(found)) == (None, None, "")
    assert in_short(found) == ("–", "mark not seen")
    assert masses_wanted([found]) == []
    assert "There is no number, because the model does not see the mark." in rests_on(found)


@pytest.mark.parametrize(
    ("token", "vectoriser", "unseen"),
    [
        ("~", TfidfVectorizer(), True),
        ("zorvex", TfidfVectorizer(), False),
        ("~", CountVectorizer(token_pattern=r"\S+"), False),
        ("~", TfidfVectorizer(analyzer="char"), False),
        ("~", make_union(TfidfVectorizer(), TfidfVectorizer(analyzer="char")), False),
    ],
)
def test_a_study_knows_which_marks_its_firm_sees(token, vectoriser, unseen):
    learner = ScikitLearner(make_pipeline(vectoriser, LogisticRegression()))
    asked = study(token, learner)
    assert asked.unseen == ({"mark": token} if unseen else {})
    assert facts_of(asked).strategies["mark"].unseen == (token if unseen else "")
    if learner.tokenizer is not None:  # what is unseen is no part of what the vectoriser counts
        cut = vectoriser.build_analyzer()
        assert (cut(f"a {token} b") == cut("a b")) is unseen


def test_a_doubt_names_a_mark_that_the_model_sees():
    (said,) = study("~").doubts["mark"]
    assert said == (
        "The firm's tokenizer does not see “~” at all: it marks nothing. Put a mark in its place "
        "that it sees, such as “zorvex”."
    )
    assert study("zorvex").doubts["mark"] == []
    assert not any("zorvex" in text for text in synthetic_resumes(320).features)


def test_a_made_up_word_that_people_use_is_not_proposed():
    people = Population.from_texts(["a zorvex here", "plain words"], ["x", "y"])
    cut = CountVectorizer().build_analyzer()
    assert rare_tokens(people, cut, count=2) == ["quilmar", "brantow"]


def test_no_first_guess_is_made_for_a_mark_that_is_not_seen():
    two = Population.from_texts(
        [f"word{i} text {'good' if i % 2 else 'bad'} words" for i in range(60)],
        ["x" if i % 2 else "y" for i in range(60)],
    )
    train, test = two.split(test=20, seed=0)
    learner = ScikitLearner(make_pipeline(TfidfVectorizer(), LogisticRegression()))
    marks = {t: FeatureLabel(InsertToken(t, every=2), "x") for t in ("~", "zorvex")}
    assert list(first_guesses(Study(train, test, learner, marks, Grid((0.1,))))) == ["zorvex"]


def test_results_keep_which_mark_was_not_seen(tmp_path):
    run_study(study("~"), tmp_path / "results")
    with Store.open(tmp_path / "results") as store:
        facts = store.facts()
    assert facts.strategies["mark"].unseen == "~"
    assert Facts.from_json(facts.to_json()).strategies["mark"].unseen == "~"
    page = write_report(tmp_path / "results").read_text()
    assert page.index(FIRST) < page.index("<figure")


def test_run_and_check_say_so_first(tmp_path):
    path = write_study(tmp_path / "study.toml", changes={"learner": BLIND})
    (odd,) = check(path).doubts
    assert "does not see “~” at all" in odd.sentence
    assert "zorvex" in odd.sentence
    code, printed, _ = called("run", path, "--out", tmp_path / "results")
    lines = printed.splitlines()
    assert code == 0
    assert lines[0] == "mark"
    assert lines[1].strip().startswith(FIRST)
    assert "It takes" not in printed


def test_a_plan_begins_with_the_mark_that_is_not_seen(tmp_path):
    path = write_study(tmp_path / "study.toml", changes={"learner": BLIND})
    train = synthetic_resumes(260)
    members = people_file(tmp_path / "members.csv", train, range(8))
    code, printed, _ = called("plan", path, "--members", members, "--results", tmp_path / "results")
    assert code == 0
    assert "Act on no number yet: the model that the study trains does not see the mark." in (
        " ".join(printed.split())
    )
    assert "They say nothing of a mark that the model does not see." in printed
    assert "not enough trials" not in printed
