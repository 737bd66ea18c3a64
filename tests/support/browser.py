"""A real browser, where there is one: what it makes of a page, on a screen and on paper."""

import importlib.util
import json
import re
import shutil
import subprocess
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here (Debian package chromium)"
)
POPPLER = shutil.which("pdftoppm")
needs_paper = pytest.mark.skipif(
    CHROMIUM is None or POPPLER is None,
    reason="no Chromium or no pdftoppm here (Debian packages chromium, poppler-utils)",
)
PLAYWRIGHT = importlib.util.find_spec("playwright") is not None
needs_driver = pytest.mark.skipif(
    CHROMIUM is None or not PLAYWRIGHT,
    reason="no Chromium or no Playwright here (Debian package chromium, pip package playwright)",
)
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
DOTS = 40
"""Dots per inch of a picture of a sheet."""
MARGIN = 16 / 25.4
"""Inches of a sheet that pages leave free at the top and at the bottom."""


@contextmanager
def driven():
    """Start the browser and let Playwright drive it; it downloads none of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS[1:]))
        try:
            yield browser
        finally:
            browser.close()


def browse(address, folder, *options):
    """Let the browser open an address to its end; return what it wrote."""
    profile = f"--user-data-dir={folder / 'profile'}"
    return subprocess.run(
        [CHROMIUM, *OPTIONS, profile, *options, address], capture_output=True, text=True
    )


def answer_of(page, question, folder, width=1000):
    """Return what a page answers to a question in JavaScript, as JSON holds it.

    ``question`` is the body of an asynchronous function of the page's window ``w`` and document
    ``d``; it may wait for what is there already, and for no time.
    """
    frame = folder / "frame.html"
    frame.write_text(
        f'<iframe id="f" width="{width}" height="2000" src="{page.as_uri()}"></iframe>'
        "<pre id=answer></pre><script>onload = async () => {"
        "const w = document.getElementById('f').contentWindow, d = w.document;"
        f"const ask = async () => {{{question}}};"
        "document.getElementById('answer').textContent = JSON.stringify(await ask());"
        "}</script>",
        encoding="utf-8",
    )
    options = ("--allow-file-access-from-files", "--disable-web-security", "--dump-dom")
    done = browse(frame.as_uri(), folder, *options)
    found = re.search(r'<pre id="answer">(.+?)</pre>', done.stdout, re.DOTALL)
    assert found, (done.stdout[:500], done.stderr[-500:])
    return json.loads(unescape(found[1]))


def needed_width(page, folder, width):
    """Return how many pixels wide a page is in a window of a width."""
    return answer_of(page, "return d.documentElement.scrollWidth", folder, width)


def sheets(page, folder, *, paper, before=""):
    """Print a page on paper of a size; return a picture of each sheet, inside its margins.

    ``before`` is put in front of all that the page shows.
    """
    html = page.read_text(encoding="utf-8")
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    html = html.replace("</title>", f"</title><style>@page {{ size: {paper} }}</style>", 1)
    copy, pdf = folder / "copy.html", folder / "copy.pdf"
    copy.write_text(html.replace("<main>", f"<main>{before}", 1), encoding="utf-8")
    done = browse(copy.as_uri(), folder, "--no-pdf-header-footer", f"--print-to-pdf={pdf}")
    assert pdf.exists(), done.stderr[-500:]
    pictures = Path(folder, "sheets")
    shutil.rmtree(pictures, ignore_errors=True)
    pictures.mkdir()
    subprocess.run([POPPLER, "-r", str(DOTS), "-gray", str(pdf), str(pictures / "p")], check=True)
    pdf.unlink()
    edge = round(MARGIN * DOTS)
    return [np.asarray(Image.open(path))[edge:-edge] for path in sorted(pictures.iterdir())]


def blank_share(picture):
    """Return the height of the largest blank band of a sheet, as a share of its height."""
    inked = np.flatnonzero((picture < 250).any(axis=1))
    edges = np.concatenate([[-1], inked, [len(picture)]])
    return float((np.diff(edges) - 1).max() / len(picture))
