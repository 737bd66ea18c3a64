"""What a dataframe of any library holds, as numpy arrays: numbers, truth values, and texts.

Numbers and truth values stay what they are. Everything else becomes a category, spelled as
`criticalmass.data.spelling` says: a date is the text ``2024-01-05``. Missing values are None among
texts and nan among numbers. Cells that hold several values (lists, bytes) stay as they are, because
a column of lists may be a label.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.libraries import array_of_tensor, library_of
from criticalmass.data.missing import is_null, with_gaps
from criticalmass.data.spelling import number_in, spelled
from criticalmass.errors import DataError

Column = NDArray[Any]

EXACT = 2**53
"""The largest whole number up to which float64 holds every whole number."""

NESTED = (bytes, bytearray, memoryview, dict, list, tuple, set, frozenset, np.ndarray)
"""Types of cells that hold more than one value."""


def columns_of(frame: Any) -> tuple[dict[str, Column], str | None]:
    """Return a table's columns as numpy arrays, and the dataframe library that it came from.

    Parameters
    ----------
    frame
        A dataframe of pandas, polars (also lazy), pyarrow, Hugging Face's ``datasets`` or any
        other library that narwhals knows; or a dictionary or structured array of columns. The
        index of a pandas frame is no column.

    Raises
    ------
    DataError
        If this is no table, two columns have one name or differ in length, or numbers are larger
        than 64 bits hold.

    Examples
    --------
    >>> import datetime as dt
    >>> columns, library = columns_of({"age": [30, None], "since": [dt.date(2024, 1, 5)] * 2})
    >>> columns["age"].tolist(), columns["since"].tolist(), library
    ([30.0, nan], ['2024-01-05', '2024-01-05'], None)
    """
    raw, library = _raw(frame)
    names = _names([name for name, _ in raw])
    columns = {name: _column(values, name) for name, (_, values) in zip(names, raw, strict=True)}
    if len({len(values) for values in columns.values()}) > 1:
        raise DataError("the table's columns differ in length")
    return columns, library


def frame_of(columns: Mapping[str, Column], library: str | None) -> Any:
    """Return columns as a dataframe of a library, or of the first that is installed.

    Missing values are the library's own.

    Examples
    --------
    >>> frame = frame_of({"age": np.array([30, np.nan])}, "polars")
    >>> frame["age"].to_list()
    [30.0, None]
    """
    import narwhals as nw  # slow to import

    for backend in [library] if library else ["pandas", "polars", "pyarrow"]:
        cells: dict[str, Any] = dict(columns)
        gaps = []
        for name, values in columns.items():
            if values.dtype == object:
                cells[name] = values if backend == "pandas" else values.tolist()
                if None in values.tolist():  # texts, also where all of a batch are missing
                    gaps.append(nw.col(name).cast(nw.String))
            elif values.dtype.kind == "f" and np.isnan(values).any() and backend != "pandas":
                known = ~nw.col(name).is_nan()  # only pandas takes nan for a missing value
                gaps.append(nw.when(known).then(nw.col(name)).alias(name))
        try:
            made: Any = nw.from_dict(cells, backend=backend)  # type: ignore[arg-type]
        except ModuleNotFoundError:
            continue
        return made.with_columns(*gaps).to_native() if gaps else made.to_native()
    raise DataError(
        "a pipeline on a table needs a dataframe library: pip install pandas (or polars); "
        "a bare classifier does without"
    )


def _raw(frame: Any) -> tuple[list[tuple[Any, Any]], str | None]:
    """Return the names and the columns of a table as its library has them."""
    import narwhals as nw  # slow to import

    library = library_of(frame)
    if isinstance(frame, Mapping):
        if library == "datasets":
            raise DataError(
                f"a {type(frame).__name__} holds several tables: {', '.join(map(str, frame))}; "
                "choose one"
            )
        return list(frame.items()), None
    if isinstance(frame, np.ndarray) and frame.dtype.names is not None:
        return [(name, frame[name]) for name in frame.dtype.names], None
    if library == "datasets" and hasattr(frame, "with_format"):
        if not hasattr(frame, "__len__"):
            raise DataError(f"not a dataframe: {type(frame).__name__}, whose length is not known")
        return _of_datasets(frame), None
    if library == "polars" and hasattr(frame, "collect"):
        frame = frame.collect()
    if library == "pandas" and hasattr(frame, "iloc") and frame.ndim == 2:
        return [(name, frame.iloc[:, j]) for j, name in enumerate(frame.columns)], "pandas"
    if library == "pyarrow" and hasattr(frame, "column_names"):
        names = frame.column_names
        return [(name, frame.column(j)) for j, name in enumerate(names)], "pyarrow"
    try:
        table = nw.from_native(frame, eager_only=True)
    except TypeError as error:
        raise DataError(f"not a dataframe: {type(frame).__name__}") from error
    columns = [(name, table[name].to_native()) for name in table.columns]
    return columns, table.implementation.value


def _of_datasets(dataset: Any) -> list[tuple[Any, Any]]:
    """Return the columns of a data set of Hugging Face, its classes by their names."""
    table = dataset.with_format("arrow")[:] if len(dataset) else dataset.data.slice(0, 0)
    columns = []
    for name in table.column_names:
        kind = dataset.features[name]
        inner = getattr(kind, "feature", kind)  # of a list of classes
        classes = getattr(inner, "names", None)
        values: Any = table.column(name)
        if classes is not None:
            values = [_class_of(cell, classes) for cell in values.to_pylist()]
        columns.append((name, values))
    return columns


def _class_of(cell: Any, classes: list[str]) -> Any:
    """Return the name of a class, or of each in a list; −1 is what nobody has classified."""
    if isinstance(cell, list):
        return [_class_of(one, classes) for one in cell]
    return None if cell is None or cell < 0 else classes[cell]


def _names(names: Iterable[Any]) -> list[str]:
    """Return columns' names as texts, or say which two are the same."""
    seen: dict[str, Any] = {}
    texts = []
    for place, name in enumerate(names):
        text = "" if is_null(name) else spelled(name)
        if not text.strip():
            raise DataError(f"column {place + 1} of the table has no name")
        if text.casefold() in seen:
            other = seen[text.casefold()]
            raise DataError(f"two columns have one name: {other!r} and {name!r}; rename one")
        seen[text.casefold()] = name
        texts.append(text)
    return texts


