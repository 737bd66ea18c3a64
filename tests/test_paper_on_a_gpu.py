"""`scripts/paper-on-a-gpu` from end to end with a tiny model, on the CPU; and its trainer."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers

from criticalmass import Store
from criticalmass.errors import CriticalMassError, ParameterError
from criticalmass.measures import MEASURES, Evaluation
from criticalmass.measures.quality import quality
from criticalmass.papers.hardt2023 import brought, figure2, figure3
from criticalmass.papers.hardt2023.importing import bring
from criticalmass.papers.hardt2023.packing import pack, studies_of
from criticalmass.papers.hardt2023.setup import CLASSES, SIZES, TOKEN, Options
from criticalmass.papers.hardt2023.stacked import choosing, encoder, machine, session, training
from criticalmass.papers.hardt2023.stacked import main as program
from criticalmass.papers.hardt2023.stacked import packed as reading
from criticalmass.papers.hardt2023.stacked.batches import epoch, steps_of
from criticalmass.papers.hardt2023.stacked.refusal import Refusal
from criticalmass.papers.hardt2023.stacked.results import judged
from criticalmass.studies.running.bench import Bench
from support.command_line import criticalmass
from support.packed_folders import TEST, TRAIN, corpus, packed, setups, tiny_bert

ROOT = Path(__file__).parents[1]
TRIALS = 18
FORBIDDEN = """
import importlib.abc, importlib.machinery, runpy, sys

