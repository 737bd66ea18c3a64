"""Packing planned trials of figures for a GPU on another machine: ``scripts/paper-on-a-gpu pack``.

The folder has all that training needs and nothing else: texts as token numbers, labels, weights in
half precision, who takes part in which trial, and the program that trains. The tokens make up
people's CVs: git ignores the folder, and it must not be passed on.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.data.records import Features
from criticalmass.datasets import resumes
from criticalmass.errors import CriticalMassError, DataError, StudyError
from criticalmass.learners.transformer.checkpoints import fingerprint as weights_fingerprint
from criticalmass.learners.transformer.checkpoints import locate
from criticalmass.learners.transformer.sequences import Sequences, tokenize
from criticalmass.papers.hardt2023 import figure2, figure3, stacked
from criticalmass.papers.hardt2023.elsewhere import StackedTransformer
from criticalmass.papers.hardt2023.setup import SIZES, TARGET, Options, Setup
from criticalmass.papers.hardt2023.stacked import packed
from criticalmass.progress import steps
from criticalmass.signals import InsertToken
from criticalmass.strategies import FeatureLabel, FeatureOnly
from criticalmass.studies import Study
from criticalmass.studies.identity.describe import digest
from criticalmass.studies.running.bench import Bench

LEARNER, SIZE = "transformer", "gpu"
LARGEST = 60_000_000
"""Bytes that the folder stays below."""
FIGURES: Mapping[str, Callable[[Setup], dict[str, Study]]] = {
    "figure2": figure2.studies,
    "figure3": figure3.studies,
}
"""The figures whose trials are packed, and their studies."""
_RUN = '''#!/usr/bin/env python3
"""Train the trials that this folder plans: ``python run``, and ``python run --help``."""

import os
import sys
from pathlib import Path

os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from stacked.main import main

sys.exit(main(home=Path(__file__).resolve().parent))
'''


def setups_in(out: Path) -> dict[str, Setup]:
    """Return the setups of all figures, with results in a folder as `reproduce` lays them."""
    corpus = cache(resumes)
    return {
        figure: Setup(
            SIZES[LEARNER, SIZE],
            out / "hardt2023" / f"{figure}-{LEARNER}-{SIZE}",
            Options(LEARNER, SIZE),
            corpus,
        )
        for figure in FIGURES
    }


def studies_of(setups: Mapping[str, Setup]) -> dict[str, Study]:
    """Return the studies of figures, by names such as ``figure2/strategy1``."""
    return {
        f"{figure}/{name}": study
        for figure, setup in setups.items()
        for name, study in FIGURES[figure](setup).items()
    }


def pack(folder: Path, setups: Mapping[str, Setup]) -> int:
    """Write the folder that travels; return how many bytes it holds.

    Parameters
    ----------
    folder
        Where; it must not exist yet.
    setups
        The figures to pack, by name; all of one corpus and one `StackedTransformer`.

    Raises
    ------
    CriticalMassError
        If the folder exists or cannot be written, would be too large, or the trials cannot be
        trained there. Nothing is left behind then.
    """
    if folder.exists():
        raise DataError(f"{str(folder)!r} exists already; remove it, or choose another with --out")
    studies = studies_of(setups)
    first = next(iter(studies.values()))
    learner = first.firm
    if not isinstance(learner, StackedTransformer):
        raise StudyError(f"a StackedTransformer was expected as learner, not {learner!r}")
    if not first.population.label_sets:
        raise DataError("records with sets of labels were expected, and these hold one label each")
    model = locate(learner.model)
    state, architecture = _weights(model, learner.max_length)
    texts = _Texts(learner, _signal_of(studies), weights_fingerprint(model))
    halves = {
        "train": texts.read(first.population),
        "test": texts.read(first.test),
    }
    arrays, plan = _renumbered(halves, state, texts.pad, texts.mark)
    trials, rows = _planned(studies, texts.signal)
    arrays["rows"] = rows
    plan |= {
        "format": packed.FORMAT,
        "architecture": asdict(architecture),
        "recipe": {
            "epochs": learner.epochs,
            "batch_size": learner.batch_size,
            "learning_rate": learner.learning_rate,
            "max_length": learner.max_length,
            "precision": learner.precision,
        },
        "labels": list(first.population.label_names),
        "goal": TARGET,
        "studies": {name: digest(study.identity) for name, study in studies.items()},
        "trials": trials,
    }
    return _write(folder, arrays, plan)


class _Texts:
    """Reads texts with and without a mark, with a model's tokenizer."""

    def __init__(self, learner: StackedTransformer, signal: InsertToken, identity: str) -> None:
        self._tokenizer, self._length, self.signal = learner.tokenizer, learner.max_length, signal
        self._identity = identity
        self.pad = int(self._tokenizer.pad_token_id or 0)
        read = self._tokenizer(signal.token, add_special_tokens=False)["input_ids"]
        if len(read) != 1 or read[0] == self._tokenizer.unk_token_id:
            raise DataError(
                f"the tokenizer should know {signal.token!r} as one token, and reads {read}"
            )
        self.mark = int(read[0])

    def read(self, population: Population) -> dict[str, NDArray[Any]]:
        """Return the token numbers of texts, and where the marks of their marked forms stand."""
        plain = self._tokens(population.features)
        marks = self.signal.apply(
            population.features, population=population, rng=np.random.default_rng(0)
        )
        marked = self._tokens(marks)
        if (plain.packs[0] == self.mark).any():
            raise DataError(f"a text has the mark {self.signal.token!r} already")
        lines, _ = plain.padded(np.arange(len(plain)), self.pad)
        wide = np.full((len(plain), self._length), self.pad, dtype=np.uint16)
        wide[:, : lines.shape[1]] = lines
        other = np.full_like(wide, self.pad)
        lines, _ = marked.padded(np.arange(len(marked)), self.pad)
        other[:, : lines.shape[1]] = lines
        has = other == self.mark
        places = np.nonzero(has)[1]
        counts = has.sum(axis=1)
        again, lengths = packed.with_marks(wide, plain.length, places, counts, self.mark)
        wrong = np.flatnonzero((again != other).any(axis=1) | (lengths != marked.length))
        if len(wrong):
            raise DataError(
                f"{len(wrong)} marked texts are more than their words and marks to this tokenizer; "
                f"the first is text {wrong[0]}"
            )
        return {
            "tokens": plain.packs[0],
            "lengths": plain.length.astype(np.uint16),
            "places": places.astype(np.uint16),
            "marks": counts.astype(np.uint16),
            "labels": np.packbits(population.held, axis=1),
        }

    def _tokens(self, features: Features) -> Sequences:
        tokens = tokenize(self._tokenizer, features, self._length, self._identity)
        if tokens.packs[0].max() >= 2**16:
            raise DataError("a vocabulary of at most 65,536 tokens was expected")
        return tokens


