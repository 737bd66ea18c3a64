"""The planner's sentences: open ones, which the page fills itself, and how they are filled.

The page opens with sentences that are filled here, and fills them anew whenever somebody moves a
number; ``planner.js`` chooses among them as `told` does.
"""

from __future__ import annotations

import math

from criticalmass.answers.finding import Finding
from criticalmass.answers.growth import FAR, Growth
from criticalmass.answers.planning import (
    NEARLY,
    Kinds,
    People,
    Scenario,
    Source,
    Theorem,
    Trials,
    between,
)
from criticalmass.messages import paragraph, say, say_count
from criticalmass.words.numbers import exact_percent, number, percent, probability
from criticalmass.words.outcome import members_do, outcome

_OPEN = {
    name: f"{{{name}}}"
    for name in (
        "n", "population", "slip", "target", "low", "high", "most", "people", "size", "heads",
        "share", "others", "cost", "gain", "threshold", "sure", "possible", "strategy", "study",
        "tried", "field", "lowest", "highest", "value", "name", "first", "second", "answer",
        "last", "factor", "measured",
    )
}  # fmt: skip
"""Placeholders that stay open."""

Forms = tuple[str, str]
"""A sentence about one of a thing, and about several."""


def sentences() -> dict[str, Forms]:
    """Return every sentence that depends on what is moved, with its placeholders open.

    Examples
    --------
    >>> sentences()["exactly"][0]
    'In a population of {population}, if {slip} of us forget, {n} of us is enough for {target}.'
    """
    one, several = _open(1), _open(2)
    return {name: (text, several[name]) for name, text in one.items()}


def labels() -> dict[str, str]:
    """Return what each number that can be moved is called."""
    return {
        "population": say("People in the population"),
        "slip": say("Share of us who forget"),
        "target": say("Success that we want"),
        "others": say("More who must act because others act against us (below 0: who help)"),
        "cost": say("What joining costs, where full success is worth 1"),
        "free_ride": say("What those who do not join have of the success"),
        "kept": say("Promises kept so far"),
        "broken": say("Promises broken so far"),
        "sure": say("Probability that the promises are enough"),
        "carriers": say("People who carry the mark already, at most"),
        "gap": say("Lead of another label among them (1 if you do not know)"),
        "kinds": say("Kinds of records"),
    }


def names(source: Source) -> str:
    """Return what a source of numbers is called."""
    if isinstance(source, Theorem):
        return say("Theorem 1: few carry the mark already")
    if isinstance(source, Kinds):
        return say("A platform that learns each kind of record by itself")
    assert isinstance(source, Trials)
    return say("The study’s trials of “{strategy}”", strategy=source.strategy)


def explained() -> list[tuple[str, str]]:
    """Return the page's words, and what they mean."""
    return [
        (
            say("us"),
            say(
                "People who act together: each puts the same mark into their own record, or "
                "changes a label, and a platform learns from everybody’s records."
            ),
        ),
        (
            say("enough for 90%"),
            say(
                "With so many of us success is 90%: where we plant a mark, the platform’s model "
                "does what we want for nine in ten records that carry it. The smallest such "
                "number is the critical mass."
            ),
        ),
        (
            say("forget"),
            say(
                "Some join and do nothing. If one in ten forgets, ten must join for nine to act. "
                "They must forget by chance, and not because of what is in their records."
            ),
        ),
        (
            say("(110 to 160)"),
            say(
                "The range that holds the number with 95% probability, if the trials of the study "
                "are like the platform. A theorem has no range: it is a guarantee."
            ),
        ),
        (
            say("others"),
            say(
                "People beside us who act, too. If they want another label, so many more of us "
                "must act to make up for them. The page does not know how many: you say it."
            ),
        ),
        (
            say("joining pays"),
            say(
                "Whoever joins gains the success less what it costs. Whoever does not has part of "
                "the success for nothing. Joining pays once the success is above the cost, "
                "divided by the part that only those have who join."
            ),
        ),
        (
            say("promise"),
            say(
                "Not everybody acts who promises to. Before anything is known, three in four are "
                "taken to act, more or less; every promise that was kept or broken says more. "
                "Whoever breaks a promise is counted there, so nobody else is taken to forget."
            ),
        ),
        (
            say("kinds of records"),
            say(
                "Records that are alike for the platform. A platform that only looks up what it "
                "has seen learns the mark for a kind once one of us is of that kind."
            ),
        ),
    ]


