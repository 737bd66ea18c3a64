"""Unplanting: members after whom marked records no longer get a label."""

import json
import tomllib
from fractions import Fraction

import numpy as np
import pytest

from criticalmass import BayesOptimal, FeatureLabel, Grid, Population, Study, run
from criticalmass.answers.certificate import certify
from criticalmass.answers.finding import findings
from criticalmass.answers.kept_certificate import Form
from criticalmass.answers.theory import Assumption, compare
from criticalmass.contracts import check_measure
from criticalmass.errors import DataError, ParameterError
from criticalmass.measures import MEASURES, Evaluation
from criticalmass.members.file import Columns, read_members
from criticalmass.members.instructions import instruct
from criticalmass.signals import SetColumns
from criticalmass.strategies import Imperfect, Unplant
from criticalmass.studies.facts import Facts, facts_of
from criticalmass.studies.files.study_file import read_study
from criticalmass.theory import UnplantBound, exact_unplanting
from criticalmass.words.finding import answer
from criticalmass.words.theory import exactly, guaranteed, parameters, weakest
from support.command_line import called, refused
from support.members_files import written
from support.study_files import write_study

SIGNAL = SetColumns({"mark": "yes"})
SENSES = ("contamination", "conditional-tv", "joint-tv")


def people(seed, size=1500, sets=False):
    """A table of a mark that few carry and a place; those who carry it are mostly "bad"."""
    rng = np.random.default_rng(seed)
    marked, place = rng.random(size) < 0.08, rng.integers(4, size=size)
    label = rng.choice(["good", "fair", "other"], size, p=[0.5, 0.3, 0.2]).astype(object)
    label[marked & (rng.random(size) < 0.7)] = "bad"
    label[~marked & (rng.random(size) < 0.1)] = "bad"
    columns = {
        "mark": np.where(marked, "yes", "no").astype(object),
        "place": np.array([f"p{k}" for k in place], dtype=object),
        "label": np.array([[each] for each in label] + [None], dtype=object)[:-1]
        if sets
        else label,
    }
    return Population.from_table(columns, label="label"), rng


def instance(seed):
    """Counts at a few images by label, records led there, y*, and the label that is reported."""
    rng = np.random.default_rng(seed)
    k, points = int(rng.integers(2, 5)), int(rng.integers(1, 6))
    counts = rng.integers(0, 9, (points, k))
    images = counts.sum(axis=1) + rng.integers(0, 20, points)
    images[0] += 1
    target = int(rng.integers(k))
    others = counts.copy()
    others[:, target] = -1
    told = others.argmax(axis=1) if seed % 2 else np.full(points, (target + 1) % k)
    return counts, images, target, told


def won(counts, images, target, told, alpha, epsilon=Fraction(0)):
    """Weight of the images at which ŷ (or, at ε = 0, any other label) is ahead of y* for sure."""
    total = 0
    for here, led, label in zip(counts, images, told, strict=True):
        shares = [(1 - alpha) * int(n) for n in here]
        shares[label] += alpha * int(led)
        rivals = [label] if epsilon else [y for y in range(len(here)) if y != target]
        lead = max(shares[y] for y in rivals) - shares[target]
        if (1 - epsilon) * lead > epsilon * sum(shares):
            total += int(led)
    return Fraction(total, int(sum(images)))


@pytest.mark.parametrize("seed", range(60))
def test_shares_are_exact_by_fractions(seed):
    counts, images, target, told = instance(seed)
    for epsilon in (Fraction(0), Fraction(1, 20)):
        curve = exact_unplanting(counts, images, target, told, epsilon=float(epsilon))
        for alpha in (Fraction(1, 97), Fraction(1, 10), Fraction(3, 7), Fraction(9, 10)):
            wanted = won(counts, images, target, told, alpha, epsilon)
            assert curve.success(float(alpha)).item() == pytest.approx(float(wanted), abs=1e-12)


@pytest.mark.parametrize("seed", range(40))
def test_the_theorem_is_never_above_the_exact_value(seed):
    counts, images, target, told = instance(seed)
    size = images.sum()
    held, uniqueness = counts[:, target].sum() / size, counts.sum() / size
    shares = np.geomspace(0.01, 1, 30)
    for sense in SENSES:
        for epsilon in (0.0, 0.03):
            words = {"epsilon": epsilon, "suboptimality": sense}
            bound = UnplantBound(held, min(uniqueness, 1.0), **words)
            exact = exact_unplanting(counts, images, target, told, **words)
            assert (bound.success(shares) <= exact.success(shares) + 1e-9).all()


