"""`monitor`: what probes of a platform say after people have acted."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from criticalmass.answers.monitoring import Predicted, Verdict, Versus, monitor, predicted_by
from criticalmass.errors import DataError, ParameterError
from criticalmass.members.probes import read_probes
from criticalmass.words.monitoring import lines
from support.command_line import called, refused
from support.findings import finding_of

STORED = Path(__file__).parent / "stores" / "2026-11-28" / "table"


def said(answer):
    return "\n".join(lines(answer))


def campaign(rate, n, seed=0):
    return np.random.default_rng(seed).random(n) < rate


@pytest.mark.parametrize(
    ("success", "verdict", "decided"),
    [
        ([True] * 35, Verdict.NOT_YET, None),
        ([True] * 36, Verdict.WORKS, 36),
        ([True] * 36 + [False] * 3, Verdict.WORKS, 36),
        ([True] * 36 + [False] * 9, Verdict.NOT_YET, None),  # now 80 % were seen
        ([False] * 2 + [True] * 18, Verdict.NOT_YET, None),
        ([False] * 2 + [True] * 84, Verdict.WORKS, 86),
        ([True, False] * 10, Verdict.DOES_NOT, 8),
        ([True, True, False], Verdict.NOT_YET, None),
    ],
)
def test_the_first_verdict_stands(success, verdict, decided):
    answer = monitor(success)
    assert (answer.verdict, answer.decided) == (verdict, decided)


def test_how_many_further_probes_would_settle_it_is_true():
    begin = [True, True, False, True]
    works, fails = monitor(begin).more
    assert monitor(begin + [True] * works).verdict is Verdict.WORKS
    assert monitor(begin + [True] * (works - 1)).verdict is Verdict.NOT_YET
    assert monitor(begin + [False] * fails).verdict is Verdict.DOES_NOT
    assert monitor(begin + [False] * (fails - 1)).verdict is Verdict.NOT_YET
    assert f"If {works} further probes succeed without a failure, it works." in said(monitor(begin))


def test_percent_in_place_of_a_share_is_noticed():
    with pytest.raises(ParameterError, match=r"did you mean 0\.9\?"):
        monitor([True], target=90)


def test_a_verdict_is_asked_of_three_probes():
    told = said(monitor([True, False, True]))
    assert told.startswith("Not yet: 3 probes do not tell")
    assert "67% of marked records succeeded (2 of 3)" in told


def test_pairs_are_compared_by_their_names_and_not_by_their_order():
    marked = [True, True, False, False]
    success = [True, False, False, True]
    assert monitor(success, marked=marked).beside.value == 0
    named = monitor(success, marked=marked, pair=["a", "b", "b", "a"])
    assert (named.beside.pairs, named.beside.value, named.beside.matched) == (2, 0, True)
    alone = monitor(success, marked=marked, pair=["a", "", "a", ""])
    assert (alone.beside.pairs, alone.beside.value) == (1, 1)
    nobody = monitor(success, marked=marked, pair=["a", "b", "c", "d"])
    assert nobody.beside is None
    assert "No marked record has an unmarked partner" in said(nobody)


@pytest.mark.parametrize(
    ("rates", "versus", "told"),
    [
        ((0.95, 0.4), Versus.BETTER, "Better than without"),
        ((0.5, 0.5), Versus.OPEN, "Not settled whether it is better"),
        ((0.3, 0.9), Versus.NO_BETTER, "No better than without"),
    ],
)
def test_marked_records_beside_unmarked_ones(rates, versus, told):
    success = np.concatenate([campaign(rate, 150, seed) for seed, rate in enumerate(rates)])
    answer = monitor(success, marked=[True] * 150 + [False] * 150)
    assert answer.beside.versus is versus
    assert answer.unmarked.n == 150
    assert told in said(answer)


def test_a_rate_that_changes_is_noticed():
    answer = monitor([True] * 200 + [False] * 200)
    assert answer.changed
    assert said(answer).startswith("Something has changed: later probes contradict earlier ones")
    assert "It works" not in said(answer)
    assert not monitor(campaign(0.9, 400)).changed


def test_a_study_predicts_for_so_many_members():
    finding = finding_of(lambda members: 1 / (1 + (100 / max(members, 1e-9)) ** 2))
    there = predicted_by(finding, 100)
    assert there.low <= there.value <= there.high
    assert there.value == pytest.approx(0.5, abs=0.1)
    assert not there.beyond
    assert predicted_by(finding, 2000).beyond
    for people in (0, 10_001):
        with pytest.raises(ParameterError, match="among the study's: from 1 to 10,000"):
            predicted_by(finding, people)


def test_the_command_says_what_a_study_predicted(tmp_path):
    folder = tmp_path / "results"
    shutil.copytree(STORED, folder)
    (tmp_path / "p.csv").write_text("success\n" + "yes\n" * 9)
    words = ("monitor", tmp_path / "p.csv", "--results", folder, "--people")
    code, out, _ = called(*words, 20)
    assert code == 0
    assert "Predicted with 20 people" in out
    assert "predicted with 20 people" in (tmp_path / "p-monitor.html").read_text()
    assert "did you mean 'plant'" in refused(*words, 20, "--strategy", "plnat")
    assert "from 1 to 300, not 0" in refused(*words, 0)


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (0.97, 0.99, "The platform does less than that"),
        (0.01, 0.02, "The platform does more than that"),
        (0.5, 0.99, "does not contradict it"),
    ],
)
def test_what_was_predicted_stands_beside_it(low, high, told):
    predicted = Predicted(30, (low + high) / 2, low, high, beyond=True)
    answer = monitor(campaign(0.7, 300), predicted=predicted)
    assert "Predicted with 30 people" in said(answer)
    assert told in said(answer)
    assert "the prediction is a guess" in said(answer)


def test_a_verdict_that_the_range_does_not_show_yet_is_explained():
    answer = monitor([True] * 36)
    assert answer.marked.low < 0.9
    told = (
        "90% still lies in that range, and yet the verdict stands: a range has to be right on both"
    )
    assert told in said(answer)
    assert "yet the verdict stands" not in said(monitor([True] * 300))


def test_a_rate_close_to_the_target_is_called_so():
    answer = monitor(campaign(0.9, 3000, seed=4))
    assert answer.near
    assert "within 5.0 percentage points of 90%" in said(answer)


def test_a_long_campaign_is_drawn_with_few_points():
    answer = monitor(campaign(0.92, 5000))
    assert len(answer.path.n) <= 400
    assert answer.path.n[-1] == 5000
    assert answer.marked.n == 5000


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": 0},
        {"target": 1},
        {"margin": 0},
        {"confidence": 1},
        {"marked": [True]},
        {"marked": [False, False]},
        {"pair": ["a"]},
    ],
)
def test_impossible_questions_are_refused(wrong):
    with pytest.raises(ParameterError):
        monitor([True, False], **wrong)


PROBES = "success,marked,pair,note\nyes,yes,a,first\nNO,no,a,\n1,true,b,\n0,FALSE,b,\n"


def test_probes_are_read_from_a_file(tmp_path):
    (tmp_path / "p.csv").write_text(PROBES)
    probes = read_probes(tmp_path / "p.csv")
    assert len(probes) == 4
    assert probes.success.tolist() == [True, False, True, False]
    assert probes.marked.tolist() == [True, False, True, False]
    assert probes.pair == ("a", "a", "b", "b")


@pytest.mark.parametrize(
    ("header", "yes", "no"),
    [
        ("success,marked", "yes", "no"),
        ("Success,Marked", "TRUE", "0"),
        ("Erfolg,markiert", "Ja", "nein"),
        ("ERFOLG,Markiert", "WAHR", "FALSCH"),
        ("succès,marqué", "oui", "Non"),
        ("éxito,marcado", "sí", "no"),
    ],
)
def test_yes_and_no_are_read_in_a_few_languages(header, yes, no, tmp_path):
    (tmp_path / "p.csv").write_text(f"{header}\n{yes},{no}\n{no},{yes}\n")
    probes = read_probes(tmp_path / "p.csv")
    assert (probes.success.tolist(), probes.marked.tolist()) == ([True, False], [False, True])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Ergebnis,Datum\nja,1\n", "no column 'success', .* it has 'Ergebnis' and 'Datum'"),
        ("success,Erfolg\nja,ja\n", "the columns 'success' and 'Erfolg' both mean 'success'"),
        ("success\nvielleicht\n", "holds 'vielleicht', and not yes or no \\(nor true"),
    ],
)  # fmt: skip
def test_words_that_are_not_known_are_answered_with_those_that_are(content, said, tmp_path):
    (tmp_path / "p.csv").write_text(content)
    with pytest.raises(DataError, match=said):
        read_probes(tmp_path / "p.csv")


def test_pairs_without_names_are_said_to_follow_the_order():
    answer = monitor([True, False] * 4, marked=[True, False] * 4)
    assert (
        "The probes have no names of pairs, so the first marked one was set beside the first "
        "unmarked one, and so on: 4 pairs." in " ".join(lines(answer))
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("succes\nyes\n", "no column 'success', which says"),
        ("success\n", "no probes"),
        ("success\nyes\nperhaps\n\n", "line 3: column 'success' holds 'perhaps'"),
        ("success,marked\nyes,\n", "line 2: column 'marked' holds nothing"),
        (
            "success,marked,pair\nyes,yes,a\nno,yes,a\n",
            "line 3: the pair 'a' has a marked record already, in line 2",
        ),
        (
            "success,pair\nyes,a\nno,a\n",
            "already, in line 2; without a column marked every record counts as marked",
        ),
    ],
)
def test_probes_that_cannot_be_read_are_told_with_their_line(tmp_path, content, told):
    (tmp_path / "p.csv").write_text(content)
    with pytest.raises(DataError) as error:
        read_probes(tmp_path / "p.csv")
    assert "p.csv" in str(error.value)
    assert told in str(error.value)


def test_all_lines_that_are_wrong_are_told_at_once(tmp_path):
    (tmp_path / "p.csv").write_text("success,marked\nmaybe,yes\nyes,hardly\n")
    with pytest.raises(DataError) as error:
        read_probes(tmp_path / "p.csv")
    assert len(error.value.lines) == 3


def test_the_command_prints_the_verdict_and_writes_a_page(tmp_path):
    (tmp_path / "p.csv").write_text("success\n" + "yes\n" * 36)
    code, out, err = called("monitor", tmp_path / "p.csv")
    assert (code, err) == (0, "")
    assert out.startswith("It works: more than 90% of marked records succeed.")
    page = (tmp_path / "p-monitor.html").read_text()
    assert "It works: more than 90% of marked records succeed." in page
    assert page.count("<svg") == 2


def test_the_command_tells_a_mistake_in_one_line_and_writes_nothing(tmp_path):
    (tmp_path / "p.csv").write_text("success\nperhaps\n")
    assert "'perhaps'" in refused("monitor", tmp_path / "p.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["p.csv"]
    (tmp_path / "p.csv").write_text("success\nyes\n")
    line = refused("monitor", tmp_path / "p.csv", "--people", "3")
    assert "give both --results and --people" in line
