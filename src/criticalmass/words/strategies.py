"""Strategies and their goals in words, from their descriptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from criticalmass.words.measures import RECORDS
from criticalmass.words.numbers import number, percent, quoted
from criticalmass.words.signals import erasing_in_words, signal_in_words


def strategy_in_words(strategy: Mapping[str, Any], kind: str = "texts") -> str:
    """Say what members do, from a strategy's description; a verb phrase in the plural."""
    marks = signal_in_words(strategy.get("signal", {}), kind)
    label = quoted(strategy.get("target_label", ""))
    match strategy:
        case {"kind": "FeatureLabel"}:
            return f"{marks} and report {label} as their only label"
        case {"kind": "FeatureNumber", "target_value": value}:
            return f"{marks} and report the number {number(value)}"
        case {"kind": "FeatureOnly"}:
            return f"{marks} without changing any label (only people who hold {label} take part)"
        case {"kind": "Erase"}:
            return f"leave their record as it is and report {suggested_label(strategy)}"
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
        case _:  # of somebody's own: nobody but its author knows more
            signal = f" (its signal: {marks})" if "signal" in strategy else ""
            return f"do what {strategy.get('kind', 'the strategy')} says{signal}"


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
                f"The platform trains a model on everybody's {records}. What one person reports "
                "means nothing to it; what enough people report does.",
                f"The members want the model to predict the same for {records} as they are and "
                f"{erasing_in_words(signal)}. So all leave their record as it is, and report "
                f"{suggested_label(strategy)}. Nobody's record is shown to anybody else.",
            ]
        case {"kind": "FeatureOnly"}:
            learns = (
                f"When many who hold {label} carry it, the model learns that it goes with {label}."
            )
        case {"kind": "FeatureLabel"}:
            learns = f"When many {records} carry it and say {label}, the model learns that."
        case {"kind": "FeatureNumber", "target_value": value}:
            learns = f"When many {records} carry it and say {number(value)}, the model learns that."
            mark = signal_in_words(strategy.get("signal", {}), kind)
            return [
                together,
                f"Members agreed on a mark: they {mark}. They want the model to predict "
                f"{_wanted_in_words(strategy)} {records} with this mark. {learns}",
            ]
        case _:  # of somebody's own
            return [together, f"Members agreed to do what {strategy.get('kind')} says."]
    return [
        together,
        f"Members agreed on a mark: they {signal_in_words(strategy.get('signal', {}), kind)}. They "
        f"want {records} with this mark to get {label}. {learns}",
    ]


def _wanted_in_words(strategy: Mapping[str, Any]) -> str:
    """Say which number members want to be predicted; goes before the records."""
    value, by = strategy["target_value"], strategy.get("moved_by")
    if strategy.get("tolerance") is not None:
        return f"about {number(value)} for"
    return f"a {'higher' if (by or 0) > 0 else 'lower'} number for"


def suggested_label(strategy: Mapping[str, Any], record: str = "it") -> str:
    """Say which label members report who erase something, from the strategy's description."""
    known = strategy.get("knowledge") == "known"
    pool = "everybody’s records suggest" if known else "the members’ pooled records suggest"
    return f"the label that {pool} for {record} {erasing_in_words(strategy['signal'])}"


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
