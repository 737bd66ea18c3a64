"""Every public part keeps the contract of its kind; one without an example here fails a test."""

import importlib
import inspect
import pkgutil
import typing
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Protocol

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline

from criticalmass import (
    Adaptive,
    DropColumn,
    Edit,
    EmbeddedText,
    Erase,
    FeatureLabel,
    FeatureOnly,
    FittedCurve,
    GradientControl,
    GradientNeutralizing,
    Grid,
    InsertToken,
    LinearText,
    Outcome,
    RiskMinimizer,
    ScikitLearner,
    SetColumns,
    StampPatch,
    Study,
    Transformer,
)
from criticalmass.contracts import (
    check_curve,
    check_engine,
    check_goal,
    check_learner,
    check_placement,
    check_signal,
    check_strategy,
    check_utility,
)
from criticalmass.curves import PathCurve, SuccessCurve
from criticalmass.datasets import synthetic_resumes
from criticalmass.fitting import RepeatedCurve, SigmoidCurve
from criticalmass.incentives import PartlyActing
from criticalmass.learners import BayesOptimal, GradientDescent, Learner
from criticalmass.learners.kinds import CLASSES, learners
from criticalmass.measures import MEASURES, Measure
from criticalmass.risks import Risk
from criticalmass.signals import Coarsen, MoveToSubgroup, RedactWords, Signal
from criticalmass.signals.kinds import SIGNALS as SIGNAL_KINDS
from criticalmass.strategies import (
    Allowed,
    FeatureNumber,
    Gain,
    Goal,
    Ignore,
    Imperfect,
    Linear,
    Raise,
    Reach,
    Strategy,
    Targeted,
    Unplant,
    Utility,
)
from criticalmass.strategies.kinds import GOALS as GOAL_KINDS
from criticalmass.strategies.kinds import STRATEGIES as STRATEGY_KINDS
from criticalmass.studies.placement import Placement, Search
from criticalmass.studies.running.engines import Dask, Engine, Here, Pool, Slurm, Through
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
    PeopleCurve,
    PlantedNumberBound,
    RegressionBound,
    UnplantBound,
    UtilityBound,
    whole_people_feature_label,
)
from support.dask_clusters import cluster
from support.small_transformers import small
from support.steered_people import people

TARGETS = {"texts": "Writer", "table": "yes", "images": "light"}
RISK = Risk(l2=0.05)

SIGNALS = [
    *(("texts", InsertToken("~", 5, where)) for where in ("spaced", "start", "end", "random")),
    ("texts", RedactWords(("client", "years"))),
    ("table", SetColumns({"job": "cook"})),
    ("table", SetColumns({"age": 30})),
    ("table", MoveToSubgroup({"job": "nurse"})),
    ("table", DropColumn("job")),
    ("table", Coarsen("age", edges=(30, 50))),
    ("images", StampPatch(3.0)),
]

STRATEGIES = [
    *(
        (records, strategy(signal, TARGETS[records], recruit))
        for records, signal in SIGNALS
        for strategy in (FeatureLabel, FeatureOnly)
        for recruit in ("everyone", "target")
    ),
    *(
        ("rated", FeatureNumber(signal, 5, tolerance=0.5, moved_by=1))
        for records, signal in SIGNALS
        if records == "table"
    ),
    *(("table", Erase(DropColumn("job"), knowledge)) for knowledge in ("pooled", "known")),
    *((records, Unplant(signal, TARGETS[records])) for records, signal in SIGNALS),
    ("table", Unplant(SetColumns({"job": "cook"}), "yes", label="no")),
    ("table", Unplant(SetColumns({"job": "cook"}), "yes", knowledge="known")),
    ("table", Imperfect(Unplant(SetColumns({"job": "cook"}), "yes"), 0.2, 0.1)),
    *(("table", Targeted(signal, "yes")) for records, signal in SIGNALS if records == "table"),
    ("texts", Imperfect(FeatureLabel(InsertToken("~"), "Writer"), 0.3, 0.3)),
    ("table", Imperfect(Erase(DropColumn("job")), 0.2)),
    ("numbers", GradientNeutralizing(Ignore("x0"), RISK)),
    ("numbers", GradientNeutralizing(Reach({"x0": 0.3}), RISK, Allowed("bounded"))),
    ("numbers", GradientControl(Ignore("x0"), RISK)),
    ("numbers", GradientControl(Ignore("x0"), RISK, supply="records", short="nearest")),
]

