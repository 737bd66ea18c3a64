"""The learner of trials that are trained on another machine, many of them side by side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.errors import DataError, StudyError
from criticalmass.learners import Learner, Transformer
from criticalmass.learners.learner import AsItIs, Model, try_instead
from criticalmass.learners.transformer.checkpoints import fingerprint, locate

TRAINER = (
    "stacked, version 1: weights rounded to half precision; batches of texts of the largest "
    "length, and of the others; dropout drawn for all trials side by side"
)
"""What sets these trials apart from those of `Transformer`; a change that alters rows changes it.
"""


@dataclass(frozen=True)
class StackedTransformer(Learner):
    """A BERT whose every weight is fine-tuned, as ``scripts/paper-on-a-gpu`` does it on a GPU.

    It names trials; it trains none here. `Transformer` does the same on any machine, in batches of
    its own and one trial after another.

    Parameters
    ----------
    model
        A folder, or the name of a model that a Python package carries.
    epochs, max_length, batch_size, learning_rate
        As in `Transformer`. The rate is that of `Transformer` for 8 texts times the root of how
        many times larger batches are, which keeps the noise of AdamW's steps.
    precision
        In which hidden states and products are computed; weights and optimiser are in fp32.
    """

    model: str
    epochs: int = 5
    max_length: int = 256
    batch_size: int = 32
    learning_rate: float = 1e-4
    precision: Literal["bf16", "fp32"] = "bf16"

    @property
    def transformer(self) -> Transformer:
        """The learner that does the same here, with the same tokenizer."""
        return Transformer(
            self.model,
            epochs=self.epochs,
            max_length=self.max_length,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
        )

    @property
    def tokenizer(self) -> Any:
        """The model's tokenizer, of Hugging Face ``transformers``."""
        return self.transformer.tokenizer

    @property
    def repeatable(self) -> bool:
        """Whether trials give the same row to the last bit: no."""
        return False

    def described(self) -> dict[str, Any]:
        """Return what decides a row beside the fields: the very weights, and how they are trained.

        The weights' folder may lie anywhere.
        """
        folder = locate(self.model)
        own = Path(self.model).expanduser().is_dir()
        return {
            "model": folder.name if own else self.model,
            "weights": fingerprint(folder),
            "trainer": TRAINER,
        }

    def prepare(self, population: Population) -> AsItIs:
        """Return the population as it is."""
        if population.kind != "texts":
            raise DataError(f"StackedTransformer learns from texts; {try_instead(population)}")
        return AsItIs(population)

    def fit(self, prepared: Any, edit: Edit, seed: int) -> Model:
        """Refuse: trials are trained by ``scripts/paper-on-a-gpu``."""
        raise StudyError(
            "trials of this learner are trained by scripts/paper-on-a-gpu (docs/gpu.md); the "
            "learner transformer trains here"
        )
