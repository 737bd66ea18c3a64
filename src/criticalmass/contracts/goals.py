"""What a goal of steering promises."""

from __future__ import annotations

import numpy as np

from criticalmass.contracts.parts import check_part, keeps
from criticalmass.contracts.utilities import check_utility
from criticalmass.data.population import Population
from criticalmass.risks.design import Design
from criticalmass.risks.risk import Risk
from criticalmass.strategies import Goal


def check_goal(goal: Goal, risk: Risk, population: Population) -> None:
    """Check the promises of `Goal` on a firm's risk and a population.

    Examples
    --------
    >>> from criticalmass.strategies import Ignore
    >>> people = Population.from_arrays(np.array([[0.0], [1.0], [2.0], [3.0]]), list("nyny"))
    >>> check_goal(Ignore("x0"), Risk(l2=0.1), people)
    """
    check_part(goal)
    design = Design.of(population)
    assert isinstance(goal, Goal), "a goal must have measure and aim(risk, design, population)"
    with keeps("aim must return where the firm is and where it is to go"):
        aim = goal.aim(risk, design, population)
        again = goal.aim(risk, design, population)
    assert aim.measure == goal.measure, "an aim must be measured as its goal says"
    assert aim.start.shape == aim.target.shape, "θ* must have the shape of θ₀"
    assert np.isfinite(aim.start).all(), "θ₀ must be finite"
    assert np.isfinite(aim.target).all(), "θ* must be finite"
    assert np.array_equal(aim.target, again.target), "a goal must aim at the same θ* each time"
    assert np.isclose(aim.share(aim.start), float(aim.way == 0)), "nothing is done at θ₀"
    assert np.isclose(aim.share(aim.target), 1, atol=1e-6), "all is done at θ*"
    if aim.measure == "utility":
        assert aim.utility is not None, "a gain is measured by a utility"
        assert aim.gain > 0, "a gain is above 0"
        check_utility(aim.utility, aim.start)
