"""What a fit says: nothing unless asked, and then what a person wants to know."""

import csv
import logging

import keras
import pytest
from sklearn.base import clone

from imblearn_bbfl import clear_shared_networks
from imblearn_bbfl.training._messages import ScreenHandler, describe_phase, describe_rows


@pytest.fixture(autouse=True)
def logger():
    """Return the package's logger without handlers, as in a new process; pytest has its own."""
    found = logging.getLogger("imblearn_bbfl")
    found.propagate = False
    yield found
    found.propagate = True
    found.handlers.clear()
    found.setLevel(logging.NOTSET)


def test_fit_is_silent_by_default(small, images, capfd):
    clone(small).fit(*images).predict(images.X[:2])
    assert capfd.readouterr().out == ""


def test_verbose_tells_rows_network_steps_and_the_best_epoch(small, images, logger, capsys):
    logger.handlers.clear()  # pytest's
    classifier = clone(small).set_params(verbose=2, validation_fraction=0.2, epochs=2)
    classifier.set_params(backbone="small_cnn", monitor="accuracy").fit(*images)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "Training: 48 rows (healthy: 36, sick: 12)",
        "Validation: 12 rows (healthy: 9, sick: 3)",
    ]
    size = f"{classifier.model_.count_params():,}"
    assert lines[2:4] == [
        f"small_cnn: {size} parameters, input 16 x 16 x 3",
        "3 steps of 16 rows an epoch",
    ]
    best = classifier.best_epoch_
    score = classifier.history_["val_accuracy"][best]
    assert lines[-1] == f"Kept epoch {best + 1} of 2: val_accuracy {score:.4f}"


def test_a_silent_fit_stays_silent_after_a_verbose_one(small, images, capsys):
    clone(small).set_params(verbose=2).fit(*images)
    capsys.readouterr()
    clone(small).fit(*images)
    assert capsys.readouterr().out == ""


def test_a_program_with_its_own_logging_keeps_it(small, images, logger, capsys, caplog):
    logger.addHandler(caplog.handler)
    clone(small).set_params(verbose=1).fit(*images)
    assert "Training: 60 rows (healthy: 45, sick: 15)" in caplog.text
    assert not any(isinstance(handler, ScreenHandler) for handler in logger.handlers)
    assert "Training: " not in capsys.readouterr().out


def test_without_verbose_the_messages_are_there_for_debugging(small, images, logger, caplog):
    logger.addHandler(caplog.handler)
    logger.setLevel(logging.DEBUG)
    clone(small).fit(*images)
    assert {record.levelname for record in caplog.records} == {"DEBUG"}
    assert "4 steps of 16 rows an epoch" in caplog.text
    assert "Kept epoch 1 of 1, the last: there is no validation part" in caplog.text


def test_many_classes_are_summed_up():
    codes = [code for code in range(20) for _ in range(code + 1)]
    assert describe_rows(codes, range(20)) == "210 rows (20 classes of 1 to 20)"


def test_a_phase_says_its_epochs_and_what_it_trains():
    assert describe_phase(20, "all", 8, 26) == "Epochs 21 to 28, of 26 steps each: all layers"


@pytest.mark.slow
def test_csv_logger_finds_the_validation_scores(small, images, tmp_path):
    logger = keras.callbacks.CSVLogger(str(tmp_path / "log.csv"))
    classifier = clone(small).set_params(callbacks=logger, validation_fraction=0.2, epochs=2)
    classifier.fit(*images)
    with (tmp_path / "log.csv").open() as file:
        scores = [float(row["val_f1_macro"]) for row in csv.DictReader(file)]
    assert scores == pytest.approx(classifier.history_["val_f1_macro"])


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="of TensorFlow")
def test_tensorboard_finds_the_validation_scores(small, images, tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    board = keras.callbacks.TensorBoard(str(tmp_path))
    clone(small).set_params(callbacks=board, validation_fraction=0.2).fit(*images)
    events = EventAccumulator(str(tmp_path / "validation"))
    assert "epoch_f1_macro" in events.Reload().Tags()["tensors"]


def test_the_log_has_a_line_for_each_epoch_and_says_that_the_network_is_traced(
    small, images, logger, caplog
):
    logger.addHandler(caplog.handler)
    logger.setLevel(logging.DEBUG)
    clear_shared_networks()
    clone(small).set_params(epochs=2).fit(*images)
    assert "Epoch 2 of 2: loss " in caplog.text
    is_traced = keras.backend.backend() != "torch"
    assert ("Tracing the network" in caplog.text) == is_traced
