"""`FeatureNumber`: planting a signal where a firm predicts numbers (the authors' slides)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

import numpy as np

from criticalmass.arrays import Rows
from criticalmass.data.edit import Edit
from criticalmass.data.numbers import EVERY, between, in_full
from criticalmass.data.population import Population
from criticalmass.data.records import numbered
from criticalmass.errors import DataError, ParameterError
from criticalmass.fields import check_fields
from criticalmass.intervals import upper_limit
from criticalmass.measures.numbers import WantedNumber
from criticalmass.phrases import number
from criticalmass.signals import Signal, signal_in_words
from criticalmass.strategies.images import Records, carrying, warn_if_unlike
from criticalmass.strategies.marking import Marking
from criticalmass.strategies.number_cells import NumberCells
from criticalmass.strategies.words import planting_in_words
from criticalmass.theory import Estimate, EstimatedBound, ExactCurve, ExactRegression
from criticalmass.theory.parameters import check_confidence
from criticalmass.theory.planted_numbers import PlantedNumberBound, exact_moved
from criticalmass.theory.regression import check_tolerance
from criticalmass.theory.suboptimality import EpsilonWithSense


@dataclass(frozen=True)
class FeatureNumber(Marking):
    """Members mark their features and report a number: h(x, y) = (g(x), y*).

    For populations whose labels are numbers. Give ``tolerance``, ``moved_by`` or both: each is a
    success measure of its own, ``within`` and ``moved``, and the first is the headline.

    Parameters
    ----------
    signal
        How a member's features are marked.
    target_value
        The number y* that members report.
    tolerance
        Success is a prediction for a marked record nearer than this to y*, in y's unit.
    moved_by
        Success is a prediction that the mark moves at least so far, down if this is negative:
        the model is asked for the record with the mark and without it.

    Examples
    --------
    >>> from criticalmass.signals import InsertToken
    >>> people = Population.from_texts(["a", "b", "c"], [1, 2, 3], numbers=(1, 5))
    >>> strategy = FeatureNumber(InsertToken("*"), target_value=5, tolerance=0.5)
    >>> edit = strategy.edit(people, np.array([0, 1]), np.random.default_rng(0))
    >>> edit.apply(people).features.tolist(), edit.apply(people).values.tolist()
    (['a *', 'b *', 'c'], [5.0, 5.0, 3.0])
    """

    signal: Signal
    target_value: float
    tolerance: float | None = None
    moved_by: float | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        _ = self.wanted_number

    @property
    def target_label(self) -> None:
        """There is no label that is wanted, but a number."""
        return

    @property
    def wanted_number(self) -> WantedNumber:
        """The number that is wanted, and when the collective has got it."""
        return WantedNumber(float(self.target_value), self.tolerance, self.moved_by)

    @property
    def measures(self) -> tuple[str, ...]:
        """Its success measures, the headline first."""
        return self.wanted_number.measures

    @property
    def all_succeed(self) -> bool:
        """Whether success is certain where everybody follows it: all then report y*."""
        return self.moved_by is None

    def candidates(self, population: Population) -> Rows:
        """Return the rows of the people who may be recruited: everybody's."""
        _checked(population, self.target_value)
        return np.arange(len(population))

    def in_words(self, records: str = "records") -> str:
        """Return what members do.

        Examples
        --------
        >>> from criticalmass.signals import InsertToken
        >>> FeatureNumber(InsertToken("~", placement="end"), 4.5, tolerance=0.5).in_words()
        'put “~” at the end of their text and report the number 4.5'
        """
        marks = signal_in_words(self.signal, records)
        return f"{marks} and report the number {number(self.target_value)}"

    def purpose_in_words(self, records: str = "records") -> tuple[str, ...]:
        """Return what the mark does, and why, for members."""
        value = number(self.target_value)
        wanted = f"about {value}"
        if self.tolerance is None:
            wanted = f"a {'higher' if (self.moved_by or 0) > 0 else 'lower'} number"
        learns = f"When many {records} carry it and say {value}, the model learns that."
        wanted = f"the model to predict {wanted} for {records} with this mark"
        return planting_in_words(self.signal, records, wanted, learns)

    def edit(self, population: Population, members: Rows, rng: np.random.Generator) -> Edit:
        """Return the members' marked records, all with the number y*."""
        _checked(population, self.target_value)
        marked = self.signal.apply(population.features[members], population=population, rng=rng)
        numbers = np.full((len(members), 1), float(self.target_value))
        return Edit.of(population, members, marked, numbers)

    def bound(
        self,
        records: Records,
        *,
        confidence: float = 0.95,
        **epsilon: Unpack[EpsilonWithSense],
    ) -> EstimatedBound:
        """Return `PlantedNumberBound` with V from records, for predictions that come near y*.

        Parameters
        ----------
        records
            A population whose labels are numbers. Below a confidence of 1 it needs to know between
            which numbers they lie: nothing else limits what was not seen.
        confidence
            Probability that the limit of V holds; 1 if the records are the population.
        **epsilon
            How far the firm may be from E[y|x], in y's unit.
        """
        check_confidence(confidence)
        population = _checked(records, self.target_value)
        off = _in_units(**epsilon)
        if self.tolerance is None:
            raise ParameterError(
                "no theorem is known for predictions that are to move; the exact curve is"
            )
        check_tolerance(self.tolerance, off)
        estimate = _excess(population, self.signal, self, self.tolerance - off, confidence)
        bound = PlantedNumberBound(estimate.limit, self.tolerance, off)
        return EstimatedBound(bound, (estimate,), confidence)

    def exact(self, records: Records, **epsilon: Unpack[EpsilonWithSense]) -> ExactCurve:
        """Return the exact success on these records of the headline measure.

        The firm predicts E[y|x] of the data it sees, or is off by ε (in y's unit) at most.
        """
        population = _checked(records, self.target_value)
        off = _in_units(**epsilon)
        cells = NumberCells.of(population)
        warn_if_unlike(len(population), len(cells.totals), "model")
        if self.tolerance is not None:
            there, arriving = cells.images(self.signal)
            return ExactRegression(
                cells.totals[there] * (there >= 0),
                cells.means[there],
                arriving,
                float(self.target_value),
                self.tolerance,
                off,
            ).curve
        assert self.moved_by is not None
        moves = cells.moves(self.signal)
        return exact_moved(moves, float(self.target_value), self.moved_by, epsilon=off)


