"""One study at several sizes: its records, its answer, its sentences, its page and its command."""

import math
import re
import shutil
import sqlite3
from dataclasses import replace

import numpy as np
import pytest

from criticalmass import FeatureLabel, Grid, InsertToken, LinearText, Store, Study, run
from criticalmass.answers.finding import Status
from criticalmass.answers.other_sizes import LawNumbers, kept_laws, other_laws
from criticalmass.answers.size_law import (
    Doubt,
    Sized,
    answers_of,
    has_number,
    size_law,
    size_law_of,
)
from criticalmass.datasets import synthetic_resumes
from criticalmass.errors import CriticalMassError, ParameterError, StoreError
from criticalmass.fitting.size_law import SizeVerdict
from criticalmass.learners.first_guess import FirstGuess
from criticalmass.messages import speaking
from criticalmass.pages.report import render, write_report
from criticalmass.pages.size_law import render as render_sizes
from criticalmass.studies import Row
from criticalmass.studies.facts import facts_of
from criticalmass.studies.sizes import at_size, checked_sizes, run_at_size, usual_sizes
from criticalmass.words.first_page import rests_on
from criticalmass.words.other_sizes import grows, in_report, left_out, there
from criticalmass.words.size_law import expected, sentences
from support.command_line import called, refused
from support.findings import facts_of_texts, finding_of, rows_of_success
from support.messages import Accented
from support.rows import counts
from support.study_files import write_study

MARK = {"mark": FeatureLabel(InsertToken("~", every=6), "Writer")}
SIZES = (1500, 5000, 15_000)


def small(**changes):
    train, test = synthetic_resumes(1000).split(test=200, seed=0)
    study = Study(train, test, LinearText(), MARK, Grid((0.01, 0.03, 0.1), 1))
    return replace(study, measures=("included",), **changes)


def sized(size, people, *, guess=None, repetitions=3, **changes):
    """A finished study in which success reaches .9 with about so many people."""
    facts = facts_of_texts(**changes)
    facts = replace(facts, population=replace(facts.population, size=size))
    tried = [0, *np.unique(np.geomspace(max(people / 6, 1), 4 * people, 9).astype(int)).tolist()]
    rows = [
        Row(f"{size}/{m}/{r}", "mark", m / size, r, m / size, m, changed=m, n=1000,
            results=counts(1000, included=round(1000 * rise(m, people))))
        for m in tried
        for r in range(repetitions)
    ]  # fmt: skip
    return Sized(facts, rows, {"mark": guess} if guess else {})


def rise(members, people):
    return 0.02 + 0.97 / (1 + (people / 3 / max(members, 1e-9)) ** 2)


def answered(people=(20, 22, 21), sizes=SIZES, to=10**6, **changes):
    studies = [sized(n, k, **changes) for n, k in zip(sizes, people, strict=True)]
    (answer,) = answers_of(studies, to=to)
    return answer


def test_a_smaller_size_is_part_of_a_larger_one_and_is_tested_on_the_same_records():
    study = small()
    few, more = at_size(study, 100), at_size(study, 400)
    assert [len(one.population) for one in (few, more)] == [100, 400]
    assert set(few.population.features) <= set(more.population.features)
    assert set(more.population.features) <= set(study.population.features)
    assert few.test.fingerprint == more.test.fingerprint == study.test.fingerprint
    assert few.population.label_names == study.population.label_names
    assert at_size(study, 100).population.fingerprint == few.population.fingerprint
    other = at_size(replace(study, seed=1), 100)
    assert other.population.fingerprint != few.population.fingerprint
    labels = at_size(small(), 400).population.held.mean(axis=0)
    assert np.abs(labels - study.population.held.mean(axis=0)).max() < 0.1  # at random


def test_all_records_are_the_study_itself_with_its_trials():
    study = small()
    assert at_size(study, 800) is study
    assert usual_sizes(800) == (50, 200, 800)


@pytest.mark.parametrize("size", [0, 801])
def test_more_records_than_there_are_is_refused(size):
    with pytest.raises(ParameterError, match=f"the study's 800 records to train on, not {size}"):
        at_size(small(), size)


