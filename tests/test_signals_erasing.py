"""Maps that take something out of a record."""

import numpy as np
import pytest

from criticalmass import DropColumn, Population
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
