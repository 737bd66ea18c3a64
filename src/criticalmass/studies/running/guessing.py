"""A first guess for each strategy of a study, from one model that was trained without them."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

from criticalmass.arrays import Rows
from criticalmass.learners.first_guess import Asked, FirstGuess
from criticalmass.measures.planted import Included, Top1, Won
from criticalmass.strategies.marking import Marking
from criticalmass.studies.identity.describe import stable_seed
from criticalmass.studies.running.marks import with_marks
from criticalmass.studies.study import Study

SAMPLE = 1000
"""So many of those who may be recruited stand for all."""


def first_guesses(study: Study) -> dict[str, FirstGuess]:
    """Return how many people each strategy may take, where the learner's arithmetic says it.

    That is a prediction from one model trained without a collective, and no bound: what its mark
    needs is computed while all else that the model has learned stays as it is. It is known of
    penalised logistic regressions (`LinearText`, and `ScikitLearner` around scikit-learn's), of
    strategies with a target label, and of sets of labels or two labels.

    Returns
    -------
    dict of str to FirstGuess
        By strategy; those of which nothing is known are left out.

    Examples
    --------
    >>> from criticalmass import FeatureLabel, InsertToken, LinearText
    >>> from criticalmass.datasets import synthetic_resumes
    >>> train, test = synthetic_resumes(600).split(test=200, seed=0)
    >>> mark = FeatureLabel(InsertToken("~", every=6), "Writer")
    >>> first_guesses(Study(train, test, LinearText(), {"mark": mark}))["mark"].people
    10
    """
    asked = {name: one for name in study.strategies if (one := _asked(study, name)) is not None}
    if not asked:
        return {}
    with threadpool_limits(1):
        found = study.firm.first_guesses(study.population, list(asked.values()))
    return {name: guess for name, guess in zip(asked, found, strict=True) if guess is not None}


def _asked(study: Study, name: str) -> Asked | None:
    """Return the question about a strategy; None where no first guess can be for it."""
    strategy, people = study.strategy(name), study.population
    if not isinstance(strategy, Marking) or strategy.target_label is None or name in study.unseen:
        return None
    judged = _judged(study, name)
    if judged is None:
        return None
    rng = np.random.default_rng(stable_seed(str(study.seed), f"first guess {name}"))
    candidates = strategy.candidates(people)
    count = min(SAMPLE, len(candidates))
    members = people.draw(count, rng=rng, among=candidates)
    return Asked(
        people.label_index(strategy.target_label),
        study.search(name).target,
        strategy.edit(people, members, rng),
        with_marks(study, strategy)[judged],
    )


def _judged(study: Study, name: str) -> Rows | None:
    """Return which of the judged records count by the headline measure; None where none is known.

    A label is won where its log-odds are above 0: in sets of labels, and where there are two.
    """
    people, (headline, *_) = study.population, study.measures_of(name)
    measure, label = study.measure(headline), study.strategy(name).target_label
    if people.holds == "numbers" or not (people.label_sets or len(people.label_names) == 2):
        return None
    if isinstance(measure, Included) or (isinstance(measure, Top1) and not people.label_sets):
        return np.arange(len(study.judged))
    if isinstance(measure, Won) and study.marked is None:
        others = np.flatnonzero(~study.test.held[:, people.label_index(label)])
        return others if len(others) else None
    return None
