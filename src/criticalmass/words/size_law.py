"""How many people it takes on a platform of another size, in sentences."""

from __future__ import annotations

import math

from criticalmass.answers.finding import Finding
from criticalmass.answers.size_law import Doubt, LawNumbers, SizeAnswer
from criticalmass.fitting.size_law import SizeVerdict
from criticalmass.messages import paragraph, say, say_count
from criticalmass.words.amounts import wanted
from criticalmass.words.comparing import number
from criticalmass.words.numbers import heads, percent, records, times


def heading(answer: SizeAnswer) -> str:
    """Name the strategy, the measure and the target."""
    return say(
        "{strategy}: {measure}, {target} wanted",
        strategy=answer.strategy,
        measure=answer.measure,
        target=wanted(answer.findings[0]),
    )


def measured(finding: Finding) -> str:
    """Say how many people it took at one size.

    It is a line of a list: the number of people, out of how many, and its range.
    """
    return number(finding)


def sentences(answer: SizeAnswer) -> list[str]:
    """Say all that there is to say of a strategy, the answer first."""
    numbers = answer.numbers
    if numbers is None:
        return [_without_law(answer), *_left_out(answer)]
    said = [there(numbers), grows(numbers), expected(answer), *_left_out(answer)]
    return said + [_doubt(doubt, answer) for doubt in answer.doubts]


def there(numbers: LawNumbers) -> str:
    """Say how many people it takes there: both ranges, and what each takes for granted."""
    size, sure = records(numbers.to), percent(numbers.confidence)
    first = _between(numbers.union, numbers.to)
    second = _between(numbers.envelope, numbers.to)
    return paragraph(
        say(
            "With {size} it takes {range}, if the number of people goes on by one of two simple "
            "laws ({sure} range).",
            size=size,
            range=first,
            sure=sure,
        ),
        say(
            "Without such a law it takes {range}: all that this takes for granted is that the "
            "number does not fall with more records, and grows no faster than they do.",
            range=second,
        ),
    )


def grows(numbers: LawNumbers) -> str:
    """Say how the number of people grows with the number of records, and how sure that is."""
    b, low, high = (10**end if math.isfinite(end) else end for end in numbers.exponent)
    match SizeVerdict[numbers.verdict]:
        case SizeVerdict.HEADS:
            begin = say("It is a number of people: it hardly grows with the platform.")
        case SizeVerdict.SHARE:
            begin = say("It is a share: it grows nearly as the platform does.")
        case SizeVerdict.BETWEEN:
            begin = say("It grows with the platform, and slower than the platform does.")
        case _:
            begin = say(
                "The sizes do not settle whether it is a number of people or a share of them."
            )
    if not math.isfinite(low) or not math.isfinite(high):
        return begin
    return paragraph(
        begin,
        say(
            "Ten times as many records take {factor} times as many people, or between {low} and "
            "{high} times.",
            factor=times(b),
            low=times(low),
            high=times(high),
        ),
    )


def expected(answer: SizeAnswer) -> str:
    """Say what theory expects of the platform, if it does."""
    guess = answer.expected
    if guess is None:
        return say("No prediction is known for this model and strategy.")
    if guess.people is None or not guess.reached:
        return say(
            "The model's own arithmetic expects very many people, perhaps more than there are."
        )
    if guess.people == 0:
        return say("The model's own arithmetic expects that nobody needs to join.")
    if guess.share * guess.size < 0.5:
        return say(
            "The model's own arithmetic expects {people} there, as many as at any other size. That "
            "is a prediction and no bound.",
            people=heads(guess.people),
        )
    return say(
        "The model's own arithmetic expects {people}: {heads} whatever the size, and {share} of "
        "the records, because some carry the mark already or the penalty grows with them. That is "
        "a prediction and no bound.",
        people=heads(guess.people),
        heads=heads(math.ceil(guess.heads)),
        share=percent(guess.share),
    )


