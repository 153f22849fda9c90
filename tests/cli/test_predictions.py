"""Predictions of many files: in blocks, kept as they are made."""

import os

import cv2
import numpy as np
import pytest

from imblearn_bbfl.cli._kept_predictions import KeptPredictions
from imblearn_bbfl.cli._predictions import predict_files, write_predictions


class Classifier:
    """Says by the brightness of an image how probable it is that it is bright."""

    classes_ = np.array(["dark", "bright"])
    batch_size = 4

    def __init__(self, stop_after=None):
        self.sizes, self.stop_after = [], stop_after

    def _route(self, name):
        return {"batch_size": 100}

    def predict_proba(self, paths):
        if len(self.sizes) == self.stop_after:
            raise KeyboardInterrupt
        self.sizes.append(len(paths))
        images = [cv2.imread(path) for path in paths]
        if any(image is None for image in images):
            raise ValueError("cannot be read")
        bright = np.array([image.mean() for image in images]) / 255
        return np.stack([1 - bright, bright], axis=1)

    def decide(self, proba):
        return self.classes_[proba.argmax(axis=1)]


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    for i in range(250):
        cv2.imwrite(f"{folder}/{i}.bmp", np.full((2, 2, 3), i, np.uint8))
    return [f"{folder}/{i}.bmp" for i in range(250)]


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.keras"
    path.write_bytes(b"one")
    return path


def predict(classifier, paths, kept=None, on_file=lambda *_: None):
    return predict_files(classifier, paths, None, on_file, kept=kept)


def keep(model):
    return KeptPredictions(model.with_name("table.csv.unfinished"), model)


def test_the_network_always_sees_as_many_images_at_a_time(paths):
    classifier = Classifier()
    assert len(predict(classifier, [*paths, "gone.bmp"])) == 251
    assert classifier.sizes == [200, 100, 100]  # those of the last block, then the readable ones
    classifier = Classifier()
    predict(classifier, paths[:3])
    assert classifier.sizes == [3]


def test_a_command_that_was_stopped_goes_on_with_what_is_missing(paths, model):
    with pytest.raises(KeyboardInterrupt):
        predict(Classifier(stop_after=1), paths, keep(model))
    classifier, told = Classifier(), []
    table = predict(classifier, paths, keep(model), lambda *counts: told.append(counts))
    assert classifier.sizes == [100]
    assert told == [(200, 250), (250, 250)]
    assert table.equals(predict(Classifier(), paths))


def test_a_line_that_was_cut_off_does_not_count(paths, model):
    predict(Classifier(), paths, keep(model))
    kept = keep(model)
    with open(kept.path, "r+b") as file:
        file.truncate(kept.path.stat().st_size - 9)
    classifier = Classifier()
    table = predict(classifier, paths, keep(model))
    assert classifier.sizes == [100]
    assert table.equals(predict(Classifier(), paths))
    assert keep(model).find(paths, np.empty((250, 2))).all()


def test_images_that_have_changed_or_come_or_gone_are_told_from_those_that_are_known(
    paths, model, tmp_path
):
    mine = [str(tmp_path / f"{i}.bmp") for i in range(3)]
    for path in mine:
        os.link(paths[0], path)
    predict(Classifier(), [*mine[:2], "gone.bmp"], keep(model))
    os.remove(mine[1])
    cv2.imwrite(mine[1], np.full((2, 2, 3), 255, np.uint8))
    is_known = keep(model).find([mine[2], mine[1], mine[0], "gone.bmp"], np.empty((4, 2)))
    assert is_known.tolist() == [False, False, True, False]


def test_predictions_of_another_model_are_not_mixed_in(paths, model):
    predict(Classifier(), paths, keep(model))
    model.write_bytes(b"another")
    with pytest.raises(ValueError, match=r"table\.csv\.unfinished has predictions of another mod"):
        keep(model)


def test_a_name_that_a_spreadsheet_would_compute_stays_a_name(paths, tmp_path):
    table = predict(Classifier(), paths[:4]).assign(file=["=1+1.png", "@a.png", "-b", "a=b.png"])
    write_predictions(table, tmp_path / "table.csv")
    lines = (tmp_path / "table.csv").read_text().splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == ["./=1+1.png", "./@a.png", "./-b", "a=b.png"]
