"""Contracts notice a part that does not keep its promises."""

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from criticalmass import (
    CriticalMass,
    FeatureLabel,
    GradientControl,
    Grid,
    InsertToken,
    LinearText,
    Study,
    checks,
    contracts,
)
from criticalmass.contracts import (
    check_curve,
    check_engine,
    check_goal,
    check_learner,
    check_measure,
    check_placement,
    check_signal,
    check_strategy,
    check_utility,
)
from criticalmass.measures import CountMeasure, RealMeasure
from criticalmass.risks import Risk
from criticalmass.strategies import Ignore
from criticalmass.studies.running.engines import Here
from support.steered_people import people


@dataclass(frozen=True)
class InPlace:
    def apply(self, features, *, population, rng):
        features[:] = "changed"
        return features


@dataclass(frozen=True)
class Forgetful:
    def apply(self, features, *, population, rng):
        return features[1:]


@dataclass(frozen=True)
class Restless:
    def apply(self, features, *, population, rng):
        return features + str(np.random.default_rng().random())


@dataclass
class Thawed:
    token: str = "x"

    def apply(self, features, *, population, rng):
        return features


@pytest.mark.parametrize(
    ("signal", "promise"),
    [
        (InPlace(), "must not change what it is given"),
        (Forgetful(), "as many records"),
        (Restless(), "randomness from rng"),
        (Thawed(), "frozen dataclass"),
    ],
)
def test_broken_signals_are_noticed(signal, promise, texts):
    with pytest.raises(AssertionError, match=promise):
        check_signal(signal, texts)


@dataclass(frozen=True)
class Meddling:
    """A strategy that changes others' records."""

    signal: InsertToken
    target_label: str

    def candidates(self, population):
        return np.arange(len(population))

    def edit(self, population, members, rng):
        everyone = np.arange(len(population))
        return FeatureLabel(self.signal, self.target_label).edit(population, everyone, rng)


def test_broken_strategies_are_noticed(texts):
    with pytest.raises(AssertionError, match="name the members it was made for"):
        check_strategy(Meddling(InsertToken("~"), "Writer"), texts)


@dataclass(frozen=True)
class Growing:
    """A learner that leaves something behind in the prepared data."""

    def prepare(self, population):
        prepared = LinearText().prepare(population)
        object.__setattr__(prepared, "calls", [])
        return prepared

    def fit(self, prepared, edit, seed):
        prepared.calls.append(1)
        model = LinearText().fit(prepared, edit, seed)
        object.__setattr__(model, "intercepts", model.intercepts + len(prepared.calls))
        return model


def test_broken_learners_are_noticed(texts):
    strategy = FeatureLabel(InsertToken("~"), "Writer")
    edit = strategy.edit(texts, np.arange(10), np.random.default_rng(0))
    with pytest.raises(AssertionError, match="pure function"):
        check_learner(Growing(), texts, edit)


@dataclass(frozen=True)
class Shaky:
    """A learner whose scores differ a little from fit to fit, as a GPU's do."""

    by: float = 1e-6

    def prepare(self, population):
        return LinearText().prepare(population)

    def fit(self, prepared, edit, seed):
        model = LinearText().fit(prepared, edit, seed)
        noise = self.by * np.random.default_rng().random(len(model.intercepts))
        object.__setattr__(model, "intercepts", model.intercepts + noise)
        return model


@dataclass(frozen=True)
class Declared(Shaky):
    """It says so."""

    repeatable: ClassVar[bool] = False


def test_a_learner_that_is_not_the_same_to_the_last_bit_can_say_so(texts):
    edit = FeatureLabel(InsertToken("~"), "Writer").edit(
        texts, np.arange(10), np.random.default_rng(0)
    )
    with pytest.raises(AssertionError, match=r"to the last bit; .* declare repeatable = False"):
        check_learner(Shaky(), texts, edit)
    with pytest.raises(AssertionError, match=r"function of its arguments(\n|$)"):
        check_learner(Shaky(by=3.0), texts, edit)
    check_learner(Declared(), texts, edit)
    with pytest.raises(AssertionError, match=r"pure function of its arguments, to 0\.01 in its"):
        check_learner(Declared(by=3.0), texts, edit)
    with pytest.raises(AssertionError, match=r"to 1e-09 in its scores"):
        check_learner(Declared(), texts, edit, tolerance=1e-9)


@dataclass(frozen=True)
class Hasty(LinearText):
    """A learner that trains many runs worse than one."""

    def fit_many(self, prepared, edits, seeds):
        models = super().fit_many(prepared, edits, seeds)
        if len(edits) > 1:
            object.__setattr__(models[0], "intercepts", models[0].intercepts + 1e-9)
        return models


def test_a_learner_that_trains_many_runs_in_another_way_is_noticed(texts):
    edit = FeatureLabel(InsertToken("~"), "Writer").edit(
        texts, np.arange(10), np.random.default_rng(0)
    )
    with pytest.raises(AssertionError, match="fit_many must give what fit gives"):
        check_learner(Hasty(), texts, edit)


@dataclass(frozen=True)
class Boastful:
    def success(self, alpha):
        return np.asarray(alpha) * 2

    def critical_mass(self, target):
        return CriticalMass(target, target / 2, 0, 1)


def test_broken_curves_are_noticed():
    with pytest.raises(AssertionError, match="success is a rate"):
        check_curve(Boastful())


@dataclass(frozen=True)
class Stuttering:
    """A placement that places a point twice."""

    def shares(self, search):
        return (0.1,)

    def next_block(self, search, tried):
        return [(0.1, 0)] if len(tried) < 2 else []


