"""Tables and arrays of every library keep what they are."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from criticalmass import FiniteTable, Population
from criticalmass.data import columns
from criticalmass.data.array_features import array_of
from criticalmass.data.columns import columns_of, frame_of
from criticalmass.data.readers import Reading
from criticalmass.errors import DataError

pa = pytest.importorskip("pyarrow")

DAYS = [dt.date(2024, 1, 5), dt.date(2024, 2, 1)]
EXACT = [Decimal("1.50"), Decimal("2.25")]


def arrow(values, kind):
    return pd.Series(values, dtype=pd.ArrowDtype(kind))


COLUMNS = {
    "pandas category": (pd.Series(["u", "v"], dtype="category"), ["u", "v"]),
    "pandas category of numbers": (pd.Series([3, 1], dtype="category"), [3, 1]),
    "pandas category of truths": (pd.Series([True, False], dtype="category"), [True, False]),
    "pandas ordered category": (
        pd.Series(pd.Categorical(["lo", "hi"], ["lo", "hi"], ordered=True)), ["lo", "hi"],
    ),
    "pandas category, one unused": (pd.Series(pd.Categorical([1, 2], [1, 2, "x"])), [1, 2]),
    "pandas Int64": (pd.Series([1, 2], dtype="Int64"), [1, 2]),
    "pandas boolean": (pd.Series([True, False], dtype="boolean"), [True, False]),
    "pandas string": (pd.Series(["u", "v"], dtype="string"), ["u", "v"]),
    "pandas str": (pd.Series(["u", "v"], dtype="str"), ["u", "v"]),
    "pandas Float64": (pd.Series([1.5, 2.0], dtype="Float64"), [1.5, 2.0]),
    "pandas dates": (pd.Series(pd.to_datetime(DAYS)), ["2024-01-05", "2024-02-01"]),
    "pandas times with a zone": (
        pd.Series(pd.to_datetime(DAYS)).dt.tz_localize("Europe/Berlin"),
        ["2024-01-04T23:00:00+00:00", "2024-01-31T23:00:00+00:00"],
    ),
    "pandas objects that are numbers": (pd.Series([1, 2.5], dtype=object), [1, 2.5]),
    "pandas sparse": (pd.Series(pd.arrays.SparseArray([0, 1])), [0, 1]),
    "arrow int64 in pandas": (arrow([1, 2], pa.int64()), [1, 2]),
    "arrow string in pandas": (arrow(["u", "v"], pa.string()), ["u", "v"]),
    "arrow decimal in pandas": (arrow(EXACT, pa.decimal128(10, 2)), [1.5, 2.25]),
    "arrow date in pandas": (arrow(DAYS, pa.date32()), ["2024-01-05", "2024-02-01"]),
    "arrow bool in pandas": (arrow([True, False], pa.bool_()), [True, False]),
    "polars Enum": (pl.Series(["u", "v"], dtype=pl.Enum(["v", "u"])), ["u", "v"]),
    "polars Categorical": (pl.Series(["u", "v"], dtype=pl.Categorical), ["u", "v"]),
    "polars Decimal": (pl.Series(EXACT, dtype=pl.Decimal(10, 2)), [1.5, 2.25]),
    "polars Date": (pl.Series(DAYS), ["2024-01-05", "2024-02-01"]),
    "polars Datetime": (
        pl.Series([dt.datetime(2024, 1, 5), dt.datetime(2024, 2, 1, 10, 30)]),
        ["2024-01-05", "2024-02-01T10:30:00"],
    ),
    "polars Boolean": (pl.Series([True, False]), [True, False]),
    "polars Int128": (pl.Series([5, 1], dtype=pl.Int128), [5, 1]),
    "arrow dictionary": (
        pa.chunked_array([pa.array([x]).dictionary_encode() for x in "uv"]), ["u", "v"],
    ),
    "arrow large_string": (pa.array(["u", "v"], pa.large_string()), ["u", "v"]),
    "arrow decimal": (pa.chunked_array([[x] for x in EXACT]), [1.5, 2.25]),
    "arrow date": (pa.array(DAYS), ["2024-01-05", "2024-02-01"]),
    "arrow bool": (pa.array([True, False]), [True, False]),
    "numpy texts": (np.array(["u", "v"]), ["u", "v"]),
    "numpy dates": (np.array(DAYS, dtype="datetime64[D]"), ["2024-01-05", "2024-02-01"]),
    "whole Decimals": ([Decimal(1), Decimal(2)], [1, 2]),
    "numbers as objects": (np.array([1, 2], dtype=object), [1, 2]),
    "numbers and texts": ([1, "x"], ["1", "x"]),
}  # fmt: skip


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_keeps_what_it_is(name):
    values, expected = COLUMNS[name]
    held = columns_of({"a": values})[0]["a"]
    assert held.tolist() == expected
    assert held.dtype.kind == {bool: "b", str: "O", int: "i", float: "f"}[type(held.tolist()[0])]
    plain = Population.from_table({"a": expected, "y": ["p", "q"]}, label="y")
    same = Population.from_table({"a": values, "y": ["p", "q"]}, label="y")
    assert same.fingerprint == plain.fingerprint


@pytest.mark.parametrize("kind", ["String", "Categorical", "Int8", "Float64"])
def test_only_texts_of_polars_are_read_as_a_list(kind, monkeypatch):
    """Numbers stay arrays: a list of Python's takes many times their memory."""
    lists, read = [], columns.column_of_list

    def noted(cells, name):
        lists.append(cells)
        return read(cells, name)

    monkeypatch.setattr(columns, "column_of_list", noted)
    values = pl.Series(["1", "2"]).cast(getattr(pl, kind))
    columns.columns_of({"a": values, "b": np.arange(2)})
    assert lists == ([["1", "2"]] if kind in ("String", "Categorical") else [])


