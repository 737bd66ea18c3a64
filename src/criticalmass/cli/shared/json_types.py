"""Theorems and critical masses in JSON's types, for ``--json``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from criticalmass.cli.shared.tables import is_guaranteed

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from criticalmass.curves import CriticalMass, SuccessCurve


def theorem_in_json(theorem: SuccessCurve) -> dict[str, object]:
    """Return a theorem's name and parameters, and whether it is a guarantee."""
    from dataclasses import asdict

    return {
        "theorem": type(theorem).__name__,
        "parameters": asdict(cast("DataclassInstance", theorem)),
        "guarantee": is_guaranteed(theorem),
    }


def mass_in_json(mass: CriticalMass) -> dict[str, object]:
    """Return a critical mass; null stands for numbers that do not exist."""
    from criticalmass.words.unreached import unreached

    return {
        "target": mass.target,
        "alpha": _finite(mass.alpha),
        "low": _finite(mass.low),
        "high": _finite(mass.high),
        "reason": unreached(mass.reason),
    }


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
