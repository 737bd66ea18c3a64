import numpy as np
import pytest
from sklearn.metrics import hamming_loss, precision_score, recall_score

from criticalmass.errors import ParameterError, StudyError
from criticalmass.measures import MEASURES, Evaluation
from criticalmass.measures.numbers import WantedNumber
from criticalmass.measures.quality import quality

included, top1, won, erased = (
    MEASURES[name].judge for name in ("included", "top1", "won", "erased")
)
SCORES = np.array([[2.0, 1.0, -1.0], [-1.0, -2.0, -3.0], [1.0, 1.0, 0.5], [0.1, 3.0, 4.0]])


def test_label_sets():
    evaluation = Evaluation(SCORES, SCORES, target=0, label_sets=True)
    assert included(evaluation).tolist() == [True, False, True, True]
    assert top1(evaluation).tolist() == [True, True, False, False]  # a tie is no success


def test_single_labels():
    evaluation = Evaluation(SCORES, SCORES, target=2, label_sets=False)
    assert included(evaluation).tolist() == [False, False, False, True]
    assert top1(evaluation).tolist() == [False, False, False, True]


def test_a_record_that_holds_the_label_already_is_not_won():
    held = np.array([[True, False, False], [False, True, False], [False, False, True]])[
        [0, 1, 1, 2]
    ]
    for label_sets in (False, True):
        evaluation = Evaluation(SCORES, SCORES, 0, label_sets, held=held)
        assert won(evaluation).tolist() == included(evaluation)[1:].tolist()


def test_nobody_is_won_where_nobody_knows_who_holds_what():
    measure = MEASURES["won"]
    with pytest.raises(StudyError, match=r"measure 'won': .* nobody knows"):
        measure.result(Evaluation(SCORES, SCORES, 0, True))
    with pytest.raises(StudyError, match="measure 'won' found no test record to judge"):
        measure.result(Evaluation(SCORES, SCORES, 0, True, held=np.ones((4, 3), dtype=bool)))


def test_measures_of_records_give_one_boolean_a_record():
    wanted = WantedNumber(1.0, tolerance=0.5, moved_by=1.0)
    for name in ("included", "top1", "erased", "within", "moved"):
        judged = MEASURES[name].judge(Evaluation(SCORES, SCORES, 1, True, wanted))
        assert judged.shape == (4,)
        assert judged.dtype == bool


def test_measures_of_numbers_ask_for_a_strategy_that_wants_one():
    for name in ("within", "moved"):
        with pytest.raises(ParameterError, match="asks for a wanted number"):
            MEASURES[name].judge(Evaluation(SCORES, SCORES, 1, True))


def test_erased_compares_predictions_not_scores():
    plain = SCORES + np.array([0.5, 0, 0])
    alike = erased(Evaluation(SCORES, plain, None, False)).tolist()
    assert alike == [True, True, False, True]  # where a tie predicts nothing, nothing is the same
    assert erased(Evaluation(SCORES, plain, None, True)).all()
    plain = SCORES[:, [1, 0, 2]]
    assert erased(Evaluation(SCORES, plain, None, False)).tolist() == [False, False, False, True]
    assert erased(Evaluation(SCORES, plain, None, True)).all()  # the sets are the same


def test_a_target_is_needed_to_be_included():
    with pytest.raises(ParameterError, match="asks for a target label"):
        included(Evaluation(SCORES, SCORES, None, True))


def test_quality_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    scores, labels = rng.normal(size=(50, 4)), rng.random((50, 4)) < 0.4
    got = quality(scores, labels, label_sets=True)
    assert got.accuracy == pytest.approx(1 - hamming_loss(labels, scores > 0))
    assert got.precision == pytest.approx(precision_score(labels, scores > 0, average="micro"))
    assert got.recall == pytest.approx(recall_score(labels, scores > 0, average="micro"))


def test_quality_of_single_labels_counts_right_records():
    labels = np.eye(3, dtype=bool)[[0, 0, 1, 2]]
    assert quality(SCORES, labels, label_sets=False).accuracy == 0.75


def test_nothing_predicted_has_no_precision():
    got = quality(-np.ones((3, 2)), np.ones((3, 2), dtype=bool), label_sets=True)
    assert np.isnan(got.precision)
    assert got.recall == 0
