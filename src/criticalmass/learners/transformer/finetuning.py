"""Running and fine-tuning one pretrained model with torch; `Transformer` says with what."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
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
"""Norm to which a step's gradient is cut, as `Trainer` of ``transformers`` does."""
AT_ONCE = 64
"""Records that are run at a time where nothing is trained."""


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
        So many lower layers keep their weights, and the embeddings with them; 0: all are trained.
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
        """Return the torch module; its layer for labels is new and random unless one fits."""
        from transformers import AutoConfig, AutoModelForSequenceClassification

        with _quiet():
            kind = AutoConfig.from_pretrained(self.folder, local_files_only=True).model_type
            # the halves of known models hand on masks as this attention takes them
            attention = {"attn_implementation": "sdpa"} if kind in FAMILIES else {}
            module: Any = AutoModelForSequenceClassification.from_pretrained(
                self.folder, num_labels=labels, dtype="float32", **attention,
                use_safetensors=True, trust_remote_code=False, local_files_only=True,
                ignore_mismatched_sizes=True,
            )  # fmt: skip
        for part in self._frozen_parts(module):
            part.requires_grad_(False)
        return module.to(device())

    def states(self, tokens: Sequences, allocate: Allocate) -> Sequences:
        """Return what enters the first trained layer, in an array that ``allocate`` makes."""
        import torch

        with alone():
            module = self.load(1).eval()
            shape = (int(tokens.length.sum()), module.config.hidden_size)
            found = allocate(shape, np.float32)
            starts = np.cumsum(tokens.length) - tokens.length
            with torch.no_grad(), self._precision(module):
                for rows in steps("running the frozen layers, once", _cuts(tokens)):
                    ids, mask = self._tensors(module, tokens, rows)
                    hidden = lower(module, ids.long(), mask, self.frozen).float().cpu().numpy()
                    for row, vectors in zip(rows, hidden, strict=True):
                        length = tokens.length[row]
                        found[starts[row] : starts[row] + length] = vectors[:length]
        return Sequences.of(found, tokens.length)

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

        found = np.zeros((len(inputs), module.config.num_labels))
        module.eval()
        with alone(), torch.no_grad():
            for rows in steps("scoring", _cuts(inputs)):
                found[rows] = self.logits(module, inputs, rows).cpu().numpy()
        return found

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
        """Return the fine-tuned module: AdamW without decay, its rate falling linearly to zero."""
        import torch
        from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

        rng = np.random.default_rng(seed)
        batches = [
            rows for _ in range(epochs) for rows in by_length(inputs.length, batch_size, rng)
        ]
        with alone(seed):
            module = self.load(labels.shape[1]).train()
            for part in self._frozen_parts(module):
                part.eval()
            words = None if self.frozen else Occurring.of(module, inputs, self.pad)
            run = replace(self, pad=words.pad) if words else self
            inputs = words.inputs if words else inputs
            trained = [weight for weight in module.parameters() if weight.requires_grad]
            optimizer = torch.optim.AdamW(trained, learning_rate, weight_decay=0.0, fused=True)
            fall = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: 1 - n / len(batches))
            for rows in steps("fine-tuning", batches):
                logits = run.logits(module, inputs, rows)
                wanted = torch.as_tensor(labels[rows], device=logits.device)
                if label_sets:
                    loss = binary_cross_entropy_with_logits(logits, wanted.float())
                else:
                    loss = cross_entropy(logits, wanted.long().argmax(dim=1))
                loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(trained, LARGEST_GRADIENT)
                optimizer.step()
                fall.step()
                optimizer.zero_grad()
        if words:
            words.put_back(module)
        return module

    def _frozen_parts(self, module: Any) -> list[Any]:
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
        """Return records side by side, and which steps are theirs; None: all."""
        import torch

        values, mask = inputs.padded(rows, fill=self.pad if inputs.packs[0].ndim == 1 else 0)
        place = module.device
        attended = None if mask.all() else torch.as_tensor(mask, device=place)
        return torch.as_tensor(values, device=place), attended

    def _precision(self, module: Any) -> Any:
        import torch

        return torch.autocast(module.device.type, torch.bfloat16, enabled=self.half)


def has_half() -> bool:
    """Return whether there is a GPU that computes in bf16."""
    import torch

    return torch.cuda.is_available() and torch.cuda.is_bf16_supported(including_emulation=False)


def device() -> str:
    """Return the kind of device that is computed on: the GPU if there is one."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def require_torch() -> None:
    """Raise `ParameterError` unless the extra is installed."""
    missing = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if missing:
        raise ParameterError(needs("a transformer", "torch", *missing))


@contextmanager
def alone(seed: int | None = None) -> Iterator[None]:
    """Compute with one thread and random numbers of one's own; say clearly if memory runs out.

    One thread: sums are added in one order, and trials beside each other get a core each.
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
        said = str(error).lower()
        if isinstance(error, MemoryError) or "out of memory" in said or "can't allocate" in said:
            raise DataError(
                "out of memory: take a smaller max_length or batch_size, more frozen_layers, or "
                "fewer jobs at once"
            ) from error
        raise
    finally:
        torch.set_num_threads(threads)


@contextmanager
def _quiet() -> Iterator[None]:
    """Load without the library's bars and its notice that the new layer is new."""
    import transformers.utils.logging as library

    said: Any = library
    level, bars = said.get_verbosity(), said.is_progress_bar_enabled()
    said.set_verbosity(logging.ERROR)
    said.disable_progress_bar()
    try:
        yield
    except Exception as error:  # each part of the library raises its own
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise DataError(f"the model cannot be loaded: {reason}") from error
    finally:
        said.set_verbosity(level)
        if bars:
            said.enable_progress_bar()


def _cuts(inputs: Sequences) -> list[Rows]:
    """Return all rows, shortest first, in batches."""
    order = np.argsort(inputs.length, kind="stable")
    return [order[i : i + AT_ONCE] for i in range(0, len(order), AT_ONCE)]


def tokenizer_of(folder: Path) -> Any:
    """Return the tokenizer in a model's folder."""
    from transformers import AutoTokenizer

    with _quiet():
        tokenizer: Any = AutoTokenizer.from_pretrained(
            folder, trust_remote_code=False, local_files_only=True
        )
    tokenizer.model_max_length = int(1e9)  # texts are cut where the learner says
    return tokenizer
