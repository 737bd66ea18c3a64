"""A user's own measures, of counts and of real numbers, from a study to its report."""

import json
import math
import sqlite3
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata
from sklearn.metrics import ndcg_score, roc_auc_score

from criticalmass import (
    Adaptive,
    FeatureLabel,
    GradientNeutralizing,
    Grid,
    Incentives,
    InsertToken,
    LinearText,
    RiskMinimizer,
    Store,
    Study,
    run,
)
from criticalmass.answers.comparing import Difference, contrast
from criticalmass.answers.finding import Status, findings
from criticalmass.contracts import check_measure
from criticalmass.datasets import synthetic_resumes
from criticalmass.errors import StudyError
from criticalmass.measures import (
    MEASURES,
    Count,
    CountMeasure,
    Evaluation,
    Real,
    RealMeasure,
)
from criticalmass.measures.facts import MeasureFacts
from criticalmass.measures.numbers import WantedNumber
from criticalmass.members.instructions import instruct
from criticalmass.members.plan import plan
from criticalmass.pages.plan import render as render_plan
from criticalmass.pages.report import render
from criticalmass.strategies import Ignore
from criticalmass.studies import Row
from criticalmass.studies.facts import Facts, PopulationFacts, StrategyFacts
from criticalmass.studies.running.bench import Bench
from criticalmass.words.finding import answer, doubt
from criticalmass.words.plan import text
from support.command_line import called
from support.members_files import text_members
from support.own_measures import AUC, NDCG, OWN, Kept, Rank, Sure
from support.steered_people import people

MARK = FeatureLabel(InsertToken("~"), "Writer")
NAMES = [measure.name for measure in OWN]


@pytest.fixture(scope="module")
def halves():
    return synthetic_resumes(500).split(test=150, seed=0)


def study_of(halves, measures=OWN, **changes):
    options = {"placement": Grid((0.02, 0.05, 0.1, 0.2, 0.4), repetitions=2), **changes}
    return Study(*halves, LinearText(), {"mark": MARK}, measures=measures, **options)


@pytest.fixture(scope="module")
def done(halves, tmp_path_factory):
    """A study by all of these measures, its folder and its rows."""
    folder = tmp_path_factory.mktemp("own")
    study = study_of(halves, ("included", "won", *OWN))
    return study, folder, run(study, folder)


@pytest.fixture(scope="module")
def found(done):
    with Store.open(done[1]) as store:
        return {finding.measure: finding for finding in findings(store.facts(), store.rows())}


def test_numbers_are_those_of_other_libraries(halves):
    """Of a model trained by hand: ranks by SciPy, the others by scikit-learn."""
    study = study_of(halves)
    bench, trial = Bench(study), study.trial("mark", 0.1)
    row = bench.run(trial)
    _, edit = bench.planned(trial)
    model = study.firm.fit(bench.prepared, edit, row.seed)
    marked = MARK.signal.apply(
        study.test.features, population=study.population, rng=np.random.default_rng(0)
    )
    scores = model.scores(bench.prepared.encode(marked))
    plain = model.scores(bench.prepared.encode(study.test.features))
    target = study.population.label_index("Writer")
    ranks = rankdata(-scores, axis=1)[:, target]
    assert row.results["rank"].value == pytest.approx(ranks.mean())
    assert row.results["rank"].error == pytest.approx(ranks.std(ddof=1) / math.sqrt(len(ranks)))
    truth = np.zeros(scores.shape)
    truth[:, target] = 1
    assert row.results["ndcg"].value == pytest.approx(ndcg_score(truth, scores))
    others = ~study.test.held[:, target]
    labels = np.repeat([1, 0], others.sum())
    both = np.concatenate([scores[others, target], plain[others, target]])
    assert row.results["auc"].value == pytest.approx(roc_auc_score(labels, both))
    lead = scores[:, target] - np.delete(scores, target, axis=1).max(axis=1)
    assert row.results["sure"] == Count(int((lead >= 1).sum()), len(lead))
    assert row.results["kept"] == Count(int((lead[others] <= 0).sum()), int(others.sum()))
    assert row.results["mean-score"].value == pytest.approx(lead.mean())


