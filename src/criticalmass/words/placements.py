"""Placements in words, from their descriptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from criticalmass.words.numbers import exact_percent, quoted


def placement_in_words(placement: Mapping[str, Any], measure: str) -> str:
    """Say where trials lie, and which success measure decides that.

    Examples
    --------
    >>> placement_in_words({"kind": "Grid", "alphas": [0.1, 0.2], "repetitions": 3}, "top1")
    'a fixed grid of 2 sizes, 3 times each'
    >>> placement_in_words({"kind": "Adaptive", "precision": 0.2, "most": 96}, "top1")[:60]
    'a first block of sizes far apart, then blocks around the est'
    """
    match placement:
        case {"kind": "Grid", "alphas": alphas, "repetitions": repetitions}:
            times = "once" if repetitions == 1 else f"{repetitions} times"
            return f"a fixed grid of {len(alphas)} sizes, {times} each"
        case {"kind": "Adaptive", "precision": precision, "most": most}:
            return (
                "a first block of sizes far apart, then blocks around the estimate so far for "
                f"{quoted(measure)}, to a range of ±{exact_percent(precision)} or as near as the "
                f"test records allow; {most} runs with a collective at most"
            )
        case _:
            return f"by {placement.get('kind', 'the placement')}"
