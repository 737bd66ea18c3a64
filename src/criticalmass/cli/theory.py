"""The commands that compute and train nothing: ``bound`` and ``exact``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from criticalmass.cli.options import Allow
from criticalmass.cli.tables import (
    bound_as_json,
    bound_in_json,
    exact_as_json,
    heading,
    plain,
    print_table,
)
from criticalmass.errors import CriticalMassError, ParameterError, unknown

TARGETS = (0.5, 0.75, 0.9, 0.95, 0.99)

PARAMETERS = {
    "feature-label": ("uniqueness", "gap"),
    "feature-only": ("uniqueness", "positivity", "outside"),
    "erasure": ("sensitivity",),
    "regression": ("uniqueness", "distance", "tolerance"),
}
NEEDED = {"uniqueness", "positivity", "sensitivity", "distance", "tolerance"}

Epsilon = Annotated[float, typer.Option(help="The firm's suboptimality ε.")]
Suboptimality = Annotated[
    str, typer.Option(help="What ε means: contamination, conditional-tv, joint-tv or published.")
]
Target = Annotated[
    list[float] | None, typer.Option(help="The wanted success; may be given several times.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def bound(
    theorem: Annotated[
        str,
        typer.Argument(
            help="A study file (TOML), or feature-label, feature-only, erasure or regression."
        ),
    ],
    uniqueness: Annotated[
        float | None, typer.Option(help="ξ: share of records that carry the signal already.")
    ] = None,
    gap: Annotated[
        float | None, typer.Option(help="Δ: lead of another label on those (1 if not known).")
    ] = None,
    positivity: Annotated[
        float | None, typer.Option(help="p: lowest share of the target label among like records.")
    ] = None,
    outside: Annotated[
        float | None, typer.Option(help="ρ: share of records that p does not hold for (0).")
    ] = None,
    sensitivity: Annotated[
        float | None, typer.Option(help="τ: how much of the label is lost with what is erased.")
    ] = None,
    distance: Annotated[
        float | None, typer.Option(help="Largest distance of predictions from the wanted value.")
    ] = None,
    tolerance: Annotated[
        float | None, typer.Option(help="How near a prediction must come to the wanted value.")
    ] = None,
    epsilon: Epsilon = 0.0,
    suboptimality: Suboptimality = "contamination",
    target: Target = None,
    people: Annotated[
        int | None, typer.Option(help="Size of the population, to print head counts.")
    ] = None,
    as_json: AsJson = False,
    allow: Allow = None,
) -> None:
    """Print what a theorem guarantees: the share of the population that is enough.

    Of a study file it prints what its strategies are guaranteed on its records. Of a theorem:
    feature-label needs --uniqueness (and --gap), feature-only --uniqueness and --positivity (and
    --outside), erasure --sensitivity, regression --uniqueness, --distance and --tolerance.
    """
    from criticalmass import theory as theorems

    given = {
        "uniqueness": uniqueness, "gap": gap, "positivity": positivity, "outside": outside,
        "sensitivity": sensitivity, "distance": distance, "tolerance": tolerance,
    }  # fmt: skip
    values = {name: value for name, value in given.items() if value is not None}
    if theorem.endswith(".toml"):
        for name in [*values, *(["people"] if people is not None else [])]:
            raise ParameterError(f"{theorem} is a study, whose records decide --{name}: leave it")
        _tell(
            Path(theorem), ("bound",), epsilon, suboptimality, 0.95, target, allow, as_json=as_json
        )
        return
    if allow:
        raise ParameterError("--allow belongs to a study file; a theorem names no package")
    if theorem not in PARAMETERS:
        raise ParameterError(unknown("theorem", theorem, PARAMETERS))
    for name in values:
        if name not in PARAMETERS[theorem]:
            wanted = " ".join(f"--{name}" for name in PARAMETERS[theorem])
            raise ParameterError(f"{theorem} has no --{name}; it takes {wanted}")
    for name in PARAMETERS[theorem]:
        if name in NEEDED and name not in values:
            raise ParameterError(f"{theorem} needs --{name}")
    if people is not None and people < 1:
        raise ParameterError(f"--people is the size of the population, not {people}")
    if theorem == "regression" and suboptimality != "contamination":
        raise ParameterError("regression has one meaning of epsilon only: leave --suboptimality")
    kinds: dict[str, Any] = {
        "feature-label": theorems.FeatureLabelBound,
        "feature-only": theorems.FeatureOnlyBound,
        "erasure": theorems.ErasureBound,
        "regression": theorems.RegressionBound,
    }
    sense = {} if theorem == "regression" else {"suboptimality": suboptimality}
    theory = kinds[theorem](**values, epsilon=epsilon, **sense)
    masses = [theory.critical_mass(goal) for goal in _targets(target)]
    if as_json:
        said = bound_in_json(theory) | {"people": people, "masses": [plain(m) for m in masses]}
        typer.echo(json.dumps(said))
        return
    typer.echo(repr(theory))
    print_table({heading(theory): masses}, _targets(target), people)


def exact(
    study: Annotated[Path, typer.Argument(help="The study file (TOML).")],
    epsilon: Epsilon = 0.0,
    suboptimality: Suboptimality = "contamination",
    confidence: Annotated[
        float, typer.Option(help="Confidence of the parameters' limits; 1: nothing is estimated.")
    ] = 0.95,
    target: Target = None,
    as_json: AsJson = False,
    allow: Allow = None,
) -> None:
    """Print what theory says of a study, bound and exact value, without training anything.

    All records of the study stand for the population; none are held out.
    """
    curves = ("bound", "exact")
    _tell(study, curves, epsilon, suboptimality, confidence, target, allow, as_json=as_json)


def _tell(
    study: Path,
    curves: tuple[str, ...],
    epsilon: float,
    suboptimality: str,
    confidence: float,
    target: list[float] | None,
    allow: list[str] | None,
    *,
    as_json: bool,
) -> None:
    """Print these curves of every strategy of a study."""
    from criticalmass.studies.files.study_file import read_question
    from criticalmass.studies.theory import theories
    from criticalmass.theory.parameters import check_confidence
    from criticalmass.theory.suboptimality import Suboptimality

    slack = Suboptimality(epsilon, cast(Any, suboptimality))
    check_confidence(confidence)
    question = read_question(study, allow=allow or ())
    goals = _targets(target) if target else sorted({*TARGETS, question.target})
    told = {}
    for name, strategy in question.strategies.items():
        try:
            told[name] = theories(
                strategy, question.records, learner=question.learner, curves=curves,
                confidence=confidence, suboptimality=slack,
            )  # fmt: skip
        except CriticalMassError as error:
            raise type(error)(f"{study.name}: strategy {name!r}: {error}") from error
    silent = [theory for theory in told.values() if not theory.bound and not theory.exact]
    if len(silent) == len(told):
        raise CriticalMassError(f"{study.name}: {silent[0].refused[curves[-1]]}")
    makers = {"bound": bound_as_json, "exact": exact_as_json}
    if as_json:
        said = {
            name: {curve: makers[curve](theory, goals) for curve in curves}
            for name, theory in told.items()
        }
        typer.echo(json.dumps(said))
        return
    for name, theory in told.items():
        kinds = "" if theory.steers else f", {theory.cells:,} different ones"
        typer.echo(f"{name} ({theory.size:,} records{kinds})")
        whole = theory.exact_target and not target
        _print_theory(theory, [*goals, 1.0] if whole else goals, epsilon)
    if confidence < 1 and not all(theory.steers for theory in told.values()):
        typer.echo(f"At worst: with {100 * confidence:g}% confidence, for each strategy.")
    if any(theory.exact and not theory.steers for theory in told.values()):
        typer.echo(
            "Exact values take the collective as a cross-section of the records, in fractions of "
            "people, and to\nknow what is most likely. A small real one misses kinds of records, "
            "and then needs more people:\nrun the study with the learner bayes-optimal to see."
        )
    if any(theory.steers for theory in told.values()):
        typer.echo(
            "Of steering: success is the share of the way, or of the gain; 100% is the wanted "
            "model itself. Members\nare taken for a cross-section who know how everybody's "
            "records pull: run the study to see what real\nones reach."
        )
    if slack.is_joint:
        typer.echo("“a to b”: with fewer than a, a firm can undo it; from b on, it cannot.")


def _print_theory(said: Any, goals: list[float], epsilon: float) -> None:
    from criticalmass.curves import ExactSuccess

    if said.bound:
        for estimate in said.bound.estimates:
            typer.echo(
                f"  {estimate.name} {estimate.value:.3g}, at worst {estimate.limit:.3g}: "
                f"{estimate.driver}"
            )
    names = {"bound": "bound", "exact": "exact value"}
    reasons: dict[str, list[str]] = {reason: [] for reason in said.refused.values()}
    for name, reason in said.refused.items():
        reasons[reason].append(names[name])
    for reason, missing in reasons.items():
        typer.echo(f"  no {' and no '.join(missing)}: {reason}")
    columns = {}
    if said.bound:
        columns[heading(said.bound.bound)] = [said.bound.critical_mass(goal) for goal in goals]
    if said.exact:
        first = "certain from" if epsilon else "exactly from"
        columns[first] = [said.exact.critical_mass(goal) for goal in goals]
        if isinstance(said.exact, ExactSuccess):
            columns["first reached"] = [said.exact.first_reached(goal) for goal in goals]
    if columns:
        print_table(columns, goals, said.size)
    if said.proposition_9:
        mass = said.proposition_9.critical_mass(1.0)
        share = f"{mass.alpha:.3g} of them" if mass.reached else mass.reason
        typer.echo(
            f"  Proposition 9, aiming along the utility's slope: the whole gain from {share}"
        )
    typer.echo()


def _targets(target: list[float] | None) -> list[float]:
    from criticalmass.curves.curve import checked_target

    return [checked_target(goal) for goal in target or TARGETS]
