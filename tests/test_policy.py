"""What a browser may do with a page: show it, and apply its own styles."""

import base64
import hashlib
import re
from html import unescape

import pytest

from criticalmass import run
from criticalmass.members.instructions import instruct
from criticalmass.pages.handouts import write_handouts
from criticalmass.pages.report import write_report
from criticalmass.studies import read_study
from support.browser import browse, needs_browser
from support.members_files import text_members
from support.studies import text_study
from support.study_files import write_study


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A report with figures, an organiser's page and a member's."""
    folder = tmp_path_factory.mktemp("pages")
    path = write_study(folder / "study.toml", changes={"placement.points": 3})
    run(read_study(path), folder / "out")
    study = text_study()
    told = instruct(study, text_members(folder, study))
    index = write_handouts(told, folder / "told")
    return [write_report(folder / "out"), index, index.parent / "members" / "m0.html"]


def policy_of(html):
    """Return a page's policy, a list of sources for each kind of content."""
    (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', html)
    parts = [part.split() for part in unescape(policy).split(";")]
    return {part[0]: part[1:] for part in parts}


def test_pages_allow_their_own_styles_and_script_and_nothing_else(pages):
    for page in pages:
        html = page.read_text(encoding="utf-8")
        policy = policy_of(html)
        styles = re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)
        hashes = {
            f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
            for style in styles
        }
        assert set(policy.pop("style-src")) == hashes
        scripts = re.findall(r"<script[^>]*>(.*?)</script>", html, re.DOTALL)
        allowed = [
            f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
            for script in scripts
        ]
        if page.name == "report.html":  # copies the sentence, and saves the picture
            assert len(scripts) == 2
            assert policy.pop("img-src") == ["data:"]
        else:  # a member's copies; an organiser's has none
            assert len(scripts) == (page.parent.name == "members")
        assert policy.pop("script-src", []) == allowed
        assert policy == {
            "default-src": ["'none'"],
            "base-uri": ["'none'"],
            "form-action": ["'none'"],
        }
        assert html.index("Content-Security-Policy") < html.index("<style")
        assert not re.search(r"<[^>]* style=", html)  # no hash allows an attribute


def test_a_figure_keeps_its_styles_as_classes_that_no_other_figure_has(pages):
    html = pages[0].read_text(encoding="utf-8")
    figures = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert len(figures) > 1
    seen = set()
    for figure in figures:
        defined = set(re.findall(r"\.([\w-]+)\{", figure))
        used = set(re.findall(r'class="([\w-]+)"', figure))
        assert used == defined
        assert not used & seen
        seen |= used


@pytest.mark.slow
@needs_browser
def test_a_browser_shows_the_pages_without_a_complaint_and_runs_nothing(pages, tmp_path):
    def console(path):
        done = browse(path.as_uri(), tmp_path, "--enable-logging=stderr", "--dump-dom")
        return [line for line in done.stderr.splitlines() if "CONSOLE" in line]

    for page in pages:
        assert console(page) == []
    for page in pages:
        html, odd = page.read_text(encoding="utf-8"), tmp_path / "odd.html"
        odd.write_text(html.replace("<title>", '<script>console.log("it ran")</script><title>'))
        told = console(odd)
        assert any("Content Security Policy" in line for line in told)
        assert not any("it ran" in line for line in told)
