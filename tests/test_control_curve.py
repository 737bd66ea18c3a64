"""The curve of Theorem 10, and what it refuses."""

import dataclasses
import json

import numpy as np
import pytest

from criticalmass.contracts import check_curve
from criticalmass.errors import ParameterError
from criticalmass.theory.gradient_control import GradientControlBound
from criticalmass.words.unreached import unreached


def test_curve_keeps_its_promises_and_is_plain():
    bound = GradientControlBound((0.05, 0.2, 1.4), (0.0, 0.1, 0.3), 0.5, 30, way=2.0)
    check_curve(bound)
    assert bound.success(0.05) == 0
    assert bound.pull([0.125, 0.8]).tolist() == pytest.approx([0.05, 0.2])
    assert bound.distance(0.2) == pytest.approx(2 * (1 - 0.5 * 0.1) ** 30)
    for target in (0.1, 0.5, 0.9):
        alpha = bound.critical_mass(target).alpha
        assert bound.success(alpha) == pytest.approx(target)
        assert bound.critical_alpha([target])[0] == alpha
    again = GradientControlBound(**json.loads(json.dumps(dataclasses.asdict(bound))))
    assert again.success(0.3) == bound.success(0.3)
    pulled = GradientControlBound((0.05, 0.2), (0.1, 0.4), 0.5, 30, xi=0.5)
    assert pulled.pull(0.2) == pytest.approx(0.1)
    assert pulled.success(pulled.critical_mass(0.9).alpha) == pytest.approx(0.9)
    nowhere = GradientControlBound((0.0,), (0.0,), 0.5, 30)
    check_curve(nowhere)
    assert "no collective is guaranteed more than 0 of the way in 30 steps" in (
        unreached(nowhere.critical_mass(0.5).reason)
    )


def test_the_shortfall_is_exact_where_a_groups_own_pull_gives_way_to_the_line():
    """C is 3α up to α = ½, then 1 + α: the line ends at 1/η = 2, not at the 4 that is given."""
    bound = GradientControlBound((0.0, 1.0), (1.0, 4.0), learning_rate=0.5, steps=1, xi=3.0)
    assert bound.critical_mass(0.8).alpha == pytest.approx(0.6)
    triangle, below = 0.8 * 0.5 - 1.5 * 0.5**2 / 2, (0.05 + 0.0) / 2 * 0.1
    assert bound.area_below(0.8, 0.6) == pytest.approx(triangle + below, rel=1e-12)


def test_a_firm_that_is_there_already_stays():
    there = GradientControlBound((0.0,), (0.1,), learning_rate=0.5, steps=3, way=0.0)
    assert there.distance([0.1, 1.0]).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((0.1, 0.2), (0.1,), 0.5, 3), "come in pairs; there are 2 and 1"),
        (((0.2, 0.1), (0.1, 0.2), 0.5, 3), "both ascending"),
        (((0.1,), (-0.1,), 0.5, 3), "numbers from 0 on"),
        (((0.1,), (0.1,), -0.5, 3), "learning_rate must be positive"),
        (((0.1,), (0.1,), 0.5, 0), "steps is a number from 1 on"),
        (((0.1,), (0.1,), 0.5, 3, 0.0), "xi must be positive"),
        (((np.inf,), (0.1,), 0.5, 3), "alphas must be finite"),
    ],
)
def test_curves_that_cannot_be_are_refused(arguments, message):
    with pytest.raises(ParameterError, match=message):
        GradientControlBound(*arguments)
