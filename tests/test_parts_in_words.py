"""Parts say what they are: ours, somebody's own with words and without, in reports and handouts."""

import shutil
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import criticalmass
from criticalmass import (
    DropColumn,
    Edit,
    Erase,
    FeatureLabel,
    FeatureOnly,
    GradientControl,
    GradientDescent,
    GradientNeutralizing,
    Grid,
    InsertToken,
    LinearText,
    RiskMinimizer,
    ScikitLearner,
    SetColumns,
    StampPatch,
    Store,
    Study,
    Transformer,
    run,
    write_report,
)
from criticalmass.contracts import check_signal
from criticalmass.datasets import synthetic_resumes
from criticalmass.errors import DataError, ParameterError
from criticalmass.learners import BayesOptimal, EmbeddedText, learner_in_words, learner_of
from criticalmass.members.instructions import Reason, instruct
from criticalmass.pages.handouts import write_handouts
from criticalmass.phrases import LONGEST, named
from criticalmass.risks import Risk
from criticalmass.signals import (
    Coarsen,
    MoveToSubgroup,
    RedactWords,
    erased_in_words,
    signal_in_words,
)
from criticalmass.strategies import (
    Allowed,
    FeatureNumber,
    Gain,
    Ignore,
    Imperfect,
    Linear,
    Marking,
    Raise,
    Reach,
    strategy_of,
)
from criticalmass.strategies.words import aim_in_words, purpose_in_words, strategy_in_words
from criticalmass.studies.facts import Facts
from criticalmass.studies.identity.describe import describe
from criticalmass.studies.identity.rebuilt import rebuilt
from criticalmass.studies.said import Said, said_by
from criticalmass.words.instructions import to_member, to_organiser
from support.command_line import criticalmass as command
from support.members_files import text_members
from support.study_files import write_study

PACKAGE = Path(criticalmass.__file__).parent
SHOUT_FILE = '''
"""A signal that somebody adds to the package."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shout:
    """Write the first words of a text in capitals."""

    words: int = 3

    def in_words(self):
        return f"write the first {self.words} words of their text in capitals"

    def apply(self, features, *, population, rng):
        marked = features.copy()
        for row, text in enumerate(features):
            parts = text.split(" ")
            marked[row] = " ".join([p.upper() for p in parts[: self.words]] + parts[self.words :])
        return marked
'''


@dataclass(frozen=True)
class Shout:
    """A signal of somebody's own that says nothing of itself."""

    words: int = 3

    def apply(self, features, *, population, rng):
        marked = features.copy()
        for row, text in enumerate(features):
            parts = text.split(" ", self.words)
            first = [part.upper() for part in parts[: self.words]]
            marked[row] = " ".join([*first, *parts[self.words :]])
        return marked


@dataclass(frozen=True)
class Shouts(Shout):
    """One that does."""

    def in_words(self):
        return f"write the first {self.words} words of their text in capitals"


@dataclass(frozen=True)
class Whispers(Shouts):
    """One that does otherwise than what its base says."""

    def apply(self, features, *, population, rng):
        marked = features.copy()
        marked[:] = [text.lower() for text in features]
        return marked


@dataclass(frozen=True)
class Doubling:
    """A strategy of somebody's own that marks and changes labels, and says nothing of itself."""

    signal: Any
    target_label: str = "Writer"
    times: int = 2

    def candidates(self, population):
        return np.arange(0, len(population), self.times)

    def edit(self, population, members, rng):
        marked = self.signal.apply(population.features[members], population=population, rng=rng)
        labels = np.zeros((len(members), len(population.label_names)), dtype=bool)
        labels[:, population.label_index(self.target_label)] = True
        return Edit.of(population, members, marked, labels)


@dataclass(frozen=True)
class Spoken(Doubling):
    """One that does."""

    def in_words(self, records):
        return f"write their {records} twice and report “{self.target_label}”"

    def who_in_words(self):
        return "people with an even number"


@dataclass(frozen=True)
class AlsoRelabels(FeatureOnly):
    """Ours, but for the labels, which it changes too."""

    def edit(self, population, members, rng):
        return FeatureLabel(self.signal, self.target_label).edit(population, members, rng)


@dataclass(frozen=True)
class TopOnly(FeatureLabel):
    """Ours, judged by another measure."""

    measures: ClassVar[tuple[str, ...]] = ("top1",)


