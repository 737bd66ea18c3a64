"""The documentation site: what its reference is made of, and that what is missing stops its build.

`make docs` builds it whole, and `make docs-check` from kept outputs; neither fits in here.
"""

import importlib
import re
import types
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import typer
from docutils.core import publish_doctree
from extensions import commands, kept, keys, names, outside, summaries
from PIL import Image
from pydantic import BaseModel
from sphinx_gallery.py_source_parser import split_code_and_text_blocks

import criticalmass

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted((ROOT / "examples" / "gallery").glob("*.py"))
KEPT = ROOT / "docs" / "gallery"


@pytest.fixture
def app(tmp_path):
    return SimpleNamespace(srcdir=tmp_path, config=SimpleNamespace())


def test_every_public_name_has_a_page(app):
    names.write(app)
    pages = {path.stem for path in (app.srcdir / "reference" / "names").glob("*.rst")}
    for room in ("theory", "studies", "curves", "members"):
        module = importlib.import_module(f"criticalmass.{room}")
        assert {f"{room}.{name}" for name in module.__all__} <= pages
    homes = (app.srcdir / "reference" / "names" / "index.rst").read_text()
    for name in criticalmass.__all__:
        assert f"`{name} <" in homes or isinstance(getattr(criticalmass, name), types.ModuleType)


def test_a_name_without_a_docstring_stops_the_build(app, monkeypatch):
    def silent():
        return 1

    module = importlib.import_module("criticalmass.intervals")
    monkeypatch.setattr(module, "lower_limit", silent)
    with pytest.raises(SystemExit, match=r"without a docstring: criticalmass\.intervals\.low"):
        names.write(app)


def test_a_docstring_that_a_dataclass_wrote_itself_is_none():
    @dataclass
    class Silent:
        x: int

    assert names.docstring(names.Name("data", "Silent", Silent)) == ""


def test_every_key_that_the_code_reads_is_in_the_reference(app):
    keys.write(app)
    page = (app.srcdir / "reference" / "keys.rst").read_text()
    for name in ("randomize_labels", "target_label", "tolerated", "free_ride", "edges", "deadline"):
        assert f"``{name}``" in page
    found = {(section, key.name): key for section, listed in keys.tables() for key in listed}
    assert found["[success]", "target"].default == "``0.9``"
    assert found["[population]", "missing"].type == '``"refuse"`` or ``"keep"`` or ``"drop"``'
    assert found["the file itself", "name"].default == "required"


def test_a_key_without_a_description_stops_the_build(app, monkeypatch):
    class Section(BaseModel):
        """Nothing is said of its key."""

        hidden: int = 1

    monkeypatch.setattr(keys, "StudyFile", Section)
    with pytest.raises(SystemExit, match="without a description: the file itself: hidden"):
        keys.write(app)


def test_the_prose_on_study_files_knows_every_key_of_its_sections():
    prose = (ROOT / "docs" / "study-files.md").read_text(encoding="utf-8")
    sections = [s for s in keys.tables() if s[0].startswith("[") and "kind" not in s[0]]
    missing = [(section, key.name) for section, listed in sections for key in listed
               if f"`{key.name}`" not in prose]  # fmt: skip
    assert missing == []


def test_every_command_is_in_the_reference(app):
    commands.write(app)
    page = (app.srcdir / "reference" / "commands.rst").read_text()
    prose = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for name in re.findall(r"^criticalmass (\w+)", prose, re.MULTILINE):
        assert f"\ncriticalmass {name}" in page, name
    assert "``--allow PACKAGE``" in page


def test_an_option_without_a_description_stops_the_build(app, monkeypatch):
    other = typer.Typer()

    @other.command()
    def silent(loud: bool = False) -> None:
        """Do nothing."""

    @other.command()
    def second() -> None:
        """Do nothing, too."""

    monkeypatch.setattr(commands, "line", other)
    with pytest.raises(SystemExit, match="without a description: criticalmass silent loud"):
        commands.write(app)


@pytest.mark.parametrize(
    ("text", "led"),
    [
        ("[a](data.md)", "[a](data.md)"),
        ("[a](../CONTRIBUTING.md#a-signal)", "[a](around/contributing.md#a-signal)"),
        ("[a](../benchmarks/README.md)", "[a](around/benchmarks.md)"),
        ("[a](../examples/adult.toml)", "[a](../examples/adult.toml)"),
        ("[a](../examples)", "a"),
        ("[a](https://example.org/x)", "[a](https://example.org/x)"),
        ("[a](nowhere.md)", "[a](nowhere.md)"),  # Sphinx tells of it
        ("```\n[a](../CONTRIBUTING.md)\n```", "```\n[a](../CONTRIBUTING.md)\n```"),
    ],
)
def test_links_lead_to_the_pages_of_the_site(text, led):
    here = ROOT / "docs" / "page.md"
    assert outside.led(text, here, here) == led


def test_links_of_a_file_from_elsewhere_are_led_from_there():
    text = outside.led(
        "[a](docs/data.md) ![b](docs/models.svg)",
        ROOT / "README.md",
        ROOT / "docs" / "around" / "readme.md",
    )
    assert text == "[a](../data.md) ![b](../models.svg)"


def test_kept_outputs_are_those_of_the_examples_as_they_are():
    assert kept.changed(SCRIPTS[0].parent, KEPT) == []
    assert {path.name for path in KEPT.glob("*.rst")} - {"index.rst"} == {
        f"{path.stem}.rst" for path in SCRIPTS
    }


