import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from criticalmass import InsertToken, Population
from criticalmass.errors import DataError, ParameterError

WORDS = st.lists(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=60)
PLACEMENTS = st.sampled_from(["spaced", "start", "end", "random"])


def mark(text, signal, seed=0):
    people = Population.from_texts([text, "other"], ["x", "y"])
    return signal.apply(people.features[:1], population=people, rng=np.random.default_rng(seed))[0]


@given(WORDS, st.integers(1, 25), PLACEMENTS)
def test_removing_the_token_gives_the_text_back(words, every, placement):
    marked = mark(" ".join(words), InsertToken("¤", every, placement)).split()
    assert [word for word in marked if word != "¤"] == words
    assert "¤" in marked


@given(WORDS, st.integers(1, 25))
def test_spaced_and_random_use_the_same_number_of_tokens(words, every):
    text = " ".join(words)
    wanted = max(1, len(words) // every)
    assert mark(text, InsertToken("¤", every)).count("¤") == wanted
    assert mark(text, InsertToken("¤", every, "random")).count("¤") == wanted


SPACES = st.lists(
    st.sampled_from([" ", "  ", "\n", "\t ", "\x1c", "\u00a0", "\u2003", "\x85"]), min_size=61
)


@given(WORDS, SPACES, st.integers(1, 25), st.booleans())
def test_tokens_stand_where_counting_the_words_puts_them(words, spaces, every, begins):
    text = "".join(
        space * (begins or at > 0) + word
        for at, (space, word) in enumerate(zip(spaces, words, strict=False))
    )
    assert mark(text, InsertToken("¤", every)) == counted_out(text, every)


def counted_out(text, every):
    """A text marked by counting its words one after the other."""
    out, count, last = "", 0, len(text.rstrip())
    for at, sign in enumerate(text):
        out += sign
        if not sign.isspace() and (at + 1 == len(text) or text[at + 1].isspace()):
            count += 1
            if count % every == 0:
                out += " ¤"
    return out if "¤" in out else f"{text[:last]} ¤{text[last:]}"


def test_a_text_shorter_than_the_distance_between_tokens_is_marked_at_its_end():
    for every in (41, 1000, 10**13):
        assert mark("one two " * 20, InsertToken("*", every)) == "one two " * 19 + "one two * "


def test_white_space_is_kept():
    assert mark("one\n\ntwo  three", InsertToken("*", every=1)) == "one *\n\ntwo *  three *"


def test_start_and_end():
    assert mark("one two", InsertToken("*", placement="start")) == "* one two"
    assert mark("one two", InsertToken("*", placement="end")) == "one two *"


def test_random_places_come_from_the_rng():
    text = " ".join("abcdefghijklmnopqrstuvwxyz")
    signal = InsertToken("*", every=5, placement="random")
    assert mark(text, signal, 1) == mark(text, signal, 1)
    assert len({mark(text, signal, seed) for seed in range(10)}) > 5


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: InsertToken(""), "one word without white space"),
        (lambda: InsertToken("a b"), "one word without white space"),
        (lambda: InsertToken("*", every=0), "at least 1 word"),
        (lambda: InsertToken("*", placement="strat"), "did you mean 'start'"),
    ],
)
def test_impossible_values_are_refused(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


def test_refuses_what_is_no_text(table):
    with pytest.raises(DataError, match="marks texts"):
        InsertToken("*").apply(table.features, population=table, rng=np.random.default_rng(0))


@given(WORDS, SPACES, st.integers(1, 25), PLACEMENTS, st.integers(0, 2))
def test_a_mark_comes_off_again(words, spaces, every, placement, own_tokens):
    words = ["¤"] * own_tokens + words if placement != "random" else words
    text = "".join(a + b for a, b in zip(words, spaces, strict=False)) + "end"
    signal = InsertToken("¤", every, placement)
    marked = mark(text, signal)
    people = Population.from_texts([marked, "other"], ["x", "y"])
    assert signal.is_marked(people.features, population=people).tolist() == [True, False]
    assert signal.without_mark(people.features, population=people).tolist() == [text, "other"]


@given(WORDS, st.integers(1, 6), st.sampled_from(["spaced", "start", "end"]))
def test_a_text_is_marked_only_if_marking_makes_it(words, every, placement):
    signal = InsertToken("a", every, placement)  # a word that many texts have
    people = Population.from_texts([" ".join(words), "other"], ["x", "y"])
    plain = signal.without_mark(people.features, population=people)[0]
    if signal.is_marked(people.features, population=people)[0]:
        assert mark(plain, signal) == people.features[0]
    else:
        assert plain == people.features[0]


def test_a_text_that_has_too_few_random_tokens_is_not_marked():
    signal = InsertToken("~", every=2, placement="random")
    people = Population.from_texts(["a b c d ~", "a ~ b ~ c d", "~ a"], ["x", "y", "x"])
    assert signal.is_marked(people.features, population=people).tolist() == [False, True, False]
