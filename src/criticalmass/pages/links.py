"""Contacts as pages show them: what can be clicked, and what is only text."""

from __future__ import annotations

import re
from typing import NamedTuple

_HTTPS = r"https://[a-z0-9.-]+(?::[0-9]+)?(?:[/?#][a-z0-9._~:/?#@!$&()*+,;=%-]*)?"
_MAILTO = r"mailto:[a-z0-9._+-]+@[a-z0-9.-]+"
_TEL = r"tel:\+?[0-9().-]+"
_SAFE = re.compile(f"{_HTTPS}|{_MAILTO}|{_TEL}", re.IGNORECASE)
"""Addresses that lead where they say: a host without a name or password before it, one mailbox
without further headers, one number."""


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
    if _SAFE.fullmatch(contact) is None:
        return Link(contact)
    scheme, _, rest = contact.partition(":")
    return Link(contact if scheme.lower() == "https" else rest, contact)
