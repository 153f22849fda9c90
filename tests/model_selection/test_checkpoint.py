"""Checkpoints: whole files only, and only those of the same comparison."""

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler

from imblearn_bbfl.model_selection._checkpoint import (
    Checkpoint,
    fingerprint_data,
    fingerprint_settings,
)

MADE_FROM = {"data": "1", "estimator": "2", "rows": "3"}
RESULT = {"y_pred": np.array([0, 1]), "seconds": 1.5, "history": {"loss": [0.1]}}


@pytest.fixture
def checkpoint(tmp_path):
    return Checkpoint(tmp_path / "new" / "folder")


def test_what_is_written_is_read(checkpoint):
    checkpoint.write("run", RESULT, MADE_FROM)
    result = checkpoint.read("run", MADE_FROM)
    assert result["y_pred"].tolist() == [0, 1]
    assert result["seconds"] == 1.5
    assert result["history"] == {"loss": [0.1]}


def test_what_is_not_there_is_none(checkpoint):
    assert checkpoint.read("run", MADE_FROM) is None


@pytest.mark.parametrize(
    ("key", "words"), [("data", "X, y or groups"), ("estimator", "parameters"), ("rows", "splits")]
)
def test_another_comparison_is_refused_by_what_differs(checkpoint, key, words):
    checkpoint.write("run", RESULT, MADE_FROM)
    with pytest.raises(ValueError, match=f"another comparison.*{words}.*Pass another folder"):
        checkpoint.read("run", {**MADE_FROM, key: "other"})


def test_a_write_that_fails_leaves_the_old_file_and_no_other(checkpoint, monkeypatch):
    checkpoint.write("run", RESULT, MADE_FROM)

    def fail(descriptor):
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        checkpoint.write("run", {"seconds": 9.0}, MADE_FROM)
    assert [path.name for path in checkpoint.folder.iterdir()] == ["run.npz"]
    assert checkpoint.read("run", MADE_FROM)["seconds"] == 1.5


def test_the_seed_is_kept(checkpoint):
    assert checkpoint.keep_seed(7) == 7
    assert checkpoint.keep_seed(8) == 7


def test_one_pixel_changes_the_fingerprint():
    X, y = np.zeros((4, 2, 2, 1), np.uint8), np.array([0, 0, 1, 1])
    other = X.copy()
    other[3, 1, 1, 0] = 1
    assert fingerprint_data(X, y, None) != fingerprint_data(other, y, None)
    assert fingerprint_data(X, y, None) == fingerprint_data(X.copy(), y.copy(), None)


def test_labels_and_groups_change_the_fingerprint():
    X, y = np.zeros((2, 1, 1, 1)), np.array([0, 1])
    prints = {fingerprint_data(X, y, None), fingerprint_data(X, 1 - y, None)}
    assert len(prints | {fingerprint_data(X, y, np.array([5, 6]))}) == 3


def test_the_size_of_a_file_changes_the_fingerprint(tmp_path):
    path, y = tmp_path / "image.png", np.array([0])
    path.write_bytes(b"1")
    before = fingerprint_data([str(path)], y, None)
    assert fingerprint_data(pd.Series([str(path)]), y, None) == before
    path.write_bytes(b"12")
    assert fingerprint_data([str(path)], y, None) != before


@pytest.mark.parametrize("name", ["verbose", "workers", "random_state", "sampling__random_state"])
def test_parameters_that_change_no_result_are_left_out(name):
    assert fingerprint_settings({"gamma": 2.0, name: 0}) == fingerprint_settings({"gamma": 2.0})


def test_other_parameters_change_the_fingerprint():
    assert fingerprint_settings({"gamma": 2.0}) != fingerprint_settings({"gamma": 1.0})


def test_samplers_are_described_by_their_parameters():
    few, many = RandomOverSampler(sampling_strategy=0.5), RandomOverSampler()
    assert fingerprint_settings({"sampling": few}) != fingerprint_settings({"sampling": many})
    same = RandomOverSampler()
    assert fingerprint_settings({"sampling": same}) == fingerprint_settings({"sampling": many})


def test_addresses_in_memory_are_left_out():
    class Thing:
        pass

    assert fingerprint_settings({"a": Thing()}) == fingerprint_settings({"a": Thing()})