@pytest.mark.parametrize(
    ("make", "library"),
    [
        (pd.DataFrame, "pandas"),
        (pl.DataFrame, "polars"),
        (pl.LazyFrame, "polars"),
        (pa.table, "pyarrow"),
        (pa.RecordBatch.from_pydict, "pyarrow"),
    ],
)
def test_every_kind_of_frame_is_a_table(make, library):
    table = {"a": [1, 2], "b": ["u", "v"], "y": ["p", "q"]}
    people = Population.from_table(make(table), label="y")
    assert people.fingerprint == Population.from_table(table, label="y").fingerprint
    assert people.frame_library == library


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_a_batch_whose_values_are_all_missing_has_the_types_of_the_others(library):
    whole = {"n": np.array([1.0, np.nan]), "t": np.array(["a", None], dtype=object)}
    frame = frame_of(whole, library)
    batch = frame_of({name: values[1:] for name, values in whole.items()}, library)
    if library == "pyarrow":
        assert batch.schema.types == [pa.float64(), frame.schema.field("t").type]
        assert [column.null_count for column in batch.columns] == [1, 1]
    elif library == "polars":
        assert batch.dtypes == frame.dtypes == [pl.Float64, pl.String]
        assert batch.null_count().row(0) == (1, 1)
    else:
        assert batch.dtypes.tolist() == frame.dtypes.tolist()
        assert batch.isna().all(axis=None)


def test_a_structured_array_is_a_table():
    array = np.array([(1, "p"), (2, "q")], dtype=[("a", int), ("y", "U1")])
    assert Population.from_table(array, label="y").features.tolist() == [(1,), (2,)]


class Lent:
    """Looks like a data set of Hugging Face."""

    __module__ = "datasets.arrow_dataset"

    def __init__(self):
        tags = pa.array([[0], [0, 1], []], pa.list_(pa.int64()))
        self.data = pa.table({"a": [1, 2, 3], "job": [0, 2, 2], "tags": tags})
        job = SimpleNamespace(names=["cook", "nurse", "web"])
        self.features = {
            "a": SimpleNamespace(dtype="int64"),
            "job": job,
            "tags": SimpleNamespace(feature=job),
        }

    def __len__(self):
        return 3

    def with_format(self, kind):
        assert kind == "arrow"
        return Whole(self.data)


class Whole:
    def __init__(self, data):
        self.data = data

    def __getitem__(self, rows):
        assert rows == slice(None)
        return self.data


def test_classes_of_a_data_set_are_called_by_their_names():
    columns = columns_of(Lent())[0]
    assert columns["job"].tolist() == ["cook", "web", "web"]
    people = Population.from_table({"a": columns["a"], "y": columns["tags"]}, label="y")
    assert people.label_names == ("cook", "nurse")
    with pytest.raises(DataError, match="column 'tags' holds list, not texts"):
        Population.from_table(Lent(), label="job")


def test_lists_of_labels_need_no_separator():
    people = Population.from_table(
        pl.DataFrame({"a": [1, 2], "y": [["p;", "q"], []]}), label="y", separator=";"
    )
    assert people.label_names == ("p;", "q")