@pytest.mark.parametrize(("sizes", "told"), [((100,), "100 was"), ((100, 100, 200), "100, 200")])
def test_fewer_than_three_sizes_are_refused(sizes, told):
    with pytest.raises(ParameterError, match=f"takes three sizes or more, and {told}"):
        checked_sizes(small(), sizes)


def test_people_that_do_not_grow_are_heads_and_a_share_is_a_share():
    heads = answered()
    assert heads.law.verdict is SizeVerdict.HEADS
    assert heads.doubts == [] if heads.to <= 100 * 15_000 else [Doubt.FAR]
    share = answered((15, 50, 150))
    assert share.law.verdict is SizeVerdict.SHARE
    for answer, truth in ((heads, 21), (share, 10_000)):
        low, high = answer.numbers.union
        assert low <= truth <= high
        low, high = answer.numbers.envelope
        assert low <= truth <= high


def test_the_law_has_the_numbers_of_the_findings():
    answer = answered()
    for found, (middle, low, high) in zip(answer.findings, answer.numbers.people, strict=True):
        size = found.facts.population.size
        assert middle == pytest.approx(found.mass.alpha * size, rel=0.02)
        assert low == pytest.approx(found.mass.low * size, rel=0.05)
        assert high == pytest.approx(found.mass.high * size, rel=0.05)
    assert answer.law.sizes == SIZES


def test_the_order_of_the_studies_does_not_matter():
    studies = [sized(n, 20) for n in SIZES]
    (one,), (other,) = (answers_of(some, to=10**6) for some in (studies, studies[::-1]))
    assert one.numbers == other.numbers


def never(size):
    """A study whose largest collectives stay below the target."""
    made = sized(size, 20)
    rows = [
        replace(row, results=counts(1000, included=min(row.results["included"].successes, 400)))
        for row in made.rows
    ]
    return Sized(made.facts, rows, {})


def test_a_size_without_a_number_is_left_out_and_named():
    studies = [never(500), *(sized(n, 20) for n in SIZES)]
    (answer,) = answers_of(studies, to=10**6)
    assert [found.status for found in answer.left_out] == [Status.NOT_REACHED]
    assert answer.law.sizes == SIZES
    assert any("The size of 500 records is left out" in s for s in sentences(answer))
    (answer,) = answers_of([never(500), sized(1500, 20), sized(5000, 20)], to=10**6)
    assert answer.law is None
    assert answer.numbers is None
    assert sentences(answer)[0] == (
        "Nothing can be said of 1,000,000 records: a number of people is known at 2 sizes, and it "
        "takes three."
    )
    assert "<figure>" not in render_sizes([answer])


def test_nobody_needed_is_no_number_that_grows():
    assert not has_number(finding_of(lambda m: 0.97))
    assert has_number(finding_of(lambda m: rise(m, 60)))


@pytest.mark.parametrize(
    ("studies", "message"),
    [
        (lambda: [], "three sizes or more, and none records are too few"),
        (lambda: [sized(1500, 20)], "and 1,500 records is one: run the study at more"),
        (lambda: [sized(1500, 20), sized(5000, 20)], "and 1,500 and 5,000 records are too few"),
        (lambda: [sized(1500, 20)] * 3, "two of the studies have 1,500 records to train on"),
        (
            lambda: [sized(1500, 20), sized(5000, 20), sized(15_000, 20, target=0.8)],
            "is not asked for the same in all studies: included 0.8; included 0.9",
        ),
    ],
)
def test_studies_that_make_no_law_are_refused(studies, message):
    with pytest.raises(ParameterError, match=message):
        answers_of(studies(), to=10**6)


def test_studies_without_a_common_strategy_are_refused():
    studies = [sized(n, 20) for n in SIZES]
    facts = studies[0].facts
    strategies = {"other": facts.strategies["mark"]}
    studies[0] = Sized(replace(facts, strategies=strategies), [], {})
    with pytest.raises(ParameterError, match="no strategy in common: other; mark; mark"):
        answers_of(studies, to=10**6)
    with pytest.raises(ParameterError, match="a platform has at least 1 record, not 0"):
        answers_of(studies, to=0)