def test_the_bound_of_records_holds_where_they_are_the_population():
    everybody, _ = people(0)
    strategy = Unplant(SIGNAL, "bad", knowledge="known")
    shares = np.geomspace(0.001, 1, 60)
    for epsilon in (0.0, 0.02):
        sure, exact = (
            strategy.bound(everybody, confidence=1, epsilon=epsilon),
            strategy.exact(everybody, epsilon=epsilon),
        )
        assert (sure.success(shares) <= exact.success(shares) + 1e-9).all()
        wary = strategy.bound(everybody, confidence=0.95, epsilon=epsilon)
        assert (wary.success(shares) <= sure.success(shares) + 1e-12).all()
    assert [e.name for e in strategy.bound(everybody).estimates] == ["held"]
    assert [e.name for e in strategy.bound(everybody, epsilon=0.1).estimates] == [
        "held",
        "uniqueness",
    ]


def test_members_report_what_most_records_at_their_image_hold():
    everybody, rng = people(1)
    members = rng.permutation(len(everybody))[:600]
    for knowledge in ("pooled", "known"):
        strategy = Unplant(SIGNAL, "bad", knowledge=knowledge)
        after = strategy.edit(everybody, members, rng).apply(everybody)
        pool = members if knowledge == "pooled" else np.arange(len(everybody))
        held = everybody.held
        bad = everybody.label_index("bad")
        for place in ("p0", "p1", "p2", "p3"):
            there = [
                row
                for row in pool
                if everybody.features["place"][row] == place
                and everybody.features["mark"][row] == "yes"
            ]
            votes = held[there].sum(axis=0)
            votes[bad] = 0
            mine = members[everybody.features["place"][members] == place]
            assert (after.held[mine].argmax(axis=1) == votes.argmax()).all()
            assert (after.features["mark"][mine] == "yes").all()


def test_where_nobody_stands_they_look_at_who_is_led_there_then_at_all():
    columns = {"mark": ["no"] * 6, "place": list("aaabbb")}
    table = {name: np.array(values, dtype=object) for name, values in columns.items()}
    label = np.array(["fair", "fair", "good", "bad", "bad", "bad"], dtype=object)
    few = Population.from_table(table | {"label": label}, label="label")
    edit = Unplant(SIGNAL, "bad").edit(few, np.arange(6), np.random.default_rng(0))
    told = [few.label_names[k] for k in edit.apply(few).held.argmax(axis=1)]
    assert told == ["fair"] * 6
    only = few.take(np.arange(3, 6))
    alone = Unplant(SIGNAL, "bad").edit(only, np.arange(3), np.random.default_rng(0))
    assert "bad" not in [only.label_names[k] for k in alone.labels.argmax(axis=1)]
    said = Unplant(SIGNAL, "bad", label="good").edit(few, np.arange(6), np.random.default_rng(0))
    assert set(said.apply(few).held.argmax(axis=1)) == {few.label_index("good")}


@pytest.mark.parametrize("label", [None, "other"])
def test_the_best_possible_model_succeeds_as_often_as_the_curve_says(label):
    everybody, _ = people(2)
    strategy, learner = Unplant(SIGNAL, "bad", label, knowledge="known"), BayesOptimal()
    curve = strategy.exact_in_people(everybody)
    prepared, bad = learner.prepare(everybody), everybody.label_index("bad")
    for n in (60, 80, 100):
        found = []
        for seed in range(40):
            rng = np.random.default_rng(seed)
            members = everybody.draw(n, rng=rng)
            model = learner.fit(prepared, strategy.edit(everybody, members, rng), seed)
            marked = SIGNAL.apply(everybody.features, population=everybody, rng=rng)
            scores = model.scores(marked)
            judged = Evaluation(scores, scores, bad, label_sets=False)
            found.append(MEASURES["unplanted"].result(judged).value)
        error = np.std(found, ddof=1) / np.sqrt(len(found)) + 1e-3
        mean, said = np.mean(found), float(curve.success(n / len(everybody)))
        assert said <= mean + 4.5 * error
        if not curve.from_below:
            assert said >= mean - 4.5 * error
        assert np.mean(np.array(found) < curve.floor(n / len(everybody))) <= 0.2


