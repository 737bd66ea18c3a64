"""Pages that people open: HTML that needs no network, written whole or not at all."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from markupsafe import Markup, escape

from criticalmass import messages, words
from criticalmass.drafts import draft_of
from criticalmass.errors import CriticalMassError
from criticalmass.pages.links import link_to
from criticalmass.words.numbers import exact_percent, heads, measured, percent, probability

HASHES = "HASHES-OF-STYLES"
"""Where the template wants the hashes of the page's styles."""


class Script(NamedTuple):
    """A script of a page: its text, and the hash by which the page's policy allows it."""

    text: Markup
    digest: str


def page(template: str, **content: Any) -> str:
    """Return a page made from one of the templates; all content is escaped."""
    return _allowing_its_styles(_environment().get_template(template).render(**content))


@cache
def _environment() -> jinja2.Environment:
    """Return what pages are made with; it keeps the templates that it has read."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("criticalmass.pages", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    for word in (percent, exact_percent, heads, probability, measured):
        environment.filters[word.__name__] = word
    environment.filters["link"] = link_to
    for function in (messages.say, messages.say_count, messages.language, say_marked, script):
        environment.globals[function.__name__] = function
    environment.globals["words"] = words
    return environment


def say_marked(text: str, /, **values: object) -> Markup:
    """Return a message with HTML in it; its values are escaped, the message is not.

    Examples
    --------
    >>> say_marked("Run <code>{command}</code>.", command="a < b")
    Markup('Run <code>a &lt; b</code>.')
    """
    return Markup(messages.say(text, **{name: escape(value) for name, value in values.items()}))


@cache
def script(name: str) -> Script:
    """Return one of the scripts that lie beside the templates.

    Its hash is taken here and not from a page, so no page allows a script that got into it.
    """
    text = files("criticalmass.pages").joinpath("templates", name).read_text(encoding="utf-8")
    return Script(Markup(text), _digest(text))


def _allowing_its_styles(html: str) -> str:
    """Return a page that lets a browser apply its own styles, told by their hashes, and no more.

    A page needs no pictures from elsewhere and no forms: its figures are part of it. Where a
    template has a script, it names that one's hash itself.
    """
    styles = re.findall(r"<style[^>]*>(.*?)</style>", html, flags=re.DOTALL)
    hashes = dict.fromkeys(f"'{_digest(style)}'" for style in styles)
    return html.replace(HASHES, " ".join(hashes), 1)


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def write_whole(path: Path, text: str) -> Path:
    """Write a file under another name and move it to its place.

    Raises
    ------
    CriticalMassError
        If it cannot be written; what was there before is then still there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft_of(path) as draft:
            draft.write_text(text, encoding="utf-8")
            return draft.replace(path)
    except OSError as error:
        raise CriticalMassError(f"cannot write {str(path)!r}: {error.strerror or error}") from error
