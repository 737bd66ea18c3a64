"""A study file is data: it runs no code but scikit-learn's and that of packages the user named."""

import subprocess
import sys

import pytest
from sklearn.linear_model import LogisticRegression

from criticalmass import read_study
from criticalmass.errors import DataError, ParameterError
from criticalmass.learners.scikit.named_estimators import allowed, estimator_named
from support.study_files import TABLE, write_study

HELPER = """
from pathlib import Path
from sklearn.linear_model import LogisticRegression

Path(__file__).with_name("was imported").touch()


class Model(LogisticRegression):
    pass
"""


@pytest.fixture
def beside(tmp_path):
    """A table's study that names helper.Model, and a helper.py beside it."""
    learner = {"kind": "scikit", "estimator": "helper.Model"}
    write_study(tmp_path / "study.toml", changes=TABLE | {"learner": learner})
    lines = [f"{20 + i % 40},{'yes' if i % 3 else 'no'}" for i in range(100)]
    (tmp_path / "people.csv").write_text("\n".join(["age,hired", *lines]))
    (tmp_path / "members.csv").write_text("id,age,hired\n1,30,no\n")
    (tmp_path / "helper.py").write_text(HELPER)
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        ("run",),
        ("exact",),
        ("bound",),
        ("plan", "--members", "members.csv"),
        ("instruct", "--members", "members.csv", "--out", "told"),
    ],
    ids=lambda command: command[0],
)
def test_a_module_beside_a_study_file_is_never_imported(command, beside):
    name, *options = command
    result = subprocess.run(
        [sys.executable, "-m", "criticalmass.cli", name, "study.toml", *options],
        capture_output=True, text=True, cwd=beside,
    )  # fmt: skip
    assert not (beside / "was imported").exists()
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    line = result.stderr.strip().splitlines()[-1]
    assert line.startswith("error: study.toml: ")
    assert "scikit-learn's own classifiers" in line
    assert "--allow helper" in line


def test_a_package_that_the_user_allows_is_imported(beside, monkeypatch):
    monkeypatch.syspath_prepend(beside)
    with pytest.raises(DataError, match=r"would run the code of 'helper'.*--allow helper"):
        read_study(beside / "study.toml")
    assert not (beside / "was imported").exists()
    study = read_study(beside / "study.toml", allow=("helper",))
    assert isinstance(study.learner.estimator, LogisticRegression)
    assert (beside / "was imported").exists()
    monkeypatch.setenv("CRITICALMASS_ALLOW", "xgboost, helper")
    assert isinstance(read_study(beside / "study.toml").learner.estimator, LogisticRegression)
    monkeypatch.delitem(sys.modules, "helper")


def test_the_command_line_allows_a_package(beside):
    result = subprocess.run(
        [sys.executable, "-m", "criticalmass.cli", "exact", "study.toml", "--allow", "helper"],
        capture_output=True, text=True, cwd=beside,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert (beside / "was imported").exists()


@pytest.mark.parametrize(
    "path",
    [
        "sklearn.utils.os.system",
        "sklearn.base.os",
        "sklearn.base.BaseEstimator",
        "sklearn.base.ClassifierMixin",
        "sklearn.externals.joblib.Memory",
        "sklearn.externals.array_api_compat.numpy.ndarray",
        "sklearn.linear_model._logistic.LogisticRegression",
        "sklearn.tests.test_base.MyEstimator",
        "sklearn.conftest.pytest",
        "sklearn.cluster.KMeans",
        "sklearn.preprocessing.FunctionTransformer",
        "sklearn.feature_extraction.text.CountVectorizer",
        "sklearn.pipeline.Pipeline",
        "sklearn.datasets.fetch_openml",
        "sklearn.linear_model.Nope",
        "sklearn.linear_model",
        "sklearn",
        "sklearn.",
        "sklearn..linear_model.LogisticRegression",
        ".sklearn.linear_model.LogisticRegression",
        "sklearn_evil.LogisticRegression",
        "sklearn-evil.LogisticRegression",
        "os.mkdir",
        "collections.OrderedDict",
        "Nope",
        "",
    ],
)
def test_nothing_but_scikit_learns_public_classifiers_is_made(path):
    with pytest.raises(DataError) as caught:
        estimator_named(path, {})
    assert "\n" not in str(caught.value)
    assert "sklearn.linear_model.LogisticRegression" in str(caught.value)


def test_a_package_whose_name_begins_like_an_allowed_one_is_another():
    with pytest.raises(DataError, match="--allow xgboost_evil"):
        estimator_named("xgboost_evil.Model", {}, allow=("xgboost",))
    with pytest.raises(DataError, match="'no_such_package' is not installed here"):
        estimator_named("no_such_package.Model", {}, allow=("no_such_package",))
    with pytest.raises(DataError, match=r"os\.mkdir is not a scikit-learn estimator"):
        estimator_named("os.mkdir", {"path": "made"}, allow=("os",))


def test_a_packages_name_is_what_is_allowed():
    assert allowed("xgboost") == ("xgboost",)
    for wrong in ("", "../evil", "a b", 3):
        with pytest.raises(ParameterError, match="such as 'xgboost'"):
            allowed([wrong])


def test_packages_to_allow_are_looked_at_before_anything_is_read(beside):
    for wrong in (3, [""], ["../evil"]):
        with pytest.raises(ParameterError, match="to allow"):
            read_study(beside / "study.toml", allow=wrong)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("1 / 0", "helper cannot be imported: ZeroDivisionError: division by zero"),
        ("import nowhere_to_be_found", "no estimator 'helper.Model'"),
        (
            "def Model(): return 1",
            "helper.Model is not a scikit-learn estimator; a learner, signal or measure of your "
            "own goes into a study in Python: dataclasses.replace(read_study(path), learner=…)",
        ),
        (
            "from sklearn.base import BaseEstimator\n"
            "class Model(BaseEstimator):\n"
            "    def __init__(self): raise RuntimeError('two\\nlines')",
            "helper.Model: RuntimeError: two lines",
        ),
    ],
)
def test_an_allowed_package_that_fails_gets_one_line(source, message, beside, monkeypatch):
    (beside / "helper.py").write_text(source)
    monkeypatch.syspath_prepend(beside)
    monkeypatch.delitem(sys.modules, "helper", raising=False)
    with pytest.raises(DataError) as caught:
        read_study(beside / "study.toml", allow=("helper",))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    sys.modules.pop("helper", None)


def test_parameters_are_checked_as_the_classifier_is_made():
    assert estimator_named("sklearn.linear_model.LogisticRegression", {"C": 2.0}).C == 2.0
    with pytest.raises(DataError, match="unexpected keyword argument 'c'"):
        estimator_named("sklearn.linear_model.LogisticRegression", {"c": 1})
