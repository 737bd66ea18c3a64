"""Signals for images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from criticalmass.data.population import Population
from criticalmass.data.records import Features, kind_of
from criticalmass.errors import DataError, ParameterError, require_choice
from criticalmass.fields import check_fields

MOST_CHANNELS = 4
"""A last axis of at most so many numbers is taken for the channels: images rarely have more."""

Corner = Literal["top-left", "top-right", "bottom-left", "bottom-right"]


@dataclass(frozen=True)
class StampPatch:
    """Stamp a square of one brightness into a corner of an image, in all its channels.

    Images are (n, height, width) or (n, height, width, channels); channels come first where their
    population says so (``Population.from_arrays(…, channels="first")``).

    Parameters
    ----------
    value
        Brightness of the patch, in the units of the images.
    size
        Side of the square in pixels.
    corner
        ``"top-left"``, ``"top-right"``, ``"bottom-left"`` or ``"bottom-right"``.

    Examples
    --------
    >>> images = Population.from_arrays(np.zeros((2, 3, 3)), ["a", "b"])
    >>> signal = StampPatch(value=16, size=2)
    >>> signal.apply(images.features, population=images, rng=np.random.default_rng(0))[0]
    array([[ 0.,  0.,  0.],
           [ 0., 16., 16.],
           [ 0., 16., 16.]])
    """

    value: float
    size: int = 2
    corner: Corner = "bottom-right"

    def __post_init__(self) -> None:
        check_fields(self)
        if self.size < 1:
            raise ParameterError(f"size must be at least 1 pixel, not {self.size}")
        require_choice(
            "corner", self.corner, ("top-left", "top-right", "bottom-left", "bottom-right")
        )

    def in_words(self) -> str:
        """Return what members do.

        Examples
        --------
        >>> StampPatch(value=16, corner="top-left").in_words()
        'stamp a patch of 2 × 2 pixels into the top-left corner'
        """
        square = "one pixel" if self.size == 1 else f"{self.size} × {self.size} pixels"
        return f"stamp a patch of {square} into the {self.corner} corner"

    def apply(
        self, features: Features, *, population: Population, rng: np.random.Generator
    ) -> Features:
        """Return the images with the patch stamped in."""
        if features.ndim not in (3, 4) or kind_of(features) != "array":
            raise DataError(
                "StampPatch marks images of shape (records, height, width[, channels]), "
                f"not records of shape {features.shape}"
            )
        first = features.ndim == 4 and _channels_first(features.shape, population)
        sides = features.shape[2:] if first else features.shape[1:3]
        if self.size > min(sides):
            raise DataError(f"a patch of {self.size} pixels does not fit images of shape {sides}")
        if np.issubdtype(features.dtype, np.integer):
            limits = np.iinfo(features.dtype)
            if not (limits.min <= self.value <= limits.max and float(self.value).is_integer()):
                raise DataError(f"images of {features.dtype} cannot hold the value {self.value:g}")
        rows = slice(self.size) if self.corner.startswith("top") else slice(-self.size, None)
        columns = slice(self.size) if self.corner.endswith("left") else slice(-self.size, None)
        stamped = features.copy()
        if first:
            stamped[:, :, rows, columns] = self.value
        else:
            stamped[:, rows, columns] = self.value
        return stamped


def _channels_first(shape: tuple[int, ...], population: Population) -> bool:
    """Return whether the channels come first; refuse to guess where that is not plain."""
    if population.channels is not None:
        return population.channels == "first"
    _, high, wide, last = shape
    if (last <= MOST_CHANNELS < high) or high == wide != last:
        return False
    raise DataError(
        f"images of shape {shape} may have their channels first or last: say "
        'Population.from_arrays(…, channels="first"), or channels="last"'
    )
