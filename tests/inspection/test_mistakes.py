"""The most confident mistakes."""

import cv2
import numpy as np
import pytest

from imblearn_bbfl.inspection import MistakesDisplay

CLASSES = ["cat", "dog", "owl"]
Y_TRUE = np.array(["cat", "cat", "dog", "owl", "dog"])
Y_PRED = np.array(["cat", "dog", "owl", "dog", "dog"])
PROBA = np.array([[0.9, 0.1, 0], [0.4, 0.6, 0], [0.1, 0.1, 0.8], [0.2, 0.7, 0.1], [0.1, 0.8, 0.1]])
X = np.zeros((5, 6, 8, 3), dtype=np.uint8)


def show(X=X, y_pred=Y_PRED, **more):
    return MistakesDisplay.from_predictions(X, Y_TRUE, y_pred, PROBA, classes=CLASSES, **more)


def test_the_surest_mistake_is_the_first():
    display = show()
    assert display.rows.tolist() == [2, 3, 1]
    assert display.proba.tolist() == [0.8, 0.7, 0.6]


def test_the_title_says_what_it_is_what_it_was_taken_for_how_surely_and_which_image():
    assert show().axes_[0].get_title(loc="left") == "dog, taken for\nowl (80%)\nimage 2"


def test_the_probability_is_that_of_the_decision_also_where_it_is_not_the_most_probable():
    assert show(y_pred=np.array(["dog", *Y_PRED[1:]])).proba.tolist() == [0.8, 0.7, 0.6, 0.1]


def test_those_of_one_class_can_be_asked_for():
    assert show(label="cat").rows.tolist() == [1]


def test_no_more_are_read_than_are_shown(tmp_path):
    folder = tmp_path / "a place"
    paths = [folder / kind / f"{i}.png" for i, kind in enumerate(Y_TRUE)]
    for path in paths[:3]:
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), np.zeros((700, 900, 3), np.uint8))
    display = show(paths, n_mistakes=1)  # the last two files are not there
    assert display.names == ["dog/2.png"]
    assert display.images[0].shape == (249, 320, 3)


def test_without_mistakes_the_figure_says_so():
    figure = show(y_pred=Y_TRUE).figure_
    assert figure.axes[0].texts[0].get_text() == "No mistakes among 5 images"


def test_a_prediction_that_is_no_class_is_an_error():
    with pytest.raises(ValueError, match=r"\['bat'\] are not among the classes \['cat', 'dog'"):
        show(y_pred=np.array(["bat", *Y_PRED[1:]]))


def test_a_table_is_an_error():
    with pytest.raises(ValueError, match="A table has no pictures"):
        show(np.zeros((5, 3)))