class Forbids(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("criticalmass", "duckdb", "pydantic", "narwhals"):
            return importlib.machinery.ModuleSpec(name, self)  # others may ask whether it is here

    def create_module(self, spec):
        raise AssertionError(f"{spec.name} is imported")

sys.meta_path.insert(0, Forbids())
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A packed folder and the setups of its figures."""
    return packed(tmp_path_factory.mktemp("gpu"))


@pytest.fixture
def folder(made, tmp_path):
    """A copy of the packed folder, as it lies where the GPU is."""
    return Path(shutil.copytree(made[0], tmp_path / "travelled"))


@pytest.fixture(scope="module")
def results(made, tmp_path_factory):
    """The file of results of all its trials."""
    file = tmp_path_factory.mktemp("results") / "trials.jsonl"
    arguments = ["--output", str(file), "--together", "7", "--minutes", "600"]
    assert program.main([str(made[0]), *arguments]) == 0
    return file


def lines_of(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def rows_in(file):
    return [line for line in lines_of(file) if "key" in line]


def without_time(rows):
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]


# from end to end


def test_from_packing_to_verdicts(made, folder, tmp_path):
    """The folder needs nothing of ours where it is run; what comes back is what was planned."""
    _, origin = made
    run = [sys.executable, "-c", FORBIDDEN, folder / "run", "--together", "5", "--device", "cpu"]
    ended = subprocess.run(run, capture_output=True, text=True, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "checked against transformers" in ended.stdout
    assert "all planned trials are done" in ended.stdout
    assert not list(folder.rglob("*.pyc"))

    out = {
        figure: replace(setup, folder=tmp_path / "hardt2023" / f"{figure}-transformer-gpu")
        for figure, setup in origin.items()
    }
    new = bring(folder / "trials.jsonl", folder, out)
    assert sum(new.values()) == TRIALS
    assert set(bring(folder / "trials.jsonl", folder, out).values()) == {0}
    for name, study in studies_of(out).items():
        figure, _, called = name.partition("/")
        with Store.open(out[figure].folder / called) as store:
            rows, facts = store.rows(), store.facts()
            assert store.ended()
        assert sorted(row.key for row in rows) == sorted(trial.key for trial in study.trials())
        assert "stacked" in facts.identity["learner"]["trainer"]
    for figure in (figure2.FIGURE, figure3.FIGURE):
        options = Options("transformer", "gpu")
        *_, told = figure.reproduce(tmp_path / "hardt2023", options, out[figure.name])
        assert "Nearly everything." in told.read_text(encoding="utf-8")
    shown = criticalmass("show", out["figure2"].folder / "strategy1", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert all(label in shown.stdout for label in CLASSES)


def test_planned_trials_are_those_of_the_study(made):
    folder, origin = made
    here = reading.read(folder)
    assert len(here.trials) == TRIALS
    for name, study in studies_of(origin).items():
        bench = Bench(study)
        own = {trial.key: trial for trial in here.trials if trial.study == name}
        for trial in study.trials():
            row, edit = bench.planned(trial)
            packed_one = own.pop(trial.key)
            assert packed_one.rows.tolist() == edit.rows.tolist()
            assert packed_one.changed == len(edit.rows) == row.members
            assert (packed_one.seed, packed_one.alpha) == (row.seed, row.alpha)
            assert packed_one.target == study.population.label_index(trial.strategy)
        assert not own


def test_texts_arrive_as_the_tokenizer_reads_them(made):
    folder, origin = made
    here, study = reading.read(folder), next(iter(studies_of(origin).values()))
    words, longest = study.firm.tokenizer, study.firm.max_length
    strategy = study.strategies[CLASSES[0]]
    rng = np.random.default_rng(0)
    table = encoder.from_bert(_state(study.firm.model), 2)["words"]
    for population, texts in ((study.population, here.train), (study.test, here.test)):
        assert texts.labels.tolist() == population.labels.tolist()
        marked = strategy.signal.apply(population.features, population=population, rng=rng)
        for features, ids, lengths in (
            (population.features, texts.plain, texts.plain_lengths),
            (marked, texts.marked, texts.marked_lengths),
        ):
            read = words(list(features), truncation=True, max_length=longest)["input_ids"]
            for expected, own, length in zip(read, ids, lengths, strict=True):
                assert len(expected) == length
                # words are numbered anew, and have the vectors that they had
                vectors = here.weights["words"][own[:length]]
                assert (vectors == table[expected]).all()
    assert (here.train.plain_lengths == longest).any()
    assert (here.train.marked_lengths < longest).any()


def _state(model):
    from safetensors.numpy import load_file

    state = load_file(Path(model) / "model.safetensors")
    return {name.removeprefix("bert."): values for name, values in state.items()}


def test_what_the_script_says_of_mistakes(made, results, tmp_path):
    script = ROOT / "scripts" / "paper-on-a-gpu"

    def ended(*arguments):
        command = [sys.executable, script, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)

    nothing = ended("run", tmp_path / "nothing")
    assert nothing.returncode == 2
    assert "is no packed folder" in nothing.stderr
    missing = ended("import", tmp_path / "none.jsonl", "--packed", made[0])
    assert missing.returncode == 2
    assert missing.stderr.startswith("error: cannot read")
    assert len(missing.stderr.splitlines()) == 1
    more = ended("run", made[0], "--output", results, "--minutes", "600")
    assert more.returncode == 0, more.stderr
    assert "all planned trials are done" in more.stdout


# the trainer


def bench_of(folder, *, dropout=0.0):
    here = reading.read(folder)
    shape = replace(
        here.architecture, hidden_dropout=dropout, attention_dropout=dropout, head_dropout=dropout
    )
    return training.Bench(replace(here, architecture=shape), "cpu")


def trained(bench, trials, steps, half=False):
    group = training.Group(bench, encoder.Encoder(bench.packed.architecture, half), trials)
    losses = torch.stack([group.step() for _ in range(steps)])
    return group, losses


def some(bench):
    """Trials without a collective, with one that reports a label, and with one that does not."""
    trials = bench.packed.trials
    reference = next(trial for trial in trials if not trial.members)
    reports = [trial for trial in trials if trial.relabels and trial.members]
    marks = [trial for trial in trials if not trial.relabels and trial.members]
    return [reference, reports[0], marks[0], reports[-1], marks[-1]]


def test_side_by_side_is_one_by_one(made):
    bench = bench_of(made[0])
    trials = some(bench)
    together, losses = trained(bench, trials, bench.steps)
    scores = bench.scores(together.encoder, together.weights, marked=True)
    for number, trial in enumerate(trials):
        alone, own = trained(bench, [trial], bench.steps)
        assert own[:, 0].tolist() == pytest.approx(losses[:, number].tolist(), rel=1e-4, abs=1e-6)
        for name, weight in alone.weights.items():
            torch.testing.assert_close(
                weight[0], together.weights[name][number], rtol=1e-3, atol=2e-5, msg=name
            )
        torch.testing.assert_close(
            bench.scores(alone.encoder, alone.weights, marked=True)[0], scores[number],
            rtol=1e-3, atol=1e-4,
        )  # fmt: skip


@pytest.mark.parametrize("number", [0, 1, 2])
def test_same_as_a_plain_loop_with_transformers(made, number, monkeypatch):
    """A trial among others gives what `transformers` and torch's own AdamW give on its batches."""
    most = 0.05
    monkeypatch.setattr(training, "LARGEST_GRADIENT", most)
    bench = bench_of(made[0])
    trials = some(bench)
    here, shape = bench.packed, bench.packed.architecture
    group = training.Group(bench, encoder.Encoder(shape, False), trials)
    config = transformers.BertConfig(
        vocab_size=len(here.weights["words"]), hidden_size=shape.width, num_labels=len(here.labels),
        num_hidden_layers=shape.layers, num_attention_heads=shape.heads,
        intermediate_size=shape.inner, max_position_embeddings=here.recipe.max_length,
        type_vocab_size=1, layer_norm_eps=shape.epsilon, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, problem_type="multi_label_classification",
    )  # fmt: skip
    model = transformers.BertForSequenceClassification(config).train()
    model.load_state_dict(encoder.to_bert(group.weights, number, shape.layers))
    optimizer = torch.optim.AdamW(model.parameters(), here.recipe.learning_rate, weight_decay=0.0)
    schedule = transformers.get_linear_schedule_with_warmup(optimizer, 0, bench.steps)

    study_labels = here.train.labels.copy()
    trial = trials[number]
    if trial.relabels:
        study_labels[trial.rows] = np.arange(len(here.labels)) == trial.target
    plan = np.random.default_rng([1, trial.seed])
    batches = [
        step
        for of in range(here.recipe.epochs)
        for step in epoch(of, bench.full, here.recipe.batch_size, [plan])
    ]
    largest = 0.0
    for step in batches:
        rows = step.rows[0][step.counts]
        has = np.isin(rows, trial.rows)
        ids = np.where(has[:, None], here.train.marked[rows], here.train.plain[rows])
        own = np.where(has, here.train.marked_lengths[rows], here.train.plain_lengths[rows])
        out = model(
            input_ids=torch.as_tensor(ids.astype(np.int64)),
            attention_mask=torch.as_tensor(np.arange(ids.shape[1]) < own[:, None]).long(),
            labels=torch.as_tensor(study_labels[rows], dtype=torch.float32),
        )
        out.loss.backward()
        largest = max(largest, float(torch.nn.utils.clip_grad_norm_(model.parameters(), most)))
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        loss = float(out.loss.detach())
        assert float(group.step()[number]) == pytest.approx(loss, rel=1e-4)
    assert largest > 2 * most  # gradients were really cut
    theirs = model.state_dict()
    for name, weight in encoder.to_bert(group.weights, number, shape.layers).items():
        if not name.endswith("key.bias"):  # no score depends on it: its gradient is rounding alone
            torch.testing.assert_close(weight, theirs[name], rtol=1e-3, atol=1e-4, msg=name)


def test_half_precision_is_near(made):
    bench = bench_of(made[0])
    _, full = trained(bench, some(bench), 6)
    _, half = trained(bench, some(bench), 6, half=True)
    assert half.tolist() != full.tolist()
    torch.testing.assert_close(half, full, rtol=0.05, atol=0.02)


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor:UserWarning")
@pytest.mark.parametrize("dropout", [0.0, 0.2])
def test_layers_can_be_compiled_whole(made, dropout):
    """Traced forwards and backwards in one graph, for full and padded texts and the last layer."""
    bench = bench_of(made[0], dropout=dropout)
    plain, losses = trained(bench, some(bench), 5)
    torch._dynamo.reset()
    traced = torch.compile(encoder.block, backend="aot_eager", dynamic=False, fullgraph=True)
    group = training.Group(bench, replace(plain.encoder, block=traced), some(bench))
    others = torch.stack([group.step() for _ in range(5)])
    assert others.isfinite().all()
    if not dropout:
        torch.testing.assert_close(others, losses, rtol=1e-4, atol=1e-6)


def test_dropout_is_on_in_training_alone(made):
    bench = bench_of(made[0], dropout=0.3)
    group, losses = trained(bench, some(bench), 2)
    _, without = trained(bench_of(made[0]), some(bench), 2)
    assert (losses[0] - without[0]).abs().min() > 1e-4
    scores = [bench.scores(group.encoder, group.weights, marked=False) for _ in range(2)]
    assert (scores[0] == scores[1]).all()


def test_a_trial_that_diverges_is_a_row_and_disturbs_no_other(folder, monkeypatch, tmp_path):
    file = tmp_path / "trials.jsonl"
    assert program.main([str(folder), "--output", str(file), "--together", "6", "--most", "6"]) == 0
    good = rows_in(file)

    def spoilt(weights, labels, seeds, *rest):
        own = encoder.stacked(weights, labels, seeds, *rest)
        with torch.no_grad():
            own["head.bias"][[seed == good[2]["seed"] for seed in seeds]] = float("nan")
        return own

    monkeypatch.setattr(training, "stacked", spoilt)
    other = tmp_path / "other.jsonl"
    arguments = [str(folder), "--output", str(other), "--together", "6", "--most", "6"]
    assert program.main(arguments) == 0
    rows = rows_in(other)
    assert "diverged" in rows[2]["error"]
    assert without_time(rows[:2] + rows[3:]) == without_time(good[:2] + good[3:])
    monkeypatch.undo()
    assert program.main([str(folder), "--output", str(other), "--together", "6"]) == 0
    last = {row["key"]: row for row in rows_in(other)}
    assert len(last) == TRIALS
    assert not any(row["error"] for row in last.values())  # it was tried again


def test_judged_as_the_package_judges():
    rng = np.random.default_rng(0)
    plain, marked = rng.normal(size=(2, 50, 4)).round(1)
    held = rng.random((50, 4)) < 0.4
    trial = reading.Trial(0, "k", "s", "a", 0.1, 0, 1, 0.1, 5, 5, 2, True, np.arange(5))
    ours = judged(trial, plain, marked, held)
    theirs = Evaluation(marked=marked, plain=plain, target=2, label_sets=True)
    found = quality(plain, held, label_sets=True)
    assert ours["successes"] == {
        "included": MEASURES["included"].judge(theirs).sum(),
        "top1": MEASURES["top1"].judge(theirs).sum(),
    }
    assert (ours["accuracy"], ours["precision"], ours["recall"]) == (
        found.accuracy, found.precision, found.recall,
    )  # fmt: skip


@pytest.mark.parametrize(("long", "short", "size"), [(5, 2, 2), (0, 7, 3), (9, 0, 4), (16, 8, 8)])
def test_every_text_once_an_epoch_in_every_trial(long, short, size):
    full = np.random.default_rng(0).permutation([True] * long + [False] * short)
    rngs = [np.random.default_rng(seed) for seed in (1, 2, 3)]
    steps = list(epoch(4, full, size, rngs))
    assert len(steps) == steps_of(full, size)
    for trial in range(3):
        seen = np.concatenate([step.rows[trial][step.counts] for step in steps])
        assert sorted(seen) == list(range(long + short))
    assert all(full[step.rows].all() and step.counts.all() for step in steps if step.full)
    assert any((step.rows[0] != step.rows[1]).any() for step in steps)


# which trials come first


def planned(curves=3, shares=8, repetitions=5):
    rows = np.array([], dtype=np.int64)
    return [
        reading.Trial(
            0, f"{curve}/{place}/{again}", "s", str(curve), place / 10, again, 0, place / 10, place,
            place, 0, True, rows,
        )
        for curve in range(curves)
        for place in range(shares + 1)
        for again in range(repetitions if place else 1)
    ]  # fmt: skip


@pytest.mark.parametrize("together", [1, 4, 16])
def test_thresholds_are_bracketed_first(together):
    trials, rates = planned(), {}
    threshold = {"0": 2, "1": 5, "2": 99}  # the last never succeeds
    chosen = []
    while len(chosen) < 24:
        block = choosing.next_trials(trials, rates, 0.9, together)
        chosen += block
        rates |= {t.key: float(t.members >= threshold[t.strategy]) for t in block}
    assert len({trial.key for trial in chosen}) == len(chosen)
    for curve, place in threshold.items():
        tried = [trial.members for trial in chosen if trial.strategy == curve and trial.members]
        assert {min(place, 8)} | {max(place - 1, 1)} & set(range(1, 8)) <= set(tried) | {7}
        assert 8 in tried or place < 8
    assert sum(not trial.members for trial in chosen) >= 1
    while block := choosing.next_trials(trials, rates, 0.9, together):
        chosen += block
        rates |= {trial.key: 0.5 for trial in block}
    assert sorted(trial.key for trial in chosen) == sorted(trial.key for trial in trials)


# stopping, going on, and what can go wrong


def test_goes_on_where_it_stopped(folder, tmp_path, capsys):
    file = tmp_path / "trials.jsonl"
    begin = [str(folder), "--output", str(file), "--together", "4"]
    assert program.main([*begin, "--most", "4"]) == 0
    first = rows_in(file)
    assert len(first) == 4
    with file.open("a") as half:
        half.write('{"key": "cut o')
    assert program.main(begin) == 0
    assert "18 planned trials, 4 done" in capsys.readouterr().out
    rows = rows_in(file)
    assert rows[:4] == first
    assert len({row["key"] for row in rows}) == len(rows) == TRIALS
    before = file.read_text()
    assert program.main(begin) == 0
    assert file.read_text() == before
    speeds = [line["speed"] for line in lines_of(file) if "speed" in line]
    assert all(speed["tokens_per_second"] > 0 and speed["mfu"] is None for speed in speeds)
    assert sum(speed["side_by_side"] for speed in speeds) == TRIALS


def test_says_how_much_of_the_peak_was_used(folder, tmp_path, capsys):
    file = tmp_path / "trials.jsonl"
    arguments = [str(folder), "--output", str(file), "--peak", "0.1", "--most", "2"]
    assert program.main([*arguments, "--together", "2"]) == 0
    assert "MFU" in capsys.readouterr().out
    (speed,) = [line["speed"] for line in lines_of(file) if "speed" in line]
    assert 0 < speed["mfu"] < 5


def test_memory_that_runs_out_halves_what_is_side_by_side(folder, tmp_path, monkeypatch, capsys):
    step = training.Group.step

    def hungry(self):
        if len(self.trials) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return step(self)

    monkeypatch.setattr(training.Group, "step", hungry)
    file = tmp_path / "trials.jsonl"
    assert program.main([str(folder), "--output", str(file), "--together", "12"]) == 0
    told = capsys.readouterr().out
    assert "12 trials side by side do not fit into memory" in told
    assert "6 trials side by side do not fit into memory" in told
    rows = rows_in(file)
    assert len(rows) == TRIALS
    assert not any(row["error"] for row in rows)


def test_memory_that_runs_out_in_the_midst(folder, tmp_path, monkeypatch, capsys):
    to_the_end = training.Group.to_the_end

    def hungry(self, *arguments, **keywords):
        if len(self.trials) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return to_the_end(self, *arguments, **keywords)

    monkeypatch.setattr(training.Group, "to_the_end", hungry)
    file = tmp_path / "trials.jsonl"
    assert program.main([str(folder), "--output", str(file), "--together", "6"]) == 0
    assert "out of memory with 6 trials side by side: tries half as many" in capsys.readouterr().out
    assert len(rows_in(file)) == TRIALS


def test_what_fails_is_rows_that_say_why(folder, tmp_path, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("the moon is full\nand more")

    monkeypatch.setattr(training.Group, "to_the_end", broken)
    file = tmp_path / "trials.jsonl"
    assert program.main([str(folder), "--output", str(file), "--together", "6"]) == 0
    rows = rows_in(file)
    assert len(rows) == TRIALS
    assert {row["error"] for row in rows} == {"RuntimeError: the moon is full"}


def test_layers_that_cannot_be_compiled_run_as_they_are(folder, tmp_path, monkeypatch, capsys):
    def broken(*_):
        raise RuntimeError("no C compiler")

    monkeypatch.setattr(session, "compiled", lambda: broken)
    file = tmp_path / "trials.jsonl"
    arguments = [str(folder), "--output", str(file), "--together", "9", "--compile", "yes"]
    assert program.main(arguments) == 0
    assert "goes on without compiling: RuntimeError: no C compiler" in capsys.readouterr().out
    assert len(rows_in(file)) == TRIALS


def test_compiled_layers_that_break_later_are_left(folder, tmp_path, monkeypatch, capsys):
    calls = []

    def brittle(*arguments):
        calls.append(1)
        if len(calls) > 60:
            raise RuntimeError("a kernel is lost")
        return encoder.block(*arguments)

    monkeypatch.setattr(session, "compiled", lambda: brittle)
    monkeypatch.setattr(session._Session, "_is_faster", lambda *_: True)
    file = tmp_path / "trials.jsonl"
    arguments = [str(folder), "--output", str(file), "--together", "9", "--compile", "yes"]
    assert program.main(arguments) == 0
    assert "goes on without compiling: RuntimeError: a kernel is lost" in capsys.readouterr().out
    rows = rows_in(file)
    assert len(rows) == TRIALS
    assert not any(row["error"] for row in rows)


def test_stops_in_time(folder, tmp_path, monkeypatch, capsys):
    """Trials that would not end in time are not begun; the fewest that fit are."""
    clock = Clock()
    monkeypatch.setattr(session, "monotonic", clock.read)
    step = training.Group.step

    def slow(self):
        clock.now += 0.5 * len(self.trials)
        return step(self)

    monkeypatch.setattr(training.Group, "step", slow)
    monkeypatch.setattr(session, "perf_counter", clock.read)
    file = tmp_path / "trials.jsonl"
    arguments = [str(folder), "--output", str(file), "--minutes", "2", "--together", "8"]
    assert program.main(arguments) == 0
    assert "no further trial fits into the time left" in capsys.readouterr().out
    assert 0 < len(rows_in(file)) < 15
    assert clock.now < 120
    assert program.main([*arguments[:-3], "0.05", *arguments[-2:]]) == 2
    assert "give more with --minutes" in capsys.readouterr().err


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def read(self):
        return self.now


def test_time_that_runs_out_keeps_what_is_done(folder, tmp_path, monkeypatch, capsys):
    def late(self, watch, every):
        raise training.OutOfTime

    file = tmp_path / "trials.jsonl"
    arguments = [str(folder), "--output", str(file), "--together", "4"]
    assert program.main([*arguments, "--most", "4"]) == 0
    monkeypatch.setattr(training.Group, "to_the_end", late)
    assert program.main(arguments) == 0
    assert "4 trials were not finished" in capsys.readouterr().out
    assert len(rows_in(file)) == 4


@pytest.mark.parametrize("damage", ["arrays", "plan", "format", "missing"])
def test_a_damaged_folder_is_refused(folder, damage, capsys):
    plan = folder / reading.PLAN
    if damage == "arrays":
        content = bytearray((folder / reading.ARRAYS).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / reading.ARRAYS).write_bytes(content)
    elif damage == "missing":
        plan.unlink()
    else:
        planned = json.loads(plan.read_text(encoding="utf-8"))
        if damage == "plan":
            planned["trials"][0]["repetition"] += 1
        else:
            planned["format"] = 99
        plan.write_text(json.dumps(planned), encoding="utf-8")
    assert program.main([str(folder)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("error: ")
    assert len(told.splitlines()) == 1
    assert not (folder / "trials.jsonl").exists()


def test_results_of_another_folder_are_refused(folder, tmp_path, capsys):
    file = tmp_path / "trials.jsonl"
    file.write_text(json.dumps({"format": 1, "packed": "another"}) + "\n")
    assert program.main([str(folder), "--output", str(file)]) == 2
    assert "is of another packed folder" in capsys.readouterr().err
    file.write_text("what is this\n")
    assert program.main([str(folder), "--output", str(file)]) == 2
    assert "line 1: expected a JSON object" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--minutes", "-1"], "--minutes is at least 0, not -1"),
        (["--together", "0"], "--together is at least 1, not 0"),
        (["--device", "cuda"], "finds no GPU"),
    ],
)
def test_what_cannot_be_asked_for(folder, arguments, told, capsys):
    if torch.cuda.is_available() and "cuda" in arguments:
        pytest.skip("there is a GPU")
    assert program.main([str(folder), *arguments]) == 2
    assert told in capsys.readouterr().err


def test_an_encoder_that_differs_is_not_trained(folder, monkeypatch, capsys):
    monkeypatch.setattr(session, "difference", lambda _: 0.2)
    assert program.main([str(folder)]) == 2
    assert "nothing was trained" in capsys.readouterr().err


def test_compiling_that_hangs_is_begun_anew_without(monkeypatch):
    begun = []
    monkeypatch.setattr(machine.os, "execv", lambda *command: begun.append(command))
    monkeypatch.setattr(sys, "argv", ["run", "--compile", "yes"])
    machine.begin_again("--compile", "no")
    ((_, command),) = begun
    assert command[1:] == ["run", "--compile", "yes", "--compile", "no"]


# packing


def test_packing_refuses_what_it_cannot_pack(made, tmp_path):
    folder, origin = made
    with pytest.raises(CriticalMassError, match="exists already"):
        pack(folder, origin)
    few = tiny_bert(tmp_path / "few")
    with pytest.raises(CriticalMassError, match="reads at most 40 tokens, not 60"):
        pack(tmp_path / "long", setups(tmp_path, few, max_length=60))
    config = json.loads((few / "config.json").read_text(encoding="utf-8"))
    (few / "config.json").write_text(json.dumps(config | {"model_type": "roberta"}))
    with pytest.raises(CriticalMassError, match="a BERT with gelu was expected"):
        pack(tmp_path / "other", setups(tmp_path, few))
    marked = replace(corpus(), features=corpus().features + f" {TOKEN}")
    with_marks = {figure: replace(setup, corpus=lambda: marked) for figure, setup in origin.items()}
    with pytest.raises(CriticalMassError, match="a text has the mark"):
        pack(tmp_path / "marked", with_marks)
    assert not list(tmp_path.glob("*/plan.json"))
    assert not list(tmp_path.glob(".*"))


def test_the_folder_stays_small_enough_to_travel(made, tmp_path, monkeypatch):
    _, origin = made
    monkeypatch.setattr("criticalmass.papers.hardt2023.packing.LARGEST", 1000)
    with pytest.raises(CriticalMassError, match="less than 1,000 travel"):
        pack(tmp_path / "large", origin)
    assert not (tmp_path / "large").exists()


def test_git_ignores_the_folder(made):
    assert (made[0] / ".gitignore").read_text() == "*\n"


def test_the_size_that_is_planned():
    size = SIZES["transformer", "gpu"]
    assert (size.train, size.test, size.learner.epochs) == (25_000, 4_783, 5)
    assert (size.learner.model, size.learner.max_length) == ("all-MiniLM-L6-v2", 256)
    assert (size.learner.batch_size, size.learner.learning_rate) == (32, 5e-5 * (32 / 8) ** 0.5)
    with pytest.raises(ParameterError, match="unknown size of linear-text 'gpu'"):
        Options("linear-text", "gpu")


# importing


def spoilt(results, folder, number, **changes):
    """Return a file of results with one line changed."""
    lines = lines_of(results)
    lines[number] |= changes
    file = folder / "spoilt.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"key": "nobody"}, "line 2: expected the key of a planned trial, not 'nobody'"),
        ({"alpha": 0.5}, "line 2: alpha is planned as 0.0, not 0.5"),
        ({"seed": 3}, "line 2: seed is planned as"),
        ({"n": 7}, f"line 2: n must be {TEST}, the number of marked test records, not 7"),
        ({"successes": {"included": 1}}, "line 2: successes must be of included and top1"),
        ({"successes": {"included": TEST + 1, "top1": 0}}, "included must be an integer from 0"),
        ({"successes": {"included": True, "top1": 0}}, "included must be an integer from 0"),
        ({"accuracy": 1.5}, "line 2: accuracy must be a number from 0 to 1, not 1.5"),
        ({"accuracy": None}, "line 2: accuracy must be a number from 0 to 1, not None"),
        ({"seconds": -1}, "line 2: seconds must be a number from 0 on, not -1"),
        ({"error": None}, "line 2: error must be a text, not None"),
    ],
)
def test_lines_that_cannot_be_are_refused(made, results, tmp_path, changes, told):
    folder, origin = made
    setups = {name: replace(setup, folder=tmp_path / name) for name, setup in origin.items()}
    with pytest.raises(CriticalMassError) as error:
        bring(spoilt(results, tmp_path, 1, **changes), folder, setups)
    assert told in str(error.value)
    assert str(error.value).startswith("spoilt.jsonl")
    assert not list(tmp_path.glob("figure*"))


