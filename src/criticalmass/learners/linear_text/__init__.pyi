from .linear_text import LinearText as LinearText