@dataclass(frozen=True)
class Endless:
    """A placement that never has enough."""

    def shares(self, search):
        return (0.1,)

    def next_block(self, search, tried):
        return [(0.1, len(tried))]


@dataclass(frozen=True)
class Everybody(Stuttering):
    """A placement of more than everybody."""

    def next_block(self, search, tried):
        return [] if tried else [(1.1, 0)]


@pytest.mark.parametrize(
    ("placement", "promise"),
    [
        (Stuttering(), "no point may be placed twice"),
        (Endless(), "must end"),
        (Everybody(), "shares lie in"),
    ],
    ids=["stuttering", "endless", "everybody"],
)
def test_broken_placements_are_noticed(placement, promise):
    with pytest.raises(AssertionError, match=promise):
        check_placement(placement)


@dataclass(frozen=True)
class Steep:
    """A utility whose gradient is another's."""

    convex: bool = True

    def value(self, theta):
        return float(theta @ theta)

    def gradient(self, theta):
        return theta


@dataclass(frozen=True)
class Hilly:
    """A utility that says that it is convex."""

    convex: bool = True

    def value(self, theta):
        return float(-theta @ theta)

    def gradient(self, theta):
        return -2 * theta


@pytest.mark.parametrize(
    ("utility", "promise"),
    [(Steep(), "gradient must be that of the utility"), (Hilly(), "must be convex")],
    ids=["steep", "hilly"],
)
def test_broken_utilities_are_noticed(utility, promise):
    with pytest.raises(AssertionError, match=promise):
        check_utility(utility, np.array([1.0, -2.0]))
    check_utility(Hilly(convex=False), np.array([1.0, -2.0]))


@dataclass(frozen=True)
class Unlisted:
    """It has all of a measure's names but not its class."""

    name: str = "unlisted"


@dataclass(frozen=True)
class Wandering:
    """A goal that aims elsewhere each time."""

    measure: ClassVar[str] = "distance"

    def aim(self, risk, design, population):
        aim = Ignore("x0").aim(risk, design, population)
        return replace(aim, target=aim.target + np.random.default_rng().random())


@dataclass(frozen=True)
class Confused(Wandering):
    """A goal that names another measure than its aim."""

    measure: ClassVar[str] = "utility"


@pytest.mark.parametrize(
    ("goal", "promise"),
    [(Wandering(), "the same θ\\* each time"), (Confused(), "measured as its goal says")],
    ids=["wandering", "confused"],
)
def test_broken_goals_are_noticed(goal, promise):
    with pytest.raises(AssertionError, match=promise):
        check_goal(goal, Risk(l2=0.05), people(0))


@dataclass(frozen=True)
class Wandering(RealMeasure):
    """A measure that gives another number each time."""

    target: float = 0.5
    given: ClassVar[list] = []

    def judge(self, evaluation):
        self.given.append(0)
        return float(len(self.given))


@dataclass(frozen=True)
class ByPlace(CountMeasure):
    """A measure that knows the records by their place."""

    def judge(self, evaluation):
        return np.arange(len(evaluation.marked)) < evaluation.marked[:, 0]


@dataclass(frozen=True)
class Writing(CountMeasure):
    """A measure that changes what it is given."""

    def judge(self, evaluation):
        evaluation.marked[0, 0] = 9.0
        return evaluation.marked[:, 0] > 0


@pytest.mark.parametrize(
    ("measure", "promise"),
    [
        (Wandering(), "judge must give the same each time"),
        (ByPlace(), "judge must not depend on the order of the test records"),
        (Writing(), "judge must not change the scores"),
        (Unlisted(), "a measure must be a CountMeasure or a RealMeasure"),
    ],
)
def test_broken_measures_are_noticed(measure, promise):
    with pytest.raises(AssertionError, match=promise):
        check_measure(measure)


class Forgetting:
    """An engine that loses the first row of those it is given."""

    @contextmanager
    def open(self, study):
        with Here().open(study) as run:
            yield lambda trials: iter(list(run(trials))[1:])


class Doubling:
    """An engine that gives every row twice."""

    @contextmanager
    def open(self, study):
        with Here().open(study) as run:
            yield lambda trials: iter([row for row in run(trials) for _ in range(2)])


class Embellishing:
    """An engine that changes what trials give."""

    @contextmanager
    def open(self, study):
        with Here().open(study) as run:
            yield lambda trials: (replace(row, accuracy=1.0) for row in run(trials))


@pytest.mark.parametrize(
    ("engine", "promise"),
    [
        (Forgetting(), "must run the trials it is given"),
        (Doubling(), "no row may be given twice"),
        (Embellishing(), "rows must be those of trials that are run here"),
    ],
    ids=["forgetting", "doubling", "embellishing"],
)
def test_broken_engines_are_noticed(engine, promise, texts):
    train, test = texts.split(test=40, seed=0)
    mark = {"mark": FeatureLabel(InsertToken("~"), "Writer")}
    with pytest.raises(AssertionError, match=promise):
        check_engine(engine, Study(train, test, LinearText(), mark, Grid((0.2, 0.4), 1)))


@dataclass(frozen=True, eq=False)
class Deaf(GradientControl):
    """A strategy that answers the firm at random."""

    def respond(self, population, members, *, learning_rate):
        return lambda step, theta: np.random.default_rng().random(theta.shape)


def test_broken_answers_are_noticed():
    with pytest.raises(AssertionError, match="depend on the step and θ alone"):
        check_strategy(Deaf(Ignore("x0"), Risk(l2=0.05)), people(0))


def test_the_older_name_of_the_contracts_goes_on():
    assert set(checks.__all__) == set(contracts.__all__)
    assert checks.check_curve is check_curve
