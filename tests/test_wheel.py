"""The wheel: what is in it, and that it works in an environment with nothing else.

It is installed from the package index, with the versions of constraints.txt, so it needs a network.
"""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "criticalmass"
USE = """
from criticalmass import Population

people: Population = Population.from_texts(["i cook", "i write"], ["a", "b"])
kind: str = people.kind
print(kind)
"""
pytestmark = pytest.mark.slow


def called(*words, cwd):
    """Run a command and return what it prints; a failure shows it."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(cwd), **_index()},
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def _index():
    """Return the settings of pip, which may name another index."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith("PIP_") or name.lower().endswith("_proxy") or name.endswith("_CERT_FILE")
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    called(*pip, "wheel", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_all_that_the_package_needs(wheel):
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    assert "criticalmass/py.typed" in inside
    files = {
        f"criticalmass/{path.relative_to(SOURCE)}"
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files <= inside
    assert {name.split("/")[0] for name in inside} == {
        "criticalmass",
        "criticalmass-0.1.0.dist-info",
    }
    assert any(name.endswith("licenses/LICENSE") for name in inside)


def test_the_wheel_works_where_nothing_else_is_installed(wheel, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "empty"], check=True)
    there = tmp_path / "empty" / "bin"
    pip = [there / "python", "-m", "pip", "--disable-pip-version-check", "--quiet"]
    called(*pip, "install", "--constraint", ROOT / "constraints.txt", wheel, cwd=tmp_path)
    assert "Your study" in called(there / "criticalmass", "--help", cwd=tmp_path)
    assert re.search(
        r"criticalmass 0\.1\.0", called(there / "criticalmass", "--version", cwd=tmp_path)
    )
    answer = called(there / "criticalmass", "run", "--out", "results", cwd=tmp_path)
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split("\n> "))
    sentence = re.search(r"It takes about 15 people .*", answer)
    assert sentence is not None
    assert sentence[0] in readme
    assert (tmp_path / "results" / "report.html").stat().st_size > 10_000
    (tmp_path / "use.py").write_text(USE)
    assert called(there / "python", "use.py", cwd=tmp_path) == "texts\n"
    mypy = [sys.executable, "-m", "mypy", "--strict", "--python-executable", there / "python"]
    assert "Success" in called(*mypy, "use.py", cwd=tmp_path)
    (tmp_path / "wrong.py").write_text(USE.replace("kind: str", "kind: int"))
    with pytest.raises(AssertionError, match="Incompatible types in assignment"):
        called(*mypy, "wrong.py", cwd=tmp_path)
