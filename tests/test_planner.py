"""The planner: its numbers, its sentences, and the page that is written."""

import json
import math
import re
import shutil
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import betabinom, norm

from criticalmass import FeatureLabel, InsertToken, run
from criticalmass.answers.growth import growth_of
from criticalmass.answers.planning import Kinds, Theorem, missed
from criticalmass.answers.scenario import FIELDS, Scenario
from criticalmass.answers.study_trials import between, trials_of, trials_of_all
from criticalmass.errors import ParameterError, StudyError
from criticalmass.fitting import SizeLaw
from criticalmass.fitting.size_law import SizeVerdict
from criticalmass.incentives import Incentives, PartlyActing
from criticalmass.messages import speaking
from criticalmass.pages.page import script
from criticalmass.pages.planner import LARGEST, SCRIPTS, render, write_planner
from criticalmass.studies.store.store import Store
from criticalmass.theory import FeatureLabelBound, whole_people_feature_label
from criticalmass.words import planning as words
from support.command_line import called, refused
from support.findings import finding_of
from support.messages import Accented
from support.planning import LAW, begun, every_source, level, rising, sources_with_law
from support.studies import text_study


@pytest.fixture(scope="module")
def found():
    return finding_of(rising)


@pytest.fixture(scope="module")
def trials(found):
    return trials_of(found)


@pytest.fixture(scope="module")
def sources(trials):
    return every_source(trials)


# numbers, against the library and by hand


@pytest.mark.parametrize("target", [0.2, 0.5, 0.9, 0.95])
@pytest.mark.parametrize("slip", [0.0, 0.1, 0.5])
def test_trials_give_the_critical_mass_of_their_curve(found, trials, target, slip):
    scenario = Scenario(population=10_000, slip=slip, target=target)
    (people,) = trials.people(scenario, target)
    mass = PartlyActing(found.curve, slip).critical_mass(target)
    assert (people.middle, people.low, people.high) == mass.people(10_000)


@pytest.fixture(scope="module")
def begun_found():
    return finding_of(begun)


@pytest.mark.parametrize("success", [rising, begun, level])
def test_every_number_of_trials_agrees_with_their_curve(success):
    """At every whole percent, the number is where the curve that is drawn reaches it."""
    found = finding_of(success)
    trials = trials_of(found)
    means, percents = trials.curve[:, 1], range(max(round(100 * trials.lowest), 5), 100)
    for target in (percent / 100 for percent in percents):
        scenario = Scenario(10_000, target=target)
        (people,) = trials.acting(scenario, target)
        mass = found.curve.critical_mass(target)
        ends = (mass.low, mass.alpha if mass.reached else math.inf, mass.high)
        assert np.array(people[1:]) / 10_000 == pytest.approx(ends), target
        assert np.median(trials.draws(scenario)) == pytest.approx(people.middle, rel=0.06), target
        if abs(target - means.max()) > 0.01:  # at a plateau its curve is level
            drawn = np.exp(np.interp(target, means, np.log(trials.shares), right=math.inf))
            assert people.middle / 10_000 == pytest.approx(drawn, rel=0.15), target
    assert len(trials.drawn_at) < 30


def test_trials_say_nothing_of_a_success_that_there_may_be_with_nobody(begun_found):
    trials = trials_of(begun_found)
    edge = begun_found.curve.band([0.5 / 10_000])[1].item()
    assert edge <= trials.lowest < edge + 0.01
    assert 0.12 < trials.lowest < 0.2
    low = Scenario(10_000, target=0.06)
    for asked in (
        lambda: trials.people(low, 0.06),
        lambda: trials.pledge(low),
        lambda: words.told(trials, low),
    ):
        with pytest.raises(ParameterError, match=r"say nothing of a target of 0\.06"):
            asked()
    assert Theorem().people(low, 0.06)


def test_the_target_of_a_study_is_raised_to_what_its_curve_knows():
    below = trials_of(finding_of(begun, target=0.08), growth_of(LAW))
    assert below.target == below.lowest > 0.12
    assert below.growth is None
    html = render([below])
    percent = f"{100 * below.lowest:.0f}%"
    assert f"How many people “mark” takes for less than {percent}: with nobody" in html
    assert f"enough for {percent}." in html
    assert "takes for less than" not in render([trials_of(finding_of(rising))])


