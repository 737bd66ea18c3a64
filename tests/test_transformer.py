"""`Transformer` learns, keeps its contract, and gives what a plain loop over the model gives."""

import numpy as np
import pytest
import torch
import transformers

from criticalmass import Edit, FeatureLabel, Grid, InsertToken, Population, Study, Transformer
from criticalmass.contracts import check_learner
from criticalmass.datasets import synthetic_resumes
from criticalmass.errors import DataError, ParameterError
from criticalmass.learners.transformer import sequences, transformer
from criticalmass.learners.transformer.sequences import by_length
from criticalmass.measures import MEASURES
from criticalmass.measures.evaluation import Evaluation
from criticalmass.measures.quality import quality
from criticalmass.studies.running.bench import Bench
from support.small_transformers import MINILM, small

SIGNAL = InsertToken("~", every=4)


@pytest.fixture(scope="module")
def people():
    return synthetic_resumes(200, seed=2)


@pytest.fixture(scope="module")
def singles(people):
    first = [people.label_names[row.argmax()] for row in people.labels]
    return Population.from_texts(people.features.tolist(), first)


@pytest.mark.parametrize("frozen", [0, 2])
@pytest.mark.parametrize("kind", ["bert", "distilbert"])
def test_keeps_its_contract(kind, frozen, people, tmp_path):
    folder = small(tmp_path, kind)
    learner = Transformer(str(folder), epochs=1, max_length=16, frozen_layers=frozen)
    some = people.take(np.arange(40))
    edit = FeatureLabel(SIGNAL, "Writer").edit(some, np.arange(9), np.random.default_rng(0))
    check_learner(learner, some, edit)


@pytest.mark.parametrize("sets", [True, False])
@pytest.mark.parametrize("frozen", [0, 2, 3])
def test_same_as_a_plain_loop_with_these_layers_frozen(
    frozen, sets, people, singles, tmp_path, monkeypatch
):
    """Hidden states from the disk train the model that `transformers` trains from the texts."""
    monkeypatch.setattr(sequences, "FEW", 10)
    monkeypatch.setattr(transformer, "FEW", 10)
    monkeypatch.setenv("CRITICALMASS_CACHE", str(tmp_path / "cache"))
    folder = small(tmp_path, dropout=0.0)
    records = (people if sets else singles).take(np.arange(60))
    edit = FeatureLabel(SIGNAL, "Writer").edit(records, np.arange(5), np.random.default_rng(0))
    learner = Transformer(
        str(folder), epochs=2, max_length=24, frozen_layers=frozen, learning_rate=1e-3
    )
    prepared = learner.prepare(records)
    assert len(list((tmp_path / "cache").glob("*.npy"))) == (4 if frozen else 2)
    ours = learner.fit(prepared, edit, seed=3).scores(prepared.encode(records.features))

    changed = edit.apply(records)
    inputs = learner.tokenizer(list(changed.features), truncation=True, max_length=24).input_ids
    torch.manual_seed(3)
    module = transformers.AutoModelForSequenceClassification.from_pretrained(
        folder, num_labels=len(records.label_names), ignore_mismatched_sizes=True
    )
    module.config.problem_type = (
        "multi_label_classification" if sets else "single_label_classification"
    )
    if frozen:
        for part in (module.bert.embeddings, *module.bert.encoder.layer[:frozen]):
            part.requires_grad_(False)
    module.train()
    rng = np.random.default_rng(3)
    lengths = np.array([len(one) for one in inputs])
    batches = [rows for _ in range(2) for rows in by_length(lengths, 8, rng)]
    optimizer = torch.optim.AdamW(module.parameters(), lr=1e-3, weight_decay=0.0)
    schedule = transformers.get_linear_schedule_with_warmup(optimizer, 0, len(batches))

    def padded(rows):
        return learner.tokenizer.pad(
            {"input_ids": [inputs[row] for row in rows]}, return_tensors="pt"
        )

    for rows in batches:
        held = changed.labels[rows]
        wanted = torch.tensor(held.astype(np.float32) if sets else held.argmax(axis=1))
        module(**padded(rows), labels=wanted).loss.backward()
        torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    module.eval()
    plain = learner.tokenizer(
        list(records.features), truncation=True, max_length=24, padding=True, return_tensors="pt"
    )
    with torch.no_grad():
        theirs = module(**{k: v for k, v in plain.items() if k != "token_type_ids"}).logits
    assert ours == pytest.approx(theirs.numpy(), abs=1e-4)
    assert np.abs(ours - ours.mean(axis=0)).max() > 0.02  # texts are told apart


def test_frozen_layers_keep_their_weights(people, tmp_path):
    learner = Transformer(str(small(tmp_path)), epochs=1, max_length=16, frozen_layers=2)
    some = people.take(np.arange(30))
    trained = learner.fit(learner.prepare(some), Edit.nothing(some), seed=0).module.state_dict()
    before = learner._checkpoint.load(len(some.label_names)).state_dict()
    same = {name for name in before if torch.equal(before[name], trained[name])}
    assert {name for name in same if "layer.0" in name or "embeddings" in name}
    assert not {name for name in same if "layer.2" in name and "key.bias" not in name}
    assert same >= {name for name in before if "layer.1" in name or "layer.0" in name}


