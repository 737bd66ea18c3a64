"""Learners in words, from their descriptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def learner_in_words(learner: Mapping[str, Any]) -> str:
    """Name a learner, from its description."""
    match learner:
        case {"kind": "LinearText", "C": strength, **more}:
            stopped = f", stopped after {more['epochs']} epochs" if "epochs" in more else ""
            return (
                "a bag-of-words model (tf-idf and one logistic regression a label, "
                f"C = {strength:g}{stopped})"
            )
        case {"kind": "EmbeddedText", "model": name, "C": strength, **more}:
            stopped = f", stopped after {more['steps']} steps" if more.get("steps") else ""
            return (
                f"the encoder {name} as it is, with one logistic regression a label on top "
                f"(C = {strength:g}{stopped})"
            )
        case {"kind": "Transformer", "model": name, "epochs": epochs, "frozen_layers": frozen}:
            lowest = "layer" if frozen == 1 else f"{frozen} layers"
            below = f", its lowest {lowest} frozen" if frozen else ""
            times = "1 epoch" if epochs == 1 else f"{epochs} epochs"
            return f"the transformer {name}, fine-tuned for {times}{below}"
        case {"kind": "BayesOptimal"}:
            return (
                "the best possible model of a finite table (the most frequent label of a record, "
                "or the mean of its numbers)"
            )
        case {"kind": "RiskMinimizer", "loss": loss, "l2": l2}:
            return f"a linear model with {loss} loss, at the very minimum of its risk (l2 = {l2:g})"
        case {"kind": "GradientDescent", "steps": steps}:
            return f"a model by gradient descent, in {steps:,} steps"
        case {"kind": "ScikitLearner", "estimator": {"kind": name}}:
            return f"scikit-learn's {name.rpartition('.')[2]}"
        case _:
            return str(learner.get("kind", "a learner"))