def _excess(
    population: Population,
    signal: Signal,
    strategy: FeatureNumber,
    near: float,
    confidence: float,
) -> Estimate:
    """Return V: by how much the numbers of records that carry the mark lie too far off, on average.

    Below a confidence of 1 its limit is the largest possible excess times an upper limit
    (Clopper and Pearson's) of how many records carry the mark and lie too far off.
    """
    (cell,) = numbered(population.features)
    cells = NumberCells.of(population)
    carries = carrying(signal, cells.table)[cell]
    target, n = float(strategy.target_value), len(population)
    off = np.maximum(np.abs(population.values - target) - near, 0) * carries
    far = int((off > 0).sum())
    driver = (
        f"{int(carries.sum()):,} of {n:,} records carry the signal already, {far:,} of them with a "
        f"number that is farther than {near:g} from {target:g}"
    )
    if confidence == 1:  # the means of equal records are known, and are what the firm predicts
        behind = np.maximum(np.abs(cells.means - target) - near, 0)[cell] * carries
        return Estimate("excess", float(behind.mean()), float(behind.mean()), driver)
    if population.numbers == EVERY or not np.isfinite(population.numbers or EVERY).all():
        raise ParameterError(
            "no bound holds without knowing how large numbers can be: say between which they lie, "
            "as in population.numbers = [1, 5] (in Python numbers=(1, 5))"
        )
    low, high = population.numbers or EVERY
    most = max(abs(low - target), abs(high - target))
    limit = max(most - near, 0.0) * float(upper_limit(far, n, confidence))
    return Estimate("excess", float(off.mean()), limit, driver)


def _in_units(**epsilon: Unpack[EpsilonWithSense]) -> float:
    """Return how far the firm's prediction may be from E[y|x], in y's unit."""
    if epsilon.get("suboptimality", "contamination") != "contamination":
        raise ParameterError(
            "where labels are numbers, epsilon is how far a prediction may be off, in their unit: "
            "leave out suboptimality"
        )
    return float(epsilon.get("epsilon", 0.0))


def _checked(records: Records, target: float) -> Population:
    """Return a population whose labels are numbers, y* among the possible ones."""
    if not isinstance(records, Population) or records.numbers is None:
        raise DataError(
            f"{records.name}: feature-number reports a number, and labels here are names: use "
            "feature-label, or say that they are numbers (population.numbers = true; in Python "
            "numbers=True)"
        )
    low, high = records.numbers
    if not low <= target <= high:
        raise DataError(
            f"{records.name}: target_value = {in_full(target)} is a number that no record could "
            f"hold; {between(records.numbers)}"
        )
    return records
