"""Words: numbers, strategies and answers in plain English.

`answers_in_words` says all that a study's rows say. The files whose functions templates of pages
call are listed in ``__init__.pyi``, too, and imported when they are first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
