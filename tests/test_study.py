import numpy as np
import pytest

from criticalmass import FeatureLabel, FeatureOnly, Grid, InsertToken, LinearText, SetColumns, Study
from criticalmass.answers.finding import findings
from criticalmass.errors import DataError, ParameterError, StudyError
from criticalmass.studies import Row
from criticalmass.studies.facts import facts_of
from support.rows import counts

SIGNAL = InsertToken("~")


@pytest.fixture
def make(texts):
    train, test = texts.split(test=30, seed=0)

    def study(**changes):
        parts = {
            "population": train,
            "test": test,
            "learner": LinearText(),
            "strategies": {"mark": FeatureLabel(SIGNAL, "Writer")},
            "placement": Grid((0.05, 0.2), repetitions=2),
        }
        return Study(**(parts | changes))

    return study


def test_trials_are_the_reference_and_the_grid_of_every_strategy(make):
    study = make(
        strategies={"a": FeatureLabel(SIGNAL, "Writer"), "b": FeatureOnly(SIGNAL, "Writer")}
    )
    trials = study.trials()
    assert [(t.strategy, t.alpha, t.repetition) for t in trials[:5]] == [
        ("a", 0.0, 0),
        ("a", 0.05, 0),
        ("a", 0.2, 0),
        ("a", 0.05, 1),
        ("a", 0.2, 1),
    ]
    assert len({trial.key for trial in trials}) == len(trials) == 10


def test_keys_depend_on_the_spec_alone(make):
    one = make(name="one", placement=Grid((0.05, 0.2)), target=0.8)
    two = make(name="two", placement=Grid((0.2, 0.3)), target=0.5)
    assert one.trial("mark", 0.2).key == two.trial("mark", 0.2).key
    renamed = make(strategies={"other name": FeatureLabel(SIGNAL, "Writer")})
    assert renamed.trial("other name", 0.2).key == one.trial("mark", 0.2).key
    for change in (
        {"seed": 1},
        {"learner": LinearText(C=2.0)},
        {"strategies": {"mark": FeatureLabel(SIGNAL, "Editor")}},
        {"measures": ("top1",)},
    ):
        assert make(**change).trial("mark", 0.2).key != one.trial("mark", 0.2).key


def test_studies_that_differ_in_the_learner_alone_draw_the_same_members(make):
    one = make()
    others = (
        make(learner=LinearText(C=2.0)),
        make(test=one.test.take(np.arange(20))),
        make(measures=("top1",)),
        make(strategies={"other name": FeatureLabel(SIGNAL, "Writer")}),
    )
    for other in others:
        trial = other.trial(next(iter(other.strategies)), 0.2, 1)
        mine = one.trial("mark", 0.2, 1)
        for purpose in ("members", "edit", "learner"):
            assert trial.seed(purpose) == mine.seed(purpose)
    keys = {study.trial("mark", 0.2, 1).key for study in (one, *others[:3])}
    assert len(keys) == 4  # each has a row of its own


def test_everything_but_the_learner_makes_another_draw(make):
    one = make()
    trials = [
        one.trial("mark", 0.2),
        one.trial("mark", 0.2, 1),
        one.trial("mark", 0.3),
        make(seed=1).trial("mark", 0.2),
        make(population=one.population.take(np.arange(40))).trial("mark", 0.2),
        make(strategies={"mark": FeatureLabel(SIGNAL, "Editor")}).trial("mark", 0.2),
    ]
    assert len({trial.seed("members") for trial in trials}) == len(trials)


def test_a_larger_collective_has_fresh_members(make):
    study = make()
    few, many = (
        study.population.draw(
            size, rng=np.random.default_rng(study.trial("mark", alpha).seed("members"))
        )
        for size, alpha in ((len(study.population) // 4, 0.25), (len(study.population) // 2, 0.5))
    )
    assert not set(few) <= set(many)


def test_in_the_old_scheme_each_learner_s_trials_draw_their_own_members(make):
    one, other = make(scheme=1), make(scheme=1, learner=LinearText(C=2.0))
    assert one.trial("mark", 0.2).seed("members") != other.trial("mark", 0.2).seed("members")
    assert one.trial("mark", 0.2).draws == one.trial("mark", 0.2).key


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"scheme": 3}, StudyError, "the scheme of a study is 1 or 2, not 3"),
        ({"strategies": {}}, StudyError, "at least one strategy"),
        ({"measures": ("inclded",)}, ParameterError, "did you mean 'included'"),
        ({"target": 1.5}, ParameterError, "between 0 and 1"),
        (
            {"strategies": {n: FeatureLabel(SIGNAL, "Writer") for n in "ab"}},
            StudyError,
            "two of the strategies are the same",
        ),
        ({"strategies": {"m": FeatureLabel(SIGNAL, "Wrter")}}, DataError, "did you mean 'Writer'"),
        (
            {"strategies": {"m": FeatureLabel(SetColumns({"job": "x"}), "Writer")}},
            DataError,
            "these records are not a table",
        ),
        ({"placement": Grid((0.001,))}, ParameterError, "alpha = 0.001: a collective of zero"),
        (
            {
                "strategies": {"m": FeatureOnly(SIGNAL, "Writer", recruit="target")},
                "placement": Grid((0.05, 0.9)),
            },
            ParameterError,
            r"strategy 'm', alpha = 0\.9: 81 members wanted, but only \d+ of 90",
        ),
    ],
)
def test_what_cannot_run_is_refused_at_once(changes, error, message, make):
    with pytest.raises(error, match=message):
        make(**changes).check()


