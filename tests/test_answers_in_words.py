"""What speaks against a number is told in Python as the command line tells it."""

from criticalmass import Store, run
from criticalmass.studies import Row
from criticalmass.words import answers_in_words
from support.command_line import called
from support.findings import facts_of_texts, rows_of_success
from support.studies import text_study


def test_python_says_of_a_study_what_the_command_says_of_its_folder(tmp_path):
    study = text_study()
    rows = run(study, tmp_path / "out")
    code, printed, _ = called("show", tmp_path / "out")
    said = answers_in_words(study, rows)
    assert code == 0
    assert printed.endswith(said + "\n")
    with Store.open(tmp_path / "out") as store:
        assert answers_in_words(store.facts(), store.rows()) == said


def test_a_curve_that_does_not_fit_is_told_in_python():
    sizes = (0, 60, 80, 100, 120, 140, 160, 180, 220)
    rows = rows_of_success(lambda m: 0.3 if m < 100 else 0.8 if m < 150 else 0.93, sizes)
    assert "  The range holds" in answers_in_words(facts_of_texts(), rows)
    assert "The curve does not fit everywhere: with" in answers_in_words(facts_of_texts(), rows)


def test_failed_trials_are_told_in_python():
    failed = Row("x", "mark", 0.1, 9, 0.1, 1000, error="MemoryError")
    said = answers_in_words(facts_of_texts(), [*rows_of_success(lambda m: m / 1000), failed])
    assert said.endswith("\n1 of 28 trials failed: MemoryError")
