"""Running and fine-tuning one pretrained model with torch, for `Transformer`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Rows
from criticalmass.errors import DataError, ParameterError, needs
from criticalmass.learners.transformer.encoders import (
    FAMILIES,
    family_of,
    layers,
    lower,
    upper,
    whole,
)
from criticalmass.learners.transformer.sequences import Allocate, Sequences, by_length
from criticalmass.learners.transformer.vocabulary import Occurring
from criticalmass.progress import steps

if TYPE_CHECKING:
    from torch import Tensor

LARGEST_GRADIENT = 1.0
"""A step's gradient is cut to this norm, as `Trainer` of ``transformers`` does."""
ARITHMETIC = 2
"""Goes up when the same spec trains a model that differs, be it in the last digits."""
AT_ONCE = 64
"""So many records are run at a time where nothing is trained."""


@dataclass(frozen=True)
class Checkpoint:
    """A pretrained model in a folder, and how it is run.

    Parameters
    ----------
    folder
        Where it lies.
    name
        What its user calls it.
    frozen
        So many lower layers keep their weights, and the embeddings with them; with 0 everything is
        trained.
    half
        Whether it computes in bf16.
    pad
        The token that fills up shorter texts.
    """

    folder: Path
    name: str
    frozen: int
    half: bool
    pad: int

    def load(self, labels: int) -> Any:
        """Return the torch module; its layer for labels is new and random unless one fits.

        Raises
        ------
        DataError
            If it cannot be loaded.
        ParameterError
            If it has no layers that can be frozen, or not so many.
        """
        from transformers import AutoConfig, AutoModelForSequenceClassification

        with quiet():
            kind = AutoConfig.from_pretrained(self.folder, local_files_only=True).model_type
            # the halves of known models pass on masks in the form that this attention takes
            attention = {"attn_implementation": "sdpa"} if kind in FAMILIES else {}
            module: Any = AutoModelForSequenceClassification.from_pretrained(
                self.folder,
                num_labels=labels,
                dtype="float32",
                **attention,
                use_safetensors=True,
                trust_remote_code=False,
                local_files_only=True,
                ignore_mismatched_sizes=True,
            )
        for part in self._frozen_parts(module):
            part.requires_grad_(False)
        return module.to(device())

    def states(self, tokens: Sequences, allocate: Allocate) -> Sequences:
        """Return the inputs of the first trained layer, in an array that ``allocate`` makes."""
        import torch

        with alone():
            module = self.load(1).eval()
            shape = (int(tokens.length.sum()), module.config.hidden_size)
            states = allocate(shape, np.float32)
            starts = np.cumsum(tokens.length) - tokens.length
            with torch.no_grad(), self._precision(module):
                for rows in steps("running the frozen layers, once", _batches(tokens)):
                    ids, mask = self._tensors(module, tokens, rows)
                    hidden = lower(module, ids.long(), mask, self.frozen).float().cpu().numpy()
                    for row, vectors in zip(rows, hidden, strict=True):
                        length = tokens.length[row]
                        states[starts[row] : starts[row] + length] = vectors[:length]
        return Sequences.of(states, tokens.length)

    def logits(self, module: Any, inputs: Sequences, rows: Rows) -> Tensor:
        """Return logits, (rows, labels), of token numbers or of `states`."""
        values, mask = self._tensors(module, inputs, rows)
        with self._precision(module):
            if self.frozen:
                return upper(module, values, mask, self.frozen).float()
            return whole(module, values.long(), mask).float()

    def scores(self, module: Any, inputs: Sequences) -> NDArray[np.float64]:
        """Return the logits of all records, (n, labels)."""
        import torch

        scores = np.zeros((len(inputs), module.config.num_labels))
        module.eval()
        with alone(), torch.no_grad():
            for rows in steps("scoring", _batches(inputs)):
                scores[rows] = self.logits(module, inputs, rows).cpu().numpy()
        return scores

    def train(
        self,
        inputs: Sequences,
        labels: NDArray[np.bool_],
        *,
        label_sets: bool,
        epochs: int,
        batch_size: int,
        learning_rate: float,
        seed: int,
    ) -> Any:
        """Return the fine-tuned module: AdamW without decay, its rate falling linearly to zero.

        Parameters
        ----------
        inputs
            Token numbers or `states` of the training records.
        labels
            Which labels they hold, (n, labels).
        label_sets
            Whether a record holds any number of labels, or exactly one.
        epochs, batch_size, learning_rate
            How long, in what batches, and how fast it learns.
        seed
            Seed of the batches, of new weights and of dropout.
        """
        import torch

        rng = np.random.default_rng(seed)
        batches = [
            rows for _ in range(epochs) for rows in by_length(inputs.length, batch_size, rng)
        ]
        with alone(seed):
            module = self.load(labels.shape[1]).train()
            for part in self._frozen_parts(module):
                part.eval()
            # the vectors of words that occur, where the embeddings are trained
            words = None if self.frozen else Occurring.of(module, inputs, self.pad)
            run = replace(self, pad=words.pad) if words else self
            inputs = words.inputs if words else inputs
            # the optimiser
            trained = [weight for weight in module.parameters() if weight.requires_grad]
            optimizer = torch.optim.AdamW(trained, learning_rate, weight_decay=0.0, fused=True)
            fall = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: 1 - n / len(batches))
            # one step per batch
            for rows in steps("fine-tuning", batches):
                loss = _loss(run.logits(module, inputs, rows), labels[rows], label_sets)
                loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(trained, LARGEST_GRADIENT)
                optimizer.step()
                fall.step()
                optimizer.zero_grad()
        if words:
            words.put_back(module)
        return module

    def _frozen_parts(self, module: Any) -> list[Any]:
        """Return the parts of a module that keep their weights."""
        if not self.frozen:
            return []
        if family_of(module) is None:
            raise ParameterError(
                f"frozen_layers works for {', '.join(FAMILIES)}; {self.name} is of type "
                f"{module.config.model_type}: leave it at 0"
            )
        all_layers = layers(module)
        if self.frozen > len(all_layers):
            raise ParameterError(
                f"frozen_layers is at most {len(all_layers)} for {self.name}, not {self.frozen}"
            )
        return [module.base_model.embeddings, *all_layers[: self.frozen]]

    def _tensors(self, module: Any, inputs: Sequences, rows: Rows) -> tuple[Tensor, Tensor | None]:
        """Return records side by side, and which steps hold tokens; None if all do."""
        import torch

        values, mask = inputs.padded(rows, fill=self.pad if inputs.packs[0].ndim == 1 else 0)
        place = module.device
        attended = None if mask.all() else torch.as_tensor(mask, device=place)
        return torch.as_tensor(values, device=place), attended

    def _precision(self, module: Any) -> Any:
        """Return the context in which a module computes in bf16, where it should."""
        import torch

        return torch.autocast(module.device.type, torch.bfloat16, enabled=self.half)


