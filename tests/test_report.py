"""The page: complete, self-contained, escaped, and the same for the same rows."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from criticalmass import (
    FeatureLabel,
    Grid,
    InsertToken,
    LinearText,
    Outcome,
    Population,
    Store,
    Study,
    read_study,
    run,
)
from criticalmass.curves import PathCurve
from criticalmass.errors import StoreError
from criticalmass.pages.figures.success import Line, success_figure
from criticalmass.pages.page import script
from criticalmass.pages.report import render, write_report
from criticalmass.studies import Row
from criticalmass.theory import FeatureLabelBound
from support.browser import answer_of, needed_width, needs_browser
from support.study_files import write_study

NASTY = '<script>alert("x")</script>&'


class Page(HTMLParser):
    """Collects tags, attributes and text; raises if tags do not nest."""

    VOID = ("meta", "br", "path", "use", "rect", "line")

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.attributes, self.words = [], [], [], []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Run a small study from a file."""
    folder = tmp_path_factory.mktemp("report")
    write_study(folder / "study.toml")
    run(read_study(folder / "study.toml"), folder / "out")
    return folder / "out"


@pytest.fixture(scope="module")
def html(folder):
    return write_report(folder).read_text(encoding="utf-8")


def test_has_all_that_a_reader_needs(html, folder):
    page = Page(html)
    with Store.open(folder) as store:
        facts, rows = store.facts(), store.rows()
    answer = re.search(r'<p class="answer" id="answer">(.*?)</p>', html, re.DOTALL).group(1)
    assert re.match(r"It takes|No collective|Nobody needs", answer)
    assert page.tags.count("svg") == 4  # the answer's and the strategy's, wide and narrow
    for members in {row.members for row in rows}:
        assert f"<td>{members}</td>" in html
    assert "What was assumed, and what would change it" in page.text
    assert facts.sha256 in page.text
    assert facts.identity["population"]["sha256"] in page.text
    source = (folder.parent / "study.toml").read_text(encoding="utf-8")
    assert re.sub(r"\s+", " ", source.strip()) in page.text
    assert "numpy" in page.text


def test_how_many_runs_there_were_and_where(html):
    assert re.search(
        r"[0-9]+ training runs in [0-9]+ (second|minute)s?, 1 of them without a collective\. "
        "Placement: a fixed grid of [0-9]+ sizes, [0-9]+ times each\\.",
        html,
    )


def test_an_unfinished_study_is_called_so(folder, html, tmp_path):
    with Store.open(folder) as store, Store.create(tmp_path, store.facts()) as stopped:
        stopped.expect(99)
        for row in store.rows():
            stopped.add(row)
    assert "This study is not finished" in write_report(tmp_path).read_text(encoding="utf-8")
    assert "This study is not finished" not in html


def test_every_trial_is_a_dot(html, folder):
    with Store.open(folder) as store:
        rows = store.rows()
    _, wide = re.findall(r'<div class="wide">(.*?)</div>', html, re.DOTALL)
    dots = [part for part in re.findall(r"<use [^>]*>", wide) if "clip-path" not in part]
    styles = dict(re.findall(r"\.([\w-]+)\{([^}]*)\}", wide))
    named = [styles[name] for part in dots for name in re.findall(r'class="([^"]*)"', part)]
    drawn = len([style for style in named if re.search(r"--series-[12]", style)])
    assert drawn >= 2 * len(rows)


def test_needs_no_network(html):
    page = Page(html)
    assert not {"link", "img", "iframe"} & set(page.tags)
    for name, value in page.attributes:
        if name in ("src", "href", "xlink:href"):
            assert value.startswith("#"), value
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)


def test_colours_follow_the_page(html):
    drawings = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    for drawing in drawings:
        colours = set(re.findall(r"#[0-9a-f]{6}\b", drawing))
        assert colours <= {"#000000", "#ffffff"}, colours
        assert "var(--series-1)" in drawing
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html


def test_ids_are_unique(html):
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'href="#([^"]+)"', html):
        assert target in ids