def test_several_tables_at_once_are_refused():
    class Halves(dict):
        __module__ = "datasets.dataset_dict"

    with pytest.raises(DataError, match="a Halves holds several tables: train, test; choose one"):
        columns_of(Halves(train=Lent(), test=Lent()))


def test_lists_are_sets_of_labels():
    for make in (pl.DataFrame, pa.table, pd.DataFrame):
        people = Population.from_table(make({"a": [1, 2], "y": [["p", "q"], []]}), label="y")
        assert people.label_sets
        assert people.labels.tolist() == [[True, True], [False, False]]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([b"u", b"v"], "column 'profile' holds bytes, not texts"),
        (np.array([b"u", b"v"]), "column 'profile' holds bytes, not texts"),
        (pl.Series([b"u", b"v"]), "column 'profile' holds bytes, not texts"),
        (pa.array([b"u", b"v"]), "column 'profile' holds bytes, not texts"),
        ([{}, {}], "column 'profile' holds dict, not texts"),
        (pl.Series([{"a": 1}, {"a": 2}]), "column 'profile' holds dict, not texts"),
        ([["u"], ["v"]], "column 'profile' holds list, not texts"),
        (pa.array([["u"], ["v"]]), "column 'profile' holds list, not texts"),
        ([object(), object()], "column 'profile' holds object objects, not texts or numbers"),
        (np.zeros((2, 2)), r"column 'profile' has shape \(2, 2\)"),
        (np.array([1j, 2]), "column 'profile' holds complex128 values"),
        ("uv", "column 'profile' is 'uv', not one value per record"),
        ({1, 2}, "column 'profile' is {1, 2}, not one value per record"),
        ([2**70, 1], f"'profile' holds {2**70}, a whole number beyond 64 bits"),
        ([-1, 2**63], f"'profile' holds {2**63}, a whole number beyond 64 bits"),
        ([Decimal(10**25), Decimal(1)], "a whole number beyond 64 bits"),
        (pl.Series([2**100, 1], dtype=pl.Int128), "a whole number beyond 64 bits"),
        ([Decimal("0.1234567890123456789"), Decimal(1)], "more digits than float64"),
        ([2**60 + 1, 0.5], "such large whole numbers would be rounded"),
    ],
)
def test_other_things_than_columns_are_refused_by_name(values, message):
    with pytest.raises(DataError, match=message):
        Population.from_table({"profile": values, "y": ["p", "q"]}, label="y")


def test_bytes_are_no_free_texts_and_no_labels():
    with pytest.raises(DataError, match="record 0 is bytes, not a text"):
        Population.from_texts([b"a", "b"], ["x", "y"])
    with pytest.raises(DataError, match="a label is b'x', which is bytes, not a name"):
        Population.from_texts(["a", "b"], [b"x", b"y"])
    with pytest.raises(DataError, match="not a single text"):
        Population.from_texts("ab", ["x", "y"])


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table, dict])
@pytest.mark.parametrize("missing", ["refuse", "keep"])
def test_a_frame_is_counted_as_its_population_is(make, missing):
    rng = np.random.default_rng(0)
    hole = None if missing == "keep" else 30
    frame = {
        "age": [hole if i % 6 == 0 else int(a) for i, a in enumerate(rng.integers(20, 23, 60))],
        "job": rng.choice([10, 9], 60).tolist(),
        "since": [DAYS[i] for i in rng.integers(0, 2, 60)],
        "y": [bool(i) for i in rng.integers(0, 2, 60)],
    }
    people = Population.from_table(make(frame), label="y", missing=missing)
    read = FiniteTable.read(make(frame), label="y", reading=Reading(missing=missing))
    one = FiniteTable.of(people)
    assert read.cells.fingerprint == one.cells.fingerprint
    assert np.array_equal(read.counts, one.counts)
    assert read.label_names == one.label_names == ("False", "True")
    some = FiniteTable.read(
        make(frame), label="y", reading=Reading(missing=missing), columns=["since", "job"]
    )
    assert some.features.dtype.names == ("since", "job")


FEATURES = {
    "lists": [[1.0, 0.0], [0.0, 2.0]],
    "objects": np.array([[1.0, 0.0], [0.0, 2.0]], dtype=object),
    "sparse matrix": sparse.csr_matrix([[1.0, 0.0], [0.0, 2.0]]),
    "sparse array": sparse.coo_array([[1.0, 0.0], [0.0, 2.0]]),
    "pandas": pd.DataFrame([[1.0, 0.0], [0.0, 2.0]]),
    "list of arrays": [np.array([1.0, 0.0]), np.array([0.0, 2.0])],
}


