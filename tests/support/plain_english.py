"""The texts of a checkout that people read, and a short list of stiff English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

BEGIN = r"(?:^|(?<=[.!?:] ))"
MODAL = r"(?:can|cannot|may|might|not|no longer|only)"
VERB = r"(?:is|are|was|were|counts?|comes?|stays?|hears?|limits?)"
EACH = "class|file|kind|label|learner|member|parameter|person|record|sender|strategy|theorem|trial"

PATTERNS = {
    "Of … at the beginning of a sentence": rf"{BEGIN}Of (?!course\b)",
    "so that, for a consequence: write so": r"[,;] so that\b",
    "as, for because": rf", as (?!if\b)[^,.;:()]*\b{MODAL}\b",
    "a clause with who as the subject": (
        rf"{BEGIN}Who(?:ever)? (?:has|have|did|can|is)\b[^?:]*[.;!]"
    ),
    "a clause with what as the subject": (
        rf"{BEGIN}What (?:(?:is|was|has|cannot|can|would|must)|an? [a-z]+ [a-z]+)\b"
        rf"[^?.:;,]* {VERB}\b[^?:]*[.;!]"
    ),
    "one thing a thing: write one thing for each, or per": (
        rf"\b(?:a|an|one|of one) (?!(?:of|in|for|by|with|than|as|to|from|at|on|is)\b)[a-z]+ an? "
        rf"(?:{EACH})\b"
    ),
    "to be had: write find, get, reach": (
        r"\b(?:to|can|cannot|could|may) be had\b|\b(?:is|was|were) (?:not )?had\b"
    ),
    "else: write otherwise": r"\bwould else\b|[;.] [Ee]lse\b",
}
"""Each by its name: only what can be recognised without understanding."""


class Stiff(NamedTuple):
    """Words that a pattern recognises, and where they stand: file and line."""

    where: str
    pattern: str
    words: str


def stiff_sentences(root: Path) -> list[Stiff]:
    """Return where pages, docstrings, messages and test names are stiff."""
    return list(
        dict.fromkeys(
            Stiff(where, pattern, " ".join(found[0].split()))
            for where, text in (*_pages(root), *_strings(root), *_test_names(root))
            for pattern, expression in PATTERNS.items()
            for found in re.finditer(expression, text)
        )
    )


def _pages(root: Path) -> Iterator[tuple[str, str]]:
    """Yield what pages say outside of code, by paragraphs, items and cells of tables."""
    package = root / "src" / "criticalmass"
    for page in (*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("benchmarks/*.md"),
                 *package.glob("papers/*/README.md")):  # fmt: skip
        for line, text in _paragraphs(page.read_text("utf-8")):
            for cell in re.sub("`[^`]*`", "`…`", text).split(" | "):
                yield f"{page.relative_to(root)}:{line}", cell


def _strings(root: Path) -> Iterator[tuple[str, str]]:
    """Yield docstrings and messages: strings of several words."""
    for path in sorted((root / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            if not all(isinstance(part, (ast.Constant, ast.FormattedValue)) for part in parts):
                continue
            words = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts
            )
            for line, text in _paragraphs(words):
                if " " in text and not text.startswith((">>>", "...")):
                    yield f"{path.relative_to(root)}:{node.lineno + line - 1}", text


def _test_names(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the names of tests as sentences."""
    for path in sorted((root / "tests").glob("test_*.py")):
        for found in re.finditer(r"^ *def test_(\w+)\(", path.read_text("utf-8"), re.MULTILINE):
            sentence = found[1].replace("_", " ").capitalize() + "."
            yield f"{path.relative_to(root)}:{found[1]}", sentence


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Yield paragraphs and items in one line each, with the number of their first line."""
    code = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
    text = code.sub(lambda block: "\n" * block[0].count("\n"), text)
    first, lines = 1, list[str]()
    for number, line in enumerate([*text.split("\n"), ""], 1):
        item = re.match(r"\s*(?:[-*|#>]|\d+\.) ", line)
        if (item or not line.strip()) and lines:
            yield first, " ".join(lines)
            lines = []
        if line.strip():
            first = first if lines else number
            lines.append(line[item.end() if item else 0 :].strip())