LEARNERS = [
    ("texts", LinearText, lambda folder: LinearText()),
    (
        "texts",
        ScikitLearner,
        lambda folder: ScikitLearner(make_pipeline(TfidfVectorizer(), LogisticRegression())),
    ),
    ("table", ScikitLearner, lambda folder: ScikitLearner(LogisticRegression(max_iter=1000))),
    ("images", ScikitLearner, lambda folder: ScikitLearner(LogisticRegression(max_iter=1000))),
    ("rated", ScikitLearner, lambda folder: ScikitLearner(Ridge())),
    ("rated", BayesOptimal, lambda folder: BayesOptimal()),
    ("rated", RiskMinimizer, lambda folder: RiskMinimizer("squared")),
    ("table", BayesOptimal, lambda folder: BayesOptimal()),
    ("texts", BayesOptimal, lambda folder: BayesOptimal()),
    ("table", RiskMinimizer, lambda folder: RiskMinimizer(l2=0.05)),
    ("numbers", RiskMinimizer, lambda folder: RiskMinimizer(l2=0.05)),
    ("numbers", GradientDescent, lambda folder: GradientDescent(RISK, 0.5, 20)),
    ("images", GradientDescent, lambda folder: GradientDescent(RISK, 0.5, 5, start="fresh")),
    ("texts", EmbeddedText, lambda folder: EmbeddedText(str(small(folder)), max_length=12)),
    (
        "texts",
        Transformer,
        lambda folder: Transformer(str(small(folder)), epochs=1, max_length=12, frozen_layers=2),
    ),
]

SHARES = (0.01, 0.02, 0.05, 0.1, 0.2)
NOTHING = FeatureOnlyBound(uniqueness=0.001, positivity=0.0)
ESTIMATE = Estimate("uniqueness", 0.1, 0.2, "records that carry the signal already")
CURVES = [
    (FeatureLabelBound, lambda: FeatureLabelBound(0.01)),
    (FeatureLabelBound, lambda: FeatureLabelBound(0.01, epsilon=0.2, suboptimality="joint-tv")),
    (FeatureLabelBesideBound, lambda: FeatureLabelBesideBound(0.01, 0.7, others=0.2, rivals=0.05)),
    (FeatureOnlyBound, lambda: FeatureOnlyBound(uniqueness=0.001, positivity=0.1)),
    (ErasureBound, lambda: ErasureBound(0.01)),
    (ErasureBound, lambda: ErasureBound(0.01, epsilon=0.2, suboptimality="published")),
    (RegressionBound, lambda: RegressionBound(0.01, distance=20, tolerance=2)),
    (PlantedNumberBound, lambda: PlantedNumberBound(0.1, tolerance=0.5)),
    (UnplantBound, lambda: UnplantBound(0.01, 0.05, epsilon=0.1)),
    (PeopleCurve, lambda: whole_people_feature_label([[1, 3], [0, 0]], [60, 40], 0)),
    (
        DrawnPeople,
        lambda: DrawnPeople.of(whole_people_feature_label([[1, 3], [0, 0]], [60, 40], 0), 0.9),
    ),
    (GradientNeutralizingBound, lambda: GradientNeutralizingBound(0.01, 0.5, 0.02, 0.0)),
    (UtilityBound, lambda: UtilityBound(0.25, 0.1, 1.0, 0.475)),
    (
        GradientControlBound,
        lambda: GradientControlBound((0.05, 0.2, 1.4), (0.0, 0.1, 0.3), 0.5, 30, way=2.0),
    ),
    (EstimatedBound, lambda: EstimatedBound(NOTHING, (ESTIMATE,), confidence=0.95)),
    (
        EstimatedBound,
        lambda: EstimatedBound(FeatureLabelBound(0.01), (ESTIMATE,), confidence=0.95, share=0.5),
    ),
    (ExactCurve, lambda: ExactCurve(np.array([0.1]), np.array([0.5]), np.array([1.0]), 1)),
    (
        ExactRegression,
        lambda: ExactRegression(np.array([9.0]), np.array([30.0]), np.array([100.0]), 10.0, 2.0),
    ),
    (JointCurve, lambda: JointCurve((np.zeros(1), np.array([50.0])), np.array([100.0]), 100, 0.3)),
    (PathCurve, lambda: PathCurve(np.array([0.0, 0.5]), np.array([0.0, 0.4]))),
    (PathCurve, lambda: PathCurve(np.array([0.0]), np.array([1.0]))),
    (SigmoidCurve, lambda: SigmoidCurve(midpoint=-5.0, slope=2.0, offset=0.1)),
    (
        FittedCurve,
        lambda: FittedCurve.fit(
            [Outcome(a, round(1000 * a / (a + 0.03)), 1000) for a in SHARES for _ in range(3)]
        ),
    ),
    (
        RepeatedCurve,
        lambda: RepeatedCurve.fit([Outcome(a, a, 1) for a in SHARES for _ in range(3)]),
    ),
    (PartlyActing, lambda: PartlyActing(FeatureLabelBound(0.01), inactive=0.1)),
]

