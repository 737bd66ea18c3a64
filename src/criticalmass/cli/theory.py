"""The command ``theory``: what is guaranteed and what is exact, of each strategy of a study."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from criticalmass.cli.shared.beside import Beside, shares_beside
from criticalmass.cli.shared.json_types import mass_in_json, theorem_in_json
from criticalmass.cli.shared.options import (
    Allow,
    AsJson,
    Epsilon,
    StudyPath,
    Suboptimality,
    Targets,
)
from criticalmass.cli.shared.tables import (
    USUAL_TARGETS,
    checked_targets,
    heading,
    print_critical_masses,
)
from criticalmass.cli.shared.terminal import say
from criticalmass.errors import CriticalMassError, ParameterError

if TYPE_CHECKING:
    from criticalmass.strategies import Recruits
    from criticalmass.studies.theory_record import Theory
    from criticalmass.theory import PeopleCurve
    from criticalmass.theory.suboptimality import Sense

Curve = Literal["bound", "exact"]
WIDTH = 104
"""Characters of a line of text below the tables."""
NAMES: dict[str, str] = {
    "bound": "bound",
    "exact": "exact value",
    "people": "exact value for whole people",
}

Confidence = Annotated[
    float,
    typer.Option(
        help="Confidence of the limits that are estimated from the records; 1 if the records are "
        "the whole population."
    ),
]


Others = Annotated[
    float,
    typer.Option(
        "--others",
        help="The largest share of everybody that acts as well, and of whom nothing else is known: "
        "they may undo it.",
    ),
]


def theory(
    study: StudyPath,
    epsilon: Epsilon = 0.0,
    suboptimality: Suboptimality = "contamination",
    confidence: Confidence = 0.95,
    target: Targets = None,
    as_json: AsJson = False,
    allow: Allow = None,
    beside: Beside = None,
    others: Others = 0.0,
) -> None:
    """Print what is guaranteed and what is exact, side by side, for each strategy of a study.

    Nothing is trained. All records of the study stand for the population; none are held out. With
    --beside or --others it is about a collective beside others, and says what these cost.
    """
    print_theories(
        study,
        ("bound", "exact"),
        epsilon=epsilon,
        suboptimality=suboptimality,
        confidence=confidence,
        targets=target,
        beside=beside,
        unknown=others,
        as_json=as_json,
        allow=allow,
    )


def print_theories(
    study: Path,
    curves: tuple[Curve, ...],
    *,
    epsilon: float,
    suboptimality: str,
    confidence: float,
    targets: Iterable[float] | None,
    as_json: bool,
    allow: Iterable[str] | None,
    beside: Iterable[str] | None = None,
    unknown: float = 0.0,
) -> None:
    """Print these curves of every strategy of a study; the options are those of `theory`."""
    from criticalmass.answers.beside import others_cost
    from criticalmass.measures import MEASURES
    from criticalmass.signals import erased_in_words
    from criticalmass.strategies import Collective, Erase, strategy_of
    from criticalmass.strategies.images import lonely, unchanged
    from criticalmass.studies.files.study_file import read_question
    from criticalmass.studies.theory import placed_mass, theories
    from criticalmass.theory.parameters import check_confidence
    from criticalmass.theory.suboptimality import Suboptimality as EpsilonOptimality
    from criticalmass.words.beside import what_others_cost, who_else
    from criticalmass.words.theory import (
        enough_whole_people,
        erased_already,
        how_to_read,
        nobody_alike,
    )

    check_confidence(confidence)
    sense = cast("Sense", suboptimality)
    question = read_question(study, allow=allow or ())
    if question.holds == "labels":  # where they are numbers, ε is in their unit
        EpsilonOptimality(epsilon, sense)
    chosen = sorted({*USUAL_TARGETS, question.target})
    if targets:
        chosen = checked_targets(targets)
    shares = shares_beside(beside or (), question.strategies)
    if not 0 <= unknown < 1:
        raise ParameterError(
            f"--others is a share of everybody, at least 0 and less than 1, not {unknown:g}"
        )
    by_strategy: dict[str, Theory] = {}
    alone: dict[str, Theory] = {}
    for name, strategy in question.strategies.items():
        others = [
            Collective(question.strategies[other], share)
            for other, share in shares.items()
            if other != name
        ]

        def computed(strategy: Recruits, others: Sequence[Collective], unknown: float) -> Theory:
            return theories(
                strategy,
                question.records,
                learner=question.learner,
                measures=question.measures,
                curves=curves,
                confidence=confidence,
                others=others,
                unknown=unknown,
                epsilon=epsilon,
                suboptimality=sense,
            )

        try:
            by_strategy[name] = computed(strategy, others, unknown)
            if others or unknown:
                alone[name] = computed(strategy, (), 0.0)
        except CriticalMassError as error:
            raise type(error)(f"{study.name}: strategy {name!r}: {error}") from error
    if not any(known.bound or known.exact for known in by_strategy.values()):
        first = next(iter(by_strategy.values()))
        raise CriticalMassError(f"{study.name}: {first.refused[curves[-1]]}")
    placed = {
        name: [
            placed_mass(question.strategies[name], question.records, target) for target in chosen
        ]
        for name, known in by_strategy.items()
        if known.exact and not (epsilon or unknown or shares)
    }
    if as_json:
        in_json = {name: _in_json(known, curves, chosen) for name, known in by_strategy.items()}
        for name, masses in placed.items():
            if any(masses):
                known_masses = [mass and mass_in_json(mass) for mass in masses]
                in_json[name]["placed"] = {"masses": known_masses}
        for name, without in alone.items():
            in_json[name] |= _costs_in_json(by_strategy[name], without, chosen)
        say(json.dumps(in_json))
        return
    for measure in question.measures:
        if measure in MEASURES and not MEASURES[measure].has_theorem:
            say(f"No theorem is about {measure}: this is about the strategies' usual success.")
    for name, known in by_strategy.items():
        kinds = "" if known.steers else f", {known.cells:,} different ones"
        say(f"{name} ({known.size:,} records{kinds})")
        whole = known.exact_target and not targets
        if name in alone:
            known_others = {other: share for other, share in shares.items() if other != name}
            for sentence in who_else(known_others, unknown):
                say(*wrap(sentence, WIDTH, initial_indent="  ", subsequent_indent="  "))
        people = [mass.people(known.size)[0] if mass else None for mass in placed.get(name, ())]
        enough = enough_whole_people(people, chosen[: len(people)], known.size)
        does = strategy_of(question.strategies[name])
        if isinstance(does, Erase) and (known.bound or known.exact):
            same = unchanged(does.signal, question.records)
            told = erased_already(erased_in_words(does.signal), same, known.size)
            careful = nobody_alike(lonely(does.signal, question.records), known.size)
            for sentence in filter(None, (told, careful)):
                say(*wrap(sentence, WIDTH, initial_indent="  ", subsequent_indent="  "))
        wanted_here = [*chosen, 1.0] if whole else chosen
        _print_theory(known, wanted_here, epsilon or unknown, enough)
        if name in alone:
            for wanted in (targets and chosen) or (question.target,):
                if cost := others_cost(known, alone[name], wanted):
                    sentence = what_others_cost(cost, wanted)
                    say(*wrap(sentence, WIDTH, initial_indent="  ", subsequent_indent="  "))
            say()
    certified = unknown > 0 or (epsilon > 0 and suboptimality == "joint-tv")
    for sentence in how_to_read(
        list(by_strategy.values()), confidence, certified=certified, others=unknown > 0
    ):
        say(*wrap(sentence, WIDTH))


def _costs_in_json(
    theory: Theory, alone: Theory, targets: Sequence[float]
) -> dict[str, dict[str, object]]:
    """Return what others cost for each target, in JSON's types; null where it has no end."""
    from criticalmass.answers.beside import others_cost

    costs = [others_cost(theory, alone, target) for target in targets]
    each = [
        {
            "alone": mass_in_json(cost.alone),
            "share": cost.share if math.isfinite(cost.share) else None,
            "people": cost.people,
        }
        for cost in costs
        if cost is not None
    ]
    return {"others_cost": {"masses": each}}