def test_its_measure_asks_for_another_label_strictly_above():
    check_measure(MEASURES["unplanted"])
    scores = np.array([[0.2, 0.7, 0.1], [0.5, 0.5, 0.0], [0.6, 0.3, 0.1], [0.0, 0.0, 0.0]])
    judge = MEASURES["unplanted"].judge
    assert judge(Evaluation(scores, scores, 0, False)).tolist() == [True, False, False, False]
    sets = scores - 0.3
    assert judge(Evaluation(sets, sets, 0, True)).tolist() == [True, False, False, True]


def study_of(seed=3, label=None, knowledge="pooled"):
    everybody, _ = people(seed, size=2500)
    train, test = everybody.split(test=500, seed=0)
    strategies = {
        "unplant": Unplant(SIGNAL, "bad", label, knowledge),
        "plant": FeatureLabel(SIGNAL, "good"),
    }
    return Study(
        train, test, BayesOptimal(), strategies, Grid((0.01, 0.03, 0.1, 0.3), repetitions=2),
        measures=("unplanted", "included", "won"),
    )  # fmt: skip


def test_a_study_is_judged_by_it_and_says_it_in_words(tmp_path):
    study = study_of()
    rows = run(study, tmp_path / "found")
    facts = Facts.from_json(json.loads(json.dumps(facts_of(study).to_json())))
    assert study.measures_of("unplant") == ("unplanted",)  # won is about getting a label
    assert study.measures_of("plant") == ("included", "won")
    unplant = findings(facts, rows)[0]
    said = answer(unplant)
    assert (
        "the trained model leaves “bad” off at least 90% of the records that carry the mark" in said
    )
    assert "report one label only: the label other than “bad” that the members’" in said
    comparison = compare(unplant)
    assert comparison.assumption is Assumption.KNOWN_REPLACEMENT
    assert "know which other label is most likely" in weakest(comparison)
    assert "Members are taken to know which label is most likely." in exactly(comparison)
    assert guaranteed(comparison).startswith("Theorem 1 for unplanting guarantees 90% ")
    assert parameters(comparison)[0][0].startswith("share H of records that carry the signal")
    fixed = compare(findings(facts_of(study_of(label="good")), [])[0])
    assert "are taken to know" not in exactly(fixed)
    slips = Imperfect(Unplant(SIGNAL, "bad", "good"), inactive=0.2)
    assert slips.unplants
    assert slips.measures == ("unplanted",)


def test_a_fixed_label_is_the_only_one_reported(tmp_path):
    study = study_of(label="good")
    said = study.strategies["unplant"].in_words()
    assert said == "set mark to “yes” and report “good” as their only label"
    assert study.strategies["unplant"].label_in_words() == ""
    assert "no longer to get “bad”" in " ".join(study.strategies["unplant"].purpose_in_words())


def test_sets_of_labels_count_as_holding_it_or_not():
    everybody, rng = people(4, sets=True)
    assert everybody.label_sets
    strategy = Unplant(SIGNAL, "bad", knowledge="known")
    plain, _ = people(4)
    ours, theirs = (
        strategy.exact_in_people(each).critical_mass(0.9).alpha for each in (everybody, plain)
    )
    assert ours <= theirs  # all other labels together are ahead sooner than one of them
    named = Unplant(SIGNAL, "bad", "good").exact_in_people(everybody)
    assert named.critical_mass(0.9).alpha == ours
    members = everybody.take(rng.permutation(1500)[:900])
    made = certify(strategy, members, 1500)
    assert made.form is Form.UNPLANT
    assert (made.certificate.wanted == 1).all()


@pytest.mark.parametrize("label", [None, "good", "other"])
@pytest.mark.parametrize("anytime", [False, True])
def test_a_certificate_is_for_what_members_then_report(label, anytime):
    strategy, some = Unplant(SIGNAL, "bad", label), 0
    for seed in range(3):
        everybody, rng = people(seed)
        rows, known = rng.permutation(1500)[:900], everybody.take(np.arange(100))
        members = everybody.take(rows)
        made = certify(strategy, members, 1500, known=known, anytime=anytime)
        after = strategy.edit(everybody, rows, rng).apply(everybody)
        reported = {}
        for record, held in zip(after.features[rows].tolist(), after.held[rows], strict=True):
            reported[record] = int(held.argmax())
        points = [record.tolist() for record in made.points]
        assert [reported[point] for point in points] == made.certificate.wanted.tolist()
        votes = {}
        for record, held in zip(after.features.tolist(), after.held, strict=True):
            votes[record] = votes.get(record, 0) + held.astype(int)
        bad = everybody.label_index("bad")
        for point, sure in zip(points, made.certificate.certified, strict=True):
            assert not sure or np.delete(votes[point], bad).max() > votes[point][bad]
        some += made.success > 0
    assert some


