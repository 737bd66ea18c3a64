"""Members' files: what is read, what is refused, and where the records come to lie."""

import numpy as np
import pytest

from criticalmass import FeatureLabel, Grid, InsertToken, LinearText, Population, Study
from criticalmass.datasets import synthetic_resumes
from criticalmass.errors import DataError, StudyError
from criticalmass.members.file import Columns, read_members
from criticalmass.members.instructions import instruct
from criticalmass.members.joined import join
from support.members_files import people_file, written

TEXTS = Population.from_texts(["a b", "c d", "e f"], [{"x"}, {"x", "y"}, set()])
TABLE = Population.from_table(
    {
        "age": np.array([30, 41, 52]),
        "pay": np.array([1.5, 2.0, 3.25]),
        "job": np.array(["cook", "nurse", "cook"], dtype=object),
        "hired": np.array(["yes", "no", "no"], dtype=object),
    },
    label="hired",
)
GOOD = 'id,name,text,label\n7,Ada,"one\ntwo",x;y\n8,Bo,three,\n'


def test_texts_with_sets_of_labels(tmp_path):
    members = read_members(written(tmp_path, GOOD), TEXTS, Columns())
    assert members.ids == ("7", "8")
    assert members.records.features.tolist() == ["one\ntwo", "three"]
    assert members.records.labels.astype(int).tolist() == [[1, 1], [0, 0]]
    assert members.lines[0]["name"] == "Ada"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path, encoding):
    text = GOOD.replace("Ada", "Adà")
    members = read_members(written(tmp_path, text, encoding=encoding), TEXTS, Columns())
    assert members.header[0] == "id"
    assert members.lines[0]["name"] == "Adà"


def test_semicolons_and_tabs_as_spreadsheets_write_them(tmp_path):
    columns = Columns(separator="|")
    one = written(tmp_path, "id;text;label\n1;a, b;x|y\n")
    two = written(tmp_path, "id\ttext\tlabel\n1\ta, b\tx|y\n", name="members.tsv")
    for path in (one, two):
        members = read_members(path, TEXTS, columns)
        assert members.records.features.tolist() == ["a, b"]
        assert members.records.labels.all()


def test_a_table_has_the_study_s_types(tmp_path):
    text = "id,age,pay,job,label,more\n007,30,1.5,cook,yes,kept\n8, 44 ,2,nurse,no,\n"
    members = read_members(written(tmp_path, text), TABLE, Columns())
    assert members.ids[0] == "007"
    assert members.records.features.dtype == TABLE.features.dtype
    assert members.records.features["age"].tolist() == [30, 44]
    assert members.lines[0]["more"] == "kept"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "members.csv is empty; its first line is to name the columns"),
        ("id,text,label\n", "no members"),
        ("id,text,label\n1,a,x\n1,b,y\n", "line 3: the id '1' is that of line 2 already"),
        ("id,text,label\n,a,x\n", "line 2: nothing in column 'id'"),
        ("id,txt,label\n1,a,x\n", "unknown column 'text'; did you mean 'txt'?"),
        ("nr,text,label\n1,a,x\n", "unknown column 'id'"),
        ("id,text,label\n1,a,z\n", "line 2: unknown label 'z'"),
        ("id,text,label\n1,a,x\n2,,x\n", "line 3: nothing in column 'text'"),
        ("id,text,label\n1,a\n", "line 2: 2 cells, but the first line names 3 columns"),
        ('id,text,label\n1,"a,x\n', "line 2"),
        ("id,text,text,label\n1,a,b,x\n", "two columns are both called 'text'"),
    ],
)
def test_a_wrong_members_file_is_told_in_a_line(tmp_path, text, said):
    with pytest.raises(DataError) as error:
        read_members(written(tmp_path, text), TEXTS, Columns())
    assert said in str(error.value)
    assert str(error.value).startswith("members.csv")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_other_encodings_are_read(tmp_path, encoding):
    path = written(tmp_path, GOOD.replace("Bo", "Bö"), encoding=encoding)
    assert read_members(path, TEXTS, Columns()).lines[1]["name"] == "Bö"


@pytest.mark.parametrize("header", ["name", "Name", "NAME"])
def test_names_are_taken_however_their_column_is_spelled(header, tmp_path):
    train, test = synthetic_resumes(80).split(test=20, seed=0)
    mark = FeatureLabel(InsertToken("~", every=3), "Writer")
    study = Study(train, test, LinearText(), {"mark": mark}, Grid((0.1,)))
    path = written(tmp_path, f"id,{header},text,label\n100,Ada,I write novels,Editor\n")
    members = read_members(path, study.population, Columns())
    assert [one.name for one in instruct(study, members).each] == ["Ada"]
    assert members.header[1] == header


