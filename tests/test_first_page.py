"""The first page of a report: an answer, a picture and what both rest on, in plain words."""

import base64
import io
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from criticalmass.answers.finding import Status
from criticalmass.pages.page import script
from criticalmass.pages.report import render
from criticalmass.words.finding import answer
from criticalmass.words.first_page import caption, folded, rests_on
from support.browser import answer_of, needs_browser, needs_paper, sheets
from support.findings import facts_of_texts, finding_of, rows_of_success


def rising(members):
    """Reach .9 with about 75 of 10,000."""
    return 0.02 + 0.97 / (1 + (25 / max(members, 1e-9)) ** 2)


@pytest.fixture(scope="module")
def html():
    return render(facts_of_texts(), rows_of_success(rising))


def test_trainings_are_told_before_how_exact_the_answer_is():
    done, exact, platform, records = rests_on(finding_of(rising))
    assert done == (
        "A model was trained 24 times with people who joined, and 3 times without. Those who "
        "joined were drawn at random each time, and all did as agreed. Each model was then asked "
        "about 1,000 texts that it had not seen, every one with the mark."
    )
    _, low, high = finding_of(rising).mass.people(10_000)
    assert exact == (
        "Trainings differ by chance, so this number is not exact: the right one lies between "
        f"{low} and {high}. Such a range is wrong about once in 20 times."
    )
    assert platform.startswith("The platform is taken to train a bag-of-words model")
    assert records.startswith("The answer is for these 10,000 texts, and not for others like them.")


@pytest.mark.parametrize(
    ("repetitions", "sizes", "said"),
    [
        (1, (0, 5), "once with people who joined, and once without"),
        (2, (0, 5), "2 times with people who joined, and 2 times without"),
        (1000, (0, 5), "1,000 times with people who joined, and 1,000 times without"),
        (2, (5, 10), "A model was trained 4 times with people who joined. They"),
    ],
)
def test_counts_of_trainings_agree_with_their_verbs(repetitions, sizes, said):
    assert said in rests_on(finding_of(rising, sizes, repetitions))[0]


def test_without_any_training_nothing_is_told_of_trainings():
    found = finding_of(rising, (0,), 1)
    assert found.status is Status.NOT_ENOUGH
    assert rests_on(found)[0] == (
        "The model was not trained often enough to say how many people it takes."
    )
    assert folded(found) == "What was measured, in 1 training"
    assert folded(finding_of(rising)) == "What was measured, in 27 trainings"


@pytest.mark.parametrize(
    ("success", "sizes", "status", "said"),
    [
        (
            lambda m: 0.02 + 0.97 * (m > 0),
            (0, 2, 5, 10),
            Status.BELOW_TRIED,
            "Fewer than 2 people were not tried; they may be enough, too.",
        ),
        (
            lambda m: 0.1 + 0.3 * (m > 50),
            (0, 5, 10, 20, 50, 100, 200, 500, 1000),
            Status.NOT_REACHED,
            "No more than 1,000 people were tried.",
        ),
        (
            lambda m: 0.02 + 0.97 / (1 + (300 / max(m, 1e-9)) ** 1.5),
            (0, 5, 10, 20, 50, 100, 200, 500),
            Status.BEYOND_TRIED,
            "No collective of that size was tried. The number is a guess",
        ),
    ],
)
def test_an_answer_that_lies_outside_of_what_was_tried_says_so(success, sizes, status, said):
    found = finding_of(success, sizes)
    assert found.status is status
    assert rests_on(found)[1].startswith(said)
    assert "Such a range" not in " ".join(rests_on(found))


def test_where_nobody_is_needed_no_range_is_told():
    found = finding_of(lambda m: 0.95)
    assert found.status is Status.NOBODY_NEEDED
    assert "not exact" not in " ".join(rests_on(found))
    assert "Upright" not in caption(found)
    assert "Upright" in caption(finding_of(rising))


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (70, 70, "settle this number: one person fewer is too few, which is wrong about once in"),
        (70, None, "fewer than 70 are too few, which is wrong about once in 20 times. It may take"),
        (0, 1, "it takes 1 person at most, which is wrong about once in 20 times. Fewer may be"),
    ],
)
def test_ranges_of_every_kind(low, high, said):
    found = finding_of(rising)
    ends = {"low": low / 10_000, "high": np.inf if high is None else high / 10_000}
    alpha = 70 if high != 1 else 1
    mass = replace(found.mass, alpha=alpha / 10_000, **ends)
    assert said in rests_on(replace(found, mass=mass))[1]


def test_records_of_each_kind_are_called_what_they_are():
    population = replace(facts_of_texts().population, kind="table", resampled=True)
    found = finding_of(rising, population=population)
    assert "asked about 1,000 records that it had not seen" in rests_on(found)[0]
    assert "for a typical population of 10,000 records like these" in rests_on(found)[-1]
    population = replace(facts_of_texts().population, marked_size=40, marked_name="adverts")
    found = finding_of(rising, population=population)
    assert "asked about 40 texts of adverts, every one with the mark" in rests_on(found)[0]


def test_the_answer_and_its_picture_come_first_and_all_numbers_are_folded(html):
    seen = re.sub(r"<details>.*?</details>", "", html, flags=re.DOTALL)
    places = [
        seen.index(part)
        for part in ('class="answer"', 'id="picture"', "What this rests on", "<h2>mark</h2>")
    ]
    assert places == sorted(places)
    for later in ("sigmoid", "Placement:", "numpy", "What was assumed", "Study <code>", "<table>"):
        assert later not in seen
    for later in ("sigmoid", "What was assumed", "Study <code>"):
        assert later in html


def test_a_script_that_is_none_of_ours_is_not_allowed(html):
    allowed = re.search(r"script-src ([^;]*);", html)[1].split()
    assert allowed == [f"'{script(name).digest}'" for name in ("copy.js", "picture.js")]


SAVED = """
  const copied = [], saved = [];
  Object.defineProperty(w.navigator, "clipboard",
    {value: {writeText: async text => { copied.push(text); }}});
  d.querySelector("button.copy").click();
  const done = new Promise(resolve => {
    w.HTMLAnchorElement.prototype.click = function () {
      saved.push(this.download, this.href);
      resolve();
    };
  });
  d.querySelector("button.save").click();
  await done;
  return {copied, saved};
"""


@needs_browser
def test_sentence_and_picture_can_be_taken_out_alone(html, tmp_path):
    (tmp_path / "report.html").write_text(html, encoding="utf-8")
    found = answer_of(tmp_path / "report.html", SAVED, tmp_path)
    assert found["copied"] == [answer(finding_of(rising))]
    name, address = found["saved"]
    assert name == "demo.png"
    picture = np.asarray(
        Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("RGB")
    ).astype(int)
    assert picture.shape[1] > 900
    assert picture[0, 0].tolist() == [0xFD, 0xFD, 0xFC]  # the light page's
    blue = np.abs(picture - [0x0A, 0x63, 0xAC]).sum(axis=2) < 30  # its first series
    assert blue.sum() > 1000


@needs_paper
@pytest.mark.parametrize("paper", ["A4", "letter"])
def test_on_paper_the_answer_and_what_it_rests_on_are_one_sheet(html, tmp_path, paper):
    only_first = html[: html.index("<section>\n<h2>mark</h2>")] + "</main></body></html>"
    (tmp_path / "report.html").write_text(only_first, encoding="utf-8")
    assert len(sheets(tmp_path / "report.html", tmp_path, paper=paper)) == 1
