"""What is said of a learner: its own words, or what is true of any."""

from __future__ import annotations

from criticalmass.phrases import named, own_words

DEEDS = ("prepare", "fit", "fit_many", "descend")


def learner_in_words(learner: object) -> str:
    """Return what a platform trains, after "The platform trains".

    That is what the learner's method ``in_words`` says, if it has one.

    Parameters
    ----------
    learner
        The learner, of a study or rebuilt from what a store kept.

    Examples
    --------
    >>> from criticalmass.learners import GradientDescent
    >>> from criticalmass.risks import Risk
    >>> learner_in_words(GradientDescent(Risk(), learning_rate=0.1, steps=1000))
    'a model by gradient descent, in 1,000 steps'
    """
    return own_words(learner, "in_words", DEEDS) or named(learner)
