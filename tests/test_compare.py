"""Two answers side by side: the command `compare`, its sentences, and the report's table."""

import math
import re
import sys
from dataclasses import replace
from functools import cache

import pytest

from criticalmass import Store
from criticalmass.answers.comparing import Difference, contrast, with_first
from criticalmass.answers.finding import findings
from criticalmass.cli.main import main
from criticalmass.errors import ParameterError
from criticalmass.fitting import Ratio, ratio
from criticalmass.fitting.comparing import Verdict
from criticalmass.pages.report import render
from criticalmass.studies import Row
from criticalmass.studies.facts import Facts
from criticalmass.words.comparing import cautions, in_cells, number, sentence
from support.rows import counts

SIZES = (0, 10, 30, 70, 150, 300, 600)
SIGNAL = {"kind": "InsertToken", "token": "~", "every": 20}


def facts(*strategies, target=0.9, size=10_000, test="t", learner="Bayes", measures=("included",)):
    """Facts of a study with these strategies, as a store keeps them."""
    kept = {
        name: {
            "target_label": "cook",
            "measures": list(measures),
            "description": {"kind": "FeatureLabel", "target_label": name, "signal": SIGNAL},
        }
        for name in strategies
    }
    return Facts.from_json(
        {
            "name": "demo",
            "target": target,
            "measures": list(measures),
            "population": {"size": size, "kind": "texts", "test_size": 1000},
            "learner": {"kind": learner},
            "strategies": kept,
            "identity": {"population": {"sha256": "p"}, "test": {"sha256": test}, "of": learner},
        }
    )


def rows(strategy, middle, *, size=10_000, top=0.99, floor=0.02, study="a", measure="included"):
    """Two trials a size, of a curve that is half up with so many people."""
    return [
        Row(f"{study}/{strategy}/{m}/{r}", strategy, m / size, r, m / size, m, changed=m, n=1000,
            results=counts(1000, **{
                measure: round(1000 * (floor + (top - floor) / (1 + (middle / m) ** 2)))
                if m else round(1000 * floor)}))
        for m in SIZES
        for r in range(2)
    ]  # fmt: skip


def keep(folder, facts, rows):
    with Store.create(folder, facts) as store:
        for row in rows:
            store.add(row)
        store.finish()


@cache
def finding(strategy, middle, study="a", **of):
    kept = {name: of.pop(name) for name in ("target", "test", "learner") if name in of}
    kept["size"] = of.get("size", 10_000)
    (found,) = findings(facts(strategy, **kept), rows(strategy, middle, study=study, **of))
    return found


