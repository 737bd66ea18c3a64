"""The planner's answer in sentences, and what it rests on.

The page opens with sentences that are filled here, and fills them anew whenever somebody moves a
number; ``planner/sentences.js`` chooses among them as `told` does.
"""

from __future__ import annotations

import math

from criticalmass.answers.growth import FAR, Growth
from criticalmass.answers.planning import Kinds, People, Source, Theorem
from criticalmass.answers.scenario import NEARLY, Scenario
from criticalmass.answers.study_trials import Trials, between
from criticalmass.messages import paragraph
from criticalmass.words.numbers import exact_percent, number, percent, probability
from criticalmass.words.planning_sentences import Forms, sentences


def told(source: Source, scenario: Scenario) -> list[str]:
    """Return the sentence that answers, and those that say what it rests on and what follows.

    Examples
    --------
    >>> told(Theorem(), Scenario())[0]
    'In a population of 20,000, if 10% of us forget, 34 of us are enough for 90%.'
    """
    forms = sentences()
    people = source.people(scenario, scenario.target)
    return [
        _answer(forms, people, scenario),
        *_rests_on(forms, source, scenario, people),
        *_beside(forms, scenario),
        *_pays(forms, source, scenario),
        _promised(forms, source, scenario),
    ]


def _answer(forms: dict[str, Forms], people: list[People], scenario: Scenario) -> str:
    """Return the sentence that answers."""
    given = {
        "population": f"{scenario.population:,}",
        "slip": exact_percent(scenario.slip),
        "target": exact_percent(scenario.target),
    }
    known = [each.middle for each in people if each.middle is not None]
    if not known:
        return _filled(forms["never"], **given)
    fewest, most = min(known), max(known)
    if len(known) < len(people):
        return _filled(forms["at_least"], first=f"{fewest:,}", **given)
    if most == 0:
        return _filled(forms["nobody"], **given)
    if fewest < most:
        return _filled(forms["two"], first=f"{fewest:,}", second=f"{most:,}", **given)
    lows = [each.low for each in people if each.low is not None]
    highs = [each.high for each in people if each.high is not None]
    low, high = f"{min(lows):,}", f"{max(highs, default=0):,}"
    if len(highs) < len(people):
        return _filled(forms["about_open"], most, low=low, **given)
    if max(highs) == most and min(lows) in (0, most):
        return _filled(forms["exactly"], most, **given)
    return _filled(forms["about"], most, low=low, high=high, **given)


def _rests_on(
    forms: dict[str, Forms], source: Source, scenario: Scenario, people: list[People]
) -> list[str]:
    """Return what the answer rests on."""
    population = f"{scenario.population:,}"
    if isinstance(source, Theorem):
        (found,) = Kinds().people(scenario, scenario.target)
        name = "theorem_never" if people[0].middle is None else "theorem"
        return [
            _filled(forms[name], low=f"{scenario.carrying:,}", population=population),
            *_fewer(forms, "fewer_carriers", scenario.carriers, scenario),
            _filled(forms["theorem_kinds"], scenario.different, people=_span(forms, found)),
            *_fewer(forms, "fewer_kinds", scenario.kinds, scenario),
        ]
    if isinstance(source, Kinds):
        return [
            _filled(forms["kinds"], scenario.different),
            *_fewer(forms, "fewer_kinds", scenario.kinds, scenario),
        ]
    assert isinstance(source, Trials)
    size = f"{source.size:,}"
    rests = [_filled(forms["trials"], strategy=source.strategy, study=source.study, size=size)]
    if len(people) == 2 and any(each.middle is not None for each in people):
        heads, share = (_span(forms, each) for each in people)
        rests.append(
            _filled(forms["readings"], size=size, population=population, heads=heads, share=share)
        )
    if source.growth is not None:
        rests += _by_law(forms, source, source.growth, scenario)
    if source.inactive:
        rests.append(_filled(forms["slipped"], slip=exact_percent(source.inactive)))
    middle = between(source.targets, source.masses, scenario.target)[1] * source.size
    tried = round(source.tried * source.size)
    if math.isfinite(middle) and math.ceil(middle - NEARLY) > tried:
        name = "guess" if source.law(scenario) is None else "law_guess"
        rests.append(_filled(forms[name], tried=f"{tried:,}"))
    return rests