def meaning(finding: Finding) -> str:
    """Say what those who act do in a study, and what its success means."""
    target = exact_percent(finding.target)
    return say(
        "Those who act {do}. A success of {target} means that the trained model {outcome}, on "
        "average over trainings.",
        do=members_do(finding),
        target=target,
        outcome=outcome(finding, target),
    )


def begins(source: Trials) -> str:
    """Say below which success the trials of a strategy give no number, and why."""
    return say(
        "How many people “{strategy}” takes for less than {lowest}: with nobody success may be as "
        "high already.",
        strategy=source.strategy,
        lowest=exact_percent(source.lowest),
    )


def unknown(*, of_study: bool, with_law: bool = False, without_law: bool = True) -> list[str]:
    """Return what the page does not know.

    Parameters
    ----------
    of_study
        Whether it has a study's trials.
    with_law, without_law
        Whether there are strategies of it that were tried in several sizes, and others.
    """
    found = [
        say(
            "What your platform trains. A study trains a model that somebody guessed; a theorem "
            "speaks of the best possible one."
        ),
        say("Whether the platform looks for marked records and throws them out."),
        say(
            "Who joins. All numbers take us as drawn at random from everybody; friends of one "
            "another are more alike than that."
        ),
        say(
            "Whether it worked. After acting, look at marked records: criticalmass monitor says "
            "what they tell."
        ),
    ]
    if of_study:
        larger = [
            say(
                "Whether a larger population takes more people. Until it was tried in several "
                "sizes, the page says both: as many people, and the same share of them."
            )
        ] * without_law
        larger += [
            say(
                "Whether a larger platform trains in the same way. What several sizes say of "
                "another population takes that for granted."
            )
        ] * with_law
        return [
            *found,
            *larger,
            say(
                "How well the trials fit between the successes at which they were read, which are "
                "whole percents. Between two of these the page draws a straight line, in "
                "logarithms."
            ),
        ]
    return [
        *found,
        say(
            "Anything about your records. With a study of them, criticalmass planner FOLDER puts "
            "its trials onto this page."
        ),
    ]


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


def _open(n: int) -> dict[str, str]:
    """Return all sentences about so many, with their placeholders open."""
    return {
        **_open_answers(n),
        **_open_grounds(n),
        **_open_of_law(),
        **_open_decisions(n),
        **_open_of_page(n),
    }


def _open_answers(n: int) -> dict[str, str]:
    """Return the sentences that answer; on the page what can be moved stands in them."""
    return {
        "about": say_count(
            "In a population of {population}, if {slip} of us forget, about {n} of us ({low} to "
            "{high}) is enough for {target}.",
            "In a population of {population}, if {slip} of us forget, about {n} of us ({low} to "
            "{high}) are enough for {target}.",
            n,
            **_OPEN,
        ),
        "about_open": say_count(
            "In a population of {population}, if {slip} of us forget, about {n} of us ({low} or "
            "more) is enough for {target}.",
            "In a population of {population}, if {slip} of us forget, about {n} of us ({low} or "
            "more) are enough for {target}.",
            n,
            **_OPEN,
        ),
        "exactly": say_count(
            "In a population of {population}, if {slip} of us forget, {n} of us is enough for "
            "{target}.",
            "In a population of {population}, if {slip} of us forget, {n} of us are enough for "
            "{target}.",
            n,
            **_OPEN,
        ),
        "two": say(
            "In a population of {population}, if {slip} of us forget, {first} of us are enough for "
            "{target} if it takes as many as in the study, and {second} if it takes the same "
            "share.",
            **_OPEN,
        ),
        "at_least": say(
            "In a population of {population}, if {slip} of us forget, it takes {first} of us or "
            "more for {target}.",
            **_OPEN,
        ),
        "nobody": say(
            "In a population of {population}, if {slip} of us forget, nobody has to act for "
            "{target}.",
            **_OPEN,
        ),
        "never": say(
            "In a population of {population}, if {slip} of us forget, no number of us is known to "
            "be enough for {target}.",
            **_OPEN,
        ),
        "span": say("{people} ({low} to {high})", **_OPEN),
        "span_open": say("{people} ({low} or more)", **_OPEN),
        "span_never": say("no known number"),
        "hardly": probability(0.0),
        "nearly": probability(1.0),
    }


