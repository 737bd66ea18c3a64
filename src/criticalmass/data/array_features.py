"""Arrays of features from any library, as one numeric numpy array."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.columns import column_of_list, columns_of
from criticalmass.data.libraries import array_of_tensor, is_frame, is_sparse, library_of
from criticalmass.errors import DataError

DENSE = 2**30
"""A sparse matrix of at most so many bytes is written out."""


def array_of(features: Any) -> NDArray[Any]:
    """Return features as a numeric array whose first axis is the record.

    Parameters
    ----------
    features
        A numpy array (also of objects, a matrix, or masked), a tensor of torch, a sparse matrix of
        scipy of at most 1 GiB when written out, a dataframe of numbers, or lists of lists.

    Raises
    ------
    DataError
        If these are no numbers, records differ in length, or a sparse matrix is too large.

    Examples
    --------
    >>> array_of([[1, 2], [3, None]]).tolist()
    [[1.0, 2.0], [3.0, nan]]
    """
    if is_sparse(features):
        return _dense(features)
    if library_of(features) == "torch":
        return _numeric(array_of_tensor(features))
    if is_frame(features):
        columns = list(columns_of(features)[0].items())
        for name, values in columns:
            if values.dtype == object:
                raise DataError(f"arrays of features must be numeric; column {name!r} is not")
        return np.column_stack([values for _, values in columns])
    if isinstance(features, np.ma.MaskedArray):
        features = np.array(features.tolist(), dtype=object)  # masked ones are None then
    try:
        array = np.asarray(features)
    except ValueError as error:  # numpy's message speaks of its own insides
        raise DataError("arrays of features must be of one shape per record") from error
    return _numeric(array)


def _dense(features: Any) -> NDArray[Any]:
    """Return a sparse matrix written out."""
    size = int(np.prod(features.shape, dtype=object)) * features.dtype.itemsize
    if size > DENSE:
        raise DataError(
            f"a sparse matrix of shape {features.shape} would take {size / 2**30:,.1f} GiB written "
            "out, and at most 1 GiB is; keep fewer columns, or reduce them first (TruncatedSVD)"
        )
    return _numeric(np.asarray(features.toarray()))


def _numeric(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array of numbers, also where Python's numbers stand in an array of objects."""
    if array.ndim == 0:
        raise DataError("arrays of features need a first axis, the record")
    if array.dtype == object:
        flat = column_of_list(array.ravel().tolist(), "of the array")
        if flat.dtype != object:
            return flat.reshape(array.shape)
    if array.dtype.kind not in "biuf":
        raise DataError(f"arrays of features must be numeric, not {array.dtype}")
    return np.asarray(array)