def in_report(numbers: LawNumbers) -> str:
    """Say in a report of one size what is known of the platform's."""
    return say(
        "With {size} it takes {range}, if the number of people goes on by one of two simple laws, "
        "and {other} without one. That comes from studies of {sizes}.",
        size=records(numbers.to),
        range=_between(numbers.union, numbers.to),
        other=_between(numbers.envelope, numbers.to),
        sizes=_sizes(numbers),
    )


def caption() -> str:
    """Say what is to be seen in the picture."""
    return paragraph(
        say("Dots with bars: the number of people that was measured at each size, and its range."),
        say("The wide shade holds both laws; the lines are their middles."),
        say("The bar at the right is the range without a law, at the platform's size."),
    )


def rests_on(answer: SizeAnswer) -> list[str]:
    """Say what the answer rests on, a paragraph each."""
    found = answer.findings[0].facts
    learner = say("The platform is taken to train {learner}.", learner=found.learner_in_words())
    return [
        learner,
        say(
            "A size is the number of records that the platform trains on. Smaller sizes are random "
            "parts of the same records, and success was measured on the same test records."
        ),
        say(
            "Whether a platform that is ten times as large trains in the same way is not known: a "
            "larger model, or another penalty, can need more people or fewer."
        ),
    ]


def _sizes(numbers: LawNumbers) -> str:
    return say(
        "{first} to {last}",
        first=f"{min(numbers.sizes):,}",
        last=records(max(numbers.sizes)),
    )


def _between(ends: tuple[float, float], size: int) -> str:
    """Say between which numbers of people it lies, rounded outwards to two digits."""
    low, high = _rounded(ends[0], up=False), ends[1]
    if math.isinf(high):
        return say("{low} or more, perhaps more than there are", low=heads(low))
    upper = min(_rounded(high, up=True), size)
    if low == upper:
        return heads(low)
    return say("between {low} and {people}", low=f"{low:,}", people=heads(upper))


def _rounded(people: float, *, up: bool) -> int:
    """Return a number of people with two digits that are known, at least one.

    Examples
    --------
    >>> [_rounded(x, up=up) for x in (0.2, 99.5, 1234.0) for up in (False, True)]
    [1, 1, 99, 100, 1200, 1300]
    """
    if people <= 1:
        return 1
    step = int(10 ** max(math.floor(math.log10(people) + 1e-12) - 1, 0))
    steps = people / step
    return step * (math.ceil(steps - 1e-9) if up else math.floor(steps + 1e-9))


def _without_law(answer: SizeAnswer) -> str:
    sizes = len(answer.findings) - len(answer.left_out)
    return say_count(
        "Nothing can be said of {size}: a number of people is known at {n} size, and it takes "
        "three.",
        "Nothing can be said of {size}: a number of people is known at {n} sizes, and it takes "
        "three.",
        sizes,
        size=records(answer.to),
    )


def _left_out(answer: SizeAnswer) -> list[str]:
    return [
        say(
            "The size of {size} is left out, because the trials give no number of people there.",
            size=records(found.facts.population.size),
        )
        for found in answer.left_out
    ]


def _doubt(doubt: Doubt, answer: SizeAnswer) -> str:
    assert answer.law is not None
    match doubt:
        case Doubt.CLOSE:
            return say(
                "The largest size is only {factor} times the smallest: sizes that lie wider apart "
                "tell more.",
                factor=times(answer.law.spread),
            )
        case Doubt.FAR:
            return say(
                "The platform is {factor} times as large as all that was measured, so this rests "
                "on the laws more than on trials.",
                factor=times(answer.to / answer.law.sizes[-1]),
            )
        case Doubt.GUESSED:
            return say(
                "At one size or more the number of people lies outside of the collectives that "
                "were tried: it is a guess there, and so is this."
            )
        case Doubt.DIFFERENT:
            return say(
                "The studies differ in more than their size: the learner, the strategy or the test "
                "records. What grows here may not be one thing."
            )
