from .embedded_text import EmbeddedText as EmbeddedText