def test_doubts_say_what_makes_the_answer_less_than_it_looks():
    assert answered(sizes=(1000, 2000, 3900)).doubts == [Doubt.CLOSE, Doubt.FAR]
    assert answered(to=1_500_000).doubts == []
    assert answered(to=1_500_001).doubts == [Doubt.FAR]
    studies = [sized(n, 20) for n in SIZES]
    studies[0] = sized(1500, 20, learner={"kind": "LinearText", "C": 5.0})
    (answer,) = answers_of(studies, to=10**6)
    assert answer.doubts == [Doubt.DIFFERENT]
    said = sentences(answer)
    assert "differ in more than their size" in said[-1]
    few = sized(1500, 20)  # the smallest collective that was tried is enough
    few = Sized(few.facts, [row for row in few.rows if row.members > 30 or not row.members], {})
    (answer,) = answers_of([few, *studies[1:]], to=10**6)
    assert Doubt.GUESSED in answer.doubts
    assert all(sentences(answer))


NUMBERS = LawNumbers(
    10**7, (1500, 5000, 15_000), ((13.0, 11.0, 17.0),) * 3, (0.1, -0.05, 0.24), "HEADS",
    (14.2, 391.0), (12.9, 21_340.0), 0.95, "included", 0.9,
)  # fmt: skip


def test_ranges_are_rounded_outwards():
    assert there(NUMBERS) == (
        "With 10,000,000 records it takes between 14 and 400 people, if the number of people goes "
        "on by one of two simple laws (95% range). Without such a law it takes between 12 and "
        "22,000 people: all that this takes for granted is that the number does not fall with more "
        "records, and grows no faster than they do."
    )
    assert grows(NUMBERS) == (
        "From 1,500 to 15,000 records it is a number of people: it hardly grows there, and may "
        "grow faster farther out. At these sizes ten times as many records take 1.3 times as many "
        "people, or between 0.89 and 1.7 times."
    )
    assert "between 14 and 400 people" in in_report(NUMBERS)
    assert "studies of 1,500 to 15,000 records" in in_report(NUMBERS)


def test_a_law_that_the_second_range_takes_to_be_impossible_is_told():
    share = replace(NUMBERS, verdict="SHARE", to=10**6)
    trust = "trust neither far beyond the sizes tried."
    assert trust not in there(share)
    usual = replace(share, exponent=(1.02, 0.9, 1.15), envelope=(12.9, 1200.0))
    assert trust not in there(usual)  # a share's exponent is as often above 1 as below
    assert grows(usual).startswith("From 1,500 to 15,000 records it is a share")
    faster = replace(share, exponent=(1.4, 1.2, 1.6), envelope=(12.9, 1200.0))
    assert "grows faster than the platform, which the second range" in there(faster)
    assert trust in in_report(faster)
    told = "From 1,500 to 15,000 records it grows faster than the records."
    assert grows(faster).startswith(told)
    far = replace(share, exponent=(1.05, 1.0, 1.1), envelope=(12.9, 1000.0))
    assert trust in there(far)  # 13 people (1,000,000 / 15,000) ** 1.05 times are 1,069
    falling = replace(NUMBERS, exponent=(-0.2, -0.4, 0.1))
    assert "Measured, it falls with more records" in there(falling)


def test_fewer_times_as_many_people_are_no_more_people():
    told = grows(replace(NUMBERS, exponent=(-0.066, -0.2, 0.05)))
    assert told.endswith("take no more people: between 0.63 and 1.1 times as many.")


def test_a_grid_too_fine_for_a_small_size_is_told_with_what_to_do(tmp_path):
    study = replace(small(), placement=Grid((0.001, 0.01, 0.1), 1))
    with pytest.raises(CriticalMassError, match=r"leave out \[placement\], or name larger --sizes"):
        run_at_size(study, 100, tmp_path)


