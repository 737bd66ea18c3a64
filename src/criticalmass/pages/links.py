"""Contacts as pages show them: what can be clicked, and what is only text."""

from __future__ import annotations

from typing import NamedTuple

from criticalmass.studies.files.handouts import can_be_clicked


class Link(NamedTuple):
    """A text of a page, and the address that a click on it leads to; empty where none does."""

    text: str
    address: str = ""


def link_to(contact: str) -> Link:
    """Return a contact as a link where it is an address and nothing else, and a safe one.

    Examples
    --------
    >>> link_to("mailto:ada@example.org")
    Link(text='ada@example.org', address='mailto:ada@example.org')
    >>> link_to("https://example.org/us").address
    'https://example.org/us'
    >>> link_to("javascript:alert(1)")
    Link(text='javascript:alert(1)', address='')
    >>> link_to("Ada, at the desk on Mondays").address
    ''
    """
    if not can_be_clicked(contact):
        return Link(contact)
    scheme, _, rest = contact.partition(":")
    return Link(contact if scheme.lower() == "https" else rest, contact)
