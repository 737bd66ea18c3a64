"""`certify`: from members' records to sentences, beside what then happens to all records."""

import re
import tomllib
from collections import Counter

import numpy as np
import pytest

from criticalmass import Erase, FeatureLabel, FeatureOnly, Population
from criticalmass.answers.certificate import certify
from criticalmass.answers.kept_certificate import Form
from criticalmass.errors import DataError, ParameterError
from criticalmass.signals import DropColumn, MoveToSubgroup, SetColumns
from criticalmass.strategies import Imperfect, NoTheory, Targeted
from criticalmass.words.certificate import lines
from support.command_line import called, refused
from support.members_files import written
from support.study_files import write_study

STUDY = tomllib.loads("""
name = "A mark"
[population]
file = "people.csv"
label = "label"
columns = ["mark", "place"]
test = 200
[learner]
kind = "bayes-optimal"
[strategies.plant]
kind = "feature-label"
target_label = "yes"
signal = { kind = "set-columns", values = { mark = "yes" } }
[placement]
low = 0.01
high = 0.5
points = 3
""")
SIGNAL = SetColumns({"mark": "yes"})


def people(seed, size=1500, places=4):
    """A table of a mark that few carry and a place, with labels that hang on both."""
    rng = np.random.default_rng(seed)
    place = rng.integers(places, size=size)
    marked = rng.random(size) < rng.uniform(0.01, 0.12)
    label = np.where(rng.random(size) < 0.2 + 0.5 * marked, "no", "yes")
    columns = {
        "mark": np.where(marked, "yes", "no").astype(object),
        "place": np.array([f"p{k}" for k in place], dtype=object),
        "label": label.astype(object),
    }
    return Population.from_table(columns, label="label", label_names=["no", "yes"]), rng


def best(population):
    """The only most frequent label of each record; None where two are level."""
    votes = {}
    for record, held in zip(population.features, population.labels, strict=True):
        votes.setdefault(record.tolist(), Counter())[int(held.argmax())] += 1
    found = {}
    for record, counts in votes.items():
        (first, most), *others = counts.most_common(2)
        found[record] = first if not others or others[0][1] < most else None
    return found


@pytest.mark.parametrize("kind", [FeatureLabel, FeatureOnly])
@pytest.mark.parametrize("listed", [True, False])
def test_what_is_guaranteed_then_happens(kind, listed):
    strategy, some = kind(SIGNAL, "yes"), 0
    for seed in range(6):
        everybody, rng = people(seed)
        rows = rng.permutation(len(everybody))[:700]
        members = everybody.take(rows)
        known = everybody.take(np.arange(100)) if listed else None
        answer = certify(strategy, members, len(everybody), known=known)
        after = strategy.edit(everybody, rows, rng).apply(everybody)
        predicted = best(after)
        led = SIGNAL.apply(everybody.features, population=everybody, rng=rng)
        right = np.array([predicted.get(record.tolist()) == 1 for record in led])
        assert answer.success <= right.mean()
        acting = rows if kind is FeatureLabel else rows[members.labels[:, 1]]
        assert max(answer.for_members, answer.members_certified) <= right[acting].mean()
        some += answer.success > 0
    assert some


def test_unplanting_is_by_the_label_that_most_members_have_there():
    everybody, rng = people(3)
    rows = rng.permutation(len(everybody))[:900]
    strategy = FeatureLabel(SIGNAL, "no")
    answer = certify(strategy, everybody.take(rows), len(everybody), unplant=True)
    assert answer.form is Form.UNPLANT
    assert (answer.certificate.wanted == 1).all()
    plain = certify(FeatureLabel(SIGNAL, "yes"), everybody.take(rows), len(everybody))
    assert answer.certificate.certified.tolist() == plain.certificate.certified.tolist()


def test_erasing_is_certified_record_by_record():
    everybody, rng = people(0, size=3000)
    rows = rng.permutation(3000)[:1500]
    answer = certify(Erase(SetColumns({"mark": "no"})), everybody.take(rows), 3000)
    assert answer.form is Form.ERASE
    assert len(answer.points) == 8
    assert answer.success > 0.5
    assert "predicted the same with and without" in lines(answer)[0]


def test_more_people_against_it_certify_less():
    everybody, rng = people(1)
    members = everybody.take(rng.permutation(1500)[:800])
    margins = [
        certify(FeatureLabel(SIGNAL, "yes"), members, 1500, against=m).certificate.margin
        for m in (0, 10)
    ]
    assert (margins[0] - margins[1] >= 10).all()


def test_holders_who_leave_the_image_certify_more_than_those_who_stay():
    everybody, rng = people(2)
    members = everybody.take(rng.permutation(1500)[:800])
    stay, leave = (
        certify(FeatureOnly(SIGNAL, "yes"), members, 1500, moving_away=away).certificate.margin
        for away in (False, True)
    )
    assert (stay < leave).all()


@pytest.mark.parametrize("unplant", [False, True])
def test_looking_while_people_join_costs_little_and_holds(unplant):
    strategy, some = FeatureLabel(SIGNAL, "no" if unplant else "yes"), 0
    for seed in range(4):
        everybody, rng = people(seed)
        rows, known = rng.permutation(1500), everybody.take(np.arange(100))
        for n in (200, 400, 600, 800):
            made = certify(
                strategy, everybody.take(rows[:n]), 1500, known=known, anytime=True, unplant=unplant
            )
            plain = certify(strategy, everybody.take(rows[:n]), 1500, known=known, unplant=unplant)
            after = FeatureLabel(SIGNAL, "yes").edit(everybody, rows[:n], rng).apply(everybody)
            led = SIGNAL.apply(everybody.features, population=everybody, rng=rng)
            predicted = best(after)
            right = np.mean([predicted.get(record.tolist()) == 1 for record in led])
            assert made.success <= right
            some += made.success > 0
            assert (made.certificate.certified <= plain.certificate.certified).mean() >= 0.5
    assert some


