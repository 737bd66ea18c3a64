"""Figures of papers, each a short file that can be run: ``criticalmass reproduce PAPER/FIGURE``."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from criticalmass.papers.battiloro2025 import reproduction as battiloro2025
from criticalmass.papers.gauthier2025 import reproduction as gauthier2025
from criticalmass.papers.hardt2023 import (
    figure1,
    figure2,
    figure3,
    figure4,
    figure5,
    figure6,
    figure7,
)
from criticalmass.papers.hardt2023.setup import Options

FIGURES: Mapping[str, Callable[[Path, Options], list[Path]]] = MappingProxyType(
    {
        "battiloro2025": battiloro2025.reproduce,
        "gauthier2025": gauthier2025.reproduce,
        "hardt2023/figure1": figure1.reproduce,
        "hardt2023/figure2": figure2.FIGURE.reproduce,
        "hardt2023/figure3": figure3.FIGURE.reproduce,
        "hardt2023/figure4": figure4.FIGURE.reproduce,
        "hardt2023/figure5": figure5.FIGURE.reproduce,
        "hardt2023/figure6": figure6.FIGURE.reproduce,
        "hardt2023/figure7": figure7.reproduce,
    }
)
"""By name: what writes a figure's files into a folder, and returns their paths."""

__all__ = ["FIGURES", "Options"]
