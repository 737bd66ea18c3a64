"""`Evaluation`: one model on the test records, as measures judge it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array
from criticalmass.errors import ParameterError, StudyError
from criticalmass.measures.numbers import WantedNumber


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One model's scores of the test records, and what is needed to judge them.

    Parameters
    ----------
    marked
        Scores (n, k) of the test records after the signal was applied to every one.
    plain
        Scores (n, k) of the test records as they are.
    target
        Column of the target label; None if the collective wants none, as when it erases.
    label_sets
        Whether records hold sets of labels (a score above 0 predicts the label) or one label (the
        highest score does).
    wanted_number
        Where labels are numbers, and scores one column of predicted numbers: what is wanted.
    held
        Which labels the test records hold, (n, k); None where nobody knows them, or they are
        numbers.
    values
        Where labels are numbers, those of the test records, (n,); None where nobody knows them.
    parameters
        The parameters of a model that has some, (p,), or None.
    steered
        The share of what was wanted of the parameters; None where none are steered.
    """

    marked: NDArray[np.float64]
    plain: NDArray[np.float64]
    target: int | None
    label_sets: bool
    wanted_number: WantedNumber | None = None
    held: NDArray[np.bool_] | None = None
    values: Array | None = None
    parameters: Array | None = None
    steered: float | None = None

    @property
    def target_column(self) -> int:
        """The column of the target label; raise `ParameterError` where none is wanted."""
        if self.target is None:
            raise ParameterError("this measure asks for a target label, and the strategy has none")
        return self.target

    @property
    def number_wanted(self) -> WantedNumber:
        """The number that is wanted; raise `ParameterError` where none is."""
        if self.wanted_number is None:
            raise ParameterError("this measure asks for a wanted number, and the strategy has none")
        return self.wanted_number

    @property
    def others(self) -> NDArray[np.bool_]:
        """Which test records do not hold the target label, (n,).

        Raises
        ------
        StudyError
            If nobody knows which labels they hold.
        """
        target = self.target_column
        if self.held is None:
            raise StudyError(
                "this measure asks which test records hold the target label, and nobody knows: "
                "leave out the study's marked records, or the measure"
            )
        return np.asarray(~self.held[:, target])


def predicted(scores: NDArray[np.float64], *, label_sets: bool) -> NDArray[np.bool_]:
    """Return which labels a model predicts, (n, k), from its scores.

    With single labels a tie for the highest score predicts none: the firm might say either. So do
    scores that are all −∞.

    Examples
    --------
    >>> predicted(np.array([[0.2, 0.1], [-1.0, -0.1]]), label_sets=True).astype(int).tolist()
    [[1, 1], [0, 0]]
    >>> predicted(np.array([[0.2, 0.1], [-1.0, -0.1]]), label_sets=False).astype(int).tolist()
    [[1, 0], [0, 1]]
    """
    if label_sets:
        return np.asarray(scores > 0)
    best = (scores == scores.max(axis=1, keepdims=True)) & (scores > -np.inf)
    return np.asarray(best & (best.sum(axis=1, keepdims=True) == 1))
