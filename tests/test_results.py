"""Results of measures: what they may be, where they lie between 0 and 1, and how they are kept."""

import json
import math

import pytest

from criticalmass.errors import ParameterError
from criticalmass.measures import Count, MeasureWords, Real
from criticalmass.measures.facts import MeasureFacts
from criticalmass.measures.scale import FALLING, SHARES, Scale, scale_of
from support.own_measures import Kept, MeanScore, Rank


def test_a_scale_holds_what_was_seen_and_the_target():
    rank = MeasureFacts.of(Rank())
    scale = scale_of(rank, [Real(11.0, 0.1), Real(2.0, 0.1)], 3.0)
    assert scale.zero > 11
    assert scale.one == 1  # there is no better rank
    assert scale.value(scale.success(3.0)) == pytest.approx(3.0)
    assert 0 < scale.success(11.0) < scale.success(3.0) < scale.success(2.0) < 1


def test_a_count_of_records_has_the_error_of_the_number():
    rank, target = MeasureFacts.of(Rank()), 3.0
    for error in (0.05, 0.2):
        scale = scale_of(rank, [Real(5.0, error), Real(2.0, error)] * 6, target)
        place = scale.success(target)
        unit = abs(scale.one - scale.zero)
        assert unit * math.sqrt(place * (1 - place) / scale.records) == pytest.approx(
            error, rel=0.01
        )


def test_a_single_value_has_a_scale_too():
    scale = scale_of(MeasureFacts.of(MeanScore()), [Real(1.0)], 1.0)
    assert 0 < scale.success(1.0) < 1


def test_counts_of_which_fewer_are_better_are_turned():
    assert scale_of(MeasureFacts.of(Kept()), [], 0.2) is FALLING
    assert FALLING.outcome(0.1, Count(2, 10)).successes == 8
    assert SHARES.outcome(0.1, Count(2, 10)).successes == 2
    assert Scale(0.0, 2.0, records=10).outcome(0.1, Real(9.0)).successes == 10


def test_a_store_of_another_version_keeps_what_it_knows():
    facts = MeasureFacts.of(Rank())
    assert MeasureFacts.from_json(json.loads(json.dumps(facts.to_json()))) == facts
    assert facts.limits == (1.0, math.inf)


def test_words_without_braces_are_left_alone():
    words = MeasureWords("does {that} to {label}", "l").about("“x”")
    assert words.does == "does {that} to “x”"


def test_results_that_no_measure_gives_are_refused():
    for wrong in ((3, 2), (-1, 2), (0, 0), (True, 2), (1.0, 2)):
        with pytest.raises(ParameterError):
            Count(*wrong)
    for wrong in ((math.nan, 0.0), (1.0, -0.1), (1.0, math.inf), ("1", 0.0)):
        with pytest.raises(ParameterError):
            Real(*wrong)
