"""What a search shows below a title: how the page begins.

Sphinx would fetch the pages for that, which a browser forbids for files that lie on a disk. So the
beginnings are written into one script, which the search page loads and docs/static/scorer.js shows.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import desc_content
from sphinx.application import Sphinx

SCRIPT = "summaries.js"
LONGEST = 160
"""Characters of a summary."""


def summary(page: nodes.document) -> str:
    """Return the first paragraph of a page, cut after a word; empty if it has none."""
    for paragraph in page.findall(nodes.paragraph):
        only_code = len(paragraph) == 1 and isinstance(paragraph[0], nodes.literal)
        if isinstance(paragraph.parent, nodes.section | desc_content) and not only_code:
            text = " ".join(paragraph.astext().split())
            return text if len(text) <= LONGEST else f"{text[:LONGEST].rpartition(' ')[0]} …"
    return ""


def keep(app: Sphinx, page: nodes.document) -> None:
    """Keep the summary of a page that was read."""
    app.env.metadata[app.env.current_document.docname]["summary"] = summary(page)


def load(app: Sphinx, name: str, template: str, context: object, page: object) -> None:
    """Let the search page load the script."""
    if name == "search":
        app.add_js_file(SCRIPT)


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the script."""
    if error is None and app.builder.format == "html":
        kept: dict[str, Any] = {
            name: about["summary"] for name, about in app.env.metadata.items() if "summary" in about
        }
        path = Path(app.outdir) / "_static" / SCRIPT
        path.write_text(f"var Summaries = {json.dumps(kept)};\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Do so for every page."""
    app.connect("doctree-read", keep)
    app.connect("html-page-context", load)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