def test_trials_do_not_guess_from_where_joining_pays_below_all_that_they_know(begun_found):
    trials = trials_of(begun_found)
    scenario = Scenario(10_000, slip=0.0, cost=0.08)
    (enough,) = trials.people(scenario, trials.lowest)
    said = " ".join(words.told(trials, scenario))
    assert "Joining pays where success is above 8.0%. The trials do not say from how many" in said
    assert f"{enough.middle} ({enough.low} to {enough.high}) are enough." in said


def test_another_population_has_two_readings(found, trials):
    scenario = Scenario(population=50_000, slip=0.0)
    heads, share = trials.people(scenario, 0.9)
    mass = found.curve.critical_mass(0.9)
    assert heads == ("heads", *(mass.people(10_000)[place] for place in (1, 0, 2)))
    assert share == ("share", *(mass.people(50_000)[place] for place in (1, 0, 2)))


@pytest.fixture(scope="module")
def sized(trials):
    """Trials of a study that was tried in three sizes."""
    return sources_with_law(trials)[0]


def law_itself():
    """The law of what is kept of it, with draws by another way than the library's."""
    masses = []
    for seed, (middle, low, high) in enumerate(LAW.people):
        score = np.random.default_rng(seed).permutation(norm.ppf((np.arange(9999) + 1) / 10_000))
        ends = np.where(score < 0, math.log(middle / low), math.log(high / middle))
        masses.append(middle * np.exp(score / 1.959964 * ends))
    return SizeLaw(LAW.sizes, np.column_stack(masses))


@pytest.mark.parametrize("population", [1000, 4321, 50_000, 10**6, 10**9])
def test_a_law_says_how_many_it_takes_of_another_population(sized, population):
    (found,) = sized.acting(Scenario(population=population), 0.9)
    union = law_itself().at(population).union
    assert found.reading == "law"
    assert found[1:] == pytest.approx((union.low, union.value, union.high), rel=0.05)
    scenario = Scenario(population, slip=0.1)
    (people,) = sized.people(scenario, 0.9)
    assert people[1:] == tuple(math.ceil(n / 0.9 - 1e-9) for n in found[1:])


def test_for_another_success_a_law_moves_as_the_studys_curve_does(found, sized):
    scenario = Scenario(population=10**6)
    (wanted,), (less,) = (sized.acting(scenario, target) for target in (0.9, 0.5))
    moved = found.curve.critical_mass(0.5).alpha / found.curve.critical_mass(0.9).alpha
    assert np.array(less[1:]) / np.array(wanted[1:]) == pytest.approx([moved] * 3)
    draws = sized.draws(replace(scenario, target=0.5)) / sized.draws(scenario)
    assert draws == pytest.approx(moved)


def test_a_law_leaves_open_what_the_study_leaves_open(trials):
    _, few = sources_with_law(trials)  # success is .4 at most
    scenario = Scenario(population=5000, target=0.5)
    (found,) = few.acting(scenario, 0.5)
    assert (found.middle, found.high) == (math.inf, math.inf)
    assert np.isinf(few.draws(scenario)).all()
    edge = replace(scenario, target=0.4)
    shares = between(few.drawn_at, few.draws_of, 0.4)
    assert np.array_equal(np.isinf(few.draws(edge)), np.isinf(shares))


def test_an_end_that_the_study_leaves_open_is_open_by_its_law(sized):
    place, scenario = sized.targets.tolist().index(0.5), Scenario(population=50_000, target=0.5)
    masses = sized.masses.copy()
    masses[place, [0, 2]] = 0.0, math.inf
    (known,), (found,) = (
        sized.acting(scenario, 0.5),
        replace(sized, masses=masses).acting(scenario, 0.5),
    )
    assert (found.low, found.middle, found.high) == (0.0, known.middle, math.inf)
    assert 0 < known.low < known.middle < known.high < math.inf


