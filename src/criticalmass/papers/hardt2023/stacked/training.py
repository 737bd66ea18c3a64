"""Training a group of trials side by side, and scoring test texts with what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from .batches import Step, epoch, steps_of
from .encoder import Encoder, Weights, stacked
from .packed import Packed, Texts, Trial

LARGEST_GRADIENT = 1.0
"""Each trial's gradient is cut to this norm, as `Trainer` of ``transformers`` does."""
SCORED = 64
"""So many texts are scored at a time in every trial."""
Watch = Callable[[int, int], None]


class OutOfTime(Exception):
    """There is no time left to train a group to its end."""


@dataclass(frozen=True, eq=False)
class OnDevice:
    """Texts on the device."""

    plain: Tensor
    marked: Tensor
    plain_lengths: Tensor
    marked_lengths: Tensor

    @classmethod
    def of(cls, texts: Texts, device: str) -> OnDevice:
        """Bring texts to a device."""
        ids = (texts.plain.astype(np.int32), texts.marked.astype(np.int32))
        lengths = (texts.plain_lengths, texts.marked_lengths)
        return cls(*(torch.as_tensor(values, device=device) for values in (*ids, *lengths)))


@dataclass(frozen=True, eq=False)
class Bench:
    """A packed folder on a device, ready to train.

    Parameters
    ----------
    packed
        What the folder holds.
    device
        ``"cuda"`` or ``"cpu"``.
    """

    packed: Packed
    device: str

    @cached_property
    def train(self) -> OnDevice:
        """The texts to learn from."""
        return OnDevice.of(self.packed.train, self.device)

    @cached_property
    def test(self) -> OnDevice:
        """The texts to measure on."""
        return OnDevice.of(self.packed.test, self.device)

    @cached_property
    def full(self) -> NDArray[np.bool_]:
        """Which training texts have the largest length, marked or not."""
        texts = self.packed.train
        return np.asarray(texts.plain_lengths == self.packed.recipe.max_length)

    @cached_property
    def steps(self) -> int:
        """How many steps a trial takes."""
        recipe = self.packed.recipe
        return recipe.epochs * steps_of(self.full, recipe.batch_size)

    def scores(self, encoder: Encoder, weights: Weights, *, marked: bool) -> NDArray[np.float64]:
        """Return the logits of all test texts, (trials, texts, labels)."""
        texts = self.test
        ids = texts.marked if marked else texts.plain
        lengths = texts.marked_lengths if marked else texts.plain_lengths
        known = self.packed.test.marked_lengths if marked else self.packed.test.plain_lengths
        order = np.argsort(known, kind="stable")
        trials = len(weights["head.bias"])
        found = np.zeros((trials, len(order), len(self.packed.labels)))
        with torch.no_grad():
            for begin in range(0, len(order), SCORED):
                rows = order[begin : begin + SCORED]
                longest = int(known[rows].max())
                place = torch.as_tensor(rows, device=self.device)
                own = torch.arange(longest, device=self.device) < lengths[place][:, None]
                logits = encoder.logits(
                    weights,
                    ids[place, :longest].long().expand(trials, -1, -1),
                    None if bool((known[rows] == longest).all()) else own.expand(trials, -1, -1),
                    training=False,
                )
                found[:, rows] = logits.double().cpu().numpy()
        return found