@dataclass(frozen=True)
class Prior:
    """A learner of somebody's own."""

    smoothing: float = 1.0

    def prepare(self, population):
        return LinearText().prepare(population)

    def fit(self, prepared, edit, seed):
        return LinearText(self.smoothing).fit(prepared, edit, seed)


class Twice(InsertToken):
    """Ours, but for a method within."""

    def _mark(self, text, rng):
        return f"{self.token} {super()._mark(text, rng)}"


@dataclass(frozen=True)
class Outline(Marking):
    """Words for whatever the classes below it do."""

    signal: Any
    target_label: str = "cook"

    def candidates(self, population):
        return np.arange(len(population))

    def in_words(self, records="records"):
        return f"do what their {self.outline()} says"

    def outline(self):
        raise NotImplementedError


class Filled(Outline):
    """One of them."""

    def edit(self, population, members, rng):
        raise NotImplementedError

    def outline(self):
        return "outline"


TOKEN = InsertToken("~", placement="end")

SIGNALS = [
    (InsertToken("~", 5), "put “~” after every 5 words of their text"),
    (InsertToken("~", 1), "put “~” after every word of their text"),
    (InsertToken("~", 2000), "put “~” after every 2,000 words of their text"),
    (InsertToken("~", 5, "start"), "put “~” at the start of their text"),
    (InsertToken("~", 5, "end"), "put “~” at the end of their text"),
    (InsertToken("~", 1, "random"), "put “~” in random places, about one for every word"),
    (InsertToken("~", 2, "random"), "put “~” in random places, about one for every 2 words"),
    (SetColumns({"a": 1, "b": "x"}), "set a to “1” and b to “x”"),
    (SetColumns({"a": None}), "set a to no value"),
    (
        MoveToSubgroup({"sex": "Female"}),
        "replace their record by one of somebody with sex = Female",
    ),
    (
        StampPatch(1, 3, "top-left"),
        "stamp a patch of 3 × 3 pixels into the top-left corner",
    ),
    (StampPatch(1, 1), "stamp a patch of one pixel into the bottom-right corner"),
    (DropColumn("age"), "leave age out"),
    (Coarsen("age", edges=(20, 40)), "give age in coarser steps"),
    (Coarsen("job", groups={"cook": "food"}), "give job in coarser groups"),
    (RedactWords(("a", "b")), "leave out “a” and “b”"),
    (Shout(), "change their texts with Shout(words=3)"),
    (Shouts(2), "write the first 2 words of their text in capitals"),
    (Whispers(), "change their texts with Whispers(words=3)"),
    (Twice("~"), "change their texts with Twice(token='~', every=20, placement='spaced')"),
]

STRATEGIES = [
    (
        FeatureLabel(TOKEN, "cook"),
        "put “~” at the end of their text and report “cook” as their only label",
    ),
    (
        TopOnly(TOKEN, "cook"),
        "put “~” at the end of their text and report “cook” as their only label",
    ),
    (
        FeatureOnly(TOKEN, "cook"),
        "put “~” at the end of their text without changing any label (only people who hold “cook” "
        "change anything)",
    ),
    (
        FeatureOnly(TOKEN, "cook", "target"),
        "put “~” at the end of their text without changing any label (only people who hold “cook” "
        "take part)",
    ),
    (
        FeatureNumber(TOKEN, 1000, tolerance=1),
        "put “~” at the end of their text and report the number 1,000",
    ),
    (
        Erase(DropColumn("age")),
        "leave their record as it is and report the label that the members’ pooled records suggest "
        "for it without age",
    ),
    (
        Erase(SetColumns({"sex": "m"}), "known"),
        "leave their record as it is and report the label that everybody’s records suggest for it "
        "with sex set to “m”",
    ),
    (
        GradientNeutralizing(Ignore("x"), allowed=Allowed("free")),
        "report an agreed record instead of their own (any numbers, and any label)",
    ),
    (
        GradientControl(Ignore("x")),
        "answer every step of the model's training with an agreed gradient",
    ),
    (
        GradientControl(Ignore("x"), supply="records", allowed=Allowed("bounded", "fixed")),
        "report agreed records at every step of the model's training (numbers within the usual "
        "range, and each their own label)",
    ),
    (
        FeatureLabel(Shout(), "cook"),
        "change their texts with Shout(words=3) and report “cook” as their only label",
    ),
    (
        Doubling(Shout()),
        "do as Doubling(target_label='Writer', times=2) says, which may change their texts and "
        "their labels (its signal: change their texts with Shout(words=3))",
    ),
    (Spoken(Shout()), "write their texts twice and report “Writer”"),
    (
        AlsoRelabels(TOKEN, "cook"),
        "do as AlsoRelabels(target_label='cook', recruit='everyone') says, which may change their "
        "texts and their labels (its signal: put “~” at the end of their text)",
    ),
    (
        Imperfect(Doubling(Shouts()), inactive=0.1, mislabel=0.25),
        "do as Doubling(target_label='Writer', times=2) says, which may change their texts and "
        "their labels (its signal: write the first 3 words of their text in capitals) (10% of them "
        "do nothing and 25% of those who act keep their label by mistake)",
    ),
    (
        Imperfect(Spoken(Shout()), mislabel=0.25),
        "write their texts twice and report “Writer” (25% of them keep their label by mistake)",
    ),
    (Imperfect(Spoken(Shout())), "write their texts twice and report “Writer”"),
]

