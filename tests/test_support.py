"""What tests share lies in tests/support: no test file needs another one."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FILES = sorted(TESTS.glob("*.py"))
TEXT_OF_A_STUDY = r"\b(STUDY|BASE|SMALL|read_text)\b|\.toml"
SUPPORT = sorted((TESTS / "support").glob("*.py"))


def imported(path):
    """Return the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


@pytest.mark.parametrize("path", [*FILES, *SUPPORT], ids=lambda path: path.name)
def test_nothing_is_imported_from_a_test_file_or_from_conftest(path):
    names = {module.split(".")[0] for module in imported(path)}
    assert not names & {file.stem for file in FILES}


@pytest.mark.parametrize("path", SUPPORT, ids=lambda path: path.name)
def test_every_file_of_support_is_used(path):
    if path.stem != "__init__":
        users = [file for file in (*FILES, *SUPPORT) if f"support.{path.stem}" in imported(file)]
        by_name = f"from support import {path.stem}\n"
        assert users or any(by_name in file.read_text(encoding="utf-8") for file in FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_study_is_edited_as_a_text(path):
    """`support.study_files.write_study` takes the keys that change."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            changed = ast.unparse(node.func.value)
            if node.func.attr in ("replace", "format"):
                assert not re.search(TEXT_OF_A_STUDY, changed), ast.unparse(node)
