"""Why no collective reaches a target, in words."""

from __future__ import annotations

from criticalmass.curves import Unreached, Why
from criticalmass.messages import say, say_count


def unreached(reason: Unreached | str) -> str:
    """Say why no collective reaches a target; a curve of one's own says it in its own words.

    Examples
    --------
    >>> unreached(Unreached(Why.LEVELS_OFF, {"level": 0.6}))
    'the curve levels off near 0.6'
    """
    if isinstance(reason, str):
        return reason
    why = _why(reason)
    if reason.parameter is None:
        return why
    name, driver = reason.parameter
    return say("{why} ({parameter}: {driver})", why=why, parameter=name, driver=driver)


def _why(reason: Unreached) -> str:
    """Say the reason, with its numbers to the digits that are known of each."""
    n = reason.numbers
    match reason.why:
        case Why.AT_MOST:
            return say(
                "success is {best} at most, {target} is wanted",
                best=_digits(n["best"], 6),
                target=_digits(n["target"], 6),
            )
        case Why.NEVER_EXCEEDS:
            return say("success never exceeds {best}", best=_digits(n["best"]))
        case Why.WITH_EVERYBODY:
            return say("with everybody success is {success}", success=_digits(n["everybody"]))
        case Why.LOST_BEFORE_EVERYBODY:
            return say(
                "it is reached above alpha = {above}, but with everybody success is {success}",
                above=_digits(n["above"]),
                success=_digits(n["everybody"]),
            )
        case Why.NOT_GUARANTEED:
            return say(
                "no collective is guaranteed more than {best}, {target} is wanted",
                best=_digits(n["best"], 6),
                target=_digits(n["target"], 6),
            )
        case Why.NOT_GUARANTEED_IN_STEPS:
            return say_count(
                "no collective is guaranteed more than {best} of the way in {n} step, {target} is "
                "wanted",
                "no collective is guaranteed more than {best} of the way in {n} steps, {target} is "
                "wanted",
                int(n["steps"]),
                best=_digits(n["best"], 6),
                target=_digits(n["target"], 6),
            )
        case Why.NOT_CERTAIN:
            return say(
                "no more than {success} is certain when everybody joins",
                success=_digits(n["everybody"]),
            )
        case Why.NOT_SMOOTH:
            return say("the loss is not smooth (β is infinite), as Proposition 9 needs it")
        case Why.MORE_THAN_THERE_ARE:
            return say("more people would have to join than there are")
        case Why.MORE_THAN_ACT:
            return say(
                "{needed} of all people would have to act, and {act} do",
                needed=_digits(n["needed"]),
                act=_digits(n["act"]),
            )
        case _:
            return _of_trials(reason)


def _of_trials(reason: Unreached) -> str:
    """Say why trials, or what joining is worth, speak against every collective."""
    n = reason.numbers
    match reason.why:
        case Why.FALLS:
            return say(
                "success falls where more join: it is {best} at most, with alpha = {at}",
                best=_digits(n["best"], 2),
                at=_digits(n["at"], 2),
            )
        case Why.LOST_AGAIN if n["first"] == n["last"]:
            return say(
                "it is reached with alpha = {first}, and lost again with {lost} and more",
                first=_digits(n["first"], 2),
                lost=_digits(n["lost"], 2),
            )
        case Why.LOST_AGAIN:
            return say(
                "it is reached with alpha = {first} to {last}, and lost again with {lost} and more",
                first=_digits(n["first"], 2),
                last=_digits(n["last"], 2),
                lost=_digits(n["lost"], 2),
            )
        case Why.BEYOND:
            return say(
                "it is reached only beyond alpha = {largest}, if at all",
                largest=_digits(n["largest"], 2),
            )
        case Why.STILL_RISES:
            return say(
                "success is {last} where the trials end, alpha = {tried}, and still rises there",
                last=_digits(n["last"], 2),
                tried=_digits(n["tried"], 2),
            )
        case Why.LEVELS_OFF:
            return say("the curve levels off near {level}", level=_digits(n["level"], 2))
        case Why.TRAININGS_DIFFER:
            return say(
                "trainings differ too much, or too few of them reach {target} at any size",
                target=_digits(n["target"], 6),
            )
        case Why.REPETITIONS_BELOW:
            return say(
                "most repetitions stay below {target} with the largest share tried",
                target=_digits(n["target"], 6),
            )
        case Why.SIGMOID:
            return say(
                "the sigmoid reaches {success} when everybody joins",
                success=_digits(n["everybody"], 2),
            )
        case Why.FREE_RIDE:
            return say("a person who does not join has as much of it as one who does")
        case _:
            return say(
                "joining costs {cost}, and full success gives a person who joins only {gain} more "
                "than one who does not",
                cost=_digits(n["cost"], 6),
                gain=_digits(n["gain"], 6),
            )


def _digits(value: float, digits: int = 3) -> str:
    """Write a number with so many significant digits."""
    return f"{value:.{digits}g}"
