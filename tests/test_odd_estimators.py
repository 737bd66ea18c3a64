"""Estimators whose scores and predictions part ways, and estimators inside others."""

import pickle
import warnings

import numpy as np
import pytest
from scipy.stats import loguniform
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    BaggingClassifier,
    ExtraTreesClassifier,
    IsolationForest,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.linear_model import (
    LogisticRegression,
    Perceptron,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.metrics import f1_score, make_scorer
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    KFold,
    RandomizedSearchCV,
    ShuffleSplit,
    StratifiedKFold,
    TunedThresholdClassifierCV,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier, OutputCodeClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid, RadiusNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler
from sklearn.svm import SVC, LinearSVC, NuSVC
from sklearn.tree import DecisionTreeClassifier

from criticalmass import (
    BayesOptimal,
    Edit,
    FeatureLabel,
    Grid,
    InsertToken,
    Population,
    ScikitLearner,
    SetColumns,
    Study,
    run,
)
from criticalmass.errors import DataError
from criticalmass.measures import MEASURES
from criticalmass.measures.evaluation import Evaluation, predicted
from criticalmass.measures.quality import quality
from criticalmass.studies.identity.describe import describe

rng = np.random.default_rng(1)
SHELF = rng.integers(0, 3, 60)
COUNTS = np.column_stack([rng.poisson(1 + 2 * (j == SHELF)).clip(max=4) for j in range(2)]) * 1.0
HELD = np.column_stack([SHELF > 0, COUNTS[:, 0] > 1, np.zeros(60, dtype=bool)])
TWO = Population.from_arrays(COUNTS, np.array(["no", "yes"])[(SHELF > 0).astype(int)])
THREE = Population.from_arrays(COUNTS, np.array(["a", "b", "c"])[SHELF])
FOUR = Population.from_arrays(COUNTS, np.array(["a", "b", "c", "d"])[SHELF + (COUNTS[:, 1] > 2)])
SETS = Population(COUNTS, HELD, ("a", "b", "nobody"), label_sets=True)
TAG = Population(COUNTS, HELD[:, :1], ("a",), label_sets=True)
WORDS = np.array(["cook bake oven", "nurse ward care", "type desk phone"], dtype=object)
TEXTS = Population.from_texts([f"{WORDS[s]} no {k}" for k, s in enumerate(SHELF)], WORDS[SHELF])
TAGGED = Population(TEXTS.features, HELD, ("a", "b", "nobody"), label_sets=True)
COLUMNS = {"size": COUNTS[:, 0], "job": WORDS[(SHELF + (COUNTS[:, 1] > 3)) % 3]}
TABLE = Population.from_table({**COLUMNS, "y": WORDS[SHELF]}, label="y")
ROWS = Population(TABLE.features, HELD, ("a", "b", "nobody"), label_sets=True)


class Sign(ClassifierMixin, BaseEstimator):
    """A classifier without scores: it asks if the first number is above the mean."""

    def fit(self, X, y):
        self.middle_ = np.asarray(X, dtype=float)[:, 0].mean()
        self.least_, self.most_ = min(y), max(y)
        return self

    def predict(self, X):
        above = np.asarray(X, dtype=float)[:, 0] > self.middle_
        return np.where(above, self.most_, self.least_)


class Plain(BaseEstimator):
    """A classifier that does not say that it is one."""

    def fit(self, X, y):
        self.inside_ = LogisticRegression().fit(X, y)
        return self

    def predict(self, X):
        return self.inside_.predict(X)


class Backwards(Plain, ClassifierMixin):
    """A classifier whose columns of scores stand in another order."""

    def predict_proba(self, X):
        self.classes_ = self.inside_.classes_[::-1]
        return self.inside_.predict_proba(X)[:, ::-1]


class Scored(ClassifierMixin, BaseEstimator):
    """A classifier that gives one score for everything, and predicts the last label."""

    def __init__(self, score=0.0):
        self.score = score

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[-1])

    def predict_proba(self, X):
        return np.full((len(X), len(self.classes_)), self.score)


class Bakes(ClassifierMixin, BaseEstimator):
    """A classifier that reads texts by itself."""

    def fit(self, X, y):
        self.usual_ = np.bincount(y).argmax()
        return self

    def predict(self, X):
        return np.array([self.usual_ if "bake" in text else 0 for text in X])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        return tags


