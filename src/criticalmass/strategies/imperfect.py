"""`Imperfect`: a strategy as real members follow it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.errors import ParameterError, StudyError
from criticalmass.fields import check_fields
from criticalmass.measures.numbers import WantedNumber
from criticalmass.phrases import percent
from criticalmass.signals import Signal
from criticalmass.strategies.adopted import strategy_of
from criticalmass.strategies.images import Records
from criticalmass.strategies.marking import Marking, TheoryOptions
from criticalmass.strategies.strategy import Knowledge, Recruits
from criticalmass.strategies.words import strategy_in_words
from criticalmass.theory import EstimatedBound, ExactCurve, JointCurve, PeopleCurve
from criticalmass.theory.suboptimality import EpsilonWithSense


@dataclass(frozen=True)
class Imperfect(Marking):
    """A strategy of which some members do nothing, and some do not change the label.

    They count as members all the same: α is the share that joined.

    Parameters
    ----------
    strategy
        What members agreed on; one that plants or erases a signal.
    inactive
        η in [0, 1), the probability that a member does nothing.
    mislabel
        Probability in [0, 1] that a member who acts changes their features and keeps their label.

    Examples
    --------
    >>> from criticalmass import FeatureLabel, InsertToken
    >>> people = Population.from_texts(["a"] * 500 + ["b"] * 500, ["x"] * 500 + ["y"] * 500)
    >>> strategy = Imperfect(FeatureLabel(InsertToken("*"), "y"), inactive=0.1, mislabel=0.2)
    >>> edit = strategy.edit(people, np.arange(1000), np.random.default_rng(0))
    >>> len(edit.members), len(edit.rows), int(edit.apply(people).labels[:, 1].sum())
    (1000, 911, 851)
    """

    strategy: Recruits
    inactive: float = 0.0
    mislabel: float = 0.0

    def __post_init__(self) -> None:
        check_fields(self)
        if not 0 <= self.inactive < 1:
            raise ParameterError(f"inactive is a share in [0, 1), not {self.inactive:g}")
        if not 0 <= self.mislabel <= 1:
            raise ParameterError(f"mislabel is a share in [0, 1], not {self.mislabel:g}")
        _ = self.agreed

    @property
    def agreed(self) -> Marking:
        """What members agreed on, with all that it can do."""
        agreed = strategy_of(self.strategy)
        if not isinstance(agreed, Marking):
            raise StudyError("inactive and mislabel belong to strategies with a signal")
        return agreed

    @property
    def signal(self) -> Signal:
        """How a member's features are marked."""
        return self.agreed.signal

    @property
    def knowledge(self) -> Knowledge | None:
        """What members know of the population, if that makes a difference."""
        return self.agreed.knowledge

    @property
    def target_label(self) -> str | None:
        """The label that the collective wants."""
        return self.agreed.target_label

    @property
    def measures(self) -> tuple[str, ...] | None:
        """The success measures that fit what members agreed on."""
        return self.agreed.measures

    @property
    def unplants(self) -> bool:
        """Whether marked records are no longer to get the target label."""
        return self.agreed.unplants

    @property
    def wanted_number(self) -> WantedNumber | None:
        """The number that the collective wants, where labels are numbers."""
        return self.agreed.wanted_number

    def in_words(self, records: str = "records") -> str:
        """Return what members agreed on, and how many do not do it.

        Examples
        --------
        >>> from criticalmass import FeatureLabel, InsertToken
        >>> Imperfect(FeatureLabel(InsertToken("~"), "cook"), inactive=0.1).in_words()
        'put “~” after ... and report “cook” as their only label (10% of them do nothing)'
        """
        slips = [f"{percent(self.inactive)} of them do nothing"] if self.inactive else []
        if self.mislabel:
            who = "those who act" if self.inactive else "them"
            slips += [f"{percent(self.mislabel)} of {who} keep their label by mistake"]
        agreed = strategy_in_words(self.strategy, records)
        return f"{agreed} ({' and '.join(slips)})" if slips else agreed

    def described(self) -> dict[str, object]:
        """Return the signal and the knowledge, which are not fields here but decide rows."""
        return {"signal": self.signal, "knowledge": self.knowledge}

    def candidates(self, population: Population) -> NDArray[np.intp]:
        """Return the rows of the people who may be recruited."""
        return self.agreed.candidates(population)

    def edit(
        self, population: Population, members: NDArray[np.intp], rng: np.random.Generator
    ) -> Edit:
        """Return what the members who act change, some of them not their label."""
        acting = members[rng.random(len(members)) >= self.inactive]
        agreed = self.agreed.edit(population, acting, rng)
        labels = agreed.labels.copy()
        keep = rng.random(len(agreed.rows)) < self.mislabel
        labels[keep] = population.labels[agreed.rows[keep]]
        done = Edit.of(population, agreed.rows, agreed.features, labels)
        return replace(done, members=members)

    def bound(self, records: Records, **options: Unpack[TheoryOptions]) -> EstimatedBound:
        """Return the strategy's theorem: α members are (1 − η)α who act."""
        self._no_mistakes()
        bound = self.agreed.bound(records, **options)
        return replace(bound, share=bound.share / (1 - self.inactive))

    def exact(
        self, records: Records, **epsilon: Unpack[EpsilonWithSense]
    ) -> ExactCurve | JointCurve:
        """Return the strategy's exact curve: α members are (1 − η)α who act."""
        self._no_mistakes()
        return self.agreed.exact(records, **epsilon).recruited(1 / (1 - self.inactive))

    def exact_in_people(self, records: Records) -> PeopleCurve:
        """Return the strategy's curve of whole people; none is known where some do nothing."""
        self._no_mistakes()
        if self.inactive:
            raise ParameterError("no curve of whole people is known where some members do nothing")
        return self.agreed.exact_in_people(records)

    def _no_mistakes(self) -> None:
        if self.mislabel:
            raise ParameterError("no theorem is known for members who keep their labels by mistake")
