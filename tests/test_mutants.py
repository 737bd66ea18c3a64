"""The mutation run draws and changes what it says, and knows every module's tests."""

import ast
from pathlib import Path

import pytest

from support.mutants import __main__ as command
from support.mutants.changes import changed, changes

SOURCE = '''
"""A module; 1 + 1 is no code here."""
from typing import TypedDict

TWO: int = 2

class Options(TypedDict, total=False):
    """Options."""

def most(numbers, first=True, *, low=0.5):
    """Return something."""
    if not numbers or max(numbers) < low:
        raise ValueError(f"{1 + 1} numbers")
    return -numbers[0] + low is not None
'''


def test_operators_numbers_and_conditions_change_one_at_a_time():
    found = [f"{change.line} {change.before} → {change.after}" for change in changes(SOURCE)]
    assert sorted(found) == sorted(
        [
            "5 2 → 3",
            "10 True → False",
            "10 0.5 → 1.5",
            "12 not numbers or max(numbers) < low → not numbers and max(numbers) < low",
            "12 not numbers → not not numbers",
            "12 max(numbers) < low → max(numbers) <= low",
            "12 max(numbers) → min(numbers)",
            "14 -numbers[0] + low is not None → -numbers[0] + low is None",
            "14 -numbers[0] + low → -numbers[0] - low",
            "14 -numbers[0] → +numbers[0]",
            "14 0 → 1",
        ]
    )


def test_each_change_is_a_module_with_nothing_else_changed():
    original = ast.unparse(ast.parse(SOURCE)).splitlines()
    for change in changes(SOURCE):
        assert SOURCE.splitlines()[change.line - 1].strip() == change.text
        lines = changed(SOURCE, change).splitlines()
        different = [now for now, then in zip(lines, original, strict=True) if now != then]
        assert len(different) == 1
        assert change.after in different[0]


def test_every_module_has_its_own_tests():
    rooms = {module.partition("/")[0] for module in command.own_tests()}
    assert rooms == {"curves", "theory", "data", "members", "strategies", "answers"}
    package = command.ROOT / command.PACKAGE
    there = {
        path.relative_to(package).as_posix()
        for room in rooms
        for path in (package / room).rglob("*.py")
        if path.name != "__init__.py"
    }
    assert set(command.own_tests()) == there
    for module in there:
        for path in command.tests_of(module):
            assert (command.ROOT / path).is_file(), path


def test_a_sample_is_of_all_rooms_and_holds_the_smaller_one():
    change = changes("ONE = 1")[0]
    found = [
        command.Mutant(f"{room}/{number}.py", change, ())
        for room in ("data", "theory")
        for number in range(9)
    ]
    six = command.draw(found, 6, seed=1)
    assert [mutant.room for mutant in six] == 3 * ["data", "theory"]
    assert command.draw(found, 10, seed=1)[:6] == six
    assert command.draw(found, 6, seed=2) != six
    assert len(command.draw(found, 99, seed=1)) == 18


@pytest.fixture
def copy(tmp_path):
    """A package of one module with a test that notices one of its two changes."""
    (tmp_path / command.PACKAGE / "curves").mkdir(parents=True)
    (tmp_path / command.PACKAGE / "curves" / "one.py").write_text("ONE = 1\nTWO = 2\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_one.py").write_text(
        "from pathlib import Path\n\n"
        "def test_one():\n"
        "    assert 'ONE = 1' in Path('src/criticalmass/curves/one.py').read_text()\n"
        "\n"
        "def test_end():\n"
        "    while 'TWO = 4' in Path('src/criticalmass/curves/one.py').read_text():\n"
        "        pass\n"
    )
    (tmp_path / "pyproject.toml").write_text(
        "[tool.pytest.ini_options]\nmarkers = ['slow: minutes long']\n"
    )
    return tmp_path


def mutants(source):
    return [
        command.Mutant("curves/one.py", change, ("tests/test_one.py",))
        for change in changes(source)
    ]


def test_a_mutant_is_noticed_by_a_test_that_fails_and_the_copy_is_as_it_was(copy):
    noticed, missed = mutants("ONE = 1\nTWO = 2\n")
    assert command.fate(copy, noticed) == "tests/test_one.py::test_one"
    assert command.fate(copy, missed) == ""
    path = copy / command.PACKAGE / "curves" / "one.py"
    assert path.read_text() == "ONE = 1\nTWO = 2\n"
    command.check_without_change(copy, {"tests/test_one.py::test_end", "", command.HANGS})
    path.write_text("ONE = 3\n")
    with pytest.raises(SystemExit, match="test_one fails without any change"):
        command.check_without_change(copy, {"tests/test_one.py::test_one"})


def test_a_mutant_that_never_ends_is_noticed(copy, monkeypatch):
    monkeypatch.setattr(command, "MOST", 5)  # seconds that are computed, not that go by
    (copy / command.PACKAGE / "curves" / "one.py").write_text("ONE = 1\nTWO = 3\n")
    endless = mutants("ONE = 1\nTWO = 3\n")[1]
    assert command.fate(copy, endless) == command.HANGS


def test_the_table_counts_by_room_and_names_what_was_missed(capsys):
    noticed, missed = mutants("ONE = 1\nTWO = 2\n")
    command.print_table({noticed: "tests/test_one.py::test_one", missed: ""})
    told = capsys.readouterr().out.splitlines()
    assert told[2].split() == ["curves", "2", "1", "50%"]
    assert told[3].split() == ["together", "2", "1", "50%"]
    assert told[-1] == "  curves/one.py:2:7  2  →  3  in  TWO = 2"
    command.print_table({noticed: "tests/test_one.py::test_one"})
    assert "all noticed" in capsys.readouterr().out


def test_the_command_is_the_one_that_make_runs():
    told = (command.ROOT / "Makefile").read_text(encoding="utf-8")
    assert "test-mutants" in told
    assert "python -m support.mutants" in told
    assert Path(command.OWN_TESTS).is_file()
