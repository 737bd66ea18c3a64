"""Goals: which parameters are wanted, and which are refused."""

import numpy as np
import pytest

from criticalmass import Population
from criticalmass.errors import DataError, ParameterError
from criticalmass.risks import Design, Risk
from criticalmass.strategies import Gain, Ignore, Linear, Raise, Reach
from support.steered_people import people as people_of


def test_goals_are_what_they_say():
    rng = np.random.default_rng(0)
    n = 600
    table = {
        "age": rng.normal(40, 10, n),
        "job": rng.choice(np.array(["cook", "clerk", "nurse"], dtype=object), n),
        "sex": rng.choice(np.array(["f", "m"], dtype=object), n, p=[0.4, 0.6]),
        "hired": rng.choice(np.array(["no", "yes"], dtype=object), n),
    }
    people = Population.from_table(table, label="hired")
    design, risk = Design.of(people), Risk(l2=1e-3)
    job = [j for j, source in enumerate(design.sources) if source == "job"]
    aim = Ignore("job").aim(risk, design, people)
    assert len(job) == 2
    assert (aim.target[job] == 0).all()
    assert aim.share(aim.target) == 1
    assert aim.share(aim.start) == 0
    aim = Reach({"age": 0.5, "intercept": -1.0}).aim(risk, design, people)
    assert aim.target[design.names.index("age")] == 0.5
    assert aim.target[-1] == -1
    x = design.encode(people.features[people.features["job"] == "cook"])
    for scale, expected in (("score", 0.05), ("predictor", 0.05)):
        aim = Raise(0.05, {"job": "cook"}, scale=scale).aim(risk, design, people)

        def mean(theta, scale=scale):
            eta = risk.predictors(theta, x)
            return (eta if scale == "predictor" else risk.law.mean(eta)).mean()

        assert np.isclose(mean(aim.target) - mean(aim.start), expected, atol=1e-9)
        assert aim.utility.convex == (scale == "predictor")
    other = Raise(0.05, {"job": "cook"}, label="no").aim(risk, design, people)
    assert mean(other.target) < mean(other.start)


def test_impossible_values_are_told():
    people, risk = people_of(0, n=400), Risk(l2=0.01)
    design = Design.of(people)

    def aim(goal):
        return goal.aim(risk, design, people)

    with pytest.raises(ParameterError, match="has 4 parameters, the target has 2"):
        aim(Reach((0.0, 1.0)))
    with pytest.raises(ParameterError, match="at least one weight, and finite ones"):
        Reach({"x0": 1.0, "x1": np.nan})
    with pytest.raises(DataError, match=r"unknown weight 'x4'.*x[0-3]"):
        aim(Reach({"x4": 0.0}))
    with pytest.raises(ParameterError, match=r"raises the utility by 0\.9.*nearest"):
        aim(Raise(0.9))
    with pytest.raises(DataError, match=r"no record has x=1|unknown column|no column"):
        aim(Raise(0.1, {"x": 1}))
    for wrong in (Raise, lambda by: Gain(Linear((1.0, 0.0)), by)):
        with pytest.raises(ParameterError, match="by is a gain above 0"):
            wrong(-0.1)
