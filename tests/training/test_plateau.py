"""What happens when the monitored score stalls."""

import keras
import numpy as np
import pytest

from imblearn_bbfl.training._fit import has_schedule
from imblearn_bbfl.training._validation import watch_plateau


def follow(scores, monitor="loss", **params):
    """Show the callbacks a score per epoch; return the learning rate at the end, and the stop."""
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    network.compile(keras.optimizers.SGD(1.0), "mse")
    callbacks = watch_plateau(
        f"val_{monitor}",
        "min" if monitor == "loss" else "max",
        **{"patience": 2, "learning_rate_patience": 1, "learning_rate_factor": 0.5} | params,
    )
    for callback in callbacks:
        callback.set_model(network)
        callback.on_train_begin()
    network.stop_training = False
    for epoch, score in enumerate(scores):
        for callback in callbacks:
            callback.on_epoch_end(epoch, {f"val_{monitor}": score})
    return float(network.optimizer.learning_rate), network.stop_training


def test_a_loss_that_falls_by_little_lowers_no_rate_and_stops_nothing():
    assert follow([1e-3 - 1e-6 * epoch for epoch in range(6)]) == (1.0, False)


@pytest.mark.parametrize("monitor", ["accuracy", "balanced_accuracy", "f1_macro"])
def test_a_score_that_rises_by_little_lowers_no_rate_and_stops_nothing(monitor):
    assert follow([0.5 + 1e-5 * epoch for epoch in range(6)], monitor) == (1.0, False)


@pytest.mark.parametrize("monitor", ["loss", "accuracy", "balanced_accuracy", "f1_macro"])
def test_a_score_that_stalls_or_gets_worse_lowers_the_rate_and_then_stops(monitor):
    worse = 1e-3 if monitor == "loss" else -1e-3
    for change in (0, worse):
        scores = [0.5 + change * epoch for epoch in range(3)]
        assert follow(scores[:2], monitor) == (0.5, False)
        assert follow(scores, monitor) == (0.25, True)


def test_without_patience_training_goes_on_and_the_rate_stays():
    assert follow([1e-3] * 9, patience=None, learning_rate_patience=None) == (1.0, False)


@pytest.mark.parametrize(
    ("scores", "losses", "expected"),
    [
        ([0.5, 0.8, 0.8, 0.8, 0.7], [0.9, 0.7, 0.4, 0.5, 0.1], 2),
        ([0.8, 0.8, 0.8], [0.5, 0.5, 0.5], 2),
        ([0.8, 0.8, 0.8], [0.4, 0.5, 0.4], 2),
        ([0.8, 0.9, 0.8], [0.4, 0.6, 0.3], 1),
        ([0.8, np.nan, 0.8], [0.4, np.nan, 0.6], 0),
    ],
    ids=["loss", "later", "loss, then later", "score", "no number"],
)
def test_of_equal_scores_the_lower_loss_is_kept_and_of_equal_losses_the_later(
    scores, losses, expected
):
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    (stop,) = watch_plateau(
        "val_accuracy", "max", patience=9, learning_rate_patience=None, learning_rate_factor=0.5
    )
    stop.set_model(network)
    stop.on_train_begin()
    for epoch, (score, loss) in enumerate(zip(scores, losses, strict=True)):
        network.set_weights([np.full((1, 1), epoch)])
        stop.on_epoch_end(epoch, {"val_accuracy": score, "val_loss": loss})
    stop.on_train_end()
    assert stop.best_epoch == network.get_weights()[0].item() == expected


def test_a_tie_is_no_better_score_to_patience():
    assert follow([0.8, 0.8, 0.8], "accuracy")[1]


def constant_rate():
    return 0.1


@pytest.mark.parametrize("is_scaled", [False, True])
@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (0.1, False),
        (keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5), True),
        (constant_rate, True),
    ],
)
def test_a_rate_that_is_no_number_follows_a_schedule_and_is_not_lowered(rate, expected, is_scaled):
    optimizer = keras.optimizers.SGD(rate)
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    network.compile(keras.optimizers.LossScaleOptimizer(optimizer) if is_scaled else optimizer)
    assert has_schedule(network) == expected
