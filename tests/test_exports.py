"""Public names, rooms and imports are as the house plan has them."""

import ast
import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import criticalmass
from criticalmass import moved

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
    "risks",
    "intervals",
    "contracts",
    "papers",
    "members",
    "doubts",
]

LAYERS = tomllib.loads((SOURCE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"][0]["layers"]
"""Every room and every file beside them; each imports only from those after it."""


def stub(folder):
    """The names that a stub lists."""
    tree = ast.parse((folder / "__init__.pyi").read_text(encoding="utf-8"))
    return [
        (alias.name, alias.asname)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]


@pytest.mark.parametrize("module", [criticalmass, criticalmass.data], ids=["top", "data"])
def test_the_stub_is_the_list_of_public_names(module):
    names = stub(Path(module.__file__).parent)
    assert all(name == public for name, public in names)
    assert {name for name, _ in names} == set(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_few_names_are_at_the_top():
    assert len(criticalmass.__all__) <= 35
    assert {"instruct", "plan", "write_report"} <= set(criticalmass.__all__)


def test_a_name_that_never_was_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'Populaton'"):
        _ = criticalmass.Populaton


@pytest.mark.parametrize("name", sorted(moved.NAMES))
def test_old_names_go_on_with_a_warning(name):
    if name in criticalmass.__all__:
        return
    home = f"criticalmass.{moved.NAMES[name]}"
    with pytest.warns(DeprecationWarning, match=f"criticalmass.{name} is now {home}.{name}"):
        old = criticalmass.__getattr__(name)
    assert old is getattr(importlib.import_module(home), name)


@pytest.mark.parametrize("name", sorted(moved.MODULES))
def test_old_modules_are_found_with_a_warning(name, monkeypatch):
    sys.modules.pop(f"criticalmass.{name}", None)
    module = importlib.import_module(f"criticalmass.{name}")
    assert module.__name__ == f"criticalmass.{name}"
    for home in moved.MODULES[name]:
        now = importlib.import_module(f"criticalmass.{home}")
        own = next(public for public in vars(now) if not public.startswith("_"))
        with pytest.warns(DeprecationWarning, match=f"criticalmass.{name}.{own} is now criticalm"):
            assert getattr(module, own) is not None
        vars(module).pop(own)
    if "." not in name and name in criticalmass.__all__:  # it is a function now
        assert callable(getattr(criticalmass, name))
        monkeypatch.delattr(criticalmass, name)


def test_an_old_module_has_its_old_names():
    pool = importlib.import_module("criticalmass.studies.engines.pool")
    now = "criticalmass.studies.running.engines.pool.Pool"
    with pytest.warns(
        DeprecationWarning, match=f"criticalmass.studies.engines.pool.Pool is now {now}"
    ):
        assert pool.Pool is importlib.import_module("criticalmass.studies.running.engines").Pool
    with pytest.raises(AttributeError, match="has no attribute 'Pond'"):
        _ = pool.Pond


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
