"""`Population`: the labelled records that stand for the base distribution P₀.

`criticalmass.data.records` tells how features of every kind live in one numpy array.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array, Mask
from criticalmass.data.array_features import array_of
from criticalmass.data.columns import columns_of
from criticalmass.data.labels import encode_labels, label_cells, split_sets
from criticalmass.data.missing import Missing
from criticalmass.data.near_duplicates import ENDING_WORDS, shared_endings
from criticalmass.data.numbers import NAME, Outcome, Range, check_range, encode_numbers, range_of
from criticalmass.data.records import Features, Kind, checked, kind_of, table_of
from criticalmass.data.spelling import find, meaning, spelled
from criticalmass.errors import DataError, ParameterError, require_choice, unknown
from criticalmass.fields import check_value

Channels = Literal["first", "last"]
Labels = NDArray[np.bool_] | NDArray[np.float64]
"""A boolean matrix (records, labels), or one column of numbers (records, 1)."""


@dataclass(frozen=True, eq=False)
class Population:
    """Labelled records standing for P₀ (paper, Section 2). Immutable.

    Make one with `from_texts`, `from_table` or `from_arrays`.

    Parameters
    ----------
    features
        Array of n records, first axis the record: see `criticalmass.data.records`.
    labels
        Boolean matrix (n, k): which of the k labels each record holds. Where labels are numbers,
        such as prices, one column of them, (n, 1).
    label_names
        The k names, in the order of the columns.
    label_sets
        True if a record holds any number of labels, False if it holds exactly one.
    name
        What to call the population in reports.
    notes
        Sentences on where the records come from and what was done to them; reports print them.
    frame_library
        For tables: the dataframe library the table came from, in which estimators receive it.
    missing
        ``"refuse"`` a missing value in the features, or ``"keep"`` it as a value of its own: None
        among texts, nan among numbers. What is missing: `criticalmass.data.missing`. A label and a
        free text are never missing.
    read_as
        Why a column is read as it is, by column: ``"is read as text because of '2,5' in line 3"``.
        Messages about the column end with it.
    channels
        For images with channels: ``"last"``, (n, height, width, channels), or ``"first"``,
        (n, channels, height, width). By default it is not known; signals for images then take
        channels to be last where the shape allows nothing else.
    numbers
        None where labels are names. Where they are numbers, the lowest and the highest that a
        record could hold, infinite where that is not known.
    copies
        How many records each one here stands for, (n,), where they were counted; None where each
        stands for itself.

    Raises
    ------
    DataError
        If the records are malformed: an empty text, a missing value, unequal lengths, no records.

    Examples
    --------
    >>> people = Population.from_texts(["a b", "c d", "e f"], [{"x"}, {"x", "y"}, set()])
    >>> people
    Population('population', 3 texts, label sets over x, y)
    >>> people.labels.astype(int).tolist()
    [[1, 0], [1, 1], [0, 0]]
    """

    features: Features
    labels: Labels
    label_names: tuple[str, ...]
    label_sets: bool
    name: str = "population"
    notes: tuple[str, ...] = ()
    frame_library: str | None = None
    missing: Missing = "refuse"
    read_as: Mapping[str, str] = field(default_factory=dict)
    channels: Channels | None = None
    numbers: Range | None = None
    copies: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        n = len(self.features)
        if n == 0:
            raise DataError(f"{self.name}: no records")
        if self.labels.shape != (n, len(self.label_names)):
            raise DataError(
                f"{self.name}: {n} records, but labels of shape {self.labels.shape}; "
                f"expected ({n}, {len(self.label_names)})"
            )
        if self.numbers is not None:
            check_range(self.values, self.numbers, f"{self.name}: the label")
        elif not self.label_sets and not np.all(self.labels.sum(axis=1) == 1):
            raise DataError(f"{self.name}: every record must hold exactly one label")
        require_choice("missing", self.missing, ("refuse", "keep"))
        if self.channels is not None:
            require_choice("channels", self.channels, ("first", "last"))
            if self.kind != "array" or self.features.ndim != 4:
                raise DataError(
                    f"{self.name}: channels are told of images with four axes, not of "
                    f"{self.kind} of shape {self.features.shape}"
                )
        features = checked(self.features, self.name, self.missing)
        for name, array in (("features", features), ("labels", self.labels)):
            view = array.view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)

    @classmethod
    def from_texts(
        cls,
        texts: Any,
        labels: Any,
        *,
        label_names: Sequence[Any] | None = None,
        numbers: bool | tuple[float, float] = False,
        **described: Any,
    ) -> Population:
        """Make a population of texts, which stay as they are.

        Parameters
        ----------
        texts
            One text for each record, in a list, an array or a series.
        labels
            One label for each record, one set of labels for each record, or a matrix (records,
            labels) of 0 and 1, as `criticalmass.data.labels` takes them.
        label_names
            The labels that a record could hold; by default those that one does hold. For a
            matrix, the names of its columns; by default their numbers.
        **described
            Further fields of `Population`, such as ``name``.

        Examples
        --------
        >>> held = np.array([[1, 0], [1, 1]])
        >>> people = Population.from_texts(["a", "b"], held, label_names=["nurse", "cook"])
        >>> people.label_names, people.labels.tolist()
        (('cook', 'nurse'), [[False, True], [True, True]])
        >>> Population.from_texts(["good", "bad"], [4.5, 2], numbers=(1, 5)).values.tolist()
        [4.5, 2.0]
        """
        if isinstance(texts, (str, bytes)):
            raise DataError("from_texts needs one text per record, not a single text")
        each = texts.to_pylist() if hasattr(texts, "to_pylist") else list(texts)
        features = np.empty(len(each), dtype=object)
        for row, text in enumerate(each):
            features[row] = text
        held = _encoded(labels, len(each), label_names, numbers)
        return cls(features, **held, **described)

    @classmethod
    def from_arrays(
        cls,
        features: Any,
        labels: Any,
        *,
        label_names: Sequence[Any] | None = None,
        numbers: bool | tuple[float, float] = False,
        **described: Any,
    ) -> Population:
        """Make a population of numeric arrays, for example images of shape (n, height, width).

        Parameters
        ----------
        features
            What `criticalmass.data.array_features.array_of` takes: an array, a tensor, a sparse
            matrix, lists.
        labels, label_names, numbers, **described
            As for `from_texts`.
        """
        array = array_of(features)
        held = _encoded(labels, len(array), label_names, numbers)
        return cls(array, **held, **described)

    @classmethod
    def from_table(
        cls,
        frame: Any,
        *,
        label: Any,
        separator: str | None = None,
        label_names: Sequence[Any] | None = None,
        numbers: bool | tuple[float, float] = False,
        **described: Any,
    ) -> Population:
        """Make a population of table rows.

        Parameters
        ----------
        frame
            A dataframe (pandas, polars, pyarrow, Hugging Face's ``datasets``, …), or a dictionary
            of equally long columns. The index of a pandas frame is no column.
        label
            The column that holds the label; all other columns are features.
        separator
            If given, a record's label cell holds several names with this between them.
        label_names
            The labels that a record could hold; by default those that one does hold.
        numbers
            As for `from_texts`.
        **described
            Further fields of `Population`, such as ``name`` and ``missing``.

        Examples
        --------
        >>> table = {"age": [30, None], "job": ["nurse", "cook"], "hired": ["yes", "no"]}
        >>> people = Population.from_table(table, label="hired", missing="keep")
        >>> people.columns, people.features["age"].tolist()
        (('age', 'job'), [30.0, nan])
        """
        columns, library = columns_of(frame)
        label = spelled(label)
        if label not in columns:
            raise DataError(unknown("column", label, columns))
        cells = label_cells(columns.pop(label), label)
        if not columns:
            raise DataError("a table needs at least one column besides the label")
        labels = split_sets(cells, separator) if separator else cells
        held = _encoded(labels, len(cells), label_names, numbers, f"column {label!r}")
        return cls(table_of(columns), **held, **{"frame_library": library, **described})

    def __len__(self) -> int:
        return len(self.features)

    def __repr__(self) -> str:
        what = {"texts": "texts", "table": "rows", "array": "arrays"}[self.kind]
        if self.numbers is not None:
            low, high = self.values.min(), self.values.max()
            return (
                f"Population({self.name!r}, {len(self)} {what}, numbers from {low:g} to {high:g})"
            )
        how = "label sets over" if self.label_sets else "labels"
        return f"Population({self.name!r}, {len(self)} {what}, {how} {', '.join(self.label_names)})"

    @property
    def kind(self) -> Kind:
        """Whether the features are ``"texts"``, a ``"table"`` or an ``"array"``."""
        return kind_of(self.features)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of a table's columns; empty for other kinds."""
        return self.features.dtype.names or ()

    @property
    def holds(self) -> Outcome:
        """Whether labels are names, ``"labels"``, or ``"numbers"``."""
        return "labels" if self.numbers is None else "numbers"

    @property
    def values(self) -> Array:
        """The number that each record holds, (n,).

        Raises
        ------
        DataError
            If labels are names.
        """
        if self.numbers is None:
            raise DataError(
                f"{self.name}: labels are names, and numbers are wanted: give numbers=True as it "
                "is made (in a study file, population.numbers = true)"
            )
        return np.asarray(self.labels[:, 0], dtype=float)

    @property
    def held(self) -> Mask:
        """Which of the labels each record holds, boolean (n, k).

        Raises
        ------
        DataError
            If labels are numbers.
        """
        if self.numbers is not None:
            raise DataError(f"{self.name}: labels are numbers, and names are wanted")
        return np.asarray(self.labels, dtype=bool)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the records and labels: equal populations have equal fingerprints."""
        described = (self.kind, self.columns, self.label_names, self.label_sets, len(self))
        digest = hashlib.sha256(repr(described).encode())
        if self.channels == "first":  # decides what a patch is stamped on
            digest.update(b"channels first")
        if self.numbers is None:
            digest.update(np.packbits(self.held).tobytes())
        else:
            digest.update(repr(("numbers", self.numbers)).encode())
            digest.update(self.values.tobytes())
        parts = [self.features[column] for column in self.columns] or [self.features]
        for part in parts:
            digest.update(repr((part.dtype.str, part.shape)).encode())
            if part.dtype == object:
                for value in part:
                    if value is None:
                        digest.update(b"missing:")
                        continue
                    cell = str(value).encode(errors="surrogatepass")
                    digest.update(b"%d:" % len(cell) + cell)
            elif part.dtype.kind == "f" and self.missing == "keep":
                same = np.where(np.isnan(part), part.dtype.type(np.nan), part)  # nan has many codes
                digest.update(np.ascontiguousarray(same).tobytes())
            else:
                digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()

    def different(self, column: str) -> frozenset[str]:
        """Return the different texts of a column of texts, without the missing one."""
        known = self._different
        if column not in known:
            known[column] = frozenset(self.features[column].tolist()) - {None}
        return known[column]

    def meaning(self, column: str, value: object) -> list[str]:
        """Return the different texts of a column that mean what a value means.

        Examples
        --------
        >>> table = {"old": ["True", "False", "no"], "y": ["p", "q", "q"]}
        >>> Population.from_table(table, label="y").meaning("old", "true")
        ['True']
        """
        known = self._meanings
        if column not in known:
            known[column] = {}
            for text in sorted(self.different(column)):
                known[column].setdefault(meaning(text), []).append(text)
        return known[column].get(meaning(spelled(value)), [])

    @cached_property
    def _meanings(self) -> dict[str, dict[Any, list[str]]]:
        return {}

    @cached_property
    def _different(self) -> dict[str, frozenset[str]]:
        return {}

    def label_index(self, label: object) -> int:
        """Return the column of ``label``: the name spelled so, else the only one that means it.

        ``true`` finds the label ``True``, and the number 1 finds ``1`` or ``1.0``.

        Raises
        ------
        DataError
            If no record could hold this label, with the nearest that one could; or if labels are
            numbers.
        """
        if self.numbers is not None:
            raise DataError(
                f"{self.name}: labels are numbers, and there is no label {label!r}; to ask for a "
                "number use feature-number (FeatureNumber in Python)"
            )
        found = find(label, self.label_names)
        if found is None:
            raise DataError(unknown("label", label, self.label_names))
        return self.label_names.index(found)

    def holding(self, label: object) -> NDArray[np.intp]:
        """Return the numbers of the rows that hold ``label``."""
        column = self.label_index(label)
        return np.flatnonzero(self.held[:, column])

    def take(self, rows: NDArray[np.intp], *, notes: tuple[str, ...] | None = None) -> Population:
        """Return the population of the given rows, in their order."""
        return replace(
            self,
            features=self.features[rows],
            labels=self.labels[rows],
            notes=self.notes if notes is None else notes,
            copies=None if self.copies is None else self.copies[rows],
        )

    def split(self, *, test: int, seed: int) -> tuple[Population, Population]:
        """Return what the firm trains on and what success is measured on, split at random.

        Both halves carry a note of how many near-duplicate texts the split separates: such test
        records are easier than new ones.

        Parameters
        ----------
        test
            Number of test records, at least 1 and less than the population.
        seed
            Seed of the shuffle.

        Returns
        -------
        train, test : Population
        """
        check_value("test", test, int)
        if not 0 < test < len(self):
            raise ParameterError(f"test must be between 1 and {len(self) - 1} records, not {test}")
        kept, held_out = split_rows(len(self), test, seed)
        notes = self.notes
        if self.kind == "texts":
            separated = shared_endings(self.features[held_out], self.features[kept])
            if separated:
                notes += (
                    f"{separated:,} of {test:,} test texts share their last {ENDING_WORDS} words "
                    "with a training text (near-duplicates); such texts are easier to predict.",
                )
        return self.take(kept, notes=notes), self.take(held_out, notes=notes)

    def draw(
        self, count: int, *, rng: np.random.Generator, among: NDArray[np.intp] | None = None
    ) -> NDArray[np.intp]:
        """Return ``count`` different members, drawn at random.

        Parameters
        ----------
        count
            How many people join.
        rng
            Source of randomness.
        among
            Rows that may be drawn; all by default.

        Returns
        -------
        ndarray of int, shape (count,)
            Row numbers, ascending.

        Raises
        ------
        ParameterError
            If nobody joins, or fewer people could join than asked for.
        """
        pool = np.arange(len(self)) if among is None else among
        if count < 1:
            raise ParameterError(
                f"a collective of zero members: the smallest share of {len(self):,} records "
                f"is {1 / len(self):.3g}"
            )
        if count > len(pool):
            raise ParameterError(
                f"{count:,} members wanted, but only {len(pool):,} of {len(self):,} records can "
                f"be recruited; the largest share is {len(pool) / len(self):.4g}"
            )
        return np.sort(rng.choice(pool, size=count, replace=False))


def _encoded(
    labels: Any,
    count: int,
    label_names: Sequence[Any] | None,
    numbers: bool | tuple[float, float],
    what: str = "the label",
) -> dict[str, Any]:
    """Return the fields of a population that say what its records hold."""
    allowed = range_of(numbers)
    if allowed is None:
        matrix, names, sets = encode_labels(labels, count, label_names, what)
        return {"labels": matrix, "label_names": names, "label_sets": sets}
    if label_names is not None:
        raise DataError("label_names are for labels that are names, and here they are numbers")
    column = encode_numbers(labels, count, allowed, what)
    return {"labels": column, "label_names": (NAME,), "label_sets": False, "numbers": allowed}


def split_rows(records: int, test: int, seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which rows `Population.split` keeps to train on, and which it holds out.

    Examples
    --------
    >>> [rows.tolist() for rows in split_rows(5, test=2, seed=0)]
    [[0, 1, 3], [2, 4]]
    """
    order = np.random.default_rng(seed).permutation(records)
    return np.sort(order[test:]), np.sort(order[:test])


def members_at(alpha: float, population_size: int) -> int:
    """Return ⌊α n⌋, the number of members that a share α of n people is.

    Examples
    --------
    >>> members_at(0.29, 100)  # 0.29 * 100 is 28.999… in floating point
    29
    """
    return int(np.floor(alpha * population_size * (1 + 1e-12)))