def _column(values: Any, name: str) -> Column:
    """Return one column of any library as a numpy array."""
    library = library_of(values)
    if library == "pandas" and hasattr(values, "factorize"):
        return _of_pandas(values, name)
    if library == "polars" and hasattr(values, "to_list"):
        return _of_polars(values, name)
    if library == "pyarrow" and hasattr(values, "to_pylist"):
        return _of_pyarrow(values, name)
    if library == "torch":
        values = array_of_tensor(values)
    if isinstance(values, np.ma.MaskedArray):
        values = values.tolist()
    if not isinstance(values, np.ndarray):
        unordered = (str, bytes, set, frozenset, Mapping)
        if isinstance(values, unordered) or not isinstance(values, Iterable):
            raise DataError(f"column {name!r} is {values!r}, not one value per record")
        return column_of_list(list(values), name)
    return _of_numpy(values, name)


def _of_numpy(values: NDArray[Any], name: str) -> Column:
    if values.ndim != 1:
        raise DataError(
            f"column {name!r} has shape {values.shape}; a column holds one value per record"
        )
    kind = values.dtype.kind
    if kind in "biuf":
        return values
    if kind in "mM":
        return _of_times(values)
    if kind in "cV":
        raise DataError(f"column {name!r} holds {values.dtype} values, which are no numbers")
    return column_of_list(values.tolist(), name)


