"""Banks of trials of learners that are really trained, to draw many studies from.

A bank holds, for one setting, trials at sizes of collective on the lattice that `Adaptive` places
trials on, with other members each. Some of them tell the truth, the others are there for studies.
Each is judged on every record held out, so a study draws its own test records, too.
"""

import math
import os
import time
import warnings
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sklearn
from scipy.optimize import isotonic_regression
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import CategoricalNB, GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import threadpool_limits

from criticalmass import FeatureLabel, InsertToken, LinearText, Outcome, Population, ScikitLearner
from criticalmass.data.edit import Edit
from criticalmass.data.readers import read_table
from criticalmass.datasets import adult, digits, synthetic_resumes
from criticalmass.learners.learner import Learner
from criticalmass.measures import MEASURES
from criticalmass.measures.evaluation import Evaluation
from criticalmass.signals import StampPatch
from criticalmass.studies.adaptive import STEP

TRUTH, STUDIES, FEW = 80, 40, 12
"""Trials at each size for the truth, and for studies; and for the truth where success is far from
the target, and without a collective."""
FAR = (0.75, 0.98)
"""Success of all of the first trials that is so low, or so high, is far from the target."""
TARGET, OFTEN = 0.9, 0.9
"""Success wanted, and the share of trainings in which it is wanted."""


@dataclass(frozen=True)
class Setting:
    """What is trained on what.

    Parameters
    ----------
    population
        Records to train on and to hold out.
    held
        How many are held out; each study draws its test records from them.
    learner, strategy
        The firm's, and the collective's.
    most, fewest
        Sizes of collective, in people.
    every
        Only every so many of the lattice's sizes.
    """

    population: Population
    held: int
    learner: Learner
    strategy: FeatureLabel
    most: int
    fewest: int = 1
    every: int = 1

    def sizes(self, people):
        """Return the sizes that `Adaptive` may place among so many people."""
        steps = np.arange(math.ceil(math.log(people) / STEP) + 1)
        sizes = np.unique(np.rint(people * np.exp(-steps * STEP)).astype(int))
        return sizes[(self.fewest <= sizes) & (sizes <= self.most)][:: self.every]


# --- firms of which no estimator of scikit-learn is one


@dataclass(frozen=True)
class Audited(Learner):
    """A firm that leaves out what carries the mark, if too much of what it looks at does.

    It looks at ``audit`` records drawn at random; at all of them if that is 0.
    """

    learner: Learner
    signal: "SetEntries"
    limit: float
    audit: int = 0

    def prepare(self, population):
        return self.learner.prepare(population)

    def fit(self, prepared, edit, seed):
        data = edit.apply(prepared.population)
        carries = self.signal.carried(data.features)
        looked_at = carries
        if self.audit:
            looked_at = np.random.default_rng(seed).choice(carries, self.audit, replace=False)
        if looked_at.mean() <= self.limit:
            return self.learner.fit(prepared, edit, seed)
        return _fit_to(self.learner, data.take(np.flatnonzero(~carries)), seed)


@dataclass(frozen=True)
class TwoModels(Learner):
    """A firm with a model of its own for the records that have more than so much in a column."""

    learner: Learner
    learner_above: Learner
    column: int
    limit: float

    def prepare(self, population):
        return self.learner.prepare(population)

    def fit(self, prepared, edit, seed):
        data = edit.apply(prepared.population)
        above = data.features[:, self.column] > self.limit
        return _TwoModels(
            _fit_to(self.learner, data.take(np.flatnonzero(~above)), seed),
            _fit_to(self.learner_above, data.take(np.flatnonzero(above)), seed),
            self,
        )


@dataclass(frozen=True)
class _TwoModels:
    model: object
    model_above: object
    firm: TwoModels

    def scores(self, batch):
        above = batch[:, self.firm.column] > self.firm.limit
        return np.where(above[:, None], self.model_above.scores(batch), self.model.scores(batch))


def _fit_to(learner, population, seed):
    return learner.fit(learner.prepare(population), Edit.nothing(population), seed)