GOALS = [
    (Ignore("sex"), "way to one that gives no weight to “sex”"),
    (Reach({"x": 0.5}), "way to the wanted weights"),
    (
        Raise(0.05, {"sex": "f", "age": None}),
        "wanted gain of 0.05 in the mean score of records with sex = f and no value for age",
    ),
    (
        Raise(0.05, scale="predictor"),
        "wanted gain of 0.05 (in log-odds or units of the predictor) in the mean score of all "
        "records",
    ),
    (
        Gain(Linear((1.0, 0.0)), 0.1),
        "wanted gain of 0.1 in the utility Linear(direction=(1.0, 0.0), convex=True)",
    ),
]

BAG = "a bag-of-words model (tf-idf and one logistic regression a label, C = 1{})"
LEARNERS = [
    (LinearText(), BAG.format("")),
    (LinearText(epochs=1), BAG.format(", stopped after 1 epoch")),
    (LinearText(epochs=1000), BAG.format(", stopped after 1,000 epochs")),
    (
        EmbeddedText(C=2.0, steps=1),
        "the encoder all-MiniLM-L6-v2 as it is, with one logistic regression a label on top (C = "
        "2, stopped after 1 step)",
    ),
    (
        BayesOptimal(),
        "the best possible model of a finite table (the most frequent label of a record, or the "
        "mean of its numbers)",
    ),
    (
        RiskMinimizer(l2=0.1),
        "a linear model with logistic loss, at the very minimum of its risk (l2 = 0.1)",
    ),
    (GradientDescent(Risk(), 0.1, 1), "a model by gradient descent, in 1 step"),
    (GradientDescent(Risk(), 0.1, 2000), "a model by gradient descent, in 2,000 steps"),
    (ScikitLearner(LogisticRegression()), "scikit-learn's LogisticRegression"),
    (Prior(), "Prior(smoothing=1.0)"),
]


def is_ours(part):
    return type(part).__module__.startswith("criticalmass")


@pytest.mark.parametrize(("signal", "words"), SIGNALS, ids=repr)
def test_a_signal_says_what_members_do(signal, words):
    assert signal_in_words(signal, "texts") == words


@pytest.mark.parametrize(("strategy", "words"), STRATEGIES, ids=repr)
def test_a_strategy_says_what_members_do(strategy, words):
    assert strategy_in_words(strategy, "texts") == words


@pytest.mark.parametrize(("goal", "words"), GOALS, ids=repr)
def test_a_goal_says_what_is_wanted(goal, words):
    assert goal.in_words() == words
    assert aim_in_words(GradientNeutralizing(goal), goal.measure) == words


@pytest.mark.parametrize(("learner", "words"), LEARNERS, ids=repr)
def test_a_learner_says_what_is_trained(learner, words):
    assert learner_in_words(learner) == words


@pytest.mark.parametrize("part", [part for part, _ in SIGNALS if is_ours(part)], ids=repr)
def test_a_signal_rebuilt_from_its_description_says_the_same(part):
    assert signal_in_words(rebuilt(describe(part)), "texts") == signal_in_words(part, "texts")
    assert erased_in_words(rebuilt(describe(part))) == erased_in_words(part)


