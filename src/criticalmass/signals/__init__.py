"""Signals: how a record is marked (planting) or blanked (erasing)."""

from criticalmass.signals.image import StampPatch
from criticalmass.signals.signal import Signal
from criticalmass.signals.table import MoveToSubgroup, SetColumns
from criticalmass.signals.text import InsertToken

__all__ = ["InsertToken", "MoveToSubgroup", "SetColumns", "Signal", "StampPatch"]
