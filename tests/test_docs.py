"""What README and docs show is run: Python blocks, study files, links."""

import re
from pathlib import Path

import pytest

from criticalmass import read_study
from criticalmass.learners.kinds import learners
from criticalmass.signals.kinds import SIGNALS
from criticalmass.strategies.kinds import GOALS, STRATEGIES

ROOT = Path(__file__).parents[1]
PAPER = ROOT / "src" / "criticalmass" / "papers" / "hardt2023" / "README.md"
PAGES = [ROOT / "README.md", PAPER, *sorted((ROOT / "docs").glob("*.md"))]


def blocks(language):
    return [
        pytest.param(code, id=f"{page.name}-{number}")
        for page in PAGES
        for number, code in enumerate(
            re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
        )
    ]


@pytest.mark.parametrize("code", blocks("python"))
def test_python_blocks_run(code, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "block", "exec"), {"__name__": "__main__"})
    assert capsys.readouterr().out


@pytest.mark.parametrize("code", blocks("toml"))
def test_study_blocks_are_studies(code, tmp_path, request):
    if 'dataset = "adult"' in code:
        request.getfixturevalue("real")("adult.parquet")
    (tmp_path / "profiles.csv").write_text(
        "profile,tags,stars\n"
        + "".join(
            f"I cook and bake {i},cook;baker,{1 + i % 9 / 2}\nI type {i},clerk,4\n"
            for i in range(2000)
        )
    )  # fmt: skip
    (tmp_path / "study.toml").write_text(code)
    assert read_study(tmp_path / "study.toml").trials()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
        assert (page.parent / link).exists(), link


def test_the_tree_in_readme_is_the_tree():
    tree = re.search(r"^```\n(src/criticalmass/.*?)^```", (ROOT / "README.md").read_text(),
                     re.DOTALL | re.MULTILINE).group(1)  # fmt: skip
    for path in (ROOT / "src" / "criticalmass").glob("*"):
        if not path.name.startswith("__") and path.name != "py.typed":
            assert path.name in tree, f"README's tree lacks {path.name}"


@pytest.mark.parametrize("kind", [*SIGNALS, *STRATEGIES, *GOALS, *learners()])
def test_every_kind_that_a_study_file_may_name_is_explained(kind):
    assert f"`{kind}`" in (ROOT / "docs" / "study-files.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "page", sorted((ROOT / "examples").glob("*.toml")), ids=lambda page: page.name
)
def test_examples_are_studies(page, real):
    if 'dataset = "resumes"' in page.read_text():
        real("resumes_corpus.zip")
    study = read_study(page)
    assert len(study.trials()) > 10
