"""What a success measure promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from criticalmass.contracts.parts import check_part, keeps
from criticalmass.measures import CountMeasure, Evaluation, Measure, MeasureWords, RealMeasure
from criticalmass.measures.facts import MeasureFacts
from criticalmass.studies.judging import check_measures, named


def check_measure(measure: Measure, evaluation: Evaluation | None = None) -> None:
    """Check the promises of `Measure` on one model's scores of test records.

    Parameters
    ----------
    measure
        What is checked.
    evaluation
        A model to judge; by default one with random scores of 40 records and three labels.

    Examples
    --------
    >>> from criticalmass.measures import MEASURES
    >>> check_measure(MEASURES["top1"])
    """
    check_part(measure)
    is_measure = isinstance(measure, Measure)
    assert is_measure, "a measure must be a CountMeasure or a RealMeasure"
    assert isinstance(measure.in_words(), MeasureWords), "in_words must return MeasureWords"
    with keeps("a study must be able to have the measure"):
        check_measures([named(measure)], 0.5)  # an impossible name, need, target or limits
    facts = MeasureFacts.of(measure)
    assert MeasureFacts.from_json(facts.to_json()) == facts, "a store must be able to keep it"
    model = evaluation or _random()
    scores = [model.marked.copy(), model.plain.copy()]
    with keeps("judge must judge every test record, or each of evaluation.others"):
        result = measure.result(model)
        again = measure.result(model)
    assert again == result, "judge must give the same each time"
    same = np.array_equal(model.marked, scores[0]) and np.array_equal(model.plain, scores[1])
    assert same, "judge must not change the scores"
    if isinstance(measure, (CountMeasure, RealMeasure)):
        turned = _in_another_order(model)
        with keeps("judge must judge test records in any order"):
            again = measure.result(turned)
        close = np.isclose(again.value, result.value)
        assert close, "judge must not depend on the order of the test records"


def _random() -> Evaluation:
    """Return random scores of records, some of which hold the first label."""
    rng = np.random.default_rng(0)
    held = np.eye(3, dtype=bool)[rng.integers(3, size=40)]
    marked, plain = rng.normal(size=(2, 40, 3))
    return Evaluation(marked, plain, target=0, label_sets=False, held=held)


def _in_another_order(model: Evaluation) -> Evaluation:
    """Return the same model on the test records from the last to the first."""
    return replace(
        model,
        marked=model.marked[::-1].copy(),
        plain=model.plain[::-1].copy(),
        held=None if model.held is None else model.held[::-1].copy(),
        values=None if model.values is None else model.values[::-1].copy(),
    )
