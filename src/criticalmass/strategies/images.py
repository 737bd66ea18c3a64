"""Strategies on a finite population: where a signal leads, and what that gives for the theorems."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.finite_table import FiniteTable
from criticalmass.data.population import Population
from criticalmass.data.records import Features, numbered, rows_differ
from criticalmass.errors import CriticalMassError, DataError, HardlyAlikeWarning, ParameterError
from criticalmass.signals import DropColumn, MoveToSubgroup, SetColumns, Signal
from criticalmass.signals.signal import Recognizes

Records = Population | FiniteTable

ALIKE = 2.0
"""With fewer records per cell than this on average, an exact curve would be that of a firm that
knows every record by heart, which says nothing of a model that generalises."""

NAMED = 5
"""A cell with fewer records than this is not described: its description would be somebody's."""


def counted(records: Records, target_label: str | None = None) -> FiniteTable:
    """Return records as a finite table; sets of labels are counted as holding the target or not."""
    if isinstance(records, FiniteTable):
        return records
    if records.label_sets and target_label is None:
        raise DataError(f"Erase needs one label per record; {records.name} holds sets of labels")
    return FiniteTable.of(records, holding=target_label if records.label_sets else None)


def counted_exactly(records: Records, target_label: str | None = None) -> FiniteTable:
    """Return records as `counted` does, for an exact curve: with a warning if hardly two are alike.

    Who gives a table has counted, and is not warned.
    """
    table = counted(records, target_label)
    if isinstance(records, Population):
        warn_if_unlike(table.size, len(table), "classifier")
    return table


def unlike(size: int, cells: int, best: str) -> str:
    """Say why an exact curve says nothing of a model that generalises; nothing if it does.

    Parameters
    ----------
    size, cells
        The number of records, and of different ones.
    best
        What the best possible model is: ``"classifier"`` or ``"model"``.
    """
    if size >= ALIKE * cells:
        return ""
    return (
        f"hardly any two records are alike ({size / cells:.2g} on average), so the best possible "
        f"{best} would know each by heart, which says nothing of a model that generalises"
    )


def warn_if_unlike(size: int, cells: int, best: str) -> None:
    """Warn a user of Python where the command line gives no exact curve."""
    if reason := unlike(size, cells, best):
        warnings.warn(f"of this exact curve: {reason}", HardlyAlikeWarning, stacklevel=4)


@dataclass(frozen=True, eq=False)
class Images:
    """The points that a planted signal leads to, in records.

    Parameters
    ----------
    base
        Records of the population there by label, (points, k).
    mass
        Records that are led there, (points,): G(x').
    mass_of_target
        How many of those hold the target label.
    features
        The points themselves, first axis the point.
    """

    base: NDArray[np.int64]
    mass: NDArray[np.float64]
    mass_of_target: NDArray[np.float64]
    features: Features


def images(signal: Signal, table: FiniteTable, target: int) -> Images:
    """Return the points that a signal leads to, with the records there and those led there.

    Raises
    ------
    ParameterError
        If where it leads is a matter of chance.
    """
    if isinstance(signal, MoveToSubgroup):  # where it leads has nothing to do with where from
        rows = signal.subgroup(table.cells)
        share = table.totals[rows] / table.totals[rows].sum()
        holders = table.counts[:, target].sum()
        return Images(table.counts[rows], share * table.size, share * holders, table.features[rows])
    marked = led(signal, table)
    own, image = numbered(table.features, marked)
    points = int(max(own.max(), image.max())) + 1
    base = np.zeros((points, len(table.label_names)), dtype=np.int64)
    base[own] = table.counts
    mass = np.bincount(image, table.totals, points).astype(float)
    mass_of_target = np.bincount(image, table.counts[:, target], points).astype(float)
    led_to = mass > 0
    places, first = np.unique(image, return_index=True)
    assert np.array_equal(places, np.flatnonzero(led_to)), "every point has a record led there"
    return Images(base[led_to], mass[led_to], mass_of_target[led_to], marked[first])


@dataclass(frozen=True, eq=False)
class Fibres:
    """The records of a population by the point that a signal leads them to.

    Parameters
    ----------
    counts
        Records by fibre and whether they hold the target label, (fibres, 2): yes and no.
    name
        Says which fibre one is, for messages.
    """

    counts: NDArray[np.int64]
    name: Callable[[int], str]


def fibres(signal: Signal, table: FiniteTable, target: int) -> Fibres:
    """Return the fibres of a signal; the cells one by one, where it leads by chance.

    The share of the target label in a union of cells is never less than the smallest in one.
    """
    hits = table.counts[:, target]
    if isinstance(signal, MoveToSubgroup):  # all are led alike
        everybody = np.array([[hits.sum(), table.size - hits.sum()]])
        return Fibres(everybody, lambda _: f"all {table.size:,} records, which are led alike")
    try:
        marked = led(signal, table)
    except ParameterError:
        return Fibres(np.column_stack([hits, table.totals - hits]), cell_name(table))
    (image,) = numbered(marked)
    _, first, number = np.unique(image, return_index=True, return_inverse=True)
    number = number.reshape(-1)
    yes, every = (
        np.bincount(number, records, len(first)).astype(np.int64)
        for records in (hits, table.totals)
    )

    def name(fibre: int) -> str:
        return (
            f"{yes[fibre]:,} of {every[fibre]:,} records that are led to "
            f"{_shown(marked[first[fibre]])}"
        )

    return Fibres(np.column_stack([yes, every - yes]), name)