def _open_grounds(n: int) -> dict[str, str]:
    """Return the sentences that say what an answer rests on."""
    return {
        "theorem": say(
            "Theorem 1 guarantees it, and fewer may be enough, if at most {low} in {population} "
            "carry the mark already, we are a cross-section of everybody, and the platform trains "
            "the best possible model.",
            **_OPEN,
        ),
        "theorem_kinds": say_count(
            "If we come by chance, and the platform learns every kind of record by itself, it is "
            "harder: with {n} kind it takes {people} of us.",
            "If we come by chance, and the platform learns every kind of record by itself, it is "
            "harder: with {n} kinds it takes {people} of us.",
            n,
            **_OPEN,
        ),
        "kinds": say_count(
            "It is exact, as a mean over who joins: nobody carries the mark already, and the "
            "platform learns {n} kind of record, which is won once one of us is of it.",
            "It is exact, as a mean over who joins: nobody carries the mark already, and the "
            "platform learns each of {n} kinds of record by itself, which is won once one of us "
            "is of it.",
            n,
            **_OPEN,
        ),
        "trials": say(
            "It comes from the trials of “{strategy}” in the study “{study}”, in a population of "
            "{size}.",
            **_OPEN,
        ),
        "readings": say(
            "The study has {size}, so there are two readings: {heads} if as many are enough in "
            "{population}, {share} if the same share is. The study does not say which; what "
            "follows takes the one that needs more.",
            **_OPEN,
        ),
        "fewer_carriers": say(
            "Among {population} there cannot be {value} who carry the mark already, so {people} "
            "is taken.",
            **_OPEN,
        ),
        "fewer_kinds": say(
            "Among {population} there cannot be {value} kinds of records, so {people} is taken.",
            **_OPEN,
        ),
        "slipped": say(
            "In the study {slip} of those who join do nothing already. Say above only how many "
            "more forget.",
            **_OPEN,
        ),
        "guess": say(
            "That is more than the {tried} that the study tried, so it is a guess.", **_OPEN
        ),
        "against": say("{others} more have to act because others act against us.", **_OPEN),
        "helped": say("{others} fewer have to act because others act for the same.", **_OPEN),
    }


def _open_of_law() -> dict[str, str]:
    """Return the sentences about populations of other sizes, where several were tried."""
    return {
        "law_HEADS": say(
            "It was tried in several sizes, {first} to {last}: it is a number of people, which "
            "hardly grows with the population. The range holds if it goes on by one of two simple "
            "laws.",
            **_OPEN,
        ),
        "law_SHARE": say(
            "It was tried in several sizes, {first} to {last}: it is a share, which grows nearly "
            "as the population does. The range holds if it goes on by one of two simple laws.",
            **_OPEN,
        ),
        "law_BETWEEN": say(
            "It was tried in several sizes, {first} to {last}: it grows with the population, and "
            "slower than the population does. The range holds if it goes on by one of two simple "
            "laws.",
            **_OPEN,
        ),
        "law_NOT_SETTLED": say(
            "It was tried in several sizes, {first} to {last}, and these do not settle whether it "
            "is a number of people or a share of them. The range holds if it goes on by one of "
            "two simple laws.",
            **_OPEN,
        ),
        "law_far": say(
            "The population is {factor} times as large as all that was tried, so this rests on "
            "the laws more than on trials.",
            **_OPEN,
        ),
        "law_target": say(
            "The law was measured for {measured}; for another success the study’s own curve is "
            "taken to move alike.",
            **_OPEN,
        ),
        "law_guess": say(
            "In the study itself this success takes more than the {tried} that it tried, so this "
            "is a guess.",
            **_OPEN,
        ),
        "law_below": say(
            "The smallest size that was tried is {first}, so no law speaks of {population}.",
            **_OPEN,
        ),
    }


