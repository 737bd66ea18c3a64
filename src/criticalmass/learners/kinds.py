"""The table of the kinds of learners, by the names that study files give them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from criticalmass.data.numbers import Outcome
from criticalmass.errors import ParameterError
from criticalmass.learners.bayes import BayesOptimal
from criticalmass.learners.descent.gradient_descent import GradientDescent
from criticalmass.learners.embedded_text.embedded_text import EmbeddedText
from criticalmass.learners.learner import Learner
from criticalmass.learners.linear_text.linear_text import LinearText
from criticalmass.learners.risk_minimizer import RiskMinimizer
from criticalmass.learners.scikit.named_estimators import allowed, estimator_named, pipeline_named
from criticalmass.learners.scikit.scikit_learner import ScikitLearner
from criticalmass.learners.transformer.transformer import Transformer
from criticalmass.risks.module_risk import ModuleRisk
from criticalmass.risks.networks import Perceptron
from criticalmass.risks.risk import Risk

CLASSES: tuple[type[Learner], ...] = (
    LinearText,
    EmbeddedText,
    Transformer,
    ScikitLearner,
    BayesOptimal,
    RiskMinimizer,
    GradientDescent,
)
"""What the kinds make."""


def learners(
    allow: Iterable[str] = (), holds: Outcome = "labels"
) -> Mapping[str, Callable[..., Learner]]:
    """Return the kinds of learners, for records that hold labels, or numbers.

    Their estimators may come from the packages in ``allow``.
    """
    packages = allowed(allow)

    def scikit(
        estimator: str | tuple[str, ...], parameters: dict[str, Any] | None = None
    ) -> ScikitLearner:
        """Return a `ScikitLearner` from an estimator's dotted name, or those of a pipeline.

        Parameters
        ----------
        estimator
            Full name of a classifier, or of a regressor where labels are numbers, such as
            ``"sklearn.linear_model.LogisticRegression"``; or the names of a pipeline's steps.
        parameters
            The estimator's own parameters, in a pipeline named by step, such as ``ridge__alpha``.
        """
        if not isinstance(estimator, str):
            return ScikitLearner(pipeline_named(estimator, parameters or {}, packages))
        return ScikitLearner(estimator_named(estimator, parameters or {}, packages))

    def trees(max_iter: int = 100, learning_rate: float = 0.1) -> ScikitLearner:
        """Return `boosted_trees` of what these records hold.

        Parameters
        ----------
        max_iter
            Number of trees.
        learning_rate
            How much each tree counts.
        """
        return boosted_trees(max_iter, learning_rate, holds=holds)

    return {
        "linear-text": LinearText,
        "embedded-text": EmbeddedText,
        "transformer": Transformer,
        "boosted-trees": trees,
        "scikit": scikit,
        "bayes-optimal": BayesOptimal,
        "risk-minimizer": RiskMinimizer,
        "gradient-descent": gradient_descent,
    }


def gradient_descent(
    learning_rate: float,
    steps: int,
    loss: str = "logistic",
    l2: float = 0.0,
    intercept: bool = True,
    hidden: tuple[int, ...] | None = None,
    start: Literal["optimum", "fresh"] = "optimum",
    clients: int | None = None,
    sampled: int | None = None,
    aggregation: str = "mean",
    tolerated: float = 0.2,
) -> GradientDescent:
    """Return a `GradientDescent` of a linear model, or of a network with these hidden layers.

    Parameters
    ----------
    learning_rate
        Length of a step, η.
    steps
        Number of steps.
    loss
        ``"logistic"`` (two labels), ``"multinomial"``, or for numbers ``"squared"`` or
        ``"poisson"``.
    l2
        Strength of the penalty l2/2 · ‖weights‖² beside the mean loss.
    intercept
        Whether the model has a constant.
    hidden
        Widths of a network's hidden layers, which needs the extra ``torch``; a linear model if left
        out.
    start
        ``"optimum"``: the firm has a trained model already; ``"fresh"``: it begins anew.
    clients
        How many send gradients, as in federated learning; if left out, the firm has the records.
    sampled
        How many of the clients send in each round; all if left out.
    aggregation
        How the firm adds up gradients: ``"mean"``, ``"median"``, ``"trimmed-mean"`` or ``"krum"``.
    tolerated
        Share of clients that ``"trimmed-mean"`` drops and ``"krum"`` tolerates.
    """
    model = Risk(loss, l2, intercept) if hidden is None else ModuleRisk(Perceptron(hidden), l2=l2)
    return GradientDescent(
        model, learning_rate, steps, start, clients, sampled, aggregation, tolerated
    )


def boosted_trees(
    max_iter: int = 100, learning_rate: float = 0.1, *, holds: Outcome = "labels"
) -> ScikitLearner:
    """Return a `ScikitLearner` of ``max_iter`` gradient-boosted trees, of labels or of numbers."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    if max_iter < 1:
        raise ParameterError(f"max_iter is at least 1 tree, not {max_iter}")
    if not 0 < learning_rate < math.inf:
        raise ParameterError(f"learning_rate must be positive and finite, not {learning_rate:g}")
    trees = HistGradientBoostingRegressor if holds == "numbers" else HistGradientBoostingClassifier
    return ScikitLearner(trees(max_iter=max_iter, learning_rate=learning_rate))
