"""Runs trained together: the optimum of each, and the same to the last bit as alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from criticalmass import Edit, FeatureLabel, FeatureOnly, InsertToken, LinearText
from criticalmass.datasets import synthetic_resumes
from criticalmass.errors import ParameterError
from criticalmass.learners.regressions.logistic import Change, blas, sums
from criticalmass.learners.regressions.newton import optimum_of, solve

PLANT = FeatureLabel(InsertToken("~", every=5), "Writer")
QUIET = FeatureOnly(InsertToken("python", every=3), "Developer", recruit="target")


@pytest.fixture(scope="module")
def corpus():
    people = synthetic_resumes(900)
    learner = LinearText()
    return people, learner, learner.prepare(people)


def edits_of(people, sizes):
    edits = []
    for number, size in enumerate(sizes):
        strategy = (PLANT, QUIET)[number % 2]
        rng = np.random.default_rng(number)
        members = people.draw(size, rng=rng, among=strategy.candidates(people))
        edits.append(strategy.edit(people, members, rng))
    return edits


def test_together_is_as_alone_to_the_last_bit(corpus):
    people, learner, prepared = corpus
    edits = [*edits_of(people, (3, 40, 9)), Edit.nothing(people)]
    together = learner.fit_many(prepared, edits, [0] * 4)
    for edit, model in zip(edits, together, strict=True):
        alone = learner.fit(prepared, edit, 0)
        assert np.array_equal(alone.weights, model.weights)
        assert np.array_equal(alone.intercepts, model.intercepts)
    turned = learner.fit_many(prepared, edits[::-1], [0] * 4)[::-1]
    assert all(np.array_equal(a.weights, b.weights) for a, b in zip(together, turned, strict=True))


def test_nothing_to_train_and_a_seed_too_few(corpus):
    people, learner, prepared = corpus
    assert learner.fit_many(prepared, [], []) == []
    with pytest.raises(ParameterError, match="2 edits need as many seeds, not 1"):
        learner.fit_many(prepared, [Edit.nothing(people)] * 2, [0])


@pytest.mark.parametrize("members", [5, 40])
def test_the_last_label_to_move_is_not_alone_among_many(members):
    """Of one run it is the only column that is left, of three the same label is left thrice."""
    people, learner = synthetic_resumes(800), LinearText()
    prepared, rng = learner.prepare(people), np.random.default_rng(0)
    plant = FeatureLabel(InsertToken("~"), "Writer")
    edit = plant.edit(people, people.draw(members, rng=rng), rng)
    alone = learner.fit(prepared, edit, 0)
    for model in learner.fit_many(prepared, [edit] * 3, [0] * 3):
        assert np.array_equal(alone.intercepts, model.intercepts)
        assert np.array_equal(alone.weights, model.weights)


@pytest.mark.parametrize("seed", range(8))
def test_the_same_twice_in_a_small_corpus(seed):
    """Few records: sums are short, and every operation has its own way of adding them."""
    people, learner = synthetic_resumes(120), LinearText()
    prepared = learner.prepare(people)
    rng = np.random.default_rng(seed)
    edit = PLANT.edit(people, people.draw(10, rng=rng), rng)
    alone = learner.fit(prepared, edit, 0)
    for model in learner.fit_many(prepared, [edit, Edit.nothing(people), edit], [0] * 3)[::2]:
        assert np.array_equal(alone.weights, model.weights)


def test_the_gradient_is_told_and_true(corpus):
    """The reported gradient is that of the mean loss, as anybody would compute it."""
    people, learner, prepared = corpus
    (edit,) = edits_of(people, (25,))
    model = learner.fit(prepared, edit, 0)
    after = prepared.bag.edited(edit)
    kept = np.delete(np.arange(len(people)), after.rows)
    same = sparse.csr_matrix(prepared.bag.inputs()[kept])
    same.resize(len(kept), len(after.idf))
    inputs = sparse.vstack([same, after.inputs], format="csr")
    others = after.rows[len(edit.rows) :]
    labels = np.vstack([people.labels[kept], edit.labels, people.labels[others]])
    residual = 1 / (1 + np.exp(-(inputs @ model.weights + model.intercepts))) - labels
    slopes = np.abs(residual.sum(axis=0)) / len(people)
    gradient = np.abs(inputs.T @ residual + model.weights).max(axis=0) / len(people)
    worst = np.maximum(gradient, slopes)
    assert worst.max() < 1.1e-6
    assert model.gradient == pytest.approx(worst, abs=2e-7)


@settings(max_examples=15, deadline=None)
@given(
    n=st.integers(20, 120),
    terms=st.integers(1, 60),
    C=st.sampled_from([0.1, 1.0, 30.0]),
    seed=st.integers(0, 999),
)
def test_any_change_of_any_problem(n, terms, C, seed):
    """Against scikit-learn from scratch: rows replaced, new terms, labels that may be rare."""
    rng = np.random.default_rng(seed)
    inputs = sparse.random(n, terms, 0.3, "csr", rng=rng)
    order = np.argsort(-np.bincount(inputs.indices, minlength=terms), kind="stable")
    inputs = sparse.csr_matrix(inputs[:, order])
    labels = rng.random((n, 3)) < (0.5, 0.2, 0.05)
    labels[0], labels[1] = True, False  # nobody has an only label
    extra, m = int(rng.integers(0, 4)), int(rng.integers(1, n // 2))
    rows = 2 + rng.choice(n - 2, m, replace=False)
    new = sparse.random(m, extra + terms, 0.4, "csr", rng=rng).astype(np.float32)
    theirs = rng.random((m, 3)) < 0.5
    optimum = optimum_of(inputs, labels, C, 1e-7)
    (found,) = solve(optimum, [Change(np.sort(rows), new, theirs)], 1e-6)
    kept = np.setdiff1d(np.arange(n), rows)
    same = sparse.hstack([sparse.csr_matrix((len(kept), extra)), inputs[kept]])
    everything = sparse.vstack([same, new], format="csr")
    told = np.vstack([labels[kept], theirs])
    for j in range(3):
        reference = LogisticRegression(C=C, tol=1e-9, max_iter=10000)
        reference.fit(everything, told[:, j])
        assert found.weights[:, j] == pytest.approx(reference.coef_[0], abs=2e-3 * max(C, 1))
        assert found.gradient[j] <= 1e-6


@given(columns=st.integers(1, 40), at=st.integers(0, 39), seed=st.integers(0, 99))
def test_sums_do_not_know_their_neighbours(columns, at, seed):
    rng = np.random.default_rng(seed)
    matrix = rng.random((50, 70)).astype(np.float32)
    vectors = rng.random((70, columns)).astype(np.float32)
    one = vectors[:, at % columns, None]
    assert np.array_equal(blas(matrix, vectors)[:, at % columns], blas(matrix, one)[:, 0])
    assert sums(vectors)[at % columns] == sums(one)[0]
    lying = rng.random((columns, 700)).T  # as indexing leaves it: a column is one piece of memory
    assert sums(lying)[at % columns] == sums(lying[:, [at % columns]])[0]
