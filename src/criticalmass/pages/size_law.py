"""The page of a size law: how many people it takes on a platform of another size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from criticalmass.answers.size_law import SizeAnswer
from criticalmass.pages.figures.size_law import size_law_svgs
from criticalmass.pages.page import page, write_whole


def write_size_law(answers: Sequence[SizeAnswer], path: str | Path) -> Path:
    """Write the page and return its path.

    Raises
    ------
    CriticalMassError
        If it cannot be written; what was there before is then still there.
    """
    return write_whole(Path(path), render(answers))


def render(answers: Sequence[SizeAnswer]) -> str:
    """Return the page of some answers, one for each strategy, all about one platform."""
    return page(
        "size_law.html",
        answers=answers,
        largest=answers[0].findings[-1].facts,
        figures=[
            size_law_svgs(answer.law, answer.to, answer.expected, f"s{place}")
            if answer.law is not None
            else []
            for place, answer in enumerate(answers)
        ],
    )
