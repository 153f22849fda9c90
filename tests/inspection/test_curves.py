"""Panels of ROC and precision-recall curves."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.utils import Bunch

from imblearn_bbfl.inspection import ConfusionMatrixPanel, PrecisionRecallPanel, RocCurvePanel

PANELS = [RocCurvePanel, PrecisionRecallPanel]


@pytest.mark.parametrize("panel", PANELS)
def test_there_is_a_picture_for_each_class(panel, runs):
    drawn = panel.from_predictions(runs, [0, 1, 2])
    assert [ax.get_title() for ax in drawn.axes_] == ["Class 0", "Class 1", "Class 2"]


@pytest.mark.parametrize("panel", PANELS)
def test_two_classes_need_one_picture_of_the_positive_one(panel):
    y = np.array(["no", "no", "yes"])
    run = {"y_true": y, "y_proba": np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9]])}
    for pos_label, positive in [(None, "yes"), ("yes", "yes"), ("no", "no")]:
        drawn = panel.from_predictions({"m": [run]}, ["no", "yes"], pos_label=pos_label)
        assert list(drawn.curves) == [positive]
        assert drawn.axes_[0].get_title() == f"Class {positive}"
        assert drawn.curves[positive]["m"][1].tolist() == [1.0]


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("classes", [[0, 1, 2], ["a", "b"]])
def test_a_positive_label_that_is_none_of_two_classes_is_an_error(panel, classes, runs):
    with pytest.raises(ValueError, match="pos_label=0 must be one of two classes, but classes are"):
        panel.from_predictions(runs, classes, pos_label=0)


@pytest.mark.parametrize("panel", PANELS)
def test_a_class_that_is_not_tested_has_no_picture(panel, runs):
    rest = {
        method: [
            {"y_true": run["y_true"][:14], "y_proba": run["y_proba"][:14]} for run in of_method
        ]
        for method, of_method in runs.items()
    }
    drawn = panel.from_predictions(rest, [0, 1, 2], untested=[2])
    assert [ax.get_title() for ax in drawn.axes_] == ["Class 0", "Class 1"]


@pytest.mark.parametrize(
    ("panel", "measure"),
    [(RocCurvePanel, roc_auc_score), (PrecisionRecallPanel, average_precision_score)],
)
def test_areas_are_those_of_scikit_learn(panel, measure, runs):
    _, areas = panel.from_predictions(runs, [0, 1, 2]).curves[1]["ros"]
    expected = [measure(run["y_true"] == 1, run["y_proba"][:, 1]) for run in runs["ros"]]
    assert areas.tolist() == expected


@pytest.mark.parametrize("panel", PANELS)
def test_a_perfect_method_has_perfect_curves(panel, runs):
    values, areas = panel.from_predictions(runs, [0, 1, 2]).curves[2]["bbfl"]
    assert areas.tolist() == [1.0, 1.0]
    assert (values[:, 1:] == 1).all()


@pytest.mark.parametrize("n_positives", [5, 20, 40, 100])
def test_a_recall_on_the_grid_is_read_exactly(n_positives):
    y_true = np.tile([1, 0], n_positives)  # after k of them the precision is k / (2 k - 1)
    p = np.linspace(1, 0, len(y_true))
    run = {"y_true": y_true, "y_proba": np.column_stack([1 - p, p])}
    values, _ = PrecisionRecallPanel.from_predictions({"m": [run]}, [0, 1]).curves[1]["m"]
    k = np.arange(1, n_positives + 1)
    np.testing.assert_allclose(values[0, k * 200 // n_positives], k / (2 * k - 1))


def test_the_curve_is_the_mean_over_runs(runs):
    panel = RocCurvePanel.from_predictions(runs, [0, 1, 2])
    line = next(line for line in panel.axes_[0].lines if "ROS" in str(line.get_label()))
    assert np.allclose(line.get_ydata(), panel.curves[0]["ros"][0].mean(axis=0))


def test_the_legend_names_methods_and_areas(runs):
    panel = RocCurvePanel.from_predictions(runs, [0, 1, 2], reference="bbfl")
    labels = [text.get_text() for text in panel.axes_[0].get_legend().get_texts()]
    assert labels[0] == "BBFL: AUC 1.000 ± 0.000"
    assert labels[1].startswith("ROS: AUC 0.")


def test_the_reference_is_set_off(runs):
    panel = RocCurvePanel.from_predictions(runs, [0, 1, 2], reference="bbfl")
    widths = {line.get_label()[:3]: line.get_linewidth() for line in panel.axes_[0].lines}
    assert widths["BBF"] > widths["ROS"]


@pytest.mark.parametrize("panel", PANELS)
def test_a_run_without_the_class_is_left_out(panel, runs):
    alone = {"y_true": np.zeros(3), "y_proba": np.eye(3)}
    drawn = panel.from_predictions({"bbfl": [*runs["bbfl"], alone]}, [0, 1, 2])
    assert len(drawn.curves[1]["bbfl"][1]) == 2


@pytest.mark.parametrize("panel", PANELS)
def test_no_run_with_the_class_is_an_error(panel):
    alone = {"y_true": np.zeros(3), "y_proba": np.eye(3)}
    with pytest.raises(ValueError, match="No run of 'bbfl' has rows of class"):
        panel.from_predictions({"bbfl": [alone]}, [0, 1, 2])


@pytest.mark.parametrize("panel", [*PANELS, ConfusionMatrixPanel])
def test_a_comparison_is_read(panel, runs):
    predictions = [Bunch(method=m, **run) for m, both in runs.items() for run in both]
    comparison = Bunch(predictions_=predictions, classes_=np.arange(3), reference_="bbfl")
    assert len(panel.from_comparison(comparison).axes_) in (2, 3)


@pytest.mark.parametrize("panel", PANELS)
def test_it_draws_where_and_how_it_is_told(runs, panel):
    axes = plt.figure().subplots(3)
    drawn = panel.from_predictions(runs, [0, 1, 2], ax=axes, curve_kwargs={"lw": 7})
    assert list(drawn.axes_) == list(axes)
    assert {line.get_linewidth() for line in axes[0].lines} == {7}
    drawn.plot(curve_kwargs={"ros": {"color": "red"}})
    assert [line.get_color() == "red" for line in drawn.axes_[0].lines] == [False, True]