def _loss(logits: Tensor, labels: NDArray[np.bool_], label_sets: bool) -> Tensor:
    """Return the mean cross-entropy of records' labels, (rows, labels)."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

    holds = torch.as_tensor(labels, device=logits.device)
    if label_sets:
        return binary_cross_entropy_with_logits(logits, holds.float())
    return cross_entropy(logits, holds.long().argmax(dim=1))


def has_half() -> bool:
    """Return whether there is a GPU that computes in bf16."""
    import torch

    return torch.cuda.is_available() and torch.cuda.is_bf16_supported(including_emulation=False)


def device() -> str:
    """Return the kind of device that computes: the GPU if there is one."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def require_torch() -> None:
    """Raise `ParameterError` unless the extra is installed."""
    missing = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if missing:
        raise ParameterError(needs("a transformer", "torch", *missing))


@contextmanager
def alone(seed: int | None = None) -> Iterator[None]:
    """Compute with one thread and with random numbers of its own; say clearly if memory runs out.

    With one thread sums are always added in one order, and trials side by side get a core each.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng([torch.cuda.current_device()] if device() == "cuda" else []):
            if seed is not None:
                torch.manual_seed(seed)
            yield
    except (MemoryError, RuntimeError) as error:
        reason = str(error).lower()
        full = any(words in reason for words in ("out of memory", "can't allocate"))
        if isinstance(error, MemoryError) or full:
            raise DataError(
                "out of memory: take a smaller max_length or batch_size, more frozen_layers, or "
                "fewer jobs at once"
            ) from error
        raise
    finally:
        torch.set_num_threads(threads)


@contextmanager
def quiet() -> Iterator[None]:
    """Load without the library's progress bars, and without its notice that a layer is new."""
    import transformers.utils.logging

    messages: Any = transformers.utils.logging
    level, bars = messages.get_verbosity(), messages.is_progress_bar_enabled()
    messages.set_verbosity(logging.ERROR)
    messages.disable_progress_bar()
    try:
        yield
    except Exception as error:  # each part of the library raises its own
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise DataError(f"the model cannot be loaded: {reason}") from error
    finally:
        messages.set_verbosity(level)
        if bars:
            messages.enable_progress_bar()


def _batches(inputs: Sequences) -> list[Rows]:
    """Return all rows in batches, the shortest records first."""
    order = np.argsort(inputs.length, kind="stable")
    return [order[i : i + AT_ONCE] for i in range(0, len(order), AT_ONCE)]


@lru_cache(maxsize=4)
def tokenizer_of(folder: Path) -> Any:
    """Return the tokenizer in a model's folder.

    Raises
    ------
    DataError
        If there is none, or it cannot be loaded.
    """
    from transformers import AutoTokenizer

    with quiet():
        tokenizer: Any = AutoTokenizer.from_pretrained(
            folder, trust_remote_code=False, local_files_only=True
        )
    if len(tokenizer) <= len(tokenizer.all_special_tokens):  # the library makes an empty one
        raise DataError(
            f"{str(folder)!r} has no tokenizer: to an empty one all words are the same; expected "
            "tokenizer.json (or vocab.txt), as save_pretrained writes it"
        )
    tokenizer.model_max_length = int(1e9)  # texts are cut where the learner says
    return tokenizer