def test_all_lines_that_cannot_be_are_told_at_once(made, results, tmp_path):
    folder, origin = made
    file = spoilt(results, tmp_path, 1, accuracy=2)
    file = spoilt(file, tmp_path, 2, accuracy=3)
    with pytest.raises(CriticalMassError, match="2 problems") as error:
        bring(file, folder, origin)
    assert "line 2: " in str(error.value)
    assert "line 3: " in str(error.value)


def test_doubles_and_cut_lines(made, results, tmp_path):
    folder, origin = made
    setups = {name: replace(setup, folder=tmp_path / name) for name, setup in origin.items()}
    lines = results.read_text().splitlines(keepends=True)
    file = tmp_path / "trials.jsonl"
    file.write_text("".join([*lines[:3], lines[1], lines[3][:50]]))
    assert sum(bring(file, folder, setups).values()) == 2
    other = json.dumps(json.loads(lines[1]) | {"accuracy": 0.123})
    file.write_text("".join([*lines[:3], other, "\n"]))
    with pytest.raises(CriticalMassError, match="line 4: another result of the trial of line 2"):
        bring(file, folder, setups)


def test_a_failed_trial_gives_way_to_a_good_one(made, results, tmp_path):
    folder, origin = made
    setups = {name: replace(setup, folder=tmp_path / name) for name, setup in origin.items()}
    lines = results.read_text().splitlines(keepends=True)
    failed = json.dumps(json.loads(lines[1]) | {"error": "the moon"}) + "\n"
    file = tmp_path / "trials.jsonl"
    file.write_text("".join([lines[0], failed]))
    assert sum(bring(file, folder, setups).values()) == 0
    file.write_text("".join([lines[0], failed, lines[1]]))
    assert sum(bring(file, folder, setups).values()) == 1
    with Store.open(tmp_path / "figure2" / "strategy1") as store:
        assert [row.error for row in store.rows()] == [""]


