"""The firm's ε and its sense are one value; number and string go on working."""

from dataclasses import asdict, dataclass

import numpy as np
import pytest

from criticalmass import DropColumn, Erase, FeatureLabel, FeatureOnly, Population, SetColumns
from criticalmass.errors import ParameterError
from criticalmass.studies.theory import theories
from criticalmass.theory import (
    ErasureBound,
    EstimatedBound,
    FeatureLabelBound,
    FeatureOnlyBound,
    GradientControlBound,
    GradientNeutralizingBound,
    RegressionBound,
    Suboptimality,
    UtilityBound,
    exact_feature_label,
)
from criticalmass.theory.parameters import uniqueness
from criticalmass.theory.suboptimality import SENSES

SHARES = np.array([0.01, 0.1, 0.5, 1.0])


def people():
    rng = np.random.default_rng(0)
    jobs = rng.choice(np.array(["cook", "nurse", "smith"], dtype=object), 600)
    hired = np.where(rng.random(600) < 0.4, "yes", "no").astype(object)
    sex = rng.choice(np.array(["f", "m"], dtype=object), 600)
    return Population.from_table({"job": jobs, "sex": sex, "hired": hired}, label="hired")


@pytest.mark.parametrize("sense", ["contamination", "conditional-tv", "joint-tv"])
@pytest.mark.parametrize(
    "strategy",
    [
        FeatureLabel(SetColumns({"job": "cook"}), "yes"),
        FeatureLabel(SetColumns({"job": "cook"}), "yes", "target"),
        FeatureOnly(SetColumns({"job": "cook"}), "yes"),
        Erase(DropColumn("sex")),
    ],
    ids=lambda strategy: type(strategy).__name__,
)
def test_strategies_take_it_as_one_value_or_as_two_keywords(strategy, sense):
    population = people()
    words = {"epsilon": 0.01, "suboptimality": sense}
    value = {"suboptimality": Suboptimality(0.01, sense)}
    one, two = (strategy.exact(population, **given).success(SHARES) for given in (words, value))
    assert np.array_equal(one, two)
    assert (one <= strategy.exact(population).success(SHARES)).all()
    if isinstance(strategy, Erase) and sense == "joint-tv":
        for given in (words, value):
            with pytest.raises(ParameterError, match="no bound under joint-tv"):
                strategy.bound(population, **given)
        return
    one, two = (strategy.bound(population, **given) for given in (words, value))
    assert one == two
    assert (one.bound.epsilon, one.bound.suboptimality) == (0.01, sense)


@dataclass(frozen=True)
class Own(FeatureLabel):
    """A strategy of somebody's own, which was written for a number and a string."""

    def bound(self, records, *, confidence=0.95, epsilon=0.0, suboptimality="contamination"):
        xi = uniqueness(100, 1000, confidence)
        bound = FeatureLabelBound(xi.limit, 1.0, epsilon, suboptimality)
        return EstimatedBound(bound, (xi,), confidence)


def test_strategies_that_know_number_and_string_alone_go_on_working():
    strategy = Own(SetColumns({"job": "cook"}), "yes")
    assert theories(strategy, people()).bound.bound.epsilon == 0
    said = theories(strategy, people(), suboptimality=Suboptimality(0.1, "joint-tv"))
    assert (said.bound.bound.epsilon, said.bound.bound.suboptimality) == (0.1, "joint-tv")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Suboptimality(0.1, "tv"), "unknown suboptimality 'tv'"),
        (lambda: Suboptimality(0.5), "less than 0.5 under contamination"),
        (lambda: Suboptimality(1.0, "joint-tv"), "less than 1 under joint-tv"),
        (lambda: Suboptimality(-0.1, "published"), "at least 0"),
        (lambda: Suboptimality.of(0.1, Suboptimality(0.2)), "epsilon is 0.2 already: leave 0.1"),
        (
            lambda: exact_feature_label([[1, 2]], [1], 0, suboptimality=Suboptimality(0, "tv")),
            "unknown suboptimality",
        ),
    ],
)
def test_parameters_without_meaning_are_refused(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


def test_a_word_that_means_nothing_is_refused():
    with pytest.raises(TypeError, match="epsilom"):
        exact_feature_label([[1, 2]], [1], 0, epsilom=0.1)


@pytest.mark.parametrize("sense", SENSES)
def test_only_the_published_formula_is_no_guarantee(sense):
    assert Suboptimality(0.0, sense).guarantees
    assert Suboptimality(0.1, sense).guarantees == (sense != "published")
    bound = FeatureLabelBound(0.01, 1.0, 0.1, sense)
    assert bound.holds == (sense != "published")


def test_stores_keep_bounds_as_they_always_did():
    bound = FeatureLabelBound(0.1, 0.5, 0.02, "joint-tv")
    kept = {"uniqueness": 0.1, "gap": 0.5, "epsilon": 0.02, "suboptimality": "joint-tv"}
    assert list(asdict(bound).items()) == [*kept.items(), ("opposing", None)]
    assert FeatureLabelBound(**kept) == bound  # of a store that knows no u


@pytest.mark.parametrize(
    ("bound", "theorem", "shown"),
    [
        (
            FeatureLabelBound(0.1),
            "Theorem 1",
            "FeatureLabelBound(uniqueness=0.1, gap=1.0, epsilon=0.0, "
            "suboptimality='contamination', opposing=None)",
        ),
        (
            FeatureOnlyBound(0.1, 0.2),
            "Theorem 3",
            "FeatureOnlyBound(uniqueness=0.1, positivity=0.2, outside=0.0, epsilon=0.0, "
            "suboptimality='contamination', opposing=None)",
        ),
        (
            ErasureBound(0.1),
            "Theorem 5",
            "ErasureBound(sensitivity=0.1, epsilon=0.0, suboptimality='contamination')",
        ),
        (
            GradientNeutralizingBound(0.1, 0.2, 0.3, 0.4),
            "Theorem 7",
            "GradientNeutralizingBound(gradient=0.1, neutralizing=0.2, convexity=0.3, way=0.4)",
        ),
        (
            UtilityBound(0.1, 0.2, 0.3, 0.4),
            "Proposition 9",
            "UtilityBound(smoothness=0.1, gain=0.2, slope=0.3, pull=0.4)",
        ),
        (
            GradientControlBound((0.0,), (1.0,), 0.1, 5),
            "Theorem 10",
            "GradientControlBound(alphas=(0.0,), pulls=(1.0,), learning_rate=0.1, steps=5, "
            "xi=None, way=1.0)",
        ),
        (
            RegressionBound(0.1, 2.0, 1.0),
            "The bound for squared loss",
            "RegressionBound(uniqueness=0.1, distance=2.0, tolerance=1.0, epsilon=0.0)",
        ),
    ],
)
def test_every_bound_names_its_theorem_and_shows_its_numbers(bound, theorem, shown):
    assert bound.theorem == theorem
    assert repr(bound) == shown