def trained(estimator, people, seed=3):
    learner = ScikitLearner(estimator)
    prepared = learner.prepare(people)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # in a trial they are told in its row
        return learner.fit(prepared, Edit.nothing(people), seed)


def scored(estimator, people, seed=3):
    scores = trained(estimator, people, seed).scores(people.features)
    assert scores.shape == people.labels.shape
    assert not np.isnan(scores).any()
    assert not (scores == np.inf).any()
    return scores


def said(estimator, people):
    return predicted(scored(estimator, people), label_sets=people.label_sets)


def own(estimator, inputs, labels, seed=3):
    """Return what a clone predicts that was fitted apart."""
    one = clone(estimator)
    states = [name for name in one.get_params() if name.rpartition("__")[2] == "random_state"]
    one.set_params(**dict.fromkeys(states, seed))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return one.fit(inputs, labels).predict(inputs)


ODD = [
    Sign(), Plain(), Backwards(), Scored(), Scored(1e308), Perceptron(), NearestCentroid(),
    SVC(decision_function_shape="ovo"), SVC(break_ties=True), SVC(C=0.01), SVC(kernel="linear"),
    NuSVC(nu=0.3, decision_function_shape="ovo"),
    GridSearchCV(SVC(), {"decision_function_shape": ["ovo"]}, cv=2),
    BaggingClassifier(SVC(decision_function_shape="ovo"), n_estimators=3),
    OneVsOneClassifier(LinearSVC()), OneVsRestClassifier(GaussianNB()),
    OutputCodeClassifier(LogisticRegression()),
    GaussianProcessClassifier(multi_class="one_vs_one"),
    VotingClassifier([("a", LogisticRegression()), ("b", DecisionTreeClassifier())]),
    VotingClassifier([("a", GaussianNB()), ("b", DecisionTreeClassifier())], voting="soft"),
    StackingClassifier([("a", GaussianNB())], cv=3),
    KNeighborsClassifier(2), RadiusNeighborsClassifier(0.5, outlier_label="most_frequent"),
    CalibratedClassifierCV(LinearSVC(), cv=3, ensemble=False),
    DummyClassifier(strategy="uniform"), DummyClassifier(strategy="stratified"),
    DecisionTreeClassifier(max_depth=1), RandomForestClassifier(4, class_weight={0: 1, 1: 9, 2: 1}),
    GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [0.1, 10]}, cv=3),
]  # fmt: skip


@pytest.mark.parametrize("estimator", ODD, ids=lambda e: str(e).partition("(")[0])
@pytest.mark.parametrize("people", [TWO, THREE, FOUR], ids=["two", "three", "four"])
def test_the_predicted_label_is_the_estimators_own(estimator, people):
    if people is not THREE and "class_weight" in str(estimator):
        pytest.skip("its weights are those of three labels")
    before, saw = str(estimator.get_params()), people.labels.argmax(axis=1)
    expected = np.eye(len(people.label_names), dtype=bool)[own(estimator, COUNTS, saw)]
    assert np.array_equal(said(estimator, people), expected)
    assert np.array_equal(scored(estimator, people), scored(estimator, people))
    assert str(estimator.get_params()) == before


@pytest.mark.parametrize("threshold", [0.02, 0.5, 0.98])
def test_a_threshold_counts(threshold):
    for estimator in (
        FixedThresholdClassifier(LogisticRegression(), threshold=threshold),
        FixedThresholdClassifier(LogisticRegression(), threshold=threshold, pos_label=0),
        TunedThresholdClassifierCV(LogisticRegression(), scoring="f1", cv=3, thresholds=9),
    ):
        target = TWO.labels[:, 1].astype(int)
        expected = own(estimator, COUNTS, target) == 1
        scores = scored(estimator, TWO)
        evaluation = Evaluation(scores, scores, target=1, label_sets=False)
        assert np.array_equal(MEASURES["included"].judge(evaluation), expected)
        assert np.array_equal(MEASURES["top1"].judge(evaluation), expected)
        accuracy = quality(scores, TWO.labels, label_sets=False).accuracy
        assert accuracy == (expected == (target == 1)).mean()
        column = HELD[:, 0].astype(int)
        own_of_tag = own(estimator, COUNTS, column) == 1
        assert np.array_equal(said(estimator, TAG)[:, 0], own_of_tag)
        assert np.array_equal(said(estimator, SETS)[:, 0], own_of_tag)


