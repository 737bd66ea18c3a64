"""What speaks against a finding, in sentences: how sure it is, and for whom it holds."""

from __future__ import annotations

import math

from criticalmass.answers.finding import FEW, FEW_RECORDS, Finding, Narrowing, Status
from criticalmass.curves import CriticalMass
from criticalmass.fitting import FittedCurve
from criticalmass.messages import paragraph, say, say_count
from criticalmass.words.amounts import amount, distance
from criticalmass.words.numbers import exact_percent, heads, percent, probability, records
from criticalmass.words.outcome import outcome_without


def doubt(finding: Finding) -> str:
    """Say how sure the answer is, in a sentence or two; nothing where there is none."""
    if finding.mass is None or finding.status is Status.NOTHING_CHANGED:
        return ""
    return paragraph(
        *_range(finding, finding.mass),
        _single(finding),
        _acting(finding),
        _width(finding),
        *_never(finding, finding.mass),
        _without(finding, finding.mass),
        _few_trials(finding),
        _few_records(finding),
        _misfit(finding),
    )


def _range(finding: Finding, mass: CriticalMass) -> list[str]:
    """Say for whom the answer holds, and with which probability."""
    if not mass.reached or mass.alpha == 0:
        return []
    if finding.status is Status.UNSETTLED or finding.only_by_everybody:
        return []
    population, recruitable = finding.facts.population, finding.about.recruitable
    if finding.measure != finding.about.measures[0]:
        return [_holds(finding, mass)]
    sentences = [_holds_for(finding, mass)]
    size, tested = population.size, population.test_size
    if finding.facts.source and tested:
        values = {"size": size, "whole": size + tested}
        sentences.append(
            say_count(
                "The platform trains on these {size}; {n} of {whole} was held back to measure the "
                "model's quality.",
                "The platform trains on these {size}; {n} of {whole} were held back to measure "
                "the model's quality.",
                tested,
                **values,
            )
            if population.marked_size
            else say_count(
                "The platform trains on these {size}; {n} of {whole} was held back to measure "
                "success.",
                "The platform trains on these {size}; {n} of {whole} were held back to measure "
                "success.",
                tested,
                **values,
            )
        )
    if recruitable < 1:
        sentences.append(
            say(
                "That is {share} of the {people} who can be recruited.",
                share=percent(mass.alpha / recruitable),
                people=heads(round(recruitable * size)),
            )
        )
    return sentences


def _holds(finding: Finding, mass: CriticalMass) -> str:
    """Say with which probability the answer holds."""
    sure = percent(mass.confidence)
    if len(set(mass.people(finding.facts.population.size))) == 1:
        return say("The number holds with {sure} probability.", sure=sure)
    return say("The range holds with {sure} probability.", sure=sure)


def _holds_for(finding: Finding, mass: CriticalMass) -> str:
    """Say for which population the answer holds, and with which probability."""
    size, below = finding.facts.population.size, finding.status is Status.BELOW_TRIED
    sure, exactly = percent(mass.confidence), len(set(mass.people(size))) == 1
    if finding.facts.population.resampled:
        like = records(size)
        if below:
            return say("That holds for a typical population of {records} like these.", records=like)
        if exactly:
            return say(
                "The number holds with {sure} probability for a typical population of {records} "
                "like these.",
                sure=sure,
                records=like,
            )
        return say(
            "The range holds with {sure} probability for a typical population of {records} like "
            "these.",
            sure=sure,
            records=like,
        )
    these = records(size)
    if below:
        return say(
            "That holds for these {records}; others like them may need more people or fewer.",
            records=these,
        )
    if exactly:
        return say(
            "The number holds with {sure} probability for these {records}; others like them may "
            "need more people or fewer.",
            sure=sure,
            records=these,
        )
    return say(
        "The range holds with {sure} probability for these {records}; others like them may need "
        "more people or fewer.",
        sure=sure,
        records=these,
    )


def _single(finding: Finding) -> str:
    """Say how many people it takes for nine trainings in ten, rather than on average."""
    mass = finding.reliably
    if mass is None or finding.mass is None or not finding.mass.reached:
        return ""
    if finding.status is Status.UNSETTLED or finding.only_by_everybody:
        return ""
    people, low, high = mass.people(finding.facts.population.size)
    none_found = isinstance(finding.curve, FittedCurve) and mass.alpha == finding.curve.certain
    if people is None or low is None or none_found:
        return say(
            "A single training may give less: no number was found that is enough for nine in ten."
        )
    if low == people == high:
        return say(
            "A single training may give more or less than the average: nine in ten reach the "
            "target with about {people}.",
            people=heads(people),
        )
    if high is None:
        return say(
            "A single training may give more or less than the average: nine in ten reach the "
            "target with about {people} ({low} or more).",
            people=heads(people),
            low=low,
        )
    return say(
        "A single training may give more or less than the average: nine in ten reach the target "
        "with about {people} ({low} to {high}).",
        people=heads(people),
        low=low,
        high=high,
    )


def _acting(finding: Finding) -> str:
    """Tell people who act from people who join, where many have nothing to change."""
    mass, size = finding.mass, finding.facts.population.size
    if mass is None or not mass.alpha > 0 or finding.acting > 0.95 or finding.steers:
        return ""
    people = mass.people(size)[0] or 0
    return say_count(
        "{share} of those who join have something to change: of {people}, about {n} acts.",
        "{share} of those who join have something to change: of {people}, about {n} act.",
        round(people * finding.acting),
        share=percent(finding.acting),
        people=heads(people),
    )


