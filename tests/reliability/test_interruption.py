"""Training that is interrupted: by Ctrl-C, by kill -9, by a loss that is not a number."""

import os
import signal
import subprocess
import sys

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from imblearn_bbfl.model_selection import compare_strategies

# Says so when training has begun, and then takes its time.
SLOW_FIT = """
import sys, time, keras, numpy as np
from sklearn.model_selection import GridSearchCV
from imblearn_bbfl import BBFLClassifier

class Wait(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        print("training", flush=True)
        time.sleep(60)

X = np.zeros((8, 16, 16, 3), np.uint8)
classifier = BBFLClassifier("small_cnn", validation_fraction=None, callbacks=Wait)
if sys.argv[1] == "search":
    classifier = GridSearchCV(classifier, {"gamma": [0, 2]}, cv=2)
classifier.fit(X, [0, 1] * 4)
"""


class Interrupt(keras.callbacks.Callback):
    """Do what Python does at Ctrl-C, after the first epoch."""

    def on_epoch_end(self, epoch, logs=None):
        raise KeyboardInterrupt


class Poison(keras.callbacks.Callback):
    """Make the weights useless after some epochs."""

    def __init__(self, epoch=0):
        super().__init__()
        self.epoch = epoch

    def on_epoch_end(self, epoch, logs=None):
        if epoch == self.epoch:
            self.model.set_weights([w * np.nan for w in self.model.get_weights()])


@pytest.mark.slow
def test_ctrl_c_ends_fit_and_leaves_the_next_as_it_would_be(classifier, images):
    traced = clone(classifier).set_params(compile__run_eagerly=False)
    expected = clone(traced).fit(*images).predict_proba(images[0])
    with pytest.raises(KeyboardInterrupt):
        clone(traced).set_params(callbacks=Interrupt).fit(*images)
    assert np.array_equal(clone(traced).fit(*images).predict_proba(images[0]), expected)


def test_ctrl_c_ends_a_search(classifier, images):
    search = GridSearchCV(classifier.set_params(callbacks=Interrupt), {"gamma": [0, 2]}, cv=2)
    with pytest.raises(KeyboardInterrupt):
        search.fit(*images)


@pytest.mark.slow
def test_ctrl_c_in_a_comparison_loses_no_finished_run(classifier, images, tmp_path):
    options = {
        "strategies": ["baseline", "bbfl"],
        "reference": "bbfl",
        "n_repeats": 1,
        "verbose": 0,
    }
    options["checkpoint"] = tmp_path
    compare_strategies(classifier, *images, **{**options, "strategies": ["bbfl"]})
    finished = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")}
    interrupted = clone(classifier).set_params(callbacks=Interrupt)
    with pytest.raises(KeyboardInterrupt):
        compare_strategies(interrupted, *images, **{**options, "checkpoint": tmp_path / "other"})
    comparison = compare_strategies(classifier, *images, **options)
    assert set(comparison.results_["method"]) == {"baseline", "bbfl"}
    kept = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")}
    assert finished.items() <= kept.items()


@pytest.mark.slow
@pytest.mark.parametrize("what", ["fit", "search"])
@pytest.mark.parametrize("number", [signal.SIGINT, getattr(signal, "SIGKILL", signal.SIGINT)])
def test_a_killed_process_leaves_no_file(what, number, tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_FIT, what],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=tmp_path,
    )
    assert process.stdout.readline() == b"training\n"
    process.send_signal(number)
    assert process.wait(timeout=60) != 0
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".keras", ".npz", ".h5")]


def test_a_loss_that_is_not_a_number_names_the_step_and_keeps_the_best_weights(classifier, images):
    classifier.set_params(callbacks=Poison, validation_fraction=0.25, epochs=5)
    with pytest.raises(
        FloatingPointError,
        match=r"nan at step 1 of epoch 2: training diverged.*"
        r"smaller learning_rate.*The weights of epoch 1, the best before, are kept",
    ):
        classifier.fit(*images)
    assert classifier.best_epoch_ == 0
    assert len(classifier.history_["loss"]) == 2
    assert np.isfinite(classifier.predict_proba(images[0])).all()


def test_a_first_epoch_that_diverges_says_that_nothing_is_kept(classifier, images):
    classifier.set_params(learning_rate=1e30, optimizer="sgd", validation_fraction=0.25)
    with pytest.raises(FloatingPointError, match=r"epoch 1: .*No weights from before are kept"):
        classifier.fit(*images)