def test_only_scores_that_contradict_the_prediction_are_changed():
    """So rows of earlier studies stay what they are."""
    estimator = KNeighborsClassifier(2)
    saw = THREE.labels.argmax(axis=1)
    fitted = clone(estimator).fit(COUNTS, saw)
    raw, scores = fitted.predict_proba(COUNTS), scored(estimator, THREE)
    tie = np.sort(raw, axis=1)[:, -1] == np.sort(raw, axis=1)[:, -2]
    assert 0 < tie.sum() < 60
    assert np.array_equal(scores[~tie], raw[~tie])
    assert np.allclose(scores, raw, atol=1e-12)
    machine = LinearSVC(random_state=3).fit(COUNTS, saw)
    assert np.array_equal(scored(LinearSVC(), THREE), machine.decision_function(COUNTS))


def test_where_theory_counts_ties_as_lost_they_stay_lost():
    people = Population.from_arrays(np.zeros((4, 1)), ["a", "b", "a", "b"])
    learner = BayesOptimal()
    scores = learner.fit(learner.prepare(people), Edit.nothing(people), 0).scores(people.features)
    assert not predicted(scores, label_sets=False).any()
    assert said(KNeighborsClassifier(4), people)[:, 0].all()  # this one says the first


def test_a_prediction_that_is_no_label_counts_as_none():
    people = Population.from_arrays(np.array([[0.0], [0.1], [5.0], [5.1]]), ["a", "a", "b", "b"])
    model = trained(RadiusNeighborsClassifier(1.0, outlier_label=-1), people)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scores = model.scores(np.array([[0.0], [2.5], [5.0]]))
    assert predicted(scores, label_sets=False).tolist() == [
        [True, False], [False, False], [False, True]]  # fmt: skip


def test_one_label_alone_is_predicted_by_who_can_learn_it():
    alone = Population(COUNTS, np.eye(3, dtype=bool)[np.zeros(60, int)], ("a", "b", "c"), False)
    for estimator in (KNeighborsClassifier(), RidgeClassifier(), GaussianNB(), Sign()):
        scores = scored(estimator, alone)
        assert predicted(scores, label_sets=False)[:, 0].all()
        assert (scores[:, 1:] == -np.inf).all()
    for estimator in (LogisticRegression(), SVC(), GaussianProcessClassifier()):
        with pytest.raises(DataError, match="every record in training has the label “a”"):
            trained(estimator, alone)


ABLE = [LogisticRegression(), RidgeClassifier(), GaussianNB(), RandomForestClassifier(9), Sign(),
        ExtraTreesClassifier(9), DecisionTreeClassifier(), KNeighborsClassifier(1), LinearSVC(),
        MLPClassifier(), OneVsRestClassifier(LogisticRegression()), Plain(),
        OneVsRestClassifier(GaussianNB()), MultiOutputClassifier(GaussianNB()),
        CalibratedClassifierCV(cv=3), StackingClassifier([("a", GaussianNB())], cv=3),
        MultiOutputClassifier(RandomForestClassifier(5)), ClassifierChain(GaussianNB()),
        VotingClassifier([("a", GaussianNB()), ("b", DecisionTreeClassifier())]),
        GridSearchCV(KNeighborsClassifier(), {"n_neighbors": range(1, 4)}, cv=3),
        GridSearchCV(OneVsRestClassifier(SVC()), {"estimator__C": [1, 10]}, cv=3)]  # fmt: skip

# What these say of one label depends on which others there are.
LEARNT_TOGETHER = (MLPClassifier, RandomForestClassifier, ExtraTreesClassifier, ClassifierChain,
                   MultiOutputClassifier, OneVsRestClassifier, GridSearchCV)  # fmt: skip


@pytest.mark.parametrize("estimator", ABLE, ids=lambda e: str(e).partition("\n")[0])
def test_a_label_that_nobody_holds_is_ranked_last(estimator):
    for nobody in (0, 1, 2):  # wherever its column stands
        order = np.roll(np.arange(3), nobody)
        people = Population(COUNTS, HELD[:, order], ("a", "b", "c"), label_sets=True)
        without = np.delete(order, np.flatnonzero(order == 2))
        fewer = Population(COUNTS, HELD[:, without], ("a", "b"), label_sets=True)
        scores = scored(estimator, people)
        assert (scores[:, order == 2] == -np.inf).all()
        if not isinstance(estimator, LEARNT_TOGETHER):
            assert np.array_equal(scores[:, order != 2], scored(estimator, fewer))


