"""Theory in sentences: what is guaranteed, what is exact, and how far to trust it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from criticalmass.answers.theory import Assumption, Comparison, Judgement
from criticalmass.curves import CriticalMass
from criticalmass.messages import paragraph, say, say_count
from criticalmass.phrases import listed
from criticalmass.studies.theory_record import Theory
from criticalmass.theory import FeatureLabelBound, FeatureOnlyBound
from criticalmass.words.numbers import exact_percent, heads, percent, records
from criticalmass.words.unreached import unreached

if TYPE_CHECKING:
    from criticalmass.theory import PeopleCurve


def symbol(name: str) -> str:
    """Return what a theorem's parameter is, by its name; a name of one's own as it is."""
    known = {
        "uniqueness": say("uniqueness ξ: share of records that carry the signal already"),
        "held": say("share H of records that carry the signal and hold the label"),
        "gap": say("gap Δ: mean lead of another label on those"),
        "opposing": say("u: share of records that carry the signal already and have another label"),
        "positivity": say(
            "positivity p: lowest share of the target label among records that are led alike"
        ),
        "outside": say("ρ: share of records that p does not hold for"),
        "excess": say(
            "excess V: by how much numbers of records that carry the mark lie too far off"
        ),
        "sensitivity": say(
            "sensitivity τ: how much of the label the map, made for these records, erases"
        ),
        "gradient": say("pull ‖g(θ*)‖ of everybody's records at the wanted model"),
        "neutralizing": say("strongest opposite pull of members' records"),
        "control": say("strongest pull C(α) towards the wanted model, all the way"),
        "convexity": say("strong convexity μ of the risk"),
        "smoothness": say("smoothness β of the risk"),
        "slope": say("slope ‖∇u‖ of the utility"),
        "pull": say("weakest opposite pull of members' records on the way"),
    }
    return known.get(name, name)


def guaranteed(comparison: Comparison) -> str:
    """Say what the theorem guarantees."""
    bound, mass = comparison.theory.bound, comparison.promised
    if bound is None or mass is None:
        return say("No theorem applies: {reason}.", reason=comparison.theory.refused["bound"])
    target, theorem = exact_percent(comparison.finding.target), comparison.theory.theorem
    if not mass.reached:
        return say(
            "{theorem} guarantees {target} for no collective here: {reason}.",
            theorem=theorem,
            target=target,
            reason=unreached(mass.reason),
        )
    values = {"theorem": theorem, "target": target, "size": _from(comparison, mass)}
    steers, sure = comparison.finding.steers, bound.confidence < 1
    if sure:
        values["sure"] = percent(bound.confidence)
    match steers, sure:
        case True, True:
            promise = say(
                "{theorem} guarantees {target} {size}, against a platform that minimises exactly "
                "this risk, if members know how everybody's records pull (with {sure} confidence, "
                "because its parameters are estimated).",
                **values,
            )
        case True, False:
            promise = say(
                "{theorem} guarantees {target} {size}, against a platform that minimises exactly "
                "this risk, if members know how everybody's records pull.",
                **values,
            )
        case False, True:
            promise = say(
                "{theorem} guarantees {target} {size}, against a platform whose model is the best "
                "possible one for the data it sees (with {sure} confidence, because its parameters "
                "are estimated).",
                **values,
            )
        case _:
            promise = say(
                "{theorem} guarantees {target} {size}, against a platform whose model is the best "
                "possible one for the data it sees.",
                **values,
            )
    return paragraph(
        promise, _mirrors(comparison, mass), form(comparison.theory), _by_slope(comparison)
    )


def _mirrors(comparison: Comparison, promised: CriticalMass) -> str:
    """Say for which group a theorem guarantees something; nothing where members stand by a plan."""
    if comparison.finding.steers or comparison.directed:
        return ""
    if not comparison.theory.people_masses:
        return say(
            "That is for a group that mirrors everybody exactly, in fractions of people; whole "
            "people may take more."
        )
    expected, _ = comparison.theory.people_masses
    if expected.reached and expected.alpha <= promised.alpha:
        return say("That is for a group that mirrors everybody exactly, in fractions of people.")
    return say(
        "That is for a group that mirrors everybody exactly, in fractions of people; whole people, "
        "drawn at random, need more here."
    )


def form(theory: Theory) -> str:
    """Say in which of its forms a theorem is used, and why; nothing where it has only one."""
    theorem = theory.bound.bound if theory.bound and theory.bound.holds else None
    match theorem:
        case FeatureLabelBound(opposing=float()) if theorem.opposed:
            return say(
                "Theorem 1 counts here how many records carry the signal already and have another "
                "label (u), because that promises more than all that carry it with their gap (ξ "
                "and Δ)."
            )
        case FeatureLabelBound(opposing=float()):
            return say(
                "Theorem 1 counts here how many records carry the signal already, with their gap "
                "(ξ and Δ), because that promises more than those that have another label (u)."
            )
        case FeatureOnlyBound(opposing=float(), positivity=p) if p > 0:
            return say(
                "Theorem 3 counts here how many records carry the signal already and have another "
                "label (u), and needs p only among records that the signal leads to one point."
            )
    return ""


def exactly(comparison: Comparison) -> str:
    """Say what the exact curves give: of whole people first, then in shares."""
    if comparison.theory.people_masses:
        return paragraph(
            _in_whole_people(comparison), _in_the_limit(comparison), _by_any(comparison)
        )
    if comparison.theory.exact is None:
        return say("There is no exact curve: {reason}.", reason=comparison.theory.refused["exact"])
    mass, first = comparison.theory.masses
    target, points = exact_percent(comparison.finding.target), comparison.theory.points
    if not mass.reached:
        return say(
            "On these very records the best possible model does not give {target}: {reason}.",
            target=target,
            reason=unreached(mass.reason),
        )
    values = {"target": target, "size": _from(comparison, mass)}
    if comparison.finding.steers:
        return say(
            "On these very records {target} is reached exactly {size}, if members are a "
            "cross-section of everybody, can be divided as shares can, and know how everybody's "
            "records pull.",
            **values,
        )
    lost = first.alpha < mass.alpha
    if lost:
        values["first"] = _from(comparison, first)
    sentences = [_reached_exactly(pools=comparison.pools, lost=lost, values=values)]
    if comparison.directed:
        sentences.insert(0, placed(comparison))
        sentences.append(
            say(
                "These are fractions of people; whole people usually take more. Counted in "
                "fractions, no strategy does with fewer."
            )
        )
    elif 0 < mass.alpha * comparison.finding.facts.population.size < points:
        sentences.append(
            say_count(
                "A real one of this size cannot be that: it misses the {n} kind of records, and "
                "needs more people.",
                "A real one of this size cannot be that: it misses many of the {n} kinds of "
                "records, and needs more people.",
                points,
            )
        )
    if "people" in comparison.theory.refused:
        reason = comparison.theory.refused["people"]
        sentences.append(say("There is no curve of whole people: {reason}.", reason=reason))
    return paragraph(*sentences, _by_any(comparison))


def by_any(theory: Theory, targets: Sequence[float]) -> str:
    """Say how many people any strategy needs for some targets; nothing where that is not known."""
    if theory.best is None:
        return ""
    each = []
    for target in targets:
        mass = theory.best.critical_mass(target)
        if mass.alpha > 0:  # not nan
            people = mass.people(theory.size)[0] or 0
            share = percent(people / theory.size)
            values = {"people": heads(people), "share": share, "target": exact_percent(target)}
            each.append(say("{people} ({share}) for {target}", **values))
    if not each:
        return ""
    return say("No strategy does with fewer than {each}.", each=listed(each))


def erased_already(erased: str, same: int, size: int) -> str:
    """Say how many records an erasing signal leaves as they are.

    Examples
    --------
    >>> erased_already("with sex set to “m”", 2, 3)
    'Erased: with sex set to “m”. That leaves 2 of 3 records (67%) as they are, and ... start.'
    """
    return say(
        "Erased: {erased}. That leaves {same} of {records} ({share}) as they are, and these count "
        "as a success from the start.",
        erased=erased,
        same=same,
        records=records(size),
        share=percent(same / size),
    )


def nobody_alike(lonely: int, size: int) -> str:
    """Say so where an erasing signal has nobody to compare most records with, or nothing.

    Examples
    --------
    >>> nobody_alike(3, 4)
    'Careful: with 3 of 4 records (75%) no other kind of record agrees in all that is ... columns.'
    >>> nobody_alike(2, 4)
    ''
    """
    if lonely <= size / 2:
        return ""
    return say(
        "Careful: with {lonely} of {records} ({share}) no other kind of record agrees in all that "
        "is not erased, so nothing is erased there, and these numbers say little of what is. Put "
        "numbers into steps, or name fewer columns.",
        lonely=lonely,
        records=records(size),
        share=percent(lonely / size),
    )


def enough_whole_people(people: Sequence[int | None], targets: Sequence[float], size: int) -> str:
    """Say how many whole people are enough who stand where the plan says; nothing if unknown.

    Examples
    --------
    >>> enough_whole_people([31, None], [0.9, 0.99], 10_000)
    'It takes at most 31 people (0.31%) for 90%, counted in ... who stand where the plan says.'
    """
    each = [
        say(
            "{people} ({share}) for {target}",
            people=heads(number),
            share=percent(number / size),
            target=exact_percent(target),
        )
        for number, target in zip(people, targets, strict=True)
        if number
    ]
    if not each:
        return ""
    return say(
        "It takes at most {each}, counted in whole people who stand where the plan says.",
        each=listed(each),
    )


def placed(comparison: Comparison) -> str:
    """Say how many whole people are enough who stand where the plan says; nothing if unknown."""
    mass, size = comparison.theory.placed_mass, comparison.finding.facts.population.size
    people = mass.people(size)[0] if mass else None
    if people is None:
        return ""
    return say(
        "On these very records, against the best possible model, {target} takes at most {people} "
        "({share}), counted in whole people who stand where the plan says.",
        target=exact_percent(comparison.finding.target),
        people=heads(people),
        share=percent(people / size),
    )


def _by_any(comparison: Comparison) -> str:
    """Say how many people any strategy needs; nothing where that is not known, or none."""
    mass = comparison.theory.best_mass
    if mass is None or not mass.reached or mass.alpha == 0:
        return ""
    size = comparison.finding.facts.population.size
    people = mass.people(size)[0] or 0
    return say(
        "No strategy does with fewer than {people} ({share}), if its members are a cross-section "
        "of everybody, whatever they put into their records. The kind targeted does with them if "
        "members can be divided as shares can.",
        people=heads(people),
        share=percent(people / size),
    )


def _in_whole_people(comparison: Comparison) -> str:
    """Say how many whole people it takes, drawn at random."""
    curve, (expected, sure) = comparison.theory.people, comparison.theory.people_masses
    size = comparison.finding.facts.population.size
    target = exact_percent(comparison.finding.target)
    known = ""
    if comparison.pools:
        known = say("Members are taken to know which label is most likely.")
    if not expected.reached:
        never = say(
            "On these very records the best possible model does not give {target}, however many "
            "people join: {reason}.",
            target=target,
            reason=unreached(expected.reason),
        )
        return paragraph(never, known)
    if expected.alpha == 0:
        return say(
            "On these very records the best possible model gives {target} without a collective.",
            target=target,
        )
    values = {
        "target": target,
        "people": heads(expected.people(size)[0] or 0),
        "surely": _surely(sure, size),
    }
    if curve is not None and curve.from_below:
        takes = say(
            "On these very records, against the best possible model, {target} takes about {people} "
            "at most (for whole people drawn at random; {surely}).",
            **values,
        )
    else:
        takes = say(
            "On these very records, against the best possible model, {target} takes about {people} "
            "(exact, for whole people drawn at random; {surely}).",
            **values,
        )
    return paragraph(takes, known)


def _surely(mass: CriticalMass, size: int) -> str:
    """Say how many it takes to be sure."""
    sure = percent(mass.confidence)
    if not mass.reached:
        return say("nobody can be {sure} sure of it, however many join", sure=sure)
    return say(
        "{people} to be sure with {sure} confidence", people=mass.people(size)[0] or 0, sure=sure
    )


def _in_the_limit(comparison: Comparison) -> str:
    """Say what the curve in shares gives, and what it is."""
    if not comparison.theory.masses:
        return ""
    mass, first = comparison.theory.masses
    if not mass.reached:
        return say(
            "In the limit of many people, when a collective is a cross-section of everybody, it is "
            "not reached: {reason}.",
            reason=unreached(mass.reason),
        )
    values = {"size": _from(comparison, mass)}
    if first.alpha < mass.alpha:
        return say(
            "In the limit of many people, when a collective is a cross-section of everybody, it is "
            "reached {size}; it is reached {first} already, but lost again in between.",
            first=_from(comparison, first),
            **values,
        )
    return say(
        "In the limit of many people, when a collective is a cross-section of everybody, it is "
        "reached {size}.",
        **values,
    )


def whole_people(curve: PeopleCurve) -> tuple[str, str]:
    """Return what columns are called: expected success of whole people, and what is sure."""
    expected = say("whole people, drawn at random")
    if curve.from_below:
        expected = say("whole people, drawn at random, at most")
    return expected, say("to be 95% sure")


def sure_before_the_mean(curve: PeopleCurve, targets: Sequence[float]) -> str:
    """Say why fewer people may be enough to be sure than on average; nothing where they are not."""
    for target in targets:
        mean, sure = curve.critical_mass(target), curve.floor_mass(target)
        if sure.reached and mean.alpha > sure.alpha:
            return say(
                "To be 95% sure may take fewer people than on average: the 5 in 100 collectives "
                "that fall far short count in the average alone."
            )
    return ""


def in_shares() -> str:
    """Say what the shares are that stand below whole people."""
    return say("In shares, for a group that mirrors everybody exactly, in fractions of people:")


def _reached_exactly(*, pools: bool, lost: bool, values: dict[str, str]) -> str:
    """Say from where on a target is reached exactly, and whether it is lost in between."""
    match pools, lost:
        case True, True:
            return say(
                "On these very records, against the best possible model, {target} is reached "
                "exactly {size}, if the collective is a cross-section of everybody and knows which "
                "label is most likely; it is reached {first} already, but lost again in between.",
                **values,
            )
        case True, False:
            return say(
                "On these very records, against the best possible model, {target} is reached "
                "exactly {size}, if the collective is a cross-section of everybody and knows which "
                "label is most likely.",
                **values,
            )
        case False, True:
            return say(
                "On these very records, against the best possible model, {target} is reached "
                "exactly {size}, if the collective is a cross-section of everybody; it is reached "
                "{first} already, but lost again in between.",
                **values,
            )
        case _:
            return say(
                "On these very records, against the best possible model, {target} is reached "
                "exactly {size}, if the collective is a cross-section of everybody.",
                **values,
            )


def weakest(comparison: Comparison) -> str:
    """Name the assumption that the theory rests on least safely, judged by the trials."""
    if comparison.theory.bound is None:
        return ""
    judged = _judged(comparison.judgement)
    if judged:
        return paragraph(_assumed(comparison), judged)
    estimate = comparison.theory.bound.weakest
    return say(
        "The weakest link is what is known of the {parameter}: {driver}.",
        parameter=symbol(estimate.name),
        driver=estimate.driver,
    )


def parameters(comparison: Comparison) -> list[tuple[str, str, str, str]]:
    """Tabulate the theorem's parameters: name, on these records, at worst, what decides it."""
    if comparison.theory.bound is None:
        return []
    return [
        (symbol(e.name), f"{e.value:.3g}", f"{e.limit:.3g}", e.driver)
        for e in comparison.theory.bound.estimates
    ]


