"""Maps that take something out of a record."""

import numpy as np
import pytest

from criticalmass import DropColumn, Erase, FiniteTable, Population
from criticalmass.contracts import check_signal
from criticalmass.errors import DataError, ParameterError
from criticalmass.signals import Coarsen, RedactWords


def led(signal, people, features=None):
    features = people.features if features is None else features
    return signal.apply(features, population=people, rng=np.random.default_rng(0))


SIGNALS = [
    DropColumn("job"),
    DropColumn("age"),
    Coarsen("age", edges=(30, 50)),
    Coarsen("job", groups={"cook": "manual", "nurse": "manual"}),
]


@pytest.fixture(scope="module")
def few(table):
    """The table without its column of measurements: records recur."""
    columns = {"age": table.features["age"] // 10 * 10, "job": table.features["job"]}
    hired = np.array(["no", "yes"], object)[table.labels[:, 1].astype(int)]
    return Population.from_table(columns | {"hired": hired}, label="hired")


@pytest.mark.parametrize("signal", SIGNALS, ids=str)
def test_maps_are_idempotent_and_stay_among_the_records(signal, few):
    check_signal(signal, few)
    once = led(signal, few)
    assert (led(signal, few, once) == once).all()
    assert set(once.tolist()) <= set(few.features.tolist())
    assert len(set(once.tolist())) < len(set(few.features.tolist()))


@pytest.mark.parametrize("signal", SIGNALS, ids=str)
def test_only_the_column_changes_and_within_its_bin(signal, few):
    once = led(signal, few)
    other = "age" if signal.column == "job" else "job"
    assert (once[other] == few.features[other]).all()
    if signal == SIGNALS[2]:
        edges = [30, 50]
        assert (np.digitize(once["age"], edges) == np.digitize(few.features["age"], edges)).all()
    if signal == SIGNALS[3]:
        assert ((once["job"] == "clerk") == (few.features["job"] == "clerk")).all()


def test_equal_but_for_the_column_means_equal_after(few):
    once = led(DropColumn("job"), few)
    for age in np.unique(few.features["age"]):
        assert len(set(once[few.features["age"] == age].tolist())) == 1


def test_records_unlike_any_other_take_the_lowest_value():
    people = Population.from_table(
        {"age": np.array([30, 40, 41]), "sex": np.array(["m", "f", "f"], object),
         "y": np.array(["a", "b", "a"], object)}, label="y",
    )  # fmt: skip
    new = np.array([(99, "m"), (30, "x")], dtype=people.features.dtype)
    assert led(DropColumn("sex"), people, new).tolist() == [(99, "f"), (30, "m")]
    assert led(Coarsen("age", edges=(35,)), people, new).tolist() == [(40, "m"), (30, "x")]


def districts(**renamed):
    """A made-up table of 600 people in three districts, of which North is the most frequent."""
    rng = np.random.default_rng(7)
    district = rng.choice(["East", "North", "South"], 600, p=[0.3, 0.4, 0.3])
    income = rng.choice(["high", "low"], 600)
    chance = 0.4 + 0.3 * (income == "high") - 0.25 * (district == "East")
    label = np.where(rng.random(600) < chance, "yes", "no")
    called = [renamed.get(name, name) for name in district]
    return Population.from_table(
        {"income": income.astype(object), "district": np.array(called, object),
         "label": label.astype(object)}, label="label",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["ANorth", "Zorth", "north"])
def test_how_a_value_is_spelled_changes_no_number(name):
    plain, renamed = districts(), districts(North=name)
    signals = (
        DropColumn("district"),
        Coarsen("district", groups={"East": "a", "North": "a", name: "a"}),
    )
    for signal in signals:
        curves = [Erase(signal).exact(people) for people in (plain, renamed)]
        masses = [curve.critical_mass(0.95).alpha for curve in curves]
        assert masses[0] == masses[1] > 0


def test_the_most_frequent_value_stands_for_a_column_left_out():
    assert set(led(DropColumn("district"), districts())["district"].tolist()) == {"North"}
    assert DropColumn("district").settled(districts()) == DropColumn("district", "North")


def test_the_reference_stands_for_a_column_left_out():
    assert set(led(DropColumn("district", "South"), districts())["district"]) == {"South"}
    numbers = Population.from_table(
        {"age": [1.5, 1.5, 2.0], "job": ["a", "b", "a"], "y": ["p", "q", "p"]}, label="y"
    )
    assert led(DropColumn("age", "2"), numbers).tolist() == [(2.0, "a"), (1.5, "b"), (2.0, "a")]


def test_a_reference_that_no_record_has_is_named_with_the_nearest():
    with pytest.raises(DataError, match=r"'district': unknown reference 'Nort'; did you .*'North'"):
        led(DropColumn("district", "Nort"), districts())
    ages = Population.from_table({"age": [30.5, 40.0, 52.0], "y": ["p", "q", "q"]}, label="y")
    with pytest.raises(DataError, match=r"unknown reference '41'.* Valid: 40, 30.5, 52$"):
        led(DropColumn("age", 41), ages)


def test_counted_records_are_led_as_the_records_themselves():
    people = districts()
    table = FiniteTable.of(people)
    for signal in (DropColumn("district"), DropColumn("district", "East")):
        ours = led(signal, table.cells, people.features)
        assert ours.tolist() == led(signal, people).tolist()


def test_a_missing_value_stands_for_nothing_left_out(few):
    people = Population.from_table(
        {"job": [None, None, "a"], "y": ["p", "q", "p"]}, label="y", missing="keep"
    )
    assert DropColumn("job").settled(people).reference == "a"


def test_redacted_words_leave_one_sign():
    people = Population.from_texts(["The  old  cook", "OLD", "a bold cook"], ["x", "y", "x"])
    signal = RedactWords(("old",))
    check_signal(signal, people)
    assert led(signal, people).tolist() == ["The cook", "…", "a bold cook"]
    assert led(signal, people, led(signal, people)).tolist() == led(signal, people).tolist()


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda p: led(DropColumn("jbo"), p), DataError, "did you mean 'job'"),
        (lambda p: led(Coarsen("job", edges=(1,)), p), DataError, "needs groups"),
        (lambda p: led(Coarsen("age", groups={"a": "b"}), p), DataError, "needs edges"),
        (lambda p: Coarsen("age"), ParameterError, "either edges"),
        (lambda p: Coarsen("age", edges=(3, 2)), ParameterError, "must ascend"),
        (lambda p: RedactWords(()), ParameterError, "at least one word"),
        (lambda p: RedactWords(("two words",)), ParameterError, "no white space"),
        (lambda p: led(RedactWords(("a",)), p), DataError, "blanks texts"),
    ],
)
def test_what_does_not_fit_is_refused(make, error, message, few):
    with pytest.raises(error, match=message):
        make(few)
