import numpy as np
import pytest

from criticalmass import Edit, FeatureLabel, InsertToken, SetColumns, StampPatch
from criticalmass.errors import ParameterError


def test_only_real_changes_are_kept(texts):
    members = np.array([2, 7, 9])
    features, labels = texts.features[members].copy(), texts.labels[members].copy()
    features[1] += " new"
    labels[2] = ~labels[2]
    edit = Edit.of(texts, members, features, labels)
    assert edit.members.tolist() == [2, 7, 9]
    assert edit.rows.tolist() == [7, 9]


@pytest.mark.parametrize(
    ("kind", "signal", "label"),
    [
        ("texts", InsertToken("~"), "Writer"),
        ("table", SetColumns({"job": "cook", "age": 30}), "yes"),
        ("images", StampPatch(5.0), "light"),
    ],
)
def test_apply_replaces_exactly_the_edited_rows(kind, signal, label, request):
    people = request.getfixturevalue(kind)
    members = np.array([1, 4, 5])
    edit = FeatureLabel(signal, label).edit(people, members, np.random.default_rng(0))
    changed = edit.apply(people)
    assert np.array_equal(changed.features[edit.rows], edit.features)
    assert np.array_equal(changed.labels[edit.rows], edit.labels)
    others = np.setdiff1d(np.arange(len(people)), edit.rows)
    assert np.array_equal(changed.features[others], people.features[others])
    assert len(changed) == len(people)


def test_nothing_changes_nothing(texts):
    assert Edit.nothing(texts).apply(texts).fingerprint == texts.fingerprint


def test_lengths_must_agree(texts):
    with pytest.raises(ParameterError, match="edit of 2 members came with 1 features"):
        Edit.of(texts, np.array([0, 1]), texts.features[:1], texts.labels[:2])