def how_to_read(
    known: Sequence[Theory], confidence: float, *, certified: bool, others: bool = False
) -> list[str]:
    """Say what tables of theory take for granted, a sentence or two each.

    Parameters
    ----------
    known
        The theory of each strategy.
    confidence
        With which the limits of parameters hold.
    certified
        Whether an exact value is an interval, of what a firm cannot undo and what it can.
    others
        Whether it is not a firm that can undo it, but others of whom nothing is known.
    """
    sentences = []
    if confidence < 1 and not all(theory.steers for theory in known):
        sure = exact_percent(confidence)
        sentences.append(say("At worst: with {sure} confidence, for each strategy.", sure=sure))
    if any(theory.people for theory in known):
        sentences.append(
            say(
                "Whole people: so many, drawn at random, reach the success on average; to be 95% "
                "sure: at least 95 of 100 such collectives reach it. A person is a record: where a "
                "person has several, these are numbers of records. In shares: the group mirrors "
                "everybody exactly (a cross-section). Very many people come near that; a few miss "
                "kinds of records, and may need more people: act on whole people."
            )
        )
    elif any(theory.exact and not theory.steers for theory in known):
        sentences.append(
            say(
                "Exact values take the collective as a cross-section of the records, in fractions "
                "of people, and to know what is most likely. A small real one misses kinds of "
                "records, and then needs more people: run the study with the learner bayes-optimal "
                "to see."
            )
        )
    if any(theory.bound and not theory.steers for theory in known):
        guarantee = say(
            "Guaranteed: for all records with these parameters, and a group that mirrors everybody "
            "exactly."
        )
        exact = ""
        if any(theory.exact and not theory.steers for theory in known):
            exact = say("Exactly: for these very records. Any share: however small the group is.")
        sentences.append(paragraph(guarantee, exact))
    if any(theory.best for theory in known):
        sentences.append(
            say(
                "No strategy does with fewer: if its members are a cross-section of everybody, "
                "whatever they put into their records. The kind targeted does with them if members "
                "can be divided as shares can."
            )
        )
    if any(theory.steers for theory in known):
        sentences.append(
            say(
                "Success of steering is the share of the way, or of the gain; 100% is the wanted "
                "model itself. Members are taken for a cross-section who know how everybody's "
                "records pull: run the study to see what real ones reach."
            )
        )
    if others:
        sentences.append(
            say("“a to b”: with fewer than a, the others can undo it; from b on, they cannot.")
        )
    elif certified:
        sentences.append(
            say("“a to b”: with fewer than a, a firm can undo it; from b on, it cannot.")
        )
    return sentences