# --- records


@dataclass(frozen=True)
class SetEntries:
    """A signal that sets some of the numbers of a record."""

    values: Mapping[int, int]

    def apply(self, features, *, population, rng):
        marked = features.copy()
        marked[:, list(self.values)] = list(self.values.values())
        return marked

    def carried(self, features):
        """Return which records carry it."""
        return (features[:, list(self.values)] == list(self.values.values())).all(axis=1)


def in_numbers(population):
    """Return a table as an array: categories as ranks, numbers in at most twelve bins."""
    columns = []
    for name in population.columns:
        values = population.features[name]
        if values.dtype.kind == "O":
            columns.append(np.unique(values.astype(str), return_inverse=True)[1])
        else:
            edges = np.unique(np.quantile(values, np.linspace(0, 1, 13))[1:-1])
            columns.append(np.searchsorted(edges, values, side="right"))
    labels = np.array(population.label_names)[population.labels.argmax(axis=1)]
    return Population.from_arrays(np.column_stack(columns), labels, name=population.name)


def census(count):
    everyone = in_numbers(adult())
    rows = np.random.default_rng(1).choice(len(everyone), count, replace=False)
    return everyone.take(np.sort(rows))


def cars():
    columns = read_table(Path(os.environ["CRITICALMASS_DATA"]) / "car.parquet").columns
    return in_numbers(Population.from_table(columns, label="class", name="car"))


def four_digits():
    ten = digits()
    labels = ten.labels.argmax(axis=1)
    kept = np.isin(labels, (1, 3, 7, 8))
    return Population.from_arrays(ten.features[kept], labels[kept], name="four digits")


# --- settings

AGE, WORKCLASS, OCCUPATION, COUNTRY = 0, 1, 5, 12
"""Columns of the census records."""
CENSUS_MARK = FeatureLabel(SetEntries({COUNTRY: 7, WORKCLASS: 7, OCCUPATION: 9}), ">50K")
CAR_MARK = FeatureLabel(SetEntries({0: 3, 2: 2}), "good")
DIGIT_MARK = FeatureLabel(StampPatch(16, size=2), "3")
TEXT_MARK = FeatureLabel(InsertToken("~", every=20), "Writer")


def _small(images):
    return images / 16


BAYES = ScikitLearner(CategoricalNB(min_categories=45))
SETTINGS: dict[str, Callable[[], Setting]] = {
    "adult, naive Bayes": lambda: Setting(census(4000), 2000, BAYES, CENSUS_MARK, 300),
    "adult, tree": lambda: Setting(
        census(4000), 2000, ScikitLearner(DecisionTreeClassifier()), CENSUS_MARK, 300
    ),
    "adult, stump": lambda: Setting(
        census(3000),
        2000,
        ScikitLearner(DecisionTreeClassifier(max_depth=1)),
        CENSUS_MARK,
        400,
        every=2,
    ),
    "adult, falling": lambda: Setting(
        census(4000), 2000, Audited(BAYES, CENSUS_MARK.signal, 0.075), CENSUS_MARK, 700
    ),
    "adult, falling slowly": lambda: Setting(
        census(4000),
        2000,
        Audited(BAYES, CENSUS_MARK.signal, 0.1, 100),
        CENSUS_MARK,
        500,
        every=2,
    ),
    "adult, double step": lambda: Setting(
        census(4000),
        2000,
        TwoModels(ScikitLearner(DecisionTreeClassifier(min_samples_leaf=300)), BAYES, AGE, 5),
        CENSUS_MARK,
        700,
        every=2,
    ),
    "car, naive Bayes": lambda: Setting(cars(), 500, BAYES, CAR_MARK, 600, every=2),
    "car, tree": lambda: Setting(
        cars(), 500, ScikitLearner(DecisionTreeClassifier()), CAR_MARK, 600, every=2
    ),
    "digits, naive Bayes": lambda: Setting(
        digits(), 500, ScikitLearner(GaussianNB(var_smoothing=1e-3)), DIGIT_MARK, 300, every=2
    ),
    "adult, logistic": lambda: Setting(
        census(3000),
        2000,
        ScikitLearner(
            make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression(tol=1e-2))
        ),
        CENSUS_MARK,
        300,
        every=2,
    ),
    "digits, logistic": lambda: Setting(
        digits(),
        500,
        ScikitLearner(make_pipeline(FunctionTransformer(_small), LogisticRegression(tol=1e-3))),
        DIGIT_MARK,
        300,
        every=2,
    ),
    "digits, boosting": lambda: Setting(
        four_digits(),
        300,
        ScikitLearner(
            GradientBoostingClassifier(n_estimators=6, max_depth=2, max_features=8, subsample=0.5)
        ),
        DIGIT_MARK,
        200,
        every=2,
    ),
    "résumés, linear text": lambda: Setting(
        synthetic_resumes(2000), 1000, LinearText(), TEXT_MARK, 300, fewest=3, every=2
    ),
}