def test_a_learner_for_other_records_is_refused_at_once(make, table):
    train, test = table.split(test=50, seed=0)
    with pytest.raises(DataError, match="learns from texts; this is a table: try boosted-trees"):
        make(population=train, test=test, strategies={
            "s": FeatureLabel(SetColumns({"job": "cook"}), "yes")
        }).check()  # fmt: skip


def test_test_records_must_fit(make, table):
    with pytest.raises(StudyError, match="differ in their labels or their kind"):
        make(test=table)


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        (lambda: Grid(()), "at least one share"),
        (lambda: Grid((0.0, 0.1)), r"in \(0, 1\], not 0"),
        (lambda: Grid((1.5,)), r"in \(0, 1\], not 1\.5"),
        (lambda: Grid((0.1, 0.1)), "stands twice"),
        (lambda: Grid((0.1,), repetitions=0), "repetitions must be at least 1"),
        (lambda: Grid.logarithmic(low=0.1, high=0.01, points=3), "0 < low < high"),
        (lambda: Grid.logarithmic(low=0.01, high=0.1, points=1), "at least 2 points"),
    ],
)
def test_bad_grids(grid, message):
    with pytest.raises(ParameterError, match=message):
        grid()


def test_logarithmic_grid_has_its_ends():
    grid = Grid.logarithmic(low=1e-4, high=0.1, points=10)
    assert (grid.alphas[0], grid.alphas[-1]) == (1e-4, 0.1)
    third = Grid.logarithmic(low=1 / 3000, high=0.1 / 3, points=2)
    assert third.alphas == (1 / 3000, 0.1 / 3)  # not rounded: 1 of 3,000 stays one person
    assert np.allclose(np.diff(np.log(grid.alphas)), np.log(10) / 3, atol=1e-4)


def row_of(members, success, strategy="mark", measure="included", error=""):
    spec = (f"{strategy}/{members}/{success}", strategy, members / 150, 0, members / 150, members)
    results = {} if error else counts(1000, **{measure: success})
    return Row(*spec, n=1000, results=results, error=error)


ROWS = [row_of(m, s) for m, s in ((0, 10), (5, 100), (10, 500), (20, 900), (40, 990))]


def test_a_study_s_curve_is_the_one_of_its_report(make):
    study = make()
    other = [row_of(30, 0, "another"), row_of(30, 0, error="MemoryError")]
    curve = study.curve([*ROWS, *other])
    (found,) = findings(facts_of(study), [*ROWS, *other], headlines=True)
    assert curve.critical_mass(0.8) == found.curve.critical_mass(0.8)
    assert study.curve(ROWS, "mark", "included").critical_mass(0.8) == curve.critical_mass(0.8)


def test_a_curve_knows_how_many_can_be_recruited(make):
    strategy = FeatureLabel(SIGNAL, "Writer", recruit="target")
    study = make(strategies={"mark": strategy}, placement=Grid((0.02, 0.05)))
    holders = len(study.population.holding("Writer"))
    assert study.curve(ROWS).largest == holders / len(study.population) < 1


@pytest.mark.parametrize(
    ("rows", "chosen", "message"),
    [
        (ROWS, {}, "several strategies, with a curve each; name one of mark, only"),
        (ROWS, {"strategy": "mrak"}, "did you mean 'mark'"),
        (ROWS, {"strategy": "mark", "measure": "erased"}, "Valid: included, top1"),
        (ROWS, {"strategy": "mark", "measure": "top1"}, "of another study: they lack 'top1'"),
        (
            ROWS,
            {"strategy": "only"},
            "it takes two sizes of collective, and there are results of 0",
        ),
        (ROWS[:2], {"strategy": "mark"}, "there are results of 1"),
    ],
    ids=["several", "no such strategy", "no such measure", "other rows", "no rows", "one size"],
)
def test_a_curve_that_cannot_be_made_is_refused(rows, chosen, message, make):
    strategies = {"mark": FeatureLabel(SIGNAL, "Writer"), "only": FeatureOnly(SIGNAL, "Writer")}
    with pytest.raises(ParameterError, match=message) as refused:
        make(strategies=strategies, measures=("included", "top1")).curve(rows, **chosen)
    assert "\n" not in str(refused.value)
