"""`NumberCells`: a population whose labels are numbers, record by different record."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from criticalmass.arrays import Array, Rows
from criticalmass.data.finite_table import FiniteTable
from criticalmass.data.numbers import NAME
from criticalmass.data.population import Population
from criticalmass.data.records import numbered, rows_differ
from criticalmass.errors import ParameterError
from criticalmass.signals import MoveToSubgroup, Signal
from criticalmass.strategies.images import led
from criticalmass.theory.planted_numbers import Moves


@dataclass(frozen=True, eq=False)
class NumberCells:
    """The different records of a population (cells), and what their numbers are on average.

    Parameters
    ----------
    table
        The cells, which signals are applied to.
    totals
        How many records there are of each, (cells,).
    means
        Their mean number, (cells,).
    """

    table: FiniteTable
    totals: Array
    means: Array

    @classmethod
    def of(cls, population: Population) -> NumberCells:
        """Count a population whose labels are numbers."""
        (cell,) = numbered(population.features)
        _, first, totals = np.unique(cell, return_index=True, return_counts=True)
        table = FiniteTable(
            population.features[first],
            totals[:, None],
            (NAME,),
            population.name,
            population.missing,
            population.read_as,
            population.channels,
        )
        means = np.bincount(cell, population.values) / totals
        return cls(table, totals.astype(float), means)

    def images(self, signal: Signal) -> tuple[Rows, Array]:
        """Return the points that records are led to, as cells (−1: nobody is there), and G."""
        if isinstance(signal, MoveToSubgroup):
            rows = signal.subgroup(self.table.cells)
            return rows, self.totals[rows] / self.totals[rows].sum() * self.totals.sum()
        image, there = self._led(signal)
        return there, np.bincount(image, self.totals, len(there)).astype(float)

    def moves(self, signal: Signal) -> Moves:
        """Return every way along which records are led."""
        if isinstance(signal, MoveToSubgroup):
            raise ParameterError(
                "MoveToSubgroup leaves to chance which record of the group is reported; the exact "
                "curve of predictions that are to move needs a signal that does not"
            )
        once = led(signal, self.table)
        again = signal.apply(once, population=self.table.cells, rng=np.random.default_rng(0))
        if rows_differ(once, again).any():
            raise ParameterError(
                f"{type(signal).__name__} changes a marked record when it is applied again; the "
                "exact curve of predictions that are to move needs a signal that does not"
            )
        there, arriving = self.images(signal)
        place, _ = self._led(signal)
        at = there[place]
        return Moves(
            weight=self.totals,
            mean_before=self.means,
            stays=~rows_differ(self.table.features, once),
            base=self.totals[at] * (at >= 0),
            mean_there=self.means[at],
            arriving=arriving[place],
        )

    def _led(self, signal: Signal) -> tuple[Rows, Rows]:
        """Return the point that each cell is led to, and the cell of each point; −1: none."""
        own, image = numbered(self.table.features, led(signal, self.table))
        points, place = np.unique(image, return_inverse=True)
        cell_of = np.full(int(max(own.max(), image.max())) + 1, -1)
        cell_of[own] = np.arange(len(own))
        return place, cell_of[points]
