"""Training the vectors of the words that occur, instead of a whole vocabulary."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criticalmass.learners.transformer.encoders import family_of
from criticalmass.learners.transformer.sequences import Sequences


@dataclass(frozen=True, eq=False)
class Occurring:
    """The vectors of the words that occur, in place of all while a model is trained.

    The others have no gradient, and AdamW without decay leaves them as they are. So the trained
    model is the same, and the optimiser need not go through a vocabulary of which little occurs.

    Parameters
    ----------
    inputs
        The texts, their words numbered anew.
    pad
        The new number of the token that fills up shorter texts.
    used
        The old numbers of the words that occur, (words,).
    all
        The module's own embedding of all words.
    """

    inputs: Sequences
    pad: int
    used: NDArray[np.intp]
    all: Any

    @classmethod
    def of(cls, module: Any, inputs: Sequences, pad: int) -> Occurring | None:
        """Give a module the words that occur alone, and return these; None where it needs all."""
        import torch

        family, words = family_of(module), module.get_input_embeddings()
        if family is None or not family.plain_ids:
            return None
        occurs = np.zeros(words.num_embeddings, dtype=bool)
        occurs[[pad, pad if words.padding_idx is None else words.padding_idx]] = True
        for pack in inputs.packs:
            occurs[pack] = True
        used, place = np.flatnonzero(occurs), np.cumsum(occurs, dtype=np.int32) - 1
        vectors = words.weight.detach()[torch.as_tensor(used, device=words.weight.device)]
        few: Any = torch.nn.Embedding(
            vectors.shape[0],
            vectors.shape[1],
            _weight=vectors.clone(),
            padding_idx=None if words.padding_idx is None else int(place[words.padding_idx]),
        )
        module.set_input_embeddings(few)
        renamed = replace(inputs, packs=tuple(place[pack] for pack in inputs.packs))
        return cls(renamed, int(place[pad]), used, words)

    def put_back(self, module: Any) -> None:
        """Give a module all its words again, those that occur as they were trained."""
        import torch

        trained = module.get_input_embeddings().weight
        with torch.no_grad():
            self.all.weight[torch.as_tensor(self.used, device=trained.device)] = trained
        module.set_input_embeddings(self.all)
