"""Signals: how a record is marked (planting) or blanked (erasing)."""

from criticalmass.signals.erasing_maps import Coarsen, DropColumn, RedactWords
from criticalmass.signals.image import StampPatch
from criticalmass.signals.signal import Signal
from criticalmass.signals.table import MoveToSubgroup, SetColumns
from criticalmass.signals.text import InsertToken
from criticalmass.signals.tokens import TokenReading, marks_lost, rare_tokens, read_token

__all__ = [
    "Coarsen",
    "DropColumn",
    "InsertToken",
    "MoveToSubgroup",
    "RedactWords",
    "SetColumns",
    "Signal",
    "StampPatch",
    "TokenReading",
    "marks_lost",
    "rare_tokens",
    "read_token",
]
