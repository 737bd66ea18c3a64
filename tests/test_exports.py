"""Public names, rooms and imports are as the house plan has them."""

import ast
import importlib
import json
import shutil
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

import criticalmass
from criticalmass import Store, moved, write_report

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


STUBS = sorted(path.parent for path in SOURCE.rglob("__init__.pyi"))


@pytest.mark.parametrize("folder", STUBS, ids=lambda folder: folder.name)
def test_the_stub_is_the_list_of_public_names(folder):
    package = ".".join(["criticalmass", *folder.relative_to(SOURCE).parts])
    module = importlib.import_module(package)
    names = stub(folder)
    assert all(name == public for name, public in names)
    assert {name for name, _ in names} == set(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_theory_still_has_the_path_curve_with_a_warning():
    from criticalmass import curves, theory

    with pytest.warns(DeprecationWarning, match="theory.PathCurve is now criticalmass.curves.P"):
        assert theory.PathCurve is curves.PathCurve
    with pytest.raises(AttributeError, match="no attribute 'PathCurves'"):
        _ = theory.PathCurves


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


HEAVY = {
    "duckdb",
    "jinja2",
    "joblib",
    "matplotlib",
    "narwhals",
    "numpy",
    "pandas",
    "polars",
    "pooch",
    "pyarrow",
    "scipy",
    "scipy.optimize",
    "scipy.sparse",
    "scipy.stats",
    "sklearn",
    "torch",
    "transformers",
}
"""What takes long to import, with all that they import."""
DRAWING = {"numpy", "scipy", "scipy.optimize", "scipy.sparse", "matplotlib", "jinja2"}
"""What of it a page with figures needs."""
STORED = Path(__file__).parent / "stores" / "2026-11-28"


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """Copy stores, with reports: where curves and words are kept no command needs more than this.

    These are of a version that did not keep what parts say of themselves; a run that goes on does.
    """
    folder = tmp_path_factory.mktemp("stores")
    for name in ("texts", "steering"):
        copy = shutil.copytree(STORED / name, folder / name)
        with Store.open(copy) as store:
            facts = store.facts()
        said = {
            strategy: replace(of, said=of.in_words("records"))
            for strategy, of in facts.strategies.items()
        }
        going_on = replace(facts, strategies=said, trains=facts.learner_in_words())
        with Store.create(copy, going_on):
            write_report(copy)
    return folder


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        (["--help"], set()),
        (["--version"], set()),
        (["theorem", "feature-label", "--uniqueness", "1e-3"], {"numpy"}),
        (["theorem", "erasure", "--sensitivity", "0.1"], {"numpy"}),
        (["show", "texts"], {"numpy", "scipy", "scipy.optimize", "scipy.sparse"}),
        (["show", "steering"], {"numpy", "scipy", "scipy.optimize", "scipy.sparse"}),
        (["watch", "texts"], {"numpy", "scipy", "scipy.optimize", "scipy.sparse"}),
        (["report", "texts"], DRAWING),
        (["report", "steering"], DRAWING),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_loads_only_what_it_needs(words, needed, stores):
    code = """
import json, sys
from criticalmass.cli import main
sys.argv = ["criticalmass", *sys.argv[1:]]
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True, text=True, cwd=stores, check=True,
    )  # fmt: skip
    assert HEAVY & set(json.loads(done.stdout.splitlines()[-1])) <= needed