def test_a_range_that_nothing_limits_says_so():
    open_ended = replace(NUMBERS, union=(14.2, math.inf), exponent=(0.1, -math.inf, math.inf))
    assert "14 people or more, perhaps more than there are" in there(open_ended)
    assert "Ten times" not in grows(open_ended)
    everybody = replace(NUMBERS, to=100, union=(100.0, 100.0))
    assert "it takes 100 people," in there(everybody)


@pytest.mark.parametrize("verdict", SizeVerdict)
def test_every_verdict_has_a_sentence_of_its_own(verdict):
    others = {grows(replace(NUMBERS, verdict=one.name)) for one in SizeVerdict}
    assert len(others) == len(SizeVerdict)
    assert grows(replace(NUMBERS, verdict=verdict.name)).endswith("times.")


@pytest.mark.parametrize(
    ("guess", "said"),
    [
        (None, "No prediction is known"),
        (FirstGuess(12.0, 0.0, 15_000), "expects 12 people there, as many as at any other size"),
        (FirstGuess(12.0, 0.01, 15_000), "expects 10,012 people: 12 people whatever the size"),
        (FirstGuess(math.inf, 0.0, 15_000), "expects very many people"),
        (FirstGuess(0.0, 0.0, 15_000), "nobody needs to join"),
    ],
)  # fmt: skip
def test_what_theory_expects_is_said_beside(guess, said):
    answer = answered(guess=guess)
    assert said in expected(answer)
    assert ("arithmetic expects" in render_sizes([answer])) == (guess is not None)


def test_another_language_reaches_every_sentence_of_the_page():
    answer = answered(guess=FirstGuess(12.0, 0.01, 15_000))
    english = sentences(answer)
    with speaking(Accented()):
        page = render_sizes([answer])
    assert not any(sentence in page for sentence in english)
    plain = render_sizes([answer])
    assert all(sentence.replace("'", "&#39;") in plain for sentence in english)
    assert plain.count("<svg") == 2


