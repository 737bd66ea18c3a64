"""How many people it takes on a platform of another size, in sentences."""

from __future__ import annotations

import math

from criticalmass.answers.finding import Finding
from criticalmass.answers.size_law import Doubt, SizeAnswer
from criticalmass.messages import paragraph, say, say_count
from criticalmass.words.amounts import wanted
from criticalmass.words.comparing import number
from criticalmass.words.numbers import heads, percent, records, times
from criticalmass.words.other_sizes import grows, there


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


def expected(answer: SizeAnswer) -> str:
    """Say what theory expects of the platform, if it does."""
    guess = answer.expected
    if guess is None:
        return say("No prediction is known for this model and strategy.")
    if guess.people is None:
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
