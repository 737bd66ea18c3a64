"""Joining in sentences: whether it pays, and what it takes."""

from __future__ import annotations

import math

from criticalmass.answers.joining import Paying
from criticalmass.messages import capitalised, paragraph, say, say_count
from criticalmass.words.numbers import heads, probability
from criticalmass.words.unreached import unreached


def sentences(paying: Paying, members: int | None = None) -> list[str]:
    """Say whether joining pays, and what it takes; for so many members, where they stand."""
    return _alike(paying, members) if paying.alike else _differing(paying, members)


def caption(paying: Paying) -> str:
    """Say what the figure shows, to somebody who has never seen one."""
    if paying.alike:
        return say(
            "Blue: what one more person gains by joining, with so many in it already. Orange "
            "line: what joining costs them. Where blue is below orange nobody joins by "
            "themselves; the orange area is what somebody has to make up for until then. From "
            "where they cross, joining pays."
        )
    below = say(
        "Read it from below: with so many in (across), so many want to be in (up). Where the "
        "blue line is above the grey diagonal more want in than are, and the collective grows; "
        "below it, it shrinks. Filled dots: it rests there."
    )
    if all(rest.stable for rest in paying.dynamics.equilibria()):
        return below
    tips = say(
        "Hollow dot: it tips, from there on it grows by itself. Orange stairs: how it grows from a "
        "small group that begins, round by round."
    )
    return paragraph(below, tips)


def _anyway() -> str:
    """Say that gains without a collective are counted, too."""
    return say(
        "(As in the paper's formula, what the model does without any collective counts as a gain "
        "from joining, too.)"
    )


def _alike(paying: Paying, members: int | None) -> list[str]:
    """Say from which size on joining pays people who are alike."""
    mass = paying.mass
    if not mass.reached:
        return [
            say(
                "Joining does not pay at any size that can be relied on: {reason}.",
                reason=unreached(mass.reason),
            )
        ]
    if mass.alpha == 0:
        return [paragraph(say("Joining pays from the first member on."), _anyway())]
    people, low, high = mass.people(paying.size)
    assert people is not None
    cost = f"{paying.incentives.cost:g}"
    found = [
        say(
            "Joining pays {size}: with so many in it, whoever joins gains more by it than the "
            "{cost} that it costs (full success is worth 1 to a person), and the collective "
            "sustains itself.",
            size=_from(people, low, high),
            cost=cost,
        )
    ]
    if mass.alpha > paying.tried:
        found.append(say("That is more than were tried, so a guess."))
    found += _lacking(paying, people)
    if members:
        found.append(
            say(
                "With {people} it sustains itself with {sure} probability.",
                people=heads(members),
                sure=probability(paying.sustains(members)),
            )
        )
    return found


def _lacking(paying: Paying, people: int) -> list[str]:
    """Say what somebody has to make up for until joining pays; nothing where nobody can."""
    value, least, most = paying.investment.total(paying.size)
    if not math.isfinite(value):
        return []
    values = {"value": f"{value:.3g}", "least": f"{least:.3g}", "each": f"{value / people:.2g}"}
    up_to = f"{most:.3g}"
    if not math.isfinite(most):
        return [
            say(
                "Until then somebody has to make up for what is lacking: in all at most {value} "
                "({least} up) times what full success is worth to a person, {each} for each who "
                "joins.",
                **values,
            )
        ]
    return [
        say(
            "Until then somebody has to make up for what is lacking: in all at most {value} "
            "({least} to {most}) times what full success is worth to a person, {each} for each "
            "who joins.",
            most=up_to,
            **values,
        )
    ]


def _differing(paying: Paying, members: int | None) -> list[str]:
    """Say how a collective of people who differ forms and grows."""
    found = [say("Left to themselves nobody joins.")]
    if paying.alone:
        alone = say_count(
            "Left to themselves {n} person joins.",
            "Left to themselves {n} people join.",
            paying.alone,
        )
        found = [paragraph(alone, _anyway())]
    if paying.alone == paying.top:
        never = say("Joining pays for nobody, at any size that can be reached.")
        return found if paying.top else [never]
    low, high = paying.tip_interval or (None, None)
    grows = say(
        "{size} it grows by itself, up to {top} of the {everybody} who could join.",
        size=_from(paying.tip, low, high),
        top=paying.top,
        everybody=len(paying.dynamics),
    )
    total = f"{paying.subsidies.total:.3g}"
    found += [
        capitalised(grows),
        say(
            "{people} must begin, whatever it costs them, for the others to follow, if those begin "
            "whom it costs most; {by_chance} if they come as it happens.",
            people=heads(paying.seed),
            by_chance=paying.seed_by_chance,
        ),
        say(
            "Or pay people for what they lack, the cheapest first: {total} in all (full success is "
            "worth 1 to a person), to {people}; then all others join by themselves.",
            total=total,
            people=heads(paying.subsidies.paid),
        ),
    ]
    if members:
        found.append(
            say(
                "{people} of those whom it costs least would become {now}.",
                people=heads(members),
                now=paying.becomes(members),
            )
        )
    return found


def _from(people: int, low: int | None, high: int | None) -> str:
    """Say from which size on, with its range."""
    if high is not None:
        return say(
            "from {people} on ({low} to {high})", people=heads(people), low=low or 0, high=high
        )
    if low:
        return say("from {people} on (at least {low})", people=heads(people), low=low)
    return say("from {people} on", people=heads(people))
