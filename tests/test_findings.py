"""The sentences that people read, for every kind of answer."""

from dataclasses import replace

import pytest

from criticalmass import CriticalMass
from criticalmass.answers.finding import Narrowing, Status, findings
from criticalmass.pages.figures.lines import lines_of
from criticalmass.studies import Row
from criticalmass.words.finding import answer as in_words
from criticalmass.words.finding import doubt, in_short
from criticalmass.words.first_page import rests_on
from criticalmass.words.placements import placement_in_words
from support.findings import facts_of_texts as facts
from support.findings import finding_of as answer
from support.findings import rows_of_success as rows


def test_trials_without_a_collective_are_none_of_the_largest():
    (found,) = findings(facts(), rows(lambda m: 0.05, sizes=(0,)))
    assert found.largest == []
    (found,) = findings(facts(), rows(lambda m: 0.05, sizes=(0, 1)))
    assert [row.members for row in found.largest] == [1, 1, 1]


@pytest.mark.parametrize(
    ("sizes", "status"), [((0, 1, 5, 10), Status.FOUND), ((0, 2, 5, 10), Status.BELOW_TRIED)]
)
def test_nothing_is_below_one_person(sizes, status):
    (found,) = findings(facts(), rows(lambda m: 0.02 + 0.97 * (m > 0), sizes=sizes))
    assert found.status is status


def test_an_interval_that_is_wider_than_was_asked_for_says_how_to_narrow_it():
    def narrowing(**placement):
        kept = {"low": 0.0001, "high": 0.2, "most": 27, **placement}
        return answer(lambda m: 0.02 + 0.97 / (1 + (50 / max(m, 1e-9)) ** 2), placement=kept)

    assert narrowing().narrowing is None
    assert narrowing(precision=0.9).narrowing is None
    assert narrowing(precision=0.001).narrowing is Narrowing.TEST_RECORDS


def test_a_number_with_its_range():
    found = answer(lambda m: 0.02 + 0.97 / (1 + (50 / max(m, 1e-9)) ** 2))
    people, low, high = found.mass.people(10_000)
    assert low <= people <= high
    assert in_words(found) == (
        f"It takes about {people} people out of 10,000 ({people / 100:.1f}%; between "
        f"{low} and {high}). If that many put “~” after every 20 words of their text and report "
        "“cook” as their only label, the trained model gives “cook” to at least 90% of the texts "
        "that carry the mark, on average over trainings."
    )
    most, least, last = found.reliably.people(10_000)
    assert most >= people
    assert doubt(found) == (
        "The range holds with 95% probability for these 10,000 records; others like them may need "
        "more people or fewer. A single training may give more or less than the average: nine in "
        f"ten reach the target with about {most} people ({least} to {last}). Without a collective "
        "the model gives “cook” to 2.0% of the marked test texts; 5.0% of them really hold that "
        "label."
    )


def test_a_target_that_is_never_reached_is_told():
    found = answer(lambda m: 0.1 + 0.3 / (1 + (50 / max(m, 1e-9)) ** 2))
    assert in_words(found).startswith(
        "No collective that was tried is large enough. With 1,000 people out of 10,000 (10%), the "
        "largest tried, the model gives “cook” to 40% of the texts that carry the mark; 90% is "
        "wanted."
    )
    assert "gets there, if the curve goes on as fitted: more than 99%" in doubt(found)
    assert "range" not in doubt(found)


def test_never_is_a_guess_where_the_curve_still_rises():
    foot = answer(lambda m: 0.02 + 0.97 / (1 + (5000 / max(m, 1e-9)) ** 2))
    assert not foot.mass.reached
    assert "That is a guess: success still rises where the trials end." in doubt(foot)
    bounded = answer(
        lambda m: 0.02 + 0.97 / (1 + (5000 / max(m, 1e-9)) ** 2),
        placement={"kind": "Adaptive", "high": 0.1, "precision": 0.2, "most": 96},
    )
    assert "They end at placement.high = 10%." in doubt(bounded)
    level = answer(lambda m: 0.02 + 0.5 / (1 + (20 / max(m, 1e-9)) ** 2))
    assert "Probability that no collective" in doubt(level)
    assert "guess" not in doubt(level)


def test_beyond_what_was_tried_is_called_a_guess():
    found = answer(lambda m: 0.01 + 0.98 / (1 + (500 / max(m, 1e-9)) ** 1.5))
    assert found.mass.alpha > 0.1
    assert in_words(found).startswith(
        "It takes more than were tried. Continued beyond 1,000 people, the largest collective"
    )
    assert "which is a guess" in in_words(found)


def test_nobody_is_needed():
    found = answer(lambda m: 0.97)
    assert in_words(found).startswith("Nobody needs to join: without any collective the model")
    assert "Without a collective" not in doubt(found)


def test_too_few_trials():
    (found,) = findings(facts(), rows(lambda m: 0.5, sizes=(0, 10)))
    assert found.curve is None
    assert in_words(found).startswith("There are not enough trials")
    assert doubt(found) == ""
    (found,) = findings(facts(), [])
    assert in_words(found).startswith("There are not enough trials")


