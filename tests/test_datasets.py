import zipfile

import numpy as np
import pytest

from criticalmass.datasets import adult, digits, resumes, synthetic_resumes
from criticalmass.datasets.adult import COLUMNS
from criticalmass.datasets.files import locate, read_columns
from criticalmass.errors import DataError, ParameterError

LONG = " ".join(f"word{i}" for i in range(30))


@pytest.fixture
def archive(tmp_path):
    """Make an archive in the corpus' layout; entries as (text, labels)."""

    def make(*entries, drop=None):
        path = tmp_path / "resumes_corpus.zip"
        with zipfile.ZipFile(path, "w") as corpus:
            for number, (text, labels) in enumerate(entries):
                name = f"resumes_corpus/{number:05d}"
                corpus.writestr(f"{name}.lab", labels)
                if number != drop:
                    corpus.writestr(f"{name}.txt", text.encode("cp1252"))
        return path

    return make


def test_resumes_are_cleaned_as_in_the_paper(archive):
    raw = '<span class="hl">Head</span> ' + LONG + "\xa0caf\xe9 &amp; co"
    people = resumes(archive((raw, "A\nB"), (LONG, ""), ("only three words", "B")))
    assert people.features[0].split()[0] == "word19"  # the head and nineteen more are gone
    assert people.features[0].endswith("word29 café & co")
    assert people.features[2] == "words"
    assert people.labels.tolist() == [[True, True], [False, False], [False, True]]
    assert people.notes[1].startswith("1 résumés of 20 words or fewer")


def test_corrupt_archives_are_refused(archive, tmp_path):
    with pytest.raises(DataError, match="no file"):
        resumes(tmp_path / "nowhere.zip")
    whole = archive((LONG, "A"), (LONG, "B")).read_bytes()
    broken = tmp_path / "broken.zip"
    broken.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"broken\.zip is damaged, or not the résumé corpus"):
        resumes(broken)
    flipped = bytearray(whole)
    flipped[60:90] = b"x" * 30
    broken.write_bytes(bytes(flipped))
    with pytest.raises(DataError, match="is damaged"):
        resumes(broken)
    with pytest.raises(DataError, match="is damaged"):
        resumes(archive((LONG, "A"), (LONG, "B"), drop=1))
    with pytest.raises(DataError, match="is an empty text"):
        resumes(archive((LONG, "A"), (" ", "B")))
    with pytest.raises(DataError, match="holds no résumés"):
        resumes(archive())


def test_the_real_corpus(real):
    people = resumes(real("resumes_corpus.zip"))
    assert len(people) == 29_783
    assert (people.labels.sum(axis=1) == 0).sum() == 748
    shares = dict(zip(people.label_names, people.labels.mean(axis=0).round(3), strict=True))
    assert len(shares) == 10
    assert shares["Software_Developer"] == 0.504
    assert shares["Web_Developer"] == 0.221
    assert shares["Database_Administrator"] == 0.111
    assert not any("<span" in text for text in people.features)
    train, test = people.split(test=4783, seed=0)
    assert (len(train), len(test)) == (25_000, 4783)
    assert "near-duplicates" in train.notes[-1]


def test_synthetic_resumes_are_reproducible_and_correlated():
    one, two = synthetic_resumes(400), synthetic_resumes(400)
    assert one.fingerprint == two.fingerprint
    assert one.fingerprint != synthetic_resumes(400, seed=1).fingerprint
    sizes = one.labels.sum(axis=1)
    assert set(sizes) == {1, 2, 3}
    together = np.corrcoef(synthetic_resumes(3000).labels.T.astype(float))
    writer, editor = one.label_index("Writer"), one.label_index("Editor")
    bookkeeper = one.label_index("Bookkeeper")
    assert together[writer, editor] > 0.1 > together[writer, bookkeeper]
    with pytest.raises(ParameterError, match="n is between 1 profile and 1,000,000, not 0"):
        synthetic_resumes(0)


def test_digits_are_images_with_ten_labels():
    images = digits()
    assert images.features.shape == (1797, 8, 8)
    assert images.label_names == tuple("0123456789")
    assert not images.label_sets


def test_adult_from_a_local_table(real):
    people = adult(real("adult.parquet"))
    assert len(people) == 48_842
    assert people.label_names == ("<=50K", ">50K")
    assert people.labels[:, 1].mean() == pytest.approx(0.239, abs=1e-3)
    assert "sex" in people.columns
    assert not {"fnlwgt", "split", "income"} & set(people.columns)


def test_adult_from_the_public_archive(tmp_path):
    row = ["39", "State-gov", "77516", "Bachelors", "13", "Never-married", "Sales", "Husband",
           "White", "Male", "2174", "0", "40", "?", "<=50K"]  # fmt: skip
    path = tmp_path / "adult.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("adult.data", ", ".join(row) + "\n\n")
        file.writestr("adult.test", "|1x3 Cross validator\n" + ", ".join([*row[:-1], ">50K."]))
    people = adult(path)
    assert len(people) == 2
    assert people.label_names == ("<=50K", ">50K")
    assert people.features["age"].tolist() == [39, 39]
    assert len(people.columns) == len(COLUMNS) - 2
    path.write_bytes(b"no archive")
    with pytest.raises(DataError, match="damaged, or not UCI Adult"):
        adult(path)


def test_adult_with_a_missing_column(tmp_path):
    path = tmp_path / "adult.csv"
    path.write_text("age,income\n30,<=50K\n31,>50K\n")
    with pytest.raises(DataError, match="has no column 'workclass'"):
        adult(path)


def test_columns_of_a_file_are_read(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("age,name,day\n30,Ann,2024-01-01\n41,Bob,2024-01-02\n")
    columns = read_columns(path)
    assert columns["age"].tolist() == [30, 41]
    assert columns["name"].tolist() == ["Ann", "Bob"]
    assert columns["day"].dtype == object
    path.write_text("age,name\n30,Ann\n,Bob\n")
    with pytest.raises(DataError, match=r"1 of 2 records have a missing value in column 'age'"):
        read_columns(path)
    with pytest.raises(DataError, match="no file"):
        read_columns(tmp_path / "nowhere.csv")
    other = tmp_path / "people.ods"
    other.write_text("")
    with pytest.raises(DataError, match=r"expected a file ending in \.csv"):
        read_columns(other)
    broken = tmp_path / "people.parquet"
    broken.write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match=r"people\.parquet cannot be read"):
        read_columns(broken)


def test_a_file_that_is_missing_says_where_to_put_it(monkeypatch, tmp_path):
    def refuse(*_, **__):
        raise OSError("no route")

    monkeypatch.setenv("CRITICALMASS_DATA", str(tmp_path))
    monkeypatch.setattr("pooch.retrieve", refuse)
    with pytest.raises(DataError, match="set the environment variable CRITICALMASS_DATA"):
        locate("corpus.zip", "https://example.org/corpus.zip")
    (tmp_path / "corpus.zip").write_text("here")
    assert locate("corpus.zip", "https://example.org/corpus.zip") == tmp_path / "corpus.zip"
