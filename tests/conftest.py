"""Small populations that many tests share, and where the real corpora lie."""

import os
from pathlib import Path

import numpy as np
import pytest

from criticalmass import Population
from criticalmass.datasets import synthetic_resumes
from support.study_files import write_study

BESIDE = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session", autouse=True)
def _data_folder():
    """Let tests find the real corpora if they lie beside the checkout."""
    if "CRITICALMASS_DATA" not in os.environ and BESIDE.is_dir():
        os.environ["CRITICALMASS_DATA"] = str(BESIDE)


@pytest.fixture(scope="session")
def real(_data_folder):
    """Return the path of a real data file, or skip the test with the reason."""

    def path(name):
        folder = os.environ.get("CRITICALMASS_DATA")
        if not folder or not (Path(folder) / name).is_file():
            pytest.skip(f"{name} is not here: set CRITICALMASS_DATA to the folder that holds it")
        return Path(folder) / name

    return path


@pytest.fixture(scope="session")
def texts():
    """120 made-up profiles with sets of labels."""
    return synthetic_resumes(120, seed=3)


@pytest.fixture(scope="session")
def table():
    """200 rows of two number columns and one text column, one label each."""
    rng = np.random.default_rng(0)
    age = rng.integers(18, 70, 200)
    job = rng.choice(["cook", "nurse", "clerk"], 200).astype(object)
    hours = rng.normal(38, 5, 200)
    hired = np.where(age + 20 * (job == "nurse") + rng.normal(0, 8, 200) > 50, "yes", "no")
    frame = {"age": age, "job": job, "hours": hours, "hired": hired.astype(object)}
    return Population.from_table(frame, label="hired", name="applicants")


@pytest.fixture(scope="session")
def images():
    """60 images of 6 × 6 pixels, one label each."""
    rng = np.random.default_rng(0)
    labels = np.array(["dark", "light"])[np.arange(60) % 2]
    pixels = rng.random((60, 6, 6)) + (labels == "light")[:, None, None]
    return Population.from_arrays(pixels, labels.tolist(), name="squares")


@pytest.fixture
def study_toml(tmp_path):
    """Write a study file, with some keys changed, and return its path."""

    def write(changes=None, name="study.toml"):
        return write_study(tmp_path / name, changes=changes)

    return write