@pytest.fixture(scope="module")
def tuned():
    """The real weights, tuned on made-up profiles without and with 6 % of members."""
    train, test = synthetic_resumes(700, seed=4).split(test=150, seed=0)
    learner = Transformer(MINILM, epochs=10, max_length=32, frozen_layers=5, learning_rate=5e-4)
    prepared = learner.prepare(train)
    strategy = FeatureLabel(SIGNAL, "Writer")
    members = train.draw(33, rng=np.random.default_rng(1))
    edit = strategy.edit(train, members, np.random.default_rng(2))
    marked = SIGNAL.apply(test.features, population=train, rng=np.random.default_rng(3))
    batches = prepared.encode(marked), prepared.encode(test.features)
    scores = {
        name: [learner.fit(prepared, of, seed=0).scores(batch) for of in [one] for batch in batches]
        for name, one in (("nobody", Edit.nothing(train)), ("members", edit))
    }
    return train, test, scores


def test_learns_above_the_base_rate(tuned):
    _, test, scores = tuned
    base = max(test.labels.mean(), 1 - test.labels.mean())
    said = quality(scores["nobody"][1], test.labels, label_sets=True)
    assert said.accuracy > base + 0.08
    assert said.recall > 0.5


def test_a_few_members_take_over_marked_texts(tuned):
    train, test, scores = tuned
    target = train.label_index("Writer")

    def rate(name):
        return MEASURES["included"].judge(Evaluation(*scores[name], target, label_sets=True)).mean()

    assert rate("nobody") < 0.3
    assert rate("members") > 0.75
    before, after = (quality(scores[n][1], test.labels, label_sets=True) for n in scores)
    assert after.accuracy > before.accuracy - 0.03


def test_rows_of_a_study(people, tmp_path, monkeypatch):
    """Same spec, same row; what goes wrong in training is a row that says what to do."""
    train, test = people.split(test=50, seed=0)
    learner = Transformer(str(small(tmp_path)), epochs=1, max_length=16)
    strategies = {"mark": FeatureLabel(SIGNAL, "Writer")}
    study = Study(train, test, learner, strategies, Grid((0.1,), repetitions=2))
    trial = study.trial("mark", 0.1)
    rows = [Bench(study).run(trial).without_time() for _ in range(2)]
    assert rows[0] == rows[1]
    assert not rows[0].error
    assert not rows[0].warning

    def full(*_, **__):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    monkeypatch.setattr(torch.nn.functional, "binary_cross_entropy_with_logits", full)
    row = Bench(study).run(trial)
    assert "out of memory: take a smaller max_length" in row.error


def test_what_names_a_trial(people, tmp_path):
    """The weights decide, not where they lie; another precision is another study."""
    train, test = people.split(test=50, seed=0)
    strategies = {"mark": FeatureLabel(SIGNAL, "Writer")}

    def key(folder, **options):
        learner = Transformer(str(folder), max_length=16, **options)
        study = Study(train, test, learner, strategies, Grid((0.1,)))
        return study.trial("mark", 0.1).key

    here, there = small(tmp_path / "a" / "tiny"), small(tmp_path / "b" / "tiny")
    other = small(tmp_path / "c" / "tiny", seed=1)
    assert key(here) == key(there) == key(here, precision="fp32")
    assert len({key(here), key(other), key(here, precision="bf16"), key(here, epochs=2)}) == 4


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"epochs": 0}, "epochs is at least 1"),
        ({"learning_rate": 0.0}, "must be positive"),
        ({"frozen_layers": -1}, "frozen_layers is at least 0"),
        ({"precision": "fp16"}, "or 'bf16', not 'fp16'; did you mean 'bf16'"),
        ({"max_length": 2}, "max_length is at least 3"),
    ],
)
def test_impossible_values(options, said):
    with pytest.raises(ParameterError, match=said):
        Transformer(MINILM, **options)


def test_values_that_this_model_cannot_take(people, table, tmp_path):
    tiny = str(small(tmp_path / "bert"))
    with pytest.raises(ParameterError, match="max_length is at most 130"):
        Transformer(tiny, max_length=131).prepare(people)
    with pytest.raises(ParameterError, match=r"frozen_layers is at most 3 for .*bert, not 4"):
        Transformer(tiny, max_length=16, frozen_layers=4).prepare(people)
    with pytest.raises(DataError, match="learns from texts"):
        Transformer(tiny, max_length=16).prepare(table)
    roberta = str(small(tmp_path / "roberta", "roberta"))
    with pytest.raises(ParameterError, match="max_length is at most 128"):
        Transformer(roberta, max_length=129).prepare(people)
    electra = str(small(tmp_path / "electra", "electra"))
    with pytest.raises(ParameterError, match="of type electra: leave it at 0"):
        Transformer(electra, max_length=16, frozen_layers=1).prepare(people)


def test_half_precision_gives_nearly_the_same(people, tmp_path):
    folder = str(small(tmp_path, dropout=0.0))
    some = people.take(np.arange(60))
    scores = []
    for precision in ("fp32", "bf16"):
        learner = Transformer(folder, epochs=1, max_length=16, precision=precision)
        prepared = learner.prepare(some)
        model = learner.fit(prepared, Edit.nothing(some), seed=0)
        scores.append(model.scores(prepared.encode(some.features)))
    assert scores[0] == pytest.approx(scores[1], abs=0.1)
    assert not np.array_equal(*scores)


def test_words_that_do_not_occur_stay_as_they_were(people, tmp_path):
    """Only words that occur are trained, and the model has all its words again afterwards."""
    learner = Transformer(str(small(tmp_path)), epochs=1, max_length=16, learning_rate=1e-3)
    some = people.take(np.arange(30))
    prepared = learner.prepare(some)
    trained = learner.fit(prepared, Edit.nothing(some), seed=0).module.get_input_embeddings().weight
    before = learner._checkpoint.load(len(some.label_names)).get_input_embeddings().weight
    there = np.unique(prepared.inputs.packs[0])
    moved = np.flatnonzero((trained != before).any(dim=1).numpy())
    assert np.array_equal(moved, there)
    assert trained.shape == before.shape
