"""What every strategy has in common."""

from __future__ import annotations

from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.errors import DataError
from criticalmass.fields import kind

Recruit = Literal["everyone", "target"]


@kind("a strategy, such as FeatureLabel(InsertToken('~'), 'cook')", "candidates")
class Strategy(Protocol):
    """What members do with their records: the map h of the paper.

    A strategy is a frozen dataclass with this attribute and two methods, and what it is judged by:

    - ``signal``, whose effect is measured on test records, as `FeatureLabel` has it; or
    - ``measures`` and ``aim(population)``, where it steers the firm's parameters, as
      `GradientNeutralizing` does. One that answers the firm at every step, as `GradientControl`,
      has a method ``respond`` instead of ``edit``.

    `criticalmass.contracts.checks.check_strategy` tests its promises. One that has a theory also
    has the methods ``bound(records, …)`` and ``exact(records, …)``.
    """

    @property
    def target_label(self) -> str | None:
        """The label y* that the collective wants the marked records to get; None for erasing."""
        ...

    def candidates(self, population: Population) -> NDArray[np.intp]:
        """Return the rows of the people who may be recruited."""
        ...

    def edit(
        self, population: Population, members: NDArray[np.intp], rng: np.random.Generator
    ) -> Edit:
        """Return what these members change."""
        ...


def recruits(population: Population, target_label: str, recruit: Recruit) -> NDArray[np.intp]:
    """Return the rows that may be recruited: everyone, or only who holds the target label.

    Raises
    ------
    DataError
        If the label is unknown, or nobody holds it.
    """
    holders = population.holding(target_label)
    if not len(holders):
        raise DataError(f"no record of {population.name} holds the label {target_label!r}")
    return holders if recruit == "target" else np.arange(len(population))