@pytest.mark.parametrize("estimator", ABLE, ids=lambda e: str(e).partition("\n")[0])
def test_a_label_that_everybody_holds_is_predicted_for_everybody(estimator):
    for column in (0, 1):
        labels = np.roll(np.column_stack([np.ones(60, dtype=bool), HELD[:, 0]]), column, axis=1)
        people = Population(COUNTS, labels, ("a", "b"), label_sets=True)
        assert said(estimator, people)[:, column].all()


@pytest.mark.parametrize("estimator", ABLE, ids=lambda e: str(e).partition("\n")[0])
def test_one_single_tag_has_the_scores_of_holding_it(estimator):
    matrix = isinstance(estimator, (MultiOutputClassifier, ClassifierChain))
    labels = HELD[:, [0]].astype(int) if matrix else HELD[:, 0].astype(int)
    expected = np.asarray(own(estimator, COUNTS, labels)).reshape(-1) == 1
    assert np.array_equal(scored(estimator, TAG)[:, 0] > 0, expected)
    for labels, expected in ((np.ones((60, 1), bool), True), (np.zeros((60, 1), bool), False)):
        constant = Population(COUNTS, labels, ("a",), label_sets=True)
        assert (said(estimator, constant) == expected).all()


def test_the_rarest_of_many_labels_is_not_ranked_by_a_constant():
    """A classifier of its own for every label leaves out a label that nobody holds."""
    places = np.repeat([[0, 0], [6, 0], [0, 6]], 60, axis=0) + 2.5 * np.random.default_rng(
        0).normal(size=(180, 2))  # fmt: skip
    line = np.column_stack([np.linspace(-2, 4, 200)] * 2)

    def first(names):
        labels = np.array([[name == names[row // 60] for name in names] for row in range(180)])
        people = Population(places, labels, names, label_sets=True)
        scores = trained(LogisticRegression(), people).scores(line)
        return int(MEASURES["top1"].judge(Evaluation(scores, scores, 1, label_sets=True)).sum())

    assert first(("baker", "cook", "nurse")) == first(("baker", "cook", "nurse", "violinist")) > 50


def ready(*steps):
    return make_pipeline(
        make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), ["job"]), remainder=MinMaxScaler()
        ),
        *steps,
    )


def reading(*steps):
    return make_pipeline(TfidfVectorizer(), *steps)


AROUND = [
    lambda inside: GridSearchCV(
        inside(LogisticRegression()), {"logisticregression__C": [0.1, 10]},
        cv=StratifiedKFold(3, shuffle=True), scoring="f1_macro"),
    lambda inside: RandomizedSearchCV(
        inside(SGDClassifier()), {"sgdclassifier__alpha": loguniform(1e-4, 1)}, n_iter=2,
        cv=ShuffleSplit(2), scoring=make_scorer(f1_score, average="macro")),
    lambda inside: CalibratedClassifierCV(inside(LinearSVC()), cv=KFold(3, shuffle=True)),
    lambda inside: VotingClassifier([("a", inside(LinearSVC())), ("b", inside(MultinomialNB()))]),
    lambda inside: StackingClassifier([("a", inside(LinearSVC()))], cv=3),
    lambda inside: OneVsRestClassifier(inside(LinearSVC())),
    lambda inside: inside(OneVsOneClassifier(GridSearchCV(LinearSVC(), {}, cv=2))),
    lambda inside: make_pipeline(inside(), GridSearchCV(SVC(), {"C": [1, 10]}, cv=3)),
    lambda inside: inside(FixedThresholdClassifier(LogisticRegression(), threshold=0.3)),
    lambda inside: FixedThresholdClassifier(inside(LogisticRegression()), threshold=0.3),
]  # fmt: skip


@pytest.mark.parametrize("around", AROUND)
def test_what_stands_around_a_pipeline_takes_texts_and_tables(around):
    for inside, people, sets in ((reading, TEXTS, TAGGED), (ready, TABLE, ROWS)):
        estimator = around(inside)
        if "Threshold" in str(estimator):
            with pytest.raises(DataError, match="decides between two labels"):
                trained(estimator, people)
        else:
            assert (said(estimator, people) == people.labels).mean() > 0.8
        assert (said(estimator, sets) == sets.labels).mean() > 0.6
        assert describe(pickle.loads(pickle.dumps(estimator))) == describe(estimator)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_what_stands_around_a_pipeline_receives_the_dataframe_it_was_given(library):
    frame = pytest.importorskip(library).DataFrame(
        {"size": COUNTS[:, 0], "job": COLUMNS["job"].tolist(), "y": WORDS[SHELF].tolist()}
    )
    people = Population.from_table(frame, label="y")
    search = GridSearchCV(ready(LogisticRegression()), {"logisticregression__C": [1, 10]}, cv=3)
    assert np.array_equal(said(search, people), said(search, TABLE))


def test_texts_reach_every_kind_of_vectoriser():
    for vectoriser in (
        HashingVectorizer(n_features=64, alternate_sign=False),
        make_union(TfidfVectorizer(), CountVectorizer(analyzer="char")),
        make_pipeline(CountVectorizer()),
    ):
        assert said(make_pipeline(vectoriser, MultinomialNB()), TEXTS).sum() == 60
    assert said(Bakes(), TEXTS).any(axis=1).all()
    with pytest.raises(DataError, match="texts need a pipeline that begins with a vectoriser"):
        ScikitLearner(GridSearchCV(LogisticRegression(), {})).prepare(TEXTS)


def test_a_search_on_encoded_numbers_gets_the_encoded_table():
    search = GridSearchCV(
        make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [1]}, cv=2
    )
    assert (said(search, TABLE) == TABLE.labels).mean() > 0.8
    assert (said(BaggingClassifier(LinearSVC()), TABLE) == TABLE.labels).mean() > 0.8


