"""`EmbeddedText`: a frozen pretrained encoder, and one logistic regression per label on top."""

from criticalmass.learners.embedded_text.embedded_text import EmbeddedText

__all__ = ["EmbeddedText"]
