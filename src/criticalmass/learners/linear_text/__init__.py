"""`LinearText`: bags of words and one logistic regression per label, retrained fast."""

from criticalmass.learners.linear_text.linear_text import LinearText

__all__ = ["LinearText"]
