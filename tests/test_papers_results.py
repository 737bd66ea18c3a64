"""The verdicts that are kept beside the kept trials are what today's judge says of these trials."""

import csv
import re
import shutil
from pathlib import Path

import pytest

from criticalmass.papers import FIGURES, Options
from criticalmass.papers.hardt2023 import kept, models
from criticalmass.papers.hardt2023.setup import CLASSES, SIZES, Setup

NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?")


def same(kept, told):
    """Whether two texts have the same words, and numbers but for the last digit."""
    assert NUMBER.sub("#", kept) == NUMBER.sub("#", told)
    numbers = [[float(number) for number in NUMBER.findall(text)] for text in (kept, told)]
    assert numbers[1] == pytest.approx(numbers[0], rel=0.011)


def names():
    """What is kept; where hundreds of trials make a critical mass, judging takes half a minute."""
    for name in kept.names():
        refitted = name.startswith(("figure2", "figure3"))
        long = refitted and name not in ("figure2-linear-text-small", "figure3-linear-text-small")
        yield pytest.param(name, marks=pytest.mark.slow if long else ())


@pytest.mark.parametrize("name", list(names()))
def test_kept_verdicts_follow_from_kept_trials(name):
    """If not: ``python -m criticalmass.papers.hardt2023.kept`` writes them again."""
    same((kept.RESULTS / f"{name}.md").read_text(encoding="utf-8"), kept.verdicts(name))


def test_kept_verdicts_are_those_of_all_kept_trials():
    told = {path.stem for path in kept.RESULTS.glob("figure*-*.md")}
    assert told == set(kept.names())
    assert "figure6-linear-text-small" in told


def test_an_old_verdict_is_judged_anew(tmp_path):
    name = "figure6-linear-text-small"
    for file in ("classes.csv", f"{name}.csv", f"{name}.md"):
        shutil.copy(kept.RESULTS / file, tmp_path)
    path = tmp_path / f"{name}.md"
    today = path.read_text(encoding="utf-8")
    path.write_text(today.replace("| disagrees |", "| agrees |"), encoding="utf-8")
    assert list(kept.judge_anew(tmp_path)) == [path]
    assert path.read_text(encoding="utf-8") == today
    assert list(kept.judge_anew(tmp_path)) == []


def test_kept_classes_are_those_of_the_corpus(real):
    real("resumes_corpus.zip")
    with (kept.RESULTS / "classes.csv").open(encoding="utf-8", newline="") as file:
        holding = {
            (row["learner"], row["size"], row["class"]): int(row["holding"])
            for row in csv.DictReader(file)
        }
    assert set(holding) == {(*size, label) for size in SIZES for label in CLASSES}
    for size in SIZES:
        if size[1] == "small":
            train, _ = Setup(SIZES[size], kept.RESULTS).halves
            for label in CLASSES:
                assert holding[*size, label] == len(train.holding(label))


def test_kept_figure_7_follows_from_kept_trials(tmp_path):
    said = FIGURES["hardt2023/figure7"](tmp_path, Options())[-1]
    same(
        (kept.RESULTS / "figure7.md").read_text(encoding="utf-8"), said.read_text(encoding="utf-8")
    )


@pytest.fixture(scope="module")
def picture():
    return models.draw()


def test_the_picture_of_the_models_has_no_axis_of_people_for_models_of_two_sizes(picture):
    (axes,) = picture.axes
    assert axes.child_axes == []
    assert axes.get_xlabel() == "share of the population that joins (log scale)"


def test_the_numbers_beside_the_picture_are_those_of_the_kept_verdicts():
    """On the first page, and with the range on the page about transformers."""
    kept_table = (kept.RESULTS / "figure2-transformer-small.md").read_text(encoding="utf-8")
    assert "critical mass, people 68 (680 if shares carry over) | 48.1 to 93 |" in kept_table
    root = Path(__file__).parents[1]
    readme, page = (
        " ".join((root / name).read_text(encoding="utf-8").split())
        for name in ("README.md", "docs/transformers.md")
    )
    assert "takes 68 of these people (2.7%)" in readme
    assert "68 of these people (2.7 %; between 48 and 93)" in page


def test_the_picture_of_the_models_has_every_kept_trial(picture, tmp_path, monkeypatch):
    (axes,) = picture.axes
    named = [text.get_text() for text in axes.figure.legends[0].get_texts()]
    assert named == [
        f"{model}: {people} people"
        for model, people in zip(
            models.LINES,
            ("20 of 25,000", "112 of 25,000", "2,880 of 25,000", "68 of 2,500"),
            strict=True,
        )
    ]
    drawn = [line.get_xydata() for line in axes.lines if line.get_marker() not in ("None", "")]
    shares = sorted(x for points in drawn for x, _ in points)
    kept_shares = sorted(
        row.alpha
        for name, key in models.LINES.values()
        for row in kept.trials(name)[key]
        if row.alpha
    )
    assert shares[-len(kept_shares) :] == pytest.approx(kept_shares)
    monkeypatch.setattr(models, "draw", lambda: picture)
    assert models.main(tmp_path).read_text(encoding="utf-8").startswith("<?xml")
