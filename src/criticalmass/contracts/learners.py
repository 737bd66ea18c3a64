"""What a learner promises."""

from __future__ import annotations

from typing import Any

import numpy as np

from criticalmass.contracts.parts import check_part, keeps
from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.learners import learner_of
from criticalmass.learners.learner import Model, Trains


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
    test = population.take(np.arange(min(len(population), 50)))
    with keeps("prepare must return something with the population and encode(features)"):
        prepared = learner.prepare(population)
        known = prepared.population
        batch = prepared.encode(test.features)
    assert len(known) == len(population), "what prepare returns must have the population"

    def fitted(of: Edit) -> Model:
        with keeps("fit must return a model, whatever the members changed"):
            return learner.fit(prepared, of, seed=7)

    def scores_of(model: Model, batch: Any) -> Any:
        with keeps("a model must score what encode returned, whatever words an edit brings in"):
            return np.asarray(model.scores(batch))

    def scores(of: Edit) -> Any:
        return scores_of(fitted(of), batch)

    model = fitted(edit)

    def same(one: Any, other: Any) -> bool:
        if learner_of(learner).repeatable:
            return np.array_equal(one, other)
        return np.allclose(one, other, atol=tolerance, rtol=tolerance)

    first = scores_of(model, batch)
    assert first.shape == (len(test), len(population.label_names)), (
        "scores must be (records, labels)"
    )
    assert not np.isnan(first).any(), "scores must be numbers"
    some = np.arange(0, len(test), 2)
    with keeps("encode must take any records"):
        part = prepared.encode(test.features[some])
    assert np.allclose(scores_of(model, part), first[some], atol=1e-2, rtol=1e-2), (
        "a record's scores must not depend on which other records are scored with it"
    )
    plain = scores(Edit.nothing(population))
    again = scores(edit)
    assert same(first, again), "fit must be a pure function of its arguments" + _advice(
        learner, first, again, tolerance
    )
    assert same(plain, scores(Edit.nothing(population))), (
        "a fit must leave nothing behind in the prepared data"
    )
    edits = [edit, Edit.nothing(population), edit]
    with keeps("fit_many must return a model for each edit"):
        models = list(learner_of(learner).fit_many(prepared, edits, [7] * 3))
    assert len(models) == len(edits), "fit_many must return a model for each edit"
    for each, alone in zip(models, (first, plain, first), strict=True):
        assert same(scores_of(each, batch), alone), "fit_many must give what fit gives"
    changed = edit.apply(population)
    with keeps("a learner must learn from a population that was edited before"):
        afresh = learner.prepare(changed)
        whole = learner.fit(afresh, Edit.nothing(changed), seed=7)
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
