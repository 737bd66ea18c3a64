"""What the planner's page says whatever is moved: names, labels, and what it does not know."""

from __future__ import annotations

from criticalmass.answers.finding import Finding
from criticalmass.answers.planning import Kinds, Source, Theorem
from criticalmass.answers.study_trials import Trials
from criticalmass.messages import say
from criticalmass.words.numbers import exact_percent
from criticalmass.words.outcome import members_do, outcome


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
