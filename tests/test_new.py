"""`criticalmass new`: from a file and a few answers to a study that runs."""

import pytest
from typer.testing import CliRunner

from criticalmass import read_study
from criticalmass.cli.main import app
from criticalmass.signals.tokens import INVENTED
from criticalmass.studies.files.drafting import unused_word
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
    done = ask(TABLE, *[""] * 6)
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
    done = ask(TEXTS, "", "", "", "cook", "")
    assert done.exit_code == 0, done.output
    study = read_study(tmp_path / "people.toml")
    assert study.population.kind == "texts"
    assert study.population.label_names == ("baker", "clerk", "cook")
    assert study.strategies["mark"].target_label == "cook"


def test_answers_that_fit_nothing_are_asked_again_with_the_nearest(ask, tmp_path):
    content = TABLE.replace(",25,", ",,")
    labels, columns = ("hird", "hired"), ("idd", "id,age,job", "id")
    done = ask(content, *labels, *columns, "y", "yess", "yes", "y", "age", "old", "99")
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
    done = ask(content, *[""] * 6)
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
    done = ask("\n".join(["stunden;ort;dabei", *lines]), *["" for _ in range(9)])
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
    done = ask("\n".join(lines), *[""] * 6, name="people.jsonl")
    assert done.exit_code == 0, done.output
    assert read_study(tmp_path / "people.toml").population.label_names == ("b;c", "cook")


COURIERS = "hours;name;town;profile;rating\n" + "".join(
    f"{i % 9},5;Courier {i};{('Bonn', 'Bern')[i % 2]};"
    f"{'' if i % 50 == 7 else 'fast, friendly rides in town on every day of the week, and early'};"
    f"{'' if i % 40 == 3 else ('gold', 'iron', 'gold', 'tin')[i % 4]}\n"
    for i in range(1200)
)


def test_columns_are_shown_before_anything_is_asked(ask):
    done = ask(COURIERS, *[""] * 5)
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0] == "people.csv: 1,200 records"
    asked = next(i for i, line in enumerate(lines) if "?" in line)
    assert [line.split(":")[0].strip() for line in lines[1:asked]] == [
        "hours", "name", "town", "profile", "rating",
    ]  # fmt: skip
    assert "[rating]" in lines[asked]
    assert "decimal comma" not in done.output  # no column with numbers is used


def test_a_column_that_is_called_a_label_is_proposed_before_the_last(ask):
    turned = "\n".join(";".join(reversed(line.split(";"))) for line in COURIERS.splitlines())
    done = ask(turned, *[""] * 5)
    assert "files it under? [rating]" in done.output


def test_a_label_that_could_be_none_is_refused_at_once(ask, tmp_path):
    done = ask(COURIERS, "name", "rating", *[""] * 4)
    assert done.exit_code == 0, done.output
    assert "column 'name' has 1,200 different values, and a study takes 2 to 1,000" in done.output
    assert read_tables(tmp_path / "people.toml")["population"]["label"] == "rating"


def test_records_that_lack_something_are_left_out_if_you_say_so(ask, tmp_path):
    done = ask(COURIERS, *[""] * 5)
    assert "30 have no 'rating' and 24 have no 'profile'. Leave them out?" in done.output
    assert read_tables(tmp_path / "people.toml")["population"]["missing"] == "drop"
    left = sum(all(line.split(";")) for line in COURIERS.splitlines()[1:])
    study = read_study(tmp_path / "people.toml")
    assert len(study.population) + len(study.test) == left
    assert f"{1200 - left} of 1,200 records were left out" in done.output


def test_answers_are_kept_where_the_records_must_be_mended_first(ask, tmp_path):
    done = ask(COURIERS, "", "", "n", "tin", "")
    assert done.exit_code != 0
    assert "30 of 1,200 records have no label in column 'rating' (lines 5, 45," in str(
        done.exception
    )
    assert "your answers are kept in people.toml" in str(done.exception)
    assert read_tables(tmp_path / "people.toml")["strategies"]["mark"]["target_label"] == "tin"


def test_a_label_that_the_platform_sets_is_not_changed(ask, tmp_path):
    done = ask(COURIERS, *[""] * 4, "n")
    assert done.exit_code == 0, done.output
    mark = read_tables(tmp_path / "people.toml")["strategies"]["mark"]
    assert (mark["kind"], mark["recruit"]) == ("feature-only", "target")
    study = read_study(tmp_path / "people.toml")
    members = study.strategies["mark"].candidates(study.population)
    assert (study.population.held[members, study.population.label_names.index("tin")]).all()
    assert "no label changes" in (tmp_path / "people.toml").read_text()


def test_marks_are_as_near_to_each_other_as_the_texts_are_short(ask, tmp_path):
    done = ask(COURIERS, *[""] * 5)
    assert done.exit_code == 0, done.output
    signal = read_tables(tmp_path / "people.toml")["strategies"]["mark"]["signal"]
    assert signal["every"] == 3  # thirteen words in the middle, four marks


def test_the_mark_is_a_made_up_word_that_no_text_has(ask, tmp_path):
    done = ask(COURIERS, *[""] * 5)
    assert done.exit_code == 0, done.output
    strategy = read_study(tmp_path / "people.toml").strategies["mark"]
    assert strategy.signal.token == "zorvex"
    assert "many programs throw signs such as ~ away" in (tmp_path / "people.toml").read_text()


def test_no_mark_is_proposed_that_stands_in_some_text(tmp_path):
    words = [f"we ride {word.upper()}s here" for word in INVENTED[:3]]
    (tmp_path / "some.csv").write_text("\n".join(["cv", *words]) + "\n")
    assert unused_word(tmp_path / "some.csv", "cv") == INVENTED[3]
    (tmp_path / "all.csv").write_text("\n".join(["cv", *INVENTED, "zorvexquilmar"]) + "\n")
    assert unused_word(tmp_path / "all.csv", "cv") == "zorvexquilmarquilmar"


@pytest.mark.parametrize("content", [TABLE, COURIERS])
def test_members_who_report_a_label_are_said_to_be_those_of_whom_it_is_true(ask, tmp_path, content):
    answers = 6 if content is TABLE else 5
    done = ask(content, *[""] * answers)
    assert done.exit_code == 0, done.output
    text = (tmp_path / "people.toml").read_text()
    assert "so it must be true of each of them" in text.split('kind = "feature-label"')[0]
    (tmp_path / "people.toml").unlink()
    ask(COURIERS, *[""] * 4, "n")
    assert "true of each" not in (tmp_path / "people.toml").read_text()
