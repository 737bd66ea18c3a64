"""`Guarantee`: the one form in which all bounds of Section 3 depend on α."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array
from criticalmass.curves.curve import checked_shares, checked_targets


@dataclass(frozen=True)
class Guarantee:
    """S(α) ≥ 1 − lost − (shared (1 − α) + spent) / (α − offset), the form of every bound here."""

    shared: float = 0.0
    spent: float = 0.0
    lost: float = 0.0
    offset: float = 0.0

    def success(self, alpha: ArrayLike) -> Array:
        """Return the guaranteed success, 0 where nothing is guaranteed."""
        shares = checked_shares(alpha)
        with np.errstate(all="ignore"):
            short = (self.shared * (1 - shares) + self.spent) / (shares - self.offset)
        short = np.where(shares > self.offset, np.nan_to_num(short, nan=np.inf), np.inf)
        return np.asarray(np.clip(1 - self.lost - short, 0, 1))

    def critical_alpha(self, target: ArrayLike) -> Array:
        """Return the smallest α that guarantees each target, nan where none does."""
        room = 1 - self.lost - checked_targets(target)
        with np.errstate(divide="ignore", invalid="ignore"):
            alpha = (self.shared + self.spent + self.offset * room) / (room + self.shared)
        flat = self.shared + self.spent == 0
        enough = (room >= 0) if flat else (room > 0)
        alpha = np.where(flat, self.offset, alpha)
        return np.asarray(np.where(enough & (alpha <= 1), alpha, np.nan))

    def area_below(self, target: float) -> float:
        """Return ∫₀^{α*} (target − S(α))₊ dα up to the smallest α that guarantees the target.

        Success is 0 up to where the formula is, and no less than the formula from there on. The
        integral is target · offset + (shared (1 − offset) + spent) · ln((1 − lost + shared) /
        (1 − lost − target + shared)).

        Examples
        --------
        >>> round(Guarantee(shared=0.01).area_below(0.6), 6)
        0.009015
        """
        weight = self.shared * (1 - self.offset) + self.spent
        if weight == 0:
            return target * self.offset
        ahead = 1 - self.lost + self.shared
        return float(target * self.offset - weight * np.log1p(-target / ahead))
