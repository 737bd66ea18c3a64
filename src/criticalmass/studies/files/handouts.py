"""The section ``[handouts]`` of a study file: what members' pages say beside what to change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from criticalmass.errors import ParameterError, brief, harmless
from criticalmass.fields import check_fields

LONGEST = {"contact": 200, "words": 1000}
"""Characters of a text, at most: a member's page is to stay one that is read."""

_HTTPS = r"https://[a-z0-9.-]+(?::[0-9]+)?(?:[/?#][a-z0-9._~:/?#@!$&()*+,;=%-]*)?"
_MAILTO = r"mailto:[a-z0-9._+-]+@[a-z0-9.-]+"
_TEL = r"tel:\+?[0-9().-]+"
_SAFE = re.compile(f"{_HTTPS}|{_MAILTO}|{_TEL}", re.IGNORECASE)
"""Addresses that lead where they say: a host without a name or password before it, one mailbox
without further headers, one number."""
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)


class HandoutsSection(BaseModel):
    """Whom members may ask, until when they are to act, and the collective's own words.

    Parameters
    ----------
    contact
        Whom members may ask, in one line of at most 200 characters; an ``https:``, ``mailto:`` or
        ``tel:`` address can be clicked.
    deadline
        The day until whose end they are to act, such as 2026-12-31 without quotes.
    words
        The collective's own words, at most 1,000 characters; a blank line begins a new paragraph.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    contact: str = ""
    deadline: date | None = None
    words: str = ""


@dataclass(frozen=True)
class Handouts:
    r"""What members' pages say beside what to change.

    Parameters
    ----------
    contact
        Whom members may ask, in one line. An address that begins with ``https:``, ``mailto:`` or
        ``tel:``, and is nothing but that, can be clicked.
    deadline
        The day until whose end they are to act.
    words
        The collective's own words; a blank line begins a new paragraph.

    Raises
    ------
    ParameterError
        If a text is too long, or holds control characters.

    Examples
    --------
    >>> Handouts(words="We are many.\n\nWrite like one\nof us.").paragraphs
    ('We are many.', 'Write like one of us.')
    >>> Handouts(contact="Ada\x1b[31m")
    Traceback (most recent call last):
        ...
    criticalmass.errors.ParameterError: handouts.contact must be one line of text, without '\x1b'
    """

    contact: str = ""
    deadline: date | None = None
    words: str = ""

    def __post_init__(self) -> None:
        check_fields(self)
        if isinstance(self.deadline, datetime):
            raise ParameterError(
                f"handouts.deadline must be a day without a time, not {self.deadline}"
            )
        _require_text("contact", self.contact, "one line of text")
        _require_text("words", self.words, "text", allowed="\n\t")

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The collective's own words, each paragraph on one line."""
        lines = [line.strip() for line in self.words.splitlines()]
        parts = "\n".join(lines).split("\n\n")
        return tuple(" ".join(part.split()) for part in parts if part.strip())


def can_be_clicked(contact: str) -> bool:
    """Return whether a contact is an address and nothing else, and a safe one.

    Examples
    --------
    >>> can_be_clicked("mailto:ada@example.org"), can_be_clicked("Ada, at the desk on Mondays")
    (True, False)
    """
    return _SAFE.fullmatch(contact) is not None


def seems_an_address(contact: str) -> bool:
    """Return whether somebody means a contact as an address, safe or not.

    Examples
    --------
    >>> seems_an_address("http://example.org"), seems_an_address("Ada: room 5")
    (True, False)
    """
    return _ADDRESS.fullmatch(contact) is not None


def handouts_from(section: HandoutsSection | None) -> Handouts:
    """Return what a study file says of members' pages; without the section, nothing."""
    if section is None:
        return Handouts()
    return Handouts(section.contact, section.deadline, section.words)


def _require_text(name: str, text: str, must: str, allowed: str = "") -> None:
    """Raise `ParameterError` for a text that is too long or cannot be shown as it is."""
    for character in text:
        if character not in allowed and harmless(character) != character:
            raise ParameterError(f"handouts.{name} must be {must}, without {brief(character)}")
    if len(text) > LONGEST[name]:
        raise ParameterError(
            f"handouts.{name} must have at most {LONGEST[name]:,} characters, not {len(text):,}"
        )
