"""Placements in words, from their descriptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from criticalmass.messages import say, say_count
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
            sizes = say_count("{n} size", "{n} sizes", len(alphas))
            if repetitions == 1:
                return say("a fixed grid of {sizes}, once each", sizes=sizes)
            return say_count(
                "a fixed grid of {sizes}, {n} time each",
                "a fixed grid of {sizes}, {n} times each",
                repetitions,
                sizes=sizes,
            )
        case {"kind": "Adaptive", "precision": precision, "most": most}:
            return say_count(
                "a first block of sizes far apart, then blocks around the estimate so far for "
                "{measure}, to a range of ±{precision} or as near as the test records allow; {n} "
                "run with a collective at most",
                "a first block of sizes far apart, then blocks around the estimate so far for "
                "{measure}, to a range of ±{precision} or as near as the test records allow; {n} "
                "runs with a collective at most",
                most,
                measure=quoted(measure),
                precision=exact_percent(precision),
            )
        case {"kind": kind}:
            return say("by {placement}", placement=kind)
        case _:
            return say("by the placement")
