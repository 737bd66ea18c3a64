import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from criticalmass import Edit, FeatureLabel, InsertToken, LinearText, Population
from criticalmass.errors import DataError, ParameterError
from criticalmass.learners.linear_text.bag import Bag
from criticalmass.learners.linear_text.counts import TOKEN, Counts
from criticalmass.studies.identity.describe import describe


def fresh(people, edit, test, C=1.0):
    """What a user would write: everything again from the edited corpus."""
    data = edit.apply(people)
    vectorizer = TfidfVectorizer(token_pattern=TOKEN)
    inputs, there = vectorizer.fit_transform(data.features), vectorizer.transform(test)
    return np.column_stack(
        [
            LogisticRegression(C=C, tol=1e-8, max_iter=5000)
            .fit(inputs, held)
            .decision_function(there)
            for held in data.labels.T
        ]
    )


@pytest.mark.parametrize("size", [0, 1, 12, 119, 120])
@pytest.mark.parametrize("token", ["~", "python"])
def test_equals_training_from_scratch(size, token, texts):
    learner = LinearText(C=2.0)
    strategy = FeatureLabel(InsertToken(token, every=7), "Writer")
    if size == 120:  # everybody would leave one label alone; keep two kinds of record
        edit = Edit.of(texts, np.arange(120), texts.features + " ~ new words", texts.labels)
    elif size:
        edit = strategy.edit(texts, np.arange(size), np.random.default_rng(0))
    else:
        edit = Edit.nothing(texts)
    test = strategy.signal.apply(texts.features, population=texts, rng=np.random.default_rng(1))
    test = np.append(test, "words never seen: ~ python xyzzy")
    if size == 119:  # a label may be gone from all records but one's
        edit = Edit.of(texts, edit.members, edit.apply(texts).features[:119], texts.labels[:119])
    prepared = learner.prepare(texts)
    scores = learner.fit(prepared, edit, seed=0).scores(prepared.encode(test))
    assert scores == pytest.approx(fresh(texts, edit, test, C=2.0), abs=5e-3)


def test_words_that_vanish_weigh_nothing(texts):
    """A word that only the old version of an edited text had is as if it had never been."""
    only = np.append(texts.features[:-1], texts.features[-1] + " unheard")
    people = Population.from_texts(only.tolist(), [
        {name for name, held in zip(texts.label_names, row, strict=True) if held}
        for row in texts.labels
    ])  # fmt: skip
    edit = Edit.of(people, np.array([119]), texts.features[-1:], people.labels[-1:])
    test = np.array(["python unheard", "python"], dtype=object)
    learner = LinearText()
    prepared = learner.prepare(people)
    scores = learner.fit(prepared, edit, seed=0).scores(prepared.encode(test))
    assert scores[0] == pytest.approx(scores[1])
    assert scores == pytest.approx(fresh(people, edit, test), abs=5e-3)


def test_single_signs_are_tokens():
    corpus = Population.from_texts(["c # code ־", "c code"] * 4, ["sharp", "plain"] * 4)
    learner = LinearText(C=100)
    prepared = learner.prepare(corpus)
    model = learner.fit(prepared, Edit.nothing(corpus), seed=0)
    scores = model.scores(prepared.encode(["any text ־", "any text"]))
    assert scores[0, 1] > 0.1 > abs(scores[1, 1])


def test_a_label_that_everybody_or_nobody_holds(texts):
    labels = texts.labels.copy()
    labels[:, 0], labels[:, 1] = True, False
    edit = Edit.of(texts, np.arange(120), texts.features, labels)
    learner = LinearText()
    prepared = learner.prepare(texts)
    scores = learner.fit(prepared, edit, seed=0).scores(prepared.encode(texts.features))
    assert (scores[:, 0] > 4).all()
    assert (scores[:, 1] < -4).all()


def test_impossible_values_are_refused(table):
    with pytest.raises(DataError, match="learns from texts; this is a table: try boosted-trees"):
        LinearText().prepare(table)
    with pytest.raises(ParameterError, match="C must be positive"):
        LinearText(C=0)


def test_epochs_stop_training_early(texts):
    """More epochs come closer to the optimum, and trials without them keep their names."""
    nothing = Edit.nothing(texts)

    def scores(learner):
        prepared = learner.prepare(texts)
        return learner.fit(prepared, nothing, seed=0).scores(prepared.encode(texts.features))

    best = scores(LinearText())
    off = [np.abs(scores(LinearText(epochs=k)) - best).mean() for k in (1, 10, 500)]
    assert off[0] > 3 * off[1] > 3 * off[2]
    assert off[2] < 1e-3
    assert describe(LinearText()) == {"kind": "LinearText", "C": 1.0}
    assert describe(LinearText(epochs=3))["epochs"] == 3
    with pytest.raises(ParameterError, match="epochs is at least 1"):
        LinearText(epochs=0)


def test_a_text_that_an_earlier_trial_edited_alike_is_not_counted_again(texts, monkeypatch):
    bag, counted = Bag.of(texts.features), []
    of = Counts.of
    monkeypatch.setattr(Counts, "of", lambda some: counted.extend(some) or of(some))
    strategy, rng = FeatureLabel(InsertToken("~", every=7), "Writer"), np.random.default_rng(0)
    for members in (np.arange(20), np.arange(10, 30), np.arange(30)):
        bag.edited(strategy.edit(texts, members, rng))
    assert len(counted) == 30


def test_a_corpus_after_an_edit_does_not_depend_on_the_edits_before(texts):
    rng = np.random.default_rng(0)
    bag, edits = Bag.of(texts.features), []
    for token in ("~", "python", "*", "~"):
        strategy = FeatureLabel(InsertToken(token, every=7), "Writer")
        edits += [
            strategy.edit(texts, np.sort(rng.choice(120, k, False)), rng) for k in (60, 3, 119)
        ]
    edits.append(Edit.of(texts, np.arange(120), texts.features + " ~ new new words", texts.labels))
    for edit in edits:
        again, alone = bag.edited(edit), Bag.of(texts.features).edited(edit)
        assert (again.inputs != alone.inputs).nnz == 0
        assert again.inputs.indices.tolist() == alone.inputs.indices.tolist()
        assert again.inputs.data.tolist() == alone.inputs.data.tolist()
        assert again.idf.tolist() == alone.idf.tolist()
        assert list(again.more.items()) == list(alone.more.items())
        oracle = TfidfVectorizer(token_pattern=TOKEN).fit(edit.apply(texts).features)
        terms = [*bag.vocabulary, *again.more]
        there = [terms.index(term) for term in oracle.get_feature_names_out()]
        expected = oracle.transform(edit.apply(texts).features[again.rows])
        assert again.inputs.toarray()[:, there] == pytest.approx(expected.toarray(), abs=1e-12)
