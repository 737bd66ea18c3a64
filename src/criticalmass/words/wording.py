"""Numbers, strategies and findings in plain words, for people who have never seen the project."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

MEASURES = {
    "included": ("gives {label} to", "the target label is predicted"),
    "top1": ("ranks {label} first for", "the target label is ranked first"),
    "erased": ("predicts the same for", "the same is predicted with and without it"),
    "distance": ("goes", "how much of the way the model's weights go"),
    "utility": ("gives", "how much of the gain the model gives"),
}
"""By measure: what the model does to a record, and a legend."""

RECORDS = {"texts": "texts", "table": "records", "array": "images"}


def percent(share: float) -> str:
    """Write a share as a percentage with two significant digits.

    Examples
    --------
    >>> [percent(x) for x in (0.00041, 0.0244, 0.9, 0.976, 0.9962, 1)]
    ['0.041%', '2.4%', '90%', '98%', '99.6%', '100%']
    """
    if share == 0 or math.isnan(share):
        return "0%" if share == 0 else "–"
    scaled = 100 * share
    digits = max(0, 1 - math.floor(math.log10(abs(scaled)) + 1e-9))
    while scaled < 100 and f"{scaled:.{digits}f}" == "100":  # nearly all is not all
        digits += 1
    return f"{scaled:.{digits}f}%"


def exact_percent(share: float) -> str:
    """Write a share that somebody chose as a percentage, with all its digits.

    Examples
    --------
    >>> [exact_percent(x) for x in (0.9, 0.995, 0.925)]
    ['90%', '99.5%', '92.5%']
    """
    return f"{100 * share:.10g}%"


def probability(p: float) -> str:
    """Write a probability as a percentage, never rounding to certainty.

    Examples
    --------
    >>> [probability(p) for p in (0, 0.004, 0.3, 0.999)]
    ['less than 1%', 'less than 1%', '30%', 'more than 99%']
    """
    if p < 0.01:
        return "less than 1%"
    return "more than 99%" if p > 0.99 else f"{100 * p:.0f}%"


def heads(people: int) -> str:
    """Write a head count with its noun."""
    return "1 person" if people == 1 else f"{people:,} people"


def quoted(text: object) -> str:
    """Put a label or token into quotation marks."""
    return f"“{text}”"


def signal_in_words(signal: Mapping[str, Any], kind: str = "texts") -> str:
    """Say what a member does to apply a signal, from its description."""
    match signal:
        case {"kind": "InsertToken", "token": token, "placement": "start"}:
            return f"put {quoted(token)} at the start of their text"
        case {"kind": "InsertToken", "token": token, "placement": "end"}:
            return f"put {quoted(token)} at the end of their text"
        case {"kind": "InsertToken", "token": token, "placement": "random", "every": every}:
            return f"put {quoted(token)} in random places, about one for every {every} words"
        case {"kind": "InsertToken", "token": token, "every": every}:
            return f"put {quoted(token)} after every {every} words of their text"
        case {"kind": "SetColumns", "values": values}:
            return "set " + " and ".join(f"{c} to {quoted(v)}" for c, v in values.items())
        case {"kind": "MoveToSubgroup", "where": where}:
            group = " and ".join(f"{c} = {v}" for c, v in where.items())
            return f"replace their record by one of somebody with {group}"
        case {"kind": "StampPatch", "size": size, "corner": corner}:
            return f"stamp a patch of {size} × {size} pixels into the {corner} corner"
        case {"kind": "DropColumn", "column": column}:
            return f"leave {column} out"
        case {"kind": "Coarsen", "column": column}:
            return f"give {column} in coarser steps"
        case {"kind": "RedactWords", "words": words}:
            return "leave out " + " and ".join(quoted(word) for word in words)
        case _:
            return f"apply {signal.get('kind', 'the signal')} to their {RECORDS[kind]}"


def erasing_in_words(signal: Mapping[str, Any]) -> str:
    """Say what a record is like after an erasing signal, from its description."""
    match signal:
        case {"kind": "DropColumn", "column": column}:
            return f"without {column}"
        case {"kind": "SetColumns", "values": values}:
            return "with " + " and ".join(f"{c} set to {quoted(v)}" for c, v in values.items())
        case {"kind": "Coarsen", "column": column}:
            return f"with {column} in coarser steps"
        case {"kind": "RedactWords", "words": words}:
            return "without " + " and ".join(quoted(word) for word in words)
        case _:
            return f"after {signal.get('kind', 'the signal')}"


def strategy_in_words(strategy: Mapping[str, Any], kind: str = "texts") -> str:
    """Say what members do, from a strategy's description; a verb phrase in the plural."""
    marks = signal_in_words(strategy.get("signal", {}), kind)
    label = quoted(strategy.get("target_label", ""))
    match strategy:
        case {"kind": "FeatureLabel"}:
            return f"{marks} and report {label} as their only label"
        case {"kind": "FeatureOnly"}:
            return f"{marks} without changing any label (only people who hold {label} take part)"
        case {"kind": "Erase", "signal": signal}:
            return (
                "leave their record as it is and report the label that the members’ pooled "
                f"records suggest for it {erasing_in_words(signal)}"
            )
        case {"kind": "Imperfect", "strategy": agreed, "inactive": inactive, "mislabel": keep}:
            slips = [f"{percent(inactive)} of them do nothing"] if inactive else []
            slips += (
                [f"{percent(keep)} of those who act keep their label by mistake"] if keep else []
            )
            said = strategy_in_words(agreed, kind)
            return f"{said} ({' and '.join(slips)})" if slips else said
        case {"kind": "GradientControl", "supply": "gradients"}:
            return "answer every step of the model's training with an agreed gradient"
        case {"kind": "GradientControl", "allowed": allowed}:
            records, labels = _allowed_in_words(allowed)
            return f"report agreed records at every step of its training ({records}, {labels})"
        case {"kind": "GradientNeutralizing", "allowed": allowed}:
            records, labels = _allowed_in_words(allowed)
            return f"report an agreed record instead of their own ({records}, {labels})"
        case _:
            return marks