def _fewer(forms: dict[str, Forms], name: str, value: int, scenario: Scenario) -> list[str]:
    """Return what is taken in place of a number that is larger than the population."""
    if value <= scenario.population:
        return []
    return [_filled(forms[name], value=f"{value:,}", people=f"{scenario.population:,}")]


def _by_law(
    forms: dict[str, Forms], source: Trials, growth: Growth, scenario: Scenario
) -> list[str]:
    """Return what several sizes say of a population that is not the study's."""
    first, last, population = growth.measured[0], growth.measured[-1], scenario.population
    if source.law(scenario) is None:
        if population >= first:
            return []
        return [_filled(forms["law_below"], first=f"{first:,}", population=f"{population:,}")]
    said = [_filled(forms[f"law_{growth.verdict}"], first=f"{first:,}", last=f"{last:,}")]
    if population > FAR * last:
        said.append(_filled(forms["law_far"], factor=f"{population // last:,}"))
    if abs(scenario.target - source.target) > NEARLY:
        said.append(_filled(forms["law_target"], measured=exact_percent(source.target)))
    return said


def _beside(forms: dict[str, Forms], scenario: Scenario) -> list[str]:
    """Return what others who act cost or save."""
    if not scenario.others:
        return []
    name = "against" if scenario.others > 0 else "helped"
    return [_filled(forms[name], others=f"{abs(scenario.others):,}")]


def _pays(forms: dict[str, Forms], source: Source, scenario: Scenario) -> list[str]:
    """Return from which number on joining pays, if it costs something."""
    threshold = scenario.threshold
    if not threshold:
        return []
    cost = number(scenario.cost)
    if threshold >= 1:
        gain = number(round(1 - scenario.free_ride, 9))
        return [_filled(forms["pays_never"], cost=cost, gain=gain)]
    found = source.people(scenario, max(threshold, source.lowest))
    most = max(found, key=lambda each: math.inf if each.middle is None else each.middle)
    if most.middle is None:
        told = _filled(forms["pays_unknown"], threshold=percent(threshold))
    elif most.middle <= 1:
        told = _filled(forms["pays_first"])
    elif threshold < source.lowest - NEARLY:
        people = _span(forms, most)
        told = _filled(forms["pays_below"], threshold=percent(threshold), people=people)
    else:
        told = _filled(forms["pays"], people=_span(forms, most), cost=cost)
    if scenario.target > threshold:
        return [told]
    target = exact_percent(scenario.target)
    return [told, _filled(forms["pays_later"], threshold=percent(threshold), target=target)]


def _promised(forms: dict[str, Forms], source: Source, scenario: Scenario) -> str:
    """Return how many to ask for a promise, and why it takes so many."""
    pledge = source.pledge(scenario)
    asked, sure = pledge.number, exact_percent(scenario.sure)
    if asked == 0:
        return _filled(forms["pledge_nobody"])
    known = scenario.kept or scenario.broken
    reason = _filled(
        forms["kept_known" if known else "kept_unknown"],
        share=percent(pledge.follow.mean),
        first=f"{scenario.kept:,}",
        second=f"{scenario.broken:,}",
    )
    if asked is None:
        most, possible = f"{pledge.most:,}", probability(pledge.possible)
        never = _filled(forms["pledge_never"], sure=sure, most=most, possible=possible)
        return paragraph(never, reason)
    enough = _filled(forms["pledge"], asked, sure=sure)
    spread = _filled(forms["over_range"]) if isinstance(source, Trials) else ""
    return paragraph(enough, reason, spread)


def _span(forms: dict[str, Forms], people: People) -> str:
    """Return a number with its range."""
    if people.middle is None:
        return _filled(forms["span_never"])
    middle, low = f"{people.middle:,}", f"{people.low or 0:,}"
    if people.high is None:
        return _filled(forms["span_open"], people=middle, low=low)
    if people.high == people.middle and people.low in (0, people.middle):
        return middle
    return _filled(forms["span"], people=middle, low=low, high=f"{people.high:,}")


def _filled(forms: Forms, n: int = 2, /, **values: str) -> str:
    """Return a sentence about so many with its placeholders filled."""
    return forms[n != 1].format_map({"n": f"{n:,}", **values})
