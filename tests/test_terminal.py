"""What other people wrote never steers a terminal, and messages stay short."""

import pickle

import pytest

from criticalmass.cli.shared import terminal
from criticalmass.errors import (
    LONGEST,
    CriticalMassError,
    DataError,
    Problems,
    StudyError,
    brief,
    harmless,
    of_file,
    unknown,
)
from support.command_line import called, refused
from support.study_files import TABLE, write_study

EVIL = "\x1b[31mred\x1b[2J\r\n\u202eevil\u2066[bold]x[/]\x9b\udc80\u2028"
"""Escapes, line breaks, marks of direction, Rich's markup, a byte that is no text."""


def test_what_steers_a_terminal_is_shown_as_python_writes_it():
    assert harmless(EVIL) == (
        "\\x1b[31mred\\x1b[2J\\r\\n\\u202eevil\\u2066[bold]x[/]\\x9b\\udc80\\u2028"
    )


@pytest.mark.parametrize("text", ["Ärzte", "می‌خواهم", "👩‍🔬", "1 000\xa0€", "日本", "a\\b"])
def test_letters_of_all_scripts_stay(text):
    assert harmless(text) == text
    assert harmless(harmless(text)) == text


def test_an_error_is_one_short_line_whatever_it_quotes():
    error = DataError(f"people.csv, line 2: {EVIL * 100} is no number; mend it")
    (line,) = error.lines
    assert line.isprintable()
    assert len(line) <= LONGEST
    assert line.startswith("people.csv, line 2: ")
    assert line.endswith("mend it")
    assert str(error) == line


def test_an_error_of_several_lines_keeps_them_apart_from_line_breaks_in_data():
    problems = Problems()
    problems.add("no name\nin data")
    problems.add("no seed")
    with pytest.raises(StudyError) as refusal:
        problems.tell()
    assert refusal.value.lines == ("no name\\nin data", "no seed")
    again = pickle.loads(pickle.dumps(refusal.value))
    assert again.lines == refusal.value.lines


def test_a_file_with_very_many_problems_tells_the_first():
    told = of_file("s.toml", StudyError(*(f"problem {at}" for at in range(1000))))
    assert len(told.lines) == 22
    assert told.lines[0] == "s.toml has 1,000 problems:"
    assert told.lines[-1] == "  … and 980 more"


def test_an_unknown_name_and_its_choices_are_shortened():
    message = unknown("column", "x" * 10_000, ["y" * 100 + str(at) for at in range(100_000)])
    assert len(message) < LONGEST
    assert brief("x" * 100, 21) == "'xxxxxxxxxxxxx … xxxxx'"


def test_a_table_holds_what_it_is_given_and_nothing_of_it_is_markup(capsys):
    from rich.table import Table

    table = Table(box=None)
    table.add_column("name", no_wrap=True)
    terminal.add_row(table, EVIL)
    terminal.show_table(table)
    out = capsys.readouterr().out
    assert "[bold]x[/]" in out
    assert all(line.isprintable() for line in out.split("\n"))


@pytest.fixture
def evil_study(tmp_path):
    """A table whose labels, columns, strategy and name hold what would steer a terminal."""
    label, column = "yes\x1b[31m\u202e[bold]", "age\x1b]0;title\x07[/]"
    cells = [f"{age},{label if age > 40 else 'no'}\n" for age in range(20, 70)]
    text = f"{column},hired\n" + "".join(cells * 4)
    (tmp_path / "people.csv").write_text(text, encoding="utf-8")
    changes = {
        **TABLE,
        "name": EVIL.replace("\udc80", ""),
        "strategies.mark": None,
        "strategies": {
            "m\x1b[2J\n[red]": {
                "kind": "feature-label",
                "target_label": label,
                "signal": {"kind": "set-columns", "values": {column: 20}},
            }
        },
        "learner": {"kind": "boosted-trees", "max_iter": 5},
        "placement.points": 2,
        "placement.repetitions": 1,
    }
    changes.pop("strategies.mark")
    for key in [key for key in changes if key.startswith("strategies.mark.")]:
        changes.pop(key)
    return write_study(tmp_path / "study.toml", changes=changes)


def test_no_command_prints_what_steers_a_terminal(tmp_path, evil_study):
    out = tmp_path / "out"
    for words in (
        ["check", evil_study],
        ["run", evil_study, "--out", out],
        ["show", out],
        ["watch", out],
        ["report", out],
        ["theory", evil_study],
    ):
        code, printed, errors = called(*words)
        assert code == 0, errors
        assert all(line.isprintable() for line in (printed + errors).split("\n")), words


def test_words_on_the_command_line_come_back_harmless(tmp_path):
    evil = EVIL.replace("\udc80", "")
    assert "\\x1b" in refused("run", f"--{evil}")
    assert "\\x1b" in refused(evil)
    assert "\\x1b" in refused("check", tmp_path / evil)
    assert "\\x1b" in refused("show", tmp_path / evil)
    assert "--sensitivity" in refused("theorem", "erasure", "--sensitivity", evil)


def test_an_error_keeps_its_kind():
    assert isinstance(of_file("a", DataError("b")), DataError)
    assert CriticalMassError().lines == ()


@pytest.mark.parametrize("command", ["show", "watch", "report", "check", "theory", "run"])
def test_a_name_that_is_too_long_is_one_line(command):
    assert "File name too long" in refused(command, "x" * 5000)
