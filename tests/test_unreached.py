"""A target that no collective reaches looks alike in every kind of curve."""

import importlib
import json
import math
from inspect import isabstract

import numpy as np
import pytest

from criticalmass import CriticalMass, Incentives, Outcome
from criticalmass.contracts import check_curve
from criticalmass.curves import PathCurve, SuccessCurve, Unreached, Why
from criticalmass.fitting import FittedCurve, RepeatedCurve, SigmoidCurve
from criticalmass.incentives import PartlyActing
from criticalmass.theory import (
    DrawnPeople,
    ErasureBound,
    Estimate,
    EstimatedBound,
    ExactCurve,
    ExactRegression,
    FeatureLabelBesideBound,
    FeatureLabelBound,
    FeatureOnlyBound,
    GradientControlBound,
    GradientNeutralizingBound,
    JointCurve,
    PlantedNumberBound,
    RegressionBound,
    UnplantBound,
    UtilityBound,
    whole_people_feature_only,
)
from criticalmass.words.unreached import unreached

TARGET = 0.9
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2)
ESTIMATE = Estimate("uniqueness", 0.1, 0.2, "records that carry the signal already")
NOTHING = FeatureOnlyBound(uniqueness=0.001, positivity=0.0)

UNREACHED = [
    FeatureLabelBound(0.01, epsilon=0.2, suboptimality="joint-tv"),
    FeatureLabelBesideBound(0.01, others=0.1, rivals=0.1),
    NOTHING,
    UnplantBound(0.01, epsilon=0.2, suboptimality="joint-tv"),
    ErasureBound(0.01, epsilon=0.2, suboptimality="published"),
    UtilityBound(smoothness=math.inf, gain=0.1, slope=1.0, pull=0.5),
    GradientControlBound((0.0,), (0.1,), learning_rate=0.1, steps=5),
    EstimatedBound(NOTHING, (ESTIMATE,), confidence=0.95),
    EstimatedBound(FeatureLabelBound(0.5), (ESTIMATE,), confidence=1.0, share=5.0),
    ExactCurve(np.array([0.1]), np.array([0.5]), np.array([1.0]), 1),
    ExactCurve(np.array([0.1, np.inf]), np.array([np.inf, np.inf]), np.ones(2), 2),
    whole_people_feature_only([[0, 9]], [100], [5], 0),
    DrawnPeople.of(whole_people_feature_only([[0, 9]], [100], [5], 0), TARGET),
    JointCurve((np.zeros(1), np.array([50.0])), np.array([100.0]), 100, 0.3),
    PathCurve(np.array([0.0, 0.5]), np.array([0.0, 0.4])),
    SigmoidCurve(midpoint=3.0, slope=2.0, offset=0.1),
    RepeatedCurve.fit([Outcome(a, a, 1) for a in SHARES for _ in range(3)]),
    PartlyActing(NOTHING, inactive=0.1),
    PartlyActing(FeatureLabelBound(0.3), inactive=0.9),
]
# With everybody their success is 1: no target is out of reach.
ALWAYS = {PlantedNumberBound, RegressionBound, ExactRegression, GradientNeutralizingBound}


@pytest.mark.parametrize("curve", UNREACHED, ids=lambda curve: type(curve).__name__)
def test_never_is_1(curve):
    mass = curve.critical_mass(TARGET)
    assert not mass.reached
    assert mass.never == 1
    assert mass.high == math.inf
    assert mass.reason
    assert mass.people(1000)[::2] == (None, None)
    assert curve.probability(TARGET, 1.0) == 0
    assert math.isnan(curve.shortfall(TARGET).value)
    check_curve(curve)


def test_every_kind_of_curve_is_among_them():
    names = ("curves", "theory", "fitting", "incentives")
    rooms = [importlib.import_module(f"criticalmass.{name}") for name in names]
    public = {getattr(room, name) for room in rooms for name in room.__all__}
    kinds = {
        kind
        for kind in public
        if isinstance(kind, type) and issubclass(kind, SuccessCurve) and not isabstract(kind)
    }
    tried = {type(curve) for curve in UNREACHED} | ALWAYS | {FittedCurve}
    assert kinds == tried


def test_trials_that_never_get_there_leave_hardly_a_doubt():
    trials = [Outcome(a, 100, 1000) for a in SHARES for _ in range(3)]
    curve = FittedCurve.fit(trials)
    mass = curve.critical_mass(TARGET)
    assert not mass.reached
    assert 0.9 < mass.never < 1  # draws of a posterior do not say 1
    check_curve(curve)


def test_joining_that_never_pays_looks_the_same():
    mass = Incentives(cost=1.5).critical_threshold(FeatureLabelBound(0.01))
    assert (mass.reached, mass.never) == (False, 1.0)


def test_an_estimate_of_no_single_cell_names_none():
    assert ESTIMATE.cell == -1


NAMES = "best target everybody above steps needed act at lost largest last tried level cost gain"
NUMBERS = {**dict.fromkeys(NAMES.split(" "), 0.5), "first": 0.25}


def test_every_reason_has_its_own_words_and_survives_a_store():
    reasons = [Unreached(why, NUMBERS, ("pull", "one record")) for why in Why]
    sentences = {unreached(reason) for reason in reasons}
    assert len(sentences) == len(Why)
    assert all(sentence.endswith(" (pull: one record)") for sentence in sentences)
    kept = [json.loads(json.dumps(reason.to_json())) for reason in reasons]
    assert [Unreached.from_json(one) for one in kept] == reasons


def test_a_reason_in_its_authors_words_is_said_as_it_is():
    assert (
        unreached(CriticalMass.unreached(TARGET, "nobody knows why").reason) == "nobody knows why"
    )