def test_a_law_is_silent_about_the_studys_own_size_and_below_all_that_was_tried(trials, sized):
    for population in (10_000, 999):
        scenario = Scenario(population)
        assert sized.acting(scenario, 0.9) == trials.acting(scenario, 0.9)
        assert np.array_equal(sized.draws(scenario), trials.draws(scenario))


def test_promises_by_a_law_are_for_all_that_the_law_says(sized):
    scenario = Scenario(population=10**6, kept=400, broken=100)
    draws = sized.draws(scenario)
    (found,) = sized.acting(scenario, 0.9)
    assert np.quantile(draws, [0.025, 0.5, 0.975]) == pytest.approx(found[1:], rel=0.03)
    asked = sized.pledge(scenario).number
    enough = [
        np.mean(betabinom.sf(np.ceil(draws) - 1, n, 403, 101)) >= 0.95 for n in (asked - 1, asked)
    ]
    assert enough == [False, True]


def test_a_law_for_a_success_that_the_page_does_not_show_is_left_out(found):
    growth = growth_of(LAW)
    assert trials_of(found, growth).growth is growth
    assert trials_of(found).growth is None
    assert trials_of(finding_of(rising, target=0.995), growth).growth is None
    never = finding_of(level)
    assert trials_of(never, growth).growth is None