def _of_times(values: NDArray[Any]) -> Column:
    """Spell dates and durations, each different one once."""
    different, codes = np.unique(values, return_inverse=True)
    gaps = np.isnat(different)
    if different.dtype.kind == "m":
        different = different.astype("timedelta64[us]").astype(object)
    texts = np.empty(len(different), dtype=object)
    texts[:] = [None if none else spelled(one) for one, none in zip(different, gaps, strict=True)]
    return np.asarray(texts[codes])


def _of_pandas(series: Any, name: str) -> Column:
    if not hasattr(series, "iloc"):  # an index
        series = series.to_series()
    kind = type(series.dtype).__name__
    if isinstance(series.dtype, np.dtype):
        return _of_numpy(series.to_numpy(), name)
    if kind == "CategoricalDtype":
        used = series.cat.remove_unused_categories().cat
        return _taken(_of_pandas(used.categories.to_series(), name), used.codes.to_numpy())
    if kind == "SparseDtype":
        return _of_pandas(series.sparse.to_dense(), name)
    try:
        codes, different = series.factorize()
    except (TypeError, NotImplementedError):  # lists cannot be compared
        return column_of_list(list(series), name)
    return _taken(column_of_list(list(different), name), codes)


def _of_polars(series: Any, name: str) -> Column:
    kind = str(series.dtype.base_type())
    gaps = series.is_null()
    if kind in ("String", "Categorical", "Enum") or "128" in kind:
        return column_of_list(series.to_list(), name)
    if kind == "Boolean":
        return with_gaps(series.fill_null(False).to_numpy(), gaps.to_numpy())
    if series.dtype.is_integer() or series.dtype.is_float():
        return _filled(series.fill_null(0).to_numpy(), gaps.to_numpy(), name)
    return column_of_list(series.to_list(), name)


def _of_pyarrow(column: Any, name: str) -> Column:
    kind = str(column.type)
    if kind.startswith("dictionary"):
        return _of_pyarrow(column.cast(column.type.value_type), name)
    gaps = np.asarray(column.is_null())
    if kind in ("bool", "float", "double", "halffloat") or kind.lstrip("u").startswith("int"):
        whole = np.asarray(column.fill_null(False if kind == "bool" else 0))
        return with_gaps(whole, gaps) if kind == "bool" else _filled(whole, gaps, name)
    try:
        encoded = column.dictionary_encode()
    except NotImplementedError:  # lists
        return column_of_list(column.to_pylist(), name)
    parts = encoded.chunks if hasattr(encoded, "chunks") else [encoded]
    pieces = []
    for part in parts:
        codes = np.asarray(part.indices.fill_null(-1))
        pieces.append(_taken(column_of_list(part.dictionary.to_pylist(), name), codes))
    if len({piece.dtype for piece in pieces}) > 1:
        return column_of_list(column.to_pylist(), name)
    return np.concatenate(pieces) if pieces else np.empty(0, dtype=object)


def _filled(values: NDArray[Any], gaps: NDArray[np.bool_], name: str) -> Column:
    """Return numbers with gaps in them, or say that float64 does not hold them."""
    if values.dtype.kind in "iu" and gaps.any():
        _fit_floats([values.min(), values.max()], name)
    return with_gaps(values, gaps)


def _taken(different: Column, codes: NDArray[Any]) -> Column:
    """Return the values that codes number; −1 is a missing value."""
    gaps = codes < 0
    if not len(different):
        different = np.array([None], dtype=object)
    return with_gaps(different[np.where(gaps, 0, codes)], np.asarray(gaps))


