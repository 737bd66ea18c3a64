"""A user's own class goes by its name, and a store warns when its code has changed."""

import importlib
import subprocess
import sys
import warnings

import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression

from criticalmass import FeatureLabel, Grid, InsertToken, LinearText, Store, Study, run
from criticalmass.cli.main import main
from criticalmass.errors import StudyWarning
from criticalmass.pages.report import write_report
from criticalmass.studies.facts import facts_of
from criticalmass.studies.identity.describe import describe
from criticalmass.studies.identity.own_code import (
    changed_code,
    code_of,
    is_own,
    name_of,
    remembered,
)

SHOUT = """
from dataclasses import dataclass


@dataclass(frozen=True)
class Shout:
    words: int = 3

    def apply(self, features, *, population, rng):
        marked = features.copy()
        for row, text in enumerate(features):
            marked[row] = text.upper()  # loud
        return marked
"""
COMMENTED = SHOUT.replace("# loud", "# louder").replace(
    "rng):\n", 'rng):\n        """Write a text in capitals."""\n\n'
)
OTHER = SHOUT.replace("text.upper()", "text.upper() + '!'")


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Write a module of the user's own and import it afresh."""
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def write(source, name="shouting"):
        (folder / f"{name}.py").write_text(source)
        importlib.invalidate_caches()
        sys.modules.pop(name, None)
        return importlib.import_module(name).Shout

    yield write
    sys.modules.pop("shouting", None)


def in_a_notebook(source):
    """Define a class as a notebook does: there is no file to read its source from."""
    namespace = {"__name__": "__main__"}
    exec(compile(source, "<ipython-input-1>", "exec"), namespace)
    return namespace["Shout"]


def study(kind, texts, repetitions=1):
    train, test = texts.split(test=20, seed=0)
    strategies = {"shout": FeatureLabel(kind(), "Writer")}
    return Study(train, test, LinearText(), strategies, Grid((0.1, 0.2), repetitions))


def test_a_class_that_moved_from_a_notebook_to_a_module_names_the_same_trials(module, texts):
    there, here = in_a_notebook(SHOUT), module(SHOUT)
    assert describe(there()) == describe(here()) == {"kind": "Shout", "words": 3}
    keys = [[trial.key for trial in study(kind, texts).trials()] for kind in (there, here)]
    assert keys[0] == keys[1]
    assert code_of(there) == code_of(here)


def test_classes_of_installed_packages_keep_their_modules():
    assert name_of(LogisticRegression) == "sklearn.linear_model._logistic.LogisticRegression"
    assert name_of(warnings.catch_warnings) == "warnings.catch_warnings"
    assert name_of(dict) == "builtins.dict"
    assert name_of(pytest.MonkeyPatch) == "_pytest.monkeypatch.MonkeyPatch"
    assert name_of(InsertToken) == "InsertToken"
    assert not any(map(is_own, (LogisticRegression, dict, pytest.MonkeyPatch, InsertToken)))


def test_a_class_executed_in_a_namespace_without_a_name_is_the_users():
    namespace = {}
    exec(SHOUT, namespace)
    assert is_own(namespace["Shout"])
    assert describe(namespace["Shout"]()) == {"kind": "Shout", "words": 3}


def test_comments_and_docstrings_are_no_change_and_code_is(module):
    shout = code_of(module(SHOUT))
    assert code_of(module(COMMENTED)) == shout
    assert code_of(in_a_notebook(COMMENTED)) == shout
    for changed in (
        OTHER,
        SHOUT.replace("upper", "lower"),
        SHOUT.replace("text.upper()", "(lambda t: t.upper())(text)"),
        SHOUT + "\n    def loud(self):\n        return True\n",
        SHOUT + "\n    HOW = 'loud'\n",
        SHOUT + "\n    @property\n    def loud(self):\n        return True\n",
    ):
        assert code_of(module(changed)) != shout


def test_a_class_may_say_something_else_of_itself_without_a_change(module):
    says = SHOUT + "\n    def in_words(self):\n        return 'shout'\n"
    erased = says + "\n    def erased_in_words(self):\n        return 'in capitals'\n"
    assert code_of(module(says)) == code_of(module(erased)) == code_of(module(SHOUT))


