"""The contracts of signals, strategies, learners and curves, as tests that ship with the package.

Every public class is run through its check by the project's own tests. Run them on your own
classes, too: each raises `AssertionError` with the promise that is broken.
"""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

import numpy as np

from criticalmass.curves import CurveLike
from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.data.records import Features, rows_differ
from criticalmass.learners.adopted import learner_of
from criticalmass.learners.learner import Trains
from criticalmass.signals import Signal
from criticalmass.strategies import Marking, Recruits, Steering, strategy_of
from criticalmass.studies.identity.describe import describe


def check_signal(signal: Signal, population: Population) -> None:
    """Check the promises of `Signal` on a population.

    Examples
    --------
    >>> from criticalmass import InsertToken
    >>> check_signal(InsertToken("*"), Population.from_texts(["a b", "c"], ["x", "y"]))
    """
    _check_frozen(signal)
    before = population.features.copy()
    once = signal.apply(before, population=population, rng=np.random.default_rng(0))
    again = signal.apply(before, population=population, rng=np.random.default_rng(0))
    assert _same(before, population.features), "a signal must not change what it is given"
    assert isinstance(once, np.ndarray), "a signal must return an array, as it got"
    assert len(once) == len(before), "a signal must return as many records as it got"
    assert once.dtype == before.dtype, "a signal must return records of the same kind"
    assert once.shape == before.shape, "a signal must return records of the same shape"
    assert _same(once, again), "a signal must draw all its randomness from rng"
    none = signal.apply(before[:0], population=population, rng=np.random.default_rng(0))
    assert len(none) == 0, "a signal must accept a batch of no records"


def check_strategy(strategy: Recruits, population: Population) -> None:
    """Check the promises of `Strategy` on a population.

    Examples
    --------
    >>> from criticalmass import FeatureLabel, InsertToken
    >>> people = Population.from_texts(["a b", "c"], ["x", "y"])
    >>> check_strategy(FeatureLabel(InsertToken("*"), "x"), people)
    """
    _check_frozen(strategy)
    does = strategy_of(strategy)
    if isinstance(does, Marking):
        check_signal(does.signal, population)
    candidates = strategy.candidates(population)
    assert len(candidates), "somebody must be able to join"
    assert len(np.unique(candidates)) == len(candidates), "candidates must be different rows"
    members = population.draw(
        max(1, len(candidates) // 2), rng=np.random.default_rng(0), among=candidates
    )
    if not isinstance(does, Marking | Steering):
        return
    one = does.edit(population, members, np.random.default_rng(1))
    two = does.edit(population, members, np.random.default_rng(1))
    assert np.array_equal(one.members, members), "an edit must name the members it was made for"
    assert np.isin(one.rows, members).all(), "only members' records may change"
    assert _same(one.features, two.features), "a strategy must draw all its randomness from rng"
    assert np.array_equal(one.labels, two.labels), "a strategy must draw its randomness from rng"
    changed = one.apply(population)
    others = np.setdiff1d(np.arange(len(population)), one.rows)
    assert _same(changed.features[others], population.features[others]), (
        "records outside the edit must stay as they are"
    )
    assert changed.labels.shape == population.labels.shape, "labels must keep their columns"


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
        declares ``repeatable = False``; else not at all.

    Examples
    --------
    >>> from criticalmass import FeatureLabel, InsertToken, LinearText
    >>> people = Population.from_texts(["a b", "c", "a c"], ["x", "y", "x"])
    >>> edit = FeatureLabel(InsertToken("*"), "x").edit(
    ...     people, np.array([1]), np.random.default_rng(0))
    >>> check_learner(LinearText(), people, edit)
    """
    _check_frozen(learner)
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
    there = whole.scores(afresh.encode(test.features))
    assert np.allclose(first, there, atol=1e-2, rtol=1e-2), (
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


def check_curve(curve: CurveLike, targets: tuple[float, ...] = (0.25, 0.5, 0.75, 0.9)) -> None:
    """Check the promises of `SuccessCurve`.

    A target of 1, which some curves reach and others only approach, may be answered or refused.

    Examples
    --------
    >>> from criticalmass import SigmoidCurve
    >>> check_curve(SigmoidCurve(midpoint=-5.0, slope=2.0, offset=0.1))
    """
    shares = np.geomspace(1e-6, 1, 25).reshape(5, 5)
    success = np.asarray(curve.success(shares))
    assert success.shape == shares.shape, "success must have the shape of alpha"
    assert np.all((success >= 0) & (success <= 1)), "success is a rate"
    assert np.isclose(curve.success(float(shares[2, 2])), success[2, 2]), "scalars work, too"
    for outside in (0.0, -0.1, 1.1):
        assert _refuses(curve.success, outside), f"alpha = {outside} must be refused"
    for outside in (0.0, 1.5):
        assert _refuses(curve.critical_mass, outside), f"target = {outside} must be refused"
    for target in targets if _refuses(curve.critical_mass, 1.0) else (*targets, 1.0):
        mass = curve.critical_mass(target)
        assert mass.target == target, "a critical mass must know its target"
        assert 0 <= mass.never <= 1, "never is a probability"
        if mass.reached:
            assert 0 <= mass.alpha <= 1, "a critical mass is a share"
            assert mass.low <= mass.alpha <= mass.high, "the interval must hold its centre"
        else:
            assert mass.reason, "where the target is not reached, the reason must be told"
            least = 1 if mass.confidence == 1 else 0.5
            assert mass.never >= least, "where nobody reaches the target, never is 1"


def _check_frozen(part: Any) -> None:
    assert is_dataclass(part), "must be a dataclass"
    describe(part)  # raises if trials could not be named by it
    if fields(part):
        name = fields(part)[0].name
        try:
            setattr(part, name, getattr(part, name))
        except FrozenInstanceError:
            return
        raise AssertionError("must be a frozen dataclass")


def _refuses(function: Any, value: float) -> bool:
    try:
        function(value)
    except ValueError:
        return True
    return False


def _same(one: Features, other: Features) -> bool:
    return one.shape == other.shape and not rows_differ(one, other).any()
