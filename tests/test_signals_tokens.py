"""What a tokenizer makes of a token, against real tokenizers."""

import pytest

from criticalmass import LinearText, Population, Transformer
from criticalmass.errors import DataError, ParameterError
from criticalmass.signals import InsertToken, marks_lost, rare_tokens, read_token
from support.small_transformers import MINILM, minilm

TEXTS = ["café au lait", "plain tea", "tea ~ milk", "Œuvre"]


@pytest.fixture(scope="module")
def people():
    return Population.from_texts(TEXTS, ["a", "b", "a", "b"])


@pytest.fixture(scope="module")
def bert():
    minilm()
    return Transformer(MINILM).tokenizer


@pytest.mark.parametrize(
    ("token", "pieces", "share", "doubts"),
    [
        ("־", ("־",), 0.0, []),  # the paper's: token 1240
        ("§", ("§",), 0.0, []),
        ("~", ("~",), 0.25, ["ξ = 0.25"]),
        ("⸗", ("[UNK]",), 0.0, ["does not know “⸗”"]),
        ("é", ("e",), 0.0, ["merges “é” with “e”"]),
        ("café", ("cafe",), 0.25, ["merges “café” with “cafe”", "ξ = 0.25"]),
        ("~~", ("~", "~"), 0.25, ["merges", "ξ = 0.25"]),
        ("xyzzy", ("x", "##y", "##zzy"), 0.0, ["in 3 parts: x, ##y, ##zzy"]),
        ("\u00ad", (), 0.0, ["does not see"]),
        ("[CLS]", ("[CLS]",), 0.0, ["keeps “[CLS]” for itself"]),
        ("[MASK]", ("[MASK]",), 0.0, ["keeps “[MASK]” for itself"]),
        ("[UNK]", ("[UNK]",), 0.0, ["does not know “[UNK]”"]),
    ],
)
def test_a_bert_tokenizer(token, pieces, share, doubts, people, bert):
    reading = read_token(token, people, bert)
    assert (reading.pieces, reading.share) == (pieces, share)
    assert len(reading.doubts()) == len(doubts)
    for said, doubt in zip(reading.doubts(), doubts, strict=True):
        assert doubt in said
    assert bert.convert_tokens_to_ids("־") == 1240


def test_two_unknown_signs_are_one(bert):
    people = Population.from_texts(["a ⸗ b", "c"], ["a", "b"])
    reading = read_token("⸘", people, bert)
    assert reading.unknown
    assert reading.share == 0.5


def test_a_bag_of_words(people):
    tokenizer = LinearText().tokenizer
    assert tokenizer("Au lait ~") == ["au", "lait", "~"]
    assert read_token("~", people, tokenizer).share == 0.25
    assert read_token("Tea", people, tokenizer).share == 0.5
    assert "in 2 parts" in read_token("a~", people, tokenizer).doubts()[0]


def test_rare_tokens_are_unused_and_known(people, bert):
    proposed = rare_tokens(people, bert, count=60)
    assert len(proposed) == len(set(proposed)) == 60
    assert "~" not in proposed
    assert {"§", "^"} <= set(proposed)
    assert any(len(token) >= 4 for token in proposed)  # words, when there are no more signs
    for token in proposed:
        InsertToken(token)
        assert read_token(token, people, bert).doubts() == []
    assert len(rare_tokens(people, bert, count=5)) == 5


@pytest.mark.slow
def test_rare_tokens_on_the_real_corpus(real, bert):
    from criticalmass.datasets import resumes

    everyone = resumes(real("resumes_corpus.zip")).take(slice(0, 300))
    used = {piece for text in everyone.features for piece in bert.tokenize(text)}
    proposed = rare_tokens(everyone, bert, count=10)
    assert len(proposed) == 10
    assert not used & set(proposed)
    assert read_token("־", everyone, bert).share == 0


def test_a_sign_in_several_bytes():
    """A tokenizer of bytes has pieces that are parts of a character."""
    from tokenizers import ByteLevelBPETokenizer
    from transformers import PreTrainedTokenizerFast

    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator(["plain words and more words"] * 5, vocab_size=300)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=trained._tokenizer, unk_token=None)
    people = Population.from_texts(["a ־ b", "plain words"], ["a", "b"])
    reading = read_token("־", people, tokenizer)
    assert len(reading.pieces) > 1
    assert reading.share == 0.5
    assert not reading.unknown


def test_a_tokenizer_that_drops_short_words(people):
    from sklearn.feature_extraction.text import CountVectorizer

    reading = read_token("tea", people, CountVectorizer().build_analyzer())
    assert (reading.pieces, reading.share) == (("tea",), 0.5)


def test_marks_that_the_model_does_not_read(bert):
    long = Population.from_texts(["one two three four five six seven"] * 4, ["a", "b"] * 2)
    signal = InsertToken("~", every=5)
    assert marks_lost(signal, long, bert, max_length=7) == 1.0
    assert marks_lost(signal, long, bert, max_length=8) == 0.0


def test_what_is_no_tokenizer(people, table):
    with pytest.raises(ParameterError, match="int is neither"):
        read_token("~", people, 3)
    with pytest.raises(DataError, match="tokens mark texts"):
        read_token("~", table, str.split)
    with pytest.raises(ParameterError, match="at least 1 token"):
        rare_tokens(people, str.split, count=0)
