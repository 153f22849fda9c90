"""The learning rate of each epoch is in the history, whatever lowers it."""

import keras
import numpy as np
import pytest

from imblearn_bbfl import BBFLClassifier

X = np.random.default_rng(0).normal(size=(12, 2)).astype("float32")
SCHEDULE = keras.optimizers.schedules.ExponentialDecay(0.4, decay_steps=1, decay_rate=0.5)


@pytest.mark.parametrize(
    ("params", "rates"),
    [
        ({"learning_rate_schedule": None}, [0.25, 0.25]),
        ({"learning_rate_schedule": "plateau"}, [0.25, 0.25]),
        ({"learning_rate_schedule": "cosine"}, [0.25, 0.125]),
        ({"learning_rate_schedule": None, "optimizer": keras.optimizers.SGD(SCHEDULE)}, [0.2, 0.1]),
    ],
)
def test_the_history_has_the_learning_rate_of_each_epoch(params, rates):
    classifier = BBFLClassifier("mlp", learning_rate=0.25, epochs=2, compile__run_eagerly=True)
    classifier.set_params(**params, random_state=0).fit(X, np.arange(12) % 2)
    assert classifier.history_["learning_rate"] == pytest.approx(rates)
