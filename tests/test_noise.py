"""Random labels: how many records they hit, and what they leave as it was."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from criticalmass import Population, read_study
from criticalmass.data import RandomizeLabels
from criticalmass.datasets import synthetic_resumes
from criticalmass.errors import ParameterError
from criticalmass.studies.files.study_file import read_question


@given(share=st.floats(0, 1), seed=st.integers(0, 99))
def test_label_sets_stay_as_frequent_as_they_were(share, seed, texts):
    mixed = RandomizeLabels(share, seed).apply(texts)
    assert Counter(map(bytes, mixed.labels)) == Counter(map(bytes, texts.labels))
    assert (mixed.labels != texts.labels).any(axis=1).sum() <= round(share * len(texts))
    assert mixed.features is texts.features or (mixed.features == texts.features).all()


def test_all_labels_random_say_nothing_of_the_texts():
    people = synthetic_resumes(4000, seed=0)
    mixed = RandomizeLabels(1.0).apply(people)
    held = people.labels[:, 0]
    rate = mixed.labels[:, 0].mean()
    assert mixed.labels[held, 0].mean() == pytest.approx(rate, abs=0.04)
    half = RandomizeLabels(0.5).apply(people)
    assert half.labels[held, 0].mean() == pytest.approx(0.5 + rate / 2, abs=0.04)


def test_seeds_tell_apart_and_none_is_no_change(texts):
    one, again, two = (RandomizeLabels(0.5, seed).apply(texts) for seed in (0, 0, 1))
    assert one.fingerprint == again.fingerprint != two.fingerprint
    assert RandomizeLabels(0.0).apply(texts) is texts
    with pytest.raises(ParameterError, match=r"in \[0, 1\], not 2"):
        RandomizeLabels(2.0)


def test_in_a_study_file_only_training_records_are_hit(study_toml):
    plain = read_study(study_toml())
    noisy = read_study(study_toml({"population.randomize_labels": 0.5}))
    assert np.array_equal(noisy.test.labels, plain.test.labels)
    hit = (noisy.population.labels != plain.population.labels).any(axis=1).mean()
    assert 0.3 < hit <= 0.5
    assert "100 of 200 training records" in noisy.population.notes[-1]


def test_theory_is_asked_about_the_labels_that_the_firm_gets(tmp_path):
    rows = [f"{'fm'[k % 2]},{'yes' if k % 3 else 'no'}" for k in range(60)]
    (tmp_path / "people.csv").write_text("\n".join(["sex,hired", *rows]))
    file = tmp_path / "study.toml"
    file.write_text(
        'name = "noisy"\n[population]\nfile = "people.csv"\nlabel = "hired"\n'
        'randomize_labels = 0.5\n[learner]\nkind = "bayes-optimal"\n'
        '[strategies.erase]\nkind = "erase"\nsignal = { kind = "drop-column", column = "sex" }\n'
        "[placement]\nalphas = [0.1]\n"
    )
    table = {"sex": [row[0] for row in rows], "hired": [row[2:] for row in rows]}
    people = Population.from_table(table, label="hired")
    asked = read_question(file).records
    assert isinstance(asked, Population)
    assert np.array_equal(asked.labels, RandomizeLabels(0.5).apply(people).labels)
