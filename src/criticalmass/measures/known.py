"""The measures that a name stands for, in studies, study files and old stores."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from criticalmass.measures.erased import Erased
from criticalmass.measures.measure import Measure
from criticalmass.measures.planted import Included, Top1, Unplanted, Won
from criticalmass.measures.planted_numbers import Moved, Within
from criticalmass.measures.steered import Distance, SteeredMeasure, Utility

_ALL: tuple[Measure, ...] = (
    Included(),
    Top1(),
    Won(),
    Unplanted(),
    Erased(),
    Within(),
    Moved(),
    Distance(),
    Utility(),
)

MEASURES: Mapping[str, Measure] = MappingProxyType({measure.name: measure for measure in _ALL})
"""Every success measure of this package, by its name in studies and reports."""

STEERED = tuple(name for name, each in MEASURES.items() if isinstance(each, SteeredMeasure))
"""Names of those that judge the firm's parameters."""
NUMBERS = ("within", "moved")
"""Names of those that judge predicted numbers."""
