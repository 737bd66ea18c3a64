"""Where hardly two records are alike, Python warns of an exact curve; a curve prints in a line."""

import warnings

import numpy as np
import pytest

from criticalmass import Erase, FeatureLabel, FeatureOnly, FiniteTable, Population, SetColumns
from criticalmass.curves import Outcome
from criticalmass.errors import HardlyAlikeWarning
from criticalmass.fitting import FittedCurve
from criticalmass.signals import DropColumn
from criticalmass.strategies import FeatureNumber, Targeted, Unplant, exact_beside
from criticalmass.studies.theory import theories

RNG = np.random.default_rng(0)
LABELS = RNG.choice(["no", "yes"], 400)
MARK = SetColumns({"badge": "blue"})


def people_of(kinds, labels=LABELS):
    columns = {"kind": (np.arange(400) % kinds).astype(str), "badge": np.full(400, "none")}
    numbers = np.asarray(labels).dtype.kind == "f"
    return Population.from_table(columns | {"hired": labels}, label="hired", numbers=numbers)


@pytest.mark.parametrize(
    "exact",
    [
        FeatureLabel(MARK, "yes").exact,
        FeatureLabel(MARK, "yes").exact_in_people,
        FeatureLabel(MARK, "yes", "target").exact,
        FeatureOnly(MARK, "yes").exact,
        FeatureOnly(MARK, "yes").exact_in_people,
        Unplant(MARK, "yes").exact,
        Unplant(MARK, "yes").exact_in_people,
        Targeted(MARK, "yes").exact,
        Erase(DropColumn("badge")).exact,
        Erase(DropColumn("badge")).exact_in_people,
        lambda people: exact_beside(FeatureLabel(MARK, "yes"), people),
    ],
)
def test_python_warns_of_an_exact_curve_where_the_report_gives_none(exact):
    with pytest.warns(HardlyAlikeWarning, match=r"hardly any two records are alike \(1 on average"):
        exact(people_of(kinds=400))
    exact(people_of(kinds=200))  # two records of each kind: no warning


def test_python_warns_where_labels_are_numbers():
    strategy = FeatureNumber(MARK, target_value=4.0, tolerance=1.0)
    labels = RNG.choice([1.0, 2.5, 4.0], 400)
    with pytest.warns(HardlyAlikeWarning, match="the best possible model would know each"):
        strategy.exact(people_of(400, labels))
    strategy.exact(people_of(200, labels))


def test_a_table_that_a_user_counted_is_not_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        FeatureLabel(MARK, "yes").exact(FiniteTable.of(people_of(kinds=400)))
        known = theories(FeatureLabel(MARK, "yes"), people_of(kinds=400))
    assert known.exact is None
    assert known.refused["exact"].startswith("hardly any two records are alike (1 on average)")


def test_a_curve_prints_in_a_short_line():
    people, strategy = people_of(kinds=100), FeatureLabel(MARK, "yes")
    alphas = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05] * 3
    trials = [Outcome(a, round(1000 / (1 + (0.004 / a) ** 2)), 1000) for a in alphas]
    curves = [
        strategy.exact(people),
        strategy.exact(people, in_people=True),
        strategy.exact(people, epsilon=0.01, suboptimality="joint-tv"),
        FittedCurve.fit(trials),
    ]
    for curve in curves:
        assert repr(curve).startswith(f"{type(curve).__name__}(")
        assert "\n" not in repr(curve)
        assert "array" not in repr(curve)
        assert len(repr(curve)) < 260
    assert repr(curves[0]) == (
        "ExactCurve(low=<100 values>, high=<100 values>, weight=<100 values>, size=400.0)"
    )