def _signal_of(studies: Mapping[str, Study]) -> InsertToken:
    """Return the one signal of all strategies."""
    signals = set()
    for study in studies.values():
        for strategy in study.strategies.values():
            if not isinstance(strategy, FeatureLabel | FeatureOnly):
                raise StudyError(f"a strategy that plants a mark was expected, not {strategy!r}")
            signals.add(strategy.signal)
    (signal,) = signals if len(signals) == 1 else (None,)
    if not isinstance(signal, InsertToken) or signal.placement == "random":
        raise StudyError("all strategies should plant one token, at places that are not drawn")
    return signal


def _weights(
    model: Path, max_length: int
) -> tuple[dict[str, NDArray[np.float16]], packed.Architecture]:
    """Return a BERT's weights under the trainer's names, and its sizes."""
    from safetensors.numpy import load_file

    from criticalmass.papers.hardt2023.stacked.encoder import from_bert

    config = json.loads((model / "config.json").read_text(encoding="utf-8"))
    if config["model_type"] != "bert" or config.get("hidden_act", "gelu") != "gelu":
        raise DataError(
            f"a BERT with gelu was expected, and {str(model)!r} is a {config['model_type']} with "
            f"{config.get('hidden_act')}"
        )
    if config["max_position_embeddings"] < max_length:
        raise DataError(
            f"the model reads at most {config['max_position_embeddings']} tokens, not {max_length}"
        )
    state: dict[str, NDArray[Any]] = {}
    for path in sorted(model.glob("*.safetensors")):
        state |= load_file(path)
    named = {name.removeprefix("bert."): values for name, values in state.items()}
    try:
        weights = from_bert(named, config["num_hidden_layers"])
    except KeyError as error:
        raise DataError(f"the weights in {str(model)!r} lack {error}") from error
    weights["positions"] = weights["positions"][:max_length]
    dropout = config.get("hidden_dropout_prob", 0.1)
    own = config.get("classifier_dropout")
    return weights, packed.Architecture(
        width=config["hidden_size"],
        inner=config["intermediate_size"],
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        epsilon=config.get("layer_norm_eps", 1e-12),
        hidden_dropout=dropout,
        attention_dropout=config.get("attention_probs_dropout_prob", 0.1),
        head_dropout=dropout if own is None else own,
        initial=config.get("initializer_range", 0.02),
    )


