"""What learners that begin with a pretrained model have in common."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from criticalmass.learners.learner import Learner
from criticalmass.learners.transformer.checkpoints import fingerprint, locate
from criticalmass.learners.transformer.finetuning import device, require_torch, tokenizer_of


class Pretrained(Learner):
    """A learner that reads texts with a pretrained model, named by ``model`` and ``revision``."""

    if TYPE_CHECKING:  # fields of the dataclasses, which must find no default here
        model: str
        revision: str | None

    @property
    def tokenizer(self) -> Any:
        """The model's tokenizer, of Hugging Face ``transformers``."""
        return tokenizer_of(self.folder)

    @property
    def uses_gpu(self) -> bool:
        """Whether trials compute on a GPU here; workers then take one each."""
        return device() == "cuda"

    @property
    def repeatable(self) -> bool:
        """Whether trials give the same row to the last bit: on a CPU they do."""
        return device() == "cpu"

    @property
    def folder(self) -> Path:
        """Where the model lies."""
        require_torch()
        return locate(self.model, self.revision)

    @property
    def called(self) -> str:
        """The model's name; a folder's last part alone, because the rest is nobody's business."""
        own = Path(self.model).expanduser()
        return own.resolve().name if own.is_dir() else self.model

    def described(self) -> dict[str, Any]:
        """Return what decides a row beside the fields: the very weights, and where it computes."""
        place = {} if device() == "cpu" else {"device": device()}
        return {
            "model": self.called,
            "weights": fingerprint(self.folder),
            **place,
        }
