"""Sentences are whole messages: right for every number, and ready for other languages."""

import ast
import re
from dataclasses import replace
from difflib import SequenceMatcher

import pytest

from criticalmass import FeatureLabel, InsertToken, run
from criticalmass.answers.comparing import contrast
from criticalmass.answers.finding import Status
from criticalmass.members.instructions import instruct
from criticalmass.members.plan import plan
from criticalmass.messages import language, say, say_count, speaking
from criticalmass.pages import report
from criticalmass.pages.handouts import write_handouts
from criticalmass.pages.plan import render
from criticalmass.words.comparing import (
    by_strategy,
    cautions,
    heading,
    in_cells,
    number,
    of_study,
    sentence,
)
from criticalmass.words.finding import answer, doubt, in_short, others
from criticalmass.words.instructions import told_to_all
from criticalmass.words.measures import RECORDS
from criticalmass.words.numbers import heads
from criticalmass.words.outcome import does, members_do
from criticalmass.words.plan import lines
from support.findings import facts_of_texts, finding_of, rows_of_success
from support.members_files import text_members
from support.messages import TEMPLATES, Accented, calls, docstrings, loose_texts, messages, sources
from support.studies import text_study

NOUNS = {
    "person": "people", "member": "members", "record": "records", "trial": "trials",
    "size": "sizes", "time": "times", "run": "runs", "kind": "kinds", "point": "points",
    "other": "others", "minute": "minutes", "second": "seconds", "epoch": "epochs",
    "step": "steps", "layer": "layers", "word": "words", "training": "trainings", "text": "texts",
    "image": "images", "strategy": "strategies", "probe": "probes", "pair": "pairs",
}  # fmt: skip
VERBS = {
    "is": "are", "was": "were", "has": "have", "acts": "act", "lies": "lie", "joins": "join",
    "takes": "take", "begins": "begin", "leaves": "leave", "does": "do", "fails": "fail",
    "succeeds": "succeed",
}  # fmt: skip
AGREEMENT = NOUNS | VERBS
"""What differs between a message about one thing and about several."""
OTHERWISE = ("at most", "many of", "each of", "another person's record", "all have")
"""What else may differ: where one thing makes another sentence."""
FACTORS = (
    "{times} times as many people as {second} ({span}, with {sure} probability)",
    "{times} times as large a share as {second} ({span}, with {sure} probability)",
    "at most {high} times",
    "{low} times or more",
    "between {low} and {high} times",
    "{first} to {last} people",
    "At these sizes ten times as many records take {factor} times as many people, or between {low} "
    "and {high} times.",
    "Ten times as many records take no more people: between {low} and {high} times as many.",
    "The platform is {factor} times as large as all that was measured, so this rests on the laws "
    "more than on trials.",
    "The population is {factor} times as large as all that was tried, so this rests on the laws "
    "more than on trials.",
    "The largest size is only {factor} times the smallest: sizes that lie wider apart tell more.",
)
"""Messages about factors, of which 1 has its own, and about two numbers."""
LAYOUT = {"outside lower left", "upper left", "offset points", "axes fraction"}
"""Texts that the library of figures understands."""
COUNTED = [message for message in messages() if len(message.texts) == 2]


@pytest.mark.parametrize("message", COUNTED, ids=lambda message: message.place)
@pytest.mark.parametrize("n", [0, 1, 2, 1000])
def test_a_message_about_a_number_agrees_with_it(message, n):
    values = {name: f"({name})" for name in message.placeholders - {"n"}}
    said = say_count(*message.texts, n, **values)
    said = re.sub("(training|other) (?=run|record|strateg)", "", said)  # before another noun
    assert re.search(rf"(?<![\w,.]){n:,}(?![\w,])", said)
    for one, many in AGREEMENT.items():
        assert not re.search(rf"(?<![\w,.]){n:,} {many if n == 1 else one}\b", said)


@pytest.mark.parametrize("message", COUNTED, ids=lambda message: message.place)
def test_both_forms_of_a_message_say_the_same(message):
    one, many = message.texts
    assert "{n}" in one, "some languages say 21 as they say 1"
    assert "{n}" in many
    if any(said in one + many for said in OTHERWISE):
        return
    words = [re.findall(r"\{\w+\}|[\w’']+|[^\w\s]", text) for text in message.texts]
    for change, i, j, k, end in SequenceMatcher(None, *words, autojunk=False).get_opcodes():
        if change != "equal":
            assert [AGREEMENT[word] for word in words[0][i:j]] == words[1][k:end]


def test_a_number_before_a_noun_is_a_message_about_a_number():
    """Elsewhere a noun comes with its number, as `heads` writes it."""
    counts = re.compile(rf"\{{\w+\}} ({'|'.join([*NOUNS, *NOUNS.values()])})\b")
    texts = {message.texts[0] for message in messages() if len(message.texts) == 1}
    assert {text for text in texts if counts.search(text)} - {*FACTORS} == set()


@pytest.mark.parametrize(
    ("n", "people"), [(0, "0 people"), (1, "1 person"), (2, "2 people"), (1000, "1,000 people")]
)
def test_heads_have_their_noun(n, people):
    assert heads(n) == people


