"""Figures 2 to 6 of the paper from end to end, on made-up résumés and very little of everything."""

import csv
from dataclasses import replace

import pytest

from criticalmass import EmbeddedText, LinearText
from criticalmass.datasets import synthetic_resumes
from criticalmass.errors import ParameterError
from criticalmass.papers import FIGURES, Options
from criticalmass.papers.hardt2023 import figure2, figure3, figure4, figure5, figure6
from criticalmass.papers.hardt2023.setup import CLASSES, SIZES, Setup, Size
from criticalmass.papers.hardt2023.verdicts import claims
from support.small_transformers import small

FIGURE = {
    "figure2": figure2.FIGURE,
    "figure3": figure3.FIGURE,
    "figure4": figure4.FIGURE,
    "figure5": figure5.FIGURE,
    "figure6": figure6.FIGURE,
}
TRIALS = {"figure2": 3 * 7, "figure3": 3 * 7, "figure4": 4 * 7, "figure5": 4 * 7, "figure6": 70}
SIZE = Size(
    240, 60, LinearText(), (3, None), (0.02, 0.05, 0.2), (0.1, 0.3, 0.8), 2, "Nearly everything."
)


def corpus():
    """Made-up profiles whose first three trades are called as the paper's classes."""
    people = synthetic_resumes(320, seed=1)
    return replace(people, label_names=(*CLASSES, *people.label_names[3:]))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow if name in ("figure5", "figure6") else ())
        for name in FIGURE
    ],
)
def test_a_figure_from_end_to_end(name, tmp_path):
    trained = []
    options = Options(watch=lambda done, total, row: trained.append(row) if row else None)
    setup = Setup(SIZE, tmp_path, options, corpus)
    paths = FIGURE[name].reproduce(tmp_path, options, setup)
    svg, png, rows, table, told = paths
    assert svg.read_text().lstrip().startswith("<?xml")
    assert png.read_bytes().startswith(b"\x89PNG")
    with rows.open(encoding="utf-8") as file:
        written = list(csv.DictReader(file))
    assert len(written) == len(trained) == TRIALS[name]
    assert not any(row["error"] for row in written)
    assert {row["members"] for row in written} >= {"0"}
    with table.open(encoding="utf-8") as file:
        judged = {row["claim"] for row in csv.DictReader(file)}
    assert judged == set(claims_of(name))
    text = told.read_text(encoding="utf-8")
    assert "Nearly everything." in text
    assert all(claims()[claim].text in text for claim in judged)
    assert all(said in text for said in FIGURE[name].assumed)
    trained.clear()
    assert FIGURE[name].reproduce(tmp_path, options, setup) == paths
    assert not trained  # what was run is not run again


@pytest.mark.parametrize(
    ("name", "trials"),
    [("figure2", 9), pytest.param("figure5", 28, marks=pytest.mark.slow), ("figure6", 21)],
)
def test_a_figure_with_an_encoder(name, trials, tmp_path, monkeypatch):
    """Figure 5's epochs are its solver's steps; Figure 6 has shares and repetitions of its own."""
    monkeypatch.setenv("CRITICALMASS_CACHE", str(tmp_path / "cache"))
    encoder = EmbeddedText(str(small(tmp_path / "tiny")), max_length=24)
    size = replace(SIZE, learner=encoder, of_spacings=((0.02, 0.05), 1))
    if name == "figure2":
        size = replace(size, of_data=(0.05, 0.2), repetitions=1)
    trained = []
    options = Options(watch=lambda done, total, row: trained.append(row) if row else None)
    setup = Setup(size, tmp_path, options, corpus)
    *_, told = FIGURE[name].reproduce(tmp_path, options, setup)
    assert len(trained) == trials
    assert not any(row.error for row in trained)
    assert "Nearly everything." in told.read_text(encoding="utf-8")
    if name == "figure5":
        assert setup.learner(3).steps == 3


def claims_of(name):
    from importlib.resources import files

    text = (files("criticalmass.papers.hardt2023") / "published.csv").read_text(encoding="utf-8")
    number = name.removeprefix("figure")
    return [row["id"] for row in csv.DictReader(text.splitlines()) if row["figure"] == number]


def test_the_paper_s_numbers_at_full_size(real):
    real("resumes_corpus.zip")
    setup = Setup(SIZES["transformer", "paper"], folder=None)
    train, test = setup.halves
    assert (len(train), len(test)) == (25_000, 4_783)
    assert [round(setup.share_of(label), 2) for label in CLASSES] == [0.11, 0.22, 0.5]
    learner = setup.size.learner
    assert (learner.model, learner.epochs, learner.batch_size) == ("distilbert-base-uncased", 5, 8)
    assert (learner.learning_rate, learner.max_length, learner.frozen_layers) == (5e-5, 512, 0)
    assert not setup.size.cut


def test_every_size_can_be_placed():
    for size in SIZES.values():
        smallest = min(0.1, 0.22, 0.5) * min(size.of_class) * size.train
        assert smallest >= 1
        assert min(size.of_data) * size.train >= 1


def test_unknown_names_are_refused(tmp_path):
    with pytest.raises(ParameterError, match="did you mean 'linear-text'"):
        Options(learner="liner-text")
    with pytest.raises(ParameterError, match=r"unknown size 'large'\. Valid: small, paper"):
        Options(size="large")
    of_hardt = {name for name in FIGURES if name.startswith("hardt2023/")}
    assert of_hardt == {f"hardt2023/figure{k}" for k in range(1, 8)}