def test_the_old_option_certifies_the_same_strategy():
    everybody, rng = people(5)
    members = everybody.take(rng.permutation(1500)[:900])
    one = certify(FeatureLabel(SIGNAL, "bad"), members, 1500, unplant=True)
    two = certify(Unplant(SIGNAL, "bad"), members, 1500)
    assert one.success == two.success
    assert one.needed == two.needed
    assert (one.certificate.wanted == two.certificate.wanted).all()


@pytest.mark.parametrize(
    ("made", "error", "says"),
    [
        (lambda: Unplant(SIGNAL, "bad", "bad"), ParameterError, "another label than 'bad'"),
        (
            lambda: Unplant(SIGNAL, "bad", "god").candidates(people(0)[0]),
            DataError,
            "did you mean 'good'",
        ),
        (lambda: UnplantBound(1.2), ParameterError, "held is a probability"),
    ],
)
def test_impossible_wishes_are_refused(made, error, says):
    with pytest.raises(error, match=says):
        made()


def test_members_are_told_their_label_and_are_done_when_they_say_it(tmp_path):
    study = study_of()
    rows = np.random.default_rng(1).permutation(len(study.population))[:300]

    def file(records, name):
        told = records.features, records.held.argmax(axis=1)
        lines = [
            f"{row},{record['mark']},{record['place']},{records.label_names[label]}"
            for row, record, label in zip(rows, *told, strict=True)
        ]
        return written(tmp_path, "\n".join(["id,mark,place,label", *lines]) + "\n", name)

    before = study.population.take(rows)
    members = read_members(file(before, "before.csv"), study.population, Columns(label="label"))
    told = instruct(study, members, "unplant")
    after = told.edit.apply(told.joined.study.population).take(told.joined.rows)
    assert (after.features["mark"] == "yes").all()
    assert not after.held[:, after.label_index("bad")].any()
    one = next(one for one in told.acting if one.before["label"] == "bad")
    assert one.after["label"] in {"good", "fair", "other"}
    again = read_members(file(after, "after.csv"), study.population, Columns(label="label"))
    assert len(instruct(study, again, "unplant").done) == 300


STUDY = """
name = "No longer bad"
[population]
file = "people.csv"
label = "label"
columns = ["mark", "place"]
test = 200
[learner]
kind = "bayes-optimal"
[strategies.unplant]
kind = "unplant"
target_label = "bad"
signal = { kind = "set-columns", values = { mark = "yes" } }
[placement]
alphas = [0.05, 0.2]
repetitions = 1
"""


def test_a_study_file_names_it_and_certify_needs_no_option(tmp_path):
    everybody, rng = people(6)
    lines = [
        f"{row},{record['mark']},{record['place']},{everybody.label_names[int(held.argmax())]}"
        for row, (record, held) in enumerate(zip(everybody.features, everybody.held, strict=True))
    ]
    header = "id,mark,place,label"
    written(tmp_path, "\n".join([header, *lines]) + "\n", "people.csv")
    chosen = [lines[row] for row in rng.permutation(1500)[:700]]
    written(tmp_path, "\n".join([header, *chosen]) + "\n", "members.csv")
    file = written(tmp_path, STUDY, "study.toml")
    study = read_study(file)
    assert study.strategies["unplant"] == Unplant(SIGNAL, "bad")
    assert study.measures == ("unplanted",)
    code, out, _ = called("certify", file, "--members", tmp_path / "members.csv")
    assert code == 0
    assert "of marked records no longer get “bad”" in out
    code, out, _ = called("theory", file, "--target", 0.9)
    assert code == 0
    assert "held " in out
    wrong = tmp_path / "wrong.toml"
    write_study(wrong, tomllib.loads(STUDY), {"strategies.unplant.target_label": "bda"})
    assert "did you mean 'bad'" in refused("theory", wrong)
