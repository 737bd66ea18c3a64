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
    Population,
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


@dataclass(frozen=True)
class Idle:
    """It has none of the methods of any part."""


@dataclass(frozen=True)
class Failing:
    """A signal that knows some words only."""

    def apply(self, features, *, population, rng):
        return np.array([{"cook": "chef"}[text] for text in features], dtype=object)


@pytest.mark.parametrize(
    ("signal", "promise"),
    [
        (InPlace(), "must not change what it is given"),
        (Forgetful(), "as many records"),
        (Restless(), "randomness from rng"),
        (Thawed(), "frozen dataclass"),
        (Idle(), "must have apply"),
        (Failing(), "apply must mark any records of the population; it raised KeyError: '"),
        (Failing, "must be a part, as in Part\\(\\), and not its class"),
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


@dataclass(frozen=True)
class Words:
    """A bag of words whose words are those that are fitted, as one writes it first."""

    def prepare(self, population):
        return Bag(population, self.words_of(population.features))

    def words_of(self, texts):
        return sorted({word for text in texts for word in text.split()})

    def fit(self, prepared, edit, seed):
        people = edit.apply(prepared.population)
        bag = Bag(people, self.words_of(people.features))
        return Counted(bag.encode(people.features).T @ people.labels.astype(float))


@dataclass(frozen=True, eq=False)
class Bag:
    population: Population
    words: list

    def encode(self, features):
        return np.array([[word in text.split() for word in self.words] for text in features], float)


@dataclass(frozen=True, eq=False)
class Counted:
    weights: np.ndarray

    def scores(self, batch):
        return batch @ self.weights


@dataclass(frozen=True)
class Settled(Words):
    """Its words are those of the population, as it should be; children break one promise each."""

    def fit(self, prepared, edit, seed):
        people = edit.apply(prepared.population)
        return Counted(prepared.encode(people.features).T @ people.labels.astype(float))


@dataclass(frozen=True)
class Scribbling(Settled):
    def fit(self, prepared, edit, seed):
        prepared.population.features[0] = "i was here"
        return super().fit(prepared, edit, seed)


@dataclass(frozen=True)
class Relabelling(Settled):
    def fit(self, prepared, edit, seed):
        model = super().fit(prepared, edit, seed)
        edit.labels[:] = ~edit.labels
        return model


@dataclass(frozen=True)
class Silent(Settled):
    def fit(self, prepared, edit, seed):
        return Idle()


@dataclass(frozen=True)
class Unready(Settled):
    def prepare(self, population):
        return Idle()


@dataclass(frozen=True)
class Relative(Settled):
    def fit(self, prepared, edit, seed):
        return Centred(super().fit(prepared, edit, seed).weights)


class Centred(Counted):
    """A model that looks at how a record differs from those that it is scored with."""

    def scores(self, batch):
        return (batch - batch.mean(axis=0)) @ self.weights


@pytest.mark.parametrize(
    ("learner", "promise"),
    [
        (Idle(), "a learner must have prepare and fit"),
        (Words(), "must score what encode returned, whatever words an edit .* raised ValueError"),
        (Scribbling(), "whatever the members changed, and change nothing that it is given; it rai"),
        (Relabelling(), "whatever the members changed, and change nothing that it is given"),
        (Silent(), "a model must score .* AttributeError"),
        (Unready(), "prepare must return something with the population and encode"),
        (Relative(), "must not depend on which other records are scored with it"),
    ],
    ids=lambda part: type(part).__name__,
)
def test_each_promise_of_a_learner_is_named(learner, promise, texts):
    edit = FeatureLabel(InsertToken("~"), "Writer").edit(
        texts, np.arange(0, 120, 5), np.random.default_rng(0)
    )
    with pytest.raises(AssertionError, match=promise) as raised:
        check_learner(learner, texts, edit)
    assert (raised.value.__cause__ is not None) == ("raised" in str(raised.value))


def test_a_learner_that_keeps_its_promises_passes(texts):
    edit = FeatureLabel(InsertToken("~"), "Writer").edit(
        texts, np.arange(0, 120, 5), np.random.default_rng(0)
    )
    check_learner(Settled(), texts, edit)


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


@dataclass(frozen=True)
class Mistyped(Writing):
    """No strategy has what it needs."""

    needs = "targets"


@dataclass(frozen=True)
class Short(CountMeasure):
    """A measure that forgets a record."""

    def judge(self, evaluation):
        return evaluation.marked[1:, 0] > 0


@pytest.mark.parametrize(
    ("measure", "promise"),
    [
        (Mistyped(), "unknown need 'targets'; did you mean 'target'"),
        (Short(), r"judge must judge every test record.* shape \(39,\), and there are 40 test rec"),
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


@pytest.mark.parametrize(
    ("check", "promise"),
    [
        (lambda texts: check_strategy(Idle(), texts), "must have candidates"),
        (lambda texts: check_curve(Idle()), "a curve must have success"),
        (lambda texts: check_placement(Idle()), "must have shares and next_block"),
        (lambda texts: check_goal(Idle(), Risk(), people(0)), "must have measure and aim"),
        (lambda texts: check_utility(Idle(), np.zeros(2)), "must have value, gradient and convex"),
        (lambda texts: check_measure(Idle()), "must be a CountMeasure or a RealMeasure"),
    ],
    ids=["strategy", "curve", "placement", "goal", "utility", "measure"],
)
def test_a_part_without_the_methods_of_its_kind_is_noticed(check, promise, texts):
    with pytest.raises(AssertionError, match=promise):
        check(texts)


def test_the_older_name_of_the_contracts_goes_on():
    assert set(checks.__all__) == set(contracts.__all__)
    assert checks.check_curve is check_curve
