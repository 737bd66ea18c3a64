"""What README and docs show is run: Python blocks, study files, links."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

import criticalmass
from criticalmass import read_study, run
from criticalmass.answers.finding import findings
from criticalmass.cli.run import BUILT_IN
from criticalmass.fitting import posterior
from criticalmass.learners.kinds import learners
from criticalmass.signals.kinds import SIGNALS
from criticalmass.strategies.kinds import GOALS, STRATEGIES
from criticalmass.studies.facts import facts_of
from criticalmass.theory import FeatureLabelBound
from criticalmass.words.finding import answer

ROOT = Path(__file__).parents[1]
PAPER = ROOT / "src" / "criticalmass" / "papers" / "hardt2023" / "README.md"
PAPERS = PAPER.parents[1].glob("*/README.md")
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(PAPERS), *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(language):
    return [
        pytest.param(code, id=f"{page.relative_to(ROOT)}-{number}")
        for page in PAGES
        if page.name != "CONTRIBUTING.md"  # test_contributing.py follows it
        for number, code in enumerate(
            re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
        )
    ]


@pytest.mark.parametrize("code", blocks("python"))
def test_python_blocks_run(code, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "block", "exec"), {"__name__": "__main__"})
    printed = capsys.readouterr().out
    assert printed
    assert printed.endswith(shown_output(code))


def shown_output(code):
    """Return what the comments at a block's end say that it prints; nothing if there are none."""
    comments = re.search(r"(?:^# .*\n)*\Z", code, re.MULTILINE)[0]
    return re.sub(r"^# ", "", comments, flags=re.MULTILINE)


def test_comments_at_the_end_of_a_block_are_its_output():
    assert shown_output("# a comment\nprint(1)\nprint(2)\n# 1\n# 2\n") == "1\n2\n"
    assert shown_output("print(1)  # a comment\n") == ""


def skip_without_data(study, real):
    """Skip a study of a data set that would be downloaded: a test needs no network."""
    for dataset, file in {"resumes": "resumes_corpus.zip", "adult": "adult.parquet"}.items():
        if f'dataset = "{dataset}"' in study:
            real(file)


@pytest.mark.parametrize("code", blocks("toml"))
def test_study_blocks_are_studies(code, tmp_path, real):
    skip_without_data(code, real)
    (tmp_path / "profiles.csv").write_text(
        "profile,tags,stars\n"
        + "".join(
            f"I cook and bake {i},cook;baker,{1 + i % 9 / 2}\nI type {i},clerk,4\n"
            for i in range(2000)
        )
    )  # fmt: skip
    (tmp_path / "study.toml").write_text(code)
    assert read_study(tmp_path / "study.toml").trials()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
        assert (page.parent / link).exists(), link


def test_readme_is_two_screens():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 100


def test_readme_quotes_what_the_built_in_study_answers(tmp_path):
    study = read_study(BUILT_IN)
    quoted = " ".join((ROOT / "README.md").read_text().split("\n> "))
    for found in findings(facts_of(study), run(study, tmp_path)):
        assert f"**{found.strategy}**: {answer(found)}" in quoted


def test_every_page_is_in_the_list_of_pages():
    listed = (ROOT / "docs" / "README.md").read_text()
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in listed, page.name


def test_the_version_is_one_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert criticalmass.__version__ == project["version"]
    assert f"\nversion: {project['version']}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"version {project['version']}" in (ROOT / "CHANGELOG.md").read_text()


def test_bibtex_says_what_the_citation_file_says():
    yaml = pytest.importorskip("yaml")
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    (paper,) = cited["references"]
    authors = " and ".join(
        f"{one['family-names']}, {one['given-names']}" for one in paper["authors"]
    )
    shown = re.search(r"```bibtex\n(.*?)```", (ROOT / "docs" / "faq.md").read_text("utf-8"), re.S)[
        1
    ]
    assert re.findall(r"^  (\w+) = \{(.*)\},?$", shown, re.M) == [
        ("title", cited["title"]),
        ("author", f"{{{cited['authors'][0]['name']}}}"),
        ("note", f"Software, version {cited['version']}, {cited['license']} licence"),
        ("title", paper["title"]),
        ("author", authors),
        ("booktitle", paper["collection-title"]),
        ("year", str(paper["year"])),
        ("note", paper["notes"]),
    ]


@pytest.mark.parametrize("sense", ["contamination", "conditional-tv", "joint-tv"])
def test_real_questions_say_what_an_epsilon_costs(sense):
    text = (ROOT / "docs" / "faq.md").read_text(encoding="utf-8")
    cells = re.search(rf"^\| `{sense}`.*$", text, re.MULTILINE)[0].split("|")[2:5]
    for cell, epsilon in zip(cells, (0, 0.01, 0.05), strict=True):
        bound = FeatureLabelBound(uniqueness=0.001, epsilon=epsilon, suboptimality=sense)
        mass = bound.critical_mass(0.9)
        assert cell.strip() == (f"{100 * mass.alpha:.3g}%" if mass.reached else "none")


def test_the_table_of_priors_says_what_a_curve_is_drawn_from():
    """Midpoint, width, floor, ceiling, σ and ρ of the sampler's first particles."""
    prior, smallest = posterior._Prior(0.01), np.log(0.01)
    particles = prior.draws(2**14, seed=0)
    drawn = posterior._natural(particles[posterior._possible(particles)])
    text = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")
    for name, column in (("width", 1), ("σ", 4), ("ρ", 5)):
        cells = re.search(rf"^\| {name}\b.*$", text, re.MULTILINE)[0].split("|")[3:5]
        said = [float(cells[0]), *map(float, cells[1].split(" to "))]
        assert np.allclose(said, np.quantile(drawn[:, column], [0.5, 0.025, 0.975]), rtol=0.04)
    assert "at most 0.2" in text
    assert np.isclose(np.exp(posterior.SCATTERED), 0.2)
    ends = np.quantile(drawn[:, 0], norm.cdf([-1, 1]))
    assert np.allclose(ends, [smallest - 3, 3], atol=0.15)
    floor, ceiling = drawn[:, 2], drawn[:, 3]
    assert (floor < ceiling).all()
    for level in (0.25, 0.5, 0.75):  # of two uniform numbers the lower and the higher
        assert np.isclose((floor < level).mean(), 1 - (1 - level) ** 2, atol=0.01)
        assert np.isclose((ceiling < level).mean(), level**2, atol=0.01)


@pytest.mark.parametrize("kind", [*SIGNALS, *STRATEGIES, *GOALS, *learners()])
def test_every_kind_that_a_study_file_may_name_is_explained(kind):
    assert f"`{kind}`" in (ROOT / "docs" / "study-files.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "page", sorted((ROOT / "examples").glob("*.toml")), ids=lambda page: page.name
)
def test_examples_are_studies(page, real):
    skip_without_data(page.read_text(), real)
    study = read_study(page)
    assert len(study.trials()) > 10