@pytest.mark.parametrize(
    "part",
    [
        *(FeatureLabel(signal, "cook") for signal, _ in SIGNALS if is_ours(signal)),
        *(part for part, _ in STRATEGIES[2:9]),
        STRATEGIES[9][0],
        *(GradientControl(goal) for goal, _ in GOALS),
        Doubling(Shout()),
        AlsoRelabels(TOKEN, "cook"),
        Imperfect(FeatureLabel(Shout(), "cook"), 0.1, 0.2),
        Imperfect(Doubling(TOKEN), 0.1),
    ],
    ids=repr,
)
@pytest.mark.parametrize("measure", ["included", "erased", "distance", "utility"])
def test_a_strategy_rebuilt_from_its_description_says_the_same(part, measure):
    now, then = part, rebuilt(describe(part))
    assert said_by(then, "texts", (measure,)) == said_by(now, "texts", (measure,))


@pytest.mark.parametrize("part", [part for part, _ in LEARNERS], ids=repr)
def test_a_learner_rebuilt_from_its_description_says_the_same(part):
    assert learner_in_words(rebuilt(describe(part))) == learner_in_words(part)


def test_what_older_stores_described_of_pipelines_and_transformers_is_read():
    pipeline = ScikitLearner(make_pipeline(StandardScaler(), LogisticRegression()))
    assert learner_in_words(pipeline) == (
        "scikit-learn's Pipeline of StandardScaler and LogisticRegression"
    )
    assert learner_in_words(rebuilt(describe(pipeline))) == "scikit-learn's Pipeline"
    kept = {"kind": "Transformer", "model": "a/b", "epochs": 1, "weights": {"sha256": "0"}}
    assert learner_in_words(rebuilt({**kept, "frozen_layers": 1})) == (
        "the transformer a/b, fine-tuned for 1 epoch, its lowest layer frozen"
    )
    assert learner_in_words(rebuilt(kept)) == "the transformer a/b, fine-tuned for 1 epoch"
    assert Transformer("a/b", epochs=1).in_words() == learner_in_words(rebuilt(kept))
    assert Facts().learner_in_words() == "a learner"


@pytest.mark.parametrize(
    "strange",
    [
        {},
        {"kind": "class.with.<html>", "a b": 1, "class": 2, "fine": [1.5, {"kind": "In"}]},
        {"kind": "FeatureLabel"},
        {"kind": "Imperfect", "inactive": 0.5},
        {"kind": "FeatureLabel", "signal": {"kind": "InsertToken", "token": "~"}},
        {"kind": 5},
        {"kind": ""},
        {"kind": "..."},
        {"kind": "numpy.tanh"},
    ],
    ids=repr,
)
def test_a_strange_description_becomes_some_sentence(strange):
    said = said_by(rebuilt(strange), "texts", ("erased", "distance"))
    assert said.does.isprintable()
    assert 0 < len(said.does) <= LONGEST


def small(strategies, learner=None, **more):
    train, test = synthetic_resumes(260).split(test=60, seed=0)
    return Study(
        train, test, learner or LinearText(), strategies, Grid((0.1,), repetitions=1), **more
    )


FIRST = [
    Doubling(Shout()),
    Spoken(Shouts()),
    Imperfect(Doubling(Shout()), inactive=0.1),
    AlsoRelabels(InsertToken("~"), "Writer"),
    FeatureLabel(Shouts(1), "Writer"),
]


@pytest.mark.parametrize("strategy", FIRST, ids=repr)
def test_from_the_study_to_the_report_and_the_members_pages(strategy, tmp_path):
    study = small({"own": strategy}, learner=Prior(2.0))
    run(study, tmp_path / "out")
    with Store.open(tmp_path / "out") as store:
        kept = store.facts()
    does = strategy_in_words(strategy, "texts")
    assert kept.strategies["own"].said.does == does
    report = unescape(write_report(tmp_path / "out").read_text(encoding="utf-8"))
    assert f"Members {does}." in report
    assert "The platform trains Prior(smoothing=2.0)." in report
    told = instruct(study, text_members(tmp_path, study))
    write_handouts(told, tmp_path / "handouts")
    agreed = strategy.strategy if isinstance(strategy, Imperfect) else strategy
    organiser = unescape((tmp_path / "handouts" / "index.html").read_text(encoding="utf-8"))
    assert f"Your members {strategy_in_words(agreed, 'texts')}." in organiser
    pages = list((tmp_path / "handouts" / "members").glob("*.html"))
    assert pages
    for page in pages:
        text = unescape(page.read_text(encoding="utf-8"))
        assert all(sentence in text for sentence in purpose_in_words(agreed, "texts"))


