"""Figures of papers, each a short file that can be run: ``criticalmass reproduce PAPER/FIGURE``."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from criticalmass.papers.hardt2023 import figure1

FIGURES: Mapping[str, Callable[[Path], list[Path]]] = MappingProxyType(
    {"hardt2023/figure1": figure1.reproduce}
)
"""By name: what writes a figure's files into a folder, and returns their paths."""

__all__ = ["FIGURES"]
