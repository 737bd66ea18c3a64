"""What a strategy promises."""

from __future__ import annotations

import numpy as np

from criticalmass.arrays import Array, Rows
from criticalmass.contracts.parts import check_part, keeps, same_records
from criticalmass.contracts.signals import check_signal
from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.strategies import Marking, Recruits, Responding, Steering, strategy_of


def check_strategy(strategy: Recruits, population: Population) -> None:
    """Check the promises of `Strategy` on a population.

    Examples
    --------
    >>> from criticalmass import FeatureLabel, InsertToken
    >>> people = Population.from_texts(["a b", "c"], ["x", "y"])
    >>> check_strategy(FeatureLabel(InsertToken("*"), "x"), people)
    """
    check_part(strategy)
    assert isinstance(strategy, Recruits), "a strategy must have candidates(population)"
    with keeps("a strategy must be of one kind: marking, steering or responding"):
        declared = strategy_of(strategy)
    if isinstance(declared, Marking):
        check_signal(declared.signal, population)
    with keeps("candidates must return the rows of those who may join"):
        candidates = strategy.candidates(population)
    assert len(candidates), "somebody must be able to join"
    assert len(np.unique(candidates)) == len(candidates), "candidates must be different rows"
    members = population.draw(
        max(1, len(candidates) // 2), rng=np.random.default_rng(0), among=candidates
    )
    if isinstance(declared, Responding):
        _check_answers(declared, population, members)
    if isinstance(declared, Marking | Steering):
        _check_edit(declared, population, members)


def _check_edit(strategy: Marking | Steering, population: Population, members: Rows) -> None:
    """Check what members change."""
    with keeps("edit must return what members change"):
        one = strategy.edit(population, members, np.random.default_rng(1))
        two = strategy.edit(population, members, np.random.default_rng(1))
    assert isinstance(one, Edit), "edit must return an Edit"
    assert np.array_equal(one.members, members), "an edit must name the members it was made for"
    assert np.isin(one.rows, members).all(), "only members' records may change"
    assert same_records(one.features, two.features), (
        "a strategy must draw all its randomness from rng"
    )
    assert np.array_equal(one.labels, two.labels), "a strategy must draw its randomness from rng"
    with keeps("an edit must fit its population"):
        changed = one.apply(population)
    others = np.setdiff1d(np.arange(len(population)), one.rows)
    assert same_records(changed.features[others], population.features[others]), (
        "records outside the edit must stay as they are"
    )
    assert changed.labels.shape == population.labels.shape, "labels must keep their columns"


def _check_answers(strategy: Responding, population: Population, members: Rows) -> None:
    """Check what a strategy that answers the firm sends at its first step."""
    with keeps("aim must return where the firm is and where it is to go"):
        theta = strategy.aim(population).start

    def answers() -> Array:
        with keeps("respond must return what answers a step and θ"):
            collective = strategy.respond(population, members, learning_rate=0.1)
            return np.asarray(collective(0, theta))

    sent = answers()
    assert sent.shape[-1:] == theta.shape, "members must send gradients, one number per parameter"
    assert sent.ndim in (1, 2), "members send one gradient, or one row per sender"
    assert np.isfinite(sent).all(), "gradients must be finite"
    assert np.array_equal(sent, answers()), "answers must depend on the step and θ alone"
