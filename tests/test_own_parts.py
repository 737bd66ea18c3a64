"""Parts of one's own: that inherit, that do not, and that are wrong."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pytest

from criticalmass import Edit, Grid, LinearText, RiskMinimizer, Study, run
from criticalmass.datasets import synthetic_resumes
from criticalmass.errors import ParameterError, StudyError
from criticalmass.pages.report import render
from criticalmass.signals import InsertToken, Signal
from criticalmass.strategies import Marking, Responding, Steering, strategy_of
from criticalmass.strategies.steering.goals import Ignore
from criticalmass.studies.facts import facts_of
from criticalmass.theory import FeatureLabelBound


@dataclass(frozen=True)
class ShortOnes:
    """Marks, and inherits from nothing."""

    signal: Signal
    target_label: str = "Writer"

    def candidates(self, population):
        return np.arange(len(population))

    def edit(self, population, members, rng):
        marked = self.signal.apply(population.features[members], population=population, rng=rng)
        return Edit.of(population, members, marked, population.labels[members])


@dataclass(frozen=True)
class Flips(Steering):
    """Steers, and inherits; its measures are a class variable."""

    target_label: None = None
    measures: ClassVar[tuple[str, ...]] = ("distance",)

    def candidates(self, population):
        return np.arange(len(population))

    def aim(self, population):
        raise NotImplementedError

    def edit(self, population, members, rng):
        return Edit.of(
            population, members, population.features[members], ~population.labels[members]
        )


@dataclass(frozen=True)
class Pushes:
    """Responds with a plain function, and inherits from nothing."""

    target_label: None = None
    measures: tuple[str, ...] = ("distance",)

    def candidates(self, population):
        return np.arange(len(population))

    def aim(self, population):
        raise NotImplementedError

    def respond(self, population, members, *, learning_rate):
        return lambda step, theta: theta


@dataclass(frozen=True)
class Places:
    """A placement that gives the same blocks whatever came."""

    block: Any = ((0.1, 0),)

    def shares(self, search):
        return (0.1,)

    def next_block(self, search, tried):
        return list(self.block)


@dataclass(frozen=True)
class Old:
    """A placement as it was before it was a pure function."""

    def shares(self, search):
        return (0.1,)

    def blocks(self, search):
        yield [(0.1, 0)]


@dataclass(frozen=True)
class Narrow:
    """A learner whose model knows too few labels."""

    inner: LinearText = field(default_factory=LinearText)

    def prepare(self, population):
        return self.inner.prepare(population)

    def fit(self, prepared, edit, seed):
        class Model:
            def scores(self, batch):
                return np.zeros((60, 3))

        return Model()


def small(**changes):
    train, test = synthetic_resumes(260).split(test=60, seed=0)
    parts = {
        "population": train,
        "test": test,
        "learner": LinearText(),
        "strategies": {"short": ShortOnes(InsertToken("~"))},
        "placement": Grid((0.1,), repetitions=1),
    }
    return Study(**(parts | changes))


def test_a_strategy_of_ones_own_says_no_more_than_is_known(tmp_path):
    study = small()
    page = render(facts_of(study), run(study, tmp_path))
    assert "do what ShortOnes says" in page


def test_kinds_are_found_by_what_a_class_has():
    assert isinstance(strategy_of(ShortOnes(InsertToken("~"))), Marking)
    assert isinstance(strategy_of(Pushes()), Responding)
    flips = strategy_of(Flips())
    assert isinstance(flips, Steering)
    assert flips.judged_by(label_sets=False) == ("distance",)
    assert not flips.has_theory
    with pytest.raises(StudyError, match="it needs signal and edit"):
        strategy_of(Grid((0.1,)))


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (((0.1, 0),), r"Places placed \(0.1, 0\) twice"),
        (((0.1, 0), (0.1, 0)), r"Places placed \(0.1, 0\) twice"),
        ((0.1,), "Places placed 0.1; a point is a share and a repetition"),
        (((1.5, 0),), "Places placed a share of 1.5"),
    ],
    ids=["again", "in one block", "a number", "no share"],
)
def test_a_placement_that_goes_wrong_is_told(block, message, tmp_path):
    with pytest.raises(StudyError, match=message):
        run(small(placement=Places(block)), tmp_path)


def test_a_placement_of_the_older_kind_is_refused_with_what_it_needs():
    with pytest.raises(ParameterError, match=r"it has shares\(search\) and next_block"):
        small(placement=Old())


def test_scores_of_a_wrong_shape_are_told(tmp_path):
    with pytest.raises(StudyError, match=r"shape \(60, 3\); one row per test record"):
        run(small(learner=Narrow()), tmp_path)


def test_a_study_goes_on_making_its_facts():
    study = small()
    with pytest.warns(DeprecationWarning, match=r"Study.facts\(\) is now criticalmass.studies.fac"):
        old = study.facts()
    assert old.to_json() == facts_of(study).to_json()


def test_a_strategy_that_steers_faces_the_firm():
    from criticalmass import GradientNeutralizing

    strategy = GradientNeutralizing(Ignore("x0"))
    learner = RiskMinimizer(l2=0.5)
    assert strategy.facing(learner.objective).risk == learner.risk
    assert ShortOnes(InsertToken("~")) == ShortOnes(InsertToken("~"))
    assert FeatureLabelBound(0.1).theorem == "Theorem 1"