PLACEMENTS = [
    Grid((0.02, 0.1), repetitions=2),
    Grid.logarithmic(low=0.001, high=0.5, points=4),
    Adaptive(most=24),
    Adaptive(low=0.01, high=0.2, most=16),
]

UTILITIES = [Linear((1.0, -0.5, 0.0, 2.0))]
GOALS = [
    Reach({"x0": 0.3}),
    Reach((0.1, 0.2, 0.3, 0.4), norm=1.0),
    Ignore("x1"),
    Raise(0.05, label="label 1"),
    Raise(0.05, scale="predictor"),
    *(Gain(utility, 0.1) for utility in UTILITIES),
]


def through_threads(stack, folder):
    return Through(stack.enter_context(ThreadPoolExecutor(2)))


def dask(stack, folder):
    pytest.importorskip("distributed")
    return Dask(stack.enter_context(cluster(folder, workers=1))[0])


def slurm(stack, folder):
    pytest.importorskip("submitit")
    return Slurm(pack=2, folder=folder / "jobs", cluster="local")


ENGINES = [
    (Here, lambda stack, folder: Here()),
    (Pool, lambda stack, folder: Pool(2)),
    (Through, through_threads),
    (Dask, dask),
    (Slurm, slurm),
]


def named(example):
    """Return a name of an example that is the same in every process."""
    return example if isinstance(example, str) else type(example).__name__


def made(examples):
    """Return names of examples that are made when they are needed."""
    return ["-".join([*records, kind.__name__]) for *records, kind, _ in examples]


@pytest.fixture
def records(request, texts, table, images):
    """Return the population of one kind."""
    ratings = np.linspace(1, 5, len(table))[:, None]
    rated = replace(
        table, labels=ratings, label_names=("number",), label_sets=False, numbers=(1, 5)
    )
    known = {"texts": texts, "table": table, "images": images, "numbers": people(0), "rated": rated}
    return known[request.param]


@pytest.mark.parametrize(("records", "signal"), SIGNALS, indirect=["records"], ids=named)
def test_signals_keep_their_contract(records, signal):
    check_signal(signal, records)


@pytest.mark.parametrize(("records", "strategy"), STRATEGIES, indirect=["records"], ids=named)
def test_strategies_keep_their_contract(records, strategy):
    check_strategy(strategy, records)


@pytest.mark.parametrize(
    ("records", "kind", "make"), LEARNERS, indirect=["records"], ids=made(LEARNERS)
)
def test_learners_keep_their_contract(records, kind, make, tmp_path):
    if kind is Transformer:
        pytest.importorskip("transformers")
    members = np.arange(0, len(records), 9)
    others = np.roll(members, 1)  # whose records they report
    edit = Edit.of(records, members, records.features[others], records.labels[others])
    learner = make(tmp_path)
    assert type(learner) is kind
    check_learner(learner, records, edit)


@pytest.mark.parametrize(("kind", "make"), CURVES, ids=made(CURVES))
def test_curves_keep_their_contract(kind, make):
    curve = make()
    assert type(curve) is kind
    check_curve(curve)


@pytest.mark.parametrize("guess", [None, 0.02, 0.9])
@pytest.mark.parametrize("measure", ["included", "distance"])
@pytest.mark.parametrize("placement", PLACEMENTS, ids=named)
def test_placements_keep_their_contract(placement, measure, guess):
    check_placement(placement, Search(1000, 800, measure, 0.9, guess=guess))


