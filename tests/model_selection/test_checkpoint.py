"""Checkpoints: whole files only, and only those of the same comparison."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest
import sklearn

import imblearn_bbfl
from imblearn_bbfl.model_selection import _checkpoint
from imblearn_bbfl.model_selection._checkpoint import Checkpoint
from imblearn_bbfl.model_selection._fingerprint import list_versions

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


def write_with_versions(checkpoint, monkeypatch, names, **versions):
    with monkeypatch.context() as context:
        context.setattr(_checkpoint, "list_versions", lambda: {**list_versions(), **versions})
        for name in names:
            checkpoint.write(name, RESULT, MADE_FROM)


def test_other_versions_are_warned_of_once_and_the_runs_are_kept(checkpoint, monkeypatch):
    write_with_versions(checkpoint, monkeypatch, ["one", "two"], keras="2.9", Python="3.8.0")
    checkpoint.write("three", RESULT, MADE_FROM)
    with pytest.warns(UserWarning, match=r"Python 3\.8\.0 \(now .*keras 2\.9 \(now") as warned:
        results = [checkpoint.read(name, MADE_FROM) for name in ("one", "two", "three")]
    assert len(warned) == 1
    assert [result["seconds"] for result in results] == [1.5, 1.5, 1.5]
    assert all("versions" not in result for result in results)


def test_the_versions_are_those_of_what_computes():
    versions = list_versions()
    assert versions["keras"] == keras.__version__
    assert versions["sklearn"] == sklearn.__version__
    assert versions["imblearn_bbfl"] == imblearn_bbfl.__version__
    assert {"Python", "numpy", "imblearn", keras.backend.backend()} <= set(versions)


def test_other_settings_of_keras_are_refused_with_both_named(checkpoint):
    checkpoint.write("run", RESULT, {**MADE_FROM, "keras": "backend jax"})
    with pytest.raises(ValueError, match=r"settings of Keras \(backend jax; now backend torch\)"):
        checkpoint.read("run", {**MADE_FROM, "keras": "backend torch"})


def test_checkpoints_of_the_first_format_are_refused_as_such(checkpoint):
    facts = json.dumps({"fingerprints": MADE_FROM, "seconds": 1.5})
    np.savez(checkpoint.folder / "run.npz", facts=facts)
    with pytest.raises(
        ValueError, match=r"another version of imblearn_bbfl.*format 1.*Pass another"
    ):
        checkpoint.read("run", MADE_FROM)
