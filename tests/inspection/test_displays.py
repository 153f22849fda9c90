"""Displays of training history, focal loss and batches."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from imblearn_bbfl import STRATEGIES, BalancedBatchGenerator, BBFLClassifier
from imblearn_bbfl.inspection import (
    BatchDisplay,
    FocalLossDisplay,
    HistoryDisplay,
    RocCurvePanel,
)
from imblearn_bbfl.inspection._styles import name_method
from imblearn_bbfl.model_selection._plot import plot_scores


def test_each_method_of_the_table_has_a_name_for_pictures_also_where_more_stands_behind():
    names = {name_method(method) for method in STRATEGIES}
    assert len(names) == len(STRATEGIES)
    assert not [name for name in names if "_" in name or name in STRATEGIES]
    assert name_method("bbfl fine-tuned") == "BBFL fine-tuned"
    assert name_method("a_method of mine") == "a_method of mine"


class TestHistory:
    HISTORY = {
        "loss": [3.0, 2.0],
        "val_loss": [3.5, 2.5],
        "val_accuracy": [0.5, 0.6],
        "learning_rate": [1e-3, 1e-4],
    }

    def test_losses_scores_and_learning_rate_have_a_panel_each(self):
        display = HistoryDisplay.from_history(self.HISTORY)
        titles = [ax.get_title() for ax in display.axes_]
        assert titles == ["Loss", "Validation scores", "Learning rate"]

    def test_scores_of_training_are_told_from_those_of_validation(self):
        history = {"loss": [2.0], "accuracy": [0.6], "val_loss": [3.0], "val_accuracy": [0.5]}
        axes = HistoryDisplay.from_history(history).axes_
        labels = [[line.get_label() for line in ax.lines] for ax in axes]
        assert [ax.get_title() for ax in axes] == ["Loss", "Scores"]
        assert labels == [["loss", "validation loss"], ["accuracy", "validation accuracy"]]

    def test_scores_of_validation_alone_are_named_by_the_title(self):
        ax = HistoryDisplay.from_history(self.HISTORY).axes_[1]
        assert [line.get_label() for line in ax.lines] == ["accuracy"]

    def test_epochs_count_from_one(self):
        line = HistoryDisplay.from_history(self.HISTORY).axes_[0].lines[0]
        assert line.get_xdata().tolist() == [1, 2]
        assert list(line.get_ydata()) == [3.0, 2.0]

    def test_the_best_epoch_is_marked(self):
        display = HistoryDisplay.from_history(self.HISTORY, best_epoch=1)
        assert all(ax.lines[-1].get_xdata()[0] == 2 for ax in display.axes_)

    def test_a_line_stands_where_another_phase_begins(self):
        display = HistoryDisplay.from_history({**self.HISTORY, "phase": ["head", "all"]})
        assert len(display.axes_) == 3
        assert all(ax.lines[-1].get_xdata()[0] == 1.5 for ax in display.axes_)

    def test_a_fitted_estimator_has_a_history(self):
        X = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
        y = np.repeat([0, 1], 20)
        classifier = BBFLClassifier(
            "mlp", validation_fraction=0.1, epochs=2, random_state=0, compile__run_eagerly=True
        ).fit(X, y)
        display = HistoryDisplay.from_estimator(classifier)
        assert display.best_epoch == classifier.best_epoch_
        assert len(display.axes_) == 3

    def test_an_estimator_not_fitted_is_an_error(self):
        with pytest.raises(NotFittedError):
            HistoryDisplay.from_estimator(BBFLClassifier())

    def test_no_epoch_is_an_error(self, classifier):
        with pytest.raises(ValueError, match="holds no epoch"):
            HistoryDisplay.from_estimator(classifier)


class TestFocalLoss:
    def test_losses_are_the_formula(self):
        display = FocalLossDisplay.from_gammas((0, 2))
        p = display.p_true
        assert np.allclose(display.losses[0.0].ravel(), -np.log(p), atol=1e-5)
        assert np.allclose(display.losses[2.0].ravel(), -((1 - p) ** 2) * np.log(p), atol=1e-5)

    def test_there_is_a_curve_for_each_gamma(self):
        assert len(FocalLossDisplay.from_gammas((0, 1, 5)).ax_.lines) == 3


class TestBatch:
    X = np.random.default_rng(0).integers(0, 256, (20, 6, 6, 3), dtype=np.uint8)
    Y = np.repeat([0, 1], [15, 5])

    def test_a_balanced_batch_is_shown_as_it_is(self):
        batches = BalancedBatchGenerator(self.X, self.Y, batch_size=8, random_state=0)
        display = BatchDisplay.from_generator(batches, 1)
        assert np.array_equal(display.images, batches[1][0])
        assert display.class_counts == {0: 4, 1: 4}

    @pytest.mark.parametrize("targets", [[[0.0], [1.0]], [[1, 0], [0, 1]], [0, 1]])
    def test_targets_may_be_numbers_columns_or_one_hot(self, targets):
        display = BatchDisplay.from_generator(
            [(self.X[:2], np.array(targets))], classes=["cat", "dog"]
        )
        assert display.labels.tolist() == ["cat", "dog"]

    def test_each_image_has_its_label(self):
        display = BatchDisplay.from_arrays(self.X[:3], ["u", "v", "u"])
        assert [ax.get_title() for ax in display.axes_] == ["u", "v", "u"]

    def test_a_generator_says_what_is_white(self):
        batches = [
            BalancedBatchGenerator(X, self.Y, batch_size=8, random_state=0, pixel_max=pixel_max)
            for X, pixel_max in ((self.X.astype(np.uint16) * 16, 4080), (self.X, None))
        ]
        deep, shallow = (
            BatchDisplay.from_generator(b).axes_[0].images[0].get_array() for b in batches
        )
        assert np.allclose(deep, shallow)

    def test_integers_of_16_bit_look_as_those_of_8_do(self):
        as_16_bit = BatchDisplay.from_arrays(self.X[:1].astype(np.uint16) * 257, [0])
        as_8_bit = BatchDisplay.from_arrays(self.X[:1], [0])
        pictures = [d.axes_[0].images[0].get_array() for d in (as_16_bit, as_8_bit)]
        assert np.allclose(*pictures)

    @pytest.mark.parametrize("scale", [1.0, 1 / 255])
    def test_floats_look_as_integers_do(self, scale):
        as_floats = BatchDisplay.from_arrays((self.X[:1] * scale).astype("float32"), [0])
        as_integers = BatchDisplay.from_arrays(self.X[:1], [0])
        pictures = [d.axes_[0].images[0].get_array() for d in (as_floats, as_integers)]
        assert np.allclose(*pictures, atol=1e-6)

    def test_a_table_is_an_error(self):
        with pytest.raises(ValueError, match="A table has no pictures"):
            BatchDisplay.from_arrays(np.zeros((4, 3)), [0, 0, 1, 1])

    @pytest.mark.parametrize(
        ("shape", "message"),
        [
            ((0, 6, 6, 3), "none to draw. Pass at least one"),
            ((2, 6, 6, 4), "4 channels, but only gray .* Use images of 1 or 3 channels"),
        ],
    )
    def test_images_that_cannot_be_drawn_are_an_error(self, shape, message):
        with pytest.raises(ValueError, match=message):
            BatchDisplay.from_arrays(np.zeros(shape), np.zeros(shape[0]))


def test_places_without_a_picture_are_left_empty():
    images = np.zeros((5, 4, 4, 3), dtype=np.uint8)
    batch = BatchDisplay(images, np.arange(5)).plot(n_columns=3)
    scores = {name: pd.DataFrame({"bbfl": [0.5, 0.7], "drw": [np.nan] * 2}) for name in "abcde"}
    figures = {batch.figure_: 5, plot_scores(scores, dict.fromkeys("abcde", "F1"), "bbfl"): 5}
    curve = {"bbfl": (np.linspace(0, 1, 201)[np.newaxis], np.array([0.5]))}
    figures[RocCurvePanel(dict.fromkeys("abcde", curve)).plot().figure_] = 5
    for figure, n_pictures in figures.items():
        assert sum(ax.get_visible() for ax in figure.axes) == n_pictures < len(figure.axes)


def test_curves_of_training_are_drawn_on_axes_of_ones_own():
    history = {"loss": [0.7, 0.5], "val_loss": [0.8, 0.6]}
    _, axes = plt.subplots(1, 1)
    display = HistoryDisplay(history).plot(ax=axes)
    assert display.axes_.tolist() == [axes]
    assert {tuple(line.get_ydata()) for line in axes.lines} >= {(0.7, 0.5), (0.8, 0.6)}