def certain_images(signal: Signal, table: FiniteTable, target: int) -> Images:
    """Return the same for whole people, each of whom is led to one point.

    Raises
    ------
    ParameterError
        If where it leads is a matter of chance, be it one that is fair to all points.
    """
    if isinstance(signal, MoveToSubgroup):
        raise ParameterError(
            "people are whole: where a signal leads records must not be a matter of chance"
        )
    return images(signal, table, target)


def led(signal: Signal, table: FiniteTable) -> Features:
    """Return where a signal leads each cell, or refuse one that leaves this to chance."""
    once, again = (
        signal.apply(table.features, population=table.cells, rng=np.random.default_rng(seed))
        for seed in (0, 1)
    )
    if rows_differ(once, again).any():
        raise ParameterError(
            f"{type(signal).__name__} leaves to chance how a record is marked; the exact curve "
            "needs a signal that does not"
        )
    return once


def carrying(signal: Signal, table: FiniteTable) -> NDArray[np.bool_]:
    """Return which cells may be in the signal set X*: those that carry the signal already.

    A signal with a method ``carries`` is asked. For an idempotent one, x is in X* iff g(x) = x.

    Raises
    ------
    ParameterError
        If the signal is neither.
    """
    if isinstance(signal, Recognizes):
        return np.asarray(signal.carries(table.features, population=table.cells))
    once = led(signal, table)
    twice = signal.apply(once, population=table.cells, rng=np.random.default_rng(0))
    if rows_differ(once, twice).any():
        raise ParameterError(
            f"which records carry {type(signal).__name__} already is not known: it is not "
            "idempotent, so it needs a method carries(features, *, population)"
        )
    return ~rows_differ(once, table.features)


def erased_image(signal: Signal, records: Records) -> NDArray[np.intp]:
    """Return the cell that an erasing map leads each cell to.

    Raises
    ------
    DataError
        If the map is not idempotent, or leads outside the support of the population.
    """
    table = counted(records)
    once = led(signal, table)
    twice = signal.apply(once, population=table.cells, rng=np.random.default_rng(0))
    moving = rows_differ(once, twice)
    if moving.any():
        raise DataError(
            f"an erasing map must be idempotent, g(g(x)) = g(x): applied twice, "
            f"{type(signal).__name__} changes {int(table.totals[moving].sum()):,} of "
            f"{table.size:,} records again"
        )
    image = table.locate(once)
    lost = image < 0
    if lost.any():
        raise DataError(
            f"{type(signal).__name__} leads {int(table.totals[lost].sum()):,} of {table.size:,} "
            f"records to where nobody is (such as {_shown(once[lost][0])}), so neither the "
            "members nor the firm know which label belongs there. Drop columns, or "
            f"{_erases_instead(signal, table)}: that leads to records that exist"
        )
    return image


def unchanged(signal: Signal, records: Records) -> int:
    """Return how many records an erasing map leads to themselves."""
    table = counted(records)
    return int(table.totals[erased_image(signal, table) == np.arange(len(table))].sum())


def lonely(signal: Signal, records: Records) -> int:
    """Return how many records no other kind of record agrees with in all that is not erased."""
    table = counted(records)
    image = erased_image(signal, table)
    led = np.bincount(image, minlength=len(table))
    return int(table.totals[(image == np.arange(len(table))) & (led == 1)].sum())


def _erases_instead(signal: Signal, table: FiniteTable) -> str:
    """Return which signal erases much the same, and leads to records that exist."""
    if isinstance(signal, SetColumns) and len(signal.values) == 1:
        ((column, value),) = signal.values.items()
        try:
            drops = DropColumn(column, value)
            drops.apply(table.features[:1], population=table.cells, rng=np.random.default_rng(0))
        except CriticalMassError:  # nobody has the value
            drops = DropColumn(column)
        given = json.dumps(drops.reference, ensure_ascii=False)
        reference = "" if drops.reference is None else f", reference = {given}"
        return f'erase with {{ kind = "drop-column", column = "{column}"{reference} }}'
    return 'erase with a signal of the kind "drop-column" or "coarsen"'


def cell_name(table: FiniteTable, cells: NDArray[np.intp] | None = None) -> Callable[[int], str]:
    """Return a function that describes a cell, or the cell at a place in ``cells``."""

    def name(place: int) -> str:
        cell = place if cells is None else cells[place]
        counts = zip(table.label_names, table.counts[cell], strict=True)
        each = ", ".join(f"{label} {count:,}" for label, count in counts if count)
        if table.totals[cell] < NAMED:
            return f"a kind of record that fewer than {NAMED} people have (labels: {each})"
        return f"{_shown(table.features[cell])} (labels: {each})"

    return name


def _shown(record: object) -> str:
    if isinstance(record, np.void) and record.dtype.names:
        return ", ".join(f"{name} = {record[name]}" for name in record.dtype.names)
    text = str(record)
    return repr(text if len(text) <= 60 else f"{text[:59]}…")
