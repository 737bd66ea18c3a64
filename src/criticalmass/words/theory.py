"""Theory in sentences: what is guaranteed, what is exact, and how far to trust it."""

from __future__ import annotations

import math

from criticalmass.answers.theory import Assumption, Comparison, Judgement
from criticalmass.curves import CriticalMass
from criticalmass.words.numbers import exact_percent, heads, percent

SYMBOLS = {
    "uniqueness": "uniqueness ξ: share of records that carry the signal already",
    "gap": "gap Δ: mean lead of another label on those",
    "positivity": "positivity p: lowest share of the target label among equal records",
    "outside": "ρ: share of records that p does not hold for",
    "excess": "excess V: by how much numbers of records that carry the mark lie too far off",
    "sensitivity": "sensitivity τ: how much of the label the map, made for these records, erases",
    "gradient": "pull ‖g(θ*)‖ of everybody's records at the wanted model",
    "neutralizing": "strongest opposite pull of members' records",
    "control": "strongest pull C(α) towards the wanted model, all the way",
    "convexity": "strong convexity μ of the risk",
    "smoothness": "smoothness β of the risk",
    "slope": "slope ‖∇u‖ of the utility",
    "pull": "weakest opposite pull of members' records on the way",
}
"""What the parameters of the theorems are, by name."""

JUDGEMENTS = {
    Judgement.TOO_FEW_TRIALS: "There are not enough trials yet to judge it.",
    Judgement.NOT_TRIED: "The trials do not go as far as the number that is promised.",
    Judgement.MORE_NEEDED: (
        "The model trained here needs more people than the theorem promises to be enough, so "
        "something that the theorem assumes is not so. Trust the trials."
    ),
    Judgement.FEWER_NEEDED: (
        "The model trained here needs fewer people than the theorem, which must hold for every "
        "population with these parameters."
    ),
    Judgement.AGREES: "The trials agree with what the theorem promises within their range.",
}


def guaranteed(comparison: Comparison) -> str:
    """Say what the theorem guarantees."""
    bound, mass = comparison.theory.bound, comparison.promised
    if bound is None or mass is None:
        return f"No theorem applies: {comparison.theory.refused['bound']}."
    target, theorem = exact_percent(comparison.finding.target), comparison.theory.theorem
    if not mass.reached:
        return f"{theorem} guarantees {target} for no collective here: {mass.reason}."
    sure = (
        f" (with {percent(bound.confidence)} confidence, as its parameters are estimated)"
        if bound.confidence < 1
        else ""
    )
    platform = "whose model is the best possible one for the data it sees"
    if comparison.finding.steers:
        platform = "that minimises exactly this risk, if members know how everybody's records pull"
    return (
        f"{theorem} guarantees {target} {_from(comparison, mass)}, against a platform "
        f"{platform}{sure}.{_by_slope(comparison)}"
    )


def exactly(comparison: Comparison) -> str:
    """Say what the exact curve gives."""
    if comparison.theory.exact is None:
        return f"There is no exact curve: {comparison.theory.refused['exact']}."
    mass, first = comparison.theory.masses
    target, points = exact_percent(comparison.finding.target), comparison.theory.points
    if comparison.finding.steers and mass.reached:
        return (
            f"On these very records {target} is reached exactly {_from(comparison, mass)}, if "
            "members are a cross-section of everybody, can be divided as shares can, and know how "
            "everybody's records pull."
        )
    if not mass.reached:
        return (
            f"On these very records the best possible model does not give {target}: {mass.reason}."
        )
    known = " and knows which label is most likely" if comparison.pools else ""
    sentence = (
        f"On these very records, against the best possible model, {target} is reached exactly "
        f"{_from(comparison, mass)}, if the collective is a cross-section of "
        f"everybody{known}"
    )
    if first.alpha < mass.alpha:
        again = _from(comparison, first)
        sentence += f"; it is reached {again} already, but lost again in between"
    if 0 < mass.alpha * comparison.finding.facts.population.size < points:
        sentence += (
            f". A real one of this size cannot be that: it misses many of the {points:,} kinds of "
            "records, and needs more people"
        )
    return f"{sentence}."


def weakest(comparison: Comparison) -> str:
    """Name the assumption that the theory rests on least safely, judged by the trials."""
    if comparison.theory.bound is None:
        return ""
    judgement = comparison.judgement
    if judgement is Judgement.NO_PROMISE:
        estimate = comparison.theory.bound.weakest
        return (
            f"The weakest link is what is known of the {SYMBOLS[estimate.name]}: {estimate.driver}."
        )
    return f"The weakest assumption is that {_assumed(comparison)}. {JUDGEMENTS[judgement]}"


def parameters(comparison: Comparison) -> list[tuple[str, str, str, str]]:
    """Tabulate the theorem's parameters: name, on these records, at worst, what decides it."""
    if comparison.theory.bound is None:
        return []
    return [
        (SYMBOLS[e.name], f"{e.value:.3g}", f"{e.limit:.3g}", e.driver)
        for e in comparison.theory.bound.estimates
    ]


def _assumed(comparison: Comparison) -> str:
    """Say what the promise takes for granted least safely."""
    match comparison.assumption:
        case Assumption.KNOWN_PULLS:
            return (
                "members know how everybody's records pull; here they know it from their own, the "
                "better the more they are"
            )
        case Assumption.SAME_RECORDS:
            return "the records here are those of everybody, and members a cross-section of them"
        case Assumption.KNOWN_LABELS:
            return (
                "members know which label is most likely without what is erased; here they pool "
                "their records, and know it the better the more they are"
            )
        case Assumption.LIKE_RECORDS:
            return (
                "members’ records are like those that the model is asked for; here hardly any two "
                "are alike, and this model knows nothing of a record that it never saw"
            )
        case Assumption.CROSS_SECTION:
            people = heads(math.ceil(comparison.people_promised))
            return (
                "the collective is a cross-section of everybody: the theorem speaks of shares, and "
                f"{people} need not have each of the {comparison.theory.points:,} kinds of records "
                "in proportion"
            )
        case Assumption.BEST_MODEL:
            return "the model is the best possible one for the data it sees (ε = 0)"


def _by_slope(comparison: Comparison) -> str:
    """Say what Proposition 9 guarantees; nothing where it does not apply."""
    proposition_9 = comparison.theory.proposition_9
    if proposition_9 is None:
        return ""
    mass = proposition_9.critical_mass(1.0)
    if not mass.reached:
        return ""
    return (
        " Proposition 9, for members who aim along the utility's own slope, guarantees the whole "
        f"gain {_from(comparison, mass)}."
    )


def _from(comparison: Comparison, mass: CriticalMass) -> str:
    if mass.alpha == 0:
        return "for any collective, however small"
    size = comparison.finding.facts.population.size
    people = mass.people(size)[0] or 0
    return f"from {heads(people)} on ({percent(people / size)})"