def test_a_changed_example_is_noticed_before_kept_outputs_are_shown(tmp_path):
    (tmp_path / "one.py").write_text('"""\nOne\n===\n"""\n')
    (tmp_path / "one.py.md5").write_text("0" * 32)
    assert kept.changed(tmp_path, tmp_path) == ["one.py"]


def test_an_example_is_run_alone_where_the_others_are_kept(tmp_path, monkeypatch):
    scripts, gallery = tmp_path / "scripts", tmp_path / "docs" / "gallery"
    scripts.mkdir()
    gallery.mkdir(parents=True)
    for name in ("old", "new"):
        (scripts / f"{name}.py").write_text(f'"""\n{name}\n===\n"""\n')
    hashed = kept.get_md5sum(scripts / "old.py", mode="t")
    (gallery / "old.py.md5").write_text(hashed)
    monkeypatch.setattr(kept, "jupyter_notebook", lambda *what: {})
    monkeypatch.setattr(kept, "save_notebook", lambda notebook, path: path.write_text("{}"))
    config = SimpleNamespace(
        sphinx_gallery_conf={"examples_dirs": "../scripts", "gallery_dirs": "gallery"},
        only_kept=False,
    )
    kept.again(SimpleNamespace(srcdir=tmp_path / "docs", config=config))
    assert {path.name for path in gallery.iterdir()} == {"old.py.md5", "old.ipynb", "old.zip"}
    config.only_kept = True
    with pytest.raises(SystemExit, match=r"The site is not built: no kept outputs of new\.py"):
        kept.again(SimpleNamespace(srcdir=tmp_path / "docs", config=config))


def test_a_search_leads_to_pages_that_exist():
    scorer = (ROOT / "docs" / "static" / "scorer.js").read_text(encoding="utf-8")
    homes = re.findall(r'^ +\[/.*/, "(\S+)"\],$', scorer, re.MULTILINE)
    assert len(homes) > 3
    for home in homes:
        assert (ROOT / "docs" / f"{home}.md").is_file(), home


@pytest.mark.parametrize(
    ("page", "begins"),
    [
        (
            "Title\n=====\n\n.. note:: Not it.\n\n``import it``\n\nThe first\nwords.\n",
            "The first words.",
        ),
        ("Title\n=====\n\n" + "word " * 60, "word " * 32 + "…"),
        ("Title\n=====\n", ""),
    ],
)
def test_a_search_shows_how_a_page_begins(page, begins):
    settings = {"doctitle_xform": False}
    assert summaries.summary(publish_doctree(page, settings_overrides=settings)) == begins


def numbers_of(text):
    """The numbers with digits in a text, without thousands separators."""
    return {found.replace(",", "") for found in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_numbers_in_the_text_of_an_example_are_in_its_code_or_output(script):
    """So a text says nothing that the outputs below it do not."""
    text = "\n".join(
        block.content
        for block in split_code_and_text_blocks(str(script))[1]
        if block.type == "text"
    )
    text = re.sub(r"``[^`]*``|Figure \d", "", text)
    page = (KEPT / f"{script.stem}.rst").read_text(encoding="utf-8")
    blocks = re.findall(r"^ ?\.\. code-block::.*?(?=^\S)", page, re.DOTALL | re.MULTILINE)
    assert numbers_of(text) <= numbers_of("\n".join(blocks)) | {"0"}


def test_every_example_prints_or_draws_something():
    assert len(SCRIPTS) >= 20
    for script in SCRIPTS:
        page = (KEPT / f"{script.stem}.rst").read_text(encoding="utf-8")
        assert "sphx-glr-script-out" in page, script.name


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_kept_outputs_hold_no_warnings_and_nothing_of_one_machine(script):
    page = (KEPT / f"{script.stem}.rst").read_text(encoding="utf-8")
    printed = "".join(re.findall(r"^ \.\. code-block:: none\n(.*?)(?=^\S)", page, re.M | re.S))
    assert not re.findall(r"Warning:|Traceback| at 0x[0-9a-f]+|/[\w/.]+\.py:\d+", printed)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_card_of_an_example_shows_a_picture_that_it_drew(script):
    """And not one that stands for examples without a picture."""
    drawn = KEPT / "images" / f"sphx_glr_{script.stem}_001.png"
    card = KEPT / "images" / "thumb" / f"sphx_glr_{script.stem}_thumb.png"
    assert drawn.exists(), "it draws nothing"
    assert drawn.name in (KEPT / f"{script.stem}.rst").read_text(encoding="utf-8")
    with Image.open(card) as small, Image.open(drawn) as large:
        shown = np.asarray(small.convert("L"), dtype=float)
        wanted = np.asarray(large.convert("L").resize(small.size, Image.Resampling.LANCZOS))
    assert np.abs(shown - wanted).mean() < 5  # of 255


def test_pictures_of_examples_that_are_gone_are_not_kept():
    shown = "\n".join(path.read_text(encoding="utf-8") for path in KEPT.glob("*.rst"))
    drawn = {path.name for path in (KEPT / "images").glob("*.png")}
    assert {name for name in drawn if name not in shown} == set()
    cards = {path.name for path in (KEPT / "images" / "thumb").glob("*.png")}
    assert cards == {f"sphx_glr_{script.stem}_thumb.png" for script in SCRIPTS}
