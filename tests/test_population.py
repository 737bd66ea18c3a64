import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from criticalmass import Population
from criticalmass.data.population import members_at
from criticalmass.errors import DataError, ParameterError


def frame():
    return {"age": [30, 41, 25], "job": ["nurse", "cook", "nurse"], "hired": ["yes", "no", "no"]}


def test_single_labels_and_label_sets():
    single = Population.from_texts(["a", "b"], ["x", "y"])
    assert not single.label_sets
    assert single.labels.sum(axis=1).tolist() == [1, 1]
    sets = Population.from_texts(["a", "b", "c"], [{"x", "y"}, set(), {"y"}])
    assert sets.label_sets
    assert sets.labels.sum(axis=1).tolist() == [2, 0, 1]
    assert sets.holding("y").tolist() == [0, 2]


@pytest.mark.parametrize(
    ("make", "library"),
    [(pd.DataFrame, "pandas"), (pl.DataFrame, "polars"), (lambda f: f, None)],
    ids=["pandas", "polars", "dictionary"],
)
def test_any_dataframe_gives_the_same_population(make, library):
    people = Population.from_table(make(frame()), label="hired")
    assert people.columns == ("age", "job")
    assert people.features["job"].tolist() == ["nurse", "cook", "nurse"]
    assert people.features["age"].dtype.kind == "i"
    assert people.frame_library == library
    plain = Population.from_table(frame(), label="hired")
    assert people.fingerprint == plain.fingerprint


def test_label_column_with_sets():
    cells = {"age": [1, 2], "tags": ["x; y", ""]}
    people = Population.from_table(cells, label="tags", separator=";")
    assert people.label_sets
    assert people.labels.tolist() == [[True, True], [False, False]]


def test_a_population_is_immutable(texts, table, images):
    for people in (texts, table, images):
        with pytest.raises(ValueError, match="read-only"):
            people.features[0] = people.features[1]
        with pytest.raises(ValueError, match="read-only"):
            people.labels[0, 0] = True


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Population.from_texts(["a", "  "], ["x", "y"]), "record 1 is an empty text"),
        (lambda: Population.from_texts([], []), "no records"),
        (lambda: Population.from_texts(["a", "b"], ["x", "x"]), "at least two values"),
        (lambda: Population.from_texts(["a"], [set()]), "no record holds any label"),
        (lambda: Population.from_texts(["a", "b", "c"], ["x", "y"]), "3 records, but 2 labels"),
        (lambda: Population.from_table(frame(), label="hierd"), "did you mean 'hired'"),
        (lambda: Population.from_table({"y": ["a", "b"]}, label="y"), "at least one column"),
        (lambda: Population.from_table([1, 2], label="y"), "not a dataframe: list"),
        (
            lambda: Population.from_table({"a": [1, 2], "y": ["p"]}, label="y"),
            "columns differ in length",
        ),
        (
            lambda: Population.from_table({"a": [1.0, np.nan], "y": ["p", "q"]}, label="y"),
            "1 of 2 records have a missing value in column 'a'",
        ),
        (
            lambda: Population.from_table(
                pd.DataFrame({"a": ["u", None], "y": ["p", "q"]}), label="y"
            ),
            "missing value in column 'a'",
        ),
        (lambda: Population.from_texts(["a", "b"], ["x", None]), "1 records have no label"),
        (lambda: Population.from_texts(["a", "b"], [{"x"}, "cook"]), "record 1 has one label"),
        (lambda: Population.from_texts(["a", "b"], 2 * np.eye(2)), "not a matrix of other"),
        (
            lambda: Population.from_table(
                pd.DataFrame({"a": [1, 2], "y": ["p", pd.NA]}), label="y"
            ),
            "1 of 2 records have no label in column 'y'",
        ),
        (
            lambda: Population.from_table(
                pd.DataFrame({"a": pd.array(["u", pd.NA], "string"), "y": ["p", "q"]}), label="y"
            ),
            "missing value in column 'a'",
        ),
        (lambda: Population.from_arrays(np.array([["a"], ["b"]]), ["x", "y"]), "must be numeric"),
        (
            lambda: Population.from_arrays(np.array([[0.0], [np.nan]]), ["x", "y"]),
            "missing value in the array",
        ),
    ],
)
def test_malformed_records_are_refused(make, message):
    with pytest.raises(DataError, match=message):
        make()


def test_fingerprint_sees_every_change(texts, table, images):
    for people in (texts, table, images):
        order = np.arange(len(people))
        assert people.take(order).fingerprint == people.fingerprint
        swapped = order.copy()
        swapped[[0, 1]] = swapped[[1, 0]]
        assert people.take(swapped).fingerprint != people.fingerprint


def test_unknown_label_names_the_nearest(texts):
    with pytest.raises(DataError, match="did you mean 'Writer'"):
        texts.label_index("Writter")


def test_split_is_seeded_and_complete(texts):
    train, test = texts.split(test=30, seed=1)
    assert (len(train), len(test)) == (90, 30)
    assert sorted([*train.features, *test.features]) == sorted(texts.features)
    assert texts.split(test=30, seed=1)[1].fingerprint == test.fingerprint
    assert texts.split(test=30, seed=2)[1].fingerprint != test.fingerprint
    for outside in (0, 120, -1):
        with pytest.raises(ParameterError, match="between 1 and 119"):
            texts.split(test=outside, seed=0)


def test_split_notes_near_duplicates():
    ending = " ".join(f"w{i}" for i in range(100))
    people = Population.from_texts(
        [f"{i} {ending}" for i in range(20)] + [f"other {i}" for i in range(20)], ["x", "y"] * 20
    )
    train, test = people.split(test=20, seed=0)
    twins = sum(text.endswith(ending) for text in test.features)
    assert twins
    assert train.notes == test.notes
    assert train.notes[-1].startswith(f"{twins} of 20 test texts share their last 100 words")


def test_people_are_drawn_without_repetition(texts):
    rng = np.random.default_rng(0)
    among = np.array([3, 5, 8, 13])
    drawn = texts.draw(3, rng=rng, among=among)
    assert np.isin(drawn, among).all()
    assert len(set(drawn)) == 3
    assert np.all(np.diff(drawn) > 0)
    with pytest.raises(ParameterError, match="collective of zero members"):
        texts.draw(0, rng=rng)
    with pytest.raises(ParameterError, match=r"5 members wanted, but only 4 of 120"):
        texts.draw(5, rng=rng, among=among)


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_members_at_is_exact_where_alpha_is_a_share(members, size):
    members = min(members, size)
    assert members_at(members / size, size) == members


@given(st.floats(1e-9, 1), st.integers(1, 10**6))
def test_members_at_never_exceeds_the_share(alpha, size):
    assert members_at(alpha, size) <= alpha * size * (1 + 1e-11)
    assert members_at(alpha, size) > alpha * size - 1


def test_fingerprint_sees_the_names_of_columns():
    one, two = (
        Population.from_table({a: [1, 2], b: [3, 4], "y": ["p", "q"]}, label="y")
        for a, b in (("a", "b"), ("b", "a"))
    )
    assert one.fingerprint != two.fingerprint


def test_list_cells_are_sets_of_labels():
    frame = pl.DataFrame({"a": [1, 2], "y": [["p", "q"], []]})
    people = Population.from_table(frame, label="y")
    assert people.label_sets
    assert people.labels.tolist() == [[True, True], [False, False]]
