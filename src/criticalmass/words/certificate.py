"""Certificates in sentences: what is guaranteed, where it is not, and why."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from criticalmass.answers.kept_certificate import Form, KeptCertificate
from criticalmass.data.records import Features
from criticalmass.messages import paragraph, say, say_count
from criticalmass.words.numbers import exact_percent, percent, quoted, records

if TYPE_CHECKING:  # a report is written without
    from criticalmass.answers.certificate import Certified

    Told: TypeAlias = Certified | KeptCertificate
    """A certificate, or what a store keeps of it."""

SHOWN = 5
"""So many images that are not certified are told."""


def lines(answer: Certified) -> list[str]:
    """Say what is guaranteed for everybody and for members, where it is not, and what would do."""
    said = [everybody(answer)]
    if answer.for_members is not None:
        said.append(group(answer))
    said.append(images(answer))
    said += in_the_way(answer)
    more = enough(answer)
    return [*said, *([more] if more else []), assumed(answer)]


def everybody(answer: Certified) -> str:
    """Say what is guaranteed for everybody."""
    people, needed = answer.certificate.people, answer.needed
    if answer.success > 0:
        return say(
            "Guaranteed for everybody: {what}, with {sure} confidence.",
            what=_of_everybody(answer, _at_least(answer.success)),
            sure=_sure(answer),
        )
    if answer.certificate.certified.any():
        return say_count(
            "Guaranteed for everybody: nothing yet. {n} person is too few to tell how many others "
            "are led elsewhere.",
            "Guaranteed for everybody: nothing yet. {n} people are too few to tell how many others "
            "are led elsewhere.",
            people,
        )
    if needed is None or needed.people is None:
        return say_count(
            "Guaranteed for everybody: nothing. {n} person is too few.",
            "Guaranteed for everybody: nothing. {n} people are too few.",
            people,
        )
    if needed.people <= people:
        return say("Guaranteed for everybody: nothing. Nothing is guaranteed for so few.")
    return say(
        "Guaranteed for everybody: nothing. Nothing is guaranteed for so few; about {enough} would "
        "do.",
        enough=_rounded(needed.people),
    )


def group(answer: Certified) -> str:
    """Say what is guaranteed for the members themselves."""
    assert answer.for_members is not None
    if answer.members_certified > answer.for_members:  # of the same limits as for everybody
        least = _at_least(answer.members_certified)
        return say(
            "Guaranteed for your group: wherever that holds, {what}.",
            what=_of_the_group(answer, least),
        )
    if answer.for_members == 0:
        return say(
            "Guaranteed for your group: nothing; others who stand in the way may be as many."
        )
    return say(
        "Guaranteed for your group: {what}, with {sure} confidence. This counts your records "
        "of all kinds together, so it can hold where no single kind is certified.",
        what=_of_the_group(answer, _at_least(answer.for_members)),
        sure=_sure(answer),
    )


def beside_a_theorem(answer: Told, theorem: str) -> str:
    """Say in one paragraph what a plan has to say of a certificate.

    Parameters
    ----------
    answer
        What members' records guarantee.
    theorem
        The theorem whose guarantee stands beside it, such as "Theorem 1"; empty if none does.
    """
    known = {"sure": _sure(answer), "what": _of_everybody(answer, _at_least(answer.success))}
    of_all = say("Nothing is guaranteed to everybody by so few.")
    if answer.success > 0:
        of_all = say("Against the best possible model, {what}, with {sure} confidence.", **known)
    size = say(
        "This is for a population of {records}; for a larger platform, ask `criticalmass certify "
        "--population-size`.",
        records=records(answer.size),
    )
    return paragraph(of_all, _own(answer), enough(answer), size, unlike_a_theorem(theorem))


def of_last_plan(answer: KeptCertificate, theorem: str) -> str:
    """Say in a report what the records of the group that was planned with last guarantee."""
    whose = say_count(
        "This is of the {n} member of the last plan (`criticalmass plan` makes it anew).",
        "This is of the {n} members of the last plan (`criticalmass plan` makes it anew).",
        answer.people,
    )
    return paragraph(beside_a_theorem(answer, theorem), whose)


def _own(answer: Told) -> str:
    """Say what a group's own records get; nothing where that is not known."""
    if answer.for_members is None:
        return ""
    if answer.members_certified > answer.for_members:
        least = _at_least(answer.members_certified)
        return say(
            "Wherever that holds, your group can count on more: {what}.",
            what=_of_the_group(answer, least),
        )
    if answer.for_members == 0:
        return say(
            "Your group's own records are not safe either: others who stand in the way may be as "
            "many."
        )
    return say(
        "Your group can count on this: {what}, with {sure} confidence (a statement of its own).",
        what=_of_the_group(answer, _at_least(answer.for_members)),
        sure=_sure(answer),
    )


def unlike_a_theorem(theorem: str) -> str:
    """Say in one sentence how a certificate differs from a theorem."""
    if not theorem:
        return say(
            "This rests on your members' own records alone, whatever everybody else's are, if your "
            "members are a random sample of everybody, with records as before anybody acted."
        )
    return say(
        "This rests on your members' own records alone, whatever everybody else's are, if your "
        "members are a random sample of everybody, with records as before anybody acted; "
        "“{theorem} guarantees” is about shares of everybody, of whom it takes the study's records "
        "for a sample.",
        theorem=theorem,
    )


