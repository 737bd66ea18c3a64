"""A pretrained encoder: one vector of length 1 per text, whichever texts it is read beside."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Rows, Single
from criticalmass.data.records import Features
from criticalmass.errors import DataError, ParameterError
from criticalmass.learners.cache_folder import cache_folder
from criticalmass.learners.embedded_text.vectors import SUFFIX, KeptVectors
from criticalmass.learners.transformer.checkpoints import fingerprint, longest
from criticalmass.learners.transformer.finetuning import alone, device, quiet, tokenizer_of
from criticalmass.learners.transformer.sequences import Sequences, tokenize
from criticalmass.progress import steps

Pooling = Literal["mean", "first"]

VERSION = 1
"""Raised whenever the same encoder would give other vectors: those that are kept are then old."""
PIECE = 256
"""So many texts are read, and then kept, at a time: what a kill loses."""
TOGETHER = 16
"""So many texts go through the encoder at a time."""
STEP = 16
"""Texts are filled up to a multiple of so many tokens, each by its own length alone; so its vector
does not depend on the texts beside it."""


@dataclass(frozen=True, eq=False)
class Encoder:
    """A pretrained model, and how it makes a vector of a text.

    Parameters
    ----------
    folder
        Where the model lies.
    name
        What its user calls it.
    pooling
        ``"mean"`` of the vectors of all tokens, or that of the ``"first"`` token.
    max_length
        Number of tokens at which texts are cut.
    half
        Whether it computes in bf16.

    Raises
    ------
    ParameterError
        If the model does not take so many tokens.
    DataError
        If it cannot be loaded, or is none that gives one vector per token.
    """

    folder: Path
    name: str
    pooling: Pooling
    max_length: int
    half: bool

    def vectors(self, texts: Features, *, everywhere: bool = False) -> Single:
        """Return a vector of length 1 per text, (n, width); those that are kept are not made anew.

        Parameters
        ----------
        texts
            The texts, (n,).
        everywhere
            Whether the threads of all cores may be used. The numbers are the same.

        Raises
        ------
        DataError
            If a text has no tokens, or vectors cannot be kept.
        """
        texts = np.asarray(texts, dtype=object)
        keys = [hashlib.blake2b(_bytes(text), digest_size=16).digest() for text in texts]
        kept, out = self._kept, np.zeros((len(texts), self.width), dtype=np.float32)
        there, found = kept.find(keys)
        out[there] = found
        # what is missing, each text once
        missing = np.ones(len(keys), dtype=bool)
        missing[there] = False
        first = {keys[row]: row for row in np.flatnonzero(missing)[::-1].tolist()}
        rows = np.array(sorted(first.values()), dtype=np.intp)
        for piece, vectors in self._encoded(texts, rows, everywhere=everywhere):
            out[piece] = vectors
            kept.keep([keys[row] for row in piece.tolist()], vectors)
        for row in np.flatnonzero(missing).tolist():
            out[row] = out[first[keys[row]]]
        return out

    def _encoded(
        self, texts: Features, rows: Rows, *, everywhere: bool
    ) -> Iterator[tuple[Rows, Single]]:
        """Yield some of the texts in pieces, and their vectors."""
        if not len(rows):
            return
        tokens = self._tokens(texts, rows)
        order = np.argsort(tokens.length, kind="stable")
        pieces = [order[i : i + PIECE] for i in range(0, len(order), PIECE)]
        _ = self._module  # loaded once, before threads need it
        with alone(), ThreadPoolExecutor(cores() if everywhere else 1) as threads:
            for piece in steps(f"reading {len(rows):,} texts with {self.name}, once", pieces):
                batches = self._batches(tokens, piece)
                vectors = list(threads.map(partial(self._run, tokens), batches))
                yield rows[np.concatenate(batches)], np.concatenate(vectors)

    def _tokens(self, texts: Features, rows: Rows) -> Sequences:
        if self.max_length > (most := longest(self.folder)):
            raise ParameterError(
                f"max_length is at most {most} for {self.name}, not {self.max_length}"
            )
        tokens = tokenize(
            tokenizer_of(self.folder), texts[rows], self.max_length, "", keep=False, numbers=rows
        )
        words, largest = int(self._config.vocab_size), max(pack.max() for pack in tokens.packs)
        if largest >= words:
            raise DataError(
                f"the tokenizer of {self.name} is not its model's: it numbers a token {largest}, "
                f"and the model has {words} (from 0 on)"
            )
        return tokens

    def _batches(self, tokens: Sequences, piece: Rows) -> list[Rows]:
        """Return some texts in batches that are filled up to one length each."""
        filled = self._filled(tokens.length[piece])
        batches = []
        for length in np.unique(filled).tolist():
            alike = piece[filled == length]
            batches += [alike[i : i + TOGETHER] for i in range(0, len(alike), TOGETHER)]
        return batches

    def _filled(self, lengths: Rows) -> Rows:
        """Return up to how many tokens texts are filled up."""
        return np.minimum(-(-lengths // STEP) * STEP, longest(self.folder))

    def _run(self, tokens: Sequences, rows: Rows) -> Single:
        """Return the vectors of one batch, (rows, width)."""
        import torch

        torch.set_num_threads(1)  # it holds for the calling thread
        module, length = self._module, int(self._filled(tokens.length[rows]).max())
        ids = np.full((len(rows), length), tokenizer_of(self.folder).pad_token_id or 0, np.int64)
        mask = np.arange(length) < tokens.length[rows][:, None]
        for line, row in enumerate(rows.tolist()):
            ids[line, mask[line]] = tokens[row]
        with (
            torch.inference_mode(),
            torch.autocast(module.device.type, torch.bfloat16, enabled=self.half),
        ):
            hidden = module(
                input_ids=torch.as_tensor(ids, device=module.device),
                attention_mask=torch.as_tensor(mask, device=module.device).long(),
            ).last_hidden_state
        return self._pooled(hidden.float().cpu().numpy(), mask)

    def _pooled(self, hidden: Single, mask: NDArray[np.bool_]) -> Single:
        """Return one vector of length 1 per text from those of its tokens, (n, steps, width)."""
        if self.pooling == "first":
            pooled = hidden[:, 0]
        else:
            pooled = np.stack(
                [own[held > 0].mean(axis=0) for own, held in zip(hidden, mask, strict=True)]
            )
        length = np.linalg.norm(pooled.astype(np.float64), axis=1, keepdims=True)
        return np.asarray(pooled / np.maximum(length, 1e-12), dtype=np.float32)

    @cached_property
    def width(self) -> int:
        """How many numbers a vector has."""
        return int(self._config.hidden_size)

    @cached_property
    def _config(self) -> Any:
        from transformers import AutoConfig

        with quiet():
            config = AutoConfig.from_pretrained(self.folder, local_files_only=True)
        if getattr(config, "is_encoder_decoder", False) or not hasattr(config, "hidden_size"):
            raise DataError(
                f"{self.name} is of type {config.model_type}, which gives no vector for each "
                "token of a text; take an encoder, such as all-MiniLM-L6-v2 or a BERT"
            )
        return config

    @cached_property
    def _module(self) -> Any:
        """The torch module."""
        from transformers import AutoModel

        _ = self._config
        with quiet():
            module: Any = AutoModel.from_pretrained(
                self.folder,
                dtype="float32",
                use_safetensors=True,
                trust_remote_code=False,
                local_files_only=True,
            )
        return module.eval().to(device())

    @property
    def _kept(self) -> KeptVectors:
        """Where the vectors of this encoder, with these settings, are kept."""
        from importlib.metadata import version

        place = "" if device() == "cpu" else device()
        how = (VERSION, fingerprint(self.folder), self.pooling, self.max_length, self.half, place)
        name = hashlib.sha256(repr((*how, version("torch"))).encode()).hexdigest()[:32]
        about = {
            "model": self.name,
            "pooling": self.pooling,
            "max_length": str(self.max_length),
            "precision": "bf16" if self.half else "fp32",
        }
        return KeptVectors(cache_folder() / (name + SUFFIX), self.width, about)


def _bytes(text: str) -> bytes:
    return str(text).encode("utf-8", "surrogatepass")


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
