"""What a learner promises."""

from __future__ import annotations

from typing import Any

import numpy as np

from criticalmass.contracts.parts import check_part
from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.learners import learner_of
from criticalmass.learners.learner import Trains


def check_learner(
    learner: Trains, population: Population, edit: Edit, *, tolerance: float = 1e-2
) -> None:
    """Check the promises of `Learner` on a population and some edit of it.

    Parameters
    ----------
    learner
        What is checked.
    population, edit
        What it is to learn from.
    tolerance
        How far apart the scores of two fits may be, absolutely and relatively, if the learner
        declares ``repeatable = False``; otherwise not at all.

    Examples
    --------
    >>> from criticalmass import FeatureLabel, InsertToken, LinearText
    >>> people = Population.from_texts(["a b", "c", "a c"], ["x", "y", "x"])
    >>> edit = FeatureLabel(InsertToken("*"), "x").edit(
    ...     people, np.array([1]), np.random.default_rng(0))
    >>> check_learner(LinearText(), people, edit)
    """
    check_part(learner)
    assert isinstance(learner, Trains), "a learner must have prepare and fit"
    prepared = learner.prepare(population)
    test = population.take(np.arange(min(len(population), 50)))
    batch = prepared.encode(test.features)

    def scores(of: Edit) -> Any:
        return learner.fit(prepared, of, seed=7).scores(batch)

    def same(one: Any, other: Any) -> bool:
        if learner_of(learner).repeatable:
            return np.array_equal(one, other)
        return np.allclose(one, other, atol=tolerance, rtol=tolerance)

    first = scores(edit)
    assert first.shape == (len(test), len(population.label_names)), (
        "scores must be (records, labels)"
    )
    assert not np.isnan(first).any(), "scores must be numbers"
    plain = scores(Edit.nothing(population))
    again = scores(edit)
    assert same(first, again), "fit must be a pure function of its arguments" + _advice(
        learner, first, again, tolerance
    )
    assert same(plain, scores(Edit.nothing(population))), (
        "a fit must leave nothing behind in the prepared data"
    )
    edits = [edit, Edit.nothing(population), edit]
    models = learner_of(learner).fit_many(prepared, edits, [7] * 3)
    for model, alone in zip(models, (first, plain, first), strict=True):
        assert same(model.scores(batch), alone), "fit_many must give what fit gives"
    afresh = learner.prepare(edit.apply(population))
    whole = learner.fit(afresh, Edit.nothing(population), seed=7)
    edited_before = whole.scores(afresh.encode(test.features))
    assert np.allclose(first, edited_before, atol=1e-2, rtol=1e-2), (
        "an edit must train the same model as a population that was edited before"
    )


def _advice(learner: Trains, one: Any, other: Any, tolerance: float) -> str:
    """Say how a learner that is not the same each time can say so, if it is nearly the same."""
    if not learner_of(learner).repeatable:
        return f", to {tolerance:g} in its scores"
    if not np.allclose(one, other, atol=tolerance, rtol=tolerance):
        return ""
    return (
        ", to the last bit; its scores are the same to "
        f"{tolerance:g}: if its hardware adds in an order of its own, as a GPU does, declare "
        "repeatable = False, a class variable"
    )
