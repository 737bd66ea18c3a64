"""Joining in sentences: whether it pays, and what it takes."""

from __future__ import annotations

import math

from criticalmass.answers.joining import Paying
from criticalmass.words.numbers import heads, probability

ANYWAY = (
    "(As in the paper's formula, what the model does without any collective counts as a gain from "
    "joining, too.)"
)


def sentences(paying: Paying, members: int | None = None) -> list[str]:
    """Say whether joining pays, and what it takes; for so many members, where they stand."""
    return _alike(paying, members) if paying.alike else _differing(paying, members)


def caption(paying: Paying) -> str:
    """Say what the figure shows, to somebody who has never seen one."""
    if paying.alike:
        return (
            "Blue: what one more person gains by joining, with so many in it already. Orange "
            "line: what joining costs them. Where blue is below orange nobody joins by "
            "themselves; the orange area is what somebody has to make up for until then. From "
            "where they cross, joining pays."
        )
    tips = any(not rest.stable for rest in paying.dynamics.equilibria())
    return (
        "Read it from below: with so many in (across), so many want to be in (up). Where the "
        "blue line is above the grey diagonal more want in than are, and the collective grows; "
        "below it, it shrinks. Filled dots: it rests there."
        + (
            " Hollow dot: it tips, from there on it grows by itself. Orange stairs: how it "
            "grows from a small group that begins, round by round."
            if tips
            else ""
        )
    )


def _alike(paying: Paying, members: int | None) -> list[str]:
    mass = paying.mass
    if not mass.reached:
        return [f"Joining does not pay at any size that can be relied on: {mass.reason}."]
    if mass.alpha == 0:
        return [f"Joining pays from the first member on. {ANYWAY}"]
    people, low, high = mass.people(paying.size)
    assert people is not None
    found = [
        f"Joining pays from {heads(people)} on{_range(low, high)}: with so many in it, who "
        f"joins gains more by it than the {paying.incentives.cost:g} that it costs (full success "
        "is worth 1 to a person), and the collective sustains itself."
    ]
    if mass.alpha > paying.tried:
        found.append("That is more than were tried, so a guess.")
    value, least, most = paying.investment.total(paying.size)
    if math.isfinite(value):
        span = f" ({least:.3g} to {most:.3g})" if math.isfinite(most) else f" ({least:.3g} up)"
        found.append(
            "Until then somebody has to make up for what is lacking: in all at most "
            f"{value:.3g}{span} times what full success is worth to a person, "
            f"{value / people:.2g} for each who joins."
        )
    if members:
        sure = probability(paying.sustains(members))
        found.append(f"With {heads(members)} it sustains itself with {sure} probability.")
    return found


def _differing(paying: Paying, members: int | None) -> list[str]:
    found = ["Left to themselves nobody joins."]
    if paying.alone:
        found = [f"Left to themselves {heads(paying.alone)} join. {ANYWAY}"]
    if paying.alone == paying.top:
        never = ["Joining pays for nobody, at any size that can be reached."]
        return found if paying.top else never
    interval = paying.tip_interval
    tips = _range(interval[0] or 0, interval[1]) if interval else ""
    found.append(
        f"From {heads(paying.tip)} on{tips} it grows by itself, up to {paying.top:,} of the "
        f"{len(paying.dynamics):,} who could join."
    )
    found.append(
        f"{heads(paying.seed).capitalize()} must begin, whatever it costs them, for the others to "
        f"follow, if those begin whom it costs most; {paying.seed_by_chance:,} if they come as it "
        "happens."
    )
    found.append(
        f"Or pay people for what they lack, the cheapest first: {paying.subsidies.total:.3g} in "
        f"all (full success is worth 1 to a person), to {heads(paying.subsidies.paid)}; then all "
        "others join by themselves."
    )
    if members:
        now = paying.becomes(members)
        found.append(
            f"{heads(members).capitalize()} of those whom it costs least would become {now:,}."
        )
    return found


def _range(low: int | None, high: int | None) -> str:
    if high is None:
        return f" (at least {low:,})" if low else ""
    return f" ({low or 0:,} to {high:,})"
