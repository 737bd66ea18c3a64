"""Which library an object comes from, and what every library's tensors and frames are here."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def library_of(value: object) -> str:
    """Return the name of the package that an object's type comes from.

    Examples
    --------
    >>> library_of(np.zeros(3)), library_of([1, 2])
    ('numpy', 'builtins')
    """
    return type(value).__module__.partition(".")[0]


def is_frame(value: Any) -> bool:
    """Return whether an object has columns, as dataframes of any library do.

    Examples
    --------
    >>> import pandas as pd
    >>> is_frame(pd.DataFrame({"a": [1]})), is_frame(pd.Series([1])), is_frame(np.zeros((1, 1)))
    (True, False, False)
    """
    if not hasattr(value, "columns") or library_of(value) == "numpy":
        return False
    return bool(getattr(value, "ndim", 2) == 2)


def is_sparse(value: Any) -> bool:
    """Return whether an object is a sparse matrix of scipy."""
    return library_of(value) == "scipy" and hasattr(value, "toarray")


def array_of_tensor(tensor: Any) -> NDArray[Any]:
    """Return a tensor of torch as a numpy array; bfloat16, which numpy lacks, becomes float32."""
    tensor = tensor.detach().cpu()
    if str(tensor.dtype) == "torch.bfloat16":
        tensor = tensor.float()
    return np.asarray(tensor.numpy())
