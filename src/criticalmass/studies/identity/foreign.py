"""What decides a result in objects of other libraries that studies hold, as `describe` needs it."""

from __future__ import annotations

import functools
import inspect
import re
from operator import attrgetter, itemgetter, methodcaller
from typing import Any

import numpy as np

_NumpyFunction = type(np.sum)  # functions such as np.clip, which other arrays may take over


def contents(part: Any) -> tuple[str, dict[str, Any]] | None:
    """Return the kind of an object and the values that it was made of; None if they are unknown.

    Known are splitters (``cv=StratifiedKFold(3)``), scorers, kernels and whatever else scikit-learn
    has; numpy's functions, random states and types; SciPy's distributions; ranges, slices, compiled
    patterns, functions written in C, getters and callers of the module operator, methods of known
    objects, and functions with some arguments filled in.

    Examples
    --------
    >>> contents(range(3))
    ('range', {'start': 0, 'stop': 3, 'step': 1})
    >>> contents(object()) is None
    True
    """
    from scipy.stats._distn_infrastructure import rv_frozen  # slow to import

    found: tuple[str, dict[str, Any]] | None = None
    if isinstance(part, np.random.Generator):
        found = "numpy.random.Generator", {"state": part.bit_generator.state}
    elif isinstance(part, np.random.RandomState):
        found = "numpy.random.RandomState", {"state": part.get_state(legacy=False)}
    elif isinstance(part, np.dtype):
        found = "numpy.dtype", {"name": str(part)}
    elif isinstance(part, rv_frozen):
        found = "scipy.stats", {"name": part.dist.name, "args": part.args, "kwds": part.kwds}
    elif isinstance(part, (attrgetter, itemgetter, methodcaller)):
        found = f"operator.{type(part).__name__}", {"args": part.__reduce__()[1:]}
    elif isinstance(part, (range, slice)):
        found = type(part).__name__, {k: getattr(part, k) for k in ("start", "stop", "step")}
    elif isinstance(part, re.Pattern):
        found = "re.Pattern", {"pattern": part.pattern, "flags": int(part.flags)}
    elif isinstance(part, functools.partial):
        filled = {"func": part.func, "args": part.args, "keywords": part.keywords}
        found = "functools.partial", filled
    elif inspect.ismethod(part) or (
        inspect.isbuiltin(part) and not inspect.ismodule(part.__self__)
    ):
        found = f"method {part.__name__}", {"of": part.__self__}
    elif inspect.isbuiltin(part) or isinstance(part, _NumpyFunction):
        found = f"{part.__module__}.{part.__qualname__}", {}
    elif inspect.ismethoddescriptor(part):
        found = f"{part.__objclass__.__module__}.{part.__qualname__}", {}
    elif not isinstance(part, type) and type(part).__module__.partition(".")[0] == "sklearn":
        if hasattr(part, "get_params"):
            values = part.get_params(deep=False)
        else:
            values = getattr(part, "__dict__", None)
        kind = type(part)
        if values is not None:
            found = f"{kind.__module__}.{kind.__qualname__}", dict(values)
    return found