def images(answer: Certified) -> str:
    """Say how many images are certified."""
    certified = answer.certificate.certified
    known = {"certified": int(certified.sum()), "all": len(certified)}
    if answer.form is Form.ERASE:
        return say("Certified kinds of records: {certified} of {all}.", **known)
    return say("Certified kinds of marked records: {certified} of {all}.", **known)


def in_the_way(answer: Certified) -> list[str]:
    """Say of the largest images that are not certified which rival stands in the way."""
    made = answer.certificate
    open_ones = np.flatnonzero(~made.certified)
    largest = open_ones[np.argsort(-made.pool.led[open_ones], kind="stable")]
    sentences = []
    for point in largest[:SHOWN].tolist():
        rival, wanted = int(made.rival[point]), int(made.wanted[point])
        sentences.append(
            say(
                "Not certified: {image}. {acting} of you would say {label} there; of all others up "
                "to {others} may say {rival}.",
                image=name(answer.points, point),
                acting=int(made.pool.acting[point]),
                label=quoted(answer.labels[wanted]),
                others=int(made.most[point, rival]),
                rival=quoted(answer.labels[rival]),
            )
        )
    rest = len(largest) - len(sentences)
    if rest:
        sentences.append(
            say_count(
                "Not certified either: {n} more kind.",
                "Not certified either: {n} more kinds.",
                rest,
            )
        )
    return sentences


def enough(answer: Told) -> str:
    """Say how many members would do; nothing where so much is guaranteed already."""
    needed = answer.needed
    if needed is None or answer.success >= answer.wanted:
        return ""
    target, already = exact_percent(answer.wanted), answer.people
    if needed.people is None:
        return say("For {target}: your records do not tell how many would do.", target=target)
    high = say("everybody") if needed.high is None else _rounded(needed.high)
    if needed.people <= already:
        if needed.high is None or needed.high > already:
            return say(
                "For {target}: hardly more members than you are would do, in 9 of 10 cases no more "
                "than {high}.",
                target=target,
                high=high,
            )
        return say("For {target}: hardly more members than you are would do.", target=target)
    low = already if needed.low is None else max(needed.low, already)
    return say(
        "For {target}: it takes about {people} in all; in 9 of 10 cases between {low} and {high}.",
        target=target,
        people=_rounded(needed.people),
        low=_rounded(low),
        high=high,
    )


def assumed(answer: Certified) -> str:
    """Say what all this takes for granted."""
    terms = answer.certificate.terms
    members = say_count(
        "Taken for granted: members are a random sample of {n} person, and their records are as "
        "before anybody acted.",
        "Taken for granted: members are a random sample of {n} people, and their records are as "
        "before anybody acted.",
        terms.size,
    )
    model = say("The platform's model is the best possible one for the records it sees.")
    if terms.epsilon:
        model = say(
            "The platform's model is within ε = {epsilon} of the best possible one for the records "
            "it sees.",
            epsilon=f"{terms.epsilon:g}",
        )
    against = ""
    if terms.against:
        against = say(
            "People who work against it: {against} at most; the number of all people is then "
            "exact.",
            against=terms.against,
        )
    return paragraph(members, model, against)


def name(points: Features, point: int) -> str:
    """Name a point: its text, or the columns in which points differ.

    Examples
    --------
    >>> table = np.array([("x", 1), ("x", 2)], dtype=[("job", object), ("age", int)])
    >>> name(table, 1), name(np.array(["a ~"], dtype=object), 0)
    ('age = 2', '“a ~”')
    """
    record = points[point]
    columns = points.dtype.names
    if columns is None:
        text = str(record)
        return quoted(text if len(text) <= 60 else f"{text[:59]}…")
    differ = [c for c in columns if (points[c] != points[c][0]).any()] or list(columns)
    shown = ", ".join(f"{column} = {record[column]}" for column in differ[:6])
    return f"{shown}, …" if len(differ) > 6 else shown


def _of_everybody(answer: Told, least: str) -> str:
    """Say what so many of everybody's records get."""
    known = {"least": least, "label": quoted(answer.target)}
    if answer.form is Form.ERASE:
        return say(
            "{least} of records are predicted the same with and without what is erased", **known
        )
    if answer.form is Form.UNPLANT:
        return say("{least} of marked records no longer get {label}", **known)
    return say("{least} of marked records get {label}", **known)


def _of_the_group(answer: Told, least: str) -> str:
    """Say what so many of the members' own records get."""
    known = {"least": least, "label": quoted(answer.target)}
    if answer.form is Form.ERASE:
        return say(
            "{least} of its own records are predicted the same with and without what is erased",
            **known,
        )
    if answer.form is Form.UNPLANT:
        return say("{least} of its own marked records no longer get {label}", **known)
    return say("{least} of its own marked records get {label}", **known)


def _at_least(share: float) -> str:
    """Write a limit from below, rounded down."""
    if share == 1:
        return say("all")
    digits = 1 if share < 0.99 else 2
    down = math.floor(100 * share * 10**digits + 1e-9) / 10**digits
    return say("at least {share}", share=f"{down:.{digits}f}%")


def _sure(answer: Told) -> str:
    return percent(answer.confidence)


def _rounded(people: int) -> str:
    """Write a number of people with two significant digits."""
    digits = max(0, len(str(people)) - 2)
    return f"{round(people, -digits):,}"