def test_every_report_says_for_which_size_its_number_was_measured():
    found = finding_of(lambda m: rise(m, 60))
    assert "It was measured with 10,000 texts to train on" in rests_on(found)[-1]
    assert "“criticalmass size” measures" in rests_on(found)[-1]
    assert in_report(NUMBERS) in rests_on(found, NUMBERS)[-1]
    assert "criticalmass size" not in rests_on(found, NUMBERS)[-1]
    facts, rows = facts_of_texts(), rows_of_success(lambda m: rise(m, 60))
    assert "between 14 and 400 people" in render(facts, rows, laws={"mark": NUMBERS})


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The folders of a study that was run at three sizes, and its answers."""
    folder = tmp_path_factory.mktemp("sizes")
    answers = size_law(small(), [200, 400, 800], folder, to=50_000)
    return folder, answers


def test_a_study_at_three_sizes_is_answered_and_kept(folders):
    folder, (answer,) = folders
    assert sorted(int(path.name) for path in folder.iterdir()) == [200, 400, 800]
    for size in (200, 400, 800):
        with Store.open(folder / str(size)) as store:
            assert store.facts().population.size == size
            assert kept_laws(store) == {"mark": answer.numbers}
    page = write_report(folder / "400").read_text(encoding="utf-8")
    assert in_report(answer.numbers) in page


def test_a_law_for_another_success_is_left_out_and_the_report_says_so(folders, tmp_path):
    folder, (answer,) = folders
    assert (answer.numbers.measure, answer.numbers.target) == ("included", 0.9)
    copy = shutil.copytree(folder / "400", tmp_path / "copy")
    before = in_report(answer.numbers)
    with Store.open(copy) as store:
        facts = replace(store.facts(), target=0.5)
    with Store.create(copy, facts) as store:  # as `run` does where the study file wants less
        assert kept_laws(store) == {}
        assert other_laws(store) == {"mark": answer.numbers}
    page = write_report(copy).read_text(encoding="utf-8")
    assert before not in page
    assert (
        "What “criticalmass size” found is left out, because it is for 90%, and 50% is wanted now: "
        "run it again." in page
    )
    with Store.open(copy) as store:
        older = {
            k: v for k, v in answer.numbers.to_json().items() if k not in ("target", "measure")
        }
        store.keep_size_law({"mark": older, "gone": older})
        assert kept_laws(store) == {}
    assert "it was kept without the success that it is for: run it again." in write_report(
        copy
    ).read_text(encoding="utf-8")
    other = replace(answer.numbers, measure="top1")
    assert "it is for “top1”, and “included” is asked for now" in left_out(other, facts, "mark")


def test_the_largest_size_has_the_trials_of_the_study_itself(folders, tmp_path):
    study = small()
    with Store.open(folders[0] / "800") as store:
        rows = [row.without_time() for row in store.rows()]
        assert store.facts().identity == facts_of(study).identity
    assert sorted(row.key for row in rows) == sorted(row.key for row in run(study, tmp_path))


def test_a_kept_law_that_is_damaged_is_one_line(folders):
    path = folders[0] / "200"
    with Store.open(path) as store:
        whole = store.size_law()
    for kept in ('{"mark": {"to": 9}}', "[1, 2]", '{"mark": 3}'):
        with sqlite3.connect(path / "trials.sqlite") as connection:
            connection.execute("REPLACE INTO meta VALUES ('size law', ?)", [kept])
        connection.close()
        with pytest.raises(StoreError, match="damaged, or not what"):
            write_report(path)
    with Store.open(path) as store:
        store.keep_size_law(whole)


def test_the_command_reads_folders_and_writes_a_page(folders, tmp_path):
    folder, (answer,) = folders
    words = [folder / str(size) for size in (200, 400, 800)]
    code, out, _ = called("size", *words, "--to", 50_000, "--out", tmp_path)
    assert code == 0
    assert out.startswith("mark: included, 90% wanted\n")
    for sentence in sentences(answer):
        assert sentence in " ".join(out.split())
    assert re.search(r"\d+ people out of 200 \(", out)
    assert (tmp_path / "size.html").is_file()
    assert out.splitlines()[-1] == f"Page: {tmp_path / 'size.html'}"


def test_the_command_runs_a_study_file_at_its_sizes_and_goes_on(tmp_path):
    path = write_study(
        tmp_path / "study.toml",
        changes={"success.measures": ["included"], "placement.low": 0.05},
    )
    words = ["size", path, "--sizes", "60,120,200", "--to", 1000, "--out", tmp_path / "out"]
    code, first, told = called(*words)
    assert code == 0
    assert "120 records, in" in told
    code, again, told = called(*words)
    assert (code, again) == (0, first)
    assert "trained 9 of 9" in told
    assert size_law_of([tmp_path / "out" / s for s in ("60", "120", "200")], to=1000)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--sizes", "100", "--to", "9"], "takes three sizes or more, and 100 was given"),
        (["--sizes", "100,many", "--to", "9"], "a list of whole numbers"),
        (["--sizes", "100,200,999", "--to", "9"], "200 records to train on, not 999"),
        (["--sizes", "5,100,200", "--to", "9000"], "a size is 30 records or more, not 5"),
        (["--sizes", "50,100,200", "--to", "49"], "49 records is smaller than the smallest size"),
        (["--to", "0"], "at least 1, not 0"),
        ([], "Missing option '--to'"),
    ],
)
def test_bad_sizes_are_one_line(words, told, tmp_path):
    path = write_study(tmp_path / "study.toml")
    assert told in refused("size", path, "--out", tmp_path / "out", *words)


def test_folders_that_make_no_law_are_one_line(folders, tmp_path):
    folder = folders[0] / "200"
    assert "200 records is one" in refused("size", folder, "--to", 9)
    assert "two of the studies have 200" in refused("size", folder, folder, "--to", 9)
    assert "for a study file" in refused("size", folder, "--to", 9, "--sizes", "1,2,3")
    assert "is no folder of results" in refused("size", folder, tmp_path / "a.toml", "--to", 9)
    (tmp_path / "empty").mkdir()
    assert "no study in" in refused("size", tmp_path / "empty", "--to", 9)
