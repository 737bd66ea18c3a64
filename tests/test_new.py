"""`criticalmass new`: from a file and a few answers to a study that runs."""

import pytest
from typer.testing import CliRunner

from criticalmass import read_study
from criticalmass.cli.main import app
from support.study_files import read_tables, write_study


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """Write a file, run `new` with some answers, and return its result; ``""`` is Enter."""
    monkeypatch.chdir(tmp_path)

    def new(content, *answers, name="people.csv"):
        (tmp_path / name).write_text(content)
        text = "".join(f"{answer}\n" for answer in answers)
        return CliRunner().invoke(app, ["new", name], input=text)

    return new


TABLE = "id,age,job,hired\n" + "".join(
    f"{100 + i},{20 + i % 9},{('cook', 'nurse', 'clerk')[i % 3]},{('no', 'no', 'yes')[i % 3]}\n"
    for i in range(300)
)
TEXTS = "cv,tags\n" + "".join(
    f'"I cook and bake since {i}",cook;baker\n"I type letters for people {i}",clerk\n'
    for i in range(150)
)


def test_enter_alone_makes_a_study_of_a_table_that_runs(ask, tmp_path):
    done = ask(TABLE, *[""] * 5)
    assert done.exit_code == 0, done.output
    assert "people.csv: 300 records" in done.output
    assert "Next: criticalmass check people.toml, then criticalmass run people.toml" in done.output
    study = read_study(tmp_path / "people.toml")
    assert study.population.columns == ("age", "job")  # the id is left out
    assert study.strategies["mark"].target_label == "yes"
    small = {"placement": {"alphas": [0.3], "repetitions": 1}}
    write_study(tmp_path / "people.toml", read_tables(tmp_path / "people.toml"), small)
    assert CliRunner().invoke(app, ["run", "people.toml"]).exit_code == 0


def test_texts_and_their_tags_are_seen(ask, tmp_path):
    done = ask(TEXTS, "", "", "", "cook")
    assert done.exit_code == 0, done.output
    study = read_study(tmp_path / "people.toml")
    assert study.population.kind == "texts"
    assert study.population.label_names == ("baker", "clerk", "cook")
    assert study.strategies["mark"].target_label == "cook"


def test_answers_that_fit_nothing_are_asked_again_with_the_nearest(ask, tmp_path):
    content = TABLE.replace(",25,", ",,")
    labels, columns = ("hird", "hired"), ("idd", "id,age,job", "id")
    done = ask(content, *labels, *columns, "y", "yess", "yes", "age", "old", "99")
    assert done.exit_code == 0, done.output
    for said in ("did you mean 'hired'", "did you mean 'id'", "needs at least one column",
                 "did you mean 'yes'", "'old' is no number"):  # fmt: skip
        assert said in done.output
    study = read_study(tmp_path / "people.toml")
    assert study.population.missing == "keep"
    assert dict(study.strategies["mark"].signal.values) == {"age": 99}


def test_odd_names_and_values_are_written_as_toml_writes_them(ask, tmp_path):
    content = 'a"b,c\\d,e f\n' + "".join(
        f'"x""{i % 4}","y\\{i % 3}",{"pq"[i % 2]}\n' for i in range(60)
    )
    done = ask(content, *[""] * 5)
    assert done.exit_code == 0, done.output
    study = read_study(tmp_path / "people.toml")
    assert study.population.columns == ('a"b', "c\\d")


def test_what_cannot_be_made_leaves_nothing_behind(ask, tmp_path):
    done = ask("a,b\n1,x\n", "", "", "")
    assert done.exit_code != 0
    assert "no column could be a label" in str(done.exception)
    done = ask("a,b\n", "", "", "")
    assert "there is no record in it" in str(done.exception)
    done = ask(TABLE, "", "", "", "")  # the answers end too soon
    assert done.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]
    (tmp_path / "people.toml").write_text("mine")
    done = ask(TABLE)
    assert "is there already; choose another with --out" in str(done.exception)
    assert (tmp_path / "people.toml").read_text() == "mine"


def test_decimal_commas_and_words_for_no_value_are_asked_for(ask, tmp_path):
    lines = [
        f"{i % 7},5;{('k.A.', 'Bonn', 'Bern')[i % 3]};{('ja', 'nein', 'Ja')[i % 3]}"
        for i in range(90)
    ]
    done = ask("\n".join(["stunden;ort;dabei", *lines]), *["" for _ in range(8)])
    assert done.exit_code == 0, done.output
    assert "is a number" not in done.output
    assert "doubts about the records: criticalmass check people.toml" in done.output
    study = read_study(tmp_path / "people.toml")
    assert study.population.features["stunden"].dtype == float
    assert None in set(study.population.features["ort"])
    assert study.strategies["mark"].target_label == "nein"  # Ja may be a slip of ja


def test_lists_of_labels_are_labels(ask, tmp_path):
    lines = [
        f'{{"n": {i % 5}, "tags": ["cook", "b;c"]}}\n{{"n": {i % 3}, "tags": []}}'
        for i in range(40)
    ]
    done = ask("\n".join(lines), *[""] * 5, name="people.jsonl")
    assert done.exit_code == 0, done.output
    assert read_study(tmp_path / "people.toml").population.label_names == ("b;c", "cook")