@pytest.fixture
def compare(tmp_path, monkeypatch, capsys):
    """Run the command in a folder with some studies; return its exit code and what it prints."""
    monkeypatch.chdir(tmp_path)
    keep("two", facts("mark", "label"), rows("mark", 30) + rows("label", 60))
    keep("tree", facts("mark", learner="Tree"), rows("mark", 120, study="tree"))
    keep("lower", facts("mark", target=0.8, learner="Low"), rows("mark", 30, study="lower"))
    erased = facts("mark", measures=("erased",), learner="E")
    keep("erased", erased, rows("mark", 30, study="erased", measure="erased"))
    keep("erase", facts("erase", learner="F"), rows("erase", 30, study="erase"))

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["criticalmass", "compare", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, printed.err

    return command


def test_the_strategies_of_one_study_are_compared_with_its_first(compare):
    code, out, err = compare("two")
    assert (code, err) == (0, "")
    first, one, other, said = out.splitlines()
    assert first == "included, 90% wanted"
    assert re.fullmatch(r"  by “label”: 1\d\d people out of 10,000 \(1\d\d to \d\d\d\)", one)
    assert re.fullmatch(r"  by “mark”: \d\d people out of 10,000 \(\d\d to \d\d\d?\)", other)
    assert re.fullmatch(
        r"By “label” it takes (2|2\.\d|1\.9) times as many people as by “mark” \(between 1\.\d and "
        r"[23]\.\d times, with 95% probability\)\.",
        said,
    )


def test_two_studies_are_compared_by_the_strategy_that_both_have(compare):
    code, out, err = compare("tree", "two")
    assert (code, err) == (0, "")
    assert "\n  in “tree”: " in out
    said = out.splitlines()[-1]
    assert said.startswith("In “tree” it takes ")
    assert " times as many people as in “two” (between " in said
    assert compare("two", "tree")[1].splitlines()[-1] == said


def test_a_strategy_is_chosen_for_either_study(compare):
    code, out, err = compare("two", "tree", "--strategy", "label", "--strategy", "mark")
    assert code == 0
    assert "  by “label” in “two”: " in out
    assert "By “mark” in “tree” it takes " in out
    assert err == (
        "warning: This does not set like beside like: the studies differ in learner and strategy, "
        "and the ratio is of both.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("two", "nowhere"), "no study in 'nowhere'"),
        (("nowhere",), "no study in 'nowhere'"),
        (("tree",), "one strategy, 'mark'. Name the folder of another study"),
        (("tree", "tree"), "'tree' is compared with itself"),
        (("tree", "lower"), "a success of 0.9, the other of 0.8"),
        (("tree", "erased"), "by included and 'mark' by erased: only what is measured alike"),
        (("two", "erase"), "no strategy in common: choose with --strategy"),
        (("two", "--strategy", "lable"), "did you mean 'label'"),
        (("two", "tree", "--strategy", "label"), "unknown strategy 'label'"),
        (("two", "--measure", "top1"), "unknown success measure 'top1'"),
        (("two", *("--strategy", "mark") * 2), "compared with others, not with itself"),
        (("two", "tree", *("--strategy", "mark") * 3), "one strategy of each, not by 3"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_compared_gets_one_line(arguments, message, compare):
    code, out, err = compare(*arguments)
    assert code == 2
    assert out == ""
    (line,) = err.splitlines()
    assert line.startswith("error: ")
    assert message in line


def test_the_ratio_is_that_of_the_two_curves():
    one, other = finding("label", 60), finding("mark", 30)
    found = contrast(one, other)
    assert found.ratio == ratio(one.curve, other.curve, 0.9, size=10_000)
    people = [f.mass.people(10_000)[0] for f in (one, other)]
    assert found.ratio.value == people[0] / people[1]
    assert found.differences == []


def test_populations_of_two_sizes_are_compared_by_shares():
    small, large = finding("mark", 30, size=5000), finding("mark", 60, study="b")
    found = contrast(small, large)
    assert found.ratio == ratio(small.curve, large.curve, 0.9)
    assert found.differences == [Difference.SIZE]
    (warned,) = cautions(found, "in “a”", "in “b”")
    assert warned.endswith("the populations differ in size, so shares of them are compared.")
    wide = contrast(finding("mark", 30, size=2500), large)
    assert " times as large a share as " in sentence(wide, "in “a”", "in “b”")


def test_other_test_records_are_warned_of():
    found = contrast(finding("mark", 30), finding("mark", 60, study="b", test="other"))
    assert found.differences == [Difference.TEST_RECORDS]
    assert "different test records" in cautions(found, "in “a”", "in “b”")[0]


def test_the_same_trials_are_not_compared():
    with pytest.raises(ParameterError, match="hold the same trials of 'mark'"):
        contrast(finding("mark", 30), finding("mark", 30))


def test_a_guess_beyond_what_was_tried_is_called_one():
    far = finding("label", 260)
    assert far.status.name == "BEYOND_TRIED"
    found = contrast(far, finding("mark", 30))
    assert sentence(found, "by “label”", "by “mark”").startswith(
        "If success goes on as fitted outside of the sizes that were tried, by “label” it takes "
    )
    (warned,) = cautions(found, "by “label”", "by “mark”")
    assert warned.startswith("By “label” the number of people lies outside of the sizes")


def test_a_ratio_that_may_be_anything_gives_no_number():
    found = contrast(finding("label", 60), finding("mark", 30))
    open_ended = replace(found.ratio, low=0.0, high=math.inf, verdict=Verdict.OPEN)
    assert sentence(replace(found, ratio=open_ended), "by “label”", "by “mark”") == (
        "The trials do not tell which takes fewer: by “label” it may take any number of times as "
        "many people as by “mark”."
    )


def test_too_few_trials_have_no_ratio():
    few = findings(facts("label"), rows("label", 60)[:4])[0]
    found = contrast(few, finding("mark", 30))
    assert found.ratio is None
    assert sentence(found, "by “label”", "by “mark”") == (
        "There is no ratio, because the trials do not say how many people it takes by “label”."
    )
    assert number(few) == "– (too few trials)"
    assert in_cells(found) == ("–", "too few trials, or not settled", "–")


def test_one_that_is_never_reached_has_no_ratio():
    never = finding("label", 60, top=0.5)
    for pair in ((never, finding("mark", 30)), (finding("mark", 30), never)):
        names = [f"by “{one.strategy}”" for one in pair]
        assert sentence(contrast(*pair), *names) == (
            "There is no ratio: more likely than not no collective reaches the target by “label” "
            "(probability: more than 99%). Probability that it takes fewer people by “mark”: more "
            "than 99%."
        )


def said(value, low, high, verdict, fewer=0.3):
    """The sentence for a ratio of one's own."""
    found = Ratio(0.9, value, low, high, 0.95, fewer, 1 - fewer, verdict)
    one = contrast(finding("a", 30), finding("b", 30))
    return sentence(replace(one, ratio=found), "by “a”", "by “b”")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            (2.13, 1.29, 3.21, Verdict.MORE),
            "By “a” it takes 2.1 times as many people as by “b” (between 1.3 and 3.2 times, with "
            "95% probability).",
        ),
        (
            (0.5, 0.25, 0.8, Verdict.FEWER),
            "By “b” it takes 2.0 times as many people as by “a” (between 1.2 and 4.0 times, with "
            "95% probability).",
        ),
        (
            (1.2, 1.003, 1.4, Verdict.MORE),
            "By “a” it takes 1.2 times as many people as by “b” (between 1.003 and 1.4 times, with "
            "95% probability).",
        ),
        (
            (0.5, 0.0, 0.8, Verdict.FEWER),
            "By “b” it takes 2.0 times as many people as by “a” (1.2 times or more, with 95% "
            "probability).",
        ),
        (
            (1.3, 0.7, 2.5, Verdict.OPEN),
            "The trials do not settle which takes fewer: by “a” it takes about 1.3 times as many "
            "people as by “b” (between 0.70 and 2.5 times, with 95% probability). Probability that "
            "it takes fewer by “a”: 30%; by “b”: 70%.",
        ),
        (
            (0.0, 0.0, 0.0, Verdict.FEWER),
            "By “a” nobody needs to join; by “b” it takes people.",
        ),
        (
            (math.inf, 0.9, math.inf, Verdict.OPEN),
            "By “b” nobody needs to join; by “a” it takes people. But that is not settled: the "
            "probability that it takes fewer by “b” is 70%.",
        ),
        ((1.0, 1.0, 1.0, Verdict.SAME), "By “a” it takes just as many people as by “b”."),
        (
            (1.0, 1.0, 1.0, Verdict.NOBODY_NEEDED),
            "Neither by “a” nor by “b” does anybody need to join.",
        ),
    ],
    ids=["more", "fewer", "hardly more", "open end", "open", "nobody", "perhaps nobody", "same",
         "nobody at all"],
)  # fmt: skip
def test_every_ratio_has_its_sentence(found, words):
    assert said(*found) == words


def test_the_report_has_a_table_of_strategies_beside_the_first():
    study = facts("mark", "label", "none")
    trials = [*rows("mark", 30), *rows("label", 60), *rows("none", 60, top=0.5)]
    (label, none) = with_first(findings(study, trials))
    assert label.first.strategy == "label"
    assert label.second.strategy == none.second.strategy == "mark"
    page = render(study, trials)
    assert page.count("Compared with “mark”") == 1
    value, span, fewer = in_cells(label)
    assert f"<td>{value}</td><td>{span}</td><td>{fewer}</td>" in page
    assert in_cells(none) == ("–", "not reached", "less than 1%")


def test_the_report_of_one_strategy_has_no_such_table():
    assert "Compared with" not in render(facts("mark"), rows("mark", 30))
