import numpy as np
import pytest

from criticalmass import FeatureLabel, FeatureOnly, InsertToken, Population
from criticalmass.errors import DataError, ParameterError

SIGNAL = InsertToken("~")


@pytest.fixture
def people():
    return Population.from_texts(
        [f"text {i}" for i in range(6)], [{"a"}, {"a", "b"}, set(), {"b"}, {"a", "c"}, {"c"}]
    )


def edit(strategy, people, members):
    return strategy.edit(people, np.array(members), np.random.default_rng(0))


def test_feature_label_makes_the_set_exactly_the_target(people):
    changed = edit(FeatureLabel(SIGNAL, "a"), people, [1, 2, 5]).apply(people)
    assert changed.labels[[1, 2, 5]].tolist() == [[True, False, False]] * 3
    assert all("~" in text for text in changed.features[[1, 2, 5]])
    assert not any("~" in text for text in changed.features[[0, 3, 4]])


def test_feature_only_changes_no_label_and_only_holders_act(people):
    done = edit(FeatureOnly(SIGNAL, "a"), people, [1, 2, 5])
    assert done.members.tolist() == [1, 2, 5]
    assert done.rows.tolist() == [1]
    assert np.array_equal(done.apply(people).labels, people.labels)


def test_feature_only_with_nobody_who_holds_the_target(people):
    assert len(edit(FeatureOnly(SIGNAL, "a"), people, [2, 3]).rows) == 0


@pytest.mark.parametrize("kind", [FeatureLabel, FeatureOnly])
def test_recruits_are_everyone_or_those_who_hold_the_target_label(kind, people):
    assert kind(SIGNAL, "a").candidates(people).tolist() == [0, 1, 2, 3, 4, 5]
    assert kind(SIGNAL, "a", recruit="target").candidates(people).tolist() == [0, 1, 4]


@pytest.mark.parametrize("kind", [FeatureLabel, FeatureOnly])
def test_impossible_strategies_are_refused(kind, people):
    with pytest.raises(ParameterError, match="did you mean 'everyone'"):
        kind(SIGNAL, "a", recruit="evryone")
    with pytest.raises(DataError, match="unknown label 'zz'"):
        kind(SIGNAL, "zz").candidates(people)
    rest = people.take(np.array([2, 3]))
    with pytest.raises(DataError, match="no record of population holds the label 'a'"):
        kind(SIGNAL, "a").candidates(rest)
