"""Pages that lie outside of docs/, and links that lead there.

A page in docs/around stands for a file elsewhere in the checkout: its text is that file's. Links
are written for the place where a file lies, so a code host follows them, too; here they are led to
the page of the site, where there is one. Links to other files of the checkout become downloads.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from pygments.lexers import TextLexer
from sphinx.application import Sphinx

DOCS = Path(__file__).parents[1]
ROOT = DOCS.parent
ELSEWHERE = {
    "around/contributing": "CONTRIBUTING.md",
    "around/changelog": "CHANGELOG.md",
    "around/readme": "README.md",
    "around/benchmarks": "benchmarks/README.md",
    "around/hardt2023": "src/criticalmass/papers/hardt2023/README.md",
    "around/gauthier2025": "src/criticalmass/papers/gauthier2025/README.md",
    "around/battiloro2025": "src/criticalmass/papers/battiloro2025/README.md",
}
"""The pages of the site, and the files that they stand for."""
PAGES = {(ROOT / file).resolve(): DOCS / f"{page}.md" for page, file in ELSEWHERE.items()}
_CODE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?P<shown>\[[^\[\]]*\])\((?P<target>[^()\s]+)\)")


def led(text: str, file: Path, page: Path) -> str:
    """Return a page's text with links from a file's place made links from the page's place."""

    def link(found: re.Match[str]) -> str:
        target, mark, anchor = found["target"].partition("#")
        if not target or re.match(r"[a-z]+:", target):
            return found[0]
        there = (file.parent / target).resolve()
        there = PAGES.get(there, there)
        if there.is_dir() and (there / "README.md").exists():
            there = there / "README.md"
        if there.is_dir():
            return found["shown"].strip("[]")  # a site has no page of it
        if not there.exists():
            return found[0]  # Sphinx tells of it
        led_to = os.path.relpath(there, page.parent).replace(os.sep, "/")
        return f"{found['shown']}({led_to}{mark}{anchor})"

    parts, end = list[str](), 0
    for block in _CODE.finditer(text):
        parts += [_LINK.sub(link, text[end : block.start()]), block[0]]
        end = block.end()
    return "".join([*parts, _LINK.sub(link, text[end:])])


def read(app: Sphinx, page: str, source: list[str]) -> None:
    """Take a page's text from elsewhere where it stands for another file, and lead its links."""
    path = Path(app.env.doc2path(page))
    if path.suffix != ".md":
        return
    file = ROOT / ELSEWHERE[page] if page in ELSEWHERE else path
    if file != path:
        app.env.note_dependency(str(file), docname=page)
        source[0] = file.read_text(encoding="utf-8")
    source[0] = led(source[0], file, path)


def setup(app: Sphinx) -> dict[str, bool]:
    """Begin to read pages so."""
    app.connect("source-read", read)
    app.add_lexer("csv", TextLexer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
