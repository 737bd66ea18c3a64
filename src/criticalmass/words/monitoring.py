"""What probes say, in sentences: did it work, and what would settle it."""

from __future__ import annotations

from criticalmass.answers.monitoring import Beside, Monitoring, Rate, Verdict, Versus
from criticalmass.messages import paragraph, say, say_count
from criticalmass.words.numbers import exact_percent, heads, percent, percent_beside


def lines(answer: Monitoring) -> list[str]:
    """Say all that probes tell, the verdict first."""
    told = [verdict(answer), seen(answer), next_steps(answer), versus(answer), predicted(answer)]
    return [line for line in (*told, assumed()) if line]


def verdict(answer: Monitoring) -> str:
    """Say whether it works, or that the rate has changed, so nobody can say."""
    if answer.changed:
        return say(
            "Something has changed: later probes contradict earlier ones, so no verdict holds. "
            "Begin anew with the probes since the change."
        )
    values = {"target": exact_percent(answer.target), "sure": exact_percent(answer.confidence)}
    if answer.verdict is Verdict.NOT_YET:
        return say_count(
            "Not yet: {n} probe does not tell whether more or fewer than {target} of marked "
            "records succeed.",
            "Not yet: {n} probes do not tell whether more or fewer than {target} of marked records "
            "succeed.",
            answer.marked.n,
            **values,
        )
    assert answer.decided is not None
    if answer.verdict is Verdict.WORKS:
        return say_count(
            "It works: more than {target} of marked records succeed. {n} probe settled that, with "
            "{sure} confidence.",
            "It works: more than {target} of marked records succeed. {n} probes settled that, with "
            "{sure} confidence.",
            answer.decided,
            **values,
        )
    return say_count(
        "It does not work as wanted: fewer than {target} of marked records succeed. {n} probe "
        "settled that, with {sure} confidence.",
        "It does not work as wanted: fewer than {target} of marked records succeed. {n} probes "
        "settled that, with {sure} confidence.",
        answer.decided,
        **values,
    )


def seen(answer: Monitoring) -> str:
    """Say how many probes succeeded, and what the rate may be."""
    rate = answer.marked
    if answer.changed:
        return say(
            "Seen in all: {share} of marked records succeeded ({hits} of {probes}).",
            hits=rate.hits,
            probes=rate.n,
            share=percent_beside(rate.value, answer.target),
        )
    said = say(
        "Seen so far: {share} of marked records succeeded ({hits} of {probes}). The true rate lies "
        "between {low} and {high}, with {sure} confidence however often you look.",
        hits=rate.hits,
        probes=rate.n,
        share=percent_beside(rate.value, answer.target),
        sure=exact_percent(answer.confidence),
        **_ends(rate, answer.target),
    )
    return paragraph(said, _both_ends(answer), _near(answer))


def next_steps(answer: Monitoring) -> str:
    """Say what would settle it; nothing where it is settled."""
    if answer.verdict is not Verdict.NOT_YET or answer.changed:
        return ""
    works, fails = answer.more
    told = []
    if works is not None:
        told.append(
            say_count(
                "If {n} further probe succeeds without a failure, it works.",
                "If {n} further probes succeed without a failure, it works.",
                works,
            )
        )
    if fails is not None:
        told.append(
            say_count(
                "If {n} further probe fails without a success, it does not.",
                "If {n} further probes fail without a success, it does not.",
                fails,
            )
        )
    return paragraph(say("Go on looking, and ask again after any probe."), *told)


def versus(answer: Monitoring) -> str:
    """Say how marked records do beside unmarked ones; nothing where none were probed."""
    beside = answer.beside
    if answer.unmarked is None:
        return say(
            "Unmarked records were not probed, so nothing says how often it happens without the "
            "mark."
        )
    if beside is None:
        return say("No marked record has an unmarked partner, so the two are not compared.")
    low, high = _points(beside.low), _points(beside.high)
    span = say("between {low} and {high} percentage points", low=low, high=high)
    ends = {"span": span, "margin": _points(answer.margin), "value": _points(beside.value)}
    return paragraph(_beside(beside, ends), _how(beside))


