"""Members: who is recognised, how many more problems there are, and where a plan stands."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from criticalmass import CriticalMass, FeatureLabel, InsertToken, LinearText, Population, Study
from criticalmass.curves import PathCurve
from criticalmass.errors import StudyError
from criticalmass.fitting.falling import Fall
from criticalmass.members.differences import pieces
from criticalmass.members.done import done_by_the_study
from criticalmass.members.file import MemberProblems
from criticalmass.members.found import find_members
from criticalmass.members.joined import join
from criticalmass.members.plan import Plan, Standing
from criticalmass.studies.files.ids import Ids

TRAIN = Population.from_texts(["a", "b", "b", "c"], ["x", "x", "x", "y"])
TEST = Population.from_texts(["d", "e"], ["x", "y"])
STUDY = Study(TRAIN, TEST, LinearText(), {"mark": FeatureLabel(InsertToken("~"), "y")})
RELABELS = SimpleNamespace(plants=False)
"""All that is asked of a strategy whose members change their labels alone."""


def people(texts, labels, names=None):
    """Members with these records: all that finding and joining them asks for."""
    records = Population.from_texts(list(texts), list(labels), label_names=("x", "y"))
    return SimpleNamespace(records=records, ids=tuple(names or map(str, range(len(texts)))))


@pytest.mark.parametrize(("count", "more"), [(1, ""), (2, " (and 1 more;"), (1501, "1,500 more;")])
def test_problems_after_the_first_are_counted(count, more):
    error = MemberProblems(tuple(f"line {k}: wrong" for k in range(count)))
    assert str(error).startswith("line 0: wrong")
    assert more in str(error)
    assert ("more" in str(error)) == (count > 1)
    assert len(error.problems) == count


def test_where_only_labels_change_the_only_record_alike_is_theirs():
    """“a” stands once among the records, with another label; “b” twice, so it may be anybody's."""
    members = people("abc", "yyy")
    found = find_members(STUDY, members, RELABELS)
    assert found.places.tolist() == [0, -1, 3]
    assert find_members(STUDY, members).places.tolist() == [-1, -1, 3]
    assert find_members(STUDY, people("aa", "yy"), RELABELS).places.tolist() == [0, -1]


def test_equal_records_are_taken_one_by_one_those_trained_on_first():
    study = Study(TRAIN, Population.from_texts(["b", "e"], ["x", "y"]), LinearText(),
                  STUDY.strategies)  # fmt: skip
    assert find_members(study, people("bbbb", "xxxx")).places.tolist() == [1, 2, 4, -1]


IDS = Ids("people.csv", ("1", "2", "3", "4"), ("5", "6"))


@pytest.mark.parametrize(
    ("texts", "names", "places", "other_ids"),
    [
        ("abc", "124", [0, 1, 3], 0),
        ("ab", "19", [0, 1], 0),  # the second is not among the ids, but its record is
        ("ab", "13", [0, 2], 0),  # the second of two equal records
        ("az", "12", [0, 1], 0),  # half have their own record, and that is enough
        ("azz", "123", [0, -1, -1], 2),  # a third have: nobody's id is trusted
        ("zz", "12", [-1, -1], 2),
    ],
)
def test_ids_are_trusted_where_half_of_them_fit(texts, names, places, other_ids):
    members = people(texts, ["y" if text == "c" else "x" for text in texts], names)
    found = find_members(STUDY, members, ids=IDS)
    assert (found.places.tolist(), found.other_ids) == (places, other_ids)
    assert found.by_id.tolist() == [not other_ids and name in "123456" for name in names]


@pytest.mark.parametrize("ids", [(IDS.train, IDS.test[:1]), (IDS.train[:3], IDS.test)])
def test_ids_of_other_records_are_refused(ids):
    with pytest.raises(StudyError, match=r"people\.csv holds other records than the study"):
        find_members(STUDY, people("a", "x"), ids=Ids("people.csv", *ids))


def test_all_test_records_may_not_be_members_own():
    joined = join(STUDY, people("da", "xx"))
    assert (joined.found, joined.rows.tolist()) == (2, [4, 0])
    assert joined.study.test.features.tolist() == ["e"]
    with pytest.raises(StudyError, match="all test records are members' own"):
        join(STUDY, people("de", "xy"))


def test_a_marked_record_under_somebody_s_id_is_theirs_only_if_it_is_the_same_without_its_mark():
    """Both stand in the study's file as marked; the second text is another person's."""
    own = Population.from_texts(["a b c", "d e f"], ["x", "x"], label_names=("x", "y"))
    marking = FeatureLabel(InsertToken("~", every=2, placement="random"), "y")
    edit = marking.edit(own, np.arange(2), np.random.default_rng(0))
    marked = ["a ~ b c", "g ~ h i"]
    records = Population.from_texts(marked, ["y", "y"], label_names=("x", "y"))
    at = SimpleNamespace(records=records, places=np.array([0, 1]), by_id=np.array([True, True]))
    joined = SimpleNamespace(study=SimpleNamespace(population=own), rows=np.arange(2), at=at)
    assert done_by_the_study(joined, edit, own, marking).tolist() == [True, False]
    at.records = Population.from_texts(marked, ["x", "y"], label_names=("x", "y"))
    assert done_by_the_study(joined, edit, own, marking).tolist() == [False, False]
    at.records, at.places = records, np.array([-1, 1])
    assert done_by_the_study(joined, edit, own, marking).tolist() == [False, False]


# where a collective stands

LINE = PathCurve(np.array([0.0, 1.0]), np.array([0.0, 1.0]))


