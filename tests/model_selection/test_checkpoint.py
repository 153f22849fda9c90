"""Checkpoints: whole files only, and only those of the same comparison."""

from pathlib import Path

import numpy as np
import pytest

from imblearn_bbfl.model_selection._checkpoint import Checkpoint

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


def test_processes_that_begin_together_have_one_seed(checkpoint, monkeypatch):
    monkeypatch.setattr(Path, "exists", lambda path: False)  # as each of them finds it
    assert [checkpoint.keep_seed(seed) for seed in (7, 8)] == [7, 7]
    assert [path.name for path in checkpoint.folder.iterdir()] == ["seed.json"]


def test_the_seed_is_kept_on_a_file_system_without_hard_links(checkpoint, monkeypatch):
    def refuse(source, target):
        raise PermissionError("Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    assert [checkpoint.keep_seed(seed) for seed in (7, 8)] == [7, 7]
