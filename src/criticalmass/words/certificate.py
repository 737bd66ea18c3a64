"""Certificates in sentences: what is guaranteed, where it is not, and why."""

from __future__ import annotations

import math

import numpy as np

from criticalmass.answers.certificate import Certified, Form
from criticalmass.data.records import Features
from criticalmass.words.numbers import exact_percent, heads, percent, quoted

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
    people, sure = heads(answer.certificate.people), _sure(answer)
    if answer.success > 0:
        least = _at_least(answer.success)
        return f"Guaranteed for everybody: {_what(answer, least)}, with {sure} confidence."
    needed = answer.needed
    if answer.certificate.certified.any():
        return (
            f"Guaranteed for everybody: nothing yet. {people} are too few to tell how many others "
            "are led elsewhere."
        )
    if needed is None or needed.people is None:
        return f"Guaranteed for everybody: nothing. {people} are too few."
    if needed.people <= answer.certificate.people:
        return "Guaranteed for everybody: nothing. Nothing is guaranteed for so few."
    return (
        "Guaranteed for everybody: nothing. Nothing is guaranteed for so few; about "
        f"{_rounded(needed.people)} would do."
    )


def group(answer: Certified) -> str:
    """Say what is guaranteed for the members themselves."""
    assert answer.for_members is not None
    if answer.members_certified > answer.for_members:  # of the same limits as for everybody
        least = _at_least(answer.members_certified)
        return f"Guaranteed for your group: wherever that holds, {_what(answer, least, 'its own')}."
    if answer.for_members == 0:
        return "Guaranteed for your group: nothing; others who stand in the way may be as many."
    least = _at_least(answer.for_members)
    return (
        f"Guaranteed for your group: {_what(answer, least, 'its own')}, with {_sure(answer)} "
        "confidence (a statement of its own)."
    )


def images(answer: Certified) -> str:
    """Say how many images are certified."""
    certified = answer.certificate.certified
    what = "kinds of records" if answer.form is Form.ERASE else "kinds of marked records"
    return f"Certified: {int(certified.sum()):,} of {len(certified):,} {what}."


def in_the_way(answer: Certified) -> list[str]:
    """Say of the largest images that are not certified which rival stands in the way."""
    made = answer.certificate
    open_ones = np.flatnonzero(~made.certified)
    largest = open_ones[np.argsort(-made.pool.led[open_ones], kind="stable")]
    said = []
    for point in largest[:SHOWN].tolist():
        rival, wanted = int(made.rival[point]), int(made.wanted[point])
        said.append(
            f"Not certified: {name(answer.points, point)}. {int(made.pool.acting[point]):,} "
            f"of you would say {quoted(answer.labels[wanted])} there; up to "
            f"{int(made.most[point, rival]):,} others may say {quoted(answer.labels[rival])}."
        )
    rest = len(largest) - len(said)
    if rest:
        said.append(f"Not certified either: {rest:,} smaller kind{'s' if rest > 1 else ''}.")
    return said


def enough(answer: Certified) -> str:
    """Say how many members would do; nothing where so much is guaranteed already."""
    needed = answer.needed
    if needed is None or answer.success >= answer.wanted:
        return ""
    target = exact_percent(answer.wanted)
    if needed.people is None:
        return f"For {target}: not even everybody would do, as far as your records tell."
    already = answer.certificate.people
    high = "everybody" if needed.high is None else _rounded(needed.high)
    if needed.people <= already:
        wide = needed.high is None or needed.high > already
        most = f", in 9 of 10 cases no more than {high}" if wide else ""
        return f"For {target}: hardly more members than you are would do{most}."
    low = already if needed.low is None else max(needed.low, already)
    return (
        f"For {target}: about {_rounded(needed.people)} members would do; in 9 of 10 cases "
        f"between {_rounded(low)} and {high}."
    )


def assumed(answer: Certified) -> str:
    """Say what all this takes for granted."""
    terms = answer.certificate.terms
    model = "the best possible one for the records it sees"
    if terms.epsilon:
        model = f"within ε = {terms.epsilon:g} of {model}"
    against = f"; {heads(terms.against)} or fewer work against it" if terms.against else ""
    return (
        f"Taken for granted: members are a random sample of {terms.size:,} people, their records "
        f"are as before anybody acted, and the platform's model is {model}{against}."
    )


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


def _what(answer: Certified, least: str, whose: str = "") -> str:
    whose = f"{whose} " if whose else ""
    label = quoted(answer.target)
    if answer.form is Form.ERASE:
        return f"{least} of {whose}records are predicted the same with and without what is erased"
    if answer.form is Form.UNPLANT:
        return f"{least} of {whose}marked records no longer get {label}"
    return f"{least} of {whose}marked records get {label}"


def _at_least(share: float) -> str:
    """Write a limit from below, rounded down."""
    if share == 1:
        return "all"
    digits = 1 if share < 0.99 else 2
    down = math.floor(100 * share * 10**digits + 1e-9) / 10**digits
    return f"at least {down:.{digits}f}%"


def _sure(answer: Certified) -> str:
    return percent(answer.certificate.terms.confidence)


def _rounded(people: int) -> str:
    """Write a number of people with two significant digits."""
    digits = max(0, len(str(people)) - 2)
    return f"{round(people, -digits):,}"