def test_results_of_other_folders_or_studies_are_refused(made, results, tmp_path):
    folder, origin = made
    file = tmp_path / "trials.jsonl"
    file.write_text(json.dumps({"format": 1, "packed": "another"}) + "\n")
    with pytest.raises(CriticalMassError, match="the file is of another folder"):
        bring(file, folder, origin)
    learner = replace(origin["figure2"].size.learner, epochs=3)
    others = {
        name: replace(setup, size=replace(setup.size, learner=learner))
        for name, setup in origin.items()
    }
    with pytest.raises(CriticalMassError, match="packed of other studies than today's"):
        bring(results, folder, others)


def test_figures_without_trials_say_where_they_come_from(made, tmp_path):
    _, origin = made
    setup = replace(origin["figure2"], folder=tmp_path)
    with pytest.raises(CriticalMassError, match="brought by `scripts/paper-on-a-gpu import`"):
        figure2.FIGURE.reproduce(tmp_path, setup.options, setup)


def test_trials_are_never_trained_here(made):
    study = next(iter(studies_of(made[1]).values()))
    row = Bench(study).run(study.trials()[0])
    assert "trained by scripts/paper-on-a-gpu" in row.error


def test_the_command_line_of_pack(made, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(brought, "setups_in", lambda _: made[1])
    assert brought.main(["pack", "--out", str(tmp_path / "packed")]) == 0
    assert "0.1 MB" in capsys.readouterr().out
    assert brought.main(["pack", "--out", str(tmp_path / "packed")]) == 2
    assert "exists already" in capsys.readouterr().err
    assert reading.read(tmp_path / "packed").fingerprint == reading.read(made[0]).fingerprint
    assert len(reading.read(tmp_path / "packed").train) == TRAIN


def test_refusals_are_one_line():
    with pytest.raises(Refusal, match="is no packed folder"):
        reading.read(Path("nowhere"))