def _print_theory(theory: Theory, targets: Sequence[float], epsilon: float, enough: str) -> None:
    """Print a strategy's curves, whole people first, its parameters, and why a curve is refused."""
    from criticalmass.curves import ExactSuccess
    from criticalmass.theory import PeopleCurve
    from criticalmass.words.theory import (
        by_any,
        form,
        in_shares,
        sure_before_the_mean,
        whole_people,
    )
    from criticalmass.words.unreached import unreached

    if isinstance(theory.people, PeopleCurve):
        expected, sure = whole_people(theory.people)
        in_people = {
            expected: [theory.people.critical_mass(target) for target in targets],
            sure: [theory.people.floor_mass(target) for target in targets],
        }
        print_critical_masses(in_people, targets, theory.size)
        if note := sure_before_the_mean(theory.people, targets):
            say(*wrap(note, WIDTH, initial_indent="  ", subsequent_indent="  "))
    if theory.bound:
        for estimate in theory.bound.estimates:
            say(
                f"  {estimate.name} {estimate.value:.3g}, at worst {estimate.limit:.3g}: "
                f"{estimate.driver}"
            )
        if used := form(theory):
            say(*wrap(used, WIDTH, initial_indent="  ", subsequent_indent="  "))
    names_by_reason: dict[str, list[str]] = {}
    for name, reason in theory.refused.items():
        names_by_reason.setdefault(reason, []).append(NAMES[name])
    for reason, names in names_by_reason.items():
        say(f"  no {' and no '.join(names)}: {reason}")
    columns = {}
    if theory.bound:
        masses = [theory.bound.critical_mass(target) for target in targets]
        columns[heading(theory.bound.bound)] = masses
    if theory.exact:
        name = "certain from" if epsilon else "exactly from"
        columns[name] = [theory.exact.critical_mass(target) for target in targets]
    if isinstance(theory.exact, ExactSuccess):
        first = [theory.exact.first_reached(target) for target in targets]
        if any(one.alpha < mass.alpha for one, mass in zip(first, columns[name], strict=True)):
            columns["first reached"] = first  # and lost again
    if columns:
        if theory.people or (theory.bound and not theory.steers):
            say(f"  {in_shares()}")
        print_critical_masses(columns, targets, theory.size)
    if fewest := by_any(theory, targets):
        say(*wrap(fewest, WIDTH, initial_indent="  ", subsequent_indent="  "))
    if enough:
        say(*wrap(enough, WIDTH, initial_indent="  ", subsequent_indent="  "))
    if theory.proposition_9:
        mass = theory.proposition_9.critical_mass(1.0)
        share = f"{mass.alpha:.3g} of them" if mass.reached else unreached(mass.reason)
        say(f"  Proposition 9, aiming along the utility's slope: the whole gain from {share}")
    say()


