"""A rehearsal of a study: what its trials will do, on a small scale, before anything is trained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from criticalmass.data.aligning import with_gaps_of
from criticalmass.data.population import Population, members_at
from criticalmass.errors import ParameterError, StudyError
from criticalmass.learners.learner import Learner, StepwiseLearner
from criticalmass.strategies.marking import Marking
from criticalmass.strategies.steering.kinds import Aiming, Responding
from criticalmass.strategies.strategy import Strategy

Shares = Callable[[str], Iterable[float]]
"""The shares that are tried of a strategy, by its name."""


def rehearse(
    strategies: Mapping[str, Strategy],
    firm: Learner,
    population: Population,
    test: Population,
    marked: Population | None,
    shares: Shares,
) -> None:
    """Do what trials will do, on a small scale.

    Parameters
    ----------
    strategies, firm, population, test, marked
        A study's, with all that its parts can do declared.
    shares
        Which shares are tried.

    Raises
    ------
    StudyError, ParameterError, DataError
        If the study could not be run as it stands.
    """
    for name, strategy in strategies.items():
        _check_labels(name, strategy, population)
        _check_firm(name, strategy, firm, shares)
    for name, strategy in strategies.items():
        _draw(name, strategy, population, shares)
        if isinstance(strategy, Marking):
            _mark(strategy, population, test if marked is None else marked)
    few = max(20, firm.fewest_records)
    seen = with_gaps_of(population, test, few)
    if marked is not None:
        seen = with_gaps_of(seen, marked, len(seen))
    firm.prepare(seen)


def _check_labels(name: str, strategy: Strategy, population: Population) -> None:
    """Raise `StudyError` where a strategy is for labels of the other kind."""
    if population.holds == "numbers" and strategy.wanted_number is None:
        raise StudyError(
            f"strategy {name!r} is for labels that are names, and here they are numbers: use "
            "feature-number, which plants one"
        )
    if population.holds == "labels" and strategy.wanted_number is not None:
        raise StudyError(
            f"strategy {name!r} wants a number, and labels here are names: use feature-label, "
            "or say that they are numbers (population.numbers = true; in Python numbers=True)"
        )


def _check_firm(name: str, strategy: Strategy, firm: Learner, shares: Shares) -> None:
    """Raise `StudyError` where a strategy needs a model with parameters, or one to watch."""
    if isinstance(strategy, Responding):
        if not isinstance(firm, StepwiseLearner):
            raise StudyError(
                f"strategy {name!r} answers the firm at every step: it needs the learner "
                "gradient-descent"
            )
        for alpha in shares(name):
            strategy.check_pull(alpha, firm.learning_rate)
    if isinstance(strategy, Aiming) and firm.objective is None:
        raise StudyError(
            f"strategy {name!r} steers a model's parameters: it needs the learner "
            "risk-minimizer or gradient-descent"
        )


def _draw(name: str, strategy: Strategy, population: Population, shares: Shares) -> None:
    """Draw the smallest collective, and each that has more people than can be recruited."""
    candidates = strategy.candidates(population)
    for place, alpha in enumerate(sorted(shares(name))):
        size = members_at(alpha, len(population))
        if place and size <= len(candidates):
            continue  # it can be drawn, as the smallest can
        try:
            population.draw(size, rng=np.random.default_rng(0), among=candidates)
        except ParameterError as error:
            raise ParameterError(f"strategy {name!r}, alpha = {alpha:g}: {error}") from error


def _mark(strategy: Marking, population: Population, judged: Population) -> None:
    """Mark a member's record, and one that success is measured on."""
    rng = np.random.default_rng(0)
    strategy.edit(population, strategy.candidates(population)[:1], rng)
    strategy.signal.apply(judged.features[:1], population=population, rng=rng)