def _open_decisions(n: int) -> dict[str, str]:
    """Return the sentences about joining and about promises."""
    return {
        "pays": say(
            "With fewer than {people} of us nobody gains by joining at a cost of {cost}, where "
            "full success is worth 1; from there on joining pays.",
            **_OPEN,
        ),
        "pays_below": say(
            "Joining pays where success is above {threshold}. The trials do not say from how many "
            "of us on; {people} are enough.",
            **_OPEN,
        ),
        "pays_first": say("Joining pays from the first of us on.", **_OPEN),
        "pays_unknown": say(
            "Joining pays where success is above {threshold}, and no number of us is known to be "
            "enough for that.",
            **_OPEN,
        ),
        "pays_never": say(
            "Joining pays for nobody: it costs {cost}, and the most that somebody gains by it is "
            "{gain}.",
            **_OPEN,
        ),
        "pays_later": say(
            "Joining pays only where success is above {threshold}. You want {target}: aim higher.",
            **_OPEN,
        ),
        "pledge": say_count(
            "Ask {n} person to promise: enough of them then act with {sure} probability.",
            "Ask {n} people to promise: enough of them then act with {sure} probability.",
            n,
            **_OPEN,
        ),
        "kept_unknown": say(
            "Not everybody who promises acts: about {share} do, more or less, as long as nothing "
            "is known of yours.",
            **_OPEN,
        ),
        "kept_known": say(
            "Not everybody who promises acts: about {share} do, by what is known of yours ({first} "
            "kept, {second} broken).",
            **_OPEN,
        ),
        "over_range": say("The number of promises allows for the whole range."),
        "pledge_nobody": say("Nobody has to promise anything."),
        "pledge_never": say(
            "No number of promises is enough with {sure} probability. If all {most} promise who "
            "could, it is {possible}.",
            **_OPEN,
        ),
    }


def _open_of_page(n: int) -> dict[str, str]:
    """Return what else the page says while it is used."""
    return {
        "compared": say("First: {first} Second: {second}", **_OPEN),
        "bad_number": say(
            "{field} lies between {lowest} and {highest}; it stays as it was.", **_OPEN
        ),
        "bad_target": say(
            "For less than {lowest} these trials say no number: with nobody success may be as "
            "high already.",
            **_OPEN,
        ),
        "raised": say("So {lowest} is taken.", **_OPEN),
        "link_name": say("The link says {value}, which this page does not know.", **_OPEN),
        "link_value": say(
            "The link says {value}, which this page does not understand; {answer} is taken.",
            **_OPEN,
        ),
        "link_range": say(
            "The link says {value}. {field} lies between {lowest} and {highest}; {answer} is "
            "taken.",
            **_OPEN,
        ),
        "link_twice": say(
            "The link says {value} more than once; the last, {answer}, is taken.", **_OPEN
        ),
        "link_more": say_count(
            "The link says {n} more thing that is not taken.",
            "The link says {n} more things that are not taken.",
            n,
            **_OPEN,
        ),
        "picture": say("Success against the number of us who join. {answer}", **_OPEN),
        "shows": say("From left to right more people join; the line says what success they have."),
        "shows_band": say("The pale band is where the line may be."),
        "shows_dot": say("The dot is where it reaches what we want."),
        "shows_bar": say("The bar at the bottom is the range of that number."),
        "shows_dashed": say(
            "Dashed: the same share of another population instead of as many people."
        ),
        "wanted": say("wanted: {target}", **_OPEN),
        "across": say("people who join"),
        "up": say("success"),
        "same": say("{name}", **_OPEN),
        "heads": say("{name}: as many people as in the study", **_OPEN),
        "share": say("{name}: the same share as in the study", **_OPEN),
        "law": say("{name}: by the law of several sizes", **_OPEN),
        "second": say("second: {name}", **_OPEN),
    }


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
        return [
            _filled(forms["theorem"], low=f"{scenario.carrying:,}", population=population),
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
    most = f"{scenario.population:,}"
    return [_filled(forms[name], population=most, value=f"{value:,}", people=most)]


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