def test_the_code_of_a_users_base_class_counts(module):
    below = "\n\nclass Base(Shout):\n    pass\n\n\nShout, Base = Base, Shout\n"
    assert code_of(module(SHOUT + below)) != code_of(module(OTHER + below))


def made(mark):
    """Make a class whose methods use what is around them: a value, and the class itself."""

    class Made:
        def apply(self, features):
            return features + mark

        def described(self):
            return super().__repr__()

        def later(self):
            return missing

    if mark is None:
        missing = mark
    return Made


def test_values_from_a_function_around_a_class_count():
    codes = {code_of(made(mark)) for mark in ("~", "+")}
    assert len(codes) == 2
    assert code_of(made("~")) == code_of(made("~"))
    assert code_of(made(object())) == code_of(made(object()))  # what has no text


def test_a_store_warns_when_the_code_of_a_users_class_has_changed(
    module, texts, tmp_path, capsys, monkeypatch
):
    out = tmp_path / "out"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(study(module(SHOUT), texts), out)
        run(study(module(COMMENTED), texts), out)
    changed = "the code of Shout has changed since 3 of these trials were run; use another folder"
    with pytest.warns(StudyWarning, match=changed):
        run(study(module(OTHER), texts), out)
    with pytest.warns(StudyWarning, match=changed):  # and again, with trials of both codes
        run(study(in_a_notebook(OTHER), texts, repetitions=2), out)
    assert "The code of Shout has changed since 3 of these" in write_report(out).read_text()
    monkeypatch.setattr(sys, "argv", ["criticalmass", "show", str(out)])
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().err.strip().startswith("warning: the code of Shout has changed")
    with pytest.warns(StudyWarning, match="since 2 of these trials"):  # back to the first code
        run(study(module(SHOUT), texts, repetitions=2), out)


def test_a_study_without_classes_of_ones_own_is_never_warned_of(texts, tmp_path):
    plain = study(lambda: InsertToken("~"), texts)
    assert facts_of(plain).code["kinds"] == {}
    for _ in range(2):
        run(plain, tmp_path)
    with Store.open(tmp_path) as store:
        assert changed_code(store.facts().code) == []


def test_stores_from_before_and_other_pythons_tell_nothing():
    now = {"kinds": {"Shout": "b"}, "python": "3.12", "before": []}
    assert changed_code(None) == []
    assert changed_code(remembered(now, None, 40)) == []
    older = {"kinds": {"Shout": "a"}, "python": "3.11", "before": []}
    assert changed_code(remembered(now, older, 40)) == []
    same = {"kinds": {"Shout": "a"}, "python": "3.12", "before": []}
    assert len(changed_code(remembered(now, same, 40))) == 1
    assert changed_code(remembered(now, same, 0)) == []


class Own(LogisticRegression):
    """A user's own estimator."""


def tone(x):
    return x


def test_own_estimators_and_functions_go_by_their_names():
    assert describe(Own())["kind"] == "Own"
    assert isinstance(Own(), BaseEstimator)
    assert describe(tone) == {"kind": "tone"}
    assert code_of(tone) != code_of(in_a_notebook)


SCRIPT = """
import sys
from dataclasses import dataclass

from criticalmass import FeatureLabel, Grid, LinearText, Study, run
from criticalmass.datasets import synthetic_resumes


@dataclass(frozen=True)
class Dice:
    def apply(self, features, *, population, rng):
        marked = features.copy()
        for row, text in enumerate(features):
            marked[row] = f"{text} tilde tilde" if rng.random() < 0.5 else text
        return marked


if __name__ == "__main__":
    train, test = synthetic_resumes(140).split(test=40, seed=0)
    strategies = {"dice": FeatureLabel(Dice(), "Writer")}
    study = Study(train, test, LinearText(C=100), strategies, Grid((0.3,)))
    for jobs in (1, 2):
        rows = run(study, f"out{jobs}", jobs=jobs)
        print([(row.key, row.results, row.accuracy) for row in rows])
"""


def test_a_class_of_a_script_gives_the_same_rows_in_worker_processes(tmp_path):
    """There the script is not called __main__, and the test records' marks are drawn by a name."""
    (tmp_path / "script.py").write_text(SCRIPT)
    result = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True
    )
    here, workers = result.stdout.splitlines()
    assert here == workers