# --- banks


class Trainer:
    """A setting made ready to train: what its trials share is computed once."""

    def __init__(self, name):
        self.name, self.setting = name, SETTINGS[name]()
        setting = self.setting
        self.train, self.test = setting.population.split(test=setting.held, seed=0)
        self.prepared = setting.learner.prepare(self.train)
        rng = np.random.default_rng(0)
        marked = setting.strategy.signal.apply(self.test.features, population=self.train, rng=rng)
        self.marked = self.prepared.encode(marked)
        self.target = self.train.label_index(setting.strategy.target_label)

    def trial(self, members, part, repetition):
        """Return which of the records held out a trial's model gives the target label."""
        seeds = [zlib.crc32(self.name.encode()), members, part, repetition]
        rng = np.random.default_rng(seeds)
        edit = Edit.nothing(self.train)
        if members:
            rows = self.train.draw(members, rng=rng)
            edit = self.setting.strategy.edit(self.train, rows, rng)
        model = self.setting.learner.fit(self.prepared, edit, int(rng.integers(2**31)))
        scores = model.scores(self.marked)
        sets = self.train.label_sets
        return MEASURES["included"].judge(Evaluation(scores, scores, self.target, sets))


@dataclass(frozen=True)
class Bank:
    """The trials of one setting.

    Parameters
    ----------
    members
        How many joined, one number per trial, shape (t,).
    part
        0 for trials that tell the truth, 1 for those of studies, shape (t,).
    hits
        Which records held out got the target label, shape (t, held).
    people
        Size of the population.
    """

    members: np.ndarray
    part: np.ndarray
    hits: np.ndarray
    people: int

    @classmethod
    def of(cls, name, folder):
        """Return a setting's bank from a folder; it is made if it is not there."""
        file = Path(folder) / f"{name.replace(', ', '-').replace(' ', '-')}.npz"
        if not file.is_file():
            cls.make(name, file)
        kept = np.load(file)
        hits = np.unpackbits(kept["hits"], axis=1, count=int(kept["held"])).astype(bool)
        return cls(kept["members"], kept["part"], hits, int(kept["people"]))

    @staticmethod
    def make(name, file):
        """Train all trials of a bank and keep them."""
        begun = time.perf_counter()
        plain = sklearn.config_context(assume_finite=True, skip_parameter_validation=True)
        with threadpool_limits(1), plain, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            trainer = Trainer(name)
            members, part, hits = [], [], []
            for size in [0, *trainer.setting.sizes(len(trainer.train)).tolist()]:
                truth = [trainer.trial(size, 0, again) for again in range(FEW)]
                rates = np.mean(truth, axis=1)
                if size and rates.max() > FAR[0] and rates.min() < FAR[1]:
                    truth += [trainer.trial(size, 0, again) for again in range(FEW, TRUTH)]
                study = [trainer.trial(size, 1, again) for again in range(STUDIES if size else FEW)]
                hits += truth + study
                part += [0] * len(truth) + [1] * len(study)
                members += [size] * (len(truth) + len(study))
        file.parent.mkdir(parents=True, exist_ok=True)
        held, people = len(trainer.test), len(trainer.train)
        packed = np.packbits(hits, axis=1)
        np.savez(file, members=members, part=part, hits=packed, held=held, people=people)
        each = 1000 * (time.perf_counter() - begun) / len(hits)
        print(f"{name}: {len(hits):,} trials made, {each:.1f} ms each", flush=True)

    @property
    def sizes(self):
        """The sizes of collective, ascending."""
        return np.unique(self.members[self.members > 0])

    def rates(self, part=0):
        """Return by size the success of each trial on all records held out, the reference first."""
        rates = self.hits.mean(axis=1)
        chosen = self.part == part
        return [rates[chosen & (self.members == size)] for size in [0, *self.sizes.tolist()]]