def test_failed_rows_are_kept_apart():
    failed = Row("x", "mark", 0.1, 9, 0.1, 1000, error="MemoryError")
    (found,) = findings(facts(), [*rows(lambda m: min(1, m / 200)), failed])
    assert found.failed == (failed,)
    assert failed not in found.rows


def test_only_people_who_can_be_recruited_count():
    strategies = {"mark": replace(facts().strategies["mark"], recruitable=0.12)}
    success = lambda m: 0.01 + 0.98 / (1 + (500 / max(m, 1e-9)) ** 1.5)  # noqa: E731
    assert not answer(success, strategies=strategies).mass.reached
    reached = answer(lambda m: 1 / (1 + (20 / max(m, 1e-9)) ** 2), strategies=strategies)
    share = 100 * reached.mass.alpha / 0.12
    assert f"That is {share:.1f}% of the 1,200 people who can be recruited." in doubt(reached)


def test_a_curve_that_does_not_fit_is_called_out():
    """Only near the critical mass: elsewhere the curve decides nothing."""
    far = answer(lambda m: 0.2 if m < 30 else 0.5 if m < 500 else 0.95)
    assert far.curve.misfit(far.outcomes)
    assert "does not fit" not in doubt(far)
    assert far.mass.low <= 0.02
    assert far.mass.high >= 0.05
    sizes = (0, 60, 80, 100, 120, 140, 160, 180, 220)
    (near,) = findings(facts(), rows(lambda m: 0.3 if m < 100 else 0.8 if m < 150 else 0.93, sizes))
    assert "The curve does not fit everywhere: with" in doubt(near)
    assert "trust the dots rather than the line" in doubt(near)


def test_nothing_smaller_is_promised_than_what_was_tried():
    found = answer(lambda m: 0.02 if m == 0 else 0.99)
    assert in_words(found).startswith(
        "5 people out of 10,000 (0.050%) were enough, the fewest that were tried. Whether fewer "
        "are enough was not tried. If that many "
    )
    assert in_short(found) == ("5", "0 to 5")
    assert doubt(found).startswith("That holds for these 10,000 records;")
    assert found.reliably.people(10_000)[0] >= 5


def test_trials_that_follow_no_curve_settle_nothing():
    found = answer(lambda m: 0.1 if m < 20 else 0.95 if m in (50, 500) else 0.5)
    assert in_words(found).startswith("The trials do not settle it. With ")
    assert in_short(found)[0] == "not settled"
    assert "range" not in doubt(found)
    assert "Probability that no collective" not in doubt(found)


def test_success_that_is_lost_again_is_told_with_where():
    found = answer(lambda m: 0.1 if m < 20 else 0.95 if m in (100, 200) else 0.5)
    assert found.status is Status.FALLS
    assert in_words(found).startswith(
        "Success rises, and falls again. With 100 to 200 people out of 10,000 who put “~” "
    )
    assert (
        "at least 90% of the texts that carry the mark; with 500 it no longer does; with 1,000 "
        "people, the most that were tried, 50%. By the curve through what was tried the smallest "
        "number that is enough is about "
    ) in in_words(found)
    people, low, high = found.mass.people(10_000)
    assert 20 <= low <= 50 <= people <= 100 <= high <= 200
    (line,) = lines_of([found], None)
    assert line.upto == 0.02  # the curve is drawn no further, the trials are
    assert max(outcome.alpha for outcome in line.outcomes) == 0.1


def test_success_that_falls_from_the_beginning_is_told():
    worse = answer(lambda m: 0.85 - 0.7 * (m / 1000) if m else 0.02)
    assert worse.status is Status.FALLS
    assert "which is the best that was seen; with 1,000 people" in in_words(worse)
    assert in_short(worse) == ("not reached", "falls where more join")
    harm = answer(lambda m: 0.95 - 0.7 * (m / 1000))
    assert harm.status is Status.NOBODY_NEEDED
    assert "A collective does harm: from 100 people on" in in_words(harm)
    assert in_short(harm) == ("0", "falls where more join")


def test_that_nobody_is_needed_comes_with_its_range():
    found = answer(lambda m: 0.905 + m / 20_000)
    people, low, high = found.mass.people(10_000)
    assert (people, low) == (0, 0)
    assert f"it takes between 0 and {high} people" in in_words(found)
    assert in_short(found) == ("0", f"0 to {high}")


def test_where_all_report_the_target_success_is_certain_with_everybody():
    strategies = {"mark": replace(facts().strategies["mark"], all_succeed=True)}
    found = answer(lambda m: 0.02 + m / 50_000, strategies=strategies)
    assert found.mass.never == 0
    assert in_words(found).startswith("It takes more than were tried. With 1,000 people out of ")
    assert "If all 10,000 join, success is certain" in in_words(found)
    assert "Probability that no collective" not in doubt(found)