def test_won_is_included_among_records_of_others(done, halves):
    row = done[2][-1]
    holders = len(halves[1].holding("Writer"))
    assert row.results["won"].n == row.n - holders
    assert row.results["won"].successes >= row.results["included"].successes - holders


def test_every_measure_has_a_curve_in_its_own_unit(done):
    study, _, rows = done
    for measure in OWN:
        curve = study.curve(rows, measure=measure.name)
        values = {row.alpha: row.rate(measure.name) for row in rows}
        low, high = (float(curve.success(a)) for a in (0.02, 0.4))
        assert (high < low) == measure.lower_is_better
        assert low == pytest.approx(values[0.02], abs=0.2 * abs(values[0.4] - values[0.0]))
        bottom, top = curve.band(0.1)
        assert bottom <= curve.success(0.1) <= top


def test_the_floor_is_what_a_model_without_a_collective_gives(found):
    for name, finding in found.items():
        (reference,) = (row for row in finding.rows if not row.members)
        assert finding.scale.value(finding.floor) == pytest.approx(reference.rate(name))


def test_answers_say_the_direction_and_the_unit(found):
    assert "at most 1.5 places on the texts that carry the mark" in answer(found["rank"])
    floor = found["rank"].scale.value(found["rank"].floor)
    assert f"reaches, by “rank”, {floor:.3g}" in doubt(found["rank"])
    assert "at least 1 on the texts" in answer(found["mean-score"])
    assert "90% of the texts that carry the mark and do not hold “Writer”" in answer(found["won"])
    kept = answer(found["kept"])
    assert "keeps “Writer” from" in kept
    assert "at most 20% of the texts" in kept
    assert "succeeds by “sure” for" in answer(found["sure"])


def test_a_report_is_made_where_the_classes_are_not_at_hand(done):
    """From what the store keeps: it is read in a process that never saw them."""
    _, folder, _ = done
    with Store.open(folder) as store:
        facts, rows = Facts.from_json(json.loads(json.dumps(store.facts().to_json()))), store.rows()
    assert set(facts.own_measures) == set(NAMES)
    page = " ".join(render(facts, rows).split())
    for name in NAMES:
        assert name in page
    assert "1.5 places" in page
    assert "lower numbers stand higher up" in page
    figures = 1 + 1 + 5  # the answer, the shares in one, and each other measure
    assert page.count("<svg") == 2 * figures


@pytest.mark.parametrize("command", ["show", "report", "compare", "export", "watch"])
def test_every_command_takes_them(command, done, tmp_path):
    more = [tmp_path / "rows.csv"] if command == "export" else []
    code, out, err = called(command, done[1], *more)
    assert "Traceback" not in out + err
    assert code == (2 if command == "compare" else 0)  # there is one strategy


def test_show_explains_a_measure_without_words_in_a_sentence(done):
    said = " ".join(called("show", done[1])[1].split())
    assert "sure: share of the marked test records where the record succeeds by “sure”" in said


def test_exported_numbers_come_with_their_errors(done, tmp_path):
    called("export", done[1], tmp_path / "rows.csv")
    table = pd.read_csv(tmp_path / "rows.csv")
    row = done[2][0]
    (line,) = table[table.key == row.key].to_dict("records")
    assert line["rank"] == pytest.approx(row.results["rank"].value)
    assert line["rank_error"] == pytest.approx(row.results["rank"].error)
    assert line["kept_count"] == row.results["kept"].successes
    assert line["kept_n"] == row.results["kept"].n
    assert "rank_count" not in table.columns


