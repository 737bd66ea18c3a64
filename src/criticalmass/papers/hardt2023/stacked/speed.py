"""How much is computed, and what share of what a card can do that is (MFU)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .packed import Architecture

PEAKS: Mapping[str, float] = MappingProxyType(
    {
        "B200": 2250.0,
        "H200 NVL": 835.0,
        "GH200": 989.0,
        "H200": 989.0,
        "H100 NVL": 835.0,
        "H100 PCIe": 756.0,
        "H100": 989.0,
        "H800": 989.0,
        "A100": 312.0,
        "A800": 312.0,
        "L40S": 362.0,
        "L40": 181.0,
        "L4": 121.0,
        "A40": 150.0,
        "A30": 165.0,
        "A10G": 70.0,
        "A10": 125.0,
        "RTX 4090": 165.0,
        "RTX 3090": 71.0,
    }
)
"""By a part of the card's name: dense bf16 products a second, in TFLOP/s, as its maker states."""


def peak_of(card: str) -> float | None:
    """Return a card's dense bf16 peak in FLOP/s; None if its name is not known.

    Examples
    --------
    >>> peak_of("NVIDIA H200") / 1e12, peak_of("NVIDIA A100-SXM4-80GB") / 1e12
    (989.0, 312.0)
    >>> peak_of("NVIDIA L40S") / 1e12, peak_of("abacus")
    (362.0, None)
    """
    plain = card.upper().replace("-", " ")
    known = sorted(PEAKS, key=len, reverse=True)
    return next((PEAKS[name] * 1e12 for name in known if name.upper() in plain), None)


def flops_a_token(shape: Architecture, steps: int) -> float:
    """Return the FLOPs of training for one token of texts of so many tokens.

    Six a weight of the layers (two forward, four backward) and what attention takes. The last layer
    is computed for the first token alone, apart from its keys and values, and counts as what it
    is. Word vectors are looked up, and count as nothing.

    Examples
    --------
    >>> minilm = Architecture(384, 1536, 6, 12, 1e-12, 0.1, 0.1, 0.1, 0.02)
    >>> round(flops_a_token(minilm, 256) / 1e6, 1)
    60.8
    """
    width = shape.width
    keys = 2 * width * width
    layer = 4 * width * width + 2 * width * shape.inner
    attention = 2 * steps * width  # weights and sums: products of a token with all others
    whole = (shape.layers - 1) * (layer + attention)
    last = keys + (layer - keys + attention + width * width) / steps  # with the pooler
    return 6.0 * (whole + last)


def bytes_a_trial(shape: Architecture, words: int, batch: int, steps: int, half: bool) -> int:
    """Return about how much memory a trial takes on the card while it is trained."""
    layer = 4 * shape.width**2 + 2 * shape.width * shape.inner
    weights = shape.layers * layer + (words + steps) * shape.width + shape.width**2
    each = 2 if half else 4
    hidden = each * (14 * shape.width + 3 * shape.inner) + 3 * shape.width
    return weights * (16 + each) + batch * steps * (shape.layers * hidden + 24 * shape.width)
