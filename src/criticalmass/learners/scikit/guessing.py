"""A first guess for scikit-learn's logistic regression, alone or at the end of a pipeline."""

from __future__ import annotations

from typing import Any

from sklearn.base import clone
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.pipeline import Pipeline

from criticalmass.arrays import Mask
from criticalmass.data.edit import Edit
from criticalmass.learners.first_guess import Asked
from criticalmass.learners.regressions.mark_alone import MarkedRegression
from criticalmass.learners.scikit.estimators import set_seeds

PILOT = 0.005
"""So many people's marks are among the records that the steps before the regression are fitted to:
they then know the mark."""


def regression_of(estimator: Any) -> Any | None:
    """Return the logistic regression with a plain L2 penalty that decides, if one does.

    Examples
    --------
    >>> regression_of(SGDClassifier()) is None  # hinge loss
    True
    >>> regression_of(LogisticRegression(C=3))
    LogisticRegression(C=3)
    """
    last = estimator.steps[-1][1] if isinstance(estimator, Pipeline) else estimator
    if type(last) is LogisticRegression:
        plain = last.penalty in ("l2", "deprecated") and not last.l1_ratio
        plain = plain and last.solver != "liblinear"  # which penalises the intercept, too
        return last if plain and last.class_weight is None else None
    if type(last) is SGDClassifier and last.loss == "log_loss" and last.penalty == "l2":
        return last if last.class_weight is None else None
    return None


def penalty_of(regression: Any, records: int) -> float:
    """Return λ of λ/2 |w|² beside the loss that is summed over so many records.

    Examples
    --------
    >>> penalty_of(LogisticRegression(C=4.0), 1000), penalty_of(SGDClassifier(alpha=0.01), 1000)
    (0.25, 10.0)
    """
    if isinstance(regression, LogisticRegression):
        return 1 / float(regression.C)
    return float(regression.alpha) * records


def some_of(edit: Edit, records: int) -> Edit:
    """Return an edit's first few people, with what they change."""
    few = slice(0, max(round(PILOT * records), 1))
    return Edit(edit.members[few], edit.rows[few], edit.features[few], edit.labels[few])


def trained(
    regression: Any, inputs: Any, labels: Mask, members: Any, marked: Any, asked: Asked
) -> MarkedRegression:
    """Return the regression trained on everybody's records as they are, and the marked ones.

    Parameters
    ----------
    regression
        What `regression_of` found; it is cloned.
    inputs, labels
        Everybody's, and whether they hold the target label.
    members, marked
        The inputs of what members would change their records to, and of the marked records.
    asked
        The question.
    """
    model = clone(regression)
    set_seeds(model, 0)
    model.fit(inputs, labels)
    edit = asked.edit
    return MarkedRegression(
        inputs=inputs,
        labels=labels,
        weights=model.coef_[0],
        intercept=float(model.intercept_[0]),
        penalty=penalty_of(regression, len(labels)),
        members=members,
        rows=edit.rows,
        member_labels=edit.held[:, asked.target],
        acting=len(edit.rows) / len(edit.members),
        marked=marked,
        per_record=isinstance(regression, SGDClassifier),
    )