def column_of_list(cells: list[Any], name: str) -> Column:
    """Return a list of Python's values as a column; messages use its name.

    Examples
    --------
    >>> column_of_list([1, None], "age").tolist(), column_of_list([True, "x"], "job").tolist()
    ([1.0, nan], ['True', 'x'])
    """
    kinds = set(map(type, cells))
    if kinds <= {str, type(None)}:
        return _texts(cells)
    gaps = np.fromiter(map(is_null, cells), bool, len(cells))
    values = [cell for cell, gap in zip(cells, gaps, strict=True) if not gap]
    kinds = set(map(type, values))
    if any(issubclass(kind, NESTED) for kind in kinds):
        nested = np.empty(len(cells), dtype=object)
        for row, cell in enumerate(cells):
            nested[row] = cell
        return nested
    if not kinds:  # all are missing
        numbers = any(isinstance(cell, (float, np.floating)) for cell in cells)
        return np.full(len(cells), np.nan if numbers else None, dtype=float if numbers else object)
    if all(issubclass(kind, (bool, np.bool_)) for kind in kinds):
        return _spread(np.array(values, dtype=bool), gaps)
    if _all_numbers(kinds):
        return _numbers(values, gaps, name)
    for kind in kinds:
        if only_an_address(kind):
            raise DataError(f"column {name!r} holds {kind.__name__} objects, not texts or numbers")
    # each different value is spelled once; 1 and True would be one key
    known = {cell: spelled(cell) for cell in set(values)} if len(kinds) == 1 else {}
    texts = [known[cell] if known else spelled(cell) for cell in values]
    spread = np.full(len(cells), None, dtype=object)
    spread[~gaps] = texts
    return spread


def only_an_address(kind: type) -> bool:
    """Return whether objects of a type write nothing of themselves but their address.

    Examples
    --------
    >>> only_an_address(object), only_an_address(int)
    (True, False)
    """
    written: tuple[Any, Any] = kind.__str__, kind.__repr__
    return written == (object.__str__, object.__repr__)


def _all_numbers(kinds: set[type]) -> bool:
    numbers = (int, float, Decimal, np.integer, np.floating)
    return all(issubclass(k, numbers) and not issubclass(k, bool) for k in kinds)


def _texts(cells: list[Any]) -> Column:
    """Return texts, their letters composed."""
    other = {text: spelled(text) for text in set(cells) if text is not None and not text.isascii()}
    texts = np.empty(len(cells), dtype=object)
    texts[:] = [other.get(cell, cell) for cell in cells] if other else cells
    return texts


def _spread(values: Column, gaps: NDArray[np.bool_]) -> Column:
    """Return values as a column with gaps between them."""
    if not gaps.any():
        return values
    spread = np.zeros(len(gaps), dtype=values.dtype)
    spread[~gaps] = values
    return with_gaps(spread, gaps)


def _numbers(numbers: list[Any], gaps: NDArray[np.bool_], name: str) -> Column:
    """Return Python's numbers as whole ones where all are whole, else as float64 holds them."""
    if all(map(_whole, numbers)):
        whole = [int(n) for n in numbers]
        low, high = min(whole), max(whole)
        if not (low >= -(2**63) and high < (2**64 if low >= 0 else 2**63)):
            beyond = low if low < -(2**63) else high
            raise DataError(
                f"column {name!r} holds {beyond}, a whole number beyond 64 bits; if it is a name, "
                "make the column texts"
            )
        if gaps.any():
            _fit_floats([low, high], name)
        return _spread(np.array(whole, dtype=np.int64 if high < 2**63 else np.uint64), gaps)
    for n in numbers:
        if isinstance(n, Decimal) and n.is_finite() and number_in(str(n)) is None:
            raise DataError(
                f"column {name!r} holds {n}, which has more digits than float64; round it"
            )
    _fit_floats([n for n in numbers if isinstance(n, (int, np.integer))], name)
    return _spread(np.array([float(n) for n in numbers]), gaps)


def _whole(number: Any) -> bool:
    if isinstance(number, Decimal):
        exponent = number.as_tuple().exponent
        return isinstance(exponent, int) and exponent >= 0
    return isinstance(number, (int, np.integer))


def _fit_floats(whole: list[Any], name: str) -> None:
    """Raise `DataError` unless float64 holds these whole numbers."""
    for number in whole:
        if abs(int(number)) > EXACT:
            raise DataError(
                f"column {name!r} holds {number} beside fractions or missing values: as floats, "
                "such large whole numbers would be rounded; if it is a name, make the column texts"
            )