def holders_of(label):
    return people(0)[0].take(people(0)[0].holding(label)[:50])


@pytest.mark.parametrize(
    ("strategy", "options", "error", "says"),
    [
        (FeatureLabel(SIGNAL, "yes"), {"population_size": 20}, ParameterError, "cannot have"),
        (FeatureLabel(SIGNAL, "yes"), {"success": 1.0}, ParameterError, "between 0 and 1"),
        (FeatureLabel(SIGNAL, "yes", "target"), {}, NoTheory, "all hold one label"),
        (FeatureLabel(SIGNAL, "yes"), {"moving_away": True}, NoTheory, "move away"),
        (FeatureOnly(SIGNAL, "yes"), {"unplant": True}, NoTheory, "can unplant"),
        (FeatureOnly(SIGNAL, "yes"), {}, DataError, "nobody would act"),
        (Erase(DropColumn("mark")), {}, NoTheory, "makes its map"),
        (FeatureLabel(DropColumn("mark"), "yes"), {}, NoTheory, "makes its map"),
        (Erase(SIGNAL), {"anytime": True}, NoTheory, "one look only"),
        (FeatureLabel(SIGNAL, "yes"), {"anytime": True}, NoTheory, "or fewer; these are not there"),
        (FeatureLabel(MoveToSubgroup({"place": "p1"}), "yes"), {}, NoTheory, "to chance"),
    ],
)
def test_things_that_cannot_be_certified_are_refused(strategy, options, error, says):
    with pytest.raises(error, match=says):
        certify(strategy, holders_of("no"), **{"population_size": 1000, **options})


@pytest.mark.parametrize(
    ("strategy", "says"),
    [
        (Imperfect(FeatureLabel(SIGNAL, "yes"), inactive=0.25), "name a strategy in which all act"),
        (Targeted(SIGNAL, "yes"), 'known for kind = "targeted": use kind = "feature-label"'),
    ],
)
def test_a_refusal_names_the_kind_and_says_what_to_do(strategy, says):
    with pytest.raises(NoTheory, match=says):
        certify(strategy, holders_of("no"), 1000)


def test_those_who_stay_as_they_are_cannot_be_looked_at_while_people_join():
    members = people(0)[0]
    with pytest.raises(NoTheory, match="stay as they are; have them report the label"):
        certify(FeatureOnly(SIGNAL, "yes"), members, 2000, known=members, anytime=True)


def study(folder, kind="feature-label"):
    everybody, rng = people(4, size=2000)
    header = "id,mark,place,label"
    table = [
        f"{row},{record['mark']},{record['place']},{('no', 'yes')[int(held.argmax())]}"
        for row, (record, held) in enumerate(zip(everybody.features, everybody.labels, strict=True))
    ]
    written(folder, "\n".join([header, *table]) + "\n", "people.csv")
    for count in (20, 900):
        some = [table[k] for k in rng.permutation(2000)[:count]]
        written(folder, "\n".join([header, *some]) + "\n", f"members{count}.csv")
    write_study(folder / "study.toml", STUDY, {"strategies.plant.kind": kind})
    return folder / "study.toml"


def test_the_command_says_it_in_plain_words(tmp_path):
    file = study(tmp_path)
    code, out, _ = called("certify", file, "--members", tmp_path / "members900.csv")
    said = out.splitlines()
    assert code == 0
    assert said[0].startswith("Guaranteed for everybody: at least ")
    assert said[1] == (
        "Guaranteed for your group: wherever that holds, all of its own marked records get “yes”."
    )
    assert "a random sample of 2,000 people" in said[-1]


def test_it_says_what_options_ask_for(tmp_path):
    file = study(tmp_path)
    begin = ("certify", file, "--members", tmp_path / "members900.csv")
    _, unplanted, _ = called(*begin, "--unplant", "--population-size", 2000)
    assert "% of marked records no longer get “yes”" in unplanted
    _, looked, _ = called(*begin, "--anytime")
    assert " of marked records get “yes”" in looked
    _, wary, _ = called(*begin, "--epsilon", 0.01, "--against", 5)
    assert "ε = 0.01" in wary
    assert "against it: 5 at most; the number of all people is then exact." in wary


def test_holders_alone_mark_and_the_others_may_move_away(tmp_path):
    file = study(tmp_path, "feature-only")
    words = ("certify", file, "--members", tmp_path / "members900.csv")
    certified = []
    for option in ((), ("--moving-away",)):
        code, out, _ = called(*words, *option)
        assert code == 0
        certified.append(int(re.search(r"marked records: (\d+) of", out)[1]))
    assert certified[0] <= certified[1]
    assert certified[1] > 0


def test_so_few_are_told_how_many_would_do(tmp_path):
    file = study(tmp_path)
    _, out, _ = called("certify", file, "--members", tmp_path / "members20.csv")
    assert "Nothing is guaranteed for so few; about " in out
    assert "Not certified: place = p" in out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--population-size", "100"], "a population of 100 cannot have 900 members"),
        (["--confidence", "1"], "confidence lies below 1"),
        (["--against", "2000"], "2,000 people cannot work against it: of 2,000 people 1,100 are"),
        (["--against", "-3"], "the number of people who work against it is 0 or more, not -3"),
        (["--strategy", "plan"], "did you mean 'plant'?"),
        (["--moving-away"], 'members who keep their labels, kind = "feature-only", move away'),
    ],
)
def test_mistakes_are_one_line(tmp_path, options, says):
    file = study(tmp_path)
    assert says in refused("certify", file, "--members", tmp_path / "members900.csv", *options)