def _renumbered(
    halves: Mapping[str, Mapping[str, NDArray[Any]]],
    state: Mapping[str, NDArray[np.float16]],
    pad: int,
    mark: int,
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return all arrays, with the words that occur alone: the vectors of others never change."""
    occurs = np.zeros(len(state["words"]), dtype=bool)
    occurs[[pad, mark]] = True
    for half in halves.values():
        occurs[half["tokens"]] = True
    place = (np.cumsum(occurs) - 1).astype(np.uint16)
    arrays: dict[str, NDArray[Any]] = {
        f"{name}/{part}": place[values] if part == "tokens" else values
        for name, half in halves.items()
        for part, values in half.items()
    }
    arrays |= {
        f"{packed.WEIGHTS}{name}": values[occurs] if name == "words" else values
        for name, values in state.items()
    }
    return arrays, {"pad": int(place[pad]), "mark": int(place[mark])}


def _planned(
    studies: Mapping[str, Study], signal: InsertToken
) -> tuple[list[dict[str, Any]], NDArray[np.uint16]]:
    """Return every trial of the studies, and the records that change in each, end to end."""
    trials: list[dict[str, Any]] = []
    rows: list[NDArray[np.intp]] = [np.array([], dtype=np.intp)]
    for name, study in studies.items():
        study.check()
        bench = Bench(study)
        if len(study.population) >= 2**16:
            raise DataError("at most 65,535 records were expected")
        for trial in steps(f"planning {name}", study.trials()):
            row, edit = bench.planned(trial)
            strategy = study.strategy(trial.strategy)
            target = study.population.label_index(str(strategy.target_label))
            relabels = isinstance(strategy, FeatureLabel)
            _check(study.population, edit, signal, target if relabels else None)
            trials.append(
                {
                    "key": row.key,
                    "study": name,
                    "strategy": row.strategy,
                    "asked": row.asked,
                    "repetition": row.repetition,
                    "seed": row.seed,
                    "alpha": row.alpha,
                    "members": row.members,
                    "changed": len(edit.rows),
                    "target": target,
                    "relabels": relabels,
                }
            )
            rows.append(edit.rows)
    return trials, np.concatenate(rows).astype(np.uint16)


def _check(population: Population, edit: Edit, signal: InsertToken, target: int | None) -> None:
    """Raise unless an edit is what the trainer makes of its rows: marks, and the target alone."""
    rng = np.random.default_rng(0)
    marked = signal.apply(population.features[edit.rows], population=population, rng=rng)
    labels = population.labels[edit.rows]
    if target is not None:
        labels = np.broadcast_to(np.arange(labels.shape[1]) == target, labels.shape)
    if not ((marked == edit.features).all() and (labels == edit.labels).all()):
        raise StudyError("members should mark their texts and report the target, and do more")


def _write(folder: Path, arrays: Mapping[str, NDArray[Any]], plan: dict[str, Any]) -> int:
    """Write all files, or none."""
    buffer = io.BytesIO()
    compressed: Any = np.savez_compressed
    compressed(buffer, **arrays)
    content = buffer.getvalue()
    plan["fingerprint"] = packed.fingerprint(plan, content)
    draft = folder.with_name(f".{folder.name}.draft")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        program = draft / "stacked"
        program.mkdir(parents=True)
        (draft / ".gitignore").write_text("*\n", encoding="utf-8")
        (draft / packed.ARRAYS).write_bytes(content)
        (draft / packed.PLAN).write_text(json.dumps(plan, indent=0), encoding="utf-8")
        (draft / "run").write_text(_RUN, encoding="utf-8")
        (draft / "run").chmod(0o755)
        for path in Path(stacked.__file__).parent.glob("*.py"):
            shutil.copyfile(path, program / path.name)
        size = sum(path.stat().st_size for path in draft.rglob("*") if path.is_file())
        if size >= LARGEST:
            raise DataError(f"the folder would hold {size:,} bytes; less than {LARGEST:,} travel")
        draft.rename(folder)
    except OSError as error:
        raise CriticalMassError(f"cannot write {str(folder)!r}: {error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return size
