"""What notebooks show of curves, answers, rows, records and studies."""

import json
import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest

from criticalmass import (
    CriticalMass,
    FeatureLabel,
    FittedCurve,
    Grid,
    InsertToken,
    LinearText,
    Outcome,
    Population,
    Study,
    run,
)
from criticalmass.answers.finding import findings
from criticalmass.curves import PathCurve, SuccessCurve
from criticalmass.fitting import RepeatedCurve
from criticalmass.pages.notebook import formatters
from criticalmass.pages.notebook.html import COLOURS, html_of
from criticalmass.studies import Row, Store
from criticalmass.studies.facts import Facts
from criticalmass.theory import FeatureLabelBound
from criticalmass.words import finding as words

SHARES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
RISES = [Outcome(a, round(1000 / (1 + (0.004 / a) ** 2)), 1000) for a in SHARES for _ in range(3)]
LOW = [Outcome(a, 100, 1000) for a in SHARES for _ in range(3)]


class Straight(SuccessCurve):
    """A curve of somebody's own."""

    def success(self, alpha):
        return np.asarray(alpha, dtype=float)

    def critical_mass(self, target):
        return CriticalMass.exactly(target, target)


CURVES = {
    "fitted": (FittedCurve.fit(RISES), "It takes about 1.2% of the population to reach 90%"),
    "too low": (FittedCurve.fit(LOW), "It looks as if no collective reaches 90%: the curve level"),
    "steered": (
        RepeatedCurve.fit([Outcome(a, min(1, a / b), 1) for a in SHARES for b in (0.03, 0.031)]),
        "It takes about 3.8% of the population to reach 90% (",
    ),
    "bound": (FeatureLabelBound(0.001), "At most 0.99% of the population is enough to reach 90%"),
    "no bound": (
        FeatureLabelBound(0.01, epsilon=0.2, suboptimality="joint-tv"),
        "90% is guaranteed for no collective: ",
    ),
    "exact": (
        PathCurve(np.array([0.0, 0.1, 0.2]), np.array([0.0, 0.5, 1.0])),
        "It takes 18% of the population to reach 90%.",
    ),
    "never": (
        PathCurve(np.array([0.0, 0.5]), np.array([0.0, 0.4])),
        "No collective reaches 90%: success is 0.4 at most, 0.9 is wanted.",
    ),
    "own": (Straight(), "It takes 90% of the population to reach 90%."),
}


