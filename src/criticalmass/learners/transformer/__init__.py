"""`Transformer`: a pretrained BERT-like model, fine-tuned."""

from criticalmass.learners.transformer.transformer import Transformer

__all__ = ["Transformer"]