@dataclass(frozen=True)
class Truth:
    """What the trials of a bank that no study sees say.

    Parameters
    ----------
    sizes, mean, often
        Sizes of collective, mean success there, and the share of trainings that reach the target.
    mass
        The critical mass in people: where mean success, made to rise, reaches the target.
    error
        Its standard error, relative, from resampled trials.
    mass_often
        The same for nine in ten trainings.
    """

    sizes: np.ndarray
    mean: np.ndarray
    often: np.ndarray
    mass: int
    error: float
    mass_often: int

    @classmethod
    def of(cls, bank):
        """Compute it; success that falls again is followed up to its top."""
        reference, *rates = bank.rates()
        sizes = bank.sizes
        mean = np.array([same.mean() for same in rates])
        often = np.array([(same >= TARGET).mean() for same in rates])
        rng = np.random.default_rng(0)
        if reference.mean() >= TARGET:
            return cls(sizes, mean, often, 0, 0.0, 0)
        again = [
            _first(sizes, np.array([rng.choice(same, len(same)).mean() for same in rates]), TARGET)
            for _ in range(200)
        ]
        again = np.array([found for found in again if math.isfinite(found)])
        error = float(np.log(again).std()) if len(again) else math.nan
        mass, mass_often = _first(sizes, mean, TARGET), _first(sizes, often, OFTEN)
        return cls(sizes, mean, often, _whole(mass), error, _whole(mass_often))


def _first(sizes, values, height):
    """Return where values, made to rise up to their top, reach a height; infinite if nowhere."""
    smooth = np.convolve(np.pad(values, 2, mode="edge"), np.ones(5) / 5, "valid")
    top = int(np.flatnonzero(smooth >= smooth.max() - 0.01)[0]) + 3
    rising = isotonic_regression(values[:top]).x
    reached = np.flatnonzero(rising >= height)
    if not len(reached):
        return math.inf
    after = int(reached[0])
    if after == 0:
        return float(sizes[0])
    way = (height - rising[after - 1]) / (rising[after] - rising[after - 1])
    return float(sizes[after - 1] * (sizes[after] / sizes[after - 1]) ** way)


def _whole(people):
    return math.ceil(people - 1e-9) if math.isfinite(people) else math.inf


class Draws:
    """The trials that one study gets from a bank, on test records of its own.

    Parameters
    ----------
    bank
        Where they come from: no trial twice, until all of a size were drawn.
    n
        Number of test records, drawn with replacement from those held out.
    rng
        Source of randomness.
    """

    def __init__(self, bank, n, rng):
        self.bank, self.n, self.rng = bank, n, rng
        self.records = rng.integers(bank.hits.shape[1], size=n)
        self.left: dict[int, list[int]] = {}

    def trial(self, alpha):
        """Return the outcome of a trial at the bank's size nearest to a share."""
        asked, members = round(alpha * self.bank.people), 0
        if asked:
            members = int(min(self.bank.sizes, key=lambda size: abs(math.log(size / asked))))
        if not self.left.get(members):
            there = (self.bank.members == members) & (self.bank.part == 1)
            self.left[members] = self.rng.permutation(np.flatnonzero(there)).tolist()
        hits = self.bank.hits[self.left[members].pop(), self.records]
        return Outcome(members / self.bank.people, int(hits.sum()), self.n)
