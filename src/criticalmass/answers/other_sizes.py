"""`LawNumbers`: what studies of several sizes say of another one, as stores keep it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from criticalmass.errors import ParameterError
from criticalmass.fitting.size_law import SizeVerdict
from criticalmass.studies.facts import Facts
from criticalmass.studies.store.damage import content_of
from criticalmass.studies.store.store import Store


@dataclass(frozen=True)
class LawNumbers:
    """The numbers of an answer, as stores keep them and sentences say them.

    Parameters
    ----------
    to
        The platform's number of records.
    sizes
        Those that were measured.
    people
        The critical mass at each, with its interval: (middle, low, high).
    exponent
        b of c·N^b, with its interval.
    verdict
        The name of a `SizeVerdict`.
    union, envelope
        Both ranges of the number of people there: (low, high).
    confidence
        Probability that each range holds.
    measure, target
        The measure by which success was wanted, and how much of it, in its unit; empty and None in
        stores of before they were kept.
    """

    to: int
    sizes: tuple[int, ...]
    people: tuple[tuple[float, float, float], ...]
    exponent: tuple[float, float, float]
    verdict: str
    union: tuple[float, float]
    envelope: tuple[float, float]
    confidence: float
    measure: str = ""
    target: float | None = None

    def is_for(self, facts: Facts, strategy: str) -> bool:
        """Say whether it is for what a study asks now of a strategy, by its first measure."""
        measure = facts.strategies[strategy].measures[0]
        return (self.measure, self.target) == (measure, facts.target_of(measure))

    def to_json(self) -> dict[str, Any]:
        """Return the numbers in JSON's types; it has no infinity, which is None there."""
        return {name: _without_infinity(value) for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> LawNumbers:
        """Return the numbers that `to_json` wrote.

        Examples
        --------
        >>> numbers = LawNumbers(9, (1,), ((1.0, 0.0, math.inf),), (0.1, -math.inf, math.inf),
        ...                      "HEADS", (1.0, 2.0), (0.0, math.inf), 0.95)
        >>> LawNumbers.from_json(numbers.to_json()) == numbers
        True
        """
        found = cls(
            int(kept["to"]),
            tuple(int(size) for size in kept["sizes"]),
            tuple(_ends(each) for each in kept["people"]),
            _ends(kept["exponent"], low=-math.inf),
            SizeVerdict[kept["verdict"]].name,
            _pair(kept["union"]),
            _pair(kept["envelope"]),
            float(kept["confidence"]),
            str(kept.get("measure", "")),
            None if kept.get("target") is None else float(kept["target"]),
        )
        if not found.sizes or len(found.sizes) != len(found.people):
            raise ParameterError("a size law has as many numbers of people as sizes")
        return found


def kept_laws(store: Store) -> dict[str, LawNumbers]:
    """Return the size laws that a study is part of, by strategy, for what it asks now."""
    facts = store.facts()
    return {name: law for name, law in _all_laws(store, facts).items() if law.is_for(facts, name)}


def other_laws(store: Store) -> dict[str, LawNumbers]:
    """Return the size laws, by strategy, that are for another success than is asked for now."""
    facts, fitting = store.facts(), kept_laws(store)
    return {name: law for name, law in _all_laws(store, facts).items() if name not in fitting}


def _all_laws(store: Store, facts: Facts) -> dict[str, LawNumbers]:
    kept = store.size_law()
    with content_of(store.path):
        laws = {name: LawNumbers.from_json(one) for name, one in kept.items()}
    return {name: law for name, law in laws.items() if name in facts.strategies}


def _without_infinity(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_without_infinity(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _pair(kept: Iterable[Any]) -> tuple[float, float]:
    low, high = kept
    return (float(low or 0), math.inf if high is None else float(high))


def _ends(kept: Iterable[Any], low: float = 0.0) -> tuple[float, float, float]:
    middle, first, last = kept
    return (
        float(middle),
        low if first is None else float(first),
        math.inf if last is None else float(last),
    )
