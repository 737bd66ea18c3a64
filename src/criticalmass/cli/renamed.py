"""Old names of commands: they print what they always did, and say on stderr what they are now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from criticalmass.cli.shared.options import (
    Allow,
    AsJson,
    Epsilon,
    StudyPath,
    Suboptimality,
    Targets,
)
from criticalmass.cli.shared.terminal import say
from criticalmass.cli.theorem import (
    DISTANCE,
    GAP,
    OUTSIDE,
    POSITIVITY,
    SENSITIVITY,
    TOLERANCE,
    UNIQUENESS,
    People,
    print_theorem,
)
from criticalmass.cli.theory import Confidence, print_theories, theory
from criticalmass.errors import ParameterError, unknown

if TYPE_CHECKING:
    from criticalmass.curves import SuccessCurve


def bound(
    theorem: Annotated[
        str,
        typer.Argument(
            help="A study file (TOML), or feature-label, feature-only, erasure or regression."
        ),
    ],
    uniqueness: Annotated[float | None, UNIQUENESS] = None,
    gap: Annotated[float | None, GAP] = None,
    positivity: Annotated[float | None, POSITIVITY] = None,
    outside: Annotated[float | None, OUTSIDE] = None,
    sensitivity: Annotated[float | None, SENSITIVITY] = None,
    distance: Annotated[float | None, DISTANCE] = None,
    tolerance: Annotated[float | None, TOLERANCE] = None,
    epsilon: Epsilon = 0.0,
    suboptimality: Suboptimality = "contamination",
    target: Targets = None,
    people: People = None,
    as_json: AsJson = False,
    allow: Allow = None,
) -> None:
    """Old name of `theorem` and, for a study file, of `theory`; it works until the next release.

    For a study file it prints guarantees only.
    """
    given = {
        "uniqueness": uniqueness,
        "gap": gap,
        "positivity": positivity,
        "outside": outside,
        "sensitivity": sensitivity,
        "distance": distance,
        "tolerance": tolerance,
    }
    numbers = {name: number for name, number in given.items() if number is not None}
    if theorem.endswith(".toml"):
        _note("bound STUDY", "theory STUDY", ", which prints exact values, too")
        decided = [*numbers, *(["people"] if people is not None else [])]
        if decided:
            raise ParameterError(
                f"{theorem} is a study, whose records decide --{decided[0]}: leave it"
            )
        print_theories(
            Path(theorem),
            ("bound",),
            epsilon=epsilon,
            suboptimality=suboptimality,
            confidence=0.95,
            targets=target,
            as_json=as_json,
            allow=allow,
        )
        return
    _note("bound THEOREM", "theorem THEOREM")
    if allow:
        raise ParameterError("--allow belongs to a study file; a theorem names no package")
    print_theorem(
        _theorem(theorem, numbers, epsilon, suboptimality), target, people, as_json=as_json
    )


def exact(
    study: StudyPath,
    epsilon: Epsilon = 0.0,
    suboptimality: Suboptimality = "contamination",
    confidence: Confidence = 0.95,
    target: Targets = None,
    as_json: AsJson = False,
    allow: Allow = None,
) -> None:
    """Old name of `theory`; it works until the next release."""
    _note("exact", "theory")
    theory(study, epsilon, suboptimality, confidence, target, as_json, allow)


def _note(old: str, new: str, more: str = "") -> None:
    say(
        f"note: `criticalmass {old}` is now `criticalmass {new}`{more}; the old name works until "
        "the next release",
        err=True,
    )


def _theorem(
    name: str, numbers: Mapping[str, float], epsilon: float, suboptimality: str
) -> SuccessCurve:
    """Return a theorem with its numbers, or raise what is missing or too much."""
    from dataclasses import MISSING, fields

    from criticalmass import theory as room

    kinds: Mapping[
        str,
        type[room.FeatureLabelBound | room.FeatureOnlyBound | room.ErasureBound]
        | type[room.RegressionBound],
    ] = {
        "feature-label": room.FeatureLabelBound,
        "feature-only": room.FeatureOnlyBound,
        "erasure": room.ErasureBound,
        "regression": room.RegressionBound,
    }
    if name not in kinds:
        raise ParameterError(unknown("theorem", name, kinds))
    needed = {
        field.name: field.default is MISSING
        for field in fields(kinds[name])
        if field.name not in ("epsilon", "suboptimality")
    }
    for given in numbers:
        if given not in needed:
            options = " ".join(f"--{number}" for number in needed)
            raise ParameterError(f"{name} has no --{given}; it takes {options}")
    for number, is_needed in needed.items():
        if is_needed and number not in numbers:
            raise ParameterError(f"{name} needs --{number}")
    if name == "regression" and suboptimality != "contamination":
        raise ParameterError("regression has one meaning of epsilon only: leave --suboptimality")
    make: Callable[..., SuccessCurve] = kinds[name]
    sense = {} if name == "regression" else {"suboptimality": suboptimality}
    return make(**numbers, epsilon=epsilon, **sense)