def test_every_random_state_is_set_and_the_users_object_stays():
    trees = RandomForestClassifier(3, random_state=np.random.RandomState(5))
    search = GridSearchCV(
        make_pipeline(StandardScaler(), VotingClassifier([("a", trees), ("b", SGDClassifier())])),
        {"votingclassifier__a": [ExtraTreesClassifier(3), RandomForestClassifier(2)]},
        cv=KFold(2, shuffle=True),
    )
    before = describe(search)
    assert np.array_equal(scored(search, THREE, seed=1), scored(search, THREE, seed=1))
    fitted = trained(search, THREE, seed=7).estimator
    assert fitted.cv.random_state == 7
    assert {one.random_state for one in fitted.param_grid["votingclassifier__a"]} == {7}
    inside = fitted.best_estimator_.get_params()
    assert {v for k, v in inside.items() if k.endswith("random_state")} == {7}
    assert describe(search) == before


@pytest.mark.parametrize(
    ("estimator", "why"),
    [
        (KMeans(), "not KMeans, which is a clusterer"),
        (IsolationForest(), "not IsolationForest, which is an outlier detector"),
        (TfidfVectorizer(), "not TfidfVectorizer, which has no predict"),
        (make_pipeline(TfidfVectorizer()), "not Pipeline, which has no predict"),
        (GridSearchCV(SVC(), {}, refit=False), "not GridSearchCV, which has no predict"),
        (SVC, r"write SVC\(\), not SVC"),
        ("sklearn.svm.SVC", "not str"),
        (None, "not NoneType"),
        (BaggingClassifier("SVC"), "BaggingClassifier holds something that is no estimator: a str"),
        (
            OneVsRestClassifier("SVC"),
            "OneVsRestClassifier holds something that is no estimator: a str",
        ),
        (GaussianNB().fit([[0], [1]], [0, 1]), "this GaussianNB is fitted already"),
        (CalibratedClassifierCV(FrozenEstimator(GaussianNB())), "holds a FrozenEstimator"),
    ],
    ids=str,
)
def test_what_is_no_new_classifier_is_refused_when_the_learner_is_made(estimator, why):
    with pytest.raises(DataError, match=why) as caught:
        ScikitLearner(estimator)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("estimator", "people", "why"),
    [
        (MultinomialNB(), TABLE, "Negative values in data .*OneHotEncoder.*MinMaxScaler"),
        (LogisticRegression(class_weight={"no": 1, "yes": 2}), TWO,
         "labels reach it as the numbers 0 to 1, in the order no, yes"),
        (FixedThresholdClassifier(GaussianNB()), THREE, "decides between two labels"),
        (reading(GaussianNB()), TEXTS, r"dense data is required.*TruncatedSVD"),
        (make_pipeline(StandardScaler(), SVC()), TEXTS, "put a vectoriser before it"),
        (make_pipeline(StandardScaler(), SVC()), TABLE, "make_column_transformer"),
        (BaggingClassifier(reading(SVC())), TEXTS, "make it the last step of the pipeline"),
        (BaggingClassifier(ready(SVC())), TABLE, "make it the last step of the pipeline"),
        (OneVsOneClassifier(ready(SVC())), TABLE, "make it the last step of such a pipeline"),
        (GridSearchCV(SVC(), {"C": [-1]}, cv=2), THREE, "SVC|C' parameter"),
        (CalibratedClassifierCV(GaussianNB(), cv=90), THREE, "choose a smaller cv"),
        (MultiOutputClassifier(LogisticRegression()), SETS, "nobody holds “nobody”"),
        (MultiOutputClassifier(LogisticRegression()), THREE, "predicts sets of labels"),
        (GridSearchCV(KNeighborsClassifier(), {}, cv=StratifiedKFold(2)), SETS, "use cv=KFold"),
    ],
    ids=lambda value: "",
)  # fmt: skip
def test_what_an_estimator_refuses_is_one_line_that_says_what_to_do(estimator, people, why):
    with pytest.raises(DataError, match=why) as caught:
        trained(estimator, people)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600


