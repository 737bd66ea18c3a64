"""Public names, rooms and imports are as the house plan has them."""

import ast
import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import criticalmass

SOURCE = Path(criticalmass.__file__).parent
ROOMS = [
    "incentives",
    "signals",
    "strategies",
    "learners",
    "curves",
    "theory",
    "fitting",
    "studies",
    "datasets",
    "papers",
    "members",
    "doubts",
]

LAYERS = tomllib.loads((SOURCE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"][0]["layers"]
"""Every room and every file beside them; each imports only from those after it."""


def test_all_is_what_is_there():
    for name in criticalmass.__all__:
        assert getattr(criticalmass, name) is not None
    typed = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse((SOURCE / "__init__.py").read_text()))
        if isinstance(node, ast.ImportFrom) and node.module.startswith("criticalmass")
        for alias in node.names
    }
    assert typed == set(criticalmass.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Populaton'"):
        _ = criticalmass.Populaton


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_export_what_they_say(room):
    module = importlib.import_module(f"criticalmass.{room}")
    assert all(hasattr(module, name) for name in module.__all__)
    assert module.__all__ == sorted(module.__all__)


def test_every_file_has_its_place():
    there = {path.stem for path in SOURCE.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert there - {"__init__", "__pycache__"} == set(LAYERS)


@pytest.mark.parametrize(
    "path", sorted(SOURCE.rglob("*.py")), ids=lambda p: str(p.relative_to(SOURCE))
)
def test_imports_point_up(path):
    here = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    if here == "__init__":
        return
    for node in ast.walk(ast.parse(path.read_text())):
        module = node.module if isinstance(node, ast.ImportFrom) else None
        if not module or not module.startswith("criticalmass."):
            continue
        there = module.split(".")[1]
        if there != here:
            assert LAYERS.index(there) > LAYERS.index(here), f"{here} imports {there}"


def test_help_loads_nothing_heavy():
    code = (
        "import sys, criticalmass.cli; "
        "print([m for m in ('numpy', 'sklearn', 'scipy', 'duckdb', 'torch') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
