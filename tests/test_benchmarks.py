"""Benchmarks and examples are run by hand; here, that what they import is still there."""

import ast
import importlib
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPTS = sorted([*(ROOT / "benchmarks").glob("*.py"), *(ROOT / "examples").glob("*.py")])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_imports_nothing_that_is_gone(script, monkeypatch):
    monkeypatch.syspath_prepend(script.parent)
    for node in ast.walk(ast.parse(script.read_text())):
        if isinstance(node, ast.Import):
            for name in node.names:
                assert _is_there(name.name), name.name
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            assert _is_there(node.module), node.module
            if node.module.split(".")[0] == "criticalmass":
                module = importlib.import_module(node.module)
                for name in node.names:
                    found = hasattr(module, name.name) or _is_there(f"{node.module}.{name.name}")
                    assert found, f"{node.module}.{name.name}"


def _is_there(module):
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
