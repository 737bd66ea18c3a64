"""Pages that people open: HTML that needs no network, written whole or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import jinja2

from criticalmass.errors import CriticalMassError
from criticalmass.words import comparing, finding, joining, plan, report, theory
from criticalmass.words.numbers import exact_percent, heads, percent, probability

WORDS = {
    "comparing": comparing,
    "finding": finding,
    "joining": joining,
    "plan": plan,
    "report": report,
    "theory": theory,
}
"""The modules whose functions put things into sentences, as templates call them."""


def page(template: str, **content: Any) -> str:
    """Return a page made from one of the templates; all content is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("criticalmass.pages", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for word in (percent, exact_percent, heads, probability):
        environment.filters[word.__name__] = word
    environment.globals["words"] = WORDS
    return environment.get_template(template).render(**content)


def write_whole(path: Path, text: str) -> Path:
    """Write a file under another name and move it to its place.

    Raises
    ------
    CriticalMassError
        If it cannot be written; what was there before is then still there.
    """
    draft: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, suffix=path.suffix, delete=False
        ) as file:
            draft = Path(file.name)
            file.write(text)
        draft.chmod(0o644)
        return draft.replace(path)
    except OSError as error:
        if draft is not None:
            draft.unlink(missing_ok=True)
        raise CriticalMassError(f"cannot write {str(path)!r}: {error.strerror or error}") from error
