"""Parts of one's own: that inherit, that do not, and that are wrong."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pytest

from criticalmass import (
    CriticalMass,
    Edit,
    FeatureLabel,
    GradientDescent,
    GradientNeutralizing,
    Grid,
    LinearText,
    RiskMinimizer,
    Store,
    Study,
    run,
    write_report,
)
from criticalmass.curves import SuccessCurve
from criticalmass.datasets import synthetic_resumes
from criticalmass.errors import ParameterError, StudyError
from criticalmass.learners import Learner, StepwiseLearner, learner_of
from criticalmass.pages.report import render
from criticalmass.risks import Risk
from criticalmass.signals import InsertToken, Signal
from criticalmass.strategies import Marking, Responding, Steering, Strategy, strategy_of
from criticalmass.strategies.steering.goals import Ignore
from criticalmass.studies import Bench, trial
from criticalmass.studies.facts import facts_of
from criticalmass.theory import EstimatedBound


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
    as_list: bool = True

    def shares(self, search):
        return (0.1,)

    def next_block(self, search, tried):
        return list(self.block) if self.as_list else self.block


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
    says = "do as ShortOnes(target_label=&#39;Writer&#39;) says, which may change their texts and"
    assert f"Members {says} their labels (its signal: put “~” after every 20 words" in page


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


def test_a_placement_that_returns_nothing_is_told():
    with pytest.raises(StudyError, match="Places placed None; next_block returns a list of points"):
        small(placement=Places(None, as_list=False)).trials()


def test_a_point_twice_in_one_block_is_told_before_anything_runs():
    study = small(placement=Places(((0.1, 0), (0.1, 0))))
    with pytest.raises(StudyError, match="twice; a point is tried once"):
        study.next_trials("short", [])


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
    strategy = GradientNeutralizing(Ignore("x0"))
    learner = RiskMinimizer(l2=0.5)
    assert strategy.facing(learner.objective).risk == learner.risk


@dataclass(frozen=True)
class Both(ShortOnes):
    """Marks and steers, which is two kinds."""

    measures: ClassVar[tuple[str, ...]] = ("included", "distance")

    def aim(self, population):
        raise NotImplementedError


@dataclass(frozen=True)
class TopOnly(FeatureLabel):
    """A marking strategy of ours that is judged by another measure."""

    measures: ClassVar[tuple[str, ...]] = ("top1",)


@dataclass(frozen=True)
class Direct(Strategy):
    """Inherits from the class of all strategies, as it did when that was a protocol."""

    signal: Signal
    target_label: str = "Writer"
    candidates = ShortOnes.candidates
    edit = ShortOnes.edit


@dataclass(frozen=True)
class Wrapped:
    """Shows its steps, and inherits from nothing."""

    inner: GradientDescent

    @property
    def model(self):
        return self.inner.model

    @property
    def learning_rate(self):
        return self.inner.learning_rate

    @property
    def steps(self):
        return self.inner.steps

    @property
    def clients(self):
        return self.inner.clients

    def prepare(self, population):
        return self.inner.prepare(population)

    def fit(self, prepared, edit, seed):
        return self.inner.fit(prepared, edit, seed)

    def descend(self, prepared, members, supply, seed):
        return self.inner.descend(prepared, members, supply, seed)


@dataclass(frozen=True)
class Sized(Learner):
    """Has abilities as fields: one without a default, one before another field."""

    max_length: int
    objective: object
    name: str

    def prepare(self, population):
        raise NotImplementedError

    def fit(self, prepared, edit, seed):
        raise NotImplementedError


@dataclass(frozen=True)
class Flat(SuccessCurve):
    """A guarantee of somebody's own."""

    rate: float = 0.5

    def success(self, alpha):
        return np.full(np.shape(alpha), self.rate)

    def critical_mass(self, target):
        return CriticalMass.unreached(target, "it is flat", low=0.0)


@dataclass(frozen=True)
class WithTheory(ShortOnes):
    def bound(self, records, **options):
        return EstimatedBound(Flat(), (), 0.95)

    def exact(self, records, **options):
        return Flat()


def test_a_strategy_of_two_kinds_is_refused():
    with pytest.raises(StudyError, match="Both has a signal and an aim"):
        small(strategies={"both": Both(InsertToken("~"))})


def test_a_subclass_is_judged_by_its_measures():
    study = small(strategies={"top": TopOnly(InsertToken("~"), "Writer")})
    assert study.measures == ("top1",)


def test_a_strategy_may_inherit_from_the_class_of_all():
    direct = strategy_of(Direct(InsertToken("~")))
    assert isinstance(direct, Marking)
    assert direct.judged_by(label_sets=True) == ("included", "top1")


def test_a_learner_that_shows_its_steps_need_not_inherit():
    inner = GradientDescent(Risk("logistic"), learning_rate=0.1, steps=5, clients=40)
    learner = learner_of(Wrapped(inner))
    assert isinstance(learner, StepwiseLearner)
    assert (learner.clients, learner.sampled, learner.aggregation) == (40, None, "mean")
    assert (learner.fewest_records, learner.objective) == (40, inner.model)


def test_abilities_may_be_fields():
    learner = Sized(12, None, "x")
    assert (learner.max_length, learner.at_once, learner.repeatable) == (12, 1, True)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'max_length'"):
        Sized(objective=None, name="x")


def test_a_bound_of_ones_own_is_kept_as_a_reason(tmp_path):
    study = small(strategies={"own": WithTheory(InsertToken("~"))})
    run(study, tmp_path)
    with Store.open(tmp_path) as store:
        theory = store.facts().strategies["own"].theory
    assert theory.bound is None
    assert theory.refused["bound"] == "Flat is no theorem of this package"
    assert theory.exact is None
    assert "exact" in theory.refused
    assert write_report(tmp_path).read_text(encoding="utf-8")


def test_a_bench_goes_on_under_its_old_name():
    with pytest.warns(DeprecationWarning, match=r"studies.trial.Bench is now criticalmass.studies"):
        assert trial.__getattr__("Bench") is Bench


def test_a_strategy_that_steers_and_names_no_measures_is_refused():
    class Silent(Flips):
        measures = None

    with pytest.raises(StudyError, match="Silent steers parameters: it needs measures"):
        small(strategies={"silent": Silent()})