def test_other_processes_judge_alike(halves, tmp_path):
    study = study_of(halves, (Rank(), Kept()), placement=Grid((0.1, 0.3), repetitions=1))
    here, there = run(study, tmp_path / "here"), run(study, tmp_path / "there", jobs=2)
    assert [row.without_time() for row in here] == [row.without_time() for row in there]


def test_placement_follows_a_measure_that_falls(halves, tmp_path):
    placement = Adaptive(low=0.01, high=0.5, most=24)
    study = study_of(halves, (Rank(target=1.4),), placement=placement)
    rows = run(study, tmp_path)
    with Store.open(tmp_path) as store:
        (finding,) = findings(store.facts(), store.rows())
    tried = [row.alpha for row in rows if row.members]
    assert finding.status is Status.FOUND
    assert min(tried) < finding.mass.alpha < max(tried)
    near = [a for a in tried if finding.mass.alpha / 2 < a < finding.mass.alpha * 2]
    assert len(near) > len(tried) / 2


def test_another_target_asks_nothing_of_trials(halves):
    """Names of trials hang on what is measured, not on what is wanted of it."""
    keys = [study_of(halves, (Rank(target),)).trial("mark", 0.1).key for target in (1.5, 3.0)]
    assert keys[0] == keys[1]
    assert study_of(halves, (Sure(1.0),)).identity != study_of(halves, (Sure(2.0),)).identity


def test_ours_are_named_by_their_names_alone(halves):
    plain = study_of(halves, ("included", "top1"))
    assert plain.identity["measures"] == ["included", "top1"]
    same = study_of(halves, (MEASURES["included"], MEASURES["top1"]))
    assert same.trial("mark", 0.1).key == plain.trial("mark", 0.1).key
    assert "own_measures" not in Facts.from_json({}).to_json()


def test_a_changed_class_is_told(done):
    with Store.open(done[1]) as store:
        assert set(store.facts().code["kinds"]) >= {type(measure).__name__ for measure in OWN}


@pytest.mark.parametrize("measure", [*OWN, *MEASURES.values()], ids=lambda m: m.name)
def test_measures_keep_their_contract(measure):
    rng = np.random.default_rng(1)
    if measure.sort == "share":
        check_measure(measure, Evaluation(*rng.normal(size=(2, 9, 2)), None, False, steered=0.5))
    elif measure.name in ("within", "moved"):
        wanted = WantedNumber(1.0, tolerance=0.5, moved_by=1.0)
        check_measure(measure, Evaluation(*rng.normal(size=(2, 9, 1)), None, False, wanted))
    else:
        check_measure(measure)


def test_incentives_need_a_share(halves):
    with pytest.raises(StudyError, match="incentives take success for a share"):
        study_of(halves, (Rank(),), incentives=Incentives(0.1))
    study_of(halves, (NDCG(),), incentives=Incentives(0.1))


def test_won_cannot_be_measured_on_records_that_nobody_knows(halves):
    study = study_of(halves, ("won",), marked=halves[1])
    row = Bench(study).run(study.trial("mark", 0.1))
    assert "nobody knows" in row.error


HEADS = [
    (0, "Nobody needs"),
    (1, "1 person out of 2,000"),
    (2, "2 people"),
    (1000, "between 500 and 1,"),
]


@pytest.mark.parametrize(("members", "words"), HEADS)
def test_sentences_count_people_right(members, words):
    """A rank that falls to 1 at once, with so many people."""
    own = MeasureFacts.of(Rank(target=3.0))
    rows = []
    for size in sorted({0, 1, 2, 5, 200, 500, 1000, 2000}):
        rank = Real(1.5 if size >= members else 9.0, 0.01)
        rows += [
            Row(f"{size}/{r}", "mark", size / 2000, r, size / 2000, size, size, n=500,
                results={"rank": rank})
            for r in range(3)
        ]  # fmt: skip
    facts = Facts(
        measures=("rank",),
        own_measures={"rank": own},
        population=PopulationFacts(size=2000, test_size=500),
        strategies={"mark": StrategyFacts("cook", ("rank",))},
    )
    (finding,) = findings(facts, rows)
    assert words in answer(finding)
    assert "at most 3 places" in answer(finding)