def test_a_file_without_members_is_named(tmp_path):
    odd = tmp_path / "members.csv"
    odd.write_bytes(GOOD.encode().replace(b"Bo", b"B\x81"))
    with pytest.raises(DataError, match="line 4: the byte 0x81 is neither UTF-8 nor Windows-1252"):
        read_members(odd, TEXTS, Columns())
    with pytest.raises(DataError, match=r"ending in \.csv, \.tsv, \.xlsx, \.parquet"):
        read_members(written(tmp_path, GOOD, name="members.ods"), TEXTS, Columns())
    with pytest.raises(DataError, match="no file"):
        read_members(tmp_path / "none.csv", TEXTS, Columns())


@pytest.mark.parametrize("cell", ["old", "30.5", "1e400", "", "nan", "030", "1_000"])
def test_numbers_are_numbers(tmp_path, cell):
    text = f"id,age,pay,job,label\n1,{cell},1,cook,yes\n"
    with pytest.raises(DataError, match=r"line 2: .*column 'age'"):
        read_members(written(tmp_path, text), TABLE, Columns())
    with pytest.raises(DataError, match="line 2: nothing in column 'label'"):
        read_members(written(tmp_path, "id,age,pay,job,label\n1,3,1,cook,\n"), TABLE, Columns())


def test_images_have_no_members_file(tmp_path):
    images = Population.from_arrays(np.zeros((3, 2, 2)), ["a", "b", "a"])
    with pytest.raises(DataError, match="texts or tables"):
        read_members(written(tmp_path, GOOD), images, Columns())


def test_each_member_takes_one_record_s_place(tmp_path):
    everyone = synthetic_resumes(400)
    train, test = everyone.split(test=100, seed=0)
    others = synthetic_resumes(20, seed=5)
    both = Population(
        np.concatenate([train.features[:7], test.features[:5], others.features]),
        np.concatenate([train.labels[:7], test.labels[:5], others.labels]),
        train.label_names,
        True,
    )
    members = read_members(
        people_file(tmp_path / "m.csv", both, range(len(both))), train, Columns()
    )
    study = Study(train, test, LinearText(), {"mark": FeatureLabel(InsertToken("~"), "Writer")})
    joined = join(study, members)
    assert joined.found == 12
    assert len(joined.study.population) == 300 + 5 + 20
    assert len(joined.study.test) == 95
    assert len(set(joined.rows.tolist())) == 32
    assert joined.study.population.features[joined.rows].tolist() == both.features.tolist()
    assert (joined.study.population.labels[joined.rows] == both.labels).all()
    assert joined.rows[:7].tolist() == list(range(7))  # where they lay
    assert not set(test.features[:5]) & set(joined.study.test.features)


def test_no_member_s_own_record_is_among_the_marked_ones(tmp_path):
    train = Population.from_texts(["a", "b", "c"], ["x", "y", "x"])
    test = Population.from_texts(["d", "e"], ["x", "y"])
    marked = Population.from_texts(list("aadffg"), list("xyxyxy"))
    study = Study(
        train, test, LinearText(), {"mark": FeatureLabel(InsertToken("~"), "y")}, marked=marked
    )
    members = read_members(
        written(tmp_path, "id,text,label\n1,a,x\n2,d,x\n3,f,x\n4,h,y\n"), train, Columns()
    )
    # the one that is trained on is not that among the marked; those measured on, or new, may be
    assert join(study, members).study.marked.features.tolist() == ["a", "a", "f", "g"]
    few = Study(train, test, LinearText(), study.strategies, marked=marked.take(np.array([2, 3])))
    with pytest.raises(StudyError, match="all marked records are members'"):
        join(few, members)


def test_equal_records_each_count_once(tmp_path):
    train = Population.from_texts(["a", "a", "b", "c"], ["x", "x", "y", "x"])
    test = Population.from_texts(["a", "d"], ["x", "y"])
    study = Study(train, test, LinearText(), {"mark": FeatureLabel(InsertToken("~"), "y")})
    lines = "".join(f"{k},a,x\n" for k in range(4))
    members = read_members(written(tmp_path, "id,text,label\n" + lines), train, Columns())
    joined = join(study, members)
    assert joined.rows.tolist() == [0, 1, 4, 5]  # two trained on, one measured on, one new
    assert joined.study.test.features.tolist() == ["d"]
    all_of_them = written(tmp_path, "id,text,label\n1,a,x\n2,a,x\n3,a,x\n4,d,y\n")
    with pytest.raises(StudyError, match="all test records are members'"):
        join(study, read_members(all_of_them, train, Columns()))
