"""Signals in words, from their descriptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from criticalmass.words.measures import RECORDS
from criticalmass.words.numbers import quoted


def signal_in_words(signal: Mapping[str, Any], kind: str = "texts") -> str:
    """Say what a member does to apply a signal, from its description."""
    match signal:
        case {"kind": "InsertToken", "token": token, "placement": "start"}:
            return f"put {quoted(token)} at the start of their text"
        case {"kind": "InsertToken", "token": token, "placement": "end"}:
            return f"put {quoted(token)} at the end of their text"
        case {"kind": "InsertToken", "token": token, "placement": "random", "every": every}:
            return f"put {quoted(token)} in random places, about one for every {every} words"
        case {"kind": "InsertToken", "token": token, "every": every}:
            return f"put {quoted(token)} after every {every} words of their text"
        case {"kind": "SetColumns", "values": values}:
            return "set " + " and ".join(f"{c} to {quoted(v)}" for c, v in values.items())
        case {"kind": "MoveToSubgroup", "where": where}:
            group = " and ".join(f"{c} = {v}" for c, v in where.items())
            return f"replace their record by one of somebody with {group}"
        case {"kind": "StampPatch", "size": size, "corner": corner}:
            return f"stamp a patch of {size} × {size} pixels into the {corner} corner"
        case {"kind": "DropColumn", "column": column}:
            return f"leave {column} out"
        case {"kind": "Coarsen", "column": column}:
            return f"give {column} in coarser steps"
        case {"kind": "RedactWords", "words": words}:
            return "leave out " + " and ".join(quoted(word) for word in words)
        case _:
            return f"apply {signal.get('kind', 'the signal')} to their {RECORDS[kind]}"


def erasing_in_words(signal: Mapping[str, Any]) -> str:
    """Say what a record is like after an erasing signal, from its description."""
    match signal:
        case {"kind": "DropColumn", "column": column}:
            return f"without {column}"
        case {"kind": "SetColumns", "values": values}:
            return "with " + " and ".join(f"{c} set to {quoted(v)}" for c, v in values.items())
        case {"kind": "Coarsen", "column": column}:
            return f"with {column} in coarser steps"
        case {"kind": "RedactWords", "words": words}:
            return "without " + " and ".join(quoted(word) for word in words)
        case _:
            return f"after {signal.get('kind', 'the signal')}"