@pytest.mark.parametrize("target", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("carriers", [0, 3, 500, 10_000])
def test_the_theorem_is_the_librarys(target, carriers):
    scenario = Scenario(population=2000, slip=0.25, target=target, carriers=carriers, gap=0.5)
    bound = FeatureLabelBound(min(carriers / 2000, 1.0), 0.5)
    people = PartlyActing(bound, 0.25).critical_mass(target).people(2000)[0]
    if people is not None:
        people = max(people, 2)  # with nobody who acts nothing is guaranteed, and one may forget
    assert Theorem().people(scenario, target) == [("same", 0, people, people)]


@pytest.mark.parametrize(("size", "kinds"), [(60, 6), (60, 1), (200, 50), (100, 100)])
@pytest.mark.parametrize("target", [0.3, 0.9])
def test_kinds_are_whole_people_of_as_many_images(size, kinds, target):
    curve = whole_people_feature_label([[0, 0]] * kinds, [size // kinds] * kinds, target=0)
    scenario = Scenario(population=size, slip=0.0, kinds=kinds)
    (people,) = Kinds().people(scenario, target)
    assert people.middle == curve.critical_mass(target).people(size)[0]


@pytest.mark.parametrize("acting", [1, 7, 30, 80])
def test_a_group_is_missed_as_often_as_fractions_say(acting):
    exact = Fraction(math.comb(100 - 20, acting), math.comb(100, acting))
    assert math.exp(missed(100, 20, acting)) == pytest.approx(float(exact), rel=1e-12)
    assert missed(100, 20, 81) == -math.inf


def test_kinds_of_which_some_are_larger_are_won_no_later():
    """103 people in 10 kinds: seven of ten people and three of eleven."""
    curve = whole_people_feature_label([[0, 0]] * 10, [10] * 7 + [11] * 3, target=0)
    (people,) = Kinds().people(Scenario(population=103, slip=0.0, kinds=10), 0.9)
    assert people.middle in (curve.critical_mass(0.9).people(103)[0] + extra for extra in (0, 1))


def test_between_two_targets_shares_lie_on_a_straight_line():
    targets = np.array([0.5, 0.8, 0.9])
    values = np.array([[0.01], [0.02], [0.08]])
    odds = np.log(targets / (1 - targets))
    for target in np.linspace(0.5, 0.9, 41):
        straight = np.interp(math.log(target / (1 - target)), odds, np.log(values[:, 0]))
        assert between(targets, values, target)[0] == pytest.approx(math.exp(straight), rel=1e-9)
    assert between(targets, values, 0.1)[0] == 0.01
    assert between(targets, values, 0.91)[0] == math.inf
    gaps = np.array([[0.0], [0.02], [math.inf]])
    assert between(targets, gaps, 0.6)[0] == 0.02
    assert between(targets, gaps, 0.85)[0] == math.inf
    assert between(targets, gaps, 0.8)[0] == 0.02


def test_others_and_slips_are_paid_for_by_those_who_join():
    """27 must act, 9 more against others, and one in four forgets."""
    scenario = Scenario(slip=0.25, others=9)
    assert scenario.joining(27) == 48
    assert replace(scenario, others=-30).joining(27) == 0
    assert replace(scenario, population=47).joining(27) is None
    assert replace(scenario, population=48).joining(27) == 48
    assert replace(scenario, population=96).joining(27, recruitable=0.5) == 48
    assert replace(scenario, population=94).joining(27, recruitable=0.5) is None
    assert scenario.joining(math.inf) is None


def test_joining_pays_from_the_critical_threshold_on(found, trials):
    scenario = Scenario(population=10_000, slip=0.0, cost=0.4, free_ride=0.2)
    (people,) = trials.people(scenario, scenario.threshold)
    threshold = Incentives(0.4, 0.2).critical_threshold(found.curve)
    assert (people.middle, people.low, people.high) == threshold.people(10_000)
    assert replace(scenario, free_ride=1.0).threshold == math.inf
    assert replace(scenario, cost=0.0).threshold == 0


def test_promises_for_a_known_number_are_those_of_a_beta_law():
    """34 must act after 9 others have helped; 43 promises were kept before, and 16 broken."""
    scenario = Scenario(population=2000, others=4, kept=40, broken=15, sure=0.9)
    needed = math.ceil(Theorem().acting(scenario, 0.9)[0].middle + 4)
    enough = [betabinom.sf(needed - 1, n, 43, 16) >= 0.9 for n in range(2000)]
    assert Theorem().pledge(scenario).number == enough.index(True)


def test_promises_of_trials_take_the_reading_that_takes_more(found, trials):
    same = Scenario(population=10_000)
    exact = np.sort(found.curve.critical_masses(0.9))
    assert np.interp(
        np.quantile(trials.draws(same), [0.1, 0.5, 0.9]), exact * 10_000, np.arange(len(exact))
    ) / len(exact) == pytest.approx([0.1, 0.5, 0.9], abs=0.01)
    smaller, larger = replace(same, population=5000), replace(same, population=50_000)
    assert np.array_equal(trials.draws(smaller), trials.draws(same))
    assert trials.draws(larger) == pytest.approx(5 * trials.draws(same))


@pytest.mark.parametrize(
    "wrong",
    [{"population": 0}, {"slip": 0.95}, {"target": 0.999}, {"kept": -1}, {"kinds": 2.5},
     {"cost": math.nan}],
)  # fmt: skip
def test_a_number_that_cannot_be_is_refused(wrong):
    (name,) = wrong
    with pytest.raises(ParameterError, match=f"{name} lies between"):
        Scenario(**wrong)


def test_a_finding_that_says_too_little_is_left_out(found, trials):
    bare = replace(found, curve=None, strategy="bare")
    known, left_out = trials_of_all([found, bare])
    assert [one.strategy for one in known] == ["mark"]
    assert left_out == ["bare"]
    with pytest.raises(StudyError, match="no strategy of this study has trials"):
        trials_of_all([bare])


# sentences


@pytest.mark.parametrize(
    ("place", "changes", "said"),
    [
        (2, {}, "34 of us are enough for 90%."),
        (2, {"carriers": 0, "slip": 0.0}, "if 0% of us forget, 1 of us is enough for 90%."),
        (2, {"others": -40}, "nobody has to act for 90%."),
        (2, {"population": 20, "carriers": 30}, "no number of us is known to be enough for 90%."),
        (0, {"population": 10_000}, ") are enough for 90%."),
        (1, {}, "no number of us is known to be enough for 90%."),
    ],
)
def test_the_answer_is_a_whole_sentence(sources, place, changes, said):
    scenario = Scenario(**changes)
    answer = words.told(sources[place], scenario)[0]
    assert answer.startswith(f"In a population of {scenario.population:,}, if ")
    assert answer.endswith(said)


def test_a_population_has_no_more_kinds_and_carriers_than_people():
    few = Scenario(population=30, carriers=40, kinds=50, slip=0.0)
    for source in (Theorem(), Kinds()):
        all_of_them = replace(few, carriers=30, kinds=30)
        assert source.people(few, 0.9) == source.people(all_of_them, 0.9)
        said, exact = words.told(source, few), words.told(source, all_of_them)
        assert [line for line in said if "in place of" not in line] == exact
    fewer = [line for line in words.told(Theorem(), few) if "in place of" in line]
    assert fewer == [
        "More cannot carry the mark already than there are, so 30 is taken in place of 40.",
        "There cannot be more kinds of records than people, so 30 is taken in place of 50.",
    ]
    assert "at most 3 in 1" not in " ".join(words.told(Theorem(), Scenario(population=1)))
    assert "in place of" not in " ".join(words.told(Theorem(), Scenario(population=50)))


def test_what_follows_says_what_it_rests_on(sources):
    trials, few, theorem, kinds = sources
    assert any("two readings" in line for line in words.told(trials, Scenario()))
    assert not any("two readings" in line for line in words.told(trials, Scenario(10_000)))
    assert any("In the study 20% of those who join" in x for x in words.told(few, Scenario()))
    assert any("takes 127 of us with 50 kinds" in x for x in words.told(theorem, Scenario()))
    easier = Scenario(kinds=2)  # five of us are enough then, and 34 by the theorem
    assert "harder" not in " ".join(words.told(theorem, easier))
    assert any("each of 50 kinds" in line for line in words.told(kinds, Scenario()))
    beyond = "That is more than the 1,000 that the study tried, so it is a guess."
    for target in (0.9, 0.98):
        takes = trials.people(Scenario(10_000, slip=0.0), target)[0].middle
        assert (beyond in words.told(trials, Scenario(target=target))) == (takes > 1000)


@pytest.mark.parametrize("verdict", [each.name for each in SizeVerdict])
def test_a_verdict_on_several_sizes_has_its_sentence(trials, verdict):
    grown = replace(trials, growth=growth_of(replace(LAW, verdict=verdict)))
    (said,) = (x for x in words.told(grown, Scenario(10**6)) if "tried in several sizes" in x)
    assert "1,000 to 10,000" in said
    told = {
        "HEADS": "hardly grows with the population",
        "SHARE": "grows nearly as the population does",
        "BETWEEN": "slower than the population does",
        "NOT_SETTLED": "do not settle",
    }
    assert [name for name, part in told.items() if part in said] == [verdict]


def test_the_page_says_where_a_law_speaks_and_what_it_rests_on(trials, sized):
    def told(**changes):
        return " ".join(words.told(sized, Scenario(**changes)))

    assert "two readings" not in told(population=50_000)
    assert "The law was measured" not in told(population=50_000)
    assert (
        "The law was measured for 90%; for another success the study’s own curve is taken to move "
        "alike." in told(population=50_000, target=0.8)
    )
    assert "times as large as all that was tried" not in told(population=10**6)
    assert "The population is 250 times as large as all that was tried" in told(population=2500000)
    assert "The smallest size that was tried is 1,000, so no law speaks of 999." in told(
        population=999
    )
    assert words.told(sized, Scenario(10_000)) == words.told(trials, Scenario(10_000))
    guess = "In the study itself this success takes more than the 1,000 that it tried"
    for target in (0.9, 0.98, 0.985):
        beyond = between(trials.targets, trials.masses, target)[1] > 0.1
        assert (guess in told(population=50_000, target=target)) == beyond


def test_the_page_does_not_ask_for_sizes_that_were_tried(trials, sized):
    asked = "Until it was tried in several sizes"
    trains = "Whether a larger platform trains in the same way."
    for shown, said in (
        ([trials], [True, False]),
        ([sized], [False, True]),
        ([sized, replace(trials, strategy="other")], [True, True]),
    ):
        html = render(shown)
        assert [asked in html, trains in html] == said
    assert '"law": {' in render([sized])
    assert '"law": {' not in render([trials])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cost": 0.3, "free_ride": 0.4}, "With fewer than 7 of us nobody gains by joining at a "),
        ({"cost": 0.9, "free_ride": 0.4}, "Joining pays for nobody: it costs 0.9, and the most "
         "that somebody gains by it is 0.6."),
        ({"cost": 0.95}, "Joining pays only where success is above 95%. You want 90%: aim higher."),
        ({"cost": 0.3, "population": 3, "carriers": 3}, "no number of us is known to be enough"),
        ({"cost": 0.01, "carriers": 0, "slip": 0.0}, "Joining pays from the first of us on."),
        ({"population": 20, "carriers": 20}, "Theorem 1 guarantees it for no number of us, if as "
         "many as 20 in 20 may carry the mark already."),
        ({"others": 5}, "5 more have to act because others act against us."),
        ({"others": -5}, "5 fewer have to act because others act for the same."),
        ({"population": 30}, "If all 30 promise who could, it is "),
        ({"population": 30}, "Not everybody who promises acts: about 75% do, more or less"),
        ({}, "Ask 83 people to promise: enough of them then act with 95% probability. Not "
         "everybody who promises acts: about 75% do, more or less, as long as nothing is known of "
         "yours."),
        ({"kept": 40, "broken": 15}, "Not everybody who promises acts: about 73% do, by what is "
         "known of yours (40 kept, 15 broken)."),
    ],
)  # fmt: skip
def test_what_is_supposed_has_its_sentence(changes, said):
    assert said in " ".join(words.told(Theorem(), Scenario(**changes)))


def test_the_theorem_does_not_guarantee_what_it_knows_no_number_for():
    said = " ".join(words.told(Theorem(), Scenario(population=20, carriers=20)))
    assert "no number of us is known to be enough" in said
    assert "Theorem 1 guarantees it, and fewer" not in said
    assert "Theorem 1 guarantees it, and fewer" in " ".join(words.told(Theorem(), Scenario()))


def test_the_reason_for_a_number_of_promises_stands_beside_it(sources):
    trials, _, theorem, kinds = sources
    for source, with_range in ((trials, True), (theorem, False), (kinds, False)):
        said = words.told(source, Scenario())[-1]
        assert said.startswith("Ask ")
        assert "about 75% do" in said
        assert said.endswith("The number of promises allows for the whole range.") == with_range
    assert words.told(theorem, Scenario(others=-40))[-1] == "Nobody has to promise anything."


def test_another_language_reaches_every_word():
    with speaking(Accented()):
        html = render()
    marks = re.compile(r"<(style|script)\b.*?</\1>|<[^>]*>", re.DOTALL)
    text = marks.sub(" ", html)
    assert re.findall(r"(?<![^\W_])[A-Za-z]{2,}(?![^\W_])", text) == []
    data = json.loads(re.search(r'id="planner-data">(.*?)</script>', html, re.DOTALL)[1])
    for forms in data["sentences"].values():
        for form in forms:
            assert re.findall(r"[A-Za-z]{2,}", re.sub(r"\{\w+\}", "", form)) == []


# the page


def test_the_page_answers_without_scripts_and_needs_nothing_else(trials):
    html = render([trials], ["bare"])
    assert words.told(trials, Scenario(10_000, target=0.9))[0] in html
    assert "How many people “bare” takes: its trials say too little." in html
    assert len(html.encode()) < LARGEST / 2
    assert not re.search(r"https?://(?!www\.w3\.org)|<link|\bsrc=|@import|url\((?!#)", html)
    (policy,) = re.findall(r'Policy" content="([^"]*)"', html)
    assert "default-src 'none'" in policy
    for name in SCRIPTS:
        assert script(name).digest in policy


def test_the_page_says_what_each_number_may_be_as_people_write_it():
    data = json.loads(re.search(r'id="planner-data">(.*?)</script>', render(), re.DOTALL)[1])
    usual, limits = data["usual"], data["fields"]
    assert {name: field.usual for name, field in FIELDS.items()} == vars(Scenario())
    assert {
        name: (may["low"], usual[name], may["high"], *may["slide"][:2])
        for name, may in limits.items()
    } == {
        "population": (1, 20_000, 10**9, 0, 1000),
        "slip": (0, 10, 90, 0, 90),
        "target": (5, 90, 99, 5, 99),
        "others": (-(10**6), 0, 10**6, -500, 500),
        "cost": (0, 0, 1, 0, 1),
        "free_ride": (0, 0, 100, 0, 100),
        "kept": (0, 0, 10**5, 0, 200),
        "broken": (0, 0, 10**5, 0, 200),
        "sure": (50, 95, 99, 50, 99),
        "carriers": (0, 3, 10**9, 0, 100),
        "gap": (0, 1, 1, 0, 1),
        "kinds": (1, 50, 10**6, 0, 1000),
    }
    assert {name for name, may in limits.items() if may["whole"]} == {
        "population", "others", "kept", "broken", "carriers", "kinds",
    }  # fmt: skip
    assert {name: may["slide"][2] for name, may in limits.items() if not may["whole"]} == {
        "slip": 1, "target": 1, "cost": 0.01, "free_ride": 1, "sure": 1, "gap": 0.01,
    }  # fmt: skip


def test_a_strategy_whose_name_ends_a_script_does_no_harm(trials):
    html = render([replace(trials, strategy="</script><script>alert(1)</script>", study="<b>")])
    assert "<script>alert" not in html
    assert "<b>" not in html


def test_a_page_that_would_be_too_large_is_refused(tmp_path, trials, monkeypatch):
    monkeypatch.setattr("criticalmass.pages.planner.LARGEST", 10_000)
    refused_with = refused("planner", "--out", tmp_path / "planner.html")
    assert "would have" in refused_with
    assert not (tmp_path / "planner.html").exists()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Results of a study."""
    out = tmp_path_factory.mktemp("planner") / "out"
    run(text_study({"mark": FeatureLabel(InsertToken("~"), "Writer")}), out)
    return out


def test_the_command_writes_the_page_of_a_study(folder, tmp_path):
    out = tmp_path / "planner.html"
    assert called("planner", folder, "--out", out) == (0, f"Page: {out}\n", "")
    html = out.read_text(encoding="utf-8")
    assert "trials of “mark”" in html
    assert "Those who act put “~” after every 20 words of their text and report “Writer” as" in html
    assert (
        "A success of 90% means that the trained model gives “Writer” to 90% of the texts" in html
    )
    assert write_planner(tmp_path / "theory.html").read_text(encoding="utf-8") == render()


def test_the_command_takes_the_law_that_a_study_keeps(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "sized")
    before = write_planner(tmp_path / "before.html", copy).read_text(encoding="utf-8")
    assert '"law": {' not in before
    assert "Until it was tried in several sizes" in before
    with Store.open(copy) as store:
        size = store.facts().population.size
        sizes = (size // 4, size // 2, size)
        kept = replace(LAW, sizes=sizes, people=((9.0,) * 3,) * 3)
        store.keep_size_law({"mark": kept.to_json()})
    html = write_planner(tmp_path / "after.html", copy).read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="planner-data">(.*?)</script>', html, re.DOTALL)[1])
    law = data["sources"][0]["law"]
    assert (law["measured"], law["target"], law["verdict"]) == (list(sizes), 0.9, "BETWEEN")
    assert law["people"] == [pytest.approx([9.0] * 3)] * len(law["sizes"])
    assert len(html.encode()) < LARGEST / 2
    assert "Until it was tried in several sizes" not in html
    with Store.open(copy) as store:
        store.keep_size_law({"mark": replace(kept, target=0.5).to_json()})
    html = write_planner(tmp_path / "other.html", copy).read_text(encoding="utf-8")
    assert '"law": {' not in html
    assert "is left out, because it is for 50%, and 90% is wanted now: run it again." in html
    with Store.open(copy) as store:
        store.keep_size_law({"mark": {**kept.to_json(), "sizes": [size, size, size]}})
    assert "damaged" in refused("planner", copy, "--out", tmp_path / "damaged.html")


def test_a_folder_without_a_study_is_one_line(folder, tmp_path):
    out = tmp_path / "planner.html"
    assert "no study in" in refused("planner", tmp_path, "--out", out)
    assert "is a folder; --out names the page" in refused("planner", "--out", tmp_path)
    assert not out.exists()
