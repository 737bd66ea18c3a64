"""The table of the kinds of signals, by the names that study files give them."""

from __future__ import annotations

from collections.abc import Mapping

from criticalmass.signals.erasing_maps import Coarsen, DropColumn, RedactWords
from criticalmass.signals.image import StampPatch
from criticalmass.signals.signal import Signal
from criticalmass.signals.table import MoveToSubgroup, SetColumns
from criticalmass.signals.text import InsertToken

SIGNALS: Mapping[str, type[Signal]] = {
    "insert-token": InsertToken,
    "set-columns": SetColumns,
    "move-to-subgroup": MoveToSubgroup,
    "stamp-patch": StampPatch,
    "drop-column": DropColumn,
    "coarsen": Coarsen,
    "redact-words": RedactWords,
}