def test_a_signal_is_added_by_its_file_and_one_line_in_the_table(tmp_path, monkeypatch):
    package = tmp_path / "src" / "criticalmass"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "signals" / "shout.py").write_text(SHOUT_FILE)
    table = package / "signals" / "kinds.py"
    before, begin, after = table.read_text().partition("SIGNALS: Mapping[str, type[Signal]] = {")
    entry = '\n    "shout": Shout,'
    table.write_text(
        f"{before}from criticalmass.signals.shout import Shout\n\n{begin}{entry}{after}"
    )
    signal = {"kind": "shout", "words": 2}
    study = write_study(tmp_path / "study.toml", changes={"strategies.mark.signal": signal})
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    for words in (["run", study, "--out", "out"], ["report", "out"]):
        done = command(*words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "write the first 2 words of their text in capitals and report “Writer”" in page


@dataclass(frozen=True)
class EveryOther(FeatureLabel):
    """Ours, but for every other member, who does nothing."""

    def edit(self, population, members, rng):
        return replace(super().edit(population, members[::2], rng), members=members)


@dataclass(frozen=True)
class Votes(Marking):
    """Nobody wants a label; every other member reports one."""

    signal: Any
    target_label: None = None

    def candidates(self, population):
        return np.arange(len(population))

    def edit(self, population, members, rng):
        some = members[::2]
        labels = ~population.labels[some]
        done = Edit.of(population, some, population.features[some], labels)
        return replace(done, members=members)


@pytest.mark.parametrize(
    ("strategy", "reason", "member", "organiser"),
    [
        (
            Doubling(Shout()),
            Reason.CANNOT,
            "Not everybody may take part, and you may not.",
            "Not everybody may take part, and they may not.",
        ),
        (
            Spoken(Shout()),
            Reason.CANNOT,
            "Only people with an even number take part, and you do not.",
            "Only people with an even number take part.",
        ),
        (
            EveryOther(InsertToken("~"), "Writer"),
            Reason.UNCHANGED,
            "Nothing of your record changes by what was agreed.",
            "Nothing of their record changes by what was agreed.",
        ),
        (
            Votes(Shout()),
            Reason.AGREES,
            "Nothing of your record changes by what was agreed.",
            "Nothing of their record changes by what was agreed.",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_member_with_nothing_to_change_hears_only_what_is_known(
    strategy, reason, member, organiser, tmp_path
):
    study = small({"own": strategy}, measures=("included",) if strategy.target_label else ())
    told = instruct(study, text_members(tmp_path, study))
    assert {one.reason for one in told.each if not one.changes} == {reason}
    assert any(one.changes for one in told.each)
    assert not told.done
    assert to_member(reason, told) == member
    assert to_organiser(reason, told) == organiser


def test_nobody_who_can_take_part_is_told_by_what_is_known(tmp_path):
    strategy = Doubling(Shout(), times=10**6)
    study = small({"own": strategy})
    with pytest.raises(DataError, match=r"none of the members \(40\) can take part in Doubling\("):
        instruct(study, text_members(tmp_path, study))


@dataclass(frozen=True)
class Odd:
    """A signal with a field of any kind."""

    field: Any
    more: Any = None

    def apply(self, features, *, population, rng):
        return features


LONG = type("L" + "o" * 500, (Odd,), {})
MARKUP = type("<script>\n[31m", (Odd,), {})


@pytest.mark.parametrize(
    ("signal", "words"),
    [
        (Odd("a\nb\x1b[31m\u202e"), r"Odd(field='a\nb\x1b[31m\u202e', more=None)"),
        (Odd("x" * 10_000), f"Odd(field='{'x' * 27} … {'x' * 10}', more=None)"),
        (Odd(np.zeros((1000, 20))), "Odd(field=array of 1000 × 20, more=None)"),
        (Odd(list(range(10**6))), "Odd(field=[0, 1, 2, 3, …], more=None)"),
        (Odd(("x",), ()), "Odd(field=('x',), more=())"),
        (Odd(Odd(Odd(Odd(1)))), "Odd(field=Odd(field=Odd(…), more=None), more=None)"),
        (Odd({"a": {"b": 1}}, {1}), "Odd(field={'a': {…}}, more={1})"),
        (Odd(lambda text: text, np.mean), "Odd(field=…, more=mean)"),
        (Odd(10**10_000, np.float64(0.5)), "Odd(field=…, more=0.5)"),
        (Odd(object(), float("inf")), "Odd(field=object(…), more=inf)"),
        (Odd("x" * 40, "y" * 40), f"Odd(field='{'x' * 40}', …)"),
        (LONG(1), f"L{'o' * 26} … {'o' * 10}(field=1, more=None)"),
        (MARKUP(1), r"<script>\n[31m(field=1, more=None)"),
    ],
    ids=["escapes", "long", "array", "list", "tuples", "nested", "dicts", "lambda", "huge",
         "object", "two", "name", "markup"],
)  # fmt: skip
def test_an_odd_part_is_printed_on_one_line(signal, words):
    assert named(signal) == words
    assert signal_in_words(signal, "texts") == f"change their texts with {words}"


def test_no_page_takes_a_part_for_markup(tmp_path):
    study = small({"own": FeatureLabel(MARKUP("[red]<b>"), "Writer")})
    run(study, tmp_path / "out")
    page = write_report(tmp_path / "out").read_text(encoding="utf-8")
    assert "change their texts with &lt;script&gt;\\n[31m(field=&#39;[red]&lt;b&gt;&#39;" in page


@dataclass(frozen=True)
class Says:
    """A signal that says whatever it was given."""

    words: Any

    def in_words(self):
        return self.words

    def apply(self, features, *, population, rng):
        return features


class SaysAsProperty(Says):
    @property
    def in_words(self):
        return self.words


class SaysMuch(Says):
    def in_words(self, language):
        return language


def test_a_part_says_one_phrase_on_one_line():
    assert signal_in_words(Says(" shout.\n\nloudly. ")) == "shout. loudly"
    assert signal_in_words(SaysAsProperty("shout")) == "shout"
    assert len(signal_in_words(Says("very loud " * 100))) <= LONGEST
    assert signal_in_words(Says("")) == "change their records with Says(words='')"
    with pytest.raises(ParameterError, match=r"Says.in_words must return a text, not None"):
        signal_in_words(Says(None))
    with pytest.raises(ParameterError, match=r"'language', which nothing is known for; it may ha"):
        signal_in_words(SaysMuch("x"))


@pytest.mark.parametrize(
    ("words", "broken"),
    [
        ("two\nlines", "in_words must keep to one line"),
        ("A sentence.", "in_words must return a phrase, not a sentence"),
        ("long " * 1000, "in_words must be short"),
        (5, "in_words must return a text"),
        ([5], "in_words must return a text, or a list of texts"),
    ],
)
def test_a_contract_says_what_is_wrong_with_the_words(words, broken, texts):
    with pytest.raises(AssertionError, match=broken):
        check_signal(Says(words), texts)


@dataclass(frozen=True)
class Flips:
    """Steers, and says nothing of itself."""

    target_label: None = None
    measures: tuple[str, ...] = ("utility",)

    def candidates(self, population):
        return np.arange(len(population))

    def aim(self, population):
        raise NotImplementedError

    def edit(self, population, members, rng):
        raise NotImplementedError


@dataclass(frozen=True)
class Pushes(Flips):
    """Responds, and says what it aims at."""

    measures: tuple[str, ...] = ("distance",)

    def respond(self, population, members, *, learning_rate):
        raise NotImplementedError

    def goal_in_words(self):
        return "way to a model of their own"


def test_a_steering_strategy_of_ones_own_is_told_by_what_is_known():
    flips = "Flips(target_label=None, measures=('utility',))"
    assert said_by(Flips(), "records", ("utility",)) == Said(
        f"do as {flips} says, which may change their records and their labels",
        aim=f"gain that {flips} asks for",
    )
    does = "answer every step of the model's training as Pushes(target_label=None, measures=('dist"
    said = said_by(Pushes(), "records", ("distance",))
    assert said.does.startswith(does)
    assert said.aim == "way to a model of their own"


def test_a_part_that_was_adopted_says_what_it_said():
    assert (
        strategy_of(Spoken(Shout())).in_words("texts")
        == "write their texts twice and report “Writer”"
    )
    assert strategy_of(Flips()).in_words() == strategy_in_words(Flips())
    assert learner_of(Prior()).in_words() == "Prior(smoothing=1.0)"


def test_words_of_an_outline_hold_for_what_fills_it():
    assert strategy_in_words(Filled(Shout())) == "do what their outline says"


def test_a_strategy_without_a_signal_is_told_without_one():
    assert strategy_in_words(Doubling(None)) == (
        "do as Doubling(signal=None, target_label='Writer', times=2) says, which may change their "
        "records and their labels"
    )