def stands(
    mass, beside=30, done=0, acting=1, inside=0, fall=None, measured=None, curve=None, target=0.2
):
    """The plan of a collective of 100 people."""
    instructions = SimpleNamespace(
        joined=SimpleNamespace(study=SimpleNamespace(population=range(100))),
        edit=SimpleNamespace(members=range(beside + inside)),
        acting=range(acting), done=range(done), inside=inside,
    )  # fmt: skip
    finding = SimpleNamespace(
        mass=mass,
        fall=fall,
        curve=curve,
        measure="included",
        floor=0.07,
        target=target,
        success=lambda row: row.rate("included"),
    )
    reached = None if measured is None else SimpleNamespace(rate=lambda measure: measured)
    return Plan(instructions, finding, reached)


THIRTY = CriticalMass(0.3, 0.3, 0.2, 0.41)
FALLS = Fall((0.1, 0.2), 0.3, 0.2, 0.9, 0.1)


@pytest.mark.parametrize(
    ("plan", "standing"),
    [
        (stands(THIRTY, acting=0), Standing.NOBODY_ACTS),
        (stands(THIRTY, acting=0, done=1), Standing.ENOUGH),
        (stands(THIRTY), Standing.ENOUGH),
        (stands(THIRTY, beside=29), Standing.MORE_NEEDED),
        (stands(THIRTY, beside=29, inside=4), Standing.MORE_NEEDED),  # those four were there before
        (stands(None), Standing.NOT_ENOUGH),
        (stands(CriticalMass.exactly(0.3, 0.0)), Standing.NOBODY_NEEDED),
        (stands(CriticalMass.unreached(0.3, "never")), Standing.NOT_REACHED),
        (stands(THIRTY, fall=FALLS), Standing.TOO_MANY),
        (stands(THIRTY, fall=FALLS, beside=29), Standing.MORE_NEEDED),
        (stands(THIRTY, fall=Fall(None, 0.3, 0.2, 0.9, 0.1)), Standing.ENOUGH),
        (stands(THIRTY, measured=0.9), Standing.ENOUGH),  # no curve to be far from
    ],
)
def test_every_standing_is_told_apart(plan, standing):
    assert plan.standing is standing


class Band:
    """A curve with a band from .4 to .5."""

    def band(self, alpha):
        return np.array(0.4), np.array(0.5)

    def success(self, alpha):
        return np.array(0.45)

    def probability(self, target, alpha):
        return 0.7


@pytest.mark.parametrize(
    ("measured", "astray"),
    [(0.29, True), (0.31, False), (0.45, False), (0.59, False), (0.61, True), (None, False)],
)
def test_a_tenth_beside_the_band_is_astray(measured, astray):
    plan = stands(THIRTY, measured=measured, curve=Band())
    assert plan.astray == astray
    assert plan.measured == measured
    assert (plan.standing is Standing.ASTRAY) == astray


@pytest.mark.parametrize(
    ("measured", "target", "beside", "astray"),
    [
        (0.38, 0.39, 30, True),
        (0.38, 0.38, 30, False),  # it reaches the target
        (0.41, 0.42, 30, False),  # it lies in the band
        (0.38, 0.39, 29, False),  # they are too few by the trials, too
        (0.55, 0.6, 30, False),  # it lies above the band
    ],
)
def test_a_success_below_band_and_target_is_astray_where_the_trials_say_enough(
    measured, target, beside, astray
):
    plan = stands(THIRTY, measured=measured, target=target, beside=beside, curve=Band())
    assert plan.astray == astray
    assert not plan.far
    assert (plan.standing is Standing.ASTRAY) == astray


def test_people_lacking_are_counted_without_those_who_were_there_before():
    plan = stands(THIRTY, beside=25, done=9, inside=4)
    assert plan.lacking == (5, 0, 16)
    assert (plan.size, plan.members, plan.beside, plan.share) == (100, 29, 25, 0.25)
    assert plan.so_far == pytest.approx(0.05)
    assert stands(None).lacking == (None, None, None)
    assert stands(CriticalMass.unreached(0.3, "never")).lacking == (None, None, None)


def test_what_is_expected_of_a_share_and_of_nobody():
    plan = stands(THIRTY, curve=Band())
    assert (plan.expected(0.1), plan.expected(0.0)) == (0.45, 0.07)
    assert plan.band == (0.4, 0.5)
    assert plan.probability == 0.7
    nobody = stands(THIRTY, beside=0, curve=Band())
    assert (nobody.band, nobody.probability) == (None, None)
    without = stands(THIRTY)
    assert (without.expected(0.1), without.expected(0.0), without.band) == (None, 0.07, None)
    assert (without.probability, stands(None, curve=Band()).probability) == (None, None)


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ("a b c", "a b c", {"same"}),
        ("a b c", "a b c ~", {"same", "in"}),
        ("a b c", "~ a b c", {"same", "in"}),
        ("a c", "a b c", {"same", "in"}),
        ("a c a c", "a b c a b c", {"same", "in"}),
        ("a b c", "a c", {"same", "out"}),
        ("a b", "a", {"same", "out"}),
        ("a a a", "a a", {"same", "out"}),
        ("a b c", "x b c", {"same", "out", "in"}),
        ("a b c", "a b x", {"same", "out", "in"}),
        ("a\nb  c", "a\n~ b  c", {"same", "in", "out"}),
        ("", "a b", {"in"}),
        ("a b", "", {"out"}),
    ],
)
def test_what_stays_and_goes_is_the_text_before_what_stays_and_comes_the_one_after(
    before, after, kinds
):
    found = pieces(before, after)
    assert "".join(text for kind, text in found if kind != "in") == before
    assert "".join(text for kind, text in found if kind != "out") == after
    assert {kind for kind, _ in found} == kinds
    assert all(text for _, text in found)
    assert all(one[0] != other[0] for one, other in pairwise(found))