@pytest.mark.parametrize("name", CURVES)
def test_a_curve_is_its_picture_and_its_sentence(name):
    curve, sentence = CURVES[name]
    html = html_of(curve)
    picture, told = re.fullmatch(
        r"<div [^>]*>(<svg.*</svg>)\s*</div>(<p>.*</p>)", html, re.S
    ).groups()
    assert len(list(ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}path"))) > 5
    assert told.startswith(f"<p>{sentence}")


MASSES = [
    (CriticalMass.exactly(0.9, 0.01), "It takes 1.0% of the population to reach 90%."),
    (CriticalMass.exactly(0.9, 0.0), "90% is reached without a collective."),
    (
        CriticalMass(0.9, 0.0, 0.0, 0.01, 0.95),
        "90% is reached without a collective, more likely than not; it takes at most 1.0%, with "
        "95% probability.",
    ),
    (
        CriticalMass(0.9, 0.0, 0.0, np.inf, 0.95),
        "90% is reached without a collective, more likely than not; it takes 0% or more, with 95% "
        "probability.",
    ),
    (
        CriticalMass.at_most(0.9, 0.01, 0.95),
        "At most 1.0% of the population is enough to reach 90%, with 95% probability; less may be, "
        "too.",
    ),
    (
        CriticalMass(0.9, 0.01, 0.008, 0.013, 0.95),
        "It takes about 1.0% of the population to reach 90% (0.80% to 1.3%, with 95% probability).",
    ),
    (
        CriticalMass(0.9, 0.01, 0.008, np.inf, 0.95, never=0.3),
        "It takes about 1.0% of the population to reach 90% (0.80% or more, with 95% probability). "
        "With 30% probability no collective reaches it.",
    ),
    (
        CriticalMass(0.9, 0.01, 0.008, 0.013),
        "It takes about 1.0% of the population to reach 90% (0.80% to 1.3%).",
    ),
]


@pytest.mark.parametrize(("mass", "sentence"), MASSES)
def test_a_critical_mass_is_a_sentence(mass, sentence):
    assert html_of(mass) == f"<p>{sentence}</p>"


def test_a_picture_has_names_of_its_own_and_the_same_every_time():
    one, two = (html_of(FeatureLabelBound(uniqueness)) for uniqueness in (0.001, 0.01))
    names = [set(re.findall(r'\bid="([^"]+)"', html)) for html in (one, two)]
    assert not names[0] & names[1]
    assert set(re.findall(r'(?:href="|url\()#([\w-]+)', one)) <= names[0]
    assert html_of(FeatureLabelBound(0.001)) == one
    assert set(re.findall(r"var\(--([\w-]+)\)", one)) <= set(COLOURS)


def luminance(colour):
    """Of sRGB, as WCAG 2.2 defines it."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("ground", ["#ffffff", "#111111", "#1e1e1e"])
def test_curves_are_seen_on_light_and_dark_grounds(ground):
    """Graphics need a contrast of 3 (WCAG 2.2, 1.4.11)."""
    for name, colour in COLOURS.items():
        if name.startswith("series"):
            low, high = sorted([luminance(colour), luminance(ground)])
            assert (high + 0.05) / (low + 0.05) >= 3, (name, ground)


def rows(count, **changes):
    return [Row(f"{k}", "mark", 0.1, k, 0.1, 10 + k, **changes) for k in range(count)]


def cells(html):
    return [
        re.findall(r"<t[dh]>(.*?)</t[dh]>", line) for line in re.findall(r"<tr>(.*?)</tr>", html)
    ]


def test_rows_are_a_table_with_a_line_for_each():
    html = html_of([*rows(2, accuracy=0.87654), Row("x", "<b>", 0.1, 0, 0.1, 9, error="a < b")])
    assert html.startswith("<p>3 trials</p><table>")
    assert cells(html) == [
        ["strategy", "members", "alpha", "accuracy", "seconds", "error"],
        ["mark", "10", "0.1", "0.8765", "", ""],
        ["mark", "11", "0.1", "0.8765", "", ""],
        ["&lt;b&gt;", "9", "0.1", "", "", "a &lt; b"],
    ]
    assert html_of(rows(1)).startswith("<p>1 trial</p>")


def test_rows_of_predicted_numbers_have_their_error_in_place_of_accuracy():
    html = html_of([*rows(1, mean_error=2.5, seconds=0.5), *rows(1, error="no")])
    assert cells(html) == [
        ["strategy", "members", "alpha", "mean_error", "seconds", "error"],
        ["mark", "10", "0.1", "2.5", "0.5", ""],
        ["mark", "10", "0.1", "", "", "no"],
    ]


def test_both_ends_of_many_rows_are_shown():
    assert len(cells(html_of(rows(21)))) == 22
    table = cells(html_of(rows(22)))
    assert len(table) == 22
    assert table[11][0] == "… 2 more"
    assert [table[10][1], table[12][1]] == ["19", "22"]


def test_other_lists_stay_as_they_are():
    for other in ([], (), [1, 2], [*rows(1), 2], "text", None):
        assert html_of(other) is None


def test_records_are_shown_in_short():
    texts = Population.from_texts(["a <b>", *["c"] * 9], [["x"], ["x", "y"], *[[]] * 8])
    html = html_of(texts)
    assert cells(html) == [
        ["texts", "label"],
        ["a &lt;b&gt;", "x"],
        ["c", "x, y"],
        *[["c", ""]] * 3,
    ]
    assert html.endswith("<p>… 5 more</p>")
    table = {"a": [1, 2], "b": ["u", "v"], "y": [1.5, 2.0]}
    numbers = html_of(Population.from_table(table, label="y", numbers=True))
    assert cells(numbers)[1:] == [["1", "u", "1.5"], ["2", "v", "2"]]
    images = Population.from_arrays(np.zeros((3, 4, 4)), ["x", "y", "x"])
    assert cells(html_of(images))[1] == ["numbers of shape (4, 4)", "x"]


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """A small study, and the folder that it was run in."""
    from criticalmass.datasets import synthetic_resumes

    train, test = synthetic_resumes(300).split(test=100, seed=0)
    strategies = {"mark": FeatureLabel(InsertToken("~"), "Writer")}
    study = Study(train, test, LinearText(), strategies, Grid((0.02, 0.1, 0.3)), name="<small>")
    folder = tmp_path_factory.mktemp("marked")
    run(study, folder)
    return study, folder


def test_a_study_is_shown_with_its_parts(marked):
    html = html_of(marked[0])
    assert html.startswith("<p>Study &lt;small&gt;</p>")
    told = {line[0]: line[1] for line in cells(html) if line}
    assert told["test"] == "100 records"
    assert told["strategy mark"].startswith("FeatureLabel(signal=InsertToken(")
    assert told["wanted"] == "90%"


def test_a_finding_is_its_picture_its_answer_and_its_doubt(marked):
    with Store.open(marked[1]) as store:
        found = findings(store.facts(), store.rows())[0]
    html = html_of(found)
    assert "<svg" in html
    assert "people who join, of 200" in html
    assert f"<p>{words.answer(found)}</p><p>" in html
    rows_of_one = [row for row in found.rows if row.members == 0]
    without = findings(found.facts, rows_of_one)[0]
    assert without.curve is None
    assert "There are not enough trials yet" in html_of(without)
    nothing = findings(found.facts, [])[0]
    assert html_of(nothing).startswith("<p>There are not enough trials yet")
    assert not findings(Facts(), [])


def test_ipython_is_told_the_names_of_classes_that_there_are():
    for module, name in formatters.SHOWN:
        __import__(module)
        assert vars(sys.modules[module])[name].__name__ == name


def test_where_no_ipython_runs_nothing_of_it_is_loaded():
    code = "import json, sys, criticalmass; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout)
    assert not {"IPython", "matplotlib", "numpy", "criticalmass.pages.notebook.html"} & set(loaded)
