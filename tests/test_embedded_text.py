"""`EmbeddedText`: vectors are the encoder's own, heads scikit-learn's; nothing is read twice."""

import resource
import shutil
import sqlite3
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import torch
import transformers
from sklearn.linear_model import LogisticRegression

from criticalmass import Edit, EmbeddedText, FeatureLabel, InsertToken, Population, Transformer
from criticalmass.datasets import synthetic_resumes
from criticalmass.errors import DataError, ParameterError
from criticalmass.learners.embedded_text import embedded_text, encoder
from criticalmass.progress import listening
from support.small_transformers import MINILM, minilm, small

SIGNAL = InsertToken("~", every=4)


@pytest.fixture(scope="module")
def people():
    return synthetic_resumes(150, seed=3)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return small(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Give every test a cache folder of its own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("CRITICALMASS_CACHE", str(folder))
    return folder


def plain(folder, text, max_length, pooling):
    """Return a text's vector from the library's model alone."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    tokens = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt")
    with torch.no_grad():
        hidden = model(**tokens).last_hidden_state[0]
    vector = hidden[0] if pooling == "first" else hidden.mean(dim=0)
    return (vector / vector.norm()).numpy()


def fitted(learner, people, members=12):
    edit = FeatureLabel(SIGNAL, "Writer").edit(people, np.arange(members), np.random.default_rng(0))
    prepared = learner.prepare(people)
    return edit, prepared, learner.fit(prepared, edit, seed=0)


@pytest.mark.parametrize("pooling", ["mean", "first"])
@pytest.mark.parametrize("max_length", [5, 24])
def test_vectors_are_those_of_the_library(pooling, max_length, people, tiny):
    learner = EmbeddedText(str(tiny), pooling=pooling, max_length=max_length)
    texts = people.features[:20]
    vectors = learner.prepare(people).encode(texts)
    expected = [plain(tiny, text, max_length, pooling) for text in texts]
    assert np.allclose(vectors, expected, atol=1e-5)


def test_the_pretrained_encoder(people):
    folder = minilm()
    learner = EmbeddedText(max_length=32)
    vectors = learner.prepare(people).encode(people.features[:3])
    expected = [plain(folder, text, 32, "mean") for text in people.features[:3]]
    assert np.allclose(vectors, expected, atol=1e-5)
    half = EmbeddedText(max_length=32, precision="bf16").prepare(people).encode(people.features[:3])
    assert not np.array_equal(half, vectors)
    assert (half * vectors).sum(axis=1).min() > 0.999
    assert learner.described()["model"] == MINILM


def test_a_vector_does_not_depend_on_the_texts_beside_it(people, monkeypatch, tmp_path):
    """Neither on threads: so cached and fresh vectors give the same rows, in every process.

    With the real weights, and texts from one word to all that the encoder reads.
    """
    minilm()
    monkeypatch.setattr(encoder, "PIECE", 40)
    texts = [" ".join(text.split()[: 1 + row]) for row, text in enumerate(people.features[:120])]
    some = Population.from_texts(texts, ["a", "b"] * 60)
    learner = EmbeddedText(max_length=100)
    learner.keep(some)
    together = learner.prepare(some).vectors
    for number, rows in enumerate((np.arange(1), np.arange(119, 70, -1), np.arange(0, 120, 7))):
        monkeypatch.setenv("CRITICALMASS_CACHE", str(tmp_path / f"other {number}"))
        fresh = learner.prepare(some.take(rows)).vectors
        assert np.array_equal(fresh, together[rows])


def test_a_text_is_read_once(people, tiny, monkeypatch):
    read = []
    run = encoder.Encoder._run
    monkeypatch.setattr(
        encoder.Encoder, "_run", lambda self, t, rows: read.append(len(rows)) or run(self, t, rows)
    )
    learner = EmbeddedText(str(tiny), max_length=16)
    twice = Population.from_texts(["one two"] * 3 + ["three"], ["a", "b", "a", "b"])
    learner.keep(twice)
    assert sum(read) == 2
    prepared = learner.prepare(twice)
    assert np.array_equal(prepared.vectors[0], prepared.vectors[2])
    prepared.encode(np.array(["three", "four"], dtype=object))
    assert sum(read) == 3
    embedded_text._encoder.cache_clear()  # as a new process
    learner.prepare(twice)
    assert sum(read) == 3


def test_reading_that_was_stopped_goes_on(people, tiny, monkeypatch):
    monkeypatch.setattr(encoder, "PIECE", 40)
    learner, read, run = EmbeddedText(str(tiny), max_length=16), [], encoder.Encoder._run

    def stopped(self, tokens, rows):
        if sum(read) >= 60:
            raise KeyboardInterrupt
        read.append(len(rows))
        return run(self, tokens, rows)

    with monkeypatch.context() as patch:
        patch.setattr(encoder.Encoder, "_run", stopped)
        with pytest.raises(KeyboardInterrupt):
            learner.keep(people)
    before, told = len(people), []
    with listening(lambda what, done, total: told.append((what, done, total))):
        learner.keep(people)
    assert told[0] == (f"reading {before - 40} texts with {tiny}, once", 0, 3)
    assert told[-1][1:] == (3, 3)
    told.clear()
    with listening(lambda *step: told.append(step)):
        learner.keep(people)
    assert not told


@pytest.mark.parametrize("C", [1.0, 100.0])
def test_heads_are_those_of_scikit_learn(C, people, tiny):
    edit, prepared, model = fitted(EmbeddedText(str(tiny), max_length=24, C=C), people)
    vectors, labels = prepared.vectors.astype(float), people.labels.copy()
    vectors[edit.rows], labels[edit.rows] = prepared.encode(edit.features), edit.labels
    scores = model.scores(prepared.encode(people.features))
    for j in range(labels.shape[1]):
        expected = LogisticRegression(C=C, tol=1e-9, max_iter=5000).fit(vectors, labels[:, j])
        assert np.allclose(scores[:, j], expected.decision_function(prepared.vectors), atol=1e-4)
    assert (model.gradient <= 1e-6).all()


def test_a_firm_that_stops_after_some_steps(people, tiny):
    learner = EmbeddedText(str(tiny), max_length=24, C=50.0, steps=3)
    edit, prepared, model = fitted(learner, people)
    vectors, labels = prepared.vectors.astype(float), people.labels.copy()
    vectors[edit.rows], labels[edit.rows] = prepared.encode(edit.features), edit.labels
    expected = LogisticRegression(C=50.0, tol=1e-6, max_iter=3)
    with pytest.warns(match="failed to converge"):
        expected.fit(vectors, labels[:, 0])
    scores = model.scores(prepared.vectors)[:, 0]
    assert np.allclose(scores, expected.decision_function(prepared.vectors), atol=1e-4)
    assert np.isnan(model.gradient).all()


def test_several_runs_together_are_those_alone(people, tiny):
    learner = EmbeddedText(str(tiny), max_length=24)
    prepared = learner.prepare(people)
    rng = np.random.default_rng(1)
    strategy = FeatureLabel(SIGNAL, "Writer")
    edits = [strategy.edit(people, np.arange(m), rng) for m in (3, 20, 60)]
    edits.append(Edit.nothing(people))
    together = learner.fit_many(prepared, edits, [0] * 4)
    for edit, model in zip(edits, together, strict=True):
        alone = learner.fit(prepared, edit, 0)
        assert np.array_equal(alone.weights, model.weights)
        assert np.array_equal(alone.intercepts, model.intercepts)
    with pytest.raises(ParameterError, match="4 edits need as many seeds, not 1"):
        learner.fit_many(prepared, edits, [0])


def test_a_label_that_everybody_holds_has_no_head(tiny):
    people = Population.from_texts(["a b", "c d", "e"], ["x", "x", "y"])
    learner = EmbeddedText(str(tiny), max_length=8)
    everyone = FeatureLabel(InsertToken("~"), "x").edit(
        people, np.arange(3), np.random.default_rng(0)
    )
    model = learner.fit(learner.prepare(people), everyone, 0)
    assert (model.weights == 0).all()
    assert np.allclose(model.intercepts, [np.log(7), -np.log(7)])


def test_other_weights_are_another_encoder(people, tiny, tmp_path, cache):
    other = small(tmp_path / "other" / tiny.name, seed=1)
    first, second = (EmbeddedText(str(one), max_length=16) for one in (tiny, other))
    assert first.described()["weights"] != second.described()["weights"]
    vectors = [learner.prepare(people).vectors for learner in (first, second)]
    assert not np.allclose(*vectors)
    assert len(list(cache.glob("*.vectors"))) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(b"no database"),
        lambda file: file.write_bytes(file.read_bytes()[:20000]),
        lambda file: file.write_bytes(file.read_bytes()[:9000] + bytes(30000)),
        lambda file: file.write_bytes(b""),
    ],
)
def test_a_damaged_file_is_made_anew(damage, people, tiny, cache):
    learner = EmbeddedText(str(tiny), max_length=16)
    expected = learner.prepare(people).vectors
    (file,) = cache.glob("*.vectors")
    damage(file)
    assert np.array_equal(learner.prepare(people).vectors, expected)
    assert np.array_equal(learner.prepare(people).vectors, expected)


def test_a_vector_with_a_wrong_digit_is_made_anew(people, tiny, cache):
    learner = EmbeddedText(str(tiny), max_length=16)
    expected = learner.prepare(people).vectors
    (file,) = cache.glob("*.vectors")
    with sqlite3.connect(file) as kept:
        key, cell = kept.execute("SELECT key, vector FROM vectors LIMIT 1").fetchone()
        wrong = cell[:50] + bytes([cell[50] ^ 1]) + cell[51:]
        kept.execute("UPDATE vectors SET vector = ? WHERE key = ?", (wrong, key))
    assert np.array_equal(learner.prepare(people).vectors, expected)


def test_a_folder_that_is_none(people, tiny, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CRITICALMASS_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match="CRITICALMASS_CACHE to a folder with room"):
        EmbeddedText(str(tiny), max_length=16).prepare(people)


def test_a_full_disk(tiny, tmp_path):
    """A file may not grow beyond 200 kB: as on a disk without room."""
    script = f"""
        import resource, sys
        from criticalmass import EmbeddedText
        from criticalmass.datasets import synthetic_resumes
        from criticalmass.errors import DataError
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
        try:
            EmbeddedText({str(tiny)!r}, max_length=16).prepare(synthetic_resumes(400, seed=1))
        except DataError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "cannot keep vectors of texts in" in done.stdout
    assert "CRITICALMASS_CACHE to a folder with room" in done.stdout
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 30_000


def test_texts_without_tokens_are_refused(tiny):
    people = Population.from_texts(["a b", "\u200b", "c"], ["x", "y", "x"])
    with pytest.raises(DataError, match="text 1 has no tokens"):
        EmbeddedText(str(tiny), max_length=16).prepare(people)


@pytest.mark.parametrize(
    ("model", "said"),
    [("none/such", "unknown model 'none/such'"), (".", "has no config.json")],
)
def test_a_model_that_is_none(model, said, people):
    with pytest.raises((DataError, ParameterError), match=said):
        EmbeddedText(model).prepare(people)


def test_a_model_with_no_vector_per_token(people, tmp_path):
    config = transformers.T5Config(
        d_model=16, d_ff=16, num_layers=1, num_heads=2, d_kv=8, vocab_size=100
    )
    transformers.T5ForConditionalGeneration(config).save_pretrained(tmp_path)
    transformers.AutoTokenizer.from_pretrained(minilm()).save_pretrained(tmp_path)
    with pytest.raises(DataError, match="is of type t5, which gives no vector for each token"):
        EmbeddedText(str(tmp_path)).prepare(people)


def test_a_folder_without_a_tokenizer(people, tiny, tmp_path):
    """The library would make an empty one, to which all words are the same."""
    shutil.copytree(tiny, tmp_path / "few")
    for name in ("tokenizer.json", "vocab.txt"):
        (tmp_path / "few" / name).unlink(missing_ok=True)
    for learner in (EmbeddedText, Transformer):
        with pytest.raises(DataError, match=r"has no tokenizer.*expected tokenizer\.json"):
            learner(str(tmp_path / "few"), max_length=16).prepare(people)


def test_a_tokenizer_of_another_model(people, tmp_path):
    config = transformers.BertConfig(
        vocab_size=500, hidden_size=16, num_hidden_layers=1, num_attention_heads=2
    )
    transformers.BertModel(config).save_pretrained(tmp_path)
    transformers.AutoTokenizer.from_pretrained(minilm()).save_pretrained(tmp_path)
    with pytest.raises(DataError, match="is not its model's: it numbers a token"):
        EmbeddedText(str(tmp_path)).prepare(people)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"pooling": "max"}, "pooling must be 'mean' or 'first', not 'max'"),
        ({"precision": "fp16"}, "precision must be 'fp32' or 'bf16', not 'fp16'"),
        ({"max_length": 2}, "max_length is at least 3, not 2"),
        ({"C": 0.0}, "C must be positive and finite, not 0.0"),
        ({"steps": 0}, "steps is at least 1, not 0"),
        ({"tolerance": 1.0}, "tolerance is between 0 and 1, not 1"),
    ],
)
def test_impossible_values_are_refused(wrong, said):
    with pytest.raises(ParameterError, match=said):
        EmbeddedText(**wrong)


def test_a_length_that_the_encoder_does_not_take(people, tiny):
    with pytest.raises(ParameterError, match="max_length is at most 130"):
        EmbeddedText(str(tiny), max_length=131).prepare(people)


def test_tables_are_refused():
    table = Population.from_table({"a": ["1", "2"], "y": ["p", "q"]}, label="y")
    with pytest.raises(DataError, match="EmbeddedText learns from texts; this is a table"):
        EmbeddedText().prepare(table)