def test_scores_that_are_not_numbers_are_refused():
    for people in (TWO, SETS, TAG):
        model = trained(Scored(np.nan), people)
        with pytest.raises(DataError, match=r"Scored cannot judge .* not numbers"):
            model.scores(people.features)
    with pytest.raises(DataError, match="no neighbour within the radius; set a larger radius"):
        trained(RadiusNeighborsClassifier(0.1), TWO).scores(COUNTS + 50)


def test_a_study_of_a_search_runs_in_a_pool_and_is_found_again(tmp_path):
    people = Population.from_texts(
        [f"{WORDS[k % 3]} since {k}" for k in range(90)], [str(WORDS[k % 3]) for k in range(90)]
    )
    train, test = people.split(test=30, seed=0)

    def study():
        return Study(
            population=train,
            test=test,
            learner=ScikitLearner(
                GridSearchCV(
                    make_pipeline(TfidfVectorizer(), LogisticRegression()),
                    {"logisticregression__C": [1, 10]},
                    cv=StratifiedKFold(3, shuffle=True),
                    scoring="f1_macro",
                )
            ),
            strategies={"mark": FeatureLabel(InsertToken("~", every=2), target_label=WORDS[0])},
            placement=Grid([0.1, 0.3], repetitions=1),
        )

    here = run(study(), tmp_path / "here")
    pool = run(study(), tmp_path / "pool", jobs=2)
    assert [row.error for row in here] == [""] * 3
    assert [row.without_time() for row in here] == [row.without_time() for row in pool]
    assert run(study(), tmp_path / "here") == here  # nothing is trained again


def test_pairs_of_labels_say_in_a_study_what_labels_say(tmp_path):
    places = np.repeat([[0.5, 0.6], [9.5, 0.5], [0.5, 9.6]], 40, axis=0)
    places += np.random.default_rng(0).uniform(-0.5, 0.5, size=(120, 2))
    people = Population.from_table(
        {"a": places[:, 0], "b": places[:, 1], "y": np.repeat(["cook", "nurse", "baker"], 40)},
        label="y",
    )
    train, test = people.split(test=30, seed=0)

    def rows(shape):
        study = Study(
            population=train,
            test=test,
            learner=ScikitLearner(SVC(decision_function_shape=shape)),
            strategies={"mark": FeatureLabel(SetColumns({"a": 30.0}), target_label="cook")},
            placement=Grid([0.05, 0.3], repetitions=1),
        )
        return [(row.accuracy, row.results) for row in run(study, tmp_path / shape)]

    assert rows("ovo") == rows("ovr")
    assert rows("ovo")[0][0] == 1.0