def test_the_same_rows_give_the_same_page(folder, html):
    assert write_report(folder).read_text(encoding="utf-8") == html


def test_everything_that_comes_from_data_is_escaped(tmp_path):
    texts = [f"text {i} about things" for i in range(60)]
    people = Population.from_texts(texts, [NASTY, "plain"] * 30, name=NASTY, notes=(NASTY,))
    train, test = people.split(test=20, seed=0)
    study = Study(
        train,
        test,
        LinearText(),
        {NASTY: FeatureLabel(InsertToken(NASTY.replace(" ", "")), NASTY)},
        Grid((0.1, 0.3), repetitions=1),
        name=NASTY,
        source=f"# {NASTY}",
    )
    run(study, tmp_path)
    with Store.open(tmp_path) as store:
        facts, rows = store.facts(), store.rows()
    failed = Row("x", NASTY, 0.2, 1, 0.2, 8, error=NASTY)
    html = render(facts, [*rows, failed])
    page = Page(html)
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert scripts == [script("copy.js").text, script("picture.js").text]
    assert page.tags.count("script") == 2
    assert page.text.count(NASTY) > 8
    assert "1 trial failed and is not in these numbers" in page.text


def test_too_few_trials_still_give_a_page(folder):
    with Store.open(folder) as store:
        facts, rows = store.facts(), store.rows()
    page = Page(render(facts, rows[:2]))
    assert "There are not enough trials" in page.text


def test_no_trials_give_no_page(tmp_path):
    Store.create(tmp_path, {"identity": {}}).close()
    with pytest.raises(StoreError, match="has no trials yet"):
        write_report(tmp_path)
    assert not (tmp_path / "report.html").exists()


@needs_browser
@pytest.mark.parametrize("width", [360, 390, 1280])
def test_a_real_browser_shows_it_without_overflow(width, folder, html, tmp_path):
    assert needed_width(folder / "report.html", tmp_path, width) <= width
    count = "return d.querySelectorAll('svg').length"
    assert answer_of(folder / "report.html", count, tmp_path, width) == 4


def test_a_phone_s_legend_has_room():
    names = ("for the best possible model, not this one: at least (Theorem 1)", "a " * 60)
    curve = PathCurve(np.array([0, 0.01, 0.1]), np.array([0, 0.5, 1.0]))
    figure = success_figure(
        [Line(name, curve) for name in names], population_size=1000, target=0.9, width=3.7
    )
    figure.draw_without_rendering()
    (legend,) = figure.legends
    assert [text.get_text().split() for text in legend.get_texts()] == [n.split() for n in names]
    assert legend.get_window_extent().x1 <= figure.bbox.x1


def test_every_measured_curve_is_drawn_however_many_there_are():
    curve = PathCurve(np.array([0, 0.01, 0.1]), np.array([0, 0.5, 1.0]))
    lines = [Line(f"curve {k}", curve, [Outcome(0.01, 5, 10)]) for k in range(8)]
    figure = success_figure(lines, population_size=1000, target=0.9)
    drawn = [line for line in figure.axes[0].get_lines() if line.get_label().startswith("curve")]
    assert [line.get_label() for line in drawn] == [f"curve {k}" for k in range(8)]
    assert len({(line.get_color(), line.get_marker()) for line in drawn}) == 8


@pytest.mark.parametrize(
    ("label", "rows"), [("guaranteed", 1), ("of the best possible model " * 3, 2)]
)
def test_a_legend_lies_within_its_figure(label, rows):
    curve = FeatureLabelBound(uniqueness=0.001, gap=1)
    lines = [Line(label, curve, theory="bound"), Line(label, curve, theory="exact")]
    figure = success_figure(lines, population_size=1000, target=0.9)
    figure.draw_without_rendering()
    (legend,) = figure.legends
    extent = legend.get_window_extent()
    assert figure.bbox.x0 <= extent.x0
    assert extent.x1 <= figure.bbox.x1
    heights = {round(text.get_window_extent().y0) for text in legend.get_texts()}
    assert len(heights) == rows
