"""The planner's sentences with their places open, which the page fills whenever a number moves."""

from __future__ import annotations

from criticalmass.messages import say, say_count
from criticalmass.words.numbers import probability

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


def _open(n: int) -> dict[str, str]:
    """Return all sentences about so many, with their placeholders open."""
    return {
        **_open_answers(n),
        **_open_grounds(n),
        **_open_of_law(),
        **_open_decisions(n),
        **_open_of_page(),
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
        "theorem_never": say(
            "Theorem 1 guarantees it for no number of us, if as many as {low} in {population} may "
            "carry the mark already. It does not say that it cannot be done.",
            **_OPEN,
        ),
        "theorem_kinds": say_count(
            "If we come by chance, and the platform learns every kind of record by itself, it "
            "takes {people} of us with {n} kind.",
            "If we come by chance, and the platform learns every kind of record by itself, it "
            "takes {people} of us with {n} kinds.",
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
            "More cannot carry the mark already than there are, so {people} is taken in place of "
            "{value}.",
            **_OPEN,
        ),
        "fewer_kinds": say(
            "There cannot be more kinds of records than people, so {people} is taken in place of "
            "{value}.",
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


def _open_of_page() -> dict[str, str]:
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
        "link_more": say("There is more in the link that this page does not take."),
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