@pytest.mark.parametrize("name", FEATURES)
def test_features_of_every_kind_are_an_array(name):
    people = Population.from_arrays(FEATURES[name], ["x", "y"])
    plain = Population.from_arrays(np.array([[1.0, 0.0], [0.0, 2.0]]), ["x", "y"])
    assert people.fingerprint == plain.fingerprint


def test_tensors_are_arrays_and_labels():
    torch = pytest.importorskip("torch")
    features = torch.tensor([[1.0, 0.0], [0.0, 2.0]], requires_grad=True)
    people = Population.from_arrays(features, torch.tensor([1, 0]))
    assert people.features.dtype == np.float32
    assert people.label_names == ("0", "1")
    assert people.labels.tolist() == [[False, True], [True, False]]


def test_a_matrix_of_numpy_is_an_array():
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.matrix([[1, 2], [3, 4]])
    assert type(array_of(matrix)) is np.ndarray


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (sparse.csr_matrix((10**6, 10**5)), "would take 745.1 GiB written out, and at most 1 GiB"),
        ([[1, 2], [3]], "must be of one shape per record"),
        ([["a"], ["b"]], "must be numeric"),
        (np.array([["2024-01-05"]], dtype="datetime64[D]"), "must be numeric"),
        (pd.DataFrame({"a": ["x", "y"]}), "must be numeric; column 'a' is not"),
        (3, "need a first axis"),
    ],
)
def test_features_that_are_no_numbers_are_refused(features, message):
    with pytest.raises(DataError, match=message):
        Population.from_arrays(features, ["x", "y"])


INDICATORS = {
    "numpy": np.array([[1, 0, 0], [1, 0, 1]]),
    "truths": np.array([[1, 0, 0], [1, 0, 1]], dtype=bool),
    "lists": [[1, 0, 0], [1, 0, 1]],
    "sparse": sparse.csr_matrix([[1, 0, 0], [1, 0, 1]]),
    "floats": np.array([[1.0, 0, 0], [1, 0, 1]]),
}


@pytest.mark.parametrize("name", INDICATORS)
def test_a_matrix_of_labels_holds_sets_of_labels(name):
    people = Population.from_texts(["a", "b"], INDICATORS[name], label_names=["web", "cook", "art"])
    assert people.label_sets
    assert people.label_names == ("art", "cook", "web")
    assert people.labels.tolist() == [[False, False, True], [True, False, True]]
    unnamed = Population.from_texts(["a", "b"], INDICATORS[name])
    assert unnamed.label_names == ("0", "1", "2")


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_the_columns_of_a_frame_of_labels_are_their_names(make):
    people = Population.from_texts(["a", "b"], make({"web": [1, 1], "cook": [True, False]}))
    assert people.label_names == ("cook", "web")
    assert people.labels.tolist() == [[True, True], [False, True]]


@pytest.mark.parametrize(
    ("labels", "names", "message"),
    [
        (np.eye(2), ["a"], "1 label_names, but the matrix of labels has 2 columns"),
        (np.eye(2), ["a", "a"], "label_names has 'a' twice"),
        (np.array([[1], [0]]), None, "flatten it to one label per record"),
        (np.array([[1.5, 0], [0, 1]]), None, "not a matrix of other values"),
        (np.zeros((2, 2)), None, "no record holds any label"),
        ([["x", ["y"]], ["z"]], None, r"a label is \['y'\], which is list, not a name"),
        ([{"x": 1}, {"y": 2}], None, "which is dict, not a name"),
        ([object(), 1], None, "which is object, not a name"),
        (np.array([1j, 2]), None, "which is complex128, not a name"),
        (None, None, "not None"),
        (3, None, "not 3"),
        (np.array(3), None, r"not array\(3\)"),
        (["a", "c"], ["a", "b"], "a record holds 'c', which is not among label_names"),
    ],
)
def test_labels_that_do_not_fit_their_names_are_refused(labels, names, message):
    with pytest.raises(DataError, match=message):
        Population.from_texts(["a", "b"], labels, label_names=names)


def test_labels_that_nobody_holds_can_be_named():
    people = Population.from_texts(["a", "b"], ["x", "z"], label_names="xyz")
    assert people.label_names == ("x", "y", "z")
    assert people.labels.sum(axis=0).tolist() == [1, 0, 1]
