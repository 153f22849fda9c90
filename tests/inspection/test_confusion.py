"""Panels of confusion matrices."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from imblearn_bbfl.inspection import ConfusionMatrixPanel


def test_rows_are_shares_of_the_true_class(runs):
    panel = ConfusionMatrixPanel.from_predictions(runs, [0, 1, 2])
    expected = [
        confusion_matrix(run["y_true"], run["y_pred"], normalize="true") for run in runs["ros"]
    ]
    assert np.allclose(panel.matrices["ros"], np.mean(expected, axis=0))
    assert np.allclose(panel.matrices["ros"].sum(axis=1), 1)


def test_there_is_a_matrix_for_each_method(runs):
    panel = ConfusionMatrixPanel.from_predictions(runs, [0, 1, 2])
    assert [ax.get_title() for ax in panel.axes_] == ["BBFL", "ROS"]


def test_all_matrices_share_a_scale(runs):
    panel = ConfusionMatrixPanel.from_predictions(runs, [0, 1, 2])
    assert {ax.images[0].get_clim() for ax in panel.axes_} == {(0, 100)}


def test_a_run_counts_for_the_classes_that_it_has():
    first = {"y_true": [0, 1], "y_pred": [0, 0]}
    second = {"y_true": [0, 0], "y_pred": [1, 1]}
    panel = ConfusionMatrixPanel.from_predictions({"m": [first, second]}, [0, 1])
    assert panel.matrices["m"].tolist() == [[0.5, 0.5], [1.0, 0.0]]


def test_a_class_in_no_run_is_an_error():
    runs = {"m": [{"y_true": [0, 0], "y_pred": [0, 1]}]}
    with pytest.raises(ValueError, match=r"No run of 'm' has rows of class \[1\]"):
        ConfusionMatrixPanel.from_predictions(runs, [0, 1])


def test_a_class_that_is_not_tested_has_an_empty_row():
    runs = {"m": [{"y_true": [0, 0], "y_pred": [0, 1]}]}
    panel = ConfusionMatrixPanel.from_predictions(runs, [0, 1], untested=[1])
    np.testing.assert_equal(panel.matrices["m"], [[0.5, 0.5], [np.nan, np.nan]])
    shown = [text.get_text() for text in panel.axes_[0].texts if text.get_visible()]
    assert shown == ["50", "50"]


@pytest.mark.parametrize(
    "run", [{"y_true": [0, 1, 2], "y_pred": [0, 1, 1]}, {"y_true": [0, 1], "y_pred": [0, 2]}]
)
def test_a_label_that_is_no_class_is_an_error(run):
    with pytest.raises(ValueError, match=r"not among the classes \[0, 1\]: \[2\]\. Add them"):
        ConfusionMatrixPanel.from_predictions({"m": [run]}, [0, 1])