class Group:
    """Trials that are trained side by side.

    Parameters
    ----------
    bench
        Where.
    encoder
        What runs the weights.
    trials
        Which.
    """

    def __init__(self, bench: Bench, encoder: Encoder, trials: Sequence[Trial]) -> None:
        packed, device = bench.packed, bench.device
        self.bench, self.encoder, self.trials = bench, encoder, tuple(trials)
        self.done = 0
        seeds = [trial.seed for trial in trials]
        self.weights = stacked(
            packed.weights, len(packed.labels), seeds, packed.architecture.initial, device
        )
        torch.manual_seed(seeds[0] % 2**63)  # dropout
        self._rngs = [np.random.default_rng([1, seed]) for seed in seeds]
        marked = np.zeros((len(trials), len(packed.train)), dtype=bool)
        labels = np.repeat(packed.train.labels[None], len(trials), axis=0)
        for number, trial in enumerate(trials):
            marked[number, trial.rows] = True
            if trial.relabels:
                labels[number, trial.rows] = np.arange(labels.shape[2]) == trial.target
        self._marked = torch.as_tensor(marked, device=device)
        self._labels = torch.as_tensor(labels, device=device)
        self._each = torch.arange(len(trials), device=device)[:, None]
        self._steps = self._all_steps()
        self._optimizer = torch.optim.AdamW(
            list(self.weights.values()),
            packed.recipe.learning_rate,
            weight_decay=0.0,
            fused=True if device == "cuda" else None,
        )

    def _all_steps(self) -> list[tuple[Tensor, Tensor, bool]]:
        """Return the rows of every step on the device, which of them count, and whether all fill
        the largest length."""
        recipe, full = self.bench.packed.recipe, self.bench.full
        steps: list[Step] = [
            step
            for number in range(recipe.epochs)
            for step in epoch(number, full, recipe.batch_size, self._rngs)
        ]
        rows = torch.as_tensor(np.stack([step.rows for step in steps]), device=self.bench.device)
        counts = np.stack([step.counts for step in steps])
        count = torch.as_tensor(counts, dtype=torch.float32, device=self.bench.device)
        return [(rows[n], count[n], step.full) for n, step in enumerate(steps)]

    def place_of(self, full: bool) -> int:
        """Return the place of the first step whose texts fill the largest length, or do not."""
        return next((n for n, step in enumerate(self._steps) if step[2] == full), 0)

    def batch(self, rows: Tensor, full: bool) -> tuple[Tensor, Tensor | None, Tensor]:
        """Return token numbers, which are a text's own, and labels, each (trials, batch, …)."""
        texts = self.bench.train
        has_mark = self._marked[self._each, rows]
        ids = torch.where(has_mark[:, :, None], texts.marked[rows], texts.plain[rows]).long()
        labels = self._labels[self._each, rows].float()
        if full:
            return ids, None, labels
        lengths = torch.where(has_mark, texts.marked_lengths[rows], texts.plain_lengths[rows])
        return ids, torch.arange(ids.shape[2], device=ids.device) < lengths[:, :, None], labels

    def step(self) -> Tensor:
        """Take one step in every trial; return the losses before it, (trials,)."""
        rows, counts, full = self._steps[self.done]
        ids, mask, labels = self.batch(rows, full)
        logits = self.encoder.logits(self.weights, ids, mask, training=True)
        each = binary_cross_entropy_with_logits(logits, labels, reduction="none").mean(2)
        losses = (each * counts).sum(1) / counts.sum()
        losses.sum().backward()  # type: ignore[no-untyped-call]
        cut(self.weights)
        rate = self.bench.packed.recipe.learning_rate * (1 - self.done / len(self._steps))
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self.done += 1
        return losses.detach()

    def to_the_end(self, watch: Watch, every: int = 50) -> None:
        """Take all steps that are left.

        ``watch`` is called with the steps done and all steps after each ``every`` steps, once the
        device is through with them; it may raise.
        """
        while self.done < len(self._steps):
            self.step()
            if self.done % every == 0 or self.done == len(self._steps):
                synchronize(self.bench.device)
                watch(self.done, len(self._steps))


def cut(weights: Weights) -> None:
    """Cut each trial's gradient to the largest norm, by itself."""
    gradients = [weight.grad for weight in weights.values() if weight.grad is not None]
    squares = [torch.linalg.vector_norm(g.flatten(1), dim=1) for g in gradients]
    norms = torch.linalg.vector_norm(torch.stack(squares), dim=0)
    factors = (LARGEST_GRADIENT / (norms + 1e-6)).clamp(max=1.0)
    for gradient in gradients:
        gradient.mul_(factors.view(-1, *[1] * (gradient.ndim - 1)))


def synchronize(device: str) -> None:
    """Wait until the device has done all that it was given."""
    if device == "cuda":
        torch.cuda.synchronize()
