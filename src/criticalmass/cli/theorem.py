"""The command ``theorem``: what a theorem guarantees from its numbers, one subcommand each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from typer.core import TyperGroup

from criticalmass.cli.shared.json_types import mass_in_json, theorem_in_json
from criticalmass.cli.shared.options import AsJson, Epsilon, Suboptimality, Targets
from criticalmass.cli.shared.tables import (
    USUAL_TARGETS,
    checked_targets,
    heading,
    print_critical_masses,
)
from criticalmass.cli.shared.terminal import say
from criticalmass.errors import ParameterError, brief, unknown

if TYPE_CHECKING:
    from criticalmass.curves import SuccessCurve
    from criticalmass.theory.suboptimality import Sense


class Theorems(TyperGroup):
    """The theorems by name; an unknown name becomes one line with the nearest."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # types of a private copy of click
        """Return the command of this name."""
        command = super().get_command(ctx, cmd_name)
        if command is None and cmd_name.endswith(".toml"):
            raise ParameterError(
                f"{cmd_name!r} is a study file, not a theorem: criticalmass theory {cmd_name}"
            )
        if command is None:
            raise ParameterError(unknown("theorem", cmd_name, self.commands))
        return command


app = typer.Typer(
    cls=Theorems,
    no_args_is_help=True,
    subcommand_metavar="THEOREM ...",
    help="Print what a theorem guarantees from its numbers: the share of people that is enough.",
    epilog="criticalmass theorem erasure --help lists the numbers that Theorem 5 needs. For a "
    "study file, criticalmass theory STUDY takes them from its records.",
)

# the theorems' numbers
UNIQUENESS = typer.Option(help="ξ: share of records that carry the signal already.")
GAP = typer.Option(
    help="Δ: by how much another label leads the target label among those; 1 if you do not know."
)
POSITIVITY = typer.Option(
    help="p: the smallest share that the target label has among records that are alike; with "
    "--opposing, among those that the signal leads to one point."
)
OUTSIDE = typer.Option(help="ρ: share of records for which p does not hold.")
OPPOSING = typer.Option(
    help="u: share of records that carry the signal already and have another label."
)
SENSITIVITY = typer.Option(
    help="τ: by how much, on average, the probability of a label changes when the signal is erased."
)
HELD = typer.Option(
    help="H: share of records that carry the signal already and hold the label that is to go."
)
DISTANCE = typer.Option(
    help="The largest distance of the firm's predictions from the value that you want."
)
TOLERANCE = typer.Option(help="How near a prediction must come to that value.")
MOST_PEOPLE = 10**12
PEOPLE = typer.Option(help="Size of the population, to print head counts.")

Uniqueness = Annotated[float, UNIQUENESS]
Opposing = Annotated[float | None, OPPOSING]
People = Annotated[int | None, PEOPLE]


@app.command(rich_help_panel="Theorems")
def feature_label(
    uniqueness: Uniqueness,
    gap: Annotated[float, GAP] = 1.0,
    opposing: Opposing = None,
    epsilon: Epsilon = 0.0,
    suboptimality: Suboptimality = "contamination",
    target: Targets = None,
    people: People = None,
    as_json: AsJson = False,
) -> None:
    """Theorem 1: members plant a signal and report the target label."""
    from criticalmass.theory import FeatureLabelBound

    bound = FeatureLabelBound(uniqueness, gap, epsilon, _sense(suboptimality), opposing)
    print_theorem(bound, target, people, as_json=as_json)


@app.command(rich_help_panel="Theorems")
def feature_only(
    uniqueness: Uniqueness,
    positivity: Annotated[float, POSITIVITY],
    outside: Annotated[float, OUTSIDE] = 0.0,
    opposing: Opposing = None,
    epsilon: Epsilon = 0.0,
    suboptimality: Suboptimality = "contamination",
    target: Targets = None,
    people: People = None,
    as_json: AsJson = False,
) -> None:
    """Theorem 3: members plant a signal and cannot change their labels."""
    from criticalmass.theory import FeatureOnlyBound

    bound = FeatureOnlyBound(
        uniqueness, positivity, outside, epsilon, _sense(suboptimality), opposing
    )
    print_theorem(bound, target, people, as_json=as_json)


@app.command(rich_help_panel="Theorems")
def unplant(
    held: Annotated[float, HELD],
    uniqueness: Annotated[float, UNIQUENESS] = 1.0,
    epsilon: Epsilon = 0.0,
    suboptimality: Suboptimality = "contamination",
    target: Targets = None,
    people: People = None,
    as_json: AsJson = False,
) -> None:
    """Theorem 1 for unplanting: marked records are no longer to get a label.

    The uniqueness counts only where epsilon is above 0.
    """
    from criticalmass.theory import UnplantBound

    bound = UnplantBound(held, uniqueness, epsilon, _sense(suboptimality))
    print_theorem(bound, target, people, as_json=as_json)


@app.command(rich_help_panel="Theorems")
def erasure(
    sensitivity: Annotated[float, SENSITIVITY],
    epsilon: Epsilon = 0.0,
    suboptimality: Suboptimality = "contamination",
    target: Targets = None,
    people: People = None,
    as_json: AsJson = False,
) -> None:
    """Theorem 5: members make the firm ignore a signal."""
    from criticalmass.theory import ErasureBound

    bound = ErasureBound(sensitivity, epsilon, _sense(suboptimality))
    print_theorem(bound, target, people, as_json=as_json)


@app.command(rich_help_panel="Theorems")
def regression(
    uniqueness: Uniqueness,
    distance: Annotated[float, DISTANCE],
    tolerance: Annotated[float, TOLERANCE],
    epsilon: Annotated[
        float, typer.Option(help="ε: how far a prediction may be from the best possible one.")
    ] = 0.0,
    target: Targets = None,
    people: People = None,
    as_json: AsJson = False,
) -> None:
    """Planting a value where the firm predicts a number (squared loss; the authors' slides)."""
    from criticalmass.theory import RegressionBound

    bound = RegressionBound(uniqueness, distance, tolerance, epsilon)
    print_theorem(bound, target, people, as_json=as_json)


def print_theorem(
    theorem: SuccessCurve, targets: Iterable[float] | None, people: int | None, *, as_json: bool
) -> None:
    """Print a theorem with its numbers, and the critical masses that it guarantees."""
    if people is not None and not 1 <= people <= MOST_PEOPLE:
        raise ParameterError(
            f"--people is the size of the population, 1 to {MOST_PEOPLE:,}, not {brief(people)}"
        )
    chosen = checked_targets(targets or USUAL_TARGETS)
    masses = [theorem.critical_mass(target) for target in chosen]
    if as_json:
        numbers = {"people": people, "masses": [mass_in_json(mass) for mass in masses]}
        say(json.dumps(theorem_in_json(theorem) | numbers))
        return
    say(repr(theorem))
    print_critical_masses({heading(theorem): masses}, chosen, people)


def _sense(suboptimality: str) -> Sense:
    """Return what ε means; the theorem checks it."""
    return cast("Sense", suboptimality)
