"""Texts as token numbers: packed, replaced, batched and kept on disk."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from criticalmass import FeatureLabel, InsertToken, Transformer
from criticalmass.datasets import synthetic_resumes
from criticalmass.errors import DataError
from criticalmass.learners.transformer import sequences, transformer
from criticalmass.learners.transformer.checkpoints import fingerprint
from criticalmass.learners.transformer.sequences import Sequences, by_length, kept, tokenize
from support.small_transformers import MINILM, minilm


def packed(lengths, first=0):
    return Sequences.of(np.arange(first, first + sum(lengths)), np.array(lengths))


def test_records_side_by_side():
    values, mask = packed([2, 3]).padded(np.array([1, 0]), fill=-1)
    assert values.tolist() == [[2, 3, 4], [0, 1, -1]]
    assert mask.tolist() == [[True, True, True], [True, True, False]]


def test_sequences_may_be_replaced_twice():
    base = packed([2, 1, 3])
    once = base.replaced(np.array([1]), packed([4], first=100))
    twice = once.replaced(np.array([0, 1]), packed([1, 2], first=200))
    assert [twice[row].tolist() for row in range(3)] == [[200], [201, 202], [3, 4, 5]]
    assert [base[row].tolist() for row in range(3)] == [[0, 1], [2], [3, 4, 5]]


@given(
    lengths=st.lists(st.integers(1, 40), min_size=1, max_size=300),
    size=st.integers(1, 9),
    seed=st.integers(0, 99),
)
def test_batches_hold_each_record_once(lengths, size, seed):
    batches = by_length(np.array(lengths), size, np.random.default_rng(seed))
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    assert max(map(len, batches)) <= size
    assert len(batches) == -(-len(lengths) // size)


def test_batches_waste_little():
    lengths = np.random.default_rng(0).integers(10, 500, 2000)
    batches = by_length(lengths, 8, np.random.default_rng(1))
    steps = sum(int(lengths[rows].max()) * len(rows) for rows in batches)
    assert steps < 1.05 * lengths.sum()


def test_kept_tokens_are_fresh_ones(tmp_path, monkeypatch):
    """Read from disk, with an edit's texts replaced: token for token what a fresh run gives."""
    monkeypatch.setenv("CRITICALMASS_CACHE", str(tmp_path))
    folder = minilm()
    people = synthetic_resumes(1100, seed=1)
    learner = Transformer(MINILM, max_length=32)
    learner.prepare(people)
    assert len(list(tmp_path.glob("*.npy"))) == 2
    monkeypatch.setattr(sequences, "FEW", 100)
    monkeypatch.setattr(transformer, "FEW", 100)

    def never(*_):
        raise AssertionError("read again")

    monkeypatch.setattr(sequences, "_on_disk", never)
    prepared = learner.prepare(people)
    edit = FeatureLabel(InsertToken("~", every=5), "Writer").edit(
        people, np.arange(0, 1100, 7), np.random.default_rng(0)
    )
    tokens = prepared.inputs.replaced(edit.rows, learner.inputs(edit.features, keep=False))
    fresh = learner.tokenizer(
        list(edit.apply(people).features), truncation=True, max_length=32
    ).input_ids
    assert [tokens[row].tolist() for row in range(len(people))] == fresh
    assert fingerprint(folder) == learner.described()["weights"]


def test_a_text_without_tokens_is_named():
    texts = np.array(["words", "\u200b\u00ad"], dtype=object)
    with pytest.raises(DataError, match="text 1 has no tokens"):
        tokenize(Transformer(MINILM).tokenizer, texts, 16, "id")


def test_where_nothing_can_be_kept(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("CRITICALMASS_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match="CRITICALMASS_CACHE to a folder with room"):
        kept("key", made, worthwhile=True)
    assert len(kept("key", made, worthwhile=False)) == 3


def made(allocate):
    values = allocate((6,), np.int32)
    values[:] = range(6)
    return Sequences.of(values, np.array([1, 2, 3]))


def test_files_that_were_damaged_or_deleted_are_made_again(tmp_path, monkeypatch):
    monkeypatch.setenv("CRITICALMASS_CACHE", str(tmp_path))

    def read():
        found = kept("key", made, worthwhile=True)
        return [found[row].tolist() for row in range(3)]

    right = [[0], [1, 2], [3, 4, 5]]
    assert read() == right
    values, lengths = tmp_path / "key.values.npy", tmp_path / "key.lengths.npy"
    values.unlink()
    assert read() == right
    values.write_bytes(values.read_bytes()[:-4])
    assert read() == right
    lengths.write_bytes(b"")
    assert read() == right
    assert not list(tmp_path.glob("*.draft"))


def test_batches_of_few_records_change(monkeypatch):
    """Also where all fit into a few batches, records meet others in the next epoch."""
    lengths = np.random.default_rng(0).integers(10, 60, 240)
    rng = np.random.default_rng(1)
    epochs = [{frozenset(rows.tolist()) for rows in by_length(lengths, 8, rng)} for _ in range(2)]
    assert len(epochs[0] & epochs[1]) <= 3
