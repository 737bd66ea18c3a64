"""The notebooks of examples/ run, and show what they promise."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

EXAMPLES = Path(__file__).parents[1] / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))


def execute(cells, folder):
    """Run cells in a kernel of their own, in a folder; return the notebook with its outputs."""
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(
        notebook, kernel_name="python3", resources={"metadata": {"path": folder}}
    ).execute()
    return notebook


def outputs(notebook):
    """Everything that the cells show, in their order."""
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


def shown(notebook, kind="text/html"):
    """What was shown in one format."""
    return [o.data[kind] for o in outputs(notebook) if "data" in o and kind in o.data]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_kept_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert outputs(notebook) == []
    assert {cell.get("execution_count") for cell in notebook.cells} == {None}


def run_example(name, folder):
    notebook = execute(nbformat.read(EXAMPLES / f"{name}.ipynb", as_version=4).cells, folder)
    assert [o for o in outputs(notebook) if o.output_type == "stream" and o.name == "stderr"] == []
    return notebook


def test_a_first_answer_from_nothing_with_a_class_of_a_cell_and_two_processes(tmp_path):
    notebook = run_example("first-answer", tmp_path)
    html = shown(notebook)
    assert "Population(" in html[0]
    assert "Study study" in html[1]
    assert "22 of 22 trials</div>" in html[2]  # the bar, written anew in its place
    assert "<p>22 trials</p><table>" in html[3]
    assert "<th>top1</th><th>accuracy</th>" in html[3]
    assert "<svg" in html[4]
    assert "It takes about" in html[4]
    assert len(shown(notebook, "image/png")) == 1
    assert (tmp_path / "results" / "first-answer" / "trials.sqlite").exists()


def test_a_store_is_read_with_theory_beside_its_trials(tmp_path):
    notebook = run_example("theory-beside-trials", tmp_path)
    bar, rows, finding, bound, exact, table = shown(notebook)
    assert "28 of 28 trials</div>" in bar
    assert "<p>28 trials</p>" in rows
    assert "guaranteed (Theorem 1)" in finding
    assert "out of 2,000" in finding
    assert "of the population is enough to reach 90%, with 95% probability" in bound
    assert "It takes" in exact
    assert "measured" in table
    assert len(shown(notebook, "image/png")) == 1


BEGIN = """
from criticalmass import FeatureLabel, Grid, LinearText, Study, run
from criticalmass.datasets import synthetic_resumes

train, test = synthetic_resumes(140).split(test=40, seed=0)


def study(*signals):
    strategies = {str(k): FeatureLabel(signal, "Writer") for k, signal in enumerate(signals)}
    return Study(train, test, LinearText(), strategies, Grid((0.1, 0.2), repetitions=1))


def keys(*signals):
    return [trial.key for trial in study(*signals).trials()]
"""
SHOUT = """
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Shout:
    mark: str = "!"

    def apply(self, features, *, population, rng):
        return np.array([text.upper() + self.mark for text in features], dtype=object)
"""
MADE = """
def make(mark):
    @dataclass(frozen=True)
    class Made(Shout):
        def apply(self, features, *, population, rng):
            return np.array([text + mark for text in features], dtype=object)

    return Made()


class Outer:
    @dataclass(frozen=True)
    class Inner(Shout):
        def apply(self, features, *, population, rng):
            return super().apply(features, population=population, rng=rng)


signals = [make("~"), Outer.Inner(), Murmur()]
"""
SCRIPT = SHOUT.replace("Shout", "Murmur").replace("upper", "lower") + "print(Murmur())\n"


def told(notebook, name="stdout"):
    """What cells print, or write to stderr."""
    return "".join(o.text for o in outputs(notebook) if o.get("name") == name)


def test_classes_that_are_run_again_edited_nested_closed_over_or_of_a_script(tmp_path):
    (tmp_path / "murmur.py").write_text(SCRIPT)
    sources = [
        BEGIN,
        SHOUT,
        "before = keys(Shout())\nrows = run(study(Shout()), 'shout')",
        SHOUT + "\nprint('again', keys(Shout()) == before)",
        "print('same', run(study(Shout()), 'shout') == rows)",
        "print('field', keys(Shout('?'))[0] in before)",
        SHOUT.replace("upper", "title") + "\nrun(study(Shout()), 'shout');",
        "%run murmur.py",
        MADE + "one = run(study(*signals), 'one')\ntwo = run(study(*signals), 'two', jobs=2)",
        "print('jobs', [r.without_time() for r in one] == [r.without_time() for r in two])",
        "print('failed', [row.error for row in two if row.error])",
        "rows[:0]",
        "[1, 2]",
        "study.curve if False else None",
    ]
    notebook = execute([nbformat.v4.new_code_cell(source) for source in sources], tmp_path)
    assert told(notebook) == (
        "again True\nsame True\nfield False\nMurmur(mark='!')\njobs True\nfailed []\n"
    )
    assert "the code of Shout has changed since 3 of these trials were run" in told(
        notebook, "stderr"
    )
    plain = [cell.outputs[0].data for cell in notebook.cells[-3:-1]]
    assert plain == [{"text/plain": "[]"}, {"text/plain": "[1, 2]"}]
    assert notebook.cells[-1].outputs == []


def test_a_learner_that_cannot_be_sent_is_one_line_in_a_cell(tmp_path):
    locked = """
import threading


@dataclass(frozen=True)
class Locked(Shout):
    def __post_init__(self):
        object.__setattr__(self, "lock", threading.Lock())


try:
    run(study(Locked()), 'locked', jobs=2)
except Exception as error:
    print(type(error).__name__, error)
"""
    cells = [nbformat.v4.new_code_cell(source) for source in (BEGIN, SHOUT, locked)]
    assert told(execute(cells, tmp_path)).startswith(
        "StudyError strategy '0' cannot be sent to worker processes (TypeError: cannot pickle"
    )