@pytest.mark.parametrize("path", sources(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_sentence_is_one_literal_message(path):
    """No sentence is put together from pieces, and none stands beside the messages."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    allowed = docstrings(tree)
    for call in calls(tree):
        for text in call.args[: 1 + (call.func.id == "say_count")]:
            assert isinstance(text, ast.Constant), f"{path.name}:{call.lineno}"
            allowed.add(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise | ast.Assert):  # errors are for those who write code
            allowed |= set(ast.walk(node))
    texts = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    loose = [f"line {n.lineno}: {n.value}" for n in texts if n not in allowed and said(n.value)]
    assert loose == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_shows_nothing_but_messages_and_values(path):
    assert re.findall("[A-Za-z]{2,}", loose_texts(path)) == []


def said(text):
    """Whether a literal text of the code is for people: two words, or a word beside a blank."""
    return re.search(r"[A-Za-z]{2,}[.,;:!?]? |[ ][A-Za-z]{2,}", text) is not None and not (
        text in LAYOUT or re.search(r"[<\\]|=\"|color-mix|sans-serif", text)  # of SVG and CSS
    )


def foreign(texts, known):
    """The words of texts in which no letter has an accent, without those that are known."""
    marks = re.compile(r"<(style|script)\b.*?</\1>|<[^>]*>", re.DOTALL)
    plain = " ".join(marks.sub(" ", text) for text in texts)
    found = set(re.findall(r"(?<![^\W_])[A-Za-z]{2,}(?![^\W_])", plain))
    return found - set(re.findall("[A-Za-z]+", " ".join(known)))


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A plan of the members of a study that was run."""
    folder = tmp_path_factory.mktemp("planned")
    study = text_study({"mark": FeatureLabel(InsertToken("~"), "Writer")})
    run(study, folder)
    return plan(instruct(study, text_members(folder, study)), folder, train=False)


def known_of(made):
    """What no catalogue puts into another language: names, and a part's own words."""
    names = [made.finding.facts.name, made.finding.strategy, made.finding.measure, "Theorem"]
    told = told_to_all(made.instructions)
    legend = [made.finding.measure_facts.words.legend, *RECORDS.values()]
    return [*names, members_do(made.finding), does(made.finding), *told.why, *legend]


def test_another_language_reaches_every_word_of_a_plan(planned):
    with speaking(Accented()):
        page = render(planned)
        assert foreign([*lines(planned), page], known_of(planned)) == set()
    assert '<html lang="en-XA">' in page
    assert '<html lang="en">' in render(planned)


def test_another_language_reaches_every_word_that_members_are_told(planned, tmp_path):
    with speaking(Accented()):
        index = write_handouts(planned.instructions, tmp_path / "told")
    pages = [*(tmp_path / "told").rglob("*.html"), *(tmp_path / "told").rglob("*.txt")]
    assert index in pages
    known = [*known_of(planned), "instructions.jsonl", "members-after.csv"]
    for one in planned.instructions.each:
        known += [one.id, one.name, *one.before, *one.before.values()]
    assert foreign([page.read_text(encoding="utf-8") for page in pages], known) == set()


ENDS = {
    Status.FOUND: lambda m: 0.02 + 0.97 / (1 + (50 / max(m, 1e-9)) ** 2),
    Status.NOBODY_NEEDED: lambda m: 0.97,
    Status.FALLS: lambda m: 0.1 if m < 20 else 0.95 if m in (100, 200) else 0.5,
    Status.UNSETTLED: lambda m: 0.1 if m < 20 else 0.95 if m in (50, 500) else 0.5,
    Status.NOT_REACHED: lambda m: 0.1 if m < 20 else 0.4,
    Status.BELOW_TRIED: lambda m: 0.02 if m == 0 else 0.99,
    Status.BEYOND_TRIED: lambda m: 0.01 + 0.98 / (1 + (500 / max(m, 1e-9)) ** 1.5),
}
"""Success for each number of people, by what is found of it."""
METHOD = (
    "M. Hardt, E. Mazumdar, C. Mendler-Dünner, T. Zrnic, “Algorithmic Collective Action in Machine "
    "Learning”, ICML 2023. criticalmass run study.toml"
)


@pytest.mark.parametrize("status", ENDS, ids=lambda status: status.name)
def test_another_language_reaches_every_word_of_a_report(status):
    found = finding_of(ENDS[status])
    assert found.status is status
    known = [
        METHOD,
        "demo mark included nan population",
        found.measure_facts.words.legend,
        facts_of_texts().sha256,
        "0a 0b",
    ]
    known += [members_do(found), does(found), found.facts.learner_in_words()]
    with speaking(Accented()):
        page = report.render(facts_of_texts(), rows_of_success(ENDS[status]))
        told = [answer(found), doubt(found), *in_short(found), others(found)]
    assert foreign([page, *told], known) == set()


def test_another_language_reaches_every_word_of_a_comparison():
    first, second = finding_of(ENDS[Status.FOUND]), finding_of(ENDS[Status.FALLS])
    second = replace(second, rows=tuple(replace(row, key=f"z{row.key}") for row in second.rows))
    with speaking(Accented()):
        found = contrast(first, second)
        names = by_strategy(first), of_study(second, "studies", alone=False)
        told = [heading(found), number(first), number(second), sentence(found, *names)]
        told += [*cautions(found, *names), *in_cells(found)]
    assert foreign(told, ["included mark studies"]) == set()


def test_a_message_without_a_translation_stays_english():
    assert say("never said before") == "never said before"
    assert language() == "en"
