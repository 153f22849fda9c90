"""Panels of confusion matrices."""

import matplotlib.pyplot as plt
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


LONG = [f"proliferative diabetic retinopathy, stage {i}" for i in range(120)]


@pytest.mark.parametrize("n_classes", [2, 30, 120])
def test_the_figure_is_bounded_whatever_the_number_of_classes_and_their_names(n_classes):
    matrices = dict.fromkeys(["bbfl", "ros", "rus"], np.eye(n_classes))
    panel = ConfusionMatrixPanel(matrices, LONG[:n_classes]).plot()
    assert panel.figure_.get_size_inches().max() <= 20


def test_no_numbers_are_written_where_they_do_not_fit():
    few = ConfusionMatrixPanel({"ros": np.eye(5)}, LONG[:5]).plot()
    many = ConfusionMatrixPanel({"ros": np.eye(120)}, LONG).plot()
    assert len(few.axes_[0].texts) == 25
    assert len(many.axes_[0].texts) == 0
    assert len(many.figure_.axes) == 2, "the scale of colors stands beside"
    assert len(many.axes_[0].get_yticks()) < 60


def test_it_draws_where_and_how_it_is_told():
    ax = plt.figure().subplots()
    panel = ConfusionMatrixPanel({"ros": np.eye(2)}, ["a", "b"])
    panel.plot(ax=ax, cmap="Greens", values_format=".1f", text_kw={"fontsize": 5})
    assert panel.figure_ is ax.figure
    assert ax.images[0].get_cmap().name == "Greens"
    assert [text.get_text() for text in ax.texts] == ["100.0", "0.0", "0.0", "100.0"]
    assert ax.texts[0].get_fontsize() == 5


def test_axes_that_are_too_few_are_an_error():
    with pytest.raises(ValueError, match=r"ax has 1 Axes, but there are 2 pictures: \['a', 'b'\]"):
        ConfusionMatrixPanel({"a": np.eye(2), "b": np.eye(2)}, [0, 1]).plot(ax=plt.gca())