def purpose_in_words(strategy: Mapping[str, Any], kind: str = "texts") -> list[str]:
    """Say what a strategy with a signal does to a platform's model, and why, from its description.

    One sentence or two an entry, for somebody who has never heard of it.
    """
    records, label = RECORDS[kind], quoted(strategy.get("target_label", ""))
    together = (
        f"The platform trains a model on everybody's {records}. One person's change means nothing "
        "to it; the same change by enough people does."
    )
    match strategy:
        case {"kind": "Erase", "signal": signal}:
            return [
                together,
                f"The members want the model to predict the same for {records} as they are and "
                f"{erasing_in_words(signal)}. So each reports the label that is most likely when "
                "that is not looked at. The label was found from the records of all members "
                "together; nobody's record is shown to anybody else.",
            ]
        case {"kind": "FeatureOnly"}:
            learns = (
                f"When many who hold {label} carry it, the model learns that it goes with {label}."
            )
        case _:
            learns = f"When many {records} carry it and say {label}, the model learns that."
    return [
        together,
        f"Members agreed on a mark: they {signal_in_words(strategy.get('signal', {}), kind)}. They "
        f"want {records} with this mark to get {label}. {learns}",
    ]


def _allowed_in_words(allowed: Mapping[str, Any]) -> tuple[str, str]:
    records = {
        "observed": "one that exists",
        "bounded": "numbers within the usual range",
        "free": "any numbers",
    }
    if allowed["box"] is not None:
        records["bounded"] = "numbers between {:g} and {:g}".format(*allowed["box"])
    labels = {"free": "and any label", "fixed": "and each their own label"}
    return records[allowed["records"]], labels[allowed["labels"]]


def placement_in_words(placement: Mapping[str, Any], measure: str) -> str:
    """Say where trials lie, and which success measure decides that.

    Examples
    --------
    >>> placement_in_words({"kind": "Grid", "alphas": [0.1, 0.2], "repetitions": 3}, "top1")
    'a fixed grid of 2 sizes, 3 times each'
    >>> placement_in_words({"kind": "Adaptive", "precision": 0.2, "most": 96}, "top1")[:60]
    'a first block of sizes far apart, then blocks around the est'
    """
    if placement["kind"] == "Grid":
        times = "once" if placement["repetitions"] == 1 else f"{placement['repetitions']} times"
        return f"a fixed grid of {len(placement['alphas'])} sizes, {times} each"
    precision = exact_percent(placement["precision"])
    return (
        "a first block of sizes far apart, then blocks around the estimate so far for "
        f"{quoted(measure)}, to a range of ±{precision} or as near as the test records allow; "
        f"{placement['most']} runs with a collective at most"
    )


def goal_in_words(goal: Mapping[str, Any]) -> str:
    """Name what a model is steered to, from a goal's description; follows "90% of the"."""
    match goal:
        case {"kind": "Ignore", "column": column}:
            return f"way to one that gives no weight to {quoted(column)}"
        case {"kind": "Raise", "by": by, "where": where, "scale": scale}:
            group = " and ".join(f"{c} = {v}" for c, v in (where or {}).items())
            whose = f"records with {group}" if group else "all records"
            unit = "" if scale == "score" else " (in log-odds or units of the predictor)"
            return f"wanted gain of {by:g}{unit} in the mean score of {whose}"
        case {"kind": "Reach"}:
            return "way to the wanted weights"
        case _:
            return f"way to what {goal.get('kind', 'the goal')} asks for"


def learner_in_words(learner: Mapping[str, Any]) -> str:
    """Name a learner, from its description."""
    match learner:
        case {"kind": "LinearText", "C": strength, **more}:
            stopped = f", stopped after {more['epochs']} epochs" if "epochs" in more else ""
            return (
                "a bag-of-words model (tf-idf and one logistic regression a label, "
                f"C = {strength:g}{stopped})"
            )
        case {"kind": "Transformer", "model": name, "epochs": epochs, "frozen_layers": frozen}:
            lowest = "layer" if frozen == 1 else f"{frozen} layers"
            below = f", its lowest {lowest} frozen" if frozen else ""
            times = "1 epoch" if epochs == 1 else f"{epochs} epochs"
            return f"the transformer {name}, fine-tuned for {times}{below}"
        case {"kind": "BayesOptimal"}:
            return "the best possible model of a finite table (the most frequent label of a record)"
        case {"kind": "RiskMinimizer", "loss": loss, "l2": l2}:
            return f"a linear model with {loss} loss, at the very minimum of its risk (l2 = {l2:g})"
        case {"kind": "GradientDescent", "steps": steps}:
            return f"a model by gradient descent, in {steps:,} steps"
        case {"kind": "ScikitLearner", "estimator": {"kind": name}}:
            return f"scikit-learn's {name.rpartition('.')[2]}"
        case _:
            return str(learner.get("kind", "a learner"))