@pytest.mark.parametrize("utility", UTILITIES, ids=named)
def test_utilities_keep_their_contract(utility):
    check_utility(utility, np.array([0.3, -0.2, 0.1, 0.5]))


@pytest.mark.parametrize("goal", GOALS, ids=named)
def test_goals_keep_their_contract(goal):
    check_goal(goal, RISK, people(0))


@pytest.mark.parametrize(("kind", "make"), ENGINES, ids=made(ENGINES))
def test_engines_keep_their_contract(kind, make, tmp_path):
    train, test = synthetic_resumes(80).split(test=20, seed=0)
    mark = {"mark": FeatureLabel(InsertToken("~"), "Writer")}
    study = Study(train, test, LinearText(), mark, Grid((0.1, 0.2, 0.3), repetitions=1))
    with ExitStack() as stack:
        engine = make(stack, tmp_path)
        assert type(engine) is kind
        check_engine(engine, study)


KINDS = {
    "signal": (Signal, ["signals"], {type(signal) for _, signal in SIGNALS}),
    "strategy": (Strategy, ["strategies"], {type(strategy) for _, strategy in STRATEGIES}),
    "learner": (Learner, ["learners"], {kind for _, kind, _ in LEARNERS}),
    "curve": (
        SuccessCurve,
        ["curves", "theory", "fitting", "incentives"],
        {kind for kind, _ in CURVES},
    ),
    "placement": (Placement, ["studies"], {type(placement) for placement in PLACEMENTS}),
    "goal": (Goal, ["strategies"], {type(goal) for goal in GOALS}),
    "utility": (Utility, ["strategies"], {type(utility) for utility in UTILITIES}),
    "engine": (Engine, ["studies.running.engines"], {kind for kind, _ in ENGINES}),
}


def is_protocol(part):
    return Protocol in part.__bases__


def public_parts(kind, rooms):
    """Return the classes of one kind that rooms export, those that are made abstract aside."""
    methods = {
        name for name, value in vars(kind).items() if inspect.isfunction(value) and name[0] != "_"
    }
    for room in rooms:
        module = importlib.import_module(f"criticalmass.{room}")
        for name in module.__all__:
            part = getattr(module, name)
            if not isinstance(part, type) or inspect.isabstract(part) or is_protocol(part):
                continue
            if is_protocol(kind):
                if all(callable(getattr(part, method, None)) for method in methods):
                    yield part
            elif issubclass(part, kind):
                yield part


@pytest.mark.parametrize("kind", KINDS)
def test_every_public_part_has_an_example(kind):
    protocol, rooms, examples = KINDS[kind]
    public = set(public_parts(protocol, rooms))
    if kind == "goal":  # a strategy that steers aims, too
        public -= set(public_parts(Strategy, rooms))
    assert public, f"no {kind} is public"
    assert {part.__name__ for part in public} - {part.__name__ for part in examples} == set()


@pytest.mark.parametrize(
    ("kind", "table", "others"),
    [
        ("signal", SIGNAL_KINDS, set()),
        ("strategy", STRATEGY_KINDS, {Imperfect}),  # keys of any strategy make one
        ("goal", GOAL_KINDS, {Gain}),  # of a utility that is written in Python
    ],
)
def test_a_study_file_can_name_every_public_part(kind, table, others):
    protocol, rooms, _ = KINDS[kind]
    public = set(public_parts(protocol, rooms))
    if kind == "goal":
        public -= set(public_parts(Strategy, rooms))
    assert set(table.values()) == public - others


def test_a_study_file_can_name_every_public_learner_and_results_find_its_class():
    public = set(public_parts(Learner, ["learners"]))
    made = {
        maker if isinstance(maker, type) else typing.get_type_hints(maker)["return"]
        for maker in learners().values()
    }
    assert made == public
    assert set(CLASSES) == public


def test_a_study_file_can_name_every_measure_of_the_package():
    room = importlib.import_module("criticalmass.measures")
    for module in pkgutil.iter_modules(room.__path__):
        importlib.import_module(f"criticalmass.measures.{module.name}")

    def below(kind):
        return {kind}.union(*map(below, kind.__subclasses__()))

    ours = {each for each in below(Measure) if each.__module__.startswith(f"{room.__name__}.")}
    assert {each for each in ours if not inspect.isabstract(each)} == set(
        map(type, MEASURES.values())
    )