def predicted(answer: Monitoring) -> str:
    """Say what was predicted, and whether what is seen agrees; nothing without a prediction."""
    found = answer.predicted
    if found is None:
        return ""
    told = say(
        "Predicted with {people}: {value} ({low} to {high}).",
        people=heads(found.people),
        value=percent(found.value),
        low=percent(found.low),
        high=percent(found.high),
    )
    guess = ""
    if found.beyond:
        guess = say("That many were not tried, so the prediction is a guess.")
    rate = answer.marked
    if rate.high < found.low:
        agrees = say("The platform does less than that: it is not like the model that was studied.")
    elif rate.low > found.high:
        agrees = say("The platform does more than that: it is not like the model that was studied.")
    else:
        agrees = say("What was seen does not contradict it.")
    return paragraph(told, guess, agrees)


def assumed() -> str:
    """Say what all this takes for granted."""
    return say(
        "Taken for granted: each probe is of another record, records are chosen without regard to "
        "what comes out, and the platform stays as it is meanwhile."
    )


def caption(answer: Monitoring) -> str:
    """Say what the picture shows."""
    if answer.unmarked is None:
        return say(
            "The line is the share of marked records that succeeded so far, the shade where the "
            "true rate may lie; it holds after every probe at once."
        )
    return say(
        "The lines are the shares that succeeded so far, with the mark and without, the shades "
        "where the true rates may lie; they hold after every probe at once."
    )


def _beside(beside: Beside, ends: dict[str, str]) -> str:
    """Say what the comparison comes to."""
    if beside.versus is Versus.BETTER:
        return say(
            "Better than without: marked records succeed more often than unmarked ones, by {span}.",
            **ends,
        )
    if beside.versus is Versus.NO_BETTER:
        return say(
            "No better than without: marked records succeed more often by less than {margin} "
            "percentage points, if at all ({span}).",
            **ends,
        )
    return say(
        "Not settled whether it is better than without: marked records succeed more often by "
        "{value} percentage points so far, and by {span} in truth.",
        **ends,
    )


def _how(beside: Beside) -> str:
    """Say what was compared."""
    if beside.matched:
        return say_count(
            "{n} pair was compared.",
            "{n} pairs were compared.",
            beside.pairs,
        )
    return say_count(
        "The probes have no names of pairs, so the first marked one was set beside the first "
        "unmarked one, and so on: {n} pair.",
        "The probes have no names of pairs, so the first marked one was set beside the first "
        "unmarked one, and so on: {n} pairs.",
        beside.pairs,
    )


def _both_ends(answer: Monitoring) -> str:
    """Explain a range that still holds the target after the verdict."""
    rate = answer.marked
    if answer.verdict is Verdict.NOT_YET or answer.changed:
        return ""
    if not rate.low <= answer.target <= rate.high:
        return ""
    return say(
        "{target} still lies in that range, and yet the verdict stands: a range has to be right on "
        "both sides, a verdict on one side only, so it comes earlier.",
        target=exact_percent(answer.target),
    )


def _near(answer: Monitoring) -> str:
    """Say so where the rate is known to be close to the target."""
    if not answer.near:
        return ""
    return say(
        "So it is within {margin} percentage points of {target}.",
        margin=_points(answer.margin),
        target=exact_percent(answer.target),
    )


def _ends(rate: Rate, target: float) -> dict[str, str]:
    return {
        "low": percent_beside(rate.low, target),
        "high": percent_beside(rate.high, target),
    }


def _points(difference: float) -> str:
    """Write a difference of two rates in percentage points.

    Examples
    --------
    >>> [_points(x) for x in (0.05, -0.123, -0.0004)]
    ['5.0', '-12.3', '0.0']
    """
    return f"{round(100 * difference, 1) + 0.0:.1f}"
