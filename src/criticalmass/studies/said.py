"""`Said`: what a strategy says of itself, kept by a store for reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol, runtime_checkable

from criticalmass.fields import check_fields
from criticalmass.measures.known import STEERED
from criticalmass.signals import Signal, erased_in_words
from criticalmass.strategies.words import aim_in_words, strategy_in_words


@dataclass(frozen=True)
class Said:
    """What a strategy says of itself.

    Parameters
    ----------
    does
        What members do; a verb phrase in the plural.
    erased
        What a record is like after its signal, if that erases something: "without age".
    aim
        What it steers the model to, after "90% of the"; empty if it steers none.
    """

    does: str = ""
    erased: str = ""
    aim: str = ""

    def __post_init__(self) -> None:
        check_fields(self)

    def to_json(self) -> dict[str, str]:
        """Return this in JSON's types, for a store."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Said | None:
        """Return what `to_json` kept; None where there is nothing."""
        known = {name: kept[name] for name in ("does", "erased", "aim") if name in kept}
        return cls(**known) if known.get("does") else None


@runtime_checkable
class _HasSignal(Protocol):
    @property
    def signal(self) -> Signal | None: ...


def said_by(strategy: object, records: str, measures: tuple[str, ...]) -> Said:
    """Return what a strategy says of itself.

    Parameters
    ----------
    strategy
        The strategy, of a study or rebuilt from what a store kept.
    records
        What the records are called: texts, records or images.
    measures
        The success measures that it is judged by.

    Examples
    --------
    >>> from criticalmass import DropColumn, Erase
    >>> said_by(Erase(DropColumn("age")), "records", ("erased",)).erased
    'without age'
    """
    erased = aim = ""
    from criticalmass.strategies import Imperfect  # slow to import, and a store is opened without

    agreed = strategy.strategy if isinstance(strategy, Imperfect) else strategy
    if "erased" in measures and isinstance(agreed, _HasSignal) and agreed.signal is not None:
        erased = erased_in_words(agreed.signal, records)
    steered = [name for name in measures if name in STEERED]
    if steered:
        aim = aim_in_words(strategy, steered[0])
    return Said(strategy_in_words(strategy, records), erased, aim)