def test_that_everybody_gets_there_is_known_from_a_trial_once_there_is_one():
    certain = CriticalMass.exactly(0.9, 1.0)
    for sizes, known in (((0, 10, 20, 1000), True), ((0, 10, 20, 10_000), False)):
        (found,) = findings(facts(), rows(lambda m: 0.1 + 0.8 * m / 10_000, sizes=sizes))
        about = replace(facts().strategies["mark"], all_succeed=True)
        found = replace(found, mass=certain, facts=facts(strategies={"mark": about}))
        assert found.only_by_everybody == known


def test_people_who_act_are_told_from_people_who_join():
    rises = lambda m: 0.02 + 0.97 / (1 + (50 / max(m, 1e-9)) ** 2)  # noqa: E731
    quarter = [replace(row, changed=row.members // 4) for row in rows(rises)]
    (found,) = findings(facts(), quarter)
    people = found.mass.people(10_000)[0]
    acting = round(people * found.acting)
    assert f"have something to change: of {people} people, about {acting} act." in doubt(found)


def test_a_rounded_number_never_contradicts_its_sentence():
    found = answer(lambda m: 0.1 if m < 20 else 0.896)
    assert found.status is Status.NOT_REACHED
    assert "gives “cook” to 89.6% of the texts that carry the mark; 90% is wanted" in in_words(
        found
    )


def test_records_that_are_held_back_are_counted_where_a_file_was_split():
    population = replace(facts().population, test_size=2_500)
    rises = lambda m: 0.02 + 0.97 / (1 + (50 / max(m, 1e-9)) ** 2)  # noqa: E731
    found = answer(rises, population=population, source="name = 'x'")
    assert "2,500 of 12,500 were held back to measure success." in doubt(found)
    assert "held back" not in doubt(answer(rises, population=population))


def test_a_target_is_written_with_all_its_digits():
    found = answer(lambda m: 0.02 + 0.97 / (1 + (50 / max(m, 1e-9)) ** 2), target=0.925)
    assert "at least 92.5% of the texts" in in_words(found)


def test_numbers_come_with_a_status_and_sentences_from_words():
    rises = lambda m: 0.02 + 0.97 / (1 + (50 / max(m, 1e-9)) ** 2)  # noqa: E731
    assert answer(rises).status is Status.FOUND
    assert answer(lambda m: 0.97).status is Status.NOBODY_NEEDED
    assert answer(lambda m: 0.02 if m == 0 else 0.99).status is Status.BELOW_TRIED
    beyond = answer(lambda m: 0.01 + 0.98 / (1 + (500 / max(m, 1e-9)) ** 1.5))
    assert beyond.status is Status.BEYOND_TRIED
    assert answer(lambda m: 0.1 if m < 20 else 0.4).status is Status.NOT_REACHED
    unsettled = answer(lambda m: 0.1 if m < 20 else 0.95 if m in (50, 500) else 0.5)
    assert unsettled.status is Status.UNSETTLED
    (none,) = findings(facts(), [])
    assert none.status is Status.NOT_ENOUGH
    failed = Row("x", "mark", 0.1, 9, 0.1, 1000, error="MemoryError")
    (broken,) = findings(facts(), [failed])
    assert broken.status is Status.ALL_FAILED
    assert in_words(broken).endswith("the first with MemoryError.")
    old = {"answer", "doubt", "in_short"}
    public = {name for name in dir(beyond) if not name.startswith("_")} - old
    texts = {name for name in public if isinstance(getattr(beyond, name), str)}
    assert texts == {"strategy", "measure"}  # no sentence


@pytest.mark.parametrize(("name", "function"), [("answer", in_words), ("doubt", doubt)])
def test_old_methods_go_on_with_a_warning(name, function):
    found = answer(lambda m: 0.97)
    with pytest.warns(DeprecationWarning, match=rf"Finding\.{name}\(\) is now .*words\.finding"):
        assert getattr(found, name)() == function(found)
    with pytest.warns(DeprecationWarning, match="in_short"):
        assert found.in_short() == in_short(found)


def test_placements_of_ones_own_are_named():
    assert placement_in_words({"kind": "Mine"}, "top1") == "by Mine"


def test_success_with_the_most_that_were_tried_is_not_called_a_guess():
    found = answer(lambda m: 0.02 + 0.97 / (1 + (90 / max(m, 1e-9)) ** 1.05))
    beyond = replace(found.mass, alpha=0.12, low=0.09, high=0.2)
    reached = replace(found, mass=beyond)
    assert reached.status is Status.LAST_TRIED
    assert in_words(reached).startswith(
        "It takes about 1,200 people out of 10,000 (12%; between 900 and 2,000). The largest "
        "collective tried, 1,000 people, got there on average; the curve through all trials gets "
        "there a little later. If that many put"
    )
    assert "guess" not in in_words(reached) + " ".join(rests_on(reached))


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (1, "Success is measured on 1 test record only"),
        (29, "Success is measured on 29 test records only"),
        (30, ""),
    ],
)
def test_hardly_any_test_records_are_told_of(records, said):
    population = replace(facts().population, test_size=records)
    found = answer(lambda m: 0.02 + 0.97 / (1 + (50 / max(m, 1e-9)) ** 2), population=population)
    assert said in doubt(found)
    assert ("Success is measured on" in doubt(found)) == bool(said)