def _judged(judgement: Judgement) -> str:
    """Say what the trials make of a promise; nothing where there is none."""
    match judgement:
        case Judgement.NO_PROMISE:
            return ""
        case Judgement.TOO_FEW_TRIALS:
            return say("The trials do not tell enough to judge it.")
        case Judgement.NOT_TRIED:
            return say("The trials do not go as far as the number that is promised.")
        case Judgement.MORE_NEEDED:
            return say(
                "The model trained here needs more people than the theorem promises to be enough, "
                "so something that the theorem assumes is not so. Trust the trials."
            )
        case Judgement.FEWER_NEEDED:
            return say(
                "The model trained here needs fewer people than the theorem, which must hold for "
                "every population with these parameters."
            )
        case Judgement.AGREES:
            return say("The trials agree with what the theorem promises within their range.")


def _assumed(comparison: Comparison) -> str:
    """Say what the promise takes for granted least safely."""
    match comparison.assumption:
        case Assumption.KNOWN_PULLS:
            return say(
                "The weakest assumption is that members know how everybody's records pull; here "
                "they know it from their own, the better the more they are."
            )
        case Assumption.SAME_RECORDS:
            return say(
                "The weakest assumption is that the records here are those of everybody, and "
                "members a cross-section of them."
            )
        case Assumption.KNOWN_LABELS:
            return say(
                "The weakest assumption is that members know which label is most likely without "
                "what is erased; here they pool their records, and know it the better the more "
                "they are."
            )
        case Assumption.KNOWN_REPLACEMENT:
            return say(
                "The weakest assumption is that members know which other label is most likely; "
                "here they pool their records, and know it the better the more they are."
            )
        case Assumption.LIKE_RECORDS:
            return say(
                "The weakest assumption is that members’ records are like those that the model is "
                "asked for; here hardly any two are alike, and this model knows nothing of a "
                "record that it never saw."
            )
        case Assumption.CROSS_SECTION:
            return say_count(
                "The weakest assumption is that the collective is a cross-section of everybody: "
                "the theorem speaks of shares, and {people} need not have the {n} kind of records "
                "in proportion.",
                "The weakest assumption is that the collective is a cross-section of everybody: "
                "the theorem speaks of shares, and {people} need not have each of the {n} kinds of "
                "records in proportion.",
                comparison.theory.points,
                people=heads(math.ceil(comparison.people_promised)),
            )
        case Assumption.BEST_MODEL:
            return say(
                "The weakest assumption is that the model is the best possible one for the data it "
                "sees (ε = 0)."
            )


def _by_slope(comparison: Comparison) -> str:
    """Say what Proposition 9 guarantees; nothing where it does not apply."""
    proposition_9 = comparison.theory.proposition_9
    if proposition_9 is None:
        return ""
    mass = proposition_9.critical_mass(1.0)
    if not mass.reached:
        return ""
    return say(
        "Proposition 9, for members who aim along the utility's own slope, guarantees the whole "
        "gain {size}.",
        size=_from(comparison, mass),
    )


def _from(comparison: Comparison, mass: CriticalMass) -> str:
    """Say from which size on; goes where a number of people may stand."""
    if mass.alpha == 0:
        return say("for any collective, however small")
    size = comparison.finding.facts.population.size
    people = mass.people(size)[0] or 0
    return say("from {people} on ({share})", people=heads(people), share=percent(people / size))
