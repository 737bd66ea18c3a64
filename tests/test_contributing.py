"""CONTRIBUTING is followed to the letter: each part it adds works, and is short."""

import doctest
import importlib.util
import inspect
import re
import sys
from pathlib import Path

import pytest

TEXT = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTIONS = {
    section.partition("\n")[0]: section for section in re.split(r"^## ", TEXT, flags=re.M)[1:]
}
PARTS = ["A signal", "A strategy", "A theorem", "A measure", "A learner", "A paper"]


def files_of(section):
    """Return the files that a section writes, by their paths."""
    blocks = re.findall(r"^```python\n# (\S+)\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    return dict(blocks)


def imported(path, code, folder, monkeypatch):
    """Write a file and import it under the name that its path gives it."""
    name = path.removeprefix("src/").removesuffix(".py").replace("/", ".")
    file = folder / path
    file.parent.mkdir(parents=True)
    file.write_text(code, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


def test_there_are_steps_for_every_kind_of_part_and_to_send_it():
    assert list(SECTIONS) == [*PARTS, "To send a change"]
    for section in SECTIONS.values():
        steps = [int(number) for number in re.findall(r"^(\d+)\. ", section, re.MULTILINE)]
        assert steps == list(range(1, len(steps) + 1))
        assert len(steps) >= 4


@pytest.mark.parametrize("part", PARTS)
def test_a_part_and_its_test_take_fewer_than_sixty_lines(part):
    lines = "".join(files_of(SECTIONS[part]).values()).splitlines()
    assert len([line for line in lines if line.strip()]) < 60


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_added_by_the_steps_works(part, tmp_path, monkeypatch):
    if part == "A measure":
        pytest.importorskip("criticalmass.measures.evaluation", exc_type=ModuleNotFoundError)
    (path, code), (test_path, test_code) = files_of(SECTIONS[part]).items()
    assert path.startswith("src/criticalmass/")
    assert test_path == f"tests/test_{Path(path).name}"
    module = imported(path, code, tmp_path, monkeypatch)
    assert doctest.testmod(module, optionflags=doctest.ELLIPSIS).failed == 0
    tests = imported(test_path, test_code, tmp_path, monkeypatch)
    found = [each for name, each in inspect.getmembers(tests) if name.startswith("test_")]
    assert found
    for test in found:
        test(**({"tmp_path": tmp_path} if "tmp_path" in inspect.signature(test).parameters else {}))