def test_kinds_differ_by_their_parameters(done):
    study = done[0]
    assert study.measure("rank") == Rank()
    assert study.measure("auc") == AUC()
    assert study.measures_of("mark") == ("included", "won", *NAMES)
    with sqlite3.connect(done[1] / "trials.sqlite") as connection:
        (schema,) = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    connection.close()
    assert schema == "5"
    assert replace(study, target=0.8).search("mark").target == 0.8


def test_a_plan_says_where_members_stand(done, tmp_path):
    ranked = replace(done[0], measures=(Rank(), "included"))
    run(ranked, tmp_path / "ranked")
    told = instruct(ranked, text_members(tmp_path, ranked, n=60))
    sentences = text(plan(told, tmp_path / "ranked"))
    assert "enough for 1.5 places" in sentences
    assert "A model that is trained with them reaches, by “rank”, " in sentences
    assert " places on the texts that carry the mark (150 were tested)" in sentences
    assert "Guaranteed" not in sentences  # no theorem is about a rank
    page = render_plan(plan(told, tmp_path / "ranked"))
    assert "wanted: 1.5" in page


def test_strategies_are_compared_by_a_rank(halves, tmp_path):
    strategies = {"mark": MARK, "rarely": FeatureLabel(InsertToken("~", every=40), "Writer")}
    placement = Grid((0.02, 0.05, 0.1, 0.15), repetitions=2)
    study = Study(*halves, LinearText(), strategies, placement, (Rank(2.0),))
    run(study, tmp_path)
    code, out, _ = called("compare", tmp_path)
    assert code == 0
    assert "rank, 2 places wanted" in out
    assert "as many people" in out
    called("report", tmp_path)
    assert "For 2 places: 2 is twice as many" in (tmp_path / "report.html").read_text()


def test_measures_of_one_name_that_differ_are_told(halves, tmp_path):
    found = []
    for margin in (0.5, 1.0):
        study = study_of(halves, (Sure(margin),), target=0.3, placement=Grid((0.1, 0.3), 1))
        run(study, tmp_path / str(margin))
        with Store.open(tmp_path / str(margin)) as store:
            found += findings(store.facts(), store.rows())
    assert Difference.MEASURE in contrast(*found).differences


@dataclass(frozen=True)
class FirstWeight(RealMeasure):
    """The first parameter of a model."""

    target: float = 0.1
    needs, unit = "parameters", "$"

    def judge(self, evaluation):
        return float(evaluation.parameters[0])


def test_a_model_s_parameters_are_judged_beside_the_way_that_they_go(tmp_path):
    records = people(0, n=200).split(test=50, seed=0)
    firm = RiskMinimizer("logistic", l2=0.05)
    aim = {"steer": GradientNeutralizing(Ignore("x0"), firm.objective)}
    study = Study(*records, firm, aim, Grid((0.05, 0.1, 0.2)), measures=("distance", FirstWeight()))
    rows = run(study, tmp_path)
    assert not any(row.error for row in rows)
    with Store.open(tmp_path) as store:
        way, weight = findings(store.facts(), store.rows())
    assert way.measure == "distance"
    assert "on the test images" in answer(weight)
    assert "$" in answer(weight)
    page = render(weight.facts, rows)
    assert page.count("<svg") == 6


@dataclass(frozen=True)
class Greedy(CountMeasure):
    """Changes the scores that it is given."""

    def judge(self, evaluation):
        evaluation.marked[:] = 0
        return evaluation.marked[:, 0] > 0


def test_no_measure_changes_scores_for_those_after_it(halves):
    study = study_of(halves, (Greedy(), "included"))
    row = Bench(study).run(study.trial("mark", 0.1))
    assert row.error.startswith("StudyError: measure 'greedy' failed with ValueError: ")