def _in_json(
    theory: Theory, curves: Iterable[Curve], targets: Sequence[float]
) -> dict[str, dict[str, object]]:
    """Return a strategy's curves in JSON's types, or why there is none."""
    from criticalmass.theory import PeopleCurve

    makers: dict[str, Callable[[Theory, Sequence[float]], dict[str, object]]]
    makers = {"bound": _bound_in_json, "exact": _exact_in_json}
    told: dict[str, dict[str, object]] = {
        name: {"refused": theory.refused[name]}
        if name in theory.refused
        else makers[name](theory, targets)
        for name in curves
    }
    if theory.best:
        masses = [mass_in_json(theory.best.critical_mass(target)) for target in targets]
        told["best"] = {"masses": masses}
    if "people" in theory.refused:
        told["people"] = {"refused": theory.refused["people"]}
    if isinstance(theory.people, PeopleCurve):
        told["people"] = _people_in_json(theory.people, targets)
    return told


def _bound_in_json(theory: Theory, targets: Sequence[float]) -> dict[str, object]:
    from dataclasses import asdict

    assert theory.bound is not None
    return {
        **theorem_in_json(theory.bound.bound),
        "confidence": theory.bound.confidence,
        "estimates": [asdict(estimate) for estimate in theory.bound.estimates],
        "masses": [mass_in_json(theory.bound.critical_mass(target)) for target in targets],
    }


def _people_in_json(curve: PeopleCurve, targets: Sequence[float]) -> dict[str, object]:
    return {
        "from_below": curve.from_below,
        "masses": [mass_in_json(curve.critical_mass(target)) for target in targets],
        "sure": [mass_in_json(curve.floor_mass(target)) for target in targets],
    }


def _exact_in_json(theory: Theory, targets: Sequence[float]) -> dict[str, object]:
    from criticalmass.curves import ExactSuccess

    assert theory.exact is not None
    masses = [mass_in_json(theory.exact.critical_mass(target)) for target in targets]
    if not isinstance(theory.exact, ExactSuccess):
        return {"masses": masses}
    first = [mass_in_json(theory.exact.first_reached(target)) for target in targets]
    return {"masses": masses, "first_reached": first}