def _width(finding: Finding) -> str:
    """Say so where adaptive placement ended before the range was as narrow as asked for."""
    narrowing = finding.narrowing
    if narrowing is None:
        return ""
    asked = exact_percent(finding.facts.placement["precision"])
    match narrowing:
        case Narrowing.LARGER_COLLECTIVES:
            return say(
                "The range is wider than the ±{asked} that were asked for: larger collectives "
                "(placement.high) would narrow it.",
                asked=asked,
            )
        case Narrowing.SMALLER_COLLECTIVES:
            return say(
                "The range is wider than the ±{asked} that were asked for: smaller collectives "
                "(placement.low) would narrow it.",
                asked=asked,
            )
        case Narrowing.TEST_RECORDS:
            return _by_test_records(finding, asked)
        case Narrowing.POPULATIONS:
            return say(
                "The range is wider than the ±{asked} that were asked for: populations like this "
                "one differ by about that much.",
                asked=asked,
            )
        case Narrowing.MORE_TRIALS:
            return say(
                "The range is wider than the ±{asked} that were asked for: more trials would "
                "narrow it; if the study was stopped, the same command goes on.",
                asked=asked,
            )
        case Narrowing.MORE_ALLOWED:
            return say(
                "The range is wider than the ±{asked} that were asked for: more trials "
                "(placement.most) would narrow it.",
                asked=asked,
            )


def _by_test_records(finding: Finding, asked: str) -> str:
    """Say what so few test records leave open."""
    population = finding.facts.population
    tested = population.marked_size or population.test_size
    if math.isinf(finding.attainable):
        return say_count(
            "The range is wider than the ±{asked} that were asked for: {n} test record cannot "
            "tell how many are enough, whatever the trials; more test records would narrow it.",
            "The range is wider than the ±{asked} that were asked for: {n} test records cannot "
            "tell how many are enough, whatever the trials; more test records would narrow it.",
            tested,
            asked=asked,
        )
    if finding.attainable <= finding.facts.placement["precision"]:
        return say_count(
            "The range is wider than the ±{asked} that were asked for: the trials tell enough, "
            "and {n} test record leaves the rest, whatever the trials; more test records would "
            "narrow it.",
            "The range is wider than the ±{asked} that were asked for: the trials tell enough, "
            "and {n} test records leave the rest, whatever the trials; more test records would "
            "narrow it.",
            tested,
            asked=asked,
        )
    return say_count(
        "The range is wider than the ±{asked} that were asked for: {n} test record leaves about "
        "±{left}, whatever the trials; more test records would narrow it.",
        "The range is wider than the ±{asked} that were asked for: {n} test records leave about "
        "±{left}, whatever the trials; more test records would narrow it.",
        tested,
        asked=asked,
        left=percent(finding.attainable),
    )


def _never(finding: Finding, mass: CriticalMass) -> list[str]:
    """Say how probable it is that no collective gets there."""
    never = mass.never
    if finding.status is Status.UNSETTLED:
        return []
    if never > 0 and finding.steers:
        return [
            say(
                "{share} of the repetitions did not get there with the largest collective tried.",
                share=percent(never),
            )
        ]
    if not never >= 0.005:
        return []
    sentences = [
        say(
            "Probability that no collective that could be recruited gets there, if the curve goes "
            "on as fitted: {probability}.",
            probability=probability(never),
        )
    ]
    if finding.still_rising:
        sentences.append(say("That is a guess: success still rises where the trials end."))
        if high := finding.facts.placement.get("high"):
            sentences.append(say("They end at placement.high = {high}.", high=exact_percent(high)))
    return sentences


def _without(finding: Finding, mass: CriticalMass) -> str:
    """Say what the model does without a collective."""
    if finding.floor is None or mass.alpha == 0 or finding.steers:
        return ""
    model = outcome_without(finding, amount(finding, finding.floor))
    share = finding.about.label_share
    told = finding.measure_facts.is_real or finding.measure_facts.words.among
    if share is None or finding.facts.population.marked_size or told:
        return say("Without a collective the model {outcome}.", outcome=model)
    return say(
        "Without a collective the model {outcome}; {share} of them really hold that label.",
        outcome=model,
        share=percent(share),
    )


def _few_trials(finding: Finding) -> str:
    if finding.trials >= FEW:
        return ""
    return say_count(
        "That is from {n} trial only: more would say more.",
        "That is from {n} trials only: more would say more.",
        finding.trials,
    )


def _few_records(finding: Finding) -> str:
    """Say so where success is measured on hardly any records, which no trial makes up for."""
    population = finding.facts.population
    records = population.marked_size or population.test_size
    if finding.steers or not 0 < records < FEW_RECORDS:
        return ""
    return say_count(
        "Success is measured on {n} test record only, so it says little of others.",
        "Success is measured on {n} test records only, so it says little of others.",
        records,
    )


def _misfit(finding: Finding) -> str:
    """Say so where success lies off the curve near the critical mass."""
    if finding.misfit is None:
        return ""
    share, off = finding.misfit
    values = {
        "people": heads(round(share * finding.facts.population.size)),
        "distance": distance(finding, off),
    }
    if (off > 0) != finding.measure_facts.lower_is_better:
        return say(
            "The curve does not fit everywhere: with {people} success lies {distance} above it. "
            "Near there, trust the dots rather than the line.",
            **values,
        )
    return say(
        "The curve does not fit everywhere: with {people} success lies {distance} below it. Near "
        "there, trust the dots rather than the line.",
        **values,
    )
